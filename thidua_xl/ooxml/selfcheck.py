"""A written workbook looked through before it takes the place of the old one. Read `check_package`."""

from __future__ import annotations

from collections.abc import Collection
from xml.parsers import expat

from thidua_xl.errors import EditRefused, ThiduaError
from thidua_xl.ooxml.archive import Member
from thidua_xl.ooxml.package import Package


def check_package(old: bytes, new: bytes, file: str, parsed: Collection[str] = ()) -> None:
    """Every member can be read, every changed XML part parses, and no relationship or content type got lost.

    Parts that were `parsed` while they were written are only held to their length and checksum.
    Raises ThiduaError `edit.self_check` (our fault, exit 5), and EditRefused when a changed part was damaged before.
    """
    before, after = Package(old, file), Package(new, file)
    try:
        for member in after.archive.members:
            if not _is_copied(member, before):
                _read_through(after, member.name, is_parsed=member.name in parsed)
    except EditRefused as problem:
        _refuse_old_damage(before, str(problem.values.get("part", "")))
        raise ThiduaError("edit.self_check", file=file, detail=str(problem)) from problem
    lost = _unresolved(after) - _unresolved(before)
    untyped = {name for name in after.names if _is_untyped(after, name) and not _is_untyped(before, name)}
    if lost or untyped:
        raise ThiduaError("edit.self_check", file=file, detail=", ".join(sorted(lost | untyped)))


def _refuse_old_damage(before: Package, part: str) -> None:
    """EditRefused when the part that cannot be read could not be read before either."""
    stored = before.find(part)
    if stored:
        _read_through(before, stored)


def _is_copied(member: Member, before: Package) -> bool:
    """Whether a member is one of the old file, whose content was checked there."""
    stored = before.find(member.name)
    if not stored:
        return False
    old = before.archive.member(stored).info
    return (old.CRC, old.file_size, old.compress_size) == (
        member.info.CRC, member.info.file_size, member.info.compress_size
    )  # fmt: skip


def _read_through(package: Package, name: str, *, is_parsed: bool = False) -> None:
    """Inflate a member and, when it is XML, go through it once; a tree of a big sheet would take half a gigabyte."""
    parser = expat.ParserCreate() if name.lower().endswith((".xml", ".rels")) and not is_parsed else None
    try:
        for piece in package.archive.pieces(name):
            if parser is not None:
                parser.Parse(piece, False)
        if parser is not None:
            parser.Parse(b"", True)
    except expat.ExpatError as problem:
        raise EditRefused("edit.damaged_xml", file=package.file, part=name, detail=str(problem)) from problem


def _unresolved(package: Package) -> set[str]:
    """Relationships to parts that are not there, as `source -> target`.

    Only parts that can be reached count: folders of a Mac hold copies that begin with `._` and are no XML.
    """
    lost = set()
    seen = {""}
    waiting = [""]
    while waiting:
        source = waiting.pop()
        for arrow in package.relationships(source):
            if arrow.part and arrow.part not in seen:
                seen.add(arrow.part)
                waiting.append(arrow.part)
            elif not arrow.external and not arrow.part and not arrow.target.startswith("#"):
                lost.add(f"{source} -> {arrow.target}")
    return lost


def _is_untyped(package: Package, name: str) -> bool:
    return bool(package.find(name)) and not name.startswith("[") and not package.content_type(name)
