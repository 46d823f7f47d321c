"""The hidden sheets of a unit workbook: `_danh_muc` feeds dropdowns and live rules, `_thidua` says what the file is.

`plan_lists` says where each table of the book will stand, for the formulas that look things up there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.geometry import absolute
from thidua_xl.forms.rule_formulas import texts
from thidua_xl.forms.validation import SPELLED_CODE, SPELLED_LABEL, SPELLINGS, list_name
from thidua_xl.forms.writing import add_sheet
from thidua_xl.formula import LiveColumn, LiveTable
from thidua_xl.formula.rule_words import book_tables
from thidua_xl.model import Criteria, Form, Period, Unit, Value
from thidua_xl.model.products import LISTS_SHEET
from thidua_xl.refs import Area, column_letters, column_number

IDENTITY_SHEET = "_thidua"
SCHEMA = 1

_FIRST_ROW = 3


@dataclass(frozen=True, slots=True)
class Lists:
    """The tables of the hidden sheet: their columns of values, and where each will stand."""

    values: Mapping[str, Mapping[str, Sequence[Value]]]
    places: Mapping[str, LiveTable]


def plan_lists(criteria: Criteria, forms: Iterable[Form], choices: Choices) -> Lists:
    """Every table of the book that a dropdown or a rule of these forms needs, side by side."""
    wanted = _wanted(criteria, forms, choices)
    places: dict[str, LiveTable] = {}
    left = 1
    for name, columns in wanted.items():
        places[name] = _place(left, name, columns)
        left += len(columns)
    return Lists(wanted, places)


def write_lists(book: Workbook, lists: Lists) -> None:
    """Write the hidden sheet; each column has a defined name: TD_DM_DVT_nhan."""
    sheet = add_sheet(book, LISTS_SHEET)
    for name, columns in lists.values.items():
        place = lists.places[name]
        for number, (code, values) in enumerate(columns.items()):
            left = column_number(place.columns[code].letter)
            if not number:
                sheet.write_string(0, left - 1, name)
            sheet.write_string(1, left - 1, code)
            for row, value in enumerate(values, start=_FIRST_ROW):
                _write(sheet, row, left, value)
            # A dropdown must not offer blank lines below its last choice.
            bottom = _FIRST_ROW + max(1, len(values)) - 1
            area = absolute(Area(_FIRST_ROW, left, bottom, left))
            book.define_name(place.columns[code].name, f"={LISTS_SHEET}!{area}")
    sheet.very_hidden()


def _wanted(criteria: Criteria, forms: Iterable[Form], choices: Choices) -> dict[str, Mapping[str, Sequence[Value]]]:
    tables = book_tables(criteria)
    spoken = " ".join(text for rule in criteria.rules for one in rule.conditions for text in texts(one)).casefold()
    found: dict[str, Mapping[str, Sequence[Value]]] = {}
    for form in forms:
        for field in form.fields:
            offer = choices.offer(field)
            if offer is None:
                continue
            name = f"TD_{offer.name}"
            whole = tables.get(name)
            columns: dict[str, Sequence[Value]] = (
                dict(whole.columns)
                if whole is not None
                else {
                    "ma": [code for code, _ in offer.items],
                    offer.label_column: [own for _, own in offer.items],
                }
            )
            spelled = choices.spellings(field)
            columns |= {SPELLINGS: list(spelled), SPELLED_CODE: [code for code, _ in spelled.values()]}
            found.setdefault(name, columns | {SPELLED_LABEL: [label for _, label in spelled.values()]})
    for name, table in tables.items():
        if name not in found and f"{name}[".casefold() in spoken:
            found[name] = table.columns
    return found


def _place(left: int, name: str, columns: Mapping[str, Sequence[Value]]) -> LiveTable:
    height = max((len(values) for values in columns.values()), default=0)
    label = next((code for code in ("nhan", "ten") if code in columns), "")
    places = {
        code: LiveColumn(
            column_letters(number),
            labels=label if code == "ma" else "",
            name=list_name(name.removeprefix("TD_"), code),
        )
        for number, code in enumerate(columns, start=left)
    }
    return LiveTable(name, LISTS_SHEET, places, _FIRST_ROW, _FIRST_ROW + max(1, height) - 1)


def _write(sheet: Worksheet, row: int, column: int, value: Value) -> None:
    place = (row - 1, column - 1)
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, date):
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day))
    elif value is not None and not isinstance(value, str):
        sheet.write(*place, value)
    elif value:
        sheet.write_string(*place, value)


def write_identity(book: Workbook, criteria: Criteria, unit: Unit, period: Period, forms: Iterable[Form]) -> None:
    """Key and value: what file this is, and on which sheet each form stands."""
    sheet = add_sheet(book, IDENTITY_SHEET)
    facts = {
        "schema": str(SCHEMA),
        "form_version": criteria.text_setting("phien_ban_mau"),
        "period": period.code,
        "unit": unit.code,
        "criteria_sha256": criteria.sha256,
    } | {f"sheet.{form.code}": form.sheet for form in forms}
    for row, (key, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()
