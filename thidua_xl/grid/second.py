"""Cells of a workbook read once more by another reader, to prove a sum by a second route. Read `read_again`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal

from thidua_xl.errors import InputRefused
from thidua_xl.grid.archive import open_archive
from thidua_xl.grid.guard import load
from thidua_xl.grid.limits import DEFAULT
from thidua_xl.grid.one import ZIP_LIMITS, Input
from thidua_xl.refs import parse_cell

Seen = int | Decimal | str | None


def content_of(one: Input) -> bytes:
    """The bytes of an input, a zip member too. Raises `InputRefused` when it cannot be had."""
    if one.member:
        return open_archive(load(one.path, ZIP_LIMITS), ZIP_LIMITS).read(one.member)
    return load(one.path, DEFAULT)


def read_again(one: Input, sha256: str, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Seen]:
    """What stands in (sheet, A1 cell) places, by python-calamine: numbers at 15 digits, text as it is, None blank.

    Only for a file that the guard has let through before; `sha256` is its content's digest then. Raises
    `InputRefused` when the file has changed since, or cannot be read.
    """
    import io

    from python_calamine import CalamineError, CalamineWorkbook

    content = content_of(one)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputRefused("input.changed", file=one.name)
    wanted: dict[str, list[str]] = {}
    for sheet, cell in places:
        wanted.setdefault(sheet, []).append(cell)
    found: dict[tuple[str, str], Seen] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet, cells in wanted.items():
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            for cell in cells:
                row, column = parse_cell(cell)
                line = rows[row - 1] if row <= len(rows) else []
                found[sheet, cell] = _seen(line[column - 1] if column <= len(line) else "")
    except CalamineError as wrong:
        raise InputRefused("input.damaged", file=one.name) from wrong
    return found


def _seen(value: object) -> Seen:
    if isinstance(value, bool) or value == "" or value is None:
        return None if not isinstance(value, bool) else int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        exact = Decimal(repr(float(f"{value:.15g}")))
        return int(exact) if exact == exact.to_integral_value() else exact
    return str(value)
