"""What a resubmission changed, as lines for people. Read `show_difference`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from thidua_xl.cli.naming import Words
from thidua_xl.cli.terminal import say_line
from thidua_xl.model import Finding

if TYPE_CHECKING:
    from thidua_xl.jobs.resubmission import Resubmission
    from thidua_xl.jobs.version_changes import Change

# Of each kind; the status workbook and --json have them all.
SHOWN = 10


def show_difference(again: Resubmission, words: Words) -> None:
    """How many faults were mended, and what the officer has to look at: newly wrong, changed unasked, explained."""
    say_line(
        words(
            "round.again",
            unit=again.unit,
            version=again.version,
            mended=len(again.mended),
            still=len(again.still),
            new=len(again.new),
            unasked=len(again.unasked),
            explained=len(again.explained),
        )
    )
    for lines in (_new(again, words), _unasked(again, words), _explained(again, words)):
        found = list(lines)
        for line in found[:SHOWN]:
            say_line(line)
        if len(found) > SHOWN:
            say_line(words("round.again_more", count=len(found) - SHOWN))


def _new(again: Resubmission, words: Words) -> Iterator[str]:
    for one in again.new:
        text = (one.message_en or one.message) if words.language == "en" else one.message
        yield words("round.again_new", code=one.code, place=_place(one), text=text)


def _unasked(again: Resubmission, words: Words) -> Iterator[str]:
    for one in again.unasked:
        yield words(f"round.again_{one.kind}", **change_words(one))


def _explained(again: Resubmission, words: Words) -> Iterator[str]:
    for one in again.explained:
        yield words("round.again_explained", code=one.code, place=_place(one), text=one.explanation)


def change_words(one: Change) -> dict[str, str]:
    """Where a change is and what stood there, for a sentence; a blank cell shows as "∅"."""
    place = f"{one.sheet}!{one.cell}" if one.cell else one.sheet
    return {"place": place, "before": one.before or "∅", "after": one.after or "∅"}


def _place(one: Finding) -> str:
    return f"{one.sheet}!{one.cell}" if one.cell else one.sheet or "…"
