"""Readings in Vietnamese habits: what one person could mean in two ways is asked, never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from thidua_xl.text import (
    BLANK,
    Ambiguous,
    AmbiguousDate,
    NumberContext,
    column_style,
    parse_date,
    parse_date_range,
    parse_flag,
    parse_number,
    shows_month_first,
)

DONG = NumberContext()
COMMA = NumberContext(decimal=",")  # the column shows 1.234.567 or 0,5
POINT = NumberContext(decimal=".")
WHOLE_DONG = NumberContext(indivisible=True)
TRIEU = NumberContext(scale=10**6)
NGHIN = NumberContext(scale=10**3)
TY = NumberContext(scale=10**9)
PERCENT = NumberContext(percent=True)
SHOWN_PERCENT = NumberContext(percent=True, percent_format=True)
PEOPLE = NumberContext(whole=True, unit="người", money=False)
POINTS = NumberContext(unit="điểm", money=False)

NUMBERS: list[tuple[NumberContext, str]] = [
    # what the column is; "typed = number" pairs
    (DONG, "0 = 0 | 7 = 7 | 05 = 5 | 1500000 = 1500000 | 12.345.678 = 12345678 | 987.654.321.000 = 987654321000"),
    (DONG, "12,345,678 = 12345678 | 1 250 000 = 1250000 | 12 345 678,5 = 12345678.5 | 999 000 = 999000"),
    (DONG, "2.750.000đ = 2750000 | 2.750.000 đ = 2750000 | 2.750.000 Đồng = 2750000 | 2.750.000 ĐỒNG = 2750000"),
    (DONG, "2.750.000 vnđ = 2750000 | 2,750,000 VND = 2750000 | VNĐ 2.750.000 = 2750000 | 2750000 dong = 2750000"),
    (DONG, "2.750.000 đồng Việt Nam = 2750000 | 2.750.000 đồng. = 2750000 | 2.750.000.- = 2750000 | 500,- = 500"),
    (DONG, "3 triệu = 3000000 | 3 TRIỆU = 3000000 | 3trieu = 3000000 | 3 tr = 3000000 | 3tr. = 3000000"),
    (DONG, "3,25 triệu = 3250000 | 0,5 tỷ = 500000000 | 0.5 tỷ = 500000000 | 2 tỉ = 2000000000 | 2 ty = 2000000000"),
    (DONG, "750 nghìn = 750000 | 750 ngàn đồng = 750000 | 750 nghìn đồng = 750000 | 750 nghin = 750000"),
    (DONG, "3 tỷ 450 triệu = 3450000000 | 3 tỷ 450 triệu 600 nghìn = 3450600000 | 12 triệu 500 nghìn = 12500000"),
    (DONG, "1.234,56 = 1234.56 | 1,234.56 = 1234.56 | 1.234.567,8 = 1234567.8 | 1,234,567.8 = 1234567.8"),
    (DONG, "-250 = -250 | −250 = -250 | –250 = -250 | (250) = -250 | (1.250.000) = -1250000 | +250 = 250"),
    (DONG, "0,05 = 0.05 | 0.05 = 0.05 | ,5 = 0.5 | 00,00 = 0 | 7,0 = 7 | 7.0 = 7 | 0,000 = 0 | 0.125 = 0.125"),
    (COMMA, "1.500 = 1500 | 12.500 = 12500 | 250.000 = 250000 | 1,500 = 1.5 | 0,25 = 0.25 | 12 500 = 12500"),
    (TRIEU, "1.234,567 = 1234.567 | 1.234,567 triệu = 1234.567"),
    (DONG, "1.234,567 = 1234.567"),
    (WHOLE_DONG, "1.234,567 triệu = 1234567000 | 1.234,56 = 1234.56 | 1.500.000 = 1500000"),
    (COMMA, "1.500 đồng = 1500 | 1.500 triệu = 1500000000 | 1500,000 = 1500 | (1.500) = -1500"),
    (
        POINT,
        "1,500 = 1500 | 250,000 = 250000 | 1.500 = 1.5 | 12.75 = 12.75 | 1,500 triệu = 1500000000 | 1500.000 = 1500",
    ),
    (TRIEU, "12,5 = 12.5 | 12,5 triệu = 12.5 | 1,2 tỷ = 1200 | 500 nghìn = 0.5 | 2.500.000 đồng = 2.5 | 12 tr = 12"),
    (NGHIN, "12,5 triệu = 12500 | 500 nghìn = 500 | 1 tỷ = 1000000 | 2.500.000đ = 2500 | 45 = 45"),
    (TY, "1,5 tỷ = 1.5 | 750 triệu = 0.75 | 2 tỷ 250 triệu = 2.25"),
    (PERCENT, "85% = 85 | 85 % = 85 | 85,5% = 85.5 | 85.5% = 85.5 | 100% = 100 | 0% = 0 | 0,85 = 0.85 | 85 = 85"),
    (SHOWN_PERCENT, "0,85 = 85 | 0.5 = 50 | 85% = 85 | 0 = 0 | 0,125 = 12.5"),
    (
        PEOPLE,
        "12 = 12 | 12 người = 12 | 12 NGƯỜI = 12 | 12 nguoi = 12 | 12người = 12 | 1.250 = 1250 | 1.250 người = 1250",
    ),
    (POINTS, "9,5 điểm = 9.5 | 9,5đ = 9.5 | 9.5 diem = 9.5 | 100 điểm. = 100"),
]
ASKED: list[tuple[NumberContext, str]] = [
    (
        DONG,
        "1.500 | 1,500 | 12.345 | 250.000 | 250,000 | 1.500 đồng | 1,500đ | 1.500 triệu | 1,500 tỷ | -1.500 | 2.500,-",
    ),
    # a first dot forgotten, or three decimals
    (WHOLE_DONG, "1.500,000 | 1,500.000 | 1.234.567,000 | 1.500,000 đồng"),
    (DONG, "1500.000 | 1500,000 | 12500.000 | 1 500.000 | 1 250,000"),
    (COMMA, "12.5 | 1.50 | 0.75 | 12.5 triệu | 1500.000"),
    (COMMA, "(1,500)"),
    # thousandths of a đồng, or a slip
    (replace(WHOLE_DONG, decimal=","), "1,500 | 250,000 | 1.500,000"),
    (replace(WHOLE_DONG, decimal="."), "1.500 | 250.000 | 1,500.000"),
    (NumberContext(grouping=".,"), "12.5 | 12,5 | 1.500 | 1,50 | 2.5 triệu"),
    (POINT, "12,5 | 0,75 | 1,2 tỷ | (1.500) | 1500,000"),
    (TRIEU, "1.500 | 12.500 | 1,250"),
    (PEOPLE, "2.000 | 15.000 | 1,000"),
    (PERCENT, "1.500%"),
    (SHOWN_PERCENT, "85 | 1 | 1,5 | 100 | 92.5"),
]
NO_NUMBERS: list[tuple[NumberContext, str]] = [
    (DONG, "không | Không có | chưa có số liệu | ko | nt | như trên | x | ? | *** | n/a | #REF! | O | l5 | 1.5OO.000"),
    (DONG, "1.500.00 | 1.50.000 | 12,34,567 | 1.234.567.8 | 1,234.567,8 | 0.500.000 | 01.500.000 | 1..500 | 1,,5"),
    (DONG, "1. 500. 000 | 1 .500 | 12 34 | 1 5 | 0 500 | 000 500 | 1.500 000 | 5. | 5, | 1_500 | 1'500 | 1·500"),
    (PERCENT, "5%- | 5 % -"),
    (PEOPLE, "50 người-"),
    (DONG, "5-7 | 5 - 7 | 5 đến 7 | 10/12 | 1/2 | 12:30 | 3x4 | 3 + 4 | =5 | ~5 | >5 | ≥5 | trên 5 triệu | gần 3 tỷ"),
    (
        DONG,
        "5 triệu rưỡi | 5 triệu - 7 triệu | 3tr5 | 3tr500 | 2 tỷ 5 | 2 tỷ 500 | 500k | 500 ng | 5 triệu/người | 3 củ",
    ),
    (DONG, "3 ngăn | 2 tị | 5 đông | 4 triều | 3 ngán | 2 ngân | 2 tỳ | 5 triệu USD | 1500 USD | 20 kg | 12 hộ | 85%"),
    (DONG, "1,2 tỷ 300 triệu | 2 tỷ 1500 triệu | 500 nghìn 2 triệu | 3 triệu 2 triệu | 12 nghìn tỷ"),
    (DONG, "(-5) | (+5) | -(5) | --5 | 5- | ±5 | 1e6 | 1,5E6 | １５ | 1５0 | ٣ | 10² | ½ | 5½ | 0x1F | inf | nan"),
    (DONG, "12 (1) | 12 [2] | số 12 | Tổng: 12 | 12;5 | 06/10/2022 | 2022-10-06 | 5 triệu (dự kiến) | 12 tr/tháng"),
    (PEOPLE, "12 hộ | 12 ng | 12 tr | 5 ngươi | 12 người/hộ | 12 người 3 hộ | nhiều người | mười hai"),
    (PERCENT, "85 phần trăm | %85 | 85%% | 8,5‰ | 85%/năm"),
    (POINTS, "9,5/10 | 9 điểm 5 | 3 tr | chín điểm | 9,5 điềm"),
]


def _apart(table: list[tuple[NumberContext, str]]) -> list[tuple[NumberContext, str]]:
    return [(context, one.strip()) for context, many in table for one in many.split(" | ")]


@pytest.mark.parametrize(("context", "pair"), _apart(NUMBERS))
def test_a_number_in_the_habit_of_its_column_is_read(context: NumberContext, pair: str) -> None:
    typed, _, number = pair.rpartition(" = ")
    assert parse_number(typed, context) == Decimal(number)


@pytest.mark.parametrize(("context", "typed"), _apart(ASKED))
def test_a_number_with_two_readings_is_asked(context: NumberContext, typed: str) -> None:
    found = parse_number(typed, context)
    assert isinstance(found, Ambiguous)
    assert found.first != found.second


@pytest.mark.parametrize(("context", "typed"), _apart(NO_NUMBERS))
def test_what_nobody_can_count_with_is_no_number(context: NumberContext, typed: str) -> None:
    assert parse_number(typed, context) is None


@pytest.mark.parametrize("typed", ["100\n200", "5\r\n7", "1.500\n000", "12\t500", "3\n,5", "12\u2028000"])
def test_digits_on_two_lines_are_two_numbers(typed: str) -> None:
    assert parse_number(typed) is None


@pytest.mark.parametrize("typed", ["1.500.000\nđồng", "12 triệu\n", "\n12 triệu", "1.500.000\u200b"])
def test_a_line_break_beside_a_number_is_only_a_break(typed: str) -> None:
    assert isinstance(parse_number(typed), Decimal)


@pytest.mark.parametrize("typed", ["-", "–", "—", "---", " - ", "- -"])
def test_a_dash_is_blank_and_never_a_sign(typed: str) -> None:
    assert parse_number(typed) is BLANK


@pytest.mark.parametrize(
    ("texts", "decimal", "mixed"),
    [
        (["1500.000", "2.500"], "", False),
        (["1500.000", "1.234.567"], ",", False),
        (["12,5", "1.234.567"], ",", False),
        (["12.5", "1.234.567"], "", True),
        (["0.5", "12.25"], ".", False),
    ],
)
def test_a_column_is_judged_by_what_is_beyond_doubt(texts: list[str], decimal: str, mixed: bool) -> None:
    style = column_style(texts)
    assert (style.decimal, style.mixed) == (decimal, mixed)
    assert style.grouping == ("." if "1.234.567" in texts else "")


DAYS = """
02/09/1945 = 1945-09-02 | 2/9/2023 = 2023-09-02 | 2-9-2023 = 2023-09-02 | 2.9.2023 = 2023-09-02
02/09/23 = 2023-09-02 | 30/04/75 = 1975-04-30 | 31/12/29 = 2029-12-31 | 01/01/30 = 1930-01-01
2023-09-02 = 2023-09-02 | 2023/9/2 = 2023-09-02 | ngày 2 tháng 9 năm 2023 = 2023-09-02
Ngày 02 tháng 09 năm 2023. = 2023-09-02 | 2 tháng 9 năm 2023 = 2023-09-02 | 2 tháng 9, 2023 = 2023-09-02
NGÀY 02 THÁNG 9 NĂM 2023 = 2023-09-02 | Mường Lay, ngày 5 tháng 3 năm 2024 = 2024-03-05
ngay 5 thang 3 nam 2024 = 2024-03-05 | ngày 05/3/2024 = 2024-03-05 | 05/03/2024 08:30 = 2024-03-05
5–3–2024 = 2024-03-05 | 05 /03 /2024 = 2024-03-05 | 29/2/2024 = 2024-02-29 | 12/25/2023 = 2023-12-25
25/12/2023 = 2023-12-25 | 1/2/00 = 2000-02-01
"""
NO_DAYS = """
30/02/2024 | 31/04/2023 | 29/02/2023 | 00/10/2023 | 10/00/2023 | 32/01/2023 | 13/13/2023 | 3/2024 | tháng 3/2024
3-2024 | 2024 | năm 2024 | quý I/2024 | Quý 2 năm 2024 | 6 tháng đầu năm 2024 | 05/03 | 5 tháng 3 | ngày 5
45000 | 05032024 | 20240305 | 05/03-2024 | 05/03/204 | 05/03/20245 | 05//03/2024 | 06/10/0022 | 02/09/1845
0001-01-01 | 06/10/1022 | ５/3/2024 | x | hôm nay | trước ngày 05/03/2024 | 05/03/2024 (âm lịch)
05/03/2024; 06/03/2024 | 05/03/2024 - 06/03/2024 | 5-Mar-2024 | đầu tháng 3/2024 | ngày 31 tháng 4 năm 2024
ngày 5 tháng 13 năm 2024 | sinh năm 1980 | 1980 | không nhớ | 2024-13-05 | 2024-02-30 | - | 0
"""


@pytest.mark.parametrize("pair", DAYS.replace("\n", " | ").strip(" |").split(" | "))
def test_a_day_as_offices_write_it_is_read(pair: str) -> None:
    typed, _, day = pair.rpartition(" = ")
    assert parse_date(typed) == date.fromisoformat(day)


@pytest.mark.parametrize("typed", NO_DAYS.replace("\n", " | ").strip(" |").split(" | "))
def test_what_names_no_single_day_is_none(typed: str) -> None:
    assert parse_date(typed) is None


@pytest.mark.parametrize("typed", ["03/05/2024", "3-5-24", "12/11/2023", "1.2.2024"])
def test_a_day_beside_month_first_dates_is_asked(typed: str) -> None:
    assert shows_month_first([typed, "12/25/2023"])
    assert isinstance(parse_date(typed, month_first_seen=True), AmbiguousDate)


RANGES = """
01/01/2024 - 30/06/2024 | 1/1/2024-30/6/2024 | từ 01/01/2024 đến 30/06/2024
Từ ngày 01/01/2024 đến ngày 30/06/2024 | 1.1.2024 – 30.6.2024 | 01-01-2024 - 30-06-2024 | 01/01/24 -> 30/06/24
ngày 1 tháng 1 năm 2024 - ngày 30 tháng 6 năm 2024 | 01/01/2024 đến 30/06/2024 | 2024-01-01 - 2024-06-30
"""
NO_RANGES = """
01/01 - 30/06/2024 | 30/06/2024 - 01/01/2024 | 2023-2024 | 01/2024 - 06/2024 | 01/01/2024 - 31/06/2024
từ 01/01/2024 | đến 30/06/2024 | 01/01/2024, 30/06/2024 | 01/05/2024 - 05/13/2024 | 05/13/2024 - 06/12/2024
nhiệm kỳ 2020 - 2025 | -
"""


@pytest.mark.parametrize("typed", RANGES.replace("\n", " | ").strip(" |").split(" | "))
def test_two_days_make_a_range(typed: str) -> None:
    assert parse_date_range(typed) == (date(2024, 1, 1), date(2024, 6, 30))


@pytest.mark.parametrize("typed", NO_RANGES.replace("\n", " | ").strip(" |").split(" | "))
def test_a_range_with_a_doubtful_end_is_none(typed: str) -> None:
    assert parse_date_range(typed) is None


@pytest.mark.parametrize(
    "typed", ["x", " X ", "×", "✓", "✔", "√", "☑", "☒", "có", "CÓ", "Co", "đúng", "Ðúng", "[x]", "(x)"]
)
def test_a_tick_is_yes(typed: str) -> None:
    assert parse_flag(typed) is True


@pytest.mark.parametrize("typed", ["", "\u200b", "không", "Khong", "sai", "0", "☐", "[ ]", "( )"])
def test_an_empty_box_is_no(typed: str) -> None:
    assert parse_flag(typed) is False


@pytest.mark.parametrize(
    "typed",
    [
        *("✗", "✖", "✕", "o", "O", "v", "-", "?", "xx", "đừng", "dừng", "dùng", "cô", "cỏ", "khống", "sải", "đã"),
        *("không có", "có 2 người", "chưa", "2", "1.0", "k", "ko", "...", "nt", "x?"),
    ],
)
def test_a_doubtful_mark_is_asked(typed: str) -> None:
    assert parse_flag(typed) is None
