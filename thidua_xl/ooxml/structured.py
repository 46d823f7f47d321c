"""The cells a structured reference (`Table1[x]`, `[@x]`) stands for. Read `table_area`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.formula.tree import Structured
from thidua_xl.ooxml.cellxml import decode_text
from thidua_xl.ooxml.markup import Element, local_name
from thidua_xl.ooxml.tables import table_shape
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook


def table_area(book: Workbook, node: Structured, sheet: str, row: int, column: int) -> tuple[str, Area] | None:
    """(sheet, area) of a structured reference in a cell; None when it cannot be told."""
    found = _find(book, node.table, sheet, row, column)
    if found is None:
        return None
    home, root = found
    shape = table_shape(root)
    names = [
        decode_text(child.get("name", "")).casefold() for child in root.iter() if local_name(child) == "tableColumn"
    ]
    first, last = shape.area.left, shape.area.right
    if node.first:
        if node.first.casefold() not in names or node.last.casefold() not in names:
            return None
        first = shape.area.left + names.index(node.first.casefold())
        last = shape.area.left + names.index(node.last.casefold())
    top, bottom = shape.body
    if node.this_row:
        if home != sheet or not top <= row <= bottom:
            return None
        top = bottom = row
    elif node.item == "#Headers" and shape.header_rows:
        top = bottom = shape.area.top
    elif node.item == "#Totals" and shape.totals_rows:
        top = bottom = shape.area.bottom
    elif node.item == "#All":
        top, bottom = shape.area.top, shape.area.bottom
    elif node.item:
        return None
    return (home, Area(top, min(first, last), bottom, max(first, last))) if top <= bottom else None


def _find(book: Workbook, name: str, sheet: str, row: int, column: int) -> tuple[str, Element] | None:
    for entry in book.entries:
        for part in book.package.related(entry.part, "table") if entry.part else ():
            root = book.package.root(part)
            if local_name(root) != "table":
                continue
            if name and root.get("displayName", "").casefold() == name.casefold():
                return entry.name, root
            if not name and entry.name == sheet and (row, column) in table_shape(root).area:
                return entry.name, root
    return None
