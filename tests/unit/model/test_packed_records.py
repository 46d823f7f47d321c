"""Packed records are the records themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest

from thidua_xl.model import CellError, Invalid, Records, Source
from thidua_xl.model.packed import packed
from thidua_xl.model.sources import CellSources, join_sources


def records(form: str, number: int = 0) -> Records:
    return Records(
        form,
        f"Biểu {form}",
        (7, 8, 9),
        {"a": (number, Decimal("0.50"), None), "b": ("Nguyễn", True, date(2024, 5, 6))},
        {"a": "B", "b": "C"},
        header_row=6,
        total_row=12,
        totals={"a": Invalid("x"), "b": CellError("#N/A")},
        explanations={"B7": "vì"},
    )


def test_packed_records_are_equal_to_what_was_packed() -> None:
    made = {"S01": records("S01"), "S02": Records("S02", "x", (), {}, nothing_to_report=True, nothing_cell="B2")}
    kept = packed(made)
    assert dict(kept) == made
    assert packed(kept) is kept
    assert "S01" in kept and "S09" not in kept and kept.get("S09") is None
    value = kept["S01"].value("b", 2)
    assert type(value) is date and not isinstance(value, datetime)


def test_many_packed_submissions_do_not_take_each_other_for_themselves() -> None:
    many = [packed({f"S{form:02}": records(f"S{form:02}", number) for form in range(14)}) for number in range(80)]
    for number, one in [*enumerate(many), *reversed(list(enumerate(many)))]:
        assert one["S07"].value("a") == number
    for number in range(300):
        assert packed({"S01": records("S01", number)})["S01"].value("a") == number


def test_cells_without_objects_are_the_cells() -> None:
    some = CellSources("a.xlsx", "S", "B", (7, 9), (1, Decimal(2)))
    counted = CellSources("b.xlsx", "S", "AA", (3,), None)
    plain: Sequence[Source] = (
        Source("a.xlsx", "S", "B7", 1),
        Source("a.xlsx", "S", "B9", Decimal(2)),
        Source("b.xlsx", "S", "AA3"),
    )
    joined = join_sources([some, (), join_sources([counted, ()])])
    assert joined == plain and plain == joined and len(joined) == 3 and hash(joined) == hash(plain)
    assert joined[-1] == plain[-1] and joined[:2] == plain[:2] and repr(joined) == repr(plain)
    assert join_sources([(), some]) is some and join_sources([]) == ()
    assert joined != plain[:2] and some != "B7"
    with pytest.raises(IndexError):
        joined[3]
