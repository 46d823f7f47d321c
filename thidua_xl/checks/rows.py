"""Kinds that look at one entry at a time: formulas, required-ness, limits; and forms left empty. Read `formula`
first.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from thidua_xl.checks.case import Case, as_number, first_cell, is_blank, is_on_sheet, is_wrong
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.showing import shown
from thidua_xl.checks.telling import tell
from thidua_xl.messages import say
from thidua_xl.model import Field, Finding, FormKind, Invalid, Records, Value


def formula(case: Case, check: Check) -> Iterator[Finding]:
    """`CONG_THUC`: entries for which the formula is FALSE. A formula about no row is asked once, also of an empty
    table.

    A field that is given once per value of another (Một lần theo) is told once per such value. A sheet that lacks the
    column where the finding would stand is not asked: what is missing is told by intake.
    """
    form, program = check.form, check.program
    records = case.records(form.code) if form is not None else None
    if form is None or program is None or records is None or not check.fields:
        return
    field = check.fields[0]
    if not is_on_sheet(records, field.code) or not case.lacking.isdisjoint(program.columns_used):
        return
    # A formula that ends at a blank cell gives 0 there, as it would in a cell: the entry is not right.
    if not check.by_row:
        if is_wrong(case.results(program)[0], blank=True):
            if records.rows:
                yield tell(case, check, field=field, index=0)
            else:
                yield tell(case, check, field=field, cell=first_cell(records, field.code))
        return
    rows = case.rows(form)
    if not rows:
        return
    results = case.results(program)
    if results.count(True) == len(results):
        return
    told: set[Value] = set()
    for index in rows:
        if is_wrong(results[index], blank=True) and _is_first(records, field, index, told):
            yield tell(case, check, field=field, index=index)


def required(case: Case, check: Check) -> Iterator[Finding]:
    """`bat_buoc`: blank cells of fields with "Bắt buộc" = 1. A column the sheet lacks is told by intake."""
    form = check.form
    records = case.records(form.code) if form is not None else None
    if form is None or records is None:
        return
    for field in check.fields:
        if field.code not in records.columns or not is_on_sheet(records, field.code):
            continue
        if field.once_per:
            yield from _required_once(case, check, records, field)
            continue
        column = records.columns[field.code]
        for index in case.rows(form):
            value = column[index]
            if value is None or (isinstance(value, str) and not value.strip()):
                yield tell(case, check, field=field, index=index)


def not_negative(case: Case, check: Check) -> Iterator[Finding]:
    """`khong_am`: numbers below 0."""
    for field in check.fields:
        if not _is_within(case, check, field, Decimal(0), None):
            for index, number in _numbers(case, check, field):
                if number < 0:
                    yield tell(case, check, field=field, index=index)


def limits(case: Case, check: Check) -> Iterator[Finding]:
    """`mien_gia_tri`: numbers outside Nhỏ nhất and Lớn nhất. What is negative where it must not be is told by
    `khong_am`.
    """
    for field in check.fields:
        low, high = field.minimum, field.maximum
        if _is_within(case, check, field, low, high):
            continue
        for index, number in _numbers(case, check, field):
            below = low is not None and number < low and not (number < 0 <= low)
            if below or (high is not None and number > high):
                key = "both" if low is not None and high is not None else "low" if high is None else "high"
                words = {"low": shown(low, field), "high": shown(high, field)}
                yield tell(
                    case,
                    check,
                    field=field,
                    index=index,
                    values={"can": say(f"checks.range.{key}", "vi", **words)},
                    values_en={"can": say(f"checks.range.{key}", "en", **words)},
                )


def left_empty(case: Case, check: Check) -> Iterator[Finding]:
    """`trong_khong_khai`: a required table without entries whose "Không phát sinh" is not ticked.

    A form that may not be empty (Được để trống = 0) is told even when it is ticked.
    """
    form = check.form
    records = case.records(form.code) if form is not None else None
    if form is None or records is None or form.kind not in (FormKind.TABLE, FormKind.MATRIX) or not form.required:
        return
    if case.rows(form) or (records.nothing_to_report and form.may_be_empty):
        return
    code = next((one.code for one in form.fields if one.code in records.letters), "")
    yield tell(case, check, cell=records.nothing_cell or first_cell(records, code))


def _is_first(records: Records, field: Field, index: int, told: set[Value]) -> bool:
    """Whether this is the first entry of its group, for a field given once per group; always TRUE otherwise."""
    if not field.once_per:
        return True
    group = records.value(field.once_per, index)
    if group in told:
        return False
    told.add(group)
    return True


def _required_once(case: Case, check: Check, records: Records, field: Field) -> Iterator[Finding]:
    groups: dict[Value, list[int]] = {}
    for index in case.rows(check.form) if check.form is not None else ():
        group = records.value(field.once_per, index)
        if is_blank(group) or isinstance(group, Invalid):
            # The value may stand in this very row; what is wrong here is told elsewhere.
            return
        groups.setdefault(group, []).append(index)
    for indices in groups.values():
        if all(is_blank(records.value(field.code, index)) for index in indices):
            yield tell(case, check, field=field, index=indices[0])


def _is_within(case: Case, check: Check, field: Field, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether every number of a column is: then none of them needs a look of its own."""
    extent = case.extent(check.form.code, field.code) if check.form is not None else None
    return extent is None or ((low is None or extent[0] >= low) and (high is None or extent[1] <= high))


def _numbers(case: Case, check: Check, field: Field) -> Iterator[tuple[int, Decimal]]:
    records = case.records(check.form.code) if check.form is not None else None
    if check.form is None or records is None:
        return
    for index in case.rows(check.form):
        number = as_number(records.value(field.code, index))
        if number is not None:
            yield index, number
