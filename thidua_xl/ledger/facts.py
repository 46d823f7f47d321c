"""What the ledger knows about a round, as values. Read `Facts.read`, then `current_files`.

Nothing here is a state that could contradict another: states are worked out from facts (`states`).
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
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
    the file whose very bytes came again.
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
        """The files received, each content once: as it was entered last, for a file may be given to a unit later."""
        entered = [one for one in self.received if one.same_as is None]
        last = {one.sha256: one.id for one in entered}
        return tuple(one for one in entered if last[one.sha256] == one.id)

    @property
    def replaced(self) -> dict[int, Received]:
        """For each file that no longer counts, the one that replaced it."""
        return superseded(self.files, {one.sha256 for one in self.accepted if not one.code})

    def returned_of(self, sha256: str) -> Returned | None:
        """The latest annotated copy of a content, None when none was made."""
        return next((one for one in reversed(self.returned) if one.sha256 == sha256), None)

    def accepted_file(self, sha256: str) -> Accepted | None:
        """The acceptance of a whole file by hand, None when there is none."""
        return next((one for one in reversed(self.accepted) if one.sha256 == sha256 and not one.code), None)

    def accepted_keys(self, sha256: str) -> frozenset[tuple[str, str, str]]:
        """(code, sheet, cell) of the findings of a content whose explanation was accepted."""
        return frozenset((one.code, one.sheet, one.cell) for one in self.accepted if one.sha256 == sha256 and one.code)


def superseded(files: Iterable[Received], accepted: Container[str] = ()) -> dict[int, Received]:
    """For each file that no longer counts, the one that replaced it.

    Of the files of one unit and period those with the highest version count; two with the same version contradict
    each other and both stay, unless one of them (its SHA-256) was accepted by hand. A file of unknown unit stands for
    itself.
    """
    groups: dict[tuple[str, str], list[Received]] = {}
    for one in files:
        if one.unit and one.same_as is None:
            groups.setdefault((one.unit, one.period), []).append(one)
    found: dict[int, Received] = {}
    for group in groups.values():
        last = max(group, key=lambda one: (one.version, one.sha256 in accepted, one.id))
        found.update(
            (one.id, last)
            for one in group
            if one.version < last.version or (one is not last and last.sha256 in accepted)
        )
    return found


def next_version(declared: int, before: Iterable[Received]) -> int:
    """The lần nộp of a file that says it is number `declared`, after the files of its unit received before.

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
    )
