"""The sheet "Tự kiểm tra": how many faults each form still has, where the first is, and what to mend first.

Everything is a formula over the hidden sheet of `self_check`, with its result stored. Read `write_self_check`.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from thidua_xl.forms.geometry import height, lines
from thidua_xl.forms.page import Page, across
from thidua_xl.forms.self_check import (
    COUNT,
    FIRST,
    LETTER,
    LEVEL,
    MEND,
    MESSAGE,
    RUNNING,
    SHEET,
    Column,
)
from thidua_xl.forms.writing import add_sheet, put, put_formula
from thidua_xl.messages import say
from thidua_xl.model import Form, Severity
from thidua_xl.model.products import HELPER_SHEET

WIDTHS = (6.0, 18.0, 62.0, 9.0, 12.0, 46.0, 12.0)
SERIAL, FORM, WORDS, NUMBER, SECOND, STATE, LINK, PLACE = range(1, 9)
# How many faults are listed with their words.
LISTED = 30
_TITLE, _EXPLANATION, _STATUS, _HEADER = 1, 2, 4, 6
# More than there are checks; and farther down than any row of a sheet counted in these.
_MOST, _FAR = 10_000, 100_000_000_000
_ERROR, _WARNING = Severity.ERROR.value, Severity.WARNING.value


def write_self_check(book: Workbook, page: Page, forms: Sequence[Form], columns: Sequence[Column]) -> None:
    """Write the sheet; `columns` are those of the hidden sheet, in their order."""
    sheet = add_sheet(book, say("form.self_check.sheet"))
    for number, width in enumerate(WIDTHS):
        sheet.set_column(number, number, width)
    sheet.set_column(PLACE - 1, PLACE - 1, 4, None, {"hidden": True})
    across(sheet, _TITLE, (1, LINK), say("form.self_check.title"), page.looks.line(bold=True, font_size=14))
    explanation = say("form.self_check.explanation")
    across(sheet, _EXPLANATION, (1, LINK), explanation, page.looks.line(italic=True, align="left"))
    sheet.set_row(_TITLE - 1, 24)
    sheet.set_row(_EXPLANATION - 1, height(lines(explanation, sum(WIDTHS))))
    cells = _Cells(columns)
    last = _HEADER + len(forms)
    _headings(sheet, page, _HEADER, "summary")
    for number, form in enumerate(forms, start=1):
        _summary(sheet, page, _HEADER + number, number, form, cells)
    _status(sheet, page, _HEADER + 1, last, cells)
    start = last + 3
    across(sheet, start - 1, (1, LINK), say("form.self_check.list_title"), page.looks.of(bold=True))
    _headings(sheet, page, start, "list")
    for number in range(1, LISTED + 1):
        _listed(sheet, page, start + number, number, cells)
    end = start + LISTED
    _colours(sheet, page, (_HEADER + 1, last), (start + 1, end))
    page.set_up(sheet, say("form.self_check.sheet"), (end, LINK), (_HEADER, _HEADER))
    page.protect(sheet)
    sheet.freeze_panes(_HEADER, 0)


class _Cells:
    """The rows of the hidden sheet as addresses, and what they hold now."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.first = columns[0].letter if columns else "A"
        self.last = columns[-1].letter if columns else "A"
        self.found = [column for column in columns if column.count]

    def row(self, number: int) -> str:
        """The cells of a row of the hidden sheet, one for each check."""
        return f"{HELPER_SHEET}!${self.first}${number}:${self.last}${number}"

    def at(self, number: int, place: str) -> str:
        """The cell of a row at a place counted from the first check."""
        return f"INDEX({self.row(number)},{place})"

    def count(self, sheet: str, level: str) -> int:
        """How many cells of a sheet are wrong at that level."""
        return sum(one.count for one in self.columns if one.check.form.sheet == sheet and one.level == level)


def _headings(sheet: Worksheet, page: Page, row: int, table: str) -> None:
    for column, key in enumerate(("serial", "form", "words", "number", "second", "state", "link"), start=1):
        put(sheet, row, column, say(f"form.self_check.{table}.{key}"), page.looks.heading())
    sheet.set_row(row - 1, 32)


def _summary(sheet: Worksheet, page: Page, row: int, number: int, form: Form, cells: _Cells) -> None:
    looks = page.looks
    text, middle = looks.of(border=1, text_wrap=True), looks.of(border=1, align="center")
    put(sheet, row, SERIAL, number, middle)
    put(sheet, row, FORM, form.sheet, text)
    put(sheet, row, WORDS, form.title, text)
    name = '"' + form.sheet.replace('"', '""') + '"'
    counts = {}
    for column, level in ((NUMBER, _ERROR), (SECOND, _WARNING)):
        counts[level] = cells.count(form.sheet, level)
        formula = f'=SUMPRODUCT(({cells.row(SHEET)}={name})*({cells.row(LEVEL)}="{level}")*{cells.row(COUNT)})'
        put_formula(sheet, row, column, formula, counts[level], middle)
    words = {key: say(f"form.self_check.{key}") for key in ("wrong", "doubtful", "right")}
    state = words["wrong" if counts[_ERROR] else "doubtful" if counts[_WARNING] else "right"]
    formula = f'=IF(D{row}>0,"{words["wrong"]}",IF(E{row}>0,"{words["doubtful"]}","{words["right"]}"))'
    put_formula(sheet, row, STATE, formula, state, text)
    own = f"({cells.row(SHEET)}={name})*({cells.row(COUNT)}>0)"
    places = f"COLUMN({cells.row(SHEET)})-COLUMN({HELPER_SHEET}!${cells.first}$1)+1"
    # Errors before warnings, then the topmost cell; the check's own place comes last and is what is left over.
    wrong = [(one.level != _ERROR, one.first, place) for place, one in enumerate(cells.columns, 1)]
    own_wrong = [key for key, one in zip(wrong, cells.columns, strict=True) if one.count and one.check.form is form]
    first = min(own_wrong)[2] if own_wrong else 0
    order = f'({cells.row(LEVEL)}<>"{_ERROR}")*{_FAR}+{cells.row(FIRST)}*{_MOST}+{places}'
    formula = f"=IF(D{row}+E{row}=0,0,MOD(SUMPRODUCT(MIN({order}+2*{_FAR}*(1-{own}))),{_MOST}))"
    put_formula(sheet, row, PLACE, formula, first, looks.of())
    _link(sheet, page, row, cells, first)


def _link(sheet: Worksheet, page: Page, row: int, cells: _Cells, place: int) -> None:
    """A link to the first wrong cell of the check that stands at `place` (0: none)."""
    look = page.looks.of(border=1, align="center", font_color="#0563C1", underline=1)
    cell = f"{cells.at(LETTER, f'$H{row}')}&{cells.at(FIRST, f'$H{row}')}"
    target = f'"#\'"&SUBSTITUTE({cells.at(SHEET, f"$H{row}")},"\'","\'\'")&"\'!"&{cell}'
    shown = ""
    if place:
        column = cells.columns[place - 1]
        shown = f"{column.at}{column.first}"
    put_formula(sheet, row, LINK, f'=IF($H{row}=0,"",HYPERLINK({target},{cell}))', shown, look)


def _status(sheet: Worksheet, page: Page, first: int, last: int, cells: _Cells) -> None:
    errors = sum(one.count for one in cells.columns if one.level == _ERROR)
    warnings = sum(one.count for one in cells.columns if one.level == _WARNING)
    total = f"SUM($D${first}:$D${last})", f"SUM($E${first}:$E${last})"
    parts = say("form.self_check.status", errors="\0", warnings="\0").split("\0")
    quoted = ['"' + part.replace('"', '""') + '"' for part in parts]
    formula = f"={quoted[0]}&{total[0]}&{quoted[1]}&{total[1]}&{quoted[2]}"
    look = page.looks.line(bold=True, font_size=13, align="left")
    across(sheet, _STATUS, (1, LINK), "", look)
    text = say("form.self_check.status", errors=errors, warnings=warnings)
    put_formula(sheet, _STATUS, 1, formula, text, look)
    sheet.set_row(_STATUS - 1, 22)


def _listed(sheet: Worksheet, page: Page, row: int, number: int, cells: _Cells) -> None:
    """The n-th check that has found something."""
    looks = page.looks
    words, middle = looks.of(border=1, text_wrap=True), looks.of(border=1, align="center")
    found = cells.found[number - 1] if number <= len(cells.found) else None
    place = cells.columns.index(found) + 1 if found is not None else 0
    put_formula(sheet, row, PLACE, f"=IFERROR(MATCH({number},{cells.row(RUNNING)},0),0)", place, looks.of())

    def taken(column: int, source: int, value: str | int, look: Format) -> None:
        put_formula(sheet, row, column, f'=IF($H{row}=0,"",{cells.at(source, f"$H{row}")})', value, look)

    def said(column: int, source: int, text: str) -> None:
        """A sentence in which the place of the first wrong cell is filled in."""
        sentence = cells.at(source, f"$H{row}")
        for name, place in (("{o}", f"$G{row}"), ("{dong}", cells.at(FIRST, f"$H{row}"))):
            sentence = f'SUBSTITUTE({sentence},"{name}",{place})'
        shown = text
        if found is not None:
            shown = text.replace("{o}", f"{found.at}{found.first}").replace("{dong}", str(found.first))
        put_formula(sheet, row, column, f'=IF($H{row}=0,"",{sentence})', shown, words)

    put_formula(sheet, row, SERIAL, f'=IF($H{row}=0,"",{number})', number if found else "", middle)
    taken(FORM, SHEET, found.check.form.sheet if found else "", words)
    said(WORDS, MESSAGE, found.message if found else "")
    taken(NUMBER, COUNT, found.count if found else "", middle)
    labels = say("form.self_check.error"), say("form.self_check.warning")
    level = cells.at(LEVEL, f"$H{row}")
    shown = "" if found is None else labels[0] if found.level == _ERROR else labels[1]
    formula = f'=IF($H{row}=0,"",IF({level}="{_ERROR}","{labels[0]}","{labels[1]}"))'
    put_formula(sheet, row, SECOND, formula, shown, middle)
    said(STATE, MEND, found.mend if found else "")
    _link(sheet, page, row, cells, place)
    needed = max(lines(found.message, WIDTHS[2]), lines(found.mend, WIDTHS[5])) if found is not None else 2
    sheet.set_row(row - 1, height(max(2, needed), 10.5))


def _colours(sheet: Worksheet, page: Page, summary: tuple[int, int], listed: tuple[int, int]) -> None:
    red, amber, green = page.looks.fault(_ERROR), page.looks.fault(_WARNING), page.looks.sound()
    first, last = summary
    state = (first - 1, STATE - 1, last - 1, STATE - 1)
    for test, look in ((f"$D{first}>0", red), (f"$E{first}>0", amber), (f"$D{first}+$E{first}=0", green)):
        sheet.conditional_format(*state, {"type": "formula", "criteria": f"={test}", "format": look})
    first, last = listed
    level = (first - 1, SECOND - 1, last - 1, SECOND - 1)
    for key, look in (("error", red), ("warning", amber)):
        word = say(f"form.self_check.{key}")
        sheet.conditional_format(*level, {"type": "formula", "criteria": f'=$E{first}="{word}"', "format": look})
