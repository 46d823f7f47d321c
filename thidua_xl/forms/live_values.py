"""What the live checks say of the values a workbook is made with, so that their stored results are right.

The batch check's own formulas are run; a cell whose value could not be taken keeps formulas silent, as there.
Read `Judge`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.live_checks import LiveCheck, Sort, limits_of
from thidua_xl.forms.live_layout import known_of
from thidua_xl.forms.prefill import locked_fields
from thidua_xl.forms.validation import flag_words
from thidua_xl.forms.writing import shown
from thidua_xl.formula import FormulaError, Table
from thidua_xl.formula.rule_words import (
    PERIOD,
    REPORTER,
    book_tables,
    period_values,
    rule_names,
    single_row,
    table_name,
)
from thidua_xl.model import Criteria, Field, FieldKind, Form, FormKind, Invalid, Period, Unit, Value
from thidua_xl.text import parse_flag

Rows = Sequence[Mapping[str, Value]]


@dataclass(slots=True)
class Judge:
    """Tells for each check which rows are wrong. `rows` are a form's rows as written; a form sheet has one."""

    criteria: Criteria
    unit: Unit
    period: Period
    rows: Mapping[str, Rows]
    nothing: frozenset[str]
    choices: Choices
    today: date | None = None
    _tables: dict[str, Table] = field(default_factory=dict)
    _asked: dict[str, list[int]] = field(default_factory=dict)
    _spellings: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def wrong(self, check: LiveCheck) -> list[int]:
        """The 0-based rows at which the check finds a fault; [0] for one that is asked once."""
        if check.sort is Sort.LEFT_EMPTY:
            return [] if self.asked(check.form) or check.form.code in self.nothing else [0]
        if check.sort is Sort.FORMULA:
            return self._by_formula(check)
        code = check.field.code
        rows = self.rows.get(check.form.code, ())
        return [index for index in self.asked(check.form) if self._is_wrong(check, rows[index].get(code))]

    def asked(self, form: Form) -> list[int]:
        """The rows in which the unit wrote something; the one row of a form sheet always."""
        if form.code not in self._asked:
            rows = self.rows.get(form.code, ())
            locked = locked_fields(form)
            codes = [one.code for one in form.fields if one.kind is not FieldKind.SERIAL and one.code not in locked]
            self._asked[form.code] = [
                index
                for index, row in enumerate(rows)
                if form.kind is FormKind.SINGLE or any(self._is_shown(form, code, row.get(code)) for code in codes)
            ]
        return self._asked[form.code]

    def written(self, form: Form, index: int) -> int:
        """How many cells of the row the unit wrote."""
        locked = locked_fields(form)
        row = self.rows[form.code][index]
        codes = [one.code for one in form.fields if one.kind is not FieldKind.SERIAL and one.code not in locked]
        return sum(self._is_shown(form, code, row.get(code)) for code in codes)

    def _is_shown(self, form: Form, code: str, value: Value) -> bool:
        """Whether a cell holds anything: a no is blank unless it must be said."""
        one = form.field(code)
        seen = shown(one, value, self.choices) if one is not None else None
        return seen is not None and (not isinstance(seen, str) or typed(seen) != "")

    def _by_formula(self, check: LiveCheck) -> list[int]:
        program = check.program
        if program is None:
            return []
        try:
            results = program.run(self.tables(), rule_names(self.criteria), today=self.today)
        except (FormulaError, KeyError):
            return []
        if not program.row_columns:
            return [0] if _is_false(results[0]) else []
        asked = self.asked(check.form)
        rows = self.rows.get(check.form.code, ())
        told: set[Value] = set()
        found = []
        for index, result in zip(asked, results, strict=False):
            group = rows[index].get(check.field.once_per) if check.field.once_per else None
            first = not check.field.once_per or (group is not None and group not in told)
            told.add(group)
            if first and _is_false(result):
                found.append(index)
        return found

    def tables(self) -> Mapping[str, Table]:
        """Every table a formula may name."""
        if not self._tables:
            self._tables.update(book_tables(self.criteria))
            for form in (self.criteria.whole or self.criteria).forms:
                self._tables[table_name(form.code)] = self._form_table(form)
            for name, values in ((PERIOD, period_values(self.period)), (REPORTER, known_of(self.unit))):
                self._tables[name] = single_row(name, values)
        return self._tables

    def _form_table(self, form: Form) -> Table:
        rows = [self.rows[form.code][index] for index in self.asked(form)] if form.code in self.rows else []
        single = form.kind is FormKind.SINGLE
        if single and not rows:
            rows = [{}]
        columns = {one.code: tuple(self._taken(one, row.get(one.code)) for row in rows) for one in form.fields}
        return Table(table_name(form.code), columns, single=single)

    def _taken(self, one: Field, value: Value) -> Value:
        """The value as intake would take it: what does not fit the field's kind is Invalid."""
        if isinstance(value, str):
            value = self._code(one, typed(value))
        if value is None or value == "":
            return None
        if one.kind is FieldKind.FLAG and isinstance(value, str):
            flag = parse_flag(value)
            value = value if flag is None else flag
        wrong = self._unreadable(one, value)
        return Invalid(str(value)) if wrong else value

    def _code(self, one: Field, text: str) -> str:
        """The code of a choice that is given by its label."""
        found = self._spelled(one, text)
        return text if found is None else found[0]

    def _spelled(self, one: Field, text: str) -> tuple[str, str] | None:
        """(code, label) of a choice, however it is spelt."""
        if one.kind is not FieldKind.CHOICE or self.choices.offer(one) is None:
            return None
        known = self._spellings.get(one.choices)
        if known is None:
            known = {way.casefold(): meant for way, meant in self.choices.spellings(one).items()}
            self._spellings[one.choices] = known
        return known.get(text.casefold())

    def understood(self, form: Form, one: Field, index: int) -> str:
        """What a choice or tick is understood to say, as `Speaker.understood_cell` has it."""
        rows = self.rows.get(form.code, ())
        seen = shown(one, rows[index].get(one.code), self.choices) if index < len(rows) else None
        text = "" if seen is None else typed(str(seen))
        if one.kind is FieldKind.FLAG:
            found = parse_flag(text) if text else None
            return text if found is None else flag_words(one)[0 if found else 1]
        meant = self._spelled(one, text)
        return text if meant is None else meant[1]

    def _unreadable(self, one: Field, value: Value) -> bool:
        if one.is_numeric:
            return not _is_number(value) or (one.kind is FieldKind.INTEGER and not _is_whole(value))
        if one.kind is FieldKind.DATE:
            return not isinstance(value, date)
        if one.kind is FieldKind.FLAG:
            return not isinstance(value, bool)
        if one.kind is FieldKind.CHOICE and isinstance(value, str):
            offer = self.choices.offer(one)
            return offer is not None and offer.label(value) is None
        return False

    def _is_wrong(self, check: LiveCheck, value: Value) -> bool:
        if isinstance(value, str):
            value = typed(value)
        blank = value is None or value == ""
        if check.sort is Sort.REQUIRED or blank:
            return blank and check.sort is Sort.REQUIRED
        if check.sort is Sort.NUMBER:
            return not _is_number(value)
        if check.sort is Sort.WHOLE:
            return _is_number(value) and not _is_whole(value)
        if check.sort is Sort.FLAG:
            return parse_flag(str(value)) is None
        if check.sort is Sort.DATE:
            return self._unreadable(check.field, value)
        if check.sort is Sort.LIST:
            return isinstance(value, str) and self._spelled(check.field, value) is None
        if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
            return False
        if check.sort is Sort.NOT_NEGATIVE:
            return value < 0
        low, high = limits_of(check.field)
        below = isinstance(low, Decimal) and 0 <= value < low
        return below or (isinstance(high, Decimal) and value > high)


def typed(text: str) -> str:
    """The words of a cell as the workbook's own formulas see them (`formula.live_book.cleaned`)."""
    return " ".join(part for part in text.replace("\u00a0", " ").split(" ") if part)


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _is_whole(value: Value) -> bool:
    return isinstance(value, (int, Decimal)) and value == int(value)


def _is_false(result: Value) -> bool:
    # A formula that ends at a blank cell gives 0, as in a cell.
    return result is None or result is False or (_is_number(result) and result == 0)
