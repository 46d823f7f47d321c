"""Check a round: paths -> submissions -> findings and the state of every unit.

Read `check` first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from thidua_xl.checks import NotAsked, check_round, check_submissions, not_asked, without_limit, without_share
from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import Input
from thidua_xl.jobs.collect import Collected, collect
from thidua_xl.model import Criteria, Finding, Period, Severity, Submission, UnitStatus
from thidua_xl.text import nearest

if TYPE_CHECKING:
    import pandas

    from thidua_xl.jobs.rounds import Round


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was received and what is wrong with it.

    `criteria` is what is in force for `period`; `period` is None when the files belong to several periods.
    `ignored` pairs files that are no submissions with the reason.
    `previous` are the reports of earlier periods that they were compared with.
    `findings` are sorted by unit, file, form, cell; none is told twice.
    """

    criteria: Criteria
    period: Period | None
    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...]
    statuses: tuple[UnitStatus, ...]
    refused: tuple[InputRefused, ...] = ()
    files: int = 0
    inputs: Mapping[str, Input] = field(default_factory=dict)
    ignored: tuple[tuple[str, str], ...] = ()
    previous: tuple[Submission, ...] = ()

    @property
    def current(self) -> tuple[Submission, ...]:
        """The submissions that count: the latest version of each unit."""
        return tuple(one for one in self.submissions if not one.superseded_by)

    def unasked(self, language: str = "vi") -> tuple[NotAsked, ...]:
        """The rules that said nothing for want of what they compare with, which is not the same as being right."""
        return (
            ()
            if self.period is None
            else not_asked(self.current, self.criteria, previous=self.previous, language=language)
        )

    @property
    def unlimited(self) -> tuple[str, ...]:
        """The names of the awards proposed for which the criteria book sets no limit."""
        return () if self.period is None else without_limit(self.current, self.criteria)

    @property
    def without_share(self) -> tuple[str, ...]:
        """The names of the awards voted on for which the criteria book asks for no share of votes."""
        return () if self.period is None else without_share(self.current, self.criteria)

    def count(self, severity: Severity) -> int:
        """How many findings of a severity."""
        return sum(one.severity is severity for one in self.findings)

    @property
    def exit_code(self) -> int:
        """3 when a file was refused, else 1 when the data has errors, else 0."""
        if self.refused:
            return 3
        return 1 if self.count(Severity.ERROR) else 0

    def frame(self, form: str) -> pandas.DataFrame:
        """A tidy pandas frame of a form: one row per entry, `_file _sheet _cell _unit` beside the fields."""
        from thidua_xl.frames import entries_frame

        return entries_frame(self.current, form, self.criteria)


def check(
    paths: Sequence[str | Path] | str | Path,
    criteria: Criteria,
    period: str | None = None,
    *,
    today: date | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
    whole_round: bool = False,
    previous: Sequence[str | Path] = (),
) -> CheckResult:
    """Everything that is wrong with the workbooks at `paths` (files, folders, zips), all at once.

    `period` is a period code; without it the files' own period holds. Units that have not reported are told
    only for a whole round: a period and a folder or zip. `previous` are paths (or folders of rounds) with the reports
    of earlier periods; a round also knows the closed rounds beside it.
    Raises `UsageProblem` for an unknown period, `InputRefused` for a path that is not there.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if (found := _round_among(given)) is not None:
        from thidua_xl.jobs.round_review import round_check

        return round_check(
            found, criteria, period, today=today, executor=executor, jobs=jobs, progress=progress, previous=previous
        ).check
    asked = known_period(criteria, period)
    collected = collect(given, criteria, period=asked, executor=executor, jobs=jobs, progress=progress)
    chosen = asked or _common_period(criteria, collected.submissions)
    whole = whole_round or (asked is not None and any(_holds_many(Path(path)) for path in given))
    earlier: tuple[Submission, ...] = ()
    if previous:
        from thidua_xl.jobs.previous import earlier_submissions

        earlier = earlier_submissions(previous, criteria, chosen, executor=executor, jobs=jobs)
    return review(collected, criteria, chosen, today or date.today(), whole_round=whole, previous=earlier)


def _holds_many(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() == ".zip"


def _round_among(paths: Sequence[str | Path]) -> Round | None:
    """The round whose folder was given: then the ledger says which files count and when they came."""
    from thidua_xl.jobs.rounds import round_among

    return round_among(paths)


def review(
    collected: Collected,
    criteria: Criteria,
    period: Period | None,
    today: date,
    *,
    whole_round: bool,
    previous: Sequence[Submission] = (),
) -> CheckResult:
    """The same for submissions already taken in."""
    in_force = criteria.at(period) if period is not None else criteria
    findings: list[Finding] = list(collected.findings)
    for submission, told in _each_checked(collected.current, criteria, in_force, period, today):
        findings.extend(submission.findings)
        findings.extend(told)
    if period is not None:
        findings.extend(
            check_round(collected.submissions, in_force, period, today=today, previous=previous, whole=whole_round)
        )
    ordered = _ordered(findings, in_force)
    return CheckResult(
        criteria=in_force,
        period=period,
        submissions=collected.submissions,
        findings=ordered,
        statuses=statuses(collected, in_force, period, ordered, whole_round=whole_round),
        refused=collected.refused,
        files=collected.files,
        inputs=collected.inputs,
        ignored=collected.ignored,
        previous=tuple(previous),
    )


def _each_checked(
    submissions: Sequence[Submission], criteria: Criteria, in_force: Criteria, period: Period | None, today: date
) -> Iterator[tuple[Submission, tuple[Finding, ...]]]:
    """Each submission with what the rules of its own period say, neighbours of one period together."""
    books: dict[str, Criteria] = {}

    def book_of(submission: Submission) -> Criteria:
        own = criteria.find_period(submission.period) or period
        if own == period:
            return in_force
        if own is None:
            return criteria
        if own.code not in books:
            books[own.code] = criteria.at(own)
        return books[own.code]

    for _, group in groupby(submissions, lambda one: id(book_of(one))):
        some = list(group)
        yield from zip(some, check_submissions(some, book_of(some[0]), today=today), strict=True)


def known_period(criteria: Criteria, code: str | None) -> Period | None:
    """The period of a code, None for None. Raises `UsageProblem` for an unknown one."""
    if code is None:
        return None
    found = criteria.find_period(code)
    if found is None:
        known = ", ".join(one.code for one in criteria.periods)
        close = nearest(code, [one.code for one in criteria.periods]) or ""
        raise UsageProblem("usage.unknown_period", period=code, known=known, nearest=close)
    return found


def statuses(
    collected: Collected,
    criteria: Criteria,
    period: Period | None,
    findings: Iterable[Finding],
    *,
    whole_round: bool = True,
) -> tuple[UnitStatus, ...]:
    """The state of every unit that reported and, for a whole round, of every obliged unit, in the book's order.

    THIEU nothing received, LOI has errors, TRE late, DU in order. Files of unknown units follow at the end.
    """
    counts = severities(findings, collected.current)
    by_unit: dict[str, Submission] = {}
    strangers: list[Submission] = []
    for submission in collected.current:
        if criteria.unit(submission.unit) is None:
            strangers.append(submission)
        else:
            by_unit[submission.unit] = submission
    found = [
        _status(unit.code, unit.name, by_unit.get(unit.code), period, counts)
        for unit in criteria.units
        if (unit.obliged and whole_round) or unit.code in by_unit
    ]
    found += [_status(one.unit, one.unit or one.file, one, period, counts) for one in strangers]
    return tuple(found)


def severities(findings: Iterable[Finding], submissions: Iterable[Submission]) -> Counter[tuple[str, str, Severity]]:
    """How many findings of each severity there are about each (file, unit).

    A finding belongs to its file's only submission, whatever unit it names; in a workbook with the sheets of many units
    to the unit that it names.
    """
    units: dict[str, set[str]] = {}
    for submission in submissions:
        units.setdefault(submission.file, set()).add(submission.unit)
    counts: Counter[tuple[str, str, Severity]] = Counter()
    for one in findings:
        own = units.get(one.file, set())
        counts[one.file, next(iter(own)) if len(own) == 1 else one.unit, one.severity] += 1
    return counts


def _status(
    unit: str,
    name: str,
    submission: Submission | None,
    period: Period | None,
    counts: Counter[tuple[str, str, Severity]],
) -> UnitStatus:
    if submission is None:
        return UnitStatus(unit=unit, name=name, state="THIEU")
    errors = counts[submission.file, submission.unit, Severity.ERROR]
    late = _days_late(submission, period)
    return UnitStatus(
        unit=unit,
        name=name,
        state="LOI" if errors else ("TRE" if late else "DU"),
        file=submission.file,
        version=submission.version,
        received=submission.received.isoformat()[:10] if submission.received else "",
        days_late=late,
        errors=errors,
        warnings=counts[submission.file, submission.unit, Severity.WARNING],
    )


def _days_late(submission: Submission, period: Period | None) -> int:
    received = submission.received
    if received is None or period is None or period.due is None:
        return 0
    day = date(received.year, received.month, received.day)
    return max((day - period.due).days, 0)


def _common_period(criteria: Criteria, submissions: Iterable[Submission]) -> Period | None:
    """The one period of all files, None when they differ or say nothing."""
    codes = {one.period for one in submissions if one.period}
    return criteria.find_period(codes.pop()) if len(codes) == 1 else None


def _ordered(findings: Iterable[Finding], criteria: Criteria) -> tuple[Finding, ...]:
    """Each finding once, by unit in the book's order, file, form, then place."""
    units = {unit.code: index for index, unit in enumerate(criteria.units)}
    forms = {form.code: index for index, form in enumerate(criteria.forms)}
    unique: dict[tuple[str, ...], Finding] = {}
    for one in findings:
        unique.setdefault(one.identity, one)
    return tuple(
        sorted(
            unique.values(),
            key=lambda one: (
                units.get(one.unit, len(units)),
                one.file,
                forms.get(one.form, len(forms)),
                _place(one.cell),
                one.code,
                one.message,
            ),
        )
    )


def _place(cell: str) -> tuple[int, int]:
    from thidua_xl.refs import parse_cell

    try:
        return parse_cell(cell)
    except ValueError:
        return 0, 0


def with_taken(
    found: tuple[UnitStatus, ...], taken: frozenset[tuple[str, str]], reasons: Mapping[tuple[str, str], str]
) -> tuple[UnitStatus, ...]:
    """The same states, each marked with whether its file went into the sums, and if not, the code of the reason.

    `taken` and `reasons` are by file and unit, for a workbook may hold the sheets of many units.
    """
    keys = [(one.file, one.unit) for one in found]
    return tuple(
        replace(one, taken=key in taken, reason="" if key in taken else reasons.get(key, "THIEU"))
        for one, key in zip(found, keys, strict=True)
    )
