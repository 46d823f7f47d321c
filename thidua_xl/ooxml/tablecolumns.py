"""Structured references to table columns that are deleted: `T[gone]` becomes `T[#REF!]`, `T[[a]:[gone]]` shrinks.

Read `forget_columns`. Excel calls a file damaged whose formulas name columns that a table does not have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.ooxml.cellxml import Formula, decode_text
from thidua_xl.ooxml.formulas import rewrite_formulas
from thidua_xl.ooxml.markup import Element, local_name
from thidua_xl.ooxml.tables import table_shape

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

_TEXT_OR_TABLE = re.compile(
    r'"(?:[^"]|"")*"|(?P<name>[^\W\d][\w.\\]*)\[(?P<inner>(?:[^\[\]\']|\'.|\[(?:[^\[\]\']|\'.)*\])*)\]'
)
_COLUMNS = re.compile(r"\[((?:[^\[\]'#]|'.)(?:[^\[\]']|'.)*)\](?:\s*:\s*\[((?:[^\[\]']|'.)*)\])?")


def forget_columns(sheet: Worksheet, shift: Shift) -> None:
    """Rewrite every formula of the workbook that names a table column about to be deleted."""
    if shift.axis is not Axis.COLUMN or shift.count > 0:
        return
    for part in sheet.guards.tables:
        root = sheet.book.package.root(part)
        if local_name(root) != "table" or shift.area(table_shape(root).area) is None:
            continue
        left = table_shape(root).area.left
        names = [_key(column.get("name", "")) for column in root.iter() if local_name(column) == "tableColumn"]
        gone = {name for index, name in enumerate(names) if shift.point(left + index) is None}
        if gone:
            _forget(sheet.book, root, names, gone)


def without_columns(text: str, table: str, names: list[str], gone: set[str]) -> str:
    """A formula without the columns `gone` of a table, whose columns are `names` (folded), in order."""

    def table_reference(found: re.Match[str]) -> str:
        if not found["name"] or found["name"].casefold() != table.casefold():
            return found[0]
        inner = found["inner"]
        if "[" not in inner:
            return f"{found['name']}[#REF!]" if _key(_plain(inner)) in gone else found[0]
        return f"{found['name']}[{_COLUMNS.sub(lambda part: _columns(part, names, gone), inner)}]"

    return _TEXT_OR_TABLE.sub(table_reference, text) if "[" in text else text


def _columns(found: re.Match[str], names: list[str], gone: set[str]) -> str:
    first, last = _key(_plain(found[1])), _key(_plain(found[2] or found[1]))
    if first not in names or last not in names or not gone & {first, last}:
        return found[0]
    low, high = sorted((names.index(first), names.index(last)))
    left = [index for index in range(low, high + 1) if names[index] not in gone]
    if not left:
        return "[#REF!]"
    # The spelling of the columns that stay is only known for the ends; others are written folded, which Excel takes.
    spelled = {first: found[1], last: found[2] or found[1]}
    ends = [spelled.get(names[index], _escaped(names[index])) for index in (left[0], left[-1])]
    return f"[{ends[0]}]" if left[0] == left[-1] else f"[{ends[0]}]:[{ends[1]}]"


def _forget(book: Workbook, table: Element, names: list[str], gone: set[str]) -> None:
    for name in {table.get("name", ""), table.get("displayName", "")} - {""}:
        for sheet in book.sheets_with_formulas():
            _forget_in_cells(sheet, name, names, gone)
        for element in book.name_elements():
            moved = without_columns(element.text or "", name, names, gone)
            if moved != (element.text or ""):
                element.text = moved
                book.package.touch(book.part)
        for entry in book.entries:
            for part in book.package.related(entry.part, "table") if entry.part else ():
                _forget_in_table(book, part, name, names, gone)


def _forget_in_cells(sheet: Worksheet, table: str, names: list[str], gone: set[str]) -> None:
    stale: set[tuple[int, int]] = set()

    def change(row: int, column: int, formula: Formula) -> Formula | None:
        text = without_columns(formula.text, table, names, gone)
        if text == formula.text:
            return None
        stale.add((row, column))
        return Formula(formula.attributes, text)

    if sheet.xml.rows.contains(b"["):
        rewrite_formulas(sheet.xml.rows, change)
        sheet.book.note_stale(sheet.name, stale)


def _forget_in_table(book: Workbook, part: str, table: str, names: list[str], gone: set[str]) -> None:
    for element in book.package.root(part).iter():
        if local_name(element) in ("calculatedColumnFormula", "totalsRowFormula") and element.text:
            moved = without_columns(element.text, table, names, gone)
            if moved != element.text:
                element.text = moved
                book.package.touch(part)


def _plain(column: str) -> str:
    return re.sub(r"'(.)", r"\1", column.removeprefix("@"))


def _escaped(column: str) -> str:
    return re.sub(r"(['\[\]#])", r"'\1", column)


def _key(name: str) -> str:
    return decode_text(name).replace("\r\n", "\n").casefold()
