"""Findings: what the office must see and can mend in a workbook. Data, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thidua_xl.model.forms import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """Lỗi, cảnh báo hoặc thông tin, at one place.

    `code` is the rule's code; `file`, `sheet`, `cell` (A1) say where, "" when it is about the whole file or
    round. `field_code` names the field; `seen` is the value as typed, `expected` what was expected, in words.
    `message` and `mend` are the finished Vietnamese sentences (`message_en`, `mend_en` the English ones).
    `related` are further `file|sheet|cell` places.
    `explanation` is the unit's giải trình for it, "" when none.
    """

    code: str
    severity: Severity
    file: str = ""
    unit: str = ""
    form: str = ""
    sheet: str = ""
    cell: str = ""
    field_code: str = ""
    seen: str = ""
    expected: str = ""
    message: str = ""
    mend: str = ""
    message_en: str = ""
    mend_en: str = ""
    clause: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    related: tuple[str, ...] = ()
    explanation: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two findings the same one: code, file, sheet, cell."""
        return self.code, self.file, self.sheet, self.cell

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from every other finding: two that share it say the same thing, and one is enough.

        Columns that are missing share a cell of the heading row, so the field is part of it; findings without a
        place (a unit that is missing, a file as a whole) differ by unit and words.
        """
        return (*self.key, self.field_code) if self.cell else (*self.key, self.unit, self.message)
