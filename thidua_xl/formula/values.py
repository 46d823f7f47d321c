"""Excel's values: what a cell's value is inside the engine, as number, as text, as truth. Read `from_model` first.

Inside the engine a value is None (blank), bool, int, Decimal, str, `Day`, `Moment`, `CellError` or `Invalid`.
Numbers are exact and observed at 15 significant digits: `0.1+0.2=0.3` and `1/3*3=1` hold. No function here
raises for bad values: errors are values that travel, and an `Invalid` outranks every error.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache

from thidua_xl.model import CellError, Invalid, Value

NULL = CellError("#NULL!")
DIV0 = CellError("#DIV/0!")
VALUE = CellError("#VALUE!")
REF = CellError("#REF!")
NAME = CellError("#NAME?")
NUM = CellError("#NUM!")
NA = CellError("#N/A")

Bad = CellError | Invalid
Number = int | Decimal
BAD = (CellError, Invalid)

# More digits than a double has, so that 15 of a result are right, and room beyond its range for what lies between;
# results outside the range of a double become 0 or #NUM! (see `in_range`).
ENGINE = Context(
    prec=30, rounding=ROUND_HALF_UP, Emin=-99_999, Emax=99_999, traps=[Overflow, InvalidOperation, DivisionByZero]
)
FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP, Emin=-99_999, Emax=99_999, traps=[InvalidOperation])
_EXACT = Context(prec=60, Emin=-999, Emax=999, traps=[InvalidOperation])

EXACT_INT = 10**15  # whole numbers below it have at most 15 digits: no rounding needed
LAST_DAY = 2_958_465  # 9999-12-31
BASE = date(1899, 12, 30)
_BASE_TIME = datetime(1899, 12, 30)


class Day(int):
    """A date as its serial number; behaves as that number and comes out as a date."""

    __slots__ = ()


class Moment(Decimal):
    """A date with a time as its serial number; comes out as a datetime."""

    __slots__ = ()


def from_model(value: Value) -> Value:
    """The engine's value of a cell: dates become serial numbers, whole Decimals int."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, int):
        return value if -EXACT_INT < value < EXACT_INT else at_fifteen(value)
    if isinstance(value, datetime):
        return from_datetime(value)
    if isinstance(value, date):
        return from_date(value)
    return value


def to_model(value: Value) -> Value:
    """The cell value of an engine value: 15 digits, serial numbers that are dates become dates."""
    if isinstance(value, Day):
        return BASE + timedelta(value) if 0 <= value <= LAST_DAY else int(value)
    if isinstance(value, Moment):
        return to_datetime(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = at_fifteen(value)
        return in_range(number) if isinstance(number, Decimal) else number
    return value


def from_date(value: date) -> Day:
    """The serial number of a date: 1900-03-01 is 61."""
    return Day((value - BASE).days)


def from_datetime(value: datetime) -> Day | Moment:
    """The serial number of a date with time; midnight is the plain date."""
    passed = value.replace(tzinfo=None) - _BASE_TIME
    if not passed.seconds and not passed.microseconds:
        return Day(passed.days)
    return Moment(passed.days + Decimal(passed.seconds) / 86400 + Decimal(passed.microseconds) / 86_400_000_000)


def to_datetime(value: Number) -> Value:
    """The date and time of a serial number, to the second."""
    if not 0 <= value <= LAST_DAY:
        return value
    return _BASE_TIME + timedelta(seconds=int((Decimal(value) * 86400).to_integral_value(ROUND_HALF_UP)))


def plain(number: Decimal) -> Number:
    """The number as int when it is whole and small enough to be exact."""
    whole = int(number)
    return whole if whole == number and -EXACT_INT < whole < EXACT_INT else number


def in_range(number: Decimal) -> Number | CellError:
    """The number if a double could hold it: 0 when too small, #NUM! when too large."""
    size = number.adjusted() if number else 0
    if -308 < size < 308:
        return plain(number)
    return 0 if size < 0 else NUM if number.copy_abs() > _LARGEST else number


_LARGEST = Decimal("1.7976931348623157E+308")


def magnitude(number: Number) -> Number:
    """The number without its sign."""
    return -number if number < 0 else number


def at_fifteen(number: Number) -> Number:
    """The number at 15 significant digits; equal numbers give equal (and equally hashed) results."""
    if type(number) is int and -EXACT_INT < number < EXACT_INT:
        return number
    return plain(FIFTEEN.plus(Decimal(number)))


# Coercion ----------------------------------------------------------------------------------------------------

_TEXT_NUMBER = re.compile(
    r" *(\()? *([+-]?) *(\d{1,3}(?:,\d{3})+|\d*)(\.\d*)?(?:[eE]([+-]?\d{1,3}))? *(%?) *(-)?(\))? *", re.ASCII
)
_ISO_DATE = re.compile(r" *(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](.+?))? *", re.ASCII)
_DAY_DATE = re.compile(r" *(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?: (.+?))? *", re.ASCII)
_TIME = re.compile(r" *(\d{1,4}):(\d{1,2})(?::(\d{1,2})(\.\d+)?)? *(am|pm)? *", re.ASCII | re.IGNORECASE)
_LONGEST_NUMBER = 64
_NUMBER_STARTS = frozenset("0123456789+-. (")


def to_number(value: Value) -> Number | Bad:
    """The number that arithmetic takes for a value; text that is no number gives #VALUE!."""
    if isinstance(value, (int, Decimal)):
        return int(value) if value is True or value is False else value
    if value is None:
        return 0
    if isinstance(value, str):
        return text_number(value)
    return value if isinstance(value, BAD) else VALUE


def text_number(text: str) -> Number | CellError:
    """The number that a text stands for: `5`, ` 1,234.5 `, `5%`, `1e3`, `2021-01-31`, `31/01/2021`, `12:30`.

    Decimal point and grouping comma as in a file (the language of the user's Excel is not known here); a
    date with slashes is read as day, month, year. #VALUE! for anything else.
    """
    # Most texts are words: told apart by their first character, without a pattern.
    return _text_number(text) if text[:1] in _NUMBER_STARTS and text else VALUE


@lru_cache(maxsize=4096)
def _text_number(text: str) -> Number | CellError:
    if len(text) > _LONGEST_NUMBER:
        return VALUE
    found = _TEXT_NUMBER.fullmatch(text)
    if found:
        opened, sign, digits, fraction, exponent, hundredth, minus, closed = found.groups()
        # One way to say that a number is negative: -5, 5- or (5).
        marks = (sign != "") + (minus is not None) + (opened is not None)
        if (digits or len(fraction or "") > 1) and marks < 2 and (opened is None) == (closed is None):
            number = FIFTEEN.create_decimal(f"{digits.replace(',', '') or '0'}{fraction or ''}E{exponent or 0}")
            if hundredth:
                number = number.scaleb(-2, FIFTEEN)
            if sign == "-" or minus or opened:
                number = -number
            return plain(number) if not number or number.adjusted() <= 308 else VALUE
    return text_date(text)


def text_date(text: str) -> Number | CellError:
    """The serial number of a text date and/or time, #VALUE! when it is none."""
    found = _ISO_DATE.fullmatch(text)
    if found:
        year, month, day, clock = int(found[1]), int(found[2]), int(found[3]), found[4]
    else:
        found = _DAY_DATE.fullmatch(text)
        if found is None:
            return text_time(text)
        year, month, day, clock = int(found[3]), int(found[2]), int(found[1]), found[4]
    try:
        serial = from_date(date(year, month, day))
    except ValueError:
        return VALUE
    if serial < 0:
        return VALUE
    if not clock:
        return serial
    time = text_time(clock)
    return time if isinstance(time, CellError) else Moment(serial + Decimal(time))


def text_time(text: str) -> Number | CellError:
    """The part of a day of a text time, #VALUE! when it is none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return VALUE
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    if minutes > 59 or seconds > 59 or (found[5] and not 1 <= hours <= 12):
        return VALUE
    if found[5]:
        hours = hours % 12 + (12 if found[5].lower() == "pm" else 0)
    total = Decimal(hours * 3600 + minutes * 60 + seconds) + Decimal(found[4] or 0)
    return plain(ENGINE.divide(total, Decimal(86400)))


def to_text(value: Value) -> str | Bad:
    """The text that `&` and the text functions take for a value."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, Decimal)):
        return number_text(value)
    return value if isinstance(value, BAD) else VALUE


def number_text(number: Number) -> str:
    """A number as Excel joins it to text: 15 digits, scientific beyond 20 characters.

    Source: the rules measured in Excel and kept in Apache POI's NumberToTextConverter.
    """
    if type(number) is int and -EXACT_INT < number < EXACT_INT:
        return str(number)
    short = FIFTEEN.plus(Decimal(number)).normalize(FIFTEEN)
    if not short:
        return "0"
    sign, digits, _ = short.as_tuple()
    exponent = short.adjusted()
    word = "".join(map(str, digits))
    minus = "-" if sign else ""
    if exponent > 19 or (exponent < 0 and 1 - exponent + len(word) > 20):
        tail = f".{word[1:]}" if len(word) > 1 else ""
        return f"{minus}{word[0]}{tail}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return f"{short:f}"


def to_bool(value: Value) -> bool | Bad:
    """The truth value that IF takes for a value: a number is true unless 0, blank is false."""
    if value is True or value is False:
        return value
    if value is None:
        return False
    if isinstance(value, str):
        return _TRUTHS.get(value.upper(), VALUE)
    if isinstance(value, (int, Decimal)):
        return value != 0
    return value if isinstance(value, BAD) else VALUE


def is_true(value: Value) -> bool:
    """Whether a rule's result says that the entry is right: TRUE or a number other than 0."""
    return to_bool(value) is True


def rounded(number: Number, digits: int, rounding: str = ROUND_HALF_UP) -> Number:
    """The number rounded to `digits` decimals (negative: tens, hundreds), taken at its 15 digits."""
    value = Decimal(at_fifteen(number))
    digits = max(-310, min(digits, 310))
    if int(value.as_tuple().exponent) >= -digits:
        return plain(value)
    return plain(value.quantize(Decimal((0, (1,), -digits)), rounding=rounding, context=_EXACT))


_TRUTHS: dict[str, bool] = {"TRUE": True, "FALSE": False}
