"""Put back what the last job of a round replaced, byte for byte. Read `undo`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.jobs.rounds import Round, open_round, user
from thidua_xl.ledger import Ledger, Operation, Work
from thidua_xl.ledger.work import digest_of, kept, operations_of, working

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

    A file that was changed after the job stops it (`InputRefused` `undo.changed`) unless `force`; even then what stood
    there is kept. Raises `UsageProblem` (`undo.nothing`) when there is no job to take back.
    """
    found = open_round(folder)
    with found.ledger() as ledger:
        last = _last(ledger)
    with working(found.home, "undo", who or user(), undoes=last) as work:
        if _last(work.ledger) != last:
            raise InputRefused("ledger.busy", file=str(work.ledger.path))
        row = work.ledger.rows("SELECT * FROM job WHERE id = ?", (last,))[0]
        files = []
        for operation in reversed(operations_of(work.ledger, last)):
            place = work.place(operation.path)
            if digest_of(place) != operation.new and not force:
                raise InputRefused("undo.changed", file=str(place))
            _put_back(work, operation)
            files.append((operation.path, GONE if operation.old is None else BACK))
        work.detail.update(kind=row["kind"], files=len(files))
    return Undone(found, last, row["kind"], row["who"], row["started"], tuple(files))


def _put_back(work: Work, operation: Operation) -> None:
    if operation.old is None:
        work.remove(operation.path)
    else:
        work.put(operation.path, kept(work.home, operation.old))


def _last(ledger: Ledger) -> int:
    marks = ", ".join("?" * len(_LASTING))
    rows = ledger.rows(
        f"SELECT MAX(id) AS id FROM job WHERE finished IS NOT NULL AND undone_by IS NULL AND kind NOT IN ({marks})",
        _LASTING,
    )
    if rows[0]["id"] is None:
        raise UsageProblem("undo.nothing")
    return int(rows[0]["id"])
