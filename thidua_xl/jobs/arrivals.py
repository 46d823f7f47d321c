"""Files on their way into a round: what is new, what is known by its very bytes, what cannot be opened.

Read `arrive`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath

from thidua_xl.errors import InputRefused
from thidua_xl.grid import Input, expand_paths
from thidua_xl.grid.archive import Archive, open_archive
from thidua_xl.grid.guard import load
from thidua_xl.grid.one import ZIP_LIMITS
from thidua_xl.grid.refusal import named as refused_as
from thidua_xl.jobs.collect import receipts
from thidua_xl.jobs.round_review import received_name
from thidua_xl.jobs.rounds import Round
from thidua_xl.ledger import PRIVATE, Facts, Work
from thidua_xl.ledger.work import keep
from thidua_xl.text import fold, nfc

# A day without a time of day, as in a list of receipts, is taken as noon.
NOON = time(12)


@dataclass(slots=True)
class Arrival:
    """A file on its way in: how it was called, its name below nop/, and where its content lies now."""

    given: str
    name: str
    sha256: str
    size: int
    moment: datetime
    place: Path
    lies_there: bool = False


@dataclass(slots=True)
class Arrivals:
    """What was found: new content, content that is known, and (name, refusal) of what cannot be opened."""

    new: list[Arrival] = field(default_factory=list)
    doubles: list[Arrival] = field(default_factory=list)
    refused: list[tuple[str, InputRefused]] = field(default_factory=list)


def arrive(
    found: Round, files: Sequence[str | Path], facts: Facts, work: Work, *, day: date | None, unit: str
) -> Arrivals:
    """Look at `files` and at what lies in nop/; new content is planned to be copied into nop/.

    `day` is when they came (now when None); a `nhan.csv` beside them holds before it. A file of unknown unit that is
    here already and is named again with a `unit` counts as new.
    """
    home = found.received.resolve()
    asked = expand_paths(files)
    given = [one for one in asked if not one.path.resolve().is_relative_to(home) and not _is_own(one.path, found)]
    dropped = expand_paths([found.received]) if found.received.is_dir() else []
    named = {one.path.resolve() for one in asked if not one.member}
    moments = _Moments([*map(Path, files), found.received], day)
    used = {fold(one.name) for one in facts.received} | {fold(one.name) for one in dropped}
    listed = {(one.name, one.sha256) for one in facts.received}
    seen = {one.sha256 for one in facts.received}
    unclaimed = {one.sha256: one for one in facts.files if not one.unit} if unit else {}
    zips: dict[Path, Archive] = {}
    made = Arrivals()
    for one in (*given, *dropped):
        content = _content(one, zips)
        if isinstance(content, InputRefused):
            made.refused.append((one.name, content))
            continue
        one_sha = hashlib.sha256(content).hexdigest()
        lies_there = not one.member and one.path.resolve().is_relative_to(home)
        name = one.name if lies_there else ""
        arrival = Arrival(one.name, name, one_sha, len(content), moments.of(one.name), one.path, lies_there)
        owner = unclaimed.get(one_sha)
        if owner is not None and (not lies_there or one.path.resolve() in named):
            del unclaimed[one_sha]
            arrival.name, arrival.moment = owner.name, owner.moment
            made.new.append(arrival)
            continue
        if lies_there and (one.name, one_sha) in listed:
            continue
        if one_sha in seen:
            # A zip in nop/ is looked into each time; what it holds is told once, when it is new.
            if lies_there or not one.path.resolve().is_relative_to(home):
                made.doubles.append(arrival)
            continue
        seen.add(one_sha)
        made.new.append(arrival)
        if lies_there:
            keep(found.home, content, one_sha)
            continue
        arrival.name = _free_name(one.name, used, found.received)
        used.add(fold(arrival.name))
        arrival.place = work.stage(content, one.path.stat().st_mtime)
        work.put(received_name(arrival.name), arrival.place)
    return made


def _is_own(path: Path, found: Round) -> bool:
    """Whether a file is one that the round itself made: a copy to send back, a report, what it hides."""
    place = path.resolve()
    own = (found.returned, found.reports, found.home / PRIVATE)
    return place == found.criteria.resolve() or any(place.is_relative_to(folder.resolve()) for folder in own)


class _Moments:
    """When files came: as a `nhan.csv` beside them says, else on `day`, else now."""

    def __init__(self, paths: Sequence[Path], day: date | None) -> None:
        self.listed = receipts(paths)
        self.now = datetime.now().astimezone()
        if day is not None and day != self.now.date():
            self.now = datetime.combine(day, NOON, tzinfo=self.now.tzinfo)

    def of(self, name: str) -> datetime:
        """The moment a file of that name came."""
        day = self.listed.get(fold(PurePosixPath(name.replace("\\", "/")).name))
        return self.now if day is None else datetime.combine(day, NOON, tzinfo=self.now.tzinfo)


def _content(one: Input, zips: dict[Path, Archive]) -> bytes | InputRefused:
    """The bytes of a file, or of a member of a zip; the refusal when there is nothing to keep."""
    try:
        if not one.member:
            return load(one.path, ZIP_LIMITS)
        if one.path not in zips:
            zips[one.path] = open_archive(load(one.path, ZIP_LIMITS), ZIP_LIMITS)
        return zips[one.path].read(one.member)
    except InputRefused as refusal:
        return refused_as(refusal, one.name)


def _free_name(given: str, used: set[str], folder: Path) -> str:
    """The file's own name, with a number when another file has it already."""
    wanted = PurePosixPath(nfc(PurePosixPath(given.replace("\\", "/")).name))
    name, number = str(wanted), 1
    while fold(name) in used or (folder / name).exists():
        number += 1
        name = f"{wanted.stem} ({number}){wanted.suffix}"
    return name
