"""The criteria book as one value.

`Criteria` is the whole book; `Criteria.at(period)` is what is in force for one period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from thidua_xl.model.cells import Value
from thidua_xl.model.forms import Form, Rule, ValueList
from thidua_xl.model.learned import Learned
from thidua_xl.model.registers import Award, Commune, Criterion, HeaderAlias, Period, Setting, Unit
from thidua_xl.model.report_map import ReportSheet


class HasCode(Protocol):
    """A form, a unit, a period: whatever the book gives a code."""

    @property
    def code(self) -> str: ...


Coded = TypeVar("Coded", bound=HasCode)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Sổ tiêu chí — the whole criteria book, or (after `at`) what is in force for one period.

    Collections are tuples in the book's order; look-ups by code are the methods. After `at`, `whole` is the book it
    was taken from: what has expired or is not yet in force can be named there. `learned` is what staff said about
    layouts and names of units' files.
    """

    forms: tuple[Form, ...]
    rules: tuple[Rule, ...]
    lists: Mapping[str, ValueList]
    units: tuple[Unit, ...]
    communes: tuple[Commune, ...]
    periods: tuple[Period, ...]
    awards: tuple[Award, ...]
    criteria: tuple[Criterion, ...] = ()
    report_sheets: tuple[ReportSheet, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    header_aliases: tuple[HeaderAlias, ...] = ()
    reference_tables: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=dict)
    source: str = ""
    sha256: str = ""
    path: str = ""
    period: Period | None = None
    whole: Criteria | None = field(default=None, repr=False, compare=False)
    learned: tuple[Learned, ...] = ()
    # Looked up for every file and finding, and a province has hundreds of units: each table of codes is made once.
    _by_code: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """What tells this book, with all that was learned beside it, from any other; for what is kept of a reading."""
        return "|".join((self.sha256, *(one.sha256 for one in self.learned)))

    def form(self, code: str) -> Form | None:
        """The form of that code, or None."""
        return self._first(self.forms, "forms", code)

    def rule(self, code: str) -> Rule | None:
        """The rule of that code, or None."""
        return self._first(self.rules, "rules", code)

    def unit(self, code: str) -> Unit | None:
        """The unit of that code, or None."""
        return self._first(self.units, "units", code)

    def commune(self, code: str) -> Commune | None:
        """The commune of that code, or None."""
        return self._first(self.communes, "communes", code)

    def award(self, code: str) -> Award | None:
        """The award of that code, or None."""
        return self._first(self.awards, "awards", code)

    def find_period(self, code: str) -> Period | None:
        """The period of that code, or None."""
        return self._first(self.periods, "periods", code)

    def report_sheet(self, code: str) -> ReportSheet | None:
        """The report sheet of that code, or None."""
        return self._first(self.report_sheets, "report_sheets", code)

    def _first(self, items: Sequence[Coded], name: str, code: str) -> Coded | None:
        found: dict[str, Coded] | None = self._by_code.get(name)
        if found is None:
            # Where a code stands twice the first one holds, as for whoever reads the book from the top.
            found = self._by_code[name] = {one.code: one for one in reversed(items)}
        return found.get(code)

    def setting(self, code: str, default: Value = None) -> Value:
        """The value of a setting, `default` when the book has none."""
        found = self.settings.get(code)
        return default if found is None or found.value is None else found.value

    def text_setting(self, code: str, default: str = "") -> str:
        """A setting as text, `default` when the book has none."""
        value = self.setting(code)
        return default if value is None else str(value)

    def at(self, period: Period | str) -> Criteria:
        """What is in force on the last day of the period. KeyError when the code is unknown."""
        if isinstance(period, str):
            found = self.find_period(period)
            if found is None:
                raise KeyError(period)
            period = found
        day = period.day
        return replace(
            self,
            forms=tuple(
                replace(form, fields=tuple(f for f in form.fields if f.validity.covers(day)))
                for form in self.forms
                if form.validity.covers(day)
            ),
            rules=tuple(rule for rule in self.rules if rule.enabled and rule.validity.covers(day)),
            lists={
                code: replace(one, items=tuple(i for i in one.items if i.validity.covers(day)))
                for code, one in self.lists.items()
            },
            units=tuple(unit for unit in self.units if unit.validity.covers(day)),
            communes=tuple(one for one in self.communes if one.validity.covers(day)),
            awards=tuple(award for award in self.awards if award.validity.covers(day)),
            period=period,
            whole=self.whole or self,
        )
