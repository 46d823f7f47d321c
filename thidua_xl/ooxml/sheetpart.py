"""A worksheet part in two pieces: its rows (bytes, see `rows`) and everything around them (a small tree).

Read `SheetPart`. The tree (`root`) is the part without its rows; it is only written anew when `touch` was called,
so that setting a cell changes the bytes of that cell's row and nothing else.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.markup import Element, declaration, is_utf8, local_name, namespace, parse
from thidua_xl.ooxml.package import Package
from thidua_xl.ooxml.rows import Rows
from thidua_xl.ooxml.rowxml import OddRows
from thidua_xl.refs import Area

_SHEET_DATA = re.compile(rb"<((?:[A-Za-z_][\w.\-]*:)?)sheetData\s*(/?)>")
_DIMENSION = re.compile(rb"""(<(?:[\w.\-]+:)?dimension\s+ref\s*=\s*["'])([A-Za-z0-9:$]+)(["'])""")
_PIECE = 1 << 20
_ROWS_HERE = b"<?rows?>"


class SheetPart:
    """The XML of one worksheet. `name` is the sheet's name, `part` its place in the package."""

    def __init__(self, package: Package, part: str, name: str) -> None:
        self.package = package
        self.part = part
        self.name = name
        self._root: Element | None = None
        self._is_touched = False
        self._head = b""
        self._tail = b""
        content = package.blob(part)
        if is_utf8(content):
            self._refuse_broken_text(content)
        try:
            self._split(content)
        except OddRows:
            # Comments, CDATA, UTF-16, mixed prefixes: legal, rare. Written the plain way it means the same.
            try:
                self._split(self._regular(content))
            except OddRows as problem:
                raise EditRefused("edit.odd_sheet", file=package.file, sheet=name, part=part) from problem

    @property
    def root(self) -> Element:
        """The part without its rows, as a tree. Call `touch` after changing it."""
        if self._root is None:
            self._root = parse(self._head + _ROWS_HERE + self._tail, self.package.file, self.part)
        return self._root

    @property
    def ns(self) -> str:
        """The namespace of the part's own elements (transitional or strict)."""
        return namespace(self.root)

    @property
    def is_changed(self) -> bool:
        """Whether the part must be written anew."""
        return self._is_touched or self.rows.is_changed

    def touch(self) -> None:
        """Mark what lies around the rows as changed."""
        self._is_touched = True

    def blob(self) -> bytes:
        """The whole part as bytes."""
        head, tail = self._head, self._tail
        if self._is_touched:
            body: bytes = etree.tostring(self.root.getroottree(), encoding="UTF-8", xml_declaration=False)
            head, _, tail = (self._declaration + body).partition(_ROWS_HERE)
        return head + self.rows.render() + tail

    def spells(self, probe: bytes) -> bool:
        """Whether the part holds a lower-case piece of plain text, in any case; after changes true may be mistaken."""
        return self.rows.spells(probe) or probe in self.around().lower()

    def around(self) -> bytes:
        """The bytes of what stands before and behind the rows."""
        if self._root is None:
            return self._head + self._tail
        around: bytes = etree.tostring(self._root, encoding="UTF-8")
        return around

    def children(self, *names: str) -> list[Element]:
        """The direct children of the root with one of these local names."""
        return [child for child in self.root if local_name(child) in names]

    def child(self, name: str) -> Element | None:
        """The first direct child of the root with a local name."""
        found = self.children(name)
        return found[0] if found else None

    def widen_dimension(self, area: Area) -> None:
        """Make the declared dimension hold an area; some readers believe it and would miss the new cells."""
        if self._is_touched:
            element = self.child("dimension")
            if element is None:
                return
            wider = _union(element.get("ref", ""), area)
            if wider:
                element.set("ref", wider)
            return
        found = _DIMENSION.search(self._head)
        wider = _union(found[2].decode(), area) if found else None
        if found and wider:
            self._head = self._head[: found.start(2)] + wider.encode() + self._head[found.end(2) :]
            self._root = None

    def _refuse_broken_text(self, content: bytes) -> None:
        """EditRefused for bytes that are no UTF-8: what is looked at cell by cell must be text."""
        reader = codecs.getincrementaldecoder("utf-8")()
        try:
            for start in range(0, 0 if content.isascii() else len(content), _PIECE):
                reader.decode(content[start : start + _PIECE])
            reader.decode(b"", True)
        except UnicodeDecodeError as problem:
            values = {"file": self.package.file, "part": self.part, "detail": problem.reason}
            raise EditRefused("edit.damaged_xml", **values) from problem

    def _split(self, content: bytes) -> None:
        if not is_utf8(content):
            raise OddRows("edit.odd_sheet", file=self.package.file, sheet=self.name, part=self.part)
        opened = _SHEET_DATA.search(content)
        if opened is None:
            if b"sheetData" in content:
                raise OddRows("edit.odd_sheet", file=self.package.file, sheet=self.name, part=self.part)
            raise EditRefused("edit.not_a_worksheet", file=self.package.file, sheet=self.name)
        before = content[: opened.start()]
        if before.rfind(b"<!--") > before.rfind(b"-->"):
            raise OddRows("edit.odd_sheet", file=self.package.file, sheet=self.name, part=self.part)
        prefix = opened[1]
        close = b"</" + prefix + b"sheetData>"
        if opened[2]:
            data = b""
            self._head = before + b"<" + prefix + b"sheetData>"
            self._tail = close + content[opened.end() :]
        else:
            end = content.find(close, opened.end())
            if end < 0:
                raise OddRows("edit.odd_sheet", file=self.package.file, sheet=self.name, part=self.part)
            data = content[opened.end() : end]
            if b"<!" in data or b"<?" in data:
                raise OddRows("edit.odd_sheet", file=self.package.file, sheet=self.name, part=self.part)
            self._head, self._tail = content[: opened.end()], content[end:]
        if _SHEET_DATA.search(self._tail):
            raise EditRefused("edit.odd_sheet", file=self.package.file, sheet=self.name, part=self.part)
        self._declaration = declaration(content)
        self.prefix = prefix
        self.rows = Rows(data, prefix, self.package.file, self.name)

    def _regular(self, content: bytes) -> bytes:
        root = parse(content, self.package.file, self.part)
        if not local_name(root).endswith("sheet"):
            raise EditRefused("edit.not_a_worksheet", file=self.package.file, sheet=self.name)
        data = next((child for child in root if local_name(child) == "sheetData"), None)
        if data is not None:
            etree.strip_tags(data, etree.Comment, etree.ProcessingInstruction)
            for element in data.iter():
                element.text = element.text  # CDATA becomes plain text
        return declaration(content) + etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)


def _union(text: str, area: Area) -> str | None:
    """The A1 text of both areas together; None when nothing changes or the text is no area."""
    try:
        old = Area.parse(text)
    except ValueError:
        return None
    new = old.united(area)
    return None if new == old else str(new)
