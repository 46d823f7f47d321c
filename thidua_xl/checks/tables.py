"""What rules see of a submission, as formula tables. Read `rule_tables`, then `submission_tables`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from thidua_xl.formula import Table
from thidua_xl.formula.rule_words import (
    PERIOD,
    REPORTER,
    all_fields,
    book_tables,
    period_values,
    reporter_values,
    single_row,
    table_name,
)
from thidua_xl.model import Criteria, FormKind, Records, Submission, Value


def rule_tables(submission: Submission, criteria: Criteria) -> dict[str, Table]:
    """All tables for one submission: its forms, the unit that reports, and those of the book."""
    tables = common_tables(criteria)
    tables.update(submission_tables(submission, criteria))
    return tables


def common_tables(criteria: Criteria) -> dict[str, Table]:
    """The tables that all submissions of a period share: those of the book, and the period."""
    return book_tables(criteria) | {PERIOD: single_row(PERIOD, period_values(criteria.period))}


FormShapes = Sequence[tuple[str, tuple[str, ...], bool]]


def form_shapes(criteria: Criteria) -> FormShapes:
    """Every form of the book: its code, its fields, whether it is a sheet of single cells."""
    whole = criteria.whole or criteria
    kinds = {form.code: form.kind for form in (*whole.forms, *criteria.forms)}
    return [(code, tuple(fields), kinds[code] is FormKind.SINGLE) for code, fields in all_fields(criteria).items()]


def submission_tables(submission: Submission, criteria: Criteria, shapes: FormShapes | None = None) -> dict[str, Table]:
    """The tables of one submission only: every form of the book (without rows when the file lacks it) and the unit.

    `shapes` are those of the book when they are at hand.
    """
    tables: dict[str, Table] = {}
    for code, fields, single in shapes if shapes is not None else form_shapes(criteria):
        tables[table_name(code)] = _form_table(code, fields, submission.records.get(code), single)
    unit = criteria.unit(submission.unit) or (criteria.whole or criteria).unit(submission.unit)
    row = reporter_values(unit, submission.version) | {"ma": submission.unit or None}
    tables[REPORTER] = single_row(REPORTER, row)
    return tables


def _form_table(code: str, fields: Iterable[str], records: Records | None, single: bool) -> Table:
    """One form's records in which every field of the form has a column; a form sheet has one row, blank if need be."""
    count = len(records) if records is not None else 0
    blank: Sequence[Value] = (None,) * (1 if single and not count else count)
    found = records.columns if records is not None and count else {}
    return Table(table_name(code), {field: found.get(field, blank) for field in fields}, single=single)
