"""What is another between two versions of a workbook, cell by cell. Read `changes_between`.

Rows that moved are found again; running numbers and results of formulas follow from other cells and do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher

from thidua_xl.grid import extras_of, rows_of
from thidua_xl.model import Book, Sheet, Value
from thidua_xl.refs import cell_name
from thidua_xl.text import nfc

# How a formula and a running number count when rows are looked for again.
_FORMULA = "\0="
_SERIAL = "\0#"
# How LibreOffice writes a truth value.
_CONSTANTS = frozenset({"TRUE()", "FALSE()"})
# How a formula begins in what is told.
_SHOWN = "=… ("
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?[0-9]+(?![0-9(])")


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that is another than before. `cell` is its place now; `was_asked` whether a finding named it.

    `kind` is O (a cell), DONG_THEM (a row that was not there: `after` its texts), DONG_BOT (a row gone), TRANG_THEM or
    TRANG_BOT (a whole sheet, without a cell).
    """

    sheet: str
    cell: str
    before: str
    after: str
    was_asked: bool
    kind: str = "O"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: `marks` are what rows are recognised by, `values` what the cells show, `formulas` without row numbers."""

    marks: Mapping[int, Value]
    values: Mapping[int, Value]
    formulas: Mapping[int, str]


def changes_between(
    old: Book, new: Book, asked: set[tuple[str, str]]
) -> tuple[dict[tuple[str, int], int], list[Change]]:
    """Where the rows of the old sheets are now, and every difference; `asked` are (sheet, cell) that findings named."""
    moves: dict[tuple[str, int], int] = {}
    changes: list[Change] = []
    for sheet in new.sheets:
        was = old.sheet(sheet.name)
        if was is None:
            changes.append(Change(sheet.name, "", "", "", False, "TRANG_THEM"))
            continue
        first, second = _lines(was), _lines(sheet)
        pairs = list(_aligned(_marks(first), _marks(second)))
        respelt = _is_respelt([(first[one], second[two]) for one, two in pairs if one is not None and two is not None])
        for before, after in pairs:
            if before is not None and after is not None:
                moves[sheet.name, before] = after
                for change in _row_changes(sheet.name, first[before], second[after], (before, after), asked):
                    if not (respelt and change.before.startswith(_SHOWN) and change.after.startswith(_SHOWN)):
                        changes.append(change)
            elif after is not None:
                texts = _texts(second[after])
                changes += [Change(sheet.name, f"{after}:{after}", "", texts, False, "DONG_THEM")] if texts else []
            elif before is not None:
                texts = _texts(first[before])
                was_asked = any((sheet.name, cell_name(before, column)) in asked for column in first[before].marks)
                changes += [Change(sheet.name, f"{before}:{before}", texts, "", was_asked, "DONG_BOT")] if texts else []
    changes += [
        Change(sheet.name, "", "", "", False, "TRANG_BOT") for sheet in old.sheets if new.sheet(sheet.name) is None
    ]
    return moves, changes


def _lines(sheet: Sheet) -> dict[int, _Line]:
    """The rows of a sheet that hold something."""
    extras = extras_of(sheet)
    rows = rows_of(sheet)
    lines: dict[int, _Line] = {}
    for row, values in rows.items():
        marks: dict[int, Value] = {}
        shown: dict[int, Value] = {}
        formulas: dict[int, str] = {}
        for column, value in values.items():
            extra = extras.get((row, column))
            if isinstance(value, str):
                value = nfc(value).strip()
            formula = extra.formula if extra is not None else None
            if formula is not None and formula.upper() not in _CONSTANTS:
                marks[column] = _FORMULA
                formulas[column] = _ADDRESS.sub(r"\1", formula.upper().replace(" ", ""))
            elif value is not None:
                marks[column] = value
            shown[column] = value
        first = min(marks, default=0)
        # A running number stands at the beginning of its row; elsewhere 5 above 6 are figures.
        if isinstance(number := marks.get(first), int) and _runs_on(rows, row, first, number):
            marks[first] = _SERIAL
        if marks:
            lines[row] = _Line(marks, shown, formulas)
    return lines


def _marks(lines: Mapping[int, _Line]) -> dict[int, Mapping[int, Value]]:
    return {row: line.marks for row, line in lines.items()}


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
    sheet: str, before: _Line, after: _Line, rows: tuple[int, int], asked: set[tuple[str, str]]
) -> Iterator[Change]:
    for column in sorted({*before.marks, *after.marks}):
        old, new = before.marks.get(column), after.marks.get(column)
        if old == new and (old != _FORMULA or not _is_another_formula(before, after, column)):
            continue
        if {old, new} == {_FORMULA, None}:
            # A formula whose result is empty is read as a blank cell; whether it has one depends on who saved last.
            continue
        texts = _text(before, column), _text(after, column)
        if texts[0] == texts[1]:
            continue  # a number that only began or ceased to run on
        was_asked = (sheet, cell_name(rows[0], column)) in asked
        yield Change(sheet, cell_name(rows[1], column), *texts, was_asked)


def _is_another_formula(before: _Line, after: _Line, column: int) -> bool:
    """Whether a formula was written anew and shows another result; one that was never calculated shows none."""
    old, new = before.formulas.get(column), after.formulas.get(column)
    results = before.values.get(column), after.values.get(column)
    return bool(old and new and old != new and None not in results and results[0] != results[1])


def _is_respelt(pairs: Iterable[tuple[_Line, _Line]]) -> bool:
    """Whether so many formulas of a sheet are written otherwise that a program did it, not a person."""
    same = other = 0
    for before, after in pairs:
        for column, formula in before.formulas.items():
            now = after.formulas.get(column)
            if formula and now:
                same, other = same + (formula == now), other + (formula != now)
    return other > 3 and other * 4 > same


def _texts(line: _Line) -> str:
    shown = [column for column in sorted(line.marks) if line.marks[column] not in (_SERIAL, _FORMULA)]
    return "; ".join(_text(line, column) for column in shown)


def _text(line: _Line, column: int) -> str:
    value = line.values.get(column)
    text = _as_written(value)
    return f"{_SHOWN}{text})" if line.marks.get(column) == _FORMULA else text


def _as_written(value: Value) -> str:
    """A value as the office reads it in the cell: 58,82 and 14/06/2024."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
