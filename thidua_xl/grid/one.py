"""One input -> its book or its refusal, in this process. Read `read_input`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid.archive import open_archive
from thidua_xl.grid.guard import load
from thidua_xl.grid.limits import DEFAULT, MIB, Limits
from thidua_xl.grid.read import read_book
from thidua_xl.grid.refusal import named
from thidua_xl.model import Book

# A zip of submissions holds many workbooks, so its own bounds are wider; each member is held to a workbook's.
ZIP_LIMITS = Limits(
    file_bytes=512 * MIB, members=10_000, part_bytes=25 * MIB, total_bytes=4096 * MIB, ratio_from=25 * MIB
)


@dataclass(frozen=True, slots=True)
class Input:
    """One workbook to read. `name` is how it is called to the user; `member` its name inside the zip at `path`."""

    path: Path
    name: str
    member: str = ""


def read_input(one: Input, limits: Limits = DEFAULT) -> Book | InputRefused:
    """The book of one input, or its refusal."""
    try:
        if one.member:
            archive = open_archive(load(one.path, ZIP_LIMITS), ZIP_LIMITS)
            return read_book(archive.read(one.member), name=one.name, limits=limits)
        return read_book(one.path, name=one.name, limits=limits)
    except InputRefused as refusal:
        return named(refusal, one.name)
