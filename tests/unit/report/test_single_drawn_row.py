"""Everything that the office has aimed at the single row it drew reaches over the whole list."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from thidua_xl.model import Consolidation, Criteria, Figure, Period, ReportColumn, ReportRow, ReportSheet, ReportTable
from thidua_xl.report import FilledReport, fill_report

COLUMNS = (
    ReportColumn("B1", 1, "stt", "STT", "STT"),
    ReportColumn("B1", 2, "ten", "Tên", "DON_VI"),
    ReportColumn("B1", 3, "tien", "Tiền", "TONG", total=True),
)
PERIOD = Period("P", "P", "", 2024, None, None)
AMOUNTS = (1, 20, 300, 4_000)
FORMULAS = {
    "A1": ('=SUMIF(B1!B4:B4,"B",B1!C4:C4)', 4_020),
    "A2": ('=SUMIFS(B1!$C$4:$C$4,B1!$B$4:$B$4,"A")', 301),
    "A3": ('=COUNTIF(B1!B4:B4,"A")', 2),
    "A4": ("=SUM(B1!C4:C4)", 4_321),
    "A5": ("=AVERAGE(B1!C3:C4)", 1080.25),
    "A6": ("=B1!C4", 1),
}


def rows(*, sections: bool) -> list[ReportRow]:
    details = [
        ReportRow("DETAIL", str(at), "", (Figure("stt", at), Figure("ten", "AB"[at % 2 - 1]), Figure("tien", amount)))
        for at, amount in enumerate(AMOUNTS, 1)
    ]
    total = ReportRow("TOTAL", "", "", (Figure("tien", sum(AMOUNTS)),))
    if not sections:
        return [*details, total]
    head = [ReportRow("SECTION", mark, mark, (Figure("stt", mark), Figure("ten", "Khối"))) for mark in ("I", "II")]
    cong = [ReportRow("SUBTOTAL", "", "", (Figure("tien", sum(one)),)) for one in (AMOUNTS[:2], AMOUNTS[2:])]
    return [head[0], *details[:2], cong[0], head[1], *details[2:], cong[1], total]


def filled(tmp_path: Path, *, sections: bool = False) -> tuple[Path, FilledReport]:
    """Row 4 is drawn (or 4 to 6 with heading and subtotal), the total below; much else looks at that row."""
    path, out = tmp_path / "mau.xlsx", tmp_path / "bc.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, other = book.add_worksheet("B1"), book.add_worksheet("Tổng quát")
        sheet.write_row(1, 0, ["stt", "ten", "tien"])
        sheet.write_row(2, 0, ["STT", "Tên", "Tiền"])
        at = 5 if sections else 4
        names = {"MA_COT": 2, "DATA": at, "TONG": at + 2 if sections else at + 1}
        if sections:
            names |= {"NHOM": 4, "CONG": 6}
        sheet.write(names["TONG"] - 1, 1, "Tổng cộng")
        sheet.conditional_format(f"C{at}", {"type": "cell", "criteria": ">", "value": 100, "format": book.add_format()})
        sheet.data_validation(f"B{at}", {"validate": "list", "source": ["A", "B"]})
        sheet.print_area(0, 0, at - 1, 2)
        sheet.autofilter(2, 0, at - 1, 2)
        sheet.write_formula(at - 1, 3, f"=C{at}/SUM($C${at}:$C${at})")
        sheet.write_formula(at - 1, 4, f"=SUM(A{at}:C{at})")
        for cell, (text, _) in FORMULAS.items():
            other.write_formula(cell, text.replace("4", str(at)).replace("C3", "C3"))
        for name, row in names.items():
            book.define_name(f"B1_{name}", f"=B1!$A${row}:$C${row}")
        chart = book.add_chart({"type": "column"})
        chart.add_series(
            {"name": ["B1", 2, 2], "categories": ["B1", at - 1, 1, at - 1, 1], "values": ["B1", at - 1, 2, at - 1, 2]}
        )
        other.insert_chart("C3", chart)
    sheet_map = ReportSheet("B1", "Bảng", "B1", "DON_VI", total_rows=("CONG", "TONG"), columns=COLUMNS)
    office = Criteria((), (), {}, (), (), (PERIOD,), (), report_sheets=(sheet_map,), period=PERIOD)
    table = ReportTable("B1", tuple(rows(sections=sections)))
    return out, fill_report(Consolidation(PERIOD, (table,), (), ()), office, path, out)


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_over_the_single_row_takes_in_all_rows_and_a_cell_by_itself_stays(cell: str, tmp_path: Path) -> None:
    out, report = filled(tmp_path)
    assert openpyxl.load_workbook(out, data_only=True)["Tổng quát"][cell].value == pytest.approx(FORMULAS[cell][1])
    assert report.misses == ()


def test_a_chart_a_filter_and_the_print_area_reach_the_last_row(tmp_path: Path) -> None:
    out, _ = filled(tmp_path)
    chart = part(out, "xl/charts/chart1.xml")
    assert "$B$4:$B$7" in chart
    assert "$C$4:$C$7" in chart
    assert "$C$3<" in chart  # the series' name is a cell, not a list
    sheet = openpyxl.load_workbook(out)["B1"]
    assert sheet.auto_filter.ref == "A3:C7"
    assert sheet.print_area == "'B1'!$A$1:$C$7"


def test_colours_choices_and_a_rows_own_formulas_hold_on_every_row(tmp_path: Path) -> None:
    out, _ = filled(tmp_path)
    sheet = openpyxl.load_workbook(out)["B1"]
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["C4:C7"]
    assert [str(one.sqref) for one in sheet.data_validations.dataValidation] == ["B4:B7"]
    assert [sheet[f"D{row}"].value for row in range(4, 8)] == [f"=C{row}/SUM($C$4:$C$7)" for row in range(4, 8)]
    assert [sheet[f"E{row}"].value for row in range(4, 8)] == [f"=SUM(A{row}:C{row})" for row in range(4, 8)]


def test_between_sections_a_choosing_formula_is_stretched_and_a_plain_sum_is_told(tmp_path: Path) -> None:
    out, report = filled(tmp_path, sections=True)
    values = openpyxl.load_workbook(out, data_only=True)["Tổng quát"]
    assert [values[cell].value for cell in ("A1", "A2", "A3")] == [4_020, 301, 2]
    assert ("Tổng quát", "A4") in {(one.sheet, one.cell) for one in report.misses}
