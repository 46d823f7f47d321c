"""One workbook file as a submission. Read `read_submission`."""

from __future__ import annotations

from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid import read_apart
from thidua_xl.jobs.returned import read_all_aside, read_aside
from thidua_xl.model import Book, Criteria, Submission


def read_submission(path: str | Path, criteria: Criteria, period: str | None = None) -> Submission:
    """A workbook file taken in: typed values that know their cells, findings about structure and values.

    `criteria` is the whole book; `period` holds when the file does not say its own. Raises `InputRefused`.
    """
    return read_aside(_book(path), criteria, period)


def read_submissions(path: str | Path, criteria: Criteria, period: str | None = None) -> tuple[Submission, ...]:
    """The same for a workbook that may hold a sheet per unit: a submission of each."""
    return read_all_aside(_book(path), criteria, period)


def _book(path: str | Path) -> Book:
    source = Path(path)
    if not source.exists():
        raise InputRefused("input.missing", file=str(path))
    return read_apart(source)
