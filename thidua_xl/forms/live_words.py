"""What a live check says to the clerk: the rule's message with everything filled in that is known beforehand."""

from __future__ import annotations

import re

from thidua_xl.forms.live_checks import LiveCheck
from thidua_xl.model import Period, Unit

# "Dòng {dong}: …": the place is shown beside the message, in a column of its own.
_PLACE_FIRST = re.compile(r"^[^:{}]*\{(?:dong|o)\}[^:{}]*:\s*")
_BRACES = re.compile(r"\{([^{}]*)\}")
_TWICE = re.compile(r"\b(\w+) \1\b(?= \d)")
_UNKNOWN = "…"


def message_of(check: LiveCheck, unit: Unit, period: Period) -> str:
    """The message without its place in front; `{o}` and `{dong}` stay for whoever knows the place, what only the
    typed value could say is an ellipsis.
    """
    text = check.condition.parameters.get("thong_bao") or check.rule.message
    return _filled(text, check, unit, period)


def mend_of(check: LiveCheck, unit: Unit, period: Period) -> str:
    """What to do, "" when the rule does not say."""
    text = check.condition.parameters.get("cach_sua") or check.rule.mend
    return _filled(text, check, unit, period)


def _filled(text: str, check: LiveCheck, unit: Unit, period: Period) -> str:
    known = {name: value for name, value in check.condition.parameters.items() if not value.startswith("=")}
    known |= {
        "ten_bieu": check.form.title,
        "ten_truong": check.field.label,
        "ten_cot": check.field.label,
        "don_vi": unit.name,
        "ky": period.name,
        "nam": str(period.year or ""),
        "ds": check.listed,
    }
    known |= {"o": "{o}", "dong": "{dong}"}
    said = _BRACES.sub(lambda found: known.get(found[1]) or _UNKNOWN, _PLACE_FIRST.sub("", text))
    # "Biểu {ten_bieu}" with a title that begins with "Biểu" itself.
    said = _TWICE.sub(r"\1", said)
    return said[:1].upper() + said[1:]
