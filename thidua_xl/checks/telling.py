"""Findings in finished sentences: templates of the criteria book filled with the values of one place. Read `tell`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from thidua_xl.checks.case import Case
from thidua_xl.checks.ruleset import Check
from thidua_xl.checks.showing import shown
from thidua_xl.model import Field, Finding, Records
from thidua_xl.model.wording import fill

_PLACEHOLDER = re.compile(r"\{([^{}\s]+)\}")

# Parameters that replace the rule's own words for one condition, and what was expected.
MESSAGE, MESSAGE_EN, MEND, MEND_EN, EXPECTED = "thong_bao", "thong_bao_en", "cach_sua", "cach_sua_en", "can"

# A whole paragraph typed into a cell would drown the sentence that quotes it.
_LONGEST_QUOTE = 120

_NOTHING: Mapping[str, str] = {}


def tell(
    case: Case,
    check: Check,
    *,
    field: Field | None = None,
    index: int | None = None,
    cell: str | None = None,
    values: Mapping[str, str] = _NOTHING,
    values_en: Mapping[str, str] = _NOTHING,
    related: Sequence[str] = (),
) -> Finding:
    """The finding of a check about one field of one entry (0-based `index`), or about the file when both are None.

    `cell` overrides the place; `values` are further placeholders, `values_en` those that differ in English.
    """
    form = check.form
    records = case.records(form.code) if form is not None else None
    if cell is None:
        cell = _cell(records, field, index)
    words = _Words(case, check, field, index, cell, values)
    rule = check.rule
    templates = (
        check.text(MESSAGE) or rule.message,
        check.text(MEND) or rule.mend,
        check.text(MESSAGE_EN) or rule.message_en,
        check.text(MEND_EN) or rule.mend_en,
    )
    used = {name: words[name] for name in dict.fromkeys(_PLACEHOLDER.findall(" ".join(templates)))}
    english = {**used, **{name: value for name, value in values_en.items() if name in used}}
    sheet = records.sheet if records is not None else ""
    others = [f"{case.submission.file}|{sheet}|{one}" for one in _further(check, records, field, index, cell)]
    return Finding(
        code=rule.code,
        severity=rule.severity,
        file=case.submission.file,
        unit=case.submission.unit,
        form=form.code if form is not None else "",
        sheet=sheet,
        cell=cell,
        field_code=field.code if field is not None else "",
        seen=words["gia_tri"],
        expected=words[EXPECTED],
        message=fill(templates[0], used),
        mend=fill(templates[1], used),
        message_en=fill(templates[2], english),
        mend_en=fill(templates[3], english),
        clause=rule.clause,
        values=used,
        related=(*related, *others),
        explanation=_explanation(records, cell, index),
    )


def _cell(records: Records | None, field: Field | None, index: int | None) -> str:
    if records is None or index is None:
        return ""
    return records.cell(field.code if field is not None else "", index)


def _further(check: Check, records: Records | None, field: Field | None, index: int | None, cell: str) -> Iterator[str]:
    """The cells of the other fields that a formula compares, so that the office sees both sides."""
    if records is None or index is None or field is None or check.program is None:
        return
    for other in check.fields:
        if other is not field and (other.code in records.letters or other.code in records.single_cells):
            place = records.cell(other.code, index)
            if place and place != cell:
                yield place


def _explanation(records: Records | None, cell: str, index: int | None) -> str:
    if records is None:
        return ""
    found = records.explanations.get(cell, "")
    if not found and index is not None and index < len(records.rows):
        found = records.explanations.get(str(records.rows[index]), "")
    return found


class _Words:
    """The placeholders of one finding, each worked out when a template asks for it."""

    def __init__(
        self, case: Case, check: Check, field: Field | None, index: int | None, cell: str, values: Mapping[str, str]
    ) -> None:
        self.case, self.check, self.field, self.index, self.cell, self.values = case, check, field, index, cell, values
        self.records = case.records(check.form.code) if check.form is not None else None

    def __getitem__(self, name: str) -> str:
        if name in self.values:
            return self.values[name]
        if name == EXPECTED:
            return self._expected()
        if name in self.check.parameters:
            return self.case.shown_parameter(self.check, name, self.index)
        common = _COMMON.get(name)
        return common(self) if common is not None else self.of_row(name)

    def of_row(self, code: str) -> str:
        """A field of the row."""
        if self.check.form is None or self.records is None or self.index is None:
            return ""
        value = self.records.value(code, self.index)
        return shown(value, self.check.form.field(code), self.case.rules.criteria)

    def quoted(self) -> str:
        """The value at the finding's place, cut when it is long."""
        text = self.of_row(self.field.code) if self.field is not None else ""
        return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"

    def row(self) -> str:
        """The sheet's row number."""
        if self.records is not None and self.index is not None and self.index < len(self.records.rows):
            return str(self.records.rows[self.index])
        return "".join(sign for sign in self.cell if sign.isdigit())

    def unit(self) -> str:
        """The reporting unit's name, its code when the book does not know it."""
        code = self.case.submission.unit
        found = self.case.rules.criteria.unit(code)
        return found.name if found is not None else code

    def _expected(self) -> str:
        found = self.check.parameters.get(EXPECTED)
        if found is None:
            return ""
        if found.text.startswith("="):
            return self.case.shown_parameter(self.check, EXPECTED, self.index)
        return fill(found.text, {name: self[name] for name in _PLACEHOLDER.findall(found.text)})


def _period_name(words: _Words) -> str:
    period = words.case.rules.criteria.period
    return period.name if period is not None else words.case.submission.period


def _year(words: _Words) -> str:
    period = words.case.rules.criteria.period
    return str(period.year) if period is not None and period.year is not None else ""


# Placeholders that every message may use (docs/criteria-book.md); any field code of the row may stand too.
_COMMON: Mapping[str, Callable[[_Words], str]] = {
    "gia_tri": _Words.quoted,
    "dong": _Words.row,
    "o": lambda words: words.cell,
    "cot": lambda words: words.field.label if words.field is not None else "",
    "ten_truong": lambda words: words.field.label if words.field is not None else "",
    "ten_cot": lambda words: words.field.label if words.field is not None else "",
    "ten_bieu": lambda words: words.check.form.title if words.check.form is not None else "",
    "don_vi": _Words.unit,
    "ky": _period_name,
    "nam": _year,
    "tep": lambda words: words.case.submission.file,
}
