"""Whether what was planted is told, at its cell, with nothing beside it. Read `judged`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from mutation_cases import Planted
from mutation_rounds import CleanRound, with_cells

from thidua_xl.grid.table_cells import Extra, rows_of
from thidua_xl.model import Book, FieldKind, Finding, Rule
from thidua_xl.refs import parse_cell

FOUND, MISSED, WRONG_CELL = "found", "missed", "wrong cell"
_ROUNDS = 6
# Numbers as findings show them: 1.234,5.
_NUMBER = re.compile(r"-?\d+(?:\.\d{3})*(?:,\d+)?")
_CELL = re.compile(r"([A-Z]+)(\d+)\Z")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` is FOUND, MISSED or WRONG_CELL ("" when nothing had to be told).

    `false` are findings that do not speak of what was planted; `again` those that speak of the same cell a second
    time; `follows` what rightly follows from it elsewhere. `mended` tells whether setting right every cell that was
    listed leaves nothing (None: nothing was listed that a value can mend).
    """

    planted: Planted
    state: str
    told: tuple[Finding, ...]
    false: tuple[Finding, ...]
    again: tuple[Finding, ...]
    follows: tuple[Finding, ...]
    mended: bool | None


def judged(clean: CleanRound, planted: Planted, *, mend: bool = True) -> Verdict:
    """The verdict on one planted fault."""
    told = clean.findings(planted.unit, planted.book)
    expected = [one for one in told if one.code in planted.codes]
    at_cell = [one for one in expected if _is_there(planted, one)]
    state = "" if not planted.codes else FOUND if at_cell else WRONG_CELL if expected else MISSED
    there = [one for one in told if not planted.codes and _is_there(planted, one)]
    main = at_cell[:1] or expected[:1] or there[:1]
    rest = [one for one in told if one not in main]
    again = [one for one in rest if planted.field and one.sheet == planted.sheet and one.cell in planted.cells]
    others = [one for one in rest if one not in again]
    speaks = _reader(clean, planted)

    def reads(one: Finding) -> bool:
        return one.code in planted.also or speaks(one)

    follows = [one for one in others if reads(one)]
    false = [one for one in others if not reads(one)]
    mended = _mended(clean, planted, told) if mend and told else None
    return Verdict(planted, state, told, tuple(false), tuple(again), tuple(follows), mended)


def _is_there(planted: Planted, one: Finding) -> bool:
    if planted.whole and not one.cell:
        return True
    return one.file == planted.book.file and one.sheet == planted.sheet and one.cell in planted.cells


def _reader(clean: CleanRound, planted: Planted) -> Callable[[Finding], bool]:
    """Whether a finding's rule looks at what was planted."""
    rules = {rule.code: rule for rule in clean.rules.rules}
    form = clean.rules.form(planted.form)
    codes = [one.code for one in form.fields] if form is not None and planted.field in ("", "*") else [planted.field]

    def reads(one: Finding) -> bool:
        rule = rules.get(one.code)
        if rule is None:
            return False
        return any(_names(rule, planted.form, code, one.form) for code in codes)

    return reads


def _names(rule: Rule, form: str, code: str, told_at: str) -> bool:
    words = _words(rule)
    own = form == told_at and (f"[@{code}]" in words or code in _fields(rule))
    # A kind whose `bang` is the form refers to its entries by number.
    refers = any(one.parameters.get("bang") == form for one in rule.conditions)
    return own or refers or f"TD_{form}[{code}]" in words or f"{form}.{code}" in words


@lru_cache(maxsize=1024)
def _text(rule_code: str, parts: tuple[str, ...]) -> str:
    return " ".join(parts)


def _words(rule: Rule) -> str:
    parts: list[str] = []
    for one in rule.conditions:
        parts += [one.formula, *one.parameters.values()]
    return _text(rule.code, tuple(parts))


def _fields(rule: Rule) -> set[str]:
    found: set[str] = set()
    for one in rule.conditions:
        found.update(one.fields)
        for value in one.parameters.values():
            found.update(part.strip() for part in value.split(","))
    return found


def _mended(clean: CleanRound, planted: Planted, told: tuple[Finding, ...]) -> bool | None:
    """Whether nothing is left when the unit mends what is listed, as a clerk who reads it would: where the fault was
    planted the cell is set right, or the whole entry that is another unit's; where another cell no longer agrees
    with it, that one is set to the number expected there ("31", "từ 31 trở lên"), and so on with what this brings:
    a blank cell of words that has to say something now is filled in.
    """
    if planted.name in _NO_VALUE:
        return None
    book = planted.book
    for _ in range(_ROUNDS):
        places = {(one.sheet, one.cell) for one in told if one.file == book.file and _CELL.match(one.cell)}
        for one in told:
            places.update(_place(place) for place in one.related)
        there = {(planted.sheet, cell) for cell in planted.cells} & places
        if there and planted.name in _WHOLE_ENTRY:
            book = _set_back(clean, planted, book, _entries(clean, planted))
        elif there:
            book = _set_back(clean, planted, book, there)
        else:
            for one in told:
                book = _as_expected(one, book) if one.seen else _filled_in(clean, one, book)
        book = clean.added_up(planted.unit, book)
        told = clean.findings(planted.unit, book)
        if not told:
            return True
    return False


def _place(related: str) -> tuple[str, str]:
    _, sheet, cell = related.split("|")
    return sheet, cell


def _set_back(clean: CleanRound, planted: Planted, book: Book, places: set[tuple[str, str]]) -> Book:
    """The cells as they are in the clean workbook, with their formulas and fonts."""
    for name, cell in places:
        original, place = clean.books[planted.unit].sheet(name), parse_cell(cell)
        if original is None:
            continue
        extras = getattr(original.cells, "extras", {})
        value = rows_of(original).get(place[0], {}).get(place[1])
        beside = {} if value is None and place not in extras else {place: extras.get(place, Extra())}
        book = with_cells(book, name, {place: value}, beside)
    return book


def _as_expected(one: Finding, book: Book) -> Book:
    numbers = _NUMBER.findall(one.expected)
    if len(numbers) != 1 or not _CELL.match(one.cell) or one.file != book.file:
        return book
    wanted = Decimal(numbers[0].replace(".", "").replace(",", "."))
    return with_cells(book, one.sheet, {parse_cell(one.cell): wanted})


def _filled_in(clean: CleanRound, one: Finding, book: Book) -> Book:
    form = clean.rules.form(one.form)
    field = form.field(one.field_code) if form is not None else None
    if field is None or field.kind is not FieldKind.TEXT or one.file != book.file:
        return _as_expected(one, book)
    return with_cells(book, one.sheet, {parse_cell(one.cell): "Văn bản, chứng từ kèm theo báo cáo này"})


def _entries(clean: CleanRound, planted: Planted) -> set[tuple[str, str]]:
    """All cells of the rows in which something was planted."""
    letters = clean.submissions[planted.unit].records[planted.form].letters.values()
    rows = {parse_cell(cell)[0] for cell in planted.cells}
    return {(planted.sheet, f"{letter}{row}") for letter in letters for row in rows}


# The message speaks of the entry, not of the cell.
_WHOLE_ENTRY = frozenset({"entry of another unit"})

# Faults that no value in a cell mends: they are put right by unhiding, unmerging, deleting.
_NO_VALUE = frozenset(
    {
        "deleted column",
        "deleted sheet",
        "hidden sheet",
        "hidden row",
        "hidden column",
        "merged into a blank row",
        "entry twice",
        "row below the total",
        "table emptied",
        "column of its own",
        "row of the form deleted",
        "sheet copied",
        "file called as another's",
        "renamed heading",
    }
)
