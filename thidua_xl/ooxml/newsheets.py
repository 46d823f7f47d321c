"""Sheets added to a workbook. Read `add_sheet`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.parsers import expat

from lxml import etree

from thidua_xl.errors import EditRefused, ThiduaError
from thidua_xl.model import Value
from thidua_xl.ooxml.archive import Packed
from thidua_xl.ooxml.cellxml import encode, escape_text, unescape
from thidua_xl.ooxml.markup import local_name, namespace, whole_number
from thidua_xl.ooxml.order import missing_prefix
from thidua_xl.ooxml.styles import DATE_FORMAT, MOMENT_FORMAT
from thidua_xl.refs import MAX_ROW, Area, column_letters

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook

WORKSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    '<worksheet xmlns="{ns}"><dimension ref="{area}"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/>{columns}<sheetData'
)
# Texts made ready lately; when so many are known they are forgotten, for those of a listing come again soon or never.
_KEPT_TEXTS = 10_000
_ROWS_OF_PIECE = 500


def add_sheet(
    book: Workbook, name: str, rows: Iterable[Sequence[Value]], widths: Sequence[float], is_visible: bool
) -> None:
    """Add a worksheet at the end, with these rows from A1 on; see `Workbook.add_sheet`.

    The rows are written in one go: a listing of half a million rows costs little more than its bytes.
    """
    check_name(book, name)
    columns = "".join(
        f'<col min="{index}" max="{index}" width="{width:g}" customWidth="1"/>' for index, width in enumerate(widths, 1)
    )
    writer = _Writer(book, name)
    ns = namespace(book.package.root(book.part))

    def head() -> bytes:
        text = _HEAD.format(ns=ns, area=writer.area, columns=f"<cols>{columns}</cols>" if columns else "")
        return (text + ("/></worksheet>" if writer.is_blank else ">")).encode()

    # A very long listing is never in memory as a whole: it is packed as it is made, and its beginning, which tells
    # where it ends, afterwards.
    content = Packed.headed(head, writer.written(rows))
    part = book.package.add(book.package.free_name("xl/worksheets/sheet{}.xml"), content, WORKSHEET_TYPE)
    if not writer.is_blank:
        _note_changes(book, name, writer.area)
    enlist(book, name, part, is_visible)


class _Shape:
    """Rows with values in the same columns (0-based). Joined by the row's number, `segments` are the row's XML.

    `above` are the values of the row before, `texts` the segments of texts and whole
    numbers met so far, both by place among the columns.
    """

    def __init__(self, columns: tuple[int, ...]) -> None:
        self.columns = columns
        self.width = columns[-1] + 1
        openings = [f'<c r="{column_letters(column + 1)}' for column in columns]
        self.after = [*openings[1:], "</row>"]
        self.segments = ['<row r="', f'">{openings[0]}', *("" for _ in columns)]
        self.above: list[Value] = [None for _ in columns]
        self.texts: list[dict[str | int, str]] = [{} for _ in columns]


class _Writer:
    """Writes the rows of a new sheet as XML; `area` is what they take, from A1 on, once all are written."""

    def __init__(self, book: Workbook, name: str) -> None:
        self.area = Area(1, 1, 1, 1)
        self.is_blank = True
        self._book = book
        self._name = name
        self._is_1904 = book.is_1904
        self._date_styles: dict[bool, str] = {}
        # Each new cell is parsed once, all as children of one element: the sheet need not be gone through afterwards.
        self._parser = expat.ParserCreate()
        self._parser.Parse(b"<row>", False)
        self._unparsed: list[str] = []
        self._kept = 0

    def written(self, rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
        """All rows in pieces, with the end of the sheet behind them; blank rows have no element."""
        made: list[str] = []
        shapes: dict[tuple[int, ...], _Shape] = {}
        whole: _Shape | None = None
        bottom = right = 0
        for row, values in enumerate(rows, 1):
            if whole is not None and len(values) == whole.width and None not in values:
                shape = whole
            else:
                filled = tuple(column for column, value in enumerate(values) if value is not None)
                if not filled:
                    continue
                shape = shapes.get(filled) or shapes.setdefault(filled, _Shape(filled))
                values = [value for value in values if value is not None]
                whole = shape if shape.width == len(filled) else whole
                right = max(right, shape.width)
            if row > MAX_ROW:
                raise EditRefused("edit.no_such_row", file=self._book.file, sheet=self._name, cell="", row=row)
            segments, above = shape.segments, shape.above
            for place, value in enumerate(values):
                if value is not above[place]:  # a listing often says the same as in the row above
                    # Names of files, sheets and cells come again and again: each is made ready once.
                    kind = type(value)
                    ready = shape.texts[place].get(value) if kind is str or kind is int else None  # type: ignore[arg-type]  # one of these two
                    segments[place + 2] = ready or self._segment(shape, place, row, value)
                    above[place] = value
            made.append(str(row).join(segments))
            bottom = row
            if len(made) == _ROWS_OF_PIECE:
                yield self._piece(made)
                made = []
                if self._kept > _KEPT_TEXTS:
                    shapes, whole, self._kept = {}, None, 0
        self.area = Area(1, 1, max(bottom, 1), max(right, 1))
        self.is_blank = not bottom
        if not self.is_blank:
            yield self._piece([*made, "</sheetData></worksheet>"])

    def _piece(self, made: list[str]) -> bytes:
        """Rows as bytes, once every cell in them that was not met before has been parsed."""
        try:
            self._parser.Parse("".join(self._unparsed).encode(), False)
        except expat.ExpatError as problem:
            raise ThiduaError("edit.self_check", file=self._book.file, detail=str(problem)) from problem
        self._unparsed.clear()
        return "".join(made).encode()

    def _segment(self, shape: _Shape, place: int, row: int, value: Value) -> str:
        """What stands between the row's number in a cell's address and where it comes next."""
        rest = self._rest(f"{column_letters(shape.columns[place] + 1)}{row}", value)
        made = f'"{rest}{shape.after[place]}'
        if type(value) is not Decimal:
            self._unparsed.append(f"<c{rest}")
        if type(value) is str or type(value) is int:
            shape.texts[place][value] = made
            self._kept += 1
        return made

    def _rest(self, name: str, value: Value) -> str:
        """The XML of a cell behind its address."""
        try:
            kind, text = encode(value, self._is_1904)
        except ValueError as problem:
            raise EditRefused(f"edit.{problem}", file=self._book.file, sheet=self._name, cell=name) from problem
        if isinstance(value, str):
            return f' t="inlineStr"><is><t xml:space="preserve">{escape_text(text or "")}</t></is></c>'
        style = self._date_style(isinstance(value, datetime)) if isinstance(value, date) else ""
        mark = "" if kind == "n" else f' t="{kind}"'
        return f"{style}{mark}><v>{text}</v></c>"

    def _date_style(self, has_time: bool) -> str:
        """The attribute that makes a number look like a date."""
        if has_time not in self._date_styles:
            styles = self._book.styles
            kind = styles.date_kind(0)
            is_right = kind and not (has_time and kind == "date")
            style = 0 if is_right else styles.with_number_format(0, MOMENT_FORMAT if has_time else DATE_FORMAT)
            self._date_styles[has_time] = f' s="{style}"' if style else ""
        return self._date_styles[has_time]


def _note_changes(book: Workbook, name: str, area: Area) -> None:
    """Remember the new cells, all of them only when a formula may have been waiting for a sheet of this name."""
    probe, wanted = book.probe(name), name.casefold()
    waited_for = False
    for entry in book.entries:
        # A listing holds values: no formula in it waits for a sheet.
        has_formulas = book.is_worksheet(entry) and not book.package.is_packed(entry.part)
        blob = book.sheet_blob(entry) if has_formulas else b""
        if probe in blob.lower():
            waited_for |= wanted in unescape(blob.decode("utf-8", "replace")).casefold()
    for row, column in area.places() if waited_for else ((1, 1),):
        book.note_change(name, row, column)


def check_name(book: Workbook, name: str) -> None:
    """EditRefused for a sheet name that Excel does not take or that is in use."""
    odd = not name.strip() or len(name) > 31 or _FORBIDDEN.search(name) or name[0] == "'" or name[-1] == "'"
    if odd or name.casefold() == "history":
        raise EditRefused("edit.bad_sheet_name", file=book.file, sheet=name, cell="")
    if any(entry.name.casefold() == name.casefold() for entry in book.entries):
        raise EditRefused("edit.sheet_exists", file=book.file, sheet=name, cell="")


def enlist(book: Workbook, name: str, part: str, is_visible: bool) -> None:
    """Put a worksheet part into the workbook's list of sheets, at the end."""
    root = book.package.root(book.part)
    holder = next(child for child in root if local_name(child) == "sheets")
    number = 1 + max((whole_number(item, "sheetId") for item in holder), default=0)
    key = book.package.relate(book.part, book.relation("worksheet"), part)
    prefixes = missing_prefix(root, book.relation_namespace)
    element = etree.SubElement(holder, f"{{{namespace(root)}}}sheet", name=name, sheetId=str(number), nsmap=prefixes)
    if not is_visible:
        element.set("state", "hidden")
    element.set(f"{{{book.relation_namespace}}}id", key)
    book.package.touch(book.part)
    book.read_entries()
