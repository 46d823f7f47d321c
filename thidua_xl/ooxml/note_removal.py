"""Notes taken off cells again, or given back the text they had. Read `drop_note`, then `restore_note`."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from thidua_xl.ooxml.markup import Element, local_name, namespace
from thidua_xl.refs import parse_cell

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet

_SHAPE = re.compile(rb"<((?:\w+:)?shape)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>.*?</\1\s*>", re.DOTALL)
_ROW = re.compile(rb"<(?:\w+:)?Row\s*>\s*([0-9]+)\s*</")
_COLUMN = re.compile(rb"<(?:\w+:)?Column\s*>\s*([0-9]+)\s*</")


def drop_note(sheet: Worksheet, ref: str) -> None:
    """Remove a note with its shape; parts that hold no note any more go with it."""
    package = sheet.book.package
    row, column = parse_cell(ref)
    for part in package.related(sheet.xml.part, "comments"):
        root = package.root(part)
        listed = next((child for child in root if local_name(child) == "commentList"), None)
        if listed is None:
            continue
        for comment in [child for child in listed if child.get("ref") == ref]:
            listed.remove(comment)
            _drop_author(root, listed, comment.get("authorId", ""))
            package.touch(part)
        if not len(listed):
            package.unrelate(sheet.xml.part, part)
            package.remove(part)
    for part in package.related(sheet.xml.part, "vmlDrawing"):
        content = package.blob(part)
        left = _SHAPE.sub(lambda found: b"" if _is_note_at(found[0], row, column) else found[0], content)
        if left != content:
            package.replace(part, left)
        if not _SHAPE.search(left) and left != content:
            _drop_drawing(sheet, part)


def restore_note(sheet: Worksheet, ref: str, source: Worksheet, source_ref: str) -> None:
    """Give a note the text, with its formats, that a note of another workbook's sheet has."""
    before, now = _note(source, source_ref), _note(sheet, ref)
    if before is None or now is None or namespace(before[1]) != namespace(now[1]):
        return
    part, comment = now
    for text in [child for child in comment if local_name(child) == "text"]:
        comment.remove(text)
    for place, text in enumerate(child for child in before[1] if local_name(child) == "text"):
        comment.insert(place, copy.deepcopy(text))
    sheet.book.package.touch(part)


def shorten_note(sheet: Worksheet, ref: str, text: str) -> None:
    """Leave only this text in a note, in the format of its first piece."""
    found = _note(sheet, ref)
    if found is None:
        return
    pieces = [item for item in found[1].iter() if local_name(item) == "t"]
    for index, piece in enumerate(pieces):
        piece.text = text if index == 0 else ""
    sheet.book.package.touch(found[0])


def _note(sheet: Worksheet, ref: str) -> tuple[str, Element] | None:
    """The part and the element of the note of a cell."""
    for part in sheet.book.package.related(sheet.xml.part, "comments"):
        for comment in sheet.book.package.root(part).iter():
            if local_name(comment) == "comment" and comment.get("ref") == ref:
                return part, comment
    return None


def _drop_author(root: Element, notes: Element, number: str) -> None:
    """Remove an author nobody needs any more, when no other author is counted after it."""
    authors = next((child for child in root if local_name(child) == "authors"), None)
    if authors is None or number != str(len(authors) - 1) or len(authors) == 1:
        return
    if all(note.get("authorId") != number for note in notes):
        authors.remove(authors[-1])


def _drop_drawing(sheet: Worksheet, part: str) -> None:
    package = sheet.book.package
    ids = {arrow.id for arrow in package.relationships(sheet.xml.part) if arrow.part == part}
    for element in sheet.xml.children("legacyDrawing"):
        if ids & set(element.attrib.values()):
            sheet.xml.root.remove(element)
            sheet.xml.touch()
    package.unrelate(sheet.xml.part, part)
    package.remove(part)


def _is_note_at(shape: bytes, row: int, column: int) -> bool:
    at = _ROW.search(shape), _COLUMN.search(shape)
    return b"Note" in shape and all(at) and (int(at[0][1]), int(at[1][1])) == (row - 1, column - 1)  # type: ignore[index]  # all() says that both were found
