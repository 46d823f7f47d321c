"""The shipped report template holds every place that the report map needs (docs/report-map.md, section 5)."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "workbooks" / "mau-bao-cao-tinh.xlsx"
SEED = ROOT / "tools" / "seed"


def rows_of(name: str) -> list[dict[str, str]]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SHEETS = rows_of("tong_hop.csv")
CODES = [row["Mã biểu"] for row in SHEETS]


@pytest.fixture(scope="module")
def template() -> Workbook:
    return openpyxl.load_workbook(TEMPLATE)


def area(template: Workbook, name: str) -> tuple[str, str]:
    ((sheet, cells),) = template.defined_names[name].destinations
    return sheet, cells.replace("$", "")


def test_the_shipped_template_is_what_its_builder_makes_twice(tmp_path: Path) -> None:
    sys.path.append(str(ROOT / "tools"))
    try:
        from build_report_template import build
    finally:
        sys.path.remove(str(ROOT / "tools"))
    build(tmp_path / "one.xlsx")
    build(tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    built, shipped = openpyxl.load_workbook(tmp_path / "one.xlsx"), openpyxl.load_workbook(TEMPLATE)
    for sheet in built.worksheets:
        assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
            [cell.value for cell in row] for row in shipped[sheet.title].iter_rows()
        ]


@pytest.mark.parametrize("code", CODES)
def test_the_hidden_row_holds_the_column_codes_in_order(template: Workbook, code: str) -> None:
    sheet, cells = area(template, f"{code}_MA_COT")
    (row,) = template[sheet][cells]
    wanted = [
        one["Mã cột"] for one in rows_of("cot_bao_cao.csv") if one["Mã biểu"] == code and one["Cách lấy"] != "DONG"
    ]
    assert [cell.value for cell in row] == wanted
    assert template[sheet].row_dimensions[row[0].row].hidden


@pytest.mark.parametrize("row", SHEETS, ids=CODES)
def test_model_rows_stand_in_order_below_the_codes_over_the_same_columns(
    template: Workbook, row: dict[str, str]
) -> None:
    code = row["Mã biểu"]
    wanted = ["MA_COT", "NHOM", "NHOM_CON", "DATA", "CONG", "TONG"]
    there = [name for name in wanted if f"{code}_{name}" in template.defined_names]
    assert {"MA_COT", "DATA"} <= set(there)
    assert ("CONG" in there, "TONG" in there) == ("CONG" in row["Dòng tổng"], "TONG" in row["Dòng tổng"])
    spans = [area(template, f"{code}_{name}")[1].split(":") for name in there]
    numbers = [int("".join(filter(str.isdigit, first))) for first, _ in spans]
    assert numbers == sorted(set(numbers))
    assert len({("".join(filter(str.isalpha, a)), "".join(filter(str.isalpha, b))) for a, b in spans}) == 1


@pytest.mark.parametrize("code", CODES)
def test_no_merged_cell_touches_a_model_row(template: Workbook, code: str) -> None:
    sheet, _ = area(template, f"{code}_DATA")
    models = {
        area(template, f"{code}_{name}")[1]
        for name in ("NHOM", "NHOM_CON", "DATA", "CONG", "TONG")
        if f"{code}_{name}" in template.defined_names
    }
    rows = {int("".join(filter(str.isdigit, one.split(":")[0]))) for one in models}
    for merged in template[sheet].merged_cells.ranges:
        assert not rows & set(range(merged.min_row, merged.max_row + 1))


@pytest.mark.parametrize("row", SHEETS, ids=CODES)
def test_the_page_is_a4_one_page_wide_with_headers_repeated(template: Workbook, row: dict[str, str]) -> None:
    sheet = template[row["Tên trang"]]
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == ("portrait" if row["Chiều giấy"] == "dung" else "landscape")
    # One page wide is the default of a page that is fitted, so it is not written.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows
    assert "Trang &P/&N" in sheet.oddFooter.center.text


@pytest.mark.parametrize("code", CODES)
def test_texts_of_the_annex_have_their_cells(template: Workbook, code: str) -> None:
    for name in ("KY", "NGAY_KY", "NGUOI_LAP", "NGUOI_KY"):
        sheet, cell = area(template, f"{code}_{name}")
        assert template[sheet][cell] is not None
        assert ":" not in cell


def test_an_amount_in_words_stands_where_the_map_asks_for_it(template: Workbook) -> None:
    asking = {row["Mã biểu"] for row in SHEETS if "bang_chu=" in row["Ghi chú"]}
    assert asking
    assert {name.removesuffix("_BANG_CHU") for name in template.defined_names if name.endswith("_BANG_CHU")} == asking


@pytest.mark.parametrize("code", [one["Mã biểu"] for one in SHEETS if one["Mã biểu"] != "TH00"])
def test_place_and_date_have_room_to_be_printed_whole(template: Workbook, code: str) -> None:
    sheet, cell = area(template, f"{code}_NGAY_KY")
    own = template[sheet]
    (merged,) = [one for one in own.merged_cells.ranges if cell in one]
    widths = [own.column_dimensions[get_column_letter(at)].width for at in range(merged.min_col, merged.max_col + 1)]
    assert sum(widths) >= 36  # what "Mường Ngàn, ngày … tháng … năm 2024" takes in 13 points
