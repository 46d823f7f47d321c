"""The box "Không phát sinh": nothing to report on this sheet. Read `nothing_box`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from thidua_xl.intake.cells import as_text
from thidua_xl.intake.places import NAME_PREFIX, Layout
from thidua_xl.model import Sheet, Value
from thidua_xl.text import fold, parse_flag

_WORDS = re.compile(
    r"(?:\[(?P<in>[^\]]?)\]|(?P<box>[\u2610\u2611\u2612\u25a1\u25a0]))?\s*khong (?:co )?phat sinh\b(?P<rest>.*)",
    re.DOTALL,
)
_TICKED = frozenset({"\u2611", "\u2612", "\u25a0"})


def nothing_box(
    sheet: Sheet, rows: Mapping[int, Mapping[int, Value]], form: str, layout: Layout
) -> tuple[tuple[int, int], Value] | None:
    """((row, column), what stands in it) of the box; None when the sheet has none.

    Found by its name `TD_<form>_KPS`, else beside the words "Không phát sinh": left of them, then right of them.
    """
    named = layout.cell_of(f"{NAME_PREFIX}{form}_KPS", sheet)
    if named is not None:
        return named, rows.get(named[0], {}).get(named[1])
    for row, values in rows.items():
        for column, value in values.items():
            if not isinstance(value, str):
                continue
            found = _WORDS.match(fold(value))
            if found is None:
                continue
            mark = found["in"] if found["in"] is not None else found["box"]
            if mark is not None:
                return (row, column), None if mark.strip() in ("", "\u2610", "\u25a1") else True
            rest = found["rest"].strip(" :.-")
            if rest and len(rest) <= 3:
                return (row, column), rest
            for beside in (column - 1, column + 1, column + 2):
                mark = values.get(beside)
                if mark is not None and len(as_text(mark)) <= 5:
                    return (row, beside), mark
            return (row, column - 1 if column > 1 and column - 1 not in values else column + 1), None
    return None


def is_ticked(value: Value) -> bool | None:
    """Whether the box is ticked; None when what stands in it is neither yes nor no."""
    if isinstance(value, str) and value in _TICKED:
        return True
    return parse_flag(value if isinstance(value, bool) else as_text(value))
