"""Kinds about entries of several units: reported twice, references between files, too many proposals. Read
`several_units`.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator

from thidua_xl.checks.case import Case
from thidua_xl.checks.gathering import Round
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.sets import APART, may_be_same, row_key, same
from thidua_xl.checks.telling import tell
from thidua_xl.formula.rule_words import table_name
from thidua_xl.model import Field, Finding, Value

_SEPARATORS = re.compile(r"[;,]")


def several_units(found: Round, check: Check) -> Iterator[Finding]:
    """`trung_don_vi`: an entry that another unit reports too, equal in the fields `theo` (default: those of "Trường").

    Told in each of the files. Adds {don_vi} the other unit, {dv1} and {dv2} the two in the book's order, {o1} and
    {o2} this cell and the other.
    """
    if check.form is None or not check.fields:
        return
    field = check.fields[0]
    groups: dict[Hashable, list[tuple[Case, int]]] = {}
    for case, index in found.rows(check.form.code):
        records = case.submission.records[check.form.code]
        key = row_key(check, records, index)
        if key is not None:
            groups.setdefault(key, []).append((case, index))
    for entries in groups.values():
        for case, index in entries:
            others = [
                (other, place)
                for other, place in entries
                if other.submission.unit != case.submission.unit and _may_be_same(check, (case, index), (other, place))
            ]
            if others:
                yield _told_twice(found, check, field, (case, index), others)


def referred_to(found: Round, check: Check) -> Iterator[Finding]:
    """`tham_chieu_don_vi`: a code that no unit has. `bang` is `form.field`, or a form: the codes of its entries.

    Not asked where the unit that would have it sent a file without that form or column: that is told once already.
    """
    if check.form is None or not check.fields:
        return
    field = check.fields[0]
    form, _, code = check.text("bang").partition(".")
    if code:
        known = {
            same(value)
            for case, index in found.rows(form)
            if isinstance(value := case.submission.records[form].value(code, index), str)
        }
    else:
        known = {same(one) for one in found.entries(form)}
    lacking = tuple(
        str(same(f"{case.submission.unit}-{form}-")) for case in found.cases if not code and case.records(form) is None
    )
    for case, index in found.rows(check.form.code):
        if (table_name(form), code) in case.lacking:
            continue
        value = case.submission.records[check.form.code].value(field.code, index)
        parts = _SEPARATORS.split(value) if isinstance(value, str) else []
        unknown = [part.strip() for part in parts if part.strip() and same(part) not in known]
        unknown = [part for part in unknown if not str(same(part)).startswith(lacking)]
        if unknown:
            yield tell(case, check, field=field, index=index, values={"gia_tri": ", ".join(unknown)})


def too_many(found: Round, check: Check) -> Iterator[Finding]:
    """`vuot_so_luong`, `goi_y_uu_tien`: more proposals of one kind (`theo`) than the award's quota, `mac_dinh`
    when it has none.

    Told once, at the first proposal beyond the quota. Adds {a} proposals and {b} the quota.
    """
    if check.form is None or not check.fields:
        return
    field = check.fields[0]
    groups: dict[Hashable, list[tuple[Case, int]]] = {}
    for case, index in found.rows(check.form.code):
        key = row_key(check, case.submission.records[check.form.code], index)
        if key is not None:
            groups.setdefault(key, []).append((case, index))
    for entries in groups.values():
        case, index = entries[0]
        quota = _quota(found, check, case.submission.records[check.form.code].value(field.code, index), case)
        if quota is None or len(entries) <= quota:
            continue
        case, index = entries[quota]
        words = {"a": str(len(entries)), "b": str(quota)}
        related = tuple(_place(check, field, one) for one in entries if one != (case, index))
        yield tell(case, check, field=field, index=index, values=words, related=related)


def _told_twice(
    found: Round, check: Check, field: Field, entry: tuple[Case, int], others: list[tuple[Case, int]]
) -> Finding:
    case, index = entry
    other = others[0][0].submission
    cases = list(found.cases)
    first, second = sorted((case, others[0][0]), key=cases.index)
    words = {
        "don_vi": ", ".join(dict.fromkeys(found.unit_name(one.submission.unit) for one, _ in others)),
        "dv1": found.unit_name(first.submission.unit),
        "dv2": found.unit_name(second.submission.unit),
        "o1": case.submission.records[_form(check)].cell(field.code, index),
        "o2": f"{other.file}!{other.records[_form(check)].cell(field.code, others[0][1])}",
    }
    related = tuple(_place(check, field, one) for one in others)
    return tell(case, check, field=field, index=index, values=words, related=related)


def _form(check: Check) -> str:
    return check.form.code if check.form is not None else ""


def _place(check: Check, field: Field, entry: tuple[Case, int]) -> str:
    """`file|sheet|cell` of an entry's field."""
    case, index = entry
    records = case.submission.records[_form(check)]
    return f"{case.submission.file}|{records.sheet}|{records.cell(field.code, index)}"


def _may_be_same(check: Check, one: tuple[Case, int], other: tuple[Case, int]) -> bool:
    def values(entry: tuple[Case, int]) -> list[Value]:
        records = entry[0].submission.records[_form(check)]
        return [records.value(code, entry[1]) for code in check.codes(APART)]

    return may_be_same(values(one), values(other))


def _quota(found: Round, check: Check, award_code: Value, case: Case) -> int | None:
    award = found.criteria.award(award_code) if isinstance(award_code, str) else None
    if award is not None and award.quota is not None:
        return award.quota
    default = case.number(check, "mac_dinh")
    return None if default is None else int(default)
