"""Stored results of formulas after an edit: never a stale number. Read `settle`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from thidua_xl.formula.shift import Shift
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook


@dataclass(slots=True)
class Changes:
    """Cells that got new content, by sheet, as (row, column).

    `stale` are formulas whose stored result may be wrong, `fresh` those whose result was given with them.
    """

    cells: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    stale: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    fresh: set[tuple[str, int, int]] = field(default_factory=set)

    def move(self, shift: Shift) -> None:
        """Follow cells that were moved."""
        for places in (self.cells, self.stale):
            moved = [shift.area(Area(row, column, row, column)) for row, column in places.get(shift.sheet, ())]
            if moved:
                places[shift.sheet] = {(area.top, area.left) for area in moved if area is not None}
        fresh = set()
        for sheet, row, column in self.fresh:
            area = shift.area(Area(row, column, row, column)) if shift.concerns(sheet) else None
            if not shift.concerns(sheet):
                fresh.add((sheet, row, column))
            elif area is not None:
                fresh.add((sheet, area.top, area.left))
        self.fresh = fresh


def settle(book: Workbook) -> None:
    """Make all stored results right or absent before the workbook is written."""
    if book.formulas_changed:
        _drop_chain(book)


def _drop_chain(book: Workbook) -> None:
    """Excel rebuilds the order of calculation by itself; an outdated one makes it report a damaged file."""
    for part in book.package.related(book.part, "calcChain"):
        book.package.unrelate(book.part, part)
        book.package.remove(part)
