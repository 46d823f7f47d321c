"""The shipped criteria book is what the seed tables make, and it is made for people."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from thidua_xl import shipped
from thidua_xl.grid import read_book

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("criteria_book_builder", ROOT / "tools" / "build_criteria_book.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their own module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def book() -> Any:
    return openpyxl.load_workbook(shipped.criteria_book())


def test_the_shipped_book_holds_what_the_seed_tables_say(builder: ModuleType, tmp_path: Path) -> None:
    made = tmp_path / "so.xlsx"
    builder.build(made)
    new, shipped_book = read_book(made), read_book(shipped.criteria_book())
    assert [sheet.name for sheet in new.sheets] == [sheet.name for sheet in shipped_book.sheets]
    for sheet, other in zip(new.sheets, shipped_book.sheets, strict=True):
        assert dict(sheet.cells) == dict(other.cells), f"{sheet.name}: run python tools/build_workbooks.py"


def test_building_twice_gives_the_same_bytes_and_leaves_nothing_behind(builder: ModuleType, tmp_path: Path) -> None:
    for name in ("mot.xlsx", "hai.xlsx"):
        builder.build(tmp_path / name)
    assert (tmp_path / "mot.xlsx").read_bytes() == (tmp_path / "hai.xlsx").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hai.xlsx", "mot.xlsx"]


def test_a_broken_seed_leaves_the_old_book_whole(builder: ModuleType, tmp_path: Path) -> None:
    seed = tmp_path / "seed"
    seed.mkdir()
    for path in (ROOT / "tools" / "seed").glob("*.csv"):
        (seed / path.name).write_bytes(path.read_bytes())
    target = tmp_path / "so.xlsx"
    builder.build(target, seed)
    before = target.read_bytes()
    with (seed / "ky.csv").open("a", encoding="utf-8") as file:
        file.write("một,hai\n")
    with pytest.raises(SystemExit, match=r"ky\.csv"):
        builder.build(target, seed)
    assert target.read_bytes() == before


def test_every_sheet_has_title_explanation_headings_filter_and_frozen_header(book: Any) -> None:
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        assert sheet["A1"].value
        assert sheet["A1"].value == sheet["A1"].value.upper()
        assert sheet["A2"].value
        assert sheet["A3"].value
        assert int(sheet.freeze_panes[1:]) == 4
        assert sheet.print_title_rows == "$3:$3"
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet["A3"].font.name == "Times New Roman"
        if sheet.title != "Hướng dẫn":
            assert sheet.auto_filter.ref


def test_the_first_sheet_explains_every_other_sheet(book: Any) -> None:
    guide = book.worksheets[0]
    assert guide.title == "Hướng dẫn"
    explained = {row[0].value for row in guide.iter_rows(min_row=4)}
    others = {sheet.title for sheet in book.worksheets[1:] if sheet.sheet_state == "visible"}
    assert {f"Trang {name}" for name in others} <= explained


def test_dates_are_dates_and_codes_keep_their_zeros(book: Any) -> None:
    assert isinstance(book["Kỳ"]["E4"].value, datetime)
    headings = [cell.value for cell in book["Địa bàn"][3]]
    codes = [row[headings.index("Mã GSO")].value for row in book["Địa bàn"].iter_rows(min_row=4, max_row=6)]
    assert all(isinstance(code, str) and code.startswith("0") for code in codes)


def test_assumptions_are_coloured_by_a_rule_that_follows_the_cell(book: Any) -> None:
    for name in ("Đơn vị", "Cài đặt", "Khen thưởng"):
        formulas = [rule.formula[0] for area in book[name].conditional_formatting for rule in area.rules]
        assert any("GIA_DINH" in formula for formula in formulas), name


@pytest.mark.parametrize(
    ("sheet", "heading"),
    [("Trường", "Kiểu"), ("Trường", "Bắt buộc"), ("Trường", "Danh mục"), ("Quy tắc", "Mức độ"), ("Đơn vị", "Khối")],
)
def test_columns_with_a_list_have_a_dropdown(book: Any, sheet: str, heading: str) -> None:
    headings = [cell.value for cell in book[sheet][3]]
    letter = openpyxl.utils.get_column_letter(headings.index(heading) + 1)
    lists = [one for one in book[sheet].data_validations.dataValidation if one.type == "list"]
    assert any(str(area).startswith(f"{letter}4:") for one in lists for area in one.sqref.ranges)


def test_formulas_of_rules_are_text_that_stays_text_when_edited(book: Any) -> None:
    sheet = book["Quy tắc"]
    headings = [cell.value for cell in sheet[3]]
    column = headings.index("Đúng khi (công thức)") + 1
    formulas = [cell for cell in sheet[openpyxl.utils.get_column_letter(column)][3:] if cell.value]
    assert len(formulas) > 80
    assert all(cell.data_type == "s" and cell.value.startswith("=") and cell.quotePrefix for cell in formulas)


def test_the_seed_holds_nobody_s_name_in_the_place_of_the_signer() -> None:
    text = (ROOT / "tools" / "seed" / "cai_dat.csv").read_text(encoding="utf-8")
    settings = csv.DictReader(io.StringIO(text, newline=""))
    assert {row["Giá trị"] for row in settings if row["Mã"].startswith("ho_ten")} == {""}
