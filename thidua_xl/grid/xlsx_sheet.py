"""One worksheet part -> its rows of values, by pattern. Read `read_rows`.

A part written the way Excel, LibreOffice, openpyxl and XlsxWriter write is read by one pattern; a count of its
tags proves that the pattern saw all of them. Any other part is read by `xlsx_scan`: slower, same result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from thidua_xl.grid.formats import DATE, NUMBER, Styles
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra
from thidua_xl.grid.values import dated, digits_lost, iso_moment, number
from thidua_xl.grid.xlsx_strings import clean, is_plain
from thidua_xl.model import CellError, Invalid, Value
from thidua_xl.refs import MAX_ROW, column_letters, column_number

_OPEN = re.compile(rb"<sheetData ?>")
_ROW_END = b"</row>"
_STRETCH = 256 * 1024
_CLOSE = b"</sheetData>"
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
_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)


@dataclass(slots=True)
class SheetContent:
    """What a worksheet holds; `cells` and `blanks` count what was written, for the limits."""

    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    extras: dict[tuple[int, int], Extra] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)
    blanks: int = 0


class _Columns(dict[bytes, int]):
    """Column numbers by their letters, worked out once each."""

    def __missing__(self, letters: bytes) -> int:
        try:
            found = self[letters] = column_number(letters.decode("ascii"))
        except ValueError:
            raise refuse("bad_sheet", part="", cell=letters.decode("ascii", "replace")) from None
        return found


_COLUMNS = _Columns()


class _PlainStyles(dict[bytes, bool]):
    """Whether a style, as written in a cell, changes nothing about what a value means; asked once each."""

    def __init__(self, reader: CellReader) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, style: bytes) -> bool:
        found = self[style] = self._reader.is_plain(self._reader.style(style))
        return found


class CellReader:
    """Turns the stored text of cells into values, for one workbook."""

    def __init__(self, strings: Sequence[str], styles: Styles, *, from_1904: bool, limits: Limits = DEFAULT) -> None:
        self.strings = strings
        self.limits = limits
        self._styles = styles
        self._from_1904 = from_1904
        self._telling = styles.telling
        self.count = 0
        self.plain = _PlainStyles(self)

    def is_plain(self, style: int) -> bool:
        """Whether a style changes nothing about what a value means."""
        if style in self._telling:
            return False
        return style < 0 or not self._styles.kinds or self._styles.kinds[style] != DATE

    def style(self, text: bytes | str) -> int:
        """The style number; cells without one have style 0. A style that is not there counts as plain."""
        index = int(text) if text else 0
        return index if index < len(self._styles.kinds) else -1

    def extra(self, style: int, formula: str | None, raw: str, *, is_text: bool) -> Extra | None:
        """What is to be kept beside the value, None when nothing is."""
        shown = font = ""
        if style in self._telling:
            shown, font = self._styles.formats[style], self._styles.fonts[style]
        if is_text:
            shown = ""
        else:
            font = ""
        if formula is None and not shown and not font and not raw:
            return None
        return Extra(formula, shown, font, raw)

    def number(self, text: str, style: int) -> tuple[Value, str]:
        """(value, raw text when digits were lost) of a numeric cell."""
        found = number(text)
        kind = self._styles.kinds[style] if style >= 0 and self._styles.kinds else NUMBER
        raw = text if len(text) > 15 and digits_lost(text) else ""
        if kind == DATE:
            return dated(found, kind, from_1904=self._from_1904, text=text), raw
        return found, raw

    def shared(self, text: str, part: str, cell: str) -> str:
        """The shared string of an index; an index outside the table is damage, never somebody else's string."""
        if text.isascii() and text.isdigit():
            index = int(text)
            if index < len(self.strings):
                return self.strings[index]
        raise refuse("bad_reference", part=part, cell=cell)

    def typed(self, kind: str, text: str, part: str, cell: str) -> Value:
        """The value of a cell that is no number and no shared string."""
        if kind == "b":
            return {"1": True, "0": False, "true": True, "false": False}.get(text, Invalid(text))
        if kind == "e":
            return CellError(text if text in _ERRORS else "#VALUE!")
        if kind == "d":
            return iso_moment(text)
        if kind in ("str", "inlineStr"):
            return text
        raise refuse("bad_sheet", part=part, cell=cell)

    def value(self, kind: str, text: str, style: int, part: str, cell: str) -> tuple[Value, str]:
        """(value, raw text when digits were lost) of a cell of that type; an empty text is blank."""
        if kind in ("", "n"):
            return self.number(text, style) if text.strip() else (None, "")
        if kind == "s":
            found: Value = self.shared(text, part, cell) if text else None
        else:
            found = self.typed(kind, text, part, cell) if text else None
        if isinstance(found, str) and len(found) > self.limits.text:
            raise refuse("too_many_cells", part=part)
        return (None if found == "" and isinstance(found, str) else found), ""

    def counted(self, part: str, more: int = 1) -> None:
        """Refuse when more cells came than any office form holds."""
        self.count += more
        if self.count > self.limits.cells:
            raise refuse("too_many_cells", part=part)


def find_rows(data: bytes) -> tuple[int, int, int, int] | None:
    """(where `<sheetData>` stands, first row, end of rows, what follows); None when it needs the parser."""
    if not is_plain(data):
        return None
    opened = _OPEN.search(data)
    if opened is None:
        return None
    close = data.find(_CLOSE, opened.end())
    return None if close < 0 else (opened.start(), opened.end(), close, close + len(_CLOSE))


def read_rows(data: bytes, start: int, end: int, reader: CellReader, part: str) -> SheetContent | None:
    """The rows in `data[start:end]`; None when they are written in a way the pattern does not know."""
    rows = _RowsByPattern(reader, part)
    place = start
    while place < end:
        # A stretch at a time, cut behind a row, so that a long sheet does not become a longer list of its pieces.
        stop = data.find(_ROW_END, min(place + _STRETCH, end), end)
        stop = end if stop < 0 else stop + len(_ROW_END)
        if not rows.take(_PIECES.findall(data, place, stop)):
            return None
        place = stop
    return rows.content if rows.is_whole(data.count(b"<", start, end)) else None


Pieces = list[tuple[bytes, ...]]


class _RowsByPattern:
    """Collects rows from the pieces that the pattern found."""

    def __init__(self, reader: CellReader, part: str) -> None:
        self.content = SheetContent()
        self._reader = reader
        self._part = part
        self._tags = 0
        self._row = 0
        self._opened = False
        self._values: dict[int, Value] = {}

    def is_whole(self, tags: int) -> bool:
        """Whether the pieces account for every tag there is, and the last row was closed."""
        return not self._opened and tags == self._tags and self.content.blanks <= self._reader.limits.blank_cells

    def take(self, pieces: Pieces) -> bool:
        """Take pieces in; False when rows or cells are not in ascending order, or otherwise need the parser."""
        reader, part = self._reader, self._part
        strings, plain = reader.strings, reader.plain
        columns = _COLUMNS
        count = len(strings)
        tags, blanks, row, opened, values = self._tags, 0, self._row, self._opened, self._values
        column = max(values, default=0) if opened else 0
        row_digits = b"%d" % row
        for run, last, at, letters, digits, style, kind, late_style, inner, attributes, closed in pieces:
            if letters:
                place = columns[letters]
                if digits != row_digits or place <= column or not opened:
                    return False
                column = place
                if inner.startswith(b"<v>"):
                    tags += 4
                    if plain[style or late_style]:
                        if kind == b"s":
                            index = inner[3:-4]
                            if index.isdigit() and int(index) < count:
                                text = strings[int(index)]
                                if text:
                                    values[place] = text
                                continue
                        elif not kind and len(inner) < 23 and inner[3:-4].isdigit():
                            values[place] = int(inner[3:-4])
                            continue
                else:
                    tags += 2 + inner.count(b"<")
                if not self._take_cell(values, (row, place), style or late_style, kind, inner):
                    return False
            elif run:
                many = run.count(b"<")
                tags += many
                blanks += many
                # Blanks hold nothing to lose; still they must stand in their row, right of what came before.
                place = columns[last]
                if at != row_digits or place < column + many or not opened:
                    return False
                column = place
            elif attributes:
                tags += 1
                number_at = _ROW_NUMBER.search(attributes)
                if opened or number_at is None or int(number_at[1]) <= row:
                    return False
                row, row_digits, column = int(number_at[1]), number_at[1], 0
                if row > MAX_ROW:
                    raise refuse("bad_sheet", part=part, cell=str(row))
                if b"hidden" in attributes and _HIDDEN.search(attributes):
                    self.content.hidden_rows.add(row)
                opened = not closed
                values = {}
            else:
                tags += 1
                if not opened:
                    return False
                opened = False
                if values:
                    self.content.rows[row] = values
                    reader.counted(part, len(values))
        self.content.blanks += blanks
        self._tags, self._row, self._opened, self._values = tags, row, opened, values
        return True

    def _take_cell(
        self, values: dict[int, Value], place: tuple[int, int], style: bytes, kind: bytes, inner: bytes
    ) -> bool:
        """Put one cell with content into `values`; False when the parser has to look at it."""
        reader, part = self._reader, self._part
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
        cell = f"{column_letters(place[1])}{place[0]}"
        value, raw = reader.value(kind.decode(), clean(stored or b"", part), reader.style(style), part, cell)
        if value is None and (formula is None or kind == b"str"):
            return True  # blank, or a formula that shows nothing
        values[place[1]] = value
        extra = reader.extra(reader.style(style), formula, raw, is_text=isinstance(value, str))
        if extra is not None:
            self.content.extras[place] = extra
        return True
