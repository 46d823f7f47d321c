"""The sources of a figure of the open report, listed on a sheet of their own. Read `show_sources`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.errors import UsageProblem
from thidua_xl.hosts.live import as_text, patiently, refuse_fixed_sheets
from thidua_xl.hosts.replay import write_rows
from thidua_xl.jobs.control_sheet import TRACED
from thidua_xl.jobs.trace import Traced, shown
from thidua_xl.messages import say

if TYPE_CHECKING:
    import xlwings

    from thidua_xl.hosts.control import Control

_WIDTHS = (36, 20, 10, 22)


def selected_place(control: Control) -> str:
    """The figure meant, as `Sheet!A1`: what the control sheet says, else the selected cell of the sheet in front.

    Raises `UsageProblem` (`hosts.no_cell`) when neither says one.
    """
    given = control.text(TRACED)
    if given:
        return given
    sheet = control.book.sheets.active
    cell = control.book.app.selection
    if cell is None or sheet.name == control.sheet_name:
        raise UsageProblem("hosts.no_cell")
    return f"{sheet.name}!{cell.address.replace('$', '').partition(':')[0]}"


def show_sources(book: xlwings.Book, traced: Traced) -> str:
    """Write the list in place of an earlier one and bring it to the front; the name of its sheet."""
    refuse_fixed_sheets(book)
    name = say("control.trace.sheet")
    for one in book.sheets:
        if one.name.casefold() == name.casefold():
            patiently(one.delete)
            break
    sheet = book.sheets.add(name=name, after=book.sheets[len(book.sheets) - 1])
    title = say("control.trace.title", sheet=traced.sheet, cell=traced.cell, value=traced.value)
    heads = say("control.trace.columns").split("|")
    rows = [
        [as_text(one.file), as_text(one.sheet), as_text(one.cell), as_text(shown(one.value))] for one in traced.sources
    ]
    write_rows(sheet, 1, 1, [[as_text(title), None, None, None]])
    write_rows(sheet, 3, 1, [heads, *rows])
    for column, width in enumerate(_WIDTHS, 1):
        sheet.range((1, column)).column_width = width
    for bold in (sheet.range("A1"), sheet.range("A3:D3")):
        bold.font.bold = True
    sheet.activate()
    return name
