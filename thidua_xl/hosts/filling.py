"""Figures put into the open report and taken out again, so that neither leaves it half done unsaid.

Read `fill`, `standing_fill`, `take_back_fill`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from thidua_xl.errors import EditRefused
from thidua_xl.hosts.journal import FILL, Entry, Journal
from thidua_xl.hosts.replay import replay
from thidua_xl.hosts.takeback import Undoing, layout_of, steps_of, take_back, undoing
from thidua_xl.messages import say

if TYPE_CHECKING:
    import xlwings

    from thidua_xl.hosts.control import Control
    from thidua_xl.model import Edit


@dataclass(frozen=True, slots=True)
class Filled:
    """A fill that stands in the open workbook; `standing` as `Undoing` has it, None when all of it stands."""

    entry: Entry
    before: Path
    standing: int | None = None

    def copy_of_before(self, folder: Path, name: str) -> Path:
        """The workbook as it was before the fill, in `folder` under the workbook's own name."""
        return Path(shutil.copyfile(self.before, folder / Path(name).name))


def fill(control: Control, journal: Journal, edits: Sequence[Edit], before: Path, *, was_filled: bool) -> None:
    """Carry the plan out and note it. What an error leaves half done is noted too: Hoàn tác takes it back.

    `was_filled`: figures of an earlier fill were taken out just now.
    """
    book = control.book
    was = layout_of(book)
    begun: list[Edit] = []
    with control.writing(say("control.half_written")):
        try:
            replay(
                book, edits, lambda done, of: control.progress(say("control.progress.fill", done=done, of=of)), begun
            )
        finally:
            if begun:
                journal.add(FILL, "consolidate", before=before, steps=steps_of(begun), names=layout_of(book), was=was)
                control.leaves(say("control.half_noted"))
            else:
                control.leaves(say("control.emptied") if was_filled else "")


def standing_fill(book: xlwings.Book, journal: Journal) -> Filled | None:
    """The newest fill of the open workbook, None when there is none.

    One that was never saved, the workbook having been closed and opened again, is forgotten. Raises `EditRefused`
    (`hosts.changed_since`) when rows were moved since, for then taking it back would hit others.
    """
    fills = [one for one in journal.entries() if one.kind == FILL and one.before is not None]
    if not fills:
        return None
    last = fills[-1]
    assert last.before is not None  # filtered above
    before = last.before
    layout = layout_of(book)
    if last.standing is not None and layout == last.broken_off:
        return Filled(last, before, last.standing)
    sheets = {one.name for one in book.sheets}
    has_all = all(name in sheets for kind, name, _, _ in last.steps if kind == "sheet")
    if layout == last.names and (has_all or last.names != last.was):
        return Filled(last, before)
    if layout == last.was or not has_all:
        # Closed without saving: the workbook on the disk was never filled.
        journal.forget(last)
        return None
    raise EditRefused("hosts.changed_since", file=book.name)


def take_back_fill(control: Control, journal: Journal, filled: Filled, before: Path) -> None:
    """Take the fill out of the open workbook again. After an error the next click goes on from where it stopped."""
    work = undoing(filled.entry.steps, filled.standing)
    with control.writing(_how_far(work)):
        with _noted(control, journal, filled.entry, work):
            take_back(control.book, work, before)
        journal.forget(filled.entry)


@contextmanager
def _noted(control: Control, journal: Journal, entry: Entry, work: Undoing) -> Iterator[None]:
    is_whole = False
    try:
        yield
        is_whole = True
    finally:
        if not is_whole:
            control.leaves(_how_far(work))
            journal.break_off(entry, work.standing, layout_of(control.book))


def _how_far(work: Undoing) -> str:
    moved, moves = work.moves
    return say("control.half_undone", moved=moved, moves=moves, written=work.written, sheets=work.sheets)
