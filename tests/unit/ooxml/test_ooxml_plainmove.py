"""Plain formulas are moved many at a time; the outcome is that of moving them one by one."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ooxml_books import opened, package, sheet_xml

CELLS = st.builds(
    "{}{}{}{}".format, st.sampled_from(["", "$"]), st.sampled_from(["A", "c", "XFD", "AB"]),
    st.sampled_from(["", "$"]), st.integers(1, 40),
)  # fmt: skip
ODD = st.sampled_from(
    ["'S'!A9", "S!B12", '"A12"', "A:A", "9:12", "{1,2}", "T1", "ROW(A9)", "COUNTBLANK(A3:A30)", "XFE9", "a.b9",
     "LOG10(A20)", "A1048570", "#REF!", "Đơn", "1E9", "A12:INDEX(B:B,3)", "A9 B9", "\n+A30"]
)  # fmt: skip
TERMS = st.one_of(
    CELLS, CELLS, st.builds("SUM({}:{})".format, CELLS, CELLS), st.builds("IF({0}&lt;{1},1)".format, CELLS, CELLS), ODD
)
FORMULAS = st.lists(TERMS, min_size=1, max_size=3).map("+".join)


def workbook_of(formulas: list[str]) -> bytes:
    """A formula a row from row 3 on, each with the stored result 7."""
    rows = "".join(
        f'<row r="{row}"><c r="B{row}"><f>{text}</f><v>7</v></c><c r="C{row}"><v>1</v></c></row>'
        for row, text in enumerate(formulas, 3)
    )
    return package(sheet_xml(rows))


def moved(source: bytes, before: int, count: int) -> tuple[bytes, object]:
    """The workbook after rows came in. The source is made once: a zip carries the time it was made at."""
    book = opened(source)
    book["S"].insert_rows(before, count)
    return book.to_bytes(), sorted(map(str, book.notices))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FORMULAS, min_size=1, max_size=8), st.integers(2, 30), st.integers(1, 5))
def test_many_at_once_is_one_by_one(formulas: list[str], before: int, count: int) -> None:
    source = workbook_of(formulas)
    together = moved(source, before, count)
    with patch("thidua_xl.ooxml.formulas.move_plainly", lambda rows, among, shift: among):
        assert moved(source, before, count) == together


def test_plain_formulas_do_take_the_quick_way() -> None:
    with patch("thidua_xl.ooxml.formulas.rewrite_formulas") as slow:
        content, _ = moved(workbook_of(["A9*2+SUM(C3:C20)", "IF(A1&gt;5,A20,0)"]), 5, 2)
    assert list(slow.call_args.args[2]) == []
    assert b"<f>A11*2+SUM(C3:C22)</f>" in opened(content)["S"].xml.blob()
