"""The sheet "Nguồn số liệu" of a report: every written figure with its source cells. Read `write_sources` first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from thidua_xl.messages import say
from thidua_xl.model import Figure, Value
from thidua_xl.ooxml import Workbook
from thidua_xl.report.apply import plain

# Excel ends at 1,048,576 rows; a listing that long opens slowly, so figures beyond are told by their number.
MAX_ROWS = 200_000


def write_sources(workbook: Workbook, cells: Mapping[str, Mapping[str, Figure]]) -> None:
    """Add the listing as the last sheet: sheet, cell, value; file, sheet, cell, value of each source.

    A figure made in the report from others (a ratio, a subtotal) lists the sources of those. Nothing is added
    when no figure has a source.
    """
    rows = list(_listed(cells))
    if rows:
        title = say("report.sources_sheet")
        head = say("report.sources_columns").split("|")
        workbook.add_sheet(title, [[say("report.sources_title")], head, *rows], widths=(16, 9, 18, 40, 24, 9, 24))


def _listed(cells: Mapping[str, Mapping[str, Figure]]) -> Iterator[list[Value]]:
    count = 0
    for sheet, figures in cells.items():
        for cell, figure in figures.items():
            for source in figure.sources:
                count += 1
                if count > MAX_ROWS:
                    return
                yield [
                    sheet,
                    cell,
                    plain(figure.value),
                    source.file,
                    source.sheet,
                    source.cell,
                    plain(source.value),
                ]
