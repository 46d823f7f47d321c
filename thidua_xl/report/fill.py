"""Consolidation + template -> the report file: only the touched parts of the template change.

Read `fill_report` first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from thidua_xl.errors import TemplateProblem
from thidua_xl.grid import read_book
from thidua_xl.model import (
    Consolidation,
    Criteria,
    Edit,
    Figure,
    ReportSheet,
    ReportTable,
    SetProperty,
)
from thidua_xl.model.kept_rows import row_kinds
from thidua_xl.model.mapping import TableUse, TemplateMap
from thidua_xl.model.products import PERIOD_PROPERTY, PROPERTY, REPORT
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.store import replace_file
from thidua_xl.refs import quote_sheet
from thidua_xl.report.after import inventory, look_through
from thidua_xl.report.apply import apply_edits
from thidua_xl.report.coded import plan_coded
from thidua_xl.report.drawn import Arranged, arrange, find_drawn
from thidua_xl.report.filled import Evidence, FilledReport, Headed
from thidua_xl.report.formula_check import confirmed, formula_misses
from thidua_xl.report.heights import fit_rows
from thidua_xl.report.mapped_places import mapped_places
from thidua_xl.report.numbered import plan_on_sheets
from thidua_xl.report.own_fill import OwnFilled, write_own
from thidua_xl.report.own_pen import OwnTable
from thidua_xl.report.paging import keep_signatures_whole
from thidua_xl.report.places import DETAIL, TablePlaces, find_places, missing_sheet
from thidua_xl.report.plan import CellOf, Planned
from thidua_xl.report.proof import ProofLine, prove
from thidua_xl.report.proof_sheet import proof_sheet
from thidua_xl.report.provenance import sources_sheets
from thidua_xl.report.sections import as_drawn
from thidua_xl.report.stretch import ranged_sheets, stretched
from thidua_xl.report.template_file import open_template
from thidua_xl.report.written_cells import Edits, cells_of_rows

CODED = "MA_HOA"
# A table so long goes over several sheets; one with headings drawn by hand never is.
MOST_DRAWN = 500_000
# Headings of columns that stand for a year.
YEAR_HEADING = re.compile(r"NAM_\d+\Z")


def fill_report(
    consolidation: Consolidation,
    criteria: Criteria,
    template: Path,
    out: Path,
    evidence: Evidence | None = None,
    mapping: TemplateMap | None = None,
    put: Callable[[Path, bytes], None] | None = replace_file,
    own: Sequence[OwnTable] = (),
) -> FilledReport:
    """Fill a copy of the template and save it at `out` by `put`, atomically; the template itself is never written.
    Without `put` nothing is saved: the edits are wanted, to do them to the open workbook.

    `mapping` says where the tables are, for a template without names. With `evidence` the grand totals are proven and
    the proof sheet is added. `own` are tables of the template that the units fill themselves, beside those of the map.

    Tables whose sheet the template does not have are skipped and named. Raises `TemplateProblem` when the template
    cannot be opened, no table finds its place or a sheet lacks its named rows; `EditRefused` when it cannot be edited
    safely.
    """
    workbook = open_template(template)
    before = inventory(workbook)
    ranged = ranged_sheets(workbook)
    written: list[tuple[ReportTable, Planned]] = []
    inserted: dict[str, int] = {}
    continued: dict[str, tuple[str, ...]] = {}
    skipped: list[str] = []
    arranged: dict[str, Headed] = {}
    home = criteria.text_setting("don_vi_tong_hop")
    unit = criteria.unit(home)
    words = {
        "ma_don_vi": home,
        "ten_don_vi": unit.name if unit is not None else home,
        "ky": consolidation.period.code,
        "ten_tep": out.name,
    }
    first_missing: TemplateProblem | None = None
    edits: list[Sequence[Edit]] = []

    def carry_out(some: Sequence[Edit]) -> None:
        apply_edits(workbook, some)
        edits.append(some)

    beside = write_own(workbook, own, evidence, carry_out) if own else OwnFilled()
    continued.update(beside.continued)
    for table in consolidation.tables:
        report_sheet = criteria.report_sheet(table.code)
        if report_sheet is None:
            continue
        finder = cell_finder(written)
        parts, places, headed = _planned(workbook, template, report_sheet, table, words, mapping, finder, criteria)
        if headed is not None and parts:
            rows = parts[0][1].rows
            unmatched = tuple((rows[place], title) for place, title in headed.unmatched)
            arranged[table.code] = Headed(parts[0][1].sheet, unmatched, headed.added, tuple(table.sections.values()))
        if not parts:
            skipped.append(table.code)
            first_missing = first_missing or missing_sheet(workbook, report_sheet)
            continue
        if places is not None and (others := _other_years(table, places)):
            skipped.append(f"{table.code} ({others[0]}-{others[-1]})")
        for part, made in parts:
            carry_out(made.edits)
            if report_sheet.layout != CODED:
                carry_out(fit_rows(workbook[made.sheet], part, report_sheet, made))
            if made is not parts[0][1]:
                workbook[made.sheet].pack()
        part, made = parts[0]
        if places is not None:
            carry_out(list(stretched(workbook, part, places, made, ranged)))
        if report_sheet.layout != CODED:
            dated = made.texts.get("NGAY_KY") if mapping is not None else None
            kinds = dict(zip(made.rows, row_kinds(part.rows), strict=True))
            carry_out(keep_signatures_whole(workbook, report_sheet, (made.sheet, dated) if dated else None, kinds))
        workbook[made.sheet].pack()
        written += parts
        if any(made.inserted for _, made in parts):
            inserted[table.code] = sum(made.inserted for _, made in parts)
        if len(parts) > 1:
            continued[table.code] = tuple(made.sheet for _, made in parts)
    if not written:
        raise first_missing or TemplateProblem("criteria.no_report", file=str(template))
    proof: tuple[ProofLine, ...] = ()
    if evidence is not None:
        proof = (*prove(workbook, criteria, written, evidence.read_again), *beside.proof)
        received, refused, unlimited = evidence.received, evidence.refused, evidence.unlimited
        carry_out([proof_sheet(workbook, criteria, consolidation, received, refused, proof, unlimited)])
    misses = (*formula_misses(workbook, written), *beside.misses)
    looked = look_through(workbook, written, criteria, before, confirmed(workbook, written))
    carry_out(sources_sheets(workbook, [*(planned for _, planned in written), *beside.written]))
    carry_out([SetProperty(PROPERTY, REPORT), SetProperty(PERIOD_PROPERTY, consolidation.period.code)])
    if put is not None:
        workbook.save(out, put)
    cells: dict[str, Mapping[str, Figure]] = {}
    for planned in (*(planned for _, planned in written), *beside.written):
        already = cells.get(planned.sheet)
        cells[planned.sheet] = planned.cells if already is None else {**already, **planned.cells}
    return FilledReport(out, cells, inserted, tuple(skipped), proof, misses, looked, Edits(edits), continued, arranged)


def _planned(
    workbook: Workbook,
    template: Path,
    report_sheet: ReportSheet,
    table: ReportTable,
    words: Mapping[str, str],
    mapping: TemplateMap | None,
    cell_of: CellOf,
    criteria: Criteria,
) -> tuple[list[tuple[ReportTable, Planned]], TablePlaces | None, Arranged | None]:
    """The table's parts, one for each sheet it takes, none when the template has no place for it; its places; and how
    it was arranged under headings that the office has drawn itself."""
    if report_sheet.layout == CODED:
        return [(table, plan_coded(table, report_sheet, read_book(template), words))], None, None
    found = next((one for one in mapping.tables if one.code == report_sheet.code), None) if mapping else None
    if found is not None and found.use is TableUse.REPORT:
        places: TablePlaces | None = mapped_places(workbook, found)
    elif mapping is not None:
        return [], None, None
    else:
        places = find_places(workbook, report_sheet)
    if places is None:
        return [], None, None
    places = _with_right_years(table, report_sheet, places)
    table = as_drawn(table, report_sheet, places)
    places = find_drawn(workbook[places.sheet], places, tuple(table.sections.values()))
    if not places.drawn or len(table.rows) > MOST_DRAWN:
        places = replace(places, drawn=())
        return plan_on_sheets(workbook, table, report_sheet, places, cell_of), places, None
    is_place = any(criteria.commune(code) or criteria.unit(code) for code in table.sections)
    arranged = arrange(table, report_sheet, places, alike=not is_place)
    parts = plan_on_sheets(workbook, arranged.table, report_sheet, arranged.places, cell_of)
    return parts, arranged.places, arranged


def _other_years(table: ReportTable, places: TablePlaces) -> list[str]:
    """The years that a table has columns for and the template has no heading to say so."""
    return [text for name, text in table.texts.items() if YEAR_HEADING.match(name) and name not in places.texts]


def _with_right_years(table: ReportTable, report_sheet: ReportSheet, places: TablePlaces) -> TablePlaces:
    """The places without the columns of years when the table has other years and the template no cells to say so."""
    if not _other_years(table, places):
        return places
    years = {one.code for one in report_sheet.columns if one.take == "NAM"}
    return replace(places, columns={code: at for code, at in places.columns.items() if code not in years})


def cell_finder(written: Sequence[tuple[ReportTable, Planned]]) -> CellOf:
    """Where the detail figures of the tables written so far stand."""
    known: dict[str, list[tuple[ReportTable, Planned]]] = {}
    for table, planned in written:
        known.setdefault(table.code, []).append((table, planned))
    indexes: dict[str, dict[str, tuple[Planned, int]]] = {}

    def cell_of(code: str, key: str, column: str) -> str | None:
        if code not in known:
            return None
        if code not in indexes:
            indexes[code] = {
                row.key: (planned, number)
                for table, planned in known[code]
                for number, row in zip(planned.rows, table.rows, strict=False)
                if row.kind == DETAIL
            }
        if (found := indexes[code].get(key)) is None:
            return None
        planned, number = found
        for cell, figure in cells_of_rows(planned.cells, (number,)):
            if figure.column == column:
                return f"{quote_sheet(planned.sheet)}!{cell}"
        return None

    return cell_of
