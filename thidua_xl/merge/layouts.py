"""Report tables of the two common layouts: a row per unit (`unit_table`), and a row per entry (`list_table`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from thidua_xl.merge.board import Board, Row
from thidua_xl.merge.cumulative import running
from thidua_xl.merge.joins import noted_figure
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
from thidua_xl.model import Figure, ReportColumn, ReportRow, ReportSheet, Submission, Unit, UnitStatus, Value

BLOC, UNIT = "KHOI", "DON_VI"
# The take that shows a cell of another report table ("Biểu nguồn", "Trường nguồn" its column).
SHOWN = "DAN"
# Cumulative takes: over the year, over the whole phase. "Trường nguồn" is a column of the same sheet.
PHASE = "LUY_KE_GD"
RUNNING = frozenset({"LUY_KE_NAM", PHASE})


def unit_table(board: Board, sheet: ReportSheet) -> Sequence[ReportRow]:
    """A row per unit that must report or was taken in, in sections by bloc.

    A unit that was not taken in keeps its row; its figures stay blank, so that nobody reads a 0 that was not reported.
    """
    by_unit = {one.unit: one for one in board.taken}
    states = {one.unit: one for one in board.statuses}
    shown = [unit for unit in board.criteria.units if unit.obliged or unit.code in by_unit]

    def build(unit: Unit, number: int) -> ReportRow:
        submission = by_unit.get(unit.code)
        figures = [
            _unit_figure(board, sheet, column, number, unit, submission, states.get(unit.code))
            for column in table_columns(sheet)
            if column.take not in {"CONG_THUC", *RUNNING}
        ]
        known = {one.column: one for one in figures}
        figures += [
            running(
                board,
                column.code,
                f"{sheet.code}.{column.field}",
                known.get(column.field),
                unit.code,
                phase=column.take == PHASE,
            )
            for column in table_columns(sheet)
            if column.take in RUNNING
        ]
        row = ReportRow(DETAIL, unit.code, unit.name, tuple(figures))
        return with_formulas(sheet, row) if submission is not None else row

    order = _unit_order(board, sheet)
    if sheet.sections == UNIT:
        groups = group_by(shown, lambda unit: unit.code, order)
    elif sheet.sections:
        groups = group_by(shown, lambda unit: unit.bloc, order)
    else:
        groups = [Group("", "", shown)]
    return assemble(sheet, groups, build, sectioned=bool(sheet.sections))


def list_table(board: Board, sheet: ReportSheet) -> Sequence[ReportRow]:
    """A row per entry of the sheet's form that satisfies its condition, over all units, in sections by a field.

    Order: section, sub-group, unit in the book's order, row on the unit's sheet. Entries whose section value is blank
    stand in a last section of their own: nothing is left out.
    """
    entries = list(board.entries(sheet.form, sheet.condition))
    units = {unit.code: unit for unit in board.criteria.units}

    def build(row: Row, number: int) -> ReportRow:
        unit = units.get(row.submission.unit)
        figures = [
            entry_figure(board, sheet, column, number, unit, row)
            for column in table_columns(sheet)
            if column.take != "CONG_THUC"
        ]
        key = f"{row.submission.unit}|{row.records.sheet}|{row.records.rows[row.index]}"
        return with_formulas(sheet, ReportRow(DETAIL, key, "", tuple(figures)))

    if not sheet.sections:
        groups = [Group("", "", entries)]
        return assemble(sheet, groups, build, sectioned=False)
    groups = group_by(entries, lambda row: _section_value(row, sheet.sections, units), _section_order(board, sheet))
    inner = sheet.notes.get("nhom_con", "")
    if inner:
        given = tuple(code.strip() for code in sheet.notes.get("thu_tu_nhom_con", "").split(",") if code.strip())
        order = Order(given, _field_choices(board, sheet.form, inner), sheet.notes.get("muc_khac", ""))
        groups = [
            Group(
                group.code,
                group.name,
                group.members,
                tuple(group_by(group.members, lambda row: _section_value(row, inner, units), order)),
            )
            for group in groups
        ]
    return assemble(sheet, groups, build, sectioned=True)


def unit_sections(board: Board, sheet: ReportSheet) -> dict[str, str]:
    """Every La Mã section that a table by unit may have, code -> name."""
    return known_sections(_unit_order(board, sheet)) if sheet.sections else {}


def list_sections(board: Board, sheet: ReportSheet) -> dict[str, str]:
    """Every La Mã section that a list may have, code -> name."""
    return known_sections(_section_order(board, sheet)) if sheet.sections else {}


def entry_figure(
    board: Board, sheet: ReportSheet, column: ReportColumn, number: int, unit: Unit | None, row: Row
) -> Figure:
    """The figure of a column for one entry; a condition that the entry does not satisfy leaves it blank."""
    fixed = fixed_figure(column, number, unit, row.submission.unit)
    if fixed is not None:
        return fixed
    if column.form and column.form != sheet.form:
        return measure(column, board, list(board.entries(column.form, column.condition, row.submission)))
    if not board.is_chosen(row, column.condition):
        return Figure(column.code, None)
    return noted_figure(board, column, row)


def shown_figure(board: Board, column: ReportColumn, key: str) -> Figure:
    """The figure of another report table in the row of that key; its cell will show the other cell."""
    rows = board.detail_rows(column.form, key)
    found = next((one for row in rows if (one := row.figure(column.field))), None)
    if found is None or found.value is None:
        return Figure(column.code, None)
    return Figure(column.code, found.value, found.sources, "{o:" + f"{column.form}.{column.field}" + "}")


def fixed_figure(column: ReportColumn, number: int, unit: Unit | None, code: str) -> Figure | None:
    """The figure of a column that needs no source cell, None for all others."""
    if column.take == "STT":
        return Figure(column.code, number)
    if column.take == "DON_VI":
        return Figure(column.code, unit.name if unit is not None else code)
    if column.take == "DON_VI_TAT":
        return Figure(column.code, (unit.short or unit.name) if unit is not None else code)
    if column.take == "TRONG":
        return Figure(column.code, None)
    return None


def state_label(board: Board, sheet: ReportSheet, state: str) -> str:
    """What people read for a unit's state."""
    return board.choices(sheet.notes.get("danh_muc_trang_thai", "DM_TRANG_THAI_NOP")).get(state, state)


def _unit_figure(
    board: Board,
    sheet: ReportSheet,
    column: ReportColumn,
    number: int,
    unit: Unit,
    submission: Submission | None,
    status: UnitStatus | None,
) -> Figure:
    fixed = fixed_figure(column, number, unit, unit.code)
    if fixed is not None:
        return fixed
    if submission is None:
        if column.take == "TRANG_THAI" and status is not None:
            return Figure(column.code, state_label(board, sheet, status.state))
        return Figure(column.code, None)
    if not column.form:
        return Figure(column.code, None)
    if column.take == SHOWN:
        return shown_figure(board, column, unit.code)
    return measure(column, board, list(board.entries(column.form, column.condition, submission)))


def _section_value(row: Row, code: str, units: Mapping[str, Unit]) -> str:
    if code == UNIT:
        return row.submission.unit
    if code == BLOC:
        unit = units.get(row.submission.unit)
        return unit.bloc if unit is not None else ""
    value: Value = row.value(code)
    return "" if value is None or is_unreadable(value) else str(value)


def _unit_order(board: Board, sheet: ReportSheet) -> Order:
    named = UNIT if sheet.sections == UNIT else sheet.notes.get("danh_muc_khoi", "DM_KHOI")
    return _order(board, sheet, board.choices(named))


def _section_order(board: Board, sheet: ReportSheet) -> Order:
    if sheet.sections == BLOC:
        return _order(board, sheet, board.choices(sheet.notes.get("danh_muc_khoi", "DM_KHOI")))
    if sheet.sections == UNIT:
        return _order(board, sheet, board.choices(UNIT))
    field = board.field(sheet.form, sheet.sections)
    expired = board.every_choice(field.choices) if field is not None and field.choices else {}
    return replace(_order(board, sheet, _field_choices(board, sheet.form, sheet.sections)), expired=expired)


def _field_choices(board: Board, form: str, code: str) -> dict[str, str]:
    field = board.field(form, code)
    return board.choices(field.choices) if field is not None and field.choices else {}


def _order(board: Board, sheet: ReportSheet, names: dict[str, str]) -> Order:
    """The sheet's own order. A given section that is no longer in force is shown only when somebody is in it."""
    return Order(
        given=sheet.section_order,
        names=names,
        rest=sheet.notes.get("muc_khac", ""),
        show_empty=sheet.notes.get("muc_rong", "an") == "hien",
    )
