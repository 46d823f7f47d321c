"""A report table with fixed rows from the criteria book, as statistical forms have. Read `indicator_table`.

Each row may hold figures that the office types in the book, and a condition over the source form. A cell is the typed
figure, else the number of source rows that satisfy the row's condition and the column's, else blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thidua_xl.merge.board import Board
from thidua_xl.merge.measures import is_amount
from thidua_xl.merge.sections import DETAIL, table_columns, with_formulas
from thidua_xl.model import Figure, ReportColumn, ReportRow, ReportSheet, Source, Value

# The column of the reference table with a row's condition, and the one that says to which report a row belongs.
CONDITION, REPORT, CODE = "dieu_kien", "ma_bieu", "ma_so"


def indicator_table(board: Board, sheet: ReportSheet) -> tuple[ReportRow, ...]:
    """A row per row of the reference table (note `bang`) that belongs to the report (note `bieu`)."""
    wanted = sheet.notes.get("bieu", sheet.code)
    items = board.criteria.reference_tables.get(sheet.notes.get("bang", ""), ())
    rows = []
    for number, item in enumerate((one for one in items if str(one.get(REPORT)) == wanted), 1):
        figures = [
            _figure(board, sheet, column, item, number) for column in table_columns(sheet) if column.take != "CONG_THUC"
        ]
        made = ReportRow(DETAIL, str(item.get(CODE) or number), "", tuple(figures))
        rows.append(with_formulas(sheet, made))
    return tuple(rows) or (ReportRow(DETAIL, ""),)


def blank_cells(sheet: ReportSheet, rows: Sequence[ReportRow]) -> int:
    """How many figures of the table neither the office typed nor the entries give."""
    asked = {column.code for column in table_columns(sheet) if column.take == "O_BANG"}
    return sum(figure.value is None for row in rows for figure in row.figures if figure.column in asked)


def _figure(board: Board, sheet: ReportSheet, column: ReportColumn, item: Mapping[str, Value], number: int) -> Figure:
    if column.take == "STT":
        return Figure(column.code, number)
    if column.take == "BANG":
        return Figure(column.code, item.get(column.field))
    if column.take != "O_BANG":
        return Figure(column.code, None)
    typed = item.get(column.field)
    if is_amount(typed):
        place = (board.criteria.source, sheet.notes.get("bang", ""), f"{item.get(CODE)} / {column.field}")
        return Figure(column.code, typed, (Source(*place, typed),))
    condition = item.get(CONDITION)
    form = column.form or sheet.form
    if not isinstance(condition, str) or not condition.strip() or not form:
        return Figure(column.code, None)
    rows = [row for row in board.entries(form, column.condition) if board.is_chosen(row, condition.strip())]
    if not rows and form not in _reported(board):
        return Figure(column.code, None)
    return Figure(column.code, len(rows), tuple(row.source("") for row in rows))


def _reported(board: Board) -> set[str]:
    """The forms that somebody handed in: nothing among them is a true 0."""
    return {code for one in board.taken for code in one.records}
