"""Stored results of formulas after an edit: never a stale number. Read `settle`.

A result that an edit may have changed is worked out anew where our own engine can, else taken out of the file, so
that whoever reads it next calculates it or sees that it is missing. Excel is asked to calculate on opening.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from thidua_xl.formula.shift import Shift
from thidua_xl.model import Value
from thidua_xl.ooxml.cellset import CellSet
from thidua_xl.ooxml.dependents import find_stale
from thidua_xl.ooxml.order import WORKBOOK, ensure
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook


_MOST_FORMULAS = 50_000  # beyond, Excel is quicker than we


@dataclass(slots=True)
class Changes:
    """Cells that got new content, by sheet, as (row, column).

    `stale` are formulas whose stored result may be wrong, `fresh` those whose result was given with them, `names`
    defined names (folded) that mean something new, `grown` names and tables (folded) that took in blank cells.
    `has_shift` tells that cells moved: a formula that builds addresses from text may meet others now.
    """

    cells: dict[str, CellSet] = field(default_factory=dict)
    stale: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    fresh: set[tuple[str, int, int]] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    grown: set[str] = field(default_factory=set)
    has_shift: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened to which a formula could be blind or not."""
        return not (self.cells or self.stale or self.names or self.grown or self.has_shift)

    def move(self, shift: Shift) -> None:
        """Follow cells that were moved."""
        self.has_shift = True
        if shift.sheet in self.cells:
            self.cells[shift.sheet].move(shift)
        moved = [shift.area(Area(row, column, row, column)) for row, column in self.stale.get(shift.sheet, ())]
        if moved:
            self.stale[shift.sheet] = {(area.top, area.left) for area in moved if area is not None}
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
    if not book.changes.is_empty:
        stale = find_stale(book)
        if stale:
            _refresh(book, stale)
        book.changes = Changes()
    if book.formulas_changed:
        _drop_chain(book)


def _refresh(book: Workbook, stale: dict[str, set[tuple[int, int]]]) -> None:
    keys = {(name, row, column) for name, places in stale.items() for row, column in places}
    results: dict[tuple[str, int, int], Value] = {}
    if len(keys) <= _MOST_FORMULAS and not book.is_1904:
        results = _computed(book, keys)
    for name, row, column in sorted(keys):
        if (name, row, column) in results:
            book[name].give_result(row, column, results[name, row, column])
        else:
            book[name].drop_result(row, column)
    _ask_to_calculate(book)


def _computed(book: Workbook, keys: set[tuple[str, int, int]]) -> dict[tuple[str, int, int], Value]:
    """The results that can be told, by cell. All are worked out before the first is written."""
    from thidua_xl.ooxml.recompute import Recomputer, Unknown  # the engine is not needed to set a lone cell

    engine = Recomputer(book, keys)
    results = {}
    for key in sorted(keys):
        with contextlib.suppress(Unknown):
            results[key] = engine.result(key)
    return results


def _ask_to_calculate(book: Workbook) -> None:
    root = book.package.root(book.part)
    element = ensure(root, "calcPr", WORKBOOK)
    if element.get("fullCalcOnLoad") not in ("1", "true"):
        element.set("fullCalcOnLoad", "1")
        book.package.touch(book.part)


def _drop_chain(book: Workbook) -> None:
    """Excel rebuilds the order of calculation by itself; an outdated one makes it report a damaged file."""
    for part in book.package.related(book.part, "calcChain"):
        book.package.unrelate(book.part, part)
        book.package.remove(part)
