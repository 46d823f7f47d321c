"""Ranges that end on one row reach further down: what was drawn over a single row is meant for the whole list.

Excel lets a range grow when rows enter it. A range over the one row that a template draws (F8:F8) has no inside, and
rows that come below it stay outside. Read `stretch_formula`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from thidua_xl.formula.references import SCAN, on_sheet, sheets_of


@dataclass(frozen=True, slots=True)
class Stretch:
    """Ranges of `sheet` that end on the 1-based `row` shall end on `last`."""

    sheet: str
    row: int
    last: int


def stretch_formula(
    text: str, stretch: Stretch, home: str, *, only_fixed: bool = False, single_too: bool = False
) -> str:
    """The formula with its ranges stretched; the very same text when none ends on the row.

    `home` is the sheet it stands on. With `only_fixed` ranges whose rows have no `$` are left (a row's own sum across
    its columns); with `single_too` a cell by itself becomes a range, as charts write a range of one cell.
    """
    if str(stretch.row) not in text:
        return text
    at_home = stretch.sheet.casefold() == home.casefold()

    def longer(found: re.Match[str]) -> str:
        if found.lastgroup != "ref" or not found["r1"] or not on_sheet(found):
            return found[0]
        if found["prefix"]:
            sheet, last_sheet, external = sheets_of(found["prefix"])
            if external or sheet != last_sheet or sheet.casefold() != stretch.sheet.casefold():
                return found[0]
        elif not at_home:
            return found[0]
        first = int(found["r1"])
        if not found["r2"]:
            if first != stretch.row or not single_too:
                return found[0]
            return f"{found[0]}:{found['c1d']}{found['c1']}{found['r1d']}{stretch.last}"
        if max(first, int(found["r2"])) != stretch.row or (only_fixed and not (found["r1d"] and found["r2d"])):
            return found[0]
        which = "2" if int(found["r2"]) == stretch.row else "1"
        start, end = found.start(f"r{which}") - found.start(), found.end(f"r{which}") - found.start()
        return f"{found[0][:start]}{stretch.last}{found[0][end:]}"

    return SCAN.sub(longer, text)
