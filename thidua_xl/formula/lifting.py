"""Operators and functions over whole rows of values at once. Read `binary`, then `lift`.

A formula is worked out column by column: one list comprehension per operator instead of one call per row.
The two quick types of a form, int and str, are told apart inside the comprehension; all else goes through
the operator itself.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.operators import OPERATORS
from thidua_xl.formula.values import NA, Day
from thidua_xl.model import Value

Apply = Callable[[Value, Value], Value]


class NeedsRow(Exception):
    """A block met a value per row: this part of the formula must be worked out row by row."""


def binary(sign: str, left: Operand, right: Operand) -> Operand:
    """The operator applied to values, rows or blocks. Raises NeedsRow when rows meet a block of several."""
    slow = OPERATORS[sign]
    if isinstance(left, Rows):
        if isinstance(right, Array):
            raise NeedsRow
        if isinstance(right, Rows):
            return Rows(_both(sign, slow, left.values, right.values))
        return Rows(_right_fixed(sign, slow, left.values, right))
    if isinstance(right, Rows):
        if isinstance(left, Array):
            raise NeedsRow
        if sign in _MIRRORED:
            return Rows(_right_fixed(_MIRRORED[sign], _mirrored(slow), right.values, left))
        return Rows([slow(left, value) for value in right.values])
    if isinstance(left, Array) or isinstance(right, Array):
        return broadcast(slow, [left, right])
    return slow(left, right)


def lift(run: Callable[..., Value], operands: Sequence[Operand]) -> Operand:
    """A function of single values applied to values, rows or blocks. Raises NeedsRow as `binary` does."""
    has_rows = any(isinstance(one, Rows) for one in operands)
    if any(isinstance(one, Array) for one in operands):
        if has_rows:
            raise NeedsRow
        return broadcast(run, operands)  # type: ignore[arg-type]  # no Rows among them
    if not has_rows:
        return run(*operands)
    return Rows(list(map(run, *per_row(operands))))


def per_row(operands: Sequence[Operand]) -> list[list[Any]]:
    """Each operand as a list of one value per row; single values and blocks are repeated."""
    height = next(len(one.values) for one in operands if isinstance(one, Rows))
    return [one.values if isinstance(one, Rows) else [one] * height for one in operands]


def broadcast(run: Callable[..., Value], operands: Sequence[Value | Array]) -> Value | Array:
    """The function over blocks as Excel pairs them: a row or column of one is repeated, a lack is #N/A."""
    blocks = [one if isinstance(one, Array) else Array([one], 1, 1) for one in operands]
    height, width = max(one.height for one in blocks), max(one.width for one in blocks)
    if all((one.height == height and one.width == width) or len(one) == 1 for one in blocks):
        size = height * width
        spread = [one.cells if len(one) == size else one.cells * size for one in blocks]
        return Array(list(map(run, *spread)), height, width)
    cells: list[Value] = []
    for row in range(height):
        for column in range(width):
            cells.append(run(*(_paired(one, row, column) for one in blocks)))
    return Array(cells, height, width)


def _paired(one: Array, row: int, column: int) -> Value:
    row = 0 if one.height == 1 else row
    column = 0 if one.width == 1 else column
    return one.at(row, column) if row < one.height and column < one.width else NA


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_COMBINE: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_WHOLE = frozenset({int, Day})  # compared as they are; a sum of dates is no plain int, so only int is combined


def _mirrored(slow: Apply) -> Apply:
    return lambda left, right: slow(right, left)


def _both(sign: str, slow: Apply, left: list[Value], right: list[Value]) -> list[Value]:
    pairs = zip(left, right, strict=True)
    quick = _COMBINE.get(sign)
    if quick is not None:
        return [quick(a, b) if type(a) is int and type(b) is int else slow(a, b) for a, b in pairs]
    quick = _COMPARE.get(sign)
    if quick is None:
        return list(map(slow, left, right))
    whole = _WHOLE
    return [quick(a, b) if type(a) in whole and type(b) in whole else slow(a, b) for a, b in pairs]


def _right_fixed(sign: str, slow: Apply, left: list[Value], right: Value) -> list[Value]:
    if sign in _COMBINE and type(right) is int:
        quick = _COMBINE[sign]
        return [quick(value, right) if type(value) is int else slow(value, right) for value in left]
    if sign in _COMPARE and type(right) in _WHOLE:
        quick, whole = _COMPARE[sign], _WHOLE
        return [quick(value, right) if type(value) in whole else slow(value, right) for value in left]
    if sign in ("=", "<>") and type(right) is str:
        word, found = right.lower(), sign == "="
        blank = found == (word == "")
        return [
            (value.lower() == word) is found if type(value) is str else blank if value is None else slow(value, right)
            for value in left
        ]
    return [slow(value, right) for value in left]
