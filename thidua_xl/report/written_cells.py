"""What a long table does to a sheet, made as it is gone through. Read `WrittenCells`, then `Edits`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise
from typing import overload

from thidua_xl.model import Edit, Figure, ReportRow
from thidua_xl.refs import column_letters, parse_cell


class WrittenCells(Mapping[str, Figure]):
    """The written A1 cells of a table and their figures: `numbers` are the 1-based sheet rows of its rows, `columns`
    maps the codes of the columns that the template has to their 1-based places. In printing order.
    """

    def __init__(self, numbers: Sequence[int], rows: Sequence[ReportRow], columns: Mapping[str, int]) -> None:
        self._numbers = numbers
        self._rows = rows
        self._letters = {code: column_letters(column) for code, column in columns.items()}
        self._codes = {letters: code for code, letters in self._letters.items()}
        self._places: dict[int, int] | None = None
        if any(one >= two for one, two in pairwise(numbers)):
            self._places = {number: place for place, number in enumerate(numbers)}

    def __getitem__(self, cell: str) -> Figure:
        letters = cell.rstrip("0123456789")
        number = int(cell[len(letters) :] or 0)
        place = self._place(number)
        code = self._codes.get(letters)
        figure = self._rows[place].figure(code) if code is not None and place is not None else None
        if figure is None:
            raise KeyError(cell)
        return figure

    def __iter__(self) -> Iterator[str]:
        return (cell for cell, _ in self._pairs())

    def __len__(self) -> int:
        return sum(1 for _ in self._pairs())

    def items(self) -> ItemsView[str, Figure]:
        """Cells and figures, each row looked at once."""
        return _Items(self)

    def of_rows(self, numbers: Iterable[int]) -> Iterator[tuple[str, Figure]]:
        """The cells and figures of some sheet rows."""
        for number in numbers:
            place = self._place(number)
            if place is not None:
                yield from self._row_pairs(number, self._rows[place])

    def _place(self, number: int) -> int | None:
        if self._places is not None:
            return self._places.get(number)
        place = bisect_left(self._numbers, number)
        return place if place < len(self._numbers) and self._numbers[place] == number else None

    def _pairs(self) -> Iterator[tuple[str, Figure]]:
        for number, row in zip(self._numbers, self._rows, strict=True):
            yield from self._row_pairs(number, row)

    def _row_pairs(self, number: int, row: ReportRow) -> Iterator[tuple[str, Figure]]:
        letters = self._letters
        for figure in row.figures:
            column = letters.get(figure.column)
            if column is not None:
                yield f"{column}{number}", figure


def cells_of_rows(cells: Mapping[str, Figure], numbers: Collection[int]) -> Iterator[tuple[str, Figure]]:
    """The written cells of some 1-based sheet rows, with their figures."""
    if isinstance(cells, WrittenCells):
        return cells.of_rows(numbers)
    return ((cell, figure) for cell, figure in cells.items() if parse_cell(cell)[0] in numbers)


class _Items(ItemsView[str, Figure]):
    """The pairs of `WrittenCells` in one go."""

    _mapping: WrittenCells

    def __iter__(self) -> Iterator[tuple[str, Figure]]:
        return self._mapping._pairs()


class Edits(Sequence[Edit]):
    """Edits in order, from parts that can be gone through again and again."""

    def __init__(self, parts: Sequence[Iterable[Edit]]) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Edit]:
        return chain.from_iterable(self.parts)

    @overload
    def __getitem__(self, place: int) -> Edit: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Edit]: ...

    def __getitem__(self, place: int | slice) -> Edit | Sequence[Edit]:
        if isinstance(place, slice):
            return tuple(self)[place]
        at = place + len(self) if place < 0 else place
        for edit in islice(self, max(at, 0), None):
            return edit
        raise IndexError(place)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None
