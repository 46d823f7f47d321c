"""Values as the office reads them: 1.234,5, dd/mm/yyyy, a choice by its label. Read `shown` first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from thidua_xl.messages import say
from thidua_xl.model import CellError, Criteria, Field, FieldKind, Invalid, Value
from thidua_xl.model.registers import AWARDS, COMMUNES, UNITS
from thidua_xl.text import fold, format_number_vi

# Years are written without a dot: 2024, not 2.024. The book marks them by their unit, as intake does.
YEAR_UNIT = "nam"

# What a formula may have computed is shown with at most so many decimals.
_DECIMALS = Decimal("0.000001")


def shown(value: Value, field: Field | None = None, criteria: Criteria | None = None, language: str = "vi") -> str:
    """The value in words for a message, "" when blank. `field` and `criteria` give choices their labels."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("checks.yes" if value else "checks.no", language)
    if isinstance(value, int | Decimal):
        return _number(value, field)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, Invalid):
        return value.seen
    return label(criteria, field, value) if field is not None and criteria is not None else value


def label(criteria: Criteria, field: Field, code: str) -> str:
    """What people read for a code: a list item's label, a unit's, commune's or award's name; else the code itself.

    What is no longer in force keeps its name, so that a message can say what has expired.
    """
    if not field.choices or field.kind not in (FieldKind.CHOICE, FieldKind.CODE):
        return code
    source = field.choices.partition(":")[0]
    for book in (criteria, criteria.whole):
        if book is None:
            continue
        name = _name(book, source, code)
        if name:
            return name
    return code


def _name(criteria: Criteria, source: str, code: str) -> str:
    if source == UNITS:
        unit = criteria.unit(code)
        return unit.name if unit else ""
    if source == COMMUNES:
        commune = criteria.commune(code)
        return commune.name if commune else ""
    if source == AWARDS:
        award = criteria.award(code)
        return award.name if award else ""
    found = criteria.lists.get(source)
    item = found.item(code) if found else None
    return item.label if item else ""


def _number(value: int | Decimal, field: Field | None) -> str:
    number = Decimal(value)
    if number != number.to_integral_value() and -number.as_tuple().exponent > 6:  # type: ignore[operator]  # finite
        number = number.quantize(_DECIMALS)
    if field is not None and fold(field.unit) == YEAR_UNIT:
        return format(number, "f")
    return format_number_vi(number)
