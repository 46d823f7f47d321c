"""What every layout of the report works on. Read `Board`, then `Row`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from thidua_xl.merge.rows import RowFilter
from thidua_xl.model import (
    CellError,
    ClosedPeriod,
    Criteria,
    Field,
    FieldKind,
    Finding,
    Invalid,
    Period,
    Records,
    ReportRow,
    ReportTable,
    Source,
    Submission,
    UnitStatus,
    Value,
)
from thidua_xl.model.registers import AWARDS, COMMUNES, UNITS
from thidua_xl.text import nfc

# A key of this code that the form does not have is the entry's code in the province (docs/report-map.md).
ENTRY_CODE = "ma_dong"
# The kind of the rows that make up a table.
DETAIL = "DETAIL"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its submission, its form (which the submission has) and its 0-based index there."""

    submission: Submission
    form: str
    index: int

    @property
    def records(self) -> Records:
        """The records of its form."""
        return self.submission.records[self.form]

    def value(self, code: str) -> Value:
        """A field's value; the entry's code in the province for `ma_dong` when the form has no such field."""
        records = self.records
        if code == ENTRY_CODE and code not in records.columns:
            return f"{self.submission.unit}-{records.form}-{self.index + 1}"
        return records.value(code, self.index)

    def source(self, code: str) -> Source:
        """The cell of a field with its value; without a code the entry's first cell and no value."""
        records = self.records
        value = records.value(code, self.index) if code else None
        return Source(self.submission.file, records.sheet, records.cell(code, self.index), value)


@dataclass(slots=True)
class Board:
    """The book in force, what was taken in, the state of the units, compiled conditions.

    `taken` are the submissions that count, in the book's order of units; `tables` those already made, for layouts
    that compare; `closed` the closed periods, oldest first.
    """

    criteria: Criteria
    period: Period
    taken: tuple[Submission, ...]
    statuses: tuple[UnitStatus, ...]
    findings: tuple[Finding, ...]
    rows: RowFilter
    closed: Sequence[ClosedPeriod] = ()
    tables: dict[str, ReportTable] = field(default_factory=dict)
    indexes: dict[object, dict[object, list[Row]]] = field(default_factory=dict)
    _names: dict[str, dict[str, str]] = field(default_factory=dict)
    _details: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    _chosen: dict[tuple[str, str], dict[int, Collection[int]]] = field(default_factory=dict)

    def entries(self, form: str, condition: str = "", within: Submission | None = None) -> Iterator[Row]:
        """Every entry of a form that satisfies the condition, in order of unit then sheet row."""
        for submission in self.taken if within is None else (within,):
            for index in self.rows.rows(submission, form, condition):
                yield Row(submission, form, index)

    def is_chosen(self, row: Row, condition: str) -> bool:
        """Whether an entry satisfies a condition, found once for all entries of its form."""
        if not condition:
            return True
        known = self._chosen.get((row.form, condition))
        if known is None:
            known = {id(one): frozenset(self.rows.rows(one, row.form, condition)) for one in self.taken}
            self._chosen[row.form, condition] = known
        return row.index in known.get(id(row.submission), ())

    def detail_rows(self, code: str, key: str) -> Sequence[ReportRow]:
        """The detail rows of a table made before that have this key."""
        if code not in self.tables:
            return ()
        rows = self.tables[code].rows
        if code not in self._details:
            places: dict[str, list[int]] = {}
            for place, row in enumerate(rows):
                if row.kind == DETAIL:
                    places.setdefault(row.key, []).append(place)
            self._details[code] = places
        return [rows[place] for place in self._details[code].get(key, ())]

    def field(self, form: str, code: str) -> Field | None:
        """The field of a form, None when the book has none."""
        found = self.criteria.form(form)
        return None if found is None else found.field(code)

    def choices(self, source: str) -> dict[str, str]:
        """Code -> label of a list, or of the sheet that a field's "Danh mục" names, in the book's order."""
        source = source.partition(":")[0]
        if source not in self._names:
            self._names[source] = _choices_of(self.criteria, source)
        return self._names[source]

    def every_choice(self, source: str) -> dict[str, str]:
        """The same with what is no longer or not yet in force at the end: entries of an earlier year name it."""
        source = source.partition(":")[0]
        name = f"{source}*"
        if name not in self._names:
            whole = self.criteria.whole or self.criteria
            self._names[name] = {**self.choices(source), **_choices_of(whole, source), **self.choices(source)}
        return self._names[name]

    def label(self, field: Field | None, code: str) -> str:
        """What people read for a code: the label of its list item, unit, commune or award; else the code itself."""
        if field is None or not field.choices or field.kind not in {FieldKind.CHOICE, FieldKind.CODE}:
            return nfc(code)
        return self.every_choice(field.choices).get(code, code)

    def shown(self, form: str, code: str, value: Value) -> Value:
        """A source value as the report shows it: a choice by its label, a flag as x or blank, the rest as it is."""
        if isinstance(value, bool):
            return "x" if value else None
        if isinstance(value, Invalid):
            return value.seen
        if isinstance(value, CellError):
            return value.code
        if isinstance(value, str):
            return self.label(self.field(form, code), value)
        return value


def _choices_of(criteria: Criteria, source: str) -> dict[str, str]:
    if source == UNITS:
        return {one.code: one.name for one in criteria.units}
    if source == COMMUNES:
        return {one.code: one.name for one in criteria.communes}
    if source == AWARDS:
        return {one.code: one.name for one in criteria.awards}
    found = criteria.lists.get(source)
    return {one.code: one.label for one in found.items} if found is not None else {}
