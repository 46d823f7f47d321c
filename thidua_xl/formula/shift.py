"""The text of a formula after rows or columns were inserted or deleted. Read `Shift`, then `shift_formula`.

Nothing is evaluated and no formula is refused: what is no reference is left as it stands.

What Excel does, and so do these: `$` marks stay; a range grows when rows enter it; a range of whole columns is
untouched by rows; text, structured references, names and other workbooks (`[1]Sheet!A1`) are left alone, and so
are 3-D references (`S1:S3!A1`), which the caller should warn of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from thidua_xl.formula.references import (
    PLAIN_CELL,
    PLAIN_SPAN,
    SCAN,
    is_plain,
    number_of,
    on_sheet,
    sheets_of,
    spelled,
)
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area, column_number


class Axis(Enum):
    """What is inserted or deleted."""

    ROW = "row"
    COLUMN = "column"

    @property
    def limit(self) -> int:
        """The last 1-based row or column of a sheet."""
        return MAX_ROW if self is Axis.ROW else MAX_COLUMN


class PushedOff(Exception):  # named for what happened, like the error family
    """A reference to a single cell would be pushed off the sheet by an insertion. `text` is the reference."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Shift:
    """Rows or columns inserted into, or deleted from, one sheet.

    `at` is the first inserted or deleted 1-based row or column, `count` how many: positive inserts, negative
    deletes. With `grow` a range of several rows that ends just before `at` takes the new rows in as well (Excel
    itself does not do that).
    """

    sheet: str
    axis: Axis
    at: int
    count: int
    grow: bool = False

    def point(self, place: int) -> int | None:
        """Where a row or column has gone; None when it was deleted or pushed off the sheet."""
        if place < self.at:
            return place
        moved = place + self.count
        if self.count < 0 and place < self.at - self.count:
            return None
        return moved if moved <= self.axis.limit else None

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        """Where an unbroken run of rows or columns has gone; None when nothing of it is left.

        All rows of a sheet stay all rows: A1:A1048576 is to Excel the same as A:A.
        """
        if first == 1 and last == self.axis.limit:
            return first, last
        if self.count >= 0:
            new_first = first + self.count if first >= self.at else first
            grows = last >= self.at or (self.grow and last == self.at - 1 and first < last)
            new_last = last + self.count if grows else last
            limit = self.axis.limit
            return None if new_first > limit else (new_first, min(new_last, limit))
        behind = self.at - self.count
        new_first = first if first < self.at else max(first, behind) + self.count
        new_last = last if last < self.at else max(last, behind - 1) + self.count
        return (new_first, new_last) if new_first <= new_last else None

    def area(self, area: Area) -> Area | None:
        """Where a rectangle has gone; None when nothing of it is left."""
        if self.axis is Axis.ROW:
            rows = self.span(area.top, area.bottom)
            return None if rows is None else Area(rows[0], area.left, rows[1], area.right)
        columns = self.span(area.left, area.right)
        return None if columns is None else Area(area.top, columns[0], area.bottom, columns[1])

    def concerns(self, sheet: str) -> bool:
        """Whether a sheet name, as a formula may spell it, is the sheet that was edited."""
        return sheet == self.sheet or sheet.casefold() == self.sheet.casefold()


class Relative(Enum):
    """What becomes of row and column numbers without `$` mark when cells move.

    FOLLOW: they follow the cell they point at, as in a cell's formula.
    STAY: they keep their distance from the cell that is asked (defined names; rules that cover many cells).
    """

    FOLLOW = "follow"
    STAY = "stay"


def shift_formula(text: str, shift: Shift, home: str, relative: Relative = Relative.FOLLOW, moved_by: int = 0) -> str:
    """The formula after the shift; the very same text when nothing in it moved.

    `home` is the sheet on which the formula stands ("" for none). With `Relative.STAY`, unmarked numbers are
    raised by `moved_by` only: how far the cell went for which the formula was written.
    A reference whose cells are all deleted becomes `#REF!`. Raises PushedOff.
    """
    at_home = shift.concerns(home)
    if not at_home and "!" not in text:
        return text
    if relative is Relative.FOLLOW and not shift.grow and is_plain(text):
        quick = _insert_quickly(text, shift) if shift.count > 0 else _delete_quickly(text, shift)
        if quick is not None:
            return quick

    def moved(found: re.Match[str]) -> str:
        if found.lastgroup != "ref":
            return found[0]
        prefix = found["prefix"]
        if prefix:
            sheet, last_sheet, external = sheets_of(prefix)
            if external or sheet != last_sheet or not shift.concerns(sheet):
                return found[0]
        elif not at_home:
            return found[0]
        stays = relative is Relative.STAY
        return _shift_match(found, shift, moved_by if stays else None)

    return SCAN.sub(moved, text)


def insert_into_plain(text: str, shift: Shift) -> str | None:
    """Formulas of the edited sheet after an insertion, one or many one below the other.

    None when one is not plain (it has text, a sheet name, an array, whole rows or columns) or leaves the sheet.
    """
    return _insert_quickly(text, shift) if is_plain(text) else None


def _insert_quickly(text: str, shift: Shift) -> str | None:
    """A plain formula after an insertion, in which each end of a range moves on its own; None near the edge."""
    at, count, limit = shift.at, shift.count, shift.axis.limit
    near_edge = False

    def moved_row(found: re.Match[str]) -> str:
        nonlocal near_edge
        row = int(found[4])
        if row < at:
            return found[0]
        near_edge |= row + count > limit
        return f"{found[1]}{found[2]}{found[3]}{row + count}"

    def moved_column(found: re.Match[str]) -> str:
        nonlocal near_edge
        column = column_number(found[2])
        if column < at:
            return found[0]
        if column + count > limit:
            near_edge = True
            return found[0]
        return f"{found[1]}{spelled(column + count, found[2], False)}{found[3]}{found[4]}"

    moved = PLAIN_CELL.sub(moved_row if shift.axis is Axis.ROW else moved_column, text)
    return None if near_edge else moved


def _delete_quickly(text: str, shift: Shift) -> str:
    """A plain formula after a deletion."""
    by_row = shift.axis is Axis.ROW

    def moved(found: re.Match[str]) -> str:
        mark1, letters1, lock1, row1, mark2, letters2, lock2, row2 = found.groups()
        first = int(row1) if by_row else column_number(letters1)
        second = first if row2 is None else int(row2) if by_row else column_number(letters2)
        if first < shift.at and second < shift.at:
            return found[0]
        ends = shift.span(min(first, second), max(first, second))
        if ends is None:
            return "#REF!"
        low, high = ends if first <= second else (ends[1], ends[0])
        if by_row:
            left, right = f"{mark1}{letters1}{lock1}{low}", f"{mark2}{letters2}{lock2}{high}"
        else:
            left = f"{mark1}{spelled(low, letters1, False)}{lock1}{row1}"
            right = "" if row2 is None else f"{mark2}{spelled(high, letters2, False)}{lock2}{row2}"
        return left if row2 is None else left + right

    return PLAIN_SPAN.sub(moved, text)


def _shift_match(found: re.Match[str], shift: Shift, stay: int | None) -> str:
    by_row = shift.axis is Axis.ROW
    if found["r1"]:
        return _shift_cells(found, shift, by_row, stay)
    mark = "n" if by_row else "k"
    if not found[f"{mark}1"] or not on_sheet(found):
        return found[0]  # whole columns do not feel rows, nor whole rows columns
    first, second = number_of(found[f"{mark}1"], by_row), number_of(found[f"{mark}2"], by_row)
    fixed = bool(found[f"{mark}1d"]), bool(found[f"{mark}2d"])
    ends = _shift_ends(first, second, fixed, shift, stay)
    if ends == (first, second):
        return found[0]
    prefix = found["prefix"] or ""
    if ends is None:
        return _gone(prefix, shift, found[0])
    left = found[f"{mark}1d"] + spelled(ends[0], found[f"{mark}1"], by_row)
    right = found[f"{mark}2d"] + spelled(ends[1], found[f"{mark}2"], by_row)
    return f"{prefix}{left}{found[f'{mark}mark']}{right}"


def _shift_cells(found: re.Match[str], shift: Shift, by_row: bool, stay: int | None) -> str:
    mark = "r" if by_row else "c"
    if not on_sheet(found):
        return found[0]
    first = number_of(found[f"{mark}1"], by_row)
    prefix = found["prefix"] or ""
    if not found["r2"]:
        new = _shift_point(first, bool(found[f"{mark}1d"]), shift, stay)
        if new == first:
            return found[0]
        if new is None:
            return _gone(prefix, shift, found[0])
        return prefix + _cell_text(found, "1", new, by_row)
    second = number_of(found[f"{mark}2"], by_row)
    fixed = bool(found[f"{mark}1d"]), bool(found[f"{mark}2d"])
    ends = _shift_ends(first, second, fixed, shift, stay)
    if ends == (first, second):
        return found[0]
    if ends is None:
        return _gone(prefix, shift, found[0])
    left, right = _cell_text(found, "1", ends[0], by_row), _cell_text(found, "2", ends[1], by_row)
    return f"{prefix}{left}{found['mark']}{right}"


def _cell_text(found: re.Match[str], which: str, new: int, by_row: bool) -> str:
    column = found["c" + which] if by_row else spelled(new, found["c" + which], False)
    row = str(new) if by_row else found["r" + which]
    return f"{found[f'c{which}d']}{column}{found[f'r{which}d']}{row}"


def _shift_point(place: int, fixed: bool, shift: Shift, stay: int | None) -> int | None:
    if stay is not None and not fixed:
        kept = place + stay
        return kept if 1 <= kept <= shift.axis.limit else None
    return shift.point(place)


def _shift_ends(
    first: int, second: int, fixed: tuple[bool, bool], shift: Shift, stay: int | None
) -> tuple[int, int] | None:
    if stay is not None and fixed != (True, True):
        left = _shift_point(first, fixed[0], shift, stay)
        right = _shift_point(second, fixed[1], shift, stay)
        return None if left is None or right is None else (left, right)
    if first <= second:
        return shift.span(first, second)
    ends = shift.span(second, first)
    return None if ends is None else (ends[1], ends[0])


def _gone(prefix: str, shift: Shift, text: str) -> str:
    if shift.count > 0:
        raise PushedOff(text)
    return prefix + "#REF!"
