"""Faults found while reading -> findings, worded by the criteria book. Read `Reporter.report`.

A rule is looked up by the kind of its condition and the place it covers; the kinds are listed in
`docs/rule-kinds-intake.md`. A rule that is off or not in force makes no finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from thidua_xl.model import NUMERIC, Condition, Criteria, Field, FieldKind, Finding, Form, Rule, Severity
from thidua_xl.model.wording import fill

_EVERY = frozenset({"", "*"})
Found = tuple[Rule, Condition] | None


class RuleIndex(dict[str, list[tuple[Rule, Condition]]]):
    """The enabled rules by the kinds of their conditions; what was looked up is kept for the next submissions."""

    def __init__(self) -> None:
        super().__init__()
        self.best: dict[tuple[str, str | None, str | None], Found] = {}
        self.naming: dict[tuple[str, str, str], bool] = {}


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the file: sheet, A1 cell, row, column letters; "" and None where they make no sense."""

    sheet: str = ""
    cell: str = ""
    row: int | None = None
    column: str = ""


NOWHERE = Where()


class Reporter:
    """Collects the findings of one submission."""

    def __init__(self, criteria: Criteria, index: RuleIndex, file: str) -> None:
        self.findings: list[Finding] = []
        self.left_out: list[tuple[str, str]] = []  # place and text of rows taken for titles
        self._criteria = criteria
        self._index = index
        self._file = file
        self._unit = self._unit_name = ""
        self._told: set[tuple[str, str, str, str]] = set()

    def set_unit(self, code: str) -> None:
        """The unit that reports is known from now on."""
        self._unit = code
        unit = self._criteria.unit(code)
        self._unit_name = unit.name if unit is not None else code

    def rule(self, kind: str, form: Form | None = None, field: Field | None = None) -> Found:
        """The rule of a kind that covers a place most exactly, None when there is none in force."""
        key = kind, form.code if form is not None else None, field.code if field is not None else None
        if key in self._index.best:
            return self._index.best[key]
        best: Found = None
        most = 0
        for rule, condition in self._index.get(kind, ()):
            exactness = covers(condition, form, field)
            if exactness > most:
                most, best = exactness, (rule, condition)
        self._index.best[key] = best
        return best

    def names_field(self, kind: str, form: Form, field: Field) -> bool:
        """Whether a rule of the kind names this very field."""
        key = kind, form.code, field.code
        if key not in self._index.naming:
            self._index.naming[key] = any(
                field.code in condition.fields and covers(condition, form, field)
                for _, condition in self._index.get(kind, ())
            )
        return self._index.naming[key]

    def report(
        self,
        kind: str,
        where: Where = NOWHERE,
        *,
        form: Form | None = None,
        field: Field | None = None,
        seen: str = "",
        instead: str = "",
        **values: str,
    ) -> None:
        """Add the finding of a kind at a place.

        `values` are further placeholders; `instead` is the kind asked when the book knows no rule of `kind` in force.
        """
        found = self.rule(kind, form, field)
        if found is None and instead and kind not in self._index:
            found = self.rule(instead, form, field)
        if found is None:
            return
        rule, condition = found
        # Missing columns share a cell of the heading row; findings without a cell differ by form, field and words.
        apart = field.code if field else ""
        if not where.cell:
            apart = f"{form.code if form else 0}.{apart}{sorted(values.items())}"
        key = rule.code, where.sheet, where.cell, apart
        if key in self._told:
            return
        self._told.add(key)
        words = self._words(where, form, field, seen)
        words.update(values)
        own = condition.parameters
        self.findings.append(
            Finding(
                code=rule.code,
                severity=_severity(rule, own),
                file=self._file,
                unit=self._unit,
                form=form.code if form is not None else "",
                sheet=where.sheet,
                cell=where.cell,
                field_code=field.code if field is not None else "",
                seen=seen,
                expected=fill(own.get("can", ""), words),
                message=fill(own.get("thong_bao") or rule.message, words),
                mend=fill(own.get("cach_sua") or rule.mend, words),
                message_en=fill(own.get("thong_bao_en") or rule.message_en, words),
                mend_en=fill(own.get("cach_sua_en") or rule.mend_en, words),
                clause=rule.clause,
                values=words,
            )
        )

    def _words(self, where: Where, form: Form | None, field: Field | None, seen: str) -> dict[str, str]:
        period = self._criteria.period
        label = field.label if field is not None else ""
        return {
            "o": where.cell,
            "dong": str(where.row) if where.row is not None else "",
            "cot": where.column,
            "gia_tri": seen,
            "trang": where.sheet,
            "bieu": form.code if form is not None else "",
            "ten_bieu": form.title if form is not None else where.sheet,
            "ten_cot": label,
            "ten_truong": label,
            "don_vi": self._unit_name,
            "ky": period.name if period is not None else "",
            "nam": str(period.year or "") if period is not None else "",
            "tep": self._file,
        }


def _severity(rule: Rule, parameters: Mapping[str, str]) -> Severity:
    """The severity of a rule, or the one that a row of it has for itself (`muc_do=THONG_TIN`)."""
    own = parameters.get("muc_do", "")
    return Severity(own) if own in {one.value for one in Severity} else rule.severity


def index_rules(rules: Iterable[Rule]) -> RuleIndex:
    """The enabled rules by the kinds of their conditions."""
    index = RuleIndex()
    for rule in rules:
        if rule.enabled:
            for condition in rule.conditions:
                index.setdefault(condition.kind.strip().casefold(), []).append((rule, condition))
    return index


def covers(condition: Condition, form: Form | None, field: Field | None) -> int:
    """How exactly a condition covers a place, 0 when it does not: a named field counts more than a named form."""
    exactness = 1
    forms = {one.strip() for one in condition.form.split(";")}
    if not forms & _EVERY:
        if form is None or form.code not in forms:
            return 0
        exactness += 1
    named = {one for one in condition.fields if one not in _EVERY}
    if named:
        if field is None:
            # About the form as a whole: a rule that names its form and some field of it is meant.
            return 1 if exactness > 1 else 0
        if field.code in named:
            exactness += 4
        elif _kind_words(field) & named:
            exactness += 2
        else:
            return 0
    return exactness


def _kind_words(field: Field) -> frozenset[str]:
    """The words by which a rule may mean every field of a kind; "so" means all numbers."""
    if field.kind in NUMERIC:
        return frozenset({field.kind.value, FieldKind.NUMBER.value})
    return frozenset({field.kind.value})
