"""A unit's report in an older layout: other sheet names and headings, no hidden codes, no defined names.

Sheets and columns are named by the first other name ("Tên khác") that the criteria book knows for them, as an office
wrote them before it had our forms. Read `write_old_layout` first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from thidua_xl.jobs.sample_records import UnitContent
from thidua_xl.model import Criteria, Field, FieldKind, Form, FormKind, Required, Value

_FORBIDDEN = frozenset("[]:*?/\\")
_LINE = 16  # points
_LONGEST = 31  # letters of a sheet name, a limit of Excel


def write_old_layout(path: Path, criteria: Criteria, content: UnitContent, words: Mapping[str, str]) -> None:
    """Write one report; `criteria` is what is in force for the period.

    `words` are the fixed phrases of the layout (see `mau_cu` in the material). The same content gives the same bytes.
    """
    created = datetime(content.signed.year, content.signed.month, content.signed.day)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": words["tieu_de"], "author": "", "created": created})
        looks = _Looks(book)
        used: set[str] = set()
        for form in criteria.forms:
            if form.filled_by != "DON_VI":
                continue
            name = _sheet_name(form, used)
            used.add(name.casefold())
            _Page(book.add_worksheet(name), looks, criteria, words).write(form, content)


class _Looks:
    """The formats of the layout."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": "Times New Roman", "font_size": 12}
        cell = base | {"border": 1, "valign": "top"}
        self.plain = book.add_format(base)
        self.title = book.add_format(base | {"bold": True, "font_size": 14, "align": "center"})
        self.italic = book.add_format(base | {"italic": True, "align": "right"})
        self.heading = book.add_format(cell | {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True})
        self.text = book.add_format(cell | {"text_wrap": True})
        self.small = book.add_format(cell | {"num_format": "0"})  # years and counts take no thousands mark
        self.number = book.add_format(cell | {"num_format": "#,##0"})
        self.decimal = book.add_format(cell | {"num_format": "#,##0.00"})
        self.day = book.add_format(cell | {"num_format": "dd/mm/yyyy", "align": "center"})
        self.total = book.add_format(cell | {"bold": True, "num_format": "#,##0"})

    def of_number(self, value: int | Decimal) -> Format:
        """The look of a number's size."""
        if value != int(value):
            return self.decimal
        return self.small if value < 10_000 else self.number


class _Page:
    """One sheet of the report."""

    def __init__(self, sheet: Worksheet, looks: _Looks, criteria: Criteria, words: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.looks = looks
        self.criteria = criteria
        self.words = words

    def write(self, form: Form, content: UnitContent) -> None:
        """The whole sheet of a form."""
        unit = self.criteria.unit(content.unit)
        last = max(len(form.fields) - 1, 2) if form.kind is not FormKind.SINGLE else 2
        self.sheet.write_string(0, 0, f"{self.words['don_vi']} {unit.name if unit else content.unit}", self.looks.plain)
        self.sheet.merge_range(1, 0, 1, last, form.title.upper(), self.looks.title)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        if form.kind is FormKind.SINGLE:
            end = self._labels(form, content.single)
        else:
            end = self._table(form, content.records.get(form.code, ()), nothing=form.code in content.nothing)
        self._signature(end + 2, last, content)

    def _labels(self, form: Form, values: Mapping[str, Value]) -> int:
        """One row per field: number, label, value. Returns the last row, 0-based."""
        self.sheet.set_column(0, 0, 5)
        self.sheet.set_column(1, 2, 44)
        self.sheet.write_row(
            3, 0, [self.words["stt"], self.words["noi_dung"], self.words["so_lieu"]], self.looks.heading
        )
        row = 3
        for row, one in enumerate(form.fields, start=4):
            self.sheet.write_number(row, 0, row - 3, self.looks.small)
            self.sheet.write_string(row, 1, _label(one), self.looks.text)
            self._value(row, 2, one, values.get(one.code))
        return row

    def _table(self, form: Form, rows: tuple[Mapping[str, Value], ...], *, nothing: bool) -> int:
        """Headings in two rows, one row per entry, a total row. Returns the last row, 0-based."""
        if nothing:
            self.sheet.write_string(2, 0, self.words["khong_phat_sinh"], self.looks.plain)
            self.sheet.write_string(2, 2, "x", self.looks.plain)
        self._headings(form)
        first = 5
        for row, values in enumerate(rows, start=first):
            for column, one in enumerate(form.fields):
                self._value(row, column, one, values.get(one.code))
            lines = (len(str(values.get(one.code) or "")) / one.width for one in form.fields)
            self.sheet.set_row(row, _LINE * math.ceil(max(lines, default=1) + 0.2))
        end = first + len(rows) - 1
        if form.has_total and rows:
            end += 1
            self._totals(form, rows, first, end)
        return end

    def _headings(self, form: Form) -> None:
        self.sheet.set_row(3, 2 * _LINE)
        self.sheet.set_row(4, 3 * _LINE)
        column = 0
        while column < len(form.fields):
            one = form.fields[column]
            width = next(
                (n for n, other in enumerate(form.fields[column:]) if other.group != one.group),
                len(form.fields) - column,
            )
            if not one.group or width == 1:
                self.sheet.merge_range(3, column, 4, column, _label(one), self.looks.heading)
                width = 1
            else:
                self.sheet.merge_range(3, column, 3, column + width - 1, one.group, self.looks.heading)
                for number in range(column, column + width):
                    self.sheet.write_string(4, number, _label(form.fields[number]), self.looks.heading)
            column += width
        for number, one in enumerate(form.fields):
            self.sheet.set_column(number, number, one.width)

    def _totals(self, form: Form, rows: tuple[Mapping[str, Value], ...], first: int, row: int) -> None:
        self.sheet.write_string(row, 1, self.words["tong_cong"], self.looks.total)
        for column, one in enumerate(form.fields):
            if one.additive:
                total = sum((_number(values.get(one.code)) for values in rows), Decimal())
                area = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(row - 1, column)}"
                self.sheet.write_formula(row, column, f"=SUM({area})", self.looks.total, total)
            elif column != 1:
                self.sheet.write_blank(row, column, None, self.looks.total)

    def _value(self, row: int, column: int, one: Field, value: Value) -> None:
        shown = _shown(self.criteria, one, value)
        if shown is None:
            self.sheet.write_blank(row, column, None, self.looks.text)
        elif isinstance(shown, date):
            self.sheet.write_datetime(row, column, datetime(shown.year, shown.month, shown.day), self.looks.day)
        elif isinstance(shown, int | Decimal):
            self.sheet.write_number(row, column, shown, self.looks.of_number(shown))
        else:
            self.sheet.write_string(row, column, str(shown), self.looks.text)

    def _signature(self, row: int, last: int, content: UnitContent) -> None:
        day = content.signed
        place = self.words["ngay"].format(ngay=f"{day.day:02}", thang=f"{day.month:02}", nam=day.year)
        self.sheet.write_string(row, last, place, self.looks.italic)
        self.sheet.write_string(row + 1, 1, self.words["nguoi_lap"], self.looks.plain)
        self.sheet.write_string(row + 1, last, self.words["thu_truong"], self.looks.plain)


def _sheet_name(form: Form, used: set[str]) -> str:
    """The first other name of the form that Excel takes as a sheet name, else the form's own."""
    for name in form.aliases:
        if len(name) <= _LONGEST and not _FORBIDDEN & set(name) and name.casefold() not in used:
            return name
    return form.sheet


def _label(one: Field) -> str:
    return one.aliases[0] if one.aliases else one.label


def _shown(criteria: Criteria, one: Field, value: Value) -> Value:
    """A value as people write it: names for codes, x for yes."""
    if isinstance(value, bool):
        if one.required is Required.YES:
            return one.allowed.split("|")[0 if value else -1] if "|" in one.allowed else ("x" if value else None)
        return "x" if value else None
    if one.kind is not FieldKind.CHOICE or not isinstance(value, str):
        return value
    known = criteria.lists.get(one.choices)
    item = known.item(value) if known is not None else None
    if item is not None:
        return item.label
    named = criteria.commune(value) or criteria.unit(value) or criteria.award(value)
    return named.name if named is not None else value


def _number(value: Value) -> Decimal:
    return Decimal(str(value)) if isinstance(value, int | Decimal) else Decimal()
