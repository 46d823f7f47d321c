"""An edit plan carried out in an open workbook: the live half of `report.apply`. Read `replay`.

Rows are inserted by the program itself, which moves everything that points below; values and formulas go in blocks,
each written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from thidua_xl.formula.stretch import Stretch, stretch_formula
from thidua_xl.hosts.blocks import blocks
from thidua_xl.hosts.live import cell_value, patiently, refuse_fixed_sheets, unprotected
from thidua_xl.hosts.live_rows import LiveRows
from thidua_xl.model import (
    AddNote,
    AddSheet,
    CopySheet,
    DeleteRows,
    Edit,
    InsertRows,
    SetCell,
    SetFormula,
    SetPages,
    SetProperty,
    SetRowHeight,
    StretchRanges,
)
from thidua_xl.refs import fixed, parse_cell, quote_sheet

if TYPE_CHECKING:
    import xlwings


@dataclass(frozen=True, slots=True)
class Heights:
    """Rows `first` to `last` (1-based) of a sheet that get the same height in points."""

    sheet: str
    first: int
    last: int
    points: float

    def with_next(self, edit: Edit) -> Heights | None:
        """The same with an edit that says so of the next row; None for any other edit."""
        fits = isinstance(edit, SetRowHeight) and (edit.sheet, edit.row, edit.points) == (
            self.sheet, self.last + 1, self.points
        )  # fmt: skip
        return replace(self, last=self.last + 1) if fits else None


@dataclass(frozen=True, slots=True)
class Insertions:
    """Runs of new rows, each directly below the one before it, formed like rows above all of them.

    They go in at once, so that a copied formula that looks at the rows below it keeps its distance from them: run by
    run, each run would stretch the formulas of those before.
    """

    runs: tuple[InsertRows, ...]

    def with_next(self, edit: Edit) -> Insertions | None:
        """The same with a run that continues these; None for any other edit."""
        if not isinstance(edit, InsertRows):
            return None
        first, last = self.runs[0], self.runs[-1]
        follows = (edit.sheet, edit.before) == (last.sheet, last.before + last.count)
        likes = (edit.like, *(run.like for run in self.runs))
        return Insertions((*self.runs, edit)) if follows and max(likes) < first.before else None


# What one call may carry; more makes Excel slow to answer.
_ROWS_AT_ONCE = 5_000
_TEXT_PROPERTY = 4  # msoPropertyTypeString


def replay(
    book: xlwings.Book,
    edits: Sequence[Edit],
    progress: Callable[[int, int], None] | None = None,
    begun: list[Edit] | None = None,
) -> None:
    """Carry out the edits in order. `progress` is told (done, of) after each sheet's run.

    `begun` is given every edit that has left something in the workbook, also when an error ends the work: those are
    what must be taken back. Raises `EditRefused` before anything is written when a sheet is protected by a password,
    or the workbook's structure while sheets are to be added.
    """
    if any(isinstance(edit, AddSheet | CopySheet) for edit in edits):
        refuse_fixed_sheets(book)
    present = {one.name for one in book.sheets}
    touched = dict.fromkeys(edit.sheet for edit in edits if not isinstance(edit, AddSheet | SetProperty))
    done = 0
    begun = [] if begun is None else begun
    with ExitStack() as stack:
        for name in touched:
            if name in present:
                stack.enter_context(unprotected(book.sheets[name]))
        found = cache(lambda name: LiveRows(book.sheets[name]))  # looking a sheet up is a call of its own
        for kind, run in groupby(edits, _run_of):
            some = list(run)
            if kind[0]:
                begun += some  # a value put back where none was written changes nothing
                _write(found(kind[1]), some)
            else:
                for edit in merged(some):
                    _carry_out(book, found, edit, begun)
            done += len(some)
            if progress is not None:
                progress(done, len(edits))
        for name in touched:
            if found(name).blank:
                _write(found(name), [])


def _run_of(edit: Edit) -> tuple[bool, str]:
    """Neighbouring cell edits of a sheet are one run."""
    return (True, edit.sheet) if isinstance(edit, SetCell | SetFormula) else (False, "")


def _write(rows: LiveRows, edits: Sequence[Edit]) -> None:
    cells: dict[tuple[int, int], object] = dict.fromkeys(rows.blank)
    rows.blank = set()
    rows.forget()
    for edit in edits:
        if isinstance(edit, SetFormula):
            cells[parse_cell(edit.cell)] = edit.formula
        elif isinstance(edit, SetCell):
            cells[parse_cell(edit.cell)] = cell_value(edit.value)
    for top, left, values in blocks(cells):
        write_rows(rows.sheet, top, left, values)


def write_rows(sheet: xlwings.Sheet, top: int, left: int, rows: Sequence[Sequence[object]]) -> None:
    """Write a rectangle of values, formulas among them, from a 1-based corner on."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = [list(row) for row in rows[start : start + _ROWS_AT_ONCE]]
        corner = sheet.range((top + start, left), (top + start + len(some) - 1, left + len(some[0]) - 1))
        patiently(lambda corner=corner, some=some: setattr(corner, "value", some))  # type: ignore[misc]  # mypy infers no type for a lambda's default


def merged(edits: Sequence[Edit]) -> Iterator[Edit | Heights | Insertions]:
    """The edits, neighbouring rows that get the same height as one, insertions one below the other as one."""
    waiting: Heights | Insertions | None = None
    for edit in edits:
        if waiting is not None:
            more = waiting.with_next(edit)
            if more is not None:
                waiting = more
                continue
            yield waiting
            waiting = None
        if isinstance(edit, SetRowHeight):
            waiting = Heights(edit.sheet, edit.row, edit.row, edit.points)
        elif isinstance(edit, InsertRows):
            waiting = Insertions((edit,))
        else:
            yield edit
    if waiting is not None:
        yield waiting


def _carry_out(
    book: xlwings.Book, found: Callable[[str], LiveRows], edit: Edit | Heights | Insertions, begun: list[Edit]
) -> None:
    """Do one edit that is no cell. What moves rows or sheets has begun when they have moved, all else before it."""
    match edit:
        case Insertions(runs=runs):
            found(runs[0].sheet).insert(runs, lambda: begun.extend(runs))
        case DeleteRows(first=first, count=count):
            found(edit.sheet).delete(first, count)
            begun.append(edit)
        case Heights(sheet=name, first=first, last=last, points=points):
            begun += [SetRowHeight(name, row, points) for row in range(first, last + 1)]
            rows = found(name).sheet.range(f"{first}:{last}")
            patiently(lambda: setattr(rows, "row_height", points))
        case SetPages():
            begun.append(edit)
            set_pages(found(edit.sheet).sheet, edit)
        case StretchRanges():
            begun.append(edit)
            _stretch(book, edit)
        case AddNote():
            cell = found(edit.sheet).sheet.range(edit.cell)
            patiently(lambda: cell.api.AddComment(edit.text))
        case AddSheet():
            _add_sheet(book, edit, begun)
        case CopySheet():
            _copy_sheet(book, edit, begun)
        case SetProperty():
            begun.append(edit)
            set_property(book, edit.name, edit.value)


def _stretch(book: xlwings.Book, edit: StretchRanges) -> None:
    """Names over several rows that end on a row reach further down, and charts where the program shows their formulas.

    Excel moves a chart's ranges with the rows, but those that come below the only row drawn stay outside.
    """
    wanted = Stretch(edit.sheet, edit.row, edit.last)
    for name in book.names:
        text = name.refers_to or ""
        longer = stretch_formula(text, wanted, "")
        if longer != text and f"${edit.row}:" not in text:
            patiently(lambda name=name, longer=longer: setattr(name, "refers_to", longer))  # type: ignore[misc]  # mypy infers no type for a lambda's default
    for sheet in book.sheets:
        objects = getattr(sheet.api, "ChartObjects", None)  # LibreOffice has none: its charts follow by themselves
        for holder in objects() if callable(objects) else ():
            for series in holder.Chart.SeriesCollection():
                title, mark, ranges = series.Formula.partition(",")
                longer = title + mark + stretch_formula(ranges, wanted, "", single_too=True)
                if longer != series.Formula:
                    patiently(lambda series=series, longer=longer: setattr(series, "Formula", longer))  # type: ignore[misc]  # mypy infers no type for a lambda's default


def _add_sheet(book: xlwings.Book, edit: AddSheet, begun: list[Edit]) -> None:
    shown = book.sheets.active
    sheet = book.sheets.add(name=edit.sheet, after=book.sheets[len(book.sheets) - 1])
    begun.append(edit)
    listed = [[cell_value(one) for one in row] for row in edit.rows]
    width = max(map(len, listed), default=0)
    if width:
        write_rows(sheet, 1, 1, [row + [None] * (width - len(row)) for row in listed])
    first = 1
    for points, same in groupby(edit.widths):
        last = first + len(list(same)) - 1
        sheet.range((1, first), (1, last)).column_width = points
        first = last + 1
    shown.activate()
    sheet.visible = edit.visible


def _copy_sheet(book: xlwings.Book, edit: CopySheet, begun: list[Edit]) -> None:
    shown = book.sheets.active
    book.sheets[edit.sheet].copy(after=book.sheets[len(book.sheets) - 1], name=edit.copy)
    begun.append(edit)
    for name, area in edit.names:
        book.names.add(name, f"={quote_sheet(edit.copy)}!{fixed(area)}")
    shown.activate()


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
