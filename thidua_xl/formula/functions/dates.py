"""Dates as serial numbers: parts, steps of months, working days, differences."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from thidua_xl.formula.arrays import flat
from thidua_xl.formula.functions.maths import floor_of
from thidua_xl.formula.functions.signature import Argument, Function, each, single, whole
from thidua_xl.formula.values import (
    BAD,
    BASE,
    ENGINE,
    LAST_DAY,
    NUM,
    VALUE,
    Bad,
    Day,
    Number,
    from_date,
    plain,
    to_number,
)
from thidua_xl.model import CellError, Value


def day_of(serial: Number) -> date | CellError:
    """The date of a serial number, its time cut off; #NUM! outside 1899-12-30 .. 9999-12-31."""
    whole_days = floor_of(serial)
    return BASE + timedelta(whole_days) if 0 <= whole_days <= LAST_DAY else NUM


def _serial(day: date) -> Value:
    serial = from_date(day)
    return serial if serial >= 0 else NUM


def _part(take: Callable[[date], Value]) -> Callable[[Number], Value]:
    def run(serial: Number) -> Value:
        day = day_of(serial)
        return day if isinstance(day, CellError) else take(day)

    return run


def _date(year: int, month: int, day: int) -> Value:
    """DATE: months and days beyond their range run on; years below 1900 count from 1900."""
    if not 0 <= year <= 9999 or abs(month) > 120_000 or abs(day) > LAST_DAY:
        return NUM
    months = (year + 1900 if year < 1900 else year) * 12 + month - 1
    if not 12 <= months < 120_000:
        return NUM
    serial = (date(months // 12, months % 12 + 1, 1) - BASE).days + day - 1
    return Day(serial) if 0 <= serial <= LAST_DAY else NUM


def _stepped(day: date, months: int, last_day: bool) -> Value:
    total = day.year * 12 + day.month - 1 + months
    if not 12 <= total < 120_000:
        return NUM
    year, month = total // 12, total % 12 + 1
    length = monthrange(year, month)[1]
    return _serial(date(year, month, length if last_day else min(day.day, length)))


def _months_later(last_day: bool) -> Callable[[Number, int], Value]:
    def run(serial: Number, months: int) -> Value:
        day = day_of(serial)
        return day if isinstance(day, CellError) else _stepped(day, months, last_day)

    return run


def _date_difference(start: Number, end: Number, unit: str) -> Value:
    first, last = day_of(start), day_of(end)
    if isinstance(first, CellError) or isinstance(last, CellError) or last < first:
        return NUM
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    kind = unit.lower()
    if kind == "d":
        return (last - first).days
    if kind in ("m", "y", "ym"):
        return months if kind == "m" else months // 12 if kind == "y" else months % 12
    if kind == "md":
        if last.day >= first.day:
            return last.day - first.day
        # The days of the month before the last one, as Excel counts: it may come out negative.
        before = last.replace(day=1) - timedelta(1)
        return before.day - first.day + last.day
    if kind == "yd":
        year = last.year if (first.month, first.day) <= (last.month, last.day) else last.year - 1
        day = first.day if first.month != 2 or first.day != 29 or isleap(year) else 28
        return (last - date(year, first.month, day)).days
    return NUM


def _weekday(serial: Number, kind: int = 1) -> Value:
    day = day_of(serial)
    if isinstance(day, CellError):
        return day
    monday = day.weekday()
    if kind == 1:
        return (monday + 1) % 7 + 1
    if kind in (2, 11):
        return monday + 1
    if kind == 3:
        return monday
    if 12 <= kind <= 17:
        return (monday - (kind - 11)) % 7 + 1
    return NUM


def _week_number(serial: Number, kind: int = 1) -> Value:
    day = day_of(serial)
    if isinstance(day, CellError):
        return day
    if kind == 21:
        return day.isocalendar()[1]
    starts = {1: 6, 2: 0, 11: 0, 12: 1, 13: 2, 14: 3, 15: 4, 16: 5, 17: 6}
    if kind not in starts:
        return NUM
    first = date(day.year, 1, 1)
    return (day.timetuple().tm_yday - 1 + (first.weekday() - starts[kind]) % 7) // 7 + 1


def _holidays(arguments: Sequence[Argument]) -> set[int] | Bad:
    days: set[int] = set()
    for value in flat(arguments):
        if value is None or value == "":
            continue
        number = to_number(value)
        if isinstance(number, BAD):
            return number
        days.add(floor_of(number))
    return days


def _is_working(serial: int, holidays: set[int]) -> bool:
    # Serial 2 is 1900-01-01, a Monday.
    return (serial - 2) % 7 < 5 and serial not in holidays


def _dates(arguments: Sequence[Argument]) -> tuple[int, int, set[int]] | Bad:
    first, second = single(arguments[0]), single(arguments[1])
    start = VALUE if isinstance(first, bool) else to_number(first)
    count = VALUE if isinstance(second, bool) else to_number(second)
    holidays = _holidays(arguments[2:])
    if isinstance(start, BAD):
        return start
    if isinstance(count, BAD):
        return count
    return holidays if isinstance(holidays, BAD) else (floor_of(start), int(count), holidays)


def _working_days(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    taken = _dates(arguments)
    if isinstance(taken, BAD):
        return taken
    start, end, holidays = taken
    low, high = min(start, end), max(start, end)
    if not 0 <= low <= high <= LAST_DAY:
        return NUM
    weeks, rest = divmod(high - low + 1, 7)
    days = weeks * 5 + sum(_is_working(high - step, set()) for step in range(rest))
    days -= sum(low <= day <= high and _is_working(day, set()) for day in holidays)
    return days if start <= end else -days


def _work_day(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    taken = _dates(arguments)
    if isinstance(taken, BAD):
        return taken
    day, count, holidays = taken
    if abs(count) > LAST_DAY or not 0 <= day <= LAST_DAY:
        return NUM
    step = 1 if count > 0 else -1
    left = abs(count)
    # Whole weeks at once; a holiday in them is made up for below.
    while left > 10 and not any(min(day, day + step * 7) <= free <= max(day, day + step * 7) for free in holidays):
        weeks = (left - 5) // 5 if not holidays else 1
        day += step * 7 * weeks
        left -= 5 * weeks
        if not 0 <= day <= LAST_DAY:
            return NUM
    while left:
        day += step
        if not 0 <= day <= LAST_DAY:
            return NUM
        left -= _is_working(day, holidays)
    return Day(day)


def _time(hours: int, minutes: int, seconds: int) -> Value:
    total = hours * 3600 + minutes * 60 + seconds
    if total < 0 or max(hours, minutes, seconds) > 32_767:
        return NUM
    return plain(ENGINE.divide(Decimal(total % 86400), Decimal(86400)))


def _clock(take: Callable[[int], int]) -> Callable[[Number], Value]:
    def run(serial: Number) -> Value:
        if not 0 <= serial < LAST_DAY + 1:
            return NUM
        seconds = int((Decimal(serial) % 1 * 86400).to_integral_value(ROUND_HALF_UP))
        return take(seconds % 86400)

    return run


def _days_360(start: Number, end: Number, european: bool = False) -> Value:
    first, last = day_of(start), day_of(end)
    if isinstance(first, CellError) or isinstance(last, CellError):
        return NUM
    day1, day2, shift = first.day, last.day, 0
    if european:
        day1, day2 = min(day1, 30), min(day2, 30)
    else:
        if first.day == monthrange(first.year, first.month)[1]:
            day1 = 30
        if day2 == 31 and day1 < 30:
            day2, shift = 1, 1
        elif day2 == 31:
            day2 = 30
    return (last.year - first.year) * 360 + (last.month + shift - first.month) * 30 + day2 - day1


def _days(end: Number, start: Number) -> Value:
    return floor_of(end) - floor_of(start)


FUNCTIONS: dict[str, Function] = {
    "DATE": each("III", _date),
    "YEAR": each("N", _part(lambda day: day.year)),
    "MONTH": each("N", _part(lambda day: day.month)),
    "DAY": each("N", _part(lambda day: day.day)),
    "EDATE": each("NI", _months_later(last_day=False)),
    "EOMONTH": each("NI", _months_later(last_day=True)),
    "DATEDIF": each("NNT", _date_difference),
    "DAYS": each("NN", _days),
    "DAYS360": each("NN?B", _days_360),
    "WEEKDAY": each("N?I", _weekday),
    "WEEKNUM": each("N?I", _week_number),
    "ISOWEEKNUM": each("N", lambda serial: _week_number(serial, 21)),
    "NETWORKDAYS": whole(_working_days, 2, 3),
    "WORKDAY": whole(_work_day, 2, 3),
    "TIME": each("III", _time),
    "HOUR": each("N", _clock(lambda seconds: seconds // 3600)),
    "MINUTE": each("N", _clock(lambda seconds: seconds // 60 % 60)),
    "SECOND": each("N", _clock(lambda seconds: seconds % 60)),
}
