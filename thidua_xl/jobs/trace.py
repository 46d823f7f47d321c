"""A reported number back to its source cells, read from the report itself. Read `trace` first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.formula.references import references
from thidua_xl.grid import Limits, read_book, rows_of
from thidua_xl.grid.limits import MIB
from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Book, Source, Value
from thidua_xl.refs import Area, cell_name, parse_cell, split_sheet
from thidua_xl.text import fold

SCHEMA = 1

# A line of the listing: sheet, cell, value; file, sheet, cell, value of the source.
Line = tuple[Value, ...]
# The listing goes on in "Nguồn số liệu 2" when it is very long.
_NUMBER = re.compile(r" [0-9]+\Z")
# A report is our own file, and its listing may be longer than any submission.
LONG = Limits(file_bytes=512 * MIB, part_bytes=512 * MIB, total_bytes=2048 * MIB, cells=50_000_000, strings=5_000_000)


@dataclass(frozen=True, slots=True)
class Traced:
    """A report cell, its value as written when the report was made (`cell_value`, as text `value`), and the cells it
    came from."""

    sheet: str
    cell: str
    value: str
    sources: tuple[Source, ...]
    cell_value: Value = None

    def as_json(self) -> dict[str, object]:
        """The contract's JSON object."""
        return {
            "schema": SCHEMA,
            "sheet": self.sheet,
            "cell": self.cell,
            "value": self.value,
            "sources": [
                {"file": one.file, "sheet": one.sheet, "cell": one.cell, "value": shown(one.value)}
                for one in self.sources
            ],
        }


def trace(report: str | Path, place: str) -> Traced:
    """The sources of `TH01!D12` (sheet name or its leading code). Raises `UsageProblem` for an unknown cell or a file
    without sources, `InputRefused` when the report cannot be read."""
    path = Path(report)
    if not path.is_file():
        raise InputRefused("input.missing", file=str(report))
    sheet_name, cell = split_sheet(place)
    try:
        row, column = parse_cell(cell)
    except ValueError as wrong:
        raise UsageProblem("usage.bad_cell", cell=place) from wrong
    cell = cell_name(row, column)
    book = read_book(path, limits=LONG)
    titles = {fold(say("report.sources_sheet", language)) for language in LANGUAGES}
    listings = [one for one in book.sheets if _NUMBER.sub("", fold(one.name)) in titles]
    if not listings:
        raise UsageProblem("trace.no_sources", file=str(report))
    wanted = _sheet_named(sheet_name, [one.name for one in book.sheets])
    listed: dict[tuple[str, str], list[Line]] = {}
    for listing in listings:
        for row_values in rows_of(listing).values():
            line = tuple(row_values.get(column) for column in range(1, 8))
            listed.setdefault((shown(line[0]), shown(line[1])), []).append(line)
    lines = listed.get((wanted, cell))
    if lines is None:
        sources = tuple(_through_formulas(book, listed, (wanted, cell)))
        if not sources:
            raise UsageProblem("trace.not_found", file=str(report), cell=place)
        sheet = book.sheet(wanted)
        value = sheet.value(row, column) if sheet is not None else None
        return Traced(wanted, cell, shown(value), sources, value)
    sources = tuple(_followed(listed, (wanted, cell), set()))
    return Traced(wanted, cell, shown(lines[0][2]), sources, lines[0][2])


def _followed(
    listed: Mapping[tuple[str, str], list[Line]], place: tuple[str, str], seen: set[tuple[str, str]]
) -> Iterator[Source]:
    """The units' cells behind a report cell; a cell the report makes from its own cells is followed through them."""
    if place in seen:
        return
    seen.add(place)
    for line in listed.get(place, ()):
        file, sheet, cell = line[3], shown(line[4]), shown(line[5])
        if file is not None:
            yield Source(shown(file), sheet, cell, line[6])
            continue
        for row, column in Area.parse(cell).places():
            yield from _followed(listed, (sheet, cell_name(row, column)), seen)


def _through_formulas(
    book: Book, listed: Mapping[tuple[str, str], list[Line]], place: tuple[str, str]
) -> Iterator[Source]:
    """The units' cells behind a formula of the template's own, which stands on a cover or beside a chart."""
    seen: set[tuple[str, str]] = set()
    waiting = [place]
    while waiting:
        name, cell = waiting.pop()
        if (name, cell) in listed:
            yield from _followed(listed, (name, cell), seen)
            continue
        sheet = book.sheet(name)
        found = sheet.cells.get(parse_cell(cell)) if sheet is not None else None
        if (name, cell) in seen or found is None or not found.formula:
            continue
        seen.add((name, cell))
        for one in references(found.formula.removeprefix("=")):
            other = book.sheet(one.sheet or name) if not one.external else None
            inside = sorted(at for at in other.cells if at in one.area) if other is not None else []
            waiting += [(other.name, cell_name(*at)) for at in reversed(inside)] if other is not None else []


def shown(value: Value) -> str:
    """A value as text, blank for None."""
    return "" if value is None else str(value)


def _sheet_named(name: str, names: list[str]) -> str:
    """The sheet meant: its exact name, or the one that begins with the code given."""
    for one in names:
        if fold(one) == fold(name):
            return one
    return next((one for one in names if fold(one).startswith(fold(name))), name)
