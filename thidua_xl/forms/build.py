"""A unit's workbook for one period, ready to fill in: `build_unit_workbook`.

What stands where is in `geometry`, how it looks in `looks`, the parts around the table in `page`; `table_sheet` and
`single_sheet` write the forms, `prefill` says what is known beforehand, `validation` guards what is typed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from xlsxwriter.workbook import Workbook

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.geometry import TableGeometry
from thidua_xl.forms.hidden_sheets import plan_lists, write_identity, write_lists
from thidua_xl.forms.live_checks import live_checks
from thidua_xl.forms.live_formulas import Speaker
from thidua_xl.forms.live_layout import live_book
from thidua_xl.forms.live_marks import Live
from thidua_xl.forms.live_values import Judge
from thidua_xl.forms.looks import Looks
from thidua_xl.forms.page import Page, Signer
from thidua_xl.forms.prefill import complete, single_values, table_rows
from thidua_xl.forms.self_check import Helper, understood_addresses, write_helper
from thidua_xl.forms.self_check_sheet import write_self_check
from thidua_xl.forms.single_sheet import write_single_sheet
from thidua_xl.forms.table_sheet import TableContent, name_own_codes, write_table_sheet
from thidua_xl.messages import say
from thidua_xl.model import Criteria, Form, FormKind, Period, Unit, Value
from thidua_xl.model.registers import OFFICE

Row = Mapping[str, Value]
Explanations = Mapping[str, Mapping[int | str, str]]

# Blank rows of a table when neither the form nor the settings say how many.
BLANK_ROWS = 25
_OFFICE = "VAN_PHONG"
# A fixed day, so that the same content gives the same file.
_CREATED = datetime(2026, 1, 1)


def build_unit_workbook(
    criteria: Criteria,
    unit: Unit,
    period: Period,
    path: str | Path,
    *,
    records: Mapping[str, Sequence[Row]] | None = None,
    nothing: Collection[str] = (),
    single: Mapping[str, Value] | None = None,
    explanations: Explanations | None = None,
    today: date | None = None,
) -> None:
    """Write the workbook of a unit; `criteria` is what is in force for the period (`Criteria.at`).

    `records` are rows by form code, values in model terms (choices by code, ticks as bool, exact numbers); without
    them a table holds what is known beforehand and blank rows. `nothing` are forms declared "Không phát sinh".
    `single` are values of the form sheets by field code. `explanations` are the unit's words by form code, then by
    entry (0-based) or, on a form sheet, by field code. `today` is the day for which the stored results of the live
    checks hold (default: the last of the period); Excel calculates them anew when the file is opened.
    Raises UsageProblem for a number Excel cannot keep.
    """
    forms = forms_of(criteria, unit)
    singles = {form.code: _single(criteria, form, unit, period, single or {}) for form in forms if is_single(form)}
    contents = {
        form.code: _content(criteria, form, unit, period, records or {}, form.code in nothing, explanations or {})
        for form in forms
        if not is_single(form)
    }
    geometries = {
        form.code: TableGeometry.of(form, _rows(criteria, form, contents[form.code]))
        for form in forms
        if form.code in contents
    }
    lists = plan_lists(criteria, forms, choices := Choices(criteria))
    checks = live_checks(criteria, forms)
    understood = understood_addresses(checks, forms, geometries)
    layout = live_book(criteria, unit, period, forms, geometries, lists.places, understood)
    live = Live(checks, Speaker(layout, geometries, choices))
    rows: dict[str, Sequence[Row]] = {code: content.rows for code, content in contents.items()}
    rows |= {code: (values,) for code, values in singles.items()}
    judge = Judge(criteria, unit, period, rows, frozenset(nothing), choices, today or period.end)
    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        title = say("form.unit_workbook", unit=unit.name, period=period.name)
        book.set_properties({"title": title, "author": "", "created": _CREATED})
        book.set_size(2400, 1400)
        page = Page(criteria, unit, period, Looks(book, criteria), _signers(forms, singles))
        for form in forms:
            if is_single(form):
                known = frozenset(single_values(criteria, form, unit, period))
                words = {str(key): text for key, text in (explanations or {}).get(form.code, {}).items()}
                write_single_sheet(book, page, form, singles[form.code], known, live, words)
            else:
                write_table_sheet(book, page, form, geometries[form.code], contents[form.code], live)
        _name_shared_codes(book, forms, geometries)
        helper = Helper(forms, live, judge)
        write_self_check(book, page, forms, helper.columns)
        write_helper(book, helper)
        write_lists(book, lists)
        write_identity(book, criteria, unit, period, forms)


def forms_of(criteria: Criteria, unit: Unit) -> tuple[Form, ...]:
    """The forms in a unit's workbook: those of every unit, and the office's own when the unit is the office."""
    office = criteria.text_setting(OFFICE)
    return tuple(form for form in criteria.forms if form.filled_by != _OFFICE or unit.code == office)


def is_single(form: Form) -> bool:
    """Whether the form is labelled cells rather than a table."""
    return form.kind is FormKind.SINGLE


def _single(criteria: Criteria, form: Form, unit: Unit, period: Period, given: Mapping[str, Value]) -> dict[str, Value]:
    values = single_values(criteria, form, unit, period)
    for field in form.fields:
        for key in (field.code, f"{form.code}.{field.code}"):
            if key in given:
                values[field.code] = given[key]
    return values


def _signers(forms: Sequence[Form], singles: Mapping[str, Mapping[str, Value]]) -> dict[str, Signer]:
    """Who signs, from the words `ky.<role>=<field>` of a form sheet's "Bố cục"."""
    found: dict[str, Signer] = {}
    for form in forms:
        for name, code in form.layout.items():
            if is_single(form) and name.startswith("ky.") and form.field(code) is not None:
                value = singles[form.code].get(code)
                found[name.removeprefix("ky.")] = Signer(f"TD_{form.code}_{code}", value)
    return found


def _content(
    criteria: Criteria,
    form: Form,
    unit: Unit,
    period: Period,
    given: Mapping[str, Sequence[Row]],
    nothing: bool,
    explanations: Explanations,
) -> TableContent:
    words = explanations.get(form.code, {})
    known = table_rows(criteria, form, unit, period)
    rows = complete(given[form.code], known) if form.code in given else known
    fields = frozenset(code for row in known for code in row)
    return TableContent(
        rows=rows,
        prefilled=tuple(fields & {code for code, value in row.items() if value is not None} for row in rows)
        if known
        else (),
        nothing=nothing,
        explanations={key: text for key, text in words.items() if isinstance(key, int)},
    )


def _rows(criteria: Criteria, form: Form, content: TableContent) -> int:
    """How many data rows a table gets: those it holds, and at least those it offers.

    It offers `so_dong` of its "Bố cục", else the setting; none beyond rows that are known beforehand.
    """
    own = form.layout.get("so_dong", "")
    offered: Value = int(own) if own.isdecimal() else 0
    if not own.isdecimal() and not content.prefilled:
        offered = criteria.setting("so_dong_trong", BLANK_ROWS)
    return max(1, len(content.rows), int(offered) if isinstance(offered, (int, Decimal)) else BLANK_ROWS)


def _name_shared_codes(book: Workbook, forms: Sequence[Form], geometries: Mapping[str, TableGeometry]) -> None:
    """A defined name for each column from which fields of other forms take codes."""
    wanted = dict.fromkeys(field.choices for form in forms for field in form.fields if "." in field.choices)
    by_code = {form.code: form for form in forms}
    for spec in wanted:
        form_code, _, field_code = spec.partition(".")
        if form_code in geometries and by_code[form_code].field(field_code) is not None:
            name_own_codes(book, by_code[form_code], geometries[form_code], field_code)
