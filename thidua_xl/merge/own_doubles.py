"""Files that say the same, or come from one unit, where no list of units tells them apart. Read `contents` first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from thidua_xl.grid import rows_of
from thidua_xl.grid.rowkinds import is_blank
from thidua_xl.merge.measures import is_amount
from thidua_xl.merge.own_places import UnitSheet
from thidua_xl.model import Book
from thidua_xl.text import fold

# Headings name the unit when at least so many differ, and at least this share of all.
FEWEST, MOST_ALIKE = 3, 0.7


def contents(book: Book) -> str:
    """A digest of what is written in a workbook, "" when no number is: the same for a copy that was saved again.

    A file under another name, in another format or with other colours has the same contents.
    """
    digest = hashlib.sha256()
    has_number = False
    for sheet in (one for one in book.sheets if one.visible and one.cells):
        for place, cell in sorted(sheet.cells.items()):
            if not is_blank(cell.value):
                value = (
                    f"{cell.value.normalize():f}"
                    if is_amount(cell.value) and not isinstance(cell.value, int)
                    else cell.value
                )
                digest.update(f"{sheet.name}\0{place}\0{value}\0".encode())
                has_number = has_number or is_amount(cell.value)
    return digest.hexdigest() if has_number else ""


def same_headings(sheets: Sequence[UnitSheet]) -> Iterator[tuple[UnitSheet, UnitSheet]]:
    """(later, earlier) sheets of different files with the very same words above the table, where most files differ."""
    headings = [(_heading(one), one) for one in sheets]
    known = {heading for heading, _ in headings}
    if len(known) < FEWEST or len(known) < MOST_ALIKE * len(headings):
        return
    first: dict[str, UnitSheet] = {}
    for heading, one in headings:
        earlier = first.setdefault(heading, one)
        if earlier.book.file != one.book.file:
            yield one, earlier


def _heading(one: UnitSheet) -> str:
    rows = rows_of(one.sheet)
    above = (row for row in sorted(rows) if row < one.found.header_rows[0])
    return "\n".join(fold(str(value)) for row in above for _, value in sorted(rows[row].items()) if not is_blank(value))
