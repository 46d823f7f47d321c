"""Rows of a long table come back as they were added, and a total knows the cells of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from thidua_xl.model import Figure, Invalid, ReportRow, Source
from thidua_xl.model import kept_rows as module
from thidua_xl.model.kept_rows import ColumnSources, KeptRows, row_kinds
from thidua_xl.model.sources import CellSources, join_sources


def row(number: int) -> ReportRow:
    column = CellSources(f"{number}.xlsx", "S05", "D", (7, 8), (number, Decimal(1)))
    lone = Source(f"{number}.xlsx", "S01", "B2", "chữ")
    figures = (
        Figure("tt", number),
        Figure("tien", number + 1, column),
        Figure("ten", f"Đơn vị {number}", (lone,)),
        Figure("ty_le", Decimal("12.50"), join_sources([column, (lone,)]), parts=(1, Decimal(8))),
        Figure("ngay", date(2024, 5, 6), formula="{tien}"),
        Figure("la", Invalid("?")),
    )
    return ReportRow("DETAIL", f"K{number}", "", figures, {"muc": "I"} if number % 2 else {})


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OPEN", 5)
    monkeypatch.setattr(module, "_PIECE", 4)


def kept(rows: Sequence[ReportRow]) -> KeptRows:
    made = KeptRows(rows)
    total = Figure("tien", 5, ColumnSources(made, "tien", 0, len(rows)))
    made.append(ReportRow("TOTAL", "", "", (total,)))
    for number in range(100, 109):
        made.append(row(number))
    return made


@pytest.mark.parametrize("count", [0, 1, 5, 6, 9, 10, 30])
def test_rows_come_back_as_they_were_added(count: int) -> None:
    rows = [row(number) for number in range(count)]
    made = kept(rows)
    more = [row(number) for number in range(100, 109)]
    assert list(made)[:count] == rows and list(made)[count + 1 :] == more
    assert [made[place] for place in range(len(made))] == list(made) and made[-1] == more[-1]
    assert made[1:3] == tuple(list(made)[1:3]) and list(reversed(made)) == list(made)[::-1]
    assert made == tuple(made) and tuple(made) == made and made != tuple(made)[1:]
    assert row_kinds(made) == [one.kind for one in made]
    with pytest.raises(IndexError):
        made[len(made)]


def test_a_total_knows_the_cells_of_the_rows_above_it_only() -> None:
    rows = [row(number) for number in range(30)]
    figure = kept(rows)[30].figure("tien")
    assert figure is not None
    cells = [one for each in rows for figure in each.figures if figure.column == "tien" for one in figure.sources]
    assert list(figure.sources) == cells and len(figure.sources) == 60 and figure.sources[59].file == "29.xlsx"
