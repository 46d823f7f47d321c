"""Findings -> a workbook the office can work through: a summary by unit and by rule, and a row per finding with a link.

Read `write_findings_book` first. openpyxl writes it: the workbook is new, so there is nothing in it to lose.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thidua_xl.messages import say
from thidua_xl.model import Criteria, Finding, Severity, UnitStatus
from thidua_xl.model.products import FINDINGS, PROPERTY
from thidua_xl.ooxml.fixed_days import with_fixed_days
from thidua_xl.ooxml.store import replace_file
from thidua_xl.refs import column_letters, quote_sheet

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "Times New Roman"
FILLS = {Severity.ERROR: "F8CBAD", Severity.WARNING: "FFE699", Severity.NOTE: "DDEBF7"}
STATE_FILLS = {"THIEU": "F8CBAD", "LOI": "F8CBAD", "TRE": "FFE699", "DU": "C6E0B4"}

HEADING_ROW = 4
LINE_HEIGHT = 14.5

# Excel reads at most this many characters in a cell, and a longer text would make the file unreadable.
MAX_TEXT = 32_000


@dataclass(frozen=True, slots=True)
class FindingsReport:
    """What the workbook shows. `locations` maps a finding's file name to where the file is, for the links.

    `unasked` pairs the codes of rules that could not be asked with the reason.
    """

    findings: Sequence[Finding]
    statuses: Sequence[UnitStatus]
    criteria: Criteria
    period_name: str = ""
    locations: Mapping[str, Path] = field(default_factory=dict)
    language: str = "vi"
    unasked: Sequence[tuple[str, str]] = ()


def write_findings_book(report: FindingsReport, out: Path, put: Callable[[Path, bytes], None] = replace_file) -> None:
    """Write the workbook atomically, by `put`: the old one stays whole until the new one is whole.

    Sheets: the summary by unit, the summary by rule, and the findings, one row each, with a hyperlink that opens the
    source cell. Links are relative when the files lie under the workbook's folder, absolute otherwise.
    """
    from openpyxl import Workbook
    from openpyxl.packaging.custom import StringProperty

    book = Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    _write_by_unit(book.create_sheet(), report)
    _write_by_rule(book.create_sheet(), report)
    _write_findings(book.create_sheet(), report, out)
    marks = book.custom_doc_props  # type: ignore[attr-defined]  # the type stubs do not know it yet
    marks.append(StringProperty(name=PROPERTY, value=FINDINGS))
    _save(book, out, put)


def _say(report: FindingsReport, key: str, **values: object) -> str:
    return say(f"findings.{key}", report.language, **values)


def _write_by_unit(sheet: Worksheet, report: FindingsReport) -> None:
    from openpyxl.styles import Alignment

    widths = (5, 36, 13, 12, 8, 8, 8, 10, 40)
    sheet.title = _say(report, "summary_sheet")
    _title(sheet, _say(report, "summary_title"), _say(report, "period", period=report.period_name), len(widths))
    _heading(sheet, HEADING_ROW, _say(report, "by_unit").split("|"))
    row = HEADING_ROW
    for number, status in enumerate(report.statuses, 1):
        row += 1
        cells = [
            number,
            status.name,
            _say(report, f"state.{status.state}"),
            date.fromisoformat(status.received) if status.received else None,
            status.days_late or None,
            status.version,
            status.errors if status.file else None,
            status.warnings if status.file else None,
            status.file,
        ]
        _row(sheet, row, cells, widths, STATE_FILLS.get(status.state, ""), 3)
        sheet.cell(row, 4).number_format = "dd/mm/yyyy"
    errors, warnings = _of_no_file(report)
    if errors or warnings:
        row += 1
        _row(sheet, row, [None, _say(report, "no_file"), *[None] * 4, errors, warnings, None], widths)
    row += 1
    sums = [f"=SUM({letter}{HEADING_ROW + 1}:{letter}{row - 1})" if row > HEADING_ROW + 1 else None for letter in "GH"]
    _row(sheet, row, [None, _say(report, "total"), None, None, None, None, None, None, None], widths)
    for column, total in enumerate(sums, 7):
        sheet.cell(row, column).value = total
        sheet.cell(row, column).alignment = Alignment(horizontal="center", vertical="top")
    for cell in sheet[row]:
        cell.font = _font(bold=True)
    _finish(sheet, widths)


def _of_no_file(report: FindingsReport) -> tuple[int, int]:
    """Errors and warnings that belong to no file of the table: a unit that is missing, a version that was replaced."""
    counts = Counter(one.severity for one in report.findings)
    counted = [one for one in report.statuses if one.file]
    errors = counts[Severity.ERROR] - sum(one.errors for one in counted)
    warnings = counts[Severity.WARNING] - sum(one.warnings for one in counted)
    return max(errors, 0), max(warnings, 0)


def _write_by_rule(sheet: Worksheet, report: FindingsReport) -> None:
    widths = (5, 11, 12, 9, 9, 80, 20)
    sheet.title = _say(report, "rules_sheet")
    _title(sheet, _say(report, "rules_title"), _say(report, "period", period=report.period_name), len(widths))
    _heading(sheet, HEADING_ROW, _say(report, "by_rule").split("|"))
    counts = Counter((one.code, one.severity) for one in report.findings)
    order = list(Severity)
    ranked = sorted(counts.items(), key=lambda one: (order.index(one[0][1]), -one[1], one[0][0]))
    for number, ((code, severity), count) in enumerate(ranked, 1):
        found = [one for one in report.findings if one.code == code]
        units = len({one.unit or one.file for one in found})
        words = (report.language == "en" and found[0].message_en) or found[0].message
        clause = found[0].clause
        cells = [number, code, _say(report, f"severity.{severity.value}"), count, units, words, clause]
        _row(sheet, HEADING_ROW + number, cells, widths, FILLS[severity], 3)
    for number, (code, reason) in enumerate(report.unasked, len(ranked) + 1):
        rule = report.criteria.rule(code)
        cells = [number, code, None, None, None, reason, rule.clause if rule is not None else ""]
        _row(sheet, HEADING_ROW + number, cells, widths, "", 3)
    _finish(sheet, widths)


def _write_findings(sheet: Worksheet, report: FindingsReport, out: Path) -> None:
    widths = (5, 9, 10, 20, 22, 15, 7, 17, 17, 40, 36, 12, 16)
    sheet.title = _say(report, "findings_sheet")
    headings = _say(report, "columns").split("|")
    _title(sheet, _say(report, "findings_title"), _say(report, "period", period=report.period_name), len(headings))
    _heading(sheet, HEADING_ROW, headings)
    english = report.language == "en"
    units = {unit.code: unit.name for unit in report.criteria.units}
    for number, one in enumerate(report.findings, 1):
        row = HEADING_ROW + number
        cells = [
            number,
            one.code,
            _say(report, f"severity.{one.severity.value}"),
            units.get(one.unit, one.unit),
            one.file,
            one.sheet,
            one.cell,
            one.seen,
            one.expected,
            (one.message_en or one.message) if english else one.message,
            (one.mend_en or one.mend) if english else one.mend,
            one.clause,
            one.explanation,
        ]
        _row(sheet, row, cells, widths, FILLS[one.severity], 3)
        link = _link(one, report.locations, out)
        if link:
            cell = sheet.cell(row, 7 if one.cell else 5)
            cell.hyperlink = link
            cell.font = _font(color="0563C1", underline="single")
    last = HEADING_ROW + max(len(report.findings), 1)
    sheet.auto_filter.ref = f"A{HEADING_ROW}:{column_letters(len(headings))}{last}"
    _finish(sheet, widths)
    sheet.freeze_panes = f"C{HEADING_ROW + 1}"


def _link(one: Finding, locations: Mapping[str, Path], out: Path) -> str:
    where = locations.get(one.file)
    if where is None:
        return ""
    try:
        target = Path(os.path.relpath(where.resolve(), out.resolve().parent)).as_posix()
    except ValueError:
        # Another drive on Windows: no relative path exists.
        target = where.resolve().as_uri()
    else:
        for sign, code in (("%", "%25"), (" ", "%20"), ("#", "%23"), ("?", "%3F")):
            target = target.replace(sign, code)
    place = f"#{quote_sheet(one.sheet)}!{one.cell}" if one.sheet and one.cell else ""
    return target + place


def _title(sheet: Worksheet, title: str, subtitle: str, width: int) -> None:
    from openpyxl.styles import Alignment

    for row, text, bold in ((1, title, True), (2, subtitle, False)):
        cell = sheet.cell(row, 1, _text(text))
        cell.font = _font(bold=bold, italic=not bold, size=14 if bold else 12)
        cell.alignment = Alignment(horizontal="center")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)


def _heading(sheet: Worksheet, row: int, texts: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, PatternFill

    for column, text in enumerate(texts, 1):
        cell = sheet.cell(row, column, text)
        cell.font = _font(bold=True)
        cell.fill = PatternFill("solid", fgColor="D9E1F2")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _border()


def _row(
    sheet: Worksheet,
    row: int,
    values: Sequence[object],
    widths: Sequence[float],
    fill: str = "",
    fill_column: int = 0,
) -> None:
    from openpyxl.styles import Alignment, PatternFill

    lines = 1
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            cell.value = _text(value)
            # What a unit typed is shown as text, even when it looks like a formula.
            cell.data_type = "s"
            lines = max(lines, _lines(value, widths[column - 1]))
        else:
            cell.value = value  # type: ignore[assignment]  # numbers, dates and blanks
        cell.font = _font()
        cell.border = _border()
        across = "center" if isinstance(value, int | date) else "left"
        cell.alignment = Alignment(horizontal=across, vertical="top", wrap_text=True)
        if fill and column == fill_column:
            cell.fill = PatternFill("solid", fgColor=fill)
    # Said outright: not every program makes a row as high as its wrapped text by itself.
    sheet.row_dimensions[row].height = LINE_HEIGHT * lines + 2


def _lines(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column of that width, a little on the safe side."""
    return sum(-(-max(len(part), 1) * 11 // int(width * 10)) for part in text.split("\n"))


def _text(value: str) -> str:
    kept = "".join(sign for sign in value if sign in "\n\t" or ord(sign) >= 32)
    return kept[:MAX_TEXT]


def _font(**style: Any) -> Any:
    from openpyxl.styles import Font

    return Font(name=FONT, **{"size": 10.5, **style})


def _border() -> Any:
    from openpyxl.styles import Border, Side

    thin = Side(style="thin", color="A6A6A6")
    return Border(left=thin, right=thin, top=thin, bottom=thin)


def _finish(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Column widths, frozen heading, and print set-up: A4 landscape, as wide as the page, heading on every page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[column_letters(column)].width = width
    sheet.freeze_panes = f"A{HEADING_ROW + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    footer = sheet.oddFooter
    if footer is not None:
        footer.center.text = "&P/&N"


def _save(book: Workbook, out: Path, put: Callable[[Path, bytes], None]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    book.save(content)
    put(out, with_fixed_days(content.getvalue(), without_moments=True))
