"""A form added up as it stands, written into a copy of the template. Read `fill_own` first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from thidua_xl.formula.references import references
from thidua_xl.model import Consolidation, Criteria, Figure, Source, Value
from thidua_xl.model.mapping import ColumnRole, MappedTable, TableUse
from thidua_xl.model.products import PERIOD_PROPERTY, PROPERTY, REPORT
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name, column_number
from thidua_xl.report.apply import apply_edits
from thidua_xl.report.coded import as_asked, is_amount
from thidua_xl.report.filled import Evidence, FilledReport
from thidua_xl.report.formula_check import FormulaMiss, add
from thidua_xl.report.mapped_places import check_sheet
from thidua_xl.report.numbered import MOST_ROWS
from thidua_xl.report.own_lists import write_list
from thidua_xl.report.own_pen import CarryOut, OwnTable, Pen, write_ratios
from thidua_xl.report.plan import Planned
from thidua_xl.report.proof import ProofLine, by_formula
from thidua_xl.report.proof_sheet import proof_sheet
from thidua_xl.report.provenance import sources_sheets
from thidua_xl.report.stretch import ranged_sheets
from thidua_xl.report.template_file import open_template


@dataclass(frozen=True, slots=True)
class OwnFilled:
    """What was written of the tables, how it was proven, formulas of the template that say otherwise, and the sheets of
    each table that did not fit on one."""

    written: tuple[Planned, ...] = ()
    proof: tuple[ProofLine, ...] = ()
    misses: tuple[FormulaMiss, ...] = ()
    continued: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    return FilledReport(out, cells, proof=filled.proof, misses=filled.misses, continued=filled.continued)


def write_own(
    workbook: Workbook,
    tables: Sequence[OwnTable],
    evidence: Evidence | None,
    carry_out: CarryOut,
    most_rows: int = MOST_ROWS,
) -> OwnFilled:
    """Write the tables into the open template; `carry_out` does each edit to it. Nothing is saved. A sheet may have
    `most_rows`."""
    ranged = ranged_sheets(workbook)
    written: list[tuple[OwnTable, Planned]] = []
    misses: list[FormulaMiss] = []
    # From the bottom up, so that rows inserted in one table do not move the next one's places.
    for one in sorted(tables, key=lambda one: (one.table.sheet, -one.table.first)):
        check_sheet(workbook, one.table)
        pen = Pen(workbook, one.table.sheet, carry_out)
        is_list = one.table.use is TableUse.APPEND
        parts = write_list(pen, one, ranged, most_rows) if is_list else [_write_rows(pen, one)]
        written += [(one, part) for part in parts]
        for cell, value in (one.cells or {}).items():
            # A formula that was never worked out shows nothing and is none of ours all the same.
            if pen.get(cell) is None and pen.formula(cell) is None:
                pen.set(cell, value)
    again = evidence.read_again([one for _, planned in written for one in _sources(planned)]) if evidence else {}
    proof = [line for one, planned in written for line in _prove(one, planned, again)]
    for one, planned in written:
        misses += _differing(workbook, planned)
        misses += _short_total(workbook, one.table, planned)
    sheets: dict[str, tuple[str, ...]] = {}
    for one, planned in written:
        sheets[one.table.code] = (*sheets.get(one.table.code, ()), planned.sheet)
    continued = {code: names for code, names in sheets.items() if len(names) > 1}
    return OwnFilled(tuple(planned for _, planned in written), tuple(proof), tuple(misses), continued)


def _write_rows(pen: Pen, one: OwnTable) -> Planned:
    figures = sorted(one.figures.items())
    cells = {cell_name(row, column_number(letter)): figure for (row, letter), figure in figures}
    # Asked for before anything is written: after each cell written they would be looked for anew.
    kept = {cell for cell in cells if pen.formula(cell) is not None}
    for cell, figure in cells.items():
        if cell not in kept:
            pen.set(cell, as_asked(figure.value, one.number_format))
    for row in sorted({row for row, _ in one.figures}):
        write_ratios(pen, one.table, row)
    return Planned(one.table.sheet, (), (), 0, cells, {}, frozenset(kept))


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
