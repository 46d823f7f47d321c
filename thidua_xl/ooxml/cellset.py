"""A set of cells that takes a byte for each row of a column: a long table has hundreds of thousands. Read `CellSet`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSet

from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.refs import MAX_ROW

Place = tuple[int, int]
_HELD = 1


class CellSet(MutableSet[Place]):
    """Cells as (row, column), 1-based."""

    __slots__ = ("_columns",)

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._columns: dict[int, bytearray] = {}
        for place in places:
            self.add(place)

    def add(self, place: Place) -> None:
        """Take a cell in."""
        row, column = place
        rows = self._columns.get(column)
        if rows is None:
            rows = self._columns[column] = bytearray()
        if row >= len(rows):
            rows.extend(bytes(row + 1 - len(rows)))
        rows[row] = _HELD

    def discard(self, place: Place) -> None:
        """Leave a cell out."""
        if place in self:
            row, column = place
            self._columns[column][row] = 0
            if _HELD not in self._columns[column]:
                del self._columns[column]

    def __contains__(self, place: object) -> bool:
        if not isinstance(place, tuple):
            return False
        rows = self._columns.get(place[1], b"")
        return 0 <= place[0] < len(rows) and rows[place[0]] == _HELD

    def __iter__(self) -> Iterator[Place]:
        for column, rows in self._columns.items():
            row = rows.find(_HELD)
            while row >= 0:
                yield row, column
                row = rows.find(_HELD, row + 1)

    def __len__(self) -> int:
        return sum(rows.count(_HELD) for rows in self._columns.values())

    def __bool__(self) -> bool:
        return bool(self._columns)

    def holds(self, top: int, left: int, bottom: int, right: int) -> bool:
        """Whether a cell of the area is among them."""
        if right - left < len(self._columns):
            candidates = [self._columns[column] for column in range(left, right + 1) if column in self._columns]
        else:
            candidates = [rows for column, rows in self._columns.items() if left <= column <= right]
        return any(rows.find(_HELD, top, bottom + 1) >= 0 for rows in candidates)

    def move(self, shift: Shift) -> None:
        """Follow cells that were moved; deleted ones are left out."""
        if shift.axis is Axis.COLUMN:
            moved = {shift.point(column): rows for column, rows in self._columns.items()}
            self._columns = {column: rows for column, rows in moved.items() if column is not None}
            return
        for rows in self._columns.values():
            if shift.at < len(rows):
                if shift.count > 0:
                    rows[shift.at : shift.at] = bytes(shift.count)
                else:
                    del rows[shift.at : shift.at - shift.count]
                del rows[MAX_ROW + 1 :]
        self._columns = {column: rows for column, rows in self._columns.items() if _HELD in rows}
