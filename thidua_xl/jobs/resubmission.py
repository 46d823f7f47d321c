"""A file that comes back against what was sent: mended, still wrong, newly wrong, changed without being asked.

Read `resubmissions`, then `compare_versions`. The officer sees the difference, not the whole file again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from thidua_xl.checks import check_submission
from thidua_xl.errors import InputRefused
from thidua_xl.grid import Input, extras_of, read_books, rows_of
from thidua_xl.jobs.returned import set_aside
from thidua_xl.jobs.round_review import RoundCheck
from thidua_xl.ledger import PRIVATE, Received
from thidua_xl.ledger.packing import unpack_findings
from thidua_xl.model import Book, Criteria, Finding, Severity, Sheet, Value
from thidua_xl.refs import cell_name, parse_cell
from thidua_xl.text import nfc

# How a formula counts in a comparison: its result follows from other cells, so only its text can be changed.
_FORMULA = "\0="
_SERIAL = "\0#"


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that is another than before. `cell` is its place now; `was_asked` whether a finding named it.

    `kind` is O (a cell), DONG_THEM (a row that was not there: `after` its texts) or DONG_BOT (a row gone).
    """

    sheet: str
    cell: str
    before: str
    after: str
    was_asked: bool
    kind: str = "O"


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
    moves, changes = _changes(old, new, _places(asked))
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
    submission = checked.read[before.id].submission
    if submission is None:
        return []
    period = criteria.find_period(submission.period)
    rules = criteria.at(period) if period is not None else checked.check.criteria
    both = (*submission.findings, *check_submission(submission, rules, today=today))
    return [one for one in both if one.severity is not Severity.NOTE]


def _books(checked: RoundCheck, before: Received, file: Received) -> tuple[Book | None, Book | None]:
    home = checked.round
    inputs = []
    for one in (before, file):
        path = home.received / one.name
        kept = home.home / PRIVATE / "luu" / one.sha256[:2] / one.sha256
        inputs.append(Input(path if path.is_file() else kept, one.name))
    read = [None if isinstance(one, InputRefused) else set_aside(one).book for one in read_books(inputs)]
    return read[0], read[1]


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


def _changes(old: Book, new: Book, asked: set[tuple[str, str]]) -> tuple[dict[tuple[str, int], int], list[Change]]:
    """Where the rows of the old sheets are now, and every difference."""
    moves: dict[tuple[str, int], int] = {}
    changes: list[Change] = []
    for sheet in new.sheets:
        was = old.sheet(sheet.name)
        if was is None:
            continue
        first, second = _lines(was), _lines(sheet)
        for before, after in _aligned(first, second):
            if before is not None and after is not None:
                moves[sheet.name, before] = after
                changes += _row_changes(sheet.name, first[before], second[after], (before, after), asked)
            elif after is not None:
                texts = _texts(second[after])
                changes += [Change(sheet.name, f"{after}:{after}", "", texts, False, "DONG_THEM")] if texts else []
            elif before is not None:
                texts = _texts(first[before])
                was_asked = any((sheet.name, cell_name(before, column)) in asked for column in first[before])
                changes += [Change(sheet.name, f"{before}:{before}", texts, "", was_asked, "DONG_BOT")] if texts else []
    return moves, changes


def _lines(sheet: Sheet) -> dict[int, dict[int, Value]]:
    """The rows of a sheet as they are compared: formulas and running numbers do not count by their value."""
    extras = extras_of(sheet)
    rows = rows_of(sheet)
    lines: dict[int, dict[int, Value]] = {}
    for row, values in rows.items():
        line: dict[int, Value] = {}
        for column, value in values.items():
            extra = extras.get((row, column))
            if extra is not None and extra.formula is not None:
                line[column] = _FORMULA
            elif isinstance(value, int) and _runs_on(rows, row, column, value):
                line[column] = _SERIAL
            elif value is not None:
                line[column] = nfc(value).strip() if isinstance(value, str) else value
        if line:
            lines[row] = line
    return lines


def _runs_on(rows: Mapping[int, Mapping[int, Value]], row: int, column: int, value: int) -> bool:
    above, below = rows.get(row - 1, {}).get(column), rows.get(row + 1, {}).get(column)
    return (isinstance(above, int) and above == value - 1) or (isinstance(below, int) and below == value + 1)


def _aligned(
    first: Mapping[int, Mapping[int, Value]], second: Mapping[int, Mapping[int, Value]]
) -> Iterable[tuple[int | None, int | None]]:
    """Pairs of rows that are the same row; None for a row that has no partner."""
    old, new = list(first), list(second)
    if old == new:
        # The common case: values were typed over, no row moved.
        moved = sum(first[row] != second[row] for row in old)
        if moved * 4 <= len(old) or moved <= 4:
            return [(row, row) for row in old]
    keys = [tuple(map(str, sorted(first[row].items()))) for row in old]
    others = [tuple(map(str, sorted(second[row].items()))) for row in new]
    pairs: list[tuple[int | None, int | None]] = []
    for _, a1, a2, b1, b2 in SequenceMatcher(None, keys, others, autojunk=False).get_opcodes():
        same = min(a2 - a1, b2 - b1)
        pairs += [(old[a1 + index], new[b1 + index]) for index in range(same)]
        pairs += [(old[index], None) for index in range(a1 + same, a2)]
        pairs += [(None, new[index]) for index in range(b1 + same, b2)]
    return pairs


def _row_changes(
    sheet: str,
    before: Mapping[int, Value],
    after: Mapping[int, Value],
    rows: tuple[int, int],
    asked: set[tuple[str, str]],
) -> list[Change]:
    found = []
    for column in sorted({*before, *after}):
        old, new = before.get(column), after.get(column)
        if old == new or _SERIAL in (old, new):
            continue
        if {old, new} == {_FORMULA, None}:
            # A formula whose result is empty is read as a blank cell; whether it has one depends on who saved last.
            continue
        was_asked = (sheet, cell_name(rows[0], column)) in asked
        found.append(Change(sheet, cell_name(rows[1], column), _text(old), _text(new), was_asked))
    return found


def _texts(line: Mapping[int, Value]) -> str:
    return "; ".join(_text(line[column]) for column in sorted(line) if line[column] not in (_SERIAL, _FORMULA))


def _text(value: Value) -> str:
    if value is None:
        return ""
    return "=…" if value == _FORMULA else str(value)
