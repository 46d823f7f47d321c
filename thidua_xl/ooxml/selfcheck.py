"""A written workbook looked through before it takes the place of the old one. Read `check_package`."""

from __future__ import annotations

from xml.parsers import expat

from thidua_xl.errors import EditRefused, ThiduaError
from thidua_xl.ooxml.archive import Member
from thidua_xl.ooxml.package import Package, rels_name


def check_package(old: bytes, new: bytes, file: str) -> None:
    """Every member can be read, every changed XML part parses, and no relationship or content type got lost.

    Raises ThiduaError `edit.self_check` (our fault, exit 5): what was wrong in the file from the start is not counted.
    """
    before, after = Package(old, file), Package(new, file)
    try:
        for member in after.archive.members:
            if not _is_copied(member, before):
                _read_through(after, member.name)
    except EditRefused as problem:
        raise ThiduaError("edit.self_check", file=file, detail=str(problem)) from problem
    lost = _unresolved(after) - _unresolved(before)
    untyped = {name for name in after.names if _is_untyped(after, name) and not _is_untyped(before, name)}
    if lost or untyped:
        raise ThiduaError("edit.self_check", file=file, detail=", ".join(sorted(lost | untyped)))


def _is_copied(member: Member, before: Package) -> bool:
    """Whether a member is one of the old file, whose content was checked there."""
    stored = before.find(member.name)
    if not stored:
        return False
    old = before.archive.member(stored).info
    return (old.CRC, old.file_size, old.compress_size) == (
        member.info.CRC, member.info.file_size, member.info.compress_size
    )  # fmt: skip


def _read_through(package: Package, name: str) -> None:
    """Inflate a member and, when it is XML, go through it once; a tree of a big sheet would take half a gigabyte."""
    parser = expat.ParserCreate() if name.lower().endswith((".xml", ".rels")) else None
    try:
        for piece in package.archive.pieces(name):
            if parser is not None:
                parser.Parse(piece, False)
        if parser is not None:
            parser.Parse(b"", True)
    except expat.ExpatError as problem:
        raise EditRefused("edit.damaged_xml", file=package.file, part=name, detail=str(problem)) from problem


def _unresolved(package: Package) -> set[str]:
    """Relationships to parts that are not there, as `source -> target`."""
    sources = ["", *(name for name in package.names if package.find(rels_name(name)))]
    return {
        f"{source} -> {arrow.target}"
        for source in sources
        for arrow in package.relationships(source)
        if not arrow.external and not arrow.part and not arrow.target.startswith("#")
    }


def _is_untyped(package: Package, name: str) -> bool:
    return bool(package.find(name)) and not name.startswith("[") and not package.content_type(name)
