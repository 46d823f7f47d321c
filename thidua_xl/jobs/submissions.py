"""One workbook file as a submission. Read `read_submission`."""

from __future__ import annotations

from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid import read_apart
from thidua_xl.jobs.returned import read_aside
from thidua_xl.model import Criteria, Submission


def read_submission(path: str | Path, criteria: Criteria, period: str | None = None) -> Submission:
    """A workbook file taken in: typed values that know their cells, findings about structure and values.

    `criteria` is the whole book; `period` holds when the file does not say its own. Raises `InputRefused`.
    """
    source = Path(path)
    if not source.is_file():
        raise InputRefused("input.missing", file=str(path))
    return read_aside(read_apart(source), criteria, period)
