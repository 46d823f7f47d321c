"""Kinds about what was received: missing, late, twice. Read `not_received` first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby

from thidua_xl.checks.gathering import Round, round_finding
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.showing import shown
from thidua_xl.model import Finding, Submission


def not_received(found: Round, check: Check) -> Iterator[Finding]:
    """`chua_nop`: a unit in force that must report has sent nothing."""
    sent = {one.unit for one in found.submissions}
    for unit in found.criteria.units:
        if unit.obliged and unit.code not in sent:
            yield round_finding(found, check, unit=unit.code, values={})


def late(found: Round, check: Check) -> Iterator[Finding]:
    """`tre_han`: a file that counts came after the period's internal deadline. Adds {n} days and {han}."""
    due = found.period.due
    for case in found.cases:
        day = _day(case.submission.received)
        if due is not None and day is not None and day > due:
            words = {"n": str((day - due).days), "han": shown(due), "gia_tri": shown(day)}
            yield _about(found, check, case.submission, words)


def counted_twice(found: Round, check: Check) -> Iterator[Finding]:
    """`hai_tep`: two files of one unit both count. Adds {a} and {b}, the files."""
    known = [case.submission for case in found.cases if case.submission.unit]
    for _, group in groupby(known, key=lambda one: one.unit):
        first, *others = group
        for other in others:
            yield _about(found, check, other, {"a": first.file, "b": other.file})


def same_version(found: Round, check: Check) -> Iterator[Finding]:
    """`lan_nop_trung`: another file of the unit has the same version number or a higher one. Adds {lan}, that number.

    Of two files with the same number the one that came later is told.
    """
    for one in found.submissions:
        others = [two for two in found.submissions if two is not one and one.unit and two.unit == one.unit]
        before = [two.version for two in others if _goes_before(two, one)]
        if before:
            yield _about(found, check, one, {"lan": str(max(before)), "gia_tri": str(one.version)})


def _goes_before(other: Submission, one: Submission) -> bool:
    if other.version != one.version:
        return other.version > one.version
    return _received_key(other) < _received_key(one)


def _received_key(one: Submission) -> tuple[date, bool, str]:
    return _day(one.received) or date.min, not one.superseded_by, one.file


def _about(found: Round, check: Check, one: Submission, values: dict[str, str]) -> Finding:
    """A finding about a file, at the field the rule names when the file shows where it is."""
    form = check.form.code if check.form is not None else ""
    records = one.records.get(form)
    cell = sheet = ""
    if records is not None:
        sheet = records.sheet
        cell = records.cell(check.fields[0].code, 0) if check.fields and len(records) else ""
    return round_finding(found, check, file=one.file, unit=one.unit, form=form, sheet=sheet, cell=cell, values=values)


def _day(received: datetime | date | None) -> date | None:
    return received.date() if isinstance(received, datetime) else received
