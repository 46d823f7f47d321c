"""Which of the book's rules a unit's workbook can ask by itself, and of which cells. Read `live_checks`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.rule_sheets import EVERY_FORM, FORMULA_KIND
from thidua_xl.formula import FormulaError, Program, compile_formula
from thidua_xl.formula.rule_words import rule_names, rule_schema, table_name
from thidua_xl.model import Condition, Criteria, Field, FieldKind, Form, FormKind, Required, Rule, Severity, Value
from thidua_xl.model.wording import listed_names


class Sort(Enum):
    """What a live check asks of a cell. The values are kinds of the sheet "Quy tắc" (docs/rule-kinds-*.md)."""

    FORMULA = "CONG_THUC"
    REQUIRED = "bat_buoc"
    NUMBER = "khong_phai_so"
    WHOLE = "phai_nguyen"
    DATE = "khong_phai_ngay"
    FLAG = "tich_la"
    LIST = "danh_muc"
    LIMITS = "mien_gia_tri"
    NOT_NEGATIVE = "khong_am"
    LEFT_EMPTY = "trong_khong_khai"


@dataclass(frozen=True, slots=True, eq=False)
class LiveCheck:
    """One rule asked of one field of one form. `program` is the compiled formula of Sort.FORMULA.

    With `by_row` it is asked of each row; otherwise once, and shown at the field's first cell. `listed` names what a
    choice may be, when that is not too much to say.
    """

    sort: Sort
    rule: Rule
    condition: Condition
    form: Form
    field: Field
    program: Program | None = None
    listed: str = ""

    @property
    def by_row(self) -> bool:
        """Whether each row of a table is asked."""
        if self.form.kind is FormKind.SINGLE or self.sort is Sort.LEFT_EMPTY:
            return False
        return self.program is None or bool(self.program.row_columns)


def live_checks(criteria: Criteria, forms: Sequence[Form]) -> tuple[LiveCheck, ...]:
    """The checks of these forms in the order of forms and rules; errors and warnings only.

    Those of the last few books are remembered: a round makes one workbook after the other from the same book.
    """
    for book, known, checks in _RECENT:
        if book is criteria and known == tuple(forms):
            return checks
    made = _checks(criteria, forms)
    _RECENT.append((criteria, tuple(forms), made))
    return made


def understood_columns(checks: Sequence[LiveCheck], forms: Sequence[Form]) -> tuple[tuple[Form, Field], ...]:
    """The choices and ticks of tables that some formula reads as a whole column."""
    read = {
        pair
        for check in checks
        if check.program is not None
        for pair in check.program.columns_used
        if pair[0] in check.program.tables_read
    }
    return tuple(
        (form, field)
        for form in forms
        if form.kind is not FormKind.SINGLE
        for field in form.fields
        if field.kind in (FieldKind.CHOICE, FieldKind.FLAG) and (table_name(form.code), field.code) in read
    )


# Identity of the book, so it is held here; a few suffice, since the office's own workbook has further forms.
_RECENT: deque[tuple[Criteria, tuple[Form, ...], tuple[LiveCheck, ...]]] = deque(maxlen=4)


def _checks(criteria: Criteria, forms: Iterable[Form]) -> tuple[LiveCheck, ...]:
    rules = [rule for rule in criteria.rules if rule.enabled and rule.severity is not Severity.NOTE]
    words, settings = rule_schema(criteria), tuple(rule_names(criteria))
    choices = Choices(criteria)
    found: list[LiveCheck] = []
    for form in forms:
        formulas = list(_formula_checks(form, rules, words, settings))
        found += formulas
        spoken = {(one.rule.group, one.field.code) for one in formulas}
        found += _emptiness(form, rules)
        for one in form.fields:
            found += _field_checks(form, one, rules, choices, spoken)
    return tuple(found)


def _formula_checks(
    form: Form, rules: Iterable[Rule], words: dict[str, dict[str, str]], settings: tuple[str, ...]
) -> Iterator[LiveCheck]:
    for rule in rules:
        for condition in rule.conditions:
            if condition.kind != FORMULA_KIND or condition.form not in (form.code, EVERY_FORM):
                continue
            anchor = next((form.field(code) for code in condition.fields if form.field(code)), None)
            if anchor is None:
                continue
            try:
                home = table_name(form.code)
                program = compile_formula(condition.formula, schema=words, home=home, names=settings, once=True)
            except FormulaError:
                continue  # a rule for every form that speaks of a field this one lacks
            yield LiveCheck(Sort.FORMULA, rule, condition, form, anchor, program)


def _emptiness(form: Form, rules: Iterable[Rule]) -> Iterator[LiveCheck]:
    """A required table must hold rows or be declared empty."""
    if form.kind not in (FormKind.TABLE, FormKind.MATRIX) or not form.required or not form.fields:
        return
    best = _most_exact(Sort.LEFT_EMPTY, form, form.fields[0], rules)
    if best is not None:
        yield LiveCheck(Sort.LEFT_EMPTY, *best, form, form.fields[0])


def _field_checks(
    form: Form, one: Field, rules: Iterable[Rule], choices: Choices, spoken: set[tuple[str, str]]
) -> Iterator[LiveCheck]:
    for sort in Sort:
        if sort in (Sort.FORMULA, Sort.LEFT_EMPTY) or not _concerns(sort, one, choices):
            continue
        best = _most_exact(sort, form, one, rules)
        if best is None:
            continue
        rule, condition = best
        general = condition.form == EVERY_FORM
        if sort is Sort.REQUIRED and general and (rule.group, one.code) in spoken:
            continue  # a rule of the same group speaks of the cell already
        offer = choices.offer(one) if sort is Sort.LIST else None
        listed = listed_names(label for _, label in offer.items) if offer is not None else ""
        yield LiveCheck(sort, rule, condition, form, one, listed=listed)


def _concerns(sort: Sort, one: Field, choices: Choices) -> bool:
    if sort is Sort.REQUIRED:
        # A blank tick means no, and a value given once per group is blank elsewhere.
        asked = one.kind not in (FieldKind.FLAG, FieldKind.SERIAL) and not one.once_per
        return asked and one.required is Required.YES
    if sort is Sort.NUMBER:
        return one.is_numeric
    if sort is Sort.WHOLE:
        return one.is_whole
    if sort is Sort.DATE:
        return one.kind is FieldKind.DATE
    if sort is Sort.FLAG:
        return one.kind is FieldKind.FLAG
    if sort is Sort.LIST:
        return one.kind is FieldKind.CHOICE and choices.offer(one) is not None
    if sort is Sort.LIMITS:
        return one.is_numeric and limits_of(one) != (None, None)
    return one.is_numeric


def limits_of(one: Field) -> tuple[Value, Value]:
    """The limits that `mien_gia_tri` asks about: negative numbers are told by `khong_am`."""
    low = one.minimum if one.minimum is not None and one.minimum > 0 else None
    return low, one.maximum


def _most_exact(sort: Sort, form: Form, one: Field, rules: Iterable[Rule]) -> tuple[Rule, Condition] | None:
    """The condition of that kind that names form and field most exactly."""
    best: tuple[int, Rule, Condition] | None = None
    for rule in rules:
        for condition in rule.conditions:
            if condition.kind != sort.value or f"{form.code}.{one.code}" in _left_out(condition):
                continue
            score = _exactness(condition, form, one)
            if score and (best is None or score > best[0]):
                best = (score, rule, condition)
    return None if best is None else best[1:]


def _left_out(condition: Condition) -> set[str]:
    return {part.strip() for part in condition.parameters.get("tru", "").split(",")}


def _exactness(condition: Condition, form: Form, one: Field) -> int:
    """0 when the condition does not cover the field; else more for each thing it names."""
    if condition.form not in (form.code, EVERY_FORM, ""):
        return 0
    named_form = 1 if condition.form == form.code else 0
    if one.code in condition.fields:
        return 3 + named_form
    words = {one.kind.value} | ({"so"} if one.is_numeric else set())
    if not condition.fields or "*" in condition.fields or words & set(condition.fields):
        return 1 + named_form
    return 0
