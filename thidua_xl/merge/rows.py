"""Which rows of a submission a report column or sheet takes: conditions in the rule language over one source row.

Read `RowFilter` first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from thidua_xl.formula import FormulaError, Program, Table, compile_formula, is_true
from thidua_xl.model import Criteria, Records, Submission, Value

# So many neighbours are asked together; of a long round no more submissions are kept unpacked.
_TOGETHER = 32


def table_name(form: str) -> str:
    """The name of a form's table in formulas: S05 gives TD_S05."""
    return f"TD_{form}"


@dataclass(slots=True)
class RowFilter:
    """Conditions of one criteria book, each compiled once.

    `rows(submission, form, condition)` gives 0-based entry indices, in sheet order; a condition that cannot be
    answered for a row (an unreadable value) leaves the row out. Conditions on one row only are asked of neighbours
    in `taken` together: to set a formula going costs more than the rows of a file.
    """

    criteria: Criteria
    taken: Sequence[Submission] = ()
    _programs: dict[tuple[str, str], Program] = field(default_factory=dict)
    _places: dict[int, int] = field(init=False)
    _blocks: dict[tuple[str, str], tuple[int, Sequence[Sequence[int]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = {id(one): place for place, one in enumerate(self.taken)}

    def rows(self, submission: Submission, form: str, condition: str) -> Sequence[int]:
        """Indices of the form's entries that satisfy the condition; all of them when it is empty."""
        if not condition:
            records = submission.records.get(form)
            return [] if records is None else range(len(records))
        program = self._program(form, condition)
        place = self._places.get(id(submission))
        if place is not None and _is_of_one_row(program):
            found = self._together(program, form, condition, place)
            if found is not None:
                return found
        return self._alone(program, submission, form)

    def _together(self, program: Program, form: str, condition: str, place: int) -> Sequence[int] | None:
        """The rows of a submission taken, asked with those beside it; None when they cannot be asked together."""
        block, within = divmod(place, _TOGETHER)
        key = (form, condition)
        known = self._blocks.get(key)
        if known is None or known[0] != block:
            some = self.taken[block * _TOGETHER : (block + 1) * _TOGETHER]
            found = _asked_together(program, form, [one.records.get(form) for one in some])
            known = self._blocks[key] = (block, found)
        return known[1][within] if known[1] else None

    def _alone(self, program: Program, submission: Submission, form: str) -> Sequence[int]:
        if form not in submission.records:
            return []
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


def _is_of_one_row(program: Program) -> bool:
    """Whether a condition looks at its own row and at nothing else."""
    return bool(program.row_columns) and not program.tables_read and len({one for one, _ in program.columns_used}) == 1


def _asked_together(program: Program, form: str, records: Sequence[Records | None]) -> Sequence[Sequence[int]]:
    """For the records of each submission (None without the form) the rows that satisfy a condition on one row; nothing
    when the condition cannot be worked out.
    """
    name = table_name(form)
    counts = [0 if one is None else len(one) for one in records]
    columns: dict[str, list[Value]] = {code: [] for table, code in program.columns_used if table == name}
    for code, joined in columns.items():
        for one, count in zip(records, counts, strict=True):
            if one is not None:
                joined.extend(one.columns.get(code) or (None,) * count)
    try:
        results = program.run({name: Table(name, columns)})
    except FormulaError:
        return ()
    found, start = [], 0
    for count in counts:
        found.append([index for index, value in enumerate(results[start : start + count]) if is_true(value)])
        start += count
    return found


def _table(criteria: Criteria, code: str, records: Records | None) -> Table:
    """One form's records as a table in which every field of the form has a column."""
    form = criteria.form(code)
    count = len(records) if records is not None else 0
    columns: dict[str, tuple[Value, ...]] = dict(records.columns) if records is not None else {}
    for one in form.fields if form is not None else ():
        columns.setdefault(one.code, (None,) * count)
    single = form is not None and form.kind.value == "form"
    return Table(name=table_name(code), columns=columns, single=single)
