"""What Excel's operators do with two values. Read `compare` and `add` first.

Nothing here raises for bad values: errors are values that travel, and an `Invalid` outranks every error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation, Overflow
from functools import lru_cache

from thidua_xl.formula.values import (
    BAD,
    DIV0,
    ENGINE,
    EXACT_INT,
    NUM,
    VALUE,
    Bad,
    Day,
    Number,
    at_fifteen,
    in_range,
    magnitude,
    to_number,
    to_text,
)
from thidua_xl.model import Invalid, Value

LONGEST_TEXT = 32_767


def compare(left: Value, right: Value) -> int | Bad:
    """-1, 0 or 1 as Excel orders: numbers, text (case ignored), FALSE, TRUE; blank is its partner's zero."""
    if isinstance(left, BAD) or isinstance(right, BAD):
        return worse(left, right)
    left_rank, right_rank = _rank(left, right), _rank(right, left)
    if left_rank != right_rank:
        return -1 if left_rank < right_rank else 1
    if left_rank == 1:
        return compare_texts(left or "", right or "")  # type: ignore[arg-type]  # rank 1: texts or blank
    return compare_numbers(left or 0, right or 0)  # type: ignore[arg-type]  # rank 0 or 2: numbers or blank


def _rank(value: Value, other: Value) -> int:
    if value is None:
        value = other
    return 1 if isinstance(value, str) else 2 if isinstance(value, bool) else 0


def compare_numbers(left: Number, right: Number) -> int:
    """-1, 0 or 1 at 15 significant digits."""
    if left == right:
        return 0
    if type(left) is not int or type(right) is not int:
        gap = left - right
        # Only numbers this close may still be one at 15 digits.
        if magnitude(gap) * 10**14 <= magnitude(left) and at_fifteen(left) == at_fifteen(right):
            return 0
    return -1 if left < right else 1


def compare_texts(left: str, right: str) -> int:
    """-1, 0 or 1, case ignored also for Vietnamese letters; order of letters as in a dictionary."""
    left, right = left.lower(), right.lower()
    if left == right:
        return 0
    return -1 if collation_key(left) < collation_key(right) else 1


@lru_cache(maxsize=65536)
def collation_key(text: str) -> tuple[tuple[tuple[int, str], ...], tuple[int, ...], str]:
    """What dictionaries sort by: signs, digits, letters; marks (ă, é) decide only between equal letters."""
    base: list[tuple[int, str]] = []
    marks: list[int] = []
    for letter in unicodedata.normalize("NFD", text.lower()):
        if unicodedata.combining(letter):
            marks.append(1 + _MARKS.find(letter))
            continue
        marks.append(0)
        if letter.isalpha():
            base.append((2, "d~" if letter == "đ" else letter))
        elif letter.isdigit():
            base.append((1, letter))
        else:
            place = _SIGNS.find(letter)
            base.append((0, chr(place) if place >= 0 else letter))
    return tuple(base), tuple(marks), text


# Marks in the order of dictionaries: sắc, huyền, ă, â, ngã, hỏi, ơ, nặng.
_MARKS = "\u0301\u0300\u0306\u0302\u0303\u0309\u031b\u0323"
# Blanks and signs in the order of dictionaries (Unicode's default collation).
_SIGNS = "\t\n\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"


def equal(left: Value, right: Value) -> bool | Bad:
    """`left = right`."""
    order = compare(left, right)
    return order == 0 if isinstance(order, int) else order


def unequal(left: Value, right: Value) -> bool | Bad:
    """`left <> right`."""
    order = compare(left, right)
    return order != 0 if isinstance(order, int) else order


def less(left: Value, right: Value) -> bool | Bad:
    """`left < right`."""
    order = compare(left, right)
    return order < 0 if isinstance(order, int) else order


def greater(left: Value, right: Value) -> bool | Bad:
    """`left > right`."""
    order = compare(left, right)
    return order > 0 if isinstance(order, int) else order


def at_most(left: Value, right: Value) -> bool | Bad:
    """`left <= right`."""
    order = compare(left, right)
    return order <= 0 if isinstance(order, int) else order


def at_least(left: Value, right: Value) -> bool | Bad:
    """`left >= right`."""
    order = compare(left, right)
    return order >= 0 if isinstance(order, int) else order


def add(left: Value, right: Value) -> Value:
    """`left + right`; a date plus days is a date."""
    if type(left) is int and type(right) is int:
        return left + right
    a, b = to_number(left), to_number(right)
    if isinstance(a, BAD) or isinstance(b, BAD):
        return worse(a, b)
    result = snapped(ENGINE.add(a, b), a)
    return _dated(result, (type(left) is Day) != (type(right) is Day))


def subtract(left: Value, right: Value) -> Value:
    """`left - right`; a date less days is a date, a date less a date a number."""
    if type(left) is int and type(right) is int:
        return left - right
    a, b = to_number(left), to_number(right)
    if isinstance(a, BAD) or isinstance(b, BAD):
        return worse(a, b)
    result = snapped(ENGINE.subtract(a, b), a)
    return _dated(result, type(left) is Day and type(right) is not Day)


def multiply(left: Value, right: Value) -> Value:
    """`left * right`, #NUM! beyond Excel's range."""
    a, b = to_number(left), to_number(right)
    if isinstance(a, BAD) or isinstance(b, BAD):
        return worse(a, b)
    if type(a) is int and type(b) is int:
        product = a * b
        if -EXACT_INT < product < EXACT_INT:
            return product
    try:
        return in_range(ENGINE.multiply(a, b))
    except Overflow:
        return NUM


def divide(left: Value, right: Value) -> Value:
    """`left / right`, #DIV/0! by zero or blank."""
    a, b = to_number(left), to_number(right)
    if isinstance(a, BAD) or isinstance(b, BAD):
        return worse(a, b)
    if not b:
        return DIV0
    try:
        return in_range(ENGINE.divide(a, b))
    except Overflow:
        return NUM


def power(left: Value, right: Value) -> Value:
    """`left ^ right`: `0^0` and a root of a negative number are #NUM!, `0^-1` is #DIV/0!."""
    a, b = to_number(left), to_number(right)
    if isinstance(a, BAD) or isinstance(b, BAD):
        return worse(a, b)
    if not a:
        return NUM if not b else DIV0 if b < 0 else 0
    try:
        return in_range(ENGINE.power(Decimal(a), b))
    except (Overflow, InvalidOperation):
        return NUM


def join(left: Value, right: Value) -> Value:
    """`left & right`, #VALUE! beyond the 32,767 characters of a cell."""
    a, b = to_text(left), to_text(right)
    if isinstance(a, BAD) or isinstance(b, BAD):
        return worse(a, b)
    text = a + b
    return text if len(text) <= LONGEST_TEXT else VALUE


def negate(value: Value) -> Value:
    """`-value`."""
    number = to_number(value)
    return number if isinstance(number, BAD) else -number


def percent(value: Value) -> Value:
    """`value%`."""
    return divide(value, 100)


def snapped(result: Decimal, operand: Number) -> Number | Bad:
    """The sum or difference, 0 when it is noise beyond 15 digits: `1/3+1/3+1/3-1` is 0, as in Excel."""
    if result and operand and result.adjusted() < Decimal(operand).adjusted() - 15:
        return 0
    return in_range(result)


def worse(left: Value, right: Value) -> Bad:
    """What an operator yields when a side is bad: an Invalid first, then the left error."""
    if isinstance(left, Invalid):
        return left
    if isinstance(right, Invalid):
        return right
    if isinstance(left, BAD):
        return left
    return right if isinstance(right, BAD) else VALUE


COMPARISONS: dict[str, Callable[[Value, Value], bool | Bad]] = {
    "=": equal,
    "<>": unequal,
    "<": less,
    ">": greater,
    "<=": at_most,
    ">=": at_least,
}
OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "^": power,
    "&": join,
    **COMPARISONS,
}


def _dated(number: Number | Bad, is_date: bool) -> Number | Bad:
    return Day(number) if is_date and type(number) is int else number
