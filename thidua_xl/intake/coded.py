"""A coded matrix (row codes x column codes) -> `Records`, one entry per row code. Read `read_coded`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from thidua_xl.grid import rows_of
from thidua_xl.intake.cells import CellsOf, as_text
from thidua_xl.intake.convert import Taker
from thidua_xl.intake.prepared import Prepared
from thidua_xl.intake.reporter import Where
from thidua_xl.model import Book, Field, Form, Records, Required, Sheet, Value
from thidua_xl.refs import cell_name, column_letters, parse_cell
from thidua_xl.text import tidy

KEY_FIELD = "ma_dong"
_CODE = re.compile(r"[^\W_]{1,4}[-.][\w.\-]{1,10}\Z")

Rows = Mapping[int, Mapping[int, Value]]


def read_coded(book: Book, sheet: Sheet, form: Form, taker: Taker) -> Records | None:
    """The records of a coded matrix; None when the sheet has no row of column codes or no column of row codes."""
    rows = rows_of(sheet)
    key = form.layout.get("truong_ma_dong", KEY_FIELD)
    fields = _fields_by_code(form, key)
    codes = row_codes(form, taker.prepared)
    code_row, columns = _code_row(rows, fields)
    code_column, places = _code_column(rows, codes)
    if code_row is None or code_column is None:
        return None
    _tell_strange(sheet, form, rows, (code_row, code_column), (fields, codes), taker, key)
    source = CellsOf.of(form, sheet, book.external)
    lines = list(places.values())
    blank = {tidy(one).casefold() for one in re.split(r"[,|]", form.layout.get("o_khoa", "")) if one.strip()}
    taken: dict[str, tuple[Value, ...]] = {key: tuple(places)}
    for field in form.fields:
        if field.code == key:
            continue
        column = columns.get(field.code)
        if column is None:
            if field.required is Required.YES:
                taker.reporter.report("thieu_cot", Where(sheet.name), form=form, field=field)
            continue
        values = [_open(rows[line].get(column), blank) for line in lines]
        taken[field.code] = taker.column(source, field, [(line, column) for line in lines], values)
    return Records(
        form=form.code,
        sheet=sheet.name,
        rows=tuple(lines),
        columns=taken,
        letters={key: column_letters(code_column)} | {code: column_letters(column) for code, column in columns.items()},
        header_row=code_row,
    )


def row_codes(form: Form, prepared: Prepared) -> tuple[str, ...]:
    """The row codes of the form, from the list its layout names."""
    return prepared.codes(form.layout.get("danh_muc_dong", ""))


def layout_cell(form: Form, rows: Rows, word: str) -> tuple[tuple[int, int], str] | None:
    """((row, column), text) of a cell that the layout names (`o_don_vi`, `o_ky`); None when it names none."""
    try:
        place = parse_cell(form.layout.get(word, ""))
    except ValueError:
        return None
    return place, as_text(rows.get(place[0], {}).get(place[1])).strip()


def fits(sheet: Sheet, form: Form, prepared: Prepared) -> int:
    """How many row and column codes of the form the sheet holds, 0 unless it holds both."""
    rows = rows_of(sheet)
    _, columns = _code_row(rows, _fields_by_code(form, form.layout.get("truong_ma_dong", KEY_FIELD)))
    _, places = _code_column(rows, row_codes(form, prepared))
    return len(columns) + len(places) if columns and places else 0


def _fields_by_code(form: Form, key: str) -> dict[str, Field]:
    """Column code as written on the sheet -> field: the field's own code or any of its aliases."""
    found: dict[str, Field] = {}
    for field in form.fields:
        if field.code != key:
            for name in (*field.aliases, field.code):
                found.setdefault(_code(name), field)
    return found


def _code(value: Value) -> str:
    return tidy(value).casefold() if isinstance(value, str) else ""


def _code_row(rows: Rows, fields: Mapping[str, Field]) -> tuple[int | None, dict[str, int]]:
    best: int | None = None
    columns: dict[str, int] = {}
    for row, values in rows.items():
        here: dict[str, int] = {}
        for column, value in values.items():
            field = fields.get(_code(value)) if isinstance(value, str) else None
            if field is not None:
                here.setdefault(field.code, column)
        if len(here) > len(columns):
            best, columns = row, here
    return best, columns


def _code_column(rows: Rows, codes: Sequence[str]) -> tuple[int | None, dict[str, int]]:
    known = {_code(code): code for code in codes}
    by_column: dict[int, dict[str, int]] = {}
    for row, values in rows.items():
        for column, value in values.items():
            code = known.get(_code(value)) if isinstance(value, str) else None
            if code is not None:
                by_column.setdefault(column, {}).setdefault(code, row)
    if not by_column:
        return None, {}
    best = max(by_column, key=lambda column: (len(by_column[column]), -column))
    return best, by_column[best]


def _open(value: Value, blank: set[str]) -> Value:
    """The value, None when it is a word that means "no figure here"."""
    return None if blank and isinstance(value, str) and tidy(value).casefold() in blank else value


def _tell_strange(
    sheet: Sheet,
    form: Form,
    rows: Rows,
    at: tuple[int, int],
    known: tuple[Mapping[str, Field], Sequence[str]],
    taker: Taker,
    key: str,
) -> None:
    """Codes that the book does not know: their cells are not taken, so they have to be told."""
    code_row, code_column = at
    fields, codes = known
    for column, value in rows[code_row].items():
        if isinstance(value, str) and _CODE.match(tidy(value)) and _code(value) not in fields and column != code_column:
            where = Where(sheet.name, cell_name(code_row, column), code_row, column_letters(column))
            taker.reporter.report("cot_la", where, form=form, seen=value, ten_cot=value)
    folded = {_code(code) for code in codes}
    seen: set[str] = set()
    for row, values in rows.items():
        value = values.get(code_column)
        if row <= code_row or not isinstance(value, str) or not _CODE.match(tidy(value)):
            continue
        code = _code(value)
        if code not in folded or code in seen:
            where = Where(sheet.name, cell_name(row, code_column), row, column_letters(code_column))
            taker.reporter.report("danh_muc", where, form=form, field=form.field(key), seen=value)
        seen.add(code)
