"""Rules tried out on generated rows: those that are never true, always true, no yes or no, or contradict another.

The rows are drawn at random from what each field may hold, with a fixed seed, so that two runs say the same.
Read `lint_trial` first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from thidua_xl.errors import ThiduaError
from thidua_xl.forms.choices import Choices
from thidua_xl.forms.problems import Problems
from thidua_xl.forms.rule_formulas import homes
from thidua_xl.forms.rule_sheets import FORMULA_KIND
from thidua_xl.formula import FormulaError, Program, Table, compile_formula
from thidua_xl.formula.rule_words import (
    BEFORE,
    OF_PERIOD,
    OF_PERIOD_KIND,
    PERIOD,
    REPORTER,
    THIS_YEAR,
    book_tables,
    is_history,
    period_values,
    reporter_values,
    rule_names,
    rule_schema,
    single_row,
    table_name,
)
from thidua_xl.model import (
    CellError,
    Condition,
    Criteria,
    Field,
    FieldKind,
    Form,
    FormKind,
    Period,
    Rule,
    Severity,
    Value,
)

# How many invented submissions; how many of them rules that are asked row by row see; rows of a table at most.
_SUBMISSIONS = 240
_FOR_ROWS = 60
_ROWS = 4
# A rule that seems pointless is asked of so many more submissions, of longer tables, before it is called so.
_MORE_SUBMISSIONS, _MORE_ROWS = 400, 9
_SEED = 318
# Share of cells left blank.
_BLANK = 0.3

_TEXTS = ("A", "Nội dung đủ dài để qua các quy tắc về độ dài", "12/KH-ABC", "https://vi-du.vn/bai-viet")


@dataclass(slots=True)
class Trial:
    """One formula of one rule and what it said, row after row of all invented submissions."""

    rule: Rule
    condition: Condition
    home: str | None
    program: Program
    answers: list[Value] = field(default_factory=list)

    @property
    def by_row(self) -> bool:
        """Whether it is asked of each row rather than once."""
        return bool(self.program.row_columns)


def lint_trial(criteria: Criteria, problems: Problems) -> None:
    """Note the rules that trying out shows to be pointless or impossible."""
    trials = list(_trials(criteria))
    if not trials:
        return
    settings = rule_names(criteria)
    with_history = any(is_history(table) for trial in trials for table, _ in trial.program.columns_used)
    for number, (tables, today) in enumerate(_submissions(criteria, _SUBMISSIONS, _ROWS, with_history)):
        for trial in trials:
            if number < _FOR_ROWS or not trial.by_row:
                _ask(trial, tables, settings, today)
    _find_contradictions(trials, problems)
    doubtful = [trial for trial in trials if len({one for one in trial.answers if isinstance(one, bool)}) < 2]
    for tables, today in _submissions(criteria, _MORE_SUBMISSIONS, _MORE_ROWS, with_history) if doubtful else ():
        for trial in doubtful:
            _ask(trial, tables, settings, today)
    for trial in trials:
        _judge(trial, problems)


def _trials(criteria: Criteria) -> Iterator[Trial]:
    words, settings = rule_schema(criteria), rule_names(criteria)
    for rule in criteria.rules:
        for condition in rule.conditions:
            if condition.kind != FORMULA_KIND or not rule.enabled:
                continue
            for home in homes(criteria, condition)[:1]:
                try:
                    program = compile_formula(condition.formula, schema=words, home=home, names=settings, once=True)
                except FormulaError:
                    continue  # told already, at its character
                yield Trial(rule, condition, home if program.row_columns else None, program)


def _ask(trial: Trial, tables: Mapping[str, Table], settings: Mapping[str, Value], today: date) -> None:
    try:
        trial.answers.extend(trial.program.run(tables, settings, today=today))
    except (FormulaError, ThiduaError, KeyError):
        trial.answers.extend([CellError("#N/A")])


def _judge(trial: Trial, problems: Problems) -> None:
    place, code = trial.condition.place, trial.rule.code
    answers = trial.answers
    if not answers:
        return
    if all(isinstance(answer, CellError) for answer in answers):
        problems.warn(place, "always_error", code)
    elif not any(isinstance(answer, (bool, CellError)) for answer in answers):
        problems.add(place, "not_true_or_false", code)
    elif not any(answer is True for answer in answers):
        problems.warn(place, "never_true", code)
    elif not any(answer is False for answer in answers):
        problems.warn(place, "always_true", code)


def _find_contradictions(trials: Sequence[Trial], problems: Problems) -> None:
    """Two rules that must both hold, each of which can, but never together in any row."""
    binding = [
        trial
        for trial in trials
        if trial.by_row and trial.rule.severity is Severity.ERROR and any(one is True for one in trial.answers)
    ]
    for index, trial in enumerate(binding):
        for other in binding[:index]:
            if trial.home != other.home or not set(trial.program.row_columns) & set(other.program.row_columns):
                continue
            pairs = list(zip(trial.answers, other.answers, strict=False))
            if not any(one is True and two is True for one, two in pairs):
                problems.warn(trial.condition.place, "contradiction", trial.rule.code, expected=other.rule.code)


def _submissions(
    criteria: Criteria, count: int, rows: int, with_history: bool
) -> Iterator[tuple[Mapping[str, Table], date]]:
    draw = random.Random(_SEED + rows)
    choices = Choices(criteria)
    book = book_tables(criteria)
    periods = [one for one in criteria.periods if one.start and one.end] or list(criteria.periods[:1])
    units = [unit for unit in criteria.units if unit.obliged] or list(criteria.units)
    known: dict[tuple[str, str], Mapping[str, Sequence[Value]]] = {}

    def pools(form: Form, period: Period | None) -> Mapping[str, Sequence[Value]]:
        key = (form.code, period.code if period is not None else "")
        if key not in known:
            known[key] = {one.code: samples(one, criteria, choices, period) for one in form.fields}
        return known[key]

    for _ in range(count):
        period = draw.choice(periods) if periods else None
        unit = draw.choice(units) if units else None
        end = period.end if period is not None and period.end is not None else date(2024, 12, 31)
        tables = dict(book)
        tables[PERIOD] = single_row(PERIOD, period_values(period))
        tables[REPORTER] = single_row(REPORTER, reporter_values(unit))
        for form in criteria.forms:
            tables[table_name(form.code)] = _form_table(form, pools(form, period), draw, rows)
        if with_history:
            for form in criteria.forms:
                tables |= _earlier(form, pools(form, period), draw, rows, periods)
        # A report may be checked before its period is over: then a day inside the period can lie ahead.
        start = period.start if period is not None and period.start is not None else end
        yield tables, draw.choice((end + timedelta(days=10), start + (end - start) / 3))


def _earlier(
    form: Form,
    pools: Mapping[str, Sequence[Value]],
    draw: random.Random,
    most: int,
    periods: Sequence[Period],
) -> dict[str, Table]:
    """The form in earlier reports: the last one, and those of the year."""
    found = {}
    for prefix in (BEFORE, THIS_YEAR):
        table = _form_table(form, pools, draw, most)
        ofs = [draw.choice(periods) for _ in range(table.height)] if periods else []
        columns: dict[str, Sequence[Value]] = dict(table.columns)
        columns[OF_PERIOD] = [one.code for one in ofs] or [None] * table.height
        columns[OF_PERIOD_KIND] = [one.kind for one in ofs] or [None] * table.height
        name = prefix + form.code
        found[name] = Table(name, columns, single=table.single and prefix == BEFORE)
    return found


def _form_table(form: Form, pools: Mapping[str, Sequence[Value]], draw: random.Random, most: int) -> Table:
    single = form.kind is FormKind.SINGLE
    count = 1 if single else draw.randint(1, most)
    columns = {}
    for one in form.fields:
        values = pools[one.code]
        columns[one.code] = tuple(
            None if not values or draw.random() < _BLANK else draw.choice(values) for _ in range(count)
        )
    return Table(table_name(form.code), columns, single=single)


def samples(one: Field, criteria: Criteria, choices: Choices, period: Period | None) -> Sequence[Value]:
    """Values the field may hold, ordinary ones and those at the edge."""
    offer = choices.offer(one)
    if offer is not None:
        codes = [code for code, _ in offer.items]
        return [";".join(codes[:2]), *codes] if one.kind is FieldKind.CODES else codes
    if one.kind is FieldKind.FLAG:
        return (True, False)
    if one.kind is FieldKind.DATE:
        return _days(period)
    if one.is_numeric:
        return _numbers(one, period)
    if one.kind is FieldKind.SERIAL:
        return (1, 2, 3)
    if one.choices or one.kind is FieldKind.CODE:
        return ("M1", "M2", "M3")
    # Formulas look for the words of settings in what is written ("does the basis name the plan").
    words = [one.value for one in criteria.settings.values() if isinstance(one.value, str)]
    return (*_TEXTS, *words)


def _days(period: Period | None) -> Sequence[Value]:
    start = period.start if period is not None and period.start is not None else date(2024, 1, 1)
    end = period.end if period is not None and period.end is not None else date(2024, 12, 31)
    middle = start + (end - start) / 2
    near = (start, middle, end, end + timedelta(days=5))
    return (start - timedelta(days=400), *near, end + timedelta(days=400), date(2022, 10, 20))


def _numbers(one: Field, period: Period | None) -> Sequence[Value]:
    found: list[Value] = [0, 1, 2, 3, 5, 20, 100]
    if period is not None and period.year is not None and one.kind is FieldKind.INTEGER:
        found.append(period.year)
    for limit in (one.minimum, one.maximum):
        if limit is not None:
            found += [limit, limit - 1, limit + 1]
    if one.kind in (FieldKind.MONEY, FieldKind.NUMBER):
        found += [Decimal("0.5"), 1_500_000, 20_000_000_000]
    if one.kind is FieldKind.PERCENT:
        found += [Decimal("99.95"), 120, -5]
    return found
