"""The clean sample round as submissions in memory, laid out as unit forms are. No file is written or read.

`clean_round` gives every unit's last version; `changed` plants a value and says in which cell it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from thidua_xl.forms import load_criteria
from thidua_xl.jobs.sample_material import load_material
from thidua_xl.jobs.sample_records import UnitContent, sample_records
from thidua_xl.model import Criteria, Field, FieldKind, Form, FormKind, Records, Submission, Unit, Value
from thidua_xl.refs import column_letters

TODAY = date(2026, 1, 15)
PERIOD = "2024-6T"
FIRST_ROW = 12

_NUMBERS = (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.PERCENT)


@lru_cache(maxsize=1)
def whole_book() -> Criteria:
    """The shipped criteria book with the sample's units."""
    book = load_criteria()
    units = tuple(
        Unit(unit.code, unit.name, unit.short, unit.aliases, unit.bloc, obliged=True) for unit in load_material().units
    )
    return replace(book, units=units)


@lru_cache(maxsize=8)
def book_at(period: str = PERIOD) -> Criteria:
    """What is in force for a period."""
    return whole_book().at(period)


@lru_cache(maxsize=4)
def clean_round(period: str = PERIOD) -> Mapping[str, Submission]:
    """Unit code -> the last version of its report."""
    return {one.unit: submission(one, period) for one in sample_records(whole_book(), period=period)}


def submission(content: UnitContent, period: str = PERIOD) -> Submission:
    """A report as intake would deliver it."""
    forms = {form.code: form for form in book_at(period).forms}
    records = {}
    for form in forms.values():
        if form.filled_by != "DON_VI" and form.code not in content.records:
            continue
        rows = (content.single,) if form.code == content.single_form else content.records.get(form.code, ())
        records[form.code] = laid_out(form, rows, nothing=form.code in content.nothing)
    return Submission(
        file=f"BC_{content.unit}_{period}_L{content.version}.xlsx",
        unit=content.unit,
        period=period,
        version=content.version,
        records=records,
        received=content.received,
    )


def laid_out(form: Form, rows: tuple[Mapping[str, Value], ...], *, nothing: bool = False) -> Records:
    """Rows of values as a form's records: data from row 12, columns from A, the total row below."""
    columns = {
        field.code: tuple(_typed(_value(field, row, number), field) for number, row in enumerate(rows))
        for field in form.fields
    }
    if form.kind is FormKind.SINGLE:
        cells = {field.code: f"C{FIRST_ROW + number}" for number, field in enumerate(form.fields)}
        return Records(form.code, form.sheet, (FIRST_ROW,), columns, single_cells=cells)
    letters = {field.code: column_letters(number) for number, field in enumerate(form.fields, start=1)}
    return Records(
        form.code,
        form.sheet,
        tuple(range(FIRST_ROW, FIRST_ROW + len(rows))),
        columns,
        letters=letters,
        header_row=FIRST_ROW - 2,
        total_row=FIRST_ROW + len(rows) + 20 if form.has_total else None,
        totals=_totals(form, columns) if form.has_total else {},
        nothing_to_report=nothing,
        nothing_cell="C6",
    )


def changed(one: Submission, form: str, row: int, **values: Value) -> Submission:
    """The submission with other values in a row (0-based); totals follow."""
    records = one.records[form]
    columns = {code: tuple(found) for code, found in records.columns.items()}
    for code, value in values.items():
        cells = list(columns.get(code, (None,) * len(records.rows)))
        cells[row] = value
        columns[code] = tuple(cells)
    return with_records(one, replace(records, columns=columns), form)


def with_records(one: Submission, records: Records, form: str) -> Submission:
    """The submission with other records of a form; its totals are summed again."""
    book = book_at(one.period).form(form)
    if book is not None and records.totals:
        records = replace(records, totals=_totals(book, records.columns))
    return replace(one, records={**one.records, form: records})


def _value(field: Field, row: Mapping[str, Value], number: int) -> Value:
    return number + 1 if field.kind is FieldKind.SERIAL else row.get(field.code)


def _typed(value: Value, field: Field) -> Value:
    if field.kind in _NUMBERS and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


def _totals(form: Form, columns: Mapping[str, tuple[Value, ...]]) -> dict[str, Value]:
    return {
        field.code: sum(
            (Decimal(str(value)) for value in columns[field.code] if isinstance(value, int | Decimal)), Decimal(0)
        )
        for field in form.fields
        if field.additive
    }
