"""A workbook with a sheet per unit -> a book per unit. Read `split_by_unit`.

Some offices keep one workbook for all: "VPS", "TTUD", … each with the same table. Each unit's sheets are then taken
in as if they had come in a file of their own; their cells keep the name of the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from thidua_xl.grid import rows_of
from thidua_xl.intake.fitting import coverage
from thidua_xl.intake.locate import located_by_name
from thidua_xl.intake.places import IDENTITY_SHEET, NAME_PREFIX, Layout
from thidua_xl.intake.prepared import Prepared, is_table
from thidua_xl.intake.recall import recall
from thidua_xl.model import Book, Form, Sheet
from thidua_xl.model.registers import UNITS
from thidua_xl.text import fold

_ENOUGH = 0.6
_PART = re.compile(r"\s+[-–|(]|[_(|]")  # "VPS - Quỹ", "VPS (Biểu 05)"
_HEAD_ROWS = 8
_LABELS = ("don vi:", "don vi bao cao:", "ten don vi:", "don vi nop:", "phong:", "ten phong:")


def split_by_unit(book: Book, prepared: Prepared) -> Mapping[str, Book]:
    """Unit code -> the sheets of that unit, when sheets of two units at least hold a table of the same form.

    Empty for an ordinary workbook. The unit is known by the sheet's name, else by a line "Đơn vị: …" above the table.
    """
    if book.sheet(IDENTITY_SHEET) is not None or len(book.sheets) < 2:
        return {}
    if located_by_name(book, prepared, Layout.of(book)):
        return {}
    sheets: dict[str, list[Sheet]] = {}
    for sheet in book.sheets:
        if sheet.visible and sheet.cells:
            unit = _unit_of(sheet, prepared)
            if unit:
                sheets.setdefault(unit, []).append(sheet)
    if len(sheets) < 2 or not _same_form(sheets, prepared):
        return {}
    return {unit: replace(book, sheets=tuple(own), names={}) for unit, own in sheets.items()}


def _unit_of(sheet: Sheet, prepared: Prepared) -> str:
    for name in (sheet.name, _PART.split(sheet.name)[0]):
        found = prepared.match(UNITS, name) if name else None
        if found is not None and found.code is not None:
            return found.code
    for row, values in rows_of(sheet).items():
        if row > _HEAD_ROWS:
            break
        for column, value in values.items():
            if not isinstance(value, str):
                continue
            label = next((one for one in _LABELS if fold(value).startswith(one)), None)
            if label is None:
                continue
            beside = values.get(column + 1)
            text = value.partition(":")[2].strip() or (beside if isinstance(beside, str) else "")
            match = prepared.match(UNITS, text) if text else None
            if match is not None and match.code is not None:
                return match.code
    return ""


def _same_form(sheets: Mapping[str, list[Sheet]], prepared: Prepared) -> bool:
    """Whether one form's table stands on sheets of two units."""
    for form in prepared.criteria.forms:
        if is_table(form):
            units = sum(any(_holds(sheet, form, prepared) for sheet in own) for own in sheets.values())
            if units >= 2:
                return True
    return False


def _holds(sheet: Sheet, form: Form, prepared: Prepared) -> bool:
    """Whether a table of the form stands on the sheet, by its headers or because staff have said so."""
    if coverage(sheet, form, prepared)[0] >= _ENOUGH:
        return True
    learned = prepared.criteria.learned
    return bool(learned) and form.code in recall(Book("", (sheet,)), learned, NAME_PREFIX)[0]
