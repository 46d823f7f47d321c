"""Kinds that compare with earlier periods: great changes, what was reached and lost, cumulative figures. Read
`great_change`.

All are silent about a unit of which no earlier submission was handed over.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from thidua_xl.checks.case import Case, as_number, first_cell
from thidua_xl.checks.gathering import Round
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.sets import row_key
from thidua_xl.checks.showing import shown
from thidua_xl.checks.sums import exact_sum
from thidua_xl.checks.telling import tell
from thidua_xl.model import Field, Finding, Form, FormKind, Invalid, Records
from thidua_xl.refs import cell_name, column_number

_HUNDRED = Decimal(100)


def great_change(found: Round, check: Check) -> Iterator[Finding]:
    """`lech_ky_truoc`: a figure differs by more than `nguong` percent from the last period of the same kind.

    Compared are sums of summed fields; on a form sheet, and with `theo` in a table, single values. Adds {ten}
    {nay} {truoc} {pct}.
    """
    form = check.form
    if form is None:
        return
    for case in found.cases:
        before = next(found.earlier(case.submission.unit, kind=found.period.kind), None)
        limit = case.number(check, "nguong") if before is not None else None
        if before is None or limit is None:
            continue
        for field in check.fields:
            for one in _figures(case, before, check, form, field):
                if not one.before:
                    continue
                change = (one.now - one.before) / abs(one.before) * _HUNDRED
                if abs(change) > limit:
                    words = {
                        "nay": shown(one.now, field),
                        "truoc": shown(one.before, field),
                        "pct": shown(change.quantize(Decimal("0.1"))),
                        "gia_tri": shown(one.now, field),
                    }
                    if "ten" not in check.parameters:
                        words["ten"] = field.label
                    yield tell(case, check, field=field, index=one.index, cell=one.cell, values=words)


def lost_ground(found: Round, check: Check) -> Iterator[Finding]:
    """`lui_ky_truoc`: a field is `nay` that was `truoc` in the last period in which the same row (`theo`) was
    reported.
    """
    form = check.form
    if form is None or not check.fields:
        return
    field = check.fields[0]
    for case in found.cases:
        records = case.records(form.code)
        before = next((one for one in found.earlier(case.submission.unit) if one.rows(form)), None)
        if records is None or before is None:
            continue
        earlier = _by_key(before, check, form)
        for index in case.rows(form):
            key = row_key(check, records, index)
            place = earlier.get(key) if key is not None else None
            if place is None or records.value(field.code, index) != check.text("nay"):
                continue
            was = before.submission.records[form.code].value(field.code, place)
            if was == check.text("truoc") and case.holds(check, "khi", index):
                yield tell(case, check, field=field, index=index)


def cumulative(found: Round, check: Check) -> Iterator[Finding]:
    """`luy_ke_ky_truoc`: a cumulative figure differs from the sum of `cong` over all closed periods of kind
    `loai_ky` and this one.

    Asked only when the submission is of that kind itself and every earlier period of the kind was handed over.
    Adds {a}, {b}.
    """
    form, book = check.form, found.criteria.whole or found.criteria
    kind = check.text("loai_ky")
    end = found.period.end
    if form is None or not check.fields or found.period.kind != kind or end is None:
        return
    field = check.fields[0]
    closed = {one.code for one in book.periods if one.kind == kind and one.end is not None and one.end < end}
    for case in found.cases:
        records = case.records(form.code)
        earlier = list(found.earlier(case.submission.unit, kind=kind))
        if records is None or not closed or {one.submission.period for one in earlier} < closed:
            continue
        tables = [(one, _by_key(one, check, form)) for one in earlier]
        for index in case.rows(form):
            key = row_key(check, records, index)
            value = as_number(records.value(field.code, index))
            if key is None or value is None or not case.holds(check, "khi", index):
                continue
            parts = [as_number(records.value(check.text("cong"), index))]
            parts += [
                as_number(one.submission.records[form.code].value(check.text("cong"), keys[key]))
                for one, keys in tables
                if key in keys
            ]
            added = exact_sum([part for part in parts if part is not None])
            if added != value:
                words = {"a": shown(value, field), "b": shown(added, field)}
                yield tell(case, check, field=field, index=index, values=words)


@dataclass(frozen=True, slots=True)
class _Figure:
    now: Decimal
    before: Decimal
    index: int | None
    cell: str | None


def _figures(case: Case, before: Case, check: Check, form: Form, field: Field) -> Iterator[_Figure]:
    now, then = case.records(form.code), before.records(form.code)
    if now is None or then is None:
        return
    if form.kind is FormKind.SINGLE or check.codes("theo"):
        earlier: dict[Hashable, int] = {(): 0} if form.kind is FormKind.SINGLE else _by_key(before, check, form)
        for index in case.rows(form):
            key = () if form.kind is FormKind.SINGLE else row_key(check, now, index)
            place = earlier.get(key) if key is not None else None
            value = as_number(now.value(field.code, index))
            was = as_number(then.value(field.code, place)) if place is not None else None
            if value is not None and was is not None:
                yield _Figure(value, was, index, None)
        return
    total, was = _total(case, form, field), _total(before, form, field)
    if total is not None and was is not None:
        yield _Figure(total, was, None, _total_cell(now, field))


def _total(case: Case, form: Form, field: Field) -> Decimal | None:
    """The exact sum of a field; None when a value could not be read or the form was left empty without saying so."""
    records = case.records(form.code)
    rows = case.rows(form)
    if records is None or not (rows or records.nothing_to_report):
        return None
    values = [records.value(field.code, index) for index in rows]
    if any(isinstance(value, Invalid) for value in values):
        return None
    return exact_sum([number for value in values if (number := as_number(value)) is not None])


def _total_cell(records: Records, field: Field) -> str:
    letters = records.letters.get(field.code)
    if records.total_row is not None and letters is not None:
        return cell_name(records.total_row, column_number(letters))
    return first_cell(records, field.code)


def _by_key(case: Case, check: Check, form: Form) -> dict[Hashable, int]:
    """Key of `theo` -> entry index; the first of equal ones."""
    records = case.records(form.code)
    found: dict[Hashable, int] = {}
    for index in case.rows(form) if records is not None else ():
        key = row_key(check, records, index) if records is not None else None
        if key is not None:
            found.setdefault(key, index)
    return found
