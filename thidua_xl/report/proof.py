"""Grand totals proven three ways: our figures, the source cells read a second time, the template's own formulas.

Read `prove` first. A mismatch is said, never smoothed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from thidua_xl.formula import CannotEvaluate, evaluate_a1
from thidua_xl.model import Criteria, Figure, ReportColumn, ReportTable, Source, Value
from thidua_xl.model.kept_rows import row_kinds
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name, parse_cell
from thidua_xl.report.places import TOTAL
from thidua_xl.report.plan import Planned
from thidua_xl.report.written_cells import cells_of_rows

# Takes whose total is the sum of its source cells, and the one whose total is their number.
SUMMED, COUNTED = frozenset({"TONG", "LAY"}), "DEM"

# A formula within a formula deeper than this is no report; it would also end in a circle.
DEEPEST = 200


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One grand total. `second` and `formula` are None when that route cannot say anything about it."""

    table: str
    sheet: str
    cell: str
    label: str
    ours: int | Decimal
    second: int | Decimal | None
    formula: int | Decimal | None
    sources: int

    @property
    def agrees(self) -> bool:
        """Whether every route that could say something says the same."""
        return all(one is None or one == self.ours for one in (self.second, self.formula))


def prove(
    workbook: Workbook,
    criteria: Criteria,
    written: Sequence[tuple[ReportTable, Planned]],
    again: Mapping[tuple[str, str, str], Value],
) -> tuple[ProofLine, ...]:
    """A line for every summed or counted grand total of the filled workbook.

    `again` maps (file, sheet, cell) to what the second reader saw there, numbers only; a place that is absent keeps
    that route silent for the total.
    """
    lines: list[ProofLine] = []
    for table, planned in written:
        report_sheet = criteria.report_sheet(table.code)
        columns = {one.code: one for one in report_sheet.columns} if report_sheet is not None else {}
        for cell, figure in cells_of_rows(planned.cells, _totals(table, planned)):
            column = columns.get(figure.column)
            if column is None or not _is_proven(column, figure):
                continue
            assert isinstance(figure.value, int | Decimal)
            lines.append(
                ProofLine(
                    table=table.code,
                    sheet=planned.sheet,
                    cell=cell,
                    label=f"{column.group}: {column.label}" if column.group else column.label,
                    ours=figure.value,
                    second=_second(column, figure, again),
                    formula=by_formula(workbook, planned.sheet, cell),
                    sources=len(figure.sources),
                )
            )
    return tuple(lines)


def _totals(table: ReportTable, planned: Planned) -> list[int]:
    """The sheet rows of the grand totals."""
    return [row for row, kind in zip(planned.rows, row_kinds(table.rows), strict=False) if kind == TOTAL]


def _is_proven(column: ReportColumn, figure: Figure) -> bool:
    is_number = isinstance(figure.value, int | Decimal) and not isinstance(figure.value, bool)
    return is_number and column.total and not column.total_formula and column.take in {*SUMMED, COUNTED}


def _second(column: ReportColumn, figure: Figure, again: Mapping[tuple[str, str, str], Value]) -> int | Decimal | None:
    if column.take == COUNTED:
        return len({(one.file, one.sheet, one.cell) for one in figure.sources})
    total: int | Decimal = 0
    with localcontext(Context(prec=120)):
        for source in figure.sources:
            if source.value is None:
                continue
            value = again.get((source.file, source.sheet, source.cell))
            if not isinstance(value, int | Decimal):
                return None
            total += value
    return int(total) if total == int(total) else total


def by_formula(workbook: Workbook, sheet: str, cell: str) -> int | Decimal | None:
    """The value of the cell's formula worked out anew from the cells it names, None when there is no formula."""
    memory: dict[tuple[str, str], Value] = {}

    def get(name: str, row: int, column: int, depth: int = 0) -> Value:
        place = cell_name(row, column)
        if (name, place) not in memory:
            worksheet = workbook[name]
            text = worksheet.formula(place)
            if text is None or depth > DEEPEST:
                memory[name, place] = worksheet.get(place)
            else:
                memory[name, place] = evaluate_a1(text, name, lambda s, r, c: get(s, r, c, depth + 1))
        return memory[name, place]

    if workbook[sheet].formula(cell) is None:
        return None
    try:
        value = get(sheet, *parse_cell(cell))
    except CannotEvaluate:
        return None
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def sources_to_read(written: Sequence[tuple[ReportTable, Planned]], criteria: Criteria) -> Iterator[Source]:
    """Every source cell that a proven grand total adds up, blank ones left out."""
    for table, planned in written:
        report_sheet = criteria.report_sheet(table.code)
        columns = {one.code: one for one in report_sheet.columns} if report_sheet is not None else {}
        for _, figure in cells_of_rows(planned.cells, _totals(table, planned)):
            column = columns.get(figure.column)
            if column is not None and column.take in SUMMED and _is_proven(column, figure):
                yield from (one for one in figure.sources if one.value is not None)
