"""One worksheet part -> its rows of values, by their shapes. Read `read_rows`.

A part written the way Excel, LibreOffice, openpyxl and XlsxWriter write is read by the shapes of its rows. Any other
part is read by `xlsx_scan`: slower, same result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from thidua_xl.grid.row_shapes import NUMBER, TEXT, Shape, ShapedCell
from thidua_xl.grid.table_cells import Extra
from thidua_xl.grid.value_table import CodedRows
from thidua_xl.grid.xlsx_cells import FORMULAS, CellReader
from thidua_xl.grid.xlsx_strings import clean, is_plain

_OPEN = re.compile(rb"<sheetData ?>")
_CLOSE = b"</sheetData>"
_ROW_END = b"</row>"
_STRETCH = 256 * 1024
# Texts between tags. Blanks between rows are none.
_TEXTS = re.compile(rb">([^<]+)<")
_GAPS = re.compile(rb"(?:(?<=</row>)|(?<=/>)|\A)\s+(?=<row )|(?<=>)\s+\Z")


@dataclass(slots=True)
class SheetContent:
    """What a worksheet holds; ``blanks` counts cells without content, for the limit."""

    rows: CodedRows = field(default_factory=CodedRows)
    extras: dict[tuple[int, int], Extra] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)
    blanks: int = 0


def find_rows(data: bytes) -> tuple[int, int, int, int] | None:
    """(where `<sheetData>` stands, first row, end of rows, what follows); None when it needs the parser."""
    opened = _OPEN.search(data)
    if opened is None or not is_plain(data[: opened.start()]):
        return None
    close = data.find(_CLOSE, opened.end())
    if close < 0:
        return None
    return opened.start(), opened.end(), close, close + len(_CLOSE)


def read_rows(data: bytes, start: int, end: int, reader: CellReader, part: str) -> SheetContent | None:
    """The rows in `data[start:end]`; None when they are written in a way that is not among the known shapes."""
    rows = _RowsByShape(reader, part)
    place = start
    while place < end:
        # A stretch at a time, cut behind a row, so that a long sheet does not become a longer list of its pieces.
        stop = data.find(_ROW_END, min(place + _STRETCH, end), end)
        stop = end if stop < 0 else stop + len(_ROW_END)
        if not rows.take(data[place:stop]):
            return None
        place = stop
    content = rows.content
    return content if content.blanks <= reader.limits.blank_cells else None


class _RowsByShape:
    """Collects rows, one stretch of XML (whole rows) at a time."""

    def __init__(self, reader: CellReader, part: str) -> None:
        self.content = SheetContent()
        self._reader = reader
        self._part = part
        self._row = 0

    def take(self, stretch: bytes) -> bool:
        """Take a stretch in; False when there is something in it that the shapes do not know."""
        if NUMBER in stretch or TEXT in stretch:
            return False
        if b"\n" in stretch:
            stretch = _GAPS.sub(b"", stretch)
        pieces = _TEXTS.split(stretch)
        texts = pieces[1::2]
        # Put together again, each text is one sign: what is left are the shapes of the rows.
        rows = (b">" + TEXT + b"<").join(pieces[::2]).split(_ROW_END)
        rest = rows.pop()
        return self._take_rows(rows, texts) and (not rest or self._take_rest(rest))

    def _take_rows(self, rows: list[bytes], texts: list[bytes]) -> bool:
        """Take in rows in their order, which take their texts in that order."""
        content, reader = self.content, self._reader
        known_row, codes = reader.shapes.known, reader.codes
        taken, number, at = content.rows, self._row, 0
        already = len(taken.codes)
        for row in rows:
            known = known_row(row) or reader.shapes.learn(row, closed=True)
            if known is None or known[0] <= number:
                return False
            _, number, hidden, shape = known
            if hidden:
                content.hidden_rows.update(hidden)
            content.blanks += shape.blanks
            if not shape.cells:
                continue
            own = texts[at : at + shape.texts]
            at += shape.texts
            if shape.kinds:
                try:
                    found = [codes[kind][text] for kind, text in zip(shape.kinds, own, strict=True)]
                except KeyError:
                    self._look(number, shape, own)
                else:
                    taken.add(number, shape.columns, found)
            else:
                self._look(number, shape, own)
        self._row = number
        reader.counted(self._part, len(taken.codes) - already)
        return at == len(texts)

    def _take_rest(self, rest: bytes) -> bool:
        """Take in rows without cells, which have no end of their own."""
        known = self._reader.shapes.learn(rest, closed=False)
        if known is None or known[0] <= self._row:
            return False
        self.content.hidden_rows.update(known[2])
        return True

    def _look(self, number: int, shape: Shape, texts: list[bytes]) -> None:
        """Take in a row of which some cells need a look at more than their text."""
        reader, extras = self._reader, self.content.extras
        columns: list[int] = []
        found: list[int] = []
        for cell in shape.cells:
            code = None
            if cell.quick >= 0 and cell.stored is not None:
                code = reader.codes[cell.quick].find(texts[cell.stored])
            if code is None and cell.formula is not None and reader.is_uncalculated(cell):
                code = reader.blank_code
                extras[number, cell.column] = FORMULAS[texts[cell.formula]] if cell.formula >= 0 else _UNTOLD
            elif code is None:
                value = self._value(number, cell, texts)
                if value is _NOTHING:
                    continue
                code = reader.table.code(value)  # type: ignore[arg-type]  # _NOTHING alone is no value
            elif cell.formula is not None:
                extras[number, cell.column] = FORMULAS[texts[cell.formula]] if cell.formula >= 0 else _UNTOLD
            columns.append(cell.column)
            found.append(code)
        if columns:
            self.content.rows.add(number, tuple(columns), found)

    def _value(self, number: int, cell: ShapedCell, texts: list[bytes]) -> object:
        """The value of a cell, _NOTHING when it is blank; what stands beside it is noted."""
        reader, part = self._reader, self._part
        formula = None
        if cell.formula is not None:
            formula = clean(texts[cell.formula], part) if cell.formula >= 0 else ""
        stored = clean(texts[cell.stored], part) if cell.stored is not None and cell.stored >= 0 else ""
        index = reader.style(cell.style)
        value, raw = reader.value(cell.kind, stored, index, part, f"{cell.letters}{number}")
        if value is None and (formula is None or cell.kind == "str"):
            return _NOTHING  # blank, or a formula that shows nothing
        extra = reader.extra(index, formula, raw, is_text=isinstance(value, str))
        if extra is not None:
            self.content.extras[number, cell.column] = extra
        return value


_NOTHING = object()
# A formula whose text stands elsewhere: with the first cell of those that share it.
_UNTOLD = Extra("")
