"""Templates in which the office has drawn every La Mã section itself."""

from __future__ import annotations

from dataclasses import dataclass
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
    sections="loai",
    total_rows=("CONG", "TONG"),
    columns=(
        ReportColumn("B1", 1, "stt", "STT", "STT"),
        ReportColumn("B1", 2, "ten", "Tên", "LAY"),
        ReportColumn("B1", 3, "tien", "Tiền", "LAY", total=True),
    ),
)
PERIOD = Period("P", "P", "", 2024, None, None)
NAMES = {"TT": "Tập thể", "CN": "Cá nhân", "DN": "Doanh nghiệp", "HO": "Hộ gia đình"}
# The table's own order; HO has no entries.
AMOUNTS = {"CN": (1, 20), "TT": (300, 4_000, 50_000), "DN": (600_000,)}
EVERY = sum(sum(one) for one in AMOUNTS.values())


def table() -> ReportTable:
    rows: list[ReportRow] = []
    for mark, (code, amounts) in zip(("I", "II", "III"), AMOUNTS.items(), strict=True):
        head = (Figure("stt", mark), Figure("ten", NAMES[code]))
        rows.append(ReportRow("SECTION", code, NAMES[code], head, {"muc": mark, "ten_muc": NAMES[code]}))
        for number, amount in enumerate(amounts, 1):
            figures = (Figure("stt", number), Figure("ten", f"Tên {amount}"), Figure("tien", amount))
            rows.append(ReportRow("DETAIL", str(amount), "", figures))
        rows.append(ReportRow("SUBTOTAL", code, "", (Figure("tien", sum(amounts)),), {"muc": mark}))
    rows.append(ReportRow("TOTAL", "", "", (Figure("tien", EVERY),)))
    return ReportTable("B1", tuple(rows), sections=NAMES)


@dataclass
class Drawn:
    """What the office has drawn: titles by mark, how many blank rows each has, with or without subtotals."""

    titles: tuple[str, ...]
    blank: int = 1
    subtotals: bool = True
    in_one_cell: bool = False
    total: str = "subtotals"


def filled(tmp_path: Path, drawn: Drawn) -> tuple[Path, FilledReport]:
    path, out = tmp_path / "mau.xlsx", tmp_path / "bc.xlsx"
    names = {"MA_COT": 2}
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("B1")
        sheet.write_row(1, 0, ["stt", "ten", "tien"])
        row, subtotals = 4, []
        for mark, title in zip(("I", "II", "III", "IV"), drawn.titles, strict=False):
            names.setdefault("NHOM", row)
            if drawn.in_one_cell:
                sheet.merge_range(row - 1, 0, row - 1, 2, f"{mark}. {title}")
            else:
                sheet.write_row(row - 1, 0, [mark, title])
            first = row + 1
            names.setdefault("DATA", first)
            row = first + drawn.blank
            if drawn.subtotals:
                names.setdefault("CONG", row)
                sheet.write(row - 1, 1, f"Cộng {mark}")
                sheet.write_formula(row - 1, 2, f"=SUM(C{first}:C{row - 1})")
                subtotals.append(f"C{row}")
                row += 1
        names["TONG"] = row
        sheet.write(row - 1, 1, "TỔNG CỘNG")
        if drawn.total == "subtotals" and subtotals:
            sheet.write_formula(row - 1, 2, "=" + "+".join(subtotals))
        sheet.write(row + 1, 1, "Người lập")
        for name, at in names.items():
            last = at + drawn.blank - 1 if name == "DATA" else at
            book.define_name(f"B1_{name}", f"=B1!$A${at}:$C${last}")
    office = Criteria((), (), {}, (), (), (PERIOD,), (), report_sheets=(SHEET,), period=PERIOD)
    return out, fill_report(Consolidation(PERIOD, (table(),), (), ()), office, path, out)


def lines(path: Path) -> list[tuple[object, object, object]]:
    sheet = openpyxl.load_workbook(path, data_only=True)["B1"]
    return [tuple(cell.value for cell in row[:3]) for row in sheet.iter_rows(min_row=4)]  # type: ignore[misc]  # three cells


@pytest.mark.parametrize("blank", [1, 3])
def test_each_section_is_filled_with_its_own_entries_where_it_stands(blank: int, tmp_path: Path) -> None:
    out, report = filled(tmp_path, Drawn(("TẬP THỂ", "Cá nhân", "Doanh nghiệp"), blank))
    assert lines(out) == [
        ("I", "TẬP THỂ", None),
        (1, "Tên 300", 300),
        (2, "Tên 4000", 4_000),
        (3, "Tên 50000", 50_000),
        (None, "Cộng I", 54_300),
        ("II", "Cá nhân", None),
        (1, "Tên 1", 1),
        (2, "Tên 20", 20),
        (None, "Cộng II", 21),
        ("III", "Doanh nghiệp", None),
        (1, "Tên 600000", 600_000),
        (None, "Cộng III", 600_000),
        (None, "TỔNG CỘNG", EVERY),
        (None, None, None),
        (None, "Người lập", None),
    ]
    formulas = openpyxl.load_workbook(out)["B1"]
    assert [formulas[cell].value for cell in ("C8", "C12", "C16")] == [
        "=SUM(C5:C7)",
        "=SUM(C10:C11)",
        "=SUM(C8,C12,C15)",
    ]
    assert not report.misses
    assert (report.arranged["B1"].unmatched, report.arranged["B1"].added) == ((), ())


def test_headings_in_one_merged_cell_and_with_other_words_are_understood(tmp_path: Path) -> None:
    titles = ("Khen thưởng tập thể", "Khen thưởng cá nhân", "Các doanh nghiệp có thành tích")
    out, report = filled(tmp_path, Drawn(titles, in_one_cell=True, subtotals=False))
    assert [one[0] for one in lines(out)][:9] == [
        "I. Khen thưởng tập thể", 1, 2, 3, "II. Khen thưởng cá nhân", 1, 2,
        "III. Các doanh nghiệp có thành tích", 1,
    ]  # fmt: skip
    assert lines(out)[9] == (None, "TỔNG CỘNG", EVERY)
    assert not report.arranged["B1"].unmatched


def test_a_section_without_entries_keeps_its_blank_row_and_the_sum_0(tmp_path: Path) -> None:
    out, report = filled(tmp_path, Drawn(("Hộ gia đình", "Cá nhân", "Tập thể", "Doanh nghiệp")))
    assert lines(out)[:4] == [
        ("I", "Hộ gia đình", None),
        (None, None, None),
        (None, "Cộng I", 0),
        ("II", "Cá nhân", None),
    ]
    assert not report.arranged["B1"].unmatched


def test_entries_whose_section_is_not_drawn_come_behind_and_a_title_that_fits_none_is_told(tmp_path: Path) -> None:
    out, report = filled(tmp_path, Drawn(("Tập thể", "Công trình", "Cá nhân")))
    assert report.arranged["B1"].unmatched == ((9, "Công trình"),)
    assert report.arranged["B1"].added == (("Doanh nghiệp", 1),)
    assert lines(out)[-6:-2] == [
        ("IV", "Doanh nghiệp", None),
        (1, "Tên 600000", 600_000),
        (None, "Cộng IV", 600_000),
        (None, "TỔNG CỘNG", EVERY),
    ]
    assert not report.misses


def test_a_title_that_may_be_two_sections_is_none_of_them(tmp_path: Path) -> None:
    out, report = filled(tmp_path, Drawn(("Tập thể và cá nhân", "Doanh nghiệp")))
    assert [title for _, title in report.arranged["B1"].unmatched] == ["Tập thể và cá nhân"]
    assert lines(out)[0] == ("I", "Tập thể và cá nhân", None)
    assert sorted(one[0] for one in report.arranged["B1"].added) == ["Cá nhân", "Tập thể"]
    assert lines(out)[-3] == (None, "TỔNG CỘNG", EVERY)
