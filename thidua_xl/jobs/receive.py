"""Take files into a round: from anywhere, or those dropped into nop/. Read `receive` first.

A file is copied once, under a name of its own, and never changed afterwards. The same bytes twice are one; a newer
version takes the place of the older one, which is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import Input, expand_paths, skipped_files
from thidua_xl.grid.archive import Archive, open_archive
from thidua_xl.grid.guard import load
from thidua_xl.grid.one import ZIP_LIMITS
from thidua_xl.grid.refusal import named
from thidua_xl.intake.identity import units_in_name
from thidua_xl.jobs.collect import receipts
from thidua_xl.jobs.resubmission import Resubmission, resubmissions
from thidua_xl.jobs.round_files import File, Read, read_files
from thidua_xl.jobs.round_review import RoundCheck, received_name, round_check
from thidua_xl.jobs.rounds import Round, open_round
from thidua_xl.ledger import Facts, Received, Work, next_version, superseded
from thidua_xl.ledger.work import keep
from thidua_xl.model import Criteria, Severity
from thidua_xl.text import fold, nearest, nfc

# What became of a file.
NEW, AGAIN, SAME, OLDER, UNREADABLE, UNKNOWN_UNIT, OTHER_PERIOD, TWICE = (
    "MOI", "NOP_LAI", "TRUNG", "CU_HON", "KHONG_DOC_DUOC", "DON_VI_LA", "KHAC_KY", "HAI_TEP"
)  # fmt: skip


# A day without a time of day, as in a list of receipts, is taken as noon.
NOON = time(12)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of one file. `outcome` is one of the codes above; `name` its place below nop/.

    `given` is how it was called when it came, `same_as` the file that has the same bytes, `replaces` the one whose
    place it takes; `conflicts` are sentences about what contradicts itself.
    """

    given: str
    name: str
    outcome: str
    sha256: str
    unit: str = ""
    period: str = ""
    version: int = 1
    replaces: str = ""
    same_as: str = ""
    refusal: InputRefused | None = None
    conflicts: tuple[str, ...] = ()
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True, slots=True)
class ReceiveResult:
    """All files looked at, what was left out and why, and the round as it now stands."""

    round: Round
    files: tuple[TakenIn, ...]
    skipped: tuple[tuple[str, str], ...]
    checked: RoundCheck
    resubmissions: tuple[Resubmission, ...] = ()

    @property
    def exit_code(self) -> int:
        """3 when a file could not be read, else 1 when a file taken in has errors, else 0."""
        if any(one.refusal is not None for one in self.files):
            return 3
        return 1 if any(one.errors for one in self.files) else 0


@dataclass(slots=True)
class _Arrival:
    """A file on its way in: how it was called, its name below nop/, and where its content lies now."""

    given: str
    name: str
    sha256: str
    size: int
    moment: datetime
    place: Path


def receive(
    folder: str | Path,
    files: Sequence[str | Path],
    criteria: Criteria,
    *,
    unit: str = "",
    day: date | None = None,
    who: str | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> ReceiveResult:
    """Take in `files` (files, folders, zips) and whatever lies in nop/ and is not in the ledger yet.

    `unit` says whose the files are when they do not say it themselves; `day` is the day they came (today). Dates in a
    `nhan.csv` beside the files hold before it. Raises `UsageProblem` for a path that is not there or an unknown unit.
    """
    found = open_round(folder)
    for one in files:
        if not Path(one).exists():
            raise UsageProblem("usage.no_path", path=str(one))
    codes = [one.code for one in criteria.units]
    if unit and unit not in codes:
        raise UsageProblem("usage.unknown_unit", unit=unit, nearest=nearest(unit, codes) or "…")
    taken: list[TakenIn] = []
    with found.working("receive", who) as work:
        facts = Facts.read(work.ledger)
        if facts.closed:
            raise UsageProblem("round.closed", period=found.period)
        arrivals, doubles, refused = _arrive(found, files, facts, work, day)
        read = read_files(
            [File(one.place, one.name, one.sha256) for one in arrivals],
            criteria,
            found.period,
            work.ledger,
            executor=executor,
            jobs=jobs,
            progress=progress,
        )
        taken += _enter(work, facts, arrivals, read, criteria, found.period, unit)
        taken += _tell_doubles(work, facts, arrivals, doubles)
        if not taken:
            work.drop()
        work.detail.update(
            files=sum(one.outcome != SAME for one in taken),
            same=sum(one.outcome == SAME for one in taken),
            units=sorted({one.unit for one in taken if one.unit and one.outcome != SAME}),
        )
    taken += refused
    checked = round_check(found, criteria, today=day, executor=executor, jobs=jobs)
    told = tuple(_counted(one, checked) for one in taken)
    again = [one.name for one in told if one.outcome == AGAIN]
    return ReceiveResult(
        round=found,
        files=told,
        skipped=tuple((one.name, one.reason) for one in skipped_files(files)),
        checked=checked,
        resubmissions=resubmissions(checked, criteria, again, today=day) if again else (),
    )


def _arrive(
    found: Round, files: Sequence[str | Path], facts: Facts, work: Work, day: date | None
) -> tuple[list[_Arrival], list[_Arrival], list[TakenIn]]:
    """Files with new content (staged for nop/, or lying there), those known by content, those without any."""
    home = found.received.resolve()
    given = [one for one in expand_paths(files) if not one.path.resolve().is_relative_to(home)]
    dropped = expand_paths([found.received]) if found.received.is_dir() else []
    moments = _Moments([*map(Path, files), found.received], day)
    used = {fold(one.name) for one in facts.received} | {fold(one.name) for one in dropped}
    listed = {(one.name, one.sha256) for one in facts.received}
    seen = {one.sha256 for one in facts.received}
    zips: dict[Path, Archive] = {}
    new: list[_Arrival] = []
    doubles: list[_Arrival] = []
    refused: list[TakenIn] = []
    for one in (*given, *dropped):
        content = _content(one, zips)
        if isinstance(content, InputRefused):
            refused.append(TakenIn(one.name, "", UNREADABLE, "", refusal=content))
            continue
        one_sha = hashlib.sha256(content).hexdigest()
        lies_there = not one.member and one.path.resolve().is_relative_to(home)
        name = one.name if lies_there else ""
        arrival = _Arrival(one.name, name, one_sha, len(content), moments.of(one.name), one.path)
        if lies_there and (one.name, one_sha) in listed:
            continue
        if one_sha in seen:
            # A zip in nop/ is looked into each time; what it holds is told once, when it is new.
            if lies_there or not one.path.resolve().is_relative_to(home):
                doubles.append(arrival)
            continue
        seen.add(one_sha)
        new.append(arrival)
        if lies_there:
            keep(found.home, content, one_sha)
            continue
        arrival.name = _free_name(one.name, used, found.received)
        used.add(fold(arrival.name))
        arrival.place = work.stage(content, one.path.stat().st_mtime)
        work.put(received_name(arrival.name), arrival.place)
    return new, doubles, refused


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
        return named(refusal, one.name)


def _free_name(given: str, used: set[str], folder: Path) -> str:
    """The file's own name, with a number when another file has it already."""
    wanted = PurePosixPath(nfc(PurePosixPath(given.replace("\\", "/")).name))
    name, number = str(wanted), 1
    while fold(name) in used or (folder / name).exists():
        number += 1
        name = f"{wanted.stem} ({number}){wanted.suffix}"
    return name


def _enter(
    work: Work,
    facts: Facts,
    arrivals: Sequence[_Arrival],
    read: Sequence[Read],
    criteria: Criteria,
    period: str,
    unit: str,
) -> Iterator[TakenIn]:
    """Enter the new files, each unit's in the order of the numbers they say."""
    known = list(facts.files)
    entries: list[tuple[_Arrival, Received, Read]] = []
    for arrival, seen in sorted(zip(arrivals, read, strict=True), key=lambda pair: _declared(pair[1])):
        entry = _identified(arrival, seen, criteria, period, unit)
        same_batch = [one for _, one, _ in entries if (one.unit, one.period) == (entry.unit, entry.period)]
        twins = [one for one in same_batch if one.declared == entry.declared]
        earlier = [one for one in known if one.unit and (one.unit, one.period) == (entry.unit, entry.period)]
        version = twins[0].version if twins else next_version(entry.declared, [*earlier, *same_batch])
        entry = replace(entry, id=len(known) + len(entries) + 1_000_000, version=version if entry.unit else 1)
        entries.append((arrival, entry, seen))
    whole = [*known, *(one for _, one, _ in entries)]
    replaced = superseded(whole)
    for arrival, entry, seen in entries:
        work.fact(
            "received",
            name=entry.name,
            sha256=entry.sha256,
            size=arrival.size,
            moment=entry.moment.isoformat(timespec="seconds"),
            unit=entry.unit,
            period=entry.period,
            declared=entry.declared,
            version=entry.version,
            refusal=entry.refusal,
        )
        others = [
            one
            for one in whole
            if one.unit and one is not entry and (one.unit, one.period) == (entry.unit, entry.period)
        ]
        yield TakenIn(
            given=arrival.given,
            name=entry.name,
            outcome=_outcome(entry, others, entry.id in replaced, period, criteria),
            sha256=entry.sha256,
            unit=entry.unit,
            period=entry.period,
            version=entry.version,
            replaces=max(others, key=lambda one: (one.version, one.id)).name
            if others and entry.id not in replaced and all(one.version < entry.version for one in others)
            else "",
            refusal=seen.refusal,
            conflicts=_conflicts(seen, criteria),
        )


def _declared(seen: Read) -> tuple[int, str]:
    return seen.submission.version if seen.submission is not None else 0, seen.file.name


def _identified(arrival: _Arrival, seen: Read, criteria: Criteria, period: str, unit: str) -> Received:
    if seen.submission is not None:
        own = seen.submission
        return Received(0, arrival.name, arrival.sha256, arrival.moment, own.unit or unit, own.period, own.version)
    named = units_in_name(criteria, arrival.name)
    code = named[0] if len(named) == 1 else unit
    refusal = seen.refusal.code if seen.refusal is not None else ""
    return Received(0, arrival.name, arrival.sha256, arrival.moment, code, period if code else "", 1, refusal=refusal)


def _outcome(entry: Received, others: Sequence[Received], older: bool, period: str, criteria: Criteria) -> str:
    if entry.refusal:
        return UNREADABLE
    if criteria.unit(entry.unit) is None:
        return UNKNOWN_UNIT
    if entry.period not in ("", period):
        return OTHER_PERIOD
    if older:
        return OLDER
    if any(one.version == entry.version for one in others):
        return TWICE
    return AGAIN if others else NEW


def _tell_doubles(
    work: Work, facts: Facts, arrivals: Sequence[_Arrival], doubles: Sequence[_Arrival]
) -> Iterator[TakenIn]:
    """Tell of files whose bytes are known; one that lies in nop/ is remembered, so that it is told only once."""
    names = {one.sha256: one.name for one in arrivals} | {one.sha256: one.name for one in facts.files}
    by_sha = {one.sha256: one for one in facts.files}
    for one in doubles:
        first = by_sha.get(one.sha256)
        if one.name:
            work.fact(
                "received",
                name=one.name,
                sha256=one.sha256,
                size=one.size,
                moment=one.moment.isoformat(timespec="seconds"),
                unit="",
                period="",
                declared=1,
                version=1,
                same_as=first.id if first is not None else 0,
            )
        yield TakenIn(
            given=one.given,
            name=one.name or names[one.sha256],
            outcome=SAME,
            sha256=one.sha256,
            unit=first.unit if first is not None else "",
            period=first.period if first is not None else "",
            version=first.version if first is not None else 1,
            same_as=names[one.sha256],
        )


def _conflicts(seen: Read, criteria: Criteria) -> tuple[str, ...]:
    """What the file says about unit and period in two ways, in the words of the rules about identity."""
    if seen.submission is None:
        return ()
    wanted = {"dinh_danh_lech", "ten_tep", "sai_ky", "ma_don_vi"}
    codes = {rule.code for rule in criteria.rules if any(one.kind in wanted for one in rule.conditions)}
    return tuple(one.message for one in seen.submission.findings if one.code in codes)


def _counted(one: TakenIn, checked: RoundCheck) -> TakenIn:
    about = [finding for finding in checked.check.findings if finding.file == one.name]
    return replace(
        one,
        errors=sum(finding.severity is Severity.ERROR for finding in about),
        warnings=sum(finding.severity is Severity.WARNING for finding in about),
    )
