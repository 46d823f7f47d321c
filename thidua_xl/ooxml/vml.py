"""VML drawings (notes and form controls) as text: anchors, cells and formulas in them follow their cells.

Read `move_vml`. VML written by Excel is often no XML (`<br>`, bare attributes), so nothing here parses it; only
the numbers and formulas inside `x:ClientData` are replaced. Source: ECMA-376 Part 4, 19.4.
`x:Anchor` holds left column, offset, top row, offset, right column, offset, bottom row, offset (0-based).
Excel writes `MoveWithCells` and `SizeWithCells` when an object does NOT move or size, contrary to the standard's
words; several libraries found the same. A note always goes where its cell goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.ooxml.anchors import End, Hold, moved_ends
from thidua_xl.ooxml.cellxml import escape_text, unescape

_SHAPE = re.compile(rb"<((?:\w+:)?shape)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>.*?</\1\s*>", re.DOTALL)
_CLIENT = re.compile(rb"<((?:\w+:)?ClientData)\b[^>]*>.*?</\1\s*>", re.DOTALL)
_ANCHOR = re.compile(rb"(<(?:\w+:)?Anchor\s*>)([^<]*)(</)")
_ROW = re.compile(rb"(<(?:\w+:)?Row\s*>\s*)([0-9]+)(\s*</)")
_COLUMN = re.compile(rb"(<(?:\w+:)?Column\s*>\s*)([0-9]+)(\s*</)")
_FORMULA = re.compile(rb"(<(?:\w+:)?Fmla(?:Link|Range|Pict|Txbx|Group)\s*>)([^<]*)(</)")
_MOVES = re.compile(rb"<(?:\w+:)?MoveWithCells\s*(?:/>|>\s*(?:[Tt](?:rue)?)?\s*</)")
_SIZES = re.compile(rb"<(?:\w+:)?SizeWithCells\s*(?:/>|>\s*(?:[Tt](?:rue)?)?\s*</)")


def move_vml(content: bytes, shift: Shift, own: bool, formula: Callable[[str], str]) -> bytes:
    """The drawing after a shift. `own`: it belongs to the edited sheet, so its anchors move as well.

    The shape of a note whose cell is deleted is removed.
    """

    def shape(found: re.Match[bytes]) -> bytes:
        client = _CLIENT.search(found[0])
        if client is None:
            return found[0]
        new = _FORMULA.sub(lambda part: _rewritten(part, formula), client[0])
        if own:
            moved = _moved_client(new, shift)
            if moved is None:
                return b""
            new = moved
        start, end = client.span()
        return found[0][:start] + new + found[0][end:]

    return _SHAPE.sub(shape, content)


def _rewritten(found: re.Match[bytes], formula: Callable[[str], str]) -> bytes:
    text = unescape(found[2].decode("utf-8", "surrogateescape"))
    moved = formula(text)
    if moved == text:
        return found[0]
    return found[1] + escape_text(moved).encode("utf-8", "surrogateescape") + found[3]


def _moved_client(client: bytes, shift: Shift) -> bytes | None:
    by_row = shift.axis is Axis.ROW
    pattern = _ROW if by_row else _COLUMN
    cell = pattern.search(client)
    if cell is None:
        return _ANCHOR.sub(lambda found: _moved_anchor(found, shift, _hold(client)), client)
    place = int(cell[2])
    moved = shift.point(place + 1)
    if moved is None:
        return None
    by = moved - 1 - place
    if not by:
        return client
    client = pattern.sub(lambda found: found[1] + str(moved - 1).encode() + found[3], client, count=1)
    return _ANCHOR.sub(lambda found: _raised_anchor(found, by, by_row), client)


def _hold(client: bytes) -> Hold:
    if _MOVES.search(client):
        return Hold.STAY
    return Hold.MOVE if _SIZES.search(client) else Hold.MOVE_AND_SIZE


def _moved_anchor(found: re.Match[bytes], shift: Shift, hold: Hold) -> bytes:
    numbers = _numbers(found[2])
    if numbers is None:
        return found[0]
    first, last = (2, 6) if shift.axis is Axis.ROW else (0, 4)
    start, end = moved_ends(End(numbers[first], numbers[first + 1]), End(numbers[last], numbers[last + 1]), hold, shift)
    assert end is not None
    numbers[first], numbers[first + 1], numbers[last], numbers[last + 1] = (
        start.place,
        start.offset,
        end.place,
        end.offset,
    )
    return _anchor(found, numbers)


def _raised_anchor(found: re.Match[bytes], by: int, by_row: bool) -> bytes:
    numbers = _numbers(found[2])
    if numbers is None:
        return found[0]
    for index in (2, 6) if by_row else (0, 4):
        numbers[index] = max(0, numbers[index] + by)
    return _anchor(found, numbers)


def _numbers(text: bytes) -> list[int] | None:
    parts = text.split(b",")
    try:
        numbers = [int(part) for part in parts]
    except ValueError:
        return None
    return numbers if len(numbers) == 8 else None


def _anchor(found: re.Match[bytes], numbers: list[int]) -> bytes:
    """The anchor with new numbers, spaced as it was."""
    old = _numbers(found[2])
    if old == numbers:
        return found[0]
    parts = found[2].split(b",")
    new = [
        part if int(part) == number else re.sub(rb"-?[0-9]+", str(number).encode(), part, count=1)
        for part, number in zip(parts, numbers, strict=True)
    ]
    return found[1] + b",".join(new) + found[3]
