"""Tables of several forms on one sheet -> what each form sees of it. Read `apart`.

Side by side, the total of one table stands in a row of entries of the other; below each other, the rows of the second
would go on as rows of the first. Each form therefore gets the sheet without the tables of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from thidua_xl.grid import FoundTable, KnownBand, extras_of, find_table, rows_of
from thidua_xl.grid.table_cells import RowCells
from thidua_xl.intake.places import Layout
from thidua_xl.intake.prepared import Prepared, is_table, serial_field
from thidua_xl.model import Form, Sheet, Value

_ENOUGH = 3
_TITLE_LINES = 3


@dataclass(frozen=True, slots=True)
class _Place:
    """The header rows of a table and the columns under its headers."""

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def of(cls, table: FoundTable, band: KnownBand | None) -> _Place:
        # Beside a band that staff have confirmed stand the headers of the other tables, too.
        columns = {*table.columns.values(), *(table.headers if band is None else band.aside)}
        return cls(table.code_row or table.header_rows[0], table.header_rows[1], min(columns), max(columns))

    def is_beside(self, other: _Place) -> bool:
        return self.right < other.left or other.right < self.left


def apart(sheets: Mapping[str, Sheet], prepared: Prepared, layout: Layout) -> dict[str, Sheet]:
    """The sheet of each form, by code; where the tables of several forms stand on one, each form's own part of it."""
    forms: dict[int, list[Form]] = {}
    for form in prepared.criteria.forms:
        if is_table(form) and form.code in sheets:
            forms.setdefault(id(sheets[form.code]), []).append(form)
    found = dict(sheets)
    for several in forms.values():
        if len(several) > 1:
            found.update(_parts(sheets[several[0].code], several, prepared, layout))
    return found


def _parts(sheet: Sheet, forms: list[Form], prepared: Prepared, layout: Layout) -> dict[str, Sheet]:
    places: dict[str, _Place] = {}
    for form in forms:
        band = layout.band_of(form.code, sheet)
        table = find_table(sheet, prepared.labels(form), serial=serial_field(form), known=band)
        if table is not None and (band is not None or len(table.columns) >= _ENOUGH):
            places[form.code] = _Place.of(table, band)
    parts = {}
    for form in forms:
        own = places.get(form.code)
        others = [
            one for code, one in places.items() if code != form.code and (own is None or _is_in_the_way(one, own))
        ]
        if others:
            parts[form.code] = _without(sheet, others, own)
    return parts


def _is_in_the_way(other: _Place, own: _Place) -> bool:
    return other.is_beside(own) or other.top > own.bottom


def _without(sheet: Sheet, others: list[_Place], own: _Place | None) -> Sheet:
    """The sheet without the other tables: from their headers down; below an own table all that is below them too."""

    found = rows_of(sheet)
    tops = [_with_title(found, one.top) for one in others]

    def is_kept(row: int, column: int) -> bool:
        for one, title in zip(others, tops, strict=True):
            is_below = own is not None and not one.is_beside(own)
            if row >= (title if is_below else one.top) and (is_below or one.left <= column <= one.right):
                return False
        return True

    rows = {
        row: {column: value for column, value in values.items() if is_kept(row, column)}
        for row, values in found.items()
    }
    extras = {place: extra for place, extra in extras_of(sheet).items() if is_kept(*place)}
    return replace(sheet, cells=RowCells({row: values for row, values in rows.items() if values}, extras))


def _with_title(rows: Mapping[int, Mapping[int, Value]], top: int) -> int:
    """The first row of the title above header rows: lines of one text each, which would end the table above them."""
    first = top
    while top - first < _TITLE_LINES and [type(one) for one in rows.get(first - 1, {}).values()] == [str]:
        first -= 1
    return first
