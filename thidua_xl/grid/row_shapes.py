"""The shape of a row of a worksheet part: everything but its texts and its number. Read `Shapes`.

The rows of a form, and of all forms of a round, have few shapes. What a shape says (which columns, which styles and
types, that it is well written) is found out once; a further row of it only brings its texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from thidua_xl.grid.formats import DATE, Styles
from thidua_xl.grid.refusal import refuse
from thidua_xl.refs import MAX_ROW, column_letters, column_number

# What stands in a shape for the row's number and for a text.
NUMBER, TEXT = b"\0", b"\1"
SHARED, PLAIN, DAY, WORDS = 0, 1, 2, 3

_KEPT_BYTES = 4 << 20
_LONGEST = 64 * 1024
# Rows this far up are known again as they stand; further down only the shape is.
_ROWS_KEPT = 400
_ATTRIBUTES = rb'(?: [A-Za-z][A-Za-z0-9_.:-]*="[^"<>&\x00-\x1f\x7f-\xff]*")*'
_ANY_NUMBER = rb"[1-9][0-9]{0,6}"
_BARE_ROW = re.compile(rb'<row r="(%b)"(%b) ?/>' % (_ANY_NUMBER, _ATTRIBUTES))
_NAMES = re.compile(rb' ([A-Za-z][A-Za-z0-9_.:-]*)="')
_HIDDEN = re.compile(rb' hidden="(?:1|true|on)"')
_SPACED = rb'(?: xml:space="preserve")?'


@dataclass(frozen=True, slots=True)
class ShapedCell:
    """A cell with content. `formula` and `stored` are the places of its texts in the row, -1 for an empty one.

    `quick` is SHARED, PLAIN, DAY or WORDS when what is stored alone says its value, else -1.
    """

    column: int
    letters: str
    style: bytes
    kind: str
    formula: int | None
    stored: int | None
    quick: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a row of a shape: `texts` it takes, its `cells` with content, how many `blanks`.

    When every cell is quick and has no formula, `columns` and `kinds` are theirs, in order; else both are empty.
    """

    texts: int
    cells: tuple[ShapedCell, ...]
    blanks: int
    hidden: bool
    columns: tuple[int, ...] = ()
    kinds: tuple[int, ...] = ()


# The number of the first row of a piece (rows without cells may stand in front), the row's own, the hidden ones.
KnownRow = tuple[int, int, tuple[int, ...], Shape]
_BARE = Shape(0, (), 0, hidden=False)


class Shapes:
    """The shapes met so far under one set of styles; forgotten when they grow too many."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._telling = styles.telling
        self._rows: dict[bytes, KnownRow] = {}
        self._kept: dict[bytes, Shape] = {}
        self._bytes = 0
        self.known = self._rows.get

    def learn(self, piece: bytes, *, closed: bool) -> KnownRow | None:
        """What is known of a row as it stands, its texts taken out; None when it is written in another way.

        `closed` says whether the row's end stood behind it, which one without cells does not have.
        """
        place, numbers, hidden = 0, [0], []
        while (bare := _BARE_ROW.match(piece, place)) is not None:
            number = int(bare[1])
            if number <= numbers[-1] or not _is_sound(bare[2]):
                return None
            numbers.append(number)
            hidden += [number] if _HIDDEN.search(bare[2]) else []
            place = bare.end()
        row = piece[place:]
        if closed:
            digits = row[8 : row.find(b'"', 8)]
            if not digits.isdigit() or len(digits) > 7 or digits.startswith(b"0") or int(digits) <= numbers[-1]:
                return None
            numbers.append(int(digits))
            shape = self._shape(row.replace(digits + b'"', NUMBER + b'"'), row)
            hidden += numbers[-1:] if shape is not None and shape.hidden else []
        else:
            shape = _BARE if not row and place else None
        if shape is None or numbers[-1] > MAX_ROW:
            return None
        found = numbers[1], numbers[-1], tuple(hidden), shape
        # Only with the end behind it: the same bytes without one are another piece.
        if closed and numbers[-1] <= _ROWS_KEPT and len(piece) <= _LONGEST:
            self._grow(len(piece) + 200)
            self._rows[piece] = found
        return found

    def _shape(self, key: bytes, row: bytes) -> Shape | None:
        """The shape of a row, `key` being the row with its number taken out."""
        # A number of a style may end like the row's own: then only the row as it stands tells them apart.
        for one, number in ((key, NUMBER), (row, _ANY_NUMBER)):
            found = self._kept.get(one)
            if found is None:
                found = _read(one, number, self._quick)
                if found is not None and len(one) <= _LONGEST:
                    self._grow(len(one) + 200 * (len(found.cells) + 2))
                    self._kept[one] = found
            if found is not None:
                return found
        return None

    def _grow(self, more: int) -> None:
        self._bytes += more
        if self._bytes > _KEPT_BYTES:
            self._rows.clear()
            self._kept.clear()
            self._bytes = more

    def _quick(self, style: bytes, kind: bytes) -> int:
        """How the value of a cell is found in what it stores; -1 when more has to be looked at."""
        kinds = self._styles.kinds
        index = int(style) if style else 0
        if index in self._telling:
            return -1
        if kind == b"s":
            return SHARED
        if kind == b"str":
            return WORDS
        if kind not in (b"", b"n"):
            return -1
        return DAY if index < len(kinds) and kinds[index] == DATE else PLAIN


@lru_cache(maxsize=4)
def shapes_of(styles: Styles) -> Shapes:
    """The shapes of workbooks with these styles; kept, since the files of a round are copies of one form."""
    return Shapes(styles)


def _is_sound(attributes: bytes) -> bool:
    """Whether no attribute of a row comes twice."""
    names = _NAMES.findall(attributes)
    return len(set(names)) == len(names) and b"r" not in names


def _read(row: bytes, number: bytes, quick: Callable[[bytes, bytes], int]) -> Shape | None:
    """The shape of one row with its begin and without its end."""
    head, cell = _patterns(number)
    opened = head.match(row)
    if opened is None or not _is_sound(opened[2]):
        return None
    cells: list[ShapedCell] = []
    digits, place = opened[1], opened.end()
    texts = blanks = column = 0
    while place < len(row):
        found = cell.match(row, place)
        if found is None:
            return None
        place = found.end()
        many = found["blanks"].count(b"<") if found["blanks"] else 1
        at = _column(found["letters"] or found["last"])
        # Blanks hold nothing to lose; still they must stand in their row, right of what came before.
        if (found["own"] or found["last_own"]) != digits or at < column + many:
            return None
        column = at
        one = _shaped(found, at, texts, quick) if found["inner"] else None
        if one is None:
            blanks += many
        elif (found["inline"] is None) == (one.kind == "inlineStr"):
            return None
        else:
            cells.append(one)
            texts += found["inner"].count(TEXT)
    is_hidden = _HIDDEN.search(opened[2]) is not None
    if any(one.quick < 0 or one.formula is not None for one in cells):
        return Shape(texts, tuple(cells), blanks, is_hidden)
    columns, kinds = tuple(one.column for one in cells), tuple(one.quick for one in cells)
    return Shape(texts, tuple(cells), blanks, is_hidden, columns, kinds)


def _shaped(found: re.Match[bytes], column: int, texts: int, quick: Callable[[bytes, bytes], int]) -> ShapedCell | None:
    """The cell of a match whose first text is the row's text number `texts`; None when it is blank."""
    style, kind = found["style"] or found["late"] or b"", found["kind"] or b""
    formula: int | None = None
    stored: int | None = None
    if found["formula"] is not None:
        formula = texts if TEXT in found["formula"] else -1
        texts += TEXT in found["formula"]
    content = found["stored"] if found["inline"] is None else found["inline"]
    if content is not None:
        stored = texts if TEXT in content else -1
    if formula is None and stored in (None, -1) and kind != b"inlineStr":
        return None
    how = quick(style, kind) if found["inline"] is None and stored is not None and stored >= 0 else -1
    return ShapedCell(column, column_letters(column), style, kind.decode(), formula, stored, how)


@lru_cache(maxsize=2)
def _patterns(number: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Patterns of a row's begin and of what may stand in it, `number` being how its number is written there."""
    head = rb'<row r="(%b)"(%b) ?>' % (number, _ATTRIBUTES)
    formula = rb"<f%b(?: ?/>|>\x01?</f>)" % _ATTRIBUTES
    cell = (
        rb'(?P<blanks>(?:<c r="(?P<last>[A-Z]{1,3})(?P<last_own>%b)"(?: s="[0-9]{1,5}")? ?/>)+)'
        rb'|<c r="(?P<letters>[A-Z]{1,3})(?P<own>%b)"'
        rb'(?: s="(?P<style>[0-9]{1,5})")?(?: t="(?P<kind>[a-zA-Z]{1,9})")?(?: s="(?P<late>[0-9]{1,5})")?'
        rb"(?: ?/>|>(?P<inner>(?P<formula>%b)?(?P<stored><v>\x01?</v>|<v ?/>)?"
        rb"|<is><t%b>(?P<inline>\x01?)</t></is>)</c>)"
    ) % (number, number, formula, _SPACED)
    return re.compile(head), re.compile(cell)


@lru_cache(maxsize=1024)
def _column(letters: bytes) -> int:
    try:
        return column_number(letters.decode("ascii"))
    except ValueError:
        raise refuse("bad_sheet", cell=letters.decode("ascii", "replace")) from None
