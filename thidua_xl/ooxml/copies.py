"""A worksheet copied within its workbook, with drawings, charts, notes, tables and local names. Read `copy_sheet`.

References of the copied sheet to itself by name point at the copy, as in Excel. What cannot be doubled without
guessing (pivot tables, slicers, form controls, embedded objects, threaded comments) is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.formula.copying import rename_sheet
from thidua_xl.ooxml.cellxml import Formula
from thidua_xl.ooxml.formulas import rewrite_formulas
from thidua_xl.ooxml.markup import Element, local_name, namespace, whole_number
from thidua_xl.ooxml.newsheets import WORKSHEET_TYPE, check_name, enlist
from thidua_xl.ooxml.package import RELS_NAMESPACE, Relationship, rels_name

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

_SHARED = frozenset(("image", "printerSettings", "theme", "chartStyle", "chartColorStyle", "themeOverride"))
_COPIED = frozenset(("drawing", "chart", "chartEx", "vmlDrawing", "comments", "table", "chartUserShapes"))
_BLOCK = re.compile(rb"""(<o:idmap[^>]*\sdata=["'])([0-9]+)""")
_FORMULA_TAGS = frozenset(("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula"))


def copy_sheet(sheet: Worksheet, name: str) -> Worksheet:
    """Add a copy of a worksheet at the end of its workbook."""
    book = sheet.book
    check_name(book, name)
    _refuse_uncopied(sheet)
    package = book.package
    part = package.add(package.free_name("xl/worksheets/sheet{}.xml"), sheet.xml.blob(), WORKSHEET_TYPE)
    _copy_relationships(book, sheet.xml.part, part, sheet.name, name)
    enlist(book, name, part, is_visible=True)
    copy = book[name]
    renamed_tables = _rename_tables(book, copy)

    def renewed(text: str) -> str:
        text = rename_sheet(text, sheet.name, name)
        for old, new in renamed_tables.items():
            text = re.sub(rf"(?<![\w.]){re.escape(old)}(?=\[)", new, text)
        return text

    def change(row: int, column: int, formula: Formula) -> Formula | None:
        text = renewed(formula.text)
        return None if text == formula.text else Formula(formula.attributes, text)

    rewrite_formulas(copy.xml.rows, change)
    _clean(copy)
    _renew(copy.xml.root, renewed)
    copy.xml.touch()
    for table in copy.guards.tables:
        _renew(package.root(table), renewed)
        package.touch(table)
    _copy_names(book, sheet.name, name)
    book.formulas_changed = True
    return copy


def _refuse_uncopied(sheet: Worksheet) -> None:
    package = sheet.book.package
    waiting = [sheet.xml.part]
    while waiting:
        source = waiting.pop()
        for arrow in package.relationships(source):
            if arrow.external or arrow.kind in _SHARED or arrow.target.startswith("#"):
                continue
            if arrow.kind not in _COPIED:
                raise EditRefused("edit.cannot_copy", file=sheet.book.file, sheet=sheet.name, cell="", kind=arrow.kind)
            waiting.append(arrow.part)


def _copy_relationships(book: Workbook, source: str, target: str, old: str, new: str) -> None:
    """Give `target` the relationships of `source` under the same ids, to copies of the parts."""
    package = book.package
    arrows = package.relationships(source)
    if not arrows:
        return
    root = etree.fromstring(f'<Relationships xmlns="{RELS_NAMESPACE}"/>')
    for arrow in arrows:
        element = etree.SubElement(root, f"{{{RELS_NAMESPACE}}}Relationship", Id=arrow.id, Type=arrow.type)
        if arrow.external or not arrow.part:
            element.set("Target", arrow.target)
        else:
            part = arrow.part if arrow.kind in _SHARED else _copy_part(book, arrow, old, new)
            element.set("Target", "/" + part)
        if arrow.external:
            element.set("TargetMode", "External")
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    package.add(rels_name(target), content, "")
    package.forget_relationships(target)


def _copy_part(book: Workbook, arrow: Relationship, old: str, new: str) -> str:
    package = book.package
    stem, _, extension = arrow.part.rpartition(".")
    pattern = re.sub(r"[0-9]*\Z", "", stem).replace("{", "{{").replace("}", "}}") + "{}." + extension
    content = package.blob(arrow.part)
    if arrow.kind == "vmlDrawing":
        content = _renumbered(book, content)
    kind = "" if arrow.kind == "vmlDrawing" else package.content_type(arrow.part)
    part = package.add(package.free_name(pattern), content, kind)
    _copy_relationships(book, arrow.part, part, old, new)
    if arrow.kind in ("chart", "chartEx", "drawing", "chartUserShapes"):
        root = package.root(part)
        _renew(root, lambda text: rename_sheet(text, old, new))
        package.touch(part)
    return part


def _renumbered(book: Workbook, content: bytes) -> bytes:
    """A VML drawing whose shapes have numbers of their own."""
    found = _BLOCK.search(content)
    if found is None:
        return content
    block = 1 + sum(1 for name in book.package.names if name.lower().endswith(".vml"))
    old = int(found[2])

    def number(one: re.Match[bytes]) -> bytes:
        value = int(one[1])
        return b"_s" + str(value - old * 1024 + block * 1024).encode() if value // 1024 == old else one[0]

    content = re.sub(rb"_s([0-9]+)", number, content)
    return _BLOCK.sub(rb"\g<1>" + str(block).encode(), content, count=1)


def _rename_tables(book: Workbook, copy: Worksheet) -> dict[str, str]:
    """Table names and numbers are the workbook's: those of the copy get new ones; old name -> new name."""
    taken: set[str] = {key.casefold() for key in book.defined_names}
    numbers = [0]
    own = set(copy.guards.tables)
    for entry in book.entries:
        for part in book.package.related(entry.part, "table") if entry.part else ():
            root = book.package.root(part)
            if part not in own:
                taken |= {root.get("name", "").casefold(), root.get("displayName", "").casefold()}
                numbers.append(whole_number(root, "id"))
    renamed = {}
    for part in copy.guards.tables:
        root = book.package.root(part)
        old = root.get("displayName", "Table")
        stem = re.sub(r"[0-9]+\Z", "", old) or "Table"
        number = 1
        while f"{stem}{number}".casefold() in taken:
            number += 1
        new = f"{stem}{number}"
        taken.add(new.casefold())
        numbers.append(max(numbers) + 1)
        for key, value in (("id", str(numbers[-1])), ("name", new), ("displayName", new)):
            root.set(key, value)
        renamed[old] = new
        book.package.touch(part)
    return renamed


def _clean(copy: Worksheet) -> None:
    """What only one sheet may have: being selected, and a VBA module."""
    for element in copy.xml.root.iter():
        if local_name(element) == "sheetView" and element.get("tabSelected"):
            del element.attrib["tabSelected"]
        if local_name(element) == "sheetPr" and element.get("codeName"):
            del element.attrib["codeName"]


def _renew(root: Element, renewed: object) -> None:
    assert callable(renewed)
    for element in root.iter():
        if local_name(element) in _FORMULA_TAGS and len(element) == 0 and element.text:
            element.text = renewed(element.text)
        for name in ("textlink", "location"):
            if local_name(element) and element.get(name):
                element.set(name, renewed(element.get(name, "")))


def _copy_names(book: Workbook, old: str, new: str) -> None:
    place = str(book.sheetnames.index(new))
    for element in book.name_elements():
        if book.name_home(element) != old:
            continue
        twin = etree.Element(f"{{{namespace(element)}}}definedName", dict(element.attrib.items()))  # type: ignore[arg-type]  # lxml-stubs: attrib is str here
        twin.set("localSheetId", place)
        twin.text = rename_sheet(element.text or "", old, new)
        parent = element.getparent()
        if parent is not None:
            parent.append(twin)
            book.package.touch(book.part)
