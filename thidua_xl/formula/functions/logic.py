"""AND, OR, NOT and the questions (ISBLANK, ISNUMBER, ...). IF and its kin choose branches: see `evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.functions.signature import Argument, Function, each, is_number, whole
from thidua_xl.formula.operators import worse
from thidua_xl.formula.values import BAD, NA, VALUE, Bad, Number, at_fifteen, to_bool, to_number
from thidua_xl.model import CellError, Invalid, Value


def truths(arguments: Sequence[Argument], references: Sequence[bool]) -> list[bool] | Bad:
    """The truth values that AND and OR see: blanks and text in cells are passed over."""
    found: list[bool] = []
    worst: Value = None
    for argument, reference in zip(arguments, references, strict=True):
        cells = argument.cells if isinstance(argument, Array) else (argument,)
        for value in cells:
            if value is True or value is False:
                found.append(value)
            elif isinstance(value, BAD):
                worst = value if worst is None else worse(worst, value)
            elif reference or isinstance(argument, Array):
                if is_number(value):
                    found.append(value != 0)
            else:
                truth = to_bool(value)
                if isinstance(truth, BAD):
                    worst = truth if worst is None else worse(worst, truth)
                else:
                    found.append(truth)
    if isinstance(worst, BAD):
        return worst
    return found or VALUE


def _and(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
    found = truths(arguments, references)
    return found if isinstance(found, BAD) else all(found)


def _or(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
    found = truths(arguments, references)
    return found if isinstance(found, BAD) else any(found)


def _xor(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
    found = truths(arguments, references)
    return found if isinstance(found, BAD) else sum(found) % 2 == 1


def _all_rows(combine: Callable[[Iterable[object]], bool]) -> Callable[[Sequence[Operand], int], list[Value] | None]:
    """AND or OR over rows at once when every value is a truth value, as results of comparisons are."""

    def over_rows(operands: Sequence[Operand], height: int) -> list[Value] | None:
        lists: list[list[Value]] = []
        for one in operands:
            if isinstance(one, Array):
                return None
            values = one.values if isinstance(one, Rows) else [one] * height
            if set(map(type, values)) - {bool}:
                return None
            lists.append(values)
        return list(map(combine, zip(*lists, strict=True)))

    return over_rows


def _even(value: Value) -> Value:
    number = _whole(value)
    return number if isinstance(number, BAD) else number % 2 == 0


def _odd(value: Value) -> Value:
    number = _whole(value)
    return number if isinstance(number, BAD) else number % 2 == 1


def _whole(value: Value) -> int | Bad:
    number = VALUE if isinstance(value, bool) else to_number(value)
    return number if isinstance(number, BAD) else int(at_fifteen(number))


def _number(value: Value) -> Value:
    if isinstance(value, bool):
        return int(value)
    return value if is_number(value) or isinstance(value, BAD) else 0


def _type(value: Value) -> Number:
    if isinstance(value, CellError):
        return 16
    return 4 if isinstance(value, bool) else 2 if isinstance(value, str) else 1


def _error_type(value: Value) -> Value:
    order = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
    return order.index(value.code) + 1 if isinstance(value, CellError) and value.code in order else NA


# Asked of every row: written without the coercing wrapper of `each`.
def _is_blank(value: Value) -> Value:
    return value if isinstance(value, Invalid) else value is None


def _is_number(value: Value) -> Value:
    if isinstance(value, Invalid):
        return value
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _is_text(value: Value) -> Value:
    return value if isinstance(value, Invalid) else isinstance(value, str)


def _is_error(value: Value) -> Value:
    return value if isinstance(value, Invalid) else isinstance(value, CellError)


def _not(value: Value) -> Value:
    truth = to_bool(value)
    return truth if isinstance(truth, BAD) else not truth


FUNCTIONS: dict[str, Function] = {
    "AND": whole(_and, 1, over_rows=_all_rows(all)),
    "OR": whole(_or, 1, over_rows=_all_rows(any)),
    "XOR": whole(_xor, 1),
    "NOT": Function(_not, 1, 1, lifted=True),
    "TRUE": each("", lambda: True),
    "FALSE": each("", lambda: False),
    "ISBLANK": Function(_is_blank, 1, 1, lifted=True),
    "ISNUMBER": Function(_is_number, 1, 1, lifted=True),
    "ISTEXT": Function(_is_text, 1, 1, lifted=True),
    "ISNONTEXT": each("A", lambda value: not isinstance(value, str)),
    "ISLOGICAL": each("A", lambda value: isinstance(value, bool)),
    "ISERROR": Function(_is_error, 1, 1, lifted=True),
    "ISERR": each("A", lambda value: isinstance(value, CellError) and value != NA),
    "ISNA": each("A", lambda value: value == NA),
    "ISEVEN": each("V", _even),
    "ISODD": each("V", _odd),
    "N": each("V", _number),
    "T": each("V", lambda value: value if isinstance(value, str) else ""),
    "NA": each("", lambda: NA),
    "TYPE": each("A", _type),
    "ERROR.TYPE": each("A", _error_type),
}
