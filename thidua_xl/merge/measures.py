"""One report column over rows: the exact figure and every cell it came from.

Read `measure` first. Sums are exact: integers and `Decimal`, never float.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, localcontext
from typing import Any, TypeGuard

from thidua_xl.merge.board import Board, Row
from thidua_xl.model import CellError, Figure, Invalid, ReportColumn, Source, Submission, Value
from thidua_xl.model.sources import CellSources, join_sources
from thidua_xl.text import nfc

# How a joined text is separated; the same sign the plan's own lists use.
JOINT = "; "

Amount = int | Decimal

# Wide enough for any sum of 15-digit numbers; a rounded sum would raise instead of passing as exact.
EXACT = Context(prec=120, traps=[Inexact])


def measure(column: ReportColumn, board: Board, rows: Sequence[Row]) -> Figure:
    """The figure of a column over rows of its form: TONG, DEM, DEM_KHAC, NOI, LON_NHAT, NHO_NHAT,
    CUOI, TY_LE, TY_LE_TS, else LAY.

    Over no rows a sum or count is 0 and everything else blank (None). An unreadable value is no part of a sum.
    """
    code = column.field
    take = column.take
    if take == "DEM":
        return Figure(column.code, len(rows), cells_of(rows, code))
    if take == "TONG":
        amounts: list[Amount] = []
        found = cells_of(rows, code, is_amount, amounts)
        return Figure(column.code, add(amounts), found)
    if take in {"TY_LE", "TY_LE_TS"}:
        return _ratio(column, rows)
    if take == "DEM_KHAC":
        values: list[Value] = []
        found = cells_of(rows, code, is_readable, values)
        return Figure(column.code, len(set(map(same, values))), found)
    readable = [one for one in (row.source(code) for row in rows) if is_readable(one.value)]
    if take == "NOI":
        return joined(board, column, readable)
    if take in {"LON_NHAT", "NHO_NHAT"}:
        return _extreme(column, readable)
    chosen = readable[-1:] if take == "CUOI" else readable[:1]
    value = board.shown(column.form, code, chosen[0].value) if chosen else None
    return Figure(column.code, value, tuple(chosen))


def cells_of(
    rows: Sequence[Row],
    code: str,
    wanted: Callable[[Value], bool] | None = None,
    values: list[Any] | None = None,
) -> Sequence[Source]:
    """The cells of a field in the rows whose value is `wanted` (default: all), with no object for each of them.

    The values taken are added to `values`.
    """
    parts: list[CellSources] = []
    for submission, form, indices in _runs(rows):
        records = submission.records[form]
        column = records.columns.get(code) if code else None
        if wanted is not None:
            indices = [one for one in indices if wanted(column[one])] if column is not None else []
        if not indices:
            continue
        some = tuple([column[one] for one in indices]) if column is not None else None
        if values is not None and some is not None:
            values += some
        letters, numbers = records.cells(code, indices)
        parts.append(CellSources(submission.file, records.sheet, letters, numbers, some))
    return join_sources(parts)


def _runs(rows: Iterable[Row]) -> Iterator[tuple[Submission, str, list[int]]]:
    """Neighbouring rows of one form of one submission together: (submission, form, indices)."""
    submission: Submission | None = None
    form = ""
    indices: list[int] = []
    for row in rows:
        if submission is not None and (row.submission is not submission or row.form != form):
            yield submission, form, indices
            indices = []
        submission, form = row.submission, row.form
        indices.append(row.index)
    if submission is not None:
        yield submission, form, indices


def _ratio(column: ReportColumn, rows: Sequence[Row]) -> Figure:
    """A ratio of sums in %, or (TY_LE_TS) a percentage weighted by another field. `field` names the two with `;`."""
    first, _, second = (part.strip() for part in column.field.partition(";"))
    pairs = [(row.source(first), row.source(second)) for row in rows]
    if column.take == "TY_LE_TS":
        pairs = [(one, other) for one, other in pairs if is_amount(one.value) and is_amount(other.value)]
        with localcontext(EXACT):
            weighted = [
                Decimal(one.value) * other.value / 100
                for one, other in pairs
                if is_amount(one.value) and is_amount(other.value)
            ]
        parts = (add(weighted), add(other.value for _, other in pairs))
    else:
        parts = (add(one.value for one, _ in pairs), add(other.value for _, other in pairs))
    sources = tuple(source for pair in pairs for source in pair if is_amount(source.value))
    return Figure(column.code, share(parts), sources, parts=parts)


def share(parts: Sequence[Amount]) -> Value:
    """A ratio in % from its two sums, two decimals; None when the second is 0."""
    if parts[1] == 0:
        return None
    with localcontext(prec=60):
        return (Decimal(parts[0]) * 100 / Decimal(parts[1])).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def joined(board: Board, column: ReportColumn, sources: Sequence[Source]) -> Figure:
    """The different values as shown, in order, joined by `; `; a single number or date stays what it is."""
    shown = {same(one.value): board.shown(column.form, column.field, one.value) for one in reversed(sources)}
    # A flag that is not set shows as nothing, and nothing is not worth a place in a list.
    values = [value for key in dict.fromkeys(same(one.value) for one in sources) if (value := shown[key]) is not None]
    if len(values) == 1:
        return Figure(column.code, values[0], tuple(sources))
    return Figure(column.code, JOINT.join(as_text(value) for value in values) or None, tuple(sources))


def is_amount(value: Value) -> TypeGuard[int | Decimal]:
    """Whether a value can be added up."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_readable(value: Value) -> bool:
    """Whether a value says something that could be taken."""
    return value is not None and not isinstance(value, Invalid | CellError)


def is_unreadable(value: Value) -> bool:
    """Whether a finding already says that the value could not be taken."""
    return isinstance(value, Invalid | CellError)


def add(values: Iterable[Value]) -> Amount:
    """The exact sum of the amounts among the values; 0 when there are none."""
    total: Amount = 0
    with localcontext(EXACT):
        for value in values:
            if is_amount(value):
                total += value
    return plain(total)


def plain(number: Amount) -> Amount:
    """A whole decimal as int, any other as it stands."""
    return int(number) if isinstance(number, Decimal) and number == number.to_integral_value() else number


def as_text(value: Value) -> str:
    """A value as a report writes it inside a text: dates dd/mm/yyyy, numbers with a comma for decimals."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    return "" if value is None else str(value)


def same(value: Value) -> object:
    """What makes two values one: text without case and extra spaces, anything else itself."""
    return " ".join(nfc(value).casefold().split()) if isinstance(value, str) else value


def _extreme(column: ReportColumn, readable: Sequence[Source]) -> Figure:
    """The greatest or least number or date; numbers and dates are not compared with each other: numbers go first."""
    numbers = [one for one in readable if is_amount(one.value)]
    dates = [one for one in readable if isinstance(one.value, date)]
    candidates = numbers or dates
    if not candidates:
        return Figure(column.code, None)
    pick = max if column.take == "LON_NHAT" else min
    best = pick(candidates, key=_order)
    return Figure(column.code, best.value, (best,))


def _order(source: Source) -> Decimal:
    value = source.value
    if isinstance(value, date):
        return Decimal(value.toordinal())
    return Decimal(value) if is_amount(value) else Decimal(0)
