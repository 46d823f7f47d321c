"""The hidden sheets of a unit workbook: `_danh_muc` feeds the dropdowns, `_thidua` says what the file is."""

from __future__ import annotations

from collections.abc import Iterable

from xlsxwriter.workbook import Workbook

from thidua_xl.forms.choices import Choices, Offer
from thidua_xl.forms.table_sheet import absolute
from thidua_xl.forms.validation import list_name
from thidua_xl.model import Criteria, FieldKind, Form, Period, Unit
from thidua_xl.refs import Area

LISTS_SHEET = "_danh_muc"
IDENTITY_SHEET = "_thidua"
SCHEMA = 1

_FIRST_ROW = 3


def write_lists(book: Workbook, forms: Iterable[Form], choices: Choices) -> None:
    """Every list that a field of the forms offers: two columns, label and code, and a defined name for each."""
    offers: dict[str, Offer] = {}
    for form in forms:
        for field in form.fields:
            offer = choices.offer(field)
            if offer is not None and field.kind in (FieldKind.CHOICE, FieldKind.CODE, FieldKind.CODES):
                offers.setdefault(offer.name, offer)
    sheet = book.add_worksheet(LISTS_SHEET)
    for number, offer in enumerate(offers.values()):
        left = 2 * number
        codes = list(dict.fromkeys(code for code, _ in offer.items))
        labels = list(dict.fromkeys(label for _, label in offer.items))
        sheet.write_string(0, left, offer.name)
        for column, (heading, items) in enumerate((("nhan", labels), ("ma", codes)), start=left):
            sheet.write_string(1, column, heading)
            for row, text in enumerate(items, start=_FIRST_ROW - 1):
                sheet.write_string(row, column, text)
            area = Area(_FIRST_ROW, column + 1, _FIRST_ROW + max(1, len(items)) - 1, column + 1)
            book.define_name(list_name(offer.name, heading), f"={LISTS_SHEET}!{absolute(area)}")
    sheet.very_hidden()


def write_identity(book: Workbook, criteria: Criteria, unit: Unit, period: Period, forms: Iterable[Form]) -> None:
    """Key and value: what file this is, and on which sheet each form stands."""
    sheet = book.add_worksheet(IDENTITY_SHEET)
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
