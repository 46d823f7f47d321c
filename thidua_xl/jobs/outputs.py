"""Where a job may write: never over a file it reads. Read `refuse_overwriting`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from thidua_xl.errors import UsageProblem
from thidua_xl.grid import expand_paths


def refuse_overwriting(target: Path, sources: Iterable[str | Path]) -> None:
    """Raise `UsageProblem` when `target` is one of the sources, or a workbook in a folder among them.

    Links are followed: a second name of a submission is the submission.
    """
    if not target.exists():
        return
    there = [Path(source) for source in sources if Path(source).exists()]
    for one in [*there, *(found.path for found in expand_paths(there))]:
        if one.samefile(target):
            raise UsageProblem("usage.output_is_input", file=str(target))
