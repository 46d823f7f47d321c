"""A small criteria book and submissions for tests of `merge`: two blocs, three units, one table and one form sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from thidua_xl.model import (
    Criteria,
    Field,
    FieldKind,
    Form,
    FormKind,
    ListItem,
    Period,
    Records,
    ReportColumn,
    ReportSheet,
    Submission,
    Unit,
    UnitStatus,
    Value,
    ValueList,
)

PERIOD = Period("2024-6T", "6 tháng 2024", "6T", 2024, date(2023, 12, 15), date(2024, 6, 14), date(2024, 6, 10))

BLOCS = ValueList("DM_KHOI", (ListItem("PHONG", "Khối phòng"), ListItem("DON_VI", "Khối đơn vị")))
KINDS = ValueList("DM_HT", (ListItem("TIEN", "Tiền mặt"), ListItem("VAT", "Hiện vật")))

HEAD = Form(
    "A0",
    "Chung",
    "Chung",
    FormKind.SINGLE,
    0,
    (Field("A0", "nguoi", "Số người", FieldKind.INTEGER, 1), Field("A0", "ten", "Tên", FieldKind.TEXT, 2)),
)
GIFTS = Form(
    "A1",
    "Ủng hộ",
    "Ủng hộ",
    FormKind.TABLE,
    1,
    (
        Field("A1", "ma", "Mã", FieldKind.CODE, 1),
        Field("A1", "ht", "Hình thức", FieldKind.CHOICE, 2, choices="DM_HT"),
        Field("A1", "tien", "Số tiền", FieldKind.MONEY, 3, additive=True),
        Field("A1", "co", "Có chứng từ", FieldKind.FLAG, 4),
    ),
)
PEOPLE = Form(
    "A2",
    "Cá nhân",
    "Cá nhân",
    FormKind.TABLE,
    2,
    (Field("A2", "ma", "Mã", FieldKind.CODE, 1), Field("A2", "ho_ten", "Họ tên", FieldKind.TEXT, 2)),
)


def column(code: str, take: str, **more: object) -> ReportColumn:
    """A report column of the sheet BC1."""
    return ReportColumn("BC1", 0, code, code, take, **more)  # type: ignore[arg-type]  # test shorthand


def criteria(*sheets: ReportSheet) -> Criteria:
    """The small book with the given report sheets."""
    return Criteria(
        forms=(HEAD, GIFTS, PEOPLE),
        rules=(),
        lists={"DM_KHOI": BLOCS, "DM_HT": KINDS},
        units=(
            Unit("U1", "Phòng Một", "P1", bloc="PHONG"),
            Unit("U2", "Phòng Hai", "P2", bloc="PHONG"),
            Unit("U3", "Trung tâm Ba", "TT3", bloc="DON_VI"),
        ),
        communes=(),
        periods=(PERIOD,),
        awards=(),
        report_sheets=tuple(sheets),
        period=PERIOD,
    )


def submission(
    unit: str, people: Value, gifts: Sequence[Sequence[Value]], persons: Sequence[Sequence[Value]] = ()
) -> Submission:
    """A unit's report: gifts are rows of (ma, ht, tien, co), persons rows of (ma, ho_ten); rows begin at 10."""
    return Submission(
        file=f"{unit}.xlsx",
        unit=unit,
        period=PERIOD.code,
        records={
            "A0": Records(
                "A0",
                "Chung",
                (5,),
                {"nguoi": (people,), "ten": (unit,)},
                single_cells={"nguoi": "C5", "ten": "C6"},
            ),
            "A1": _table(GIFTS, gifts),
            "A2": _table(PEOPLE, persons),
        },
    )


def statuses(taken: Sequence[Submission]) -> tuple[UnitStatus, ...]:
    """The state of the three units."""
    files = {one.unit: one.file for one in taken}
    return tuple(
        UnitStatus(unit.code, unit.name, "DU" if unit.code in files else "THIEU", files.get(unit.code, ""))
        for unit in criteria().units
    )


def shown(rows: Sequence[object], columns: Sequence[str]) -> list[list[object]]:
    """Each report row as [kind, key, values of the columns...]."""
    found: list[list[object]] = []
    for row in rows:
        figures: Mapping[str, object] = {one.column: one.value for one in row.figures}  # type: ignore[attr-defined]
        found.append([row.kind, row.key, *(figures.get(code) for code in columns)])  # type: ignore[attr-defined]
    return found


def _table(form: Form, rows: Sequence[Sequence[Value]]) -> Records:
    codes = [field.code for field in form.fields]
    columns = {code: tuple(row[at] for row in rows) for at, code in enumerate(codes)}
    letters = {code: chr(66 + at) for at, code in enumerate(codes)}
    return Records(form.code, form.sheet, tuple(range(10, 10 + len(rows))), columns, letters)
