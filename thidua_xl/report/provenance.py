"""The sheet "Nguồn số liệu" of a report: every written figure with its source cells. Read `write_sources` first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from thidua_xl.messages import say
from thidua_xl.model import Value
from thidua_xl.ooxml import Workbook
from thidua_xl.report.apply import plain
from thidua_xl.report.plan import Planned

# Excel ends at 1,048,576 rows, and a listing that long opens slowly. The report's own cells never reach it; what
# does not fit is said in the last row.
MAX_ROWS = 500_000


def write_sources(workbook: Workbook, written: Sequence[Planned]) -> None:
    """Add the listing as the last sheet: sheet, cell, value; file, sheet, cell, value of each source.

    A cell that a formula of the report makes (a sum, a ratio) lists the report's own cells it is made of, with no
    file; those list theirs. The sheet is hidden, so that it does not go into print; `trace` reads it.
    """
    listed = _listed(written)
    first = next(listed, None)
    if first is None:
        return
    head: list[Value] = list(say("report.sources_columns").split("|"))
    title: list[Value] = [say("report.sources_title")]
    name = free_name(say("report.sources_sheet"), workbook.sheetnames)
    rows = chain((title, head, first), _at_most(MAX_ROWS - 1, listed))
    workbook.add_listing(name, rows, widths=(16, 9, 18, 40, 24, 12, 24), is_visible=False)


def _at_most(count: int, rows: Iterator[list[Value]]) -> Iterator[list[Value]]:
    """The first rows; a last one says when there are more."""
    yield from islice(rows, count)
    if next(rows, None) is not None:
        yield ["…"]


def free_name(name: str, taken: Sequence[str]) -> str:
    """The name, with a number when a sheet of that name is there already."""
    folded = {one.casefold() for one in taken}
    number, candidate = 1, name
    while candidate.casefold() in folded:
        number += 1
        candidate = f"{name} {number}"
    return candidate


def _listed(written: Sequence[Planned]) -> Iterator[list[Value]]:
    for planned in written:
        for cell, figure in planned.cells.items():
            made_of = planned.made_of.get(cell)
            if made_of is not None:
                for part in made_of:
                    yield [planned.sheet, cell, plain(figure.value), None, planned.sheet, part, None]
                continue
            for source in figure.sources:
                yield [
                    planned.sheet,
                    cell,
                    plain(figure.value),
                    source.file,
                    source.sheet,
                    source.cell,
                    plain(source.value),
                ]
