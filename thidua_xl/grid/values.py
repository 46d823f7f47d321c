"""The stored text of a number -> an exact value: what Excel holds and shows, 15 significant digits. Read `number`."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

from thidua_xl.grid.formats import DATE
from thidua_xl.model import Invalid, Value
from thidua_xl.text import serial_date

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\Z")
_DIGITS_KEPT = 15
# No office counts beyond; what a sum leaves of 0.1 + 0.2 - 0.3 lies between. Sums of what does are exact.
_LARGEST, _SMALLEST = 1e30, 1e-30
_ISO_DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?\Z", re.ASCII
)


def number(text: str) -> int | Decimal | Invalid:
    """The number a cell stores: int when whole, else Decimal; `Invalid` for what is no finite number.

    >>> number("0.30000000000000004")
    Decimal('0.3')
    """
    if len(text) <= _DIGITS_KEPT and text.isascii() and text.isdigit():
        return int(text)
    if _NUMBER.match(text) is None:
        return Invalid(text)
    return exact(float(text), text)


def exact(size: float, text: str = "") -> int | Decimal | Invalid:
    """A double at 15 significant digits, as int or Decimal; `Invalid` for one that no office means by a number."""
    if not isfinite(size) or abs(size) >= _LARGEST or 0 < abs(size) < _SMALLEST:
        return Invalid(text or repr(size))
    shown = f"{size:.15g}"
    if "." not in shown and "e" not in shown:
        return int(shown)
    found = Decimal(shown)
    return int(found) if size.is_integer() and abs(size) < 1e21 else found


def digits_lost(text: str) -> bool:
    """Whether a stored number has more digits than a double keeps, so that its value is no longer what was written.

    A double printed in full has up to 17 digits and loses nothing (0.30000000000000004 is how 0.1+0.2 is stored).
    """
    if len(text) <= _DIGITS_KEPT:
        return False
    mantissa = re.split("[eE]", text.lstrip("+-"))[0]
    digits = mantissa.replace(".", "").strip("0")
    if len(digits) <= _DIGITS_KEPT:
        return False
    return "." not in mantissa or len(digits) > 17


def dated(size: int | Decimal | Invalid, kind: str, *, from_1904: bool, text: str) -> Value:
    """The value of a number in a cell with a date format; Invalid for a day no calendar has."""
    if kind != DATE or isinstance(size, Invalid):
        return size
    found = serial_date(float(size), from_1904=from_1904)
    return Invalid(text) if found is None else found


def iso_moment(text: str) -> date | datetime | Invalid:
    """The moment of a cell of type `d` or an ODF date value."""
    found = _ISO_DATE.match(text)
    if found is None:
        return Invalid(text)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        hour, minute, second = (int(one) if one else 0 for one in found.groups()[3:])
        return datetime(day.year, day.month, day.day, hour, minute, second) if hour or minute or second else day
    except ValueError:
        return Invalid(text)
