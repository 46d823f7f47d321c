"""The rows of one sheet part, kept as bytes until somebody touches them. Read `Rows`, then `Row`.

Half a million cells as an element tree take a gigabyte; as bytes they take what they take in the file. A row is
parsed into cells when one of its cells is asked for; rows that only move get new numbers when they are written.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterator, Sequence
from functools import cached_property
from typing import TypeVar, cast

from thidua_xl.errors import EditRefused
from thidua_xl.formula.shift import Shift
from thidua_xl.ooxml.cellxml import CellReader, attributes_of
from thidua_xl.ooxml.rowparts import Cell, Letters, ParsedRow, Row, moved_spans, widen_spans
from thidua_xl.ooxml.rowxml import RowXml
from thidua_xl.refs import MAX_ROW, column_letters

T = TypeVar("T")


class Rows:
    """All rows of a sheet, in document order."""

    def __init__(self, data: bytes, prefix: bytes, file: str, sheet: str) -> None:
        self.prefix = prefix
        self.file = file
        self.sheet = sheet
        self.reader = CellReader(prefix)
        self.xml = RowXml(prefix, file, sheet)
        self._formula_tag = b"<" + prefix + b"f"
        self._data = data
        self.rows, self._tail = self.xml.scan(data)
        self.is_sorted = all(a.number < b.number for a, b in zip(self.rows, self.rows[1:], strict=False))
        self._index: dict[int, Row] | None = None
        self._is_changed = False
        self._memory: dict[str, object] = {}
        self._plainly_named: bool | None = None

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the bytes as read."""
        return self._is_changed

    @is_changed.setter
    def is_changed(self, value: bool) -> None:
        self._is_changed = value
        if value:
            self._memory.clear()

    def remember(self, key: str, make: Callable[[], T]) -> T:
        """What `make` returns, made once until something changes."""
        if key not in self._memory:
            self._memory[key] = make()
        return cast("T", self._memory[key])

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @property
    def last_row(self) -> int:
        """The last row number written, 0 when there is none."""
        if self.is_sorted:
            return self.rows[-1].number if self.rows else 0
        return max((row.number for row in self.rows), default=0)

    @property
    def last_filled_row(self) -> int:
        """The last row number with a value or a formula, 0 when there is none."""
        rows = reversed(self.rows if self.is_sorted else sorted(self.rows, key=lambda row: row.number))
        return next((row.number for row in rows if self.has_content(row)), 0)

    def find(self, number: int) -> Row | None:
        """The row of that number, None when the sheet has no element for it."""
        if self._index is None:
            self._index = {}
            for row in self.rows:
                if row.number in self._index:
                    raise EditRefused("edit.duplicate_row", file=self.file, sheet=self.sheet, row=row.number)
                self._index[row.number] = row
        return self._index.get(number)

    def ensure(self, number: int) -> Row:
        """The row of that number, made when it is missing."""
        row = self.find(number)
        if row is None:
            row = self.new_row(number)
            self.add([row])
        return row

    def new_row(self, number: int, tag: dict[str, str] | None = None) -> Row:
        """A row without cells, not yet among the rows."""
        row = Row(number, number, 0, 0)
        row.parsed = ParsedRow({"r": str(number)}, [], b"")
        row.parsed.tag.update((key, value) for key, value in (tag or {}).items() if key != "r")
        return row

    def add(self, new: list[Row]) -> None:
        """Put new rows (ascending, unbroken run) where they belong."""
        if not new:
            return
        place = self._place(new[0].number)
        self.rows[place:place] = new
        if self._index is not None:
            for row in new:
                self._index[row.number] = row
        self.is_changed = True

    def drop_rows(self, numbers: Container[int]) -> None:
        """Remove rows; those below keep their numbers."""
        self.rows = [row for row in self.rows if row.number not in numbers]
        self._index = None
        self.is_changed = True

    def move(self, at: int, count: int) -> None:
        """Renumber the rows from `at` on; with a negative count the rows that are passed over are dropped."""
        if count < 0:
            behind = at - count
            self.rows = [row for row in self.rows if not at <= row.number < behind]
        for row in self.rows:
            if row.number >= at:
                row.number += count
        # Rows that have only a look and would leave the sheet are gone, as in Excel.
        self.rows = [row for row in self.rows if row.number <= MAX_ROW]
        self._index = None
        self.is_changed = True

    def move_columns(self, shift: Shift) -> None:
        """Move the cells of all rows for inserted or deleted columns; deleted ones are dropped."""
        letters = Letters(shift, self.xml.column)
        for row in self.rows:
            raw = self.raw(row)
            if not self.is_plainly_named and self.xml.unnamed.search(raw):
                self.name_cells(row)
                raw = self.raw(row)
            opened = self.xml.row_open.match(raw)
            if opened is None:
                raise self.xml.odd()
            if any(letters.moved(found[2]) is None for found in self.xml.cell_ref.finditer(raw, opened.end())):
                self._drop_columns(row, shift)
                raw = self.raw(row)
                opened = self.xml.row_open.match(raw)
                if opened is None:
                    raise self.xml.odd()
            cells = self.xml.cell_ref.sub(letters.renamed, raw[opened.end() :])
            if cells != raw[opened.end() :]:
                self.set_raw(row, moved_spans(raw[: opened.end()], shift) + cells)
        self.is_changed = True

    def _drop_columns(self, row: Row, shift: Shift) -> None:
        parsed = self._parse(row)
        self.set_cells(row, [cell for cell in parsed.cells if shift.point(cell.column) is not None])

    @property
    def is_plainly_named(self) -> bool:
        """Whether every cell of the part as read begins with `r="`, as nearly all programs write it."""
        if self._plainly_named is None:
            opening = b"<" + self.prefix + b"c"
            cells = sum(self._data.count(opening + end) for end in (b" ", b">", b"/", b"\n", b"\t", b"\r"))
            self._plainly_named = self._data.count(opening + b' r="') == cells
        return self._plainly_named

    def peek(self, row: Row, column: int) -> bytes | None:
        """The XML of a cell, without taking its row apart; None when there is no element."""
        if row.parsed is not None or not self.is_plainly_named or not row.source:
            cell = self.cell(row, column)
            return None if cell is None else cell.raw
        data, place = self._found(row, column, row.source)
        return None if place is None else data[place[0] : place[1]]

    def put_behind(self, row: Row, column: int, cells: Sequence[tuple[int, bytes]]) -> None:
        """Put new cells right behind a cell that is there; they carry their present addresses."""
        if row.parsed is None and self.is_plainly_named and row.source == row.number:
            data, place = self._found(row, column, row.number)
            if place is not None:
                start, end = (row.start, row.end) if row.raw is None else (0, len(data))
                new = b"".join(raw for _, raw in cells)
                self.set_raw(row, data[start : place[1]] + new + data[place[1] : end])
                return
        for number, raw in cells:
            self.put(row, number, raw)

    def _found(self, row: Row, column: int, number: int) -> tuple[bytes, tuple[int, int] | None]:
        """Where the XML of a cell stands in the bytes that hold its row."""
        data, start, end = (self._data, row.start, row.end) if row.raw is None else (row.raw, 0, len(row.raw))
        opening = b"<" + self.prefix + f'c r="{column_letters(column)}{number}"'.encode()
        at = data.find(opening, start, end)
        if at < 0:
            return data, None
        opened = self.xml.cell_open.match(data, at)
        if opened is None:
            raise self.xml.odd()
        if opened[2]:
            return data, (at, opened.end())
        last = data.find(self.xml.cell_close, opened.end(), end)
        if last < 0:
            raise self.xml.odd()
        return data, (at, last + len(self.xml.cell_close))

    def last_column_of(self, row: Row) -> int:
        """The last column with an element in a row, 0 when it has none."""
        if row.parsed is None and self.is_plainly_named:
            return max((self.xml.column(found[2]) for found in self.xml.cell_ref.finditer(self.raw(row))), default=0)
        return max((cell.column for cell in self._parse(row).cells), default=0)

    def last_column(self) -> int:
        """The last column with an element on the sheet."""
        return max((self.last_column_of(row) for row in self.rows), default=0)

    def has_content(self, row: Row) -> bool:
        """Whether a row holds a value or a formula (and not only looks)."""
        return any(self.reader.has_content(cell.raw) for cell in self.cells(row))

    def cells(self, row: Row) -> list[Cell]:
        """The cells of a row in document order."""
        return self._parse(row).cells

    def cell(self, row: Row, column: int) -> Cell | None:
        """The cell of a row in a 1-based column; None when there is no element."""
        return self._by_column(self._parse(row)).get(column)

    def put(self, row: Row, column: int, raw: bytes) -> None:
        """Set the XML of a cell, which carries its present address; adds the cell when it is missing."""
        parsed = self._parse(row)
        found = self._by_column(parsed).get(column)
        name = f"{column_letters(column)}{row.number}"
        self.is_changed = True
        if found is not None:
            found.raw, found.named = raw, name
            return
        self.xml.name_all(row, parsed)
        cell = Cell(column, raw, name)
        cells = parsed.cells
        place = len(cells)
        if cells and cells[-1].column > column:
            place = next(index for index, other in enumerate(cells) if other.column > column)
        cells.insert(place, cell)
        self._by_column(parsed)[column] = cell
        widen_spans(parsed.tag, column)

    def rewrite(self, row: Row, column: int, raw: bytes) -> None:
        """Replace the XML of a cell that is there by one with the same address as written in the old one."""
        found = self.cell(row, column)
        if found is not None and found.raw != raw:
            found.raw = raw
            self.is_changed = True

    def drop(self, row: Row, column: int) -> None:
        """Remove a cell's element."""
        parsed = self._parse(row)
        self.xml.name_all(row, parsed)
        self.set_cells(row, [cell for cell in parsed.cells if cell.column != column])

    def set_cells(self, row: Row, cells: list[Cell]) -> None:
        """Give a row new cells."""
        parsed = self._parse(row)
        parsed.cells = cells
        parsed.by_column = None
        self.is_changed = True

    def attributes(self, row: Row) -> dict[str, str]:
        """The attributes of a row element."""
        if row.parsed is not None:
            return row.parsed.tag
        opened = self.xml.row_open.match(self.raw(row))
        return attributes_of(opened[1]) if opened else {}

    def set_attribute(self, row: Row, name: str, value: str | None) -> None:
        """Set (or with None remove) an attribute of a row element."""
        parsed = self._parse(row)
        if value is None:
            parsed.tag.pop(name, None)
        else:
            parsed.tag[name] = value
        self.is_changed = True

    def raw(self, row: Row) -> bytes:
        """The bytes of a row as they are held; addresses in them are still those of `row.source`."""
        if row.parsed is not None:
            row.raw = self.xml.written(row, row.parsed)
            row.source = row.number
            row.parsed = None
        return self._data[row.start : row.end] if row.raw is None else row.raw

    def pack(self) -> None:
        """Keep every row as bytes again: rows taken apart into cells take many times as much memory."""
        for row in self.rows:
            if row.parsed is not None:
                self.raw(row)

    def set_raw(self, row: Row, raw: bytes) -> None:
        """Replace the bytes of a row (same cells, same addresses)."""
        row.raw = raw
        row.parsed = None
        self.is_changed = True

    def has_formula(self, row: Row) -> bool:
        """Whether a row may hold formulas (a quick look; true does not promise one)."""
        if row.parsed is not None:
            return any(self._formula_tag in cell.raw for cell in row.parsed.cells)
        if row.raw is not None:
            return self._formula_tag in row.raw
        return self._data.find(self._formula_tag, row.start, row.end) >= 0

    def contains(self, text: bytes) -> bool:
        """Whether the rows hold this byte string anywhere (a quick look at what the file held, and at changed rows)."""
        return self.may_match(lambda content: text in content)

    def may_match(self, look: Callable[[bytes], bool]) -> bool:
        """Whether `look` says yes to what the file held, or to a row changed since."""
        return look(self._data) or any(
            look(self.raw(row) if row.parsed is None else b"".join(cell.raw for cell in row.parsed.cells))
            for row in self.rows
            if row.raw is not None or row.parsed is not None
        )

    def spells(self, probe: bytes) -> bool:
        """Whether the rows hold a lower-case piece of text in any case; rows taken out since may still count."""
        return self.remember(f"spells {probe!r}", lambda: self._spells(probe))

    def _spells(self, probe: bytes) -> bool:
        if probe in self._lower:
            return True
        for row in self.rows:
            # In one piece: what is asked for are letters and digits, which do not run across the end of a cell.
            if row.parsed is not None and probe in b"".join([cell.raw for cell in row.parsed.cells]).lower():
                return True
            if row.parsed is None and row.raw is not None and probe in row.raw.lower():
                return True
        return False

    @cached_property
    def _lower(self) -> bytes:
        """What the file held, in lower case; kept, because it is asked for every sheet that is edited."""
        return self._data.lower()

    def name_cells(self, row: Row) -> None:
        """Write its address into every cell of a row that has none."""
        self.xml.name_all(row, self._parse(row))

    def render(self) -> bytes:
        """All rows as bytes."""
        pieces: list[bytes] = []
        previous = 0
        for row in self.rows:
            if row.parsed is not None:
                pieces.append(self.xml.written(row, row.parsed))
            elif row.source == row.number or (row.source == 0 and row.number == previous + 1):
                pieces.append(self._data[row.start : row.end] if row.raw is None else row.raw)
            else:
                pieces.append(self.xml.renumbered(self.raw(row), row))
            previous = row.number
        pieces.append(self._tail)
        return b"".join(pieces)

    def _parse(self, row: Row) -> ParsedRow:
        if row.parsed is None:
            row.parsed, row.raw = self.xml.parse(self.raw(row), row), None
        return row.parsed

    def _by_column(self, parsed: ParsedRow) -> dict[int, Cell]:
        if parsed.by_column is None:
            parsed.by_column = {cell.column: cell for cell in parsed.cells}
        return parsed.by_column

    def _place(self, number: int) -> int:
        if self.is_sorted:
            return bisect_left(self.rows, number, key=lambda row: row.number)
        return next((index for index, row in enumerate(self.rows) if row.number > number), len(self.rows))
