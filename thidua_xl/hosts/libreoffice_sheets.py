"""Sheets and defined names of an open LibreOffice workbook in the words of xlwings. Read `Sheet`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import xlwings
from xlwings import base_classes

from thidua_xl.hosts.libreoffice_office import load_uno
from thidua_xl.hosts.libreoffice_pages import PageBreaksApi, PageSetupApi, drop_breaks
from thidua_xl.hosts.libreoffice_range import Range
from thidua_xl.refs import parse_cell

if TYPE_CHECKING:
    from thidua_xl.hosts.libreoffice import Book

_SHEET = re.compile(r"('(?:[^']|'')+'|(?<![#\w.])[\w.]+)!")
_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+")


class Sheets(base_classes.Sheets):
    """The sheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        return self.book.native_sheets

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.native.CurrentController.ActiveSheet)

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, None, name) for name in self.api.ElementNames)

    def __call__(self, key: int | str) -> Sheet:
        if isinstance(key, int):
            return Sheet(self.book, self.api.getByIndex(key - 1))
        if self.api.hasByName(key):
            return Sheet(self.book, self.api.getByName(key))
        # Names of sheets differ by more than case to LibreOffice, not to Excel.
        for name in self.api.ElementNames:
            if name.casefold() == key.casefold():
                return Sheet(self.book, self.api.getByName(name))
        raise KeyError(key)

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        place = self.api.Count
        if before is not None:
            place = before.index - 1
        elif after is not None:
            place = after.index
        number, chosen = 1, name or "Sheet1"
        while name is None and self.api.hasByName(chosen):
            number += 1
            chosen = f"Sheet{number}"
        self.api.insertNewByName(chosen, place)
        return Sheet(self.book, self.api.getByName(chosen))


class Sheet(base_classes.Sheet):
    """One sheet; the UNO object is given, or found by its name when it is needed."""

    def __init__(self, book: Book, native: Any, name: str | None = None) -> None:
        self._book, self._native, self._name = book, native, name
        self._rows: tuple[int, Any] = (-1, None)
        self._rover: Any = None

    @property
    def native(self) -> Any:
        """The UNO object."""
        if self._native is None:
            self._native = self._book.native_sheets.getByName(self._name)
        return self._native

    def rove(self, top: int, left: int, bottom: int, right: int) -> Any:
        """A UNO cell range moved to these cells (0-based); the next call moves it on.

        An object fetched anew costs a dozen calls, one that is moved costs three.
        """
        if self._rover is None:
            self._rover = self.native.createCursorByRange(self.native.getCellRangeByPosition(left, top, right, bottom))
            return self._rover
        rover, at = self._rover, self._rover.RangeAddress
        if (at.EndRow - at.StartRow, at.EndColumn - at.StartColumn) != (bottom - top, right - left):
            rover.collapseToSize(right - left + 1, bottom - top + 1)
        if (at.StartRow, at.StartColumn) != (top, left):
            rover.gotoOffset(left - at.StartColumn, top - at.StartRow)
        return rover

    def stop_roving(self) -> None:
        """Rows or columns are taken out, and with them maybe the range that roves."""
        self._rover = None

    def last_column_index(self) -> int:
        """The last used column (0-based)."""
        rover = self.rove(0, 0, 0, 0)
        rover.gotoEndOfUsedArea(False)
        return int(rover.RangeAddress.EndColumn)

    @property
    def number(self) -> int:
        """Its place among the sheets, 0-based; asked each time, for a sheet may be moved."""
        return int(self.native.RangeAddress.Sheet)

    @property
    def rows(self) -> Any:
        """The UNO container of its rows, which does not follow a sheet that is moved."""
        number = self.number
        if self._rows[0] != number:
            self._rows = (number, self.native.Rows)
        return self._rows[1]

    @property
    def document(self) -> Any:
        """The UNO document it belongs to."""
        return self._book.native

    @property
    def api(self) -> SheetApi:
        return SheetApi(self)

    @property
    def book(self) -> Book:
        return self._book

    @property
    def name(self) -> str:
        if self._name is None:
            self._name = str(self.native.Name)
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.native.Name = self._name = value

    @property
    def names(self) -> Names:
        return Names(self._book, self.native.NamedRanges)

    @property
    def index(self) -> int:
        return self.number + 1

    @property
    def visible(self) -> bool:
        return bool(self.native.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.native.IsVisible = bool(value)

    @property
    def cells(self) -> Range:
        rows, columns = self._book.size
        return Range(self, 0, 0, rows - 1, columns - 1)

    @property
    def used_range(self) -> Range:
        cursor = self.native.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        area = cursor.RangeAddress
        return Range(self, area.StartRow, area.StartColumn, area.EndRow, area.EndColumn)

    def range(self, arg1: object, arg2: object = None) -> Range:
        first = self._box(arg1)
        if arg2 is None:
            return Range(self, *first)
        second = self._box(arg2)
        top, left = min(first[0], second[0]), min(first[1], second[1])
        return Range(self, top, left, max(first[2], second[2]), max(first[3], second[3]))

    def activate(self) -> None:
        self.document.CurrentController.setActiveSheet(self.native)

    def select(self) -> None:
        self.activate()

    def delete(self) -> None:
        self.document.Sheets.removeByName(self.name)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        """A copy within the workbook, named as Excel names copies: `TH10 (2)`."""
        sheets = self._book.native_sheets
        number = 2
        while sheets.hasByName(f"{self.name} ({number})"):
            number += 1
        place = before.number if before is not None else after.number + 1 if after is not None else sheets.Count
        sheets.copyByName(self.name, f"{self.name} ({number})", place)

    def clear_contents(self) -> None:
        self.cells.clear_contents()

    def clear(self) -> None:
        self.cells.clear()

    def _box(self, place: object) -> tuple[int, int, int, int]:
        """(top, left, bottom, right), 0-based, of an address, a defined name, a pair or a range."""
        if isinstance(place, xlwings.Range):
            place = place.impl
        if isinstance(place, Range):
            return place.top_index, place.left_index, place.bottom_index, place.right_index
        if isinstance(place, tuple):
            row, column = place[0] - 1, place[1] - 1
            rows, columns = (place[2], place[3]) if len(place) == 4 else (1, 1)
            return row, column, row + rows - 1, column + columns - 1
        text = str(place).replace("$", "")
        first, _, last = text.partition(":")
        if first.isdigit():
            return int(first) - 1, 0, int(last or first) - 1, self._book.size[1] - 1
        if _CELL.fullmatch(first) and (not last or _CELL.fullmatch(last)):
            top, left = parse_cell(first)
            bottom, right = parse_cell(last or first)
            return top - 1, left - 1, bottom - 1, right - 1
        area = self.document.NamedRanges.getByName(text).ReferredCells.RangeAddress
        return area.StartRow, area.StartColumn, area.EndRow, area.EndColumn


class SheetApi:
    """What Excel's own Worksheet can do and xlwings has no word for, under Excel's names."""

    def __init__(self, owner: Sheet) -> None:
        self._owner = owner

    @property
    def ProtectContents(self) -> bool:  # noqa: N802 -- the name Excel gives it
        """Whether the sheet is protected."""
        return bool(self._owner.native.isProtected())

    @property
    def PageSetup(self) -> PageSetupApi:  # noqa: N802 -- the name Excel gives it
        """How it is printed."""
        return PageSetupApi(self._owner)

    @property
    def HPageBreaks(self) -> PageBreaksApi:  # noqa: N802 -- the name Excel gives it
        """Where pages begin."""
        return PageBreaksApi(self._owner)

    def ResetAllPageBreaks(self) -> None:  # noqa: N802 -- the name Excel gives it
        """Take out the breaks that somebody set."""
        drop_breaks(self._owner)

    def Unprotect(self, Password: str = "") -> None:  # noqa: N802, N803 -- the name Excel gives it
        """Take the protection off; one with an unknown password stays, which the caller sees."""
        wrong = load_uno().getClass("com.sun.star.lang.IllegalArgumentException")
        try:
            self._owner.native.unprotect(Password)
        except wrong:
            return

    def Protect(self, Password: str = "") -> None:  # noqa: N802, N803 -- the name Excel gives it
        """Protect the sheet again."""
        self._owner.native.protect(Password)


class Names(base_classes.Names):
    """Defined names of a workbook or of a sheet."""

    def __init__(self, book: Book, native: Any) -> None:
        self.book, self.native = book, native

    @property
    def api(self) -> Any:
        return self.native

    def __len__(self) -> int:
        return int(self.native.Count)

    def snapshot(self) -> list[tuple[str, Name]]:
        """(name, handle) of each; the names are asked once for all."""
        return [(name, Name(self.book, self.native, name)) for name in self.native.ElementNames]

    def __call__(self, key: int | str) -> Name:
        if isinstance(key, int):
            return Name(self.book, self.native, self.native.ElementNames[key - 1])
        for name in self.native.ElementNames:
            if name.casefold() == key.casefold():
                return Name(self.book, self.native, name)
        raise KeyError(key)

    def contains(self, key: int | str) -> bool:
        if isinstance(key, int):
            return 0 < key <= len(self)
        return any(name.casefold() == key.casefold() for name in self.native.ElementNames)

    def add(self, name: str, refers_to: str) -> Name:
        first = self.book.native_sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress
        self.native.addNewByName(name, _content(refers_to), first, 0)
        return Name(self.book, self.native, name)


class Name(base_classes.Name):
    """One defined name; the UNO object is fetched when it is needed."""

    def __init__(self, book: Book, all_names: Any, name: str) -> None:
        self.book, self._all, self._name = book, all_names, name

    @cached_property
    def native(self) -> Any:
        """The UNO object."""
        return self._all.getByName(self._name)

    @property
    def api(self) -> Any:
        return self.native

    @property
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.native.Name = self._name = value

    @property
    def refers_to(self) -> str:
        return f"={self.native.Content}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.native.setContent(_content(value))

    def delete(self) -> None:
        self._all.removeByName(self._name)

    @property
    def refers_to_range(self) -> Range:
        area = self.native.ReferredCells.RangeAddress
        sheet = Sheet(self.book, self.book.native_sheets.getByIndex(area.Sheet))
        return Range(sheet, area.StartRow, area.StartColumn, area.EndRow, area.EndColumn)


def _content(refers_to: str) -> str:
    """What a name stands for in the words of LibreOffice, which writes the sheet of `TH01!$A$1` as `$TH01.`"""
    return _SHEET.sub(r"$\1.", refers_to.removeprefix("="))
