"""Where staff said that the tables and cells of such files are, found again in a file of that shape. Read `recall`.

A table is known again by its header texts, not by its place: further up or down, with columns moved or put in
between, it is still the same table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from thidua_xl.grid import KnownBand, rows_of, stacks_at
from thidua_xl.grid.headers import header_key
from thidua_xl.model import Book, Sheet
from thidua_xl.model.learned import Learned, LearnedCell, LearnedTable
from thidua_xl.refs import Area
from thidua_xl.text import convert_legacy, fold

# How far down a table is looked for. All its columns (of a form all its labels) must be there: a sheet with others has
# another shape and is read by its headers.
_SEARCHED = 60

Areas = dict[str, tuple[str, Area]]


def recall(
    book: Book, learned: Sequence[Learned], prefix: str
) -> tuple[Mapping[str, tuple[str, KnownBand]], Mapping[str, tuple[str, Area]]]:
    """(form -> sheet and header band, name -> sheet and area) for what is known of a file of this shape.

    Names are those that our own forms carry: `prefix` + form, `prefix` + form + "_" + field. What was learned last
    holds.
    """
    tables: dict[str, tuple[str, KnownBand]] = {}
    areas: Areas = {}
    visible = [sheet for sheet in book.sheets if sheet.visible and sheet.cells]
    for one in learned:
        for table in one.tables:
            for sheet in _likely(visible, table.sheet):
                band = _band(sheet, table)
                if band is not None:
                    tables[table.form] = sheet.name, band
                    areas[f"{prefix}{table.form}"] = sheet.name, Area(band.top, 1, band.bottom, 1)
                    break
        _cells(visible, one.cells, prefix, areas)
    return tables, areas


def _likely(sheets: Sequence[Sheet], name: str) -> list[Sheet]:
    """The sheets, one of that name first."""
    return sorted(sheets, key=lambda sheet: fold(sheet.name) != fold(name))


def _band(sheet: Sheet, table: LearnedTable) -> KnownBand | None:
    height = table.bottom - table.top
    wanted = [one for one in table.columns if one.field]
    for top in _tops(sheet, table):
        here = {column: header_key(" / ".join(stack)) for column, stack in stacks_at(sheet, top, top + height).items()}
        columns: dict[str, int] = {}
        for one in wanted:
            column = _column(here, one.column, header_key(one.header))
            if column is not None and column not in columns.values():
                columns[one.field] = column
        if wanted and len(columns) == len(wanted):
            aside = {_column(here, one.column, header_key(one.header)) for one in table.columns if not one.field}
            left = frozenset(one for one in aside if one is not None) - frozenset(columns.values())
            return KnownBand(top, top + height, columns, left)
    return None


def _tops(sheet: Sheet, table: LearnedTable) -> Iterator[int]:
    """Rows in which the headers may begin, the known one first."""
    keys = {header_key(part) for one in table.columns for part in one.header.split(" / ")} - {""}
    yield table.top
    for row, values in rows_of(sheet).items():
        if row > _SEARCHED:
            return
        texts = [convert_legacy(value).text for value in values.values() if isinstance(value, str)]
        if row != table.top and any(header_key(text) in keys for text in texts):
            yield row


def _column(here: Mapping[int, str], column: int, key: str) -> int | None:
    """The column with that header: where it was, else the only one."""
    if here.get(column) == key:
        return column
    alike = [one for one, text in here.items() if text == key]
    return alike[0] if key and len(alike) == 1 else None


def _cells(sheets: Sequence[Sheet], cells: Sequence[LearnedCell], prefix: str, areas: Areas) -> None:
    """The labelled cells, each found by its label on the first sheet that has all of them."""
    forms = {one.form for one in cells}
    for form in sorted(forms):
        own = [one for one in cells if one.form == form]
        for sheet in _likely(sheets, own[0].sheet):
            labels = _labels(sheet)
            found = {one.field: _value_place(one, labels) for one in own}
            hits = {field: place for field, place in found.items() if place is not None}
            if len(hits) == len(own):
                areas[f"{prefix}{form}"] = sheet.name, Area(1, 1, 1, 1)
                for field, (row, column) in hits.items():
                    areas[f"{prefix}{form}_{field}"] = sheet.name, Area(row, column, row, column)
                break


def _labels(sheet: Sheet) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for row, values in rows_of(sheet).items():
        for column, value in values.items():
            if isinstance(value, str):
                found.setdefault(header_key(convert_legacy(value).text), []).append((row, column))
    return found


def _value_place(one: LearnedCell, labels: Mapping[str, Sequence[tuple[int, int]]]) -> tuple[int, int] | None:
    places = labels.get(header_key(one.text), ())
    place = one.label if one.label in places else (places[0] if len(places) == 1 else None)
    if place is None:
        return None
    row, column = place[0] + one.value[0] - one.label[0], place[1] + one.value[1] - one.label[1]
    return (row, column) if row >= 1 and column >= 1 else None
