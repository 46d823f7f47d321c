"""A round checked: the files of the ledger, what is wrong with them, the state of every unit. Read `round_check`.

Dates of receipt and the order of versions are the ledger's. Nothing is read or checked again that is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.jobs.collect import Collected, unreadable
from thidua_xl.jobs.previous import closed_beside, earlier_submissions
from thidua_xl.jobs.returned import explained
from thidua_xl.jobs.review import CheckResult, known_period, review, statuses
from thidua_xl.jobs.round_files import File, Read, keep_texts, kept_text, read_files
from thidua_xl.jobs.rounds import RECEIVED, Round
from thidua_xl.ledger import Facts, Ledger, Received
from thidua_xl.ledger.packing import pack_findings, unpack_findings
from thidua_xl.ledger.work import PRIVATE
from thidua_xl.model import Criteria, Finding, Period, Submission
from thidua_xl.version import VERSION


@dataclass(frozen=True, slots=True)
class RoundCheck:
    """A round's check beside what the ledger knows. `current` is the file that counts, by unit; `read` every file."""

    round: Round
    check: CheckResult
    facts: Facts
    current: Mapping[str, Received]
    read: Mapping[int, Read]

    def findings_of(self, file: Received) -> tuple[Finding, ...]:
        """The findings about a file, and those about its unit that name no file."""
        return tuple(one for one in self.check.findings if one.file == file.name)


def round_check(
    found: Round,
    criteria: Criteria,
    period: str | None = None,
    *,
    today: date | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
    previous: Sequence[str | Path] = (),
) -> RoundCheck:
    """Everything that is wrong with the files that count. `period` is another than the round's only when asked for.

    They are compared with the reports at `previous`, else with those of the closed rounds beside this one.
    """
    day = today or date.today()
    code = period or found.period
    known = known_period(criteria, code)
    if known is None:
        raise UsageProblem("usage.no_period")
    if previous:
        earlier = earlier_submissions(previous, criteria, known, executor=executor, jobs=jobs)
    else:
        earlier = closed_beside(found.home, criteria, known, executor=executor, jobs=jobs)
    with found.ledger() as ledger:
        facts = Facts.read(ledger)
        files = facts.files
        asked = [File(found.received / one.name, one.name, one.sha256) for one in files]
        read = read_files(
            _where_they_are(found, asked), criteria, code, ledger, executor=executor, jobs=jobs, progress=progress
        )
        by_id = {one.id: seen for one, seen in zip(files, read, strict=True)}
        collected = _collected(facts, by_id, criteria)
        key = _key(collected, criteria, known, day, facts, earlier)
        checked = _known_check(ledger, key, collected, criteria, known)
        if checked is None:
            checked = review(collected, criteria, known, day, whole_round=True, previous=earlier)
            checked = _settled(checked, collected, by_id, known)
            texts = {key: json.dumps(pack_findings(checked.findings), ensure_ascii=False)}
            keep_texts(ledger, "check", texts, alone=True)
    checked = replace(checked, previous=earlier)
    replaced = facts.replaced
    current = {}
    for one in files:
        if one.unit and one.id not in replaced and one.period in ("", code):
            current[one.unit] = one
    for one in files:
        if one.unit and one.id not in replaced:
            current.setdefault(one.unit, one)
    return RoundCheck(found, checked, facts, current, by_id)


def without_accepted(found: Round | None, checked: CheckResult) -> CheckResult:
    """The check without the findings that the office let stand: of files accepted by hand, explanations accepted."""
    if found is None:
        return checked
    facts = found.facts()
    by_name = {one.name: one.sha256 for one in facts.files}
    left = tuple(
        one
        for one in checked.findings
        if facts.accepted_file(by_name.get(one.file, "")) is None
        and (one.code, one.sheet, one.cell) not in facts.accepted_keys(by_name.get(one.file, ""))
    )
    return replace(checked, findings=left)


def _where_they_are(found: Round, files: Sequence[File]) -> list[File]:
    """The files, those that somebody took out of nop/ or wrote over by their kept copies, if there are any."""
    placed = []
    for one in files:
        kept = found.home / PRIVATE / "luu" / one.sha256[:2] / one.sha256
        placed.append(File(kept, one.name, one.sha256) if not one.path.is_file() and kept.is_file() else one)
    return placed


def _collected(facts: Facts, read: Mapping[int, Read], criteria: Criteria) -> Collected:
    files, replaced = facts.files, facts.replaced
    first = {(one.unit or one.name, one.period): one.moment for one in reversed(files)}
    submissions: list[Submission] = []
    refused: list[InputRefused] = []
    findings: list[Finding] = []
    for one in files:
        seen = read[one.id]
        if seen.submission is None:
            if seen.refusal is not None and one.id not in replaced:
                refused.append(seen.refusal)
                findings.append(replace(unreadable(seen.refusal, criteria), unit=one.unit))
            continue
        last = replaced.get(one.id)
        submissions.append(
            replace(
                seen.submission,
                unit=one.unit or seen.submission.unit,
                version=one.version,
                received=_counted_day(one, first[one.unit or one.name, one.period], criteria),
                superseded_by=last.name if last is not None else "",
            )
        )
    ordered = sorted(submissions, key=lambda one: (one.unit, one.period, one.version, one.file))
    return Collected(tuple(ordered), tuple(refused), tuple(findings), len(files))


def _counted_day(file: Received, first: datetime, criteria: Criteria) -> datetime:
    """When a file came. A unit that reported in time and mends later is not late: then its first file counts."""
    period = criteria.find_period(file.period)
    due = period.due if period is not None else None
    return first if due is not None and first.date() <= due < file.moment.date() else file.moment


def _settled(checked: CheckResult, collected: Collected, read: Mapping[int, Read], period: Period) -> CheckResult:
    """Without findings about files that were replaced, and with the explanations given for those without a cell."""
    replaced = {one.file for one in collected.submissions if one.superseded_by}
    said = {one.file.name: one.explanations for one in read.values() if one.explanations}
    findings = tuple(
        explained(one, said[one.file]) if one.file in said else one
        for one in checked.findings
        if one.file not in replaced
    )
    return replace(checked, findings=findings, statuses=statuses(collected, checked.criteria, period, findings))


def _key(
    collected: Collected,
    criteria: Criteria,
    period: Period,
    day: date,
    facts: Facts,
    earlier: Sequence[Submission],
) -> str:
    parts = [VERSION, criteria.digest, period.code, day.isoformat()]
    parts += [f"{one.id}|{one.name}|{one.sha256}|{one.unit}|{one.version}|{one.moment}" for one in facts.files]
    parts += [f"{number}>{last.id}" for number, last in facts.replaced.items()]
    parts += [f"{one.values.get('file', '')}|{one.code}" for one in collected.refused]
    parts += [f"<{one.period}|{one.unit}|{one.sha256}" for one in earlier]
    return sha256("\n".join(parts).encode("utf-8")).hexdigest()


def _known_check(
    ledger: Ledger, key: str, collected: Collected, criteria: Criteria, period: Period
) -> CheckResult | None:
    text = kept_text(ledger, "check", key)
    if text is None:
        return None
    findings = unpack_findings(json.loads(text))
    in_force = criteria.at(period)
    return CheckResult(
        criteria=in_force,
        period=period,
        submissions=collected.submissions,
        findings=findings,
        statuses=statuses(collected, in_force, period, findings),
        refused=collected.refused,
        files=collected.files,
    )


def received_name(name: str) -> str:
    """The path of a received file within the round."""
    return f"{RECEIVED}/{name}"
