"""The rows of a long report table kept small: packed some hundred at a time, unpacked when they are looked at.

Read `KeptRows`. A table of 10,000 units with all its figures and source cells as objects takes hundreds of megabytes;
it is gone through from top to bottom a few times, and seldom asked for a single row.
"""

from __future__ import annotations

import pickle
import zlib
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, overload

from thidua_xl.model.sources import (
    CellSources,
    JoinedSources,
    PlainSource,
    Source,
    Sources,
    join_sources,
    parts_by_file,
    plain_sources,
)
from thidua_xl.model.totals import Figure, ReportRow

# The kind of the rows that make up a table.
DETAIL = "DETAIL"
# So many rows stay as they are; the others are packed in pieces.
_OPEN, _PIECE = 300, 100
_LEVEL = 1
# The pieces unpacked last, of whatever tables.
_MOST_UNPACKED = 3
_unpacked: OrderedDict[tuple[int, int], tuple[KeptRows, list[ReportRow]]] = OrderedDict()


class RowListing(Sequence[ReportRow]):
    """Rows in printing order that are asked for by place: `row_at` and `__len__` are all that a listing must have."""

    @abstractmethod
    def row_at(self, place: int) -> ReportRow:
        """The row at a place that is there, 0-based."""

    @overload
    def __getitem__(self, place: int) -> ReportRow: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[ReportRow]: ...

    def __getitem__(self, place: int | slice) -> ReportRow | Sequence[ReportRow]:
        if isinstance(place, slice):
            return tuple(self)[place]
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(place)
        return self.row_at(at)


class KeptRows(RowListing):
    """Rows in printing order, added with `append`. `kinds` tells the kind of each without unpacking it."""

    def __init__(self, rows: Iterable[ReportRow] = ()) -> None:
        self.kinds: list[str] = []
        self._open: list[ReportRow] = []
        self._pieces: list[bytes] = []
        self._waiting: list[ReportRow] = []
        for row in rows:
            self.append(row)

    def append(self, row: ReportRow) -> None:
        """Add a row at the end."""
        self.kinds.append(row.kind)
        if len(self._open) < _OPEN:
            self._open.append(row)
            return
        self._waiting.append(row)
        if len(self._waiting) == _PIECE:
            plain = [self._plain_row(one) for one in self._waiting]
            # By and for this process only: nothing foreign is ever unpickled.
            self._pieces.append(zlib.compress(pickle.dumps(plain, 5), _LEVEL))
            self._waiting = []

    def __len__(self) -> int:
        return len(self.kinds)

    def row_at(self, place: int) -> ReportRow:
        """The row at a place, 0-based; its piece is unpacked."""
        if place < len(self._open):
            return self._open[place]
        piece, within = divmod(place - len(self._open), _PIECE)
        return self._waiting[within] if piece == len(self._pieces) else self._piece(piece)[within]

    def __iter__(self) -> Iterator[ReportRow]:
        yield from self._open
        for piece in range(len(self._pieces)):
            yield from self._piece(piece)
        yield from self._waiting

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def between(self, start: int, stop: int) -> Iterator[ReportRow]:
        """The rows from place `start` to before `stop`."""
        if start >= len(self._open):
            return map(self.__getitem__, range(start, stop))
        return islice(self, start, stop)

    def _piece(self, number: int) -> list[ReportRow]:
        key = (id(self), number)
        found = _unpacked.get(key)
        if found is not None and found[0] is self:
            return found[1]
        plain = pickle.loads(zlib.decompress(self._pieces[number]))
        made = [self._row(one) for one in plain]
        _unpacked[key] = (self, made)
        if len(_unpacked) > _MOST_UNPACKED:
            _unpacked.popitem(last=False)
        return made

    def _plain_row(self, row: ReportRow) -> tuple[Any, ...]:
        figures = [
            (one.column, one.value, self._plain(one.sources), one.formula, one.parts)
            if one.formula or one.parts or len(one.sources)
            else (one.column, one.value)
            for one in row.figures
        ]
        return row.kind, row.key, row.label, figures, dict(row.words)

    def _row(self, plain: tuple[Any, ...]) -> ReportRow:
        kind, key, label, figures, words = plain
        made = [
            Figure(one[0], one[1]) if len(one) == 2 else Figure(one[0], one[1], self._sources(one[2]), one[3], one[4])
            for one in figures
        ]
        return ReportRow(kind, key, label, tuple(made), words)

    def _plain(self, sources: Sequence[Source]) -> Any:
        """Source cells as tuples and lists of them: five parts are a column's cells, four one cell, three a total's."""
        if isinstance(sources, CellSources):
            return sources.file, sources.sheet, sources.letters, sources.rows, sources.values
        if isinstance(sources, ColumnSources) and sources.rows is self:
            return sources.column, sources.start, sources.stop
        if isinstance(sources, JoinedSources):
            return [self._plain(part) for part in sources.parts]
        return [(one.file, one.sheet, one.cell, one.value) for one in sources]

    def _sources(self, plain: Any) -> Sequence[Source]:
        if isinstance(plain, tuple):
            return CellSources(*plain) if len(plain) == 5 else ColumnSources(self, *plain)
        if plain and isinstance(plain[0], tuple) and len(plain[0]) == 4:
            return tuple([Source(*one) for one in plain])
        return join_sources([self._sources(one) for one in plain])


class ColumnSources(Sources):
    """The cells of a column's figures in the detail rows from place `start` to before `stop` (0-based) of a table."""

    __slots__ = ("column", "rows", "start", "stop")

    def __init__(self, rows: KeptRows, column: str, start: int, stop: int) -> None:
        self.rows, self.column, self.start, self.stop = rows, column, start, stop

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts())

    def __iter__(self) -> Iterator[Source]:
        for part in self._parts():
            yield from part

    def plain(self) -> Iterator[PlainSource]:
        return chain.from_iterable(map(plain_sources, self._parts()))

    def parts_by_file(self) -> Iterator[tuple[str, Sequence[Source]]]:
        for part in self._parts():
            yield from parts_by_file(part)

    def _parts(self) -> Iterator[Sequence[Source]]:
        for row in self.rows.between(self.start, self.stop):
            if row.kind == DETAIL and (figure := row.figure(self.column)) is not None:
                yield figure.sources


def row_kinds(rows: Sequence[ReportRow]) -> Sequence[str]:
    """The kind of each row."""
    return rows.kinds if isinstance(rows, KeptRows) else [row.kind for row in rows]
