"""Dates as people in Vietnam type them -> dates, or the two readings, or no date. Read `parse_date` first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from thidua_xl.text.folding import fold

_PARTS = re.compile(r"(\d{1,2})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})\Z", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z", re.ASCII)
_CLOCK = re.compile(r"[ t]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?\Z", re.ASCII)
_WORDS = re.compile(
    r"(?:[^\d,]{1,60},\s*)?(?:ngay\s+)?(\d{1,2})\s+thang\s+(\d{1,2})(?:\s+nam|,)?\s+(\d{4})\Z", re.ASCII
)
_RANGE = re.compile(r"(?:tu (?:ngay )?)?(.+?)\s*(?:-+|den (?:ngay )?|->)\s*(.+)\Z")

# Excel's day 0 for serials from 1900-03-01 on (serial 61); before that its calendar has a 29 February 1900.
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
FIRST_SOUND_SERIAL = 61
# A bare number counts as a date only in these years: 2022 typed into a date cell is a year, not 14 July 1905.
_BARE_YEARS = range(1920, 2100)
_FIRST_YEAR = 1900  # no workbook holds an earlier date


@dataclass(frozen=True, slots=True)
class AmbiguousDate:
    """A text that is one day when the day stands first and another when the month does."""

    day_first: date
    month_first: date


def parse_date(raw: str, *, month_first_seen: bool = False) -> date | AmbiguousDate | None:
    """The day a text stands for, None when it is none (a month or a year alone is none).

    The day stands first, as in every Vietnamese office, unless only the other order makes a date.
    `month_first_seen` says another cell of the column can only be month-first: then a text that reads both ways
    is `AmbiguousDate`. Two-digit years follow Excel: 00-29 are 2000-2029, 30-99 are 1930-1999; years before 1900,
    which no workbook can hold, are none.
    """
    if not raw.isascii() and any(one.isdigit() and not one.isascii() for one in raw):
        return None  # wide digits are no habit of any office
    text = _CLOCK.sub("", fold(raw)).strip(" .")
    iso = _ISO.match(text)
    if iso is not None:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    words = _WORDS.match(text)
    if words is not None:
        return _day(int(words[3]), int(words[2]), int(words[1]))
    text = text.removeprefix("ngay ").strip()
    parts = _PARTS.match(text)
    if parts is None:
        return None
    first, second, year = int(parts[1]), int(parts[3]), _full_year(parts[4])
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if day_first is not None and month_first is not None and day_first != month_first and month_first_seen:
        return AmbiguousDate(day_first, month_first)
    return day_first or month_first


def parse_date_range(raw: str) -> tuple[date, date] | None:
    """(first, last) day of "01/05/2022 - 30/06/2022" or "từ ngày … đến ngày …"; None when it is no range.

    An end with the month first (05/13/2022) leaves the other in doubt: then it is none, too, unless that reads one way.
    """
    found = _RANGE.match(fold(raw).replace("–", "-"))
    if found is None:
        return None
    text = found[0]
    for mark in re.finditer(r"\s*(?:-+>?|\bden(?: ngay)?\b)\s*", text):
        ends = text[: mark.start()].removeprefix("tu ").removeprefix("ngay "), text[mark.end() :]
        month_first = shows_month_first(ends)
        first, last = (parse_date(one, month_first_seen=month_first) for one in ends)
        if isinstance(first, date) and isinstance(last, date) and first <= last:
            return first, last
    return None


def shows_month_first(texts: Iterable[str]) -> bool:
    """Whether a text of the column can only be read with the month first (09/17/1978)."""
    for raw in texts:
        parts = _PARTS.match(_CLOCK.sub("", fold(raw)).strip(" ."))
        if parts is not None and int(parts[1]) <= 12 < int(parts[3]) <= 31:
            return True
    return False


def serial_date(serial: float, *, from_1904: bool = False) -> date | datetime | None:
    """The day (or moment) of an Excel serial number; None before 1900-03-01, after 9999, or for a time alone."""
    days = int(serial)
    if from_1904:
        if days < 0 or days > 2_957_003:
            return None
        day = _EPOCH_1904 + timedelta(days=days)
    else:
        if days < FIRST_SOUND_SERIAL or days > 2_958_465:
            return None
        day = _EPOCH_1900 + timedelta(days=days)
    seconds = round((serial - days) * 86_400)
    if not seconds:
        return day
    if seconds == 86_400:
        return day + timedelta(days=1) if day < date.max else None
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)


def bare_serial_date(serial: int) -> date | None:
    """The day of a whole number in a cell without date format, None when no office would mean a day by it."""
    found = serial_date(serial)
    return found if type(found) is date and found.year in _BARE_YEARS else None


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 30 else 1900)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= _FIRST_YEAR else None
    except ValueError:
        return None
