"""Tables (`tables/*.xml`) that follow inserted and deleted rows and columns. Read `check_table` and `move_table`.

Source: ECMA-376 Part 1, 18.5.1. The text of a header cell must equal its `tableColumn@name`, so new columns get
a name and the caller writes it into the header.
"""

from __future__ import annotations

from dataclasses import dataclass

from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.ooxml.markup import Element, local_name, stored_area, whole_number
from thidua_xl.ooxml.mover import Mover
from thidua_xl.ooxml.places import move_filter
from thidua_xl.refs import Area


@dataclass(frozen=True, slots=True)
class NewHeader:
    """The header text that a new table column needs in its cell, 1-based."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class TableShape:
    """The places of a table: whole area, and how many rows of it are header and totals."""

    area: Area
    header_rows: int
    totals_rows: int

    @property
    def body(self) -> tuple[int, int]:
        """First and last data row, 1-based."""
        return self.area.top + self.header_rows, self.area.bottom - self.totals_rows


def table_shape(root: Element) -> TableShape:
    """The places of a table part. EditRefused when its area is no area."""
    return TableShape(
        stored_area(root.get("ref", ""), "", root.get("displayName", "")),
        whole_number(root, "headerRowCount", 1),
        whole_number(root, "totalsRowCount"),
    )


def check_table(root: Element, shift: Shift) -> str:
    """Why a shift cannot be done to a table, as an error code; "" when it can.

    A header cannot be deleted without its table, nor all rows of its body.
    """
    shape = table_shape(root)
    area = shape.area
    if shift.axis is Axis.COLUMN:
        return ""
    if shift.count > 0:
        cut = area.top < shift.at < area.top + shape.header_rows
        return "edit.cuts_table_header" if cut else ""
    last = shift.at - shift.count - 1
    if shift.at <= area.top and last >= area.bottom:
        return ""  # the whole table goes
    if shape.header_rows and shift.at <= area.top <= last:
        return "edit.cuts_table_header"
    first, end = shape.body
    if shift.at <= first and last >= end:
        return "edit.empties_table"
    return ""


def move_table(root: Element, mover: Mover) -> tuple[bool, list[NewHeader]]:
    """Move a table of the edited sheet (or only its formulas on another one).

    Gives whether anything changed, and the headers to write for new columns. A table that is deleted as a
    whole is the caller's to remove.
    """
    shape = table_shape(root)
    changed = _move_formulas(root, mover, shape)
    if not mover.own:
        return changed, []
    shift = mover.shift
    if shape.totals_rows and shift.grow:
        shift = Shift(shift.sheet, shift.axis, shift.at, shift.count)
    inner = Mover(shift, mover.home)
    headers: list[NewHeader] = []
    if shift.axis is Axis.COLUMN:
        headers = _move_columns(root, shape, shift)
        changed |= bool(headers)
    elif shift.count < 0 and shape.totals_rows:
        changed |= _drop_totals(root, shape, shift)
    for element in list(root.iter()):
        name = local_name(element)
        if name == "autoFilter":
            changed |= move_filter(element, _filter_mover(inner, shape))
        elif name in ("table", "sortState", "sortCondition") and element.get("ref"):
            moved = inner.area(element.get("ref", ""))
            parent = element.getparent()
            if moved is None or moved == "#REF!":
                if parent is not None:
                    parent.remove(element)
                    changed = True
            elif moved != element.get("ref"):
                element.set("ref", moved)
                changed = True
    return changed, headers


def _filter_mover(mover: Mover, shape: TableShape) -> Mover:
    """The filter of a table covers it up to the totals row, so it takes in rows put just above that row."""
    shift = mover.shift
    is_above_totals = shape.totals_rows and shift.axis is Axis.ROW and shift.at == shape.area.bottom
    if not is_above_totals or shift.count < 0:
        return mover
    return Mover(Shift(shift.sheet, shift.axis, shift.at, shift.count, grow=True), mover.home)


def _move_formulas(root: Element, mover: Mover, shape: TableShape) -> bool:
    changed = False
    columns = [element for element in root.iter() if local_name(element) == "tableColumn"]
    first, last = shape.body
    for index, column in enumerate(columns):
        place = shape.area.left + index
        for child in column:
            name = local_name(child)
            if name not in ("calculatedColumnFormula", "totalsRowFormula") or not child.text:
                continue
            covered = [Area(first, place, last, place)] if name == "calculatedColumnFormula" and first <= last else []
            moved = mover.rule_formula(child.text, covered)
            if moved != child.text:
                child.text = moved
                changed = True
    return changed


def _move_columns(root: Element, shape: TableShape, shift: Shift) -> list[NewHeader]:
    area = shape.area
    holder = next((child for child in root if local_name(child) == "tableColumns"), None)
    if holder is None:
        return []
    columns = [child for child in holder if local_name(child) == "tableColumn"]
    headers: list[NewHeader] = []
    if shift.count > 0:
        if not area.left < shift.at <= area.right:
            return []
        taken = {column.get("name", "").casefold() for column in columns}
        number = max((whole_number(column, "id") for column in columns), default=0)
        place = shift.at - area.left
        for offset in range(shift.count):
            name = _free_name(taken)
            taken.add(name.casefold())
            number += 1
            column = holder.makeelement(columns[0].tag, {"id": str(number), "name": name})
            holder.insert(holder.index(columns[0]) + place + offset, column)
            if shape.header_rows:
                headers.append(NewHeader(area.top, shift.at + offset, name))
    else:
        last = shift.at - shift.count - 1
        for index, column in enumerate(columns):
            if shift.at <= area.left + index <= last:
                holder.remove(column)
    holder.set("count", str(sum(1 for child in holder if local_name(child) == "tableColumn")))
    return headers


def _free_name(taken: set[str]) -> str:
    number = 1
    while f"cột{number}" in taken:
        number += 1
    return f"Cột{number}"


def _drop_totals(root: Element, shape: TableShape, shift: Shift) -> bool:
    """Forget the totals row when it was deleted."""
    if not shift.at <= shape.area.bottom <= shift.at - shift.count - 1:
        return False
    _drop_attribute(root, "totalsRowCount")
    root.set("totalsRowShown", "0")
    for column in root.iter():
        if local_name(column) == "tableColumn":
            for name in ("totalsRowLabel", "totalsRowFunction", "totalsRowDxfId", "totalsRowCellStyle"):
                _drop_attribute(column, name)
            for child in list(column):
                if local_name(child) == "totalsRowFormula":
                    column.remove(child)
    return True


def _drop_attribute(element: Element, name: str) -> None:
    if name in element.attrib:
        del element.attrib[name]
