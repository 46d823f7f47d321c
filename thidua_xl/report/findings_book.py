"""Findings -> a workbook the office can work through: a summary by unit and by rule, and a row per finding with a link.

Read `write_findings_book` first. openpyxl writes it: the workbook is new, so there is nothing in it to lose.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thidua_xl.messages import say
from thidua_xl.model import Criteria, Finding, Severity, UnitStatus
from thidua_xl.refs import quote_sheet

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "Times New Roman"
FILLS = {Severity.ERROR: "F8CBAD", Severity.WARNING: "FFE699", Severity.NOTE: "DDEBF7"}
STATE_FILLS = {"THIEU": "F8CBAD", "LOI": "F8CBAD", "TRE": "FFE699", "DU": "C6E0B4"}

# Excel reads at most this many characters in a cell, and a longer text would make the file unreadable.
MAX_TEXT = 32_000


@dataclass(frozen=True, slots=True)
class FindingsReport:
    """What the workbook shows. `locations` maps a finding's file name to where the file is, for the links."""

    findings: Sequence[Finding]
    statuses: Sequence[UnitStatus]
    criteria: Criteria
    period_name: str = ""
    locations: Mapping[str, Path] = field(default_factory=dict)
    language: str = "vi"


def write_findings_book(report: FindingsReport, out: Path) -> None:
    """Write the workbook atomically: the old one stays whole until the new one is whole.

    Sheets: the summary (by unit, then by rule) and the findings, one row each, with a hyperlink that opens the
    source cell. Links are relative when the files lie under the workbook's folder, absolute otherwise.
    """
    from openpyxl import Workbook

    book = Workbook()
    summary = book.active
    if summary is None:
        summary = book.create_sheet()
    _write_summary(summary, report)
    _write_findings(book.create_sheet(), report, out)
    _save(book, out)


def _say(report: FindingsReport, key: str, **values: object) -> str:
    return say(f"findings.{key}", report.language, **values)


def _write_summary(sheet: Worksheet, report: FindingsReport) -> None:
    sheet.title = _say(report, "summary_sheet")
    _title(sheet, _say(report, "summary_title"), _say(report, "period", period=report.period_name), 9)
    row = 4
    _heading(sheet, row, _say(report, "by_unit").split("|"))
    for number, status in enumerate(report.statuses, 1):
        row += 1
        cells = [
            number,
            status.name,
            _say(report, f"state.{status.state}"),
            status.received,
            status.days_late or None,
            status.version,
            status.errors,
            status.warnings,
            status.file,
        ]
        _row(sheet, row, cells, STATE_FILLS.get(status.state, ""), 3)
    row += 1
    total = [None, _say(report, "total"), None, None, None, None]
    for letter in ("G", "H"):
        total.append(f"=SUM({letter}5:{letter}{row - 1})" if row > 5 else None)
    _row(sheet, row, [*total, None])
    for cell in sheet[row]:
        cell.font = _font(bold=True)
    row += 2
    _heading(sheet, row, _say(report, "by_rule").split("|"))
    counts = Counter((one.code, one.severity) for one in report.findings)
    for number, ((code, severity), count) in enumerate(sorted(counts.items(), key=lambda one: one[0][0]), 1):
        row += 1
        rule = report.criteria.rule(code)
        units = len({one.unit or one.file for one in report.findings if one.code == code})
        words = rule.in_words if rule is not None else ""
        cells = [number, code, _say(report, f"severity.{severity.value}"), count, units]
        _row(sheet, row, [*cells, words, None, None, rule.clause if rule else ""], FILLS[severity], 3)
        sheet.merge_cells(start_row=row, start_column=6, end_row=row, end_column=8)
    _widths(sheet, (6, 34, 14, 12, 9, 9, 9, 10, 44))
    _print_setup(sheet, 4)


def _write_findings(sheet: Worksheet, report: FindingsReport, out: Path) -> None:
    sheet.title = _say(report, "findings_sheet")
    headings = _say(report, "columns").split("|")
    _title(sheet, _say(report, "findings_title"), _say(report, "period", period=report.period_name), len(headings))
    _heading(sheet, 4, headings)
    english = report.language == "en"
    units = {unit.code: unit.name for unit in report.criteria.units}
    for number, one in enumerate(report.findings, 1):
        row = 4 + number
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
        _row(sheet, row, cells, FILLS[one.severity], 3)
        link = _link(one, report.locations, out)
        if link:
            cell = sheet.cell(row, 7 if one.cell else 5)
            cell.hyperlink = link
            cell.font = _font(color="0563C1", underline="single")
    sheet.auto_filter.ref = f"A4:{_letters(len(headings))}{4 + max(len(report.findings), 1)}"
    sheet.freeze_panes = "C5"
    _widths(sheet, (6, 10, 11, 24, 28, 20, 8, 20, 22, 48, 44, 16, 22))
    _print_setup(sheet, 4)


def _link(one: Finding, locations: Mapping[str, Path], out: Path) -> str:
    where = locations.get(one.file)
    if where is None:
        return ""
    try:
        target = Path(os.path.relpath(where.resolve(), out.resolve().parent)).as_posix()
    except ValueError:
        # Another drive on Windows: no relative path exists.
        target = where.resolve().as_uri()
    for sign, code in ((" ", "%20"), ("#", "%23")):
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


def _row(sheet: Worksheet, row: int, values: Sequence[object], fill: str = "", fill_column: int = 0) -> None:
    from openpyxl.styles import Alignment, PatternFill

    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        if isinstance(value, str) and not (value.startswith("=SUM(") and fill_column == 0):
            cell.value = _text(value)
            # What a unit typed is shown as text, even when it looks like a formula.
            cell.data_type = "s"
        else:
            cell.value = value  # type: ignore[assignment]  # numbers, blanks and our own SUM
        cell.font = _font()
        cell.border = _border()
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if fill and column == fill_column:
            cell.fill = PatternFill("solid", fgColor=fill)


def _text(value: str) -> str:
    kept = "".join(sign for sign in value if sign in "\n\t" or ord(sign) >= 32)
    return kept[:MAX_TEXT]


def _font(**style: Any) -> Any:
    from openpyxl.styles import Font

    return Font(name=FONT, **{"size": 11, **style})


def _border() -> Any:
    from openpyxl.styles import Border, Side

    thin = Side(style="thin", color="A6A6A6")
    return Border(left=thin, right=thin, top=thin, bottom=thin)


def _letters(column: int) -> str:
    from thidua_xl.refs import column_letters

    return column_letters(column)


def _widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[_letters(column)].width = width


def _print_setup(sheet: Worksheet, heading_row: int) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{heading_row}:{heading_row}"


def _save(book: Workbook, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{out.stem}-", suffix=".tmp", dir=out.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            book.save(stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(out)
    finally:
        temporary.unlink(missing_ok=True)
