"""A sheet and the names of the columns that are wanted -> where the table is. Read `find_table`.

Headers are matched by equality after folding, over one to four stacked rows with merged cells; nothing is guessed
from likeness. A row of exact field codes, if there is one, wins over all headers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thidua_xl.grid.header_band import Band, find_band, stacks_at
from thidua_xl.grid.headers import column_labels, is_number_row
from thidua_xl.grid.rowkinds import RowKinds, names_signer, sort_rows
from thidua_xl.grid.table_cells import extras_of, rows_of
from thidua_xl.model import Sheet, Value

TOTAL_LABELS = ("Tổng cộng", "Tổng số", "Cộng", "Tổng", "Toàn quốc", "Tổng cộng toàn đơn vị")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """Where a table is; rows and columns are 1-based.

    `columns` gives the column of each field found, `headers` the text over every column of the table.
    `duplicates` are (field, its columns) when several columns are equally the field (the first is taken);
    `unknown` are columns with a header that is no field, `renamed` fields found by their hidden code under a header
    that is none of their names. `rows` sorts what stands below the headers.
    """

    header_rows: tuple[int, int]
    columns: Mapping[str, int]
    headers: Mapping[int, str]
    rows: RowKinds
    code_row: int | None = None
    number_row: int | None = None
    duplicates: tuple[tuple[str, tuple[int, ...]], ...] = ()
    unknown: tuple[int, ...] = ()
    renamed: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    score: int = 0

    @property
    def data_rows(self) -> tuple[int, ...]:
        """The rows that hold entries."""
        return self.rows.data

    @property
    def total_row(self) -> int | None:
        """The row of the total, if any."""
        return self.rows.total

    @property
    def after_rows(self) -> tuple[int, ...]:
        """Rows with data below the total row or the signature."""
        return self.rows.after


@dataclass(frozen=True, slots=True)
class KnownBand:
    """A table whose place is known beforehand: header rows, column of each field, columns that are left aside."""

    top: int
    bottom: int
    columns: Mapping[str, int]
    aside: frozenset[int] = frozenset()


def find_table(
    sheet: Sheet,
    labels: Mapping[str, Sequence[str]],
    *,
    total_labels: Sequence[str] = TOTAL_LABELS,
    least: int = 2,
    serial: str | None = None,
    first_row: int = 1,
    known: KnownBand | None = None,
) -> FoundTable | None:
    """The table whose headers best match `labels` (field -> its names, proper one first); None below `least` columns.

    `serial` is the field of running numbers: rows that hold nothing else are no entries. The search begins at
    `first_row`, so that a second table below can be found. A label "group / label" matches the stacked headers.
    With `known` nothing is searched: the table is there.
    """
    wanted = tuple((name, tuple(names)) for name, names in labels.items())
    if known is not None:
        stacks = stacks_at(sheet, known.top, known.bottom)
        band: Band | None = Band(known.top, known.bottom, stacks, dict(known.columns), score=100 * len(known.columns))
    else:
        band = find_band(sheet, wanted, least=least, first_row=first_row)
    if band is None:
        return None
    rows = rows_of(sheet)
    number_row = None
    start = band.bottom + 1
    while start - band.bottom <= 2 and is_number_row(
        _within(rows.get(start, {}), band), below_codes=band.code_row is not None
    ):
        number_row = start
        start += 1
    headers = {column: " / ".join(stack) for column, stack in sorted(band.stacks.items())}
    taken = set(band.columns.values()) | {column for several in band.duplicates.values() for column in several}
    taken |= known.aside if known is not None else frozenset()
    return FoundTable(
        header_rows=(band.top, band.bottom),
        columns=band.columns,
        headers=headers,
        rows=sort_rows(
            _calculated(sheet, rows),
            start,
            band.columns,
            tuple(total_labels),
            serial,
            column_labels(wanted),
            (band.top, band.bottom),
            _foreign(band, rows),
        ),
        code_row=band.code_row,
        number_row=number_row,
        duplicates=tuple((name, tuple(several)) for name, several in band.duplicates.items()),
        unknown=tuple(column for column in headers if column not in taken),
        renamed=band.renamed,
        above=tuple(_texts_above(rows, band.code_row or band.top)),
        score=band.score,
    )


def _calculated(sheet: Sheet, rows: Mapping[int, Mapping[int, Value]]) -> Mapping[int, Mapping[int, Value]]:
    """The rows without the zeros that LibreOffice writes into a .xls for formulas of words it has not calculated.

    Such a zero is taken for nothing only where a row holds no more than it, or the words of a signature beside it;
    the formula itself is not read from a .xls: its text is "".
    """
    zeros: dict[int, set[int]] = {}
    for (row, column), beside in extras_of(sheet).items():
        if beside.formula == "" and type(value := rows.get(row, {}).get(column)) is int and not value:
            zeros.setdefault(row, set()).add(column)
    if not zeros:
        return rows
    found = dict(rows)
    for row, columns in zeros.items():
        rest = {column: one for column, one in rows[row].items() if column not in columns}
        if all(isinstance(one, str) and names_signer(one) for one in rest.values()):
            found[row] = rest
    return found


def _texts_above(rows: Mapping[int, Mapping[int, Value]], row: int) -> list[str]:
    """The texts in the eight rows above a row, the nearest first."""
    near = range(row - 1, max(row - 9, 0), -1)
    return [value for one in near for value in rows.get(one, {}).values() if isinstance(value, str)]


def _foreign(band: Band, rows: Mapping[int, Mapping[int, Value]]) -> frozenset[int]:
    """Columns with headers in the same rows that a column without any parts from the table's own."""
    headed = {column for row in range(band.top, band.bottom + 1) for column in rows.get(row, {})} | set(band.stacks)
    first, last = min(band.columns.values(), default=1), max(band.columns.values(), default=1)
    while first - 1 in headed:
        first -= 1
    while last + 1 in headed:
        last += 1
    return frozenset(column for column in headed if not first <= column <= last)


def _within(values: Mapping[int, Value], band: Band) -> dict[int, Value]:
    columns = set(band.stacks) | set(band.columns.values())
    return {column: value for column, value in values.items() if column in columns}
