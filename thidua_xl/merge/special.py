"""Report tables with a layout of their own: state of the units, village criteria, periods side by side, findings.

Read docs/report-map.md, section 4, beside this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from thidua_xl.merge.board import Board, Row
from thidua_xl.merge.cumulative import against, of_year, same_period_last_year, spans_years
from thidua_xl.merge.layouts import fixed_figure, state_label
from thidua_xl.merge.measures import JOINT, add, is_amount, is_unreadable, joined, same
from thidua_xl.merge.sections import (
    DETAIL,
    GRAND_TOTAL,
    SECTION,
    TOTAL,
    Group,
    Order,
    assemble,
    group_by,
    named_row,
    roman,
    sum_row,
    table_columns,
    with_formulas,
)
from thidua_xl.messages import say
from thidua_xl.model import (
    Figure,
    Finding,
    ReportColumn,
    ReportRow,
    ReportSheet,
    Severity,
    Source,
    UnitStatus,
    Value,
)
from thidua_xl.model.kept_rows import ColumnSources, KeptRows, row_kinds
from thidua_xl.model.report_map import UNIT_NAMES

_SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}

# Takes that compare with the same period last year, and the setting that says which change is a jump, in %.
COMPARED = frozenset({"CUNG_KY", "CHENH", "TANG", "BIEN_DONG"})
JUMP = "nguong_lech_ky_truoc"

# The kind of period whose totals stand for a whole year (a code of DM_KY).
YEAR_KIND = "NAM"


def status_table(board: Board, sheet: ReportSheet) -> Sequence[ReportRow]:
    """A row per unit with the state of its report, and the counts of the round."""
    due = board.period.due
    units = {unit.code: unit for unit in board.criteria.units}

    def build(status: UnitStatus, number: int) -> ReportRow:
        known: dict[str, Value] = {
            "nguoi_lap": status.preparer or None,
            "han_nop": due,
            "ngay_nhan": _day(status.received),
            "lan_nop": status.version,
            "trang_thai": state_label(board, sheet, status.state),
            "so_loi": status.errors if status.file else None,
            "so_canh_bao": status.warnings if status.file else None,
            "so_ngay_tre": status.days_late or None,
            "ly_do": state_label(board, sheet, status.reason) if status.reason else None,
        }
        figures = []
        for column in table_columns(sheet):
            unit = units.get(status.unit)
            fixed = fixed_figure(column, number, unit, status.name or status.unit)
            figures.append(fixed or Figure(column.code, known.get(column.field)))
        return ReportRow(DETAIL, status.unit, status.name, tuple(figures))

    kept = [one for one in board.statuses if one.state != "THAY_THE"]
    obliged = {unit.code for unit in board.criteria.units if unit.obliged}
    words = {
        "so_don_vi": str(sum(one.unit in obliged for one in kept)),
        "da_nop": str(sum(bool(one.file) for one in kept)),
        "chua_nop": str(sum(not one.file for one in kept)),
        "dung_han": str(sum(bool(one.file) and not one.days_late for one in kept)),
        "tre_han": str(sum(bool(one.days_late) for one in kept)),
        "duoc_tinh": str(sum(one.taken for one in kept)),
        "so_dong": str(len(kept)),
    }
    return assemble(sheet, [Group("", "", kept)], build, sectioned=False, words=lambda _: words)


def states_table(board: Board, sheet: ReportSheet) -> Sequence[ReportRow]:
    """A row per state of a report, in the order of "Thứ tự mục" or of the list, with the number of units in it."""
    kept = [one for one in board.statuses if one.state != "THAY_THE"]
    states = sheet.section_order or tuple(dict.fromkeys(one.state for one in kept))

    def build(state: str, number: int) -> ReportRow:
        count = sum(one.state == state for one in kept)
        known: dict[str, Value] = {"STT": number, "NHOM": state_label(board, sheet, state), "TINH_HINH": count}
        figures = tuple(Figure(one.code, known.get(one.take)) for one in table_columns(sheet))
        return ReportRow(DETAIL, state, "", figures)

    return assemble(sheet, [Group("", "", list(states))], build, sectioned=False)


def ntm_table(board: Board, sheet: ReportSheet) -> Sequence[ReportRow]:
    """A row per criterion of the reference table, column "slots" by commune, then figures given per commune."""
    notes = sheet.notes
    reference = board.criteria.reference_tables.get(notes.get("bang", ""), ())
    entries = list(board.entries(sheet.form, sheet.condition))
    slot_field = notes.get("o_cot", "")
    slots = slots_of(board, sheet)
    by_key: dict[object, list[Row]] = {}
    for row in entries:
        by_key.setdefault(same(row.value(notes.get("khoa", ""))), []).append(row)

    rows: list[ReportRow] = []
    everything: list[ReportRow] = []
    sections: dict[str, list[ReportRow]] = {}
    for item in reference:
        members = by_key.get(same(item.get(notes.get("khoa_bang", ""))), [])
        figures = [
            _criterion_figure(board, column, item.get(column.field), members, slots, slot_field)
            for column in (replace(one, form=one.form or sheet.form) for one in table_columns(sheet))
            if column.take != "CONG_THUC"
        ]
        made = with_formulas(sheet, ReportRow(DETAIL, str(item.get(notes.get("khoa_bang", ""))), "", tuple(figures)))
        sections.setdefault(str(item.get(sheet.sections) or ""), []).append(made)
        everything.append(made)
    for number, (name, made_rows) in enumerate(sections.items(), 1):
        if sheet.sections:
            rows.append(named_row(sheet, SECTION, name, roman(number), name))
        rows.extend(made_rows)
    # The total counts criteria only, so it comes before figures of another nature are appended below it in print.
    if GRAND_TOTAL in sheet.total_rows:
        rows.append(sum_row(sheet, TOTAL, "", everything, {"so_dong": str(len(everything))}))
    extra = [code.strip() for code in notes.get("dong_them", "").split(",") if code.strip()]
    if extra:
        below = [named_row(sheet, SECTION, "", roman(len(sections) + 1), notes.get("muc_them", ""))]
        for code in extra:
            below.append(_commune_row(board, sheet, code, entries, slots, slot_field))
        total = rows.pop() if rows and rows[-1].kind == TOTAL else None
        rows.extend(below)
        if total is not None:
            rows.append(total)
    return tuple(rows)


def slots_of(board: Board, sheet: ReportSheet) -> list[str]:
    """The values (communes) that take slot 1, 2, …: those in force, then any other that occurs."""
    field = board.field(sheet.form, sheet.notes.get("o_cot", ""))
    slots = list(board.choices(field.choices)) if field is not None else []
    for row in board.entries(sheet.form, sheet.condition):
        value = row.value(sheet.notes.get("o_cot", ""))
        if isinstance(value, str) and value not in slots:
            slots.append(value)
    return slots


def slot_texts(board: Board, sheet: ReportSheet) -> dict[str, str]:
    """Names of the slots by the name of their cell in the template: O_1, O_2, …; "" for a slot nobody takes."""
    field = board.field(sheet.form, sheet.notes.get("o_cot", ""))
    slots = slots_of(board, sheet)
    wanted = [int(column.formula) for column in sheet.columns if column.take == "O_COT" and column.formula.isdigit()]
    return {
        f"O_{number}": board.label(field, slots[number - 1]) if number <= len(slots) else ""
        for number in range(1, max(wanted, default=0) + 1)
    }


def periods_table(board: Board, sheet: ReportSheet) -> Sequence[ReportRow]:
    """A row per indicator, a column per year, the running total and the comparison with the same period last year."""
    indicators = [column for column in sheet.columns if column.take == "DONG"]
    shown_years = years_shown(sheet, board.period.year)

    def build(indicator: ReportColumn, number: int) -> ReportRow:
        figures: dict[str, Figure] = {}
        years: list[tuple[ReportColumn, Value]] = []
        for column in table_columns(sheet):
            if column.take == "NAM":
                value, current = _year_value(board, indicator, shown_years[column.code])
                figures[column.code] = Figure(column.code, value, current.sources if current else ())
                years.append((column, value))
        for column in table_columns(sheet):
            if column.take == "STT":
                figures[column.code] = Figure(column.code, number)
            elif column.take == "TEN":
                figures[column.code] = Figure(column.code, indicator.label)
            elif column.take == "DVT":
                figures[column.code] = Figure(column.code, indicator.unit or None)
            elif column.take == "LUY_KE":
                figures[column.code] = _running_total(board, column, indicator, years)
            elif column.take in COMPARED:
                figures[column.code] = Figure(column.code, _against_last_year(board, indicator, column.take))
        ordered = tuple(figures[one.code] for one in table_columns(sheet) if one.code in figures)
        return ReportRow(DETAIL, indicator.code, indicator.label, ordered)

    sectioned = any(one.group for one in indicators)
    groups = group_by(indicators, lambda one: one.group, Order(())) if sectioned else [Group("", "", indicators)]
    return assemble(sheet, groups, build, sectioned=sectioned)


def years_shown(sheet: ReportSheet, year: int | None) -> dict[str, int]:
    """The year of each `NAM` column by its code: those of the report map, or as many later ones when the
    period's year is beyond them: 2021 to 2025 become 2026 to 2030.
    """
    years = {one.code: int(one.formula) for one in sheet.columns if one.take == "NAM" and one.formula.isdigit()}
    if not years or year is None or year <= max(years.values()):
        return years
    first = min(years.values())
    span = max(years.values()) - first + 1
    by = span * ((year - first) // span)
    return {code: one + by for code, one in years.items()}


def year_texts(sheet: ReportSheet, year: int | None) -> dict[str, str]:
    """The headings of the `NAM` columns by the names of their cells (NAM_1, NAM_2, …) when they are other years than
    the report map's.
    """
    shown = years_shown(sheet, year)
    if shown == years_shown(sheet, None):
        return {}
    return {f"NAM_{number}": str(one) for number, one in enumerate(shown.values(), 1)}


def findings_table(board: Board, sheet: ReportSheet) -> Sequence[ReportRow]:
    """A row per finding, in sections by unit; errors first."""
    severities = board.choices(sheet.notes.get("danh_muc_muc", "DM_MUC_LOI"))
    units = {unit.code: unit for unit in board.criteria.units}

    def build(finding: Finding, number: int) -> ReportRow:
        known: dict[str, Value] = {
            "tep": finding.file or None,
            "bieu": finding.sheet or None,
            "o": finding.cell or None,
            "ma": finding.code,
            "muc": severities.get(finding.severity.value, finding.severity.value),
            "thong_bao": finding.message or None,
            "gia_tri": finding.seen or None,
            "dieu_khoan": finding.clause or None,
            "cach_sua": finding.mend or None,
        }
        figures = [
            fixed_figure(column, number, units.get(finding.unit), finding.unit)
            or Figure(column.code, known.get(column.field))
            for column in table_columns(sheet)
        ]
        return ReportRow(DETAIL, "|".join(finding.key), "", tuple(figures))

    ordered = sorted(
        board.findings, key=lambda one: (_SEVERITY_ORDER[one.severity], one.file, one.form, one.sheet, one.code)
    )
    if not sheet.sections:
        return assemble(sheet, [Group("", "", ordered)], build, sectioned=False, words=_severity_counts)
    order = Order((), board.choices("DON_VI"), sheet.notes.get("muc_khac", ""))
    groups = group_by(ordered, lambda one: one.unit, order)
    return assemble(sheet, groups, build, sectioned=True, words=_severity_counts)


def grand_total(board: Board, table: str, column: str) -> Figure | None:
    """The total of a report column over the whole table: its total row, else the exact sum of its detail rows."""
    made = board.tables.get(table)
    if made is None:
        return None
    for place, kind in enumerate(row_kinds(made.rows)):
        if kind == TOTAL and (figure := made.rows[place].figure(column)) is not None:
            return figure
    values = [one.value for row in made.rows if row.kind == DETAIL and (one := row.figure(column)) is not None]
    amounts = [one for one in values if is_amount(one)]
    rows = made.rows if isinstance(made.rows, KeptRows) else KeptRows(made.rows)
    return Figure(column, add(amounts), ColumnSources(rows, column, 0, len(rows))) if amounts else None


def _criterion_figure(
    board: Board, column: ReportColumn, from_table: Value, members: Sequence[Row], slots: Sequence[str], slot: str
) -> Figure:
    if column.take == "BANG":
        return Figure(column.code, from_table)
    if column.take == "O_COT":
        number = int(column.formula or 0)
        wanted = slots[number - 1] if 0 < number <= len(slots) else None
        rows = [row for row in members if wanted is not None and row.value(slot) == wanted]
        return joined(board, column, _readable(rows, column.field))
    if column.take == "NOI":
        return joined(board, column, _readable(members, column.field))
    if column.take in UNIT_NAMES:
        codes = dict.fromkeys(row.submission.unit for row in members)
        names = board.choices("DON_VI")
        return Figure(column.code, JOINT.join(names.get(code, code) for code in codes) or None)
    return Figure(column.code, None)


def _commune_row(
    board: Board, sheet: ReportSheet, code: str, entries: Sequence[Row], slots: Sequence[str], slot: str
) -> ReportRow:
    """A figure that is given once per commune: its label, then its value in the chosen column of each slot."""
    field = board.field(sheet.form, code)
    columns = table_columns(sheet)
    figures = [Figure(columns[1].code, field.label if field is not None else code)] if len(columns) > 1 else []
    for number, target in enumerate(sheet.notes.get("cot_dong_them", "").split(","), 1):
        target = target.strip()
        if target and number <= len(slots):
            rows = [row for row in entries if row.value(slot) == slots[number - 1]]
            made = ReportColumn(sheet.code, 0, target, "", "NOI", form=sheet.form, field=code)
            figures.append(joined(board, made, _readable(rows, code)))
    return ReportRow(DETAIL, code, field.label if field is not None else code, tuple(figures))


def _readable(rows: Sequence[Row], code: str) -> list[Source]:
    sources = [row.source(code) for row in rows]
    return [one for one in sources if one.value is not None and not is_unreadable(one.value)]


def _year_value(board: Board, indicator: ReportColumn, year: int) -> tuple[Value, Figure | None]:
    """The value of a year: its closed year, else the present figures, else its longest closed period.

    Years after the period stay blank: a report made again later says what it said then. The present figures of a
    phase are those of no single year.
    """
    if board.period.year is not None and year > board.period.year:
        return None, None
    key = f"{indicator.form}.{indicator.field}"
    closed = of_year(board, year, key)
    whole = [one for one in closed if one.kind == YEAR_KIND]
    if whole and not (board.period.year == year and board.period.kind == YEAR_KIND):
        return whole[-1].totals[key], None
    if board.period.year == year and not spans_years(board.period):
        figure = grand_total(board, indicator.form, indicator.field)
        return (figure.value, figure) if figure is not None else (None, None)
    return (closed[-1].totals[key] if closed else None), None


def _running_total(
    board: Board, column: ReportColumn, indicator: ReportColumn, years: Sequence[tuple[ReportColumn, Value]]
) -> Figure:
    """The years shown added up, or the last of them; of a phase without any closed year its own figure."""
    amounts = [value for _, value in years if is_amount(value)]
    if not amounts and spans_years(board.period):
        own = grand_total(board, indicator.form, indicator.field)
        return replace(own, column=column.code, formula="") if own is not None else Figure(column.code, None)
    if not amounts:
        return Figure(column.code, None)
    if indicator.total:
        named = ",".join("{" + one.code + "}" for one, _ in years)
        return Figure(column.code, add(amounts), (), f"=SUM({named})")
    return Figure(column.code, amounts[-1])


def _against_last_year(board: Board, indicator: ReportColumn, what: str) -> Value:
    """The present figure against the same kind of period a year before; BIEN_DONG says in words that it jumped."""
    earlier = same_period_last_year(board)
    present = grand_total(board, indicator.form, indicator.field)
    if earlier is None or present is None:
        return None
    before = earlier.totals.get(f"{indicator.form}.{indicator.field}")
    if what != "BIEN_DONG":
        return against(before, present.value, what)
    growth = against(before, present.value, "TANG")
    limit = board.criteria.setting(JUMP)
    if not is_amount(growth) or not is_amount(limit) or -limit <= growth <= limit:
        return None
    return say("report.jump_up" if growth > 0 else "report.jump_down")


def _severity_counts(findings: Sequence[Finding]) -> dict[str, str]:
    counts = {severity: sum(one.severity is severity for one in findings) for severity in Severity}
    return {
        "so_loi": str(counts[Severity.ERROR]),
        "so_canh_bao": str(counts[Severity.WARNING]),
        "so_thong_tin": str(counts[Severity.NOTE]),
    }


def _day(received: str) -> Value:
    return date.fromisoformat(received) if received else None
