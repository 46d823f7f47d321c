"""Faults of a column, a sheet, a file. Read `COLUMN_FAULTS` and `FORM_FAULTS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from mutation_cases import Case, Planted
from mutation_rounds import with_cells, with_sheet

from thidua_xl.grid.table_cells import rows_of
from thidua_xl.model import Field, FieldKind, Form, FormKind, Value
from thidua_xl.refs import Area, cell_name, column_number, parse_cell


def _deleted_column(case: Case, name: str, form: Form, field: Field) -> Planted | None:
    records = case.records(form)
    letters = records.letters.get(field.code)
    sheet = case.book.sheet(records.sheet)
    if letters is None or sheet is None or field.kind is FieldKind.SERIAL or not records.rows:
        return None
    gone = column_number(letters)
    rows = {
        row: {column - (column > gone): value for column, value in cells.items() if column != gone}
        for row, cells in rows_of(sheet).items()
    }
    extras = {
        (row, column - (column > gone)): extra
        for (row, column), extra in getattr(sheet.cells, "extras", {}).items()
        if column != gone
    }
    merges = tuple(merge for one in sheet.merges if (merge := _without_column(one, gone)))
    moved = replace(sheet, cells=type(sheet.cells)(rows, extras), merges=merges)  # type: ignore[call-arg]  # RowCells
    names = {
        key: text for key, text in case.book.names.items() if records.sheet not in text or key == f"TD_{form.code}"
    }
    book = with_sheet(replace(case.book, names=names), moved)
    heading = [cell_name(records.header_row or 1, column) for column in range(1, 40)]
    return Planted(
        name, case.unit, book, sheet.name, form.code, field.code, tuple(heading), case.codes(form, None, "thieu_cot")
    )


def _without_column(merge: str, gone: int) -> str:
    area = Area.parse(merge)
    left, right = area.left - (area.left > gone), area.right - (area.right >= gone)
    if right < left or (left, area.top) == (right, area.bottom):
        return ""
    return str(Area(area.top, left, area.bottom, right))


def _renamed_heading(case: Case, name: str, form: Form, field: Field) -> Planted | None:
    place = _heading(case, form, field)
    if place is None:
        return None
    row, column = place
    cell = cell_name(row, column)
    book = with_cells(case.book, case.records(form).sheet, {(row, column): "Cột ghi thêm của đơn vị"})
    codes = case.codes(form, None, "tieu_de_khac")
    return Planted(name, case.unit, book, case.records(form).sheet, form.code, field.code, (cell,), codes)


def _heading(case: Case, form: Form, field: Field) -> tuple[int, int] | None:
    """Where the words of a column's own heading stand: in the last header row, or above when merged into it."""
    records = case.records(form)
    letters, sheet = records.letters.get(field.code), case.book.sheet(records.sheet)
    if letters is None or sheet is None or records.header_row is None or field.kind is FieldKind.SERIAL:
        return None
    column = column_number(letters)
    for row in (records.header_row, records.header_row - 1):
        if isinstance(rows_of(sheet).get(row, {}).get(column), str):
            return row, column
    return None


def _wrong_total(case: Case, name: str, form: Form, field: Field) -> Planted | None:
    records = case.records(form)
    if records.total_row is None or field.code not in records.totals or not records.rows:
        return None
    place = records.total_row, column_number(records.letters[field.code])
    total = records.totals[field.code]
    value = (total if isinstance(total, int | Decimal) else 0) + 1000
    book = with_cells(case.book, records.sheet, {place: value})
    codes = case.codes(form, field, "tong_dong")
    return Planted(name, case.unit, book, records.sheet, form.code, field.code, (cell_name(*place),), codes)


def _merged_down(case: Case, name: str, form: Form, field: Field) -> Planted | None:
    records = case.records(form)
    letters, sheet = records.letters.get(field.code), case.book.sheet(records.sheet)
    if letters is None or sheet is None or not records.rows or records.rows[-1] + 1 == records.total_row:
        return None
    last = records.rows[-1]
    column = column_number(letters)
    merge = str(Area(last, column, last + 1, column))
    book = with_sheet(case.book, replace(sheet, merges=(*sheet.merges, merge)))
    cell = cell_name(last, column)
    return Planted(name, case.unit, book, sheet.name, form.code, field.code, (cell,), case.codes(form, None, "gop_o"))


def _hidden_column(case: Case, name: str, form: Form, field: Field) -> Planted | None:
    records = case.records(form)
    letters, sheet = records.letters.get(field.code), case.book.sheet(records.sheet)
    if letters is None or sheet is None or not any(one is not None for one in records.columns.get(field.code, ())):
        return None
    book = with_sheet(case.book, replace(sheet, hidden_columns=sheet.hidden_columns | {column_number(letters)}))
    cell = cell_name(records.header_row or 1, column_number(letters))
    codes = case.codes(form, None, "an_co_du_lieu")
    return Planted(name, case.unit, book, sheet.name, form.code, field.code, (cell,), codes)


COLUMN_FAULTS: Mapping[str, Callable[[Case, str, Form, Field], Planted | None]] = {
    "deleted column": _deleted_column,
    "renamed heading": _renamed_heading,
    "wrong total": _wrong_total,
    "merged into a blank row": _merged_down,
    "hidden column": _hidden_column,
}


# -- a form -----------------------------------------------------------------------------------------------------------


def _deleted_sheet(case: Case, name: str, form: Form) -> Planted | None:
    records = case.records(form)
    sheets = tuple(one for one in case.book.sheets if one.name != records.sheet)
    names = {key: text for key, text in case.book.names.items() if records.sheet not in text}
    codes = case.codes(form, None, "thieu_bieu") if form.required and form.filled_by == "DON_VI" else frozenset()
    if form.kind is FormKind.SINGLE or not codes:
        return None
    book = replace(case.book, sheets=sheets, names=names)
    return Planted(name, case.unit, book, "", form.code, "", (), codes, whole=True)


def _hidden_sheet(case: Case, name: str, form: Form) -> Planted | None:
    records, sheet = case.records(form), case.book.sheet(case.records(form).sheet)
    if sheet is None or not records.rows or form.kind is FormKind.SINGLE:
        return None
    book = with_sheet(case.book, replace(sheet, visible=False))
    codes, missing = case.codes(form, None, "an_co_du_lieu"), case.codes(form, None, "thieu_bieu")
    return Planted(name, case.unit, book, sheet.name, form.code, "", (), codes, whole=True, also=missing)


def _double_row(case: Case, name: str, form: Form) -> Planted | None:
    """The last entry once more in the row below, where rules want no entry twice."""
    records = case.records(form)
    keys = [one for _, one in case.conditions(form) if one.kind == "trung"]
    if not keys or not records.rows or records.rows[-1] + 1 == records.total_row:
        return None
    last, index = records.rows[-1], len(records.rows) - 1
    cells: dict[str, Value] = {}
    for field in form.fields:
        letters = records.letters.get(field.code)
        value = records.value(field.code, index)
        if letters is not None and value is not None:
            number = isinstance(value, int) and field.kind is FieldKind.SERIAL
            typed: Value = value + 1 if number else "x" if value is True else None if value is False else value
            cells[f"{letters}{last + 1}"] = typed
    codes: set[str] = set()
    shown: set[str] = set()
    for rule, one in case.conditions(form):
        keyed = one.parameters.get("theo", "").split(",") if "theo" in one.parameters else list(one.fields)
        if one.kind == "trung" and "khac" not in one.parameters and all(records.value(k.strip(), index) for k in keyed):
            codes.add(rule.code)
            shown.add(f"{records.letters[one.fields[0]]}{last + 1}")
    if not codes:
        return None
    return Planted(
        name, case.unit, case.written(form, cells), records.sheet, form.code, "", tuple(shown), frozenset(codes)
    )


def _below_total(case: Case, name: str, form: Form) -> Planted | None:
    records = case.records(form)
    if records.total_row is None or not records.rows:
        return None
    index, row = len(records.rows) - 1, records.total_row + 1
    cells: dict[str, Value] = {}
    for field in form.fields:
        value = records.value(field.code, index)
        if field.code in records.letters and value is not None and not isinstance(value, bool):
            cells[f"{records.letters[field.code]}{row}"] = value
    book = with_cells(case.book, records.sheet, {parse_cell(cell): value for cell, value in cells.items()})
    every = tuple(f"{letters}{row}" for letters in records.letters.values())
    codes = case.codes(form, None, "duoi_dong_tong")
    return Planted(name, case.unit, book, records.sheet, form.code, "", every, codes)


def _hidden_row(case: Case, name: str, form: Form) -> Planted | None:
    records, sheet = case.records(form), case.book.sheet(case.records(form).sheet)
    if sheet is None or not records.rows or form.kind is FormKind.SINGLE:
        return None
    row = records.rows[-1]
    book = with_sheet(case.book, replace(sheet, hidden_rows=sheet.hidden_rows | {row}))
    cells = tuple(f"{letters}{row}" for letters in records.letters.values())
    return Planted(name, case.unit, book, sheet.name, form.code, "", cells, case.codes(form, None, "an_co_du_lieu"))


def _ticked(case: Case, name: str, form: Form) -> Planted | None:
    """The box "Không phát sinh" says the opposite of the table."""
    records = case.records(form)
    if not records.nothing_cell:
        return None
    filled = bool(records.rows)
    if not filled and not form.required:
        return None
    book = with_cells(case.book, records.sheet, {parse_cell(records.nothing_cell): "x" if filled else None})
    codes = case.codes(form, None, "tich_la") if filled else case.codes(form, None, "trong_khong_khai")
    return Planted(name, case.unit, book, records.sheet, form.code, "", (records.nothing_cell,), codes)


def _emptied(case: Case, name: str, form: Form) -> Planted | None:
    """Every entry cleared, and nothing said about it."""
    records = case.records(form)
    if form.kind is FormKind.SINGLE or not records.rows or not form.required:
        return None
    cells = {f"{letters}{row}": None for row in records.rows for letters in records.letters.values()}
    codes = case.codes(form, None, "trong_khong_khai")
    cell = (records.nothing_cell,) if records.nothing_cell else ()
    return Planted(name, case.unit, case.written(form, cells), records.sheet, form.code, "*", cell, codes)


def _foreign_column(case: Case, name: str, form: Form) -> Planted | None:
    """A column of the unit's own beside the table."""
    records, sheet = case.records(form), case.book.sheet(case.records(form).sheet)
    if form.kind is FormKind.SINGLE or not records.rows or sheet is None:
        return None
    column = max(map(column_number, records.letters.values())) + 2  # beside the column of explanations
    cells: dict[tuple[int, int], Value] = {(records.header_row or 1, column): "Ghi thêm của phòng"}
    cells[records.rows[0], column] = "theo dõi riêng"
    book = with_cells(case.book, records.sheet, cells)
    cell = cell_name(records.header_row or 1, column)
    return Planted(name, case.unit, book, sheet.name, form.code, "", (cell,), case.codes(form, None, "cot_la"))


def _broken_serials(case: Case, name: str, form: Form) -> Planted | None:
    records = case.records(form)
    serial = next((one for one in form.fields if one.kind is FieldKind.SERIAL), None)
    if serial is None or len(records) < 2:
        return None
    cell = records.cell(serial.code, len(records) - 1)
    book = with_cells(case.book, records.sheet, {parse_cell(cell): 99})
    codes = case.codes(form, serial, "stt_lien_tuc")
    return Planted(name, case.unit, book, records.sheet, form.code, serial.code, (cell,), codes)


def _copied_sheet(case: Case, name: str, form: Form) -> Planted | None:
    """The sheet a second time, as a spreadsheet program copies it."""
    records, sheet = case.records(form), case.book.sheet(case.records(form).sheet)
    if sheet is None or form.kind is FormKind.SINGLE or not records.rows:
        return None
    book = replace(case.book, sheets=(*case.book.sheets, replace(sheet, name=f"{sheet.name} (2)")))
    codes = case.codes(form, None, "trung_bieu")
    return Planted(name, case.unit, book, sheet.name, form.code, "", (), codes, whole=True)


def _another_name(case: Case, name: str, form: Form) -> Planted | None:
    """A file called as another unit's."""
    others = [one for one in case.clean.books if one != case.unit]
    if form.kind is not FormKind.SINGLE or not others:
        return None
    book = replace(case.book, file=case.book.file.replace(case.unit, case.random.choice(others)))
    return Planted(name, case.unit, book, "", form.code, "", (), case.codes(form, None, "ten_tep"), whole=True)


FORM_FAULTS: Mapping[str, Callable[[Case, str, Form], Planted | None]] = {
    "deleted sheet": _deleted_sheet,
    "hidden sheet": _hidden_sheet,
    "entry twice": _double_row,
    "row below the total": _below_total,
    "hidden row": _hidden_row,
    "box against the table": _ticked,
    "table emptied": _emptied,
    "column of its own": _foreign_column,
    "serial numbers broken": _broken_serials,
    "sheet copied": _copied_sheet,
    "file called as another's": _another_name,
}
