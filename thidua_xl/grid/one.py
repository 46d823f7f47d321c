"""One input -> its book or its refusal, in this process. Read `read_input`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid.archive import Archive, FileBytes, open_archive
from thidua_xl.grid.guard import check_file
from thidua_xl.grid.limits import DEFAULT, MIB, Limits
from thidua_xl.grid.read import read_book
from thidua_xl.grid.refusal import named
from thidua_xl.model import Book

# A zip of submissions holds many workbooks, so its own bounds are wider; each member is held to a workbook's.
ZIP_LIMITS = Limits(
    file_bytes=2048 * MIB, members=20_000, part_bytes=25 * MIB, total_bytes=1 << 60, ratio_from=25 * MIB
)


@dataclass(frozen=True, slots=True)
class Input:
    """One workbook to read. `name` is how it is called to the user; `member` its name inside the zip at `path`.

    Hidden sheets named in `left_out` come without their cells: a form's own helpers are most of its bytes. `passwords`
    go with an input that another process or machine asks for; here those of the process hold.
    """

    path: Path
    name: str
    member: str = ""
    left_out: tuple[str, ...] = ()
    passwords: tuple[str, ...] = field(default=(), repr=False)


def read_input(one: Input, limits: Limits = DEFAULT) -> Book | InputRefused:
    """The book of one input, or its refusal."""
    try:
        if one.member:
            data = open_zip(one.path).read(one.member)
            return read_book(data, name=one.name, limits=limits, left_out=one.left_out)
        return read_book(one.path, name=one.name, limits=limits, left_out=one.left_out)
    except InputRefused as refusal:
        return named(refusal, one.name)


def open_zip(path: Path) -> Archive:
    """A zip of submissions; its members are read where they lie. Raises `InputRefused`."""
    check_file(path, ZIP_LIMITS)
    changed = path.stat()
    return _opened(path, changed.st_mtime_ns, changed.st_size)


@lru_cache(maxsize=1)
def _opened(path: Path, changed: int, size: int) -> Archive:
    """The directory of a zip is long; its members are asked for one after the other."""
    return open_archive(FileBytes(path), ZIP_LIMITS)
