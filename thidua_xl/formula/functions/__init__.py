"""The functions a formula may call, by name. The ones that choose what to evaluate (IF, ...) are in `evaluate`."""

from __future__ import annotations

from thidua_xl.formula.functions import dates, logic, lookup, maths, totals, words
from thidua_xl.formula.functions.signature import Function

FUNCTIONS: dict[str, Function] = {
    **logic.FUNCTIONS,
    **maths.FUNCTIONS,
    **totals.FUNCTIONS,
    **words.FUNCTIONS,
    **dates.FUNCTIONS,
    **lookup.FUNCTIONS,
}
