"""A table too long for its sheet goes on in numbered copies of the sheet. Read `plan_on_sheets` first.

The first sheet keeps what the office looks for there: the grand total, over all sheets, the signatures, the defined
names and everything that points at them. Each further sheet has the header, the print set-up and its share of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from thidua_xl.model import CopySheet, DeleteRows, Edit, ReportRow, ReportSheet, ReportTable
from thidua_xl.model.kept_rows import KeptRows, RowListing, row_kinds
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.printing import used_area
from thidua_xl.refs import MAX_ROW, Area
from thidua_xl.report.laying import lay_rows
from thidua_xl.report.places import DETAIL, SECTION, SUBSECTION, SUBTOTAL, TOTAL, TablePlaces
from thidua_xl.report.plan import CellOf, Planned, Spread, plan_table
from thidua_xl.report.written_cells import Edits

# The rows that a sheet of the report may have; kept a little below Excel's end, for staff insert rows too.
MOST_ROWS = MAX_ROW - 576
_LONGEST_NAME = 31


def plan_on_sheets(
    workbook: Workbook,
    table: ReportTable,
    report_sheet: ReportSheet,
    places: TablePlaces,
    cell_of: CellOf,
    most_rows: int | None = None,
) -> list[tuple[ReportTable, Planned]]:
    """The table's parts with their edits, the first on the sheet of the template; one part when it fits there.

    `most_rows` is how many rows a sheet may have. The edits of the first part also make the further sheets, and are to
    be carried out first.
    """
    sheet = workbook[places.sheet]
    # Blank rows make way: LibreOffice leaves some at the very end of a sheet out of which rows were taken.
    filled = sheet.last_filled_row
    room = max(2, (most_rows or MOST_ROWS) - filled)
    if len(table.rows) <= room:
        return [(table, plan_table(table, report_sheet, places, cell_of))]
    kinds = row_kinds(table.rows)
    count = len(kinds)
    while count and kinds[count - 1] == TOTAL:
        count -= 1
    if count <= room:
        return [(table, plan_table(table, report_sheet, places, cell_of))]
    shares = list(_shares(kinds[:count], room))
    names = list(free_names(places.sheet, workbook.sheetnames, len(shares) - 1))
    used = max(used_area(sheet).bottom, filled)
    further, cleared = _without_end(places, used if used <= MOST_ROWS else filled)
    parts: list[tuple[ReportTable, TablePlaces]] = [
        (_part(table, *shares[0], tail=tuple(table.rows[at] for at in range(count, len(kinds)))), places)
    ]
    made: list[Edit] = []
    for number, (name, share) in enumerate(zip(names, shares[1:], strict=True), 2):
        made.append(CopySheet(places.sheet, name, _names(workbook, report_sheet.code, number)))
        made += [replace(one, sheet=name) for one in cleared]
        parts.append((_part(table, *share), replace(further, sheet=name)))
    spreads = _spreads(parts)
    planned = [
        (part, plan_table(part, report_sheet, at, cell_of, spread))
        for (part, at), spread in zip(parts, spreads, strict=True)
    ]
    first, written = planned[0]
    return [(first, replace(written, edits=Edits((made, written.edits)))), *planned[1:]]


class RowsOf(RowListing):
    """The rows of a table from place `start` to before `stop` (0-based), and a `tail` behind them."""

    def __init__(self, rows: Sequence[ReportRow], start: int, stop: int, tail: tuple[ReportRow, ...] = ()) -> None:
        self._rows, self._start, self._stop, self._tail = rows, start, stop, tail

    def __len__(self) -> int:
        return self._stop - self._start + len(self._tail)

    def row_at(self, place: int) -> ReportRow:
        """The row at a place, 0-based."""
        own = self._stop - self._start
        return self._rows[self._start + place] if place < own else self._tail[place - own]

    def __iter__(self) -> Iterator[ReportRow]:
        if isinstance(self._rows, KeptRows):
            yield from self._rows.between(self._start, self._stop)
        else:
            yield from islice(self._rows, self._start, self._stop)
        yield from self._tail


def _part(table: ReportTable, start: int, stop: int, tail: tuple[ReportRow, ...] = ()) -> ReportTable:
    return replace(table, rows=RowsOf(table.rows, start, stop, tail))


def _shares(body: Sequence[str], room: int) -> Iterator[tuple[int, int]]:
    """The rows for each sheet, as (start, stop): a heading goes over to the next one with what it heads."""
    start = 0
    while start < len(body):
        stop = min(len(body), start + room)
        while stop < len(body) and stop > start + 1 and body[stop - 1] in {SECTION, SUBSECTION}:
            stop -= 1
        yield start, stop
        start = stop


def free_names(sheet: str, taken: Sequence[str], count: int) -> Iterator[str]:
    """`TH10 (2)`, `TH10 (3)`, as Excel names copies, cut to what Excel takes."""
    folded = {one.casefold() for one in taken}
    number = 1
    while count:
        number += 1
        mark = f" ({number})"
        name = sheet[: _LONGEST_NAME - len(mark)].rstrip() + mark
        if name.casefold() not in folded:
            yield name
            count -= 1


def _without_end(places: TablePlaces, used: int) -> tuple[TablePlaces, list[DeleteRows]]:
    """The places on a further sheet, where the total and what stands below the table are taken away."""
    models = {kind: row for kind, row in places.models.items() if kind != TOTAL}
    texts = dict(places.texts)
    edits: list[DeleteRows] = []
    end = max(*models.values(), models[DETAIL] + places.spare)
    if used > end:
        edits.append(DeleteRows(places.sheet, end + 1, used - end))
        texts = {name: cell for name, cell in texts.items() if Area.parse(cell).top <= end}
    total = places.models.get(TOTAL, 0)
    if 0 < total < min(models.values()):
        edits.append(DeleteRows(places.sheet, total, 1))
        models = {kind: row - 1 for kind, row in models.items()}
        texts = {name: _above(cell, total) for name, cell in texts.items() if Area.parse(cell).top != total}
    return replace(places, models=models, texts=texts), edits


def _above(cell: str, gone: int) -> str:
    area = Area.parse(cell)
    lifted = 1 if area.top > gone else 0
    return str(Area(area.top - lifted, area.left, area.bottom - lifted, area.right))


def _names(workbook: Workbook, code: str, number: int) -> tuple[tuple[str, str], ...]:
    """`TH10_2_MA_COT` for the row of column codes of the second sheet, so that the report can be read by its names."""
    found = workbook.name_area(f"{code}_MA_COT")
    return ((f"{code}_{number}_MA_COT", str(found[1])),) if found is not None else ()


def _spreads(parts: Sequence[tuple[ReportTable, TablePlaces]]) -> list[dict[int, Spread]]:
    """For each part, what its total rows add up over the sheets, by their place in the part."""
    spreads: list[dict[int, Spread]] = [{} for _ in parts]
    totals: list[tuple[int, int]] = []
    details: dict[str, list[int]] = {}
    every: dict[str, list[int]] = {}
    subtotals: dict[str, list[int]] = {}
    for which, (table, places) in enumerate(parts):
        kinds = row_kinds(table.rows)
        for index, (number, kind) in enumerate(zip(lay_rows(kinds, places).rows, kinds, strict=True)):
            if kind == SECTION:
                details = {}
            elif kind == DETAIL:
                details.setdefault(places.sheet, []).append(number)
                every.setdefault(places.sheet, []).append(number)
            elif kind == SUBTOTAL:
                spreads[which][index] = _kept(details)
                subtotals.setdefault(places.sheet, []).append(number)
                details = {}
            elif kind == TOTAL:
                totals.append((which, index))
    for which, index in totals:
        spreads[which][index] = _kept(subtotals or every)
    return spreads


def _kept(rows: Mapping[str, Sequence[int]]) -> Spread:
    return {sheet: tuple(numbers) for sheet, numbers in rows.items()}
