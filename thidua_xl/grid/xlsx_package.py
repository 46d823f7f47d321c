"""The parts of an OOXML workbook that say where everything is: relationships, workbook, styles. Read `read_package`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from thidua_xl.grid.archive import Archive
from thidua_xl.grid.formats import Styles, make_styles
from thidua_xl.grid.limits import DEFAULT
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.xml import is_main, is_true, local, reference_id, scan

_CONTENT_TYPES = "[Content_Types].xml"
_STATES = frozenset({"visible", "hidden", "veryHidden"})
_DRIVE = re.compile(r"[a-zA-Z]:|//|\\\\")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship: its kind (last piece of the type) and its target part, or the outside address."""

    kind: str
    target: str
    external: bool = False


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet as the workbook lists it. `kind` is worksheet, chartsheet, ..."""

    name: str
    part: str
    visible: bool
    kind: str


@dataclass(slots=True)
class Package:
    """Where the parts of a workbook are and what the workbook part says."""

    workbook: str
    relations: Mapping[str, Relation]
    sheets: list[SheetPart] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    from_1904: bool = False
    external: list[str] = field(default_factory=list)
    binary: bool = False

    def part_of(self, kind: str) -> str | None:
        """The part of the one relationship of that kind, None when there is none. Raises when two differ."""
        return _only_target(self.relations, kind, self.workbook)


def find_workbook(archive: Archive) -> Package:
    """The package with its workbook part found by relationship. Raises not_a_workbook for Word, PowerPoint, zips."""
    if "_rels/.rels" not in archive:
        raise refuse("not_a_workbook", seen=_guess(archive))
    target = _only_target(read_relations(archive, ""), "officeDocument", "_rels/.rels")
    folder = (target or "").casefold()
    is_binary = folder.endswith(".bin")
    if target is None or not folder.endswith((".xml", ".bin")) or folder.startswith(("word/", "ppt/", "visio/")):
        raise refuse("not_a_workbook", seen=_guess(archive))
    if _CONTENT_TYPES not in archive:  # no office program writes a workbook without it, or opens one
        raise refuse("damaged", part=_CONTENT_TYPES)
    return Package(target, read_relations(archive, target), binary=is_binary)


def _only_target(relations: Mapping[str, Relation], kind: str, part: str) -> str | None:
    """The target inside the package that all relationships of a kind have, None without one. Raises when two differ."""
    targets = {one.target.casefold(): one.target for one in relations.values() if one.kind == kind and not one.external}
    if len(targets) > 1:
        raise refuse("bad_sheet", part=part, cell="")
    return next(iter(targets.values()), None)


def read_relations(archive: Archive, part: str) -> dict[str, Relation]:
    """The relationships of a part ("" is the package) by id; none when it has no list of them."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in archive:
        return {}
    found: dict[str, Relation] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if local(element) != "Relationship":
            return
        identity = attributes.get("Id", "")
        external = attributes.get("TargetMode") == "External"
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        if identity in found:
            raise refuse("bad_reference", part=listing)
        found[identity] = Relation(kind, target if external else _inside(archive, folder, target, listing), external)

    scan(archive.read(listing), listing, start)
    return found


def _inside(archive: Archive, folder: str, target: str, listing: str) -> str:
    """The part of the archive that a target means, whether its members are named with %20 or with blanks."""
    target = target.partition("#")[0]
    plain = resolve(folder, _unquoted(target), listing)
    if "%" in target and plain not in archive and (as_written := resolve(folder, target, listing)) in archive:
        return as_written
    return plain


def resolve(folder: str, target: str, listing: str) -> str:
    """The part a relationship of a part in `folder` points at. Raises when it points out of the package."""
    target = target.replace("\\", "/")
    if _DRIVE.match(target):
        raise refuse("bad_reference", part=listing)
    joined = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    plain = posixpath.normpath(joined) if joined else ""
    if plain.startswith(("..", "/")):
        raise refuse("bad_reference", part=listing)
    return plain


def read_workbook_part(archive: Archive, package: Package) -> None:
    """Fill the package with sheets, names, calendar and outside workbooks of an XML workbook part."""
    part = package.workbook
    said = _workbook_of(archive.read(part), part)
    package.from_1904 = said.from_1904
    listed = {identity for _, identity, _ in said.sheets}
    for identity, one in package.relations.items():
        if said.lacks_part and one.kind == "worksheet" and identity not in listed:
            raise refuse("bad_reference", part=part)  # the sheet without a part has lost its own
    for name, identity, is_visible in said.sheets:
        package.sheets.append(_sheet(archive, package, name, identity, is_visible))
    if not package.sheets:
        raise refuse("bad_sheet", part=part, cell="")
    sheets = package.sheets
    for name, scope, formula in said.names:
        if not scope:
            package.names[name] = formula
        elif scope.isdigit() and int(scope) < len(sheets):
            package.names[f"{sheets[int(scope)].name}!{name}"] = formula
    for identity in said.external:
        relation = package.relations.get(identity)
        if relation is None:
            raise refuse("bad_reference", part=part)
        package.external.append(external_name(archive, relation))


def _sheet(archive: Archive, package: Package, name: str, identity: str, is_visible: bool) -> SheetPart:
    relation = package.relations.get(identity)
    if relation is None or relation.external or relation.target not in archive:
        raise refuse("bad_reference", part=package.workbook)
    folded = name.casefold()
    for one in package.sheets:
        if one.name.casefold() == folded or one.part == relation.target:
            raise refuse("bad_reference", part=package.workbook)
    return SheetPart(name, relation.target, is_visible, relation.kind)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a workbook part says: sheets (name, relationship, visible), names (name, scope, formula), outside books."""

    from_1904: bool
    sheets: tuple[tuple[str, str, bool], ...]
    names: tuple[tuple[str, str, str], ...]
    external: tuple[str, ...]
    lacks_part: bool


@lru_cache(maxsize=8)
def _workbook_of(data: bytes, part: str) -> _Said:
    """What a workbook part says; kept, since the files of a round are copies of one form."""
    reader = _WorkbookReader(part)
    scan(data, part, reader.start, reader.end, reader.text)
    return _Said(reader.from_1904, tuple(reader.sheets), tuple(reader.names), tuple(reader.external), reader.lacks_part)


class _WorkbookReader:
    def __init__(self, part: str) -> None:
        self.from_1904 = False
        self.sheets: list[tuple[str, str, bool]] = []
        self.names: list[tuple[str, str, str]] = []
        self.external: list[str] = []
        self.lacks_part = False
        self._part = part
        self._path: list[str] = []
        self._name: tuple[str, str] | None = None
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        bare = local(name) if is_main(name) else ""
        if not self._path and bare != "workbook":
            raise refuse("bad_sheet", part=self._part, cell="")
        parent = self._path[-1] if self._path else ""
        self._path.append(bare)
        if bare == "workbookPr":
            self.from_1904 = is_true(attributes.get("date1904"))
        elif bare == "sheet" and parent == "sheets":
            identity = reference_id(attributes)
            if identity:  # Excel lists the modules of very old macros without one: a name without a part
                state = attributes.get("state", "visible")
                if state not in _STATES:
                    raise refuse("bad_sheet", part=self._part, cell="")
                is_visible = state == "visible"
                if not attributes.get("name"):
                    raise refuse("bad_sheet", part=self._part, cell="")
                self.sheets.append((attributes["name"], identity, is_visible))
            else:
                self.lacks_part = True
        elif bare == "definedName":
            self._name = attributes.get("name", ""), attributes.get("localSheetId", "")
            self._pieces.clear()
            if len(self.names) >= DEFAULT.names:
                raise refuse("too_many_cells", part=self._part)
        elif bare == "externalReference":
            self.external.append(reference_id(attributes))

    def end(self, name: str) -> None:
        if self._path.pop() == "definedName" and self._name is not None:
            self.names.append((*self._name, "".join(self._pieces)))
            self._name = None

    def text(self, piece: str) -> None:
        if self._name is not None:
            self._pieces.append(piece)


def _unquoted(target: str) -> str:
    """An address with its %20 and kin as the characters they stand for."""
    if "%" not in target:
        return target
    from urllib.parse import unquote  # seldom needed, and long to load

    return unquote(target)


def external_name(archive: Archive, relation: Relation) -> str:
    """The file name of the outside workbook an externalLink part stands for."""
    for one in read_relations(archive, relation.target).values():
        if one.external:
            return posixpath.basename(_unquoted(one.target).replace("\\", "/"))
    return posixpath.basename(relation.target)


def read_styles(archive: Archive, part: str | None) -> Styles:
    """The styles of an XML styles part; none when there is no such part."""
    if part is None or part not in archive:
        return Styles()
    return _styles_of(archive.read(part), part)


@lru_cache(maxsize=8)
def _styles_of(data: bytes, part: str) -> Styles:
    """The same from its bytes; kept, since the files of a round are copies of one form."""
    codes: dict[int, str] = {}
    fonts: list[str] = []
    cells: list[tuple[int, int]] = []
    path: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        bare = local(name)
        if not path and bare != "styleSheet":
            raise refuse("bad_sheet", part=part, cell="")
        parent = path[-1] if path else ""
        path.append(bare)
        if bare == "numFmt" and parent == "numFmts":
            codes[_integer(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif bare == "font" and parent == "fonts":
            fonts.append("")
        elif bare == "name" and parent == "font" and fonts and path[-3:-2] == ["fonts"]:
            fonts[-1] = attributes.get("val", "")
        elif bare == "xf" and parent == "cellXfs":
            if len(cells) >= DEFAULT.styles:
                raise refuse("too_many_cells", part=part)
            cells.append((_integer(attributes.get("numFmtId")), _integer(attributes.get("fontId"))))

    def end(name: str) -> None:
        path.pop()

    scan(data, part, start, end)
    return make_styles(cells, codes, fonts)


def _integer(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _guess(archive: Archive) -> str:
    """What a zip that is no workbook looks like."""
    names = {name.casefold() for name in archive}
    for first, what in (
        ("word/document.xml", "docx"),
        ("ppt/presentation.xml", "pptx"),
        ("visio/document.xml", "vsdx"),
    ):
        if first in names:
            return what
    return "zip"
