"""Tables of two forms that touch side by side, without a column of running numbers -> where the second may begin.

Read `second_table`. Only what the headers say is asked here: whether each side is a table of its own is for `beside`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thidua_xl.intake.prepared import Prepared
from thidua_xl.model import Value

# A header has at most so many rows, and a table so many columns at least that only its form knows.
_DEPTH, _OWN = 4, 2
_LONGEST = 200

Rows = Mapping[int, Mapping[int, Value]]


@dataclass(frozen=True, slots=True)
class Parting:
    """The column in which the second table begins (several when that is left open); the forms left and right of it."""

    columns: tuple[int, ...]
    forms: tuple[str, str]


def second_table(rows: Rows, used: Sequence[int], prepared: Prepared) -> Parting | None:
    """Where headers of one form end and those of another begin; None when one form has them all.

    `rows` are those with the cells of tables, `used` the columns they fill.
    """
    top = _header_row(rows, prepared)
    known = _known(rows, top, prepared) if top else {}
    named = [column for column in used if known.get(column)]
    forms = frozenset().union(*(known[column] for column in named))
    whole = {form: sum(form in known[column] for column in named) for form in forms}
    if not named or max(whole.values()) + _OWN > len(named):
        return None
    best: tuple[int, str, str] = (0, "", "")
    begins: list[int] = []
    for at, column in enumerate(used[1:], 1):
        left = _most([known.get(one, frozenset()) for one in used[:at]], forms)
        right = _most([known.get(one, frozenset()) for one in used[at:]], forms - {left[1]})
        found = left[0] + right[0]
        if min(left[0], right[0]) < _OWN or found < max(whole.values()) + _OWN:
            continue
        if found > best[0]:
            best, begins = (found, left[1], right[1]), []
        if (found, left[1], right[1]) == best:
            begins.append(column)
    if not begins:
        return None
    return Parting(_by_length(begins, rows, top, used), best[1:])


def _header_row(rows: Rows, prepared: Prepared) -> int:
    """The first row in which two headers of forms stand; 0 when none does, or codes say which column is what."""
    for row, values in rows.items():
        texts = [value for value in values.values() if type(value) is str and len(value) <= _LONGEST]
        if sum(text.strip() in prepared.field_codes for text in texts) > 1:
            return 0
        if sum(bool(prepared.forms_of(text)) for text in texts) > 1:
            return row
    return 0


def _known(rows: Rows, top: int, prepared: Prepared) -> dict[int, frozenset[str]]:
    """Column -> the forms one of whose headers stands in it."""
    found: dict[int, frozenset[str]] = {}
    for row in range(top, top + _DEPTH):
        for column, value in rows.get(row, {}).items():
            if type(value) is str and len(value) <= _LONGEST:
                found[column] = found.get(column, frozenset()) | prepared.forms_of(value)
    return found


def _most(columns: Sequence[frozenset[str]], forms: frozenset[str]) -> tuple[int, str]:
    """The form that knows most of the columns, and how many."""
    counts = [(sum(form in one for one in columns), form) for form in sorted(forms)]
    return max(counts, default=(0, ""), key=lambda one: one[0])


def _by_length(begins: list[int], rows: Rows, top: int, used: Sequence[int]) -> tuple[int, ...]:
    """Columns that both tables may have: where the entries of the two are not equally many, they tell whose each is."""
    if len(begins) == 1:
        return tuple(begins)
    last = {column: max((row for row in rows if row > top and column in rows[row]), default=top) for column in used}
    ends = [max(last[one] for one in used if one < begins[0]), max(last[one] for one in used if one >= begins[-1])]
    if ends[0] == ends[1]:
        return tuple(begins)
    fits = [sum(last[one] == ends[one >= column] for one in used if begins[0] <= one < begins[-1]) for column in begins]
    most = max(fits)
    return tuple(column for column, fit in zip(begins, fits, strict=True) if fit == most)
