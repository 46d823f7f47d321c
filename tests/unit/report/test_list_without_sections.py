"""Templates that have no row for headings of sections, for their subtotals or for the total."""

from __future__ import annotations

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
    "DANH_SACH",
    total_rows=("CONG", "TONG"),
    columns=(
        ReportColumn("B1", 1, "stt", "STT", "STT"),
        ReportColumn("B1", 2, "ten", "Tên", "LAY"),
        ReportColumn("B1", 3, "tien", "Tiền", "LAY", total=True),
    ),
)
PERIOD = Period("P", "P", "", 2024, None, None)
AMOUNTS = {"I": (1, 20), "II": (300, 4_000, 50_000)}
EVERY = [one for amounts in AMOUNTS.values() for one in amounts]


def table() -> ReportTable:
    """Two sections, numbered each from 1, with subtotals and a grand total."""
    rows: list[ReportRow] = []
    for mark, amounts in AMOUNTS.items():
        rows.append(ReportRow("SECTION", mark, "", (Figure("stt", mark), Figure("ten", f"Mục {mark}"))))
        for number, amount in enumerate(amounts, 1):
            figures = (Figure("stt", number), Figure("ten", f"Tên {amount}"), Figure("tien", amount))
            rows.append(ReportRow("DETAIL", str(amount), "", figures))
        rows.append(ReportRow("SUBTOTAL", mark, "", (Figure("tien", sum(amounts)),)))
    rows.append(ReportRow("TOTAL", "", "", (Figure("tien", sum(EVERY)),)))
    return ReportTable("B1", tuple(rows))


def filled(tmp_path: Path, kinds: tuple[str, ...], elsewhere: str, blank: int = 1) -> tuple[Path, FilledReport]:
    """A template with these model rows from row 4 on, `blank` of DATA, and a formula on another sheet."""
    path, out = tmp_path / "mau.xlsx", tmp_path / "bc.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, other = book.add_worksheet("B1"), book.add_worksheet("Tổng quát")
        sheet.write_row(1, 0, ["stt", "ten", "tien"])
        sheet.write_row(2, 0, ["STT", "Tên", "Tiền"])
        book.define_name("B1_MA_COT", "=B1!$A$2:$C$2")
        row = 4
        for kind in kinds:
            last = row + (blank - 1 if kind == "DATA" else 0)
            book.define_name(f"B1_{kind}", f"=B1!$A${row}:$C${last}")
            row = last + 1
        if "TONG" in kinds:
            sheet.write(row - 2, 1, "Tổng cộng")
        other.write_formula(0, 0, elsewhere)
    book_of_office = Criteria((), (), {}, (), (), (PERIOD,), (), report_sheets=(SHEET,), period=PERIOD)
    return out, fill_report(Consolidation(PERIOD, (table(),), (), ()), book_of_office, path, out)


def column(path: Path, letter: str, sheet: str = "B1") -> list[object]:
    """The values of a column from row 4 on."""
    return [cell.value for cell in openpyxl.load_workbook(path, data_only=True)[sheet][letter][3:]]


def test_a_plain_list_has_only_its_entries_numbered_through_and_sums_elsewhere_count_each_once(tmp_path: Path) -> None:
    out, report = filled(tmp_path, ("DATA", "TONG"), "=SUM(B1!C4:C6)", blank=3)
    assert column(out, "A") == [1, 2, 3, 4, 5, None]
    assert column(out, "C") == [*EVERY, sum(EVERY)]
    assert openpyxl.load_workbook(out, data_only=True)["Tổng quát"]["A1"].value == sum(EVERY)
    assert report.misses == ()


@pytest.mark.parametrize(
    ("kinds", "serials"),
    [
        (("NHOM", "DATA", "TONG"), ["I", 1, 2, "II", 1, 2, 3, None]),
        (("DATA", "CONG", "TONG"), [1, 2, None, 1, 2, 3, None, None]),
        (("NHOM", "DATA", "CONG", "TONG"), ["I", 1, 2, None, "II", 1, 2, 3, None, None]),
    ],
)
def test_only_the_rows_that_the_office_has_drawn_are_written(
    kinds: tuple[str, ...], serials: list[object], tmp_path: Path
) -> None:
    out, _ = filled(tmp_path, kinds, "=1")
    assert column(out, "A") == serials
    assert column(out, "C")[-1] == sum(EVERY)


def test_without_a_row_for_the_total_no_entry_is_written_over(tmp_path: Path) -> None:
    out, report = filled(tmp_path, ("DATA",), "=SUM(B1!C4:C6)", blank=3)
    assert column(out, "C") == EVERY
    assert not [cell for row in openpyxl.load_workbook(out)["B1"] for cell in row if cell.data_type == "f"]
    assert openpyxl.load_workbook(out, data_only=True)["Tổng quát"]["A1"].value == sum(EVERY)
    assert report.misses == ()


def test_a_sum_elsewhere_over_the_single_row_drawn_takes_in_all_rows(tmp_path: Path) -> None:
    out, report = filled(tmp_path, ("DATA", "TONG"), "=SUM(B1!C4:C4)")
    assert report.misses == ()
    assert openpyxl.load_workbook(out, data_only=True)["Tổng quát"]["A1"].value == sum(EVERY)


def test_a_sum_elsewhere_over_the_single_row_of_sections_is_told_with_what_it_misses(tmp_path: Path) -> None:
    _, report = filled(tmp_path, ("NHOM", "DATA", "CONG", "TONG"), "=SUM(B1!C5:C5)")
    (miss,) = report.misses
    assert (miss.sheet, miss.cell, miss.theirs, miss.ours) == ("Tổng quát", "A1", EVERY[0], sum(EVERY))
    assert len(miss.missed) == len(EVERY) - 1


def test_a_cell_that_is_shown_elsewhere_by_itself_misses_nothing(tmp_path: Path) -> None:
    _, report = filled(tmp_path, ("DATA", "TONG"), "=SUM(B1!C4)")
    assert report.misses == ()
