"""A round under check: the submissions that count, with those of earlier periods. Read `Round`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from thidua_xl.checks.case import Case
from thidua_xl.checks.ruleset import Check, RuleSet
from thidua_xl.formula import Table
from thidua_xl.model import Criteria, Finding, Period, Submission
from thidua_xl.model.wording import fill

_PLACEHOLDER = re.compile(r"\{([^{}\s]+)\}")


@dataclass(slots=True)
class Round:
    """All files of one period. `submissions` holds superseded versions too, `cases` only those that count.

    `cases` are in the book's order of units, then by file, so that findings do not depend on the order of reading.
    `previous` are submissions of other periods; `without_reports` the tables of earlier reports where there are none.
    """

    criteria: Criteria
    period: Period
    submissions: tuple[Submission, ...]
    today: date
    previous: tuple[Submission, ...] = ()
    rules: RuleSet = field(init=False)
    cases: tuple[Case, ...] = field(init=False)
    without_reports: dict[str, Table] = field(default_factory=dict, init=False)
    _entries: dict[str, dict[str, tuple[Case, int]]] = field(default_factory=dict, init=False)
    _earlier: dict[int, Case] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.rules = RuleSet.of(self.criteria)
        order = {unit.code: index for index, unit in enumerate(self.criteria.units)}
        self.submissions = tuple(
            sorted(
                (one for one in self.submissions if one.period in ("", self.period.code)),
                key=lambda one: (order.get(one.unit, len(order)), one.unit, one.version, one.file),
            )
        )
        self.cases = tuple(Case(one, self.rules, self.today) for one in self.submissions if not one.superseded_by)

    def unit_name(self, code: str) -> str:
        """A unit's name, its code when the book does not know it."""
        unit = self.criteria.unit(code) or (self.criteria.whole or self.criteria).unit(code)
        return unit.name if unit is not None else code

    def rows(self, form_code: str) -> Iterator[tuple[Case, int]]:
        """Every entry of a form in the files that count: its case and 0-based index."""
        form = self.criteria.form(form_code)
        if form is None:
            return
        for case in self.cases:
            for index in case.rows(form):
                yield case, index

    def entries(self, form_code: str) -> Mapping[str, tuple[Case, int]]:
        """The entries of a form by their code in the round: unit, form and place on the sheet, `VPS-S11-2`.

        Codes are in capitals; docs/report-map.md says how an entry gets its code.
        """
        if form_code not in self._entries:
            self._entries[form_code] = {
                entry_code(case.submission.unit, form_code, index): (case, index)
                for case, index in self.rows(form_code)
            }
        return self._entries[form_code]

    def earlier(self, unit: str, *, kind: str = "") -> Iterator[Case]:
        """The unit's cases of earlier periods, latest first; with `kind` only periods of that kind."""
        dated: list[tuple[date, Submission]] = []
        book = self.criteria.whole or self.criteria
        for one in self.previous:
            period = book.find_period(one.period)
            if period is None or period.end is None or one.unit != unit or one.superseded_by:
                continue
            if self.period.end is not None and period.end < self.period.end and kind in ("", period.kind):
                dated.append((period.end, one))
        for _, one in sorted(dated, key=lambda pair: pair[0], reverse=True):
            yield self._earlier.setdefault(id(one), Case(one, self.rules, self.today))


def entry_code(unit: str, form: str, index: int) -> str:
    """The code of entry `index` (0-based) of a unit's form in the round, in capitals."""
    return f"{unit}-{form}-{index + 1}".upper()


def round_finding(
    found: Round,
    check: Check,
    *,
    file: str = "",
    unit: str = "",
    form: str = "",
    sheet: str = "",
    cell: str = "",
    values: Mapping[str, str],
    related: Sequence[str] = (),
) -> Finding:
    """A finding about the round, a unit or a file as a whole; `values` are its placeholders."""
    rule = check.rule
    words = {
        "ky": found.period.name,
        "nam": str(found.period.year or ""),
        "don_vi": found.unit_name(unit),
        "tep": file,
        "o": cell,
        **values,
    }
    templates = (rule.message, rule.mend, rule.message_en, rule.mend_en)
    used = {name: words.get(name, "") for name in dict.fromkeys(_PLACEHOLDER.findall(" ".join(templates)))}
    return Finding(
        code=rule.code,
        severity=rule.severity,
        file=file,
        unit=unit,
        form=form,
        sheet=sheet,
        cell=cell,
        seen=values.get("gia_tri", ""),
        expected=fill(check.text("can"), words) if check.text("can") else "",
        message=fill(templates[0], used),
        mend=fill(templates[1], used),
        message_en=fill(templates[2], used),
        mend_en=fill(templates[3], used),
        clause=rule.clause,
        values=used,
        related=tuple(related),
    )
