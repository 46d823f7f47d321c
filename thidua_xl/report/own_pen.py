"""What is written of a form that is added up as it stands, and the pen that writes it by edits. Read `OwnTable`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from thidua_xl.model import Edit, Figure, SetCell, SetFormula, Value
from thidua_xl.model.mapping import ColumnRole, MappedTable
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name, column_number


@dataclass(frozen=True, slots=True)
class OwnTable:
    """One table to write: figures of fixed rows by (template row, column letter), or the entries of a list.

    `number_format` begins with `@` when the units write their numbers as text (`@00,00`). `cells` are single cells
    (A1) on which every unit agrees.
    """

    table: MappedTable
    figures: Mapping[tuple[int, str], Figure]
    entries: Sequence[Mapping[str, Figure]] = ()
    number_format: str = ""
    cells: Mapping[str, Value] | None = None


CarryOut = Callable[[Sequence[Edit]], None]


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes on one sheet of the template by edits, so that the same can be done to the open workbook."""

    workbook: Workbook
    sheet: str
    carry_out: CarryOut

    def get(self, cell: str) -> Value:
        """The value of a cell."""
        return self.workbook[self.sheet].get(cell)

    def formula(self, cell: str) -> str | None:
        """The formula of a cell, None when it has none."""
        return self.workbook[self.sheet].formula(cell)

    def set(self, cell: str, value: Value) -> None:
        """Write a value."""
        self.carry_out([SetCell(self.sheet, cell, value)])

    def set_formula(self, cell: str, formula: str, value: Value = None) -> None:
        """Write a formula with its result."""
        self.carry_out([SetFormula(self.sheet, cell, formula, value)])


def write_ratios(pen: Pen, table: MappedTable, row: int) -> None:
    """Write the formulas of a row that the mapping names for its columns, where the template has none."""
    for column in table.columns:
        cell = cell_name(row, column_number(column.letter)) if column.letter else ""
        if column.role is ColumnRole.RATIO and column.formula and cell and pen.formula(cell) is None:
            text = column.formula.removeprefix("=")
            for other in table.columns:
                text = text.replace("{" + other.letter + "}", f"{other.letter}{row}")
            pen.set_formula(cell, f'=IFERROR({text},"")')
