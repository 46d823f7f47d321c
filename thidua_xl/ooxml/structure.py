"""Rows and columns inserted and deleted, with everything in the workbook that points at what moved.

Read `insert` and `delete`: all that could go wrong is asked first (`_check`), then everything moves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from thidua_xl.errors import EditRefused
from thidua_xl.formula.references import references
from thidua_xl.formula.shift import Axis, Relative, Shift, shift_formula
from thidua_xl.ooxml.edges import content_pushed_off, reference_pushed_off
from thidua_xl.ooxml.filling import Run, fill, read_pattern
from thidua_xl.ooxml.formulas import move_formulas
from thidua_xl.ooxml.linked import check_linked, move_linked
from thidua_xl.ooxml.mover import Mover
from thidua_xl.ooxml.outcomes import asks_place, has_grown
from thidua_xl.ooxml.places import move_sheet, unknown_reference
from thidua_xl.ooxml.tablecolumns import forget_columns
from thidua_xl.ooxml.tables import NewHeader
from thidua_xl.refs import Area, cell_name

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet

# What a reference over several sheets, S1:S9!A1, must hold: most names are looked at no further.
_SHEETS = re.compile(r":[^<>!:()+*/,;=]{1,64}!")


def insert(sheet: Worksheet, axis: Axis, before: int, count: int, like: int | None, grow: bool) -> None:
    """Insert rows or columns before a 1-based one; see `Worksheet.insert_rows`."""
    shift = Shift(sheet.name, axis, before, count, grow)
    for number in (before, count, before if like is None else like):
        if not 1 <= number <= axis.limit:
            raise EditRefused("edit.no_such_row", file=sheet.book.file, sheet=sheet.name, cell="", row=number)
    _check(sheet, shift)
    pattern = read_pattern(sheet, axis, before, like)
    _carry_out(sheet, shift, [Run(before, count, pattern)])


def insert_runs(sheet: Worksheet, runs: Sequence[tuple[int, int, int]]) -> None:
    """Insert runs of rows, each directly below the one before it, moving everything once; see `Worksheet.insert_runs`.

    What comes out is what `insert` would give run by run: all runs push the same rows down, only by more each time.
    Only a copied range that reaches below its row is not stretched by the runs that follow.
    """
    first = runs[0][0]
    shift = Shift(sheet.name, Axis.ROW, first, sum(count for _, count, _ in runs))
    for before, count, like in runs:
        for number in (before, count, like):
            if not 1 <= number <= Axis.ROW.limit:
                raise EditRefused("edit.no_such_row", file=sheet.book.file, sheet=sheet.name, cell="", row=number)
    _check(sheet, shift)
    patterns = {like: read_pattern(sheet, Axis.ROW, first, like) for like in {run[2] for run in runs}}
    _carry_out(sheet, shift, [Run(before, count, patterns[like]) for before, count, like in runs])


def delete(sheet: Worksheet, axis: Axis, first: int, count: int) -> None:
    """Delete rows or columns from a 1-based one on; what pointed at them alone becomes #REF!."""
    for number in (first, count, first + count - 1):
        if not 1 <= number <= axis.limit:
            raise EditRefused("edit.no_such_row", file=sheet.book.file, sheet=sheet.name, cell="", row=number)
    shift = Shift(sheet.name, axis, first, -count)
    _check(sheet, shift)
    _carry_out(sheet, shift, [])


def _check(sheet: Worksheet, shift: Shift) -> None:
    """EditRefused when the shift would cut or lose something. Nothing was changed yet."""
    values = {"file": sheet.book.file, "sheet": sheet.name, "cell": ""}
    by_row = shift.axis is Axis.ROW
    if shift.count > 0:
        lost = content_pushed_off(sheet, shift)
        if lost:
            raise EditRefused("edit.rows_pushed_off" if by_row else "edit.columns_pushed_off", **values, row=lost)
    for area, kind in sheet.guards.arrays:
        if kind == "dataTable":
            # Its formulas and input values stand just above and to the left; they must not be torn from it.
            area = Area(max(1, area.top - 1), max(1, area.left - 1), area.bottom, area.right)
        if _cuts(area, shift):
            raise EditRefused("edit.cuts_array" if kind == "array" else "edit.cuts_data_table", **values, area=area)
    if sheet.guards.is_protected:
        for area in sheet.guards.merges:
            if _cuts(area, shift):
                raise EditRefused("edit.cuts_protected_merge", **values, area=area)
    unknown = unknown_reference(sheet.xml.root)
    if unknown:
        raise EditRefused("edit.unknown_extension", **values, kind=unknown)
    check_linked(sheet, shift)
    if shift.count > 0:
        reference = reference_pushed_off(sheet, shift)
        if reference:
            raise EditRefused("edit.reference_pushed_off", **values, reference=reference)


def _cuts(area: Area, shift: Shift) -> bool:
    """Whether a shift goes through an area instead of past it or over the whole of it."""
    first, last = (area.top, area.bottom) if shift.axis is Axis.ROW else (area.left, area.right)
    if shift.count > 0:
        return first < shift.at <= last
    end = shift.at - shift.count - 1
    return shift.at <= last and end >= first and not (shift.at <= first and last <= end)


def _carry_out(sheet: Worksheet, shift: Shift, runs: Sequence[Run]) -> None:
    book = sheet.book
    with book.half_done():
        headers = _move_everything(sheet, shift)
        sheet.changed_structure()
        if runs:
            fill(sheet, shift, runs)
            sheet.changed_structure()
        for header in headers:
            sheet.write_header(header.row, header.column, header.text)


def _move_everything(sheet: Worksheet, shift: Shift) -> list[NewHeader]:
    book = sheet.book
    forget_columns(sheet, shift)
    headers = move_linked(sheet, shift)
    for other in list(book.sheets_that_may_name(sheet.name)):
        moved = move_formulas(other.xml.rows, other.name, shift)
        if other is sheet:
            if shift.axis is Axis.ROW:
                sheet.xml.rows.move(shift.at, shift.count)
            else:
                sheet.xml.rows.move_columns(shift)
            book.note_shift(shift)
        book.note_stale(other.name, moved.stale)
        for kind, place in moved.doubtful.items():
            book.warn(kind, other.name, cell_name(*place))
        if move_sheet(other.xml.root, Mover(shift, other.name)):
            other.xml.touch()
    for entry in book.entries:
        # A dialog sheet has no cells, but controls that are tied to cells of other sheets.
        if entry.kind == "dialogsheet" and move_sheet(book.package.root(entry.part), Mover(shift, entry.name)):
            book.package.touch(entry.part)
    _move_names(sheet, shift)
    if book.has_vba_project:
        book.warn("vba")
    return headers


def _move_names(sheet: Worksheet, shift: Shift) -> None:
    """Defined names: `$` parts follow their cells; parts without are offsets from the asking cell and stay."""
    book = sheet.book
    probe = book.probe(sheet.name).decode()
    for element in book.name_elements():
        text = element.text or ""
        home = book.name_home(element)
        if asks_place(text) or (_SHEETS.search(text) and any(found.is_3d for found in references(text))):
            book.changes.names.add(element.get("name", "").casefold())
        if home != sheet.name and probe not in text.lower():
            continue
        moved = shift_formula(text, shift, home, Relative.STAY)
        if moved != text:
            element.text = moved
            book.package.touch(book.part)
            if has_grown(text, moved):
                book.note_grown(element.get("name", ""), shift)
