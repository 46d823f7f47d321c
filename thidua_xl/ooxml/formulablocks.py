"""Blocks of rows and the areas their formulas look at, told without taking the formulas apart one by one.

Read `blocks_of`. A sheet of half a million formulas is asked after every edit which of them depend on a few cells;
most blocks of it look elsewhere, which a few areas are enough to tell. What is not plain arithmetic on cells of the
same sheet is left to be read formula by formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import islice

from thidua_xl.formula.references import is_plain, is_plain_but_for_lines
from thidua_xl.ooxml.formulas import FormulaCell, shared_masters
from thidua_xl.ooxml.rowparts import Row
from thidua_xl.ooxml.rows import Rows
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, column_number

Box = tuple[int, int, int, int]  # top, left, bottom, right
_BATCH = 256
_LOOK = re.compile(
    r"(?<![\w.])(\$?[A-Za-z]{1,3}\$?)([1-9][0-9]{0,5})(?::(\$?[A-Za-z]{1,3}\$?)([1-9][0-9]{0,5}))?(?![\w.(])"
)
_WORD = re.compile(r"[^\W\d][\w.\\?]*")
_ADDRESS_MAKERS = ("INDIRECT", "OFFSET", "CELL", "INFO")


@dataclass(slots=True)
class Block:
    """Some rows with formulas. `looks` are areas of the same sheet which hold all that the formulas look at.

    `looks` is None when that is not known: the formulas must be read one by one.
    """

    rows: list[Row]
    looks: tuple[Box, ...] | None


def blocks_of(rows: Rows, words: Set[str]) -> Iterator[Block]:
    """All rows of a sheet that may hold formulas. `words` are the folded names of what formulas may look at by name."""
    plain = _Plain(rows, words)
    source = (row for row in rows if rows.has_formula(row))
    while batch := list(islice(source, _BATCH)):
        yield Block(batch, plain.looks(batch))


class _Plain:
    """Tells what plain formulas look at; remembers what is the same for all blocks of a sheet."""

    def __init__(self, rows: Rows, words: Set[str]) -> None:
        self.rows = rows
        self.words = words
        p = re.escape(rows.prefix)
        self._tag = b"<" + rows.prefix + b"f"
        self._bare = re.compile(self._tag + rb">([^<]*)</" + p + rb"f>")
        self._copies = re.compile(
            rb"<" + p + rb'c r="([A-Z]{1,3})[0-9]+"[^<>]*><' + p + rb'f t="shared" si="([0-9]+)"\s*/>'
        )
        self._masters = re.compile(rb"<" + p + rb'f t="shared" ref="[A-Z0-9:]+" si="[0-9]+">([^<]*)</' + p + rb"f>")

    def looks(self, batch: list[Row]) -> tuple[Box, ...] | None:
        """What the formulas of some rows look at; None when one of them is not plain."""
        raw = b"".join([self.rows.raw(row) for row in batch])
        texts = self._bare.findall(raw)
        copies: list[tuple[bytes, bytes]] = []
        if len(texts) != raw.count(self._tag):
            copies = self._copies.findall(raw)
            texts += self._masters.findall(raw)
            if len(texts) + len(copies) != raw.count(self._tag):
                return None
        boxes = self._boxes(b"\n".join(texts))
        if boxes is None:
            return None
        for letters, number in set(copies):
            copied = self._copied(number.decode(), column_number(letters.decode()), batch)
            if copied is None:
                return None
            boxes += copied
        return tuple(set(boxes))

    def _boxes(self, old: bytes) -> list[Box] | None:
        if b"&quot;" in old or b"&apos;" in old or b"&#" in old:
            return None
        try:
            text = old.decode("ascii")
        except UnicodeDecodeError:
            return None
        if not is_plain_but_for_lines(text) or not self._names_nothing(text):
            return None
        spans: dict[tuple[str, str], list[int]] = {}
        ranges = 0
        for left, first, right, last in _LOOK.findall(text):
            top = int(first)
            bottom = top
            if last:
                ranges += 1
                bottom = int(last)
                if top > bottom:
                    top, bottom = bottom, top
            span = spans.get((left, right))
            if span is None:
                spans[left, right] = [top, bottom]
            else:
                if top < span[0]:
                    span[0] = top
                if bottom > span[1]:
                    span[1] = bottom
        if ranges != text.count(":"):
            return None
        boxes = []
        for (left, right), (top, bottom) in spans.items():
            one = column_number(left.strip("$"))
            other = column_number(right.strip("$")) if right else one
            boxes.append((top, min(one, other), bottom, max(one, other)))
        return boxes

    def _names_nothing(self, text: str) -> bool:
        """Whether formulas use no name and build no address."""
        capitals = text.upper()
        if any(maker in capitals for maker in _ADDRESS_MAKERS):
            return False
        return not self.words or not (self.words & set(map(str.casefold, set(_WORD.findall(text)))))

    def _copied(self, number: str, column: int, batch: list[Row]) -> list[Box] | None:
        """What the copies of a shared formula in one column look at, as far as they stand in some rows."""
        master = shared_masters(self.rows).get(number)
        if master is None or not (is_plain(master.text) and self._names_nothing(master.text)):
            return None
        first, last = (batch[0].number, batch[-1].number) if self.rows.is_sorted else (1, MAX_ROW)
        boxes = []
        for left, top, right, bottom in _LOOK.findall(master.text):
            one = _span(master, left, int(top), column, first, last)
            other = _span(master, right, int(bottom), column, first, last) if right else one
            if one is None or other is None:
                return None
            boxes.append((min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[1], other[1])))
        return boxes


def _span(master: FormulaCell, letters: str, row: int, column: int, first: int, last: int) -> Box | None:
    """The cells that one cell reference of a shared formula means in the rows of a column; None beyond the sheet."""
    to = column_number(letters.strip("$")) + (0 if letters.startswith("$") else column - master.column)
    is_fixed = letters.endswith("$")
    top, bottom = (row, row) if is_fixed else (row + first - master.row, row + last - master.row)
    return (top, to, bottom, to) if top >= 1 and bottom <= MAX_ROW and 1 <= to <= MAX_COLUMN else None
