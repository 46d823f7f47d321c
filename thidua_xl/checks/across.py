"""Kinds about entries of several units: reported twice, references between files, too many proposals. Read
`several_units`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import pairwise

from thidua_xl.checks.case import Case, is_blank
from thidua_xl.checks.gathering import Round
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.sets import APART, DIFFERENT, row_key, same
from thidua_xl.checks.telling import tell
from thidua_xl.formula.rule_words import table_name
from thidua_xl.messages import say
from thidua_xl.model import Field, Finding, Value

_SEPARATORS = re.compile(r"[;,]")
# How many units a message names that report the same entry.
_MOST_NAMED = 20

Entry = tuple[Case, int]
Marks = tuple[Hashable, ...]


def several_units(found: Round, check: Check) -> Iterator[Finding]:
    """`trung_don_vi`: an entry that another unit reports too, equal in the fields `theo` (default: those of "Trường").

    Told in each of the files. Adds {don_vi} the other units (the first twenty by name), {dv1} and {dv2} the two in the
    book's order, {o1} and {o2} this cell and the other.
    """
    if check.form is None or not check.fields:
        return
    # Nearly all entries stand alone: only numbers are kept of them, and keys of those that may be twins.
    marks = array("q", (hash(key) for _, key in _keys(found, check)))
    twins = {one for one, following in pairwise(sorted(marks)) if one == following}
    groups: dict[Hashable, list[Entry]] = {}
    for entry, key in _keys(found, check) if twins else ():
        if hash(key) in twins:
            groups.setdefault(key, []).append(entry)
    order = {id(case): place for place, case in enumerate(found.cases)}
    for entries in groups.values():
        if len({case.submission.unit for case, _ in entries}) > 1:
            yield from _told_twice(found, check, check.fields[0], entries, order)


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
    groups: dict[Hashable, list[Entry]] = {}
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


def _keys(found: Round, check: Check) -> Iterator[tuple[Entry, Hashable]]:
    """The entries of the check's form that have a key, each with it."""
    form = check.form.code if check.form is not None else ""
    last: Case | None = None
    for case, index in found.rows(form):
        if case is not last:
            last, records = case, case.submission.records[form]
        key = row_key(check, records, index)
        if key is not None:
            yield (case, index), key


def _told_twice(
    found: Round, check: Check, field: Field, entries: Sequence[Entry], order: Mapping[int, int]
) -> Iterator[Finding]:
    """A finding for each of these equal entries that one of another unit may be the same as.

    A round of 10,000 units may share an entry: which entries may be the same is asked once for all that are alike in
    `phan_biet`, and only the first units are named.
    """
    marks = [_apart(check, entry) for entry in entries]
    units: dict[Marks, set[str]] = {}
    for mark, (case, _) in zip(marks, entries, strict=True):
        units.setdefault(mark, set()).add(case.submission.unit)
    apart = len(check.codes(APART))
    alike = {mark: frozenset(one for one in units if _agree(mark, one, apart)) for mark in units}
    concerned = {mark: frozenset[str]().union(*(units[one] for one in ones)) for mark, ones in alike.items()}
    for mark, (case, index) in zip(marks, entries, strict=True):
        own = case.submission.unit
        count = len(concerned[mark]) - (own in concerned[mark])
        if not count:
            continue
        others: dict[str, list[Entry]] = {}
        for other_mark, other in zip(marks, entries, strict=True):
            unit = other[0].submission.unit
            if unit != own and other_mark in alike[mark]:
                if unit not in others and len(others) == _MOST_NAMED:
                    break
                others.setdefault(unit, []).append(other)
        yield _told_of(found, check, field, (case, index), others, count - len(others), order)


def _told_of(
    found: Round,
    check: Check,
    field: Field,
    entry: Entry,
    others: Mapping[str, Sequence[Entry]],
    more: int,
    order: Mapping[int, int],
) -> Finding:
    """The finding of one entry; `others` are those it may be the same as by unit, `more` the units not named."""
    case, index = entry
    other, place = next(iter(others.values()))[0]
    first, second = sorted((case, other), key=lambda one: order[id(one)])
    names = ", ".join(dict.fromkeys(map(found.unit_name, others)))
    words = {
        "don_vi": say("checks.more_units", "vi", names=names, count=more) if more else names,
        "dv1": found.unit_name(first.submission.unit),
        "dv2": found.unit_name(second.submission.unit),
        "o1": case.submission.records[_form(check)].cell(field.code, index),
        "o2": f"{other.submission.file}!{other.submission.records[_form(check)].cell(field.code, place)}",
    }
    english = {"don_vi": say("checks.more_units", "en", names=names, count=more)} if more else {}
    related = tuple(_place(check, field, one) for ones in others.values() for one in ones)
    return tell(case, check, field=field, index=index, values=words, values_en=english, related=related)


def _form(check: Check) -> str:
    return check.form.code if check.form is not None else ""


def _place(check: Check, field: Field, entry: Entry) -> str:
    """`file|sheet|cell` of an entry's field."""
    case, index = entry
    records = case.submission.records[_form(check)]
    return f"{case.submission.file}|{records.sheet}|{records.cell(field.code, index)}"


def _apart(check: Check, entry: Entry) -> Marks:
    """The values by which two equal entries may yet be told apart, then those in which they must differ, made
    comparable; None where one is blank."""
    records = entry[0].submission.records[_form(check)]
    values = (records.value(code, entry[1]) for code in (*check.codes(APART), *check.codes(DIFFERENT)))
    return tuple(None if is_blank(value) else same(value) for value in values)


def _agree(ours: Marks, theirs: Marks, apart: int) -> bool:
    """Whether none of the first `apart` marks tells two entries apart and, where there are further ones, one of those
    differs. A blank on either side tells nothing.
    """
    known = [
        (place, one == other)
        for place, (one, other) in enumerate(zip(ours, theirs, strict=True))
        if one is not None and other is not None
    ]
    if not all(equal for place, equal in known if place < apart):
        return False
    return len(ours) == apart or any(not equal for place, equal in known if place >= apart)


def _quota(found: Round, check: Check, award_code: Value, case: Case) -> int | None:
    award = found.criteria.award(award_code) if isinstance(award_code, str) else None
    if award is not None and award.quota is not None:
        return award.quota
    default = case.number(check, "mac_dinh")
    return None if default is None else int(default)
