"""What one workbook holds, added up: exact totals by field. Read `totals` first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from thidua_xl.jobs.submissions import read_submissions
from thidua_xl.merge.measures import add
from thidua_xl.model import Criteria, FieldKind, Finding, Form, FormKind, Records, Severity, Submission

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Totals:
    """Exact sums of one file. `fields` maps `S05.so_tien` to the sum of every additive field that the file has;
    `rows` the number of entries by form; `total` adds every additive amount of money, in đồng. `doubts` are the
    findings about these figures: what was converted, left out or may be in another unit."""

    unit: str
    period: str
    total: int | Decimal
    fields: dict[str, int | Decimal]
    rows: dict[str, int]
    doubts: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The contract's JSON object; numbers are exact decimal strings."""
        return {
            "schema": SCHEMA,
            "unit": self.unit,
            "period": self.period,
            "total": exact_text(self.total),
            "fields": {code: exact_text(value) for code, value in self.fields.items()},
            "rows": self.rows,
        }


def totals(path: str | Path, criteria: Criteria) -> Totals:
    """The totals of one workbook. Raises `InputRefused` when it cannot be read.

    Of a workbook with a sheet per unit all units are added up, and the unit is "" (no single one).
    """
    found = [totals_of(one, criteria) for one in read_submissions(path, criteria)]
    return found[0] if len(found) == 1 else _together(found)


def _together(found: Sequence[Totals]) -> Totals:
    fields = {code: add(one.fields.get(code, 0) for one in found) for one in found for code in one.fields}
    rows = {code: sum(one.rows.get(code, 0) for one in found) for one in found for code in one.rows}
    periods = {one.period for one in found}
    period = periods.pop() if len(periods) == 1 else ""
    doubts = tuple(doubt for one in found for doubt in one.doubts)
    return Totals("", period, add(one.total for one in found), fields, rows, doubts)


def totals_of(submission: Submission, criteria: Criteria) -> Totals:
    """The same for a submission already taken in."""
    period = criteria.find_period(submission.period)
    in_force = criteria.at(period) if period is not None else criteria
    fields: dict[str, int | Decimal] = {}
    rows: dict[str, int] = {}
    money: list[int | Decimal] = []
    for form in in_force.forms:
        records = submission.records.get(form.code)
        if records is None:
            continue
        rows[form.code] = len(records)
        counted = _counted(form, records)
        for field in form.fields:
            if field.additive and field.code in records.columns:
                amount = add(records.columns[field.code][index] for index in counted)
                fields[f"{form.code}.{field.code}"] = amount
                if field.kind is FieldKind.MONEY:
                    money.append(amount)
    doubts = tuple(one for one in submission.findings if _is_doubt(one, in_force))
    return Totals(submission.unit, submission.period, add(money), fields, rows, doubts)


def _is_doubt(finding: Finding, criteria: Criteria) -> bool:
    """Whether a finding is about what is added up: an additive field, or the place of a whole form."""
    form = criteria.form(finding.form)
    if form is None or form.kind is FormKind.SINGLE or not finding.sheet or finding.severity is Severity.NOTE:
        return False
    field = form.field(finding.field_code)
    return field.additive if field is not None else not finding.field_code


def _counted(form: Form, records: Records) -> list[int]:
    """Indices of the entries that are no total rows of a coded form (layout word `dong_tong`)."""
    totals_rows = {code.strip() for code in form.layout.get("dong_tong", "").split(",") if code.strip()}
    key = form.layout.get("truong_ma_dong", "ma_dong")
    return [index for index in range(len(records)) if records.value(key, index) not in totals_rows]


def exact_text(number: int | Decimal) -> str:
    """All digits of a number, never in scientific notation."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)
