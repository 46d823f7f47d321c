"""Which cells match a criterion or a looked-up value. Read `select` (COUNTIFS, SUMIFS), `find` (MATCH, XLOOKUP).

Both work on indexes kept with the column, so asking once for each of 100,000 rows stays linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import product

from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.operators import COMPARISONS, compare
from thidua_xl.formula.values import Number, at_fifteen, text_number
from thidua_xl.model import CellError, Value

# Keys of the equality index. Numbers and texts that read as numbers share a key, as COUNTIF has it.
Key = Hashable
_BLANK: Key = ("blank",)
_EMPTY: Key = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a criterion asks: `operator` with the value, or equality with any of `keys` (when hashable)."""

    operator: str
    value: Value
    keys: tuple[Key, ...] = ()
    pattern: str = ""


def select(ranges: Sequence[Array], criteria: Sequence[Value]) -> Sequence[int]:
    """The 0-based places at which every range matches its criterion, ascending. Ranges have equal size."""
    wanted = [criterion(value) for value in criteria]
    if len(ranges) == 1:
        return _matching(ranges[0], wanted[0])
    if all(one.operator == "=" and one.keys for one in wanted):
        return _matching_all(ranges, wanted)
    order = sorted(zip(ranges, wanted, strict=True), key=lambda pair: len(_matching(*pair)))
    places: Sequence[int] = _matching(*order[0])
    for array, one in order[1:]:
        others = _matching_set(array, one)
        places = [place for place in places if place in others]
    return places


def count(ranges: Sequence[Array], criteria: Sequence[Value]) -> int:
    """How many places match; does not list them where an index knows the number."""
    if len(ranges) == 1:
        one = criterion(criteria[0])
        if one.operator in _ORDERED and isinstance(one.value, (int, Decimal)):
            low, high = _bounds(one, _sorted_numbers(ranges[0])[0])
            return high - low
        if one.operator == "<>":
            return len(ranges[0]) - len(_matching(ranges[0], _opposite(one)))
    return len(select(ranges, criteria))


def criterion(value: Value) -> Criterion:
    """The meaning of a criterion argument: `5`, `">=5"`, `"a*"`, `""`, `"<>"`, a blank cell (which means 0)."""
    if isinstance(value, str):
        return _text_criterion(value)
    return Criterion("=", value, (equality_key(0 if value is None else value),))


@lru_cache(maxsize=65536)
def _text_criterion(text: str) -> Criterion:
    found = _OPERATOR.match(text)
    operator = found[0] if found else ""
    rest = text[len(operator) :]
    if not rest:
        if operator in _ORDERED:
            return Criterion(operator, "", ())
        # "" matches blank cells and empty texts, "=" and "<>" tell only blank cells.
        return Criterion(operator or "=", None, (_BLANK,) if operator else (_BLANK, _EMPTY))
    operator = operator or "="
    value: Value = text_number(rest)
    if isinstance(value, CellError):
        upper = rest.upper()
        if upper in ("TRUE", "FALSE"):
            value = upper == "TRUE"
        elif upper in _ERROR_TEXTS:
            value = CellError(upper)
        else:
            value = rest
    if isinstance(value, str) and operator not in _ORDERED:
        if "*" in value or "?" in value:
            return Criterion(operator, value, (), value)
        # A mark before any character means that character: "~a" finds "a", and only "~~a" finds "~a".
        value = _MARK.sub(r"\1", value)
    return Criterion(operator, value, (equality_key(value),))


_OPERATOR = re.compile(r"<=|>=|<>|<|>|=")
_MARK = re.compile(r"~(.)", re.DOTALL)
_ORDERED = frozenset({"<", ">", "<=", ">="})
_ERROR_TEXTS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


def equality_key(value: Value) -> Key:
    """The key under which COUNTIF finds a cell: text that reads as a number is that number."""
    if value is None:
        return _BLANK
    if isinstance(value, bool):
        return "bool", value
    if isinstance(value, (int, Decimal)):
        return at_fifteen(value)
    if isinstance(value, str):
        number = text_number(value)
        return at_fifteen(number) if not isinstance(number, CellError) else value.lower()
    return "bad", getattr(value, "code", "")


def _opposite(one: Criterion) -> Criterion:
    return Criterion("=", one.value, one.keys, one.pattern)


def _matching(array: Array, one: Criterion) -> Sequence[int]:
    if one.operator == "=" and one.keys:
        index = _equality_index(array)
        if len(one.keys) == 1:
            return index.get(one.keys[0], ())
        return sorted(place for key in one.keys for place in index.get(key, ()))
    return array.remember(("matching", one.operator, _hashable(one.value)), lambda: _scan(array, one))


def _matching_set(array: Array, one: Criterion) -> frozenset[int]:
    return array.remember(
        ("matching set", one.operator, _hashable(one.value)), lambda: frozenset(_matching(array, one))
    )


def _hashable(value: Value) -> Hashable:
    # 1 and True are one key to a dict.
    return type(value).__name__, value


def _matching_all(ranges: Sequence[Array], wanted: Sequence[Criterion]) -> Sequence[int]:
    """All criteria are equalities: one index over the tuples of keys."""
    index = _joint(ranges)
    if all(len(one.keys) == 1 for one in wanted):
        return index.get(tuple(one.keys[0] for one in wanted), ())
    return sorted(place for keys in product(*(one.keys for one in wanted)) for place in index.get(keys, ()))


def _joint(ranges: Sequence[Array]) -> dict[Key, list[int]]:
    # The ranges are kept beside the index, so that their ids cannot come to mean other blocks.
    return ranges[0].remember(("equality", *map(id, ranges[1:])), lambda: (ranges, _joint_index(ranges)))[1]


def _equality_index(array: Array) -> dict[Key, list[int]]:
    return array.remember("equality", lambda: _positions(_keys(array)))


def _keys(array: Array) -> list[Key]:
    return array.remember("keys", lambda: [equality_key(value) for value in array.cells])


def _joint_index(ranges: Sequence[Array]) -> dict[Key, list[int]]:
    return _positions(list(zip(*(_keys(array) for array in ranges), strict=True)))


def _positions(keys: Sequence[Key]) -> dict[Key, list[int]]:
    index: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        index.setdefault(key, []).append(place)
    return index


def _scan(array: Array, one: Criterion) -> Sequence[int]:
    if one.operator == "<>":
        equals = set(_matching(array, _opposite(one)))
        return [place for place in range(len(array)) if place not in equals]
    if one.pattern:
        matches = wildcard(one.pattern).fullmatch
        return [place for place, value in enumerate(array.cells) if isinstance(value, str) and matches(value)]
    if isinstance(one.value, (int, Decimal)) and not isinstance(one.value, bool):
        values, places = _sorted_numbers(array)
        low, high = _bounds(one, values)
        return sorted(places[low:high])
    kind = type(one.value)
    holds: Callable[[Value, Value], object] = COMPARISONS[one.operator]
    return [place for place, value in enumerate(array.cells) if type(value) is kind and holds(value, one.value) is True]


def _sorted_numbers(array: Array) -> tuple[list[Number], list[int]]:
    """The numbers of the block ascending, with their places; text and truth values do not compare with numbers."""

    def make() -> tuple[list[Number], list[int]]:
        pairs = sorted(
            (at_fifteen(value), place)
            for place, value in enumerate(array.cells)
            if isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        )
        return [value for value, _ in pairs], [place for _, place in pairs]

    return array.remember("sorted", make)


def _bounds(one: Criterion, values: list[Number]) -> tuple[int, int]:
    bound = at_fifteen(one.value)  # type: ignore[arg-type]  # asked only for numbers
    if one.operator == "<":
        return 0, bisect_left(values, bound)
    if one.operator == "<=":
        return 0, bisect_right(values, bound)
    if one.operator == ">":
        return bisect_right(values, bound), len(values)
    return bisect_left(values, bound), len(values)


def tallies(ranges: Sequence[Array]) -> dict[Key, int]:
    """How many places have each key (a tuple of keys for several ranges)."""
    index = _equality_index(ranges[0]) if len(ranges) == 1 else _joint(ranges)
    return ranges[0].remember(
        ("tallies", *map(id, ranges[1:])), lambda: (ranges, {key: len(places) for key, places in index.items()})
    )[1]


def totals(ranges: Sequence[Array], target: Array) -> dict[Key, Number]:
    """The sum of the numbers of `target` at the places of each key. The target holds nothing bad."""

    def make() -> dict[Key, Number]:
        sums: dict[Key, Number] = {}
        keys: Sequence[Key] = _keys(ranges[0]) if len(ranges) == 1 else list(zip(*map(_keys, ranges), strict=True))
        for key, value in zip(keys, target.cells, strict=True):
            if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
                before = sums.get(key, 0)
                sums[key] = before + value
        return sums

    return ranges[0].remember(("totals", *map(id, ranges[1:]), id(target)), lambda: (ranges, target, make()))[2]


def keys_asked(array: Array, wanted: Operand, height: int) -> list[Key | None] | None:
    """The key that each row's criterion asks for in the block; None for a row whose criterion is no plain
    equality, and None for all when a criterion common to the rows is none.
    """
    if isinstance(wanted, Rows):
        if wanted.values is array.cells:
            return array.remember("keys asked", lambda: [_plain_key(value) for value in array.cells])
        known: dict[str, Key | None] = {}
        asked: list[Key | None] = []
        for value in wanted.values:
            if type(value) is str:
                if value not in known:
                    known[value] = _plain_key(value)
                asked.append(known[value])
            else:
                asked.append(_plain_key(value))
        return asked
    if isinstance(wanted, Array):
        return None
    one = criterion(wanted)
    return [one.keys[0]] * height if one.operator == "=" and len(one.keys) == 1 else None


def _plain_key(value: Value) -> Key | None:
    if type(value) is str:
        if not value or value[0] in "<>=#" or "*" in value or "?" in value or "~" in value:
            return None
        return None if len(value) in (4, 5) and value.upper() in ("TRUE", "FALSE") else equality_key(value)
    if value is None:
        return 0
    return at_fifteen(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None


# Looking up ---------------------------------------------------------------------------------------------------


def find(array: Array, wanted: Value, wildcards: bool = True, last: bool = False) -> int | None:
    """The 0-based place of the first (or last) value equal to `wanted`, of the same kind; None when absent.

    Text is found whatever its case, with `*` and `?` when `wildcards`; a blank cell is never found.
    """
    if isinstance(wanted, str) and wildcards and ("*" in wanted or "?" in wanted or "~" in wanted):
        places = array.remember(("wildcard", wanted), lambda: _wildcard_places(array, wanted))
        return None if not places else places[-1 if last else 0]
    index = array.remember(("find", last), lambda: _lookup_index(array, last))
    return index.get(lookup_key(wanted))


def find_nearest(array: Array, wanted: Value, larger: bool = False) -> int | None:
    """The place of the greatest value at most `wanted` (or the least at least it), in any order; XLOOKUP's -1 and 1."""
    best: int | None = None
    for place, value in enumerate(array.cells):
        if value is None or _kind(value) != _kind(wanted):
            continue
        order = compare(value, wanted)
        if order == 0:
            return place
        if isinstance(order, int) and (order > 0) == larger:
            closer = 1 if best is None else compare(value, array.cells[best])
            if best is None or (closer == -1 if larger else closer == 1):
                best = place
    return best


def find_sorted(array: Array, wanted: Value, descending: bool = False) -> int | None:
    """The place of the last value at most `wanted` by halving, as MATCH does in ascending (descending) data."""
    places, keys = array.remember(("kind", _kind(wanted)), lambda: _of_kind(array, wanted))
    if not places:
        return None
    low, high = 0, len(places) - 1
    while low <= high:
        middle = (low + high) // 2
        order = compare(keys[middle], wanted)
        if isinstance(order, int) and (order >= 0 if descending else order <= 0):
            low = middle + 1
        else:
            high = middle - 1
    return places[low - 1] if low else None


def _of_kind(array: Array, wanted: Value) -> tuple[list[int], list[Value]]:
    kind = _kind(wanted)
    pairs = [(place, value) for place, value in enumerate(array.cells) if value is not None and _kind(value) == kind]
    return [place for place, _ in pairs], [value for _, value in pairs]


def _kind(value: Value) -> int:
    return (
        1 if isinstance(value, str) else 2 if isinstance(value, bool) else 0 if not isinstance(value, CellError) else 3
    )


def lookup_key(value: Value) -> Key:
    """The key under which MATCH finds a value: kinds kept apart, case of text ignored."""
    if isinstance(value, bool):
        return "bool", value
    if isinstance(value, (int, Decimal)):
        return at_fifteen(value)
    if isinstance(value, str):
        return value.lower()
    return _BLANK if value is None else ("bad", getattr(value, "code", ""))


def _lookup_index(array: Array, last: bool) -> dict[Key, int]:
    index: dict[Key, int] = {}
    keys = [(lookup_key(value), place) for place, value in enumerate(array.cells)]
    for key, place in keys if last else reversed(keys):
        index[key] = place
    return index


def _wildcard_places(array: Array, pattern: str) -> list[int]:
    matches = wildcard(pattern).fullmatch
    return [place for place, value in enumerate(array.cells) if isinstance(value, str) and matches(value)]


@lru_cache(maxsize=1024)
def wildcard(pattern: str) -> re.Pattern[str]:
    """The pattern of Excel's wildcards: `*` any text, `?` one character, `~` takes the next as it is.

    The first place that fits is final for all but the last piece (atomic groups), so matching takes linear
    time per piece: criteria may come from a stranger's cells.
    """
    pieces = [""]
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "~" and at + 1 < len(pattern):
            at += 1
            pieces[-1] += re.escape(pattern[at])
        elif letter == "*":
            pieces.append("")
        else:
            pieces[-1] += "." if letter == "?" else re.escape(letter)
        at += 1
    first, *middle = pieces
    if not middle:
        return re.compile(first, _WILD)
    last = middle.pop()
    return re.compile(f"{first}{''.join(f'(?>.*?{piece})' for piece in middle if piece)}.*{last}", _WILD)


_WILD = re.IGNORECASE | re.DOTALL
