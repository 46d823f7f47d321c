"""A form added up as it stands, written into a copy of the template. Read `fill_own` first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.formula.references import references
from thidua_xl.formula.stretch import Stretch
from thidua_xl.model import Consolidation, Criteria, Figure, InsertRows, Source, Value
from thidua_xl.model.mapping import ColumnRole, MappedColumn, MappedTable, TableUse
from thidua_xl.model.products import PERIOD_PROPERTY, PROPERTY, REPORT
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name, column_number
from thidua_xl.report.apply import apply_edits, plain
from thidua_xl.report.coded import as_asked, is_amount
from thidua_xl.report.fill import Evidence, FilledReport
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
    ranged = ranged_sheets(workbook)
    written: list[tuple[OwnTable, Planned]] = []
    misses: list[FormulaMiss] = []
    # From the bottom up, so that rows inserted in one table do not move the next one's places.
    for one in sorted(tables, key=lambda one: (one.table.sheet, -one.table.first)):
        check_sheet(workbook, one.table)
        planned = _write_list(workbook, one, ranged) if one.table.use is TableUse.APPEND else _write_rows(workbook, one)
        written.append((one, planned))
        for cell, value in (one.cells or {}).items():
            sheet = workbook[one.table.sheet]
            # A formula that was never worked out shows nothing and is none of ours all the same.
            if sheet.get(cell) is None and sheet.formula(cell) is None:
                sheet.set(cell, plain(value))
    again = evidence.read_again([one for _, planned in written for one in _sources(planned)])
    proof = [line for one, planned in written for line in _prove(one, planned, again)]
    for one, planned in written:
        misses += _differing(workbook, planned)
        misses += _short_total(workbook, one.table, planned)
    apply_edits(workbook, [proof_sheet(workbook, criteria, consolidation, evidence.received, evidence.refused, proof)])
    apply_edits(workbook, sources_sheets(workbook, [planned for _, planned in written]))
    workbook.set_custom_property(PROPERTY, REPORT)
    workbook.set_custom_property(PERIOD_PROPERTY, consolidation.period.code)
    workbook.save(out)
    cells: dict[str, dict[str, Figure]] = {}
    for _, planned in written:
        cells.setdefault(planned.sheet, {}).update(planned.cells)
    return FilledReport(out, cells, {}, (), tuple(proof), tuple(misses))


def _write_rows(workbook: Workbook, one: OwnTable) -> Planned:
    sheet = workbook[one.table.sheet]
    cells: dict[str, Figure] = {}
    kept: set[str] = set()
    for (row, letter), figure in sorted(one.figures.items()):
        cell = cell_name(row, column_number(letter))
        cells[cell] = figure
        if sheet.formula(cell) is not None:
            kept.add(cell)
            continue
        sheet.set(cell, plain(as_asked(figure.value, one.number_format)))
    for row in sorted({row for row, _ in one.figures}):
        _write_ratios(workbook, one.table, row)
    return Planned(one.table.sheet, (), (), 0, cells, {}, frozenset(kept))


def _write_list(workbook: Workbook, one: OwnTable, ranged: frozenset[str]) -> Planned:
    table = one.table
    sheet = workbook[table.sheet]
    room = table.last - table.first + 1
    extra = len(one.entries) - room
    if extra > 0:
        # Before the last of several blank rows, so that sums and charts that reach over them grow.
        before = table.last if room > 1 else table.last + 1
        apply_edits(workbook, [InsertRows(table.sheet, before=before, count=extra, like=table.first)])
    shift = max(extra, 0)
    cells: dict[str, Figure] = {}
    rows = range(table.first, table.first + len(one.entries))
    for row, entry in zip(rows, one.entries, strict=True):
        for column in table.columns:
            cell = cell_name(row, column_number(column.letter))
            if sheet.formula(cell) is not None:
                continue
            if column.role is ColumnRole.SERIAL:
                sheet.set(cell, row - table.first + 1)
            elif (figure := entry.get(column.letter)) is not None:
                wanted = one.number_format if column.role is ColumnRole.NUMBER else ""
                sheet.set(cell, plain(as_asked(figure.value, wanted)))
                cells[cell] = figure
            elif row == table.first and sheet.get(cell) is not None:
                sheet.set(cell, None)  # a marker such as {filldata} is gone once there are entries
        _write_ratios(workbook, table, row)
    if room == 1 and extra > 0:
        so_far = Planned(table.sheet, (), tuple(rows), shift, cells, {})
        apply_edits(workbook, list(reaching(workbook, Stretch(table.sheet, rows[0], rows[-1]), True, so_far, ranged)))
    made_of: dict[str, tuple[str, ...]] = {}
    if table.total and rows:
        total = table.total + shift
        for column in _summed(workbook, table, total):
            _write_total(workbook, one, total, rows, column.letter, cells, made_of)
        _write_ratios(workbook, table, total)
    return Planned(table.sheet, (), tuple(rows), shift, cells, made_of)


def _summed(workbook: Workbook, table: MappedTable, total: int) -> list[MappedColumn]:
    """The columns that have a total: those in which the total row has something, when it has formulas at all.

    A price or an age is a number too, and the office left its total blank.
    """
    sheet = workbook[table.sheet]
    numbers = [one for one in table.columns if one.role is ColumnRole.NUMBER and one.letter]
    drawn = [one for one in numbers if sheet.formula(cell_name(total, column_number(one.letter))) is not None]
    return drawn or numbers


def _write_total(
    workbook: Workbook,
    one: OwnTable,
    total: int,
    rows: range,
    letter: str,
    cells: dict[str, Figure],
    made_of: dict[str, tuple[str, ...]],
) -> None:
    """The total of a list's column as a formula over all its rows, unless the template's own takes in all of them."""
    sheet = workbook[one.table.sheet]
    position = column_number(letter)
    cell = cell_name(total, position)
    parts = [figure for entry in one.entries if (figure := entry.get(letter)) is not None]
    value = add([figure.value for figure in parts if is_amount(figure.value)])
    present = sheet.formula(cell)
    if present is None and sheet.get(cell) is not None:
        return
    if one.number_format:
        sheet.set(cell, plain(as_asked(value, one.number_format)), replace_formula=False)
    elif present is None or by_formula(workbook, one.table.sheet, cell) != value:
        sheet.set_formula(cell, sum_formula(rows, position), value=value)
    made_of[cell] = (f"{letter}{rows[0]}:{letter}{rows[-1]}",)
    cells[cell] = Figure(letter, value, tuple(source for figure in parts for source in figure.sources))


def _write_ratios(workbook: Workbook, table: MappedTable, row: int) -> None:
    sheet = workbook[table.sheet]
    for column in table.columns:
        cell = cell_name(row, column_number(column.letter)) if column.letter else ""
        if column.role is ColumnRole.RATIO and column.formula and cell and sheet.formula(cell) is None:
            text = column.formula.removeprefix("=")
            for other in table.columns:
                text = text.replace("{" + other.letter + "}", f"{other.letter}{row}")
            sheet.set_formula(cell, f'=IFERROR({text},"")')


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
