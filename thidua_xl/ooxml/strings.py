"""The shared texts of a workbook, read only: new text is written into the cells themselves. Read `SharedStrings`."""

from __future__ import annotations

from io import BytesIO

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.cellxml import decode_text
from thidua_xl.ooxml.markup import local_name
from thidua_xl.ooxml.package import Package


class SharedStrings:
    """The table of shared texts, read when first asked."""

    def __init__(self, package: Package, workbook_part: str) -> None:
        self._package = package
        found = package.related(workbook_part, "sharedStrings")
        self._part = found[0] if found else ""
        self._texts: list[str] | None = None
        self._looks: dict[int, str] = {}

    def text(self, index: str | None) -> str | None:
        """The text with a 0-based index as a cell gives it; None when there is none."""
        if self._texts is None:
            self._texts = self._read()
        if index is None or not index.strip().isdigit() or int(index) >= len(self._texts):
            return None
        return self._texts[int(index)]

    def look(self, index: str | None) -> str:
        """How the pieces of a text look, as XML; "" for a text of one look."""
        if self.text(index) is None or index is None:
            return ""
        return self._looks.get(int(index), "")

    def _read(self) -> list[str]:
        if not self._part:
            return []
        content = self._package.blob(self._part)
        head = content[:4096]
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise EditRefused("edit.document_type", file=self._package.file, part=self._part)
        texts: list[str] = []
        huge = len(content) > 8 * 1024 * 1024
        events = etree.iterparse(
            BytesIO(content), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=huge
        )
        try:
            for _, element in events:
                if local_name(element) != "si":
                    continue
                look = _look(element)
                if look:
                    self._looks[len(texts)] = look
                texts.append(_shown(element))
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as problem:
            raise EditRefused("edit.damaged_xml", file=self._package.file, part=self._part) from problem
        return texts


def _shown(item: etree._Element) -> str:
    """The text of an entry: its own or its runs', never the phonetic reading."""
    pieces = []
    for child in item:
        name = local_name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [part.text or "" for part in child if local_name(part) == "t"]
    return decode_text("".join(pieces))


def _look(item: etree._Element) -> str:
    """The properties of an entry's runs, each with how many characters it is for."""
    pieces = []
    for run in item:
        length = sum(len(part.text or "") for part in run if local_name(part) == "t")
        for part in run if local_name(run) == "r" else ():
            if local_name(part) == "rPr":
                pieces.append(f"{length} {etree.tostring(part, method='c14n').decode()}")
    return " ".join(pieces)
