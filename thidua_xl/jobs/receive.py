"""Take files into a round: from anywhere, or those dropped into nop/. Read `receive` first.

A file is copied once, under a name of its own, and never changed afterwards. The same bytes twice are one; a newer
version takes the place of the older one, which is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import skipped_files
from thidua_xl.intake.identity import units_in_name
from thidua_xl.jobs.arrivals import Arrival, Arrivals, arrive
from thidua_xl.jobs.collect import RECEIPTS
from thidua_xl.jobs.resubmission import Resubmission, resubmissions
from thidua_xl.jobs.round_files import File, Read, read_files
from thidua_xl.jobs.round_review import RoundCheck, received_name, round_check
from thidua_xl.jobs.rounds import Round, open_round
from thidua_xl.ledger import Facts, Received, Work, next_version, superseded
from thidua_xl.messages import say
from thidua_xl.model import Criteria, Severity
from thidua_xl.text import nearest

# What became of a file.
NEW, AGAIN, SAME, OLDER, UNREADABLE, UNKNOWN_UNIT, OTHER_PERIOD, TWICE, OURS = (
    "MOI", "NOP_LAI", "TRUNG", "CU_HON", "KHONG_DOC_DUOC", "DON_VI_LA", "KHAC_KY", "HAI_TEP", "SAN_PHAM"
)  # fmt: skip


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
        came = arrive(found, files, facts, work, day=day, unit=unit)
        read = read_files(
            [File(one.place, one.name, one.sha256) for one in came.new],
            criteria,
            found.period,
            work.ledger,
            executor=executor,
            jobs=jobs,
            progress=progress,
        )
        taken += _set_aside(work, came, read)
        taken += _enter(work, facts, came.new, [one for one in read if not one.product], criteria, found.period, unit)
        taken += _tell_doubles(work, facts, came)
        if work.is_empty:
            work.drop()
        work.detail.update(
            files=sum(one.outcome not in (SAME, OURS) for one in taken),
            same=sum(one.outcome == SAME for one in taken),
            units=sorted({one.unit for one in taken if one.unit and one.outcome != SAME}),
        )
    taken += [TakenIn(name, "", UNREADABLE, "", refusal=refusal) for name, refusal in came.refused]
    checked = round_check(found, criteria, today=day, executor=executor, jobs=jobs)
    told = tuple(_counted(one, checked) for one in taken)
    again = [one.name for one in told if one.outcome == AGAIN]
    return ReceiveResult(
        round=found,
        files=told,
        skipped=_left_out(found, files),
        checked=checked,
        resubmissions=resubmissions(checked, criteria, again, today=day) if again else (),
    )


def _left_out(found: Round, files: Sequence[str | Path]) -> tuple[tuple[str, str], ...]:
    """Files that are no workbooks, with the reason; not the round's own, nor the list of receipts, which is read."""
    home = found.home.resolve()
    return tuple(
        (one.name, one.reason)
        for one in skipped_files(files)
        if one.path.name != RECEIPTS and not one.path.resolve().is_relative_to(home)
    )


def _set_aside(work: Work, came: Arrivals, read: Sequence[Read]) -> Iterator[TakenIn]:
    """Our own reports, findings workbooks and criteria books among the files: told, and not taken in."""
    for arrival, seen in list(zip(came.new, read, strict=True)):
        if seen.product:
            if not arrival.lies_there:
                work.remove(received_name(arrival.name))
            came.new.remove(arrival)
            yield TakenIn(arrival.given, "", OURS, arrival.sha256)


def _enter(
    work: Work,
    facts: Facts,
    arrivals: Sequence[Arrival],
    read: Sequence[Read],
    criteria: Criteria,
    period: str,
    unit: str,
) -> Iterator[TakenIn]:
    """Enter the new files, each unit's in the order of the numbers they say."""
    known = list(facts.files)
    entries: list[tuple[Arrival, Received, Read]] = []
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
            conflicts=_conflicts(seen, criteria, unit),
        )


def _declared(seen: Read) -> tuple[int, str]:
    return seen.submission.version if seen.submission is not None else 0, seen.file.name


def _identified(arrival: Arrival, seen: Read, criteria: Criteria, period: str, unit: str) -> Received:
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


def _tell_doubles(work: Work, facts: Facts, came: Arrivals) -> Iterator[TakenIn]:
    """Tell of files whose bytes are known; one that lies in nop/ is remembered, so that it is told only once."""
    names = {one.sha256: one.name for one in came.new} | {one.sha256: one.name for one in facts.files}
    by_sha = {one.sha256: one for one in facts.files}
    for one in came.doubles:
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


def _conflicts(seen: Read, criteria: Criteria, unit: str) -> tuple[str, ...]:
    """What the file says about unit and period in two ways, in the words of the rules about identity."""
    own = seen.submission
    if own is None:
        return ()
    wanted = {"dinh_danh_lech", "ten_tep", "sai_ky", "ma_don_vi"}
    codes = {rule.code for rule in criteria.rules if any(one.kind in wanted for one in rule.conditions)}
    # A file that names no unit at all contradicts nothing.
    told = [one.message for one in own.findings if one.code in codes and (one.seen or own.unit)]
    if unit and own.unit and own.unit != unit:
        told.append(say("round.other_unit", "vi", own=own.unit, given=unit))
    return tuple(told)


def _counted(one: TakenIn, checked: RoundCheck) -> TakenIn:
    about = [finding for finding in checked.check.findings if one.name and finding.file == one.name]
    return replace(
        one,
        errors=sum(finding.severity is Severity.ERROR for finding in about),
        warnings=sum(finding.severity is Severity.WARNING for finding in about),
    )
