"""A unit workbook as the rule language sees it: which table stands where, what its cells show. Read `live_book`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.geometry import VALUE, TableGeometry, field_rows
from thidua_xl.forms.validation import SPELLED_CODE, SPELLED_LABEL, SPELLINGS, flag_words, list_name
from thidua_xl.formula import LiveBook, LiveColumn, LiveTable
from thidua_xl.formula.rule_words import (
    PERIOD,
    REPORTER,
    VERSION,
    period_values,
    reporter_values,
    rule_names,
    spellings,
    table_name,
)
from thidua_xl.model import Criteria, Field, FieldKind, Form, Period, Unit, Value
from thidua_xl.refs import column_letters
from thidua_xl.text import FLAG_WORDS, YES_WORDS


def live_book(
    criteria: Criteria,
    unit: Unit,
    period: Period,
    forms: Iterable[Form],
    geometries: Mapping[str, TableGeometry],
    lists: Mapping[str, LiveTable],
    understood: Mapping[tuple[str, str], str],
) -> LiveBook:
    """The tables of the workbook for `formula.cell_formula`; forms without a geometry are sheets of single cells.

    `understood` are the addresses of the columns that say what the words of a field mean, by form and field.
    """
    choices = Choices(criteria)
    tables = dict(lists)
    for form in forms:
        geometry = geometries.get(form.code)
        tables[table_name(form.code)] = (
            _single(form, choices) if geometry is None else _table(form, geometry, choices, understood)
        )
    tables[PERIOD] = LiveTable(PERIOD, values=period_values(period))
    tables[REPORTER] = LiveTable(REPORTER, values=known_of(unit))
    return LiveBook(tables, rule_names(criteria))


def known_of(unit: Unit) -> dict[str, Value]:
    """The columns of TD_DON_VI_NOP that are known when the form is made: which version it will be is not."""
    return {code: value for code, value in reporter_values(unit).items() if code != VERSION}


def _single(form: Form, choices: Choices) -> LiveTable:
    rows = field_rows(form)
    columns = {one.code: _column(one, column_letters(VALUE), choices, rows[one.code]) for one in form.fields}
    return LiveTable(table_name(form.code), form.sheet, columns, labels=_labels(form))


def _table(
    form: Form, geometry: TableGeometry, choices: Choices, understood: Mapping[tuple[str, str], str]
) -> LiveTable:
    columns = {
        one.code: _column(one, column_letters(number), choices, understood=understood.get((form.code, one.code), ""))
        for number, one in enumerate(form.fields, start=1)
    }
    rows = geometry.first_row, geometry.last_row
    return LiveTable(table_name(form.code), form.sheet, columns, *rows, labels=_labels(form))


def _labels(form: Form) -> dict[str, str]:
    return spellings({one.code: one for one in form.fields})


def spelled_of(offer: str) -> tuple[str, str, str]:
    """The defined names of every way to write a list's choices, of their codes and of their labels."""
    return list_name(offer, SPELLINGS), list_name(offer, SPELLED_CODE), list_name(offer, SPELLED_LABEL)


def _column(one: Field, letter: str, choices: Choices, row: int | None = None, *, understood: str = "") -> LiveColumn:
    offer = choices.offer(one) if one.kind is FieldKind.CHOICE else None
    numeric = one.is_numeric or one.kind in (FieldKind.DATE, FieldKind.SERIAL)
    return LiveColumn(
        letter,
        row,
        understood=understood,
        choices=dict(offer.items) if offer is not None else None,
        list_table=f"TD_{offer.name}" if offer is not None else "",
        tick=flag_words(one) if one.kind is FieldKind.FLAG else None,
        yes_words=YES_WORDS if one.kind is FieldKind.FLAG else (),
        flag_words=FLAG_WORDS if one.kind is FieldKind.FLAG else (),
        spelled=None if offer is None else spelled_of(offer.name),
        numeric=numeric,
        whole=one.kind is FieldKind.INTEGER,
        text=one.kind in (FieldKind.TEXT, FieldKind.CODE, FieldKind.CODES),
    )
