"""A worksheet copied within its workbook, with drawings, charts, notes, tables, form controls and local names.

Read `copy_sheet`. References of the copied sheet to itself by name point at the copy, as in Excel. What cannot be
doubled without guessing (pivot tables, slicers, ActiveX, embedded objects, threaded comments) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.formula.copying import rename_sheet
from thidua_xl.ooxml.cellxml import Formula, escape_text, unescape
from thidua_xl.ooxml.formulas import rewrite_formulas
from thidua_xl.ooxml.markup import Element, local_name, namespace, whole_number
from thidua_xl.ooxml.newsheets import WORKSHEET_TYPE, check_name, enlist
from thidua_xl.ooxml.package import RELS_NAMESPACE, Relationship, rels_name

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

_SHARED = frozenset(("image", "printerSettings", "theme", "chartStyle", "chartColorStyle", "themeOverride"))
_COPIED = frozenset(("drawing", "chart", "chartEx", "vmlDrawing", "comments", "table", "chartUserShapes", "ctrlProp"))
_BLOCKS = re.compile(rb"""(<o:idmap[^>]*\sdata=["'])([0-9]+(?:,[0-9]+)*)""")
_SHAPE = re.compile(rb"(_x0000_s)([0-9]+)")
_BLOCK = 1024  # shapes of a VML drawing have numbers from 1024 times its own number on
_FORMULA_TAGS = frozenset(
    ("f", "nf", "sqref", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula")
)
_FORMULA_ATTRIBUTES = ("textlink", "location", "linkedCell", "listFillRange", "fmlaLink", "fmlaRange", "fmlaTxbx",
                       "fmlaGroup")  # fmt: skip
_VML_FORMULA = re.compile(r"(<x:Fmla(?:Link|Range|Txbx|Group|Pict)>)([^<]*)(</x:)")


def copy_sheet(sheet: Worksheet, name: str) -> Worksheet:
    """Add a copy of a worksheet at the end of its workbook."""
    book = sheet.book
    check_name(book, name)
    _refuse_uncopied(sheet)
    package = book.package
    copying = _Copying(book, sheet.name, name, _new_blocks(book, sheet))
    part = package.add(package.free_name("xl/worksheets/sheet{}.xml"), sheet.xml.blob(), WORKSHEET_TYPE)
    _copy_relationships(copying, sheet.xml.part, part)
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
    _renumber_shapes(copy.xml.root, copying)
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


@dataclass(frozen=True, slots=True)
class _Copying:
    """What is copied: the sheet's name, that of the copy, and which number each of its VML drawings gets instead."""

    book: Workbook
    old: str
    new: str
    blocks: Mapping[int, int]

    def shape(self, number: int) -> int:
        """The number that a shape has in the copy."""
        block = number // _BLOCK
        return number + (self.blocks[block] - block) * _BLOCK if block in self.blocks else number


def _new_blocks(book: Workbook, sheet: Worksheet) -> dict[int, int]:
    package = book.package
    names = [name for name in package.names if name.lower().endswith(".vml")]
    last = max([number for name in names for number in _blocks_of(package.blob(name))], default=0)
    own = [
        number for part in package.related(sheet.xml.part, "vmlDrawing") for number in _blocks_of(package.blob(part))
    ]
    return {old: last + 1 + index for index, old in enumerate(dict.fromkeys(own))}


def _blocks_of(content: bytes) -> list[int]:
    return [int(number) for found in _BLOCKS.finditer(content) for number in found[2].split(b",")]


def _copy_relationships(copying: _Copying, source: str, target: str) -> None:
    """Give `target` the relationships of `source` under the same ids, to copies of the parts."""
    package = copying.book.package
    arrows = package.relationships(source)
    if not arrows:
        return
    root = etree.fromstring(f'<Relationships xmlns="{RELS_NAMESPACE}"/>')
    for arrow in arrows:
        element = etree.SubElement(root, f"{{{RELS_NAMESPACE}}}Relationship", Id=arrow.id, Type=arrow.type)
        if arrow.external or not arrow.part:
            element.set("Target", arrow.target)
        else:
            part = arrow.part if arrow.kind in _SHARED else _copy_part(copying, arrow)
            element.set("Target", "/" + part)
        if arrow.external:
            element.set("TargetMode", "External")
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    package.add(rels_name(target), content, "")
    package.forget_relationships(target)


def _copy_part(copying: _Copying, arrow: Relationship) -> str:
    package = copying.book.package
    stem, _, extension = arrow.part.rpartition(".")
    pattern = re.sub(r"[0-9]*\Z", "", stem).replace("{", "{{").replace("}", "}}") + "{}." + extension
    content = package.blob(arrow.part)
    if arrow.kind == "vmlDrawing":
        content = _renewed_vml(copying, content)
    kind = "" if arrow.kind == "vmlDrawing" else package.content_type(arrow.part)
    part = package.add(package.free_name(pattern), content, kind)
    _copy_relationships(copying, arrow.part, part)
    if arrow.kind in ("chart", "chartEx", "drawing", "chartUserShapes", "ctrlProp"):
        root = package.root(part)
        _renew(root, lambda text: rename_sheet(text, copying.old, copying.new))
        _renumber_shapes(root, copying)
        package.touch(part)
    return part


def _renewed_vml(copying: _Copying, content: bytes) -> bytes:
    """A VML drawing whose shapes have numbers of their own and whose controls point at the copy."""

    def renumbered(found: re.Match[bytes]) -> bytes:
        return found[1] + str(copying.shape(int(found[2]))).encode()

    def blocks(found: re.Match[bytes]) -> bytes:
        numbers = [int(number) for number in found[2].split(b",")]
        return found[1] + b",".join(str(copying.blocks.get(number, number)).encode() for number in numbers)

    def formula(found: re.Match[str]) -> str:
        return found[1] + escape_text(rename_sheet(unescape(found[2]), copying.old, copying.new)) + found[3]

    content = _BLOCKS.sub(blocks, _SHAPE.sub(renumbered, content))
    if b"<x:Fmla" not in content:
        return content
    try:
        return _VML_FORMULA.sub(formula, content.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return content


def _renumber_shapes(root: Element, copying: _Copying) -> None:
    """Controls are tied to their shapes by number: in the sheet, and in the drawing for programs since 2010."""
    for element in root.iter():
        name = local_name(element)
        if name == "control" and element.get("shapeId", "").isdigit():
            element.set("shapeId", str(copying.shape(int(element.get("shapeId", "")))))
        elif name == "compatExt":
            found = _SHAPE.match(element.get("spid", "").encode())
            if found is None:
                continue
            number = copying.shape(int(found[2]))
            element.set("spid", f"_x0000_s{number}")
            holder = next((one for one in element.iterancestors() if local_name(one) == "cNvPr"), None)
            if holder is not None and holder.get("id") == found[2].decode():
                holder.set("id", str(number))


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
        for name in _FORMULA_ATTRIBUTES:
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
