"""A unit's workbook: what is in it, what may be typed into it, what is known beforehand."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from small_book import small_book

from thidua_xl.errors import UsageProblem
from thidua_xl.forms import load_criteria
from thidua_xl.forms.build import build_unit_workbook, forms_of
from thidua_xl.forms.geometry import EXPLANATION, blocks, height, lines
from thidua_xl.grid import read_book
from thidua_xl.intake import read_submission
from thidua_xl.model import Criteria, FormKind

PERIOD = "2024-6T"


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria().at(PERIOD)


def build(criteria: Criteria, path: Path, unit: str = "", **content: Any) -> Path:
    office = criteria.text_setting("don_vi_van_phong")
    found = criteria.unit(unit or next(one.code for one in criteria.units if one.obliged and one.code != office))
    assert found is not None
    assert criteria.period is not None
    build_unit_workbook(criteria, found, criteria.period, path, **content)
    return path


@pytest.fixture(scope="module")
def blank(criteria: Criteria, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = build(criteria, tmp_path_factory.mktemp("bieu") / "trong.xlsx")
    return openpyxl.load_workbook(path)


def area_of(book: Any, name: str) -> tuple[Worksheet, tuple[int, int, int, int]]:
    """(sheet, (first column, first row, last column, last row)) of a defined name."""
    ((title, reference),) = book.defined_names[name].destinations
    found = openpyxl.utils.cell.range_boundaries(reference)
    return book[title], (found[0], found[1], found[2], found[3])


def columns_of(book: Any, form: str) -> dict[str, int]:
    """Field code -> column number, from the hidden row of codes above the table."""
    sheet, (left, top, right, _) = area_of(book, f"TD_{form}")
    for row in range(top - 1, 0, -1):
        texts = [sheet.cell(row, column).value for column in range(left, right + 1)]
        if EXPLANATION in texts:
            assert sheet.row_dimensions[row].hidden
            return {str(text): column for column, text in enumerate(texts, start=left)}
    raise AssertionError(f"no row of codes on {sheet.title}")


def test_there_is_a_sheet_for_each_form_of_the_unit(criteria: Criteria, blank: Any) -> None:
    shown = [sheet.title for sheet in blank.worksheets if sheet.sheet_state == "visible"]
    forms = [form.sheet for form in criteria.forms if form.filled_by == "DON_VI"]
    assert shown == [*forms, "Tự kiểm tra"]
    hidden = {sheet.title for sheet in blank.worksheets if sheet.sheet_state != "visible"}
    assert hidden == {"_danh_muc", "_kiem_tra", "_thidua"}


def test_only_the_office_gets_the_forms_that_the_office_fills_in(criteria: Criteria) -> None:
    office = criteria.unit(criteria.text_setting("don_vi_van_phong"))
    assert office is not None
    assert [form.code for form in forms_of(criteria, office)] == [form.code for form in criteria.forms]


def test_every_table_has_its_names_codes_and_dropdowns(criteria: Criteria, blank: Any) -> None:
    for form in criteria.forms:
        if form.kind is FormKind.SINGLE or form.filled_by != "DON_VI":
            continue
        columns = columns_of(blank, form.code)
        assert list(columns) == [*(field.code for field in form.fields), EXPLANATION]
        sheet, (_, top, _, bottom) = area_of(blank, f"TD_{form.code}")
        assert f"TD_{form.code}_KPS" in blank.defined_names
        assert (f"TD_{form.code}_TONG" in blank.defined_names) == form.has_total
        validated = {str(area) for one in sheet.data_validations.dataValidation for area in one.sqref.ranges}
        for field in form.fields:
            letter = openpyxl.utils.get_column_letter(columns[field.code])
            if field.kind.value in ("danh_muc", "ngay", "so", "so_nguyen", "tien", "phan_tram", "co_khong"):
                assert f"{letter}{top}:{letter}{bottom}" in validated, (form.code, field.code)


def test_every_dropdown_leads_to_labels_that_are_in_force(criteria: Criteria, blank: Any) -> None:
    for sheet in blank.worksheets:
        for one in sheet.data_validations.dataValidation:
            if one.type == "list" and not one.formula1.startswith('"'):
                source, (left, top, right, bottom) = area_of(blank, one.formula1.lstrip("="))
                assert left == right
                if source.title == "_danh_muc":
                    assert all(source.cell(row, left).value for row in range(top, bottom + 1))
    labels, (column, top, _, bottom) = area_of(blank, "TD_DM_CAP_GQ_nhan")
    shown = [labels.cell(row, column).value for row in range(top, bottom + 1)]
    assert shown == [item.label for item in criteria.lists["DM_CAP_GQ"].items]


def test_lists_follow_the_period(tmp_path: Path) -> None:
    shown = []
    for period in (PERIOD, "2025-TK"):
        book = openpyxl.load_workbook(build(load_criteria().at(period), tmp_path / f"{period}.xlsx"))
        sheet, (column, top, _, bottom) = area_of(book, "TD_DIA_BAN_ten")
        shown.append([sheet.cell(row, column).value for row in range(top, bottom + 1)])
    assert shown[0] != shown[1]
    assert set(shown[0]).isdisjoint(shown[1])


def test_input_cells_are_open_and_all_else_is_guarded_without_a_password(criteria: Criteria, blank: Any) -> None:
    for form in criteria.forms:
        if form.kind is FormKind.SINGLE or form.filled_by != "DON_VI":
            continue
        sheet, (left, top, right, bottom) = area_of(blank, f"TD_{form.code}")
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert not sheet.protection.insertRows, "False allows it"
        assert sheet.cell(top - 1, left).protection.locked
        assert not sheet.cell(bottom, right).protection.locked
        known = set(form.layout.get("khoa", "").split(","))
        for code, column in columns_of(blank, form.code).items():
            assert sheet.cell(top, column).protection.locked == (code in known), (form.code, code)
        box, (column, row, _, _) = area_of(blank, f"TD_{form.code}_KPS")
        assert not box.cell(row, column).protection.locked


def test_pages_are_a4_landscape_one_page_wide_with_their_header_repeated(blank: Any) -> None:
    for sheet in blank.worksheets:
        if sheet.sheet_state != "visible":
            continue
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.page_setup.fitToWidth in (None, 1), "1 is what Excel takes when nothing is written"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows
        assert sheet.print_area
        assert "&P" in sheet.oddFooter.right.text


def test_the_header_names_agency_unit_country_title_and_period(criteria: Criteria, blank: Any) -> None:
    sheet = blank["Biểu 05"]
    texts = {str(cell.value) for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    assert criteria.text_setting("co_quan") in texts
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in texts
    assert "Độc lập - Tự do - Hạnh phúc" in texts
    assert "BIỂU 05 - ỦNG HỘ QUỸ VÌ NGƯỜI NGHÈO" in texts
    assert any("15/12/2023" in text and "14/06/2024" in text for text in texts)
    assert "Đơn vị tính: đồng" in texts


def test_grouped_columns_have_two_header_rows_and_a_row_of_numbers(blank: Any) -> None:
    sheet, (left, top, right, _) = area_of(blank, "TD_S03")
    numbers = [sheet.cell(top - 1, column).value for column in range(left, right + 1)]
    assert numbers == ["A", "B", *(str(number) for number in range(1, len(numbers) - 1))]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    columns = columns_of(blank, "S03")
    first, last = columns["so_ho_huong_loi"], columns["so_nguoi"]
    letters = openpyxl.utils.get_column_letter
    assert f"{letters(first)}{top - 3}:{letters(last)}{top - 3}" in merged
    assert f"{letters(1)}{top - 3}:{letters(1)}{top - 2}" in merged


def test_known_figures_are_there_beforehand(criteria: Criteria, blank: Any) -> None:
    period = criteria.period
    assert period is not None
    assert period.start is not None
    sheet, (column, row, _, _) = area_of(blank, "TD_S00_tu_ngay")
    assert sheet.cell(row, column).value == datetime(period.start.year, period.start.month, period.start.day)
    sheet, (_, top, _, bottom) = area_of(blank, "TD_S01")
    column = columns_of(blank, "S01")["ma_tieu_chi"]
    wanted = [one.code for one in criteria.criteria if one.group in ("TAP_THE", "CHUNG")]
    assert [sheet.cell(row, column).value for row in range(top, bottom + 1)] == wanted
    _, (_, top, _, bottom) = area_of(blank, "TD_S09")
    assert bottom - top + 1 == len(criteria.communes) * len(criteria.reference_tables["TIEU_CHI_NTM"])


def test_the_hidden_sheet_says_what_the_file_is(criteria: Criteria, blank: Any) -> None:
    sheet = blank["_thidua"]
    facts = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert sheet.sheet_state == "veryHidden"
    assert facts["schema"] == "1"
    assert facts["period"] == PERIOD
    assert criteria.unit(facts["unit"]) is not None
    assert facts["criteria_sha256"] == criteria.sha256
    assert facts["sheet.S05"] == "Biểu 05"


def test_values_stand_exactly_as_given(criteria: Criteria, tmp_path: Path) -> None:
    rows = [
        {
            "ma_ca_nhan": "007",
            "ho_ten": "=1+1",
            "gioi_tinh": "NU",
            "so_ngay_cong": Decimal("8.95"),
            "so_tien_dong_gop": 123456789012345,
            "so_sang_kien": "hai",
        },
        {"so_ngay_cong": Decimal("0.1"), "so_tien_dong_gop": Decimal("1E+3")},
        {"so_ngay_cong": Decimal("0.2")},
    ]
    path = build(criteria, tmp_path / "day.xlsx", records={"S02": rows}, nothing={"S12"})
    book = openpyxl.load_workbook(path, data_only=True)
    sheet, (_, top, _, _) = area_of(book, "TD_S02")
    columns = columns_of(book, "S02")

    def value(code: str, row: int = 0) -> Any:
        return sheet.cell(top + row, columns[code]).value

    assert (value("ma_ca_nhan"), value("ho_ten"), value("gioi_tinh")) == ("007", "=1+1", "Nữ")
    assert value("so_tien_dong_gop") == 123456789012345
    assert value("so_sang_kien") == "hai"
    stored = zipfile.ZipFile(path).read("xl/worksheets/sheet3.xml").decode()
    assert "<v>8.95</v>" in stored, "not 8.949999999999999"
    total, (_, row, _, _) = area_of(book, "TD_S02_TONG")
    assert total.cell(row, columns["so_ngay_cong"]).value == 9.25
    assert total.cell(row, columns["so_tien_dong_gop"]).value == 123456789013345
    box, (column, row, _, _) = area_of(book, "TD_S12_KPS")
    assert box.cell(row, column).value == "x"


def test_ticks_and_answers_are_words(criteria: Criteria, tmp_path: Path) -> None:
    rows = [{"ten": "A", "co_to_trinh": True, "co_bao_cao": False, "dang_xem_xet": False}]
    book = openpyxl.load_workbook(build(criteria, tmp_path / "tich.xlsx", records={"S11": rows}))
    sheet, (_, top, _, _) = area_of(book, "TD_S11")
    columns = columns_of(book, "S11")
    found = [sheet.cell(top, columns[code]).value for code in ("co_to_trinh", "co_bao_cao", "dang_xem_xet")]
    assert found == ["x", None, "Không"]


@pytest.mark.parametrize("value", [Decimal("1234567890.1234567"), 1234567890123456])
def test_a_number_that_excel_cannot_keep_is_refused(criteria: Criteria, tmp_path: Path, value: Decimal | int) -> None:
    with pytest.raises(UsageProblem) as refused:
        build(criteria, tmp_path / "lon.xlsx", records={"S05": [{"so_tien": value}]})
    assert refused.value.code == "forms.too_many_digits"


def test_known_rows_complete_the_records_that_agree_with_them(criteria: Criteria, tmp_path: Path) -> None:
    code = next(one.code for one in criteria.criteria if one.group == "TAP_THE")
    labels = [one.label for one in criteria.criteria if one.code == code]
    records = {"S01": [{"ma_tieu_chi": code, "thuc_hien_ky": number} for number in range(len(labels))]}
    book = openpyxl.load_workbook(build(criteria, tmp_path / "biet.xlsx", records=records))
    sheet, (_, top, _, bottom) = area_of(book, "TD_S01")
    columns = columns_of(book, "S01")
    assert [sheet.cell(row, columns["ten_tieu_chi"]).value for row in range(top, bottom + 1)] == labels


def test_signers_and_explanations_are_written(criteria: Criteria, tmp_path: Path) -> None:
    path = build(
        criteria,
        tmp_path / "ky.xlsx",
        single={"nguoi_lap": "Lò Thị Mai", "ngay_ky": date(2024, 2, 3), "chuc_vu_ky": "Trưởng phòng"},
        explanations={"S05": {1: "đã đối chiếu"}, "S00": {"tong_ccvcnld": "tăng một người"}},
    )
    book = openpyxl.load_workbook(path, data_only=True)
    texts = [str(cell.value) for row in book["Biểu 05"].iter_rows() for cell in row if cell.value]
    assert "Lò Thị Mai" in texts
    assert "TRƯỞNG PHÒNG" in texts
    assert any(text.endswith("ngày 03 tháng 02 năm 2024") for text in texts)
    sheet, (_, top, right, _) = area_of(book, "TD_S05")
    assert sheet.cell(top + 1, right).value == "đã đối chiếu"
    sheet, (_, row, _, _) = area_of(book, "TD_S00_tong_ccvcnld")
    assert "tăng một người" in [cell.value for cell in sheet[row]]


def test_the_same_content_gives_the_same_bytes(criteria: Criteria, tmp_path: Path) -> None:
    one, two = build(criteria, tmp_path / "a.xlsx"), build(criteria, tmp_path / "b.xlsx")
    assert one.read_bytes() == two.read_bytes()


def test_a_renamed_field_and_a_changed_list_reach_the_form_without_code(tmp_path: Path) -> None:
    path = small_book(
        tmp_path / "so.xlsx", ("Trường", "Tên thiết bị", "Tên tài sản"), ("Danh mục", "| Máy |", "| Máy móc |")
    )
    book = openpyxl.load_workbook(build(load_criteria(path).at("2024"), tmp_path / "bieu.xlsx", "DV1"))
    sheet, (_, top, _, _) = area_of(book, "TD_F1")
    assert sheet.cell(top - 2, columns_of(book, "F1")["ten"]).value == "Tên tài sản"
    labels, (column, first, _, last) = area_of(book, "TD_DM_LOAI_nhan")
    assert [labels.cell(row, column).value for row in range(first, last + 1)] == ["Máy móc"]


def test_a_book_without_settings_still_makes_a_printable_form(tmp_path: Path) -> None:
    path = small_book(
        tmp_path / "so.xlsx",
        ("Quy tắc", "'=[@gia]<=TD_CD_tran", "'=[@gia]<9"),
        without=("Cài đặt",),
    )
    book = openpyxl.load_workbook(build(load_criteria(path).at("2024"), tmp_path / "bieu.xlsx", "DV1"))
    texts = {str(cell.value) for row in book["Biểu 1"].iter_rows(max_row=3) for cell in row if cell.value}
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in texts


def test_messages_of_the_cells_fit_into_what_excel_takes(blank: Any) -> None:
    for sheet in blank.worksheets:
        for one in sheet.data_validations.dataValidation:
            assert len(one.promptTitle or "") <= 32
            assert len(one.prompt or "") <= 255
            assert len(one.error or "") <= 225
            assert not re.search(r"[{}]", (one.prompt or "") + (one.error or ""))


@pytest.mark.parametrize(
    ("text", "width", "count"), [("", 10, 1), ("một hai", 20, 1), ("một hai ba bốn năm", 8, 3), ("a\nb", 30, 2)]
)
def test_lines_are_counted_as_the_cell_wraps_them(text: str, width: float, count: int) -> None:
    assert lines(text, width) == count
    assert height(count) > 14 * count


@pytest.mark.parametrize(
    "widths", [(5.0,), (5.0, 5.0), (5.0, 9.0, 4.0), (5.0,) * 30, (60.0, 60.0), (6.0, 46.0, 46.0, 12.0)]
)
def test_the_two_blocks_of_the_header_never_touch(widths: tuple[float, ...]) -> None:
    (first, last), (start, end) = blocks(widths)
    assert 1 <= first <= last <= len(widths)
    assert end == len(widths)
    assert len(widths) == 1 or last < start


def single_values(book: Any, mapping: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for key, name in mapping.items():
        sheet, (column, row, _, _) = area_of(book, name)
        found[key] = sheet.cell(row, column).value
    return found


def test_single_values_are_taken_by_code_with_or_without_the_form(criteria: Criteria, tmp_path: Path) -> None:
    path = build(criteria, tmp_path / "mot.xlsx", single={"tong_ccvcnld": 12, "S00.lan_nop": 2})
    names = {"tong": "TD_S00_tong_ccvcnld", "lan": "TD_S00_lan_nop"}
    assert single_values(openpyxl.load_workbook(path), names) == {"tong": 12, "lan": 2}


def test_a_coded_form_is_made_with_its_codes_and_read_back(tmp_path: Path) -> None:
    layout = "danh_muc_dong=DM_DONG; o_don_vi=C2; o_ky=C3"
    path = small_book(
        tmp_path / "so.xlsx",
        (
            "Biểu",
            "| F1 | Biểu 1 - Thiết bị | Biểu 1 | bang | 1 | 1 | DON_VI | |",
            f"| F1 | Biểu 1 | Biểu 1 | ma_hoa | 1 | 0 | DON_VI | {layout} |",
        ),
        ("Trường", "| stt | STT | stt | 0 | |", "| ma_dong | Mã dòng | ma | 1 | DM_DONG |"),
        (
            "Danh mục",
            "| DM_KHOI | A | Khối A |",
            "| DM_KHOI | A | Khối A | | | |\n"
            "|      | DM_DONG | R-101 | Dòng một | | | |\n"
            "|      | DM_DONG | R-102 | Dòng hai |",
        ),
    )
    criteria = load_criteria(path).at("2024")
    rows = [{"ma_dong": "R-101", "gia": 7}, {"ma_dong": "R-102", "gia": Decimal("8.95")}]
    made = build(criteria, tmp_path / "ma-hoa.xlsx", "DV1", records={"F1": rows})
    submission = read_submission(read_book(made), criteria)
    records = submission.records["F1"]
    assert (submission.unit, submission.period) == ("DV1", "2024")
    assert records.columns["ma_dong"] == ("R-101", "R-102")
    assert records.columns["gia"] == (7, Decimal("8.95"))
    sheet = openpyxl.load_workbook(made)["Biểu 1"]
    assert [sheet["C2"].value, sheet["C3"].value] == ["DV1", "2024"]
