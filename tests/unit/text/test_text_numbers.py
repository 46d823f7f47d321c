"""Numbers as offices type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.text import (
    BLANK,
    Ambiguous,
    NumberContext,
    column_style,
    format_number_vi,
    money_unit,
    parse_number,
    unit_line,
)

TRIEU = NumberContext(scale=10**6)
PERCENT = NumberContext(percent=True)

READ = [
    # typed, what is known of the column, number
    ("1.500.000", NumberContext(), "1500000"),
    ("1,500,000", NumberContext(), "1500000"),
    ("1,5", NumberContext(), "1.5"),
    ("13513,03", NumberContext(decimal=","), "13513.03"),
    ("00,00", NumberContext(), "0"),
    ("8149164714,0", NumberContext(), "8149164714"),
    ("1.500", NumberContext(decimal=","), "1500"),
    ("1,500", NumberContext(decimal="."), "1500"),
    ("1,500", NumberContext(decimal=","), "1.5"),
    ("1.234,5", NumberContext(), "1234.5"),
    ("1,234.5", NumberContext(), "1234.5"),
    ("1 500 000", NumberContext(), "1500000"),
    ("1\u00a0500\u00a0000", NumberContext(), "1500000"),
    ("1\u202f500\u202f000", NumberContext(), "1500000"),
    (" 1.500.000 \u200b", NumberContext(), "1500000"),
    ("(1.200)", NumberContext(), "-1200"),
    ("-1.200.000", NumberContext(), "-1200000"),
    ("\u22121.200.000", NumberContext(), "-1200000"),
    ("+12", NumberContext(), "12"),
    ("0.500", NumberContext(), "0.5"),
    ("0,125", NumberContext(), "0.125"),
    ("1234.567", NumberContext(), "1234.567"),
    ("12.5", NumberContext(), "12.5"),
    ("1.500", NumberContext(whole=True), "1500"),
    ("12 triệu", NumberContext(), "12000000"),
    ("12,5 triệu", NumberContext(), "12500000"),
    ("12,5 triệu đồng", NumberContext(), "12500000"),
    ("12,5tr", NumberContext(), "12500000"),
    ("1,2 tỷ", NumberContext(), "1200000000"),
    ("1,2 tỉ đồng.", NumberContext(), "1200000000"),
    ("1 tỷ 200 triệu", NumberContext(), "1200000000"),
    ("1 tỷ 200 triệu 500 nghìn đồng", NumberContext(), "1200500000"),
    ("300 ngàn", NumberContext(), "300000"),
    ("12 triệu", TRIEU, "12"),
    ("1,5 tỷ đồng", TRIEU, "1500"),
    ("12.5", TRIEU, "12.5"),
    ("1.500.000đ", NumberContext(), "1500000"),
    ("1.500.000 đồng", NumberContext(), "1500000"),
    ("1.500.000,-", NumberContext(), "1500000"),
    ("1.500.000 VNĐ", NumberContext(), "1500000"),
    ("VND 1,500,000", NumberContext(), "1500000"),
    ("1.500.000 ₫", NumberContext(), "1500000"),
    ("12 người", NumberContext(unit="người"), "12"),
    ("85%", PERCENT, "85"),
    ("85,5 %", PERCENT, "85.5"),
    ("0,85", NumberContext(percent=True, percent_format=True), "85"),
    ("-", NumberContext(dash=Decimal(0)), "0"),
]

NO_NUMBER = [
    "không có",
    "#N/A",
    "1e400",
    "1E+06",
    "NaN",
    "inf",
    "１２３",
    "1_000",
    "0x10",
    "1.500.00",
    "1,23,456",
    "12..5",
    "khoảng 12 triệu",
    "12 triệu rưỡi",
    "12 người",
    "85%",
    "200 triệu 1 tỷ",
    "5 - 7",
    "1/2",
    "...",
    "x",
    "١٢",
    "5.",
    "1.234.567,",
    "²",
]


@pytest.mark.parametrize(("typed", "context", "number"), READ)
def test_a_typed_number_is_read_exactly(typed: str, context: NumberContext, number: str) -> None:
    assert parse_number(typed, context) == Decimal(number)


@pytest.mark.parametrize("typed", NO_NUMBER)
def test_what_is_no_number_is_never_read_as_one(typed: str) -> None:
    assert parse_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [("1.500", "1500", "1.5"), ("1,500", "1500", "1.5"), ("12.345", "12345", "12.345"), ("-1.500", "-1500", "-1.5")],
)
def test_one_mark_before_three_digits_is_a_question(typed: str, first: str, second: str) -> None:
    assert parse_number(typed) == Ambiguous(Decimal(first), Decimal(second))


def test_a_mark_against_the_habit_of_the_column_is_a_question() -> None:
    assert parse_number("12.5", NumberContext(decimal=",")) == Ambiguous(Decimal("12.5"), Decimal(125))


def test_a_doubtful_number_before_a_money_word_stays_doubtful() -> None:
    found = parse_number("1.200 triệu")
    assert found == Ambiguous(Decimal(1_200_000_000), Decimal(1_200_000))


@pytest.mark.parametrize("typed", ["-", "–", "—", " - "])
def test_a_lone_dash_means_blank(typed: str) -> None:
    assert parse_number(typed) is BLANK


@pytest.mark.parametrize(
    ("texts", "decimal", "mixed"),
    [
        (["1.234.567", "1.500"], ",", False),
        (["13513,03", "00,00"], ",", False),
        (["1,234.5", "1,500"], ".", False),
        (["1.500", "2.000"], "", False),
        (["1.234,5", "1,234.5"], "", True),
        (["12 triệu", "x", ""], "", False),
    ],
)
def test_the_column_tells_its_decimal_mark(texts: list[str], decimal: str, mixed: bool) -> None:
    style = column_style(texts)
    assert (style.decimal, style.mixed) == (decimal, mixed)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_printing_then_reading_gives_the_number(number: Decimal) -> None:
    assert parse_number(format_number_vi(number), NumberContext(decimal=",")) == number


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (Decimal("1234.50"), "1.234,5"),
        (-1500000, "-1.500.000"),
        (Decimal("-0.0"), "0"),
        (Decimal("1E+7"), "10.000.000"),
        (0, "0"),
        (Decimal("0.001"), "0,001"),
    ],
)
def test_numbers_are_printed_the_vietnamese_way(number: Decimal | int, printed: str) -> None:
    assert format_number_vi(number) == printed


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("ĐVT: Triệu đồng", 10**6),
        ("Đơn vị tính : Triệu VND", 10**6),
        ("Đơn vị: triệu đồng", 10**6),
        ("Kinh phí (triệu đồng)", 10**6),
        ("Tổng chi (tỷ đ)", 10**9),
        ("trđ", 10**6),
        ("tr.đ", 10**6),
        ("1.000 đồng", 10**3),
        ("ĐVT: đồng", 1),
        ("đồng, người", 1),
        ("Đơn vị tính: Đồng Việt Nam", 1),
        ("ĐVT: người", None),
        ("Tỷ lệ (%)", None),
        ("Đơn vị công tác", None),
        ("Đồng chí", None),
    ],
)
def test_a_unit_of_money_is_understood(text: str, factor: int | None) -> None:
    found = money_unit(text)
    assert (found[1] if found else None) == factor


def test_only_a_unit_line_is_one() -> None:
    assert unit_line("ĐVT: triệu đồng") == "triệu đồng"
    assert unit_line("Đơn vị công tác") == ""
