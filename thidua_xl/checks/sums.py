"""Kinds about sums: total rows, columns made of others, figures counted in another form. Read `total_row` first.

Sums are exact: `Decimal`, never float.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext

from thidua_xl.checks.case import Case, as_number
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.showing import shown
from thidua_xl.checks.telling import tell
from thidua_xl.formula.rule_words import table_name
from thidua_xl.model import Criteria, Criterion, Field, FieldKind, Finding, Form, Invalid, Records, Value
from thidua_xl.model.rules import rule_of_kind
from thidua_xl.refs import cell_name, column_number
from thidua_xl.text import fold

# The kind of rule by which intake tells a number stored as text.
NUMBER_AS_TEXT = "so_dang_chu"

# Wide enough for any sum of 15-digit numbers; a rounded sum would raise instead of passing as exact.
EXACT = Context(prec=120, traps=[Inexact])

# Words of `doi_chieu_tieu_chi`; every other parameter is an indicator (Mã chỉ số) and the formula that counts it.
_CODE, _LABEL, _UNIT, _TOLERANCE = "ma", "ten", "dvt", "sai_so"


def total_row(case: Case, check: Check) -> Iterator[Finding]:
    """`tong_dong`: the sheet's own total differs from the sum of its rows, beyond rounding (`sai_so` for each row)."""
    for found in _differences(case, check):
        if abs(found.difference) > found.tolerance:
            yield found.told(case, check)


def total_rounding(case: Case, check: Check) -> Iterator[Finding]:
    """`tong_lam_tron`: the same difference when rounding explains it. Whole numbers are never rounded."""
    for found in _differences(case, check):
        if abs(found.difference) <= found.tolerance:
            yield found.told(case, check)


def column_formula(case: Case, check: Check) -> Iterator[Finding]:
    """`cong_thuc_cot`: a field whose "Giá trị cho phép" is a formula differs from it by more than `sai_so`."""
    form = check.form
    records = case.records(form.code) if form is not None else None
    if form is None or records is None:
        return
    tolerance = case.number(check, _TOLERANCE) or Decimal(0)
    for field in check.fields:
        program = case.rules.program(field.allowed, table_name(form.code), check.condition)
        results = case.results(program)
        for index in case.rows(form):
            value = as_number(records.value(field.code, index))
            wanted = as_number(results[index if program.row_columns else 0])
            if value is not None and wanted is not None and abs(value - wanted) > tolerance:
                words = {
                    "bieu_thuc": _in_labels(field.allowed, form),
                    "a": shown(value, field),
                    "b": shown(wanted, field),
                }
                yield tell(case, check, field=field, index=index, values=words)


def counted_elsewhere(case: Case, check: Check) -> Iterator[Finding]:
    """`doi_chieu_tieu_chi`: a figure by criterion differs from what the source form gives.

    The sheet "Tiêu chí" says which indicators a criterion has, in which unit and form; a parameter named as the
    indicator, or else its "Cách tính" when that begins with =, is the formula. Of several indicators that fit the
    row, one has to agree.
    Silent while a source form is neither filled in nor declared "Không phát sinh".
    """
    form = check.form
    records = case.records(form.code) if form is not None else None
    if form is None or records is None or not check.fields:
        return
    field = check.fields[0]
    tolerance = case.number(check, _TOLERANCE) or Decimal(0)
    for index in case.rows(form):
        value = as_number(records.value(field.code, index))
        if value is None or value < 0:
            continue
        counted = [
            (criterion, number)
            for criterion in _fitting(case.rules.criteria, check, records, index)
            if (number := _count(case, check, criterion)) is not None
        ]
        if counted and all(abs(value - number) > _allowed(number, tolerance) for _, number in counted):
            criterion, number = counted[0]
            words = {
                _CODE: criterion.code,
                "a": shown(value, field),
                "b": shown(number, field),
                "bieu": _sheets(case.rules.criteria, criterion),
            }
            yield tell(case, check, field=field, index=index, values=words)


@dataclass(frozen=True, slots=True)
class _Difference:
    field: Field
    total: Decimal
    added: Decimal
    tolerance: Decimal
    cell: str

    @property
    def difference(self) -> Decimal:
        return self.total - self.added

    def told(self, case: Case, check: Check) -> Finding:
        words = {
            "a": shown(self.total, self.field),
            "b": shown(self.added, self.field),
            "d": shown(abs(self.difference), self.field),
            "gia_tri": shown(self.total, self.field),
        }
        return tell(case, check, field=self.field, cell=self.cell, values=words)


def _differences(case: Case, check: Check) -> Iterator[_Difference]:
    form = check.form
    records = case.records(form.code) if form is not None else None
    if form is None or records is None or records.total_row is None:
        return
    each = case.number(check, _TOLERANCE) or Decimal(0)
    for field in check.fields:
        total = as_number(records.totals.get(field.code))
        letters = records.letters.get(field.code)
        values = records.columns.get(field.code, ())
        if total is None or letters is None or any(isinstance(value, Invalid) for value in values):
            continue
        numbers = [number for value in values if (number := as_number(value)) is not None]
        added = exact_sum(numbers)
        if added != total and exact_sum(_as_sum_sees(case, records, field, values)) != total:
            rounded = any(number != number.to_integral_value() for number in (*numbers, total))
            tolerance = each * len(numbers) if rounded else Decimal(0)
            yield _Difference(field, total, added, tolerance, cell_name(records.total_row, column_number(letters)))


def _as_sum_sees(case: Case, records: Records, field: Field, values: Sequence[Value]) -> list[Decimal]:
    """The numbers without those that intake took from text: SUM passes over them, and their cells are told already."""
    rule = rule_of_kind(case.rules.criteria, NUMBER_AS_TEXT)
    told = case.submission.findings if rule is not None else ()
    texts = {one.cell for one in told if rule is not None and (one.code, one.sheet) == (rule.code, records.sheet)}
    return [
        number
        for index, value in enumerate(values)
        if (number := as_number(value)) is not None and records.cell(field.code, index) not in texts
    ]


def exact_sum(numbers: list[Decimal]) -> Decimal:
    """The sum without rounding."""
    with localcontext(EXACT):
        return sum(numbers, Decimal(0))


def _in_labels(formula: str, form: Form) -> str:
    """A formula with the labels of its fields instead of their codes."""
    text = formula.lstrip("=").strip()
    for field in form.fields:
        text = text.replace(f"[@{field.code}]", field.label)
    return text


def _fitting(criteria: Criteria, check: Check, records: Records, index: int) -> list[Criterion]:
    """The indicators of the row's criterion, narrowed by its label and unit where these tell them apart."""
    code = records.value(check.text(_CODE), index)
    if not isinstance(code, str):
        return []
    found = [one for one in criteria.criteria if fold(one.code) == fold(code)]
    label = _folded(records.value(check.text(_LABEL), index))
    found = [one for one in found if fold(one.label) == label] or found
    unit_field = check.form.field(check.text(_UNIT)) if check.form is not None else None
    unit = records.value(check.text(_UNIT), index)
    if unit_field is None or not isinstance(unit, str):
        return found
    return [one for one in found if not one.unit or _same_unit(criteria, unit_field, unit, one.unit)]


def _same_unit(criteria: Criteria, field: Field, code: str, unit: str) -> bool:
    """Whether a unit of the sheet "Tiêu chí" (its words) is the one of that list code."""
    names = {fold(code)}
    found = criteria.lists.get(field.choices) if field.kind is FieldKind.CHOICE else None
    item = found.item(code) if found is not None else None
    if item is not None:
        names |= {fold(name) for name in (item.label, *item.aliases)}
    return fold(unit) in names


def _count(case: Case, check: Check, criterion: Criterion) -> Decimal | None:
    if not all(_is_reported(case, code.strip()) for code in criterion.form.split(";") if code.strip()):
        return None
    if criterion.indicator in check.parameters:
        return case.number(check, criterion.indicator)
    if criterion.formula.startswith("="):
        results = case.results(case.rules.program(criterion.formula, None, check.condition))
        return as_number(results[0])
    return None


def _sheets(criteria: Criteria, criterion: Criterion) -> str:
    """The source forms by the names of their sheets."""
    codes = [code.strip() for code in criterion.form.split(";")]
    return ", ".join(form.sheet for code in codes if (form := criteria.form(code)) is not None)


def _is_reported(case: Case, code: str) -> bool:
    records, form = case.records(code), case.rules.criteria.form(code)
    return records is not None and form is not None and (bool(case.rows(form)) or records.nothing_to_report)


def _allowed(number: Decimal, tolerance: Decimal) -> Decimal:
    """Counts and amounts must agree exactly; only a share, which has decimals, may be rounded."""
    return tolerance if number != number.to_integral_value() else Decimal(0)


def _folded(value: Value) -> str:
    return fold(value) if isinstance(value, str) else ""
