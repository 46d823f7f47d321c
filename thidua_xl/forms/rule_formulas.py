"""Formulas of the criteria book, compiled to see that they can be: rules, their parameters, the report's conditions.

Read `check_formulas` first. Each broken formula is noted with the character where it breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from thidua_xl.forms.problems import Problems
from thidua_xl.forms.report_sheets import FORMULA_TAKE
from thidua_xl.forms.rule_sheets import EVERY_FORM, FORMULA_KIND, REPORT
from thidua_xl.formula import FormulaError, Program, compile_formula
from thidua_xl.formula.rule_words import Schema, rule_names, rule_schema, table_name
from thidua_xl.model import Condition, Criteria, FieldKind, Place, ReportSheet

_BRACES = re.compile(r"\{([^{}\"]*)\}")
_FIELD_KINDS = {kind.value for kind in FieldKind}


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles against the words of one criteria book and notes what is wrong."""

    words: Schema
    names: tuple[str, ...]
    problems: Problems

    def compile(self, text: str, home: str | None, place: Place) -> Program | None:
        """The program, or None (and a note) when the formula is broken."""
        try:
            return compile_formula(text, schema=self.words, home=home, names=self.names)
        except FormulaError as error:
            self.problems.add_at(place, f"formula_{error.code}", error.position + 1, error.text, nearest=error.near)
            return None


def check_formulas(criteria: Criteria, problems: Problems) -> None:
    """Note every formula that cannot be compiled; rules that are switched off are looked at too."""
    compiler = Compiler(rule_schema(criteria), tuple(rule_names(criteria)), problems)
    seen: set[tuple[str, str | None, Place]] = set()
    places = {EVERY_FORM, REPORT, *(form.code for form in criteria.forms)}
    places |= {sheet.code for sheet in criteria.report_sheets}
    for rule in criteria.rules:
        for condition in rule.conditions:
            if condition.form not in places:
                continue  # told already; of what its formula speaks nobody can say
            for text in texts(condition):
                for home in homes(criteria, condition):
                    if (text, home, condition.place) not in seen:
                        seen.add((text, home, condition.place))
                        compiler.compile(text, home, condition.place)
    # The report is made from one round: its conditions cannot name earlier reports.
    of_round = replace(compiler, words=rule_schema(criteria, history=False))
    for sheet in criteria.report_sheets:
        _check_report_sheet(criteria, sheet, of_round, problems)


def texts(condition: Condition) -> Iterator[str]:
    """The formulas of one row of the sheet Quy tắc: the rule itself, then the parameters that begin with `=`."""
    if condition.formula and (condition.kind == FORMULA_KIND or condition.formula.startswith("=")):
        yield condition.formula
    for text in condition.parameters.values():
        if text.startswith("="):
            yield text


def homes(criteria: Criteria, condition: Condition) -> tuple[str | None, ...]:
    """The tables in whose rows a condition is asked; (None,) when it belongs to no single form."""
    if criteria.form(condition.form) is not None:
        return (table_name(condition.form),)
    if condition.form == EVERY_FORM:
        codes = [code for code in condition.fields if code not in _FIELD_KINDS and code != EVERY_FORM]
        found = tuple(
            table_name(form.code)
            for form in criteria.forms
            if codes and all(form.field(code) is not None for code in codes)
        )
        return found or (None,)
    return (None,)


def _check_report_sheet(criteria: Criteria, sheet: ReportSheet, compiler: Compiler, problems: Problems) -> None:
    home = table_name(sheet.form) if criteria.form(sheet.form) is not None else None
    if sheet.condition:
        compiler.compile(sheet.condition, home, sheet.place)
    codes = tuple(column.code for column in sheet.columns)
    for column in sheet.columns:
        form = criteria.form(column.form or sheet.form)
        if column.condition:
            compiler.compile(column.condition, table_name(form.code) if form else None, column.place)
        if column.take == FORMULA_TAKE:
            if not column.formula.startswith("="):
                problems.add(column.place, "report_formula_missing", column.formula)
            _check_braces(column.formula, codes, column.place, problems)


def _check_braces(formula: str, codes: Iterable[str], place: Place, problems: Problems) -> None:
    known = tuple(codes)
    for found in _BRACES.finditer(formula):
        if found[1] not in known:
            problems.add_at(place, "unknown_column_in_braces", found.start() + 1, found[1], known=known)
