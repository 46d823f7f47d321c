"""The written report: found by names, told in sentences, laid out as the decree asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from thidua_xl.errors import TemplateProblem
from thidua_xl.model import Book, Cell, Criteria, Period, ReportColumn, ReportSheet, Setting, Sheet, Value
from thidua_xl.report.written import _amount, number_text, written_report
from thidua_xl.report.written_docx import _shares, write_docx

PERIOD = Period("K1", "Kỳ thử", "NAM", 2030, date(2030, 1, 1), date(2030, 12, 31))
COLUMNS = (
    ReportColumn("R1", 1, "tt", "STT", "STT"),
    ReportColumn("R1", 2, "ten", "Tên", "LAY"),
    ReportColumn("R1", 3, "cay", "Số cây", "TONG", unit="cây", total=True, group="Trồng cây"),
    ReportColumn("R1", 4, "cuoc", "Cuộc họp", "TONG", unit="cuộc", total=True),
    ReportColumn("R1", 5, "ty_le", "Tỷ lệ (%)", "CONG_THUC", unit="%"),
)
SHEET = ReportSheet("R1", "Biểu trồng cây", "R1", "DANH_SACH", periods=("NAM",), columns=COLUMNS)
ROWS: tuple[tuple[Value, ...], ...] = (
    ("tt", "ten", "cay", "cuoc", "ty_le"),
    ("I", "Xã A", None, None, None),
    (1, "Đội 1", 1234567, 2, Decimal("12.50")),
    (None, "Cộng I", 1234567, 2, Decimal("12.50")),
    ("II", "Xã B", None, None, None),
    (1, "Đội 2", 3, 0, None),
    (None, "Cộng II", 3, 0, None),
    (None, "Tổng cộng: 2", 1234570, 2, Decimal("98.5")),
)
NAMES = {"R1_MA_COT": "R1!$A$1:$E$1", "R1_NHOM": "R1!$A$2:$E$2", "R1_TONG": "R1!$A$8:$E$8", "R1_DATA": "#REF!"}


def book(rows: tuple[tuple[Value, ...], ...] = ROWS, names: dict[str, str] | None = None) -> Book:
    cells = {
        (row, column): Cell(row, column, value)
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value is not None
    }
    return Book("bc.xlsx", (Sheet("R1", cells),), NAMES if names is None else names, {"thidua_xl_ky": "K1"})


def criteria(*sheets: ReportSheet, **settings: str) -> Criteria:
    made = {code: Setting(code, code, value) for code, value in settings.items()}
    return Criteria((), (), {}, (), (), (PERIOD,), (), report_sheets=sheets, settings=made)


def test_figures_of_the_total_row_are_told_with_their_units() -> None:
    section = written_report(book(), criteria(SHEET)).sections[0]
    assert section.heading == "Trồng cây"
    assert section.sentences == (
        "Tổng cộng: 2.",
        "Trồng cây: số cây 1.234.570.",
        "2 cuộc họp; tỷ lệ 98,5%.",
    )


def test_each_section_has_its_line_with_the_figures_that_are_not_zero() -> None:
    section = written_report(book(), criteria(SHEET)).sections[0]
    assert section.points == ("Xã A: số cây 1.234.567; 2 cuộc họp; tỷ lệ 12,5%.", "Xã B: số cây 3.")


def test_a_narrow_table_stands_in_its_section_and_a_wide_one_in_the_annex() -> None:
    assert written_report(book(), criteria(SHEET)).sections[0].tables[0].rows[1].cells[2] == "1.234.567"
    more = tuple(replace(COLUMNS[1], code=f"c{at}") for at in range(6))
    wide = (ROWS[0] + tuple(one.code for one in more), *(row + ("x",) * 6 for row in ROWS[1:]))
    names = {**NAMES, "R1_MA_COT": "R1!$A$1:$K$1"}
    report = written_report(book(wide, names), criteria(replace(SHEET, columns=COLUMNS + more)))
    assert report.sections[0].tables == ()
    assert [one.code for one in report.annexes] == ["R1"]
    assert report.sections[0].remarks == ("(Chi tiết tại Phụ lục 1.)",)


def test_sheets_of_one_heading_share_a_section() -> None:
    other = replace(SHEET, code="R2", notes={"muc_bao_cao": "Chung"})
    names = {**NAMES, **{name.replace("R1_", "R2_"): text for name, text in NAMES.items()}}
    report = written_report(book(names=names), criteria(replace(SHEET, notes={"muc_bao_cao": "Chung"}), other))
    assert [one.heading for one in report.sections] == ["Chung"]
    assert len(report.sections[0].tables) == 2


def test_a_sheet_of_another_kind_of_period_or_of_the_office_alone_is_left_out() -> None:
    hidden = replace(SHEET, code="R1", routes=("NOI_BO",))
    assert written_report(book(), criteria(hidden)).sections == ()
    assert written_report(book(), criteria(replace(SHEET, periods=("6T",)))).sections == ()


def test_a_table_without_entries_says_so() -> None:
    empty = (ROWS[0], (None,) * 5, (None, "Tổng cộng", 0, 0, None))
    names = {**NAMES, "R1_NHOM": "#REF!", "R1_DATA": "R1!$A$2:$E$2", "R1_TONG": "R1!$A$3:$E$3"}
    assert written_report(book(empty, names), criteria(SHEET)).sections[0].sentences == ("Trong kỳ không phát sinh.",)


def test_a_workbook_without_the_names_is_refused() -> None:
    with pytest.raises(TemplateProblem):
        written_report(book(names={}), criteria(SHEET))


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (-1234567, "-1.234.567"), (Decimal("0.50"), "0,5"), (10**15, "1.000.000.000.000.000")]
)
def test_numbers_are_written_the_vietnamese_way(value: int | Decimal, text: str) -> None:
    assert number_text(value) == text


def test_the_document_has_the_layout_of_the_decree(tmp_path: Path) -> None:
    settings = {"ten_co_quan": "Sở Thử", "noi_nhan": "Sở Nội vụ|Lưu: VT", "chuc_danh_ky_so": "GIÁM ĐỐC"}
    report = written_report(book(), criteria(SHEET, **settings))
    write_docx(report, tmp_path / "bc.docx")
    document = docx.Document(str(tmp_path / "bc.docx"))
    page = document.sections[0]
    assert [round(one.mm) for one in (page.page_width, page.page_height, page.left_margin)] == [210, 297, 30]  # type: ignore[union-attr]  # set by the writer
    words = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Nơi nhận:", "- Lưu: VT."):
        assert text in words
    assert [one.text for one in document.paragraphs if one.text == "BÁO CÁO"] == ["BÁO CÁO"]
    assert "I. TRỒNG CÂY" in [one.text for one in document.paragraphs]


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    report = written_report(book(), criteria(SHEET))
    for name in ("a.docx", "b.docx"):
        write_docx(report, tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


def test_the_words_of_a_section_row_take_the_blank_cells_behind_them(tmp_path: Path) -> None:
    write_docx(written_report(book(), criteria(SHEET)), tmp_path / "bc.docx")
    document = docx.Document(str(tmp_path / "bc.docx"))
    table = next(one for one in document.tables if any(cell.text == "Xã A" for row in one.rows for cell in row.cells))
    section = next(row for row in table.rows if row.cells[1].text == "Xã A")
    assert [cell.text for cell in section.cells] == ["I", *["Xã A"] * 4]
    detail = next(row for row in table.rows if row.cells[1].text == "Đội 2")
    assert [cell.text for cell in detail.cells] == ["1", "Đội 2", "3", "0", ""]


def test_the_signature_of_the_document_keeps_the_last_words_with_it(tmp_path: Path) -> None:
    report = written_report(book(), criteria(SHEET))
    write_docx(report, tmp_path / "bc.docx")
    closing = next(one for one in docx.Document(str(tmp_path / "bc.docx")).paragraphs if one.text == report.closing)
    assert closing.paragraph_format.keep_with_next


def test_a_unit_that_ends_the_heading_is_not_said_again() -> None:
    column = ReportColumn("R", 1, "so", "Số đơn vị", "DEM", unit="đơn vị")
    assert _amount(column, 15) == "số đơn vị 15"


def test_no_column_of_the_document_is_too_narrow_for_its_running_number() -> None:
    widths = _shares((5, 100, 30), 165)
    assert widths[0] == 12
    assert sum(widths) == pytest.approx(165)
