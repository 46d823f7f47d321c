"""Where things stand on a sheet of a unit workbook. Read `TableGeometry`, `blocks`. Rows and columns are 1-based."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from thidua_xl.model import Field, Form, FormKind
from thidua_xl.refs import Area, column_letters, parse_cell

EXPLANATION = "_giai_trinh"
EXPLANATION_WIDTH = 16.0
# A block of the administrative header or of the signatures needs this many characters of width.
BLOCK_WIDTH = 42.0

_A4_LONG, _A4_SHORT = 11.69, 8.27
_POINTS_PER_CHARACTER, _POINTS_OF_PADDING = 5.25, 3.75
_SHRINK_LIMIT = 1.7

AGENCY_ROW = 1
TITLE_ROW = 4
PERIOD_ROW = 5
NOTHING_ROW = 6
CODES_ROW = 7
_HEADER_ROW = 8

# Columns of a form sheet.
SERIAL, LABEL, VALUE, UNIT, REMARK, CODE = range(1, 7)


@dataclass(frozen=True, slots=True)
class TableGeometry:
    """Rows of a table sheet. `rows` data rows stand below the number row; `grouped` adds a header row.

    Columns are the fields in their order, then the unit's explanation.
    """

    fields: tuple[Field, ...]
    rows: int
    grouped: bool
    has_total: bool
    header_row: int = _HEADER_ROW

    @classmethod
    def of(cls, form: Form, rows: int) -> TableGeometry:
        """The geometry of a form with that many data rows."""
        grouped = any(field.group for field in form.fields)
        top = coded_top(form) if form.kind is FormKind.CODED else _HEADER_ROW
        return cls(form.fields, rows, grouped, form.has_total, top)

    @property
    def codes_row(self) -> int:
        """The row of the fields' codes."""
        return self.header_row - 1

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the columns, left to right."""
        return (*(field.code for field in self.fields), EXPLANATION)

    @property
    def widths(self) -> tuple[float, ...]:
        """The widths of the columns in characters."""
        return (*(field.width for field in self.fields), EXPLANATION_WIDTH)

    @property
    def last_column(self) -> int:
        """The column of the explanations."""
        return len(self.fields) + 1

    @property
    def group_row(self) -> int:
        """The upper header row; the same as `label_row` when there is only one."""
        return self.header_row

    @property
    def label_row(self) -> int:
        """The header row with the fields' own labels."""
        return self.header_row + 1 if self.grouped else self.header_row

    @property
    def number_row(self) -> int:
        """The row A, B, 1, 2, ..."""
        return self.label_row + 1

    @property
    def first_row(self) -> int:
        """The first data row."""
        return self.number_row + 1

    @property
    def last_row(self) -> int:
        """The last data row."""
        return self.number_row + self.rows

    @property
    def total_row(self) -> int | None:
        """The row "Tổng cộng"."""
        return self.last_row + 1 if self.has_total else None

    @property
    def sign_row(self) -> int:
        """The first row of the signature block."""
        return self.last_row + (3 if self.has_total else 2)

    @property
    def data(self) -> Area:
        """The data rows, all columns."""
        return Area(self.first_row, 1, self.last_row, self.last_column)

    def column(self, code: str) -> int:
        """The column of a field. ValueError when the form lacks it."""
        return self.codes.index(code) + 1


def field_rows(form: Form) -> dict[str, int]:
    """Field code -> its 1-based row; a row with the group's name stands before each group."""
    rows: dict[str, int] = {}
    row = CODES_ROW + 2
    for group, members in groupby(form.fields, key=lambda one: one.group):
        row += 1 if group else 0
        for one in members:
            rows[one.code] = row
            row += 1
    return rows


def coded_places(form: Form) -> dict[str, tuple[int, int]]:
    """Where a coded form wants the unit's code (`o_don_vi`) and the period (`o_ky`): (row, column), 1-based."""
    found = {}
    for word in ("o_don_vi", "o_ky"):
        try:
            found[word] = parse_cell(form.layout.get(word, ""))
        except ValueError:
            continue  # the form names no such cell
    return found


def coded_top(form: Form) -> int:
    """The first header row of a coded form, below the cells that say whose it is."""
    return max([3, *(row for row, _ in coded_places(form).values())]) + 4


def blocks(widths: Sequence[float], wanted: float = BLOCK_WIDTH) -> tuple[tuple[int, int], tuple[int, int]]:
    """((first, last), (first, last)): the columns of the left and of the right block, never touching each other.

    Each is as narrow as `wanted` allows; on a narrow sheet they share the width.
    """
    count = len(widths)
    if count < 2:
        return (1, 1), (1, 1)
    wanted = min(wanted, sum(widths) / 2)
    left, total = 1, widths[0]
    while total < wanted and left < count - 1:
        total += widths[left]
        left += 1
    right, total = count, widths[-1]
    while total < wanted and right > left + 1:
        right -= 1
        total += widths[right - 1]
    return (1, left), (right, count)


def pages_tall(widths: Sequence[float], points: float, margins_inches: tuple[float, float]) -> int:
    """1 when a sheet `points` high, already shrunk to an A4 page's width, can be kept whole; 0 (no limit) otherwise.

    `margins_inches` are left + right and top + bottom. Shrinking it further by two fifths is better than a signature
    block alone on a page of its own.
    """
    across, down = (_A4_LONG - margins_inches[0]) * 72, (_A4_SHORT - margins_inches[1]) * 72
    width = sum(number * _POINTS_PER_CHARACTER + _POINTS_OF_PADDING for number in widths)
    return 1 if points * min(1.0, across / width) <= down * _SHRINK_LIMIT else 0


def lines(text: str, width: float, *, bold: bool = False) -> int:
    """How many lines a text takes in a cell of that width, at 11 points."""
    letters = max(1.0, (width - 1) * (1.05 if bold else 1.2))
    total = 0
    for paragraph in text.split("\n"):
        used, count = 0.0, 1
        for word in paragraph.split(" "):
            length = float(len(word))
            if used and used + 1 + length > letters:
                count += 1
                used = 0.0
            while length > letters:
                count += 1
                length -= letters
            used += length + (1 if used else 0)
        total += count
    return max(1, total)


def height(line_count: int, points: float = 11) -> float:
    """The row height in points for that many lines."""
    return math.ceil(line_count * points * 1.38 + 3)


def absolute(area: Area) -> str:
    """The area with `$` marks: $A$11:$H$35."""
    first = f"${column_letters(area.left)}${area.top}"
    last = f"${column_letters(area.right)}${area.bottom}"
    return first if first == last else f"{first}:{last}"
