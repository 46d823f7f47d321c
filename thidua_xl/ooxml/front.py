"""A sheet put before all others, and our additions taken out again. Read `put_first`, `take_out`.

A place in the list of sheets is counted in several places (names of one sheet only, the view); all of them follow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thidua_xl.ooxml.markup import Element, is_true, local_name, whole_number
from thidua_xl.ooxml.newsheets import WORKSHEET_TYPE, check_name, enlist
from thidua_xl.ooxml.order import WORKBOOK, ensure
from thidua_xl.refs import cell_name, parse_cell

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

_STYLE = re.compile(rb"""\A(\s*<[^>]*?)\ss\s*=\s*(?:"[0-9]*"|'[0-9]*')""")
# Attributes of a window that count the sheets.
_PLACES = ("activeTab", "firstSheet")


def put_first(book: Workbook, name: str, content: bytes) -> Worksheet:
    """Add a worksheet part with this XML before all other sheets. EditRefused when the name is in use."""
    check_name(book, name)
    part = book.package.add(book.package.free_name("xl/worksheets/sheet{}.xml"), content, WORKSHEET_TYPE)
    enlist(book, name, part, True)
    root = book.package.root(book.part)
    holder = next(child for child in root if local_name(child) == "sheets")
    last = holder[-1]
    holder.remove(last)
    holder.insert(0, last)
    _shift_places(root, 1)
    book.package.touch(book.part)
    book.read_entries()
    return book[name]


def show_first(book: Workbook, edited: frozenset[str]) -> None:
    """Open the workbook on its first sheet, when the sheet shown so far is one of `edited` (or does not say so).

    Two selected sheets would be a group, and what is typed in one would go into both.
    """
    shown = book.active_index
    entry = book.entries[shown] if shown < len(book.entries) else None
    if entry is None or not book.is_worksheet(entry):
        return
    views = _views(book, entry.name)
    selected = [view for view in views if is_true(view.get("tabSelected"))]
    if selected and entry.name not in edited:
        return
    for view in selected:
        del view.attrib["tabSelected"]
        book[entry.name].xml.touch()
    first = book[book.entries[0].name]
    for holder in first.xml.children("sheetViews"):
        for view in holder:
            view.set("tabSelected", "1")
    first.xml.touch()
    for child in book.package.root(book.part):
        if local_name(child) == "bookViews":
            for view in child:
                view.set("activeTab", "0")
                if view.get("firstSheet"):
                    view.set("firstSheet", "0")
    book.package.touch(book.part)


def show_as(book: Workbook, first: Workbook) -> None:
    """Show the sheet that another workbook with the same sheets shows, and select it alone."""
    entry = first.entries[first.active_index] if first.active_index < len(first.entries) else None
    if entry is None or entry.name not in book.sheetnames:
        return
    for one in book.entries:
        if not book.is_worksheet(one) or one.name not in first.sheetnames:
            continue
        for view, before in zip(_views(book, one.name), _views(first, one.name), strict=False):
            wanted = before.get("tabSelected")
            if view.get("tabSelected") == wanted:
                continue
            if wanted is None:
                del view.attrib["tabSelected"]
            else:
                # In the place among the attributes that it had.
                attributes = {str(key): str(value) for key, value in view.attrib.items()}
                attributes["tabSelected"] = wanted
                order = [str(key) for key in before.attrib]
                view.attrib.clear()
                for key in sorted(attributes, key=lambda one: order.index(one) if one in order else 99):
                    view.set(key, attributes[key])
            book[one.name].xml.touch()
    for view, before in _windows(book, first):
        for key in _PLACES:
            _copy_attribute(before, view, key)
    book.package.touch(book.part)


def spell_views_as(book: Workbook, first: Workbook) -> None:
    """Write what the windows show, and an empty list of names, the way another workbook does."""
    root = book.package.root(book.part)
    if any(local_name(child) == "definedNames" for child in first.package.root(first.part)):
        ensure(root, "definedNames", WORKBOOK)
    for view, before in _windows(book, first):
        for key in _PLACES:
            if view.get(key) != before.get(key) and view.get(key, "0") == before.get(key, "0"):
                _copy_attribute(before, view, key)
                book.package.touch(book.part)


def _windows(book: Workbook, first: Workbook) -> list[tuple[Element, Element]]:
    """The windows of two workbooks, pair by pair."""
    both = [
        [view for child in one.package.root(one.part) if local_name(child) == "bookViews" for view in child]
        for one in (book, first)
    ]
    return list(zip(*both, strict=False))


def _copy_attribute(source: Element, target: Element, key: str) -> None:
    if source.get(key) is not None:
        target.set(key, source.get(key, ""))
    elif key in target.attrib:
        del target.attrib[key]


def _views(book: Workbook, name: str) -> list[Element]:
    return [view for holder in book[name].xml.children("sheetViews") for view in holder]


def take_out(book: Workbook, name: str) -> None:
    """Remove a worksheet that nothing else refers to."""
    index = next(index for index, entry in enumerate(book.entries) if entry.name == name)
    entry = book.entries[index]
    root = book.package.root(book.part)
    holder = next(child for child in root if local_name(child) == "sheets")
    holder.remove(holder[index])
    for names in [child for child in root if local_name(child) == "definedNames" and len(child)]:
        for element in list(names):
            place = element.get("localSheetId", "")
            if place == str(index):
                names.remove(element)
            elif place.isdigit() and int(place) > index:
                element.set("localSheetId", str(int(place) - 1))
        if not len(names):
            root.remove(names)
    for views in [child for child in root if local_name(child) == "bookViews"]:
        for view in views:
            for key in ("activeTab", "firstSheet"):
                place = view.get(key, "")
                if place.isdigit() and int(place) > index:
                    view.set(key, str(int(place) - 1))
    for related in [arrow.part for arrow in book.package.relationships(entry.part) if arrow.part]:
        if related not in (other.part for other in book.entries):
            book.package.remove(related)
    book.package.unrelate(book.part, entry.part)
    book.package.remove(entry.part)
    book.package.touch(book.part)
    book.forget_sheet(name)
    book.read_entries()


def drop_hyperlinks(sheet: Worksheet, locations: frozenset[str]) -> None:
    """Remove the links of a sheet that lead to a place in one of these sheets of the same workbook."""
    for holder in sheet.xml.children("hyperlinks"):
        doomed = [link for link in holder if _sheet_of(link.get("location", "")) in locations]
        for link in doomed:
            holder.remove(link)
        if doomed:
            sheet.xml.touch()
        if not len(holder):
            sheet.xml.root.remove(holder)


def linked_cells(sheet: Worksheet) -> frozenset[str]:
    """The references that carry a hyperlink."""
    return frozenset(link.get("ref", "") for holder in sheet.xml.children("hyperlinks") for link in holder)


def hidden_columns(sheet: Worksheet) -> frozenset[int]:
    """The hidden columns among the first hundred (1-based)."""
    found: set[int] = set()
    for holder in sheet.xml.children("cols"):
        for item in holder:
            if is_true(item.get("hidden")):
                found.update(range(whole_number(item, "min", 1), min(whole_number(item, "max", 1), 100) + 1))
    return frozenset(found)


def filled_columns(sheet: Worksheet, row: int) -> tuple[int, ...]:
    """The columns of a row that hold a value, 1-based."""
    found = sheet.xml.rows.find(row)
    if found is None:
        return ()
    columns = [cell.column for cell in sheet.xml.rows.cells(found)]
    return tuple(column for column in columns if sheet.get(cell_name(row, column)) is not None)


def styled_cells(sheet: Worksheet) -> list[tuple[str, int]]:
    """Every cell that carries a format of its own, with the number of the format."""
    rows = sheet.xml.rows
    found = []
    for row in rows:
        for cell in rows.cells(row):
            style = rows.reader.read(cell.raw).style
            if style:
                found.append((cell_name(row.number, cell.column), style))
    return found


def style_of(sheet: Worksheet, ref: str) -> int | None:
    """The format that a cell carries itself, None when the cell is not there."""
    row, column = parse_cell(ref)
    found = sheet.xml.rows.find(row)
    cell = sheet.xml.rows.cell(found, column) if found is not None else None
    return None if cell is None else sheet.xml.rows.reader.read(cell.raw).style


def says_style(sheet: Worksheet, ref: str) -> bool:
    """Whether a cell names its format, be it the plain one."""
    row, column = parse_cell(ref)
    found = sheet.xml.rows.find(row)
    cell = sheet.xml.rows.cell(found, column) if found is not None else None
    return cell is not None and "s" in sheet.xml.rows.reader.read(cell.raw).attributes


def set_style(sheet: Worksheet, ref: str, style: int | None, *, said: bool = False) -> None:
    """Give a cell a format; None takes a blank cell away again. With `said` even the plain format 0 is written."""
    row, column = parse_cell(ref)
    rows = sheet.xml.rows
    found = rows.find(row)
    cell = rows.cell(found, column) if found is not None else None
    if found is None or cell is None:
        return
    read = rows.reader.read(cell.raw)
    if style is None and read.value is None and read.formula is None:
        rows.drop(found, column)
    elif style or (said and style is not None):
        rows.put(found, column, rows.reader.with_attribute(cell.raw, "s", str(style)))
    elif "s" in read.attributes:
        rows.put(found, column, _STYLE.sub(rb"\1", cell.raw, count=1))


def _shift_places(root: Element, by: int) -> None:
    for child in root:
        name = local_name(child)
        if name == "definedNames":
            for element in child:
                place = element.get("localSheetId", "")
                if place.isdigit():
                    element.set("localSheetId", str(int(place) + by))
        elif name == "bookViews":
            for view in child:
                view.set("activeTab", str(whole_number(view, "activeTab") + by))
                if view.get("firstSheet", "").isdigit():
                    view.set("firstSheet", str(whole_number(view, "firstSheet") + by))


def _sheet_of(location: str) -> str:
    name = location.rpartition("!")[0]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name
