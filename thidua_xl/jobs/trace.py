"""A reported number back to its source cells, read from the report itself. Read `trace` first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import read_book
from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Source, Value
from thidua_xl.refs import cell_name, parse_cell, split_sheet
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
        raise InputRefused("input.not_found", file=str(report))
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
    sources: list[Source] = []
    found_value: str | None = None
    for at in range(1, listing.last_row + 1):
        if listing.value(at, 1) == wanted and listing.value(at, 2) == cell:
            found_value = shown(listing.value(at, 3))
            if listing.value(at, 4) is not None:
                sources.append(
                    Source(
                        str(listing.value(at, 4)),
                        shown(listing.value(at, 5)),
                        shown(listing.value(at, 6)),
                        listing.value(at, 7),
                    )
                )
    if found_value is None:
        raise UsageProblem("trace.not_found", file=str(report), cell=place)
    return Traced(wanted, cell, found_value, tuple(sources))


def shown(value: Value) -> str:
    """A value as text, blank for None."""
    return "" if value is None else str(value)


def _sheet_named(name: str, names: list[str]) -> str:
    """The sheet meant: its exact name, or the one that begins with the code given."""
    for one in names:
        if fold(one) == fold(name):
            return one
    return next((one for one in names if fold(one).startswith(fold(name))), name)
