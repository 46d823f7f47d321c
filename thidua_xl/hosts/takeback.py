"""A fill of the open workbook taken back: rows, cells, heights, sheets as they were before. Read `take_back`.

Excel forgets its own undo when a program writes, so the inverse is made from the plan and the workbook of before.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from thidua_xl.hosts.blocks import blocks
from thidua_xl.hosts.live import cell_value, patiently, unprotected
from thidua_xl.hosts.replay import write_rows
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
from thidua_xl.ooxml import Workbook, Worksheet
from thidua_xl.ooxml.printing import PrintSetup, print_setup
from thidua_xl.refs import cell_name, parse_cell, quote_sheet

if TYPE_CHECKING:
    import xlwings

Kind: TypeAlias = Literal["insert", "delete", "cell", "height", "pages", "sheet", "property"]
# What was done, as (kind, sheet or property, row, count); of a cell the row and the column.
Step: TypeAlias = tuple[Kind, str, int, int]
# (name, what it refers to) of every defined name of a workbook: by it one sees whether rows have moved.
Places: TypeAlias = tuple[tuple[str, str], ...]


def steps_of(edits: Iterable[Edit]) -> tuple[Step, ...]:
    """What an edit plan did, without its values."""
    found: list[Step] = []
    for edit in edits:
        match edit:
            case InsertRows():
                found.append(("insert", edit.sheet, edit.before, edit.count))
            case DeleteRows():
                found.append(("delete", edit.sheet, edit.first, edit.count))
            case SetCell() | SetFormula():
                found.append(("cell", edit.sheet, *parse_cell(edit.cell)))
            case SetRowHeight():
                found.append(("height", edit.sheet, edit.row, 0))
            case SetPages():
                found.append(("pages", edit.sheet, 0, 0))
            case AddSheet():
                found.append(("sheet", edit.sheet, 0, 0))
            case CopySheet():
                found.append(("sheet", edit.copy, 0, 0))
            case SetProperty():
                found.append(("property", edit.name, 0, 0))
            case StretchRanges():
                continue  # the rows that go away take the ranges back with them
            case AddNote():
                continue  # notes are no part of a report
            case _:
                assert_never(edit)
    return tuple(found)


def layout_of(book: xlwings.Book) -> Places:
    """Where every defined name points."""
    return tuple(sorted((one.name, one.refers_to or "") for one in book.names))


@dataclass
class Undoing:
    """How far a fill is taken back: the first `standing` of its steps still move rows, `written` of the `sheets` that
    it wrote in are as before."""

    steps: tuple[Step, ...]
    standing: int
    written: int = 0
    sheets: int = 0

    @property
    def moves(self) -> tuple[int, int]:
        """(how many, of how many) insertions, deletions and new sheets are undone."""
        moving = [place for place, (kind, *_) in enumerate(self.steps) if kind in ("insert", "delete", "sheet")]
        return sum(place >= self.standing for place in moving), len(moving)


def undoing(steps: Sequence[Step], standing: int | None = None) -> Undoing:
    """The steps to be taken back, `standing` as an earlier attempt left it."""
    added = {name for kind, name, _, _ in steps if kind == "sheet"}
    # What was done on a sheet that goes away as a whole goes with it.
    own = tuple(one for one in steps if one[0] == "sheet" or one[1] not in added)
    return Undoing(own, len(own) if standing is None else standing)


def take_back(book: xlwings.Book, work: Undoing, before: Path) -> None:
    """Undo the steps, newest first. `before` is the workbook as it was before them.

    `work` tells, also when an error ends it, how far it went: taken up again from there, it does the rest.
    """
    steps = work.steps
    old = Workbook.open(before)
    present = {one.name for one in book.sheets}
    touched = dict.fromkeys(name for kind, name, _, _ in steps if kind not in ("sheet", "property") and name in present)
    deleted = any(kind == "delete" for kind, *_ in steps)
    work.sheets = len(touched)
    with ExitStack() as stack:
        for name in touched:
            stack.enter_context(unprotected(book.sheets[name]))
        added = {name for kind, name, _, _ in steps if kind == "sheet"}
        for lost in _names_on(book, added, old.defined_names):
            patiently(lost.delete)
        source = book.app.books.open(str(_renamed(before))) if deleted else None
        try:
            for place in range(work.standing - 1, -1, -1):
                _undo(book, source, steps, place)
                work.standing = place
        finally:
            if source is not None:
                source.close()
        for name in touched:
            _restore(book.sheets[name], old[name], _own_places(steps, name))
            work.written += 1
        for name in dict.fromkeys(name for kind, name, _, _ in steps if kind == "pages" and name in present):
            _restore_pages(book.sheets[name], print_setup(old[name]))
    _drop_properties(book, {name for kind, name, _, _ in steps if kind == "property"})
    if deleted:
        _restore_names(book, old.defined_names)


def _names_on(book: xlwings.Book, added: Iterable[str], before: Iterable[str]) -> list[xlwings.Name]:
    """The names of the workbook that came with the added sheets; without these they would point at nothing."""
    known = {name.rpartition("!")[2].casefold() for name in before}
    homes = [quote_sheet(name) for name in added]
    return [
        one
        for one in book.names
        if one.name.rpartition("!")[2].casefold() not in known and any(home in (one.refers_to or "") for home in homes)
    ]


def _renamed(before: Path) -> Path:
    """A copy beside it under another name: no program opens two workbooks of one name."""
    return Path(shutil.copyfile(before, before.with_name(f"truoc-{before.name}")))


def _undo(book: xlwings.Book, source: xlwings.Book | None, steps: Sequence[Step], place: int) -> None:
    kind, name, first, count = steps[place]
    if kind == "sheet":
        if name in {one.name for one in book.sheets}:  # the user may have taken it out
            patiently(book.sheets[name].delete)
    elif kind == "insert":
        patiently(lambda: book.sheets[name].range(f"{first}:{first + count - 1}").delete(shift="up"))
    elif kind == "delete" and source is not None:
        with _inserted(book.sheets[name], first, count):
            for row, was, rows in _runs(steps[:place], name, first, count):
                model = source.sheets[name].range(f"{was}:{was + rows - 1}")
                target = book.sheets[name].range(f"{row}:{row + rows - 1}")
                patiently(lambda model=model, target=target: model.copy(target))  # type: ignore[misc]  # mypy infers no type for a lambda's default


@contextmanager
def _inserted(sheet: xlwings.Sheet, first: int, count: int) -> Iterator[None]:
    """Rows that are there, and gone again when they cannot be filled."""
    patiently(lambda: sheet.range(f"{first}:{first + count - 1}").insert(shift="down"))
    with ExitStack() as stack:
        stack.callback(lambda: sheet.range(f"{first}:{first + count - 1}").delete(shift="up"))
        yield
        stack.pop_all()


def _runs(steps: Sequence[Step], sheet: str, first: int, count: int) -> Iterator[tuple[int, int, int]]:
    """(row now, row of before, how many) of neighbouring rows that were neighbours before."""
    found: list[list[int]] = []
    for row in range(first, first + count):
        was = _row_before(steps, sheet, row)
        if was is None:
            continue
        if found and (found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]) == (row, was):
            found[-1][2] += 1
        else:
            found.append([row, was, 1])
    return ((row, was, rows) for row, was, rows in found)


def _row_before(steps: Sequence[Step], sheet: str, row: int) -> int | None:
    """Which row of the untouched sheet a row was, after these steps; None when they inserted it."""
    for kind, name, first, count in reversed(steps):
        if name != sheet:
            continue
        if kind == "insert" and row >= first:
            if row < first + count:
                return None
            row -= count
        elif kind == "delete" and row >= first:
            row += count
    return row


def _own_places(steps: Sequence[Step], sheet: str) -> tuple[set[tuple[int, int]], set[int], set[int]]:
    """(cells written, rows given a height, rows deleted) of a sheet, in the rows of before."""
    cells: set[tuple[int, int]] = set()
    heights: set[int] = set()
    gone: set[int] = set()
    for index, (kind, name, first, second) in enumerate(steps):
        if name != sheet or kind not in ("cell", "height", "delete"):
            continue
        if kind == "delete":
            rows = (_row_before(steps[:index], sheet, row) for row in range(first, first + second))
            gone.update(row for row in rows if row is not None)
            continue
        row = _row_before(steps[:index], sheet, first)
        if row is not None and kind == "cell":
            cells.add((row, second))
        elif row is not None:
            heights.add(row)
    return cells, heights, gone


def _restore(sheet: xlwings.Sheet, old: Worksheet, places: tuple[set[tuple[int, int]], set[int], set[int]]) -> None:
    cells, heights, gone = places
    width = sheet.used_range.last_cell.column
    # Rows copied from the other file would point there with their formulas: their own texts are written again.
    cells |= {(row, column) for row in gone for column in range(1, width + 1) if old.formula(cell_name(row, column))}
    content: dict[tuple[int, int], object] = {}
    for row, column in cells:
        ref = cell_name(row, column)
        content[row, column] = old.formula(ref) or cell_value(old.get(ref))
    for top, left, rows in blocks(content):
        write_rows(sheet, top, left, rows)
    for row in heights | gone:
        points = old.row_height(row) if old.has_own_height(row) else None
        own = sheet.range(f"{row}:{row}")
        if points is None:
            # A height that only followed the text goes on following it: one that is fixed is never fitted again.
            patiently(own.rows.autofit)
        else:
            patiently(lambda own=own, points=points: setattr(own, "row_height", points))  # type: ignore[misc]  # mypy infers no type for a lambda's default


def _restore_pages(sheet: xlwings.Sheet, before: PrintSetup) -> None:
    setup = sheet.api.PageSetup
    patiently(sheet.api.ResetAllPageBreaks)
    # 0 pages is as many as it takes, which Excel calls False.
    values: list[tuple[str, int | bool]] = [("Zoom", before.scale)]
    if before.is_fitted:
        values = [
            ("Zoom", False),
            ("FitToPagesWide", before.pages_wide or False),
            ("FitToPagesTall", before.pages_tall or False),
        ]
    for name, value in values:
        patiently(lambda name=name, value=value: setattr(setup, name, value))  # type: ignore[misc]  # mypy infers no type for a lambda's default
    for row in before.breaks:
        patiently(lambda row=row: sheet.api.HPageBreaks.Add(sheet.range((row, 1)).api))  # type: ignore[misc]  # mypy infers no type for a lambda's default


def _drop_properties(book: xlwings.Book, names: set[str]) -> None:
    doomed: list[Callable[[], None]] = [one.Delete for one in book.api.CustomDocumentProperties if one.Name in names]
    for drop in doomed:
        patiently(drop)


def _restore_names(book: xlwings.Book, texts: Mapping[str, str]) -> None:
    """Names that lost their cells with a deleted row point at them again."""
    for one in book.names:
        text = texts.get(one.name)
        if text is not None and "#REF!" in (one.refers_to or ""):
            patiently(lambda one=one, text=text: setattr(one, "refers_to", f"={text}"))  # type: ignore[misc]  # mypy infers no type for a lambda's default
