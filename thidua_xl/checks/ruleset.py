"""The rules in force, made ready to be asked: formulas compiled once, places resolved. Read `RuleSet`, then `Check`."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from thidua_xl.checks.kinds import FORMULA, KINDS, Asks, Needs
from thidua_xl.checks.tables import common_tables, form_shapes
from thidua_xl.errors import CriteriaProblem
from thidua_xl.formula import FormulaError, Program, Table, compile_formula
from thidua_xl.formula.rule_words import is_history, rule_names, rule_schema, table_name
from thidua_xl.model import NUMERIC, Condition, Criteria, Field, FieldKind, Form, FormKind, Rule, Value

EVERY = "*"
# `so` in "Trường" speaks of every field that holds a number, as intake reads it.
_ANY_NUMBER = "so"
_KIND_PREFIX = "kieu:"
_KINDS_OF_FIELD = {kind.value: kind for kind in FieldKind}

# A parameter that only names a field of the row shows as that field does: a choice by its label.
_FIELD_ALONE = re.compile(r"=\s*(?:\[@\[?(\w+)\]?\]|TD_(\w+)\[(\w+)\])\s*\Z")

# How many criteria books keep their compiled rules: one round uses one or two periods.
_REMEMBERED = 4


@dataclass(frozen=True, slots=True)
class Parameter:
    """One `name=value` of "Tham số": plain text, a field's value (`form`, `alias`), or a formula (`program`).

    `by_row` formulas have one value per row of the check's form.
    """

    text: str
    form: str = ""
    alias: str = ""
    program: Program | None = None
    by_row: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a rule at one form.

    `form` is None when the rule is about the round or the report. `fields` are the fields it looks at, the first is
    where the finding is shown. `program` is its formula; `by_row` when that has a value per row.
    """

    rule: Rule
    condition: Condition
    form: Form | None
    fields: tuple[Field, ...] = ()
    program: Program | None = None
    by_row: bool = False
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The check kind (Kiểu kiểm tra)."""
        return self.condition.kind

    @property
    def history(self) -> frozenset[str]:
        """The tables of earlier reports that its formulas name."""
        programs = [self.program, *(one.program for one in self.parameters.values())]
        return frozenset(
            table for one in programs if one is not None for table, _ in one.columns_used if is_history(table)
        )

    @property
    def asks(self) -> Asks:
        """What it needs to see: a formula that names earlier reports is asked where they are known."""
        asks = KINDS[self.kind].asks
        return Asks.ROUND if asks is Asks.SUBMISSION and self.history else asks

    @property
    def needs(self) -> Needs:
        """What must be at hand before it can say anything."""
        return Needs.PREVIOUS if self.history else KINDS[self.kind].needs

    @property
    def is_general(self) -> bool:
        """Whether the rule names no field of a form, but speaks of all that no other rule names."""
        named = self.form is not None and any(self.form.field(code) for code in self.condition.fields)
        return self.condition.form == EVERY or not named

    def text(self, name: str, default: str = "") -> str:
        """A parameter as written."""
        found = self.parameters.get(name)
        return default if found is None else found.text

    def codes(self, name: str) -> tuple[str, ...]:
        """A parameter as a list of codes separated by commas; empty when it is not given."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())


class RuleSet:
    """The rules of one `Criteria` (usually of one period), compiled. Make it with `RuleSet.of`.

    `checks` are in the book's order, those asked elsewhere (intake, report) left out; `history` the tables of earlier
    reports that they name. Raises CriteriaProblem
    `criteria.rule_formula` when a formula is broken: nothing may be checked with half of the rules.
    """

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self.schema = rule_schema(criteria)
        self.names: dict[str, Value] = rule_names(criteria)
        self.tables: dict[str, Table] = common_tables(criteria)
        self.shapes = form_shapes(criteria)
        self._programs: dict[tuple[str, str | None], Program] = {}
        self._lacking: dict[frozenset[tuple[str, str]], frozenset[tuple[str, str]]] = {}
        self.checks = tuple(self._checks())
        self._asks = {id(check): check.asks for check in self.checks}
        self.history = frozenset(name for check in self.checks for name in check.history)

    @classmethod
    def of(cls, criteria: Criteria) -> RuleSet:
        """The rule set of a criteria book, compiled once for each `Criteria` object."""
        found = _RECENT.get(id(criteria))
        if found is not None:
            _RECENT.move_to_end(id(criteria))
            return found
        made = cls(criteria)
        # The rule set holds the criteria, so that its id cannot be given to another object meanwhile.
        _RECENT[id(criteria)] = made
        while len(_RECENT) > _REMEMBERED:
            _RECENT.popitem(last=False)
        return made

    def shared(self, lacking: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """An equal set, the same object for all files that lack the same columns."""
        return self._lacking.setdefault(lacking, lacking)

    @property
    def row_programs(self) -> tuple[Program, ...]:
        """The formulas that single files are asked row by row, each once."""
        asked = (one.program for one in self.of_scope(Asks.SUBMISSION) if one.by_row and one.program is not None)
        return tuple({id(program): program for program in asked}.values())

    def of_scope(self, asks: Asks) -> Iterator[Check]:
        """The checks of that scope, in the book's order."""
        return (check for check in self.checks if self._asks[id(check)] is asks)

    def program(self, text: str, home: str | None, place: Condition | None = None) -> Program:
        """The compiled formula; `home` is a table name. A formula without `[@x]` is asked once, not per row."""
        key = (text, home)
        if key not in self._programs:
            try:
                made = compile_formula(text, schema=self.schema, home=home, names=self.names, once=True)
            except FormulaError as problem:
                raise self.broken(text, problem, place) from problem
            self._programs[key] = made
        return self._programs[key]

    def broken(self, text: str, problem: FormulaError, place: Condition | None = None) -> CriteriaProblem:
        """The error that stops the run because of a formula of the book."""
        return CriteriaProblem(
            "criteria.rule_formula",
            file=self.criteria.source,
            sheet=place.place.sheet if place else "",
            cell=place.place.cell if place else "",
            formula=text,
            position=problem.position + 1,
            word=problem.text,
            nearest=problem.near,
            reason=problem.code,
            problems=(problem,),
        )

    def _checks(self) -> Iterator[Check]:
        taken = _Places(self.criteria)
        for rule in self.criteria.rules:
            if not rule.enabled:
                continue
            for condition in rule.conditions:
                kind = KINDS.get(condition.kind)
                if kind is None or kind.asks is Asks.ELSEWHERE:
                    continue
                if condition.form != EVERY and self.criteria.form(condition.form) is None:
                    if kind.asks is Asks.ROUND:
                        yield self._made(Check(rule, condition, None))
                    continue
                for form in self.criteria.forms:
                    if condition.form in (EVERY, form.code):
                        fields = taken.fields(condition, form)
                        if fields or not kind.per_field:
                            yield self._made(Check(rule, condition, form, fields))

    def _made(self, check: Check) -> Check:
        home = table_name(check.form.code) if check.form is not None else None
        program = None
        if check.kind == FORMULA:
            program = self.program(check.condition.formula, home, check.condition)
        return replace(
            check,
            program=program,
            by_row=program is not None and bool(program.row_columns),
            parameters={name: self._parameter(text, home, check) for name, text in check.condition.parameters.items()},
        )

    def _parameter(self, text: str, home: str | None, check: Check) -> Parameter:
        if not text.startswith("="):
            return Parameter(text)
        alone = _FIELD_ALONE.match(text)
        if alone is not None and check.form is not None:
            form, code = (alone[2], alone[3]) if alone[1] is None else (check.form.code, alone[1])
            found = self.criteria.form(form)
            known = found is not None and found.field(code) is not None
            if found is not None and known and (form == check.form.code or found.kind is FormKind.SINGLE):
                return Parameter(text, form=form, alias=code)
        program = self.program(text, home, check.condition)
        return Parameter(text, program=program, by_row=bool(program.row_columns))


_RECENT: OrderedDict[int, RuleSet] = OrderedDict()


class _Places:
    """Which condition speaks for a field, when several of one kind might: the most exact one, then the first."""

    def __init__(self, criteria: Criteria) -> None:
        self._best: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._number: dict[int, int] = {}
        for rule in criteria.rules:
            if not rule.enabled:
                continue
            for condition in rule.conditions:
                number = len(self._number)
                self._number[id(condition)] = number
                self._note(condition, number, criteria)

    def _note(self, condition: Condition, number: int, criteria: Criteria) -> None:
        kind = KINDS.get(condition.kind)
        if kind is None:
            return
        for form in criteria.forms:
            if condition.form not in (EVERY, form.code):
                continue
            for one in form.fields:
                exactness = _exactness(condition, form, one)
                if exactness < 0 or kind.wants is None or not kind.wants(one, exactness == _EXACT):
                    continue
                key = (condition.kind, form.code, one.code)
                self._best[key] = min(self._best.get(key, (0, number)), (-exactness, number))

    def fields(self, condition: Condition, form: Form) -> tuple[Field, ...]:
        """The fields of a form that this condition looks at, in its own order, then the form's."""
        number = self._number[id(condition)]
        kind = KINDS[condition.kind]
        named = [form.field(code) for code in condition.fields]
        order = [one for one in named if one is not None]
        order += [one for one in form.fields if one not in order and _exactness(condition, form, one) >= 0]
        if not kind.per_field:
            return tuple(order) if condition.fields else ()
        return tuple(one for one in order if self._speaks(condition, form, one, number))

    def _speaks(self, condition: Condition, form: Form, one: Field, number: int) -> bool:
        best = self._best.get((condition.kind, form.code, one.code))
        if best is None or best[1] != number:
            return False
        return f"{form.code}.{one.code}" not in _split(condition.parameters.get("tru", ""))


_EXACT = 3


def _exactness(condition: Condition, form: Form, one: Field) -> int:
    """How exactly a condition names a field: 3 form and field, 2 field, 1 form, 0 neither, -1 not at all."""
    form_named = condition.form == form.code
    if one.code in condition.fields and (form_named or one.code not in _KINDS_OF_FIELD):
        return _EXACT if form_named else 2
    if not condition.fields or EVERY in condition.fields:
        return 1 if form_named else 0
    for word in condition.fields:
        if form_named and form.field(word) is not None:
            # A form that has a field called `ngay` means that field, not every date.
            continue
        word = word.removeprefix(_KIND_PREFIX)
        if word == one.kind.value or (word == _ANY_NUMBER and one.kind in NUMERIC):
            return 1 if form_named else 0
    return -1


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
