"""A sheet with tables side by side -> the strip of columns each of them has to itself. Read `strips_of`.

Tables beside each other seldom have headers of one height: read together, the header of one reaches into the entries
of the other, and both have an "STT".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from thidua_xl.grid import FoundTable, extras_of, merged_area, rows_of
from thidua_xl.grid.headers import header_key, may_be_label
from thidua_xl.grid.table_cells import RowCells
from thidua_xl.intake.fitting import coverage
from thidua_xl.intake.prepared import Prepared, is_table
from thidua_xl.intake.touching import second_table
from thidua_xl.model import Sheet, Value
from thidua_xl.refs import column_letters

# One of two tables is surely known; of the other enough is known to ask about the rest.
_SURE, _LIKELY = 0.6, 0.3
# Rows of titles and signatures have fewer cells; a table has at least so many columns.
_ROW_CELLS, _TABLE_COLUMNS = 4, 2
# A column without entries has its header and perhaps its number.
_HEADING_CELLS = 2
_MOST_GAPS, _SEARCHED, _LABEL_LETTERS = 8, 300, 30

Rows = Mapping[int, Mapping[int, Value]]


@dataclass(frozen=True, slots=True)
class Strip:
    """The cells of a sheet in some columns, for one table; `name` tells it from the others: "Sheet1!A:H".

    `claimed` are the two forms of which either may have these columns, when nothing tells whose they are.
    """

    sheet: Sheet
    name: str
    left: int
    right: int
    claimed: tuple[str, ...] = ()


def strips_of(sheet: Sheet, prepared: Prepared) -> tuple[Strip, ...]:
    """The strips of a sheet whose tables stand side by side, from the left; empty for any other sheet.

    Strips are parted by columns that are blank in the rows of the tables, or where an "STT" stands, and only
    where the headers on both sides are those of forms by themselves: a table may hold a blank column of its own.
    """
    rows = rows_of(sheet)
    wide = {row: values for row, values in rows.items() if len(values) >= _ROW_CELLS and row <= _SEARCHED}
    used = _used_columns(sheet, wide)
    if not used:
        return ()
    serials = _serial_columns(wide, prepared)
    gaps = [(before, after) for before, after in pairwise(used) if after - before > 1 or after in serials]
    if not gaps:
        return _touching(sheet, wide, used, prepared)
    if len(gaps) > _MOST_GAPS:
        return ()
    strips: list[Strip] = []
    first, last = used[0], max(max(values) for values in rows.values() if values)
    left = 1
    for before, after in gaps:
        if min(before - first, used[-1] - after) + 1 < _TABLE_COLUMNS:
            continue
        one, rest = _strip(sheet, left, after - 1), _strip(sheet, after, last)
        if _are_tables(sheet, one, rest, prepared):
            strips.append(one)
            left = first = after
    return (*strips, _strip(sheet, left, last)) if strips else ()


def _touching(sheet: Sheet, wide: Rows, used: Sequence[int], prepared: Prepared) -> tuple[Strip, ...]:
    """The strips of two tables with nothing between them, parted by what their headers say."""
    parting = second_table(wide, used, prepared)
    if parting is None:
        return ()
    last = max(max(values) for values in wide.values())
    found: dict[int, tuple[Strip, Strip]] = {}
    known: dict[int, int] = {}
    for column in parting.columns:
        both = _strip(sheet, 1, column - 1), _strip(sheet, column, last)
        if _are_tables(sheet, *both, prepared):
            found[column] = both
            known[column] = sum(
                _columns(one.sheet, code, prepared) for one, code in zip(both, parting.forms, strict=True)
            )
    likely = [column for column in found if known[column] == max(known.values())]
    if not likely:
        return ()
    first, behind = likely[0], likely[-1]
    if first == behind:
        return found[first]
    # Columns that either may have, or neither: they must not lend their header or their rows to one of the two.
    between = _strip(sheet, first, behind - 1)
    held = Counter(column for values in rows_of(between.sheet).values() for column in values)
    is_told = max(held.values(), default=0) > _HEADING_CELLS
    return found[first][0], replace(between, claimed=parting.forms if is_told else ()), found[behind][1]


def _columns(sheet: Sheet, code: str, prepared: Prepared) -> int:
    """How many columns of a form stand on a sheet."""
    form = prepared.criteria.form(code)
    table = coverage(sheet, form, prepared)[1] if form is not None else None
    return len(table.columns) if table is not None else 0


def _used_columns(sheet: Sheet, wide: Rows) -> list[int]:
    """The columns that hold something in a row of a table, be it by a merge."""
    used: set[int] = set()
    for values in wide.values():
        used.update(values)
    for reference in sheet.merges:
        area = merged_area(reference)
        # (A heading over both tables stands in a row of its own.)
        if area.top in wide and area.left in wide[area.top] and area.right <= max(used):
            used.update(range(area.left, area.right + 1))
    return sorted(used)


def _serial_columns(wide: Rows, prepared: Prepared) -> frozenset[int]:
    """The columns under a header of running numbers: there a table may begin."""
    # The words of a sheet are few beside its cells.
    words = {value for values in wide.values() for value in values.values() if type(value) is str}
    known = prepared.serial_titles
    titles = {
        one for one in words if len(one) <= _LABEL_LETTERS and may_be_label(one[:3], known) and header_key(one) in known
    }
    if not titles:
        return frozenset()
    return frozenset(
        column for values in wide.values() for column, value in values.items() if type(value) is str and value in titles
    )


def _strip(sheet: Sheet, left: int, right: int) -> Strip:
    kept = {
        row: {column: value for column, value in values.items() if left <= column <= right}
        for row, values in rows_of(sheet).items()
    }
    extras = {place: extra for place, extra in extras_of(sheet).items() if left <= place[1] <= right}
    cells = RowCells({row: values for row, values in kept.items() if values}, extras)
    name = f"{sheet.name}!{column_letters(left)}:{column_letters(right)}"
    return Strip(replace(sheet, cells=cells), name, left, right)


def _are_tables(sheet: Sheet, one: Strip, rest: Strip, prepared: Prepared) -> bool:
    """Whether each side is a table by itself, and no form has more of its columns on both sides together."""
    shares = sorted((_best(one.sheet, prepared)[0], _best(rest.sheet, prepared)[0]))
    if shares[0] < _LIKELY or shares[1] < _SURE:
        return False
    share, table = _best(sheet, prepared)
    if table is None or share < shares[1]:
        return True
    columns: Sequence[int] = tuple(table.columns.values())
    beyond = sum(column > one.right for column in columns)
    # An "STT" or "Ghi chú" on the other side is what two tables have in common, not a part of one.
    return min(beyond, len(columns) - beyond) <= _TABLE_COLUMNS


def _best(sheet: Sheet, prepared: Prepared) -> tuple[float, FoundTable | None]:
    fits = [coverage(sheet, form, prepared) for form in prepared.criteria.forms if is_table(form)]
    return max(fits, key=lambda fit: fit[0], default=(0.0, None))
