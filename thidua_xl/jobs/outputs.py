"""Where a job may write: never over a file it reads. Read `refuse_overwriting`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import expand_paths, read_marks
from thidua_xl.model import Criteria
from thidua_xl.model.products import FINDINGS, PROPERTY, REPORT


def refuse_overwriting(target: Path, sources: Iterable[str | Path]) -> None:
    """Raise `UsageProblem` when `target` is one of the sources, or a workbook in a folder among them.

    Links are followed: a second name of a submission is the submission. A report or findings workbook that this
    program made before may be made again, also among the submissions.
    """
    if not target.exists() or is_own(target):
        return
    there = [Path(source) for source in sources if Path(source).exists()]
    for one in [*there, *(found.path for found in expand_paths(there))]:
        if one.samefile(target):
            raise UsageProblem("usage.output_is_input", file=str(target))


def book_of(criteria: Criteria) -> list[str]:
    """The criteria book's own file, when it came from one: it must not be written over either."""
    return [criteria.path] if criteria.path else []


def is_own(path: Path) -> bool:
    """Whether the file is a report or findings workbook of this program."""
    try:
        return read_marks(path).get(PROPERTY, "") in {REPORT, FINDINGS}
    except InputRefused:
        return False
