"""A workbook file -> `Book`, in this process. Read `read_book`; many files go through `pool.read_books`."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid.archive import open_archive
from thidua_xl.grid.guard import BIFF, CFB, check_size, identify, load
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import named
from thidua_xl.grid.xlsx import read_properties, read_xlsx
from thidua_xl.model import Book


def read_book(
    source: Path | bytes, *, name: str | None = None, limits: Limits = DEFAULT, left_out: tuple[str, ...] = ()
) -> Book:
    """The book in a file or in bytes; `name` is how it is called to the user (the file's name when not given).

    Hidden sheets of an OOXML workbook named in `left_out` come without their cells.

    Behind the guard, but without the limits of a worker process: for files of our own making and for tests.
    Raises `InputRefused` with the name as `file`.
    """
    shown = name or (source.name if isinstance(source, Path) else "")
    try:
        if isinstance(source, Path):
            data = load(source, limits)
        else:
            data = source
            check_size(data, limits)
        book = _read(data, limits, left_out)
    except InputRefused as refusal:
        raise named(refusal, shown) from None
    return replace(book, file=shown, sha256=hashlib.sha256(data).hexdigest())


def read_marks(path: Path) -> dict[str, str]:
    """The custom properties of an OOXML workbook, by which our own products are known; none for other formats.

    The quick way to ask a single file what it is: no sheet is read. Raises `InputRefused`.
    """
    data = load(path, DEFAULT)
    return {} if identify(data) in (CFB, BIFF) else read_properties(open_archive(data, DEFAULT))


def _read(data: bytes, limits: Limits, left_out: tuple[str, ...]) -> Book:
    kind = identify(data)
    if kind in (CFB, BIFF):
        # The reader of each other format is loaded when a file needs it: most rounds have none.
        from thidua_xl.grid.biff import read_stream, read_xls
        from thidua_xl.grid.passwords import unlock

        try:
            return read_xls(data, limits) if kind == CFB else read_stream(data, limits)
        except InputRefused as refusal:
            if refusal.code != "input.encrypted":
                raise
        return _read_unlocked(unlock(data, limits), limits, left_out)
    return _read_package(data, limits, left_out)


def _read_unlocked(data: bytes, limits: Limits, left_out: tuple[str, ...]) -> Book:
    """What stood behind the password; protected once more it is refused."""
    if identify(data) == CFB:
        from thidua_xl.grid.biff import read_xls

        return read_xls(data, limits)
    return _read_package(data, limits, left_out)


def _read_package(data: bytes, limits: Limits, left_out: tuple[str, ...]) -> Book:
    archive = open_archive(data, limits)
    if "content.xml" in archive and "_rels/.rels" not in archive:
        from thidua_xl.grid.ods import read_ods

        return read_ods(archive, limits)
    return read_xlsx(archive, limits, left_out)
