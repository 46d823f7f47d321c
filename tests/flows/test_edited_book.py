"""The office edits its criteria book in a spreadsheet program; form, check and report obey without touching code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import thidua_xl as tx
from thidua_xl.errors import CriteriaProblem
from thidua_xl.ooxml import Workbook
from thidua_xl.shipped import criteria_book

PERIOD = "2024-6T"
DAY = date(2024, 6, 10)


def columns(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[3] if cell.value is not None}


def row_where(sheet: Worksheet, **wanted: str) -> int:
    heads = columns(sheet)
    names = {"ma_bieu": "Mã biểu", "ma_truong": "Mã trường", "ma": "Mã", "danh_muc": "Mã danh mục", "unit": "Mã đơn vị"}
    for row in range(4, sheet.max_row + 1):
        if all(sheet.cell(row, heads[names[key]]).value == value for key, value in wanted.items()):
            return row
    raise AssertionError(wanted)


def append(sheet: Worksheet, **values: object) -> None:
    heads = columns(sheet)
    row = next(row for row in range(4, sheet.max_row + 2) if sheet.cell(row, 1).value is None)
    for heading, value in values.items():
        sheet.cell(row, heads[heading.replace("_", " ")]).value = value


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The shipped book with a field renamed, a unit, a rule and a list item added, saved by openpyxl."""
    book = openpyxl.load_workbook(criteria_book())
    fields = book["Trường"]
    fields.cell(row_where(fields, ma_bieu="S05", ma_truong="so_tien"), columns(fields)["Tên trường"]).value = "Tiền góp"
    units = book["Đơn vị"]
    append(units, Mã_đơn_vị="TTM", Tên_đơn_vị="Trung tâm Mới", Khối="DON_VI", Phải_báo_cáo=1)
    lists = book["Danh mục"]
    append(lists, Mã_danh_mục="DM_DOT_QUY", Mã="TET", Nhãn="Tết vì người nghèo", Thứ_tự=3)
    rules = book["Quy tắc"]
    heads = columns(rules)
    row = next(row for row in range(4, rules.max_row + 2) if rules.cell(row, 1).value is None)
    new = {
        "Mã quy tắc": "MOI-01",
        "Mức độ": "LOI",
        "Nhóm": "MIEN",
        "Biểu": "S05",
        "Trường": "so_tien",
        "Kiểu kiểm tra": "CONG_THUC",
        "Đúng khi (công thức)": '\'=OR([@so_tien]="",MOD([@so_tien],1000)=0)',
        "Thông báo": "Dòng {dong}: số tiền {gia_tri} lẻ dưới nghìn đồng.",
        "Bật (1/0)": 1,
    }
    for heading, value in new.items():
        cell = rules.cell(row, heads[heading])
        cell.value = value.lstrip("'") if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"
    path = tmp_path / "so.xlsx"
    book.save(path)
    return path


def header_cell(sheet: Worksheet, label: str) -> tuple[int, int]:
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and " ".join(cell.value.split()) == label:
                return cell.row, cell.column
    raise AssertionError(label)


def test_a_form_given_out_before_a_heading_was_changed_gets_one_note_and_no_warning(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(criteria_book())
    fields = book["Trường"]
    row = row_where(fields, ma_bieu="S05", ma_truong="dot")
    fields.cell(row, columns(fields)["Tên trường"]).value = "Chiến dịch"
    book.save(later := tmp_path / "so.xlsx")
    criteria = tx.load_criteria(later)
    (form,) = tx.new_forms(tx.load_criteria(), PERIOD, tmp_path / "mau", units=("VPS",))

    def told() -> list[tuple[str, str, str]]:
        found = tx.check(form, criteria, PERIOD, today=DAY).findings
        return [(one.severity.value, one.sheet, one.message) for one in found if one.code == "STR-03"]

    ((severity, sheet, message),) = told()
    assert (severity, sheet) == ("THONG_TIN", "Biểu 05")
    assert "Đợt vận động → Chiến dịch" in message

    # The name of another column: no change of the book explains that.
    opened = openpyxl.load_workbook(form)
    opened["Biểu 05"].cell(*header_cell(opened["Biểu 05"], "Đợt vận động")).value = "Số tiền"
    opened.save(form)
    assert [severity for severity, _, _ in told()] == ["CANH_BAO"]


def test_form_check_and_report_obey_the_edited_book(edited: Path, tmp_path: Path) -> None:
    criteria = tx.load_criteria(edited)
    (form,) = tx.new_forms(criteria, PERIOD, tmp_path / "mau", units=("TTM",))
    seen = openpyxl.load_workbook(form)["Biểu 05"]
    heading_row, amount = header_cell(seen, "Tiền góp")
    _, campaign = header_cell(seen, "Đợt vận động")
    first = openpyxl.load_workbook(form).defined_names["TD_S05"].attr_text.split("$")[2].rstrip(":")
    assert int(first) > heading_row

    workbook = Workbook.open(form)
    sheet = workbook["Biểu 05"]
    sheet.set(seen.cell(int(first), campaign).coordinate, "Tết vì người nghèo")
    sheet.set(seen.cell(int(first), amount).coordinate, 1_000_500)
    workbook.save(form)

    found = tx.check(form, criteria, PERIOD, today=DAY).findings
    at = seen.cell(int(first), amount).coordinate
    assert [(one.sheet, one.cell, one.message) for one in found if one.code == "MOI-01"] == [
        ("Biểu 05", at, f"Dòng {first}: số tiền 1.000.500 lẻ dưới nghìn đồng.")
    ]
    assert not [one for one in found if one.code.startswith("LST") and one.form == "S05"]

    result = tx.consolidate(form, criteria, PERIOD, out=tmp_path / "bc.xlsx", policy=tx.Policy.ACCEPT_ERRORS, today=DAY)
    names = [row.label for row in result.consolidation.table("TH01").rows if row.kind == "DETAIL"]  # type: ignore[union-attr]
    assert "Trung tâm Mới" in names


def test_a_code_renamed_in_one_place_only_is_refused_with_the_cells_that_still_name_it(edited: Path) -> None:
    book = openpyxl.load_workbook(edited)
    fields = book["Trường"]
    fields.cell(
        row_where(fields, ma_bieu="S05", ma_truong="so_tien"), columns(fields)["Mã trường"]
    ).value = "so_tien_gop"
    book.save(edited)
    with pytest.raises(CriteriaProblem) as refused:
        tx.load_criteria(edited)
    sheets = {one.sheet for one in refused.value.problems}  # type: ignore[attr-defined]
    assert {"Quy tắc", "Cột báo cáo"} <= sheets
    assert any(one.nearest.endswith("so_tien_gop") for one in refused.value.problems)  # type: ignore[attr-defined]


def test_a_code_renamed_everywhere_is_obeyed(edited: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(edited)
    replace_everywhere(
        book,
        "so_tien",
        lambda text: (
            text.replace("so_tien_dong_gop", "\0").replace("so_tien", "tien_gop").replace("\0", "so_tien_dong_gop")
        ),
    )
    book.save(edited)
    criteria = tx.load_criteria(edited)
    (form,) = tx.new_forms(criteria, PERIOD, tmp_path / "mau", units=("TTM",))
    assert "S05.tien_gop" in tx.totals(form, criteria).fields


def replace_everywhere(book: openpyxl.Workbook, word: str, change: Callable[[str], str]) -> None:
    for sheet in book.worksheets:
        for line in sheet.iter_rows(min_row=4):
            for cell in line:
                if isinstance(cell.value, str) and word in cell.value:
                    kind = cell.data_type
                    cell.value = change(cell.value)
                    if kind == "s":
                        cell.data_type = "s"
