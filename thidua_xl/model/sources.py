"""The source cells of a figure: `Source`, and many of them without an object for each (`CellSources`).

A round of 10,000 files has millions of source cells; most figures are asked for their cells once, when the report's
listing is written, or never.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice, repeat
from typing import overload

from thidua_xl.model.cells import Value


@dataclass(frozen=True, slots=True)
class Source:
    """Ô nguồn — one cell that went into a figure, with the value it gave (None when counted only)."""

    file: str
    sheet: str
    cell: str
    value: Value = None


# File, sheet, cell and value of a source cell, for those who go through very many.
PlainSource = tuple[str, str, str, Value]


class Sources(Sequence[Source]):
    """Source cells that are made when they are looked at; equal to any sequence of the same cells."""

    __slots__ = ()

    @overload
    def __getitem__(self, place: int) -> Source: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Source]: ...

    def __getitem__(self, place: int | slice) -> Source | Sequence[Source]:
        if isinstance(place, slice):
            return tuple(self)[place]
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(place)
        return next(islice(self, at, None))

    @abstractmethod
    def __iter__(self) -> Iterator[Source]:
        """The cells in order."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def plain(self) -> Iterator[PlainSource]:
        """The cells in order as plain tuples."""
        return ((one.file, one.sheet, one.cell, one.value) for one in self)

    def parts_by_file(self) -> Iterator[tuple[str, Sequence[Source]]]:
        """The cells in order, those of one file together as far as they are neighbours."""
        for file, part in groupby(self, key=lambda one: one.file):
            yield file, tuple(part)


class CellSources(Sources):
    """Cells of one column of one sheet: `letters` with each of the 1-based `rows`, and the value of each.

    Without `values` the cells were counted only.
    """

    __slots__ = ("file", "letters", "rows", "sheet", "values")

    def __init__(
        self, file: str, sheet: str, letters: str, rows: Sequence[int], values: Sequence[Value] | None
    ) -> None:
        self.file, self.sheet, self.letters, self.rows, self.values = file, sheet, letters, rows, values

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Source]:
        file, sheet, letters = self.file, self.sheet, self.letters
        values = self.values if self.values is not None else (None,) * len(self.rows)
        for row, value in zip(self.rows, values, strict=True):
            yield Source(file, sheet, f"{letters}{row}", value)

    def plain(self) -> Iterator[PlainSource]:
        values = self.values if self.values is not None else repeat(None, len(self.rows))
        letters = self.letters
        return zip(
            repeat(self.file), repeat(self.sheet), [f"{letters}{row}" for row in self.rows], values, strict=False
        )

    def parts_by_file(self) -> Iterator[tuple[str, Sequence[Source]]]:
        yield self.file, self


class JoinedSources(Sources):
    """The cells of several figures, one after the other."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Sequence[Source]]) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __iter__(self) -> Iterator[Source]:
        return chain.from_iterable(self.parts)

    def plain(self) -> Iterator[PlainSource]:
        return chain.from_iterable(map(plain_sources, self.parts))

    def parts_by_file(self) -> Iterator[tuple[str, Sequence[Source]]]:
        for part in self.parts:
            yield from parts_by_file(part)


def plain_sources(sources: Sequence[Source]) -> Iterator[PlainSource]:
    """The cells in order as plain tuples."""
    if isinstance(sources, Sources):
        return sources.plain()
    return ((one.file, one.sheet, one.cell, one.value) for one in sources)


def parts_by_file(sources: Sequence[Source]) -> Iterator[tuple[str, Sequence[Source]]]:
    """The cells in order, those of one file together as far as they are neighbours."""
    if isinstance(sources, Sources):
        yield from sources.parts_by_file()
        return
    for file, some in groupby(sources, lambda one: one.file):
        yield file, tuple(some)


def join_sources(parts: Iterable[Sequence[Source]]) -> Sequence[Source]:
    """The cells of all parts in order."""
    flat: list[Sequence[Source]] = []
    for part in parts:
        if isinstance(part, JoinedSources):
            flat.extend(part.parts)
        elif not isinstance(part, tuple) or part:
            flat.append(part)
    if len(flat) == 1:
        return flat[0]
    return JoinedSources(tuple(flat)) if flat else ()
