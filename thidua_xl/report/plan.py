"""A consolidated table + its places in the template -> the edits that write it.

Read `plan_table` first. Rows grow by insertion, so that everything below and around moves along; "Cộng" and
"Tổng cộng" are formulas whose cached results are the exact figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from thidua_xl.formula.references import references
from thidua_xl.model import (
    Edit,
    Figure,
    ReportColumn,
    ReportRow,
    ReportSheet,
    ReportTable,
    SetCell,
    SetFormula,
)
from thidua_xl.model.kept_rows import row_kinds
from thidua_xl.model.wording import fill
from thidua_xl.refs import cell_name, column_letters, parse_cell, quote_sheet
from thidua_xl.report.laying import lay_rows
from thidua_xl.report.places import DETAIL, SECTION, SUBTOTAL, TOTAL, TablePlaces
from thidua_xl.report.written_cells import Edits, WrittenCells

# Excel takes at most 255 arguments in a function and 8,192 characters in a formula.
MAX_ARGUMENTS = 200
# The formula of a figure that is shown from another table: {o:TH01.tien}.
ELSEWHERE = re.compile(r"\{o:(\w+)\.(\w+)\}\Z")


@dataclass(frozen=True, slots=True)
class Planned:
    """The edits of one table, and where each of its rows came to stand (1-based sheet rows, in table order).

    `cells` maps each written A1 cell to its figure; `made_of` maps a cell that a formula makes to the cells and
    ranges that it adds up or divides, with their sheet when it is another; `kept` are cells in which a formula of the
    template was left; `texts` says where the single cells came to stand, by name; `beyond` is how many rows more were
    needed than the template holds ready, 0 when it holds none ready.

    The edits of a long table are made as they are gone through; `made_of` and `kept` are complete when they have been
    gone through once.
    """

    sheet: str
    edits: Sequence[Edit]
    rows: Sequence[int]
    inserted: int
    cells: Mapping[str, Figure] = field(default_factory=dict)
    made_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: AbstractSet[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)
    beyond: int = 0


CellOf = Callable[[str, str, str], str | None]

# The rows of each sheet that a total adds up, for totals of tables that stand on several sheets.
Spread = Mapping[str, Sequence[int]]
# Longer formulas are no file that Excel opens.
MAX_FORMULA = 8_000
# A column named in a row's formula.
_NAMED = re.compile(r"\{\w+\}")


def nowhere(table: str, key: str, column: str) -> str | None:
    """No other table is in the report."""
    return None


def plan_table(
    table: ReportTable,
    report_sheet: ReportSheet,
    places: TablePlaces,
    cell_of: CellOf = nowhere,
    spread: Mapping[int, Spread] | None = None,
) -> Planned:
    """The edits that write a table at its places; `cell_of` finds the cells of the tables written before.

    `cells` of the result maps each written A1 cell to its figure. A column code that the template does not have
    is left out: the office may drop columns from its template. `spread` says of total rows, by their place in the
    table, what they add up, for a table that stands on several sheets.
    """
    laid = lay_rows(row_kinds(table.rows), places)
    drawn, places, shift = places, laid.places, laid.shift
    cells = WrittenCells(laid.rows, table.rows, places.columns)
    writer = _Writer(report_sheet, places, laid.rows, table.rows, cell_of, drawn, spread or {})
    moved = {name: _moved(cell, places, shift) for name, cell in places.texts.items()}
    texts = [SetCell(places.sheet, cell, table.texts[name]) for name, cell in moved.items() if name in table.texts]
    done = Edits((laid.edits, writer, texts))
    beyond = max(laid.beyond, 0)
    return Planned(
        places.sheet, done, laid.rows, max(shift, 0), cells, writer.made_of, writer.kept, moved, beyond=beyond
    )


def _moved(cell: str, places: TablePlaces, shift: int) -> str:
    """Where a single text cell stands after the table has grown by `shift` rows."""
    row, column = parse_cell(cell)
    last_model = max(row for kind, row in places.models.items() if kind != TOTAL)
    return cell_name(row + shift if row > last_model else row, column)


@dataclass(slots=True)
class _Writer:
    """Writes the rows of one table; remembers the rows that subtotals and totals add up."""

    report_sheet: ReportSheet
    places: TablePlaces
    numbers: Sequence[int]
    rows: Sequence[ReportRow]
    cell_of: CellOf
    drawn: TablePlaces
    spread: Mapping[int, Spread]
    made_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Edit]:
        columns = {one.code: one for one in self.report_sheet.columns}
        details: list[int] = []
        every_detail: list[int] = []
        subtotals: list[int] = []
        loose: list[int] = []  # details of sections that have no subtotal
        sections = 0
        for index, (number, row) in enumerate(zip(self.numbers, self.rows, strict=True)):
            spread = self.spread.get(index)
            if row.kind == SECTION:
                sections += 1
                loose += details
                details = []
            elif row.kind == DETAIL:
                details.append(number)
                every_detail.append(number)
            is_worded = row.kind == SUBTOTAL and sections <= len(self.places.drawn)
            for worded, words in () if is_worded else self.places.words.get(row.kind, {}).items():
                text = fill(words, row.words)
                yield SetCell(self.places.sheet, cell_name(number, worded), text)
            for figure in row.figures:
                position = self.places.columns.get(figure.column)
                if position is None:
                    continue
                column = columns.get(figure.column)
                added: Sequence[int] = ()
                if row.kind == SUBTOTAL:
                    added = details
                elif row.kind == TOTAL:
                    added = [*subtotals, *loose, *details] if subtotals else every_detail
                spanned = details if row.kind == SUBTOTAL else every_detail
                if self._is_kept(row.kind, position):
                    self.kept.add(cell_name(number, position))
                    continue
                if (told := ELSEWHERE.match(figure.formula)) is not None:
                    yield self._write_shown(number, position, figure, self.cell_of(told[1], row.key, told[2]))
                    continue
                if spread is not None:
                    yield self._write_spread(number, position, figure, column, spread)
                else:
                    yield self._write(number, position, figure, column, added, spanned)
            if row.kind == SUBTOTAL:
                subtotals.append(number)
                details = []

    def _write_shown(self, row: int, position: int, figure: Figure, source: str | None) -> Edit:
        """A cell that shows a figure of another table, by a formula, so that it follows what is mended there."""
        cell = cell_name(row, position)
        if source is None:
            return SetCell(self.places.sheet, cell, figure.value)
        return SetFormula(self.places.sheet, cell, f"={source}", figure.value)

    def _is_kept(self, kind: str, position: int) -> bool:
        """Whether the template's own formula stays: any but a plain sum over the model rows, which grows with them."""
        formula = self.places.formulas.get(kind, {}).get(position)
        if formula is None:
            return False
        return kind == DETAIL or not adds_model_rows(formula, position, self.drawn)

    def _write(
        self,
        row: int,
        position: int,
        figure: Figure,
        column: ReportColumn | None,
        added: Sequence[int],
        details: Sequence[int],
    ) -> Edit:
        cell = cell_name(row, position)
        if "{vung}" in figure.formula:
            letters = column_letters(position)
            span = f"{letters}{min(details)}:{letters}{max(details)}" if details else cell
            formula = figure.formula.replace("{vung}", span)
            self.made_of[cell] = (span,)
            return SetFormula(self.places.sheet, cell, formula, figure.value)
        if figure.formula:
            formula = self._own_formula(figure.formula, row, cell)
            if _NAMED.search(formula):  # it needs a column that the template does not have
                return SetCell(self.places.sheet, cell, figure.value)
            return SetFormula(self.places.sheet, cell, formula, figure.value)
        if added and column is not None and column.total:
            return self._summed(cell, _ranges(added, position), figure)
        return SetCell(self.places.sheet, cell, figure.value)

    def _write_spread(
        self, row: int, position: int, figure: Figure, column: ReportColumn | None, spread: Spread
    ) -> Edit:
        """A total over several sheets. What no sum over sheets can say is written as its value."""
        cell = cell_name(row, position)
        if figure.formula and "{vung}" not in figure.formula:
            return SetFormula(self.places.sheet, cell, self._own_formula(figure.formula, row, cell), figure.value)
        if figure.formula or column is None or not column.total:
            return SetCell(self.places.sheet, cell, figure.value)
        parts = [
            part if sheet == self.places.sheet else f"{quote_sheet(sheet)}!{part}"
            for sheet, rows in spread.items()
            for part in _ranges(rows, position)
        ]
        return self._summed(cell, parts, figure)

    def _summed(self, cell: str, parts: Sequence[str], figure: Figure) -> Edit:
        """A sum of cells and ranges; its value alone where the formula would be longer than Excel takes."""
        formula = sum_of(parts)
        if not parts or len(formula) > MAX_FORMULA:  # a section shown without entries adds up nothing
            return SetCell(self.places.sheet, cell, figure.value)
        self.made_of[cell] = tuple(parts)
        return SetFormula(self.places.sheet, cell, formula, figure.value)

    def _own_formula(self, formula: str, row: int, cell: str) -> str:
        named: list[str] = []
        for code, position in self.places.columns.items():
            if "{" + code + "}" in formula:
                named.append(cell_name(row, position))
                formula = formula.replace("{" + code + "}", named[-1])
        self.made_of[cell] = tuple(named)
        return formula


def adds_model_rows(formula: str, position: int, places: TablePlaces) -> bool:
    """Whether a formula of the template only adds up model rows of its own column, the repeating one among them.

    Such a formula is meant for all rows of the table and is aimed at them. A formula that leaves out the repeating row
    is none: it stays as it is and the comparison with our sums shows what it misses.
    """
    plain = formula.removeprefix("=")
    if not re.fullmatch(r"(?:SUM|SUBTOTAL|\$|[A-Z]{1,3}\$?\d+|\b9\b|\b109\b|[(),;:+\s])+", plain, re.IGNORECASE):
        return False
    rows: set[int] = set()
    for found in references(plain):
        area = found.area
        if found.sheet or area.left != position or area.right != position:
            return False
        rows |= set(range(area.top, area.bottom + 1))
    spare = range(places.models[DETAIL], places.models[DETAIL] + places.spare + 1)
    models = {*places.models.values(), *spare}
    wanted = {row for kind, row in places.models.items() if kind in {DETAIL, SUBTOTAL}}
    takes_part_of_block = bool(rows & set(spare)) and not set(spare) <= rows
    if places.drawn and rows - models:
        return any(rows == every for every in _drawn_sums(places))
    return bool(rows) and rows <= models and bool(rows & wanted) and not takes_part_of_block


def _drawn_sums(places: TablePlaces) -> Iterator[set[int]]:
    """What a grand total over drawn sections may add up: all their subtotals, or all their rows for entries."""
    yield {one.subtotal for one in places.drawn}
    yield {row for one in places.drawn for row in range(one.first, one.last + 1)}


def sum_formula(rows: Sequence[int], position: int) -> str:
    """`=SUM(...)` over the given 1-based rows of a column, neighbours joined into ranges."""
    return sum_of(_ranges(rows, position))


def sum_of(parts: Sequence[str]) -> str:
    """`=SUM(...)` over cells and ranges, in as many SUMs as Excel needs."""
    groups = [parts[at : at + MAX_ARGUMENTS] for at in range(0, len(parts), MAX_ARGUMENTS)]
    return "=" + "+".join(f"SUM({','.join(group)})" for group in groups)


def _ranges(rows: Sequence[int], position: int) -> list[str]:
    letters = column_letters(position)
    runs: list[tuple[int, int]] = []
    for row in sorted(rows):
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return [f"{letters}{a}" if a == b else f"{letters}{a}:{letters}{b}" for a, b in runs]
