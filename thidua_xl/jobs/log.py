"""Who did what when in a round, without anything about persons in the reports. Read `history`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thidua_xl.jobs.rounds import Round, open_round


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `detail` holds counts and codes of units; `undone` whether it was taken back, `undoes` which it took."""

    number: int
    kind: str
    who: str
    started: str
    finished: str
    undone: bool
    undoes: int | None
    files: int
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """The finished jobs of a round, oldest first."""

    round: Round
    jobs: tuple[Job, ...]


def history(folder: str | Path) -> History:
    """The history of a round. Raises `UsageProblem` when `folder` is no round."""
    found = open_round(folder)
    with found.ledger() as ledger:
        rows = ledger.rows(
            "SELECT job.*, (SELECT COUNT(*) FROM operation WHERE operation.job = job.id) AS files "
            "FROM job WHERE finished IS NOT NULL ORDER BY id"
        )
    return History(
        found,
        tuple(
            Job(
                number=row["id"],
                kind=row["kind"],
                who=row["who"],
                started=row["started"],
                finished=row["finished"],
                undone=row["undone_by"] is not None,
                undoes=row["undoes"],
                files=row["files"],
                detail=json.loads(row["detail"]),
            )
            for row in rows
        ),
    )
