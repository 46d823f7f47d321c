"""What a compiled piece of a formula is, and what it works on. Read `Part`, then `Run`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from thidua_xl.formula.arrays import Operand, Table
from thidua_xl.model import Value


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation: the tables and names, and the row it is about (None: all rows of `home` at once)."""

    tables: Mapping[str, Table]
    names: Mapping[str, Value]
    home: Table | None
    height: int
    today: date | None = None
    row: int | None = None

    def at(self, row: int) -> Run:
        """The same evaluation for a single 0-based row."""
        return replace(self, row=row)


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled node: `run` gives its value, its rows or its block.

    `reference` tells cells from values worked out (SUM passes over text in cells only); `row_columns` are
    the columns it takes from its own row.
    """

    run: Callable[[Run], Operand]
    reference: bool = False
    row_columns: frozenset[str] = frozenset()
    start: int = 0
