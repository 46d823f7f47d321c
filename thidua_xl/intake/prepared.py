"""What reading needs of a criteria book, worked out once for all submissions of a period. Read `prepare`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from thidua_xl.grid import TOTAL_LABELS
from thidua_xl.grid.headers import bare_key, header_key, label_parts
from thidua_xl.intake.reporter import RuleIndex, index_rules
from thidua_xl.model import Criteria, Field, FieldKind, Form, FormKind
from thidua_xl.model.registers import AWARDS, COMMUNES, CRITERIA, UNITS
from thidua_xl.text import NameMatch, Names, fold

if TYPE_CHECKING:
    from thidua_xl.intake.plain import Quick

EXPLANATION = "_giai_trinh"
EXPLANATION_LABELS = ("Giải trình", "Giải trình của đơn vị", "Ý kiến giải trình", "Lý do, giải trình")
_KEPT = 8
_cache: dict[tuple[int, str], tuple[Criteria, Prepared]] = {}


@dataclass(slots=True)
class Prepared:
    """A criteria book in force, with its rules by kind, names to match and labels to look for."""

    criteria: Criteria
    rules: RuleIndex
    fitting: dict[Hashable, Form | None] = field(default_factory=dict)  # kept by `locate`
    sheet_names: dict[str, str] = field(default_factory=dict)  # kept by `locate`
    quick: dict[Hashable, Quick | None] = field(default_factory=dict)  # kept by `convert`
    _names: dict[str, Names | None] = field(default_factory=dict)
    _field_codes: frozenset[str] = frozenset()
    _proper: dict[tuple[str, str], str] = field(default_factory=dict)
    _serial_titles: frozenset[str] | None = None
    _forms_of: dict[str, frozenset[str]] | None = None
    _total_labels: tuple[str, ...] = ()
    _expired: dict[str, Names] = field(default_factory=dict)
    _labels: dict[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    _aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def field_codes(self) -> frozenset[str]:
        """The codes of all fields of all forms."""
        if not self._field_codes:
            self._field_codes = frozenset(one.code for form in self.criteria.forms for one in form.fields)
        return self._field_codes

    def forms_of(self, text: str) -> frozenset[str]:
        """The table forms among whose headers, or pieces of stacked ones, a text is; running numbers are left aside."""
        if self._forms_of is None:
            self._forms_of = {}
            for form in self.criteria.forms:
                if is_table(form):
                    own = tuple((code, tuple(names)) for code, names in self.labels(form).items())
                    serial = serial_field(form)
                    for key in label_parts(tuple(one for one in own if one[0] not in (serial, EXPLANATION))):
                        self._forms_of[key] = self._forms_of.get(key, frozenset()) | {form.code}
        key = header_key(text)
        return self._forms_of.get(key) or self._forms_of.get(bare_key(text), frozenset())

    @property
    def serial_titles(self) -> frozenset[str]:
        """The headers of running numbers in all table forms, as they are compared (`header_key`)."""
        if self._serial_titles is None:
            self._serial_titles = frozenset(
                header_key(name)
                for form in self.criteria.forms
                if is_table(form) and (serial := serial_field(form)) is not None
                for name in self.labels(form)[serial]
            )
        return self._serial_titles

    @property
    def total_labels(self) -> tuple[str, ...]:
        """Labels of total rows: the usual ones and what the book's header aliases add to them."""
        if not self._total_labels:
            known = {fold(one) for one in TOTAL_LABELS}
            groups = [(one.label, *one.aliases) for one in self.criteria.header_aliases]
            more = [name for group in groups if any(fold(one) in known for one in group) for name in group]
            self._total_labels = (*TOTAL_LABELS, *more)
        return self._total_labels

    def match(self, choices: str, text: str) -> NameMatch | None:
        """What a text stands for in a list or register; None when there is no such list.

        Units and communes that are no longer in force still match: a rule says what took their place.
        """
        names = self._list(choices)
        if names is None:
            return None
        found = names.match(text)
        register = choices.partition(":")[0]
        if found.code is None and register in (UNITS, COMMUNES) and self.criteria.whole is not None:
            if register not in self._expired:
                self._expired[register] = Names(_candidates(self.criteria.whole, register) or {})
            late = self._expired[register].match(text)
            return late if late.code is not None else found
        return found

    def proper_name(self, choices: str, code: str) -> str:
        """The label of a code, the code itself when unknown."""
        key = choices, code
        if key not in self._proper:
            self._proper[key] = self._proper_name(choices, code)
        return self._proper[key]

    def _proper_name(self, choices: str, code: str) -> str:
        for book in (self.criteria, self.criteria.whole):
            names = _candidates(book, choices) if book is not None else None
            if names and names.get(code):
                return names[code][0]
        return code

    def codes(self, choices: str) -> tuple[str, ...]:
        """The codes of a list or register."""
        return tuple(_candidates(self.criteria, choices) or ())

    def labels(self, form: Form) -> Mapping[str, Sequence[str]]:
        """Field code -> the headers it may stand under, the proper one first; the explanation's column too."""
        found = self._labels.get(form.code)
        if found is None:
            found = {one.code: self._headers(one) for one in form.fields}
            found[EXPLANATION] = EXPLANATION_LABELS
            self._labels[form.code] = found
        return found

    def _headers(self, one: Field) -> tuple[str, ...]:
        names = [f"{one.group} / {one.label}"] if one.group else []
        names += [one.label, *one.aliases]
        for known in self.criteria.header_aliases:
            group = (known.label, *known.aliases)
            if any(fold(one.label) == fold(name) for name in group):
                names += group
        return tuple(dict.fromkeys(names))

    def _list(self, choices: str) -> Names | None:
        if choices not in self._names:
            candidates = _candidates(self.criteria, choices)
            self._names[choices] = Names(candidates) if candidates is not None else None
        return self._names[choices]


def prepare(criteria: Criteria, period: str = "") -> Prepared:
    """The book in force for a period (as it is for ""), prepared; kept for the next submissions."""
    key = id(criteria), period
    kept = _cache.get(key)
    if kept is not None and kept[0] is criteria:
        return kept[1]
    in_force = (
        criteria.at(period) if period and (criteria.period is None or criteria.period.code != period) else criteria
    )
    # Most periods ask for the same forms: then what was found on the sheets for one holds for the other.
    alike = (one.criteria.forms for book, one in _cache.values() if book is criteria)
    forms = next((forms for forms in alike if forms == in_force.forms), in_force.forms)
    made = Prepared(replace(in_force, forms=forms), index_rules(in_force.rules))
    if len(_cache) >= _KEPT:
        del _cache[next(iter(_cache))]
    # The book itself is kept beside its id, so that the id cannot come to mean another book.
    _cache[key] = criteria, made
    return made


def _candidates(criteria: Criteria, choices: str) -> dict[str, list[str]] | None:
    """Code -> names of a list or register ("TIEU_CHI:TAP_THE,CHUNG" keeps these groups), None when there is none."""
    register, _, only = choices.partition(":")
    groups = {one.strip() for one in only.split(",") if one.strip()}
    if register == UNITS:
        return {
            one.code: [one.name, one.short, *one.aliases] for one in criteria.units if not groups or one.bloc in groups
        }
    if register == COMMUNES:
        return {one.code: [one.name, *one.aliases, one.gso] for one in criteria.communes}
    if register == AWARDS:
        return {one.code: [one.name] for one in criteria.awards}
    if register == CRITERIA:
        found: dict[str, list[str]] = {}
        for criterion in criteria.criteria:
            if not groups or criterion.group in groups:
                found.setdefault(criterion.code, []).append(criterion.label)
        return found
    listed = criteria.lists.get(register)
    if listed is None:
        return None
    return {item.code: [item.label, *item.aliases] for item in listed.items}


def is_table(form: Form) -> bool:
    """Whether the form has a row per entry."""
    return form.kind in (FormKind.TABLE, FormKind.MATRIX)


def serial_field(form: Form) -> str | None:
    """The code of the form's column of running numbers."""
    return next((one.code for one in form.fields if one.kind is FieldKind.SERIAL), None)
