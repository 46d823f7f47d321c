"""One form of labelled cells as a worksheet, one row per field. Read `write_single_sheet`."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.workbook import Workbook

from thidua_xl.forms.geometry import (
    CODE,
    CODES_ROW,
    LABEL,
    NOTHING_ROW,
    REMARK,
    SERIAL,
    UNIT,
    VALUE,
    absolute,
    field_rows,
    height,
    lines,
)
from thidua_xl.forms.live_marks import Live, guarded, mark
from thidua_xl.forms.page import Page, across
from thidua_xl.forms.prefill import locked_fields
from thidua_xl.forms.validation import validation
from thidua_xl.forms.writing import add_sheet, put, shown
from thidua_xl.messages import say
from thidua_xl.model import Form, Value
from thidua_xl.refs import Area, quote_sheet

WIDTHS = (6.0, 46.0, 46.0, 12.0, 30.0)
_FIELDS_ON_A_PAGE = 30
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


def write_single_sheet(
    book: Workbook,
    page: Page,
    form: Form,
    values: Mapping[str, Value],
    known: frozenset[str],
    live: Live,
    explanations: Mapping[str, str],
) -> None:
    """Write the form's worksheet; `known` fields were filled in beforehand."""
    choices = live.speaker.choices
    sheet = add_sheet(book, form.sheet)
    looks = page.looks
    for number, width in enumerate(WIDTHS):
        sheet.set_column(number, number, width)
    sheet.set_column(CODE - 1, CODE - 1, 4, None, {"hidden": True})
    page.head(sheet, form, WIDTHS)
    sheet.set_row(NOTHING_ROW - 1, 6)
    header = CODES_ROW + 1
    titles = ("serial", "label", "value", "unit", "explanation")
    for column, title in enumerate(titles, start=1):
        put(sheet, header, column, say(f"form.{title}"), looks.heading())
    sheet.set_row(header - 1, 20)
    rows = field_rows(form)
    locked = locked_fields(form)
    group_look = looks.of(bold=True, border=1, bg_color="#F7F9FC", text_wrap=True)
    group_number = 0
    previous = ""
    for number, one in enumerate(form.fields, start=1):
        row = rows[one.code]
        if one.group and one.group != previous:
            put(
                sheet,
                row - 1,
                SERIAL,
                _ROMAN[min(group_number, len(_ROMAN) - 1)],
                looks.of(bold=True, border=1, align="center", bg_color="#F7F9FC"),
            )
            across(sheet, row - 1, (LABEL, REMARK), one.group, group_look)
            group_number += 1
        previous = one.group
        text = shown(one, values.get(one.code), choices)
        put(sheet, row, SERIAL, number, looks.of(border=1, align="center"))
        put(sheet, row, LABEL, one.label, looks.of(border=1, text_wrap=True, align="left"))
        put(sheet, row, VALUE, text, looks.input(one, locked=one.code in locked and one.code in known, left=True))
        put(sheet, row, UNIT, one.unit, looks.of(border=1, align="center", italic=True))
        put(sheet, row, REMARK, explanations.get(one.code), looks.remark())
        put(sheet, row, CODE, one.code, looks.of(font_size=8, font_color="#808080"))
        needed = max(lines(one.label, WIDTHS[1]), lines(str(text or ""), WIDTHS[2]))
        sheet.set_row(row - 1, max(18, height(needed)))
        made = guarded(validation(one, page.criteria, choices), live.of(form, one), live.speaker, page, row)
        if made is not None:
            sheet.data_validation(row - 1, VALUE - 1, row - 1, VALUE - 1, made)
    mark(sheet, page, live.of(form), live.speaker)
    first, last = CODES_ROW + 2, max(rows.values(), default=header)
    end = page.signatures(sheet, last + 2, WIDTHS)
    # A short form stays whole, its signatures with it; a long one would become too small to read.
    pages = 1 if len(form.fields) <= _FIELDS_ON_A_PAGE else 0
    page.set_up(sheet, form.title, (end, REMARK), (header, header), pages=pages)
    page.protect(sheet)
    sheet.freeze_panes(header, 0)
    name = quote_sheet(form.sheet)
    book.define_name(f"TD_{form.code}", f"={name}!{absolute(Area(first, SERIAL, last, CODE))}")
    for code, row in rows.items():
        book.define_name(f"TD_{form.code}_{code}", f"={name}!{absolute(Area(row, VALUE, row, VALUE))}")
