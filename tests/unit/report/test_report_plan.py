"""Tables laid into a template: rows inserted like their models, sums as formulas with right cached results."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from thidua_xl.errors import TemplateProblem
from thidua_xl.model import Figure, ReportColumn, ReportRow, ReportSheet, ReportTable
from thidua_xl.ooxml import Workbook
from thidua_xl.report.apply import apply_edits
from thidua_xl.report.places import find_places
from thidua_xl.report.plan import plan_table, sum_formula

SHEET = ReportSheet(
    "B1",
    "Bảng",
    "B1",
    "DON_VI",
    sections="KHOI",
    columns=(
        ReportColumn("B1", 1, "stt", "STT", "STT"),
        ReportColumn("B1", 2, "ten", "Tên", "DON_VI"),
        ReportColumn("B1", 3, "tien", "Tiền", "TONG", total=True),
        ReportColumn("B1", 4, "tl", "Tỷ lệ", "CONG_THUC", formula="={tien}*2"),
    ),
)


def template(path: Path, *, sections: bool = True) -> Path:
    """Codes in row 2, headings in 3, model rows from row 4, a signature below; elsewhere a formula shows the total."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("B1")
    other = book.add_worksheet("Khác")
    bold = book.add_format({"bold": True, "bg_color": "#DDEEFF"})
    sheet.write_row(1, 0, ["stt", "ten", "tien", "tl"])
    sheet.write_row(2, 0, ["STT", "Tên", "Tiền", "Tỷ lệ"])
    names = {"MA_COT": 1, "DATA": 3}
    row = 3
    if sections:
        names |= {"NHOM": 3, "DATA": 4, "CONG": 5}
        for column in range(4):
            sheet.write_blank(3, column, None, bold)
        sheet.write(5, 1, "Cộng {muc}", bold)
        row = 5
    names["TONG"] = row + 1
    sheet.write(row + 1, 1, "Tổng cộng", bold)
    sheet.write(row + 3, 2, "Thủ trưởng")
    book.define_name("B1_NGAY_KY", f"=B1!$C${row + 3}")
    for name, at in names.items():
        book.define_name(f"B1_{name}", f"=B1!$A${at + 1}:$D${at + 1}")
    other.write_formula(0, 0, f"=B1!C{row + 2}")
    book.close()
    return path


def detail(number: int, name: str, amount: int) -> ReportRow:
    figures = (
        Figure("stt", number),
        Figure("ten", name),
        Figure("tien", amount),
        Figure("tl", amount * 2, (), "={tien}*2"),
    )
    return ReportRow("DETAIL", name, name, figures)


def section(mark: str, *amounts: int) -> list[ReportRow]:
    return [
        ReportRow("SECTION", mark, "", (Figure("stt", mark), Figure("ten", f"Khối {mark}"))),
        *(detail(at, f"Đơn vị {mark}.{at}", amount) for at, amount in enumerate(amounts, 1)),
        ReportRow("SUBTOTAL", mark, "", (Figure("tien", sum(amounts)),), {"muc": mark}),
    ]


def filled(path: Path, rows: list[ReportRow], out: Path) -> Path:
    workbook = Workbook.open(path)
    places = find_places(workbook, SHEET)
    assert places is not None
    planned = plan_table(ReportTable("B1", tuple(rows), {"NGAY_KY": "ngày ký"}), SHEET, places)
    apply_edits(workbook, planned.edits)
    workbook.save(out)
    return out


def cells(path: Path, *, values: bool) -> dict[str, object]:
    sheet = openpyxl.load_workbook(path, data_only=values)["B1"]
    return {
        cell.coordinate: cell.value for line in sheet.iter_rows(min_row=4) for cell in line if cell.value is not None
    }


def test_sections_grow_by_insertion_and_sums_are_formulas_with_results(tmp_path: Path) -> None:
    rows = [*section("I", 1, 2, 3), *section("II", 10), ReportRow("TOTAL", "", "", (Figure("tien", 16),))]
    out = filled(template(tmp_path / "t.xlsx"), rows, tmp_path / "o.xlsx")
    formulas, values = cells(out, values=False), cells(out, values=True)
    assert [formulas[f"B{row}"] for row in range(4, 13)] == [
        "Khối I",
        "Đơn vị I.1",
        "Đơn vị I.2",
        "Đơn vị I.3",
        "Cộng I",
        "Khối II",
        "Đơn vị II.1",
        "Cộng II",
        "Tổng cộng",
    ]
    assert (formulas["C8"], formulas["C11"], formulas["C12"]) == ("=SUM(C5:C7)", "=SUM(C10)", "=SUM(C8,C11)")
    assert (values["C8"], values["C11"], values["C12"]) == (6, 10, 16)
    assert (formulas["D6"], values["D6"]) == ("=C6*2", 4)
    assert (formulas["C13"], formulas["C14"]) == ("ngày ký", "Thủ trưởng")


def test_inserted_rows_look_like_their_model_and_other_sheets_follow(tmp_path: Path) -> None:
    rows = [*section("I", 1), *section("II", 2), ReportRow("TOTAL", "", "", (Figure("tien", 3),))]
    out = filled(template(tmp_path / "t.xlsx"), rows, tmp_path / "o.xlsx")
    book = openpyxl.load_workbook(out)
    assert book["B1"]["B7"].font.bold
    assert not book["B1"]["B8"].font.bold
    assert book["Khác"]["A1"].value == "=B1!C10"


def test_a_model_row_that_nothing_uses_is_taken_out(tmp_path: Path) -> None:
    rows = [ReportRow("DETAIL", ""), ReportRow("TOTAL", "", "", (Figure("tien", 0),))]
    out = filled(template(tmp_path / "t.xlsx"), rows, tmp_path / "o.xlsx")
    found = cells(out, values=False)
    assert found["B5"] == "Tổng cộng"
    assert "Cộng …" not in found.values()


def test_a_column_that_the_template_left_out_is_not_written(tmp_path: Path) -> None:
    path = template(tmp_path / "t.xlsx")
    workbook = Workbook.open(path)
    workbook["B1"].set("D2", None)
    workbook.save(path)
    out = filled(path, [*section("I", 1), ReportRow("TOTAL", "", "", (Figure("tien", 1),))], tmp_path / "o.xlsx")
    assert "D5" not in cells(out, values=False)


def test_a_sheet_without_its_named_row_is_refused(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"))
    book.add_worksheet("B1")
    book.close()
    with pytest.raises(TemplateProblem) as refused:
        find_places(Workbook.open(tmp_path / "t.xlsx"), SHEET)
    assert refused.value.values["name"] == "B1_DATA"


def test_sums_over_many_pieces_stay_within_what_excel_takes() -> None:
    assert sum_formula([3, 4, 5, 9], 3) == "=SUM(C3:C5,C9)"
    formula = sum_formula(range(1, 1001, 2), 1)
    assert formula.count("SUM(") == 3


def test_decimals_arrive_exactly(tmp_path: Path) -> None:
    rows = [
        ReportRow("DETAIL", "a", "", (Figure("tien", Decimal("0.1")),)),
        ReportRow("TOTAL", "", "", (Figure("tien", Decimal("0.1")),)),
    ]
    out = filled(template(tmp_path / "t.xlsx", sections=False), rows, tmp_path / "o.xlsx")
    assert cells(out, values=True)["C4"] == 0.1
