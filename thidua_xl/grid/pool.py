"""Many workbooks -> books, in the order given. Read `read_books`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid.archive import open_archive
from thidua_xl.grid.guard import load
from thidua_xl.grid.inputs import ZIP_LIMITS, Input
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.read import read_book
from thidua_xl.grid.refusal import named
from thidua_xl.model import Book


def read_books(
    inputs: Iterable[Input | Path | str],
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    limits: Limits = DEFAULT,
) -> Iterator[Book | InputRefused]:
    """A book or the refusal of it for each input, in the order given."""
    listed = [one if isinstance(one, Input) else Input(Path(one), Path(one).name) for one in inputs]
    if executor is not None:
        yield from executor.map(read_input, listed, [limits] * len(listed))
    else:
        for one in listed:
            yield read_input(one, limits)


def read_input(one: Input, limits: Limits = DEFAULT) -> Book | InputRefused:
    """The book of one input, or its refusal."""
    try:
        if one.member:
            archive = open_archive(load(one.path, ZIP_LIMITS), ZIP_LIMITS)
            return read_book(archive.read(one.member), name=one.name, limits=limits)
        return read_book(one.path, name=one.name, limits=limits)
    except InputRefused as refusal:
        return named(refusal, one.name)
