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
from thidua_xl.refs import MAX_ROW, column_number

_OPEN = re.compile(rb"<sheetData ?>")
_CLOSE = b"</sheetData>"
_PIECES = re.compile(
    rb"<(?:row ([^<>]*?)(/?)>"
    rb'|c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="([a-zA-Z]{1,9})")?(?: s="([0-9]{1,5})")?'
    rb"(?: ?/>|>((?:<f(?: [^<>]*[^<>/])?(?: ?/>|>[^<]*</f>))?(?:<v>[^<]*</v>|<v ?/>)?"
    rb"|<is><t(?: xml:space=\"preserve\")?>[^<]*</t></is>)</c>)"
    rb"|/row>)"
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


class CellReader:
    """Turns the stored text of cells into values, for one workbook."""

    def __init__(self, strings: Sequence[str], styles: Styles, *, from_1904: bool, limits: Limits = DEFAULT) -> None:
        self.strings = strings
        self.limits = limits
        self._styles = styles
        self._from_1904 = from_1904
        self._telling = styles.telling
        self.count = 0

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

    def counted(self, part: str) -> None:
        """Refuse when more cells came than any office form holds."""
        self.count += 1
        if self.count > self.limits.cells:
            raise refuse("too_many_cells", part=part)


def split_rows(data: bytes) -> tuple[bytes, bytes] | None:
    """(what stands around the rows, the rows) of a part that may be read by pattern, None for the parser's way."""
    if not is_plain(data):
        return None
    opened = _OPEN.search(data)
    if opened is None:
        return None
    close = data.find(_CLOSE, opened.end())
    if close < 0:
        return None
    return data[: opened.start()] + b"<sheetData/>" + data[close + len(_CLOSE) :], data[opened.end() : close]


def read_rows(region: bytes, reader: CellReader, part: str) -> SheetContent | None:
    """The rows of a part; None when they are written in a way the pattern does not know."""
    content = SheetContent()
    tags = blanks = row = column = 0
    opened = False
    values: dict[int, Value] = {}
    columns, strings, style_of = _COLUMNS, reader.strings, reader.style
    count = len(strings)
    for attributes, closed, letters, digits, style, kind, late_style, inner in _PIECES.findall(region):
        if letters:
            place = columns[letters]
            if not opened or place <= column or int(digits) != row:
                return None
            column = place
            if not inner:
                tags += 1
                blanks += 1
                continue
            if kind == b"s" and inner.startswith(b"<v>"):
                tags += 4
                index = inner[3:-4]
                if not index.isdigit() or int(index) >= count:
                    raise refuse("bad_reference", part=part, cell=f"{letters.decode()}{row}")
                text = strings[int(index)]
                if text:
                    values[column] = text
                    known = style_of(style or late_style)
                    if known in reader._telling:
                        _note(content, reader, row, column, known, None, "", is_text=True)
                continue
            tags += 2 + inner.count(b"<")
            if not _cell(content, values, reader, part, (row, column), style or late_style, kind, inner):
                return None
        elif attributes:
            tags += 1
            if opened:
                return None
            number_at = _ROW_NUMBER.search(attributes)
            if number_at is None or int(number_at[1]) <= row:
                return None
            row, column = int(number_at[1]), 0
            if row > MAX_ROW:
                raise refuse("bad_sheet", part=part, cell=str(row))
            if b"hidden" in attributes and _HIDDEN.search(attributes):
                content.hidden_rows.add(row)
            opened = not closed
            values = {}
        else:
            tags += 1
            if not opened:
                return None
            opened = False
            if values:
                content.rows[row] = values
                reader.count += len(values)
                if reader.count > reader.limits.cells:
                    raise refuse("too_many_cells", part=part)
    content.blanks = blanks
    if opened or tags != region.count(b"<") or blanks > reader.limits.blank_cells:
        return None
    return content


def _cell(
    content: SheetContent,
    values: dict[int, Value],
    reader: CellReader,
    part: str,
    place: tuple[int, int],
    style: bytes,
    kind: bytes,
    inner: bytes,
) -> bool:
    """Put one cell with content into `values`; False when the parser has to look at it."""
    row, column = place
    known = reader.style(style)
    formula: str | None = None
    stored: bytes | None
    if inner.startswith(b"<v>"):
        stored = inner[3:-4]
    else:
        found = _INNER.match(inner)
        if found is None:
            return False
        formula_attributes, formula_text, stored, inline = found.groups()
        if inline is not None:
            if kind != b"inlineStr":
                return False
            stored = inline
        if formula_attributes is not None or formula_text is not None:
            formula = clean(formula_text or b"", part)
    value: Value = None
    raw = ""
    is_text = False
    if kind in (b"", b"n"):
        if stored:
            value, raw = reader.number(stored.decode("utf-8", "replace"), known)
    elif kind == b"s":
        if stored:
            value = reader.shared(stored.decode("utf-8", "replace"), part, f"{row}")
            is_text = True
    else:
        text = clean(stored or b"", part)
        if text or kind in (b"str", b"inlineStr"):
            value = reader.typed(kind.decode(), text, part, f"{row}")
            is_text = isinstance(value, str)
    if value == "" and is_text:
        return True  # a formula that shows nothing, or an empty text: blank
    if value is None and formula is None:
        return True
    values[column] = value
    _note(content, reader, row, column, known, formula, raw, is_text=is_text)
    return True


def _note(
    content: SheetContent,
    reader: CellReader,
    row: int,
    column: int,
    style: int,
    formula: str | None,
    raw: str,
    *,
    is_text: bool,
) -> None:
    extra = reader.extra(style, formula, raw, is_text=is_text)
    if extra is not None:
        content.extras[row, column] = extra
