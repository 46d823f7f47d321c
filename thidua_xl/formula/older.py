"""Newer functions of a rule in terms of those that every Excel has."""

from __future__ import annotations

from collections.abc import Sequence

from thidua_xl.formula.live_book import CannotSay
from thidua_xl.formula.tree import Binary, Call, Constant, Node


def in_older_functions(node: Call) -> Node | None:
    """IFS, SWITCH and XLOOKUP in functions that every Excel has; None for other functions."""
    start, given = node.start, node.arguments
    if node.name == "IFS" and len(given) % 2 == 0:
        return _nested(list(zip(given[::2], given[1::2], strict=True)), Call("NA", (), start), start)
    if node.name == "SWITCH" and len(given) > 2:
        pairs = [
            (Binary("=", given[0], wanted, start), result)
            for wanted, result in zip(given[1::2], given[2::2], strict=False)
        ]
        otherwise = given[-1] if len(given) % 2 == 0 else Call("NA", (), start)
        return _nested(pairs, otherwise, start)
    if node.name == "XLOOKUP":
        if len(given) > 4 and any(not isinstance(one, Constant) or one.value not in (None, 0, 1) for one in given[4:]):
            raise CannotSay("new_function", start, node.name)
        place = Call("MATCH", (given[0], given[1], Constant(0, start)), start)
        found = Call("INDEX", (given[2], place), start)
        absent = given[3] if len(given) > 3 else None
        if absent is None or (isinstance(absent, Constant) and absent.missing):
            return found
        return Call("IF", (Call("ISNA", (place,), start), absent, found), start)
    return None


def _nested(pairs: Sequence[tuple[Node, Node]], otherwise: Node, start: int) -> Node:
    for condition, result in reversed(pairs):
        otherwise = Call("IF", (condition, result, otherwise), start)
    return otherwise
