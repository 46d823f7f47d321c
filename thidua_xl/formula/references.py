"""The references, names and functions in the text of a formula. Read `references`; `SCAN` is what finds them.

Nothing is evaluated and no formula is refused: what is no reference is passed over. The scanner is its own and not
`tokens`, because stored formulas hold oddities that the rule language refuses (DDE links, old files).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area, column_letters, column_number


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


def references(text: str) -> Iterator[Reference]:
    """Every reference of a formula, in order."""
    if is_plain(text):
        for found in _PLAIN_AREA.finditer(text):
            row, column = int(found[2]), column_number(found[1])
            if found[3]:
                row2, column2 = int(found[4]), column_number(found[3])
                area = Area(min(row, row2), min(column, column2), max(row, row2), max(column, column2))
            else:
                area = Area(row, column, row, column)
            yield Reference(found.start(), found.end(), "", "", False, area)
        return
    for found in SCAN.finditer(text):
        if found.lastgroup != "ref":
            continue
        covered = _area(found)
        if covered is None:
            continue
        sheet, last_sheet, external = sheets_of(found["prefix"]) if found["prefix"] else ("", "", False)
        yield Reference(found.start(), found.end(), sheet, last_sheet, external, covered)


def plain_areas(text: str) -> list[tuple[int, int, int, int]] | None:
    """(top, left, bottom, right) of every reference of a formula that names no sheet, text or bracket; else None.

    The quick way for sheets of many plain formulas; `references` is the full one.
    """
    if _ODD.search(text) or _LONG_NUMBER.search(text):
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
            sheet, _, external = sheets_of(found["before"]) if found["before"] else ("", "", False)
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
SCAN = re.compile(
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
_ODD = re.compile(r"""["'!\[{#\\?\x80-\U0010ffff]""")
_LONG_NUMBER = re.compile(r"[0-9]{7}")
_FAR_COLUMN = re.compile(r"(?:[Xx](?:[Ff][E-Ze-z]|[G-Zg-z][A-Za-z])|[YZyz][A-Za-z]{2})\$?[0-9]")
PLAIN_CELL = re.compile(r"(?<![\w.])(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,5})(?![\w.(])")
PLAIN_SPAN = re.compile(
    r"(?<![\w.])(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,5})"
    r"(?:(:\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,5}))?(?![\w.(])"
)
_PLAIN_AREA = re.compile(
    r"(?<![\w.])\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,5})(?::\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,5}))?(?![\w.(])"
)
_PLAIN_RANGE = re.compile(r"(?<![\w.])\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,5}:\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,5}(?![\w.(])")
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


def is_plain(text: str) -> bool:
    """Whether the quick patterns see the same references as the scanner."""
    return is_plain_but_for_lines(text) and (":" not in text or len(_PLAIN_RANGE.findall(text)) == text.count(":"))


def is_plain_but_for_lines(text: str) -> bool:
    """The same for a text in which whole rows and columns are still to be looked for."""
    # Also what lies beyond the last column or may lie beyond the last row is not plain.
    return not (_ODD.search(text) or _LONG_NUMBER.search(text) or _FAR_COLUMN.search(text))


def sheets_of(prefix: str) -> tuple[str, str, bool]:
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


def on_sheet(found: re.Match[str]) -> bool:
    """Whether `ABC1234567` is a cell; XFE1 and A1048577 are names to Excel."""
    for which in ("1", "2"):
        row, letters = found["r" + which], found["c" + which]
        if row is not None and (int(row) > MAX_ROW or _is_far(letters)):
            return False
    return not (found["k1"] and (_is_far(found["k1"]) or _is_far(found["k2"])))


def number_of(text: str, by_row: bool) -> int:
    """The 1-based row or column that digits or letters stand for."""
    return int(text) if by_row else column_number(text)


def spelled(number: int, like: str, by_row: bool) -> str:
    """A row or column as text, its letters in the case of `like`."""
    if by_row:
        return str(number)
    letters = column_letters(number)
    return letters.lower() if like.islower() else letters


def _area(found: re.Match[str]) -> Area | None:
    if found["r1"]:
        if not on_sheet(found):
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


def _is_far(letters: str) -> bool:
    return len(letters) == 3 and letters.upper() > "XFD"
