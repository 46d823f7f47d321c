"""Arithmetic on single numbers: rounding, remainders, roots. Sums and counts are in `totals`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_UP, Decimal, InvalidOperation, Overflow
from math import factorial, gcd, lcm

from thidua_xl.formula.arrays import flat
from thidua_xl.formula.functions.signature import Argument, Function, each, whole
from thidua_xl.formula.operators import divide, power
from thidua_xl.formula.values import (
    BAD,
    DIV0,
    ENGINE,
    NUM,
    VALUE,
    Number,
    at_fifteen,
    magnitude,
    plain,
    rounded,
    to_number,
)
from thidua_xl.model import Value

MOST_DIGITS = 400


def _round(rounding: str | None = None) -> Callable[[Number, int], Value]:
    def run(number: Number, digits: int = 0) -> Value:
        places = max(-MOST_DIGITS, min(digits, MOST_DIGITS))
        return rounded(number, places) if rounding is None else rounded(number, places, rounding)

    return run


def floor_of(number: Number) -> int:
    """The whole number at or below, seen at 15 digits."""
    value = at_fifteen(number)
    return value if isinstance(value, int) else int(value.to_integral_value(ROUND_FLOOR))


def _mod(number: Number, divisor: Number) -> Value:
    if not divisor:
        return DIV0
    quotient = ENGINE.divide(Decimal(number), Decimal(divisor))
    rest = Decimal(number) - Decimal(divisor) * floor_of(quotient)
    # 10 mod 0.1 must be 0, not the noise of a quotient just below 100.
    return 0 if rest and rest.adjusted() < Decimal(number).adjusted() - 14 else plain(rest)


def _quotient(number: Number, divisor: Number) -> Value:
    if not divisor:
        return DIV0
    return int(at_fifteen(ENGINE.divide(Decimal(number), Decimal(divisor))))


def _multiple(number: Number, step: Number, rounding: str) -> Value:
    if not number or not step:
        return 0
    count = Decimal(at_fifteen(ENGINE.divide(Decimal(number), Decimal(step)))).to_integral_value(rounding)
    return plain(count * Decimal(step))


def _ceiling(number: Number, step: Number = 1) -> Value:
    if number > 0 and step < 0:
        return NUM
    return _multiple(number, step, ROUND_CEILING)


def _floor(number: Number, step: Number = 1) -> Value:
    if number > 0 and step < 0:
        return NUM
    if number and not step:
        return DIV0
    return _multiple(number, step, ROUND_FLOOR)


def _ceiling_math(number: Number, step: Number = 1, away: Number = 0) -> Value:
    rounding = ROUND_UP if away and number < 0 else ROUND_CEILING
    return _multiple(number, magnitude(step), rounding)


def _floor_math(number: Number, step: Number = 1, toward: Number = 0) -> Value:
    rounding = ROUND_DOWN if toward and number < 0 else ROUND_FLOOR
    return _multiple(number, magnitude(step), rounding)


def _mround(number: Number, step: Number) -> Value:
    if number * step < 0:
        return NUM
    if not step:
        return 0
    return plain(rounded(ENGINE.divide(Decimal(number), Decimal(step)), 0) * Decimal(step))


def _sqrt(number: Number) -> Value:
    return NUM if number < 0 else plain(ENGINE.sqrt(Decimal(number)))


def _logarithm(number: Number, base: Number = 10) -> Value:
    if number <= 0 or base <= 0:
        return NUM
    return divide(ENGINE.ln(Decimal(number)), ENGINE.ln(Decimal(base)))


def _ln(number: Number) -> Value:
    return NUM if number <= 0 else plain(ENGINE.ln(Decimal(number)))


def _exp(number: Number) -> Value:
    try:
        return plain(ENGINE.exp(Decimal(number)))
    except (Overflow, InvalidOperation):
        return NUM


def _factorial(number: int) -> Value:
    return NUM if not 0 <= number <= 170 else plain(ENGINE.plus(Decimal(factorial(number))))


def _outward(parity: int) -> Callable[[Number], Value]:
    def run(number: Number) -> Value:
        size = int(Decimal(at_fifteen(magnitude(number))).to_integral_value(ROUND_UP))
        size += (size + parity) % 2
        return size if number >= 0 else -size

    return run


def _integers(combine: Callable[..., int]) -> Callable[[Sequence[Argument], Sequence[bool]], Value]:
    def run(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
        numbers: list[int] = []
        for value in flat(arguments):
            number = VALUE if isinstance(value, bool) else to_number(value)
            if isinstance(number, BAD):
                return number
            if number < 0:
                return NUM
            numbers.append(int(number))
        return combine(*numbers)

    return run


PI = Decimal("3.14159265358979323846264338328")

FUNCTIONS: dict[str, Function] = {
    "ROUND": each("NI", _round()),
    "ROUNDUP": each("NI", _round(ROUND_UP)),
    "ROUNDDOWN": each("NI", _round(ROUND_DOWN)),
    "TRUNC": each("N?I", _round(ROUND_DOWN)),
    "INT": each("N", floor_of),
    "ABS": each("N", magnitude),
    "SIGN": each("N", lambda number: (number > 0) - (number < 0)),
    "MOD": each("NN", _mod),
    "QUOTIENT": each("NN", _quotient),
    "POWER": each("NN", power),
    "SQRT": each("N", _sqrt),
    "PI": each("", lambda: PI),
    "EXP": each("N", _exp),
    "LN": each("N", _ln),
    "LOG": each("N?N", _logarithm),
    "LOG10": each("N", _logarithm),
    "FACT": each("I", _factorial),
    "CEILING": each("NN", _ceiling),
    "FLOOR": each("NN", _floor),
    "CEILING.MATH": each("N?NN", _ceiling_math),
    "FLOOR.MATH": each("N?NN", _floor_math),
    "MROUND": each("NN", _mround),
    "EVEN": each("N", _outward(0)),
    "ODD": each("N", _outward(1)),
    "GCD": whole(_integers(gcd), 1),
    "LCM": whole(_integers(lcm), 1),
}
