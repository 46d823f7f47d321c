"""What a rule asks, and which rules could not be asked, in words. Read `explain`, then `not_asked`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thidua_xl.checks.kinds import FORMULA, KINDS, Needs
from thidua_xl.checks.ruleset import EVERY, Check, RuleSet
from thidua_xl.messages import say
from thidua_xl.model import Award, Condition, Criteria, Rule, Submission

# The kind that asks for quotas, and a setting as formulas name it.
QUOTA, SETTING = "vuot_so_luong", re.compile(r"TD_CD_(\w+)")
# The kind that asks for the share of yes votes; its parameters: the nomination form and its field with the award.
SHARE, NOMINATIONS, AWARD = "nguong_phieu", "bieu", "hinh_thuc"


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A rule (wholly or in part) silent for want of something: `reason` is a finished sentence."""

    code: str
    reason: str


def explain(rule: Rule, criteria: Criteria, language: str = "vi") -> tuple[str, ...]:
    """The rule in a few lines: code, severity and clause; when it is wrong; where and how it is tested; how to
    mend it.
    """
    message, mend = (rule.message, rule.mend) if language == "vi" else (rule.message_en, rule.mend_en)
    severity = say(f"checks.severity.{rule.severity.value}", language)
    lines = [say("checks.explain.title", language, code=rule.code, severity=severity, clause=rule.clause or "-")]
    if rule.in_words:
        lines.append(say("checks.explain.wrong_when", language, words=rule.in_words))
    for condition in rule.conditions:
        place = say("checks.explain.place", language, place=_place(condition, criteria))
        test = condition.formula if condition.kind == FORMULA else condition.kind
        lines.append(f"{place} {test}")
    lines.append(say("checks.explain.message", language, message=message))
    lines.append(say("checks.explain.mend", language, mend=mend))
    return tuple(lines)


def not_asked(
    submissions: Sequence[Submission],
    criteria: Criteria,
    *,
    previous: Sequence[Submission] = (),
    language: str = "vi",
) -> tuple[NotAsked, ...]:
    """The rules in force that said nothing because earlier reports or the council's ballots are not at hand."""
    reasons = {needs: say(f"checks.not_asked.{needs.value}", language) for needs in _missing(submissions, criteria)}
    if not previous:
        reasons[Needs.PREVIOUS] = say(f"checks.not_asked.{Needs.PREVIOUS.value}", language)
    elif new := _without_earlier(submissions, criteria, previous):
        reasons[Needs.PREVIOUS] = say("checks.not_asked.previous_of", language, units=", ".join(new))
    found: dict[str, NotAsked] = {}
    for check in RuleSet.of(criteria).checks:
        if check.needs in reasons:
            found.setdefault(check.rule.code, NotAsked(check.rule.code, reasons[check.needs]))
    return tuple(found.values())


def without_limit(submissions: Sequence[Submission], criteria: Criteria) -> tuple[str, ...]:
    """The names of the awards proposed for which neither the award nor a setting says how many may be: no limit."""
    names: dict[str, str] = {}
    for check in RuleSet.of(criteria).checks:
        if check.kind == QUOTA and check.form is not None and check.fields and not _has_default(check, criteria):
            found = _proposed(submissions, criteria, check.form.code, check.fields[0].code)
            names.update({award.code: award.name for award in found if award.quota is None})
    return tuple(names.values())


def without_share(submissions: Sequence[Submission], criteria: Criteria) -> tuple[str, ...]:
    """The names of the awards voted on for which neither the award nor a setting says what share of votes is needed."""
    names: dict[str, str] = {}
    for check in RuleSet.of(criteria).checks:
        if check.kind != SHARE or check.form is None or _has_default(check, criteria):
            continue
        if any(len(one.records[check.form.code]) for one in submissions if check.form.code in one.records):
            said = check.condition.parameters
            found = _proposed(submissions, criteria, said.get(NOMINATIONS, ""), said.get(AWARD, ""))
            names.update({award.code: award.name for award in found if award.threshold_percent is None})
    return tuple(names.values())


def _has_default(check: Check, criteria: Criteria) -> bool:
    """Whether a setting says what holds where an award says nothing."""
    told = SETTING.fullmatch(check.condition.parameters.get("mac_dinh", "").strip().lstrip("="))
    return told is not None and criteria.setting(told[1]) is not None


def _proposed(submissions: Sequence[Submission], criteria: Criteria, form: str, field: str) -> Iterator[Award]:
    """The award of each nomination."""
    for one in submissions:
        records = one.records.get(form)
        for index in range(len(records)) if records is not None else ():
            code = records.value(field, index) if records is not None else None
            award = criteria.award(code) if isinstance(code, str) else None
            if award is not None:
                yield award


def _without_earlier(
    submissions: Sequence[Submission], criteria: Criteria, previous: Sequence[Submission]
) -> tuple[str, ...]:
    """The names of the units, in the book's order, of which no earlier report is at hand."""
    known = {one.unit for one in previous if not one.superseded_by}
    new = {one.unit for one in submissions if one.unit and one.unit not in known}
    return tuple(unit.name for unit in (criteria.whole or criteria).units if unit.code in new)


def _missing(submissions: Sequence[Submission], criteria: Criteria) -> Iterator[Needs]:
    ballots = {
        check.form.code
        for check in RuleSet.of(criteria).checks
        if KINDS[check.kind].needs is Needs.BALLOTS and check.form is not None
    }
    held = any(len(one.records[code]) for one in submissions for code in ballots if code in one.records)
    if not held:
        yield Needs.BALLOTS


def _place(condition: Condition, criteria: Criteria) -> str:
    """`Biểu 03: Kinh phí` of a condition; its own words where it speaks of all forms or fields."""
    form = criteria.form(condition.form)
    if form is None:
        names = condition.fields
    else:
        names = tuple(found.label if (found := form.field(code)) else code for code in condition.fields)
    where = EVERY if condition.form == EVERY else form.sheet if form is not None else condition.form
    return f"{where}: {', '.join(names)}" if names else where
