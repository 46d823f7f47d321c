"""A file that comes back against what was sent: mended, still wrong, newly wrong, changed without being asked.

Read `resubmissions`, then `compare_versions`. The officer sees the difference, not the whole file again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from thidua_xl.checks import check_submission
from thidua_xl.errors import InputRefused
from thidua_xl.grid import Input, read_books
from thidua_xl.jobs.returned import set_aside
from thidua_xl.jobs.round_review import RoundCheck
from thidua_xl.jobs.version_changes import Change, changes_between
from thidua_xl.ledger import Received
from thidua_xl.ledger.packing import unpack_findings
from thidua_xl.model import Book, Criteria, Finding, Severity
from thidua_xl.model.products import HELPER_SHEETS
from thidua_xl.refs import cell_name, parse_cell


@dataclass(frozen=True, slots=True)
class Resubmission:
    """What became of a unit's file `name` against the one before it, `before`.

    Findings of `mended` are at their old places, those of `still` and `new` at the new ones. `explained` are findings
    that came back with an explanation.
    """

    unit: str
    name: str
    version: int
    before: str
    mended: tuple[Finding, ...]
    still: tuple[Finding, ...]
    new: tuple[Finding, ...]
    changed: tuple[Change, ...]
    explained: tuple[Finding, ...]

    @property
    def unasked(self) -> tuple[Change, ...]:
        """The changes that no finding asked for."""
        return tuple(one for one in self.changed if not one.was_asked)


def resubmissions(
    checked: RoundCheck, criteria: Criteria, names: Iterable[str] | None = None, *, today: date | None = None
) -> tuple[Resubmission, ...]:
    """The comparison of every current file that has a predecessor, or only of the files of these names."""
    wanted = None if names is None else set(names)
    found = []
    for unit, file in checked.current.items():
        if wanted is not None and file.name not in wanted:
            continue
        before = predecessor(checked, file)
        if before is None or file.refusal or before.refusal:
            continue
        old, new = _books(checked, before, file)
        if old is None or new is None:
            continue
        asked = _asked(checked, before, criteria, today or date.today())
        told = [one for one in checked.findings_of(file) if one.severity is not Severity.NOTE]
        found.append(
            replace(compare_versions(old, new, asked, told), unit=unit, version=file.version, before=before.name)
        )
    return tuple(found)


def predecessor(checked: RoundCheck, file: Received) -> Received | None:
    """The version before a file of the same unit and period, None when there is none."""
    others = [
        one
        for one in checked.facts.files
        if (one.unit, one.period) == (file.unit, file.period) and one.version < file.version
    ]
    return max(others, key=lambda one: (one.version, one.id), default=None)


def compare_versions(old: Book, new: Book, asked: Sequence[Finding], told: Sequence[Finding]) -> Resubmission:
    """The comparison of two versions: `asked` are the findings of the old one, `told` those of the new one."""
    moves, changes = changes_between(old, new, _places(asked))
    now = {(one.code, one.sheet, one.cell) for one in told}
    still_keys = set()
    mended = []
    for one in asked:
        key = one.code, one.sheet, _moved(one, moves)
        if key in now:
            still_keys.add(key)
        else:
            mended.append(one)
    return Resubmission(
        unit="",
        name=new.file,
        version=1,
        before=old.file,
        mended=tuple(mended),
        still=tuple(one for one in told if (one.code, one.sheet, one.cell) in still_keys),
        new=tuple(one for one in told if (one.code, one.sheet, one.cell) not in still_keys),
        changed=tuple(changes),
        explained=tuple(one for one in told if one.explanation),
    )


def _asked(checked: RoundCheck, before: Received, criteria: Criteria, today: date) -> list[Finding]:
    """What was wrong with the file before: as it was sent back, else as its own rules say now."""
    sent = checked.facts.returned_of(before.sha256)
    if sent is not None:
        return list(unpack_findings(sent.content["findings"]))
    submission = checked.read[before.id].of(before.unit)
    if submission is None:
        return []
    period = criteria.find_period(submission.period)
    rules = criteria.at(period) if period is not None else checked.check.criteria
    both = (*submission.findings, *check_submission(submission, rules, today=today))
    return [one for one in both if one.severity is not Severity.NOTE]


def _books(checked: RoundCheck, before: Received, file: Received) -> tuple[Book | None, Book | None]:
    inputs = [Input(checked.round.place(one), one.name, left_out=HELPER_SHEETS) for one in (before, file)]
    read = [None if isinstance(one, InputRefused) else set_aside(one).book for one in read_books(inputs)]
    first, second = read
    if first is None or second is None:
        return first, second
    return _of_unit(first, before, checked), _of_unit(second, file, checked)


def _of_unit(book: Book, file: Received, checked: RoundCheck) -> Book:
    """The book without the sheets on which other units report."""
    if not file.shared:
        return book
    others = {
        records.sheet
        for own in checked.read[file.id].submissions
        if own.unit != file.unit
        for records in own.records.values()
    }
    return replace(book, sheets=tuple(one for one in book.sheets if one.name not in others))


def _places(asked: Iterable[Finding]) -> set[tuple[str, str]]:
    """(sheet, cell) of every place that a finding names."""
    found = set()
    for one in asked:
        found.add((one.sheet, one.cell))
        for place in one.related:
            file, _, rest = place.partition("|")
            if file == one.file:
                sheet, _, cell = rest.partition("|")
                found.add((sheet, cell))
    return found


def _moved(finding: Finding, moves: Mapping[tuple[str, int], int]) -> str:
    try:
        row, column = parse_cell(finding.cell)
    except ValueError:
        return finding.cell
    return cell_name(moves.get((finding.sheet, row), row), column)
