"""Earlier reports as tables of a rule's formula: `TD_TRUOC_S05`, `TD_NAM_S05`. Read `remember`.

A rule that needs a report nobody handed over says nothing; `explaining.not_asked` tells that it did not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from thidua_xl.checks.case import Case
from thidua_xl.checks.gathering import Round
from thidua_xl.formula import Table
from thidua_xl.formula.rule_words import BEFORE, OF_PERIOD, OF_PERIOD_KIND, THIS_YEAR, all_fields, table_name
from thidua_xl.model import FormKind, Period, Value


def remember(found: Round, case: Case, names: Iterable[str]) -> None:
    """Give a case the tables `names` of its unit's earlier reports; without reports they count as lacking.

    `TD_TRUOC_` is the last earlier report of the same kind of period, a form sheet in it has single values.
    `TD_NAM_` holds the entries of all earlier reports of the same year, the earliest first; it is empty, and not
    lacking, when the book knows no earlier period of that year.
    """
    book = found.criteria.whole or found.criteria
    for name in names:
        prefix = BEFORE if name.startswith(BEFORE) else THIS_YEAR
        code = name.removeprefix(prefix)
        if prefix == BEFORE:
            cases = list(found.earlier(case.submission.unit, kind=found.period.kind))[:1]
            expected = True
        else:
            earlier = list(found.earlier(case.submission.unit))
            cases = [one for one in reversed(earlier) if _period(found, one).year == found.period.year]
            expected = any(_is_earlier_in_year(found.period, one) for one in book.periods)
        table = found.without_reports.get(name) if not cases else None
        if table is None:
            table = _stacked(found, name, code, cases, single=prefix == BEFORE)
        if not cases:
            found.without_reports[name] = table
        lacking = {column for one in cases for own, column in one.lacking if own == table_name(code)}
        if not cases and expected:
            lacking = set(table.columns)
        case.add_earlier(name, table, lacking)


def _stacked(found: Round, name: str, code: str, cases: Sequence[Case], *, single: bool) -> Table:
    """The entries of one form in several reports, one below the other, each with its period."""
    form = (found.criteria.whole or found.criteria).form(code)
    is_single = single and form is not None and form.kind is FormKind.SINGLE
    fields = all_fields(found.criteria).get(code, {})
    columns: dict[str, list[Value]] = {one: [] for one in (*fields, OF_PERIOD, OF_PERIOD_KIND)}
    for case in cases:
        table, period = case.tables[table_name(code)], _period(found, case)
        for column, values in columns.items():
            own = period.code if column == OF_PERIOD else period.kind
            values.extend(table.columns.get(column) or [own] * table.height)
    if is_single and not cases:
        columns = {column: [None] for column in columns}
    return Table(name, columns, single=is_single)


def _period(found: Round, case: Case) -> Period:
    return (found.criteria.whole or found.criteria).find_period(case.submission.period) or found.period


def _is_earlier_in_year(period: Period, other: Period) -> bool:
    if other.end is None or period.end is None:
        return False
    return other.year == period.year and other.end < period.end
