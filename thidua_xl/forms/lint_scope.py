"""What is in force when, who follows whom, what the report takes: doubts about the whole book. Read `lint_scope`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from thidua_xl.forms.problems import Problems
from thidua_xl.forms.references import BLOCS, PERIOD_KINDS
from thidua_xl.forms.spans import InForce
from thidua_xl.model import Criteria, FieldKind, Form, Period, Place, ReportSheet, Unit
from thidua_xl.model.registers import OFFICE

_ROUTES = "DM_TUYEN"
_STAYS_INSIDE = "NOI_BO"
_FIELD_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)\Z")
# Settings that name a field (`form.field`) and those that name a unit.
_FIELD_SETTING = "truong_"
_UNIT_SETTINGS = (OFFICE, "don_vi_tong_hop")
_SUMMED_TAKES = ("LAY", "TONG")


def lint_scope(criteria: Criteria, problems: Problems) -> None:
    """Note what can never be in force, never be reached, or names nothing."""
    _check_in_force(criteria, problems)
    _check_units(criteria, problems)
    _check_periods(criteria.periods, problems)
    _check_lists_in_force(criteria, problems)
    _check_settings(criteria, problems)
    for sheet in criteria.report_sheets:
        _check_report_sheet(criteria, sheet, problems)


def _check_in_force(criteria: Criteria, problems: Problems) -> None:
    days = [period.day for period in criteria.periods if period.end is not None]
    if not days:
        return
    things: list[tuple[str, Place, InForce]] = [(rule.code, rule.place, rule) for rule in criteria.rules]
    things += [(form.code, form.place, form) for form in criteria.forms]
    things += [(f"{field.form}.{field.code}", field.place, field) for form in criteria.forms for field in form.fields]
    things += [(award.code, award.place, award) for award in criteria.awards]
    for code, place, thing in things:
        if not any(thing.validity.covers(day) for day in days):
            problems.warn(place, "never_in_force", code)


def _check_units(criteria: Criteria, problems: Problems) -> None:
    units = {unit.code: unit for unit in criteria.units}
    for unit in criteria.units:
        if BLOCS in criteria.lists and not unit.bloc:
            problems.warn(unit.place, "unit_without_bloc", unit.code)
        _check_succession(unit, units.get(unit.successor), problems)
    if not any(unit.obliged for unit in criteria.units):
        problems.add(Place("Đơn vị"), "nobody_reports")
    single = [form for form in criteria.forms if form.kind.value == "form"]
    if single and not any(_names_units(form) for form in single):
        problems.warn(single[0].place, "no_field_for_the_unit", single[0].code)


def _names_units(form: Form) -> bool:
    return any(field.choices.partition(":")[0] == "DON_VI" for field in form.fields)


def _check_succession(unit: Unit, successor: Unit | None, problems: Problems) -> None:
    if successor is None:
        return
    if unit.validity.end is None:
        problems.warn(unit.place, "successor_without_end", unit.code, expected=successor.code)
    elif not any(successor.validity.covers(day) for day in (unit.validity.end, _next(unit.validity.end))):
        problems.warn(
            unit.place, "successor_not_in_force", successor.code, expected=_next(unit.validity.end).isoformat()
        )


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _check_periods(periods: Iterable[Period], problems: Problems) -> None:
    seen: list[Period] = []
    for period in periods:
        for other in seen:
            if period.kind == other.kind and _share_a_day(period, other):
                problems.warn(period.place, "periods_overlap", period.code, expected=other.code)
        if period.due is not None and period.due_up is not None and period.due > period.due_up:
            problems.warn(period.place, "due_after_due_up", period.due.isoformat(), expected=period.due_up.isoformat())
        if period.year is not None and period.end is not None and period.year != period.end.year:
            problems.warn(period.place, "year_differs", str(period.year), expected=str(period.end.year))
        seen.append(period)


def _share_a_day(one: Period, other: Period) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    return one.start <= other.end and other.start <= one.end


def _check_lists_in_force(criteria: Criteria, problems: Problems) -> None:
    """A dropdown without a choice in some period cannot be filled in."""
    for period in criteria.periods:
        if period.end is None:
            continue
        book = criteria.at(period)
        for form in book.forms:
            for field in form.fields:
                value_list = book.lists.get(field.choices)
                if value_list is not None and not value_list.items:
                    problems.warn(field.place, "list_empty_in_period", field.choices, expected=period.code)


def _check_settings(criteria: Criteria, problems: Problems) -> None:
    forms = {form.code: form for form in criteria.forms}
    for code, setting in criteria.settings.items():
        text = setting.value if isinstance(setting.value, str) else ""
        if code.startswith(_FIELD_SETTING) and text:
            named = _FIELD_NAME.match(text)
            form = forms.get(named[1]) if named else None
            if named is None or form is None:
                problems.add(setting.place, "unknown_form", text, known=forms)
            elif form.field(named[2]) is None:
                known = (f"{form.code}.{field.code}" for field in form.fields)
                problems.add(setting.place, "unknown_field", text, known=known)
        if code in _UNIT_SETTINGS and text and criteria.unit(text) is None:
            problems.add(setting.place, "unknown_unit", text, known=(unit.code for unit in criteria.units))


def _check_report_sheet(criteria: Criteria, sheet: ReportSheet, problems: Problems) -> None:
    for list_code, codes, problem in (
        (PERIOD_KINDS, sheet.periods, "unknown_period_kind"),
        (_ROUTES, sheet.routes, "unknown_route"),
    ):
        value_list = criteria.lists.get(list_code)
        known = () if value_list is None else tuple(item.code for item in value_list.items)
        for code in codes:
            if known and code not in (*known, _STAYS_INSIDE):
                problems.add(sheet.place, problem, code, known=known)
    if not sheet.columns:
        problems.warn(sheet.place, "report_without_columns", sheet.code)
    form = criteria.form(sheet.form)
    _check_sections(criteria, sheet, form, problems)
    for column in sheet.columns:
        source = criteria.form(column.form) or form
        field = source.field(column.field) if source is not None else None
        if column.take == "TONG" and field is not None and not field.is_numeric:
            problems.add(column.place, "sum_of_text", column.field)
        elif column.total and not column.total_formula and column.take in _SUMMED_TAKES and field is not None:
            looked_up = bool(column.formula)
            if not field.is_numeric and not looked_up:
                problems.add(column.place, "sum_of_text", column.field)


def _check_sections(criteria: Criteria, sheet: ReportSheet, form: Form | None, problems: Problems) -> None:
    field = form.field(sheet.sections) if form is not None else None
    if field is None or field.kind is not FieldKind.CHOICE or not sheet.section_order:
        return
    name = field.choices.partition(":")[0]
    registers = {
        "DIA_BAN": [one.code for one in criteria.communes],
        "KHEN_THUONG": [one.code for one in criteria.awards],
        "DON_VI": [one.code for one in criteria.units],
    }
    value_list = criteria.lists.get(name)
    known = registers.get(name) or ([item.code for item in value_list.items] if value_list is not None else [])
    for element in sheet.section_order:
        for code in element.partition("=")[0].split("+"):
            if known and code.strip() not in known:
                problems.add(sheet.place, "unknown_section", code.strip(), known=known)
