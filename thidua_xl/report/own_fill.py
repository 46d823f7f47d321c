"""A form added up as it stands, written into a copy of the template. Read `fill_own` first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.formula.references import references
from thidua_xl.formula.stretch import Stretch
from thidua_xl.model import Consolidation, Criteria, Edit, Figure, InsertRows, SetCell, SetFormula, Source, Value
from thidua_xl.model.mapping import ColumnRole, MappedColumn, MappedTable, TableUse
from thidua_xl.model.products import PERIOD_PROPERTY, PROPERTY, REPORT
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name, column_number
from thidua_xl.report.apply import apply_edits
from thidua_xl.report.coded import as_asked, is_amount
from thidua_xl.report.filled import Evidence, FilledReport
from thidua_xl.report.formula_check import FormulaMiss, add
from thidua_xl.report.mapped_places import check_sheet
from thidua_xl.report.plan import Planned, sum_formula
from thidua_xl.report.proof import ProofLine, by_formula
from thidua_xl.report.proof_sheet import proof_sheet
from thidua_xl.report.provenance import sources_sheets
from thidua_xl.report.stretch import ranged_sheets, reaching
from thidua_xl.report.template_file import open_template


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


@dataclass(frozen=True, slots=True)
class OwnFilled:
    """What was written of the tables, how it was proven, and formulas of the template that say otherwise."""

    written: tuple[Planned, ...] = ()
    proof: tuple[ProofLine, ...] = ()
    misses: tuple[FormulaMiss, ...] = ()


CarryOut = Callable[[Sequence[Edit]], None]


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes on one sheet of the template by edits, so that the same can be done to the open workbook."""

    workbook: Workbook
    sheet: str
    carry_out: CarryOut

    def get(self, cell: str) -> Value:
        return self.workbook[self.sheet].get(cell)

    def formula(self, cell: str) -> str | None:
        return self.workbook[self.sheet].formula(cell)

    def set(self, cell: str, value: Value) -> None:
        self.carry_out([SetCell(self.sheet, cell, value)])

    def set_formula(self, cell: str, formula: str, value: Value = None) -> None:
        self.carry_out([SetFormula(self.sheet, cell, formula, value)])


def fill_own(
    tables: Sequence[OwnTable],
    consolidation: Consolidation,
    criteria: Criteria,
    template: Path,
    out: Path,
    evidence: Evidence,
) -> FilledReport:
    """Fill a copy of the template and save it at `out`, atomically. Formulas of the template stay; where their result
    is not the units' sum, `misses` says so."""
    workbook = open_template(template)
    filled = write_own(workbook, tables, evidence, lambda some: apply_edits(workbook, some))
    apply_edits(
        workbook, [proof_sheet(workbook, criteria, consolidation, evidence.received, evidence.refused, filled.proof)]
    )
    apply_edits(workbook, sources_sheets(workbook, filled.written))
    workbook.set_custom_property(PROPERTY, REPORT)
    workbook.set_custom_property(PERIOD_PROPERTY, consolidation.period.code)
    workbook.save(out)
    cells: dict[str, dict[str, Figure]] = {}
    for planned in filled.written:
        cells.setdefault(planned.sheet, {}).update(planned.cells)
    return FilledReport(out, cells, {}, (), filled.proof, filled.misses)


def write_own(
    workbook: Workbook, tables: Sequence[OwnTable], evidence: Evidence | None, carry_out: CarryOut
) -> OwnFilled:
    """Write the tables into the open template; `carry_out` does each edit to it. Nothing is saved."""
    ranged = ranged_sheets(workbook)
    written: list[tuple[OwnTable, Planned]] = []
    misses: list[FormulaMiss] = []
    # From the bottom up, so that rows inserted in one table do not move the next one's places.
    for one in sorted(tables, key=lambda one: (one.table.sheet, -one.table.first)):
        check_sheet(workbook, one.table)
        pen = _Pen(workbook, one.table.sheet, carry_out)
        is_list = one.table.use is TableUse.APPEND
        written.append((one, _write_list(pen, one, ranged) if is_list else _write_rows(pen, one)))
        for cell, value in (one.cells or {}).items():
            # A formula that was never worked out shows nothing and is none of ours all the same.
            if pen.get(cell) is None and pen.formula(cell) is None:
                pen.set(cell, value)
    again = evidence.read_again([one for _, planned in written for one in _sources(planned)]) if evidence else {}
    proof = [line for one, planned in written for line in _prove(one, planned, again)]
    for one, planned in written:
        misses += _differing(workbook, planned)
        misses += _short_total(workbook, one.table, planned)
    return OwnFilled(tuple(planned for _, planned in written), tuple(proof), tuple(misses))


def _write_rows(pen: _Pen, one: OwnTable) -> Planned:
    cells: dict[str, Figure] = {}
    kept: set[str] = set()
    for (row, letter), figure in sorted(one.figures.items()):
        cell = cell_name(row, column_number(letter))
        cells[cell] = figure
        if pen.formula(cell) is not None:
            kept.add(cell)
            continue
        pen.set(cell, as_asked(figure.value, one.number_format))
    for row in sorted({row for row, _ in one.figures}):
        _write_ratios(pen, one.table, row)
    return Planned(one.table.sheet, (), (), 0, cells, {}, frozenset(kept))


def _write_list(pen: _Pen, one: OwnTable, ranged: frozenset[str]) -> Planned:
    table = one.table
    room = table.last - table.first + 1
    extra = len(one.entries) - room
    if extra > 0:
        # Before the last of several blank rows, so that sums and charts that reach over them grow.
        before = table.last if room > 1 else table.last + 1
        pen.carry_out([InsertRows(table.sheet, before=before, count=extra, like=table.first)])
    shift = max(extra, 0)
    cells: dict[str, Figure] = {}
    rows = range(table.first, table.first + len(one.entries))
    for row, entry in zip(rows, one.entries, strict=True):
        for column in table.columns:
            cell = cell_name(row, column_number(column.letter))
            if pen.formula(cell) is not None:
                continue
            if column.role is ColumnRole.SERIAL:
                pen.set(cell, row - table.first + 1)
            elif (figure := entry.get(column.letter)) is not None:
                wanted = one.number_format if column.role is ColumnRole.NUMBER else ""
                pen.set(cell, as_asked(figure.value, wanted))
                cells[cell] = figure
            elif row == table.first and pen.get(cell) is not None:
                pen.set(cell, None)  # a marker such as {filldata} is gone once there are entries
        _write_ratios(pen, table, row)
    if room == 1 and extra > 0:
        so_far = Planned(table.sheet, (), tuple(rows), shift, cells, {})
        pen.carry_out(list(reaching(pen.workbook, Stretch(table.sheet, rows[0], rows[-1]), True, so_far, ranged)))
    made_of: dict[str, tuple[str, ...]] = {}
    if table.total and rows:
        total = table.total + shift
        for column in _summed(pen, table, total):
            _write_total(pen, one, total, rows, column.letter, cells, made_of)
        _write_ratios(pen, table, total)
    return Planned(table.sheet, (), tuple(rows), shift, cells, made_of)


def _summed(pen: _Pen, table: MappedTable, total: int) -> list[MappedColumn]:
    """The columns that have a total: those in which the total row has something, when it has formulas at all.

    A price or an age is a number too, and the office left its total blank.
    """
    numbers = [one for one in table.columns if one.role is ColumnRole.NUMBER and one.letter]
    drawn = [one for one in numbers if pen.formula(cell_name(total, column_number(one.letter))) is not None]
    return drawn or numbers


def _write_total(
    pen: _Pen,
    one: OwnTable,
    total: int,
    rows: range,
    letter: str,
    cells: dict[str, Figure],
    made_of: dict[str, tuple[str, ...]],
) -> None:
    """The total of a list's column as a formula over all its rows, unless the template's own takes in all of them."""
    position = column_number(letter)
    cell = cell_name(total, position)
    parts = [figure for entry in one.entries if (figure := entry.get(letter)) is not None]
    value = add([figure.value for figure in parts if is_amount(figure.value)])
    present = pen.formula(cell)
    if present is None and pen.get(cell) is not None:
        return
    if one.number_format:
        pen.set(cell, as_asked(value, one.number_format))
    elif present is None or by_formula(pen.workbook, one.table.sheet, cell) != value:
        pen.set_formula(cell, sum_formula(rows, position), value)
    made_of[cell] = (f"{letter}{rows[0]}:{letter}{rows[-1]}",)
    cells[cell] = Figure(letter, value, tuple(source for figure in parts for source in figure.sources))


def _write_ratios(pen: _Pen, table: MappedTable, row: int) -> None:
    for column in table.columns:
        cell = cell_name(row, column_number(column.letter)) if column.letter else ""
        if column.role is ColumnRole.RATIO and column.formula and cell and pen.formula(cell) is None:
            text = column.formula.removeprefix("=")
            for other in table.columns:
                text = text.replace("{" + other.letter + "}", f"{other.letter}{row}")
            pen.set_formula(cell, f'=IFERROR({text},"")')


def _sources(planned: Planned) -> list[Source]:
    return [one for cell, figure in planned.cells.items() if cell not in planned.made_of for one in figure.sources]


def _prove(one: OwnTable, planned: Planned, again: Mapping[tuple[str, str, str], Value]) -> list[ProofLine]:
    """A line for each column of numbers: our sum of all its cells, and the source cells read a second time."""
    lines = []
    for column in one.table.columns:
        if column.role is not ColumnRole.NUMBER:
            continue
        mine = {
            cell: figure
            for cell, figure in planned.cells.items()
            if figure.column == column.letter and cell not in planned.made_of
        }
        sources = [source for figure in mine.values() for source in figure.sources]
        seen = [again.get((source.file, source.sheet, source.cell)) for source in sources]
        second = add([value for value in seen if is_amount(value)]) if all(map(is_amount, seen)) else None
        ours = add([figure.value for figure in mine.values() if is_amount(figure.value)])
        if sources:
            lines.append(
                ProofLine(
                    one.table.code,
                    planned.sheet,
                    f"{column.letter}{one.table.first}:{column.letter}{one.table.last}",
                    column.header or column.code,
                    ours,
                    second,
                    None,
                    len(sources),
                )
            )
    return lines


def _differing(workbook: Workbook, planned: Planned) -> list[FormulaMiss]:
    found = []
    for cell in sorted(planned.kept):
        ours = planned.cells[cell].value
        theirs = by_formula(workbook, planned.sheet, cell)
        if is_amount(ours) and theirs is not None and theirs != ours:
            found.append(FormulaMiss(planned.sheet, cell, workbook[planned.sheet].formula(cell) or "", ours, theirs))
    return found


def _short_total(workbook: Workbook, table: MappedTable, planned: Planned) -> list[FormulaMiss]:
    """The total row's plain SUM formulas that leave out rows of the table with a typed number above it."""
    found = []
    sheet = workbook[table.sheet]
    for column in table.columns if table.use is TableUse.SUM and table.total else ():
        cell = cell_name(table.total, column_number(column.letter)) if column.letter else ""
        formula = sheet.formula(cell) if cell and column.role is ColumnRole.NUMBER else None
        if formula is None or not re.fullmatch(r"=?SUM\([A-Z$]+\d+:[A-Z$]+\d+\)", formula.replace("$", "")):
            continue
        covered = {row for one in references(formula.removeprefix("=")) for row, _ in one.area.places()}
        rows = [row for row in range(table.first, table.total) if row not in covered]
        cells = [at for row in rows if sheet.formula(at := f"{column.letter}{row}") is None]
        amounts = [
            value for at in cells if is_amount(value := planned.cells[at].value if at in planned.cells else None)
        ]
        theirs = by_formula(workbook, table.sheet, cell)
        if any(amounts) and theirs is not None:
            missed = tuple(at for at in cells if at in planned.cells)
            found.append(FormulaMiss(table.sheet, cell, formula, add([theirs, *amounts]), theirs, missed))
    return found
