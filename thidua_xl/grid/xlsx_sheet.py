"""One worksheet part -> its rows of values, by pattern. Read `read_rows`.

A part written the way Excel, LibreOffice, openpyxl and XlsxWriter write is read by one pattern; a count of its
tags proves that the pattern saw all of them. Any other part is read by `xlsx_scan`: slower, same result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra
from thidua_xl.grid.xlsx_cells import COLUMNS, PLACES, STRING, WHOLE, CellReader, attribute_parts
from thidua_xl.grid.xlsx_strings import clean, is_plain
from thidua_xl.model import Value
from thidua_xl.refs import MAX_ROW, column_letters

_OPEN = re.compile(rb"<sheetData ?>")
_ROW_END = b"</row>"
_STRETCH = 256 * 1024
_CLOSE = b"</sheetData>"
# A row's begin, or a cell with a value (and a formula). `[^<>/]` keeps blank cells, which close themselves, out.
_CELLS = re.compile(
    rb'<row ([^<>]*)>|<c r="([A-Z]+[0-9]+)"([^<>/]*)>(<f[^<>]*>[^<]*</f>|<f[^<>]*/>)?<v>([^<]*)</v></c>'
)
# A run of blank cells as one piece (its last address captured), a cell with content, a row's begin, a row's end.
_PIECES = re.compile(
    rb'((?:<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="[0-9]{1,5}")? ?/>)+)'
    rb'|<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="([a-zA-Z]{1,9})")?(?: s="([0-9]{1,5})")?>'
    rb"((?:<f(?: [^<>]*[^<>/])?(?: ?/>|>[^<]*</f>))?(?:<v>[^<]*</v>|<v ?/>)?"
    rb"|<is><t(?: xml:space=\"preserve\")?>[^<]*</t></is>)</c>"
    rb"|<row ([^<>]*?)(/?)>|</row>"
)
_INNER = re.compile(
    rb"(?:<f((?: [^<>]*[^<>/])?)(?: ?/>|>([^<]*)</f>))?(?:<v>([^<]*)</v>|<v ?/>)?\Z"
    rb"|<is><t[^>]*>([^<]*)</t></is>\Z"
)
_ROW_NUMBER = re.compile(rb'(?:^|\s)r="([1-9][0-9]{0,6})"')
_HIDDEN = re.compile(rb'(?:^|\s)hidden="(?:1|true|on)"')


@dataclass(slots=True)
class SheetContent:
    """What a worksheet holds; `cells` and `blanks` count what was written, for the limits."""

    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    extras: dict[tuple[int, int], Extra] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)
    blanks: int = 0


_NOTHING = object()


def find_rows(data: bytes) -> tuple[int, int, int, int] | None:
    """(where `<sheetData>` stands, first row, end of rows, what follows); None when it needs the parser."""
    opened = _OPEN.search(data)
    if opened is None or not is_plain(data[: opened.start()]):
        return None
    close = data.find(_CLOSE, opened.end())
    if close < 0 or data.find(b"&#", opened.end(), close) >= 0:
        return None
    return opened.start(), opened.end(), close, close + len(_CLOSE)


def read_rows(data: bytes, start: int, end: int, reader: CellReader, part: str) -> SheetContent | None:
    """The rows in `data[start:end]`; None when they are written in a way the patterns do not know."""
    rows = _RowsByPattern(reader, part)
    place = start
    while place < end:
        # A stretch at a time, cut behind a row, so that a long sheet does not become a longer list of its pieces.
        stop = data.find(_ROW_END, min(place + _STRETCH, end), end)
        stop = end if stop < 0 else stop + len(_ROW_END)
        if not rows.take(data, place, stop) and not rows.take_odd(data, place, stop):
            return None
        place = stop
    content = rows.content
    return content if content.blanks <= reader.limits.blank_cells else None


Pieces = list[tuple[bytes, ...]]


class _RowsByPattern:
    """Collects rows, one stretch of XML (whole rows) at a time."""

    def __init__(self, reader: CellReader, part: str) -> None:
        self.content = SheetContent()
        self._reader = reader
        self._part = part
        self._row = 0

    def take(self, data: bytes, start: int, end: int) -> bool:
        """Take a stretch in by the quick pattern; False (and nothing taken) when it does not see all there is."""
        pieces = _CELLS.findall(data, start, end)
        content, reader = self.content, self._reader
        kept_row, kept_hidden = self._row, set(content.hidden_rows)
        rows: dict[int, dict[int, Value]] = {}
        values: dict[int, Value] = {}
        odd: list[tuple[dict[int, Value], int, int, bytes, bytes, bytes]] = []
        places, meanings, shared = PLACES, reader.meanings, reader.shared_texts
        last = base = after = alone = inner = 0
        for attributes, address, said, formula, stored in pieces:
            if not address:
                if not self._open_row(attributes):
                    break
                alone += attributes.endswith(b"/")
                base = last = self._row << 15
                after = base + (1 << 15)
                values = rows[self._row] = {}
                continue
            place = places[address]
            meaning = meanings[said]
            if not last < place < after or meaning is None:
                break
            last = place
            if not formula:
                if meaning is STRING:
                    text = shared[stored]
                    if text:
                        values[place - base] = text
                    continue
                if meaning is WHOLE and len(stored) < 16 and stored.isdigit():
                    values[place - base] = int(stored)
                    continue
            values[place - base] = None  # its turn in the row's order
            odd.append((values, self._row, place - base, said, formula, stored))
            inner += formula.count(b"<")
        else:
            if self._is_all(data, start, end, (len(pieces) - len(rows), len(rows), alone, inner)):
                self._keep(rows, odd)
                return True
        self._row, content.hidden_rows = kept_row, kept_hidden
        return False

    def _is_all(self, data: bytes, start: int, end: int, seen: tuple[int, int, int, int]) -> bool:
        """Whether the tags add up, so that there is nothing in the stretch that the quick pattern did not see.

        Each tag is one of a row, of a cell, of a formula, or one of three more of a cell with a value; what closes
        itself is a blank cell, a row without cells or a formula without text.
        """
        many, rows, alone, inner = seen
        cells = data.count(b'<c r="', start, end)
        if data.count(b"<", start, end) != 2 * rows - alone + cells + 3 * many + inner:
            return False
        if data.count(b"/>", start, end) != cells - many + alone + (
            data.count(b"<f", start, end) * 2 - inner if inner else 0
        ):
            return False
        self.content.blanks += cells - many
        self._reader.counted(self._part, many)
        return True

    def _keep(
        self,
        rows: Mapping[int, dict[int, Value]],
        odd: Sequence[tuple[dict[int, Value], int, int, bytes, bytes, bytes]],
    ) -> None:
        content = self.content
        for values, row, column, said, formula, stored in odd:
            style, kind = attribute_parts(said)
            value = self._value_of((row, column), style, kind, formula, stored)
            if value is _NOTHING:
                del values[column]
            else:
                values[column] = value  # type: ignore[assignment]  # _NOTHING is the only object that is no value
        for row, values in rows.items():
            if values:
                content.rows[row] = values

    def take_odd(self, data: bytes, start: int, end: int) -> bool:
        """Take a stretch in by the full pattern, which knows inline texts and formulas without a result."""
        tags = 0
        opened = False
        column = 0
        values: dict[int, Value] = {}
        row_digits = b""
        pieces = _PIECES.findall(data, start, end)
        for run, at_letters, at, letters, digits, style, kind, late_style, inner, attributes, slash in pieces:
            if letters:
                tags += 2 + inner.count(b"<")
                place = COLUMNS[letters]
                if digits != row_digits or place <= column or not opened:
                    return False
                column = place
                if not self._take_cell(values, (self._row, place), style or late_style, kind, inner):
                    return False
            elif run:
                many = run.count(b"<")
                tags += many
                self.content.blanks += many
                # Blanks hold nothing to lose; still they must stand in their row, right of what came before.
                place = COLUMNS[at_letters]
                if at != row_digits or place < column + many or not opened:
                    return False
                column = place
            elif attributes:
                tags += 1
                if opened or not self._open_row(attributes):
                    return False
                row_digits, column = b"%d" % self._row, 0
                opened = not slash
                values = {}
            else:
                tags += 1
                if not opened:
                    return False
                opened = False
                if values:
                    self.content.rows[self._row] = values
                    self._reader.counted(self._part, len(values))
        return tags == data.count(b"<", start, end) and not opened

    def _open_row(self, attributes: bytes) -> bool:
        number_at = _ROW_NUMBER.search(attributes)
        if number_at is None or int(number_at[1]) <= self._row:
            return False
        self._row = int(number_at[1])
        if self._row > MAX_ROW:
            raise refuse("bad_sheet", part=self._part, cell=str(self._row))
        if b"hidden" in attributes and _HIDDEN.search(attributes):
            self.content.hidden_rows.add(self._row)
        return True

    def _take_cell(
        self, values: dict[int, Value], place: tuple[int, int], style: bytes, kind: bytes, inner: bytes
    ) -> bool:
        """Put one cell with content into `values`; False when the parser has to look at it."""
        part = self._part
        found = _INNER.match(inner)
        if found is None:
            return False
        formula_attributes, formula_text, stored, inline = found.groups()
        if inline is not None:
            if kind != b"inlineStr":
                return False
            stored = inline
        formula = None
        if formula_attributes is not None or formula_text is not None:
            formula = clean(formula_text or b"", part)
        value = self._value(place, style, kind, formula, clean(stored or b"", part))
        if value is not _NOTHING:
            values[place[1]] = value  # type: ignore[assignment]  # _NOTHING is the only object that is no value
        return True

    def _value_of(self, place: tuple[int, int], style: bytes, kind: bytes, formula: bytes, stored: bytes) -> object:
        """The value of a cell from its stored parts, _NOTHING when it is blank; what stands beside it is noted."""
        text = None
        if formula:
            text = clean(formula[formula.index(b">") + 1 :].removesuffix(b"</f>"), self._part)
        return self._value(place, style, kind, text, clean(stored, self._part))

    def _value(self, place: tuple[int, int], style: bytes, kind: bytes, formula: str | None, stored: str) -> object:
        reader = self._reader
        index = reader.style(style)
        cell = f"{column_letters(place[1])}{place[0]}"
        value, raw = reader.value(kind.decode(), stored, index, self._part, cell)
        if value is None and (formula is None or kind == b"str"):
            return _NOTHING  # blank, or a formula that shows nothing
        extra = reader.extra(index, formula, raw, is_text=isinstance(value, str))
        if extra is not None:
            self.content.extras[place] = extra
        return value
