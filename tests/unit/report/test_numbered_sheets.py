"""A table too long for its sheet goes on in numbered copies of it, with totals, trace and formulas over all of them."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from thidua_xl.jobs.trace import trace
from thidua_xl.model import (
    Consolidation,
    Criteria,
    Figure,
    Period,
    ReportColumn,
    ReportRow,
    ReportSheet,
    ReportTable,
    Source,
)
from thidua_xl.report import FilledReport, fill_report, numbered

SHEET = ReportSheet(
    "B1",
    "Bảng",
    "B1",
    "DON_VI",
    sections="KHOI",
    total_rows=("CONG", "TONG"),
    columns=(
        ReportColumn("B1", 1, "stt", "STT", "STT"),
        ReportColumn("B1", 2, "ten", "Tên", "DON_VI"),
        ReportColumn("B1", 3, "tien", "Tiền", "TONG", total=True),
    ),
)
PERIOD = Period("2024-6T", "6 tháng 2024", "6T", 2024, date(2023, 12, 15), date(2024, 6, 14))


def template(path: Path, *, sections: bool, short: str = "") -> Path:
    """Headings, model rows, a total, a signature; on another sheet the total shown and a sum over the rows."""
    book = xlsxwriter.Workbook(str(path))
    sheet, other = book.add_worksheet("B1"), book.add_worksheet("Khác")
    sheet.merge_range("A1:C1", "BẢNG TỔNG HỢP")
    sheet.write_row("A3", ["stt", "ten", "tien"])
    sheet.write_row("A4", ["STT", "Tên", "Tiền"])
    sheet.repeat_rows(2, 3)
    sheet.set_landscape()
    models = ["NHOM", "DATA", "CONG", "TONG"] if sections else ["DATA", "TONG"]
    for row, name in enumerate(models, 5):
        book.define_name(f"B1_{name}", f"=B1!$A${row}:$C${row}")
    total = 4 + len(models)
    book.define_name("B1_MA_COT", "=B1!$A$3:$C$3")
    sheet.write(f"B{total}", "Tổng cộng")
    sheet.write(f"B{total + 2}", "Thủ trưởng")
    sheet.print_area(f"A1:C{total + 2}")
    other.write_formula("A1", f"=B1!C{total}")
    if short:
        other.write_formula("A2", short)
    book.close()
    return path


def table(*amounts: list[int], sections: bool = True) -> ReportTable:
    """Sections of detail rows with their subtotals, and the total, every figure with a source cell of its own."""
    rows: list[ReportRow] = []
    sources: list[Source] = []
    for mark, section in zip(("I", "II", "III"), amounts, strict=False):
        if sections:
            rows.append(ReportRow("SECTION", mark, "", (Figure("stt", mark), Figure("ten", f"Khối {mark}"))))
        own = [Source(f"{mark}.xlsx", "S", f"A{at}", amount) for at, amount in enumerate(section, 1)]
        for at, (amount, source) in enumerate(zip(section, own, strict=True), 1):
            figures = (Figure("stt", at), Figure("ten", f"{mark}.{at}"), Figure("tien", amount, (source,)))
            rows.append(ReportRow("DETAIL", f"{mark}.{at}", "", figures))
        if sections:
            rows.append(ReportRow("SUBTOTAL", mark, "", (Figure("tien", sum(section), tuple(own)),)))
        sources += own
    rows.append(ReportRow("TOTAL", "", "", (Figure("tien", sum(map(sum, amounts)), tuple(sources)),)))
    return ReportTable("B1", tuple(rows))


def filled(path: Path, made: ReportTable, out: Path) -> FilledReport:
    criteria = Criteria(
        forms=(), rules=(), lists={}, units=(), communes=(), periods=(PERIOD,), awards=(), report_sheets=(SHEET,)
    )
    return fill_report(Consolidation(PERIOD, (made,), (), ()), criteria, path, out)


@pytest.fixture
def short_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets that end at row 20."""
    monkeypatch.setattr(numbered, "MOST_ROWS", 20)


@pytest.mark.parametrize("sections", [True, False])
@pytest.mark.usefixtures("short_sheets")
def test_every_row_stands_once_and_the_first_sheet_holds_the_total_of_all(tmp_path: Path, sections: bool) -> None:
    amounts = [[random.Random(at).randrange(10**12) for at in range(size)] for size in (17, 1, 23)]
    out = tmp_path / "o.xlsx"
    report = filled(template(tmp_path / "t.xlsx", sections=sections), table(*amounts, sections=sections), out)
    names = report.continued["B1"]
    assert names[:3] == ("B1", "B1 (2)", "B1 (3)")
    book = openpyxl.load_workbook(out, data_only=True)
    rows = [row for name in names for row in book[name].iter_rows(min_row=5, max_col=3, values_only=True)]
    assert [row[2] for row in rows if isinstance(row[0], int)] == [one for section in amounts for one in section]
    assert [(row[1], row[2]) for row in rows if row[1] == "Tổng cộng"] == [("Tổng cộng", sum(map(sum, amounts)))]
    assert book["Khác"]["A1"].value == sum(map(sum, amounts))
    assert [row[1] for row in rows].count("Thủ trưởng") == 1
    assert all(book[name].max_row <= 20 for name in names)


def test_blank_rows_at_the_end_of_a_sheet_make_way(tmp_path: Path) -> None:
    made = template(tmp_path / "t.xlsx", sections=True)
    book = openpyxl.load_workbook(made)
    book["B1"]["A1048576"].number_format = "0.0"  # LibreOffice leaves rows there where others were taken out
    book.save(made)
    out = tmp_path / "o.xlsx"
    report = filled(made, table(list(range(30))), out)
    assert not report.continued
    assert openpyxl.load_workbook(out).sheetnames[:2] == ["B1", "Khác"]


@pytest.mark.usefixtures("short_sheets")
def test_further_sheets_have_the_header_and_the_print_set_up(tmp_path: Path) -> None:
    out = tmp_path / "o.xlsx"
    report = filled(template(tmp_path / "t.xlsx", sections=True), table(list(range(30))), out)
    book = openpyxl.load_workbook(out)
    for name in report.continued["B1"][1:]:
        sheet = book[name]
        assert [cell.value for cell in sheet[4]] == ["STT", "Tên", "Tiền"]
        assert sheet.print_title_rows == "$3:$4"
        assert sheet.page_setup.orientation == "landscape"
        assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:C1"]
        assert sheet.print_area.endswith(f"$C${sheet.max_row}")
    assert book.defined_names["B1_2_MA_COT"].attr_text == "'B1 (2)'!$A$3:$C$3"


@pytest.mark.usefixtures("short_sheets")
def test_a_total_over_several_sheets_is_traced_to_every_source(tmp_path: Path) -> None:
    out = tmp_path / "o.xlsx"
    made = table(list(range(1, 20)), list(range(100, 130)))
    report = filled(template(tmp_path / "t.xlsx", sections=True), made, out)
    total = next(cell for cell, one in report.cells["B1"].items() if one is made.rows[-1].figures[0])
    found = {(one.file, one.cell) for one in trace(out, f"B1!{total}").sources}
    assert found == {("I.xlsx", f"A{at}") for at in range(1, 20)} | {("II.xlsx", f"A{at}") for at in range(1, 31)}


@pytest.mark.usefixtures("short_sheets")
def test_a_heading_goes_to_the_next_sheet_with_what_it_heads(tmp_path: Path) -> None:
    out = tmp_path / "o.xlsx"
    report = filled(template(tmp_path / "t.xlsx", sections=True), table([1] * 7, [2] * 5), out)
    book = openpyxl.load_workbook(out, data_only=True)
    first, second = (book[name] for name in report.continued["B1"])
    assert [cell.value for cell in second["B"]][4] == "Khối II"
    assert "Khối II" not in [cell.value for cell in first["B"]]


@pytest.mark.usefixtures("short_sheets")
def test_a_sum_of_the_template_over_the_first_sheet_alone_is_told(tmp_path: Path) -> None:
    made = template(tmp_path / "t.xlsx", sections=False, short="=SUM(B1!C5:C5)+0*SUM(B1!C4:C5)")
    report = filled(made, table([5] * 30, sections=False), tmp_path / "o.xlsx")
    (miss,) = (one for one in report.misses if one.sheet == "Khác")
    assert (miss.ours, miss.missed[-1].split("!")[0]) == (150, "B1 (3)")


def test_a_table_that_fits_stays_on_its_sheet(tmp_path: Path) -> None:
    report = filled(template(tmp_path / "t.xlsx", sections=True), table([1] * 40), tmp_path / "o.xlsx")
    assert not report.continued


def test_a_total_of_more_sections_than_a_formula_names_is_written_as_its_value(tmp_path: Path) -> None:
    rows: list[ReportRow] = []
    for at in range(2_000):
        rows += [
            ReportRow("SECTION", str(at), "", (Figure("stt", "I"),)),
            ReportRow("DETAIL", str(at), "", (Figure("tien", 1),)),
            ReportRow("SUBTOTAL", str(at), "", (Figure("tien", 1),)),
        ]
    rows.append(ReportRow("TOTAL", "", "", (Figure("tien", 2_000),)))
    out = tmp_path / "o.xlsx"
    filled(template(tmp_path / "t.xlsx", sections=True), ReportTable("B1", tuple(rows)), out)
    book = openpyxl.load_workbook(out)
    assert book["B1"]["C6005"].value == 2_000
    assert max(len(str(cell.value)) for row in book["B1"].iter_rows() for cell in row) < 8_192
