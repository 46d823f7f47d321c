"""Findings shown in the open workbook: cells coloured and noted, and the sheet "Cần sửa". Read `show`, `take_back`.

What a cell looked like before stands beside the finding's hidden key, so that the next check, or an undo, can put it
back without a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from thidua_xl.hosts.live import as_text, patiently, refuse_fixed_sheets, unprotected
from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Finding, Severity
from thidua_xl.refs import quote_sheet
from thidua_xl.report.mend_sheet import (
    CELL_COLUMN,
    COLUMNS,
    EXPLANATION_COLUMN,
    FIRST_ROW,
    FONT,
    HEADING_ROW,
    KEY_COLUMN,
    MARKER,
    MARKS,
    WIDTHS,
    MendSheet,
    clean,
    note_text,
)

if TYPE_CHECKING:
    import xlwings

_COLOR_COLUMN, _NOTE_COLUMN = KEY_COLUMN + 1, KEY_COLUMN + 2
_LAST = len(COLUMNS)
_HEAD_FILL, _EXPLANATION_FILL = "#D9E1F2", "#FFFFF0"
_NO_COLOR = "-"
# (sheet, cell) -> colour and note as they were before the mark.
Marks: TypeAlias = dict[tuple[str, str], tuple[str, str]]


def show(book: xlwings.Book, sheet: MendSheet) -> int:
    """Mark the cells and write the list; how many cells were marked. What an earlier check left is taken back first.

    A cell in a sheet that the findings name and the workbook does not have stays in the list alone.
    """
    refuse_fixed_sheets(book)
    take_back(book)
    names = {one.name.casefold(): one.name for one in book.sheets}
    by_sheet: dict[str, dict[str, list[Finding]]] = {}
    for one in sheet.findings:
        if one.sheet.casefold() in names and one.cell and ":" not in one.cell:
            by_sheet.setdefault(names[one.sheet.casefold()], {}).setdefault(one.cell, []).append(one)
    marks: Marks = {}
    with ExitStack() as stack:
        # An error in the middle leaves no mark that nothing knows how to take away.
        stack.callback(_unmark_all, book, marks)
        for name, cells in by_sheet.items():
            own = book.sheets[name]
            with unprotected(own, must=False):
                for cell, findings in cells.items():
                    marks[name, cell] = _look(own.range(cell))
                    if not _mark(own.range(cell), findings, sheet.language):
                        del marks[name, cell]
        if sheet.findings:
            _write_list(book, sheet, {(name.casefold(), cell): look for (name, cell), look in marks.items()})
        stack.pop_all()
    return len(marks)


def take_back(book: xlwings.Book) -> Mapping[tuple[str, str, str], str]:
    """Undo the marks of an earlier check and take its sheet out; the explanations that stood in it, by finding."""
    old = _list_of(book)
    if old is None:
        return {}
    last = max(old.used_range.last_cell.row, FIRST_ROW)
    rows = old.range((FIRST_ROW, 1), (last, _NOTE_COLUMN)).options(ndim=2).value
    said: dict[tuple[str, str, str], str] = {}
    marks: Marks = {}
    for row in rows:
        key = str(row[KEY_COLUMN - 1] or "").split("|")
        if len(key) != 3:
            continue
        code, sheet, cell = key
        if row[EXPLANATION_COLUMN - 1]:
            said[code, sheet, cell] = str(row[EXPLANATION_COLUMN - 1])
        if row[_COLOR_COLUMN - 1]:
            marks[sheet, cell] = (str(row[_COLOR_COLUMN - 1]), str(row[_NOTE_COLUMN - 1] or ""))
    _unmark_all(book, marks)
    patiently(old.delete)
    return said


def has_list(book: xlwings.Book) -> bool:
    """Whether a check has left its sheet in the workbook."""
    return _list_of(book) is not None


def _list_of(book: xlwings.Book) -> xlwings.Sheet | None:
    names = {say("mend.sheet", language).casefold() for language in LANGUAGES}
    for sheet in book.sheets:
        if sheet.name.casefold() in names:
            mark = sheet.range((HEADING_ROW, KEY_COLUMN)).value
            if isinstance(mark, str) and mark.startswith(MARKER):
                return sheet
    return None


def _look(cell: xlwings.Range) -> tuple[str, str]:
    """A cell's colour and note."""
    color, note = cell.color, cell.note
    return (_NO_COLOR if color is None else "#{:02X}{:02X}{:02X}".format(*color)), note.text if note is not None else ""


def _mark(cell: xlwings.Range, findings: Sequence[Finding], language: str) -> bool:
    """Colour and note a cell; False for a locked cell that takes neither."""
    order = list(Severity)
    worst = min((one.severity for one in findings), key=order.index)
    note = cell.note
    text = note_text(findings, language)
    patiently(lambda: setattr(cell, "color", f"#{MARKS[worst]}"))
    if cell.color != _rgb(f"#{MARKS[worst]}"):
        return False
    _set_note(cell, f"{text}\n\n{note.text}" if note is not None and note.text else text)
    return True


def _unmark_all(book: xlwings.Book, marks: Marks) -> None:
    names = {one.name for one in book.sheets}
    for name, some in groupby(marks.items(), key=lambda one: one[0][0]):
        if name not in names:
            continue
        own = book.sheets[name]
        with unprotected(own, must=False):
            for (_, cell), (color, note) in some:
                _unmark(own.range(cell), color, note)


def _unmark(cell: xlwings.Range, color: str, note: str) -> None:
    if cell.color in {_rgb(f"#{one}") for one in MARKS.values()}:
        patiently(lambda: setattr(cell, "color", None if color == _NO_COLOR else color))
    if note:
        _set_note(cell, note)
    elif cell.note is not None:
        patiently(cell.note.delete)


def _set_note(cell: xlwings.Range, text: str) -> None:
    if cell.note is not None:
        patiently(cell.note.delete)
    patiently(lambda: cell.api.AddComment(text))


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _write_list(book: xlwings.Book, sheet: MendSheet, before: Mapping[tuple[str, str], tuple[str, str]]) -> None:
    taken = {one.name.casefold() for one in book.sheets}
    name = sheet.name if sheet.name.casefold() not in taken else f"{sheet.name} (2)"
    own = book.sheets.add(name=name, after=book.sheets[len(book.sheets) - 1])
    # First of all, so that a list broken off is known for ours and goes with the next check.
    heads = [sheet.text(f"column.{one}") for one in COLUMNS]
    own.range((HEADING_ROW, 1)).value = [[*heads, sheet.marker]]
    for row, text in enumerate(sheet.heads(), 1):
        patiently(lambda row=row, text=text: setattr(own.range((row, 1)), "value", as_text(clean(text))))  # type: ignore[misc]  # mypy infers no type for a lambda's default
    rows: list[list[object]] = []
    for texts, one in zip(sheet.rows(), sheet.findings, strict=True):
        marked = before.get((one.sheet.casefold(), one.cell), ("", ""))
        rows.append([float(texts[0]), *(as_text(clean(text)) for text in [*texts[1:], *marked])])
    patiently(lambda: setattr(own.range((FIRST_ROW, 1)), "value", rows))
    _form_list(own, sheet, FIRST_ROW + len(rows) - 1)


def _form_list(own: xlwings.Sheet, sheet: MendSheet, last: int) -> None:
    body = own.range((1, 1), (last, _LAST))
    body.font.name, body.font.size = FONT, 11
    body.wrap_text = True
    for column, width in enumerate(WIDTHS, 1):
        own.range((1, column)).column_width = width
    for row in range(1, 5):
        own.range((row, 1), (row, _LAST)).merge()
    own.range("A1").font.size = 15
    head = own.range((HEADING_ROW, 1), (HEADING_ROW, _LAST))
    head.color = _HEAD_FILL
    for bold in (own.range("A1"), head):
        bold.font.bold = True
    own.range((FIRST_ROW, EXPLANATION_COLUMN), (last, EXPLANATION_COLUMN)).color = _EXPLANATION_FILL
    severity = COLUMNS.index("severity") + 1
    for row, one in enumerate(sheet.findings, FIRST_ROW):
        own.range((row, severity)).color = f"#{MARKS[one.severity]}"
        if one.sheet and one.cell:
            link = f"#{quote_sheet(one.sheet)}!{one.cell}"
            own.range((row, CELL_COLUMN)).add_hyperlink(link, one.cell)
    own.range((FIRST_ROW, 1), (last, _LAST)).rows.autofit()
    for column in (KEY_COLUMN, _COLOR_COLUMN, _NOTE_COLUMN):
        own.range((1, column)).column_width = 0
