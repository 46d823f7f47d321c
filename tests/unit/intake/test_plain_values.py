"""The quick way of taking a column gives what the slow way gives, whatever stands in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.forms import load_criteria
from thidua_xl.intake.cells import CellsOf
from thidua_xl.intake.convert import Taker
from thidua_xl.intake.prepared import prepare
from thidua_xl.intake.reporter import Reporter
from thidua_xl.model import Finding, Value

BOOK = load_criteria()
PREPARED = prepare(BOOK, "2024-6T")
FORM_FIELDS = [(form, field) for form in PREPARED.criteria.forms for field in form.fields]
LABELS = sorted({item.label for one in BOOK.lists.values() for item in one.items} | {one.name for one in BOOK.units})
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**13), 10**13),
    st.decimals(-(10**9), 10**9, places=2),
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.sampled_from(LABELS),
    st.sampled_from(LABELS).map(str.upper),
    st.sampled_from(["x", "X", "có", "Không", "1.500.000", "5%", "12/06/2024", "001", "  Lò Văn A", "Tßng V¨n B"]),
    st.text(st.sampled_from("aàăđ Lò-.;\u00a0\u0300\u200b0125xµ…"), max_size=12),
)


def taken(values: list[Value], at: int) -> tuple[tuple[Value, ...], list[Finding]]:
    form, field = FORM_FIELDS[at]
    reporter = Reporter(PREPARED.criteria, PREPARED.rules, "a.xlsx")
    places = [(10 + index, 3) for index in range(len(values))]
    found = Taker(PREPARED, reporter).column(CellsOf(form, "Biểu", {}), field, places, values)
    return found, reporter.findings


@given(st.lists(VALUES, max_size=6), st.integers(0, len(FORM_FIELDS) - 1))
def test_a_column_is_taken_alike_by_both_ways(values: list[Value], at: int) -> None:
    quickly, told = taken(values, at)
    with patch.object(Taker, "_quick", return_value=None):
        slowly, told_slowly = taken(values, at)
    assert quickly == slowly and list(map(type, quickly)) == list(map(type, slowly))
    assert told == told_slowly


def test_amounts_become_exact_decimals() -> None:
    at = next(index for index, (_, field) in enumerate(FORM_FIELDS) if field.kind.value == "tien")
    assert taken([50_000, Decimal("70000.5")], at)[0] == (Decimal(50_000), Decimal("70000.5"))
    assert all(type(one) is Decimal for one in taken([50_000, 60_000], at)[0])
