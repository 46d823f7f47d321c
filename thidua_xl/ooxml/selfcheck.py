"""A written workbook looked through before it takes the place of the old one. Read `check_package`."""

from __future__ import annotations

from thidua_xl.errors import EditRefused, ThiduaError
from thidua_xl.ooxml.package import Package, rels_name


def check_package(old: bytes, new: bytes, file: str) -> None:
    """Every member can be read, every changed XML part parses, and no relationship or content type got lost.

    Raises ThiduaError `edit.self_check` (our fault, exit 5): what was wrong in the file from the start is not counted.
    """
    before, after = Package(old, file), Package(new, file)
    try:
        after.archive.check()
        for name in after.names:
            changed = not before.find(name) or before.blob(name) != after.blob(name)
            if changed and name.lower().endswith((".xml", ".rels")):
                after.root(name)
    except EditRefused as problem:
        raise ThiduaError("edit.self_check", file=file, detail=str(problem)) from problem
    lost = _unresolved(after) - _unresolved(before)
    untyped = {name for name in after.names if _is_untyped(after, name) and not _is_untyped(before, name)}
    if lost or untyped:
        raise ThiduaError("edit.self_check", file=file, detail=", ".join(sorted(lost | untyped)))


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
