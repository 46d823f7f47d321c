"""Everything doubtful about a criteria book, not only what keeps it from loading: `lint_criteria`.

`lint_names` looks at names people must tell apart, `lint_rules` at rules as written, `lint_trial` at rules tried out
on generated rows, `lint_scope` at what is in force when, and at the report.
"""

from __future__ import annotations

from pathlib import Path

from thidua_xl.forms.lint_names import lint_names
from thidua_xl.forms.lint_rules import lint_rules
from thidua_xl.forms.lint_scope import lint_scope
from thidua_xl.forms.lint_trial import lint_trial
from thidua_xl.forms.load import read_criteria_book
from thidua_xl.forms.problems import Problem, Problems
from thidua_xl.forms.reading import read_cells
from thidua_xl.forms.rule_formulas import check_formulas
from thidua_xl.model import Criteria, Severity

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def lint_criteria(criteria: Criteria | str | Path) -> tuple[Problem, ...]:
    """Every fault and doubt of a criteria book, faults first, then in the order of its sheets.

    From a path the sheets themselves are looked at too (headings, cells); from a `Criteria` only what it holds.
    Raises CriteriaProblem when the file is no readable workbook.
    """
    if isinstance(criteria, Criteria):
        problems = Problems()
        check_formulas(criteria, problems)
    else:
        loaded = read_criteria_book(read_cells(Path(criteria)))
        criteria, problems = loaded.criteria, loaded.problems
    lint_names(criteria, problems)
    lint_rules(criteria, problems)
    lint_scope(criteria, problems)
    lint_trial(criteria, problems)
    unique = dict.fromkeys(problems.found)
    return tuple(sorted(unique, key=lambda one: _ORDER[one.severity]))
