"""How a function takes its arguments. Read `Function`, then `each` and `whole`.

`each` functions work on one value of every argument and are lifted over rows and blocks by the evaluator;
`whole` functions take blocks as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from thidua_xl.formula.arrays import Array, Operand, worst_of
from thidua_xl.formula.values import BAD, VALUE, Bad, Number, at_fifteen, to_bool, to_number, to_text
from thidua_xl.model import Invalid, Value

Argument = Value | Array


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how many arguments it takes, and how.

    `run` of an `each` function takes engine values and returns one; of a `whole` function it takes the list
    of arguments and, for each, whether it is a reference (SUM ignores text in cells but not as argument).
    `most` None is no limit; beyond `least`, arguments come `step` at a time. `values` are the positions at
    which a `whole` function wants a single value (a criterion): a block there gives a block of results.
    `over_rows` may answer for all rows at once; it returns None when it cannot.
    """

    run: Callable[..., Any]
    least: int
    most: int | None
    lifted: bool
    step: int = 1
    values: tuple[int, ...] = ()
    over_rows: Callable[[Sequence[Operand], int], list[Value] | None] | None = None


def each(kinds: str, run: Callable[..., Value]) -> Function:
    """A function of single values. `kinds` names the argument types: `N` number, `I` whole number (cut off),
    `T` text, `B` truth value, `V` any sound value, `A` anything but Invalid; `?` the rest may be left out, `*`
    the last may be repeated.
    """
    required, _, optional = kinds.rstrip("*").partition("?")
    repeats = kinds.endswith("*")
    letters = required + optional
    coerce = tuple(_COERCIONS[letter] for letter in letters)
    rest = coerce[-1] if repeats else _any
    lets_errors_through = "A" in letters

    if kinds in ("T", "N"):
        return Function(_of_one(coerce[0], run, str if kinds == "T" else int), 1, 1, lifted=True)

    def call(*arguments: Value) -> Value:
        taken = [take(value) for take, value in zip(coerce, arguments, strict=False)]
        if repeats:
            taken += [rest(value) for value in arguments[len(coerce) :]]
        for value in taken:
            if isinstance(value, BAD):
                worst = worst_of(taken)
                # `A` lets errors through: only an Invalid stops such a function.
                if worst is not None and (isinstance(worst, Invalid) or not lets_errors_through):
                    return worst
        return run(*taken)

    return Function(call, len(required), None if repeats else len(letters), lifted=True)


def _of_one(take: Callable[[Value], Value], run: Callable[..., Value], quick: type) -> Callable[[Value], Value]:
    """Asked of every row, most functions have one argument of one type: no list, no loop."""

    def call(value: Value) -> Value:
        if type(value) is quick:
            return run(value)
        taken = take(value)
        return taken if isinstance(taken, BAD) else run(taken)

    return call


def whole(
    run: Callable[[Sequence[Argument], Sequence[bool]], Argument],
    least: int,
    most: int | None = None,
    step: int = 1,
    values: Sequence[int] = (),
    over_rows: Callable[[Sequence[Operand], int], list[Value] | None] | None = None,
) -> Function:
    """A function that takes blocks; see `Function` for `values` and `over_rows`."""
    places = tuple(values)
    if not places:
        return Function(run, least, most, lifted=False, step=step, over_rows=over_rows)

    def call(arguments: Sequence[Argument], references: Sequence[bool]) -> Argument:
        given = len(arguments)
        for place in places:
            if place >= given:
                break
            if isinstance(arguments[place], Array):
                return _spread(run, arguments, references, [one for one in places if one < given])
        return run(arguments, references)

    return Function(call, least, most, lifted=False, step=step, values=places, over_rows=over_rows)


def _spread(
    run: Callable[[Sequence[Argument], Sequence[bool]], Argument],
    arguments: Sequence[Argument],
    references: Sequence[bool],
    places: Sequence[int],
) -> Argument:
    """The function for every value of the blocks at `places`: COUNTIF(a,a) is a block of counts."""
    blocks = [block(arguments[place]) for place in places]
    shape = max(blocks, key=len)
    if any(len(one) not in (1, len(shape)) for one in blocks):
        return VALUE
    taken = list(arguments)
    cells: list[Value] = []
    for index in range(len(shape)):
        for place, one in zip(places, blocks, strict=True):
            taken[place] = one.cells[index if len(one) > 1 else 0]
        cells.append(single(run(taken, references)))
    return Array(cells, shape.height, shape.width)


def to_integer(value: Value) -> int | Bad:
    """A number cut off after the point: 2.9 and -2.9 give 2 and -2."""
    number = to_number(value)
    return number if isinstance(number, BAD) else int(at_fifteen(number))


def single(argument: Argument) -> Value:
    """The one value of an argument; #VALUE! for a block of several."""
    if isinstance(argument, Array):
        return argument.cells[0] if len(argument) == 1 else VALUE
    return argument


def block(argument: Argument) -> Array:
    """The argument as a block; a single value is a block of one."""
    return argument if isinstance(argument, Array) else Array([argument], 1, 1)


def is_number(value: object) -> bool:
    """Whether it is a number (dates are, truth values are not)."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def number_argument(argument: Argument, default: Number = 0) -> Number | Bad:
    """An argument as number; `default` when it was left out."""
    value = single(argument)
    return default if value is None else to_number(value)


def _any(value: Value) -> Value:
    return value


_COERCIONS: dict[str, Callable[[Value], Value]] = {
    "N": to_number,
    "I": to_integer,
    "T": to_text,
    "B": to_bool,
    "V": _any,
    "A": _any,
}
