"""Ranges of an open LibreOffice workbook in the words of xlwings. Read `Range`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from thidua_xl.hosts.libreoffice_cells import (
    as_written,
    cell_address,
    format_key,
    formulas_of,
    read_block,
    set_formula,
    write_block,
)
from thidua_xl.hosts.libreoffice_office import load_uno
from thidua_xl.refs import column_letters

if TYPE_CHECKING:
    from thidua_xl.hosts.libreoffice_sheets import Sheet

# com.sun.star.sheet.CellFlags: values, dates, texts, formulas; and everything that forms a cell.
_CONTENTS = 1 | 2 | 4 | 16
_FORMATS = 32 | 64 | 128
_ANNOTATION = 8
_HUNDREDTHS_PER_POINT = 2540 / 72
# A unit of Excel's column width is about 7 of 96 pixels an inch, and a column has 5 pixels of padding.
_HUNDREDTHS_PER_PIXEL = 2540 / 96
_PIXELS_PER_UNIT, _PADDING_PIXELS = 7, 5


class Range(base_classes.Range):
    """A block of cells; rows and columns are 0-based inside, 1-based to xlwings."""

    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self.sheet = sheet
        self.top_index, self.left_index, self.bottom_index, self.right_index = top, left, bottom, right

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        return Range(self.sheet, *(self.top_index + row - 1, self.left_index + column - 1) * 2)

    @cached_property
    def block(self) -> Any:
        """The UNO cell range: every object fetched anew costs a dozen calls."""
        return self.sheet.native.getCellRangeByPosition(
            self.left_index, self.top_index, self.right_index, self.bottom_index
        )

    @property
    def _roving(self) -> Any:
        """The same for one question, by an object that the sheet lends to each range in turn."""
        return self.sheet.rove(self.top_index, self.left_index, self.bottom_index, self.right_index)

    @property
    def area(self) -> Any:
        """The UNO address, made without asking LibreOffice."""
        made = load_uno().createUnoStruct("com.sun.star.table.CellRangeAddress")
        made.Sheet = self.sheet.number
        made.StartRow, made.StartColumn, made.EndRow, made.EndColumn = (
            self.top_index, self.left_index, self.bottom_index, self.right_index
        )  # fmt: skip
        return made

    @property
    def api(self) -> RangeApi:
        return RangeApi(self)

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return (self.sheet.name, self.row, self.column, *self.shape)

    @property
    def row(self) -> int:
        return int(self.top_index) + 1

    @property
    def column(self) -> int:
        return int(self.left_index) + 1

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom_index - self.top_index + 1, self.right_index - self.left_index + 1

    @property
    def address(self) -> str:
        first = f"${column_letters(self.left_index + 1)}${self.top_index + 1}"
        last = f"${column_letters(self.right_index + 1)}${self.bottom_index + 1}"
        return first if len(self) == 1 else f"{first}:{last}"

    @property
    def has_array(self) -> None:
        return None

    @property
    def max_cells_per_read(self) -> None:
        return None

    @property
    def max_cells_per_write(self) -> None:
        return None

    @property
    def raw_value(self) -> list[list[object]]:
        return read_block(self.sheet.document, self._roving)

    @raw_value.setter
    def raw_value(self, value: object) -> None:
        if isinstance(value, list | tuple):
            rows = value if value and isinstance(value[0], list | tuple) else [value]
        else:
            rows = [[value] * self.shape[1]] * self.shape[0]
        write_block(self.sheet, self.top_index, self.left_index, [[as_written(one) for one in row] for row in rows])

    @property
    def formula(self) -> object:
        found = formulas_of(self.sheet.book.parser, self._roving)
        return found[0][0] if len(self) == 1 else tuple(map(tuple, found))

    @formula.setter
    def formula(self, value: str | Sequence[Sequence[str]]) -> None:
        rows, columns = self.shape
        for row in range(rows):
            for column in range(columns):
                text = value if isinstance(value, str) else value[row][column]
                cell = self.block.getCellByPosition(column, row)
                if text.startswith("="):
                    set_formula(self.sheet.book.parser, cell, cell.getCellAddress(), text)
                else:
                    cell.setFormula(text)

    formula2 = formula

    def clear_contents(self) -> None:
        self.block.clearContents(_CONTENTS)

    def clear_formats(self) -> None:
        self.block.clearContents(_FORMATS)

    def clear(self) -> None:
        self.block.clearContents(_CONTENTS | _FORMATS | _ANNOTATION)

    def end(self, direction: str) -> Range:
        down, right = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}[direction]
        used = self.sheet.used_range
        bottom, far = max(used.bottom_index, self.top_index), max(used.right_index, self.left_index)

        def is_full(row: int, column: int) -> bool:
            inside = 0 <= row <= bottom and 0 <= column <= far
            return inside and self.sheet.native.getCellByPosition(column, row).Type.value != "EMPTY"

        row, column = self.top_index, self.left_index
        in_run = is_full(row, column) and is_full(row + down, column + right)
        while 0 <= row + down <= bottom and 0 <= column + right <= far:
            if in_run and not is_full(row + down, column + right):
                break
            row, column = row + down, column + right
            if not in_run and is_full(row, column):
                break
        return Range(self.sheet, row, column, row, column)

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        self.sheet.native.insertCells(self.area, _mode("Insert", shift in (None, "down"), self))

    def delete(self, shift: str | None = None) -> None:
        self.sheet.stop_roving()
        self.sheet.native.removeRange(self.area, _mode("Delete", shift in (None, "up"), self))

    def copy(self, destination: Range | None = None) -> None:
        if destination is None:
            raise ValueError("a clipboard is not used; give the destination")
        target = destination.impl if hasattr(destination, "impl") else destination
        if target.sheet.document != self.sheet.document:
            self._copy_across(target)
            return
        # Whole rows are as wide as the sheet; what is empty there need not be copied.
        right = min(self.right_index, max(self.sheet.last_column_index(), self.left_index))
        source = Range(self.sheet, self.top_index, self.left_index, self.bottom_index, right)
        height, left = self.shape[0], target.left_index
        sheet, top = target.sheet, target.top_index
        number = sheet.number
        sheet.native.copyRange(cell_address(number, top, left), source.area)
        # What was copied is copied in turn: twice as many rows with each call.
        filled, wanted = height, -(-(target.bottom_index - top + 1) // height) * height
        while filled < wanted:
            more = min(filled, wanted - filled)
            done = Range(sheet, top, left, top + more - 1, left + right - self.left_index)
            sheet.native.copyRange(cell_address(number, top + filled, left), done.area)
            filled += more

    def _copy_across(self, target: Range) -> None:
        """Copy into another workbook as a user does, by its windows: `copyRange` works within one workbook, and
        `importSheet` of LibreOffice 7.4 crashes once a defined name has lost its cells."""
        source, goal = self.sheet.document.CurrentController, target.sheet.document.CurrentController
        in_front = goal.ActiveSheet
        source.setActiveSheet(self.sheet.native)
        source.select(self.block)
        goal.setActiveSheet(target.sheet.native)
        goal.select(target.sheet.native.getCellByPosition(target.left_index, target.top_index))
        goal.insertTransferable(source.getTransferable())
        goal.setActiveSheet(in_front)

    @property
    def color(self) -> tuple[int, int, int] | None:
        value = self.block.CellBackColor
        return None if value == -1 else ((value >> 16) & 255, (value >> 8) & 255, value & 255)

    @color.setter
    def color(self, value: tuple[int, int, int] | str | None) -> None:
        if isinstance(value, str):
            number = int(value.lstrip("#"), 16)
        else:
            number = -1 if value is None else (value[0] << 16) | (value[1] << 8) | value[2]
        self.block.CellBackColor = number

    @property
    def number_format(self) -> str:
        return str(self.sheet.document.NumberFormats.getByKey(self.block.NumberFormat).FormatString)

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.block.NumberFormat = format_key(self.sheet.document, value)

    @property
    def row_height(self) -> float:
        shown = self.sheet.rove(self.top_index, self.left_index, self.top_index, self.left_index).Size.Height
        # A hidden row shows nothing of the height that it keeps.
        height = shown or self.sheet.rows.getByIndex(self.top_index).Height
        return float(height) / _HUNDREDTHS_PER_POINT

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.sheet.rove(self.top_index, 0, self.bottom_index, 0).Rows.Height = round(value * _HUNDREDTHS_PER_POINT)

    @property
    def column_width(self) -> float:
        pixels = float(self.block.Columns.getByIndex(0).Width) / _HUNDREDTHS_PER_PIXEL
        return max(0.0, (pixels - _PADDING_PIXELS) / _PIXELS_PER_UNIT)

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.block.Columns.Width = round((value * _PIXELS_PER_UNIT + _PADDING_PIXELS) * _HUNDREDTHS_PER_PIXEL)

    @property
    def wrap_text(self) -> bool:
        return bool(self.block.IsTextWrapped)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.block.IsTextWrapped = bool(value)

    @property
    def font(self) -> Font:
        return Font(self)

    @property
    def merge_cells(self) -> bool:
        return bool(self.block.IsMerged)

    @property
    def merge_area(self) -> Range:
        cursor = self.sheet.native.createCursorByRange(self.block)
        cursor.collapseToMergedArea()
        area = cursor.RangeAddress
        return Range(self.sheet, area.StartRow, area.StartColumn, area.EndRow, area.EndColumn)

    def merge(self, across: bool = False) -> None:
        rows = range(self.top_index, self.bottom_index + 1) if across else [None]
        for row in rows:
            block = self.block if row is None else Range(self.sheet, row, self.left_index, row, self.right_index).block
            block.merge(True)

    def unmerge(self) -> None:
        self.block.merge(False)

    @property
    def note(self) -> Note | None:
        found = self.block.getCellByPosition(0, 0).getAnnotation()
        return Note(self, found) if found.getString() else None

    def add_hyperlink(self, address: str, text_to_display: str | None = None, screen_tip: str | None = None) -> None:
        cell = self.block.getCellByPosition(0, 0)
        shown = cell.getString() if text_to_display is None else text_to_display
        field = self.sheet.document.createInstance("com.sun.star.text.TextField.URL")
        field.URL, field.Representation = address, shown
        cell.setString("")
        cell.insertTextContent(cell.createTextCursor(), field, False)

    @property
    def hyperlink(self) -> str:
        fields = self.block.getCellByPosition(0, 0).getTextFields()
        if not fields.getCount():
            raise ValueError("the cell has no hyperlink")
        return str(fields.getByIndex(0).URL)

    def autofit(self, axis: str | None = None) -> None:
        if axis in (None, "rows", "r"):
            self.block.Rows.OptimalHeight = True
        if axis in (None, "columns", "c"):
            self.block.Columns.OptimalWidth = True

    def select(self) -> None:
        self.sheet.document.CurrentController.select(self.block)


class Font(base_classes.Font):
    """The font of a block."""

    def __init__(self, owner: Range) -> None:
        self.owner = owner

    @property
    def api(self) -> Any:
        return self.owner.block

    @property
    def bold(self) -> bool:
        return float(self.owner.block.CharWeight) > 100

    @bold.setter
    def bold(self, value: bool) -> None:
        self.owner.block.CharWeight = 150.0 if value else 100.0

    @property
    def size(self) -> float:
        return float(self.owner.block.CharHeight)

    @size.setter
    def size(self, value: float) -> None:
        self.owner.block.CharHeight = float(value)

    @property
    def name(self) -> str:
        return str(self.owner.block.CharFontName)

    @name.setter
    def name(self, value: str) -> None:
        self.owner.block.CharFontName = value

    @property
    def color(self) -> tuple[int, int, int]:
        value = max(self.owner.block.CharColor, 0)
        return (value >> 16) & 255, (value >> 8) & 255, value & 255

    @color.setter
    def color(self, value: tuple[int, int, int]) -> None:
        self.owner.block.CharColor = (value[0] << 16) | (value[1] << 8) | value[2]


class Note(base_classes.Note):
    """The note of a cell."""

    def __init__(self, owner: Range, native: Any) -> None:
        self.owner, self.native = owner, native

    @property
    def api(self) -> Any:
        return self.native

    @property
    def text(self) -> str:
        return str(self.native.getString())

    @text.setter
    def text(self, value: str) -> None:
        self.native.setString(value)

    def delete(self) -> None:
        self.owner.block.clearContents(_ANNOTATION)


class RangeApi:
    """What Excel's own Range can do and xlwings has no word for, under Excel's names."""

    def __init__(self, owner: Range) -> None:
        self._owner = owner

    @property
    def row(self) -> int:
        """Its first row, 1-based."""
        return self._owner.top_index + 1

    def AddComment(self, Text: str) -> None:  # noqa: N802, N803 -- the name Excel gives it
        """Attach a note."""
        owner = self._owner
        address = owner.block.getCellByPosition(0, 0).getCellAddress()
        owner.sheet.native.getAnnotations().insertNew(address, Text)


def _mode(kind: str, is_vertical: bool, block: Range) -> Any:
    """How the other cells make way: whole rows and columns move as such."""
    rows, columns = block.sheet.book.size
    if block.left_index == 0 and block.right_index == columns - 1:
        name = "ROWS"
    elif block.top_index == 0 and block.bottom_index == rows - 1:
        name = "COLUMNS"
    elif kind == "Insert":
        name = "DOWN" if is_vertical else "RIGHT"
    else:
        name = "UP" if is_vertical else "LEFT"
    return load_uno().Enum(f"com.sun.star.sheet.Cell{kind}Mode", name)
