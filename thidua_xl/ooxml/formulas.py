"""The formulas in the cells of one sheet: listed, and rewritten after cells moved.

Read `FormulaCell`, `list_formulas` and `move_formulas`. A shared formula (one text for many cells) stays shared as
long as all its cells move alike; otherwise each cell gets its own text, as Excel does.
Source: ECMA-376 Part 1, 18.3.1.40 (f).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from thidua_xl.formula.copying import copy_formula
from thidua_xl.formula.shift import Axis, Shift, shift_formula
from thidua_xl.ooxml.cellxml import ATTRIBUTES, Formula, attributes_of, unescape
from thidua_xl.ooxml.markup import stored_area
from thidua_xl.ooxml.outcomes import doubts, may_differ
from thidua_xl.ooxml.plainmove import move_plainly
from thidua_xl.ooxml.rowparts import Row
from thidua_xl.ooxml.rows import Rows
from thidua_xl.refs import Area


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A formula and its cell, 1-based. `text` is the whole text, for a shared one too."""

    row: int
    column: int
    formula: Formula
    text: str


@dataclass(slots=True)
class _Group:
    """One shared formula: where its text stands, and the extremes of the cells that use it."""

    row: int
    column: int
    text: str
    members: list[tuple[int, int]] = field(default_factory=list)
    is_kept: bool = True


def list_formulas(rows: Rows) -> Iterator[FormulaCell]:
    """Every formula of a sheet, in document order; shared ones with their own cell's text."""
    for row, column, formula, text in formula_texts(rows):
        yield FormulaCell(row, column, formula or Formula({}, text), text)


def formula_texts(rows: Rows, among: Iterable[Row] | None = None) -> Iterator[tuple[int, int, Formula | None, str]]:
    """(row, column, formula, whole text) of every formula; the formula is None for one without attributes.

    The quick way to look at very many formulas. `among` are the rows to look at, all when it is not given.
    """
    groups: dict[str, _Group] = {}
    late: list[tuple[int, int, Formula]] = []
    pattern = _pattern(rows)
    for row in rows if among is None else among:
        if not rows.has_formula(row):
            continue
        for found in pattern.finditer(_named_raw(rows, row, pattern)):
            column = _column(rows, found)
            if not found["a"]:
                yield row.number, column, None, unescape(found["t"].decode()) if found["t"] else ""
                continue
            formula = _formula(found)
            number = formula.attributes.get("si", "")
            if formula.kind != "shared":
                yield row.number, column, formula, formula.text
            elif formula.text:
                groups[number] = _Group(row.number, column, formula.text)
                yield row.number, column, formula, formula.text
            elif number in groups:
                yield row.number, column, formula, _copied(groups[number], row.number, column)
            else:
                late.append((row.number, column, formula))
    for row_number, column, formula in late:
        number = formula.attributes.get("si", "")
        group = groups.get(number) if among is None else _group_of(rows, number)
        if group is not None:
            yield row_number, column, formula, _copied(group, row_number, column)


def formulas_of_row(rows: Rows, row: Row) -> Iterator[tuple[int, str]]:
    """(column, text) of the single-cell formulas of one row."""
    pattern = _pattern(rows)
    for found in pattern.finditer(_named_raw(rows, row, pattern)) if rows.has_formula(row) else ():
        column, formula = _column(rows, found), _formula(found)
        text: str | None = formula.text
        if formula.kind == "shared" and not formula.text:
            text = shared_text(rows, formula.attributes.get("si", ""), row.number, column)
        if text and formula.kind in ("normal", "shared"):
            yield column, text


def shared_masters(rows: Rows) -> dict[str, FormulaCell]:
    """By number (`si`) the cells that hold the text of a shared formula, as far as there is exactly one."""
    return rows.remember("masters", lambda: _masters(rows))


def shared_text(rows: Rows, number: str, row: int, column: int) -> str | None:
    """The text of a shared formula (`si`) in one of its cells; None when its master is missing."""
    group = rows.remember("shared", lambda: _shared_groups(rows)).get(number)
    if group is None:
        return None
    return _copied(group, row, column)


@dataclass(slots=True)
class Moved:
    """What a shift did to the formulas of a sheet; places are (row, column) as they are afterwards.

    `stale`: the result may differ now. `doubtful`: kind of doubt (`indirect`, `three_d`) -> first such formula.
    """

    stale: set[tuple[int, int]] = field(default_factory=set)
    doubtful: dict[str, tuple[int, int]] = field(default_factory=dict)


def move_formulas(rows: Rows, home: str, shift: Shift) -> Moved:
    """Rewrite all formulas of a sheet for a shift; call it while the rows still have their old numbers.

    `home` is the sheet's name. Raises PushedOff.
    """
    own = shift.concerns(home)
    waiting = [row for row in rows if rows.has_formula(row)]
    if not waiting:
        return Moved()
    groups = _shared_groups(rows)
    for group in groups.values():
        group.is_kept = _moves_alike(group, home, shift, own)
    keep_text = {number for number, group in groups.items() if group.is_kept}
    always_stale = {
        number
        for number, group in groups.items()
        if group.is_kept and may_differ(group.text, shift_formula(group.text, shift, home), shift, home)
    }
    moved = Moved()

    def place_after(row: int, column: int) -> tuple[int, int] | None:
        area = shift.area(Area(row, column, row, column)) if own else Area(row, column, row, column)
        return None if area is None else (area.top, area.left)

    def note(row: int, column: int) -> None:
        place = place_after(row, column)
        if place is not None:
            moved.stale.add(place)

    def doubt(row: int, column: int, text: str) -> None:
        for kind in doubts(text):
            place = place_after(row, column)
            if place is not None:
                moved.doubtful.setdefault(kind, place)

    def change(row: int, column: int, formula: Formula) -> Formula | None:
        if formula.kind == "shared" and not formula.text:
            number = formula.attributes.get("si", "")
            if number in always_stale:
                note(row, column)
            if number in keep_text or number not in groups:
                return None
            group = groups[number]
            old = _copied(group, row, column)
            text = shift_formula(old, shift, home)
            if may_differ(old, text, shift, home):
                note(row, column)
            return Formula(_plain(formula.attributes), text)
        text = shift_formula(formula.text, shift, home)
        doubt(row, column, text)
        if may_differ(formula.text, text, shift, home):
            note(row, column)
        attributes = formula.attributes
        if formula.kind == "shared" and formula.attributes.get("si", "") not in keep_text:
            attributes = _plain(attributes)
        elif own:
            attributes = _moved_attributes(attributes, shift)
        return None if text == formula.text and attributes == formula.attributes else Formula(attributes, text)

    rewrite_formulas(rows, change, move_plainly(rows, waiting, shift) if own else waiting)
    return moved


def expand_shared(rows: Rows, number: str) -> None:
    """Give every cell of one shared formula (`si`) its own text; done before its master cell is overwritten."""
    group = _shared_groups(rows).get(number)
    if group is None:
        return

    def change(row: int, column: int, formula: Formula) -> Formula | None:
        if formula.kind != "shared" or formula.attributes.get("si", "") != number:
            return None
        text = _copied(group, row, column)
        return Formula(_plain(formula.attributes), text)

    rewrite_formulas(rows, change)


def rewrite_formulas(
    rows: Rows, change: Callable[[int, int, Formula], Formula | None], among: Iterable[Row] | None = None
) -> None:
    """Call `change(row, column, formula)` for every `<f>` and put its answer there; None leaves it alone.

    `among` are the rows to look at, all when it is not given.
    """
    pattern = _pattern(rows)
    number = 0

    def replaced(found: re.Match[bytes]) -> bytes:
        new = change(number, _column(rows, found), _formula(found))
        if new is None:
            return found[0]
        return found[0][: found.start("f") - found.start()] + rows.reader.formula(new).encode()

    for row in rows if among is None else among:
        if rows.has_formula(row):
            number = row.number
            raw = _named_raw(rows, row, pattern)
            new_raw = pattern.sub(replaced, raw)
            if new_raw != raw:
                rows.set_raw(row, new_raw)


def _stored(rows: Rows) -> Iterator[tuple[int, int, Formula]]:
    pattern = _pattern(rows)
    for row in rows:
        if rows.has_formula(row):
            for found in pattern.finditer(_named_raw(rows, row, pattern)):
                yield row.number, _column(rows, found), _formula(found)


def _pattern(rows: Rows) -> re.Pattern[bytes]:
    """A cell's start tag and its formula: groups `c` (attributes), `f` (whole element), `a`, `t` (its text)."""
    p = re.escape(rows.prefix)
    return re.compile(
        rb"<" + p + rb"c(?P<c>" + ATTRIBUTES + rb")\s*>\s*"
        rb"(?P<f><" + p + rb"f(?P<a>" + ATTRIBUTES + rb")\s*(?:/>|>(?P<t>[^<]*)</" + p + rb"f\s*>))"
    )


_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)[0-9]+["']""")


def _named_raw(rows: Rows, row: Row, pattern: re.Pattern[bytes]) -> bytes:
    """The bytes of a row in which every formula cell carries its address."""
    raw = rows.raw(row)
    if rows.is_plainly_named or all(_ADDRESS.search(found["c"]) for found in pattern.finditer(raw)):
        return raw
    rows.name_cells(row)
    return rows.raw(row)


def _column(rows: Rows, found: re.Match[bytes]) -> int:
    address = _ADDRESS.search(found["c"])
    if address is None:
        raise rows.xml.odd()
    return rows.xml.column(address[1])


def _formula(found: re.Match[bytes]) -> Formula:
    attributes = attributes_of(found["a"]) if found["a"] else {}
    return Formula(attributes, unescape(found["t"].decode()) if found["t"] else "")


def _group_of(rows: Rows, number: str) -> _Group | None:
    master = shared_masters(rows).get(number)
    if master is not None:
        return _Group(master.row, master.column, master.text)
    return rows.remember("shared", lambda: _shared_groups(rows)).get(number)


def _masters(rows: Rows) -> dict[str, FormulaCell]:
    masters: dict[str, FormulaCell] = {}
    twice = set()
    pattern = _pattern(rows)
    has_master = re.compile(b"<" + re.escape(rows.prefix) + rb"f\s[^<>]*shared[^<>]*[^<>/]>").search
    for row in rows:
        if not has_master(rows.raw(row)):
            continue
        for found in pattern.finditer(_named_raw(rows, row, pattern)):
            formula = _formula(found) if found["t"] and b"shared" in found["a"] else None
            if formula is not None and formula.kind == "shared":
                number = formula.attributes.get("si", "")
                if number in masters:
                    twice.add(number)
                masters[number] = FormulaCell(row.number, _column(rows, found), formula, formula.text)
    return {number: master for number, master in masters.items() if number not in twice}


def _shared_groups(rows: Rows) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    if not rows.contains(b"shared"):
        return groups
    waiting: list[tuple[str, tuple[int, int]]] = []
    for row, column, formula in _stored(rows):
        if formula.kind != "shared":
            continue
        number = formula.attributes.get("si", "")
        if formula.text:
            groups[number] = _Group(row, column, formula.text, [(row, column)])
        elif number in groups:
            groups[number].members.append((row, column))
        else:
            waiting.append((number, (row, column)))
    for number, member in waiting:
        if number in groups:
            groups[number].members.append(member)
    return groups


def _copied(group: _Group, row: int, column: int) -> str:
    """The text of a shared formula in one of its cells."""
    return copy_formula(group.text, row - group.row, column - group.column, wrap=True)


def _moves_alike(group: _Group, home: str, shift: Shift, own: bool) -> bool:
    """Whether the text of the master, moved once, still says the right thing for every member.

    References lie on one line with their cells, so it is enough to look at the outermost members.
    """
    by_row = shift.axis is Axis.ROW

    def along(member: tuple[int, int]) -> int:
        return member[0] if by_row else member[1]

    def distance(place: int) -> int | None:
        moved = shift.point(place) if own else place
        return None if moved is None else moved - place

    moved_by = {distance(along(member)) for member in group.members}
    if len(moved_by) != 1 or None in moved_by:
        return False
    moved_text = shift_formula(group.text, shift, home)
    for member in (min(group.members, key=along), max(group.members, key=along)):
        rows, columns = member[0] - group.row, member[1] - group.column
        alone = shift_formula(copy_formula(group.text, rows, columns, wrap=True), shift, home)
        if alone != copy_formula(moved_text, rows, columns, wrap=True):
            return False
    return True


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name not in ("t", "ref", "si")}


def _moved_attributes(attributes: dict[str, str], shift: Shift) -> dict[str, str]:
    """Attributes of `<f>` that hold places: the area of a shared, array or data table formula, its input cells."""
    moved = dict(attributes)
    if "ref" in moved:
        try:
            area = shift.area(Area.parse(moved["ref"]))
        except ValueError:
            area = None
        if area is not None:
            text = str(area)
            moved["ref"] = f"{text}:{text}" if ":" in moved["ref"] and ":" not in text else text
    for name in ("r1", "r2"):
        if name in moved:
            place = shift.area(stored_area(moved[name], "", "f"))
            if place is not None:
                moved[name] = str(place)
    return moved
