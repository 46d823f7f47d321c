"""State of the units, village criteria by commune, years side by side, findings, coded matrices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from small_round import GIFTS, PERIOD, column, criteria, shown, statuses, submission

from thidua_xl import merge
from thidua_xl.model import (
    ClosedPeriod,
    Commune,
    Criteria,
    Field,
    FieldKind,
    Finding,
    Form,
    FormKind,
    ListItem,
    Records,
    ReportSheet,
    ReportTable,
    Severity,
    Submission,
    ValueList,
)

FIRST = submission("U1", 1, [("a", "TIEN", 30, None)])


def made(book: Criteria, taken: list[Submission], **more: object) -> ReportTable:
    result = merge.consolidate(taken, book, PERIOD, statuses=statuses(taken), **more)  # type: ignore[arg-type]
    table = result.table("BC1")
    assert table is not None
    return table


def test_the_state_table_counts_who_sent_and_who_did_not() -> None:
    sheet = ReportSheet(
        "BC1",
        "",
        "BC1",
        "TINH_HINH_NOP",
        total_rows=("TONG",),
        columns=(
            column("stt", "STT"),
            column("ten", "DON_VI"),
            column("tt", "TINH_HINH", field="trang_thai"),
            column("han", "TINH_HINH", field="han_nop"),
        ),
    )
    table = made(criteria(sheet), [FIRST])
    assert shown(table.rows, ["ten", "tt", "han"])[:2] == [
        ["DETAIL", "U1", "Phòng Một", "DU", date(2024, 6, 10)],
        ["DETAIL", "U2", "Phòng Hai", "THIEU", date(2024, 6, 10)],
    ]
    assert {"so_don_vi": "3", "da_nop": "1", "chua_nop": "2"}.items() <= table.rows[-1].words.items()


def test_village_criteria_stand_side_by_side_by_commune() -> None:
    form = Form(
        "N1",
        "",
        "N1",
        FormKind.MATRIX,
        1,
        (
            Field("N1", "xa", "Xã", FieldKind.CHOICE, 1, choices="DIA_BAN"),
            Field("N1", "so", "Số", FieldKind.INTEGER, 2),
            Field("N1", "kq", "Kết quả", FieldKind.CHOICE, 3, choices="DM_KQ"),
            Field("N1", "ho", "Số hộ", FieldKind.INTEGER, 4, once_per="xa"),
        ),
    )
    sheet = ReportSheet(
        "BC1",
        "",
        "BC1",
        "NTM",
        form="N1",
        sections="nhom",
        total_rows=("TONG",),
        notes={
            "bang": "BANG",
            "khoa_bang": "so",
            "khoa": "so",
            "o_cot": "xa",
            "dong_them": "ho",
            "muc_them": "Hộ",
            "cot_dong_them": "x1,x2",
        },
        columns=(
            column("so", "BANG", field="so"),
            column("ten", "BANG", field="ten"),
            column("x1", "O_COT", field="kq", formula="1", total=True, total_formula='=COUNTIF({vung},"Đạt")'),
            column("x2", "O_COT", field="kq", formula="2", total=True, total_formula='=COUNTIF({vung},"Đạt")'),
        ),
    )
    book = replace(
        criteria(sheet),
        forms=(form,),
        communes=(Commune("A", "Xã A"), Commune("B", "Xã B")),
        lists={"DM_KQ": ValueList("DM_KQ", (ListItem("D", "Đạt"), ListItem("K", "Chưa đạt")))},
        reference_tables={
            "BANG": ({"so": 1, "ten": "Điện", "nhom": "Hạ tầng"}, {"so": 2, "ten": "Y tế", "nhom": "Xã hội"})
        },
    )
    records = Records(
        "N1",
        "N1",
        (5, 6, 7),
        {"xa": ("A", "A", "B"), "so": (1, 2, 1), "kq": ("D", "D", "K"), "ho": (90, None, None)},
        {"xa": "B", "so": "C", "kq": "D", "ho": "E"},
    )
    table = made(book, [Submission("U1.xlsx", "U1", PERIOD.code, records={"N1": records})])
    assert shown(table.rows, ["so", "ten", "x1", "x2"]) == [
        ["SECTION", "Hạ tầng", "I", "Hạ tầng", None, None],
        ["DETAIL", "1", 1, "Điện", "Đạt", "Chưa đạt"],
        ["SECTION", "Xã hội", "II", "Xã hội", None, None],
        ["DETAIL", "2", 2, "Y tế", "Đạt", None],
        ["SECTION", "", "III", "Hộ", None, None],
        ["DETAIL", "ho", None, "Số hộ", 90, None],
        ["TOTAL", "", None, None, 2, 0],
    ]
    assert table.texts["O_1"] == "Xã A"


def test_years_stand_side_by_side_with_running_total_and_comparison() -> None:
    units = ReportSheet(
        "BC0",
        "",
        "BC0",
        "DON_VI",
        total_rows=("TONG",),
        columns=(replace(column("tien", "TONG", form="A1", field="tien", total=True), sheet="BC0"),),
    )
    sheet = ReportSheet(
        "BC1",
        "",
        "BC1",
        "SO_SANH_KY",
        columns=(
            column("ten", "TEN"),
            column("n23", "NAM", formula="2023"),
            column("n24", "NAM", formula="2024"),
            column("lk", "LUY_KE"),
            column("ck", "CUNG_KY"),
            column("d1", "DONG", form="BC0", field="tien", total=True),
        ),
    )
    closed = [
        ClosedPeriod("2023-6T", "6T", 2023, {"BC0.tien": 7}),
        ClosedPeriod("2023-NAM", "NAM", 2023, {"BC0.tien": 9}),
    ]
    table = made(criteria(units, sheet), [FIRST], closed=closed)
    assert shown(table.rows, ["n23", "n24", "lk", "ck"]) == [["DETAIL", "d1", 9, 30, 39, Decimal("428.57")]]


def test_findings_stand_by_unit_errors_first() -> None:
    sheet = ReportSheet(
        "BC1",
        "",
        "BC1",
        "BANG_LOI",
        sections="DON_VI",
        total_rows=("CONG", "TONG"),
        notes={"muc_khac": "Khác"},
        columns=(column("stt", "STT"), column("ten", "DON_VI"), column("ma", "PHAT_HIEN", field="ma")),
    )
    found = [
        Finding("W1", Severity.WARNING, file="U1.xlsx", unit="U1"),
        Finding("E1", Severity.ERROR, file="U1.xlsx", unit="U1"),
        Finding("E2", Severity.ERROR, file="x.xlsx"),
    ]
    table = made(criteria(sheet), [FIRST], findings=found)
    assert [row[4] for row in shown(table.rows, ["stt", "ten", "ma"]) if row[0] == "DETAIL"] == ["E1", "W1", "E2"]
    assert [(row.words["so_loi"], row.words["so_canh_bao"]) for row in table.rows if row.kind == "SUBTOTAL"] == [
        ("1", "1"),
        ("1", "0"),
    ]


def test_a_coded_matrix_adds_cell_by_cell_and_leaves_untouched_cells_blank() -> None:
    form = Form(
        "M1",
        "",
        "M1",
        FormKind.CODED,
        1,
        (Field("M1", "C-1", "Một", FieldKind.NUMBER, 1), Field("M1", "C-2", "Hai", FieldKind.NUMBER, 2)),
        layout={"danh_muc_dong": "DM_D"},
    )
    sheet = ReportSheet(
        "BC1",
        "",
        "BC1",
        "MA_HOA",
        form="M1",
        columns=(column("C-1", "TONG", form="M1", field="C-1"), column("C-2", "TONG", form="M1", field="C-2")),
    )
    book = replace(
        criteria(sheet),
        forms=(form, GIFTS),
        lists={"DM_D": ValueList("DM_D", (ListItem("R-1", "a"), ListItem("R-2", "b")))},
    )

    def unit(code: str, one: str) -> Submission:
        records = Records(
            "M1",
            "M1",
            (20, 21),
            {"ma_dong": ("R-1", "R-2"), "C-1": (Decimal(one), None), "C-2": (None, None)},
            {"ma_dong": "A", "C-1": "D", "C-2": "E"},
        )
        return Submission(f"{code}.xlsx", code, PERIOD.code, records={"M1": records})

    table = made(book, [unit("U1", "0.10"), unit("U2", "0.25")])
    assert shown(table.rows, ["C-1", "C-2"]) == [
        ["DETAIL", "R-1", Decimal("0.35"), None],
        ["DETAIL", "R-2", None, None],
    ]
