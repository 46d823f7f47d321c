"""A coded matrix form added up: row codes x column codes. Read `coded_table` first."""

from __future__ import annotations

from thidua_xl.merge.board import Board
from thidua_xl.merge.measures import add, is_amount, same
from thidua_xl.merge.sections import DETAIL, table_columns
from thidua_xl.model import Figure, ReportColumn, ReportRow, ReportSheet, Source, Value

# The field that holds an entry's row code in a coded form, unless its layout names another.
ROW_CODE = "ma_dong"


def coded_table(board: Board, sheet: ReportSheet) -> tuple[ReportRow, ...]:
    """A row per row code of the form's list, a figure per column: the exact sum over the units.

    A cell that no unit filled stays blank. A value that could not be read is no part of the sum; intake has said so.
    """
    form = board.criteria.form(sheet.form)
    if form is None:
        return ()
    key = form.layout.get("truong_ma_dong", ROW_CODE)
    found = board.criteria.lists.get(form.layout.get("danh_muc_dong", ""))
    codes = [item.code for item in found.items] if found is not None else []
    gathered: dict[tuple[str, str], list[Source]] = {}
    columns = [column for column in table_columns(sheet) if column.take in {"TONG", "LAY"}]
    for row in board.entries(form.code, sheet.condition):
        code = row.value(key)
        if not isinstance(code, str):
            continue
        if found is None and code not in codes:
            codes.append(code)
        for column in columns:
            source = row.source(column.field or column.code)
            if source.value is not None:
                gathered.setdefault((code, column.code), []).append(source)
    return tuple(
        ReportRow(
            DETAIL,
            code,
            "",
            tuple(_figure(column, gathered.get((code, column.code), [])) for column in columns),
        )
        for code in codes
    )


def _figure(column: ReportColumn, sources: list[Source]) -> Figure:
    if column.take == "LAY":
        agreed = {same(one.value) for one in sources}
        return Figure(column.code, sources[0].value if len(agreed) == 1 else None, tuple(sources))
    amounts = [one for one in sources if is_amount(one.value)]
    total: Value = add(one.value for one in amounts) if amounts else None
    return Figure(column.code, total, tuple(amounts))
