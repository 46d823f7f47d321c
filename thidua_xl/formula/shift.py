"""The text of a formula after rows or columns were inserted or deleted, or after it was copied elsewhere.

Read `Shift`, then `shift_formula` (the cells it points at moved), `copy_formula` (it was copied) and `references`.
Nothing is evaluated and no formula is refused: what is no reference is left as it stands. The scanner is its own
and not `tokens`, because stored formulas hold oddities that the rule language refuses (DDE links, old files).

What Excel does, and so do these: `$` marks stay; a range grows when rows enter it; a range of whole columns is
untouched by rows; text, structured references, names and other workbooks (`[1]Sheet!A1`) are left alone, and so
are 3-D references (`S1:S3!A1`), which the caller should warn of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area, column_letters, column_number, quote_sheet


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
        """Where an unbroken run of rows or columns has gone; None when nothing of it is left."""
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


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference in a formula. `start`, `end` are 0-based places in the text.

    `sheet` is "" when none is written; `last_sheet` differs from it for 3-D references; `external` tells of
    another workbook. `area` covers whole rows or columns for `1:3` and `A:C`.
    """

    start: int
    end: int
    sheet: str
    last_sheet: str
    external: bool
    area: Area

    @property
    def is_3d(self) -> bool:
        """Whether it spans several sheets."""
        return self.sheet != self.last_sheet


def shift_formula(text: str, shift: Shift, home: str, relative: Relative = Relative.FOLLOW, moved_by: int = 0) -> str:
    """The formula after the shift; the very same text when nothing in it moved.

    `home` is the sheet on which the formula stands ("" for none). With `Relative.STAY`, unmarked numbers are
    raised by `moved_by` only: how far the cell went for which the formula was written.
    A reference whose cells are all deleted becomes `#REF!`. Raises PushedOff.
    """
    at_home = shift.concerns(home)
    if not at_home and "!" not in text:
        return text
    if relative is Relative.FOLLOW and not shift.grow and _is_plain(text):
        quick = _insert_quickly(text, shift) if shift.count > 0 else _delete_quickly(text, shift)
        if quick is not None:
            return quick

    def moved(found: re.Match[str]) -> str:
        if found.lastgroup != "ref":
            return found[0]
        prefix = found["prefix"]
        if prefix:
            sheet, last_sheet, external = _sheets(prefix)
            if external or sheet != last_sheet or not shift.concerns(sheet):
                return found[0]
        elif not at_home:
            return found[0]
        stays = relative is Relative.STAY
        return _shift_match(found, shift, moved_by if stays else None)

    return _SCAN.sub(moved, text)


def insert_into_plain(text: str, shift: Shift) -> str | None:
    """Formulas of the edited sheet after an insertion, one or many one below the other.

    None when one is not plain (it has text, a sheet name, an array, whole rows or columns) or leaves the sheet.
    """
    return _insert_quickly(text, shift) if _is_plain(text) else None


def copy_formula(text: str, rows: int, columns: int, wrap: bool = False) -> str:
    """The formula as it reads after being copied that many rows down and columns right.

    Unmarked numbers change, on every sheet and in other workbooks too. What would leave the sheet becomes
    `#REF!`, or with `wrap` comes in again at the other side, as the offsets of a shared formula do.
    """
    if not rows and not columns:
        return text

    def moved(found: re.Match[str]) -> str:
        if found.lastgroup != "ref":
            return found[0]
        return _copy_match(found, rows, columns, wrap)

    return _SCAN.sub(moved, text)


def rename_sheet(text: str, old: str, new: str) -> str:
    """The formula in which references to sheet `old` name sheet `new` instead; 3-D references are left alone."""
    if "!" not in text:
        return text
    folded = old.casefold()

    def renamed(found: re.Match[str]) -> str:
        prefix = found["prefix"] or found["other"]
        if not prefix:
            return found[0]
        sheet, last_sheet, external = _sheets(prefix)
        if external or sheet != last_sheet or sheet.casefold() != folded:
            return found[0]
        return found[0].replace(prefix, quote_sheet(new) + "!")

    return _SCAN.sub(renamed, text)


def references(text: str) -> Iterator[Reference]:
    """Every reference of a formula, in order."""
    if _is_plain(text):
        for found in _PLAIN_AREA.finditer(text):
            row, column = int(found[2]), column_number(found[1])
            if found[3]:
                row2, column2 = int(found[4]), column_number(found[3])
                area = Area(min(row, row2), min(column, column2), max(row, row2), max(column, column2))
            else:
                area = Area(row, column, row, column)
            yield Reference(found.start(), found.end(), "", "", False, area)
        return
    for found in _SCAN.finditer(text):
        if found.lastgroup != "ref":
            continue
        covered = _area(found)
        if covered is None:
            continue
        sheet, last_sheet, external = _sheets(found["prefix"]) if found["prefix"] else ("", "", False)
        yield Reference(found.start(), found.end(), sheet, last_sheet, external, covered)


def plain_areas(text: str) -> list[tuple[int, int, int, int]] | None:
    """(top, left, bottom, right) of every reference of a formula that names no sheet, text or bracket; else None.

    The quick way for sheets of many plain formulas; `references` is the full one.
    """
    if _SPECIAL.search(text):
        return None
    areas = []
    ranges = 0
    try:
        for letters, row, last_letters, last_row in _PLAIN_AREA.findall(text):
            top, left = int(row), column_number(letters)
            if last_row:
                ranges += 1
                bottom, right = int(last_row), column_number(last_letters)
                areas.append((min(top, bottom), min(left, right), max(top, bottom), max(left, right)))
            else:
                areas.append((top, left, top, left))
    except ValueError:
        return None  # XFE1 is a name
    return areas if text.count(":") == ranges else None


def names_in(text: str) -> Iterator[tuple[str, str]]:
    """(sheet, name) of every word that may be a defined name or a table; sheet is "" when none is written.

    Functions, texts and references are left out; `TRUE` and column names in brackets are not told apart.
    """
    for found in _WORDS.finditer(text):
        if found["word"]:
            sheet, _, external = _sheets(found["before"]) if found["before"] else ("", "", False)
            if not external:
                yield sheet, found["word"]


def functions_in(text: str) -> frozenset[str]:
    """The functions a formula calls, in capitals, without `_xlfn.` marks."""
    calls = (found["call"] for found in _WORDS.finditer(text) if found["call"])
    return frozenset(call.upper().removeprefix("_XLFN.").removeprefix("_XLWS.") for call in calls)


# A character of a name. Vietnamese letters may be written as letter and mark, which \w does not take.
_W = r"[^\x00-\x2d/:-\x3e@\[\]\^`{-\x7f\xa0]"
_BEFORE = rf"(?:'(?:[^']|'')*'|(?:\[[^\[\]]+\])?{_W}+(?::{_W}+)?|\[[^\[\]]+\])!"
_TEXT = r'"(?:[^"]|"")*"'
_BRACKETS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_NUMBER = r"[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?"
_ERROR = r"\#[A-Za-z0-9_/]+[!?]?"
_END = rf"(?!{_W}|[(!\[])"
_CELL_1 = r"(?P<c1d>\$?)(?P<c1>[A-Za-z]{1,3})(?P<r1d>\$?)(?P<r1>[1-9][0-9]{0,6})"
_CELL_2 = r"(?P<c2d>\$?)(?P<c2>[A-Za-z]{1,3})(?P<r2d>\$?)(?P<r2>[1-9][0-9]{0,6})"
_COLUMNS = r"(?P<k1d>\$?)(?P<k1>[A-Za-z]{1,3})(?P<kmark>\s*:\s*)(?P<k2d>\$?)(?P<k2>[A-Za-z]{1,3})"
_ROWS = r"(?P<n1d>\$?)(?P<n1>[1-9][0-9]{0,6})(?P<nmark>\s*:\s*)(?P<n2d>\$?)(?P<n2>[1-9][0-9]{0,6})"

# Only references end in the group "ref", so `lastgroup` tells them from everything that is passed over.
_SCAN = re.compile(
    rf"""
      {_TEXT}
    | (?P<ref>(?P<prefix>{_BEFORE})?
        (?: {_CELL_1}(?:(?P<mark>\s*:\s*(?P<again>{_BEFORE})?){_CELL_2})?{_END}
          | {_COLUMNS}{_END}
          | {_ROWS}{_END} ))
    | (?:(?P<other>{_BEFORE})(?:{_W}+|{_ERROR})?(?:{_BRACKETS})*)
    | {_W}+(?:{_BRACKETS})*
    | '(?:[^']|'')*'
    | {_BRACKETS}
    | {_ERROR}
    """,
    re.VERBOSE,
)
# Most formulas of a sheet are plain arithmetic on cells of the same sheet: no text, sheet name, bracket, array, whole
# row or column. They need no scanner that knows all that.
_SPECIAL = re.compile(r"""["'!\[{#\\?]|[^\x00-\x7f]|[0-9]{7}""")
_FAR_COLUMN = re.compile(r"(?:X(?:F[E-Z]|[G-Z][A-Z])|[YZ][A-Z]{2})\$?[0-9]", re.IGNORECASE)
_PLAIN_CELL = re.compile(r"(?<![\w.])(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,5})(?![\w.(])")
_PLAIN_SPAN = re.compile(
    r"(?<![\w.])(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,5})"
    r"(?:(:\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,5}))?(?![\w.(])"
)
_PLAIN_AREA = re.compile(
    r"(?<![\w.])\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,5})(?::\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,5}))?(?![\w.(])"
)
_WORDS = re.compile(
    rf"""
      {_TEXT}
    | (?:{_BEFORE})?(?:\$?[A-Za-z]{{1,3}}\$?[1-9][0-9]{{0,6}}|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}){_END}
    | (?P<call>(?:[^\W\d]|\\){_W}*)\s*\(
    | (?P<before>{_BEFORE})?(?P<word>(?:[^\W\d]|\\){_W}*)(?:{_BRACKETS})*
    | '(?:[^']|'')*'
    | {_BRACKETS}
    | {_NUMBER}
    | {_ERROR}
    """,
    re.VERBOSE,
)


def _is_plain(text: str) -> bool:
    """Whether the quick patterns see the same references as the scanner."""
    if _SPECIAL.search(text) or _FAR_COLUMN.search(text):
        return False  # also what lies beyond the last column or may lie beyond the last row
    return ":" not in text or ":" not in _PLAIN_AREA.sub("", text)


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
        return f"{found[1]}{_spelled(column + count, found[2], False)}{found[3]}{found[4]}"

    moved = _PLAIN_CELL.sub(moved_row if shift.axis is Axis.ROW else moved_column, text)
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
            left = f"{mark1}{_spelled(low, letters1, False)}{lock1}{row1}"
            right = "" if row2 is None else f"{mark2}{_spelled(high, letters2, False)}{lock2}{row2}"
        return left if row2 is None else left + right

    return _PLAIN_SPAN.sub(moved, text)


def _sheets(prefix: str) -> tuple[str, str, bool]:
    """(first sheet, last sheet, in another workbook) of a prefix with its `!`."""
    body = prefix[:-1]
    if body[:1] == "'" and body[-1:] == "'":
        body = body[1:-1].replace("''", "'")
    if "[" in body:
        book, _, rest = body.partition("]")
        if book != "[0":
            return rest, rest, True
        body = rest  # [0] is this workbook itself
    first, mark, last = body.partition(":")
    return (first, last, False) if mark else (first, first, False)


def _shift_match(found: re.Match[str], shift: Shift, stay: int | None) -> str:
    by_row = shift.axis is Axis.ROW
    if found["r1"]:
        return _shift_cells(found, shift, by_row, stay)
    mark = "n" if by_row else "k"
    if not found[f"{mark}1"] or not _on_sheet(found):
        return found[0]  # whole columns do not feel rows, nor whole rows columns
    first, second = _number(found[f"{mark}1"], by_row), _number(found[f"{mark}2"], by_row)
    fixed = bool(found[f"{mark}1d"]), bool(found[f"{mark}2d"])
    ends = _shift_ends(first, second, fixed, shift, stay)
    if ends == (first, second):
        return found[0]
    prefix = found["prefix"] or ""
    if ends is None:
        return _gone(prefix, shift, found[0])
    left = found[f"{mark}1d"] + _spelled(ends[0], found[f"{mark}1"], by_row)
    right = found[f"{mark}2d"] + _spelled(ends[1], found[f"{mark}2"], by_row)
    return f"{prefix}{left}{found[f'{mark}mark']}{right}"


def _shift_cells(found: re.Match[str], shift: Shift, by_row: bool, stay: int | None) -> str:
    mark = "r" if by_row else "c"
    if not _on_sheet(found):
        return found[0]
    first = _number(found[f"{mark}1"], by_row)
    prefix = found["prefix"] or ""
    if not found["r2"]:
        new = _shift_point(first, bool(found[f"{mark}1d"]), shift, stay)
        if new == first:
            return found[0]
        if new is None:
            return _gone(prefix, shift, found[0])
        return prefix + _cell_text(found, "1", new, by_row)
    second = _number(found[f"{mark}2"], by_row)
    fixed = bool(found[f"{mark}1d"]), bool(found[f"{mark}2d"])
    ends = _shift_ends(first, second, fixed, shift, stay)
    if ends == (first, second):
        return found[0]
    if ends is None:
        return _gone(prefix, shift, found[0])
    left, right = _cell_text(found, "1", ends[0], by_row), _cell_text(found, "2", ends[1], by_row)
    return f"{prefix}{left}{found['mark']}{right}"


def _cell_text(found: re.Match[str], which: str, new: int, by_row: bool) -> str:
    column = found["c" + which] if by_row else _spelled(new, found["c" + which], False)
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


def _copy_match(found: re.Match[str], rows: int, columns: int, wrap: bool) -> str:
    prefix = found["prefix"] or ""
    if not _on_sheet(found):
        return found[0]
    if found["r1"]:
        parts = [_copy_cell(found, "1", rows, columns, wrap)]
        if found["r2"]:
            parts += [found["mark"], _copy_cell(found, "2", rows, columns, wrap)]
    else:
        mark, by_row = ("n", True) if found["n1"] else ("k", False)
        by = rows if by_row else columns
        parts = []
        for which in ("1", "2"):
            number = _copied(_number(found[mark + which], by_row), found[f"{mark}{which}d"], by, by_row, wrap)
            lost = number is None
            parts.append(
                None if lost else found[f"{mark}{which}d"] + _spelled(number or 0, found[mark + which], by_row)
            )
        parts.insert(1, found[f"{mark}mark"])
    texts = [part for part in parts if part is not None]
    return prefix + ("".join(texts) if len(texts) == len(parts) else "#REF!")


def _copy_cell(found: re.Match[str], which: str, rows: int, columns: int, wrap: bool) -> str | None:
    row = _copied(int(found["r" + which]), found[f"r{which}d"], rows, True, wrap)
    column = _copied(column_number(found["c" + which]), found[f"c{which}d"], columns, False, wrap)
    if row is None or column is None:
        return None
    letters = _spelled(column, found["c" + which], False)
    return f"{found[f'c{which}d']}{letters}{found[f'r{which}d']}{row}"


def _copied(place: int, fixed: str, by: int, by_row: bool, wrap: bool) -> int | None:
    if fixed:
        return place
    limit = MAX_ROW if by_row else MAX_COLUMN
    new = place + by
    if wrap:
        return (new - 1) % limit + 1
    return new if 1 <= new <= limit else None


def _area(found: re.Match[str]) -> Area | None:
    if found["r1"]:
        if not _on_sheet(found):
            return None
        row1, column1 = int(found["r1"]), column_number(found["c1"])
        row2, column2 = (int(found["r2"]), column_number(found["c2"])) if found["r2"] else (row1, column1)
        return Area(min(row1, row2), min(column1, column2), max(row1, row2), max(column1, column2))
    if found["n1"]:
        row1, row2 = int(found["n1"]), int(found["n2"])
        return Area(min(row1, row2), 1, max(row1, row2), MAX_COLUMN)
    try:
        column1, column2 = column_number(found["k1"]), column_number(found["k2"])
    except ValueError:
        return None
    return Area(1, min(column1, column2), MAX_ROW, max(column1, column2))


def _on_sheet(found: re.Match[str]) -> bool:
    """Whether `ABC1234567` is a cell; XFE1 and A1048577 are names to Excel."""
    for which in ("1", "2"):
        row, letters = found["r" + which], found["c" + which]
        if row is not None and (int(row) > MAX_ROW or _is_far(letters)):
            return False
    return not (found["k1"] and (_is_far(found["k1"]) or _is_far(found["k2"])))


def _is_far(letters: str) -> bool:
    return len(letters) == 3 and letters.upper() > "XFD"


def _number(text: str, by_row: bool) -> int:
    return int(text) if by_row else column_number(text)


def _spelled(number: int, like: str, by_row: bool) -> str:
    if by_row:
        return str(number)
    letters = column_letters(number)
    return letters.lower() if like.islower() else letters
