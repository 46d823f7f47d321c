"""Formulas that look at one row only, asked of the rows of many files at once. Read `ask_together`.

To set a formula going costs as much as some thousand of its rows, and most forms of most files have few rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from thidua_xl.checks.case import Case
from thidua_xl.checks.ruleset import RuleSet
from thidua_xl.formula import FormulaError, Program, Table
from thidua_xl.model import Value

_MOST_CASES, _MOST_ROWS = 64, 4_000


def in_batches(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """The cases in order, as many together as are asked at once."""
    batch: list[Case] = []
    rows = 0
    for case in cases:
        batch.append(case)
        rows += sum(map(len, case.submission.records.values()))
        if len(batch) >= _MOST_CASES or rows >= _MOST_ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def ask_together(cases: Sequence[Case], rules: RuleSet) -> None:
    """Give each case the results of the formulas whose rows do not depend on any other; all cases have the same day.

    A formula that cannot be worked out like this is left to each case, which tells what is wrong with it.
    """
    if len(cases) < 2:
        return
    for home, programs in _by_home(rules).items():
        asked = [case for case in cases if case.tables[home].height]
        if len(asked) < 2:
            continue
        codes = {code for program in programs for _, code in program.columns_used if code in program.row_columns}
        joined = Table(
            home, {code: [*chain.from_iterable(case.tables[home].columns[code] for case in asked)] for code in codes}
        )
        for program in programs:
            names = {name: rules.names[name] for name in program.names_used}
            try:
                results = program.run({**rules.tables, home: joined}, names, today=cases[0].today)
            except FormulaError:
                continue
            _give(program, asked, home, results)


def _give(program: Program, asked: Sequence[Case], home: str, results: Sequence[Value]) -> None:
    start = 0
    for case in asked:
        end = start + case.tables[home].height
        if case.lacking.isdisjoint(program.columns_used):
            case.know(program, list(results[start:end]))
        start = end


def _by_home(rules: RuleSet) -> dict[str, list[Program]]:
    """The formulas that look at one row of a form and at tables of the book only, by form."""
    found: dict[str, list[Program]] = {}
    for program in rules.row_programs:
        if program.home is not None and program.tables_read <= rules.tables.keys():
            found.setdefault(program.home, []).append(program)
    return found
