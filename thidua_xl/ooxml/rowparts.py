"""The pieces of a sheet's rows: `Row`, `ParsedRow`, `Cell`; and what column letters become. Used by `rows`."""

from __future__ import annotations

import re
from collections.abc import Callable

from thidua_xl.formula.shift import Shift
from thidua_xl.refs import column_letters

_SPANS = re.compile(rb"""\sspans\s*=\s*["']([0-9]+):([0-9]+)["']""")


class Cell:
    """One cell of a parsed row: `column` is 1-based, `raw` its XML, `named` the address written in it ("" if none)."""

    __slots__ = ("column", "named", "raw")

    def __init__(self, column: int, raw: bytes, named: str) -> None:
        self.column = column
        self.raw = raw
        self.named = named


class ParsedRow:
    """The pieces of a row that somebody touched: its attributes, cells, and what follows the last cell."""

    __slots__ = ("by_column", "cells", "tag", "tail")

    def __init__(self, tag: dict[str, str], cells: list[Cell], tail: bytes) -> None:
        self.tag = tag
        self.cells = cells
        self.tail = tail
        self.by_column: dict[int, Cell] | None = None


class Row:
    """One row. `number` is where it stands now, `source` the number written in its bytes (0: none written).

    Its bytes are `start`..`end` of the sheet's, or `raw` when they were replaced, or made from `parsed`.
    """

    __slots__ = ("end", "number", "parsed", "raw", "source", "start")

    def __init__(self, number: int, source: int, start: int, end: int) -> None:
        self.number = number
        self.source = source
        self.start = start
        self.end = end
        self.raw: bytes | None = None
        self.parsed: ParsedRow | None = None


class Letters:
    """Column letters in cell addresses after a shift of columns, each worked out once; `column` reads them."""

    def __init__(self, shift: Shift, column: Callable[[bytes], int]) -> None:
        self._shift = shift
        self._column = column
        self._known: dict[bytes, bytes | None] = {}

    def moved(self, letters: bytes) -> bytes | None:
        """The new letters; None for a deleted column."""
        if letters not in self._known:
            column = self._shift.point(self._column(letters))
            self._known[letters] = None if column is None else column_letters(column).encode()
        return self._known[letters]

    def renamed(self, found: re.Match[bytes]) -> bytes:
        """The start of a cell's tag up to its row number, with the new letters."""
        return found[1] + (self.moved(found[2]) or found[2]) + found[3]


def moved_spans(tag: bytes, shift: Shift) -> bytes:
    """A row's start tag with its `spans` hint moved along with its cells."""
    found = _SPANS.search(tag)
    span = shift.span(int(found[1]), int(found[2])) if found else None
    if found is None or span is None:
        return tag
    return tag[: found.start(1)] + f"{span[0]}:{span[1]}".encode() + tag[found.end(2) :]


def widen_spans(tag: dict[str, str], column: int) -> None:
    """Widen the `spans` hint of a row; it must not tell a reader that the new cell does not exist."""
    first, _, last = tag.get("spans", "").partition(":")
    if first.isdigit() and last.isdigit():
        tag["spans"] = f"{min(int(first), column)}:{max(int(last), column)}"
    else:
        tag.pop("spans", None)
