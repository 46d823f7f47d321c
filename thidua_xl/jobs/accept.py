"""Accept by hand: an explanation, or a whole file. Read `accept`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from thidua_xl.errors import UsageProblem
from thidua_xl.jobs.round_review import RoundCheck, round_check
from thidua_xl.jobs.rounds import Round, open_round, user
from thidua_xl.ledger import Facts, Received
from thidua_xl.model import Criteria, Finding, Severity
from thidua_xl.text import nearest


@dataclass(frozen=True, slots=True)
class AcceptResult:
    """What was accepted: `findings` whose explanation stands, none when the whole file was accepted."""

    round: Round
    unit: str
    file: str
    findings: tuple[Finding, ...]
    who: str
    reason: str
    moment: datetime


def accept(
    folder: str | Path,
    criteria: Criteria,
    unit: str,
    *,
    codes: Sequence[str] = (),
    cell: str = "",
    explained: bool = False,
    file: str = "",
    reason: str = "",
    today: date | None = None,
    who: str | None = None,
) -> AcceptResult:
    """Accept a unit's file as it is, or only what it explained.

    With `codes` (and `cell`, as `Biểu 02!J15` or `J15`) or `explained` (every warning that came with an explanation),
    these warnings stand; otherwise the file is accepted, `reason` says why. `file` chooses between two files of one
    version. Raises `UsageProblem` for an unknown unit or file, when nothing fits, and for errors, which must be mended.
    """
    found = open_round(folder)
    checked = round_check(found, criteria, today=today)
    chosen = _chosen(checked, unit, file, criteria)
    by_finding = bool(codes) or explained or bool(cell)
    findings = _fitting(checked.findings_of(chosen), codes, cell, explained) if by_finding else ()
    if by_finding and not findings:
        raise UsageProblem("accept.nothing", unit=unit)
    now = datetime.now().astimezone()
    by = who or user()
    with found.working("accept", by) as work:
        if Facts.read(work.ledger).closed:
            raise UsageProblem("round.closed", period=found.period)
        places = [(one.code, one.sheet, one.cell, one.explanation) for one in findings] or [("", "", "", "")]
        for code, sheet, at, said in places:
            work.fact(
                "accepted",
                sha256=chosen.sha256,
                unit=unit,
                code=code,
                sheet=sheet,
                cell=at,
                reason=reason or said,
                who=by,
                moment=now.isoformat(timespec="seconds"),
            )
        work.detail.update(units=[unit], findings=len(findings), whole_file=not findings)
    return AcceptResult(found, unit, chosen.name, tuple(findings), by, reason, now)


def _chosen(checked: RoundCheck, unit: str, file: str, criteria: Criteria) -> Received:
    codes = [one.code for one in criteria.units]
    if unit not in codes:
        raise UsageProblem("usage.unknown_unit", unit=unit, nearest=nearest(unit, codes))
    if not file:
        current = checked.current.get(unit)
        if current is None:
            raise UsageProblem("accept.no_file", unit=unit)
        return current
    named = [one for one in checked.facts.files if one.unit == unit and Path(one.name).name == Path(file).name]
    if not named:
        raise UsageProblem("accept.no_file", unit=unit)
    return named[-1]


def _fitting(findings: Sequence[Finding], codes: Sequence[str], cell: str, explained: bool) -> tuple[Finding, ...]:
    sheet, _, at = cell.rpartition("!")
    fitting = tuple(
        one
        for one in findings
        if one.severity is not Severity.NOTE
        and (not codes or one.code in codes)
        and (not cell or (one.cell == at and sheet in ("", one.sheet)))
        and (not explained or (one.explanation and one.severity is Severity.WARNING))
    )
    wrong = next((one for one in fitting if one.severity is Severity.ERROR), None)
    if wrong is not None:
        raise UsageProblem("accept.is_error", code=wrong.code, cell=wrong.cell or "…")
    return fitting
