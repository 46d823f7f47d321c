"""The state of a round as a workbook: rates, a table by unit, a native chart, what changed between versions.

Read `write_status_book`.
XlsxWriter writes it: the workbook is new, and its charts are drawn by Excel and LibreOffice themselves.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thidua_xl.messages import say
from thidua_xl.ooxml.store import replace_file

if TYPE_CHECKING:
    from xlsxwriter import Workbook

FONT = "Times New Roman"
FILLS = {
    "CHUA_NOP": "#F8CBAD",
    "CO_LOI": "#F8CBAD",
    "DA_TRA_LAI": "#FFE699",
    "NOP_LAI": "#DDEBF7",
    "DA_NOP": "#DDEBF7",
    "CHAP_NHAN": "#C6E0B4",
    "CHAP_NHAN_GIAI_TRINH": "#E2EFDA",
}


# Kinds of difference besides those of cells, rows and sheets.
NEW, EXPLAINED, STILL, MENDED = "MOI_SAI", "GIAI_TRINH", "CON_SAI", "DA_SUA"
CHANGE_FILLS = {NEW: "#F8CBAD", EXPLAINED: "#DDEBF7", STILL: "#FFE699", MENDED: "#C6E0B4"}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A difference to the version before. `kind` is NEW, EXPLAINED, STILL, MENDED or the kind of a change.

    Of a fault `before` says what is wrong and `after` the explanation; of a change they are what stood and stands
    there.
    """

    unit: str
    version: int
    kind: str
    sheet: str
    cell: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StatusLine:
    """A row of the table. `state` is the code of a state; `received` None when nothing came."""

    unit: str
    state: str
    version: int
    received: date | None
    days_late: int
    errors: int
    warnings: int
    file: str


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What the workbook shows."""

    lines: Sequence[StatusLine]
    states: Sequence[str]
    period_name: str
    due: date | None
    day: date
    obliged: int
    received: int
    on_time: int
    changes: Sequence[ChangeLine] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    language: str = "vi"


def write_status_book(report: StatusReport, out: Path, put: Callable[[Path, bytes], None] = replace_file) -> None:
    """Write the workbook atomically, by `put`. Raises `EditRefused` when it is open in another program."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    # What a unit wrote is text, even when it looks like a formula or an address.
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # The day it was asked for, so that the same state gives the same bytes.
    book.set_properties({"created": datetime(report.day.year, report.day.month, report.day.day)})
    formats = _formats(book)
    _write_table(book, report, formats)
    if report.changes:
        _write_changes(book, report, formats)
    book.close()
    out.parent.mkdir(parents=True, exist_ok=True)
    put(out, content.getvalue())


def state_words(state: str, version: int, language: str = "vi") -> str:
    """A state in words: "Nộp lại lần 2"."""
    return say(f"round.state.{state}", language, version=version)


def _write_table(book: Workbook, report: StatusReport, formats: Mapping[str, Any]) -> None:
    def words(key: str, **values: object) -> str:
        return say(f"status_book.{key}", report.language, **values)

    sheet = book.add_worksheet(words("sheet"))
    widths = (5, 46, 24, 8, 13, 10, 8, 9, 44)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    last = len(widths) - 1
    sheet.merge_range(0, 0, 0, last, words("title"), formats["title"])
    due = f"{report.due:%d/%m/%Y}" if report.due else "…"
    subtitle = words("subtitle", period=report.period_name, due=due, day=f"{report.day:%d/%m/%Y}")
    sheet.merge_range(1, 0, 1, last, subtitle, formats["subtitle"])
    rates = (
        ("obliged", report.obliged, ""),
        ("received", report.received, _rate(report.received, report.obliged)),
        ("on_time", report.on_time, _rate(report.on_time, report.obliged)),
    )
    for row, (key, count, rate) in enumerate(rates, 3):
        sheet.write_string(row, 1, words(key), formats["cell"])
        sheet.write_number(row, 2, count, formats["number"])
        if rate:
            sheet.write_number(row, 3, rate, formats["percent"])
    heading = 7
    for column, text in enumerate(words("columns").split("|")):
        sheet.write_string(heading, column, text, formats["heading"])
    sheet.set_row(heading, 32)
    row = heading
    for number, line in enumerate(report.lines, 1):
        row += 1
        sheet.write_number(row, 0, number, formats["number"])
        sheet.write_string(row, 1, report.names.get(line.unit, line.unit), formats["cell"])
        sheet.write_string(row, 2, state_words(line.state, line.version, report.language), formats[line.state])
        if line.version:
            sheet.write_number(row, 3, line.version, formats["number"])
        else:
            sheet.write_blank(row, 3, None, formats["number"])
        if line.received:
            sheet.write_datetime(row, 4, line.received, formats["date"])
        else:
            sheet.write_blank(row, 4, None, formats["date"])
        for column, count in ((5, line.days_late), (6, line.errors), (7, line.warnings)):
            if line.version or column == 5:
                sheet.write_number(row, column, count, formats["number"])
            else:
                sheet.write_blank(row, column, None, formats["number"])
        sheet.write_string(row, 8, line.file, formats["cell"])
        sheet.set_row(row, _height([(report.names.get(line.unit, line.unit), widths[1]), (line.file, widths[8])]))
    sheet.autofilter(heading, 0, max(row, heading + 1), last)
    sheet.freeze_panes(heading + 1, 2)
    _chart(book, sheet, report, formats, row + 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading)
    sheet.set_footer("&C&P/&N")


def _chart(book: Workbook, sheet: Any, report: StatusReport, formats: Mapping[str, Any], row: int) -> None:
    """How many units are in each state, counted by formulas, as a bar for each."""
    language = report.language
    sheet.write_string(row, 1, say("status_book.by_state", language), formats["heading"])
    sheet.write_string(row, 2, say("status_book.units", language), formats["heading"])
    for offset, state in enumerate(report.states, 1):
        count = sum(line.state == state for line in report.lines)
        name = say(f"round.state_group.{state}", language)
        sheet.write_string(row + offset, 1, name, formats["cell"])
        sheet.write_number(row + offset, 2, count, formats["number"])
    last = row + len(report.states)
    chart = book.add_chart({"type": "bar"})
    title = sheet.get_name()
    chart.add_series(
        {
            "name": say("status_book.units", language),
            "categories": [title, row + 1, 1, last, 1],
            "values": [title, row + 1, 2, last, 2],
            "data_labels": {"value": True},
            "points": [{"fill": {"color": FILLS[state]}, "border": {"color": "#7F7F7F"}} for state in report.states],
            "gap": 60,
        }
    )
    chart.set_title({"name": say("status_book.chart", language), "name_font": {"name": FONT, "size": 13}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "size": 10}})
    chart.set_x_axis({"major_gridlines": {"visible": False}, "visible": False, "min": 0})
    chart.set_size({"width": 640, "height": 300})
    sheet.insert_chart(row, 4, chart)


def _write_changes(book: Workbook, report: StatusReport, formats: Mapping[str, Any]) -> None:
    """What is another than in the version before, one row each."""

    def words(key: str) -> str:
        return say(f"status_book.{key}", report.language)

    sheet = book.add_worksheet(words("changes_sheet"))
    widths = (5, 32, 7, 20, 20, 9, 48, 36)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, len(widths) - 1, words("changes_title"), formats["title"])
    for column, text in enumerate(words("changes_columns").split("|")):
        sheet.write_string(2, column, text, formats["heading"])
    sheet.set_row(2, 32)
    for number, one in enumerate(report.changes, 1):
        row = 2 + number
        sheet.write_number(row, 0, number, formats["number"])
        sheet.write_string(row, 1, report.names.get(one.unit, one.unit), formats["cell"])
        sheet.write_number(row, 2, one.version, formats["number"])
        sheet.write_string(row, 3, words(f"change.{one.kind}"), formats.get(one.kind, formats["cell"]))
        texts = (one.sheet, one.cell, one.before, one.after)
        for column, text in enumerate(texts, 4):
            sheet.write_string(row, column, text[:32_000], formats["cell"])
        sheet.set_row(row, _height(zip(texts, widths[4:], strict=True)))
    sheet.autofilter(2, 0, 2 + len(report.changes), len(widths) - 1)
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer("&C&P/&N")


def _height(texts: Iterable[tuple[str, float]]) -> float:
    """Points for texts wrapped in columns of these widths; not every program makes a row as high as its text."""
    lines = max(
        sum(-(-max(len(part), 1) * 9 // int(width * 10)) for part in text[:2000].split("\n")) for text, width in texts
    )
    return min(15.0 * lines + 3, 400.0)


def _formats(book: Workbook) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 11, "border": 1, "border_color": "#A6A6A6", "valign": "top"}
    middle = {**base, "align": "center"}
    formats = {
        "title": {"font_name": FONT, "font_size": 14, "bold": True, "align": "center"},
        "subtitle": {"font_name": FONT, "font_size": 12, "italic": True, "align": "center"},
        "heading": {**middle, "bold": True, "bg_color": "#D9E1F2", "text_wrap": True, "valign": "vcenter"},
        "cell": {**base, "text_wrap": True},
        "number": middle,
        "percent": {**middle, "num_format": "0.0%"},
        "date": {**middle, "num_format": "dd/mm/yyyy"},
        **{state: {**base, "bg_color": color} for state, color in {**FILLS, **CHANGE_FILLS}.items()},
    }
    return {name: book.add_format(look) for name, look in formats.items()}


def _rate(part: int, whole: int) -> float:
    # A share for display only, shown with one decimal; no figure of the report is made from it.
    return part / whole if whole else 0.0
