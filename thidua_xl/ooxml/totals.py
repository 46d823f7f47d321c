"""The totals row of a table says in the table's part what its cells hold. Read `follow_total`.

Source: ECMA-376 Part 1, 18.5.1.3 (`totalsRowLabel`, `totalsRowFunction`, `totalsRowFormula`). A cell that is
written must not contradict them: Excel would show the one and keep the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.ooxml.markup import Element, local_name, namespace
from thidua_xl.ooxml.tables import table_shape

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet


def follow_total(sheet: Worksheet, row: int, column: int, text: str | None, formula: str | None) -> None:
    """Let the table know what the cell (1-based) of its totals row holds now: a text, a formula, or neither.

    Cells elsewhere, and columns of which the table says nothing, are left alone.
    """
    for part, area in sheet.guards.totals:
        if (row, column) not in area:
            continue
        root = sheet.book.package.root(part)
        columns = [element for element in root.iter() if local_name(element) == "tableColumn"]
        place = column - table_shape(root).area.left
        if place < len(columns) and _follow(columns[place], text, formula):
            sheet.book.package.touch(part)


def _follow(column: Element, text: str | None, formula: str | None) -> bool:
    before = _attributes(column)
    formulas = [child for child in column if local_name(child) == "totalsRowFormula"]
    if not formulas and "totalsRowLabel" not in before and "totalsRowFunction" not in before:
        return False
    told = formulas[0].text if formulas else None
    for child in formulas:
        column.remove(child)
    for name in ("totalsRowLabel", "totalsRowFunction"):
        if name in column.attrib:
            del column.attrib[name]
    if formula is not None:
        column.set("totalsRowFunction", "custom")
        element = column.makeelement(f"{{{namespace(column)}}}totalsRowFormula", {})
        element.text = formula
        first = next(iter(column), None)
        column.insert(1 if first is not None and local_name(first) == "calculatedColumnFormula" else 0, element)
    elif text:
        column.set("totalsRowLabel", text)
    return _attributes(column) != before or told != formula


def _attributes(element: Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}
