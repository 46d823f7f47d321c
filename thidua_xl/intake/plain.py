"""Values of a column that need no look: what nearly every cell of a filled form holds. Read `quick_taker`.

A quick taker gives the typed value of a plain cell, and `LOOK` for any other, which `convert` then takes step by step,
and with it the cells of its column that are not surely Unicode. Both ways give the same value for what both can take;
only the slow one tells findings.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Literal

from thidua_xl.intake.prepared import Prepared
from thidua_xl.model import Field, FieldKind, Value
from thidua_xl.model.registers import COMMUNES, UNITS
from thidua_xl.text import EXACT, convert_legacy, parse_flag


class Look(Enum):
    LOOK = "look"


LOOK = Look.LOOK
Quick = Callable[[Value], "Value | Literal[Look.LOOK]"]

_LETTERS = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9"
_SIGN = rf"[!-~{_LETTERS}–“”‘’…]"
# Composed letters in words parted by single blanks: such a text is kept as it stands.
_PLAIN = re.compile(rf"{_SIGN}+(?: {_SIGN}+)*")
# Plain ASCII, or with a letter that the old character sets do not have: surely Unicode.
_SURE = re.compile("[ăđơưĂĐƠƯĩũĨŨ\u1ea0-\u1ef9]")


def is_plain_text(value: Value) -> bool:
    """Whether a value is a text without surplus blanks, in composed letters, in Unicode when read by itself."""
    if type(value) is not str or _PLAIN.fullmatch(value) is None:
        return False
    return is_surely_unicode(value) or _reads_as_it_is(value)


def is_surely_unicode(value: Value) -> bool:
    """Whether no other cell of the column can make the value a text in an old character set."""
    return type(value) is not str or value.isascii() or _SURE.search(value) is not None


@lru_cache(maxsize=8192)
def _reads_as_it_is(text: str) -> bool:
    found = convert_legacy(text)
    return not found.charset and found.text == text


def quick_taker(
    prepared: Prepared,
    field: Field,
    *,
    is_name: bool,
    amounts: tuple[Decimal | None, Decimal | None] | None,
) -> Quick | None:
    """The quick taker of a field's column, None when every value of its kind needs a look.

    `is_name` says that its texts are names of units; `amounts` are the sizes (above, below) at which an amount is told,
    None when amounts have to be put into another unit.
    """
    kind = field.kind
    if kind is FieldKind.TEXT:
        return None if is_name else _text
    if kind is FieldKind.SERIAL:
        return _serial
    if kind is FieldKind.FLAG:
        return _flag
    if kind is FieldKind.MONEY:
        return None if amounts is None else _money(*amounts)
    if kind is FieldKind.CODE and prepared.match(field.choices, "") is None:
        return _text
    if kind in (FieldKind.CODE, FieldKind.CHOICE):
        return _choice(prepared, field)
    return None


@lru_cache(maxsize=32768)
def _text(value: Value) -> Value | Literal[Look.LOOK]:
    # The same words stand in the files of hundreds of units: each is looked at, and kept, once.
    return sys.intern(value) if type(value) is str and is_plain_text(value) else LOOK


def _serial(value: Value) -> Value | Literal[Look.LOOK]:
    return value if type(value) is int else LOOK


def _flag(value: Value) -> Value | Literal[Look.LOOK]:
    if type(value) is bool:
        return value
    found = parse_flag(value) if type(value) is str and is_plain_text(value) else None
    return LOOK if found is None else found


def _money(high: Decimal | None, low: Decimal | None) -> Quick:
    def take(value: Value) -> Value | Literal[Look.LOOK]:
        if type(value) is int:
            size = _decimal(value)
        elif type(value) is Decimal:
            if value != value.to_integral_value():
                return LOOK  # there is no part of a đồng
            size = value
        else:
            return LOOK
        if (high is not None and size > high) or (low is not None and 0 < size < low):
            return LOOK
        return size

    return take


@lru_cache(maxsize=8192)
def _decimal(number: int) -> Decimal:
    return Decimal(number)


def _choice(prepared: Prepared, field: Field) -> Quick:
    choices = field.choices
    tells = choices.partition(":")[0] in (UNITS, COMMUNES)

    @lru_cache(maxsize=4096)
    def take(value: Value) -> Value | Literal[Look.LOOK]:
        if type(value) is not str or not is_plain_text(value):
            return LOOK
        found = prepared.match(choices, value)
        if found is None or found.code is None or (tells and found.how != EXACT):
            return LOOK
        return found.code

    return take
