"""Books and refusals as JSON bytes, for the way from a worker process. Read `pack`, `unpack`.

JSON, not pickle: a worker that a hostile file took over can at most send wrong cells.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from thidua_xl.errors import InputRefused
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra, RowCells, extras_of, rows_of
from thidua_xl.model import Book, CellError, Invalid, Sheet, Value

# How the bytes of a refusal begin.
REFUSED = b'{"refused"'


def pack(read: Book | InputRefused) -> bytes:
    """The bytes of a book or a refusal."""
    if isinstance(read, InputRefused):
        values = {name: value if isinstance(value, (int, str)) else str(value) for name, value in read.values.items()}
        return json.dumps({"refused": read.code, "values": values}).encode()
    message = {
        "file": read.file,
        "sheets": [_pack_sheet(sheet) for sheet in read.sheets],
        "names": dict(read.names),
        "properties": dict(read.properties),
        "external": read.external,
        "sha256": read.sha256,
        "format": read.format,
    }
    return json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def unpack(data: bytes) -> Book | InputRefused:
    """The book or refusal in bytes that `pack` made."""
    message: dict[str, Any] = json.loads(data)
    if "refused" in message:
        return InputRefused(message["refused"], **message["values"])
    return Book(
        file=message["file"],
        sheets=tuple(map(_unpack_sheet, message["sheets"])),
        names=message["names"],
        properties=message["properties"],
        external=tuple(message["external"]),
        sha256=message["sha256"],
        format=message["format"],
    )


def unpack_checked(data: bytes) -> Book | InputRefused:
    """The same for bytes of a worker that may have gone astray: anything malformed is a refusal."""
    try:
        return unpack(data)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return refuse("reader_died")


def _pack_sheet(sheet: Sheet) -> list[object]:
    rows = rows_of(sheet)
    columns = [column for values in rows.values() for column in values]
    cells: list[object] = [value for values in rows.values() for value in values.values()]
    if not _PLAIN.issuperset(map(type, cells)):
        cells = [value if type(value) in _PLAIN else _tagged(value) for value in cells]
    extras = [
        [row, column, extra.formula, extra.number_format, extra.font, extra.raw]
        for (row, column), extra in extras_of(sheet).items()
    ]
    table = [list(rows), list(map(len, rows.values())), columns, cells]
    hidden = [sorted(sheet.hidden_rows), sorted(sheet.hidden_columns)]
    return [sheet.name, sheet.visible, table, extras, sheet.merges, hidden]


_PLAIN = frozenset({str, int, bool, type(None)})


def _tagged(value: object) -> list[str]:
    if isinstance(value, Decimal):
        return ["d", str(value)]
    if isinstance(value, datetime):
        return ["m", value.isoformat()]
    if isinstance(value, date):
        return ["t", value.isoformat()]
    if isinstance(value, CellError):
        return ["e", value.code]
    if isinstance(value, Invalid):
        return ["i", value.seen]
    raise TypeError(type(value))


_MAKERS: dict[str, Any] = {
    "d": Decimal,
    "m": datetime.fromisoformat,
    "t": date.fromisoformat,
    "e": CellError,
    "i": Invalid,
}


def _unpack_sheet(packed: list[Any]) -> Sheet:
    name, visible, (numbers, lengths, columns, cells), extras, merges, (hidden_rows, hidden_columns) = packed
    if list in set(map(type, cells)):
        cells = [_MAKERS[one[0]](one[1]) if type(one) is list else one for one in cells]
    rows: dict[int, dict[int, Value]] = {}
    pairs = zip(columns, cells, strict=True)
    for number, length in zip(numbers, lengths, strict=True):
        rows[number] = dict(islice(pairs, length))
    return Sheet(
        name=name,
        cells=RowCells(rows, {(one[0], one[1]): Extra(*one[2:]) for one in extras}),
        visible=visible,
        merges=tuple(merges),
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset(hidden_columns),
    )
