"""Sheets added to a workbook. Read `add_sheet`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.model import Value
from thidua_xl.ooxml.markup import local_name, namespace
from thidua_xl.refs import cell_name

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

WORKSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    '<worksheet xmlns="{ns}"><dimension ref="A1"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/>{columns}<sheetData/></worksheet>'
)


def add_sheet(
    book: Workbook, name: str, rows: Iterable[Sequence[Value]], widths: Sequence[float], is_visible: bool
) -> Worksheet:
    """Add a worksheet at the end, with these rows from A1 on; see `Workbook.add_sheet`."""
    check_name(book, name)
    columns = "".join(
        f'<col min="{index}" max="{index}" width="{width:g}" customWidth="1"/>' for index, width in enumerate(widths, 1)
    )
    ns = namespace(book.package.root(book.part))
    content = _EMPTY.format(ns=ns, columns=f"<cols>{columns}</cols>" if columns else "")
    part = book.package.add(book.package.free_name("xl/worksheets/sheet{}.xml"), content.encode(), WORKSHEET_TYPE)
    enlist(book, name, part, is_visible)
    sheet = book[name]
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values, 1):
            if value is not None:
                sheet.set(cell_name(row, column), value)
    return sheet


def check_name(book: Workbook, name: str) -> None:
    """EditRefused for a sheet name that Excel does not take or that is in use."""
    odd = not name.strip() or len(name) > 31 or _FORBIDDEN.search(name) or name[0] == "'" or name[-1] == "'"
    if odd or name.casefold() == "history":
        raise EditRefused("edit.bad_sheet_name", file=book.file, sheet=name, cell="")
    if any(entry.name.casefold() == name.casefold() for entry in book.entries):
        raise EditRefused("edit.sheet_exists", file=book.file, sheet=name, cell="")


def enlist(book: Workbook, name: str, part: str, is_visible: bool) -> None:
    """Put a worksheet part into the workbook's list of sheets, at the end."""
    root = book.package.root(book.part)
    holder = next(child for child in root if local_name(child) == "sheets")
    number = 1 + max((int(item.get("sheetId", "0")) for item in holder), default=0)
    key = book.package.relate(book.part, book.relation("worksheet"), part)
    element = etree.SubElement(holder, f"{{{namespace(root)}}}sheet", name=name, sheetId=str(number))
    if not is_visible:
        element.set("state", "hidden")
    element.set(f"{{{book.relation_namespace}}}id", key)
    book.package.touch(book.part)
    book.read_entries()
