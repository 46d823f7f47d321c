"""Looking up: MATCH, INDEX, VLOOKUP, HLOOKUP, LOOKUP, XLOOKUP, and blocks made of blocks (UNIQUE, FILTER, SORT)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key

from thidua_xl.formula.arrays import Array
from thidua_xl.formula.functions.signature import Argument, Function, block, number_argument, single, whole
from thidua_xl.formula.matching import find, find_nearest, find_sorted, lookup_key
from thidua_xl.formula.operators import compare
from thidua_xl.formula.values import BAD, NA, REF, VALUE, Bad, to_bool
from thidua_xl.model import Value


def _bad_search(wanted: Value, array: Array) -> Bad | None:
    return wanted if isinstance(wanted, BAD) else array.invalid


def _match(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    wanted, array = single(arguments[0]), block(arguments[1])
    kind = number_argument(arguments[2]) if len(arguments) > 2 else 1
    if isinstance(kind, BAD):
        return kind
    place = _place(wanted, array, "exact" if kind == 0 else "descending" if kind < 0 else "ascending")
    return place if isinstance(place, BAD) else place + 1


def _place(wanted: Value, array: Array, how: str) -> int | Bad:
    bad = _bad_search(wanted, array)
    if bad is not None:
        return bad
    if array.height > 1 and array.width > 1:
        return NA
    if wanted is None:
        # A blank looked up is the number 0.
        wanted = 0
    if how == "exact":
        place = find(array, wanted)
    else:
        place = find_sorted(array, wanted, descending=how == "descending")
    return NA if place is None else place


def _index(arguments: Sequence[Argument], _: Sequence[bool]) -> Argument:
    array = block(arguments[0])
    row = number_argument(arguments[1])
    column = number_argument(arguments[2]) if len(arguments) > 2 else None
    if isinstance(row, BAD):
        return row
    if isinstance(column, BAD):
        return column
    if row < 0 or (column is not None and column < 0):
        return VALUE
    at_row, at_column = int(row), int(column or 0)
    if column is None:
        # One number counts along a single row, or picks a row.
        if array.height == 1 and array.width > 1:
            at_row, at_column = 1, at_row
        elif array.width == 1:
            at_column = 1
    return pick(array, at_row, at_column)


def pick(array: Array, row: int, column: int) -> Argument:
    """The 1-based cell of a block; 0 takes the whole row or column. #REF! outside."""
    if row > array.height or column > array.width:
        return REF
    if row and column:
        return array.at(row - 1, column - 1)
    if not row and not column:
        return array
    if row:
        cells = array.row(row - 1)
        return cells[0] if len(cells) == 1 else Array(cells, 1, len(cells))
    cells = array.cells[column - 1 :: array.width]
    return cells[0] if len(cells) == 1 else Array.column(cells)


def _table_lookup(across: bool) -> Function:
    """VLOOKUP, or HLOOKUP when `across`."""

    def run(arguments: Sequence[Argument], _: Sequence[bool]) -> Argument:
        wanted, array = single(arguments[0]), block(arguments[1])
        number = number_argument(arguments[2])
        near = to_bool(single(arguments[3])) if len(arguments) > 3 else True
        for bad in (wanted, number, near):
            if isinstance(bad, BAD):
                return bad
        index = int(number)  # type: ignore[arg-type]  # bad ones were returned
        if index < 1:
            return VALUE
        if index > (array.height if across else array.width):
            return REF
        keys = array.remember(("keys of", across), lambda: _line(array, 1, across))
        place = _place(wanted, keys, "ascending" if near else "exact")
        if isinstance(place, BAD):
            return place
        return array.at(index - 1, place) if across else array.at(place, index - 1)

    return whole(run, 3, 4, values=(0, 2))


def _line(array: Array, number: int, across: bool) -> Array:
    """The 1-based row (when `across`) or column as a block."""
    return block(pick(array, number, 0) if across else pick(array, 0, number))


def _lookup(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    wanted, array = single(arguments[0]), block(arguments[1])
    across = array.width > array.height
    keys = array
    if array.width > 1 and array.height > 1:
        keys = array.remember(("keys of", across), lambda: _line(array, 1, across))
    results = (
        block(arguments[2]) if len(arguments) > 2 else _line(array, array.height if across else array.width, across)
    )
    place = _place(wanted, keys, "ascending")
    if isinstance(place, BAD):
        return place
    return results.cells[place] if place < len(results) else NA


def _xlookup(arguments: Sequence[Argument], _: Sequence[bool]) -> Argument:
    wanted, array, results = single(arguments[0]), block(arguments[1]), block(arguments[2])
    across = array.height == 1 and array.width > 1
    if (results.width if across else results.height) != len(array):
        return VALUE
    place = _xplace(wanted, array, arguments[4:])
    if place is None:
        absent = arguments[3] if len(arguments) > 3 else None
        return NA if absent is None else absent
    if isinstance(place, BAD):
        return place
    return pick(results, 0, place + 1) if across else pick(results, place + 1, 0)


def _xmatch(arguments: Sequence[Argument], _: Sequence[bool]) -> Argument:
    place = _xplace(single(arguments[0]), block(arguments[1]), arguments[2:])
    return NA if place is None else place if isinstance(place, BAD) else place + 1


def _xplace(wanted: Value, array: Array, options: Sequence[Argument]) -> int | Bad | None:
    mode = number_argument(options[0]) if options else 0
    direction = number_argument(options[1], 1) if len(options) > 1 else 1
    bad = _bad_search(wanted, array)
    if bad is not None:
        return bad
    for option in (mode, direction):
        if isinstance(option, BAD):
            return option
    if mode not in (-1, 0, 1, 2) or direction not in (-2, -1, 1, 2):
        return VALUE
    place = find(array, wanted, wildcards=mode == 2, last=direction == -1)
    if place is None and mode in (-1, 1):
        return find_nearest(array, wanted, larger=mode == 1)
    return place


def _unique(arguments: Sequence[Argument], _: Sequence[bool]) -> Argument:
    array = block(arguments[0])
    by_column = to_bool(single(arguments[1])) if len(arguments) > 1 else False
    once = to_bool(single(arguments[2])) if len(arguments) > 2 else False
    for bad in (by_column, once):
        if isinstance(bad, BAD):
            return bad
    if by_column:
        return transposed(block(_unique([transposed(array), False, once], [])))
    rows = [array.row(index) for index in range(array.height)]
    times: dict[object, int] = {}
    keys = [tuple(map(lookup_key, row)) for row in rows]
    for key in keys:
        times[key] = times.get(key, 0) + 1
    kept: list[list[Value]] = []
    seen: set[object] = set()
    for key, row in zip(keys, rows, strict=True):
        if key not in seen and (not once or times[key] == 1):
            seen.add(key)
            kept.append(row)
    return _rows(kept, array.width)


def _filter(arguments: Sequence[Argument], _: Sequence[bool]) -> Argument:
    array, wanted = block(arguments[0]), block(arguments[1])
    if wanted.height == 1 and wanted.width == array.width and array.height > 1:
        return transposed(block(_filter([transposed(array), transposed(wanted), *arguments[2:]], [])))
    if len(wanted) != array.height:
        return VALUE
    kept: list[list[Value]] = []
    for index, value in enumerate(wanted.cells):
        truth = to_bool(value)
        if isinstance(truth, BAD):
            return truth
        if truth:
            kept.append(array.row(index))
    if not kept:
        return arguments[2] if len(arguments) > 2 else VALUE
    return _rows(kept, array.width)


def _sort(arguments: Sequence[Argument], _: Sequence[bool]) -> Argument:
    array = block(arguments[0])
    column = number_argument(arguments[1], 1) if len(arguments) > 1 else 1
    order = number_argument(arguments[2], 1) if len(arguments) > 2 else 1
    if isinstance(column, BAD):
        return column
    if isinstance(order, BAD):
        return order
    if array.worst is not None:
        return array.worst
    if not 1 <= column <= array.width or order not in (1, -1):
        return VALUE
    place = int(column) - 1

    def by(left: list[Value], right: list[Value]) -> int:
        # Blanks go last in either order.
        if left[place] is None or right[place] is None:
            return (left[place] is None) - (right[place] is None)
        result = compare(left[place], right[place])
        return result * int(order) if isinstance(result, int) else 0

    rows = sorted((array.row(index) for index in range(array.height)), key=cmp_to_key(by))
    return _rows(rows, array.width)


def transposed(array: Array) -> Array:
    """Rows as columns."""
    cells = [array.at(row, column) for column in range(array.width) for row in range(array.height)]
    return Array(cells, array.width, array.height)


def _rows(rows: list[list[Value]], width: int) -> Argument:
    if len(rows) == 1 and width == 1:
        return rows[0][0]
    return Array([value for row in rows for value in row], len(rows), width)


FUNCTIONS: dict[str, Function] = {
    "MATCH": whole(_match, 2, 3, values=(0,)),
    "XMATCH": whole(_xmatch, 2, 4, values=(0,)),
    "INDEX": whole(_index, 2, 3, values=(1, 2)),
    "VLOOKUP": _table_lookup(across=False),
    "HLOOKUP": _table_lookup(across=True),
    "LOOKUP": whole(_lookup, 2, 3, values=(0,)),
    "XLOOKUP": whole(_xlookup, 3, 6, values=(0,)),
    "ROWS": whole(lambda arguments, _: block(arguments[0]).height, 1, 1),
    "COLUMNS": whole(lambda arguments, _: block(arguments[0]).width, 1, 1),
    "UNIQUE": whole(_unique, 1, 3),
    "FILTER": whole(_filter, 2, 3),
    "SORT": whole(_sort, 1, 3),
    "TRANSPOSE": whole(lambda arguments, _: transposed(block(arguments[0])), 1, 1),
}
