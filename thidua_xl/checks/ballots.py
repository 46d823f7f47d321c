"""Kinds about the council's ballots: thresholds, conclusions, nominations never reviewed. Read `below_threshold`.

A ballot names its nomination by the entry's code in the round (`VPS-S11-2`, docs/report-map.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from thidua_xl.checks.case import Case, as_number
from thidua_xl.checks.gathering import Round
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.showing import shown
from thidua_xl.checks.telling import tell
from thidua_xl.model import Field, Finding, Value

# Parameters: the ballot's field with the nomination's code; the nomination form and its fields; the default threshold.
CODE, FORM, AWARD, NAME, DEFAULT = "theo", "bieu", "hinh_thuc", "ten", "mac_dinh"


def below_threshold(found: Round, check: Check) -> Iterator[Finding]:
    """`nguong_phieu`: the share of yes votes is below the award's threshold, `mac_dinh` when it has none.

    `khi` leaves out ballots that say so themselves. Adds {ten} of the nomination, {a} the share, {b} the threshold.
    """
    if check.form is None or not check.fields:
        return
    field = check.fields[0]
    for ballot in _ballots(found, check):
        share = _share(ballot, field)
        threshold = ballot.threshold
        if share is None or threshold is None or share >= threshold:
            continue
        if ballot.case.holds(check, "khi", ballot.index):
            words = {"ten": ballot.name, "a": shown(share), "b": shown(threshold)}
            yield tell(ballot.case, check, field=field, index=ballot.index, values=words)


def conclusion(found: Round, check: Check) -> Iterator[Finding]:
    """`ket_luan_phieu`: the conclusion is `dat` below the threshold, or `khong_dat` at or above it. `ty_le` is the
    share's field.
    """
    if check.form is None or not check.fields:
        return
    field = check.fields[0]
    share_field = check.form.field(check.text("ty_le"))
    for ballot in _ballots(found, check):
        share = _share(ballot, share_field) if share_field is not None else None
        threshold, said = ballot.threshold, ballot.value(field.code)
        if share is None or threshold is None:
            continue
        if said == check.text("khong_dat" if share >= threshold else "dat"):
            words = {"ten": ballot.name, "a": shown(share), "b": shown(threshold)}
            yield tell(ballot.case, check, field=field, index=ballot.index, values=words)


def not_reviewed(found: Round, check: Check) -> Iterator[Finding]:
    """`chua_binh_xet`: a nomination of `bieu` without a ballot, told at its field `ten`.

    Silent until there is a ballot, and while as many ballots name no nomination: theirs is what is wrong then.
    """
    form_code = check.text(FORM)
    form = found.criteria.form(form_code)
    if check.form is None or not check.fields or form is None:
        return
    codes = [
        case.submission.records[check.form.code].value(check.fields[0].code, index)
        for case, index in found.rows(check.form.code)
    ]
    reviewed = {code.strip().upper() for code in codes if isinstance(code, str)}
    nominations = found.entries(form_code)
    waiting = [(code, entry) for code, entry in nominations.items() if code not in reviewed]
    astray = sum(not isinstance(code, str) or code.strip().upper() not in nominations for code in codes)
    if not codes or len(waiting) <= astray:
        return
    at_nomination = Check(check.rule, check.condition, form, parameters=check.parameters)
    field = form.field(check.text(NAME))
    for code, (case, index) in waiting:
        records = case.submission.records[form_code]
        words = {"ten": shown(records.value(check.text(NAME), index)) or code, "gia_tri": code}
        yield tell(case, at_nomination, field=field, index=index, values=words)


@dataclass(frozen=True, slots=True)
class _Ballot:
    case: Case
    index: int
    form: str
    name: str
    threshold: Decimal | None

    def value(self, code: str) -> Value:
        return self.case.submission.records[self.form].value(code, self.index)


def _share(ballot: _Ballot, field: Field) -> Decimal | None:
    """The share of yes votes; None when it is no share at all, which its field's limits tell."""
    share = as_number(ballot.value(field.code))
    if share is None or (field.minimum is not None and share < field.minimum):
        return None
    return None if field.maximum is not None and share > field.maximum else share


def _ballots(found: Round, check: Check) -> Iterator[_Ballot]:
    form = check.form.code if check.form is not None else ""
    nominations = found.entries(check.text(FORM))
    for case, index in found.rows(form):
        code = case.submission.records[form].value(check.text(CODE), index)
        entry = nominations.get(code.strip().upper()) if isinstance(code, str) else None
        name = award_code = None
        if entry is not None:
            records = entry[0].submission.records[check.text(FORM)]
            name = records.value(check.text(NAME), entry[1])
            award_code = records.value(check.text(AWARD), entry[1])
        award = found.criteria.award(award_code) if isinstance(award_code, str) else None
        threshold = award.threshold_percent if award is not None else None
        if threshold is None:
            threshold = case.number(check, DEFAULT)
        yield _Ballot(case, index, form, shown(name) or shown(code), threshold)
