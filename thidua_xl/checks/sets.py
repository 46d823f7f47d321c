"""Kinds about rows among rows: entered twice, complete sets. Read `entered_twice`, then `complete_set`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from decimal import Decimal

from thidua_xl.checks.case import Case, is_blank
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.showing import shown
from thidua_xl.checks.telling import tell
from thidua_xl.model import CellError, Finding, Invalid, Records, Value
from thidua_xl.text import fold, plain_name, tidy

# Parameters: fields that make two rows the same; those that tell two equal ones apart; those that must differ.
KEY, APART, DIFFERENT, MATCHING = "theo", "phan_biet", "khac", "so_khop"
WITHOUT_ACCENTS, AS_NAMES = "khong_dau", "ten_nguoi"


def entered_twice(case: Case, check: Check) -> Iterator[Finding]:
    """`trung`: a later row that equals an earlier one in the fields `theo` (default: those of "Trường").

    Rows whose `phan_biet` fields are both filled in and differ are two things; with `khac` only rows that differ
    there count.
    Adds {o1} and {o2}, the cells of the first and of this one.
    """
    form = check.form
    records = case.records(form.code) if form is not None else None
    if form is None or records is None or not check.fields:
        return
    field = check.fields[0]
    seen: dict[Hashable, list[int]] = {}
    for index in case.rows(form):
        key = row_key(check, records, index)
        if key is None:
            continue
        earlier = [one for one in seen.get(key, ()) if _is_twin(check, records, one, index)]
        seen.setdefault(key, []).append(index)
        if earlier:
            first, second = records.cell(field.code, earlier[0]), records.cell(field.code, index)
            related = (f"{case.submission.file}|{records.sheet}|{first}",)
            yield tell(case, check, field=field, index=index, values={"o1": first, "o2": second}, related=related)


def complete_set(case: Case, check: Check) -> Iterator[Finding]:
    """`du_bo`: for each `theo`, the field must hold every value of `bang`[`cot`] once, its name as in `cot_ten`.

    A wrong or repeated number is told at its cell, a wrong name (the second field) at its own; when numbers are only
    missing, at the group's first row. Adds {ds}, the missing ones. Silent while a group or number is blank or
    unreadable: that is told elsewhere.
    """
    form = check.form
    records = case.records(form.code) if form is not None else None
    table = case.tables.get(check.text("bang"))
    if form is None or records is None or table is None or not check.fields:
        return
    wanted = tuple(table.columns.get(check.text("cot"), ()))
    names = tuple(table.columns.get(check.text("cot_ten"), ()))
    right_name = dict(zip(wanted, names, strict=False))
    groups: dict[Hashable, list[int]] = {}
    for index in case.rows(form):
        parts = [records.value(code, index) for code in check.codes(KEY)]
        if any(is_blank(part) or isinstance(part, Invalid | CellError) for part in parts):
            return
        groups.setdefault(tuple(same(part) for part in parts), []).append(index)
    number, *further = check.fields
    for indices in groups.values():
        held = {index: records.value(number.code, index) for index in indices}
        if any(is_blank(value) or isinstance(value, Invalid | CellError) for value in held.values()):
            continue
        misnamed = {
            index
            for index, value in held.items()
            if further and _differs(records.value(further[0].code, index), right_name.get(value))
        }
        right: set[Value] = set()
        wrong: list[int] = []
        # Of two equal numbers the one with the right name holds.
        for index in sorted(indices, key=lambda one: (one in misnamed, one)):
            if held[index] not in right_name or held[index] in right:
                wrong.append(index)
            else:
                right.add(held[index])
        places = [(number, index) for index in wrong]
        places += [(further[0], index) for index in sorted(misnamed - set(wrong))]
        missing = ", ".join(shown(value) for value in wanted if value not in right)
        if missing and not places:
            places = [(number, indices[0])]
        for field, index in places:
            words = {"ds": missing or shown(held[index])}
            yield tell(case, check, field=field, index=index, values=words)


def _differs(name: Value, right: Value) -> bool:
    return isinstance(name, str) and isinstance(right, str) and fold(name) != fold(right)


def row_key(check: Check, records: Records, index: int) -> Hashable | None:
    """What makes two rows the same; None when a part of it is blank or could not be read."""
    codes = check.codes(KEY) or tuple(field.code for field in check.fields)
    matching = check.text(MATCHING)
    parts: list[Hashable] = []
    for code in codes:
        value = records.value(code, index)
        if is_blank(value) or isinstance(value, Invalid | CellError):
            return None
        if matching == AS_NAMES and isinstance(value, str):
            parts.append(plain_name(value))
        else:
            parts.append(same(value, without_accents=matching == WITHOUT_ACCENTS))
    return tuple(parts)


def same(value: Value, *, without_accents: bool = False) -> Hashable:
    """A value made comparable: text without case and superfluous blanks, numbers by size."""
    if isinstance(value, str):
        return fold(value) if without_accents else tidy(value).casefold()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value).normalize()
    return value


def may_be_same(ours: Sequence[Value], theirs: Sequence[Value]) -> bool:
    """Whether no field of `phan_biet` tells two rows apart: a blank on either side tells nothing."""
    return all(
        is_blank(one) or is_blank(other) or same(one) == same(other) for one, other in zip(ours, theirs, strict=True)
    )


def _is_twin(check: Check, records: Records, first: int, second: int) -> bool:
    def values(code: str) -> tuple[Value, Value]:
        return records.value(code, first), records.value(code, second)

    apart = [values(code) for code in check.codes(APART)]
    different = [values(code) for code in check.codes(DIFFERENT)]
    if not may_be_same([one for one, _ in apart], [one for _, one in apart]):
        return False
    return not different or any(same(one) != same(other) for one, other in different)
