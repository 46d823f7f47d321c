"""The sheet Quy tắc as `Rule`s: several rows of one code are the conditions of one rule. Read `read_rules` first."""

from __future__ import annotations

import re
from dataclasses import replace

from thidua_xl.forms.problems import Problems
from thidua_xl.forms.tables import Row, Table
from thidua_xl.model import Condition, Rule, Severity
from thidua_xl.model.rule_kinds import FORMULA_KIND, RULE_KINDS

__all__ = ["EVERY_FORM", "FORMULA_KIND", "REPORT", "read_rules"]

EVERY_FORM = "*"
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
REPORT = "TH"


def read_rules(table: Table, problems: Problems) -> tuple[Rule, ...]:
    """The rules in the book's order. Rows of one code with other effective dates are a rule of their own."""
    found: dict[tuple[object, ...], Rule] = {}
    for row in table.rows:
        rule = _rule(row, problems)
        key = (rule.code, rule.validity.start, rule.validity.end)
        first = found.get(key)
        if first is None:
            if not row.text("Mức độ"):
                problems.add(row.place("Mức độ"), "blank_cell", expected="Mức độ")
            if not rule.message:
                problems.add(row.place("Thông báo"), "blank_cell", expected="Thông báo")
            found[key] = replace(rule, conditions=_conditions(row, problems))
            continue
        if row.text("Mức độ") and rule.severity is not first.severity:
            problems.add(row.place("Mức độ"), "severity_differs", row.text("Mức độ"), expected=first.severity.value)
        found[key] = replace(first, conditions=first.conditions + _conditions(row, problems))
    return tuple(found.values())


def _rule(row: Row, problems: Problems) -> Rule:
    return Rule(
        code=row.code("Mã quy tắc"),
        severity=row.choice("Mức độ", Severity, Severity.ERROR),
        group=row.text("Nhóm"),
        message=row.text("Thông báo"),
        mend=row.text("Cách sửa"),
        message_en=row.text("Thông báo (tiếng Anh)"),
        mend_en=row.text("Cách sửa (tiếng Anh)"),
        clause=row.text("Điều khoản"),
        in_words=row.text("Sai khi (bằng lời)"),
        enabled=row.flag("Bật (1/0)", True),
        validity=row.validity(),
        source_kind=row.text("Loại nguồn"),
        place=row.place("Mã quy tắc"),
    )


def _conditions(row: Row, problems: Problems) -> tuple[Condition, ...]:
    """One condition per form that the row names."""
    kind = _kind(row, problems)
    formula = row.formula("Đúng khi (công thức)")
    if kind == FORMULA_KIND and not formula:
        problems.add(row.place("Đúng khi (công thức)"), "blank_cell", expected="Đúng khi (công thức)")
    if kind == FORMULA_KIND and not row.codes("Trường"):
        # Without a field there is no cell to tell it at: it would never be asked.
        problems.add(row.place("Trường"), "blank_cell", expected="Trường")
    parameters = row.pairs("Tham số")
    for name in parameters:
        if not _PARAMETER.match(name):
            problems.add(row.place("Tham số"), "bad_pair", name, expected="tên=giá trị")
    return tuple(
        Condition(
            form=form,
            fields=row.codes("Trường"),
            kind=kind,
            formula=formula,
            parameters=parameters,
            place=row.place("Đúng khi (công thức)" if formula else "Kiểu kiểm tra"),
        )
        for form in row.codes("Biểu") or (EVERY_FORM,)
    )


def _kind(row: Row, problems: Problems) -> str:
    """The kind as the program knows it; a rule of an unknown one would never be asked."""
    seen = row.needed_text("Kiểu kiểm tra")
    kind = _KINDS.get(seen.casefold(), seen)
    if seen and kind not in RULE_KINDS:
        problems.add(row.place("Kiểu kiểm tra"), "unknown_kind", seen, known=RULE_KINDS)
    return kind


_KINDS = {kind.casefold(): kind for kind in RULE_KINDS}
