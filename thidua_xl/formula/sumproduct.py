"""SUMPRODUCT((column=[@x])*...) without comparing every row with every row. Read `matching_sum`.

Staff who know Excel write conditions this way where COUNTIFS would do; taken literally it costs rows x rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.lifting import binary, lift, per_row
from thidua_xl.formula.matching import lookup_key
from thidua_xl.formula.parts import Part, Run
from thidua_xl.formula.tree import Binary, Call, Node, Unary
from thidua_xl.formula.values import Number
from thidua_xl.model import Value

# A blank equals each of these, and itself.
_NOTHING: tuple[Value, ...] = (0, "", False)


@dataclass(frozen=True, slots=True)
class _Weight:
    """The factors of one argument that do not depend on the row; `alone` when it is nothing but that one factor."""

    factors: Sequence[Part]
    alone: bool


@dataclass(frozen=True, slots=True)
class _Equality:
    """`block = asked`, where only `asked` depends on the row."""

    block: Part
    asked: Part


def matching_sum(node: Call, compile_part: Callable[[Node], Part]) -> Callable[[Run], Operand | None] | None:
    """A way to work out this SUMPRODUCT for all rows at once; None when it has another form.

    The form: every argument is a product, at least one factor of them is an equality between a block and a value of
    the row, and the others do not depend on the row. What is returned gives None when values (errors, blocks of
    different size) call for the literal way.
    """
    equalities: list[_Equality] = []
    weights: list[_Weight] = []
    for argument in node.arguments:
        factors: list[Part] = []
        found = 0
        pieces = _factors(argument)
        for piece, is_number in pieces:
            equality = _equality(piece, compile_part)
            if equality is not None and (is_number or len(pieces) > 1):
                equalities.append(equality)
                found += 1
                continue
            part = compile_part(piece)
            if part.row_columns:
                return None
            factors.append(part)
        weights.append(_Weight(factors, alone=not found and len(factors) == 1))
    return (lambda run: _sum_for_rows(run, equalities, weights)) if equalities else None


def _factors(node: Node) -> list[tuple[Node, bool]]:
    """The factors of a product; whether each was made a number by a double minus."""
    factors: list[tuple[Node, bool]] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Binary) and one.operator == "*":
            waiting += [one.right, one.left]
        elif (doubled := _doubled(one)) is not None:
            factors.append((doubled, True))
        else:
            factors.append((one, False))
    return factors


def _doubled(node: Node) -> Node | None:
    """The equality behind a double minus, by which people make numbers of truth values."""
    if not isinstance(node, Unary) or node.operator != "-" or not isinstance(node.operand, Unary):
        return None
    inner = node.operand.operand if node.operand.operator == "-" else None
    return inner if isinstance(inner, Binary) and inner.operator == "=" else None


def _equality(node: Node, compile_part: Callable[[Node], Part]) -> _Equality | None:
    if not isinstance(node, Binary) or node.operator != "=":
        return None
    left, right = compile_part(node.left), compile_part(node.right)
    if right.row_columns and not left.row_columns:
        return _Equality(left, right)
    return _Equality(right, left) if left.row_columns and not right.row_columns else None


def _sum_for_rows(run: Run, equalities: Sequence[_Equality], weights: Sequence[_Weight]) -> Operand | None:
    if run.row is not None:
        return None
    blocks = [one.block.run(run) for one in equalities]
    asked = [one.asked.run(run) for one in equalities]
    arrays = [one for one in blocks if isinstance(one, Array) and one.worst is None]
    if len(arrays) < len(blocks):
        return None
    size = arrays[0].height, arrays[0].width
    if any((one.height, one.width) != size for one in arrays):
        return None
    if any(isinstance(one, Array) for one in asked) or not any(isinstance(one, Rows) for one in asked):
        return None
    weight = _weights(run, weights, size)
    if weight is None:
        return None
    sums: dict[Hashable, Number] = {}
    for place, key in enumerate(zip(*([lookup_key(value) for value in one.cells] for one in arrays), strict=True)):
        sums[key] = sums.get(key, 0) + weight[place]
    height = next(len(one.values) for one in asked if isinstance(one, Rows))
    lists = per_row(asked) if height else []
    results: list[Value] = []
    for row in zip(*lists, strict=True):
        keys = [_equal_keys(value) for value in row]
        if any(one is None for one in keys):
            return None
        results.append(sum(sums.get(key, 0) for key in product(*(one or () for one in keys))))
    return Rows(results)


def _weights(run: Run, weights: Sequence[_Weight], size: tuple[int, int]) -> list[Number] | None:
    """What each place counts for when all equalities hold there; None when it is not a plain number."""
    total: Operand = 1
    for weight in weights:
        value: Operand = 1
        for part in weight.factors:
            value = part.run(run) if weight.alone else binary("*", value, part.run(run))
        if isinstance(value, Rows) or (isinstance(value, Array) and (value.height, value.width) != size):
            return None
        if weight.alone:
            # An argument by itself counts only where it is a number: text and truth values are 0.
            value = lift(_number_or_nothing, [value])
        total = binary("*", total, value)
    cells = total.cells if isinstance(total, Array) else [total] * (size[0] * size[1])
    numbers = [one for one in cells if isinstance(one, (int, Decimal)) and not isinstance(one, bool)]
    return numbers if len(numbers) == len(cells) else None


def _number_or_nothing(value: Value) -> Value:
    return 0 if value is None or isinstance(value, (str, bool)) else value


def _equal_keys(value: Value) -> tuple[Hashable, ...] | None:
    """The keys of all values equal to this one; None for an error or an unreadable value."""
    key = lookup_key(value)
    if isinstance(key, tuple) and key[0] == "bad":
        return None
    blank = lookup_key(None)
    if value is None:
        return (blank, *map(lookup_key, _NOTHING))
    return (key, blank) if key in [lookup_key(one) for one in _NOTHING] else (key,)
