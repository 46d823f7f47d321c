"""What the ledger knows about a round, as values. Read `Facts.read`, then `current_files`.

Nothing here is a state that could contradict another: states are worked out from facts (`states`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from thidua_xl.ledger.packing import pack_value, unpack_value
from thidua_xl.ledger.store import Ledger
from thidua_xl.model import ClosedPeriod

_COUNTS = "job IN (SELECT id FROM job WHERE finished IS NOT NULL AND undone_by IS NULL)"


@dataclass(frozen=True, slots=True)
class Received:
    """Tệp đã nhận. `name` is the path below nop/, `declared` the version the file itself says, `version` the lần nộp.

    `unit`, `period` are codes, "" when unknown; `refusal` is the code of why it could not be read; `same_as` the id of
    the file whose very bytes came again. A workbook with a sheet per unit is received once for each (`shared`); `job`
    is the job that entered it.
    """

    id: int
    name: str
    sha256: str
    moment: datetime
    unit: str = ""
    period: str = ""
    declared: int = 1
    version: int = 1
    refusal: str = ""
    same_as: int | None = None
    job: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """Bản trả lại of the file `sha256`: where it was written, its content's SHA-256, and what was asked in it."""

    sha256: str
    unit: str
    path: str
    copy_sha256: str
    moment: datetime
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Chấp nhận by hand: of a whole file (`code` is ""), or of the explanation of one finding."""

    sha256: str
    unit: str
    code: str
    sheet: str
    cell: str
    reason: str
    who: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All that counts: facts of finished jobs that were not undone, oldest first."""

    received: tuple[Received, ...]
    returned: tuple[Returned, ...]
    accepted: tuple[Accepted, ...]
    closed: tuple[ClosedPeriod, ...]

    @classmethod
    def read(cls, ledger: Ledger) -> Facts:
        """The facts of a ledger."""
        return cls(
            received=tuple(map(_received, ledger.rows(f"SELECT * FROM received WHERE {_COUNTS} ORDER BY id"))),
            returned=tuple(
                Returned(
                    row["sha256"], row["unit"], row["path"], row["copy_sha256"],
                    datetime.fromisoformat(row["moment"]), json.loads(row["content"]),
                )
                for row in ledger.rows(f"SELECT * FROM returned WHERE {_COUNTS} ORDER BY job, rowid")
            ),
            accepted=tuple(
                Accepted(
                    row["sha256"], row["unit"], row["code"], row["sheet"], row["cell"], row["reason"], row["who"],
                    datetime.fromisoformat(row["moment"]),
                )
                for row in ledger.rows(f"SELECT * FROM accepted WHERE {_COUNTS} ORDER BY job, rowid")
            ),
            closed=tuple(
                unpack_closed(json.loads(row["content"]))
                for row in ledger.rows(f"SELECT content FROM closed WHERE {_COUNTS} ORDER BY job")
            ),
        )  # fmt: skip

    @property
    def files(self) -> tuple[Received, ...]:
        """The files received, each content once for every unit in it: as it was entered last, for a file may be given
        to a unit later.
        """
        entered = [one for one in self.received if one.same_as is None]
        last = {one.sha256: one.job for one in entered}
        kept = [one for one in entered if last[one.sha256] == one.job]
        units = Counter(one.sha256 for one in kept)
        return tuple(replace(one, shared=True) if units[one.sha256] > 1 else one for one in kept)

    @property
    def replaced(self) -> dict[int, Received]:
        """For each file that no longer counts, the one that replaced it."""
        return superseded(self.files, {(one.sha256, one.unit) for one in self.accepted if not one.code})

    def returned_of(self, sha256: str) -> Returned | None:
        """The latest annotated copy of a content, None when none was made."""
        return next((one for one in reversed(self.returned) if one.sha256 == sha256), None)

    def accepted_file(self, file: Received) -> Accepted | None:
        """The acceptance of a whole file by hand (of one unit's sheets in a shared one), None when there is none."""
        return next((one for one in reversed(self.accepted) if _is_of(one, file) and not one.code), None)

    def accepted_keys(self, file: Received) -> frozenset[tuple[str, str, str]]:
        """(code, sheet, cell) of the findings of a file whose explanation was accepted."""
        return frozenset((one.code, one.sheet, one.cell) for one in self.accepted if _is_of(one, file) and one.code)


def superseded(files: Iterable[Received], accepted: Container[tuple[str, str]] = ()) -> dict[int, Received]:
    """For each file that no longer counts, the one that replaced it.

    Of the files of one unit and period those with the highest version count; two with the same version contradict
    each other and both stay, unless one of them (its SHA-256 and unit) was accepted by hand. A unit's sheet in a
    shared workbook never replaces the file that the unit sent itself, for who put it there is not known. A file of
    unknown unit stands for itself.
    """
    groups: dict[tuple[str, str], list[Received]] = {}
    for one in files:
        if one.unit and one.same_as is None:
            groups.setdefault((one.unit, one.period), []).append(one)
    found: dict[int, Received] = {}
    for group in groups.values():
        own, shared = [one for one in group if not one.shared], [one for one in group if one.shared]
        lasts = [_replace_older(some, accepted, found) for some in (own, shared) if some]
        winner = _of_both(lasts[0], lasts[1], accepted) if len(lasts) > 1 else None
        if winner is not None:
            found.update((one.id, winner) for one in group if one.shared != winner.shared)
    return found


def _replace_older(group: list[Received], accepted: Container[tuple[str, str]], found: dict[int, Received]) -> Received:
    """Mark in `found` what the last of the group replaces; the last."""
    last = max(group, key=lambda one: (one.version, (one.sha256, one.unit) in accepted, one.id))
    by_hand = (last.sha256, last.unit) in accepted
    found.update((one.id, last) for one in group if one.version < last.version or (one is not last and by_hand))
    return last


def _of_both(own: Received, shared: Received, accepted: Container[tuple[str, str]]) -> Received | None:
    """Which counts of a unit's own file and its sheet in a shared workbook; None when they contradict each other."""
    by_hand = [one for one in (own, shared) if (one.sha256, one.unit) in accepted]
    if len(by_hand) == 1:
        return by_hand[0]
    return own if own.version > shared.version else None


def next_version(declared: int, before: Iterable[Received]) -> int:
    """The lần nộp of a file that says it is number `declared`, after the files of its unit received before: those of
    its own kind, shared or not.

    A file that says the same number as one before is a resubmission whose number was not raised; one that says a
    lower number is an older version that came late.
    """
    known = list(before)
    if not known:
        return declared
    if declared < max(one.declared for one in known):
        return declared
    return max(declared, max(one.version for one in known) + 1)


def pack_closed(closed: ClosedPeriod) -> dict[str, Any]:
    """A closed period as a JSON object."""
    return {
        "code": closed.code,
        "kind": closed.kind,
        "year": closed.year,
        "totals": {key: pack_value(value) for key, value in closed.totals.items()},
        "files": dict(closed.files),
    }


def unpack_closed(packed: Mapping[str, Any]) -> ClosedPeriod:
    """The closed period of `pack_closed`."""
    totals = {key: unpack_value(value) for key, value in packed["totals"].items()}
    return ClosedPeriod(packed["code"], packed["kind"], packed["year"], totals, packed["files"])


def _received(row: Any) -> Received:
    return Received(
        id=row["id"],
        name=row["name"],
        sha256=row["sha256"],
        moment=datetime.fromisoformat(row["moment"]),
        unit=row["unit"],
        period=row["period"],
        declared=row["declared"],
        version=row["version"],
        refusal=row["refusal"],
        same_as=row["same_as"],
        job=row["job"],
    )


def _is_of(accepted: Accepted, file: Received) -> bool:
    return accepted.sha256 == file.sha256 and (not file.shared or accepted.unit == file.unit)
