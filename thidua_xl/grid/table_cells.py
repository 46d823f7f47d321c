"""The cells of a sheet kept by rows; a `model.Cell` is made only when somebody asks for one.

Making 5,000 frozen objects a file costs more than reading it. Read `RowCells`, then `rows_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from thidua_xl.model import Cell, Sheet, Value
from thidua_xl.refs import Area


class Extra(NamedTuple):
    """What few cells have beside a value."""

    formula: str | None = None
    number_format: str = ""
    font: str = ""
    raw: str = ""


_NOTHING = Extra()


@dataclass(frozen=True, slots=True)
class RowCells(Mapping[tuple[int, int], Cell]):
    """Cells by (row, column), 1-based. `rows` are the values by row then column; `extras` by (row, column)."""

    rows: Mapping[int, Mapping[int, Value]]
    extras: Mapping[tuple[int, int], Extra] = field(default_factory=dict)

    def __getitem__(self, place: tuple[int, int]) -> Cell:
        row, column = place
        value = self.rows[row][column]
        extra = self.extras.get(place, _NOTHING)
        return Cell(row, column, value, extra.formula, extra.number_format, extra.font, extra.raw)

    def __contains__(self, place: object) -> bool:
        return isinstance(place, tuple) and place[1] in self.rows.get(place[0], {})

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for row, values in self.rows.items():
            for column in values:
                yield row, column

    def __len__(self) -> int:
        return sum(map(len, self.rows.values()))


@lru_cache(maxsize=8192)
def merged_area(reference: str) -> Area:
    """The area of a merge; kept, since the files of a round are copies of one form."""
    return Area.parse(reference)


def rows_of(sheet: Sheet) -> Mapping[int, Mapping[int, Value]]:
    """The values of a sheet by row, then column; a formula without a result is there with None."""
    if isinstance(sheet.cells, RowCells):
        return sheet.cells.rows
    rows: dict[int, dict[int, Value]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        rows.setdefault(row, {})[column] = cell.value
    return rows


def extras_of(sheet: Sheet) -> Mapping[tuple[int, int], Extra]:
    """Formulas, telling formats, old fonts and raw texts of the cells that have one."""
    if isinstance(sheet.cells, RowCells):
        return sheet.cells.extras
    return {
        place: Extra(cell.formula, cell.number_format, cell.font, cell.raw)
        for place, cell in sheet.cells.items()
        if cell.formula is not None or cell.number_format or cell.font or cell.raw
    }
