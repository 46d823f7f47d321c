"""Which rows of a submission a report column or sheet takes: conditions in the rule language over one source row.

Read `RowFilter` first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from thidua_xl.formula import Program, Table, compile_formula, is_true
from thidua_xl.model import Criteria, Records, Submission, Value


def table_name(form: str) -> str:
    """The name of a form's table in formulas: S05 gives TD_S05."""
    return f"TD_{form}"


@dataclass(slots=True)
class RowFilter:
    """Conditions of one criteria book, each compiled once.

    `rows(submission, form, condition)` gives 0-based entry indices, in sheet order; a condition that cannot be
    answered for a row (an unreadable value) leaves the row out.
    """

    criteria: Criteria
    _programs: dict[tuple[str, str], Program] = field(default_factory=dict)

    def rows(self, submission: Submission, form: str, condition: str) -> Sequence[int]:
        """Indices of the form's entries that satisfy the condition; all of them when it is empty."""
        records = submission.records.get(form)
        if records is None:
            return []
        if not condition:
            return range(len(records))
        program = self._program(form, condition)
        needed = {name for name, _ in program.columns_used} | {table_name(form)}
        tables = {
            table_name(code): _table(self.criteria, code, submission.records[code])
            for code in submission.records
            if table_name(code) in needed
        }
        for code in (one.code for one in self.criteria.forms):
            if table_name(code) in needed:
                tables.setdefault(table_name(code), _table(self.criteria, code, None))
        return [index for index, value in enumerate(program.run(tables)) if is_true(value)]

    def _program(self, form: str, condition: str) -> Program:
        key = (form, condition)
        if key not in self._programs:
            schema: Mapping[str, Collection[str]] = {
                table_name(one.code): [f.code for f in one.fields] + ["ma_dong"] for one in self.criteria.forms
            }
            self._programs[key] = compile_formula(condition, schema=schema, home=table_name(form))
        return self._programs[key]


def _table(criteria: Criteria, code: str, records: Records | None) -> Table:
    """One form's records as a table in which every field of the form has a column."""
    form = criteria.form(code)
    count = len(records) if records is not None else 0
    columns: dict[str, tuple[Value, ...]] = dict(records.columns) if records is not None else {}
    for one in form.fields if form is not None else ():
        columns.setdefault(one.code, (None,) * count)
    single = form is not None and form.kind.value == "form"
    return Table(name=table_name(code), columns=columns, single=single)
