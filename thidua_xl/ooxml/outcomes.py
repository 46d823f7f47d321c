"""Whether rows or columns that come or go may change what a formula gives. Read `may_differ`, then `doubts`.

Nothing is calculated here: a formula that may give something else is worked out anew, or loses its stored result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from thidua_xl.formula.references import plain_areas, references
from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area

# Functions to which blank cells more or less in a range make no difference.
_BLIND_TO_BLANKS = frozenset(
    (
        "SUM", "COUNT", "COUNTA", "AVERAGE", "MIN", "MAX", "PRODUCT", "SUBTOTAL", "SUMIF", "SUMIFS", "MEDIAN", "STDEV",
        "STDEV.S", "STDEV.P", "VAR", "VAR.S", "VAR.P", "LARGE", "SMALL", "SUMSQ", "IF", "IFERROR", "AND", "OR", "NOT",
        "ROUND", "ROUNDUP", "ROUNDDOWN", "ABS", "INT", "TEXT",
    )
)  # fmt: skip
_CALLED = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_ASKING_PLACE = re.compile(r"\b(?:ROWS?|COLUMNS?|CELL|ADDRESS|INDIRECT|OFFSET|SHEETS?)\s*\(", re.IGNORECASE)
_PLACE_WORDS = ("ROW", "COLUMN", "CELL", "ADDRESS", "INDIRECT", "OFFSET", "SHEET")
_ADDRESS_IN_TEXT = re.compile(r"\bINDIRECT\s*\(\s*[^)]*\"", re.IGNORECASE)
_WHOLE_COLUMNS = re.compile(r"(?<![\w.:])\$?[A-Za-z]{1,3}\s*:\s*\$?[A-Za-z]{1,3}(?![\w.(])")
_WHOLE_ROWS = re.compile(r"(?<![\w.:])\$?[0-9]{1,7}\s*:\s*\$?[0-9]{1,7}(?![\w.(])")


def may_differ(old: str, new: str, shift: Shift, home: str) -> bool:
    """Whether a formula may give another result after a shift; `new` is its text then, `home` its sheet.

    So it is when a range of it grew or shrank, a cell is gone, it asks where cells stand, or a range of whole columns
    or over several sheets took the change in. Blank rows in the middle do not change a sum; they do change what
    INDEX, MATCH or COUNTBLANK give.
    """
    if asks_place(new):
        return True
    if ":" in new and "!" in new and any(found.is_3d for found in references(new)):
        return True  # the addresses stay, other cells stand there
    if shift.count > 0:
        if ":" not in new or is_blind_to_blanks(new):
            return False
    elif "#REF!" in new and "#REF!" not in old:
        return True
    if old != new and _sizes(old) != _sizes(new):
        return True
    return ":" in new and _takes_in(new, shift, home)


def is_untouched_by_blanks(text: str) -> bool:
    """Whether formulas, one or many one below the other, give the same after blank rows or columns came in."""
    return not asks_place(text) and (":" not in text or is_blind_to_blanks(text))


def is_blind_to_blanks(text: str) -> bool:
    """Whether blank cells more or less in the ranges of a formula make no difference to it."""
    return {name.upper() for name in _CALLED.findall(text)} <= _BLIND_TO_BLANKS


def has_grown(old: str, new: str) -> bool:
    """Whether a reference in a text takes more or fewer cells than before."""
    return _sizes(old) != _sizes(new)


def asks_place(text: str) -> bool:
    """Whether a formula may ask where cells stand, so that moving them alone changes its result."""
    if "(" not in text:
        return False
    capitals = text.upper()  # quicker than the pattern where none of the words is there
    return any(word in capitals for word in _PLACE_WORDS) and _ASKING_PLACE.search(text) is not None


def doubts(text: str) -> Iterator[str]:
    """Why a formula may not have followed: addresses in text (`indirect`), references over sheets (`three_d`)."""
    if '"' in text and _ADDRESS_IN_TEXT.search(text):
        yield "indirect"
    if ":" in text and "!" in text and any(found.is_3d for found in references(text)):
        yield "three_d"


def _takes_in(text: str, shift: Shift, home: str) -> bool:
    """Whether a range keeps its text but not its cells: whole columns with new rows, or whole rows with new columns."""
    by_row = shift.axis is Axis.ROW
    last = str(MAX_ROW) if by_row else "XFD"
    if last not in text.upper() and not (_WHOLE_COLUMNS if by_row else _WHOLE_ROWS).search(text):
        return False
    for found in references(text):
        if found.external:
            continue
        whole = found.area.bottom - found.area.top + 1 == MAX_ROW if by_row else _is_whole_row(found.area)
        if whole and shift.concerns(found.sheet or home):
            return True
    return False


def _is_whole_row(area: Area) -> bool:
    return area.right - area.left + 1 == MAX_COLUMN


def _sizes(text: str) -> list[tuple[int, int]]:
    """Height and width of every reference, each less one."""
    plain = plain_areas(text)
    if plain is not None:
        return [(bottom - top, right - left) for top, left, bottom, right in plain]
    areas = [found.area for found in references(text)]
    return [(area.bottom - area.top, area.right - area.left) for area in areas]
