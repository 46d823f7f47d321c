"""Take files into a round: from anywhere, or those dropped into nop/. Read `receive` first.

A file is copied once, under a name of its own, and never changed afterwards. The same bytes twice are one; a newer
version takes the place of the older one, which is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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

    def count(self, *outcomes: str) -> int:
        """How many files had one of these outcomes (all when none is named); a workbook of many units is one file."""
        return len({(one.given, one.sha256) for one in self.files if not outcomes or one.outcome in outcomes})

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
    `nhan.csv` beside the files hold before it. Raises `InputRefused` for a path that is not there, `UsageProblem` for
    an unknown unit.
    """
    found = open_round(folder)
    for one in files:
        if not Path(one).exists():
            raise InputRefused("input.missing", file=str(one))
    codes = [one.code for one in criteria.units]
    if unit and unit not in codes:
        raise UsageProblem("usage.unknown_unit", unit=unit, nearest=nearest(unit, codes))
    taken: list[TakenIn] = []
    with found.working("receive", who) as work:
        facts = Facts.read(work.ledger)
        if facts.closed:
            raise UsageProblem("round.closed", period=found.period)
        came = arrive(found, files, facts, work, day=day, unit=unit)
        came.new += _known_better(found, facts, criteria, work, came)
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
            files=len({one.name for one in taken if one.outcome not in (SAME, OURS)}),
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
    again = {one.sha256 for one in arrivals}
    known = [one for one in facts.files if one.sha256 not in again]  # one that is entered anew counts as it is now
    entries: list[tuple[Arrival, Received, Read]] = []
    for arrival, seen in sorted(zip(arrivals, read, strict=True), key=lambda pair: _declared(pair[1])):
        for entry in _identified(arrival, seen, criteria, period, unit):
            same_batch = [one for _, one, _ in entries if _is_of_same(one, entry)]
            twins = [one for one in same_batch if one.declared == entry.declared]
            earlier = [one for one in known if one.unit and _is_of_same(one, entry)]
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
        gone = [one for one in others if replaced.get(one.id) is entry]
        yield TakenIn(
            given=arrival.given,
            name=entry.name,
            outcome=_outcome(entry, others, replaced, period, criteria),
            sha256=entry.sha256,
            unit=entry.unit,
            period=entry.period,
            version=entry.version,
            replaces=max(gone, key=lambda one: (one.version, one.id)).name if gone else "",
            refusal=seen.refusal,
            conflicts=_conflicts(seen, entry, criteria, unit),
        )


def _declared(seen: Read) -> tuple[int, str]:
    return max((one.version for one in seen.submissions), default=0), seen.file.name


def _is_of_same(one: Received, other: Received) -> bool:
    """Whether two are returns of one unit and period, and of one kind: its own file or a sheet of a shared one."""
    return (one.unit, one.period, one.shared) == (other.unit, other.period, other.shared)


def _known_better(found: Round, facts: Facts, criteria: Criteria, work: Work, came: Arrivals) -> list[Arrival]:
    """Files of which more is known now: those that can be read at last (their password was given), and those in which
    other units are seen, for the criteria book or a corrected mapping has told more since.
    """
    entered = {one.sha256 for one in came.new}
    units: dict[str, set[str]] = {}
    for one in facts.files:
        if (one.shared or not one.unit or one.refusal) and one.sha256 not in entered:
            units.setdefault(one.sha256, set()).add(one.unit)
    files = {one.sha256: one for one in facts.files if one.sha256 in units}
    asked = [File(found.place(one), one.name, one.sha256) for one in files.values()]
    again = []
    for one, seen in zip(files.values(), read_files(asked, criteria, found.period, work.ledger), strict=True):
        now = {own.unit for own in seen.submissions}
        if (one.refusal and now) or (now - {""} and now != units[one.sha256]):
            place = found.place(one)
            again.append(
                Arrival(one.name, one.name, one.sha256, place.stat().st_size, one.moment, place, lies_there=True)
            )
    return again


def _identified(arrival: Arrival, seen: Read, criteria: Criteria, period: str, unit: str) -> list[Received]:
    """What to enter: one, but of a workbook with a sheet per unit one for each."""
    shared = len(seen.submissions) > 1
    if seen.submissions:
        return [
            Received(
                0, arrival.name, arrival.sha256, arrival.moment, own.unit or unit, own.period, own.version,
                shared=shared,
            )
            for own in seen.submissions
        ]  # fmt: skip
    named = units_in_name(criteria, arrival.name)
    code = named[0] if len(named) == 1 else unit
    refusal = seen.refusal.code if seen.refusal is not None else ""
    return [Received(0, arrival.name, arrival.sha256, arrival.moment, code, period if code else "", 1, refusal=refusal)]


def _outcome(
    entry: Received, others: Sequence[Received], replaced: Mapping[int, Received], period: str, criteria: Criteria
) -> str:
    if entry.refusal:
        return UNREADABLE
    if criteria.unit(entry.unit) is None:
        return UNKNOWN_UNIT
    if entry.period not in ("", period):
        return OTHER_PERIOD
    if entry.id in replaced:
        return OLDER
    if any(one.version == entry.version or one.shared != entry.shared for one in others if one.id not in replaced):
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
            unit=first.unit if first is not None and not first.shared else "",
            period=first.period if first is not None else "",
            version=first.version if first is not None else 1,
            same_as=names[one.sha256],
        )


def _conflicts(seen: Read, entry: Received, criteria: Criteria, unit: str) -> tuple[str, ...]:
    """What the file says about unit and period in two ways, in the words of the rules about identity."""
    own = seen.of(entry.unit)
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
    is_shared = any(file.sha256 == one.sha256 and file.shared for file in checked.facts.files)
    about = [
        finding
        for finding in checked.check.findings
        if one.name and finding.file == one.name and (not is_shared or finding.unit in ("", one.unit))
    ]
    return replace(
        one,
        errors=sum(finding.severity is Severity.ERROR for finding in about),
        warnings=sum(finding.severity is Severity.WARNING for finding in about),
    )
