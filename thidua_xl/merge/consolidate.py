"""All report tables of a period. Read `consolidate` first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from thidua_xl.merge.board import Board
from thidua_xl.merge.coded import coded_table
from thidua_xl.merge.groups import group_sections, group_table
from thidua_xl.merge.indicators import blank_cells, indicator_table
from thidua_xl.merge.layouts import list_sections, list_table, unit_sections, unit_table
from thidua_xl.merge.rows import RowFilter
from thidua_xl.merge.sections import TOTAL
from thidua_xl.merge.special import (
    findings_table,
    ntm_table,
    periods_table,
    slot_texts,
    states_table,
    status_table,
    year_texts,
)
from thidua_xl.messages import say
from thidua_xl.model import (
    ClosedPeriod,
    Consolidation,
    Criteria,
    Finding,
    Period,
    ReportRow,
    ReportSheet,
    ReportTable,
    Submission,
    UnitStatus,
)
from thidua_xl.model.kept_rows import row_kinds
from thidua_xl.text import amount_in_words

LAYOUTS: Mapping[str, Callable[[Board, ReportSheet], Sequence[ReportRow]]] = {
    "DON_VI": unit_table,
    "DANH_SACH": list_table,
    "THEO_NHOM": group_table,
    "TINH_HINH_NOP": status_table,
    "NTM": ntm_table,
    "BANG_TRA": indicator_table,
    "TINH_TRANG": states_table,
    "SO_SANH_KY": periods_table,
    "BANG_LOI": findings_table,
    "MA_HOA": coded_table,
}

# The La Mã sections that the tables of a layout may have.
SECTIONS: Mapping[str, Callable[[Board, ReportSheet], Mapping[str, str]]] = {
    "DON_VI": unit_sections,
    "DANH_SACH": list_sections,
    "THEO_NHOM": group_sections,
}


def consolidate(
    submissions: Sequence[Submission],
    criteria: Criteria,
    period: Period,
    *,
    statuses: Sequence[UnitStatus],
    findings: Sequence[Finding] = (),
    closed: Sequence[ClosedPeriod] = (),
    texts: Mapping[str, str] | None = None,
) -> Consolidation:
    """The period's report tables from the submissions that were taken in.

    `criteria` is what is in force for the period; `submissions` count as they are (choosing versions and leaving
    units out is done before). `closed` are the closed periods, oldest first, for comparison over the years.
    `texts` are texts for single cells of every table (period line, signers). The result does not depend on the order of
    `submissions`: they are sorted by unit in the book's order, then file.
    """
    order = {unit.code: index for index, unit in enumerate(criteria.units)}
    taken = tuple(sorted(submissions, key=lambda one: (order.get(one.unit, len(order)), one.unit, one.file)))
    board = Board(
        criteria=criteria,
        period=period,
        taken=taken,
        statuses=tuple(statuses),
        findings=tuple(findings),
        rows=RowFilter(criteria, taken),
        closed=tuple(closed),
    )
    tables: list[ReportTable] = []
    for sheet in criteria.report_sheets:
        rows = LAYOUTS[sheet.layout](board, sheet)
        own = _texts(board, sheet, rows, texts or {})
        sections = SECTIONS[sheet.layout](board, sheet) if sheet.layout in SECTIONS else {}
        tables.append(ReportTable(sheet.code, rows, own, sections))
        board.tables[sheet.code] = tables[-1]
    return Consolidation(period, tuple(tables), tuple(statuses), taken, tuple(findings))


def _texts(board: Board, sheet: ReportSheet, rows: Sequence[ReportRow], common: Mapping[str, str]) -> dict[str, str]:
    """The texts of a table's single cells: the common ones, the names of its slots, its grand total in words."""
    texts = dict(common)
    if sheet.unit:
        texts["DVT"] = say("report.unit_line", unit=sheet.unit)
    if sheet.layout == "NTM":
        texts.update(slot_texts(board, sheet))
    if sheet.layout == "SO_SANH_KY":
        texts.update(year_texts(sheet, board.period.year))
    if sheet.layout == "BANG_TRA":
        open_cells = blank_cells(sheet, rows)
        texts["GHI_CHU"] = say("report.blank_cells", count=open_cells) if open_cells else ""
    in_words = sheet.notes.get("bang_chu", "")
    totals = [place for place, kind in enumerate(row_kinds(rows)) if kind == TOTAL] if in_words else []
    for place in totals:
        figure = rows[place].figure(in_words)
        if figure is not None and isinstance(figure.value, int):
            texts["BANG_CHU"] = say("report.in_words", words=amount_in_words(figure.value))
    return texts
