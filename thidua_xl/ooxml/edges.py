"""What an insertion would push off the sheet. Read `content_pushed_off` and `reference_pushed_off`.

Both only look; nothing is changed. A reference that no longer fits is rare and found out by moving copies, but only
in parts in which an address so near the last row or column is written at all.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from thidua_xl.formula.shift import Axis, PushedOff, Shift, shift_formula
from thidua_xl.ooxml.formulas import formula_texts
from thidua_xl.ooxml.linked import move_copies
from thidua_xl.ooxml.markup import is_utf8
from thidua_xl.ooxml.mover import Mover, areas_of
from thidua_xl.ooxml.notes import note_texts
from thidua_xl.ooxml.places import move_sheet
from thidua_xl.refs import column_number

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet

_COLUMN = re.compile(rb"(?<![A-Za-z])[A-Za-z]{1,3}(?![A-Za-z])")
_LAST_COLUMNS = re.compile(rb"[Xx][A-Fa-f][A-Za-z]")
_FIRST_OF_THEM = column_number("XAA")


def content_pushed_off(sheet: Worksheet, shift: Shift) -> int:
    """A row or column with content or a note that an insertion would push off the sheet, 0 when there is none."""
    edge = shift.axis.limit - shift.count
    rows = sheet.xml.rows
    for area in areas_of(" ".join(note_texts(sheet))):
        number = area.top if shift.axis is Axis.ROW else area.left
        if number > edge and number >= shift.at:
            return number
    if shift.axis is Axis.ROW:
        for row in rows:
            if row.number > edge and row.number >= shift.at and rows.has_content(row):
                return row.number
        return 0
    if rows.last_column() <= edge:
        return 0
    for row in rows:
        for cell in rows.cells(row):
            if cell.column > edge and cell.column >= shift.at and rows.reader.has_content(cell.raw):
                return cell.column
    return 0


def reference_pushed_off(sheet: Worksheet, shift: Shift) -> str:
    """The first reference, anywhere in the workbook, that an insertion would push off the sheet; "" for none."""
    may_reach = _near_edge(shift)
    book = sheet.book
    try:
        for other in book.sheets_that_may_name(sheet.name):
            if other.xml.rows.may_match(may_reach):
                for _, _, _, text in formula_texts(other.xml.rows):
                    shift_formula(text, shift, other.name)
            if may_reach(other.xml.around()):
                move_sheet(copy.deepcopy(other.xml.root), Mover(shift, other.name))
        move_copies(sheet, shift, lambda part: may_reach(part) or not is_utf8(part))
        for element in book.name_elements():
            text = element.text or ""
            if may_reach(text.encode()):
                shift_formula(text, shift, book.name_home(element))
    except PushedOff as problem:
        return problem.text
    return ""


def _near_edge(shift: Shift) -> Callable[[bytes], bool]:
    """A quick look at bytes: whether they may hold an address that the shift pushes off."""
    edge = shift.axis.limit - shift.count
    if shift.axis is Axis.ROW:
        digits = len(str(edge + 1))
        # The last rows begin alike, and a pattern that begins with letters of its own is searched much faster.
        rows = re.compile(rb"104[0-9]{4}" if edge >= 1_040_000 else rb"[0-9]{%d,7}" % digits)
        return lambda content: any(int(found[0]) > edge for found in rows.finditer(content))
    if edge >= _FIRST_OF_THEM:
        return lambda content: any(_column(found[0]) > edge for found in _LAST_COLUMNS.finditer(content))
    return lambda content: any(_column(found[0]) > edge for found in _COLUMN.finditer(content))


def _column(letters: bytes) -> int:
    try:
        return column_number(letters.decode("ascii"))
    except ValueError:
        return 0
