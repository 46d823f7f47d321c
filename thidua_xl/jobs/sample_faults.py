"""Faults on purpose: what one unit got wrong, and what another typed as text. Read `planted` first.

The material says which value of which row is spoilt and which rule must tell it; here the values change and each
fault learns its cell, from the layout of the form alone (never from a reader, which is what the faults test).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from thidua_xl.forms.geometry import VALUE, TableGeometry, field_rows
from thidua_xl.jobs.sample_draw import Calendar
from thidua_xl.jobs.sample_records import UnitContent
from thidua_xl.model import Criteria, Form, FormKind, Severity, Value
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import Area, cell_name
from thidua_xl.text import format_number_vi

_TOTAL = "tong"


@dataclass(frozen=True, slots=True)
class Spoilt:
    """One spoilt value: the rule that must tell it, the row (0-based) or None for the total row.

    `shown` is the field where the finding stands; `field` the one that was changed; `value` what stands there now.
    """

    rule: str
    form: str
    field: str
    shown: str
    row: int | None
    value: Value


@dataclass(frozen=True, slots=True)
class Planted:
    """A finding that the check must make: rule code and severity, unit, file, form, sheet, cell, field."""

    code: str
    severity: Severity
    unit: str
    file: str
    form: str = ""
    sheet: str = ""
    cell: str = ""
    field: str = ""


def faulty(
    content: UnitContent, faults: Iterable[Mapping[str, Any]], calendar: Calendar, year: int | None
) -> list[Spoilt]:
    """The faults of the material as they fall on a unit's content; those the content has no row for are left out."""
    found = []
    for fault in faults:
        form, code = str(fault["bieu"]), str(fault["truong"])
        value = fault.get("gia_tri")
        if isinstance(value, float):
            value = Decimal(str(value))
        elif isinstance(value, date):
            value = calendar.moved(value)
        elif isinstance(value, str):
            value = value.format(nam=year)
        row = None if fault.get("o") == _TOTAL else int(fault["dong"]) - 1
        if form == content.single_form or (row or 0) < len(content.records.get(form, ())):
            found.append(Spoilt(str(fault["quy_tac"]), form, code, str(fault.get("bao_o", code)), row, value))
    return found


def typed_as_text(content: UnitContent, habits: Iterable[Mapping[str, Any]], criteria: Criteria) -> list[Spoilt]:
    """Every value of the fields that the unit types as text, totals too: Excel's own SUM would pass over them."""
    found = []
    for habit in habits:
        form, code, way, rule = (str(habit[name]) for name in ("bieu", "truong", "cach", "quy_tac"))
        rows = content.records.get(form, ())
        for number, row in enumerate(rows):
            value = row.get(code)
            if value is not None:
                found.append(Spoilt(rule, form, code, code, number, _written(value, way)))
        own = criteria.form(form)
        field = own.field(code) if own is not None else None
        if own is not None and own.has_total and field is not None and field.additive:
            amounts = (row[code] for row in rows if code in row)
            total = sum((Decimal(str(one)) for one in amounts), Decimal())
            found.append(Spoilt(rule, form, code, code, None, _written(total, way)))
    return found


def spoil(content: UnitContent, spoilt: Iterable[Spoilt]) -> UnitContent:
    """The content with its values changed; total rows are changed in the file (`spoil_totals`)."""
    single = dict(content.single)
    records = {form: [dict(row) for row in rows] for form, rows in content.records.items()}
    for one in spoilt:
        if one.form == content.single_form:
            single[one.field] = one.value
        elif one.row is not None:
            records[one.form][one.row][one.field] = one.value
    return replace(content, single=single, records={form: tuple(rows) for form, rows in records.items()})


def spoil_totals(path: Path, criteria: Criteria, spoilt: Iterable[Spoilt]) -> None:
    """Type over the total cells of a unit workbook, as someone who took off the protection would."""
    totals = [one for one in spoilt if one.row is None]
    if not totals:
        return
    book = Workbook.open(path)
    for one in totals:
        form = criteria.form(one.form)
        if form is not None:
            cell = _total_cell(book, form, one.field)
            book[form.sheet].set(cell, one.value, replace_formula=True, locked=True)
    book.save(path)


def planted(path: Path, criteria: Criteria, content: UnitContent, spoilt: Sequence[Spoilt]) -> list[Planted]:
    """What the check must find in a written unit workbook. `criteria` is what is in force for the period."""
    if not spoilt:
        return []
    book = Workbook.open(path)
    found = []
    for one in spoilt:
        form, rule = criteria.form(one.form), criteria.rule(one.rule)
        if form is None or rule is None:
            continue
        if form.kind is FormKind.SINGLE:
            cell = cell_name(field_rows(form)[one.shown], VALUE)
        elif one.row is None:
            cell = _total_cell(book, form, one.shown)
        else:
            geometry = TableGeometry.of(form, 1)
            cell = cell_name(geometry.first_row + one.row, geometry.column(one.shown))
        found.append(Planted(rule.code, rule.severity, content.unit, path.name, form.code, form.sheet, cell, one.shown))
    return found


def _total_cell(book: Workbook, form: Form, code: str) -> str:
    named = book.name_area(f"TD_{form.code}_TONG")
    area = named[1] if named is not None else Area(1, 1, 1, 1)
    return cell_name(area.top, TableGeometry.of(form, 1).column(code))


def _written(value: Value, way: str) -> str:
    """A value as someone types it as text."""
    if way == "roi":
        return unicodedata.normalize("NFD", str(value))
    if isinstance(value, date):
        return f"{value.day:02}/{value.month:02}/{value.year}"
    number = format_number_vi(Decimal(str(value)))
    return f"{number} đồng" if way == "tien" else number
