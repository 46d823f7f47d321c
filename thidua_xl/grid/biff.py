"""The workbook stream of an .xls file (BIFF5 to BIFF8) -> `Book`. Read `read_xls`.

Source: [MS-XLS] (BIFF8) and the Excel 5 record layouts kept in it. Formulas are kept as tokens only, so a formula's
text is "" here; its stored result, error or truth value is read exactly.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from thidua_xl.errors import InputRefused
from thidua_xl.grid.biff_strings import Segments, byte_string, codepage_name, unicode_string
from thidua_xl.grid.binary import area_text, error, real, rk
from thidua_xl.grid.cfb import open_compound
from thidua_xl.grid.formats import DATE, NUMBER, Styles, make_styles
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra, RowCells
from thidua_xl.grid.values import dated
from thidua_xl.model import Book, Sheet, Value
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area

_BOF, _EOF, _CONTINUE = 0x809, 0x0A, 0x3C
_WORKSHEET = 0
Record = tuple[int, list[bytes]]


def read_xls(data: bytes, limits: Limits = DEFAULT) -> Book:
    """The book in the bytes of an .xls file. Raises `InputRefused` (encrypted, damaged, not_a_workbook, ...)."""
    compound = open_compound(data)
    for name in ("Workbook", "Book"):
        if name in compound:
            return read_stream(compound.stream(name), limits)
    for name, what in (("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("EncryptedPackage", "")):
        if name in compound:
            raise refuse("not_a_workbook", seen=what) if what else refuse("encrypted")
    raise refuse("not_a_workbook", seen="OLE")


def read_stream(stream: bytes, limits: Limits = DEFAULT) -> Book:
    """The book in a workbook stream."""
    reader = _Workbook(stream, limits)
    reader.read_globals()
    if len(reader.listed) > limits.sheets:
        raise refuse("too_many_cells")
    return Book(
        file="",
        sheets=tuple(reader.sheet(one) for one in reader.listed if one.kind == _WORKSHEET),
        names=reader.names(),
        format="xls",
    )


def records(stream: bytes, place: int) -> Iterator[Record]:
    """Records from `place` on up to the end of their substream; nested substreams (charts) are left out.

    The bodies of CONTINUE records come with the record they continue.
    """
    depth = 0
    waiting: tuple[int, list[bytes]] | None = None
    while True:
        if place + 4 > len(stream):
            raise refuse("damaged", part="Workbook")
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if len(body) < length:
            raise refuse("damaged", part="Workbook")
        place += 4 + length
        if kind == _CONTINUE and waiting is not None:
            waiting[1].append(body)
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth <= 1:
            waiting = kind, [body]


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    place: int
    visible: bool
    kind: int


@dataclass(slots=True)
class _Content:
    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    extras: dict[tuple[int, int], Extra] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


class _Workbook:
    """The records of the workbook as a whole, then sheet by sheet."""

    def __init__(self, stream: bytes, limits: Limits) -> None:
        self.listed: list[_Listed] = []
        self.limits = limits
        self._stream = stream
        self._count = 0
        self._strings: list[str] = []
        self._styles = Styles()
        self._from_1904 = False
        self._codepage = "cp1252"
        self._wide = True
        self._names: list[tuple[str, int, bytes]] = []
        self._own_book: int | None = None
        self._books = 0
        self._sheets_of: list[tuple[int, int, int]] = []

    def read_globals(self) -> None:
        """Take in the records before the first sheet."""
        codes: dict[int, str] = {}
        fonts: list[str] = []
        cells: list[tuple[int, int]] = []
        shared: list[bytes] = []
        for kind, bodies in records(self._stream, 0):
            body = bodies[0]
            if kind == _BOF and len(body) >= 4:
                version, what = struct.unpack_from("<HH", body)
                if what != 5:
                    raise refuse("not_a_workbook", seen="xls")
                self._wide = version >= 0x600
            elif kind == 0x2F:
                raise refuse("encrypted")
            elif kind == 0x42 and len(body) >= 2:
                self._codepage = codepage_name(struct.unpack_from("<H", body)[0])
            elif kind == 0x22 and len(body) >= 2:
                self._from_1904 = struct.unpack_from("<H", body)[0] == 1
            elif kind == 0x31 and len(body) > 15:
                fonts.append(self._short(body, 14))
                if len(fonts) == 4:
                    fonts.append("")  # there is no font 4
            elif kind == 0x41E and len(body) > 3:
                codes[struct.unpack_from("<H", body)[0]] = self._format(body)
            elif kind == 0xE0 and len(body) >= 4:
                font, code = struct.unpack_from("<HH", body)
                cells.append((code, font))
            elif kind == 0x85 and len(body) > 7:
                self._bound_sheet(body)
            elif kind == 0xFC:
                shared = bodies
            else:
                self._reference(kind, body)
        self._strings = self._shared(shared)
        self._styles = make_styles(cells, codes, fonts)

    def sheet(self, listed: _Listed) -> Sheet:
        """The sheet of a list entry."""
        content = _Content()
        reader = _SheetReader(self, content)
        for kind, bodies in records(self._stream, listed.place):
            reader.take(kind, bodies)
        rows = {row: dict(sorted(values.items())) for row, values in sorted(content.rows.items()) if values}
        return Sheet(
            name=listed.name,
            cells=RowCells(rows, content.extras),
            visible=listed.visible,
            merges=tuple(content.merges),
            hidden_rows=frozenset(content.hidden_rows),
            hidden_columns=frozenset(content.hidden_columns),
        )

    def shared(self, index: int) -> str:
        """A shared string; an index outside the table is damage."""
        if index >= len(self._strings):
            raise refuse("bad_reference", part="SST")
        return self._strings[index]

    def value(self, size: Value, style: int) -> Value:
        """A number as the number or day that its style shows."""
        kind = self._styles.kinds[style] if style < len(self._styles.kinds) else NUMBER
        if kind != DATE or (not isinstance(size, (int, float)) and not hasattr(size, "as_tuple")):
            return size
        return dated(size, kind, from_1904=self._from_1904, text=str(size))  # type: ignore[arg-type]  # a number

    def beside(self, style: int, formula: str | None, *, is_text: bool) -> Extra | None:
        """What is to be kept beside a value."""
        known = style < len(self._styles.kinds)
        shown = self._styles.formats[style] if known and not is_text else ""
        font = self._styles.fonts[style] if known and is_text else ""
        return Extra(formula, shown, font) if formula is not None or shown or font else None

    def text(self, bodies: list[bytes], place: int) -> str:
        """A string with a two-byte length, as the version writes it."""
        if self._wide:
            return Segments([bodies[0][place:], *bodies[1:]]).rich_string()
        return byte_string(bodies[0], place, 2, self._codepage)

    def counted(self) -> None:
        """Refuse when more cells came than any office form holds."""
        self._count += 1
        if self._count > self.limits.cells:
            raise refuse("too_many_cells")

    def names(self) -> dict[str, str]:
        """Defined names that are one area of one sheet, as formulas."""
        found: dict[str, str] = {}
        for name, scope, tokens in self._names:
            formula = self._area(tokens)
            if formula:
                owner = self.listed[scope - 1].name + "!" if 0 < scope <= len(self.listed) else ""
                found[owner + name] = formula
        return found

    def _area(self, tokens: bytes) -> str:
        """The area that tokens name: one Area3d or Ref3d of this workbook. [MS-XLS] 2.5.198.28, .84."""
        if not self._wide or not tokens:
            return ""
        kind = tokens[0] & 0x1F
        if kind == 0x1B and len(tokens) == 11:
            index, top, bottom, left, right = struct.unpack_from("<5H", tokens, 1)
        elif kind == 0x1A and len(tokens) == 7:
            index, top, left = struct.unpack_from("<3H", tokens, 1)
            bottom, right = top, left
        else:
            return ""
        if index >= len(self._sheets_of):
            return ""
        book, first, last = self._sheets_of[index]
        if book != self._own_book or first != last or first >= len(self.listed):
            return ""
        area = Area(top + 1, (left & 0xFF) + 1, bottom + 1, (right & 0xFF) + 1)
        return area_text(self.listed[first].name, area)

    def _reference(self, kind: int, body: bytes) -> None:
        """Records that say what formulas point at."""
        if kind == 0x1AE:
            if body[2:4] == b"\x01\x04":
                self._own_book = self._books
            self._books += 1
        elif kind == 0x17 and self._wide and len(body) >= 2:
            (count,) = struct.unpack_from("<H", body)
            if len(body) >= 2 + 6 * count:
                self._sheets_of += [struct.unpack_from("<3H", body, 2 + 6 * index) for index in range(count)]
        elif kind == 0x18 and self._wide and len(body) > 15:
            length, size, scope = body[3], struct.unpack_from("<H", body, 4)[0], struct.unpack_from("<H", body, 8)[0]
            width = 2 if body[14] & 1 else 1
            end = 15 + length * width
            if body[0] & 0x20 == 0 and end + size <= len(body):
                name = body[15:end].decode("utf-16-le" if width == 2 else "latin-1", "replace")
                self._names.append((name, scope, body[end : end + size]))

    def _bound_sheet(self, body: bytes) -> None:
        place, state, kind = struct.unpack_from("<IBB", body)
        name = self._short(body, 6)
        if any(one.name.casefold() == name.casefold() for one in self.listed):
            raise refuse("bad_reference", part="Workbook")
        self.listed.append(_Listed(name, place, state & 3 == 0, kind))

    def _short(self, body: bytes, place: int) -> str:
        """A string with a one-byte length."""
        if not self._wide:
            return byte_string(body, place, 1, self._codepage)
        length, flags = body[place], body[place + 1] if place + 1 < len(body) else 0
        raw = body[place + 2 : place + 2 + length * (2 if flags & 1 else 1)]
        return raw.decode("utf-16-le" if flags & 1 else "latin-1", "replace")

    def _format(self, body: bytes) -> str:
        """The code of a number format, "" when another program wrote it in the older layout."""
        try:
            return unicode_string(body, 2) if self._wide else byte_string(body, 2, 1, self._codepage)
        except InputRefused:
            return ""

    def _shared(self, bodies: list[bytes]) -> list[str]:
        if not bodies or len(bodies[0]) < 8:
            return []
        (count,) = struct.unpack_from("<I", bodies[0], 4)
        segments = Segments([bodies[0][8:], *bodies[1:]])
        found: list[str] = []
        # Some writers count too many; a cell that asks for a string that is not there is refused later.
        while len(found) < count and not segments.ended:
            found.append(segments.rich_string())
        return found


class _SheetReader:
    """Takes the records of one sheet."""

    def __init__(self, book: _Workbook, content: _Content) -> None:
        self._book = book
        self._content = content
        self._waiting: tuple[int, int, int] | None = None
        self._takers: dict[int, Callable[[list[bytes]], None]] = {
            0x203: self._number,
            0x27E: self._rk,
            0xBD: self._many_rk,
            0xFD: self._shared,
            0x204: self._label,
            0xD6: self._label,
            0x205: self._bool_or_error,
            0x06: self._formula,
            0x207: self._result,
            0x208: self._row,
            0x7D: self._columns,
            0xE5: self._merges,
        }

    def take(self, kind: int, bodies: list[bytes]) -> None:
        taker = self._takers.get(kind)
        if kind == 0x2F:
            raise refuse("encrypted")
        if taker is None:
            return
        try:
            taker(bodies)
        except struct.error:
            raise refuse("damaged", part="Workbook") from None

    def _number(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        row, column, style = struct.unpack_from("<3H", body)
        self._put(row, column, self._book.value(real(body[6:14]), style), style)

    def _rk(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        row, column, style, number = struct.unpack_from("<3HI", body)
        self._put(row, column, self._book.value(rk(number), style), style)

    def _many_rk(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        row, column = struct.unpack_from("<2H", body)
        for index in range((len(body) - 6) // 6):
            style, number = struct.unpack_from("<HI", body, 4 + 6 * index)
            self._put(row, column + index, self._book.value(rk(number), style), style)

    def _shared(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        row, column, style, index = struct.unpack_from("<3HI", body)
        self._put(row, column, self._book.shared(index), style)

    def _label(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        row, column, style = struct.unpack_from("<3H", body)
        self._put(row, column, self._book.text(bodies, 6), style)

    def _bool_or_error(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        row, column, style, value, is_error = struct.unpack_from("<3HBB", body)
        self._put(row, column, error(value) if is_error else bool(value), style)

    def _formula(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        row, column, style = struct.unpack_from("<3H", body)
        raw = body[6:14]
        if raw[6:8] != b"\xff\xff":
            self._put(row, column, self._book.value(real(raw), style), style, formula="")
        elif raw[0] == 0:
            self._waiting = row, column, style
        elif raw[0] == 1:
            self._put(row, column, bool(raw[2]), style, formula="")
        elif raw[0] == 2:
            self._put(row, column, error(raw[2]), style, formula="")

    def _result(self, bodies: list[bytes]) -> None:
        """The text that a formula shows, in the record after it."""
        if self._waiting is not None:
            row, column, style = self._waiting
            self._waiting = None
            self._put(row, column, self._book.text(bodies, 0), style, formula="")

    def _row(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        row, flags = struct.unpack_from("<H", body)[0], struct.unpack_from("<H", body, 12)[0]
        if flags & 0x20:
            self._content.hidden_rows.add(row + 1)

    def _columns(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        first, last, _, _, flags = struct.unpack_from("<5H", body)
        if flags & 1:
            self._content.hidden_columns.update(range(first + 1, min(last + 1, MAX_COLUMN) + 1))

    def _merges(self, bodies: list[bytes]) -> None:
        body = bodies[0]
        (count,) = struct.unpack_from("<H", body)
        for index in range(count):
            top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * index)
            if bottom < top or right < left:
                raise refuse("bad_sheet", part="Workbook")
            self._content.merges.append(str(Area(top + 1, left + 1, bottom + 1, right + 1)))
        if len(self._content.merges) > self._book.limits.areas:
            raise refuse("too_many_cells")

    def _put(self, row: int, column: int, value: Value, style: int, formula: str | None = None) -> None:
        if isinstance(value, str) and not value:
            return
        place = row + 1, column + 1
        values = self._content.rows.setdefault(place[0], {})
        if place[1] in values or place[0] > MAX_ROW or place[1] > MAX_COLUMN:
            raise refuse("bad_sheet", part="Workbook", cell=f"{place}")
        if isinstance(value, str) and len(value) > self._book.limits.text:
            raise refuse("too_many_cells")
        self._book.counted()
        values[place[1]] = value
        extra = self._book.beside(style, formula, is_text=isinstance(value, str))
        if extra is not None:
            self._content.extras[place] = extra


__all__ = ["read_stream", "read_xls"]
