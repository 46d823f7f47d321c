"""An edited criteria book obeyed on filled reports of other periods: fields renamed and new, a rule, a list, a unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from thidua_xl.forms import load_criteria
from thidua_xl.forms.build import build_unit_workbook
from thidua_xl.jobs.consolidate import consolidate
from thidua_xl.jobs.review import check
from thidua_xl.jobs.sample_book import write_sample_book
from thidua_xl.jobs.sample_material import load_material
from thidua_xl.jobs.sample_records import sample_records
from thidua_xl.model import Criteria, Value
from thidua_xl.shipped import criteria_book

TODAY = date(2026, 1, 15)
UNIT, NEW_UNIT = "DLCL", "TTM"
RULE = "=COUNTIF(TD_S05[ma_ca_nhan],[@ma_ca_nhan])>=1"


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    path = tmp_path_factory.mktemp("so") / "tieu-chi.xlsx"
    write_sample_book(criteria_book(), load_criteria(), load_material(), path)
    book = openpyxl.load_workbook(path)
    fields = book["Trường"]
    heads = _heads(fields)
    for row in range(4, fields.max_row + 1):
        if [fields.cell(row, heads[name]).value for name in ("Mã biểu", "Mã trường")] == ["S05", "so_tien"]:
            fields.cell(row, heads["Tên trường"]).value = "Tiền góp"
    _add(fields, {
        "Mã biểu": "S05", "Thứ tự": 9, "Mã trường": "cach_nop", "Tên trường": "Cách nộp", "Kiểu": "danh_muc",
        "Bắt buộc": 1, "Danh mục": "DM_CACH_NOP", "Độ rộng": 12,
    })  # fmt: skip
    for order, (code, label) in enumerate((("TM", "Tiền mặt"), ("CK", "Chuyển khoản")), 1):
        _add(book["Danh mục"], {"Mã danh mục": "DM_CACH_NOP", "Mã": code, "Nhãn": label, "Thứ tự": order})
    _add(book["Đơn vị"], {"Mã đơn vị": NEW_UNIT, "Tên đơn vị": "Trung tâm Mới", "Khối": "DON_VI", "Phải báo cáo": 1})
    _add(book["Quy tắc"], {
        "Mã quy tắc": "MOI-01", "Mức độ": "LOI", "Nhóm": "MOI", "Biểu": "S02", "Trường": "ma_ca_nhan",
        "Kiểu kiểm tra": "CONG_THUC", "Đúng khi (công thức)": RULE, "Bật (1/0)": 1,
        "Thông báo": "Dòng {dong}: {ho_ten} chưa ủng hộ Quỹ.", "Cách sửa": "Thêm người này vào Biểu 05.",
        "Thông báo (tiếng Anh)": "Row {dong}: {ho_ten} gave nothing.", "Cách sửa (tiếng Anh)": "Add them to form 05.",
    })  # fmt: skip
    book.save(path)
    return load_criteria(path)


def _heads(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[3] if cell.value is not None}


def _add(sheet: Worksheet, values: Mapping[str, object]) -> None:
    row = next(row for row in range(4, sheet.max_row + 2) if sheet.cell(row, 1).value is None)
    for heading, value in values.items():
        cell = sheet.cell(row, _heads(sheet)[heading])
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # a formula as text, as the book keeps it


def written(folder: Path, criteria: Criteria, period: str, **of_first_gift: Value) -> Path:
    """A unit's clean report under the edited book, with other values in the first row of the fifth form."""
    found = criteria.find_period(period)
    assert found is not None
    rules = criteria.at(found)
    content = next(one for one in sample_records(criteria, period=period) if one.unit == UNIT)
    gifts = [{**row, "cach_nop": "CK"} for row in content.records["S05"]]
    gifts[0] = {code: value for code, value in (gifts[0] | of_first_gift).items() if value is not None}
    unit = rules.unit(UNIT)
    assert unit is not None
    folder.mkdir(exist_ok=True)
    path = folder / f"BC_{UNIT}_{period}_L1.xlsx"
    build_unit_workbook(
        rules, unit, found, path,
        records={**content.records, "S05": gifts}, nothing=content.nothing, single=content.single,
    )  # fmt: skip
    return path


@pytest.mark.parametrize("period", ["2023-6T", "2025-NAM"])
def test_filled_reports_obey_the_edited_book(edited: Criteria, tmp_path: Path, period: str) -> None:
    clean = written(tmp_path / "sach", edited, period)
    headings = {cell.value for row in openpyxl.load_workbook(clean)["Biểu 05"].iter_rows() for cell in row}
    assert {"Tiền góp", "Cách nộp"} <= headings
    assert check(clean, edited, period, today=TODAY).findings == ()

    blank = check(written(tmp_path / "trong", edited, period, cach_nop=None), edited, period, today=TODAY).findings
    assert [(one.code, one.field_code) for one in blank] == [("REQ-09", "cach_nop")]
    odd = check(written(tmp_path / "la", edited, period, cach_nop="Vàng miếng"), edited, period, today=TODAY).findings
    assert [(one.code, one.field_code) for one in odd] == [("LST-10", "cach_nop")]
    nobody = check(written(tmp_path / "ai", edited, period, ma_ca_nhan=None), edited, period, today=TODAY).findings
    assert [one.form for one in nobody if one.code == "MOI-01"] == ["S02"]

    done = consolidate([clean.parent], edited, period, out=tmp_path / "bc.xlsx", today=TODAY)
    states = {one.unit: one.state for one in done.statuses}
    assert states[NEW_UNIT] == "THIEU" and states[UNIT] in ("DU", "TRE")
    gifts = done.check.current[0].records["S05"].columns["so_tien"]
    table = done.consolidation.table("TH04")
    assert table is not None
    totals = {figure.value for row in table.rows if row.kind == "TOTAL" for figure in row.figures}
    assert sum(one for one in gifts if isinstance(one, Decimal)) in totals
