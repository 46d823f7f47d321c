"""Rows of a report table in their printing order: La Mã sections, sub-groups, subtotals, the total.

Read `assemble` first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Generic, TypeVar

from thidua_xl.formula import Program, Table, compile_formula
from thidua_xl.merge.board import DETAIL as DETAIL
from thidua_xl.merge.measures import Amount, add, share
from thidua_xl.model import Figure, ReportColumn, ReportRow, ReportSheet, Source, Value
from thidua_xl.model.kept_rows import ColumnSources, KeptRows
from thidua_xl.model.sources import join_sources

SECTION, SUBSECTION, SUBTOTAL, TOTAL = "SECTION", "SUBSECTION", "SUBTOTAL", "TOTAL"

# Total rows a sheet may have, as the report map names them.
SECTION_TOTAL, GRAND_TOTAL = "CONG", "TONG"

# Takes whose total is a ratio of the sums below it.
RATIOS = frozenset({"TY_LE", "TY_LE_TS"})

_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Group(Generic[M]):
    """A section: its code(s) joined by "+", the name people read, its members in order, sub-groups when it has any.

    `rank` is its place in the order asked for, the same in every section, so that counts are listed in that order.
    """

    code: str
    name: str
    members: list[M]
    parts: tuple[Group[M], ...] = ()
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """In which order sections come: `given` elements of "Thứ tự mục", then `names` (code -> label), then as met.

    `expired` are names of what is not in force but may occur. `rest` names the section of members without a value;
    `show_empty` keeps given sections that nobody is in.
    """

    given: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    expired: Mapping[str, str] = field(default_factory=dict)
    show_empty: bool = False


def roman(number: int) -> str:
    """1 gives I, 4 gives IV."""
    text = ""
    for value, signs in _ROMAN:
        while number >= value:
            text += signs
            number -= value
    return text


def letters(number: int) -> str:
    """1 gives A, 27 gives AA: the marks of sub-groups."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def group_by(members: Sequence[M], value: Callable[[M], str], order: Order) -> list[Group[M]]:
    """The members in sections by their value, in the order asked for; blank values last. Nobody is left out."""
    by_code: dict[str, list[M]] = {}
    for member in members:
        by_code.setdefault(value(member), []).append(member)
    groups: list[Group[M]] = []
    for rank, element in enumerate(order.given):
        codes_text, _, words = element.partition("=")
        codes = [code.strip() for code in codes_text.split("+") if code.strip()]
        found = [member for code in codes for member in by_code.pop(code, [])]
        in_force = any(code in order.names for code in codes)
        if found or (order.show_empty and in_force):
            name = words.strip() or "; ".join(order.names.get(code) or order.expired.get(code, code) for code in codes)
            groups.append(Group("+".join(codes), name, found, rank=rank))
    blank = by_code.pop("", [])
    after = len(order.given)
    places = {code: after + place for place, code in enumerate(order.names)}
    last = after + len(places)
    for code in sorted(by_code, key=lambda one: places.get(one, last)):
        groups.append(
            Group(
                code, order.names.get(code) or order.expired.get(code, code), by_code[code], rank=places.get(code, last)
            )
        )
    if blank:
        groups.append(Group("", order.rest, blank, rank=last + 1))
    return groups


def known_sections(order: Order) -> dict[str, str]:
    """Every section there may be by that order, code -> name, the one of members without a value under ""."""
    found: dict[str, str] = {}
    given: set[str] = set()
    for element in order.given:
        codes_text, _, words = element.partition("=")
        codes = [code.strip() for code in codes_text.split("+") if code.strip()]
        given.update(codes)
        names = [order.names.get(code) or order.expired.get(code, code) for code in codes]
        found["+".join(codes)] = words.strip() or "; ".join(names)
    found.update({code: name for code, name in order.names.items() if code not in given})
    if order.rest:
        found[""] = order.rest
    return found


def assemble(
    sheet: ReportSheet,
    groups: Sequence[Group[M]],
    build: Callable[[M, int], ReportRow],
    *,
    sectioned: bool,
    words: Callable[[Sequence[M]], Mapping[str, str]] | None = None,
) -> KeptRows:
    """All rows of the table. `build` makes the detail row of a member with its running number in the group; `words`
    gives the words of a total row over members beside the usual ones.

    Without any member one blank detail row stays and sections are left out, so that the table is never empty.
    """
    rows = KeptRows()
    totals = Totals(sheet, rows)
    members: list[M] = []
    if not any(group.members for group in groups) and not (sectioned and groups):
        rows.append(ReportRow(DETAIL, ""))
        groups = []
    for number, group in enumerate(groups, 1):
        mark = roman(number)
        if sectioned:
            rows.append(named_row(sheet, SECTION, group.code, mark, group.name))
        section = Totals(sheet, rows)
        count = 0
        for part_number, part in enumerate(group.parts or (group,), 1):
            if group.parts:
                rows.append(named_row(sheet, SUBSECTION, part.code, letters(part_number), part.name))
            for at, member in enumerate(part.members, 1):
                made = build(member, at)
                rows.append(made)
                section.take(made)
                totals.take(made)
                count += 1
        members += group.members
        if sectioned and SECTION_TOTAL in sheet.total_rows:
            own = {"muc": mark, "ten_muc": group.name, **_counts(count, group.parts)}
            own.update(words(group.members) if words is not None else {})
            rows.append(section.row(SUBTOTAL, group.code, own))
    if GRAND_TOTAL in sheet.total_rows:
        own = _counts(totals.count, _all_parts(groups))
        own.update(words(members) if words is not None else {})
        rows.append(totals.row(TOTAL, "", own))
    return rows


def named_row(sheet: ReportSheet, kind: str, code: str, mark: str, name: str) -> ReportRow:
    """A section row: its mark in the serial column (the first when there is none), its name in the next one."""
    columns = table_columns(sheet)
    serial = next((one for one in columns if one.take == "STT"), columns[0] if columns else None)
    figures: list[Figure] = []
    if serial is not None:
        figures.append(Figure(serial.code, mark))
        following = [one for one in columns if one is not serial]
        if following:
            figures.append(Figure(following[0].code, name))
    return ReportRow(kind, code, name, tuple(figures), {"muc": mark, "ten_muc": name})


def sum_row(
    sheet: ReportSheet, kind: str, code: str, details: Sequence[ReportRow], words: Mapping[str, str]
) -> ReportRow:
    """A total row: exact sums, the map's own total formulas, and ratio formulas calculated on these sums."""
    rows = KeptRows()
    totals = Totals(sheet, rows)
    for row in details:
        rows.append(row)
        totals.take(row)
    return totals.row(kind, code, words)


class Totals:
    """Adds up detail rows as they are made, from the present end of `rows` on; `row` is their total row."""

    def __init__(self, sheet: ReportSheet, rows: KeptRows) -> None:
        self.count = 0
        self._sheet = sheet
        self._rows = rows
        self._start = len(rows)
        self._columns = [one for one in table_columns(sheet) if one.total_formula or one.take in RATIOS or one.total]
        self._values: dict[str, list[Value]] = {
            one.code: [] for one in self._columns if one.total_formula or one.take not in RATIOS
        }
        self._parts: dict[str, list[tuple[Amount, ...]]] = {one.code: [] for one in self._columns}

    def take(self, row: ReportRow) -> None:
        """Count a detail row."""
        self.count += 1
        for figure in row.figures:
            if (values := self._values.get(figure.column)) is not None:
                values.append(figure.value)
            if len(figure.parts) == 2 and figure.column in self._parts:
                self._parts[figure.column].append(figure.parts)

    def row(self, kind: str, code: str, words: Mapping[str, str]) -> ReportRow:
        """The total row; it stands behind the rows that were counted."""
        figures: dict[str, Figure] = {}
        for column in self._columns:
            sources = ColumnSources(self._rows, column.code, self._start, len(self._rows))
            if column.total_formula:
                value = over_cells(column.total_formula, self._values[column.code])
                figures[column.code] = Figure(column.code, value, sources, column.total_formula)
            elif column.take in RATIOS:
                kept = self._parts[column.code]
                parts = (add(one[0] for one in kept), add(one[1] for one in kept))
                figures[column.code] = Figure(column.code, share(parts), sources, parts=parts)
            else:
                figures[column.code] = Figure(column.code, add(self._values[column.code]), sources)
        for column in table_columns(self._sheet):
            if column.take == "CONG_THUC" and column.code not in figures:
                figures[column.code] = row_formula(self._sheet, column, figures)
        return ReportRow(kind, code, words.get("ten_muc", ""), tuple(figures.values()), words)


def with_formulas(sheet: ReportSheet, row: ReportRow) -> ReportRow:
    """The row with every CONG_THUC column calculated, its formula kept for the report's own cell."""
    known = {one.column: one for one in row.figures}
    for column in table_columns(sheet):
        if column.take == "CONG_THUC":
            known[column.code] = row_formula(sheet, column, known)
    return replace(row, figures=tuple(known.values()))


def row_formula(sheet: ReportSheet, column: ReportColumn, known: Mapping[str, Figure]) -> Figure:
    """The figure of a CONG_THUC column: its result as Excel shows it; its sources are those of the columns it names."""
    codes = [one.code for one in table_columns(sheet)]
    text = column.formula
    sources: list[Sequence[Source]] = []
    for code in codes:
        if "{" + code + "}" in text:
            text = text.replace("{" + code + "}", f"[@{code}]")
            sources.append(known[code].sources if code in known else ())
    program = _compiled(text, tuple(codes))
    values = {code: [known[code].value if code in known else None] for code in codes}
    result = program.run({"TD_DONG": Table(name="TD_DONG", columns=values)})[0]
    return Figure(column.code, None if result == "" else result, join_sources(sources), column.formula)


@lru_cache(maxsize=512)
def _compiled(text: str, codes: tuple[str, ...]) -> Program:
    """The program of a row's formula; a table asks it for each of its rows."""
    return compile_formula(text, schema={"TD_DONG": codes}, home="TD_DONG")


def over_cells(formula: str, values: Sequence[Value]) -> Value:
    """The result of a total formula: `{vung}` stands for the column's detail cells."""
    text = formula.replace("{vung}", "TD_VUNG[gia_tri]")
    program = compile_formula(text, schema={"TD_VUNG": ["gia_tri"]}, home=None)
    return program.run({"TD_VUNG": Table(name="TD_VUNG", columns={"gia_tri": list(values)})})[0]


def table_columns(sheet: ReportSheet) -> list[ReportColumn]:
    """The columns of the printed table; `DONG` entries of a comparison sheet are rows."""
    return [column for column in sheet.columns if column.take != "DONG"]


def _counts(count: int, parts: Sequence[Group[M]]) -> dict[str, str]:
    """Words for a total row: how many detail rows, and how many by sub-group name."""
    by_name: dict[str, int] = {}
    for part in sorted(parts, key=lambda one: one.rank):
        by_name[part.name] = by_name.get(part.name, 0) + len(part.members)
    listed = "; ".join(f"{name}: {count}" for name, count in by_name.items())
    return {"so_dong": str(count), "theo_nhom": listed}


def _all_parts(groups: Sequence[Group[M]]) -> list[Group[M]]:
    return [part for group in groups for part in group.parts]
