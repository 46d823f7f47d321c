"""Lists of a form that the units fill as it stands: their entries one below the other. Read `write_list`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from thidua_xl.formula.stretch import Stretch
from thidua_xl.model import CopySheet, DeleteRows, Figure, InsertRows
from thidua_xl.model.mapping import ColumnRole, MappedColumn, MappedTable
from thidua_xl.refs import cell_name, column_number, quote_sheet
from thidua_xl.report.coded import as_asked, is_amount
from thidua_xl.report.formula_check import add
from thidua_xl.report.numbered import MOST_ROWS, free_names
from thidua_xl.report.own_pen import OwnTable, Pen, write_ratios
from thidua_xl.report.plan import Planned, sum_formula, sum_of
from thidua_xl.report.proof import by_formula
from thidua_xl.report.stretch import reaching

# A formula that adds up: SUM(C4:C9), SUBTOTAL(9,C4:C9), C4+C5, +C4.
_ADDS = re.compile(r"\+?(\s|\+|\$?[A-Z]{1,3}\$?\d+|(SUM|SUBTOTAL)\([^()]*\))+", re.IGNORECASE)


def write_list(pen: Pen, one: OwnTable, ranged: frozenset[str], most_rows: int = MOST_ROWS) -> list[Planned]:
    """Write the entries of a list, one below the other, each part on its sheet; one part when they fit there.

    A list too long for a sheet goes on in copies of the blank sheet, `DS (2)`, `DS (3)`; the total stays on the first
    and takes in all. `ranged` are the sheets at which formulas of the template point with ranges; a sheet may have
    `most_rows`.
    """
    table = one.table
    used = max(table.last, table.total, pen.workbook[table.sheet].last_filled_row)
    room = table.last - table.first + 1 + max(0, most_rows - used)
    if len(one.entries) <= room:
        return [_write_part(pen, one, ranged)]
    shares = [one.entries[at : at + room] for at in range(0, len(one.entries), room)]
    names = list(free_names(table.sheet, pen.workbook.sheetnames, len(shares) - 1))
    for name in names:
        pen.carry_out([CopySheet(table.sheet, name)])
        if used > table.last:
            pen.carry_out([DeleteRows(name, table.last + 1, used - table.last)])
    further = []
    for name, entries, start in zip(names, shares[1:], range(room, len(one.entries), room), strict=True):
        part = replace(one, table=replace(table, sheet=name, total=0), entries=entries, cells=None)
        further.append(_write_part(replace(pen, sheet=name), part, frozenset(), start))
    first = _write_part(pen, replace(one, entries=shares[0]), ranged, 0, further)
    return [first, *further]


def _write_part(
    pen: Pen, one: OwnTable, ranged: frozenset[str], start: int = 0, further: Sequence[Planned] = ()
) -> Planned:
    """Write entries that fit on a sheet, numbered from `start` + 1; the total takes in those `further` on too."""
    table = one.table
    room = table.last - table.first + 1
    extra = len(one.entries) - room
    if extra > 0:
        # Before the last of several blank rows, so that sums and charts that reach over them grow.
        before = table.last if room > 1 else table.last + 1
        pen.carry_out([InsertRows(table.sheet, before=before, count=extra, like=table.first)])
    shift = max(extra, 0)
    cells: dict[str, Figure] = {}
    rows = range(table.first, table.first + len(one.entries))
    letters = [column_number(column.letter) for column in table.columns]
    # Asked for before anything is written: after each cell written they would be looked for anew.
    kept = {cell for row in rows for at in letters if pen.formula(cell := cell_name(row, at)) is not None}
    for row, entry in zip(rows, one.entries, strict=True):
        for column in table.columns:
            cell = cell_name(row, column_number(column.letter))
            if cell in kept:
                continue
            if column.role is ColumnRole.SERIAL:
                pen.set(cell, start + row - table.first + 1)
            elif (figure := entry.get(column.letter)) is not None:
                wanted = one.number_format if column.role is ColumnRole.NUMBER else ""
                pen.set(cell, as_asked(figure.value, wanted))
                cells[cell] = figure
            elif row == table.first and pen.get(cell) is not None:
                pen.set(cell, None)  # a marker such as {filldata} is gone once there are entries
        write_ratios(pen, table, row)
    if room == 1 and extra > 0:
        so_far = Planned(table.sheet, (), tuple(rows), shift, cells, {})
        pen.carry_out(list(reaching(pen.workbook, Stretch(table.sheet, rows[0], rows[-1]), True, so_far, ranged)))
    made_of: dict[str, tuple[str, ...]] = {}
    if table.total and rows:
        total = table.total + shift
        for column in _summed(pen, table, total):
            _write_total(pen, one, total, rows, column.letter, cells, made_of, further)
        write_ratios(pen, table, total)
    return Planned(table.sheet, (), tuple(rows), shift, cells, made_of)


def _summed(pen: Pen, table: MappedTable, total: int) -> list[MappedColumn]:
    """The columns that have a total: those in which the total row has something, when it has formulas at all.

    A price or an age is a number too, and the office left its total blank.
    """
    numbers = [one for one in table.columns if one.role is ColumnRole.NUMBER and one.letter]
    drawn = [one for one in numbers if pen.formula(cell_name(total, column_number(one.letter))) is not None]
    return drawn or numbers


def _write_total(
    pen: Pen,
    one: OwnTable,
    total: int,
    rows: range,
    letter: str,
    cells: dict[str, Figure],
    made_of: dict[str, tuple[str, ...]],
    further: Sequence[Planned],
) -> None:
    """The total of a list's column as a formula over all its rows, unless the template's own takes in all of them."""
    position = column_number(letter)
    cell = cell_name(total, position)
    parts = [figure for entry in one.entries if (figure := entry.get(letter)) is not None]
    parts += [figure for part in further for figure in part.cells.values() if figure.column == letter]
    span = (f"{letter}{rows[0]}:{letter}{rows[-1]}",)
    spans = (*span, *(f"{quote_sheet(part.sheet)}!{letter}{part.rows[0]}:{letter}{part.rows[-1]}" for part in further))
    value = add([figure.value for figure in parts if is_amount(figure.value)])
    present = pen.formula(cell)
    if present is None and pen.get(cell) is not None:
        return
    if present is not None and not _ADDS.fullmatch(present.removeprefix("=")):
        return  # a count or a mean of the office's own: it says what it says
    if one.number_format:
        pen.set(cell, as_asked(value, one.number_format))
    elif present is None or by_formula(pen.workbook, one.table.sheet, cell) != value:
        pen.set_formula(cell, sum_of(spans) if further else sum_formula(rows, position), value)
    made_of[cell] = spans
    cells[cell] = Figure(letter, value, tuple(source for figure in parts for source in figure.sources))
