"""The functions that choose what to evaluate: IF, IFS, SWITCH, CHOOSE, IFERROR, IFNA; and TODAY.

Over rows a branch is evaluated for all of them, unless no row takes it: nothing here has effects, so only
time is spent. Read `choose`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.functions.signature import to_integer
from thidua_xl.formula.lifting import NeedsRow, binary, broadcast, lift, per_row
from thidua_xl.formula.parts import Part, Run
from thidua_xl.formula.values import BAD, NA, VALUE, from_date, to_bool
from thidua_xl.model import CellError, Invalid, Value

Thunk = Callable[[], Operand]


@dataclass(frozen=True, slots=True)
class Branch:
    """One such function: `run` takes the uncalled arguments. `step` as in `Function`."""

    run: Callable[[Sequence[Part], Run], Operand]
    least: int
    most: int | None
    step: int = 1


def choose(condition: Operand, then: Thunk, otherwise: Thunk) -> Operand:
    """IF: the branch that each condition takes; a bad condition is the result itself."""
    if isinstance(condition, Array):
        return broadcast(_picked, [condition, _block(then()), _block(otherwise())])
    if not isinstance(condition, Rows):
        truth = to_bool(condition)
        return truth if isinstance(truth, BAD) else then() if truth else otherwise()
    truths = [value if value is True or value is False else to_bool(value) for value in condition.values]
    yes = then() if any(truth is True for truth in truths) else None
    no = otherwise() if any(truth is False for truth in truths) else None
    if isinstance(yes, Array) or isinstance(no, Array):
        raise NeedsRow
    if not isinstance(yes, Rows) and not isinstance(no, Rows):
        return Rows([yes if truth is True else no if truth is False else truth for truth in truths])
    _, yeses, noes = per_row([condition, yes, no])
    return Rows(
        [
            y if truth is True else n if truth is False else truth
            for truth, y, n in zip(truths, yeses, noes, strict=True)
        ]
    )


def _block(operand: Operand) -> Value | Array:
    if isinstance(operand, Rows):
        raise NeedsRow
    return operand


def _picked(condition: Value, yes: Value, no: Value) -> Value:
    truth = to_bool(condition)
    return truth if isinstance(truth, BAD) else yes if truth else no


def _if(parts: Sequence[Part], run: Run) -> Operand:
    return choose(
        parts[0].run(run),
        lambda: parts[1].run(run),
        lambda: parts[2].run(run) if len(parts) > 2 else False,
    )


def _ifs(parts: Sequence[Part], run: Run) -> Operand:
    def otherwise() -> Operand:
        return _ifs(parts[2:], run) if len(parts) > 2 else NA

    return choose(parts[0].run(run), lambda: parts[1].run(run), otherwise)


def _switch(parts: Sequence[Part], run: Run) -> Operand:
    return _switched(parts[0].run(run), parts[1:], run)


def _switched(wanted: Operand, parts: Sequence[Part], run: Run) -> Operand:
    if len(parts) < 2:
        return parts[0].run(run) if parts else lift(lambda value: value if isinstance(value, BAD) else NA, [wanted])
    same = binary("=", wanted, parts[0].run(run))
    return choose(same, lambda: parts[1].run(run), lambda: _switched(wanted, parts[2:], run))


def _choose(parts: Sequence[Part], run: Run) -> Operand:
    return _chosen(lift(to_integer, [parts[0].run(run)]), 1, parts[1:], run)


def _chosen(index: Operand, number: int, parts: Sequence[Part], run: Run) -> Operand:
    if not parts:
        return lift(lambda value: value if isinstance(value, BAD) else VALUE, [index])
    return choose(
        binary("=", index, number),
        lambda: parts[0].run(run),
        lambda: _chosen(index, number + 1, parts[1:], run),
    )


def _rescue(is_caught: Callable[[Value], bool], parts: Sequence[Part], run: Run) -> Operand:
    """IFERROR and IFNA. An Invalid is never caught: nobody knows what was meant."""
    value = parts[0].run(run)
    if isinstance(value, Array):
        return broadcast(lambda one, other: other if is_caught(one) else one, [value, _block(parts[1].run(run))])
    if not isinstance(value, Rows):
        return parts[1].run(run) if is_caught(value) else value
    if not any(map(is_caught, value.values)):
        return value
    instead = parts[1].run(run)
    if isinstance(instead, Array):
        raise NeedsRow
    _, others = per_row([value, instead])
    return Rows([other if is_caught(one) else one for one, other in zip(value.values, others, strict=True)])


def _is_error(value: Value) -> bool:
    return isinstance(value, CellError)


def _is_na(value: Value) -> bool:
    return value == NA and not isinstance(value, Invalid)


def _today(_: Sequence[Part], run: Run) -> Operand:
    """The day handed to the run; #N/A when none was, for a clock read here would make results differ by day."""
    return NA if run.today is None else from_date(run.today)


BRANCHES: dict[str, Branch] = {
    "IF": Branch(_if, 2, 3),
    "IFS": Branch(_ifs, 2, None, step=2),
    "SWITCH": Branch(_switch, 3, None),
    "CHOOSE": Branch(_choose, 2, None),
    "IFERROR": Branch(partial(_rescue, _is_error), 2, 2),
    "IFNA": Branch(partial(_rescue, _is_na), 2, 2),
    "TODAY": Branch(_today, 0, 0),
}
