"""One submission under check: its tables, the entries that are asked, parameters worked out. Read `Case`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from thidua_xl.checks.ruleset import Check, Parameter, RuleSet
from thidua_xl.checks.showing import shown
from thidua_xl.checks.tables import submission_tables
from thidua_xl.formula import FormulaError, Program, Table
from thidua_xl.formula.rule_words import table_name
from thidua_xl.model import Criteria, Field, FieldKind, Form, FormKind, Records, Submission, Value
from thidua_xl.refs import cell_name, column_number

# Word of a form's layout: the fields that come filled in, so that they say nothing about what the unit reports.
PREFILLED = "khoa"

Amount = int | Decimal

# Người lập of the forms that every reporting unit fills in.
REPORTER_FILLS = "DON_VI"


@dataclass(slots=True)
class Case:
    """A submission with what its rules need to see. Nothing in it changes but what is remembered."""

    submission: Submission
    rules: RuleSet
    today: date
    lacking: frozenset[tuple[str, str]] = field(init=False)
    _tables: dict[str, Table] = field(default_factory=dict, init=False)
    _earlier: dict[str, Table] = field(default_factory=dict, init=False)
    _rows: dict[str, tuple[int, ...]] = field(default_factory=dict, init=False)
    _results: dict[int, list[Value]] = field(default_factory=dict, init=False)
    _extents: dict[tuple[str, str], tuple[Amount, Amount] | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.lacking = self.rules.shared(frozenset(_lacking(self.submission, self.rules.criteria)))

    @property
    def tables(self) -> dict[str, Table]:
        """What formulas see; made when first asked for, since a round holds every submission and asks few of them."""
        if not self._tables:
            own = submission_tables(self.submission, self.rules.criteria, self.rules.shapes)
            self._tables = {**self.rules.tables, **own, **self._earlier}
        return self._tables

    def add_earlier(self, name: str, table: Table, lacking: Iterable[str]) -> None:
        """Take in a table of earlier reports, and which of its columns nobody handed in."""
        self._earlier[name] = table
        self.lacking = self.rules.shared(self.lacking | {(name, column) for column in lacking})
        self._tables = {}

    def forget(self) -> None:
        """Take less memory; what was worked out is worked out anew when it is asked for again."""
        self._tables = {}
        self._results = {}
        self._extents = {}

    def records(self, form: str) -> Records | None:
        """The form's records, None when the file lacks the form."""
        return self.submission.records.get(form)

    def rows(self, form: Form) -> tuple[int, ...]:
        """The 0-based entries that are asked: not wholly blank; a form sheet is always asked.

        A form whose rows come filled in with their keys has no entry until something else is written in one of them;
        then all its rows are asked.
        """
        if form.code not in self._rows:
            records = self.records(form.code)
            self._rows[form.code] = () if records is None else _asked_rows(records, form)
        return self._rows[form.code]

    def extent(self, form: str, code: str) -> tuple[Amount, Amount] | None:
        """The least and the greatest number of a column; None when it holds none."""
        key = (form, code)
        if key not in self._extents:
            records = self.records(form)
            values = () if records is None else records.columns.get(code, ())
            numbers = [one for one in values if isinstance(one, int | Decimal) and not isinstance(one, bool)]
            self._extents[key] = (min(numbers), max(numbers)) if numbers else None
        return self._extents[key]

    def results(self, program: Program) -> list[Value]:
        """The program's value for each row of its home table (a list of one without), worked out once.

        A program that reads a form or column that the file should have and lacks says nothing (None): what is
        missing is told once, by intake, and not again by everything that follows from it.
        Raises CriteriaProblem when the formula would take too long on this much data.
        """
        key = id(program)
        if key not in self._results and not self.lacking.isdisjoint(program.columns_used):
            home = self.tables.get(program.home or "")
            self._results[key] = [None] * (home.height if home is not None and program.row_columns else 1)
        if key not in self._results:
            names = {name: self.rules.names[name] for name in program.names_used}
            try:
                self._results[key] = program.run(self.tables, names, today=self.today)
            except FormulaError as problem:
                # A formula that compares every row with every row of a huge table.
                raise self.rules.broken(program.text, problem) from problem
        return self._results[key]

    def know(self, program: Program, results: list[Value]) -> None:
        """Take over results that were worked out together with those of other submissions."""
        self._results[id(program)] = results

    def parameter(self, check: Check, name: str, index: int | None = None) -> Value:
        """The value of a parameter for one entry (0-based); None when it is not given or blank."""
        found = check.parameters.get(name)
        return None if found is None else self._value(found, index)

    def number(self, check: Check, name: str, index: int | None = None) -> Decimal | None:
        """A parameter as a number; None when it is none."""
        return as_number(self.parameter(check, name, index))

    def holds(self, check: Check, name: str, index: int) -> bool:
        """Whether a parameter that is a condition holds for an entry; TRUE when it is not given."""
        return name not in check.parameters or not is_wrong(self.parameter(check, name, index), blank=True)

    def shown_parameter(self, check: Check, name: str, index: int | None = None) -> str:
        """A parameter as a message shows it."""
        found = check.parameters[name]
        return shown(self._value(found, index), self._field(found), self.rules.criteria)

    def _value(self, found: Parameter, index: int | None) -> Value:
        if found.alias:
            records = self.records(found.form)
            form = self.rules.criteria.form(found.form)
            if records is None or form is None:
                return None
            return records.value(found.alias, 0 if form.kind is FormKind.SINGLE else index or 0)
        if found.program is None:
            return found.text or None
        values = self.results(found.program)
        place = (index or 0) if found.by_row else 0
        return values[place] if place < len(values) else None

    def _field(self, found: Parameter) -> Field | None:
        form = self.rules.criteria.form(found.form) if found.alias else None
        return None if form is None else form.field(found.alias)


def _lacking(submission: Submission, criteria: Criteria) -> Iterator[tuple[str, str]]:
    """(table, column) of what the file should have and lacks: columns of its sheets, whole forms it has to hold."""
    for form in criteria.forms:
        records = submission.records.get(form.code)
        if records is None and not (form.required and form.filled_by == REPORTER_FILLS):
            continue
        for one in form.fields:
            if records is None or not is_on_sheet(records, one.code):
                yield table_name(form.code), one.code


def is_wrong(value: Value, *, blank: bool = False) -> bool:
    """Whether a rule's result says that the entry is wrong: FALSE or 0. An error or an unreadable value says nothing.

    `blank` tells whether a blank result counts as FALSE, as in a condition.
    """
    if value is None:
        return blank
    if isinstance(value, bool):
        return not value
    return isinstance(value, int | Decimal) and value == 0


def is_blank(value: Value) -> bool:
    """Whether a cell says nothing: empty, blanks only, or a tick that is not set."""
    return value is None or value is False or (isinstance(value, str) and not value.strip())


def as_number(value: Value) -> Decimal | None:
    """The value as an exact number; None when it is none."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    return None


def is_on_sheet(records: Records, code: str) -> bool:
    """Whether the sheet has a place for the field; taken for granted when the records know no places at all."""
    known = bool(records.letters or records.single_cells)
    return not known or code in records.letters or code in records.single_cells


def first_cell(records: Records, code: str = "") -> str:
    """Where to look when a table has no entry: its "Không phát sinh" box, or the first cell below its headers."""
    if records.rows:
        return records.cell(code, 0)
    if records.nothing_cell or records.header_row is None:
        return records.nothing_cell
    letters = records.letters.get(code) or min(records.letters.values(), key=column_number, default="A")
    return cell_name(records.header_row + 1, column_number(letters))


def _asked_rows(records: Records, form: Form) -> tuple[int, ...]:
    if form.kind is FormKind.SINGLE:
        return tuple(range(len(records)))
    told = [one.code for one in form.fields if one.kind is not FieldKind.SERIAL and one.code in records.columns]
    keys = {part.strip() for part in form.layout.get(PREFILLED, "").split(",")}
    if keys & set(told) and not any(
        not is_blank(value) for code in told if code not in keys for value in records.columns[code]
    ):
        return ()
    rows = zip(*(records.columns[code] for code in told), strict=True)
    return tuple([index for index, values in enumerate(rows) if not all(map(is_blank, values))])
