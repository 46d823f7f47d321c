"""Rules as they are written: names in messages, codes in formulas, rules said twice. Read `lint_rules` first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.lint_columns import single_tables, whole_columns
from thidua_xl.forms.problems import Problems, near_name
from thidua_xl.forms.rule_formulas import homes, texts
from thidua_xl.forms.rule_sheets import EVERY_FORM, FORMULA_KIND
from thidua_xl.forms.spans import overlapping
from thidua_xl.formula import FormulaError
from thidua_xl.formula.rule_words import PERIOD, REPORTER, table_name
from thidua_xl.formula.tree import Binary, Call, Constant, Node, Structured, parse, walk
from thidua_xl.model import Condition, Criteria, Field, FieldKind, Place, Rule
from thidua_xl.text import fold, parse_date, parse_number

# What stands in braces, or behind one that is not closed.
_BRACES = re.compile(r"\{([^{}]*)\}|\{(\w*)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# What every finding of a formula rule can say (docs/criteria-book.md, docs/rule-kinds-intake.md).
_WORDS = frozenset(
    ("gia_tri", "dong", "o", "cot", "ten_bieu", "ten_cot", "ten_truong", "don_vi", "ky", "nam", "tep", "can")
)
_COUNTING = {"COUNTIF": (0, 2), "COUNTIFS": (0, 2), "SUMIF": (0, 2), "SUMIFS": (1, 2), "AVERAGEIF": (0, 2)}
_SAME = ("=", "<>")
_COMPARING = (*_SAME, "<", ">", "<=", ">=")
_OPERATORS = re.compile(r"[<>=*?~]")


def lint_rules(criteria: Criteria, problems: Problems) -> None:
    """Note what is doubtful in the words of the rules."""
    codes, single = _Codes(criteria), single_tables(criteria)
    formulas: dict[tuple[str, str], tuple[Rule, Condition]] = {}
    for rule in criteria.rules:
        _check_message(criteria, rule, problems)
        _check_translation(rule, problems)
        for condition in rule.conditions:
            for text in texts(condition):
                for home in homes(criteria, condition):
                    _check_literals(text, home, condition.place, codes, problems)
                    _check_columns(text, home, condition.place, single, problems)
            if condition.kind == FORMULA_KIND:
                key = (condition.form, "".join(condition.formula.split()))
                twin, row = formulas.setdefault(key, (rule, condition))
                if row is not condition and condition.formula and overlapping(twin, rule):
                    problems.warn(condition.place, "formula_twice", rule.code, expected=twin.code)

    for sheet in criteria.report_sheets:
        form = criteria.form(sheet.form)
        _check_columns(sheet.condition, table_name(form.code) if form else None, sheet.place, single, problems)
        for column in sheet.columns:
            own = criteria.form(column.form) or form
            _check_columns(column.condition, table_name(own.code) if own else None, column.place, single, problems)


def _check_columns(text: str, home: str | None, place: Place, single: Collection[str], problems: Problems) -> None:
    """A whole column where the row's own value is meant: the `@` was forgotten."""
    try:
        tree = parse(text)
    except FormulaError:
        return  # told already, at its character
    for one in whole_columns(tree, home, single):
        say = problems.add_at if one.surely else problems.warn_at
        say(place, "column_for_value", one.node.start + 1, one.node.text, nearest=one.meant)


def _check_message(criteria: Criteria, rule: Rule, problems: Problems) -> None:
    """Braces that nothing fills in: a name written with blanks or accents, one that is not closed, an unknown one."""
    known = _known_words(criteria, rule)
    for text in (rule.message, rule.mend, rule.message_en, rule.mend_en):
        for found in _BRACES.finditer(text):
            name = found[2] if found[1] is None else found[1]
            if found[1] is not None and (name in known or (not known and _NAME.match(name))):
                continue
            if found[1] is None or not _NAME.match(name):
                near = near_name(name.strip(), sorted(known or _WORDS))
                meant = f"{{{near}}}" if near else ""
                problems.warn(rule.place, "broken_placeholder", found[0], nearest=meant)
            else:
                problems.warn(rule.place, "unknown_placeholder", name, known=sorted(known))


def _known_words(criteria: Criteria, rule: Rule) -> set[str]:
    """What a formula rule can fill in; nothing is known of other kinds, which add words of their own."""
    if not rule.conditions or any(condition.kind != FORMULA_KIND for condition in rule.conditions):
        return set()
    known = set(_WORDS)
    for condition in rule.conditions:
        known |= set(condition.parameters)
        for form in criteria.forms:
            if condition.form in (EVERY_FORM, form.code):
                known |= {field.code for field in form.fields}
    return known


def _check_translation(rule: Rule, problems: Problems) -> None:
    if not rule.mend:
        problems.note(rule.place, "rule_without_mend", rule.code)
    if not rule.message_en:
        problems.note(rule.place, "message_without_english", rule.code)


class _Codes:
    """What the columns of a formula may hold: the codes of lists and registers."""

    def __init__(self, criteria: Criteria) -> None:
        self._choices = Choices(criteria)
        self._fields = {(table_name(form.code), field.code): field for form in criteria.forms for field in form.fields}
        self._labels = {
            (table_name(form.code), fold(field.label)): field for form in criteria.forms for field in form.fields
        }
        self._others: Mapping[tuple[str, str], tuple[str, ...]] = {
            (PERIOD, "loai"): _items(criteria, "DM_KY"),
            (REPORTER, "khoi"): _items(criteria, "DM_KHOI"),
            (REPORTER, "ma"): tuple(unit.code for unit in criteria.units),
            (PERIOD, "ma"): tuple(period.code for period in criteria.periods),
        }

    def field(self, node: Structured, home: str | None) -> Field | None:
        """The field that a reference names."""
        table = node.table or home or ""
        return self._fields.get((table, node.first)) or self._labels.get((table, fold(node.first)))

    def of_label(self, field: Field | None, text: str) -> str:
        """The code of the choice that a text names by its label; "" when it names none."""
        offer = self._choices.offer(field) if field is not None else None
        items = offer.items if offer is not None else ()
        return next((code for code, label in items if fold(label) == fold(text)), "")

    def of(self, node: Structured, home: str | None) -> tuple[str, ...]:
        """The codes that may stand there; () when anything may."""
        field = self.field(node, home)
        if field is None:
            return self._others.get((node.table, node.first), ())
        if field.kind not in (FieldKind.CHOICE, FieldKind.CODE):
            return ()
        offer = self._choices.offer(field)
        return () if offer is None else tuple(code for code, _ in offer.items)


def _items(criteria: Criteria, code: str) -> tuple[str, ...]:
    value_list = criteria.lists.get(code)
    return () if value_list is None else tuple(item.code for item in value_list.items)


def _check_literals(text: str, home: str | None, place: Place, codes: _Codes, problems: Problems) -> None:
    """A code written into a formula must be one that the column can hold, else the comparison is never true."""
    try:
        tree = parse(text)
    except FormulaError:
        return  # told already, at its character
    for start, day in _days_as_divisions(tree):
        problems.warn_at(place, "day_as_division", start + 1, f"{day:%d/%m/%Y}", nearest=_said(day))
    for reference, constant, operator in _comparisons(tree):
        if not isinstance(constant.value, str) or not constant.value:
            continue
        known = codes.of(reference, home) if operator in _SAME else ()
        field = codes.field(reference, home)
        at = constant.start + 1
        if known and constant.value.casefold() not in {code.casefold() for code in known}:
            meant = codes.of_label(field, constant.value)
            problems.add_at(place, "code_not_in_list", at, constant.value, known=known, nearest=meant)
        elif field is not None and (field.is_numeric or field.kind is FieldKind.DATE):
            problems.warn_at(place, "number_against_text", at, constant.value, nearest=_as_value(field, constant.value))


def _as_value(field: Field, text: str) -> str:
    """A number or day that was put between quotation marks, as a formula has it; "" when it is neither."""
    if field.kind is FieldKind.DATE:
        day = parse_date(text)
        return _said(day) if isinstance(day, date) else ""
    number = parse_number(text)
    return f"{number:f}" if isinstance(number, Decimal) else ""


def _said(day: date) -> str:
    return f"DATE({day.year},{day.month},{day.day})"


def _days_as_divisions(tree: Node) -> Iterator[tuple[int, date]]:
    """Days written as 31/12/2024, which a formula takes for two divisions: (0-based character, the day)."""
    for node in walk(tree):
        if not (isinstance(node, Binary) and node.operator == "/" and isinstance(node.left, Binary)):
            continue
        inner = node.left
        parts = (inner.left, inner.right, node.right)
        values = [one.value for one in parts if isinstance(one, Constant) and type(one.value) is int]
        if inner.operator == "/" and len(values) == len(parts):
            day = parse_date("/".join(map(str, values)))
            if isinstance(day, date) and isinstance(inner.left, Constant):
                yield inner.left.start, day


def _comparisons(tree: Node) -> Iterator[tuple[Structured, Constant, str]]:
    """Each reference to a column with the constant it is compared with, and how."""
    for node in walk(tree):
        if isinstance(node, Binary) and node.operator in _COMPARING:
            pair = (node.left, node.right)
            for one, other in (pair, pair[::-1]):
                if isinstance(one, Structured) and isinstance(other, Constant):
                    yield one, other, node.operator
        elif isinstance(node, Call) and node.name in _COUNTING:
            start, step = _COUNTING[node.name]
            for place in range(start, len(node.arguments) - 1, step):
                one, other = node.arguments[place], node.arguments[place + 1]
                if isinstance(one, Structured) and isinstance(other, Constant) and not _is_pattern(other):
                    yield one, other, "="


def _is_pattern(constant: Constant) -> bool:
    return isinstance(constant.value, str) and bool(_OPERATORS.search(constant.value))
