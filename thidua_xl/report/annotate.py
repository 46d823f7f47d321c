"""A submission and its findings -> a copy to send back: faulty cells coloured and noted, and a sheet to work by.

Read `annotate` (workbooks the editor can edit) and `fresh_copy` (.xls and others: a new .xlsx with the same values).
Nothing else is changed: values, formulas, formats, validations and print set-up stay as they are.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from thidua_xl.errors import EditRefused
from thidua_xl.model import Book, CellError, Finding, Invalid, Severity
from thidua_xl.ooxml import Workbook, Worksheet
from thidua_xl.ooxml.front import filled_columns, hidden_columns, linked_cells, put_first, show_first
from thidua_xl.ooxml.markup import namespace
from thidua_xl.refs import cell_name, parse_cell, quote_sheet
from thidua_xl.report.mend_sheet import (
    FIRST_ROW,
    FONT,
    HEADING_ROW,
    KEY_COLUMN,
    MARKS,
    WIDTHS,
    Formats,
    MendSheet,
    clean,
    note_text,
    sheet_xml,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook as NewBook

AUTHOR = "thidua-xl"
_THIN = "".join(f'<{side} style="thin"><color rgb="FFA6A6A6"/></{side}>' for side in ("left", "right", "top", "bottom"))
_WRAP = 'vertical="top" wrapText="1"'
_LINK_COLOR = "0563C1"


def annotate(content: bytes, file: str, sheet: MendSheet) -> bytes:
    """The annotated copy of a workbook. Raises `EditRefused` when it cannot be edited without losing something."""
    book = Workbook.from_bytes(content, file)
    sheet = sheet.beside(book.sheetnames)
    by_cell = _by_cell(book, sheet.findings)
    for name, cells in by_cell.items():
        own = book[name]
        for cell, findings in cells.items():
            _mark(own, cell, findings, sheet.language)
        _link_back(own, cells, sheet)
    put_first(book, sheet.name, sheet_xml(sheet, _formats(book), namespace(book.package.root(book.part))))
    # The headings stand on every page of a long list.
    book.define_name("_xlnm.Print_Titles", f"{quote_sheet(sheet.name)}!${HEADING_ROW}:${HEADING_ROW}", sheet=sheet.name)
    show_first(book, frozenset(by_cell))
    return book.to_bytes()


def fresh_copy(book: Book, sheet: MendSheet) -> bytes:
    """A new .xlsx with the sheet to work by and the values of a workbook that cannot be edited itself."""
    from xlsxwriter import Workbook as NewBook

    content = io.BytesIO()
    new = NewBook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = sheet.beside(one.name for one in book.sheets)
    _write_mend_sheet(new, sheet)
    marks = {severity: new.add_format({"bg_color": f"#{color}"}) for severity, color in MARKS.items()}
    dated: dict[Severity | None, Any] = {None: new.add_format({"num_format": "dd/mm/yyyy"})}
    dated |= {
        severity: new.add_format({"bg_color": f"#{color}", "num_format": "dd/mm/yyyy"})
        for severity, color in MARKS.items()
    }
    for one in book.sheets:
        told: dict[str, list[Finding]] = {}
        for finding in sheet.findings:
            if finding.sheet == one.name and finding.cell:
                told.setdefault(finding.cell, []).append(finding)
        own = new.add_worksheet(one.name)
        if not one.visible:
            own.hide()
        for (row, column), cell in one.cells.items():
            name = cell_name(row, column)
            worst = _worst(told[name]) if name in told else None
            _write_value(own, row - 1, column - 1, cell.value, marks.get(worst) if worst else None, dated[worst])
        for name, findings in told.items():
            row, column = parse_cell(name)
            if (row, column) not in one.cells:
                own.write_blank(row - 1, column - 1, None, marks[_worst(findings)])
            own.write_comment(row - 1, column - 1, note_text(findings, sheet.language), {"author": AUTHOR})
    new.close()
    return content.getvalue()


def _by_cell(book: Workbook, findings: Sequence[Finding]) -> dict[str, dict[str, list[Finding]]]:
    """Findings by sheet and cell, of the sheets that have cells."""
    names = {entry.name for entry in book.entries if book.is_worksheet(entry)}
    found: dict[str, dict[str, list[Finding]]] = {}
    for one in findings:
        if one.sheet in names and one.cell and ":" not in one.cell:
            found.setdefault(one.sheet, {}).setdefault(one.cell, []).append(one)
    return found


def _mark(sheet: Worksheet, cell: str, findings: Sequence[Finding], language: str) -> None:
    sheet.mark(cell, MARKS[_worst(findings)])
    try:
        sheet.add_note(cell, note_text(findings, language), AUTHOR)
    except EditRefused as refusal:
        # A conversation hangs on the cell and must not be touched; colour and list still tell of the fault.
        if refusal.code != "edit.threaded_comment":
            raise


def _link_back(sheet: Worksheet, cells: Mapping[str, Sequence[Finding]], mend: MendSheet) -> None:
    """Link the beginning of each faulty row to its line in the list.

    Not the faulty cell itself, unless there is no other: a click on it must go on to select it for typing.
    """
    order = {id(one): row for row, one in enumerate(mend.findings, FIRST_ROW)}
    hidden, taken = hidden_columns(sheet), set(linked_cells(sheet))
    for cell, findings in cells.items():
        row, column = parse_cell(cell)
        others = [one for one in filled_columns(sheet, row) if one not in hidden and cell_name(row, one) not in cells]
        for place in [*(cell_name(row, one) for one in others if one < column), cell]:
            if place in taken:
                continue
            taken.add(place)
            line = order[id(findings[0])]
            location = f"{quote_sheet(mend.name)}!A{line}"
            sheet.add_hyperlink(place, location=location, tip=mend.text("back", line=line - HEADING_ROW))
            break


def _worst(findings: Sequence[Finding]) -> Severity:
    order = list(Severity)
    return min((one.severity for one in findings), key=order.index)


def _formats(book: Workbook) -> Formats:
    def font(size: float, *, bold: bool = False, extra: str = "") -> str:
        return f'{"<b/>" if bold else ""}{extra}<sz val="{size:g}"/><name val="{FONT}"/>'

    def fill(color: str) -> str:
        return f'<patternFill patternType="solid"><fgColor rgb="FF{color}"/><bgColor indexed="64"/></patternFill>'

    styles = book.styles
    link = f'<u/><sz val="11"/><color rgb="FF{_LINK_COLOR}"/><name val="{FONT}"/>'
    return Formats(
        title=styles.add_format(font=font(15, bold=True), alignment='horizontal="center" vertical="center"'),
        plain=styles.add_format(font=font(12), alignment=_WRAP),
        heading=styles.add_format(
            font=font(11, bold=True),
            fill=fill("D9E1F2"),
            border=_THIN,
            alignment='horizontal="center" vertical="center" wrapText="1"',
        ),
        cell=styles.add_format(font=font(11), border=_THIN, alignment=_WRAP),
        middle=styles.add_format(font=font(11), border=_THIN, alignment=f'horizontal="center" {_WRAP}'),
        link=styles.add_format(font=link, border=_THIN, alignment=_WRAP),
        explanation=styles.add_format(font=font(11), fill=fill("FFFFF0"), border=_THIN, alignment=_WRAP),
        by_severity={
            severity: styles.add_format(font=font(11), fill=fill(color), border=_THIN, alignment=_WRAP)
            for severity, color in MARKS.items()
        },
    )


def _write_mend_sheet(book: NewBook, sheet: MendSheet) -> None:
    own = book.add_worksheet(sheet.name)
    base = {"font_name": FONT, "font_size": 11, "border": 1, "valign": "top", "text_wrap": True}
    title = book.add_format({"font_name": FONT, "font_size": 15, "bold": True, "align": "center"})
    plain = book.add_format({"font_name": FONT, "font_size": 12, "text_wrap": True, "valign": "top"})
    heading = book.add_format({**base, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#D9E1F2"})
    cell_format = book.add_format(base)
    middle = book.add_format({**base, "align": "center"})
    link = book.add_format({**base, "font_color": f"#{_LINK_COLOR}", "underline": 1})
    for column, width in enumerate(WIDTHS):
        own.set_column(column, column, width)
    own.set_column(KEY_COLUMN - 1, KEY_COLUMN - 1, 2, None, {"hidden": True})
    for row, text in enumerate(sheet.heads()):
        own.merge_range(row, 0, row, len(WIDTHS) - 1, clean(text), title if row == 0 else plain)
    own.set_row(3, 34)
    names = [sheet.text(f"column.{name}") for name in _column_names()]
    for column, text in enumerate([*names, sheet.marker]):
        own.write_string(HEADING_ROW - 1, column, text, heading)
    for row, (texts, one) in enumerate(zip(sheet.rows(), sheet.findings, strict=True), FIRST_ROW - 1):
        for column, text in enumerate(texts):
            if column == 0:
                own.write_number(row, column, int(text), middle)
            elif column == 4 and one.sheet and one.cell:
                own.write_url(row, column, f"internal:{quote_sheet(one.sheet)}!{one.cell}", link, one.cell)
            else:
                own.write_string(row, column, clean(text), cell_format)
    own.freeze_panes(HEADING_ROW, 0)
    own.set_landscape()
    own.set_paper(9)
    own.fit_to_pages(1, 0)
    own.repeat_rows(HEADING_ROW - 1)
    own.set_footer("&C&P/&N")


def _column_names() -> Sequence[str]:
    from thidua_xl.report.mend_sheet import COLUMNS

    return COLUMNS


def _write_value(sheet: Any, row: int, column: int, value: object, look: Any, dated: Any) -> None:
    from datetime import date
    from decimal import Decimal

    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, int | Decimal):
        # The new file is only a help for mending; figures are always taken from the unit's own file.
        sheet.write_number(row, column, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, dated)
    elif isinstance(value, CellError | Invalid):
        sheet.write_string(row, column, value.code if isinstance(value, CellError) else value.seen, look)
    else:
        sheet.write_string(row, column, clean(str(value)), look)
