"""An xlwings engine that behaves as Excel does through COM, and records what was asked of it. Read `ExcelLike`.

Numbers come back as floats, blanks as None, blocks as tuples, dates as datetimes with a time zone; a text that reads as
a number or formula becomes one; a protected sheet refuses; a busy Excel refuses every call for a while.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import xlwings
from xlwings import base_classes

from thidua_xl.refs import column_letters, parse_cell

REJECTED, IGNORED = -2147418111, -2146777998


class ComError(Exception):
    """`pywintypes.com_error`: (hresult, text, details, argument)."""

    def __init__(self, hresult: int, text: str = "", details: tuple[object, ...] | None = None) -> None:
        super().__init__(hresult, text, details, None)
        self.hresult = hresult


class PyTime(dt.datetime):
    """`pywintypes.datetime`: a datetime that carries a time zone."""


class ExcelLike:
    """What happens: `calls` records (what, where, value); `busy` is how many calls are refused before one is taken."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.busy = 0
        self.busy_code = IGNORED
        self.fails_on: Callable[[str, str], bool] = lambda what, where: False
        self.apps = Apps(self)
        self.book = Book(self.apps.only, "C:\\Báo cáo\\Mẫu tỉnh.xlsm")

    name, type = "excel", "desktop"

    def opened(self) -> xlwings.Book:
        """The one open workbook as xlwings gives it."""
        return xlwings.Book(impl=self.book)

    def happened(self, what: str) -> list[tuple[str, Any]]:
        """(where, value) of every recorded call of a kind."""
        return [(where, value) for kind, where, value in self.calls if kind == what]

    def call(self, what: str, where: str, value: Any = None) -> None:
        """Record a call; raise as Excel would."""
        if self.busy:
            self.busy -= 1
            details = (0, None, None, None, 0, self.busy_code) if self.busy_code == IGNORED else None
            raise ComError(-2147352567 if details else self.busy_code, "busy", details)
        if self.fails_on(what, where):
            raise ComError(-2147352567, "Exception occurred.", (0, "Microsoft Excel", "1004", None, 0, -2146827284))
        self.calls.append((what, where, value))
        if "!" in where:
            self.book.api.Saved = False

    @staticmethod
    def clean_value_data(
        data: Sequence[Sequence[Any]],
        datetime_builder: Callable[..., object],
        empty_as: object,
        number_builder: Callable[[float], object] | None,
        err_to_str: bool = False,
    ) -> list[list[object]]:
        def clean(value: Any) -> object:
            if value is None or value == "":
                return empty_as
            if isinstance(value, PyTime):
                return datetime_builder(year=value.year, month=value.month, day=value.day, hour=value.hour,
                                        minute=value.minute, second=value.second, microsecond=0)  # fmt: skip
            return number_builder(value) if isinstance(value, float) and number_builder else value

        return [[clean(one) for one in row] for row in data]

    @staticmethod
    def prepare_xl_data_element(value: Any, options: object = None) -> Any:
        return "" if value is None else value


class Apps(base_classes.Apps):
    def __init__(self, engine: ExcelLike) -> None:
        self.only = App(engine)

    def keys(self) -> list[int]:
        return [1]

    def __iter__(self) -> Iterator[App]:
        return iter([self.only])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: object) -> App:
        return self.only


def _setting(name: str) -> Any:
    def read(self: App) -> Any:
        return self.settings[name]

    def write(self: App, value: Any) -> None:
        self.engine.call(name, "app", value)
        self.settings[name] = value

    return property(read, write)


class App(base_classes.App):
    def __init__(self, engine: ExcelLike) -> None:
        self.engine = engine
        self.settings: dict[str, Any] = {
            "calculation": "semiautomatic", "screen_updating": True, "display_alerts": True, "status_bar": False,
        }  # fmt: skip

    calculation = _setting("calculation")
    screen_updating = _setting("screen_updating")
    display_alerts = _setting("display_alerts")
    status_bar = _setting("status_bar")
    pid = 1
    books = property(lambda self: None)

    def activate(self, steal_focus: bool = False) -> None:
        return None


class Book(base_classes.Book):
    def __init__(self, app: App, path: str) -> None:
        self._app, self.path = app, path
        self.tabs: list[Sheet] = []
        self.areas: dict[str, Range] = {}
        self.native = BookApi(self)

    api = property(lambda self: self.native)
    app = property(lambda self: self._app)
    fullname = property(lambda self: self.path)
    name = property(lambda self: self.path.rpartition("\\")[2])
    sheets = property(lambda self: Sheets(self))
    names = property(lambda self: Names(self))

    def activate(self) -> None:
        return None

    def tab(self, name: str) -> Sheet:
        """A new sheet."""
        self.tabs.append(Sheet(self, name))
        return self.tabs[-1]


class BookApi:
    def __init__(self, owner: Book) -> None:
        self.owner = owner
        self.Saved = True
        self.ProtectStructure = False
        self.CustomDocumentProperties = Properties()


class Properties(list[Any]):
    def Add(self, name: str, link: bool, kind: int, value: str) -> None:
        self.append(type("Property", (), {"Name": name, "Value": value})())


class Names(base_classes.Names):
    def __init__(self, owner: Book) -> None:
        self.owner = owner

    api = property(lambda self: None)

    def __len__(self) -> int:
        return len(self.owner.areas)

    def contains(self, key: Any) -> bool:
        return key in self.owner.areas

    def __call__(self, key: Any) -> Any:
        names = list(self.owner.areas)
        found = Name()
        found.key = names[key - 1] if isinstance(key, int) else key
        found.area = self.owner.areas[found.key]
        return found


class Name(base_classes.Name):
    key: str
    area: Range
    name = property(lambda self: self.key)
    refers_to = property(lambda self: f"='{self.area.sheet.name}'!{self.area.address}")
    refers_to_range = property(lambda self: self.area)


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    active = property(lambda self: self.book.tabs[0])

    def __len__(self) -> int:
        return len(self.book.tabs)

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self.book.tabs)

    def __call__(self, key: Any) -> Sheet:
        if isinstance(key, int):
            return self.book.tabs[key - 1]
        return next(one for one in self.book.tabs if one.name == key)

    def add(self, before: Any = None, after: Any = None, name: str | None = None) -> Sheet:
        self.book.app.engine.call("add sheet", name or "", None)
        return self.book.tab(name or "Sheet1")


class Sheet(base_classes.Sheet):
    def __init__(self, book: Book, name: str) -> None:
        self._book, self._name = book, name
        self.cells_seen: dict[tuple[int, int], Any] = {}
        self.looks: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.notes_seen: dict[tuple[int, int], str] = {}
        self.heights: dict[int, float] = {}
        self.native = SheetApi(self)
        self._visible = True

    api = property(lambda self: self.native)
    book = property(lambda self: self._book)
    name = property(lambda self: self._name)
    index = property(lambda self: self._book.tabs.index(self) + 1)
    visible = property(lambda self: self._visible, lambda self, value: setattr(self, "_visible", value))

    @property
    def used_range(self) -> Range:
        rows = [row for row, _ in self.cells_seen] or [1]
        columns = [column for _, column in self.cells_seen] or [1]
        return Range(self, 1, 1, max(rows), max(columns))

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        first = _box(arg1)
        last = _box(arg2) if arg2 is not None else first
        return Range(self, first[0], first[1], last[2], last[3])

    def delete(self) -> None:
        self._book.app.engine.call("delete sheet", self._name)
        self._book.tabs.remove(self)

    def activate(self) -> None:
        return None

    def change(self, what: str, where: str, value: Any = None) -> None:
        """Record a change; a protected sheet refuses it."""
        if self.api.ProtectContents:
            raise ComError(
                -2147352567, "Exception occurred.", (0, "Microsoft Excel", "protected", None, 0, -2146827284)
            )
        self._book.app.engine.call(what, f"{self._name}!{where}", value)


class PageSetup:
    """A sheet fitted to one page's width, as Excel tells it."""

    def __init__(self) -> None:
        self.Zoom: int | bool = False
        self.FitToPagesWide: int | bool = 1
        self.FitToPagesTall: int | bool = False


class PageBreaks(list[int]):
    def Add(self, before: Any) -> None:
        self.append(before.owner.row)


class SheetApi:
    def __init__(self, owner: Sheet) -> None:
        self.owner = owner
        self.ProtectContents = False
        self.password = ""
        self.allowed: dict[str, bool] = {}
        self.PageSetup = PageSetup()
        self.HPageBreaks = PageBreaks()

    def ResetAllPageBreaks(self) -> None:
        self.HPageBreaks.clear()

    @property
    def Protection(self) -> Any:
        allowed = self.allowed
        return type("Protection", (), {"__getattr__": lambda _, name: allowed.get(name, False)})()

    def Unprotect(self) -> None:
        if self.password:
            raise ComError(-2147352567, "Exception occurred.", (0, "Microsoft Excel", "password", None, 0, -2146827284))
        self.ProtectContents = False

    def Protect(self, **allowed: bool) -> None:
        self.ProtectContents, self.allowed = True, allowed


class Range(base_classes.Range):
    max_cells_per_read = None
    max_cells_per_write = None

    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self.sheet = sheet
        self.r1, self.c1, self.r2, self.c2 = top, left, bottom, right

    row = property(lambda self: self.r1)
    column = property(lambda self: self.c1)
    shape = property(lambda self: (self.r2 - self.r1 + 1, self.c2 - self.c1 + 1))
    coords = property(lambda self: (self.sheet.name, self.r1, self.c1, *self.shape))
    api = property(lambda self: RangeApi(self))

    def __len__(self) -> int:
        return int(self.shape[0] * self.shape[1])

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        return Range(self.sheet, *(self.r1 + row - 1, self.c1 + column - 1) * 2)

    @property
    def address(self) -> str:
        first, last = f"${column_letters(self.c1)}${self.r1}", f"${column_letters(self.c2)}${self.r2}"
        return first if first == last else f"{first}:{last}"

    def places(self) -> Iterator[tuple[int, int]]:
        return ((row, column) for row in range(self.r1, self.r2 + 1) for column in range(self.c1, self.c2 + 1))

    @property
    def raw_value(self) -> Any:
        seen = tuple(
            tuple(_told(self.sheet.cells_seen.get((row, column))) for column in range(self.c1, self.c2 + 1))
            for row in range(self.r1, self.r2 + 1)
        )
        return seen[0][0] if len(self) == 1 else seen

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        rows = value if isinstance(value, list | tuple) else [[value] * self.shape[1]] * self.shape[0]
        self.sheet.change("value", self.address, rows)
        for (row, column), one in zip(self.places(), (one for line in rows for one in line), strict=True):
            self.sheet.cells_seen[row, column] = _entered(one)

    @property  # type: ignore[misc]  # nothing sets it here
    def formula(self) -> Any:
        seen = tuple(
            tuple(_edit_line(self.sheet.cells_seen.get((row, column))) for column in range(self.c1, self.c2 + 1))
            for row in range(self.r1, self.r2 + 1)
        )
        return seen[0][0] if len(self) == 1 else seen

    def clear_contents(self) -> None:
        self.sheet.change("clear", self.address)
        for place in self.places():
            self.sheet.cells_seen.pop(place, None)

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        self.sheet.change("insert", f"{self.r1}:{self.r2}")
        count = self.shape[0]
        moved = self.sheet.cells_seen.items()
        self.sheet.cells_seen = {(row + count if row >= self.r1 else row, column): one for (row, column), one in moved}

    def delete(self, shift: str | None = None) -> None:
        self.sheet.change("delete", f"{self.r1}:{self.r2}")
        count = self.shape[0]
        kept = {place: one for place, one in self.sheet.cells_seen.items() if not self.r1 <= place[0] <= self.r2}
        self.sheet.cells_seen = {(row - count if row > self.r2 else row, c): one for (row, c), one in kept.items()}

    def copy(self, destination: Any = None) -> None:
        destination = getattr(destination, "impl", destination)
        self.sheet.change("copy", f"{self.r1} to {destination.r1}:{destination.r2}")
        for row in range(destination.r1, destination.r2 + 1):
            for (from_row, column), one in list(self.sheet.cells_seen.items()):
                if from_row == self.r1:
                    self.sheet.cells_seen[row, column] = one

    @property
    def row_height(self) -> float:
        return self.sheet.heights.get(self.r1, 15.0)

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.sheet.change("height", f"{self.r1}:{self.r2}", value)
        self.sheet.heights.update(dict.fromkeys(range(self.r1, self.r2 + 1), value))

    @property
    def color(self) -> tuple[int, int, int] | None:
        return self.sheet.looks.get((self.r1, self.c1))

    @color.setter
    def color(self, value: Any) -> None:
        self.sheet.change("color", self.address, value)
        text = value if isinstance(value, str) else None
        for place in self.places():
            if value is None:
                self.sheet.looks.pop(place, None)
            else:
                self.sheet.looks[place] = tuple(bytes.fromhex(text[1:])) if text else value  # type: ignore[assignment]  # three bytes

    @property
    def note(self) -> Note | None:
        return Note(self) if (self.r1, self.c1) in self.sheet.notes_seen else None

    column_width = property(lambda self: 8.43, lambda self, value: self.sheet.change("width", self.address, value))
    wrap_text = property(lambda self: False, lambda self, value: None)
    font = property(lambda self: Font())

    def merge(self, across: bool = False) -> None:
        self.sheet.change("merge", self.address)

    def autofit(self, axis: str | None = None) -> None:
        self.sheet.change("autofit", self.address)

    def add_hyperlink(self, address: str, text_to_display: str | None = None, screen_tip: str | None = None) -> None:
        self.sheet.change("link", self.address, address)


class Font(base_classes.Font):
    name = size = bold = None  # how a text looks does not matter here


class Note(base_classes.Note):
    def __init__(self, owner: Range) -> None:
        self.owner = owner

    text = property(lambda self: self.owner.sheet.notes_seen[self.owner.r1, self.owner.c1])

    def delete(self) -> None:
        self.owner.sheet.change("delete note", self.owner.address)
        del self.owner.sheet.notes_seen[self.owner.r1, self.owner.c1]


class RangeApi:
    def __init__(self, owner: Range) -> None:
        self.owner = owner

    def AddComment(self, text: str) -> None:
        place = self.owner.r1, self.owner.c1
        if place in self.owner.sheet.notes_seen:
            raise ComError(-2147352567, "Exception occurred.", (0, "Microsoft Excel", "1004", None, 0, -2146827284))
        self.owner.sheet.change("note", self.owner.address, text)
        self.owner.sheet.notes_seen[place] = text


class Entered(str):
    """A formula that stands in a cell."""

    __slots__ = ()


_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?%?")
_DATE = re.compile(r"\d{1,4}[/-]\d{1,2}([/-]\d{1,4})?")


def _entered(value: Any) -> Any:
    """What Excel makes of a value that is put into a cell."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        if isinstance(value, int) and abs(value) >= 2**31:
            raise OverflowError("int too big to convert")  # as pywin32 says
        return float(value)
    if isinstance(value, dt.datetime):
        return PyTime(value.year, value.month, value.day, value.hour, value.minute, tzinfo=dt.UTC)
    if not isinstance(value, str):
        raise TypeError(f"Objects of type '{type(value).__name__}' can not be converted to a COM VARIANT")
    if value.startswith("'"):
        return value[1:]
    if value.startswith("=") and len(value) > 1:
        return Entered(value)
    if _NUMBER.fullmatch(value):
        return float(value.replace(",", ".").rstrip("%"))
    return PyTime(2024, 1, 1, tzinfo=dt.UTC) if _DATE.fullmatch(value) else value or None


def _told(value: Any) -> Any:
    return 0.0 if isinstance(value, Entered) else value


def _edit_line(value: Any) -> str:
    return "" if value is None else str(value)


def _box(place: Any) -> tuple[int, int, int, int]:
    if isinstance(place, xlwings.Range):
        place = place.impl
    if isinstance(place, Range):
        return place.r1, place.c1, place.r2, place.c2
    if isinstance(place, tuple):
        return place[0], place[1], place[0], place[1]
    first, _, last = place.replace("$", "").partition(":")
    if first.isdigit():
        return int(first), 1, int(last or first), 16384
    return (*parse_cell(first), *parse_cell(last or first))
