"""Charts, filters, tables and names over a list drawn with one row, made to reach over all of it. Read `stretch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.formula.stretch import Stretch, stretch_formula
from thidua_xl.ooxml.linked import linked_parts
from thidua_xl.ooxml.markup import Element, local_name, whole_number
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook

_CHARTS = frozenset(("chart", "chartEx"))


def stretch(book: Workbook, sheet: str, row: int, last: int) -> bool:
    """What ends on the 1-based `row` of a sheet ends on `last`: values and categories of charts, filters and tables
    (with their headings), print areas and other names over several rows. Whether there was anything.

    Formulas in cells are the caller's: they have results. Names of a single row stay, they say which row it is.
    """
    wanted = Stretch(sheet, row, last)
    changed = False
    for linked in linked_parts(book):
        if linked.kind in _CHARTS and _stretch_chart(book.package.root(linked.part), wanted):
            book.package.touch(linked.part)
            changed = True
        elif linked.kind == "table" and linked.sheet == sheet:
            root = book.package.root(linked.part)
            if not whole_number(root, "totalsRowCount") and _stretch_areas(root, wanted):
                book.package.touch(linked.part)
                changed = True
    own = book[sheet].xml
    if any(_stretch_areas(one, wanted) for one in own.root if local_name(one) == "autoFilter"):
        own.touch()
        changed = True
    for element in book.name_elements():
        text = element.text or ""
        longer = stretch_formula(text, wanted, "")
        if longer != text and _has_several_rows(text):
            element.text = longer
            book.package.touch(book.part)
            book.changes.grown.add(element.get("name", "").casefold())
            changed = True
    return changed


def _stretch_chart(root: Element, wanted: Stretch) -> bool:
    changed = False
    for element in root.iter():
        if local_name(element) not in ("f", "sqref") or len(element) or not element.text:
            continue
        is_title = any(local_name(one) in ("tx", "title") for one in element.iterancestors())
        longer = element.text if is_title else stretch_formula(element.text, wanted, "", single_too=True)
        if longer != element.text:
            element.text = longer
            changed = True
    return changed


def _stretch_areas(root: Element, wanted: Stretch) -> bool:
    changed = False
    for element in root.iter():
        ref = element.get("ref", "")
        if local_name(element) not in ("table", "autoFilter", "sortState") or not ref:
            continue
        try:
            area = Area.parse(ref)
        except ValueError:
            continue
        if area.top < area.bottom == wanted.row:
            element.set("ref", str(Area(area.top, area.left, wanted.last, area.right)))
            changed = True
    return changed


def _has_several_rows(text: str) -> bool:
    """Whether an area of a name covers more than one row."""
    for part in text.split(","):
        try:
            area = Area.parse(part.rpartition("!")[2].replace("$", ""))
        except ValueError:
            continue
        if area.top < area.bottom:
            return True
    return False
