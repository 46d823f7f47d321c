"""What inserted rows or columns take from their neighbour or from a row to be formed like.

Read `read_pattern` (before anything moves) and `fill` (afterwards).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from thidua_xl.formula.copying import copy_formula
from thidua_xl.formula.shift import Axis, Shift, shift_formula
from thidua_xl.ooxml.cellxml import CellXml, Formula
from thidua_xl.ooxml.formulas import formulas_of_row, list_formulas
from thidua_xl.ooxml.markup import Element, local_name, whole_number
from thidua_xl.ooxml.mover import areas_of
from thidua_xl.ooxml.places import covered_by
from thidua_xl.ooxml.rowparts import Cell
from thidua_xl.refs import Area, cell_name

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet

_KEPT_OF_ROW = ("s", "customFormat", "ht", "customHeight", "spans", "thickBot", "thickTop")


@dataclass(slots=True)
class Pattern:
    """The look of a row or column: row attributes, and by place along it the style and the formula.

    `like` is the row as it was numbered before; None: only the look of the neighbour is taken.
    """

    like: int | None
    source: int
    row_attributes: dict[str, str] = field(default_factory=dict)
    styles: dict[int, str] = field(default_factory=dict)
    formulas: dict[int, str] = field(default_factory=dict)
    column: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """Some of the inserted rows or columns: `count` of them from `at` on, all formed by one pattern."""

    at: int
    count: int
    pattern: Pattern


def read_pattern(sheet: Worksheet, axis: Axis, before: int, like: int | None) -> Pattern:
    """The pattern for what is inserted before `before`; without `like`, from the row above or column to the left."""
    pattern = Pattern(like, like if like is not None else before - 1)
    if axis is Axis.ROW:
        _read_row(sheet, pattern)
    else:
        _read_column(sheet, pattern)
    if like is not None and axis is Axis.ROW:
        found = sheet.xml.rows.find(like)
        pattern.formulas = dict(formulas_of_row(sheet.xml.rows, found)) if found is not None else {}
    elif like is not None:
        for cell in list_formulas(sheet.xml.rows):
            if cell.column == like and cell.formula.kind in ("normal", "shared"):
                pattern.formulas[cell.row] = cell.text
    return pattern


def fill(sheet: Worksheet, shift: Shift, runs: Iterable[Run]) -> None:
    """Give the inserted rows or columns their look, and the formulas, merges and rules of `like`.

    The runs make up what the shift inserted, in order.
    """
    formed = []
    for run in runs:
        pattern = run.pattern
        if shift.axis is Axis.ROW:
            _fill_rows(sheet, shift, run)
        else:
            _fill_columns(sheet, shift, pattern)
        if pattern.like is not None:
            like = pattern.like if pattern.like < shift.at else pattern.like + shift.count
            formed.append((Shift(shift.sheet, shift.axis, run.at, run.count), like))
    if formed:
        _copy_merges(sheet, formed)
        _extend_rules(sheet, formed)


def _read_row(sheet: Worksheet, pattern: Pattern) -> None:
    rows = sheet.xml.rows
    found = rows.find(pattern.source)
    if found is None:
        return
    attributes = rows.attributes(found)
    pattern.row_attributes = {key: value for key, value in attributes.items() if key in _KEPT_OF_ROW}
    if pattern.like is not None and "outlineLevel" in attributes:
        pattern.row_attributes["outlineLevel"] = attributes["outlineLevel"]
    for cell in rows.cells(found):
        style = rows.reader.read(cell.raw).attributes.get("s")
        if style:
            pattern.styles[cell.column] = style


def _read_column(sheet: Worksheet, pattern: Pattern) -> None:
    rows = sheet.xml.rows
    for row in rows if pattern.source else ():
        raw = rows.peek(row, pattern.source)
        style = rows.reader.read(raw).attributes.get("s") if raw is not None else None
        if style:
            pattern.styles[row.number] = style
    for columns in sheet.xml.children("cols"):
        for item in columns:
            if whole_number(item, "min") <= pattern.source <= whole_number(item, "max"):
                pattern.column = {str(key): str(value) for key, value in item.attrib.items()}


def _new_formula(sheet: Worksheet, shift: Shift, pattern: Pattern, across: int, place: int) -> Formula | None:
    """The formula of `like`, moved like all others, then copied from its new place."""
    text = pattern.formulas.get(across)
    if text is None or pattern.like is None:
        return None
    plain = Shift(shift.sheet, shift.axis, shift.at, shift.count)
    like = pattern.like if pattern.like < shift.at else pattern.like + shift.count
    moved = shift_formula(text, plain, sheet.name)
    by_row = shift.axis is Axis.ROW
    return Formula({}, copy_formula(moved, place - like if by_row else 0, 0 if by_row else place - like))


def _fill_rows(sheet: Worksheet, shift: Shift, run: Run) -> None:
    pattern = run.pattern
    rows = sheet.xml.rows
    places = sorted(pattern.styles.keys() | pattern.formulas.keys())
    if not places and not pattern.row_attributes:
        return
    looks = {}
    for column, style in pattern.styles.items():
        head, _, tail = rows.reader.write(CellXml({"r": "A1", "s": style}, None, None)).partition(b'"A1"')
        looks[column] = (head + b'"', b'"' + tail)
    made = []
    for number in range(run.at, run.at + run.count):
        row = rows.new_row(number, pattern.row_attributes)
        cells = []
        for column in places:
            name = cell_name(number, column)
            if column in pattern.formulas:
                cells.append(Cell(column, _new_cell(sheet, shift, pattern, column, number, name), name))
                sheet.book.note_formula(sheet.name, number, column, has_result=False)
            else:
                head, tail = looks[column]
                cells.append(Cell(column, head + name.encode() + tail, name))
        rows.set_cells(row, cells)
        made.append(row)
    rows.add(made)


def _fill_columns(sheet: Worksheet, shift: Shift, pattern: Pattern) -> None:
    rows = sheet.xml.rows
    is_beside = pattern.source == shift.at - 1
    for number in sorted(pattern.styles.keys() | pattern.formulas.keys()):
        row = rows.ensure(number)
        cells = []
        for column in range(shift.at, shift.at + shift.count):
            name = cell_name(number, column)
            cells.append((column, _new_cell(sheet, shift, pattern, number, column, name)))
            if number in pattern.formulas:
                sheet.book.note_formula(sheet.name, number, column, has_result=False)
        if is_beside:
            rows.put_behind(row, pattern.source, cells)
        else:
            for column, raw in cells:
                rows.put(row, column, raw)
    if pattern.like is not None:
        _write_column(sheet, shift, pattern)


def _new_cell(sheet: Worksheet, shift: Shift, pattern: Pattern, across: int, place: int, name: str) -> bytes:
    attributes = {"r": name}
    if across in pattern.styles:
        attributes["s"] = pattern.styles[across]
    formula = _new_formula(sheet, shift, pattern, across, place)
    return sheet.xml.rows.reader.write(CellXml(attributes, formula, None))


def _write_column(sheet: Worksheet, shift: Shift, pattern: Pattern) -> None:
    """The width and style of the column `like` for the new columns."""
    first, last = shift.at, shift.at + shift.count - 1
    holder = sheet.xml.child("cols")
    if holder is None:
        return
    for item in list(holder):
        low, high = whole_number(item, "min"), whole_number(item, "max")
        if high < first or low > last:
            continue
        place = holder.index(item)
        holder.remove(item)
        for start, end in ((low, first - 1), (last + 1, high)):
            if start <= end:
                rest = copy.copy(item)
                rest.set("min", str(start))
                rest.set("max", str(end))
                holder.insert(place, rest)
                place += 1
    if pattern.column:
        new = holder.makeelement(
            holder.tag.rpartition("}")[0] + "}col", {**pattern.column, "min": str(first), "max": str(last)}
        )
        after = [item for item in holder if whole_number(item, "min") > last]
        holder.insert(holder.index(after[0]) if after else len(holder), new)
    sheet.xml.touch()


def _copy_merges(sheet: Worksheet, formed: Sequence[tuple[Shift, int]]) -> None:
    """Merges that lie within the row (column) of which a run is formed are repeated in every new one of the run."""
    holder = sheet.xml.child("mergeCells")
    if holder is None:
        return
    within: dict[int, list[Area]] = {}
    by_row = formed[0][0].axis is Axis.ROW
    for area in areas_of(" ".join(child.get("ref", "") for child in holder)):
        first, last = (area.top, area.bottom) if by_row else (area.left, area.right)
        if first == last:
            within.setdefault(first, []).append(area)
    tag = holder.tag.rpartition("}")[0] + "}mergeCell"
    before = len(holder)
    for shift, like in formed:
        for number in range(shift.at, shift.at + shift.count):
            for area in within.get(like, ()):
                across = Area(number, area.left, number, area.right)
                new = across if by_row else Area(area.top, number, area.bottom, number)
                holder.append(holder.makeelement(tag, {"ref": str(new)}))
    if len(holder) > before:
        holder.set("count", str(len(holder)))
        sheet.xml.touch()


def _extend_rules(sheet: Worksheet, formed: Sequence[tuple[Shift, int]]) -> None:
    """Conditional formats and validations (x14 too) of `like` hold for what was inserted as well."""
    for element in sheet.xml.root.iter():
        if local_name(element) not in ("conditionalFormatting", "dataValidation"):
            continue
        covered = covered_by(element)
        has_grown = False
        for shift, like in formed:
            missing = _missing(covered, shift, like)
            if missing:
                covered = _joined(covered, missing)
                has_grown = True
        if has_grown:
            _write_cover(element, " ".join(str(area) for area in covered))
            sheet.xml.touch()


def _missing(covered: list[Area], shift: Shift, like: int) -> list[Area]:
    missing = []
    first, last = shift.at, shift.at + shift.count - 1
    for area in covered:
        if shift.axis is Axis.ROW:
            touches, new = area.top <= like <= area.bottom, Area(first, area.left, last, area.right)
        else:
            touches, new = area.left <= like <= area.right, Area(area.top, first, area.bottom, last)
        if touches and not any(_holds(other, new) for other in covered):
            missing.append(new)
    return missing


def _holds(outer: Area, inner: Area) -> bool:
    return (inner.top, inner.left) in outer and (inner.bottom, inner.right) in outer


def _joined(covered: list[Area], missing: list[Area]) -> list[Area]:
    """All areas; a new one that continues an old one is melted into it."""
    areas = list(covered)
    for new in missing:
        for index, old in enumerate(areas):
            below = (old.left, old.right) == (new.left, new.right) and old.bottom + 1 == new.top
            beside = (old.top, old.bottom) == (new.top, new.bottom) and old.right + 1 == new.left
            if below or beside:
                areas[index] = Area(old.top, old.left, new.bottom, new.right)
                break
        else:
            areas.append(new)
    return areas


def _write_cover(element: Element, text: str) -> None:
    if element.get("sqref") is not None:
        element.set("sqref", text)
        return
    for child in element:
        if local_name(child) == "sqref":
            child.text = text
