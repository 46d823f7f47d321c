"""Workbooks read through python-calamine: .xls, .xlsb, .ods. Read `read_by_calamine`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import RowCells
from thidua_xl.grid.values import exact
from thidua_xl.model import Book, Sheet, Value


def read_by_calamine(data: bytes, kind: str) -> Book:
    """The book in `data`: values and merges, without formulas, fonts and formats. Raises `InputRefused`."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = []
        for listed in book.sheets_metadata:
            if listed.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(listed.name)
            grid = sheet.to_python(skip_empty_area=False)
            merges = tuple(_area(start, end) for start, end in sheet.merged_cell_ranges or ())
            sheets.append(Sheet(listed.name, _cells(grid), listed.visible == SheetVisibleEnum.Visible, merges))
    except CalamineError:
        raise refuse("damaged", part="") from None
    return Book(file="", sheets=tuple(sheets), format=kind)


def _cells(grid: Sequence[Sequence[object]]) -> RowCells:
    rows: dict[int, dict[int, Value]] = {}
    for row, line in enumerate(grid, 1):
        values = {column: _value(one) for column, one in enumerate(line, 1) if one != ""}
        if values:
            rows[row] = values
    return RowCells(rows)


def _value(seen: object) -> Value:
    if isinstance(seen, float):
        return exact(seen)
    if isinstance(seen, (bool, int, str, datetime)):
        return seen
    if isinstance(seen, date):
        return seen
    if isinstance(seen, time):
        return exact((seen.hour * 3600 + seen.minute * 60 + seen.second) / 86_400)
    if isinstance(seen, timedelta):
        return exact(seen / timedelta(days=1))
    return None


def _area(start: tuple[int, int], end: tuple[int, int]) -> str:
    from thidua_xl.refs import Area

    return str(Area(start[0] + 1, start[1] + 1, end[0] + 1, end[1] + 1))
