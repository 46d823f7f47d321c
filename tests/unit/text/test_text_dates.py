"""Dates and ticks as offices type them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from thidua_xl.text import (
    AmbiguousDate,
    bare_serial_date,
    parse_date,
    parse_date_range,
    parse_flag,
    serial_date,
    shows_month_first,
)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("05/01/1980", "1980-01-05"),
        ("06/10/2022", "2022-10-06"),
        ("ngày 06 tháng 10 năm 2022", "2022-10-06"),
        ("Ngày 6 tháng 10 năm 2022", "2022-10-06"),
        ("Điện Biên, ngày 06 tháng 10 năm 2022", "2022-10-06"),
        ("6-10-22", "2022-10-06"),
        ("6.10.2022", "2022-10-06"),
        ("06 / 10 / 2022", "2022-10-06"),
        ("ngày 06/10/2022", "2022-10-06"),
        ("2022-10-06", "2022-10-06"),
        ("2022-10-06 00:00:00", "2022-10-06"),
        ("06/10/2022 14:30", "2022-10-06"),
        ("09/17/1978", "1978-09-17"),
        ("\u00a006/10/2022 ", "2022-10-06"),
        ("29/02/2024", "2024-02-29"),
        ("1/1/99", "1999-01-01"),
    ],
)
def test_a_typed_date_is_read(typed: str, day: str) -> None:
    assert parse_date(typed) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "typed",
    [
        "tháng 10/2022",
        "6/2022",
        "10/2022",
        "2022",
        "31/02/2023",
        "29/02/2023",
        "32/01/2023",
        "44840",
        "x",
        "",
        "06/10",
        "13/13/2023",
        "６/10/2022",
        "06/10-2022",
        "quý I/2022",
        "06/10/202",
    ],
)
def test_what_is_no_day_is_never_read_as_one(typed: str) -> None:
    assert parse_date(typed) is None


def test_day_and_month_are_a_question_when_the_column_writes_the_month_first() -> None:
    assert shows_month_first(["05/06/2022", "09/17/1978"])
    found = parse_date("05/06/2022", month_first_seen=True)
    assert found == AmbiguousDate(date(2022, 6, 5), date(2022, 5, 6))
    assert parse_date("05/05/2022", month_first_seen=True) == date(2022, 5, 5)
    assert not shows_month_first(["17/09/1978", "05/06/2022"])


@pytest.mark.parametrize(
    "typed",
    [
        "01/05/2022 - 30/06/2022",
        "01/05/2022-30/06/2022",
        "từ ngày 01/05/2022 đến ngày 30/06/2022",
        "1-5-2022 – 30-6-2022",
    ],
)
def test_a_range_of_dates_has_two_ends(typed: str) -> None:
    assert parse_date_range(typed) == (date(2022, 5, 1), date(2022, 6, 30))


@pytest.mark.parametrize("typed", ["01/05/2022", "30/06/2022 - 01/05/2022", "a - b", ""])
def test_anything_else_is_no_range(typed: str) -> None:
    assert parse_date_range(typed) is None


def test_serial_numbers_follow_both_calendars() -> None:
    assert serial_date(44840) == date(2022, 10, 6)
    assert serial_date(44840.5) == datetime(2022, 10, 6, 12)
    assert serial_date(43378, from_1904=True) == date(2022, 10, 6)


@pytest.mark.parametrize("serial", [60, 0, 0.5, -1, 3_000_000])
def test_days_that_no_calendar_has_are_none(serial: float) -> None:
    assert serial_date(serial) is None


@pytest.mark.parametrize(("number", "day"), [(44840, date(2022, 10, 6)), (2022, None), (20221006, None), (5, None)])
def test_a_bare_number_is_a_day_only_where_an_office_could_mean_one(number: int, day: date | None) -> None:
    assert bare_serial_date(number) == day


@pytest.mark.parametrize("typed", ["x", "X", "✓", "✔", "☑", "có", "Có", "CÓ", "1", 1, True, "[x]", " x "])
def test_ticks_mean_yes(typed: str | int | bool) -> None:
    assert parse_flag(typed) is True


@pytest.mark.parametrize("typed", [None, "", " ", "không", "KHÔNG", "0", 0, False, "☐"])
def test_blank_and_no_mean_no(typed: str | int | bool | None) -> None:
    assert parse_flag(typed) is False


@pytest.mark.parametrize("typed", ["o", "-", "?", "chưa rõ", "2", "v"])
def test_any_other_mark_is_a_question(typed: str) -> None:
    assert parse_flag(typed) is None
