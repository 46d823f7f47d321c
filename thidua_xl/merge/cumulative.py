"""Figures that go on from closed periods: over the year, over the whole phase, against the same period last year.

Read `running` first. A closed period keeps the totals of its report columns (`TH01.tien`) and of every unit's row
(`TH01.tien@VPS`). Of periods that overlap, a year and its first half, only the longer counts.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from thidua_xl.merge.board import Board
from thidua_xl.merge.measures import Amount, add, is_amount
from thidua_xl.model import ClosedPeriod, Figure, Period, Source, Value

# The parted key of a unit's row in the totals of a closed period.
ROW = "@"
CENT = Decimal("0.01")
# Days; a year that is counted to a day of December may be a little longer than 365.
LONGEST_YEAR = 400


def running(board: Board, column: str, key: str, present: Figure | None, unit: str = "", *, phase: bool) -> Figure:
    """The present figure added to those of the closed periods before it, of the year or (`phase`) of all years.

    `key` names the report column (`TH01.tien`). With `unit` it is that unit's row, and the rows of the units whose work
    it carries on count with it: a unit that was merged into another keeps its history there.
    """
    sources = list(present.sources) if present is not None else []
    amounts: list[Amount] = [present.value] if present is not None and is_amount(present.value) else []
    keys = [f"{key}{ROW}{one}" for one in (unit, *predecessors(board, unit))] if unit else [key]
    for closed in apart(board, phase=phase):
        for one in keys:
            value = closed.totals.get(one)
            if is_amount(value):
                amounts.append(value)
                sources.append(Source(closed.code, *_place(one), value))
    return Figure(column, add(amounts) if amounts else None, tuple(sources))


def apart(board: Board, *, phase: bool) -> list[ClosedPeriod]:
    """The closed periods to add to the present one: of its year or of every year, none that overlaps another."""
    book = board.criteria.whole or board.criteria
    known = {one.code: one for one in book.periods}
    taken: list[tuple[date, date]] = []
    if (now := _span(board.period)) is not None:
        taken.append(now)
    chosen: list[ClosedPeriod] = []
    dated = [(span, one) for one in board.closed if (span := _span(known.get(one.code))) is not None]
    for (start, end), one in sorted(dated, key=lambda pair: (pair[0][0] - pair[0][1], pair[0][0])):
        later = now is not None and start > now[1]
        if later or (not phase and one.year != board.period.year):
            continue
        if all(end < other[0] or other[1] < start for other in taken):
            taken.append((start, end))
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.code)


def spans_years(period: Period | None) -> bool:
    """Whether a period is longer than a year: its figures are those of a phase and of no single year."""
    span = _span(period)
    return span is not None and (span[1] - span[0]).days > LONGEST_YEAR


def of_year(board: Board, year: int, key: str) -> list[ClosedPeriod]:
    """The closed periods of a year that have a total, the one that tells most of it last; no phase is among them."""
    book = board.criteria.whole or board.criteria
    known = {one.code: one for one in book.periods}
    found = [
        one for one in board.closed if one.year == year and key in one.totals and not spans_years(known.get(one.code))
    ]
    return sorted(found, key=lambda one: (_days(known.get(one.code)), one.code))


def same_period_last_year(board: Board) -> ClosedPeriod | None:
    """The closed period of the same kind one year before, None when there is none."""
    year = board.period.year
    if year is None:
        return None
    found = [one for one in board.closed if one.year == year - 1 and one.kind == board.period.kind]
    return found[-1] if found else None


def against(before: Value, now: Value, what: str) -> Value:
    """How a figure stands to that of a year before: `CUNG_KY` in %, `CHENH` the difference, `TANG` the growth in %.

    Percentages have two decimals; None when there is nothing to compare with, or 0 before.
    """
    if not is_amount(before) or not is_amount(now):
        return None
    if what == "CHENH":
        return add((now, -before))
    if before == 0:
        return None
    with localcontext(prec=60):
        share = Decimal(now) * 100 / Decimal(before) - (100 if what == "TANG" else 0)
        return share.quantize(CENT, rounding=ROUND_HALF_UP)


def predecessors(board: Board, unit: str) -> list[str]:
    """The units that went into this one, and those that went into them."""
    book = board.criteria.whole or board.criteria
    found: list[str] = []
    waiting = [unit]
    while waiting:
        wanted = waiting.pop()
        for one in book.units:
            if one.successor == wanted and one.code not in found and one.code != unit:
                found.append(one.code)
                waiting.append(one.code)
    return found


def _span(period: Period | None) -> tuple[date, date] | None:
    if period is None or period.start is None or period.end is None:
        return None
    return period.start, period.end


def _days(period: Period | None) -> int:
    span = _span(period)
    return (span[1] - span[0]).days if span is not None else 0


def _place(key: str) -> tuple[str, str]:
    table, _, rest = key.partition(".")
    return table, rest
