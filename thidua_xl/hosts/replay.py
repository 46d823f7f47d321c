"""An edit plan carried out in an open workbook: the live half of `report.apply`. Read `replay`.

Rows are inserted by the program itself, which moves everything that points below; values and formulas go in blocks,
each written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from thidua_xl.hosts.live import cell_value, patiently, unprotected
from thidua_xl.model import (
    AddNote,
    AddSheet,
    DeleteRows,
    Edit,
    InsertRows,
    SetCell,
    SetFormula,
    SetPages,
    SetProperty,
    SetRowHeight,
)
from thidua_xl.refs import parse_cell

if TYPE_CHECKING:
    import xlwings

Cells = Mapping[tuple[int, int], object]


@dataclass(frozen=True, slots=True)
class Heights:
    """Rows `first` to `last` (1-based) of a sheet that get the same height in points."""

    sheet: str
    first: int
    last: int
    points: float

    def takes(self, edit: SetRowHeight) -> bool:
        """Whether the edit is about the next row and says the same."""
        return (edit.sheet, edit.row, edit.points) == (self.sheet, self.last + 1, self.points)


@dataclass(frozen=True, slots=True)
class Insertion:
    """Runs of new rows, each directly below the one before it, formed like rows above all of them.

    They go in at once, so that a copied formula that looks at the rows below it keeps its distance from them: run by
    run, each run would stretch the formulas of those before.
    """

    sheet: str
    runs: tuple[InsertRows, ...]

    @property
    def before(self) -> int:
        """The row above which the first run goes."""
        return self.runs[0].before

    @property
    def count(self) -> int:
        """How many rows there are of all runs."""
        return sum(run.count for run in self.runs)

    def takes(self, edit: InsertRows) -> bool:
        """Whether a run continues these."""
        last = self.runs[-1]
        likes = (edit.like, *(run.like for run in self.runs))
        return (edit.sheet, edit.before) == (self.sheet, last.before + last.count) and max(likes) < self.before


# What one call may carry; more makes Excel slow to answer.
_ROWS_AT_ONCE = 5_000
_TEXT_PROPERTY = 4  # msoPropertyTypeString


def replay(book: xlwings.Book, edits: Sequence[Edit], progress: Callable[[int, int], None] | None = None) -> None:
    """Carry out the edits in order. `progress` is told (done, of) after each sheet's run.

    Raises `EditRefused` before anything is written when a sheet is protected by a password.
    """
    present = {one.name for one in book.sheets}
    touched = dict.fromkeys(edit.sheet for edit in edits if not isinstance(edit, AddSheet | SetProperty))
    blank: dict[str, set[tuple[int, int]]] = {}
    widths: dict[str, int] = {}
    done = 0
    with ExitStack() as stack:
        for name in touched:
            if name in present:
                stack.enter_context(unprotected(book.sheets[name]))
        found = cache(book.sheets.__getitem__)  # looking a sheet up is a call of its own
        for kind, run in groupby(edits, _run_of):
            some = list(run)
            if kind[0]:
                widths.pop(kind[1], None)
                _write(found(kind[1]), some, blank.pop(kind[1], set()))
            else:
                for edit in merged(some):
                    _carry_out(book, found, edit, blank, widths)
            done += len(some)
            if progress is not None:
                progress(done, len(edits))
        for name, places in blank.items():
            _write(found(name), [], places)


def blocks(cells: Cells) -> Iterator[tuple[int, int, list[list[object]]]]:
    """(top row, left column, rows of values) of rectangles that cover exactly these cells (1-based)."""
    runs: dict[int, list[tuple[int, list[object]]]] = {}
    for row, column in sorted(cells):
        line = runs.setdefault(row, [])
        if line and line[-1][0] + len(line[-1][1]) == column:
            line[-1][1].append(cells[row, column])
        else:
            line.append((column, [cells[row, column]]))
    growing: dict[tuple[int, int], tuple[int, list[list[object]]]] = {}
    for row, line in runs.items():
        here: dict[tuple[int, int], tuple[int, list[list[object]]]] = {}
        for column, values in line:
            span = (column, len(values))
            top, rows = growing.pop(span, (row, []))
            if rows and top + len(rows) != row:
                yield top, column, rows
                top, rows = row, []
            rows.append(values)
            here[span] = (top, rows)
        for (column, _), (top, rows) in growing.items():
            yield top, column, rows
        growing = here
    for (column, _), (top, rows) in growing.items():
        yield top, column, rows


def _run_of(edit: Edit) -> tuple[bool, str]:
    """Neighbouring cell edits of a sheet are one run."""
    return (True, edit.sheet) if isinstance(edit, SetCell | SetFormula) else (False, "")


def _write(sheet: xlwings.Sheet, edits: Sequence[Edit], blank: set[tuple[int, int]]) -> None:
    cells: dict[tuple[int, int], object] = dict.fromkeys(blank)
    for edit in edits:
        if isinstance(edit, SetFormula):
            cells[parse_cell(edit.cell)] = edit.formula
        elif isinstance(edit, SetCell):
            cells[parse_cell(edit.cell)] = cell_value(edit.value)
    for top, left, rows in blocks(cells):
        write_rows(sheet, top, left, rows)


def write_rows(sheet: xlwings.Sheet, top: int, left: int, rows: Sequence[Sequence[object]]) -> None:
    """Write a rectangle of values, formulas among them, from a 1-based corner on."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = [list(row) for row in rows[start : start + _ROWS_AT_ONCE]]
        corner = sheet.range((top + start, left), (top + start + len(some) - 1, left + len(some[0]) - 1))
        patiently(lambda corner=corner, some=some: setattr(corner, "value", some))  # type: ignore[misc]  # mypy infers no type for a lambda's default


def merged(edits: Sequence[Edit]) -> Iterator[Edit | Heights | Insertion]:
    """The edits, neighbouring rows that get the same height as one, and runs of new rows that continue each other."""
    waiting: Heights | Insertion | None = None
    for edit in edits:
        if isinstance(edit, SetRowHeight):
            if isinstance(waiting, Heights) and waiting.takes(edit):
                waiting = replace(waiting, last=edit.row)
                continue
            if waiting is not None:
                yield waiting
            waiting = Heights(edit.sheet, edit.row, edit.row, edit.points)
            continue
        if isinstance(edit, InsertRows):
            if isinstance(waiting, Insertion) and waiting.takes(edit):
                waiting = replace(waiting, runs=(*waiting.runs, edit))
                continue
            if waiting is not None:
                yield waiting
            waiting = Insertion(edit.sheet, (edit,))
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        yield edit
    if waiting is not None:
        yield waiting


def _carry_out(
    book: xlwings.Book,
    found: Callable[[str], xlwings.Sheet],
    edit: Edit | Heights | Insertion,
    blank: dict[str, set[tuple[int, int]]],
    widths: dict[str, int],
) -> None:
    """Do one edit that is no cell; `blank` holds the cells of each sheet that the next cells written there empty,
    `widths` how many columns a sheet uses until cells are written there."""
    match edit:
        case Insertion(before=before, count=count):
            moved = {(row + count if row >= before else row, column) for row, column in blank.get(edit.sheet, ())}
            sheet = found(edit.sheet)
            if edit.sheet not in widths:
                widths[edit.sheet] = sheet.used_range.last_cell.column
            blank[edit.sheet] = moved | _insert(sheet, edit, widths[edit.sheet])
        case DeleteRows(first=first, count=count):
            widths.pop(edit.sheet, None)
            rows = found(edit.sheet).range(f"{first}:{first + count - 1}")
            patiently(lambda: rows.delete(shift="up"))
            kept = {one for one in blank.get(edit.sheet, ()) if not first <= one[0] < first + count}
            blank[edit.sheet] = {(row - count if row >= first else row, column) for row, column in kept}
        case Heights(sheet=name, first=first, last=last, points=points):
            rows = found(name).range(f"{first}:{last}")
            patiently(lambda: setattr(rows, "row_height", points))
        case SetPages():
            set_pages(found(edit.sheet), edit)
        case AddNote():
            cell = found(edit.sheet).range(edit.cell)
            patiently(lambda: cell.api.AddComment(edit.text))
        case AddSheet():
            _add_sheet(book, edit)
        case SetProperty():
            set_property(book, edit.name, edit.value)


def _insert(sheet: xlwings.Sheet, edit: Insertion, width: int) -> set[tuple[int, int]]:
    """Insert the rows and form them like their models; the cells whose values came along and must go.

    `width` is how many columns the sheet uses.
    """
    rows = f"{edit.before}:{edit.before + edit.count - 1}"
    patiently(lambda: sheet.range(rows).insert(shift="down"))
    blank: set[tuple[int, int]] = set()
    for run in edit.runs:
        like = run.like + (edit.count if run.like >= edit.before else 0)
        blank |= _form(sheet, run, like, width)
    return blank


def _form(sheet: xlwings.Sheet, run: InsertRows, like: int, width: int) -> set[tuple[int, int]]:
    last = run.before + run.count - 1
    model = sheet.range(f"{like}:{like}")
    patiently(lambda: model.copy(sheet.range(f"{run.before}:{last}")))
    height = model.row_height
    patiently(lambda: setattr(sheet.range(f"{run.before}:{last}"), "row_height", height))
    # The new rows take formats, heights, merges and formulas of their model, not its values.
    seen = sheet.range((like, 1), (like, width)).formula
    line = [seen] if isinstance(seen, str) else seen[0]
    valued = [column for column, text in enumerate(line, 1) if text and not str(text).startswith("=")]
    return {(row, column) for row in range(run.before, last + 1) for column in valued}


def _add_sheet(book: xlwings.Book, edit: AddSheet) -> None:
    shown = book.sheets.active
    sheet = book.sheets.add(name=edit.sheet, after=book.sheets[len(book.sheets) - 1])
    listed = [[cell_value(one) for one in row] for row in edit.rows]
    width = max(map(len, listed), default=0)
    if width:
        write_rows(sheet, 1, 1, [row + [None] * (width - len(row)) for row in listed])
    for column, points in enumerate(edit.widths, 1):
        sheet.range((1, column)).column_width = points
    shown.activate()
    sheet.visible = edit.visible


def set_pages(sheet: xlwings.Sheet, edit: SetPages) -> None:
    """Say how a sheet goes over printed pages."""
    setup = sheet.api.PageSetup
    if edit.one_page:
        for name, value in (("Zoom", False), ("FitToPagesWide", 1), ("FitToPagesTall", 1)):
            patiently(lambda name=name, value=value: setattr(setup, name, value))  # type: ignore[misc]  # mypy infers no type for a lambda's default
    elif edit.scale:
        patiently(lambda: setattr(setup, "Zoom", edit.scale))
    for row in edit.breaks:
        patiently(lambda row=row: sheet.api.HPageBreaks.Add(sheet.range((row, 1)).api))  # type: ignore[misc]  # mypy infers no type for a lambda's default


def set_property(book: xlwings.Book, name: str, value: str) -> None:
    """Set a custom document property."""
    own = book.api.CustomDocumentProperties
    for one in own:
        if one.Name == name:
            one.Delete()
            break
    own.Add(name, False, _TEXT_PROPERTY, value)
