"""A finding about the round or the report, worded by the criteria book's rule of a named kind. Read `told`."""

from __future__ import annotations

from collections.abc import Mapping

from thidua_xl.model.criteria import Criteria
from thidua_xl.model.findings import Finding
from thidua_xl.model.forms import Rule
from thidua_xl.model.wording import fill


def rule_of_kind(criteria: Criteria, kind: str) -> Rule | None:
    """The first rule in force with a condition of that kind, None when the office has turned it off."""
    return next((rule for rule in criteria.rules if any(one.kind == kind for one in rule.conditions)), None)


def told(
    criteria: Criteria,
    kind: str,
    values: Mapping[str, str],
    *,
    file: str = "",
    sheet: str = "",
    cell: str = "",
    english: Mapping[str, str] | None = None,
) -> tuple[Finding, ...]:
    """The finding of a kind, none when no rule of the kind is in force. `values` fill the rule's placeholders,
    `english` those of them that are said otherwise in English.
    """
    rule = rule_of_kind(criteria, kind)
    if rule is None:
        return ()
    in_english = {**values, **(english or {})}
    return (
        Finding(
            code=rule.code,
            severity=rule.severity,
            file=file,
            sheet=sheet,
            cell=cell,
            seen=values.get("a", ""),
            expected=values.get("b", ""),
            message=fill(rule.message, values),
            mend=fill(rule.mend, values),
            message_en=fill(rule.message_en, in_english),
            mend_en=fill(rule.mend_en, in_english),
            clause=rule.clause,
            values=dict(values),
        ),
    )
