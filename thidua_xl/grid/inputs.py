"""Paths as given -> the workbooks to read. Read `expand_paths`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid.guard import is_lock
from thidua_xl.grid.one import Input, open_zip
from thidua_xl.text import nfc

EXTENSIONS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods"})
_ALWAYS_SKIPPED = frozenset({"__macosx"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file beside the workbooks that is not read. `reason` is LOCK, HIDDEN, TYPE or NESTED."""

    path: Path
    name: str
    reason: str


def expand_paths(paths: Iterable[Path | str]) -> list[Input]:
    """The workbooks at `paths`, in order of name: files as given, folders with all below, zips with their members.

    Folders and zips give files with a workbook's extension only; a file given by itself is always in the list, so
    that its refusal is told. Names are relative to the folder given, `round.zip/unit.xlsx` inside zips.
    """
    return [one for one in _walk(paths) if isinstance(one, Input)]


def skipped_files(paths: Iterable[Path | str]) -> list[Skipped]:
    """What `expand_paths` leaves out of folders and zips, and why."""
    return [one for one in _walk(paths) if isinstance(one, Skipped)]


def _walk(paths: Iterable[Path | str]) -> list[Input | Skipped]:
    found: list[Input | Skipped] = []
    seen: set[tuple[Path, str]] = set()
    for given in map(Path, paths):
        for one in _folder(given) if given.is_dir() else _file(given, given.name, asked=True):
            key = (one.path.absolute(), one.member if isinstance(one, Input) else one.name)
            if key not in seen:
                seen.add(key)
                found.append(one)
    return found


def _folder(folder: Path) -> Iterable[Input | Skipped]:
    for path in sorted(folder.rglob("*"), key=lambda one: (nfc(str(one)).casefold(), str(one))):
        relative = path.relative_to(folder)
        if path.is_dir():
            continue
        name = relative.as_posix()
        if any(is_lock(piece) for piece in relative.parts):
            yield Skipped(path, name, "LOCK" if path.name.startswith(("~$", ".~lock")) else "HIDDEN")
        else:
            yield from _file(path, name, asked=False)


def _file(path: Path, name: str, *, asked: bool) -> Iterable[Input | Skipped]:
    extension = path.suffix.lower()
    if extension == ".zip":
        yield from _zip(path, name)
    elif asked or extension in EXTENSIONS:
        yield Input(path, name)
    else:
        yield Skipped(path, name, "TYPE")


def _zip(path: Path, name: str) -> Iterable[Input | Skipped]:
    try:
        archive = open_zip(path)
    except InputRefused:
        yield Input(path, name)  # reading it says why
        return
    members = sorted(archive, key=lambda one: (nfc(one).casefold(), one))
    for member in members:
        pieces = member.replace("\\", "/").split("/")
        shown = f"{name}/{member}"
        extension = Path(pieces[-1]).suffix.lower()
        if any(is_lock(piece) or piece.casefold() in _ALWAYS_SKIPPED for piece in pieces):
            yield Skipped(path, shown, "HIDDEN")
        elif extension in EXTENSIONS:
            yield Input(path, shown, member)
        else:
            yield Skipped(path, shown, "NESTED" if extension == ".zip" else "TYPE")
