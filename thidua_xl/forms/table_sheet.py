"""One table form as a worksheet: header rows, data rows, total row, dropdowns, names. Read `write_table_sheet`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.geometry import (
    NOTHING_ROW,
    TableGeometry,
    absolute,
    blocks,
    height,
    lines,
    pages_tall,
)
from thidua_xl.forms.live_marks import Live, guarded, mark
from thidua_xl.forms.page import Page, across
from thidua_xl.forms.prefill import locked_fields
from thidua_xl.forms.validation import TICK, own_codes_name, validation
from thidua_xl.forms.writing import add_sheet, put, put_formula, shown
from thidua_xl.messages import say
from thidua_xl.model import Field, FieldKind, Form, FormKind, Value
from thidua_xl.refs import Area, cell_name, column_letters, quote_sheet

# Excel's own row height, and the mean one of the rows around the data (header, title, signatures).
_ROW_POINTS, _OTHER_ROW_POINTS = 15.0, 19.0


@dataclass(frozen=True, slots=True)
class TableContent:
    """What a table holds: `rows` by field code, of which the first `known` values were filled in beforehand."""

    rows: Sequence[Mapping[str, Value]] = ()
    prefilled: Sequence[frozenset[str]] = ()
    nothing: bool = False
    explanations: Mapping[int, str] = field(default_factory=dict)


def write_table_sheet(
    book: Workbook, page: Page, form: Form, geometry: TableGeometry, content: TableContent, live: Live
) -> None:
    """Write the form's worksheet and its defined names."""
    choices = live.speaker.choices
    sheet = add_sheet(book, form.sheet)
    for number, width in enumerate(geometry.widths):
        sheet.set_column(number, number, width)
    if form.kind is FormKind.CODED:
        page.coded_head(sheet, form)
    else:
        page.head(sheet, form, geometry.widths)
        _nothing_box(sheet, page, form, geometry, content)
    _header(sheet, page, geometry)
    tall = _data(sheet, page, form, geometry, content, choices)
    if geometry.total_row is not None:
        _total(sheet, page, geometry, content)
    _validations(sheet, page, form, geometry, live)
    mark(sheet, page, live.of(form), live.speaker)
    _show_whole(sheet, page, geometry)
    last = page.signatures(sheet, geometry.sign_row, geometry.widths)
    margins = page.looks.margins
    points = tall + (last - geometry.rows) * _OTHER_ROW_POINTS
    pages = pages_tall(geometry.widths, points, (margins.left + margins.right, margins.top + margins.bottom))
    page.set_up(sheet, form.title, (last, geometry.last_column), (geometry.group_row, geometry.number_row), pages=pages)
    page.protect(sheet)
    sheet.freeze_panes(geometry.number_row, _frozen(geometry))
    sheet.set_selection(geometry.first_row - 1, 1, geometry.first_row - 1, 1)
    _names(book, form, geometry)


def _nothing_box(sheet: Worksheet, page: Page, form: Form, geometry: TableGeometry, content: TableContent) -> None:
    looks = page.looks
    box = looks.of(border=2, bold=True, align="center", locked=False, num_format="@", bg_color="#FFFFE5")
    put(sheet, NOTHING_ROW, 1, TICK if content.nothing else None, box)
    sheet.data_validation(
        *(NOTHING_ROW - 1, 0, NOTHING_ROW - 1, 0),
        {
            "validate": "list",
            "source": [TICK],
            "input_message": say("form.input.nothing"),
            "error_title": say("form.wrong.title"),
            "error_message": say("form.wrong.flag"),
        },
    )
    _, right = blocks(geometry.widths, 24)
    unit = unit_of_measure(form, page.criteria.text_setting("don_vi_tien", ""))
    said = say("form.nothing")
    if right[0] > 2:
        across(sheet, NOTHING_ROW, (2, right[0] - 1), said, looks.of(align="left", indent=1, text_wrap=True))
    italic = looks.of(italic=True, align="right", font_size=11)
    across(sheet, NOTHING_ROW, right, say("form.unit_of_measure", unit=unit) if unit else "", italic)
    sheet.set_row(NOTHING_ROW - 1, height(lines(said, sum(geometry.widths[1 : right[0] - 1]))) + 2)


def unit_of_measure(form: Form, money: str) -> str:
    """What the ĐVT line says: the units of the form's amounts; "" when it has none."""
    units = dict.fromkeys(one.unit or money for one in form.fields if one.kind is FieldKind.MONEY)
    return ", ".join(unit for unit in units if unit)


def _header(sheet: Worksheet, page: Page, geometry: TableGeometry) -> None:
    looks = page.looks
    code = looks.of(font_size=8, font_color="#808080")
    for column, text in enumerate(geometry.codes, start=1):
        put(sheet, geometry.codes_row, column, text, code)
    sheet.set_row(geometry.codes_row - 1, None, None, {"hidden": True})
    heading = looks.heading()
    labels = (*(one.label for one in geometry.fields), say("form.explanation"))
    groups = (*(one.group for one in geometry.fields), "")
    column = 1
    group_lines, label_lines = 1, 1
    for group, members in groupby(zip(groups, labels, geometry.widths, strict=True), key=lambda one: one[0]):
        columns = list(members)
        if group:
            across(sheet, geometry.group_row, (column, column + len(columns) - 1), group, heading)
            group_lines = max(group_lines, lines(group, sum(width for _, _, width in columns), bold=True))
        for offset, (_, label, width) in enumerate(columns):
            place = column + offset
            if not group and geometry.grouped:
                # A label without a group takes both header rows.
                sheet.merge_range(geometry.group_row - 1, place - 1, geometry.label_row - 1, place - 1, label, heading)
                label_lines = max(label_lines, lines(label, width, bold=True) - 1)
            else:
                put(sheet, geometry.label_row, place, label, heading)
                label_lines = max(label_lines, lines(label, width, bold=True))
        column += len(columns)
    if geometry.grouped:
        sheet.set_row(geometry.group_row - 1, height(group_lines))
    sheet.set_row(geometry.label_row - 1, height(label_lines))
    for number in range(1, geometry.last_column + 1):
        put(sheet, geometry.number_row, number, column_mark(number), looks.number_row())


def column_mark(number: int) -> str:
    """What the number row says below a 1-based column: A, B, then 1, 2, ..."""
    return "AB"[number - 1] if number <= 2 else str(number - 2)


def _data(
    sheet: Worksheet, page: Page, form: Form, geometry: TableGeometry, content: TableContent, choices: Choices
) -> float:
    """Write the data rows; returns their height in points."""
    tall = 0.0
    looks = page.looks
    locked = locked_fields(form)
    seen: set[tuple[str, Value]] = set()
    for index in range(geometry.rows):
        row = geometry.first_row + index
        values = content.rows[index] if index < len(content.rows) else {}
        known = content.prefilled[index] if index < len(content.prefilled) else frozenset()
        needed = 1
        for column, one in enumerate(geometry.fields, start=1):
            value = values.get(one.code)
            if one.kind is FieldKind.SERIAL and one.code not in values:
                value = index + 1
            look = looks.input(one, locked=one.code in locked and one.code in known)
            if one.once_per and one.once_per in known and value is None and (one.code, values[one.once_per]) in seen:
                look = looks.not_here()
            elif one.once_per in values:
                seen.add((one.code, values[one.once_per]))
            text = shown(one, value, choices)
            needed = max(needed, lines(text, one.width) if isinstance(text, str) else 1)
            put(sheet, row, column, text, look)
        said = content.explanations.get(index, "")
        put(sheet, row, geometry.last_column, said, looks.remark())
        needed = max(needed, lines(said, geometry.widths[-1]))
        tall += height(needed) if needed > 1 else _ROW_POINTS
        if needed > 1:
            # LibreOffice does not grow a row to its text when it opens a file; a row of one line is left to Excel.
            sheet.set_row(row - 1, height(needed))
    return tall


def _show_whole(sheet: Worksheet, page: Page, geometry: TableGeometry) -> None:
    """A field of decimals shows no decimals while its value is whole, in the total row too.

    It comes after the marks of wrong cells: the first format that holds is the one that is seen.
    """
    whole = page.looks.whole_number()
    last = geometry.total_row or geometry.last_row
    for column, one in enumerate(geometry.fields, start=1):
        if one.kind in (FieldKind.NUMBER, FieldKind.PERCENT):
            first = cell_name(geometry.first_row, column)
            rule = {"type": "formula", "criteria": f"=IF(ISNUMBER({first}),{first}=INT({first}))", "format": whole}
            sheet.conditional_format(geometry.first_row - 1, column - 1, last - 1, column - 1, rule)


def _total(sheet: Worksheet, page: Page, geometry: TableGeometry, content: TableContent) -> None:
    row = geometry.total_row
    if row is None:
        return
    looks = page.looks
    summed = [one.additive for one in geometry.fields]
    lead = summed.index(True) if True in summed else len(summed)
    label = looks.of(border=1, bold=True, align="center", bg_color="#E7ECF4")
    if lead:
        across(sheet, row, (1, lead), say("form.total"), label)
    for column, one in enumerate(geometry.fields, start=1):
        if column <= lead:
            continue
        if not one.additive:
            put(sheet, row, column, None, looks.total(None))
            continue
        letters = column_letters(column)
        formula = f"=SUM({letters}{geometry.first_row}:{letters}{geometry.last_row})"
        put_formula(sheet, row, column, formula, column_sum(one, content.rows), looks.total(one))
    put(sheet, row, geometry.last_column, None, looks.total(None))
    sheet.set_row(row - 1, height(1) + 2)


def column_sum(one: Field, rows: Sequence[Mapping[str, Value]]) -> Decimal:
    """What SUM gives over the column: its numbers; text counts for nothing, as in Excel."""
    total = Decimal(0)
    for row in rows:
        value = row.get(one.code)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            total += value
    return total


def _validations(sheet: Worksheet, page: Page, form: Form, geometry: TableGeometry, live: Live) -> None:
    for column, one in enumerate(geometry.fields, start=1):
        made = validation(one, page.criteria, live.speaker.choices)
        made = guarded(made, live.of(form, one), live.speaker, page, geometry.first_row)
        if made is not None:
            sheet.data_validation(geometry.first_row - 1, column - 1, geometry.last_row - 1, column - 1, made)


def _frozen(geometry: TableGeometry) -> int:
    """How many columns stay in sight while scrolling: the serial number and what names the row."""
    total, count = 0.0, 0
    for one in geometry.fields[:3]:
        total += one.width
        if total > 45:
            break
        count += 1
    return count


def _names(book: Workbook, form: Form, geometry: TableGeometry) -> None:
    sheet = quote_sheet(form.sheet)
    prefix = f"TD_{form.code}"
    book.define_name(prefix, f"={sheet}!{absolute(geometry.data)}")
    if form.kind is not FormKind.CODED:
        book.define_name(f"{prefix}_KPS", f"={sheet}!$A${NOTHING_ROW}")
    if geometry.total_row is not None:
        total = Area(geometry.total_row, 1, geometry.total_row, geometry.last_column)
        book.define_name(f"{prefix}_TONG", f"={sheet}!{absolute(total)}")


def name_own_codes(book: Workbook, form: Form, geometry: TableGeometry, code: str) -> None:
    """Name the column from which other forms of the same workbook take codes."""
    column = geometry.column(code)
    area = Area(geometry.first_row, column, geometry.last_row, column)
    book.define_name(own_codes_name(f"{form.code}.{code}"), f"={quote_sheet(form.sheet)}!{absolute(area)}")
