"""The declared extent of a sheet made as small again as it was before blank cells were added. Read `narrow`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.ooxml.rowparts import widen_spans
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet


def narrow(sheet: Worksheet, before: Worksheet) -> None:
    """Drop rows without anything in them that `before` does not have; shrink what tells of the used area.

    Never below what `before` declares and what the sheet holds beyond it.
    """
    rows, earlier = sheet.xml.rows, before.xml.rows
    empty = [row for row in rows if not rows.cells(row) and rows.attributes(row).keys() <= {"r", "spans"}]
    doomed = {row.number for row in empty if earlier.find(row.number) is None}
    if doomed:
        rows.drop_rows(doomed)
    for row in rows:
        was = earlier.find(row.number)
        spans = earlier.attributes(was).get("spans", "") if was is not None else ""
        if not spans or rows.attributes(row).get("spans", "") == spans:
            continue
        wanted = {"spans": spans}
        for cell in rows.cells(row):
            widen_spans(wanted, cell.column)
        rows.set_attribute(row, "spans", wanted.get("spans"))
    _narrow_dimension(sheet, before)


def _narrow_dimension(sheet: Worksheet, before: Worksheet) -> None:
    element, was = sheet.xml.child("dimension"), before.xml.child("dimension")
    if element is None or was is None:
        return
    try:
        wanted, now = Area.parse(was.get("ref", "")), Area.parse(element.get("ref", ""))
    except ValueError:
        return
    earlier = before.xml.rows
    for row in sheet.xml.rows:
        known = earlier.find(row.number)
        for cell in sheet.xml.rows.cells(row):
            # A sheet may hold cells beyond what it declares; only those that are new may widen it.
            if known is None or earlier.cell(known, cell.column) is None:
                wanted = wanted.united(Area(row.number, cell.column, row.number, cell.column))
    if wanted != now and now.united(wanted) == now:
        element.set("ref", str(wanted) if wanted != Area.parse(was.get("ref", "")) else was.get("ref", ""))
        sheet.xml.touch()
