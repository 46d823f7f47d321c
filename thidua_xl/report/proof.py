"""Grand totals proven three ways: our figures, the source cells read a second time, the template's own formulas.

Read `prove` first. A mismatch is said, never smoothed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext

from thidua_xl.formula import CannotEvaluate, evaluate_a1
from thidua_xl.model import Criteria, Figure, ReportColumn, ReportTable, Source, Value
from thidua_xl.model.kept_rows import row_kinds
from thidua_xl.model.sources import parts_by_file
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name, parse_cell
from thidua_xl.report.places import TOTAL
from thidua_xl.report.plan import Planned
from thidua_xl.report.written_cells import cells_of_rows

# The second reader: the numbers that stand in source cells now, by (file, sheet, cell).
ReadAgain = Callable[[Sequence[Source]], Mapping[tuple[str, str, str], Value]]
# Source files that are read again between two looks at the sums, so that memory does not grow with their number.
FILES_AT_ONCE = 50

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
    read_again: ReadAgain,
) -> tuple[ProofLine, ...]:
    """A line for every summed or counted grand total of the filled workbook.

    `read_again` is asked for some source cells at a time; a place that it leaves out keeps that route silent for the
    total.
    """
    lines: list[ProofLine] = []
    asked: list[tuple[ReportColumn, Figure]] = []
    for table, planned in written:
        report_sheet = criteria.report_sheet(table.code)
        columns = {one.code: one for one in report_sheet.columns} if report_sheet is not None else {}
        for cell, figure in cells_of_rows(planned.cells, _totals(table, planned)):
            column = columns.get(figure.column)
            if column is None or not _is_proven(column, figure):
                continue
            assert isinstance(figure.value, int | Decimal)
            asked.append((column, figure))
            lines.append(
                ProofLine(
                    table=table.code,
                    sheet=planned.sheet,
                    cell=cell,
                    label=f"{column.group}: {column.label}" if column.group else column.label,
                    ours=figure.value,
                    second=None,
                    formula=by_formula(workbook, planned.sheet, cell),
                    sources=len(figure.sources),
                )
            )
    seconds = _second_route(asked, read_again)
    return tuple(replace(line, second=second) for line, second in zip(lines, seconds, strict=True))


def _is_proven(column: ReportColumn, figure: Figure) -> bool:
    is_number = isinstance(figure.value, int | Decimal) and not isinstance(figure.value, bool)
    return is_number and column.total and not column.total_formula and column.take in {*SUMMED, COUNTED}


def _second_route(asked: Sequence[tuple[ReportColumn, Figure]], read_again: ReadAgain) -> list[int | Decimal | None]:
    """For each total what its source files say when they are read once more, some files at a time: a sum of numbers,
    or the number of different cells. None where a cell could not be read as a number."""
    by_file: dict[str, list[tuple[int, Sequence[Source]]]] = {}
    for number, (_, figure) in enumerate(asked):
        for file, part in parts_by_file(figure.sources):
            by_file.setdefault(file, []).append((number, part))
    totals: list[int | Decimal] = [0] * len(asked)
    silent: set[int] = set()
    waiting = list(by_file.values())
    with localcontext(Context(prec=120)):
        for start in range(0, len(waiting), FILES_AT_ONCE):
            some = waiting[start : start + FILES_AT_ONCE]
            wanted = dict.fromkeys(
                source
                for parts in some
                for number, part in parts
                if asked[number][0].take in SUMMED
                for source in part
                if source.value is not None
            )
            again = read_again(list(wanted))
            for parts in some:
                _add_up(parts, asked, again, totals, silent)
    return [
        None if number in silent else int(total) if total == int(total) else total
        for number, total in enumerate(totals)
    ]


def _add_up(
    parts: Sequence[tuple[int, Sequence[Source]]],
    asked: Sequence[tuple[ReportColumn, Figure]],
    again: Mapping[tuple[str, str, str], Value],
    totals: list[int | Decimal],
    silent: set[int],
) -> None:
    """Add what the parts of one file say to the totals they belong to."""
    counted: dict[int, set[tuple[str, str]]] = {}
    for number, part in parts:
        if asked[number][0].take == COUNTED:
            counted.setdefault(number, set()).update((one.sheet, one.cell) for one in part)
            continue
        for source in part:
            if source.value is None:
                continue
            value = again.get((source.file, source.sheet, source.cell))
            if isinstance(value, int | Decimal):
                totals[number] += value
            else:
                silent.add(number)
    for number, places in counted.items():
        totals[number] += len(places)


def _totals(table: ReportTable, planned: Planned) -> list[int]:
    """The sheet rows of the grand totals."""
    return [row for row, kind in zip(planned.rows, row_kinds(table.rows), strict=False) if kind == TOTAL]


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
