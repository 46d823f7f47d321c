"""Names in one sheet of the criteria book that must exist in another. Read `check_references` first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import ascii_uppercase

from thidua_xl.forms.problems import Problems
from thidua_xl.forms.report_sheets import FIELD_TAKES, REPORT_TAKES
from thidua_xl.forms.rule_sheets import EVERY_FORM, REPORT
from thidua_xl.forms.tables import Row, Table
from thidua_xl.model import Criteria, Field, FieldKind, Form, Place, ReportColumn, ReportSheet
from thidua_xl.text import fold

# Lists that are sheets of the book rather than rows of "Danh mục".
REGISTERS = ("DON_VI", "DIA_BAN", "KHEN_THUONG", "TIEU_CHI", "TIEU_CHI_NTM")
BLOCS = "DM_KHOI"
PERIOD_KINDS = "DM_KY"
TARGETS = "DM_DOI_TUONG"
GROUPS = "DM_NHOM_TIEU_CHI"
# The code that every entry has in the round, whatever its form (docs/report-map.md).
ENTRY_CODE = "ma_dong"


def check_references(criteria: Criteria, tables: Mapping[str, Table], problems: Problems) -> None:
    """Note every code that names nothing; `tables` are by sheet name, for the places."""
    forms = {form.code: form for form in criteria.forms}
    places = _FieldPlaces(tables["Trường"])
    for form in criteria.forms:
        for field in form.fields:
            _check_choices(field, criteria, forms, places, problems)
    _check_codes_of_list(criteria, tables, problems)
    _check_rules(criteria, forms, tables["Quy tắc"], problems)
    _check_report(criteria, forms, problems)


class _FieldPlaces:
    """Where the cells of a field stand."""

    def __init__(self, table: Table) -> None:
        self._rows: dict[str, Row] = {row.place("Mã trường").cell: row for row in table.rows}

    def place(self, field: Field, heading: str) -> Place:
        row = self._rows.get(field.place.cell)
        return field.place if row is None else row.place(heading)


def _check_choices(
    field: Field, criteria: Criteria, forms: Mapping[str, Form], places: _FieldPlaces, problems: Problems
) -> None:
    if not field.choices:
        return
    code, _, filters = field.choices.partition(":")
    place = places.place(field, "Danh mục")
    if code in REGISTERS:
        if code == "TIEU_CHI" and filters:
            groups = tuple(dict.fromkeys(one.group for one in criteria.criteria))
            for name in (part.strip() for part in filters.split(",")):
                if name not in groups:
                    problems.add(place, "unknown_group", name, known=groups)
        return
    form_code, mark, field_code = code.partition(".")
    if mark:
        form = forms.get(form_code)
        if form is None:
            problems.add(place, "unknown_form", form_code, known=forms)
        elif form.field(field_code) is None:
            problems.add(place, "unknown_field", code, known=(f"{form_code}.{one.code}" for one in form.fields))
        return
    if code not in criteria.lists:
        problems.add(place, "unknown_list", code, known=(*criteria.lists, *REGISTERS))


def _check_codes_of_list(criteria: Criteria, tables: Mapping[str, Table], problems: Problems) -> None:
    """Cells that hold the code of a list's item; a book without that list leaves them free."""
    wanted = (
        ("Đơn vị", "Khối", BLOCS, "unknown_bloc"),
        ("Kỳ", "Loại kỳ", PERIOD_KINDS, "unknown_period_kind"),
        ("Khen thưởng", "Đối tượng", TARGETS, "unknown_target"),
        ("Tiêu chí", "Nhóm", GROUPS, "unknown_group"),
    )
    for sheet, heading, list_code, problem in wanted:
        value_list = criteria.lists.get(list_code)
        if value_list is None:
            continue
        known = tuple(item.code for item in value_list.items)
        for row in tables[sheet].rows:
            for code in row.codes(heading):
                if code not in known:
                    problems.add(row.place(heading), problem, code, known=known)
    forms = tuple(form.code for form in criteria.forms)
    for row in tables["Tiêu chí"].rows:
        for code in row.codes("Biểu nguồn"):
            if code not in forms:
                problems.add(row.place("Biểu nguồn"), "unknown_form", code, known=forms)


def _check_rules(criteria: Criteria, forms: Mapping[str, Form], table: Table, problems: Problems) -> None:
    rows = {str(row.number): row for row in table.rows}
    kinds = {kind.value for kind in FieldKind}
    report = {sheet.code for sheet in criteria.report_sheets}
    for rule in criteria.rules:
        for condition in rule.conditions:
            row = rows.get(condition.place.cell.lstrip(ascii_uppercase))
            if condition.form in (EVERY_FORM, REPORT) or condition.form in report:
                own: Iterable[str] = {field.code for form in criteria.forms for field in form.fields}
            elif condition.form in forms:
                own = {field.code for field in forms[condition.form].fields}
            else:
                place = condition.place if row is None else row.place("Biểu")
                named = next((code for code, one in forms.items() if fold(one.sheet) == fold(condition.form)), "")
                known = (*forms, EVERY_FORM, REPORT)
                problems.add(place, "unknown_form", condition.form, known=known, nearest=named)
                continue
            for code in condition.fields:
                if code != EVERY_FORM and code not in own and code not in kinds:
                    problems.add(
                        condition.place if row is None else row.place("Trường"),
                        "unknown_field",
                        f"{condition.form}.{code}",
                        known=_spelled(condition.form, own),
                    )


def _check_report(criteria: Criteria, forms: Mapping[str, Form], problems: Problems) -> None:
    sheets = {sheet.code: sheet for sheet in criteria.report_sheets}
    for sheet in criteria.report_sheets:
        for code in _codes(sheet.form):
            if code not in forms:
                problems.add(sheet.place, "unknown_form", code, known=forms)
        for column in sheet.columns:
            if column.take in REPORT_TAKES:
                _check_report_row(column, sheets, problems)
            else:
                _check_column(column, sheet, forms, problems)


def _check_column(column: ReportColumn, sheet: ReportSheet, forms: Mapping[str, Form], problems: Problems) -> None:
    if column.form and column.form not in forms:
        problems.add(column.place, "unknown_form", column.form, known=forms)
        return
    source = forms.get(column.form or sheet.form)
    if source is None or column.take not in FIELD_TAKES:
        return
    codes = tuple(field.code for field in source.fields)
    for code in _codes(column.field):
        if code not in codes and code != ENTRY_CODE:
            problems.add(column.place, "unknown_field", f"{source.code}.{code}", known=_spelled(source.code, codes))


def _check_report_row(column: ReportColumn, sheets: Mapping[str, ReportSheet], problems: Problems) -> None:
    source = sheets.get(column.form)
    if source is None:
        problems.add(column.place, "unknown_report_sheet", column.form, known=sheets)
    elif all(other.code != column.field for other in source.columns):
        known = (other.code for other in source.columns)
        problems.add(column.place, "unknown_report_column", f"{column.form}.{column.field}", known=known)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(",", ";").split(";") if part.strip())


def _spelled(form: str, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{form}.{code}" for code in codes)
