"""The sheet "Nguồn số liệu" of a report: every written figure with its source cells. Read `sources_sheets` first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from thidua_xl.messages import say
from thidua_xl.model import AddSheet, Value
from thidua_xl.model.sources import plain_sources
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import split_sheet
from thidua_xl.report.apply import plain
from thidua_xl.report.plan import Planned

# Excel ends at 1,048,576 rows, and a sheet that long opens slowly: the listing goes on in further, numbered sheets.
MAX_ROWS = 500_000
_AS_THEY_ARE = frozenset({type(None), int, str, Decimal})


def sources_sheets(workbook: Workbook, written: Sequence[Planned]) -> list[AddSheet]:
    """The listing for the end of the workbook: a sheet, or several with numbers when it is very long, or none.

    A row holds sheet, cell, value; file, sheet, cell, value of a source. A cell that a formula of the report makes (a
    sum, a ratio) lists the report's own cells it is made of, with no file; those list theirs. The sheets are hidden,
    so that they do not go into print; `trace` reads them.
    """
    taken = list(workbook.sheetnames)
    count = sum(
        len(figure.sources if (made_of := planned.made_of.get(cell)) is None else made_of)
        for planned in written
        for cell, figure in planned.cells.items()
    )
    sheets = []
    for start in range(0, count, MAX_ROWS):
        name = free_name(say("report.sources_sheet"), taken)
        taken.append(name)
        rows = Listing(tuple(written), start, min(start + MAX_ROWS, count))
        sheets.append(AddSheet(name, rows, (16, 9, 18, 40, 24, 12, 24), visible=False))
    return sheets


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of one sheet, from the `start`th to before the `stop`th source (0-based), made as they are read."""

    written: Sequence[Planned]
    start: int
    stop: int

    def __iter__(self) -> Iterator[Sequence[Value]]:
        yield [say("report.sources_title")]
        yield list(say("report.sources_columns").split("|"))
        yield from islice(_listed(self.written, self.start), self.stop - self.start)


def free_name(name: str, taken: Sequence[str]) -> str:
    """The name, with a number when a sheet of that name is there already."""
    folded = {one.casefold() for one in taken}
    number, candidate = 1, name
    while candidate.casefold() in folded:
        number += 1
        candidate = f"{name} {number}"
    return candidate


def _listed(written: Sequence[Planned], skipped: int) -> Iterator[Sequence[Value]]:
    """The rows without the first `skipped`, which are not made."""
    for planned in written:
        for cell, figure in planned.cells.items():
            made_of = planned.made_of.get(cell)
            if skipped:
                count = len(figure.sources if made_of is None else made_of)
                skipped, first = max(0, skipped - count), min(skipped, count)
            else:
                first = 0
            if made_of is not None:
                for part in made_of[first:]:
                    sheet, place = split_sheet(part)
                    yield [planned.sheet, cell, plain(figure.value), None, sheet or planned.sheet, place, None]
                continue
            value = plain(figure.value)
            sheet = planned.sheet
            for file, source_sheet, place, given in islice(plain_sources(figure.sources), first, None):
                shown = given if type(given) in _AS_THEY_ARE else plain(given)
                yield (sheet, cell, value, file, source_sheet, place, shown)
