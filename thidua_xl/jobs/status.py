"""How a round stands: the state of every unit, rates, who is late. Read `status` first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.jobs.products import saver
from thidua_xl.jobs.resubmission import Resubmission, resubmissions
from thidua_xl.jobs.round_review import RoundCheck, round_check
from thidua_xl.jobs.rounds import Round, open_round
from thidua_xl.ledger import State, state_of, still_open
from thidua_xl.model import Criteria, Finding, Period, Severity
from thidua_xl.report.status_book import (
    EXPLAINED,
    MENDED,
    NEW,
    STILL,
    ChangeLine,
    StatusLine,
    StatusReport,
    write_status_book,
)


@dataclass(frozen=True, slots=True)
class UnitState:
    """Tình hình of a unit. `errors`, `warnings` count what is still open; `days_late` counts from the deadline.

    `accepted_by` is who accepted the file by hand, "" when nobody did.
    """

    unit: str
    name: str
    obliged: bool
    state: State
    version: int
    file: str
    received: date | None
    days_late: int
    errors: int
    warnings: int
    explained: int
    accepted_by: str = ""
    reason: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusResult:
    """The table of a round. `others` are files of no known unit or of another period, by name."""

    round: Round
    period: Period
    day: date
    units: tuple[UnitState, ...]
    others: tuple[str, ...]
    checked: RoundCheck
    resubmissions: tuple[Resubmission, ...] = ()
    workbook: Path | None = None

    @property
    def obliged(self) -> tuple[UnitState, ...]:
        """The units that must report."""
        return tuple(one for one in self.units if one.obliged)

    @property
    def received(self) -> int:
        """How many units that must report have sent something."""
        return sum(one.state is not State.MISSING for one in self.obliged)

    @property
    def on_time(self) -> int:
        """How many of them sent it by the deadline."""
        return sum(one.state is not State.MISSING and not one.days_late for one in self.obliged)

    def count(self, state: State) -> int:
        """How many units are in a state."""
        return sum(one.state is state for one in self.units)


def status(
    folder: str | Path,
    criteria: Criteria,
    *,
    today: date | None = None,
    out: str | Path | None = None,
    write: bool = True,
    with_changes: bool = True,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> StatusResult:
    """The state of every unit of a round; the table also goes to a workbook, in bao-cao/ unless `out` says where.

    `with_changes` compares every resubmitted file with the one before it. Raises `UsageProblem` when `folder` is no
    round, `InputRefused` when the workbook is open elsewhere.
    """
    found = open_round(folder)
    day = today or date.today()
    checked = round_check(found, criteria, today=day, executor=executor, jobs=jobs, progress=progress)
    again = resubmissions(checked, criteria, today=day) if with_changes else ()
    result = states(checked, criteria, day, again)
    if not write:
        return result
    target = Path(out) if out is not None else found.reports / f"tinh-hinh-{found.period}.xlsx"
    written: Path | None = target
    try:
        write_status(result, target, is_view=out is None)
    except InputRefused as refusal:
        if out is not None or refusal.code != "ledger.read_only":
            raise
        written = None  # who may only read the round still sees the table
    return StatusResult(result.round, result.period, day, result.units, result.others, checked, again, written)


def states(checked: RoundCheck, criteria: Criteria, day: date, again: Iterable[Resubmission] = ()) -> StatusResult:
    """The same for a round that was checked already."""
    period = checked.round.known_period(criteria)
    units = []
    for unit in criteria.at(period).units:
        if unit.obliged or unit.code in checked.current:
            units.append(_unit(checked, unit.code, unit.name, unit.obliged, period, day))
    known = {one.unit for one in units}
    others = [one.name for one in checked.facts.files if one.unit not in known or (one.period not in ("", period.code))]
    return StatusResult(checked.round, period, day, tuple(units), tuple(others), checked, tuple(again))


def write_status(result: StatusResult, target: Path, *, is_view: bool = False) -> None:
    """Write the table as a workbook with a chart; `is_view` when nobody asked for the workbook by itself."""
    lines = [
        StatusLine(
            unit=one.name,
            state=one.state.value,
            version=one.version,
            received=one.received,
            days_late=one.days_late,
            errors=one.errors,
            warnings=one.warnings,
            file=one.file,
        )
        for one in result.units
    ]
    report = StatusReport(
        lines=lines,
        states=[state.value for state in State],
        period_name=result.period.name,
        due=result.period.due,
        day=result.day,
        obliged=len(result.obliged),
        received=result.received,
        on_time=result.on_time,
        changes=[line for again in result.resubmissions for line in _difference(again)],
        names={one.unit: one.name for one in result.units},
    )
    try:
        write_status_book(report, target, saver("status", result.round.home, is_view=is_view))
    except PermissionError as problem:
        raise InputRefused("output.locked", file=str(target), reason=problem.strerror or "") from problem


def _difference(again: Resubmission) -> Iterator[ChangeLine]:
    """What the officer has to look at first: newly wrong, changed unasked, explained; then still wrong and mended."""

    def told(kind: str, findings: Iterable[Finding]) -> Iterator[ChangeLine]:
        for one in findings:
            said = one.explanation if kind == EXPLAINED else ""
            yield ChangeLine(again.unit, again.version, kind, one.sheet, one.cell, f"[{one.code}] {one.message}", said)

    yield from told(NEW, again.new)
    for one in again.unasked:
        yield ChangeLine(again.unit, again.version, one.kind, one.sheet, one.cell, one.before, one.after)
    yield from told(EXPLAINED, again.explained)
    yield from told(STILL, again.still)
    yield from told(MENDED, again.mended)


def _unit(checked: RoundCheck, code: str, name: str, obliged: bool, period: Period, day: date) -> UnitState:
    file = checked.current.get(code)
    if file is None:
        late = (day - period.due).days if period.due is not None else 0
        return UnitState(code, name, obliged, State.MISSING, 0, "", None, max(late, 0), 0, 0, 0)
    findings = checked.findings_of(file)
    left = still_open(file, findings, checked.facts)
    first = min(
        (one.moment.date() for one in checked.facts.files if one.unit == code and one.period == file.period),
        default=file.moment.date(),
    )
    accepted = checked.facts.accepted_file(file)
    return UnitState(
        unit=code,
        name=name,
        obliged=obliged,
        state=state_of(file, findings, checked.facts),
        version=file.version,
        file=file.name,
        received=file.moment.date(),
        # A unit that reported in time and mends later is not late.
        days_late=max((first - period.due).days, 0) if period.due is not None else 0,
        errors=sum(one.severity is Severity.ERROR for one in left),
        warnings=sum(one.severity is Severity.WARNING for one in left),
        explained=sum(bool(one.explanation) for one in findings),
        accepted_by=accepted.who if accepted is not None else "",
        reason=accepted.reason if accepted is not None else "",
        findings=findings,
    )
