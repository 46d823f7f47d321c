"""Where values come from and what a cell shows. Read `CellsOf`, `as_text`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from thidua_xl.grid import Extra, extras_of
from thidua_xl.model import Form, Invalid, Sheet, Value

NOTHING = Extra()
_PADDED = re.compile(r"(0{2,})(?:;|\Z)")


@dataclass(frozen=True, slots=True)
class CellsOf:
    """Where a column's values come from: form, sheet and what the sheet keeps beside the values."""

    form: Form
    sheet: str
    extras: Mapping[tuple[int, int], Extra]
    external: tuple[str, ...] = ()
    columns: frozenset[int] = frozenset()

    @classmethod
    def of(cls, form: Form, sheet: Sheet, external: tuple[str, ...]) -> CellsOf:
        """The cells of a form on its sheet. `columns` are those in which something stands beside a value."""
        extras = extras_of(sheet)
        return cls(form, sheet.name, extras, external, frozenset(column for _, column in extras))


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """The unit of money a header names: its words and its factor in đồng."""

    words: str
    factor: int


Place = tuple[int, int]


def as_text(value: Value, extra: Extra = NOTHING) -> str:
    """What a cell shows, as text: whole numbers without a point, padded codes as padded, days as dd/mm/yyyy."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, Decimal)):
        text = format(Decimal(value), "f")
        padded = _PADDED.match(extra.number_format)
        return text.zfill(len(padded[1])) if padded is not None and text.isdigit() else text
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}" if (value.hour or value.minute) else f"{value:%d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return value.seen if isinstance(value, Invalid) else value.code
