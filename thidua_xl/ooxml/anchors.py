"""Where drawn objects hang: anchors of drawings, controls and OLE objects, moved with their cells.

Read `move_anchor` (an element with `from` and `to`) and `moved_ends`. Rows and columns in anchors are 0-based.
Source: ECMA-376 Part 1, 20.5.2.33 (twoCellAnchor), 20.5.3.2 (ST_EditAs), 18.3.1.3 (anchor of a control).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.ooxml.markup import Element, is_true, local_name


class Hold(Enum):
    """How an object holds on to its cells."""

    MOVE_AND_SIZE = "twoCell"
    MOVE = "oneCell"
    STAY = "absolute"


@dataclass(frozen=True, slots=True)
class End:
    """One corner along the shifted axis: 0-based row or column, and the distance into it."""

    place: int
    offset: int


def moved_ends(first: End, last: End | None, hold: Hold, shift: Shift) -> tuple[End, End | None]:
    """Both corners after a shift. An end whose row is deleted goes to the start of what took its place."""
    if hold is Hold.STAY:
        return first, last
    new_first = _moved(first, shift)
    if last is None:
        return new_first, None
    if hold is Hold.MOVE:
        return new_first, End(last.place + new_first.place - first.place, last.offset)
    return new_first, _moved(last, shift)


def move_anchor(anchor: Element, hold: Hold, shift: Shift) -> bool:
    """Move the `from` and `to` of an anchor element; whether anything changed."""
    name = "row" if shift.axis is Axis.ROW else "col"
    corners = {local_name(child): child for child in anchor if local_name(child) in ("from", "to")}
    start = _read(corners.get("from"), name)
    if start is None:
        return False
    end = _read(corners.get("to"), name)
    new_start, new_end = moved_ends(start, end, hold, shift)
    changed = False
    for corner, old, new in (("from", start, new_start), ("to", end, new_end)):
        if new is not None and new != old:
            _write(corners[corner], name, new)
            changed = True
    return changed


def drawing_hold(anchor: Element) -> Hold:
    """How an anchor of a drawing part holds: `editAs`, for which move and size is the default."""
    if local_name(anchor) == "oneCellAnchor":
        return Hold.MOVE
    try:
        return Hold(anchor.get("editAs", "twoCell"))
    except ValueError:
        return Hold.MOVE_AND_SIZE


def control_hold(anchor: Element) -> Hold:
    """How the anchor of a form control or OLE object holds: two flags, both off by default."""
    if not is_true(anchor.get("moveWithCells")):
        return Hold.STAY
    return Hold.MOVE_AND_SIZE if is_true(anchor.get("sizeWithCells")) else Hold.MOVE


def _moved(end: End, shift: Shift) -> End:
    moved = shift.point(end.place + 1)
    if moved is not None:
        return End(moved - 1, end.offset)
    if shift.count < 0:
        return End(shift.at - 1, 0)
    return End(shift.axis.limit - 1, end.offset)


def _read(corner: Element | None, name: str) -> End | None:
    if corner is None:
        return None
    values = {local_name(child): (child.text or "").strip() for child in corner}
    if not values.get(name, "").isdigit():
        return None
    offset = values.get(name + "Off", "0")
    return End(int(values[name]), int(offset) if offset.lstrip("-").isdigit() else 0)


def _write(corner: Element, name: str, end: End) -> None:
    for child in corner:
        if local_name(child) == name:
            child.text = str(end.place)
        elif local_name(child) == name + "Off" and not end.offset and (child.text or "").strip() != "0":
            child.text = str(end.offset)
