"""Notes on cells (the classic comments): a line in the comments part and a shape in a VML drawing.

Read `add_note` and `note_texts`. An existing drawing is only added to, as text: it is often no XML.
Source: ECMA-376 Part 1, 18.7; Part 4, 19.4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.cellxml import encode
from thidua_xl.ooxml.markup import RELATIONS, RELATIONS_STRICT, Element, local_name, namespace
from thidua_xl.ooxml.order import WORKSHEET, missing_prefix, put
from thidua_xl.refs import parse_cell

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_COMMENTS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    '<comments xmlns="{}"><authors><author></author></authors><commentList/></comments>'
)
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{}"/>'
    "</o:shapelayout></xml>"
)
_SHAPE_TYPE = (
    '<v:shapetype id="{}" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#{kind}" style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;'
    'width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_VML_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_NOTE_KIND = re.compile(rb"""<(?:\w+:)?shapetype(?=[^>]*\s\w+:spt=["']202["'])[^>]*\sid=["']([^"']+)["']""")
_NUMBERS = re.compile(rb"_s([0-9]+)")


def add_note(sheet: Worksheet, ref: str, text: str, author: str) -> None:
    """Attach a note to a cell; a note that is already there keeps its text and gets this below it.

    EditRefused for a cell with a threaded comment, whose text lives elsewhere, and for text Excel cannot hold.
    """
    book = sheet.book
    row, column = parse_cell(ref)
    try:
        encode(text, False)
    except ValueError as problem:
        raise EditRefused(f"edit.{problem}", file=book.file, sheet=sheet.name, cell=ref) from problem
    for part in book.package.related(sheet.xml.part, "threadedComment"):
        if any(element.get("ref") == ref for element in book.package.root(part).iter()):
            raise EditRefused("edit.threaded_comment", file=book.file, sheet=sheet.name, cell=ref)
    part = _comments_part(sheet)
    root = book.package.root(part)
    existing = _find(root, ref)
    if existing is not None:
        _append_text(existing, text)
    else:
        _add_comment(root, ref, text, author)
        _add_shape(sheet, row, column, text)
    book.package.touch(part)


def note_texts(sheet: Worksheet) -> dict[str, str]:
    """The notes of a sheet: cell -> text."""
    notes = {}
    for part in sheet.book.package.related(sheet.xml.part, "comments"):
        for element in sheet.book.package.root(part).iter():
            if local_name(element) == "comment":
                texts = [item.text or "" for item in element.iter() if local_name(item) == "t"]
                notes[element.get("ref", "")] = "".join(texts)
    return notes


def _comments_part(sheet: Worksheet) -> str:
    package = sheet.book.package
    found = package.related(sheet.xml.part, "comments")
    if found:
        return found[0]
    name = package.free_name("xl/comments{}.xml")
    package.add(name, _COMMENTS.format(sheet.xml.ns).encode(), _COMMENTS_TYPE)
    package.relate(sheet.xml.part, sheet.book.relation("comments"), name)
    return name


def _find(root: Element, ref: str) -> Element | None:
    return next((item for item in root.iter() if local_name(item) == "comment" and item.get("ref") == ref), None)


def _append_text(comment: Element, text: str) -> None:
    ns = f"{{{namespace(comment)}}}"
    holder = next((child for child in comment if local_name(child) == "text"), None)
    if holder is None:
        holder = etree.SubElement(comment, ns + "text")
    plain = [child for child in holder if local_name(child) == "t"]
    if plain:
        plain[0].text = f"{plain[0].text or ''}\n{text}"
        _keep_space(plain[0])
        return
    run = etree.SubElement(holder, ns + "r")
    piece = etree.SubElement(run, ns + "t")
    piece.text = f"\n{text}"
    _keep_space(piece)


def _add_comment(root: Element, ref: str, text: str, author: str) -> None:
    ns = f"{{{namespace(root)}}}"
    authors = next(child for child in root if local_name(child) == "authors")
    known = [child.text or "" for child in authors]
    if author not in known:
        etree.SubElement(authors, ns + "author").text = author
        known.append(author)
    comments = next(child for child in root if local_name(child) == "commentList")
    comment = etree.Element(ns + "comment", {"ref": ref, "authorId": str(known.index(author))})
    piece = etree.SubElement(etree.SubElement(comment, ns + "text"), ns + "t")
    piece.text = text
    _keep_space(piece)
    # Excel keeps notes in reading order and some readers count on it.
    place = parse_cell(ref)
    for index, other in enumerate(comments):
        if _place(other.get("ref", "")) > place:
            comments.insert(index, comment)
            return
    comments.append(comment)


def _place(ref: str) -> tuple[int, int]:
    try:
        return parse_cell(ref)
    except ValueError:
        return (0, 0)


def _keep_space(element: Element) -> None:
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _add_shape(sheet: Worksheet, row: int, column: int, text: str) -> None:
    package = sheet.book.package
    part = drawing_part(sheet)
    content = package.blob(part)
    kind = _NOTE_KIND.search(content)
    pieces = ""
    name = kind[1].decode() if kind else "_x0000_t202"
    if kind is None:
        pieces += _SHAPE_TYPE.format(name)
    lines = sum(1 + len(line) // 28 for line in text.split("\n"))
    height = min(20, max(4, lines + 1))
    anchor = f"{column}, 15, {max(0, row - 2)}, 10, {column + 3}, 20, {max(0, row - 2) + height}, 4"
    pieces += _SHAPE.format(
        number=next_shape_number(content),
        kind=name,
        width=160,
        height=15 * height,
        order=content.count(b"ClientData") // 2 + 1,
        anchor=anchor,
        row=row - 1,
        column=column - 1,
    )
    package.replace(part, with_shapes(content, pieces, package.file, part))


def drawing_part(sheet: Worksheet) -> str:
    """The sheet's VML drawing, made when it has none."""
    book = sheet.book
    root = sheet.xml.root
    for child in root:
        if local_name(child) == "legacyDrawing":
            key = child.get(f"{{{RELATIONS}}}id") or child.get(f"{{{RELATIONS_STRICT}}}id")
            for arrow in book.package.relationships(sheet.xml.part):
                if arrow.id == key and arrow.part:
                    return arrow.part
    number = 1 + sum(1 for name in book.package.names if name.lower().endswith(".vml"))
    name = book.package.free_name("xl/drawings/vmlDrawing{}.vml")
    book.package.ensure_default("vml", _VML_TYPE)
    book.package.add(name, _VML.format(number).encode(), "")
    key = book.package.relate(sheet.xml.part, book.relation("vmlDrawing"), name)
    prefixes = missing_prefix(root, book.relation_namespace)
    element = put(root, "legacyDrawing", WORKSHEET, prefixes=prefixes)
    element.set(f"{{{book.relation_namespace}}}id", key)
    sheet.xml.touch()
    return name


def next_shape_number(content: bytes) -> int:
    """A shape number that the drawing does not use; shapes of a drawing count from 1024 times its own number."""
    taken = [int(found) for found in _NUMBERS.findall(content)]
    block = re.search(rb"""<o:idmap[^>]*\sdata=["']([0-9]+)""", content)
    first = (int(block[1]) if block else 1) * 1024
    return max([first, *taken]) + 1


def with_shapes(content: bytes, pieces: str, file: str, part: str) -> bytes:
    """A VML drawing with further shapes at its end."""
    end = content.rfind(b"</xml")
    if end < 0:
        raise EditRefused("edit.damaged_xml", file=file, part=part, detail="")
    root = content[: content.find(b">", content.find(b"<xml")) + 1]
    missing = [f' xmlns:{key}="{address}"' for key, address in _VML_NAMESPACES.items() if address.encode() not in root]
    if missing:
        at = content.find(b"<xml") + 4
        content = content[:at] + "".join(missing).encode() + content[at:]
        end = content.rfind(b"</xml")
    return content[:end] + pieces.encode("utf-8") + content[end:]
