"""A table without the headings, subtotals and total that a template has no row for. Read `as_drawn`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thidua_xl.model import ReportRow, ReportSheet, ReportTable
from thidua_xl.model.kept_rows import KeptRows, row_kinds
from thidua_xl.report.places import DETAIL, SECTION, SUBSECTION, SUBTOTAL, TOTAL, TablePlaces


def as_drawn(table: ReportTable, report_sheet: ReportSheet, places: TablePlaces) -> ReportTable:
    """The table with the kinds of rows that the office has drawn: where its template has no row for headings of
    sections, for their subtotals or for the grand total, these are left out.

    Formed like entries they would be taken for entries: the office's sums and charts over the list would count each
    section twice. A list without any of them is numbered through.
    """
    absent = {kind for kind in (SECTION, SUBTOTAL, TOTAL) if kind not in places.models}
    if SECTION in absent and SUBSECTION not in places.models:
        absent.add(SUBSECTION)
    kinds = set(row_kinds(table.rows))
    if not absent & kinds:
        return table
    serials = {one.code for one in report_sheet.columns if one.take == "STT"}
    is_plain = not (kinds - absent) & {SECTION, SUBSECTION, SUBTOTAL}

    def kept() -> Iterator[ReportRow]:
        number = 0
        for row in table.rows:
            if row.kind in absent:
                continue
            if row.kind == DETAIL and is_plain:
                number += 1
                figures = (replace(one, value=number) if one.column in serials else one for one in row.figures)
                yield replace(row, figures=tuple(figures))
            else:
                yield row

    return replace(table, rows=KeptRows(kept()))
