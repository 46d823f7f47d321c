"""The council's ballot sheet made ready: a row for every nomination of the round. Read `make_ballot_sheet` first.

Which form holds the ballots, and which field names the nomination, says the rule that asks for ballots
(`chua_binh_xet`). The sheet is part of the office's own workbook, so that its report and the ballots come back as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.checks.gathering import entry_code
from thidua_xl.errors import UsageProblem
from thidua_xl.forms.build import build_unit_workbook
from thidua_xl.jobs.outputs import book_of, refuse_overwriting
from thidua_xl.jobs.review import CheckResult, check, known_period
from thidua_xl.messages import say
from thidua_xl.model import Criteria, Form, Submission
from thidua_xl.model.registers import AWARDS, OFFICE
from thidua_xl.model.rules import rule_of_kind
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name, column_number

ASKS = "chua_binh_xet"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where ballots stand: their form and its field with the nomination's code; the nominations' form, the field of
    their name and that of the award."""

    form: Form
    code: str
    nominations: str
    name: str
    award: str


@dataclass(frozen=True, slots=True)
class Nominee:
    """A nomination as the ballot sheet names it."""

    code: str
    name: str
    award: str
    unit: str


@dataclass(frozen=True, slots=True)
class BallotSheet:
    """The workbook written; the nominations that got a row now, and how many had one already."""

    path: Path
    added: tuple[Nominee, ...]
    present: int


def make_ballot_sheet(
    paths: Sequence[str | Path], criteria: Criteria, period: str | None, out: str | Path, *, jobs: int | None = None
) -> BallotSheet:
    """The office's workbook of the round, at `out`, with a row on the ballot sheet for each nomination.

    Rows that are there already stay as they are. Each code carries a note with name, award and unit. Without a
    workbook of the office a new one is made. Raises `UsageProblem` when the criteria book asks for no ballots, or
    nobody is nominated.
    """
    target = Path(out)
    if period is not None and known_period(criteria, period) is None:
        raise UsageProblem("usage.no_period")
    refuse_overwriting(target, [*paths, *book_of(criteria)])
    found = check(paths, criteria, period, jobs=jobs)
    asked = _asked(found.criteria)
    if asked is None or found.period is None:
        raise UsageProblem("usage.no_ballots")
    nominees = list(_nominees(found, asked))
    if not nominees:
        raise UsageProblem("usage.no_nominations", period=found.period.code)
    office = found.criteria.unit(found.criteria.text_setting(OFFICE))
    if office is None:
        raise UsageProblem("usage.no_ballots")
    own = next((one for one in found.current if one.unit == office.code), None)
    source = _editable(found, own, asked)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source is None:
        build_unit_workbook(found.criteria, office, found.period, target)
        source, own = target, None
    known = _codes(own, asked)
    waiting = tuple(one for one in nominees if one.code not in known)
    workbook = Workbook.open(source)
    read = check([source], criteria, found.period.code, jobs=1).submissions
    _write(workbook, read[0], asked, waiting)
    workbook.save(target)
    return BallotSheet(target, waiting, len(nominees) - len(waiting))


def _asked(criteria: Criteria) -> _Asked | None:
    rule = rule_of_kind(criteria, ASKS)
    condition = next((one for one in rule.conditions if one.kind == ASKS), None) if rule is not None else None
    form = criteria.form(condition.form) if condition is not None else None
    if condition is None or form is None or not condition.fields:
        return None
    nominations = criteria.form(condition.parameters.get("bieu", ""))
    if nominations is None:
        return None
    award = next((one.code for one in nominations.fields if one.choices == AWARDS), "")
    return _Asked(form, condition.fields[0], nominations.code, condition.parameters.get("ten", ""), award)


def _nominees(found: CheckResult, asked: _Asked) -> Sequence[Nominee]:
    """The nominations of the submissions that count, in the order of the book's units."""
    order = {unit.code: place for place, unit in enumerate(found.criteria.units)}
    made = []
    for submission in sorted(found.current, key=lambda one: order.get(one.unit, len(order))):
        records = submission.records.get(asked.nominations)
        unit = found.criteria.unit(submission.unit)
        for index in range(len(records) if records is not None and unit is not None else 0):
            assert records is not None and unit is not None
            award = found.criteria.award(str(records.value(asked.award, index) or ""))
            name = str(records.value(asked.name, index) or "")
            code = entry_code(unit.code, asked.nominations, index)
            made.append(Nominee(code, name, award.name if award is not None else "", unit.name))
    return made


def _editable(found: CheckResult, own: Submission | None, asked: _Asked) -> Path | None:
    """The office's own file when it is a workbook with the named ballot table; a member of a zip is none."""
    source = found.inputs.get(own.file) if own is not None else None
    if source is None or not source.path.is_file() or source.path.suffix.lower() not in {".xlsx", ".xlsm"}:
        return None
    return source.path if Workbook.open(source.path).name_area(f"TD_{asked.form.code}") is not None else None


def _codes(own: Submission | None, asked: _Asked) -> frozenset[str]:
    records = own.records.get(asked.form.code) if own is not None else None
    codes = [records.value(asked.code, index) for index in range(len(records))] if records is not None else []
    return frozenset(code.strip().upper() for code in codes if isinstance(code, str))


def _write(workbook: Workbook, read: Submission, asked: _Asked, waiting: Sequence[Nominee]) -> None:
    place = workbook.name_area(f"TD_{asked.form.code}")
    records = read.records.get(asked.form.code)
    if place is None or records is None or asked.code not in records.letters:
        raise UsageProblem("usage.no_ballots")
    sheet, area = workbook[place[0]], place[1]
    column = column_number(records.letters[asked.code])
    first = max(records.rows, default=area.top - 1) + 1
    beyond = first + len(waiting) - 1 - area.bottom
    if beyond > 0:
        # Above the last row of the table, so that its name, sums and checks grow with it.
        sheet.insert_rows(before=area.bottom, count=beyond, like=max(area.top, area.bottom - 1))
    for row, one in enumerate(waiting, first):
        cell = cell_name(row, column)
        sheet.set(cell, one.code, locked=True)
        sheet.add_note(cell, say("ballot.note", ten=one.name, hinh_thuc=one.award, don_vi=one.unit))
    if waiting and records.nothing_to_report and records.nothing_cell:
        sheet.set(records.nothing_cell, None, locked=True)
