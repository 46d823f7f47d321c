"""The sheet "Nguồn số liệu" of a report: every written figure with its source cells. Read `sources_sheet` first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from thidua_xl.messages import say
from thidua_xl.model import AddSheet, Value
from thidua_xl.ooxml import Workbook
from thidua_xl.report.apply import plain
from thidua_xl.report.plan import Planned

# Excel ends at 1,048,576 rows, and a listing that long opens slowly. The report's own cells never reach it; what
# does not fit is said in the last row.
MAX_ROWS = 500_000


def sources_sheet(workbook: Workbook, written: Sequence[Planned]) -> AddSheet | None:
    """The listing for the end of the workbook, None when there is nothing to list.

    A row holds sheet, cell, value; file, sheet, cell, value of a source. A cell that a formula of the report makes (a
    sum, a ratio) lists the report's own cells it is made of, with no file; those list theirs. The sheet is hidden, so
    that it does not go into print; `trace` reads it.
    """
    if next(_listed(written), None) is None:
        return None
    name = free_name(say("report.sources_sheet"), workbook.sheetnames)
    return AddSheet(name, Listing(tuple(written)), (16, 9, 18, 40, 24, 12, 24), visible=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of the sheet, made as they are read: there may be half a million."""

    written: Sequence[Planned]

    def __iter__(self) -> Iterator[list[Value]]:
        yield [say("report.sources_title")]
        yield list(say("report.sources_columns").split("|"))
        rows = _listed(self.written)
        yield from islice(rows, MAX_ROWS)
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
