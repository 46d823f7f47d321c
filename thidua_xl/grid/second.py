"""Cells of a workbook read once more by another reader, to prove a sum by a second route. Read `read_again`.

The other reader is python-calamine. A far blank cell or a false count makes it abort the whole process, so it runs in
a limited worker process like the first one.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from thidua_xl.errors import InputRefused
from thidua_xl.grid.guard import load
from thidua_xl.grid.limits import DEFAULT
from thidua_xl.grid.one import Input, open_zip
from thidua_xl.grid.passwords import without_password
from thidua_xl.grid.process import python_program
from thidua_xl.grid.refusal import named, refuse
from thidua_xl.grid.seen import Place, Seen, pack_seen, unpack_seen
from thidua_xl.grid.workers import dismiss, hire
from thidua_xl.refs import parse_cell


def read_again(one: Input, sha256: str, places: Iterable[Place]) -> dict[Place, Seen]:
    """What stands in (sheet, A1 cell) places, by python-calamine: numbers at 15 digits, text as it is, None blank.

    Only for a file that the guard has let through before; `sha256` is its content's digest then. Raises
    `InputRefused` when the file has changed since, or the other reader cannot read it.
    """
    wanted = list(places)
    if python_program() is None:
        return look_again(one, sha256, wanted)
    (worker,) = hire(1, DEFAULT)
    try:
        answer = worker.ask(one, again={"sha256": sha256, "places": wanted})
    finally:
        dismiss([worker])
    if isinstance(answer, InputRefused):
        raise answer
    found = unpack_seen(answer, wanted)
    if found is None:
        raise named(refuse("reader_died"), one.name)
    return found


def answer_again(one: Input, sha256: str, places: Sequence[Place]) -> bytes:
    """The same inside the worker, packed."""
    return pack_seen(look_again(one, sha256, places), places)


def look_again(one: Input, sha256: str, places: Sequence[Place]) -> dict[Place, Seen]:
    """The same in this process."""
    from python_calamine import CalamineError, CalamineWorkbook

    content = open_zip(one.path).read(one.member) if one.member else load(one.path, DEFAULT)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputRefused("input.changed", file=one.name)
    content = without_password(content)
    wanted: dict[str, list[str]] = {}
    for sheet, cell in places:
        wanted.setdefault(sheet, []).append(cell)
    found: dict[Place, Seen] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet, cells in wanted.items():
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            for cell in cells:
                row, column = parse_cell(cell)
                line = rows[row - 1] if row <= len(rows) else []
                found[sheet, cell] = _seen(line[column - 1] if column <= len(line) else "")
    except CalamineError:
        raise InputRefused("input.damaged", file=one.name) from None
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
