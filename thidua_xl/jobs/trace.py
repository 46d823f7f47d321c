"""A reported number back to its source cells, read from the report itself. Read `trace` first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import read_book
from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Sheet, Source, Value
from thidua_xl.refs import Area, cell_name, parse_cell, split_sheet
from thidua_xl.text import fold

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Traced:
    """A report cell, its value as written when the report was made, and the cells it came from."""

    sheet: str
    cell: str
    value: str
    sources: tuple[Source, ...]

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
    book = read_book(path)
    titles = {fold(say("report.sources_sheet", language)) for language in LANGUAGES}
    listing = next((one for one in book.sheets if fold(one.name) in titles), None)
    if listing is None:
        raise UsageProblem("trace.no_sources", file=str(report))
    wanted = _sheet_named(sheet_name, [one.name for one in book.sheets])
    listed: dict[tuple[str, str], list[int]] = {}
    for at in range(1, listing.last_row + 1):
        listed.setdefault((shown(listing.value(at, 1)), shown(listing.value(at, 2))), []).append(at)
    rows = listed.get((wanted, cell))
    if rows is None:
        raise UsageProblem("trace.not_found", file=str(report), cell=place)
    sources = tuple(_followed(listing, listed, (wanted, cell), set()))
    return Traced(wanted, cell, shown(listing.value(rows[0], 3)), sources)


def _followed(
    listing: Sheet, listed: Mapping[tuple[str, str], list[int]], place: tuple[str, str], seen: set[tuple[str, str]]
) -> Iterator[Source]:
    """The units' cells behind a report cell; a cell the report makes from its own cells is followed through them."""
    if place in seen:
        return
    seen.add(place)
    for at in listed.get(place, ()):
        file, sheet, cell = listing.value(at, 4), shown(listing.value(at, 5)), shown(listing.value(at, 6))
        if file is not None:
            yield Source(shown(file), sheet, cell, listing.value(at, 7))
            continue
        for row, column in Area.parse(cell).places():
            yield from _followed(listing, listed, (sheet, cell_name(row, column)), seen)


def shown(value: Value) -> str:
    """A value as text, blank for None."""
    return "" if value is None else str(value)


def _sheet_named(name: str, names: list[str]) -> str:
    """The sheet meant: its exact name, or the one that begins with the code given."""
    for one in names:
        if fold(one) == fold(name):
            return one
    return next((one for one in names if fold(one).startswith(fold(name))), name)
