"""Formulas over cell addresses are worked out, or refused when their value is not certain."""

from datetime import date
from decimal import Decimal

import pytest

from thidua_xl.formula import CannotEvaluate, evaluate_a1
from thidua_xl.model import CellError, Value

SHEETS: dict[str, dict[tuple[int, int], Value]] = {
    "A": {
        (1, 1): "x",
        (2, 1): 10,
        (3, 1): Decimal("2.5"),
        (4, 1): "10",
        (5, 1): CellError("#N/A"),
        (2, 2): "đ",
        (3, 2): "Đ",
        (1, 4): date(2025, 1, 31),
    },
    "Biểu '05": {(1, 1): 7},
}
NAMES = {"tong": "'Biểu ''05'!$A$1", "lech": "A1", "ba": "A!$A$2:$A$3", "vong": "vong+1"}


def value(text: str, **options: object) -> Value:
    return evaluate_a1(
        text,
        "A",
        lambda sheet, row, column: SHEETS[sheet].get((row, column)),
        names=NAMES.get,
        **options,  # type: ignore[arg-type]  # options of the tests
    )


VALUES: list[tuple[str, Value]] = [
    ("A2+A3", Decimal("12.5")),
    ("=SUM(A2:A4)", Decimal("12.5")),
    ("SUM($A$2:A3,'Biểu ''05'!A1)", Decimal("19.5")),
    ("A5+1", CellError("#N/A")),
    ("C9", 0),
    ('C9&""', ""),
    ("tong*2", 14),
    ("SUM(ba)", Decimal("12.5")),
    ('COUNTIF(B2:B3,"đ")', 2),
    ("SUMPRODUCT((B2:B3=B2)*A2:A3)", Decimal("12.5")),
    ("D1+1", 45689),
    ("IF(A2>5,A3,1/0)", Decimal("2.5")),
    ("INDEX(A2:B3,2,2)", "Đ"),
    ("1/3", Decimal("0.333333333333333")),
    ("ROUND(A3,0)", 3),
    ("A02", 10),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_a_cell_formula_is_worked_out(text: str, expected: Value) -> None:
    result = value(text)
    assert (type(result), result) == (type(expected), expected)


REFUSED = [
    ("INDIRECT(A1)", "unknown_function"),
    ("OFFSET(A1,1,1)", "unknown_function"),
    ("RAND()", "unknown_function"),
    ("TODAY()", "needs_more"),
    ("SUBTOTAL(9,A1:A3)", "needs_more"),
    ("S1:S3!A1", "3-d"),
    ("[1]S!A1", "external"),
    ("T[x]", "structured"),
    ("A1:A3", "block"),
    ("SUM(A2:A3*2)", "block"),
    ("LEN(A1:A3)", "block"),
    ("COUNTIF(A1:A3,A1:A3)", "block"),
    ("IF(A1:A3,1)", "block"),
    ("khong_co", "unknown_name"),
    ("lech", "relative_name"),
    ("vong", "too_deep"),
    ("SUM(A:A)", "whole_column"),
    ("SUM(A1:C200000)", "too_large"),
    ("A1:INDEX(A1:A3,2)", "unsupported"),
    ("1+", "missing_operand"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_not_certain_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CannotEvaluate) as caught:
        value(text)
    assert caught.value.reason == reason


def test_whole_columns_are_taken_up_to_the_used_part() -> None:
    assert value("SUM(A:A)", extent=lambda _: (4, 4)) == Decimal("12.5")
    assert value('COUNTIF(B:B,"đ")', extent=lambda _: (4, 4)) == 2
    for text in ("COUNTBLANK(A:A)", "ROWS(A:A)", 'COUNTIF(A:A,"")', 'COUNTIF(A:A,"<>x")'):
        with pytest.raises(CannotEvaluate):
            value(text, extent=lambda _: (4, 4))


def test_an_array_formula_works_on_blocks() -> None:
    assert value("SUM(A2:A3*2)", is_array=True) == 25


def test_today_is_what_it_is_told() -> None:
    assert value("YEAR(TODAY())", today=date(2024, 5, 1)) == 2024
