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
        """The findings about a file; of a shared one those about the unit that it was received of."""
        units = ("", file.unit)
        return tuple(
            one for one in self.check.findings if one.file == file.name and (not file.shared or one.unit in units)
        )


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
        asked = [File(found.place(one), one.name, one.sha256) for one in files]
        read = read_files(asked, criteria, code, ledger, executor=executor, jobs=jobs, progress=progress)
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
    counting = [one for one in files if one.unit and one.id not in replaced and _is_there(one, by_id[one.id])]
    for one in counting:
        if one.period in ("", code):
            current[one.unit] = one
    for one in counting:
        current.setdefault(one.unit, one)
    return RoundCheck(found, checked, facts, current, by_id)


def without_accepted(found: Round | None, checked: CheckResult) -> CheckResult:
    """The check without the findings that the office let stand: of files accepted by hand, explanations accepted."""
    if found is None:
        return checked
    facts = found.facts()
    known = {(one.name, one.unit if one.shared else ""): one for one in facts.files}
    left = []
    for one in checked.findings:
        file = known.get((one.file, "")) or known.get((one.file, one.unit))
        if file is None or not (
            facts.accepted_file(file) or (one.code, one.sheet, one.cell) in facts.accepted_keys(file)
        ):
            left.append(one)
    return replace(checked, findings=tuple(left))


def _is_there(file: Received, seen: Read) -> bool:
    """Whether the unit's return is still found in the file, for the criteria book may have been edited since."""
    if file.shared and seen.refusal is None:
        return any(one.unit == file.unit for one in seen.submissions)
    return seen.refusal is not None or seen.of(file.unit) is not None


def _collected(facts: Facts, read: Mapping[int, Read], criteria: Criteria) -> Collected:
    files, replaced = facts.files, facts.replaced
    first = {(one.unit or one.name, one.period): one.moment for one in reversed(files)}
    submissions: list[Submission] = []
    refused: list[InputRefused] = []
    findings: list[Finding] = []
    for one in files:
        seen = read[one.id]
        if seen.refusal is not None and one.id not in replaced:
            refused.append(seen.refusal)
            findings.append(replace(unreadable(seen.refusal, criteria), unit=one.unit))
        last = replaced.get(one.id)
        is_alone = len(seen.submissions) == 1 and not one.shared
        for own in _returns_of(one, seen, files):
            submissions.append(
                replace(
                    own,
                    unit=one.unit or own.unit if is_alone else own.unit,
                    version=one.version,
                    received=_counted_day(one, first[one.unit or one.name, one.period], criteria),
                    superseded_by=last.name if last is not None and (is_alone or own.unit == one.unit) else "",
                )
            )
    ordered = sorted(submissions, key=lambda one: (one.unit, one.period, one.version, one.file))
    return Collected(tuple(ordered), tuple(refused), tuple(findings), len({one.sha256 for one in files}))


def _returns_of(file: Received, seen: Read, files: Sequence[Received]) -> list[Submission]:
    """What was handed in with an entry of the ledger: its unit's return, and with the first entry of a workbook those
    of units that the ledger does not know in it yet, so that none is lost.
    """
    if len(seen.submissions) == 1 and not file.shared:
        return list(seen.submissions)
    entries = [one for one in files if one.sha256 == file.sha256]
    units = {one.unit for one in entries}
    unknown = [one for one in seen.submissions if one.unit not in units] if file is entries[0] else []
    return [one for one in seen.submissions if one.unit == file.unit] + unknown


def _counted_day(file: Received, first: datetime, criteria: Criteria) -> datetime:
    """When a file came. A unit that reported in time and mends later is not late: then its first file counts."""
    period = criteria.find_period(file.period)
    due = period.due if period is not None else None
    return first if due is not None and first.date() <= due < file.moment.date() else file.moment


def _settled(checked: CheckResult, collected: Collected, read: Mapping[int, Read], period: Period) -> CheckResult:
    """Without findings about files that were replaced, and with the explanations given for those without a cell."""
    counting = {one.file for one in collected.submissions if not one.superseded_by}
    replaced = {one.file for one in collected.submissions if one.superseded_by} - counting
    sheets = {(one.file, one.unit) for one in collected.submissions if one.superseded_by}
    said = {one.file.name: one.explanations for one in read.values() if one.explanations}
    findings = tuple(
        explained(one, said[one.file]) if one.file in said else one
        for one in checked.findings
        if one.file not in replaced and (one.file, one.unit) not in sheets
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
