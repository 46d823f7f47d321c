"""A workbook package: parts, content types and relationships, found as the standard says and never by file name.

Read `Package`. Parts are named from the root without a leading slash, as stored (`xl/workbook.xml`); look-ups do
not mind case, backslashes or a leading slash. Source: ECMA-376 Part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.archive import Archive, Content, Packed, inflated
from thidua_xl.ooxml.markup import Element, local_name, parse, serialize

TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
RELS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_TYPES_PART = "[Content_Types].xml"
_EMPTY_RELS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<Relationships xmlns="'
    + RELS_NAMESPACE.encode()
    + b'"/>'
)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One arrow from a part to another. `kind` is the last word of its type (`worksheet`, `drawing`).

    `part` is the name of the target part as stored, "" when it is external or missing.
    """

    id: str
    type: str
    target: str
    external: bool
    part: str

    @property
    def kind(self) -> str:
        """The last word of the type's address."""
        return self.type.rstrip("/").rpartition("/")[2]


class Package:
    """The parts of one workbook file, with the changes made to them so far."""

    def __init__(self, content: bytes, file: str) -> None:
        self.archive = Archive(content, file)
        self.file = file
        self._stored = {_folded(name): name for name in self.archive.names}
        self._blobs: dict[str, bytes] = {}
        self._changed: dict[str, bytes] = {}
        self._added: dict[str, bytes | Packed] = {}
        self._removed: set[str] = set()
        self._trees: dict[str, Element] = {}
        self._dirty: set[str] = set()
        self._relationships: dict[str, tuple[Relationship, ...]] = {}
        self._types: dict[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all parts as stored, content types and relationships among them."""
        kept = [name for name in self.archive.names if name not in self._removed and not name.endswith("/")]
        return (*kept, *self._added)

    def find(self, name: str) -> str:
        """The stored name of a part, "" when there is none."""
        stored = self._stored.get(_folded(name), "")
        return "" if stored in self._removed else stored

    def blob(self, name: str) -> bytes:
        """The bytes of a part as they are now."""
        if name in self._dirty:
            return serialize(self._trees[name], self.original(name))
        if name in self._changed:
            return self._changed[name]
        return self.original(name)

    def original(self, name: str) -> bytes:
        """The bytes of a part as opened (as added, for a new one)."""
        if name in self._added:
            content = self._added[name]
            return content.inflated() if isinstance(content, Packed) else content
        return self.archive.read(name)

    def root(self, name: str) -> Element:
        """The parsed root of an XML part; call `touch` after changing it."""
        if name not in self._trees:
            self._trees[name] = parse(self.blob(name), self.file, name)
        return self._trees[name]

    def touch(self, name: str) -> None:
        """Mark a parsed part as changed."""
        self.root(name)
        self._dirty.add(name)

    def replace(self, name: str, content: bytes) -> None:
        """Give a part new bytes."""
        self._trees.pop(name, None)
        self._dirty.discard(name)
        if name in self._added:
            self._added[name] = content
        else:
            self._changed[name] = content

    def add(self, name: str, content: bytes | Packed, content_type: str) -> str:
        """Add a part; its name. A content type of "" leaves the type to the defaults by extension.

        A listing of values, which may be very long, comes packed and stays so.
        """
        if self.find(name):
            raise EditRefused("edit.part_exists", file=self.file, part=name)
        self._stored[_folded(name)] = name
        self._added[name] = content
        self._removed.discard(name)
        if content_type:
            self._override(name, content_type)
        return name

    def is_packed(self, name: str) -> bool:
        """Whether a part is a listing that was added packed: it holds values and no formulas."""
        return isinstance(self._added.get(name), Packed)

    @property
    def packed_names(self) -> frozenset[str]:
        """The parts that are such listings."""
        return frozenset(filter(self.is_packed, self._added))

    def remove(self, name: str) -> None:
        """Remove a part with its relationships and its content type."""
        for stored in (name, self.find(rels_name(name))):
            if not stored:
                continue
            self._drop_override(stored)
            self._stored.pop(_folded(stored), None)
            self._trees.pop(stored, None)
            self._dirty.discard(stored)
            self._changed.pop(stored, None)
            if stored in self._added:
                del self._added[stored]
            else:
                self._removed.add(stored)
        self._relationships.pop(name, None)

    def free_name(self, pattern: str) -> str:
        """The first name `pattern.format(n)`, n from 1, that no part has."""
        number = 1
        while _folded(pattern.format(number)) in self._stored:
            number += 1
        return pattern.format(number)

    def usual_name(self, name: str) -> str:
        """That name, where some readers look for such a part without asking; a numbered one when it is taken."""
        if _folded(name) not in self._stored:
            return name
        stem, _, extension = name.rpartition(".")
        return self.free_name(stem.replace("{", "{{").replace("}", "}}") + "{}." + extension)

    def content_type(self, name: str) -> str:
        """The content type of a part, "" when none is given."""
        types = self._content_types()
        folded = _folded(name)
        extension = folded.rpartition(".")[2]
        return types.get("/" + folded) or types.get("." + extension, "")

    def set_content_type(self, name: str, content_type: str) -> None:
        """Change the content type of a part."""
        self._drop_override(name)
        self._override(name, content_type)

    def ensure_default(self, extension: str, content_type: str) -> None:
        """Make sure parts with an extension (no dot) have a content type by default."""
        if "." + extension.lower() in self._content_types():
            return
        part = self._types_part()
        root = self.root(part)
        element = etree.Element(f"{{{TYPES_NAMESPACE}}}Default", Extension=extension, ContentType=content_type)
        root.insert(0, element)
        self.touch(part)
        self._types = None

    def relationships(self, source: str) -> tuple[Relationship, ...]:
        """The arrows that leave a part ("" for the package itself), in order."""
        if source not in self._relationships:
            name = self.find(rels_name(source))
            self._relationships[source] = tuple(self._read_relationships(source, name)) if name else ()
        return self._relationships[source]

    def related(self, source: str, *kinds: str) -> tuple[str, ...]:
        """Names of the parts that `source` points at by relationships of these kinds."""
        return tuple(arrow.part for arrow in self.relationships(source) if arrow.kind in kinds and arrow.part)

    def relate(self, source: str, type_: str, target: str, external: bool = False) -> str:
        """Add a relationship; its id. `target` is a part name, or an address when `external`."""
        stored = self.find(rels_name(source))
        if not stored:
            stored = self.add(rels_name(source), _EMPTY_RELS, "")
            self.ensure_default("rels", RELS_TYPE)
        root = self.root(stored)
        taken = {element.get("Id", "").lower() for element in root}
        number = len(taken) + 1
        while f"rid{number}" in taken:
            number += 1
        written = target if external else _way(source, target)
        element = etree.SubElement(root, f"{{{RELS_NAMESPACE}}}Relationship", Id=f"rId{number}", Type=type_)
        element.set("Target", written)
        if external:
            element.set("TargetMode", "External")
        self.touch(stored)
        self._relationships.pop(source, None)
        return f"rId{number}"

    def unrelate(self, source: str, target: str) -> None:
        """Remove every relationship from `source` to a part."""
        stored = self.find(rels_name(source))
        doomed = {arrow.id for arrow in self.relationships(source) if arrow.part == target}
        if not stored or not doomed:
            return
        root = self.root(stored)
        for element in list(root):
            if element.get("Id") in doomed:
                root.remove(element)
        self.touch(stored)
        self._relationships.pop(source, None)

    def find_relationships(self, source: str) -> str:
        """The name of the part that holds the relationships of `source`, "" when there is none."""
        return self.find(rels_name(source))

    def forget_relationships(self, source: str) -> None:
        """Read the relationships of a part again next time (its rels part was edited)."""
        self._relationships.pop(source, None)

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the file as opened."""
        return bool(self._changed or self._added or self._removed or self._dirty)

    def to_bytes(self, parts: Mapping[str, Callable[[], bytes]] | None = None) -> bytes:
        """The package as a zip file; the very bytes it was opened from when nothing changed.

        `parts` make the content of parts that are kept elsewhere; each is asked when it is written.
        """
        if not self.is_changed and not parts:
            return self.archive.content
        contents: dict[str, Content] = dict(self._changed)
        contents.update({name: self.blob(name) for name in self._dirty})
        contents.update(parts or {})
        added = {name: inflated(contents.pop(name)) if name in contents else one for name, one in self._added.items()}
        is_less = not added and not self._removed
        if is_less and all(inflated(one) == self.archive.read(name) for name, one in contents.items()):
            return self.archive.content
        return self.archive.write(contents, added, frozenset(self._removed))

    def _read_relationships(self, source: str, name: str) -> list[Relationship]:
        arrows = []
        for element in self.root(name):
            if local_name(element) != "Relationship":
                continue
            target = element.get("Target", "")
            external = element.get("TargetMode", "") == "External"
            part = "" if external else self._resolve(source, target)
            arrows.append(Relationship(element.get("Id", ""), element.get("Type", ""), target, external, part))
        return arrows

    def _resolve(self, source: str, target: str) -> str:
        path = target.replace("\\", "/").partition("#")[0]
        if not path:
            return ""
        base = "/" + posixpath.dirname(source.replace("\\", "/"))
        whole = posixpath.normpath(posixpath.join(base, path))
        return self.find(whole) or self.find(unquote(whole))

    def _types_part(self) -> str:
        part = self.find(_TYPES_PART)
        if not part:
            raise EditRefused("edit.not_a_workbook", file=self.file)
        return part

    def _content_types(self) -> dict[str, str]:
        """Types by `/part` and by `.extension`, folded."""
        if self._types is None:
            types = {}
            for element in self.root(self._types_part()):
                kind = local_name(element)
                if kind == "Override":
                    types["/" + _folded(element.get("PartName", ""))] = element.get("ContentType", "")
                elif kind == "Default":
                    types["." + element.get("Extension", "").lower()] = element.get("ContentType", "")
            self._types = types
        return self._types

    def _override(self, name: str, content_type: str) -> None:
        part = self._types_part()
        etree.SubElement(
            self.root(part), f"{{{TYPES_NAMESPACE}}}Override", PartName="/" + name, ContentType=content_type
        )
        self.touch(part)
        self._types = None

    def _drop_override(self, name: str) -> None:
        part = self._types_part()
        root = self.root(part)
        for element in list(root):
            if local_name(element) == "Override" and _folded(element.get("PartName", "")) == _folded(name):
                root.remove(element)
                self.touch(part)
        self._types = None


def rels_name(source: str) -> str:
    """The name of the part that holds the relationships of a part ("" for the package)."""
    folder, name = posixpath.split(source.replace("\\", "/"))
    return posixpath.join(folder, "_rels", name + ".rels")


def _way(source: str, target: str) -> str:
    """How a relationship of one part names another; some programs write part names with `\\`."""
    folder = posixpath.dirname(source.replace("\\", "/").lstrip("/"))
    return posixpath.relpath("/" + target.replace("\\", "/").lstrip("/"), "/" + folder)


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
