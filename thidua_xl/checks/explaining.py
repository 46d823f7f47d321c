"""What a rule asks, and which rules could not be asked, in words. Read `explain`, then `not_asked`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thidua_xl.checks.kinds import FORMULA, KINDS, Needs
from thidua_xl.checks.ruleset import EVERY, RuleSet
from thidua_xl.messages import say
from thidua_xl.model import Condition, Criteria, Rule, Submission


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
    missing = set(_missing(submissions, criteria, previous))
    found: dict[str, NotAsked] = {}
    for check in RuleSet.of(criteria).checks:
        needs = KINDS[check.kind].needs
        if needs in missing:
            reason = say(f"checks.not_asked.{needs.value}", language)
            found.setdefault(check.rule.code, NotAsked(check.rule.code, reason))
    return tuple(found.values())


def _missing(submissions: Sequence[Submission], criteria: Criteria, previous: Sequence[Submission]) -> Iterator[Needs]:
    if not previous:
        yield Needs.PREVIOUS
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
