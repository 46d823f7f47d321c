"""The criteria book as values, and a wrong book refused with every fault at its cell."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from small_book import small_book

from thidua_xl import shipped
from thidua_xl.errors import CriteriaProblem
from thidua_xl.forms import Problem, load_criteria
from thidua_xl.messages import error_lines
from thidua_xl.model import FieldKind, FormKind, Required, Severity


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(CriteriaProblem) as refused:
        load_criteria(path)
    found = refused.value.problems
    assert all(isinstance(one, Problem) for one in found)
    return tuple(one for one in found if isinstance(one, Problem))


def test_the_shipped_book_holds_every_form_field_and_rule() -> None:
    criteria = load_criteria()
    assert [form.code for form in criteria.forms] == [f"S{number:02d}" for number in range(14)] + ["BX"]
    assert sum(len(form.fields) for form in criteria.forms) == 181
    assert len(criteria.rules) == 145
    assert len(criteria.report_sheets) == 24
    assert len(criteria.reference_tables["TIEU_CHI_NTM"]) == 19


def test_the_shipped_book_knows_its_successors_and_dates() -> None:
    criteria = load_criteria()
    before, after = criteria.at("2024-6T"), criteria.at("2025-TK")
    assert {one.code for one in before.communes}.isdisjoint(one.code for one in after.communes)
    for commune in before.communes:
        assert commune.successor in {one.code for one in after.communes}
    gone = {unit.code: unit.successor for unit in criteria.units if unit.validity.end is not None}
    assert gone
    assert all(criteria.unit(successor) is not None for successor in gone.values())


def test_assumptions_of_the_shipped_book_stay_marked() -> None:
    criteria = load_criteria()
    assert any("GIA_DINH" in unit.source_kind for unit in criteria.units)
    assert any("GIA_DINH" in setting.source_kind for setting in criteria.settings.values())


def test_reading_the_shipped_book_is_quick_and_light() -> None:
    script = (
        "import sys, time; from thidua_xl.forms import load_criteria; load_criteria();"
        "start = time.process_time(); load_criteria(); print(time.process_time() - start);"
        "print(sorted({'openpyxl', 'pandas', 'numpy', 'xlsxwriter', 'xlwings'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    seconds, heavy = said.splitlines()
    assert float(seconds) < 1.0
    assert heavy == "[]"


def test_a_small_book_of_another_office_loads_without_the_optional_sheets(tmp_path: Path) -> None:
    without = ("Quy tắc", "Cài đặt", "Tổng hợp", "Cột báo cáo")
    criteria = load_criteria(small_book(tmp_path / "nho.xlsx", without=without))
    assert criteria.rules == ()
    assert criteria.settings == {}
    assert criteria.report_sheets == ()
    form = criteria.form("F1")
    assert form is not None
    assert form.kind is FormKind.TABLE
    assert [field.code for field in form.fields] == ["stt", "ten", "loai", "gia"]


def test_every_column_reaches_the_model(tmp_path: Path) -> None:
    criteria = load_criteria(small_book(tmp_path / "nho.xlsx"))
    form = criteria.form("F1")
    assert form is not None
    price = form.field("gia")
    assert price is not None
    assert (price.kind, price.required, price.minimum, price.maximum, price.additive) == (
        FieldKind.MONEY,
        Required.YES,
        Decimal(0),
        None,
        True,
    )
    assert (price.place.sheet, price.place.cell) == ("Trường", "C9")
    vehicle = criteria.lists["DM_LOAI"].item("XE")
    assert vehicle is not None
    assert vehicle.validity.end == date(2023, 12, 31)
    machine = criteria.lists["DM_LOAI"].item("MAY")
    assert machine is not None
    assert machine.aliases == ("máy móc", "thiết bị máy")
    assert criteria.setting("tran") == 1000000000
    period = criteria.find_period("2024")
    assert period is not None
    assert (period.start, period.end) == (date(2024, 1, 1), date(2024, 12, 31))
    sheet = criteria.report_sheet("T1")
    assert sheet is not None
    assert sheet.notes == {"muc_khac": "Khác", "bang_chu": "gia"}
    assert sheet.total_rows == ("TONG",)
    assert sheet.columns[2].total_formula == "=SUM({vung})"
    assert sheet.columns[2].total
    first = criteria.forms[0]
    assert first.layout == {"dien.ma": "DON_VI_NOP.ma", "khoa": "ma"}


def test_rows_of_one_code_are_the_conditions_of_one_rule(tmp_path: Path) -> None:
    criteria = load_criteria(small_book(tmp_path / "nho.xlsx"))
    first, second = criteria.rules
    assert [condition.formula for condition in first.conditions] == ["=[@gia]>0", "=[@gia]<=TD_CD_tran"]
    assert first.severity is Severity.ERROR
    assert first.message == "Giá {gia_tri} phải lớn hơn 0."
    assert not second.enabled


def test_the_order_of_the_sheets_does_not_matter(tmp_path: Path) -> None:
    straight = load_criteria(small_book(tmp_path / "xuoi.xlsx"))
    backwards = load_criteria(small_book(tmp_path / "nguoc.xlsx", order=-1))
    assert straight.forms == backwards.forms
    assert straight.rules == backwards.rules


def test_moved_and_added_columns_and_blank_rows_change_nothing(tmp_path: Path) -> None:
    path = small_book(tmp_path / "nho.xlsx")
    before = load_criteria(path)
    book = openpyxl.load_workbook(path)
    sheet = book["Trường"]
    sheet.insert_cols(1)
    sheet["A3"] = "Ghi chú riêng của phòng"
    sheet["A7"] = "xem lại"
    sheet.insert_rows(6, 2)
    sheet.insert_rows(1)
    book.save(path)
    after = load_criteria(path)
    assert [field.code for form in after.forms for field in form.fields] == [
        field.code for form in before.forms for field in form.fields
    ]
    assert [field.minimum for field in after.forms[1].fields] == [field.minimum for field in before.forms[1].fields]


def test_a_rule_typed_as_a_live_formula_is_taken_as_written(tmp_path: Path) -> None:
    path = small_book(tmp_path / "nho.xlsx")
    book = openpyxl.load_workbook(path)
    book["Quy tắc"]["F4"] = '=AND([@gia]>5,[@ten]<>"")'
    book.save(path)
    assert load_criteria(path).rules[0].conditions[0].formula == '=AND([@gia]>5,[@ten]<>"")'


def test_the_shipped_book_survives_a_save_by_openpyxl(tmp_path: Path) -> None:
    path = tmp_path / "luu-lai.xlsx"
    openpyxl.load_workbook(shipped.criteria_book()).save(path)
    saved, original = load_criteria(path), load_criteria()
    assert saved.forms == original.forms
    assert saved.rules == original.rules
    assert saved.report_sheets == original.report_sheets
    assert saved.settings == original.settings


@pytest.mark.libreoffice
@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_the_shipped_book_survives_a_save_by_libreoffice(convert: Callable[[Path, str], Path], extension: str) -> None:
    saved, original = load_criteria(convert(shipped.criteria_book(), extension)), load_criteria()
    assert saved.forms == original.forms
    assert saved.rules == original.rules
    assert saved.periods == original.periods
    assert saved.lists == original.lists


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = small_book(
        tmp_path / "sai.xlsx",
        ("Trường", "| gia | Giá | tien |", "| gia | Giá | tienn |"),
        ("Trường", "DM_LOAI", "DM_LOAY"),
        ("Quy tắc", "[@gia]>0", "[@giaa]>0"),
        ("Kỳ", "2024-12-31", "cuối năm"),
    )
    found = {(one.code, one.sheet, one.cell) for one in problems_of(path)}
    assert found == {
        ("unknown_choice", "Trường", "E9"),
        ("unknown_list", "Trường", "G8"),
        ("formula_unknown_column", "Quy tắc", "F4"),
        ("bad_date", "Kỳ", "E5"),
    }


CASES = [
    ("Biểu", "| F1 | Biểu 1 - Thiết bị |", "| F-1 | Biểu 1 - Thiết bị |", "bad_name_code", "A5", ""),
    ("Danh mục", "| DM_KHOI | A |", "| DM-KHỐI | A |", "bad_name_code", "A6", ""),
    ("Cài đặt", "| dia_danh |", "| địa_danh |", "bad_name_code", "A5", ""),
    ("Trường", "| ten | Tên thiết bị |", "| GIA | Tên thiết bị |", "code_twice", "C9", ""),
    ("Trường", "| F1 | 4 | gia |", "| F9 | 4 | gia |", "unknown_form", "A9", ""),
    ("Trường", "| ten | Tên thiết bị |", "| gia | Tên thiết bị |", "code_twice", "C9", ""),
    ("Trường", "DM_LOAI", "DM_LOAII", "unknown_list", "G8", "DM_LOAI"),
    ("Trường", "| danh_muc | 1 | DM_LOAI |", "| danh_muc | 1 | |", "choice_without_list", "G8", ""),
    ("Trường", "| 0 | 500 |", "| 0 | năm trăm |", "bad_number", "I5", ""),
    ("Trường", "| 0 | 500 |", "| 600 | 500 |", "maximum_below_minimum", "I5", ""),
    ("Trường", "| ten | Tên", "| ten máy | Tên", "bad_field_code", "C7", ""),
    ("Trường", "| chuoi |", "| chữ |", "unknown_choice", "E7", "chuoi"),
    ("Trường", "| Mã trường |", "| Mã của trường |", "missing_column", "A3", "Mã của trường"),
    ("Biểu", "| bang |", "| bangg |", "unknown_choice", "D5", "bang"),
    ("Biểu", "| Biểu 1 |", "| Biểu [1] |", "bad_sheet_name", "C5", ""),
    ("Biểu", "| Biểu 1 |", "| Thông tin |", "sheet_name_twice", "A5", ""),
    ("Biểu", "khoa=ma ", "khoa=maa ", "unknown_field", "H4", "F0.ma"),
    ("Biểu", "khoa=ma ", "khoa ", "bad_pair", "H4", ""),
    ("Biểu", "| DON_VI | |", "| VAN_PHONGG | |", "unknown_choice", "G5", "VAN_PHONG"),
    ("Biểu", "| bang | 1 | 1 |", "| bang | 1 | đúng rồi |", "bad_flag", "F5", ""),
    ("Danh mục", "| DM_LOAI | MAY | Máy |", "| DM_LOAI | MAY | |", "blank_cell", "C4", ""),
    ("Danh mục", "| XE | Xe |", "| MAY | Xe |", "code_twice", "B5", ""),
    ("Quy tắc", "| R2 | CANH_BAO |", "| R2 | CẢNH BÁO LỚN |", "unknown_choice", "B6", "CANH_BAO"),
    ("Quy tắc", "| R2 | CANH_BAO |", "| R2 | |", "blank_cell", "B6", ""),
    (
        "Quy tắc",
        "| R1 | LOI | F1 | gia | CONG_THUC | '=[@gia]<=",
        "| R1 | LOI | F7 | gia | CONG_THUC | '=[@gia]<=",
        "unknown_form",
        "C5",
        "",
    ),
    ("Quy tắc", "'=[@gia]<=TD_CD_tran", "'=[@gia]<=TD_CD_trann", "formula_unknown_name", "F5", "TD_CD_tran"),
    ("Quy tắc", "'=[@gia]<=TD_CD_tran", "'=[@gia]<=(TD_CD_tran", "formula_unclosed_parenthesis", "F5", ""),
    ("Quy tắc", "'=[@gia]<=TD_CD_tran", "'=TONG([@gia])", "formula_unknown_function", "F5", ""),
    ("Quy tắc", "'=[@gia]<=TD_CD_tran", "", "blank_cell", "F5", ""),
    ("Quy tắc", "can==TD_F0[so_nguoi]", "can==TD_F0[so_nguoii]", "formula_unknown_column", "F4", "TD_F0[so_nguoi]"),
    ("Quy tắc", "| Giá {gia_tri} phải lớn hơn 0. |", "| |", "blank_cell", "H4", ""),
    (
        "Quy tắc",
        "| R1 | LOI | F1 | gia | CONG_THUC | '=[@gia]<=",
        "| R1 | CANH_BAO | F1 | gia | CONG_THUC | '=[@gia]<=",
        "severity_differs",
        "B5",
        "",
    ),
    (
        "Đơn vị",
        "| DV2 | Đơn vị Hai | A | 1 | DV1 |",
        "| DV2 | Đơn vị Hai | A | 1 | DV9 |",
        "unknown_successor",
        "A5",
        "DV1",
    ),
    ("Đơn vị", "| DV1 | Đơn vị Một | A | 1 | |", "| DV1 | Đơn vị Một | A | 1 | DV2 |", "successor_circle", "A4", ""),
    ("Đơn vị", "| Đơn vị Hai | A |", "| Đơn vị Hai | B |", "unknown_bloc", "C5", ""),
    ("Đơn vị", "| DV2 |", "| DV 2 |", "blank_in_code", "A5", ""),
    ("Đơn vị", "| DV1 | | 2023-12-31 |", "| DV1 | 2024-01-01 | 2023-12-31 |", "ends_before_start", "G5", ""),
    (
        "Kỳ",
        "| 2024 | Năm 2024 | 2024 | 2024-01-01 |",
        "| 2024 | Năm 2024 | 2024.5 | 2024-01-01 |",
        "not_whole",
        "C5",
        "",
    ),
    ("Kỳ", "| 2024 | Năm 2024 |", "| 2023 | Năm 2024 |", "code_twice", "A5", ""),
    ("Kỳ", "2024-12-31", "2023-12-31", "ends_before_start", "E5", ""),
    ("Cài đặt", "| tran | Giá lớn nhất | 1000000000 |", "| tran | Giá lớn nhất | một tỷ |", "bad_number", "C4", ""),
    ("Cài đặt", "| dia_danh |", "| tran |", "code_twice", "A5", ""),
    ("Tổng hợp", "DANH_SACH", "DANH_SACHH", "unknown_choice", "D4", "DANH_SACH"),
    ("Tổng hợp", "| DANH_SACH | F1 |", "| DANH_SACH | F3 |", "unknown_form", "A4", ""),
    ("Tổng hợp", "'=[@gia]>0", "'=[@gia]>", "formula_missing_operand", "A4", ""),
    ("Tổng hợp", "| TONG |", "| TONGG |", "unknown_choice", "G4", "TONG"),
    ("Cột báo cáo", "| LAY | F1 | gia |", "| LAY | F1 | giaa |", "unknown_field", "C5", "F1.gia"),
    ("Cột báo cáo", "| LAY | F1 | gia |", "| LẤY | F1 | gia |", "unknown_choice", "E5", "LAY"),
    ("Cột báo cáo", "'={gia}*2", "'={giaa}*2", "unknown_column_in_braces", "C6", "gia"),
    ("Cột báo cáo", "'={gia}*2", "2", "report_formula_missing", "C6", ""),
    ("Cột báo cáo", "| T1 | 1 |", "| T9 | 1 |", "unknown_report_sheet", "A4", "T1"),
]


@pytest.mark.parametrize(
    ("sheet", "old", "new", "code", "cell", "near"), CASES, ids=[f"{c[0]}-{c[3]}-{c[4]}" for c in CASES]
)
def test_a_wrong_cell_is_refused_at_its_place_with_the_nearest_name(
    tmp_path: Path, sheet: str, old: str, new: str, code: str, cell: str, near: str
) -> None:
    found = problems_of(small_book(tmp_path / "sai.xlsx", (sheet, old, new)))
    hits = [one for one in found if (one.code, one.sheet, one.cell) == (code, sheet, cell)]
    assert len(hits) == 1, found
    assert hits[0].nearest == near


@pytest.mark.parametrize("sheet", ["Biểu", "Trường", "Đơn vị", "Kỳ"])
def test_a_book_without_a_needed_sheet_is_refused(tmp_path: Path, sheet: str) -> None:
    found = problems_of(small_book(tmp_path / "thieu.xlsx", without=(sheet,)))
    assert ("missing_sheet", sheet) in {(one.code, one.sheet) for one in found}


def test_a_misspelt_sheet_is_not_taken_for_a_missing_one(tmp_path: Path) -> None:
    path = small_book(tmp_path / "sai.xlsx")
    book = openpyxl.load_workbook(path)
    book["Quy tắc"].title = "Quy tắcc"
    book.save(path)
    assert [(one.code, one.nearest) for one in problems_of(path)] == [("sheet_name", "Quy tắc")]


def test_a_broken_formula_is_told_at_its_character(tmp_path: Path) -> None:
    path = small_book(tmp_path / "sai.xlsx", ("Quy tắc", "'=[@gia]>0", "'=[@gia]>[@giaa]"))
    (found,) = problems_of(path)
    assert found.position is not None
    assert "=[@gia]>[@giaa]"[found.position - 1 :].startswith("[@giaa]")


def test_the_refusal_says_where_and_what_in_vietnamese(tmp_path: Path) -> None:
    path = small_book(tmp_path / "sai.xlsx", ("Trường", "DM_LOAI", "DM_LOAII"))
    with pytest.raises(CriteriaProblem) as refused:
        load_criteria(path)
    assert refused.value.exit_code == 4
    assert refused.value.values["file"] == "sai.xlsx"
    assert refused.value.values["count"] == 1
    sentence = str(refused.value.values["first"])
    assert re.search(r"Trường.*G8.*DM_LOAII.*DM_LOAI\b", sentence)


@pytest.mark.parametrize("content", [b"day khong phai la so tieu chi", None])
def test_a_book_that_cannot_be_read_is_the_office_s_own_fault_and_no_unit_is_asked_for_it(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "khong-phai.xlsx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CriteriaProblem) as refused:
        load_criteria(path)
    assert (refused.value.exit_code, refused.value.code) == (4, "criteria.unreadable")
    assert refused.value.values["file"] == "khong-phai.xlsx"
    assert "đơn vị" not in " ".join(error_lines(refused.value))


def test_composed_and_decomposed_names_are_the_same(tmp_path: Path) -> None:
    import unicodedata

    path = small_book(tmp_path / "nfd.xlsx")
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        sheet.title = unicodedata.normalize("NFD", sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = unicodedata.normalize("NFD", cell.value)
    book.save(path)
    assert [unit.name for unit in load_criteria(path).units] == ["Đơn vị Một", "Đơn vị Hai"]


def test_loading_a_book_does_not_touch_it(tmp_path: Path) -> None:
    path = small_book(tmp_path / "nho.xlsx")
    content, changed = path.read_bytes(), path.stat().st_mtime_ns
    time.sleep(0.01)
    load_criteria(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, changed)
