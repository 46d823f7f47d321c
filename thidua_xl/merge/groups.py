"""A report table with a row per group: communes, districts, provinces, blocs, higher units, any field's values.

Read `group_table` first. The tree is in the book: a unit's "Cấp trên", a commune's "Huyện", "Tỉnh" and "Xã kế tiếp".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thidua_xl.merge.board import Board, Row
from thidua_xl.merge.layouts import fixed_figure
from thidua_xl.merge.measures import is_unreadable, measure
from thidua_xl.merge.sections import (
    DETAIL,
    Group,
    Order,
    assemble,
    group_by,
    known_sections,
    table_columns,
    with_formulas,
)
from thidua_xl.model import Figure, ReportColumn, ReportRow, ReportSheet

# What a group may be beside a field of the form: levels above the unit, and (behind `>`) above a commune.
BLOC, UNIT, PARENT = "KHOI", "DON_VI", "CAP_TREN"
DISTRICT, PROVINCE, SUCCESSOR = "HUYEN", "TINH", "KE_TIEP"
STEP = ">"


@dataclass(frozen=True, slots=True)
class _Bundle:
    """The rows of one group, and its section's value."""

    code: str
    rows: tuple[Row, ...]


def group_table(board: Board, sheet: ReportSheet) -> Sequence[ReportRow]:
    """A row per value of the note `khoa` among the entries of the sheet's form, in sections when the map names some.

    A column of another form takes the entries of that form in the same group: its form must have the key's field.
    """
    key = sheet.notes.get("khoa", UNIT)
    entries = list(board.entries(sheet.form, sheet.condition))
    names = group_names(board, sheet.form, key)
    order = Order(sheet.section_order if not sheet.sections else (), names, sheet.notes.get("muc_khac", ""))
    bundles = [
        (_Bundle(one.code, tuple(one.members)), one.name)
        for one in group_by(entries, lambda row: group_of(board, row, key), order)
    ]
    shown = {bundle.code: name for bundle, name in bundles}

    def build(bundle: _Bundle, number: int) -> ReportRow:
        figures = [
            _figure(board, sheet, column, number, bundle, key, shown[bundle.code])
            for column in table_columns(sheet)
            if column.take != "CONG_THUC"
        ]
        return with_formulas(sheet, ReportRow(DETAIL, bundle.code, shown[bundle.code], tuple(figures)))

    members = [bundle for bundle, _ in bundles]
    if not sheet.sections:
        return assemble(sheet, [Group("", "", members)], build, sectioned=False)
    parts = group_by(members, lambda one: group_of(board, one.rows[0], sheet.sections), _order(board, sheet))
    return assemble(sheet, parts, build, sectioned=True)


def group_sections(board: Board, sheet: ReportSheet) -> dict[str, str]:
    """Every La Mã section that the table may have, code -> name."""
    return known_sections(_order(board, sheet)) if sheet.sections else {}


def group_of(board: Board, row: Row, key: str) -> str:
    """The group of an entry, "" for none."""
    book = board.criteria.whole or board.criteria
    unit = book.unit(row.submission.unit)
    if key == UNIT:
        return row.submission.unit
    if key == BLOC:
        return unit.bloc if unit is not None else ""
    if key == PARENT:
        return unit.parent if unit is not None else ""
    field, _, level = (part.strip() for part in key.partition(STEP))
    value = row.value(field)
    code = "" if value is None or is_unreadable(value) else str(value)
    commune = book.commune(code) if level else None
    if commune is None:
        return code
    if level == SUCCESSOR:
        return commune.successor or commune.code
    return commune.district if level == DISTRICT else commune.province


def group_names(board: Board, form: str, key: str) -> dict[str, str]:
    """Names of the groups by code, in the book's order, expired ones too."""
    book = board.criteria.whole or board.criteria
    if key in {UNIT, PARENT}:
        return {one.code: one.name for one in book.units}
    if key == BLOC:
        return board.choices("DM_KHOI")
    field, _, level = (part.strip() for part in key.partition(STEP))
    if level in {DISTRICT, PROVINCE}:
        return {}
    known = board.field(form, field)
    return board.every_choice(known.choices) if known is not None and known.choices else {}


def _order(board: Board, sheet: ReportSheet) -> Order:
    names = group_names(board, sheet.form, sheet.sections)
    return Order(sheet.section_order, names, sheet.notes.get("muc_khac", ""))


def _figure(
    board: Board, sheet: ReportSheet, column: ReportColumn, number: int, bundle: _Bundle, key: str, name: str
) -> Figure:
    if column.take == "NHOM":
        return Figure(column.code, name)
    fixed = fixed_figure(column, number, None, "") if column.take in {"STT", "TRONG"} else None
    if fixed is not None:
        return fixed
    form = column.form or sheet.form
    if form == sheet.form:
        rows = [row for row in bundle.rows if board.is_chosen(row, column.condition)]
    else:
        rows = [row for row in board.entries(form, column.condition) if group_of(board, row, key) == bundle.code]
    return measure(column, board, rows)
