"""Tables and the blocks of values that formulas work on. Read `Table` (what callers hand over), then `Array`.

An `Array` carries the indexes that make a column function linear: they are built once per column and kept
with it, so that twenty rules over one table share them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from thidua_xl.formula.operators import worse
from thidua_xl.formula.values import BAD, Bad, from_model
from thidua_xl.model import Invalid, Value

T = TypeVar("T")


class Array:
    """A block of engine values, row by row in one flat list; a table column has width 1."""

    __slots__ = ("cells", "height", "memory", "width")

    def __init__(self, cells: list[Value], height: int, width: int) -> None:
        self.cells = cells
        self.height = height
        self.width = width
        self.memory: dict[object, object] = {}

    @classmethod
    def column(cls, cells: list[Value]) -> Array:
        """A block one column wide."""
        return cls(cells, len(cells), 1)

    def __len__(self) -> int:
        return len(self.cells)

    def row(self, index: int) -> list[Value]:
        """The 0-based row."""
        return self.cells[index * self.width : (index + 1) * self.width]

    def at(self, row: int, column: int) -> Value:
        """The value at a 0-based place."""
        return self.cells[row * self.width + column]

    def remember(self, key: object, make: Callable[[], T]) -> T:
        """What `make` returns, made once for this block."""
        try:
            return self.memory[key]  # type: ignore[return-value]  # what make() returned under this key
        except KeyError:
            made = make()
            self.memory[key] = made
            return made

    @property
    def worst(self) -> Bad | None:
        """The first Invalid, or else the first error among the values; None when all are sound."""
        return self.remember("worst", lambda: worst_of(self.cells))

    @property
    def invalid(self) -> Invalid | None:
        """The first Invalid among the values; None when there is none."""
        worst = self.worst
        return worst if isinstance(worst, Invalid) else None


class Rows:
    """One value for each row of the table a rule belongs to."""

    __slots__ = ("values",)

    def __init__(self, values: list[Value]) -> None:
        self.values = values


Operand = Value | Array | Rows


def worst_of(values: Sequence[Value]) -> Bad | None:
    """The first Invalid, or else the first error; None when all are sound."""
    worst: Bad | None = None
    for value in values:
        if isinstance(value, BAD):
            worst = value if worst is None else worse(worst, value)
            if isinstance(worst, Invalid):
                break
    return worst


@dataclass(frozen=True)
class Table:
    """A table as a rule sees it: columns of `model` values, all of the same length, one value per row.

    `single` marks a form sheet: every column holds exactly one value, and `TD_S00[x]` is that value.
    A table remembers what was worked out about its columns: hand the same object to all rules of a run.
    """

    name: str
    columns: Mapping[str, Sequence[Value]]
    single: bool = False
    _arrays: dict[tuple[str, str], Array] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def height(self) -> int:
        """The number of rows."""
        for column in self.columns.values():
            return len(column)
        return 1 if self.single else 0

    def array(self, first: str, last: str = "") -> Array:
        """The block from column `first` to column `last` (in the table's order). KeyError when unknown."""
        key = (first, last or first)
        found = self._arrays.get(key)
        if found is None:
            found = self._block(*key)
            self._arrays[key] = found
        return found

    def _block(self, first: str, last: str) -> Array:
        if first == last:
            return Array.column([from_model(value) for value in self.columns[first]])
        codes = list(self.columns)
        a, b = codes.index(first), codes.index(last)
        columns = [self.array(code).cells for code in codes[min(a, b) : max(a, b) + 1]]
        return Array([value for row in zip(*columns, strict=True) for value in row], self.height, len(columns))


def flat(operands: Sequence[Value | Array]) -> Iterator[Value]:
    """All values of the operands, one after the other."""
    for operand in operands:
        if isinstance(operand, Array):
            yield from operand.cells
        else:
            yield operand
