"""Cells with their addresses, as any reader delivers them. Read `Book`, then `Sheet`, then `Cell`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an Excel error: `code` is `#N/A`, `#REF!`, `#VALUE!`, `#DIV/0!`, ..."""

    code: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """A value that was typed but could not be taken; a finding already says why.

    Rules that need it stay silent, so that one fault gives one finding. `seen` is the text as typed.
    """

    seen: str


# What a cell may hold. Blank is None, never "". Numbers are int or Decimal, never float.
Value = None | bool | int | Decimal | str | date | datetime | CellError | Invalid


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `row` and `column` are 1-based.

    `value` is the stored (for formulas: cached) value; a formula never calculated has `value` None and
    `formula` set (its text; "" when the file keeps none of its own). Text is as stored (no NFC, no trimming).
    `number_format` is the Excel format code where it changes what the number means, `font` the font's name where
    it is one of the old Vietnamese ones. `raw` is the stored text of a number that has more digits than `value`.
    """

    row: int
    column: int
    value: Value
    formula: str | None = None
    number_format: str = ""
    font: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its cells by (row, column), 1-based; blank cells are absent."""

    name: str
    cells: Mapping[tuple[int, int], Cell]
    visible: bool = True
    merges: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def value(self, row: int, column: int) -> Value:
        """The value at a 1-based place, None when blank."""
        cell = self.cells.get((row, column))
        return None if cell is None else cell.value

    @property
    def last_row(self) -> int:
        """The last 1-based row that holds a cell, 0 when the sheet is empty."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """The last 1-based column that holds a cell, 0 when the sheet is empty."""
        return max((column for _, column in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook file as read: sheets in order, defined names (`name` or `Sheet!name` -> formula text).

    `file` is the name to show the user (a zip member is `round.zip/unit.xlsx`), `sha256` its content's
    digest. `external` names other workbooks that formulas point at.
    """

    file: str
    sheets: tuple[Sheet, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    external: tuple[str, ...] = ()
    sha256: str = ""
    format: str = "xlsx"

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that exact name, or None."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        return None
