"""Tables that touch are parted by their headers; forms the other way round are told and never read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

import thidua_xl as tx
from thidua_xl.grid import read_book
from thidua_xl.intake import read_submission
from thidua_xl.model import Criteria, Submission

FUND = (
    ("Đợt vận động", "Đối tượng", "Họ và tên", "Số tiền", "Ngày nộp", "Số chứng từ"),
    ("Đợt khác", "Cá nhân", "Lò Văn A", 300_000, date(2024, 3, 1), "PT01"),
    ("Đợt khác", "Cá nhân", "Lò Thị B", 500_000, date(2024, 3, 2), "PT02"),
)
EXAMPLES = (
    ("Mã điển hình", "Tên điển hình", "Thành tích nổi bật", "Giai đoạn"),
    ("DH-01", "Quàng Văn C", "Làm kinh tế giỏi", "Phát hiện"),
    ("DH-02", "Bản Mường", "Làm đường", "Nhân rộng"),
)
GENERAL = (
    ("Mã đơn vị", "VPS", "TTUD"),
    ("Tên đơn vị", "Văn phòng Sở", "Trung tâm"),
    ("Năm báo cáo", 2024, 2024),
    ("Tổng số CCVCNLD", 20, 30),
    ("Số tham gia phong trào", 4, 5),
    ("Ngày ký", date(2024, 6, 5), date(2024, 6, 5)),
)


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return tx.load_criteria()


def read(criteria: Criteria, folder: Path, rows: Sequence[Sequence[object]], name: str = "Sheet1") -> Submission:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    made.save(folder / "a.xlsx")
    return read_submission(read_book(folder / "a.xlsx"), criteria, period="2024-6T")


def told(found: Submission, form: str) -> list[tuple[str, str, str]]:
    return [(one.code, one.sheet, one.cell) for one in found.findings if one.form == form and one.sheet]


@pytest.mark.parametrize("is_turned", [False, True], ids=["fund first", "examples first"])
def test_tables_that_touch_are_parted_where_the_headers_of_the_other_form_begin(
    criteria: Criteria, tmp_path: Path, is_turned: bool
) -> None:
    first, second = (EXAMPLES, FUND) if is_turned else (FUND, EXAMPLES)
    found = read(criteria, tmp_path, [(*one, *other) for one, other in zip(first, second, strict=True)])
    assert [int(str(one)) for one in found.records["S05"].columns["so_tien"]] == [300_000, 500_000]
    assert found.records["S08"].columns["ma_dien_hinh"] == ("DH-01", "DH-02")


def test_a_column_that_either_of_two_tables_may_have_is_told_and_not_taken(criteria: Criteria, tmp_path: Path) -> None:
    rows = [(row[0], *row[2:], row[1], *other) for row, other in zip(FUND, EXAMPLES, strict=True)]
    found = read(criteria, tmp_path, rows)
    assert ("STR-04", "Sheet1", "F1") in told(found, "S05")
    assert all("loai_doi_tuong" not in found.records[code].columns for code in ("S05", "S08"))
    assert len(found.records["S05"]) == len(found.records["S08"]) == 2


def test_a_form_with_its_columns_as_rows_is_told_at_its_first_label(criteria: Criteria, tmp_path: Path) -> None:
    found = read(criteria, tmp_path, [("Biểu kê",), *zip(*FUND, strict=True)])
    assert "S05" not in found.records
    assert told(found, "S05") == [("STR-01", "Sheet1", "A2")]


def test_a_list_of_the_columns_with_explanations_is_no_form(criteria: Criteria, tmp_path: Path) -> None:
    rows = [(label, f"ghi {label.lower()}") for label in FUND[0]]
    assert told(read(criteria, tmp_path, rows, "Hướng dẫn"), "S05") == []


def test_a_form_with_the_values_of_several_units_side_by_side_is_nobodys(criteria: Criteria, tmp_path: Path) -> None:
    found = read(criteria, tmp_path, GENERAL, "Thông tin chung")
    assert "S00" not in found.records
    assert found.unit == ""
    assert ("STR-01", "Thông tin chung", "C1") in told(found, "S00")


def test_a_form_with_one_column_of_values_and_notes_beside_them_is_read(criteria: Criteria, tmp_path: Path) -> None:
    found = read(criteria, tmp_path, [(label, value, "người") for label, value, _ in GENERAL], "Thông tin chung")
    assert found.unit == "VPS"
    assert found.records["S00"].columns["tong_ccvcnld"] == (20,)
