"""A binary OOXML workbook (.xlsb) -> `Book`. Read `read_xlsb`.

Source: [MS-XLSB]. Formulas are kept as tokens only, so a formula's text is "" here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from thidua_xl.grid.archive import Archive
from thidua_xl.grid.binary import area_text, error, real, rk
from thidua_xl.grid.formats import DATE, NUMBER, Styles, make_styles
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra, RowCells
from thidua_xl.grid.values import dated
from thidua_xl.grid.xlsx_package import Package, external_name
from thidua_xl.grid.xml import check, scan
from thidua_xl.model import Book, Sheet, Value
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area

_SMALL = 256 * 1024
Record = tuple[int, bytes]


def read_xlsb(archive: Archive, package: Package, limits: Limits = DEFAULT) -> Book:
    """The book in a package whose workbook part is binary. Raises `InputRefused`."""
    workbook = _Workbook(archive, package, limits)
    workbook.read()
    sheets = tuple(workbook.sheet(name, part, visible) for name, part, visible, kind in workbook.listed if kind)
    for name in archive.unread():
        if name.casefold().endswith((".xml", ".rels")):
            data = archive.read(name)
            if len(data) <= _SMALL:
                check(data, name)
            else:
                scan(data, name, lambda element, attributes: None)
        else:
            archive.check(name)
    return Book(file="", sheets=sheets, names=workbook.names(), external=tuple(workbook.external), format="xlsb")


def records(data: bytes, part: str) -> Iterator[Record]:
    """(kind, body) of every record of a part. [MS-XLSB] 2.1.4: kind in one or two bytes, length in one to four."""
    place, end = 0, len(data)
    while place < end:
        kind, place = _kind(data, place, part)
        length, place = _length(data, place, part)
        body = data[place : place + length]
        if len(body) < length:
            raise refuse("damaged", part=part)
        place += length
        yield kind, body


def _kind(data: bytes, place: int, part: str) -> tuple[int, int]:
    first = data[place]
    if not first & 0x80:
        return first, place + 1
    if place + 1 >= len(data):
        raise refuse("damaged", part=part)
    return (first & 0x7F) | (data[place + 1] & 0x7F) << 7, place + 2


def _length(data: bytes, place: int, part: str) -> tuple[int, int]:
    length = 0
    for shift in range(0, 28, 7):
        if place >= len(data):
            raise refuse("damaged", part=part)
        byte = data[place]
        place += 1
        length |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return length, place


def _text(body: bytes, place: int, part: str) -> tuple[str, int]:
    """(text, what follows) of a string with a four-byte length."""
    if place + 4 > len(body):
        raise refuse("damaged", part=part)
    (length,) = struct.unpack_from("<I", body, place)
    if length == 0xFFFFFFFF:
        return "", place + 4
    end = place + 4 + 2 * length
    if end > len(body):
        raise refuse("damaged", part=part)
    return body[place + 4 : end].decode("utf-16-le", "replace"), end


class _Workbook:
    def __init__(self, archive: Archive, package: Package, limits: Limits) -> None:
        self.listed: list[tuple[str, str, bool, bool]] = []
        self.external: list[str] = []
        self.limits = limits
        self._archive = archive
        self._package = package
        self._strings: list[str] = []
        self._styles = Styles()
        self._from_1904 = False
        self._names: list[tuple[str, int, bytes]] = []
        self._sheets_of: list[tuple[int, int, int]] = []
        self._links: list[bool] = []
        self._count = 0

    def read(self) -> None:
        """Take in the workbook part, the strings and the styles."""
        part = self._package.workbook
        takers: dict[int, Callable[[bytes], None]] = {
            153: self._properties,
            156: self._bundle,
            39: self._name,
            362: self._extern_sheet,
            357: lambda body: self._links.append(True),
            355: self._outside,
        }
        for kind, body in records(self._archive.read(part), part):
            taker = takers.get(kind)
            if taker is not None:
                try:
                    taker(body)
                except (struct.error, IndexError):
                    raise refuse("damaged", part=part) from None
        if not self.listed:
            raise refuse("bad_sheet", part=part)
        if len(self.listed) > self.limits.sheets:
            raise refuse("too_many_cells", part=part)
        strings, styles = self._package.part_of("sharedStrings"), self._package.part_of("styles")
        if strings is not None:
            self._strings = [
                _text(body, 1, strings)[0] for kind, body in records(self._archive.read(strings), strings) if kind == 19
            ]
        if styles is not None:
            self._read_styles(styles)

    def sheet(self, name: str, part: str, visible: bool) -> Sheet:
        """The sheet in a part."""
        reader = _SheetReader(self, part)
        for kind, body in records(self._archive.read(part), part):
            try:
                reader.take(kind, body)
            except (struct.error, IndexError):
                raise refuse("damaged", part=part) from None
        content = reader.content
        rows = {row: dict(sorted(values.items())) for row, values in sorted(content.rows.items()) if values}
        return Sheet(
            name=name,
            cells=RowCells(rows, content.extras),
            visible=visible,
            merges=tuple(content.merges),
            hidden_rows=frozenset(content.hidden_rows),
            hidden_columns=frozenset(content.hidden_columns),
        )

    def names(self) -> dict[str, str]:
        """Defined names that are one area of one sheet, as formulas."""
        found: dict[str, str] = {}
        for name, scope, tokens in self._names:
            formula = self._area(tokens)
            if formula:
                owner = self.listed[scope][0] + "!" if scope < len(self.listed) else ""
                found[owner + name] = formula
        return found

    def shared(self, index: int, part: str) -> str:
        """A shared string; an index outside the table is damage."""
        if index >= len(self._strings):
            raise refuse("bad_reference", part=part)
        return self._strings[index]

    def shown(self, size: Value, style: int) -> Value:
        """A number as the number or day that its style shows."""
        kind = self._styles.kinds[style] if style < len(self._styles.kinds) else NUMBER
        if kind != DATE:
            return size
        return dated(size, kind, from_1904=self._from_1904, text=str(size))  # type: ignore[arg-type]  # a number

    def beside(self, style: int, formula: str | None, *, is_text: bool) -> Extra | None:
        """What is to be kept beside a value."""
        known = style < len(self._styles.kinds)
        shown = self._styles.formats[style] if known and not is_text else ""
        font = self._styles.fonts[style] if known and is_text else ""
        return Extra(formula, shown, font) if formula is not None or shown or font else None

    def counted(self, part: str) -> None:
        """Refuse when more cells came than any office form holds."""
        self._count += 1
        if self._count > self.limits.cells:
            raise refuse("too_many_cells", part=part)

    def _properties(self, body: bytes) -> None:
        self._from_1904 = bool(body[0] & 1)

    def _bundle(self, body: bytes) -> None:
        part = self._package.workbook
        (state,) = struct.unpack_from("<I", body)
        identity, place = _text(body, 8, part)
        name, _ = _text(body, place, part)
        relation = self._package.relations.get(identity)
        if relation is None or relation.external or relation.target not in self._archive:
            raise refuse("bad_reference", part=part)
        if any(one[0].casefold() == name.casefold() or one[1] == relation.target for one in self.listed):
            raise refuse("bad_reference", part=part)
        self.listed.append((name, relation.target, state == 0, relation.kind == "worksheet"))

    def _name(self, body: bytes) -> None:
        part = self._package.workbook
        scope = struct.unpack_from("<I", body, 5)[0]
        name, place = _text(body, 9, part)
        (size,) = struct.unpack_from("<I", body, place)
        self._names.append((name, scope, body[place + 4 : place + 4 + size]))

    def _extern_sheet(self, body: bytes) -> None:
        (count,) = struct.unpack_from("<I", body)
        count = min(count, len(body) // 12)
        self._sheets_of = [struct.unpack_from("<3I", body, 4 + 12 * index) for index in range(count)]

    def _outside(self, body: bytes) -> None:
        """A link to another workbook, by relationship."""
        self._links.append(False)
        relation = self._package.relations.get(_text(body, 0, self._package.workbook)[0])
        if relation is not None and not relation.external:
            self.external.append(external_name(self._archive, relation))

    def _area(self, tokens: bytes) -> str:
        """The area that tokens name: one Area3d or Ref3d of this workbook. [MS-XLSB] 2.5.97.10, .87."""
        kind = tokens[0] & 0x1F if tokens else 0
        if kind == 0x1B and len(tokens) == 15:
            index, top, bottom, left, right = struct.unpack_from("<HIIHH", tokens, 1)
        elif kind == 0x1A and len(tokens) == 9:
            index, top, left = struct.unpack_from("<HIH", tokens, 1)
            bottom, right = top, left
        else:
            return ""
        if index >= len(self._sheets_of):
            return ""
        link, first, last = self._sheets_of[index]
        own = link < len(self._links) and self._links[link]
        if not own or first != last or first >= len(self.listed) or bottom >= MAX_ROW:
            return ""
        return area_text(self.listed[first][0], Area(top + 1, (left & 0x3FFF) + 1, bottom + 1, (right & 0x3FFF) + 1))

    def _read_styles(self, part: str) -> None:
        codes: dict[int, str] = {}
        fonts: list[str] = []
        cells: list[tuple[int, int]] = []
        inside = False
        for kind, body in records(self._archive.read(part), part):
            if kind == 44 and len(body) >= 6:
                codes[struct.unpack_from("<H", body)[0]] = _text(body, 2, part)[0]
            elif kind == 43 and len(body) >= 25:
                fonts.append(_text(body, 21, part)[0])
            elif kind in (617, 618):
                inside = kind == 617
            elif kind == 47 and inside and len(body) >= 6:
                code, font = struct.unpack_from("<HH", body, 2)
                cells.append((code, font))
        self._styles = make_styles(cells, codes, fonts)


@dataclass(slots=True)
class _Content:
    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    extras: dict[tuple[int, int], Extra] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


class _SheetReader:
    """Takes the records of one sheet."""

    def __init__(self, book: _Workbook, part: str) -> None:
        self.content = _Content()
        self._book = book
        self._part = part
        self._row = 0

    def take(self, kind: int, body: bytes) -> None:
        """Take one record in."""
        if kind == 0:
            self._open_row(body)
        elif 2 <= kind <= 11:
            self._cell(kind, body)
        elif kind == 176:
            self._merge(body)
        elif kind == 60:
            first, last = struct.unpack_from("<2I", body)
            if struct.unpack_from("<H", body, 16)[0] & 1:
                self.content.hidden_columns.update(range(first + 1, min(last + 1, MAX_COLUMN) + 1))

    def _open_row(self, body: bytes) -> None:
        (row,) = struct.unpack_from("<I", body)
        if row + 1 <= self._row or row >= MAX_ROW:
            raise refuse("bad_sheet", part=self._part, cell=str(row + 1))
        self._row = row + 1
        if body[11] & 0x10:
            self.content.hidden_rows.add(self._row)

    def _cell(self, kind: int, body: bytes) -> None:
        column, style = struct.unpack_from("<2I", body)
        style &= 0xFFFFFF
        value = self._value(kind, body, style)
        if isinstance(value, str) and not value:
            return
        values = self.content.rows.setdefault(self._row, {})
        if not self._row or column + 1 in values or column >= MAX_COLUMN:
            raise refuse("bad_sheet", part=self._part, cell=str(self._row))
        if isinstance(value, str) and len(value) > self._book.limits.text:
            raise refuse("too_many_cells", part=self._part)
        self._book.counted(self._part)
        values[column + 1] = value
        extra = self._book.beside(style, "" if kind >= 8 else None, is_text=isinstance(value, str))
        if extra is not None:
            self.content.extras[self._row, column + 1] = extra

    def _value(self, kind: int, body: bytes, style: int) -> Value:
        if kind == 2:
            return self._book.shown(rk(struct.unpack_from("<I", body, 8)[0]), style)
        if kind in (5, 9):
            return self._book.shown(real(body[8:16]), style)
        if kind == 7:
            return self._book.shared(struct.unpack_from("<I", body, 8)[0], self._part)
        if kind in (6, 8):
            return _text(body, 8, self._part)[0]
        if kind in (3, 11):
            return error(body[8])
        return bool(body[8])

    def _merge(self, body: bytes) -> None:
        top, bottom, left, right = struct.unpack_from("<4I", body)
        if bottom < top or right < left or bottom >= MAX_ROW or right >= MAX_COLUMN:
            raise refuse("bad_sheet", part=self._part)
        self.content.merges.append(str(Area(top + 1, left + 1, bottom + 1, right + 1)))
        if len(self.content.merges) > self._book.limits.areas:
            raise refuse("too_many_cells", part=self._part)


__all__ = ["read_xlsb"]
