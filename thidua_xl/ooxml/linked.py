"""The parts of a workbook beside its worksheets that hold cell references, and how each follows a shift.

Read `linked_parts` (which there are), `check_linked` (what a shift would cut) and `move_linked`. Parts of the edited
sheet are always looked at; others only when they spell its name. Links between workbooks are never touched.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from thidua_xl.errors import EditRefused
from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.ooxml.anchors import drawing_hold, move_anchor
from thidua_xl.ooxml.markup import Element, local_name, stored_area, whole_number
from thidua_xl.ooxml.mover import Mover, areas_of, set_attribute
from thidua_xl.ooxml.tables import NewHeader, check_table, move_table, table_shape
from thidua_xl.ooxml.vml import move_vml
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

# What may hang on a worksheet without holding references of its own, or holding those that are moved here.
KNOWN_KINDS = frozenset(
    (
        "drawing", "vmlDrawing", "comments", "threadedComment", "table", "pivotTable", "printerSettings", "hyperlink",
        "oleObject", "package", "image", "control", "ctrlProp", "customProperty", "queryTable", "tableSingleCells",
        "slicer", "timeline", "namedSheetView", "sheetMetadata", "wsSortMap", "externalLinkPath", "legacyDrawing",
        "activeXControlBinary", "attachedToolbars", "xlsxWorksheetCustomProperty", "model3d", "svg",
    )
)  # fmt: skip
_NEVER_FOLLOWED = frozenset(("hyperlink", "externalLink", "worksheet", "chartsheet", "dialogsheet", "styles", "theme"))


@dataclass(frozen=True, slots=True)
class Linked:
    """A part with its kind of relationship and the sheet it hangs on ("" for the workbook's own)."""

    part: str
    kind: str
    sheet: str


def linked_parts(book: Workbook) -> list[Linked]:
    """Every part reached from the workbook and its sheets, each once, worksheets themselves left out."""
    found: list[Linked] = []
    seen: set[str] = {book.part, *(entry.part for entry in book.entries)}
    for entry in book.entries:
        if entry.part:
            found += _reached(book, entry.part, entry.name, seen)
    found += _reached(book, book.part, "", seen)
    return found


def check_linked(sheet: Worksheet, shift: Shift) -> None:
    """EditRefused when a shift would cut a table header or a pivot table, or meets a part nobody here knows."""
    book = sheet.book
    values = {"file": book.file, "sheet": sheet.name, "cell": ""}
    for arrow in book.package.relationships(sheet.xml.part):
        if arrow.kind not in KNOWN_KINDS and not arrow.external:
            raise EditRefused("edit.unknown_part", **values, part=arrow.part or arrow.target, kind=arrow.kind)
    for part in book.package.related(sheet.xml.part, "table"):
        root = book.package.root(part)
        reason = check_table(root, shift)
        if reason:
            raise EditRefused(reason, **values, table=root.get("displayName", ""))
        if local_name(root) == "table" and _tears_ties(book, part, shift):
            raise EditRefused("edit.cuts_tied_table", **values, table=root.get("displayName", ""))
    for part in book.package.related(sheet.xml.part, "pivotTable"):
        _check_pivot(book.package.root(part), shift, values)


def move_linked(sheet: Worksheet, shift: Shift) -> list[NewHeader]:
    """Move what the parts beside the worksheets point at; the headers that new table columns need."""
    book = sheet.book
    headers: list[NewHeader] = []
    probe = book.probe(sheet.name)
    for linked in linked_parts(book):
        mover = Mover(shift, linked.sheet)
        own = linked.sheet == sheet.name
        if not own and not book.may_spell(linked.part, probe):
            continue
        if linked.kind == "table":
            headers += _move_table(sheet if own else None, book, linked, mover)
        elif linked.kind == "vmlDrawing":
            _move_vml(book, linked.part, mover)
        else:
            move = _MOVES.get(linked.kind)
            if move is not None and move(book.package.root(linked.part), mover):
                book.package.touch(linked.part)
    for source, home in _link_holders(book):
        _move_targets(book, source, Mover(shift, home))
    _move_workbook(sheet, Mover(shift, sheet.name))
    return headers


def move_copies(sheet: Worksheet, shift: Shift, is_asked: Callable[[bytes], bool]) -> None:
    """Move copies of the parts whose bytes are asked for, to see whether a reference stays. Raises PushedOff."""
    book = sheet.book
    for linked in linked_parts(book):
        mover = Mover(shift, linked.sheet)
        move = _MOVES.get(linked.kind)
        if move is None and linked.kind not in ("table", "vmlDrawing"):
            continue
        content = book.package.blob(linked.part)
        if not is_asked(content):
            continue
        if linked.kind == "vmlDrawing":
            move_vml(content, shift, mover.own, mover.formula)
        elif move is not None:
            move(copy.deepcopy(book.package.root(linked.part)), mover)
        else:
            move_table(copy.deepcopy(book.package.root(linked.part)), mover)
    for source, home in _link_holders(book):
        for _, text in _targets(book, source):
            Mover(shift, home).location(text)


def _reached(book: Workbook, source: str, sheet: str, seen: set[str]) -> Iterator[Linked]:
    for arrow in book.package.relationships(source):
        if not arrow.part or arrow.part in seen or arrow.kind in _NEVER_FOLLOWED:
            continue
        seen.add(arrow.part)
        yield Linked(arrow.part, arrow.kind, sheet)
        if not arrow.part.lower().endswith((".bin", ".png", ".jpeg", ".jpg", ".emf", ".wmf", ".gif")):
            yield from _reached(book, arrow.part, sheet, seen)


def _tears_ties(book: Workbook, part: str, shift: Shift) -> bool:
    """Whether columns of a table come or go that a query fills, or one goes that a slicer filters by."""
    root = book.package.root(part)
    area = table_shape(root).area
    is_gone = shift.area(area) is None
    columns = [column.get("id", "") for column in root.iter() if local_name(column) == "tableColumn"]
    sliced = _sliced_columns(book, root.get("id", ""))
    if is_gone:
        return bool(sliced)
    if shift.axis is not Axis.COLUMN:
        return False
    kept = [shift.point(area.left + index) for index in range(len(columns))]
    if any(place is None and column in sliced for place, column in zip(kept, columns, strict=True)):
        return True
    moved = shift.area(area)
    is_wider = moved is not None and moved.right - moved.left != area.right - area.left
    return is_wider and bool(book.package.related(part, "queryTable"))


def _sliced_columns(book: Workbook, table: str) -> set[str]:
    """The ids of the columns of a table by which slicers filter ([MS-XLSX] 2.6.90, tableSlicerCache)."""
    columns = set()
    for cache in book.package.related(book.part, "slicerCache"):
        for element in book.package.root(cache).iter():
            if local_name(element) == "tableSlicerCache" and element.get("tableId") == table:
                columns.add(element.get("column", ""))
    return columns


def _check_pivot(root: Element, shift: Shift, values: dict[str, str]) -> None:
    for child in root:
        if local_name(child) != "location":
            continue
        area = stored_area(child.get("ref", "A1"), values["file"], root.get("name", ""))
        pages = whole_number(child, "rowPageCount")
        top = max(1, area.top - pages - 1) if pages else area.top
        area = Area(top, area.left, area.bottom, area.right)
        by_row = shift.axis is Axis.ROW
        first, last = (area.top, area.bottom) if by_row else (area.left, area.right)
        if shift.count > 0:
            cuts = first < shift.at <= last
        else:
            end = shift.at - shift.count - 1
            cuts = shift.at <= last and end >= first
        if cuts:
            raise EditRefused("edit.cuts_pivot", **values, pivot=root.get("name", ""), area=str(area))


def _move_table(sheet: Worksheet | None, book: Workbook, linked: Linked, mover: Mover) -> list[NewHeader]:
    root = book.package.root(linked.part)
    if sheet is not None and mover.shift.area(table_shape(root).area) is None:
        _remove_table(sheet, linked.part)
        return []
    before = table_shape(root).area
    changed, headers = move_table(root, mover)
    after = table_shape(root).area
    if (after.bottom - after.top, after.right - after.left) != (before.bottom - before.top, before.right - before.left):
        for key in ("name", "displayName"):
            book.note_grown(root.get(key, ""), mover.shift)
    if changed:
        book.package.touch(linked.part)
    return headers


def _remove_table(sheet: Worksheet, part: str) -> None:
    """Take a table out whose cells were all deleted."""
    package = sheet.book.package
    ids = {arrow.id for arrow in package.relationships(sheet.xml.part) if arrow.part == part}
    for holder in sheet.xml.children("tableParts"):
        for child in list(holder):
            if any(str(name).endswith("}id") and value in ids for name, value in child.attrib.items()):
                holder.remove(child)
        holder.set("count", str(len(holder)))
        if not len(holder):
            sheet.xml.root.remove(holder)
        sheet.xml.touch()
    for query in package.related(part, "queryTable"):
        package.remove(query)
    package.unrelate(sheet.xml.part, part)
    package.remove(part)


def _move_vml(book: Workbook, part: str, mover: Mover) -> None:
    content = book.package.blob(part)
    moved = move_vml(content, mover.shift, mover.own, mover.formula)
    if moved != content:
        book.package.replace(part, moved)


def _move_comments(root: Element, mover: Mover) -> bool:
    """Notes and threaded comments: one cell each; those of deleted cells go."""
    if not mover.own:
        return False
    changed = False
    for element in list(root.iter()):
        if local_name(element) not in ("comment", "threadedComment") or not element.get("ref"):
            continue
        moved = mover.area(element.get("ref", ""))
        parent = element.getparent()
        if moved is None and parent is not None:
            parent.remove(element)
            changed = True
        elif moved is not None:
            changed |= set_attribute(element, "ref", moved)
    return changed


def _move_drawing(root: Element, mover: Mover) -> bool:
    changed = False
    for element in root.iter():
        name = local_name(element)
        if mover.own and name in ("twoCellAnchor", "oneCellAnchor"):
            changed |= move_anchor(element, drawing_hold(element), mover.shift)
        for attribute in ("textlink", "cellRange"):
            text = element.get(attribute) if name else None
            if text:
                changed |= set_attribute(element, attribute, mover.formula(text))
    return changed


def _move_chart(root: Element, mover: Mover) -> bool:
    """Every formula of a chart: values, categories, names, error bars, labels; numbers kept in it are a cache."""
    changed = False
    for element in root.iter():
        # `nf` is where a chart of the new kind (waterfall, sunburst) has the name of a dimension from.
        if local_name(element) in ("f", "nf", "sqref") and len(element) == 0 and element.text:
            moved = mover.formula(element.text)
            if moved != element.text:
                element.text = moved
                changed = True
    return changed | _move_drawing(root, Mover(mover.shift, "") if mover.own else mover)


def _move_control(root: Element, mover: Mover) -> bool:
    changed = False
    for attribute in ("fmlaLink", "fmlaRange", "fmlaTxbx", "fmlaGroup"):
        text = root.get(attribute)
        if text:
            changed |= set_attribute(root, attribute, mover.formula(text))
    return changed


def _move_pivot(root: Element, mover: Mover) -> bool:
    if not mover.own:
        return False
    changed = False
    for element in root.iter():
        if local_name(element) in ("location", "autoFilter") and element.get("ref"):
            moved = mover.area(element.get("ref", ""))
            changed |= moved is not None and set_attribute(element, "ref", moved)
    return changed


def _move_cache(root: Element, mover: Mover) -> bool:
    """The source of a pivot table: an area of a named sheet of this workbook."""
    changed = False
    for element in root.iter():
        if local_name(element) not in ("worksheetSource", "rangeSet") or not element.get("ref"):
            continue
        if any(str(name).endswith("}id") for name in element.attrib):
            continue
        if mover.shift.concerns(element.get("sheet", "")):
            moved = Mover(mover.shift, mover.shift.sheet).area(element.get("ref", ""))
            changed |= moved is not None and set_attribute(element, "ref", moved)
    return changed


def _move_single_cells(root: Element, mover: Mover) -> bool:
    changed = False
    for element in root.iter():
        if mover.own and local_name(element) == "singleXmlCell" and element.get("r"):
            changed |= set_attribute(element, "r", mover.cell(element.get("r", "")))
    return changed


def _move_named_views(root: Element, mover: Mover) -> bool:
    """Views that people keep of a sheet: areas, and columns counted from the left edge of the filtered area."""
    changed = False
    for view in [element for element in root.iter() if local_name(element) == "nsvFilter" and mover.own]:
        old = areas_of(view.get("ref"))
        for element in list(view.iter()):
            text = element.get("ref") if local_name(element) else None
            if text:
                changed |= set_attribute(element, "ref", mover.area(text) or text)
        if mover.shift.axis is Axis.COLUMN and old and changed:
            _move_view_columns(view, old[0], areas_of(view.get("ref")), mover.shift)
    return changed


def _move_view_columns(view: Element, old: Area, new: Sequence[Area], shift: Shift) -> None:
    """The numbers of the columns by which a kept view filters and sorts; those of deleted columns go."""
    for element in list(view.iter()):
        parent = element.getparent()
        if not local_name(element) or parent is None or element.get("colId") is None or not new:
            continue
        place = shift.point(old.left + whole_number(element, "colId"))
        if place is None:
            parent.remove(element)
        else:
            element.set("colId", str(place - new[0].left))


def _move_connections(root: Element, mover: Mover) -> bool:
    changed = False
    for element in root.iter():
        if local_name(element) == "parameter" and element.get("cell"):
            changed |= set_attribute(element, "cell", mover.formula(element.get("cell", "")))
    return changed


_MOVES: dict[str, Callable[[Element, Mover], bool]] = {
    "comments": _move_comments,
    "threadedComment": _move_comments,
    "drawing": _move_drawing,
    "chartUserShapes": _move_drawing,
    "chart": _move_chart,
    "chartEx": _move_chart,
    "ctrlProp": _move_control,
    "pivotTable": _move_pivot,
    "pivotCacheDefinition": _move_cache,
    "tableSingleCells": _move_single_cells,
    "namedSheetView": _move_named_views,
    "connections": _move_connections,
}


def _link_holders(book: Workbook) -> Iterator[tuple[str, str]]:
    """(part, sheet) of what may hold links written as relationships: sheets and drawings."""
    yield from ((entry.part, entry.name) for entry in book.entries if entry.part)
    for linked in linked_parts(book):
        if linked.kind in ("drawing", "chartUserShapes"):
            yield linked.part, linked.sheet


def _targets(book: Workbook, source: str) -> Iterator[tuple[Element, str]]:
    """The relationships of a part that name a place in this workbook (`#Sheet!A1`), each with that place."""
    stored = book.package.find_relationships(source)
    for element in book.package.root(stored) if stored else ():
        target = element.get("Target", "") if local_name(element) else ""
        if target.startswith("#"):
            yield element, unquote(target[1:])


def _move_targets(book: Workbook, source: str, mover: Mover) -> None:
    changed = False
    for element, text in _targets(book, source):
        moved = mover.location(text)
        if moved != text:
            is_quoted = "%" in element.get("Target", "")
            element.set("Target", "#" + (quote(moved, safe="!$:'") if is_quoted else moved))
            changed = True
    if changed:
        book.package.touch(book.package.find_relationships(source))
        book.package.forget_relationships(source)


def _move_workbook(sheet: Worksheet, mover: Mover) -> None:
    """What the workbook part and its small helpers hold: the shown area of an embedded book, live data topics."""
    book = sheet.book
    root = book.package.root(book.part)
    index = next((place for place, entry in enumerate(book.entries) if entry.name == sheet.name), 0)
    for child in root:
        if local_name(child) == "oleSize" and book.active_index == index and child.get("ref"):
            moved = mover.area(child.get("ref", ""))
            if moved and set_attribute(child, "ref", moved):
                book.package.touch(book.part)
    for part in book.package.related(book.part, "volatileDependencies"):
        topics = book.package.root(part)
        for element in topics.iter():
            is_here = local_name(element) == "tr" and element.get("s") == book.sheet_id(sheet.name)
            if is_here and set_attribute(element, "r", mover.cell(element.get("r", ""))):
                book.package.touch(part)
