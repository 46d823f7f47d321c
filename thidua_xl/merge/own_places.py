"""Where a unit's sheet holds the tables of the office's own form. Read `unit_sheets` first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from thidua_xl.grid import FoundTable, KnownBand, find_table
from thidua_xl.model import Book, Sheet
from thidua_xl.model.mapping import ColumnRole, MappedColumn, MappedTable
from thidua_xl.refs import column_number
from thidua_xl.text import fold


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """The sheet of one unit: `unit` is its file's name without ending, with the sheet when a file holds several.

    `end` is the header row of the next table below, 0 when there is none.
    """

    unit: str
    book: Book
    sheet: Sheet
    found: FoundTable
    end: int = 0


def unit_sheets(table: MappedTable, book: Book, others: Sequence[MappedTable] = ()) -> Iterator[UnitSheet]:
    """The sheets of a book that hold the table: the one of the template's name, else every one that fits best."""
    fits = []
    for sheet in book.sheets:
        if sheet.visible and sheet.cells:
            found, end = located(table, sheet, others)
            if found is not None:
                fits.append((sheet, found, end))
    named = [one for one in fits if fold(one[0].name) == fold(table.sheet)]
    best = max((len(found.columns) for _, found, _ in fits), default=0)
    chosen = named or [one for one in fits if len(one[1].columns) == best]
    stem = book.file.rpartition("/")[2].rpartition(".")[0] or book.file
    for sheet, found, end in chosen:
        unit = stem if len(chosen) == 1 else f"{stem} / {sheet.name}"
        yield UnitSheet(unit, book, sheet, found, end)


def column_key(column: MappedColumn) -> str:
    # The name of a field counts as its code in a row of codes; a letter would be found in the row A, B, 1, 2.
    return column.code or f"cot_{column.letter}"


def _labels(column: MappedColumn) -> tuple[str, ...]:
    last = column.header.rpartition(" / ")[2]
    return tuple(dict.fromkeys(one for one in (column.header, last) if one))


def located(table: MappedTable, sheet: Sheet, others: Sequence[MappedTable]) -> tuple[FoundTable | None, int]:
    """A table of the form on a sheet, and the header row of the next table below it (0 for none).

    Tables with the same headers are told apart by their order.
    """
    found: dict[str, FoundTable] = {}
    for one in sorted([table, *others], key=lambda one: (one.header_top, _leftmost(one))):
        place = _find(one, sheet, 1)
        if place is not None and any(_is_same(place, other) for other in found.values()):
            lower = max(other.header_rows[1] for other in found.values()) + 1
            taken = {column for other in found.values() for column in other.columns.values()}
            place = _beside(one, sheet, place.header_rows, taken) or _find(one, sheet, lower)
        if place is not None:
            found[one.code] = place
    mine = found.pop(table.code, None)
    if mine is None:
        return None, 0
    below = [one.header_rows[0] for one in found.values() if one.header_rows[0] > mine.header_rows[1]]
    return mine, min(below, default=0)


def _find(table: MappedTable, sheet: Sheet, first_row: int) -> FoundTable | None:
    labels = {column_key(one): _labels(one) for one in table.columns if one.letter and (one.header or one.code)}
    if not labels:
        return None
    least = min(max(2, len(labels) // 2), len(labels))
    serial = next((column_key(one) for one in table.columns if one.role is ColumnRole.SERIAL), None)
    found = find_table(sheet, labels, least=least, serial=serial, first_row=first_row)
    if found is None or not found.duplicates:
        return found
    # Headers that stand twice belong to tables side by side: the one in the template's own column is meant.
    letters = {column_key(one): column_number(one.letter) for one in table.columns if one.letter}
    own = {name: letters[name] for name, several in found.duplicates if letters.get(name) in several}
    return replace(found, columns={**found.columns, **own})


def _beside(table: MappedTable, sheet: Sheet, header: tuple[int, int], taken: Set[int]) -> FoundTable | None:
    """A table whose headers stand in the template's own columns, right of another one with the same headers.

    `taken` are the columns of the tables found already.
    """
    columns = {}
    for one in (one for one in table.columns if one.letter and one.header):
        at = column_number(one.letter)
        texts = {fold(str(sheet.value(row, at) or "")) for row in range(header[0], header[1] + 1)}
        if at in taken or fold(one.header.rpartition(" / ")[2]) not in texts:
            return None
        columns[column_key(one)] = at
    labels = {column_key(one): _labels(one) for one in table.columns if column_key(one) in columns}
    serial = next((column_key(one) for one in table.columns if one.role is ColumnRole.SERIAL), None)
    return find_table(sheet, labels, serial=serial, known=KnownBand(*header, columns)) if columns else None


def _is_same(one: FoundTable, other: FoundTable) -> bool:
    shared = set(one.columns.values()) & set(other.columns.values())
    return one.header_rows == other.header_rows and 2 * len(shared) > len(one.columns)


def _leftmost(table: MappedTable) -> int:
    return min((column_number(one.letter) for one in table.columns if one.letter), default=0)
