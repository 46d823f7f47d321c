"""Rows inserted into a sheet, with everything in the workbook that points below. Read `insert_rows`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.errors import EditRefused
from thidua_xl.formula.shift import Axis, PushedOff, Relative, Shift, copy_formula, shift_formula
from thidua_xl.ooxml.cellxml import CellXml, Formula
from thidua_xl.ooxml.formulas import list_formulas, move_formulas
from thidua_xl.ooxml.markup import Element, local_name
from thidua_xl.ooxml.places import Mover, areas_of, covered_by, move_sheet
from thidua_xl.ooxml.rows import Cell, Row
from thidua_xl.refs import MAX_ROW, Area, cell_name, column_letters

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet

_KEPT_ATTRIBUTES = ("s", "customFormat", "ht", "customHeight", "spans", "thickBot", "thickTop")


def insert_rows(sheet: Worksheet, before: int, count: int, like: int | None, grow: bool) -> None:
    """Insert `count` rows before the 1-based row `before`; see `Worksheet.insert_rows`."""
    book = sheet.book
    shift = Shift(sheet.name, Axis.ROW, before, count, grow)
    _check(sheet, shift, like)
    pattern = _pattern_of(sheet, like if like is not None else before - 1, like is not None)
    if like is not None and like >= before:
        like += count
    with book.half_done():
        try:
            _move_everything(sheet, shift)
        except PushedOff as problem:
            raise EditRefused(
                "edit.reference_pushed_off", file=book.file, sheet=sheet.name, cell="", reference=problem.text
            ) from problem
        _fill(sheet, before, count, like, pattern)
    sheet.changed_structure()


def _check(sheet: Worksheet, shift: Shift, like: int | None) -> None:
    values = {"file": sheet.book.file, "sheet": sheet.name}
    if shift.count < 1 or not 1 <= shift.at <= MAX_ROW or (like is not None and not 1 <= like <= MAX_ROW):
        raise EditRefused("edit.no_such_row", **values, row=shift.at)
    if sheet.last_row >= shift.at and sheet.last_row + shift.count > MAX_ROW:
        raise EditRefused("edit.rows_pushed_off", **values, row=sheet.last_row)
    for area, kind in sheet.guards.arrays:
        if area.top < shift.at <= area.bottom:
            raise EditRefused("edit.cuts_array" if kind == "array" else "edit.cuts_data_table", **values, area=area)


def _move_everything(sheet: Worksheet, shift: Shift) -> None:
    book = sheet.book
    move_formulas(sheet.xml.rows, sheet.name, shift)
    sheet.xml.rows.move(shift.at, shift.count)
    if move_sheet(sheet.xml.root, Mover(shift, sheet.name)):
        sheet.xml.touch()
    for other in book.sheets_that_may_name(sheet.name):
        if other is sheet:
            continue
        move_formulas(other.xml.rows, other.name, shift)
        if move_sheet(other.xml.root, Mover(shift, other.name)):
            other.xml.touch()
    _move_names(sheet, shift)
    book.note_shift(shift)


def _move_names(sheet: Worksheet, shift: Shift) -> None:
    """Defined names: `$` parts follow their cells; parts without are offsets from the asking cell and stay."""
    book = sheet.book
    for element in book.name_elements():
        text = element.text or ""
        home = book.name_home(element)
        moved = shift_formula(text, shift, home, Relative.STAY)
        if moved != text:
            element.text = moved
            book.package.touch(book.part)


class _Pattern:
    """What new rows take from the row they are formed like."""

    def __init__(self) -> None:
        self.tag: dict[str, str] = {}
        self.cells: list[tuple[int, dict[str, str], str]] = []
        self.row = 0


def _pattern_of(sheet: Worksheet, row: int, with_formulas: bool) -> _Pattern:
    """Style, height and (on request) formulas of a row, read before anything moves."""
    pattern = _Pattern()
    pattern.row = row
    rows = sheet.xml.rows
    found = rows.find(row)
    if found is None:
        return pattern
    pattern.tag = {key: value for key, value in rows.attributes(found).items() if key in _KEPT_ATTRIBUTES}
    if not with_formulas and pattern.tag.get("customHeight") not in ("1", "true"):
        pattern.tag.pop("ht", None)
    formulas: dict[int, str] = {}
    if with_formulas and rows.has_formula(found):
        formulas = {
            cell.column: cell.text
            for cell in list_formulas(rows)
            if cell.row == row and cell.formula.kind in ("normal", "shared")
        }
    for cell in rows.cells(found):
        parts = rows.reader.read(cell.raw)
        attributes = {key: value for key, value in parts.attributes.items() if key == "s"}
        if attributes or cell.column in formulas:
            pattern.cells.append((cell.column, attributes, formulas.get(cell.column, "")))
    return pattern


def _fill(sheet: Worksheet, before: int, count: int, like: int | None, pattern: _Pattern) -> None:
    rows = sheet.xml.rows
    made: list[Row] = []
    # Formulas were read before the move; they are moved like all others, then copied from the row's new place.
    shift = Shift(sheet.name, Axis.ROW, before, count)
    moved = {column: shift_formula(text, shift, sheet.name) for column, _, text in pattern.cells if text}
    base = like if like is not None else before
    for number in range(before, before + count):
        if not pattern.tag and not pattern.cells:
            break
        row = rows.new_row(number, pattern.tag)
        cells = []
        for column, attributes, text in pattern.cells:
            name = cell_name(number, column)
            formula = Formula({}, copy_formula(moved[column], number - base, 0)) if text else None
            raw = rows.reader.write(CellXml({"r": name, **attributes}, formula, None))
            cells.append(Cell(column, raw, name))
        rows.set_cells(row, cells)
        made.append(row)
    rows.add(made)
    if moved:
        for number in range(before, before + count):
            for column in moved:
                sheet.book.note_formula(sheet.name, number, column, has_result=False)
    if like is not None:
        _copy_merges(sheet, before, count, like)
        _extend_rules(sheet, before, count, like)


def _copy_merges(sheet: Worksheet, before: int, count: int, like: int) -> None:
    """Merges that lie within the row `like` (as it is numbered now) are repeated in every new row."""
    element = sheet.xml.child("mergeCells")
    if element is None:
        return
    across = [
        area
        for area in areas_of(" ".join(child.get("ref", "") for child in element))
        if area.top == area.bottom == like
    ]
    if not across:
        return
    ns = element.tag.rpartition("}")[0] + "}"
    for number in range(before, before + count):
        for area in across:
            child = element.makeelement(ns + "mergeCell", {"ref": str(Area(number, area.left, number, area.right))})
            element.append(child)
    element.set("count", str(len(element)))
    sheet.xml.touch()


def _extend_rules(sheet: Worksheet, before: int, count: int, like: int) -> None:
    """Conditional formats and validations of the row `like` hold for the new rows as well."""
    for element in sheet.xml.root.iter():
        if local_name(element) not in ("conditionalFormatting", "dataValidation"):
            continue
        covered = covered_by(element)
        missing = _missing_areas(covered, before, count, like)
        if missing:
            _write_cover(element, _joined(covered, missing))
            sheet.xml.touch()


def _missing_areas(covered: list[Area], before: int, count: int, like: int) -> list[Area]:
    missing = []
    for area in covered:
        if area.top <= like <= area.bottom:
            new = Area(before, area.left, before + count - 1, area.right)
            if not any(
                other.top <= new.top
                and new.bottom <= other.bottom
                and other.left <= new.left
                and new.right <= other.right
                for other in covered
            ):
                missing.append(new)
    return missing


def _joined(covered: list[Area], missing: list[Area]) -> str:
    """All areas as text; a new one that touches an old one of the same columns is melted into it."""
    areas = list(covered)
    for new in missing:
        for index, old in enumerate(areas):
            if (old.left, old.right) == (new.left, new.right) and old.bottom + 1 == new.top:
                areas[index] = Area(old.top, old.left, new.bottom, old.right)
                break
        else:
            areas.append(new)
    return " ".join(_columns_text(area) for area in areas)


def _columns_text(area: Area) -> str:
    return f"{column_letters(area.left)}{area.top}" + (
        "" if (area.top, area.left) == (area.bottom, area.right) else f":{column_letters(area.right)}{area.bottom}"
    )


def _write_cover(element: Element, text: str) -> None:
    if element.get("sqref") is not None:
        element.set("sqref", text)
        return
    for child in element:
        if local_name(child) == "sqref":
            child.text = text
