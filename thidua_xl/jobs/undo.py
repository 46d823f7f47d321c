"""Put back what the last job of a round replaced, byte for byte. Read `undo`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.jobs.rounds import Round, open_round, user
from thidua_xl.ledger import Ledger, Operation, Work
from thidua_xl.ledger.work import VIEW, digest_of, kept, operations_of, working

# Jobs that begin a round or take another job back are not taken back themselves.
_LASTING = ("new", "undo")

BACK, GONE = "TRA_VE", "GO_BO"


@dataclass(frozen=True, slots=True)
class Undone:
    """The job that was taken back, and each of its files: put back (`TRA_VE`) or taken away (`GO_BO`)."""

    round: Round
    job: int
    kind: str
    who: str
    started: str
    files: tuple[tuple[str, str], ...]


def undo(folder: str | Path, *, who: str | None = None, force: bool = False) -> Undone:
    """Take the last job of a round back: its files become what they were, its facts no longer count.

    What looks at the round left behind since (status workbooks) goes back with it. A file that was changed after the
    job stops it (`InputRefused` `undo.changed`) unless `force`; even then what stood there is kept. Raises
    `UsageProblem` (`undo.nothing`) when there is no job to take back.
    """
    found = open_round(folder)
    with found.ledger() as ledger:
        last = _last(ledger)
    with working(found.home, "undo", who or user(), undoes=tuple(last)) as work:
        if _last(work.ledger) != last:
            raise InputRefused("ledger.busy", file=str(work.ledger.path))
        row = work.ledger.rows("SELECT * FROM job WHERE id = ?", (last[0],))[0]
        now: dict[str, str | None] = {}
        for job in reversed(last):
            for operation in reversed(operations_of(work.ledger, job)):
                stands = now[operation.path] if operation.path in now else digest_of(work.place(operation.path))
                if stands != operation.new and not force:
                    if job != last[0]:
                        continue  # a table that somebody wrote into is his now
                    raise InputRefused("undo.changed", file=str(work.place(operation.path)))
                _put_back(work, operation)
                now[operation.path] = operation.old
        files = tuple((path, GONE if old is None else BACK) for path, old in now.items())
        work.detail.update(kind=row["kind"], files=len(files))
    return Undone(found, last[0], row["kind"], row["who"], row["started"], files)


def _put_back(work: Work, operation: Operation) -> None:
    if operation.old is None:
        work.remove(operation.path)
    else:
        work.put(operation.path, kept(work.home, operation.old))


def _last(ledger: Ledger) -> list[int]:
    """The last job that counts and, behind it, the views written since."""
    marks = ", ".join("?" * len(_LASTING))
    rows = ledger.rows(
        "SELECT id, detail FROM job WHERE finished IS NOT NULL AND undone_by IS NULL "
        f"AND kind NOT IN ({marks}) ORDER BY id",
        _LASTING,
    )
    jobs = [(int(row["id"]), bool(json.loads(row["detail"]).get(VIEW))) for row in rows]
    meant = max((place for place, (_, is_view) in enumerate(jobs) if not is_view), default=None)
    if meant is None:
        raise UsageProblem("undo.nothing")
    return [number for number, _ in jobs[meant:]]
