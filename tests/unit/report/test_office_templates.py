"""Templates as offices draw them: several blank rows, sums and charts over them, totals on other sheets."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from thidua_xl.model import Consolidation, Criteria, Figure, Period, ReportColumn, ReportRow, ReportSheet, ReportTable
from thidua_xl.report import FilledReport, fill_report

SHEET = ReportSheet(
    "B1",
    "Bảng",
    "B1",
    "DON_VI",
    total_rows=("TONG",),
    columns=(
        ReportColumn("B1", 1, "stt", "STT", "STT"),
        ReportColumn("B1", 2, "ten", "Tên", "DON_VI"),
        ReportColumn("B1", 3, "tien", "Tiền", "TONG", total=True),
    ),
)
PERIOD = Period("P", "P", "", 2024, None, None)
# Rows 4 to 8 are there for typing, row 9 is the total; 1-based.
FIRST, LAST, TOTAL = 4, 8, 9


def template(path: Path, total: str, elsewhere: str) -> Path:
    """Blank rows, a total by the given formula, a chart over the rows, a sum on another sheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, other = book.add_worksheet("B1"), book.add_worksheet("Tổng quát")
        sheet.write_row(1, 0, ["stt", "ten", "tien"])
        sheet.write_row(2, 0, ["STT", "Tên", "Tiền"])
        line = book.add_format({"border": 1})
        for row in range(FIRST - 1, TOTAL):
            for column in range(3):
                sheet.write_blank(row, column, None, line)
        sheet.write(TOTAL - 1, 1, "Tổng cộng")
        sheet.write_formula(TOTAL - 1, 2, total)
        other.write_formula(0, 0, elsewhere)
        for name, top, bottom in (("MA_COT", 2, 2), ("DATA", FIRST, LAST), ("TONG", TOTAL, TOTAL)):
            book.define_name(f"B1_{name}", f"=B1!$A${top}:$C${bottom}")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": ["B1", FIRST - 1, 1, LAST - 1, 1], "values": ["B1", FIRST - 1, 2, LAST - 1, 2]})
        other.insert_chart("C3", chart)
    return path


def filled(tmp_path: Path, count: int, total: str, elsewhere: str = "=SUM(B1!C4:C8)") -> tuple[Path, FilledReport]:
    details = [
        ReportRow("DETAIL", f"U{n}", "", (Figure("stt", n), Figure("ten", f"Đơn vị {n}"), Figure("tien", 10**n)))
        for n in range(1, count + 1)
    ]
    amount = sum(10**n for n in range(1, count + 1))
    rows = [*details, ReportRow("TOTAL", "", "", (Figure("tien", amount),))]
    if not details:
        rows.insert(0, ReportRow("DETAIL", ""))
    book = Criteria((), (), {}, (), (), (PERIOD,), (), report_sheets=(SHEET,), period=PERIOD)
    out = tmp_path / "bc.xlsx"
    made = Consolidation(PERIOD, (ReportTable("B1", tuple(rows)),), (), ())
    return out, fill_report(made, book, template(tmp_path / "mau.xlsx", total, elsewhere), out)


@pytest.mark.parametrize("count", [1, 3, 5, 7])
def test_sums_and_charts_over_the_blank_rows_follow(count: int, tmp_path: Path) -> None:
    out, report = filled(tmp_path, count, "=SUM(C4:C8)")
    book = openpyxl.load_workbook(out, data_only=True)
    amount = sum(10**n for n in range(1, count + 1))
    last = FIRST + count - 1
    assert book["B1"].cell(last + 1, 3).value == amount
    assert book["Tổng quát"]["A1"].value == amount
    assert report.misses == ()
    with zipfile.ZipFile(out) as package:
        chart = package.read("xl/charts/chart1.xml").decode()
    assert f"$C${FIRST}:$C${last}" in chart or (count == 1 and f"$C${FIRST}<" in chart)


def test_an_empty_list_keeps_one_blank_row(tmp_path: Path) -> None:
    out, _ = filled(tmp_path, 0, "=SUM(C4:C8)")
    sheet = openpyxl.load_workbook(out, data_only=True)["B1"]
    assert [cell.value for cell in sheet[FIRST]] == [None, None, None]
    assert [cell.value for cell in sheet[FIRST + 1]] == [None, "Tổng cộng", 0]


def test_a_total_that_misses_rows_is_kept_and_told(tmp_path: Path) -> None:
    out, report = filled(tmp_path, 7, "=C4+C5")
    assert openpyxl.load_workbook(out)["B1"]["C11"].value == "=C4+C5"
    assert [(one.cell, one.ours, one.theirs) for one in report.misses] == [("C11", 11_111_110, 110)]


def test_a_sum_elsewhere_that_misses_rows_is_told_with_the_rows(tmp_path: Path) -> None:
    _, report = filled(tmp_path, 5, "=SUM(C4:C8)", "=SUM(B1!C4:C6)")
    (miss,) = report.misses
    assert (miss.sheet, miss.cell, miss.theirs, miss.ours) == ("Tổng quát", "A1", 1110, 111_110)
    assert miss.missed == ("C7", "C8")
