"""The cells of a sheet kept by rows; a `model.Cell` is made only when somebody asks for one.

Making 5,000 frozen objects a file costs more than reading it. Read `RowCells`, then `rows_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

from thidua_xl.grid.value_table import CodedRows, ValueTable
from thidua_xl.model import Cell, Sheet, Value
from thidua_xl.refs import Area


class Extra(NamedTuple):
    """What few cells have beside a value."""

    formula: str | None = None
    number_format: str = ""
    font: str = ""
    raw: str = ""


_NOTHING = Extra()


class RowCells(Mapping[tuple[int, int], Cell]):
    """Cells by (row, column), 1-based. `rows` are the values by row then column; `extras` by (row, column)."""

    __slots__ = ("_rows", "coded", "extras", "table")

    def __init__(
        self, rows: Mapping[int, Mapping[int, Value]], extras: Mapping[tuple[int, int], Extra] | None = None
    ) -> None:
        self._rows: Mapping[int, Mapping[int, Value]] | None = rows
        self.coded: CodedRows | None = None
        self.table: ValueTable | None = None
        self.extras: Mapping[tuple[int, int], Extra] = extras or {}

    @classmethod
    def of_codes(
        cls, coded: CodedRows, table: ValueTable, extras: Mapping[tuple[int, int], Extra] | None = None
    ) -> RowCells:
        """The cells of rows that point at values by code; the values are put in their places when first asked for."""
        found = cls({}, extras)
        found._rows, found.coded, found.table = None, coded, table
        return found

    @property
    def rows(self) -> Mapping[int, Mapping[int, Value]]:
        """The values by row, then column."""
        if self._rows is None:
            assert self.coded is not None
            assert self.table is not None
            self._rows = self.coded.rows(self.table)
        return self._rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowCells) and (self.rows, self.extras) == (other.rows, other.extras)

    __hash__ = None  # type: ignore[assignment]  # as of every mapping

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


def may_show(sheets: Iterable[Sheet], beginning: str) -> bool:
    """Whether a cell of the sheets may hold a text with that beginning; true when in doubt."""
    tables: dict[int, ValueTable] = {}
    for sheet in sheets:
        table = sheet.cells.table if isinstance(sheet.cells, RowCells) else None
        if table is None:
            return True
        tables[id(table)] = table
    return any(any(map(str.startswith, table.texts, repeat(beginning))) for table in tables.values())


def extras_of(sheet: Sheet) -> Mapping[tuple[int, int], Extra]:
    """Formulas, telling formats, old fonts and raw texts of the cells that have one."""
    if isinstance(sheet.cells, RowCells):
        return sheet.cells.extras
    return {
        place: Extra(cell.formula, cell.number_format, cell.font, cell.raw)
        for place, cell in sheet.cells.items()
        if cell.formula is not None or cell.number_format or cell.font or cell.raw
    }
