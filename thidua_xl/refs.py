"""A1 addresses and ranges: parse, print, shift. Rows and columns are 1-based, as in Excel.

Read `parse_cell` and `Area` first. Source: ECMA-376 Part 1, 18.18.62 (ST_Ref).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")


@lru_cache(maxsize=MAX_COLUMN)
def column_letters(column: int) -> str:
    """Letters of a 1-based column number: 1 gives A, 28 gives AB. ValueError outside 1..16384."""
    if not 1 <= column <= MAX_COLUMN:
        raise ValueError(f"column {column}")
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=MAX_COLUMN)
def column_number(letters: str) -> int:
    """1-based number of a column's letters: A gives 1. ValueError when it is no column."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"column {letters!r}")
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= MAX_COLUMN:
        raise ValueError(f"column {letters!r}")
    return number


def cell_name(row: int, column: int) -> str:
    """The A1 name of a 1-based row and column: (5, 2) gives B5."""
    if not 1 <= row <= MAX_ROW:
        raise ValueError(f"row {row}")
    return f"{column_letters(column)}{row}"


def parse_cell(name: str) -> tuple[int, int]:
    """(row, column), 1-based, of an A1 name; `$` marks allowed. ValueError when it is no cell."""
    found = _CELL.match(name)
    if found is None:
        raise ValueError(f"cell {name!r}")
    row, column = int(found[2]), column_number(found[1])
    if row > MAX_ROW:
        raise ValueError(f"cell {name!r}")
    return row, column


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A rectangle of cells; all four bounds are 1-based and included."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str) -> Area:
        """The area of `B5` or `A2:C7`, `$` marks allowed, corners in any order. ValueError otherwise."""
        first, _, second = text.partition(":")
        row1, column1 = parse_cell(first)
        row2, column2 = parse_cell(second) if second else (row1, column1)
        return cls(min(row1, row2), min(column1, column2), max(row1, row2), max(column1, column2))

    def __str__(self) -> str:
        first = cell_name(self.top, self.left)
        last = cell_name(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def __contains__(self, place: tuple[int, int]) -> bool:
        row, column = place
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def united(self, other: Area) -> Area:
        """The smallest area that holds both."""
        return Area(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def overlaps(self, other: Area) -> bool:
        """Whether the two areas share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def places(self) -> Iterator[tuple[int, int]]:
        """Every (row, column) of the area, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


def fixed(area: str) -> str:
    """`A6:P6` as `$A$6:$P$6`, as defined names point at cells."""
    return re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", area)


def quote_sheet(name: str) -> str:
    """The sheet name as a formula writes it, always quoted: it's gives 'it''s'."""
    return "'" + name.replace("'", "''") + "'"


def split_sheet(reference: str) -> tuple[str, str]:
    """(sheet, rest) of `'Biểu 05'!B5`, `TH01!D12` or `B5` (sheet is then empty)."""
    sheet, mark, rest = reference.rpartition("!")
    if not mark:
        return "", reference
    if len(sheet) >= 2 and sheet[0] == sheet[-1] == "'":
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, rest
