"""The XML of a row: found in a sheet's bytes, taken apart into cells, and written again. Read `RowXml`."""

from __future__ import annotations

import re

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.cellxml import ATTRIBUTES, attributes_of, attributes_written
from thidua_xl.ooxml.rowparts import Cell, ParsedRow, Row
from thidua_xl.refs import MAX_ROW, column_letters, column_number

_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*([0-9]+)""")
_REFERENCE = re.compile(rb"""(\sr\s*=\s*)(["'])([A-Za-z]+)([0-9]+)\2""")
_NAMED = re.compile(rb"\sr\s*=")


class OddRows(EditRefused):
    """The rows are not written the usual way: with comments, CDATA or other prefixes, or addresses that are none."""


class RowXml:
    """How the rows of one sheet are written; `prefix` stands before the name of every element (`x:` or nothing)."""

    def __init__(self, prefix: bytes, file: str, sheet: str) -> None:
        self.prefix = prefix
        self.file = file
        self.sheet = sheet
        p = re.escape(prefix)
        unnamed = rb"""(?:\s+(?!r\s*=)[^\s=>/"']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*"""
        self.row_open = re.compile(rb"\s*<" + p + rb"row(" + ATTRIBUTES + rb")\s*(/?)>")
        self.row_close = b"</" + prefix + b"row>"
        self.cell_open = re.compile(rb"\s*<" + p + rb"c(" + ATTRIBUTES + rb")\s*(/?)>")
        self.cell_close = b"</" + prefix + b"c>"
        self.cell_ref = re.compile(
            rb"(<" + p + rb"c(?=[\s/>])" + unnamed + rb"""\s+r\s*=\s*["'])([A-Za-z]{1,3})([0-9]+)"""
        )
        self.unnamed = re.compile(rb"<" + p + rb"c" + unnamed + rb"\s*/?>")

    def odd(self) -> OddRows:
        """The refusal to go on."""
        return OddRows("edit.odd_sheet", file=self.file, sheet=self.sheet, part="")

    def column(self, letters: bytes) -> int:
        """The 1-based column that the letters of a cell's address mean. Raises OddRows."""
        try:
            return column_number(letters.decode())
        except ValueError as problem:
            raise self.odd() from problem

    def scan(self, data: bytes) -> tuple[list[Row], bytes]:
        """The rows of a sheet, and what stands behind the last one. Raises OddRows."""
        for name in (b"row", b"c"):
            if data.count(b"</" + self.prefix + name) != data.count(b"</" + self.prefix + name + b">"):
                raise self.odd()  # `</row >`: the quick search for the end of a row would run into the next one
        rows: list[Row] = []
        position, previous, size = 0, 0, len(data)
        match, close, step = self.row_open.match, self.row_close, len(self.row_close)
        number_of = _ROW_NUMBER.search
        while True:
            opened = match(data, position)
            if opened is None:
                break
            if opened[2]:
                end = opened.end()
            else:
                found = data.find(close, opened.end())
                if found < 0:
                    raise self.odd()
                end = found + step
            written = number_of(opened[1])
            if written:
                number = source = int(written[1])
            elif _NAMED.search(opened[1]):
                raise self.odd()
            else:
                # Rows without a number: cells may still tell it, else it is the next one.
                cell = self.cell_ref.search(data, opened.end(), end)
                source = int(cell[3]) if cell else 0
                number = source or previous + 1
            if not 1 <= number <= MAX_ROW:
                raise EditRefused("edit.row_outside", file=self.file, sheet=self.sheet, row=number)
            rows.append(Row(number, source, position, end))
            position, previous = end, number
        if data[position:].strip():
            raise self.odd()
        return rows, data[position:size]

    def parse(self, raw: bytes, row: Row) -> ParsedRow:
        """A row taken apart; `raw` are its bytes, with the addresses of `row.source`."""
        opened = self.row_open.match(raw)
        if opened is None:
            raise self.odd()
        cells: list[Cell] = []
        position = opened.end()
        previous = 0
        tail = b""
        while not opened[2]:
            found = self.cell_open.match(raw, position)
            if found is None:
                tail = raw[position : len(raw) - len(self.row_close)]
                break
            if found[2]:
                end = found.end()
            else:
                end = raw.find(self.cell_close, found.end())
                if end < 0:
                    raise self.odd()
                end += len(self.cell_close)
            named = _REFERENCE.search(found[1])
            name = ""
            if named:
                name = f"{named[3].decode()}{int(named[4])}"
                column = self.column(named[3])
                if int(named[4]) != (row.source or row.number):
                    raise EditRefused("edit.cell_in_wrong_row", file=self.file, sheet=self.sheet, cell=name)
            elif _NAMED.search(found[1]):
                raise self.odd()
            else:
                column = previous + 1
            cells.append(Cell(column, raw[position:end], name))
            position, previous = end, column
        return ParsedRow(attributes_of(opened[1]), cells, tail)

    def name_all(self, row: Row, parsed: ParsedRow) -> None:
        """Give every cell of a row its address, before cells without one would change their place."""
        for cell in parsed.cells:
            if not cell.named:
                cell.named = f"{column_letters(cell.column)}{row.number}"
                start = cell.raw.index(b"<" + self.prefix + b"c") + len(self.prefix) + 2
                cell.raw = cell.raw[:start] + f' r="{cell.named}"'.encode() + cell.raw[start:]

    def written(self, row: Row, parsed: ParsedRow) -> bytes:
        """The bytes of a row that was taken apart, under its present number."""
        tag = parsed.tag
        if tag.get("r") != str(row.number):
            tag = {**tag, "r": str(row.number)} if "r" in tag else {"r": str(row.number), **tag}
        pieces = [b"<", self.prefix, b"row", attributes_written(tag)]
        if not parsed.cells and not parsed.tail:
            pieces.append(b"/>")
            return b"".join(pieces)
        pieces.append(b">")
        for cell in parsed.cells:
            name = f"{column_letters(cell.column)}{row.number}"
            if cell.named and cell.named != name:
                found = _REFERENCE.search(cell.raw)
                if found is not None:
                    cell.raw = cell.raw[: found.start(3)] + name.encode() + cell.raw[found.end(4) :]
                cell.named = name
            pieces.append(cell.raw)
        pieces += [parsed.tail, self.row_close]
        return b"".join(pieces)

    def renumbered(self, raw: bytes, row: Row) -> bytes:
        """The bytes of a row under its present number; `raw` carry that of `row.source`."""
        opened = self.row_open.match(raw)
        if opened is None:
            raise self.odd()
        new = str(row.number).encode()
        old = row.source
        tag = raw[: opened.end()]
        number = _ROW_NUMBER.search(tag)
        if number is not None:
            tag = tag[: number.start(1)] + new + tag[number.end(1) :]
        else:
            at = tag.index(b"row") + 3
            tag = tag[:at] + b' r="' + new + b'"' + tag[at:]

        def renamed(found: re.Match[bytes]) -> bytes:
            if int(found[3]) != old:
                name = (found[2] + found[3]).decode()
                raise EditRefused("edit.cell_in_wrong_row", file=self.file, sheet=self.sheet, cell=name)
            return found[1] + found[2] + new

        return tag + self.cell_ref.sub(renamed, raw[opened.end() :])
