"""Consolidated figures that know every cell they came from. Read `Consolidation`, then `Figure`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from thidua_xl.model.cells import Value
from thidua_xl.model.findings import Finding
from thidua_xl.model.records import Submission
from thidua_xl.model.registers import Period
from thidua_xl.model.sources import Source


@dataclass(frozen=True, slots=True)
class Figure:
    """Số liệu — one cell of the report. `value` is exact (int, Decimal), text, date or None.

    A figure with a `formula` is calculated in the report itself; `value` is then its cached result.
    The formula is in the words of the row: `{code}` stands for the cell of column `code` in the same row.
    `parts` are the two sums a ratio is made of, so that the ratio of several rows is one of sums.
    """

    column: str
    value: Value
    sources: Sequence[Source] = ()
    formula: str = ""
    parts: tuple[int | Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Dòng báo cáo. `kind` is SECTION, SUBSECTION, DETAIL, SUBTOTAL or TOTAL; `key` names it (unit, section, entry).

    `words` fill the names in braces that the template's model row holds, as in "Cộng {muc}" (docs/report-map.md).
    """

    kind: str
    key: str
    label: str = ""
    figures: tuple[Figure, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def figure(self, column: str) -> Figure | None:
        """The figure of a column, or None."""
        return next((one for one in self.figures if one.column == column), None)


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Biểu tổng hợp đã tính — the rows of one report sheet, in printing order.

    `sections` are all La Mã sections that there may be, also those without entries: code -> name, in order.
    """

    code: str
    rows: Sequence[ReportRow]
    texts: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """Tình hình nộp của một đơn vị. `state` is a code: DU, TRE, THIEU, LOI, THAY_THE; `taken` into the sums or not."""

    unit: str
    name: str
    state: str
    file: str = ""
    version: int | None = None
    received: str = ""
    days_late: int = 0
    errors: int = 0
    warnings: int = 0
    taken: bool = False
    reason: str = ""
    preparer: str = ""


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Kết quả tổng hợp of one period: tables, the state of every obliged unit, what was left out and why."""

    period: Period
    tables: tuple[ReportTable, ...]
    statuses: tuple[UnitStatus, ...]
    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...] = ()

    def table(self, code: str) -> ReportTable | None:
        """The table of a report sheet code, or None."""
        return next((one for one in self.tables if one.code == code), None)


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """Kỳ đã chốt — the grand totals of a closed period. `totals` maps `TH01.cot` to the total of that report column,
    and `TH01.cot@VPS` to the figure of a unit's row.

    `kind` is a code of DM_KY; `files` maps each file that counted to its SHA-256, as `file|unit` each unit of a
    workbook with a sheet per unit.
    """

    code: str
    kind: str
    year: int | None
    totals: Mapping[str, Value] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
