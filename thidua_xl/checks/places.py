"""Kinds about units and communes that come and go. Read `expired`, then the round's `commune_missing`,
`communes_merged`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from thidua_xl.checks.case import Case
from thidua_xl.checks.gathering import Round, round_finding
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.showing import shown
from thidua_xl.checks.telling import tell
from thidua_xl.model import Commune, Criteria, Field, Finding, Form, Records, Unit, Value

_UNITS, _COMMUNES = "DON_VI", "DIA_BAN"


def expired(case: Case, check: Check) -> Iterator[Finding]:
    """`het_hieu_luc`: a unit or commune no longer in force on the row's day: the first filled field of `ngay`,
    else the period's last day.

    Adds {ten}, {ten_moi} and {ngay}, the first day on which it was no longer in force.
    """
    form = check.form
    records = case.records(form.code) if form is not None else None
    if form is None or records is None:
        return
    for field in form.fields:
        for index in case.rows(form) if _names_place(field) else ():
            old = _place(case.rules.criteria, field, records.value(field.code, index))
            if old is None or old.validity.end is None:
                continue
            day = _day_of_row(case, check, records, index)
            if day is not None and day > old.validity.end:
                new = _place(case.rules.criteria, field, old.successor)
                words = {
                    "ten": old.name,
                    "ten_moi": new.name if new is not None else old.successor,
                    "ngay": shown(old.validity.end + timedelta(days=1)),
                }
                yield tell(case, check, field=field, index=index, values=words)


def commune_missing(found: Round, check: Check) -> Iterator[Finding]:
    """`thieu_dia_ban`: a commune in force of which no unit has an entry in `bieu`.`truong`; only for periods of
    route `tuyen`.
    """
    route = check.text("tuyen")
    if not found.cases or (route and found.period.routes and route not in found.period.routes):
        return
    seen = {
        code
        for case in found.cases
        for _, _, value in _commune_cells(case, check.text("bieu"), check.text("truong"))
        for code in (value, _successor(found.criteria, value))
    }
    for commune in found.criteria.communes:
        if commune.code not in seen:
            yield round_finding(found, check, values={"xa": commune.name})


def communes_merged(found: Round, check: Check) -> Iterator[Finding]:
    """`dia_ban_sap_nhap`: figures of a commune that has been merged by the end of the period, told once per file
    and commune.
    """
    book = found.criteria.whole or found.criteria
    for case in found.cases:
        told: set[str] = set()
        for form in found.criteria.forms:
            for field, index, code in _places_of_form(case, form):
                old = book.commune(code) if field.choices.partition(":")[0] == _COMMUNES else None
                new = book.commune(old.successor) if old is not None and old.successor else None
                if old is None or new is None or code in told or old.validity.covers(found.period.day):
                    continue
                told.add(code)
                records = case.records(form.code)
                cell = records.cell(field.code, index) if records is not None else ""
                sheet = records.sheet if records is not None else ""
                yield round_finding(
                    found,
                    check,
                    file=case.submission.file,
                    unit=case.submission.unit,
                    form=form.code,
                    sheet=sheet,
                    cell=cell,
                    values={"xa_cu": old.name, "xa_moi": new.name},
                )


def _names_place(field: Field) -> bool:
    return field.choices.partition(":")[0] in (_UNITS, _COMMUNES)


def _place(criteria: Criteria, field: Field, value: Value) -> Unit | Commune | None:
    book = criteria.whole or criteria
    if not isinstance(value, str):
        return None
    return book.unit(value) if field.choices.partition(":")[0] == _UNITS else book.commune(value)


def _day_of_row(case: Case, check: Check, records: Records, index: int) -> date | None:
    for code in check.codes("ngay"):
        value = records.value(code, index)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
    period = case.rules.criteria.period
    return period.day if period is not None else None


def _places_of_form(case: Case, form: Form) -> Iterator[tuple[Field, int, str]]:
    records = case.records(form.code)
    for field in form.fields:
        if records is not None and _names_place(field):
            for index in case.rows(form):
                value = records.value(field.code, index)
                if isinstance(value, str):
                    yield field, index, value


def _commune_cells(case: Case, form_code: str, field_code: str) -> Iterator[tuple[Records, int, str]]:
    form, records = case.rules.criteria.form(form_code), case.records(form_code)
    if form is None or records is None:
        return
    for index in case.rows(form):
        value = records.value(field_code, index)
        if isinstance(value, str):
            yield records, index, value


def _successor(criteria: Criteria, code: str) -> str:
    found = (criteria.whole or criteria).commune(code)
    return found.successor if found is not None else ""
