"""Books and refusals as bytes, for the way from a worker process. Read `pack`, `unpack`.

No pickle: a worker that a hostile file took over can at most send wrong cells. A book is a head in JSON, then its
texts joined, then the codes of all cells as numbers of four bytes.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from thidua_xl.errors import InputRefused
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra, RowCells, extras_of, rows_of
from thidua_xl.grid.value_table import CODE, CodedRows, ValueTable, coded
from thidua_xl.model import Book, CellError, Invalid, Sheet
from thidua_xl.refs import MAX_COLUMN, MAX_ROW

# How the bytes of a refusal begin.
REFUSED = b'{"refused"'
_HEAD = struct.Struct("<4sQQ")
_MARK = b"TXB1"
_BETWEEN = "\0"


def pack(read: Book | InputRefused) -> bytes:
    """The bytes of a book or a refusal."""
    if isinstance(read, InputRefused):
        values = {name: value if isinstance(value, (int, str)) else str(value) for name, value in read.values.items()}
        return json.dumps({"refused": read.code, "values": values}).encode()
    table, rows = _coded_rows(read.sheets)
    sets: dict[tuple[int, ...], int] = {}
    sheets = [_pack_sheet(sheet, one, sets, table) for sheet, one in zip(read.sheets, rows, strict=True)]
    texts = _BETWEEN.join(table.texts)
    is_joined = texts.count(_BETWEEN) == len(table.texts) - 1
    message = {
        "file": read.file,
        "sheets": sheets,
        "sets": list(sets),
        "others": [value if type(value) in _PLAIN else _tagged(value) for value in table.others],
        "texts": len(table.texts) if is_joined else table.texts,
        "names": dict(read.names),
        "properties": dict(read.properties),
        "external": read.external,
        "sha256": read.sha256,
        "format": read.format,
    }
    head = json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    words = texts.encode("utf-8", "surrogatepass") if is_joined else b""
    numbers = [_little(one.codes).tobytes() for one in rows]
    return b"".join((_HEAD.pack(_MARK, len(head), len(words)), head, words, *numbers))


def unpack(data: bytes) -> Book | InputRefused:
    """The book or refusal in bytes that `pack` made."""
    if data.startswith(REFUSED):
        refusal: dict[str, Any] = json.loads(data)
        return InputRefused(refusal["refused"], **refusal["values"])
    mark, head, words = _HEAD.unpack_from(data)
    if mark != _MARK:
        raise ValueError(mark)
    first = _HEAD.size + head
    message: dict[str, Any] = json.loads(data[_HEAD.size : first])
    table = _table(message, data[first : first + words])
    coming = _Codes(data, first + words, table)
    sets = [tuple(columns) for columns in message["sets"]]
    if not all(_are_numbers(columns, MAX_COLUMN) for columns in sets):
        raise ValueError("column")
    return Book(
        file=message["file"],
        sheets=tuple(_unpack_sheet(packed, sets, coming, table) for packed in message["sheets"]),
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
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError, struct.error):
        return refuse("reader_died")


def _coded_rows(sheets: Sequence[Sheet]) -> tuple[ValueTable, list[CodedRows]]:
    """The rows of all sheets as codes of one table."""
    kept = [sheet.cells for sheet in sheets if isinstance(sheet.cells, RowCells)]
    tables = {id(cells.table): cells.table for cells in kept if cells.table is not None}
    if len(kept) == len(sheets) and len(tables) == 1 and all(cells.coded is not None for cells in kept):
        (table,) = tables.values()
        return _used(table, [cells.coded for cells in kept if cells.coded is not None])
    table = ValueTable()
    return table, [coded(rows_of(sheet), table) for sheet in sheets]


def _used(table: ValueTable, rows: list[CodedRows]) -> tuple[ValueTable, list[CodedRows]]:
    """The same without texts that no cell shows, when these are many: lists of other programs, a hostile file."""
    cells = sum(len(one.codes) for one in rows)
    if len(table.texts) <= 2 * cells + 1000 and sum(map(len, table.texts)) < _MANY_LETTERS:
        return table, rows
    shown = sorted({code for one in rows for code in one.codes if code >= 0})
    place = {code: index for index, code in enumerate(shown)}
    slim = ValueTable([table.texts[code] for code in shown], table.others)
    return slim, [
        CodedRows(one.numbers, one.columns, array(CODE, [place.get(code, code) for code in one.codes])) for one in rows
    ]


_MANY_LETTERS = 1 << 20


def _pack_sheet(sheet: Sheet, rows: CodedRows, sets: dict[tuple[int, ...], int], table: ValueTable) -> list[object]:
    which = [sets.setdefault(columns, len(sets)) for columns in rows.columns]
    extras = extras_of(sheet)
    # Most have a formula and nothing else: one number, the place of its text among all texts.
    told = [table.code(one[0]) if one[0] is not None and one[1:] == _NONE else one for one in extras.values()]
    beside = [[row for row, _ in extras], [column for _, column in extras], told]
    hidden = [sorted(sheet.hidden_rows), sorted(sheet.hidden_columns)]
    return [sheet.name, sheet.visible, rows.numbers, which, beside, sheet.merges, hidden]


_NONE = ("", "", "")
_PLAIN = frozenset({int, bool, type(None)})


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


def _table(message: dict[str, Any], words: bytes) -> ValueTable:
    """The values of a book."""
    texts = message["texts"]
    if type(texts) is int:
        found = words.decode("utf-8", "surrogatepass").split(_BETWEEN) if texts else []
        if len(found) != texts:
            raise ValueError("texts")
    else:
        found = list(texts)
    others = [_MAKERS[one[0]](one[1]) if type(one) is list else one for one in message["others"]]
    if not {str}.issuperset(map(type, found)) or not _KNOWN.issuperset(map(type, others)):
        raise TypeError("values")
    return ValueTable(found, others)


_KNOWN = _PLAIN | {Decimal, datetime, date, CellError, Invalid}


class _Codes:
    """The codes of the cells, sheet after sheet; each must be the code of a value."""

    def __init__(self, data: bytes, place: int, table: ValueTable) -> None:
        self._data, self._place = data, place
        self._texts, self._others = len(table.texts), len(table.others)

    def take(self, count: int) -> array[int]:
        found = array(CODE)
        stop = self._place + count * found.itemsize
        found.frombytes(self._data[self._place : stop])
        self._place = stop
        found = _little(found)
        if len(found) != count or (count and not -self._others <= min(found) <= max(found) < self._texts):
            raise ValueError("codes")
        return found


def _little(codes: array[int]) -> array[int]:
    """Codes in the byte order of the wire, or back: a worker may run on another machine."""
    if sys.byteorder == "little":
        return codes
    turned = codes[:]
    turned.byteswap()
    return turned


def _unpack_sheet(packed: list[Any], sets: Sequence[tuple[int, ...]], coming: _Codes, table: ValueTable) -> Sheet:
    name, visible, numbers, which, (rows, columns, extras), merges, (hidden_rows, hidden_columns) = packed
    # A negative index would quietly mean another set.
    if not _are_numbers(numbers, MAX_ROW) or not _are_numbers(which, len(sets)) or len(which) != len(numbers):
        raise ValueError("rows")
    columns_of = [sets[one] for one in which]
    codes = coming.take(sum(map(len, columns_of)))
    places = zip(rows, columns, strict=True)
    texts = table.texts
    if not _are_numbers([one for one in extras if type(one) is int], len(texts) - 1):
        raise ValueError("formula")
    told = [Extra(texts[one]) if type(one) is int else Extra(*one) for one in extras]
    return Sheet(
        name=name,
        cells=RowCells.of_codes(
            CodedRows(numbers, columns_of, codes),
            table,
            dict(zip(places, told, strict=True)),
        ),
        visible=visible,
        merges=tuple(merges),
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset(hidden_columns),
    )


def _are_numbers(found: Sequence[Any], most: int) -> bool:
    return not found or ({int}.issuperset(map(type, found)) and 0 <= min(found) <= max(found) <= most)
