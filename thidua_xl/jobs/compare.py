"""What differs between two workbooks: package parts and cells. Read `compare` first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.messages import say
from thidua_xl.ooxml.compare import CellChange
from thidua_xl.ooxml.compare import Comparison as Difference
from thidua_xl.ooxml.compare import compare as find_differences
from thidua_xl.refs import Area, parse_cell
from thidua_xl.text import format_number_vi, parse_number

SCHEMA = 1
MOST_AREAS = 20  # of one sheet, named in the words for people; `--json` has them all


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of a comparison, ready to be shown."""

    difference: Difference

    @property
    def same(self) -> bool:
        """Whether both workbooks mean the same."""
        return self.difference.is_equal

    def lines(self, language: str = "vi") -> list[str]:
        """What differs, for people: sheets, each value and formula (with the difference of two numbers), which cells
        only look otherwise, how many rows and other attributes of a sheet, parts."""
        found = self.difference
        lines = [say("compare.sheet_missing", language, sheet=one) for one in found.sheets_missing]
        lines += [say("compare.sheet_added", language, sheet=one) for one in found.sheets_added]
        lines += [_cell_line(one, language) for one in found.cells if one.what != "style"]
        looks: dict[str, list[str]] = {}
        for one in found.cells:
            if one.what == "style":
                looks.setdefault(one.sheet, []).append(one.cell)
        for sheet, cells in looks.items():
            areas = joined_cells(cells)
            places = ", ".join(areas[:MOST_AREAS]) + (", …" if len(areas) > MOST_AREAS else "")
            lines.append(say("compare.looks", language, sheet=sheet, count=len(cells), cells=places))
        for sheet, count in Counter(one.sheet for one in found.elements).items():
            lines.append(say("compare.others", language, sheet=sheet, count=count))
        for change, parts in (("removed", found.missing), ("added", found.added), ("changed", found.changed)):
            lines += [say(f"compare.part_{change}", language, part=one) for one in parts]
        return lines

    def as_json(self) -> dict[str, object]:
        """The JSON object of `compare --json`."""
        found = self.difference
        parts = (("removed", found.missing), ("added", found.added), ("changed", found.changed))
        return {
            "schema": SCHEMA,
            "same": self.same,
            "parts": [{"part": one, "change": change} for change, names in parts for one in names],
            "sheets": {"removed": list(found.sheets_missing), "added": list(found.sheets_added)},
            "cells": [
                {"sheet": one.sheet, "cell": one.cell, "what": one.what, "before": one.old, "after": one.new}
                for one in found.cells
            ],
            "elements": [{"sheet": one.sheet, "what": one.what} for one in found.elements],
        }


def compare(first: str | Path, second: str | Path) -> Comparison:
    """How the second workbook differs from the first. Raises `InputRefused` when one is absent or unreadable."""
    for path in (first, second):
        if not Path(path).is_file():
            raise InputRefused("input.missing", file=str(path))
    return Comparison(find_differences(first, second))


def joined_cells(cells: Iterable[str]) -> list[str]:
    """Cells as areas (`B2:D9`): neighbours in a row are joined, then like pieces of rows below one another."""
    columns: dict[int, list[int]] = {}
    for cell in cells:
        row, column = parse_cell(cell)
        columns.setdefault(row, []).append(column)
    areas: list[Area] = []
    open_areas: dict[tuple[int, int], int] = {}
    for row in sorted(columns):
        still_open = {}
        for left, right in _stretches(sorted(columns[row])):
            place = open_areas.get((left, right))
            if place is not None and areas[place].bottom == row - 1:
                areas[place] = Area(areas[place].top, left, row, right)
            else:
                place = len(areas)
                areas.append(Area(row, left, row, right))
            still_open[left, right] = place
        open_areas = still_open
    return [str(area) for area in areas]


def _stretches(numbers: list[int]) -> list[tuple[int, int]]:
    """Unbroken stretches of ascending numbers, as (first, last)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _cell_line(one: CellChange, language: str) -> str:
    old, new = _shown(one.old), _shown(one.new)
    line = say(f"compare.cell_{one.what}", language, sheet=one.sheet, cell=one.cell, old=old, new=new)
    before, after = parse_number(old), parse_number(new)
    if one.what == "value" and isinstance(before, Decimal) and isinstance(after, Decimal):
        line += say("compare.difference", language, difference=format_number_vi(after - before))
    return line


def _shown(text: str) -> str:
    """A cell's content without the word for its type."""
    kind, _, rest = text.partition(" ")
    return rest if kind in {"text", "number", "boolean", "error"} else text
