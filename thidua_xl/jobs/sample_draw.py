"""Values out of written material: numbers and days drawn from their ranges, people named, placeholders filled.

Everything follows from the seed; `Draw` is one unit's own source of chance, so that a row added to one unit leaves
the others as they were. Read `Draw` first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from thidua_xl.jobs.sample_material import Material, NamePool, Post, Raw
from thidua_xl.model import Criteria, Field, FieldKind, ListItem, Period, Value, ValueList
from thidua_xl.text import fold

_COMMUNES = "DIA_BAN"
_ALONE = re.compile(r"\{(\w+)\}\Z")


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person of a unit."""

    code: str
    name: str
    post: Post
    sex: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Moves the days of the written period into another period, keeping their order."""

    written_start: date
    written_end: date
    start: date
    end: date

    @classmethod
    def between(cls, material: Material, period: Period) -> Calendar:
        """From the period the material was written for into another; without dates nothing moves."""
        return cls(material.start, material.end, period.start or material.start, period.end or material.end)

    def moved(self, day: date) -> date:
        """The same share of the way through the period; days before or after it keep their distance."""
        if self.start == self.written_start and self.end == self.written_end:
            return day
        if day < self.written_start:
            return self.start - (self.written_start - day)
        if day > self.written_end:
            return self.end + (day - self.written_end)
        share = Decimal((day - self.written_start).days) / (self.written_end - self.written_start).days
        return self.start + timedelta(days=int(share * (self.end - self.start).days))


class Draw:
    """One unit's source of chance."""

    def __init__(self, seed: int, key: str, calendar: Calendar) -> None:
        self._random = Random(f"{seed}:{key}")
        self._calendar = calendar

    def value(self, raw: Raw, words: Mapping[str, Value]) -> Value:
        """A written value made definite: ranges drawn, placeholders filled from `words`; "" becomes None."""
        if isinstance(raw, tuple):
            return self._from_range(raw)
        if isinstance(raw, date):
            return self._calendar.moved(raw)
        if isinstance(raw, str):
            alone = _ALONE.match(raw)
            if alone is not None:
                found = words[alone[1]]
                return None if found == "" else found
            return raw.format_map(words) or None
        return raw

    def number(self, low: int, high: int, step: int) -> int:
        """One of low, low + step, ... up to high."""
        return self._random.randrange(low, high + 1, step)

    def day(self, first: date, last: date) -> date:
        """A day of the range, a working day when it holds one."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        working = [one for one in days if one.weekday() < 5]
        return self._random.choice(working or days)

    def people(self, unit: str, staff: Sequence[Post], pools: Sequence[NamePool], taken: set[str]) -> list[Person]:
        """Named people for a unit's staff; no two share a name. `taken` holds folded names and is added to."""
        found = []
        for number, post in enumerate(staff, start=1):
            sex = post.sex or self._random.choice(sorted(pools[0].given))
            name = self._name(sex, pools)
            while fold(name) in taken:
                name = self._name(sex, pools)
            taken.add(fold(name))
            found.append(Person(f"{unit}-{number:02}", name, post, sex))
        return found

    def _name(self, sex: str, pools: Sequence[NamePool]) -> str:
        pool = self._random.choice(pools)
        parts = pool.family, pool.middle[sex], pool.given[sex]
        return " ".join(self._random.choice(names) for names in parts)

    def _from_range(self, raw: tuple[int, int, int] | tuple[date, date]) -> Value:
        first, last = raw[0], raw[1]
        if isinstance(first, date) and isinstance(last, date):
            return self.day(self._calendar.moved(first), self._calendar.moved(last))
        low, high, step = (int(str(one)) for one in raw)
        return self.number(low, high, step)


def typed(value: Value, field: Field, book: Criteria) -> Value:
    """A drawn value as the field wants it: exact numbers, list codes, yes or no.

    What the material names and `book` no longer has in force is replaced: a commune by the one it became part of, a
    choice by the next one of its list.
    """
    if value is None:
        return None
    if field.kind is FieldKind.CHOICE and isinstance(value, str):
        if field.choices == _COMMUNES:
            return commune_in_force(value, book)
        whole = (book.whole or book).lists.get(field.choices)
        return _still_in_force(_choice(value, whole), whole, book.lists.get(field.choices))
    if field.kind is FieldKind.FLAG:
        return value if isinstance(value, bool) else bool(value)
    if field.kind in (FieldKind.INTEGER, FieldKind.SERIAL):
        return int(str(value))
    if field.is_numeric:
        return Decimal(str(value))
    if field.kind in (FieldKind.TEXT, FieldKind.CODE, FieldKind.CODES):
        return str(value)
    return value


def commune_in_force(code: str, book: Criteria) -> str:
    """The commune itself when it is in force, else the one that took its place; the code as it is when none did."""
    found = (book.whole or book).commune(code)
    while book.commune(code) is None and found is not None and found.successor:
        code = found.successor
        found = (book.whole or book).commune(code)
    return code


def _still_in_force(code: str, whole: ValueList | None, listed: ValueList | None) -> str:
    if whole is None or listed is None or listed.item(code) is not None:
        return code
    codes = [one.code for one in whole.items]
    later = codes[codes.index(code) :] if code in codes else []
    return next((one for one in later if listed.item(one) is not None), code)


def _choice(value: str, known: ValueList | None) -> str:
    """The code of a choice written by its code, label or other name; as written when the list has none such."""
    if known is None or known.item(value) is not None:
        return value
    wanted = fold(value)
    return next((item.code for item in known.items if wanted in _names(item)), value)


def _names(item: ListItem) -> set[str]:
    return {fold(name) for name in (item.label, *item.aliases)}
