"""What is planted and where: `Planted`, and `Case`, one clean workbook with the means to change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from mutation_rounds import CleanRound, with_cells

from thidua_xl.grid.table_cells import Extra
from thidua_xl.model import Book, Condition, Field, FieldKind, Form, Records, Rule, Submission, Value
from thidua_xl.refs import parse_cell

NUMBERS = frozenset({FieldKind.NUMBER, FieldKind.INTEGER, FieldKind.MONEY, FieldKind.PERCENT})
FORMULA = "CONG_THUC"


@dataclass(frozen=True, slots=True)
class Planted:
    """A workbook with one fault. `codes` are the rules of which one must speak, at one of `cells` (A1) of `sheet`.

    No codes: the change may be right, and nothing has to be told; what is told must still be about it. `field` is
    "" for a fault in the structure. `whole` when the finding may stand without a cell; `also` are rules that rightly
    speak too.
    """

    name: str
    unit: str
    book: Book
    sheet: str
    form: str
    field: str = ""
    cells: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    whole: bool = False
    also: frozenset[str] = frozenset()


class Case:
    """One clean workbook and the means to change it."""

    def __init__(self, clean: CleanRound, unit: str, random: Random) -> None:
        self.clean, self.unit, self.random = clean, unit, random
        self.book: Book = clean.books[unit]
        self.submission: Submission = clean.submissions[unit]

    def records(self, form: Form) -> Records:
        return self.submission.records[form.code]

    def place(self, form: Form, field: Field, index: int) -> str:
        records = self.records(form)
        known = field.code in records.letters or field.code in records.single_cells
        return records.cell(field.code, index) if known else ""

    def value(self, form: Form, field: Field, index: int) -> Value:
        return self.records(form).value(field.code, index)

    def written(self, form: Form, cells: Mapping[str, Value], extras: Mapping[str, Extra] | None = None) -> Book:
        """The book with other cells in a form's sheet; its totals follow, as they would in a spreadsheet program."""
        records = self.records(form)
        more = {parse_cell(cell): extra for cell, extra in (extras or {}).items()}
        book = with_cells(self.book, records.sheet, {parse_cell(cell): value for cell, value in cells.items()}, more)
        return self.clean.added_up(self.unit, book)

    def codes(self, form: Form, field: Field | None, *kinds: str) -> frozenset[str]:
        """The rules in force with a condition of one of these kinds that may speak of the field."""
        return frozenset(
            rule.code for rule, one in self.conditions(form) if one.kind in kinds and _covers(one, form, field)
        )

    def formulas(self, form: Form, field: Field, *words: str, group: str = "", alone: bool = False) -> frozenset[str]:
        """The rules whose formula tells its finding at the field, and holds one of the words.

        With `alone` those that look at no other field of the entry: they hold whatever else it says.
        """
        return frozenset(
            rule.code
            for rule, one in self.conditions(form)
            if one.kind == FORMULA
            and one.fields[:1] == (field.code,)
            and (not words or any(word in one.formula for word in words))
            and (not group or rule.group == group)
            and (not alone or one.formula.count("[@") == one.formula.count(f"[@{field.code}]"))
        )

    def planted(
        self,
        name: str,
        form: Form,
        field: Field,
        index: int,
        value: Value,
        codes: frozenset[str],
        extra: Extra | None = None,
    ) -> Planted | None:
        """The fault of another value in one cell; None when the form has no such cell."""
        cell = self.place(form, field, index)
        if not cell:
            return None
        book = self.written(form, {cell: value}, {cell: extra} if extra is not None else None)
        return Planted(name, self.unit, book, self.records(form).sheet, form.code, field.code, (cell,), codes)

    def conditions(self, form: Form) -> Iterator[tuple[Rule, Condition]]:
        for rule in self.clean.rules.rules:
            for one in rule.conditions:
                if one.form in ("", "*") or form.code in one.form.split(";"):
                    yield rule, one


def _covers(one: Condition, form: Form, field: Field | None) -> bool:
    if field is None or not one.fields or "*" in one.fields or field.code in one.fields:
        return True
    words = {field.kind.value, *(["so"] if field.kind in NUMBERS else [])}
    return bool(words & set(one.fields)) and not any(form.field(word) for word in one.fields)
