"""A template without names: recognised, corrected in the mapping workbook, filled."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import thidua_xl as tx
from thidua_xl.errors import TemplateProblem
from thidua_xl.grid import read_book
from thidua_xl.jobs.consolidate import Policy, consolidate
from thidua_xl.jobs.map_template import load_mapping, map_template
from thidua_xl.jobs.sample_round import SampleRound, write_sample_round
from thidua_xl.model.mapping import ColumnRole, TableUse
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name
from thidua_xl.shipped import report_template

DAY = date(2024, 6, 20)


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> SampleRound:
    return write_sample_round(tmp_path_factory.mktemp("dot"), tx.load_criteria())


def without_names(target: Path) -> Path:
    """The shipped template without its names and its hidden rows of column codes."""
    held = target.with_name("co-ma.xlsx")
    with zipfile.ZipFile(report_template()) as source, zipfile.ZipFile(held, "w") as made:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/workbook.xml":
                content = re.sub(rb'<definedName name="TH[^>]*>[^<]*</definedName>', b"", content)
            made.writestr(entry, content)
    book = Workbook.open(held)
    for name in book.sheetnames:
        sheet = book[name]
        for row in range(1, 40):
            for column in range(1, 30) if sheet.row_hidden(row) else ():
                if sheet.get(cell_name(row, column)) is not None:
                    sheet.set(cell_name(row, column), None)
    book.save(target)
    return target


def test_a_template_without_names_gives_the_same_report(round_: SampleRound, tmp_path: Path) -> None:
    criteria = tx.load_criteria(round_.criteria_book)
    bare = without_names(tmp_path / "mau.xlsx")
    mapped = map_template(bare, criteria, tmp_path / "ban-do.xlsx", bind=True)
    assert mapped.open_places == 0

    def made(name: str, template: Path | None, mapping: Path | None) -> Path:
        out = tmp_path / name
        consolidate(
            round_.folder,
            criteria,
            round_.period,
            template,
            out,
            mapping=mapping,
            policy=Policy.ACCEPT_ERRORS,
            today=DAY,
        )
        return out

    shipped = made("goc.xlsx", None, None)
    for other in (made("map.xlsx", bare, mapped.mapping), made("ten.xlsx", mapped.bound, None)):
        assert shown(other) == shown(shipped)


def shown(report: Path) -> dict[tuple[str, int, int], object]:
    """Values and formulas of the tables, but for the hidden rows of codes."""
    return {
        (sheet.name, row, column): (cell.value, cell.formula)
        for sheet in read_book(report).sheets
        if sheet.name.startswith("TH")
        for (row, column), cell in sheet.cells.items()
        if row not in sheet.hidden_rows
    }


def test_a_mapping_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    mapped = map_template(report_template(), tx.load_criteria(), tmp_path / "m.xlsx")
    assert load_mapping(mapped.mapping) == mapped.found
    again = map_template(report_template(), tx.load_criteria(), tmp_path / "n.xlsx")
    assert again.mapping.read_bytes() == mapped.mapping.read_bytes()


def test_a_word_that_makes_no_sense_is_refused_at_its_cell(tmp_path: Path) -> None:
    path = map_template(report_template(), tx.load_criteria(), tmp_path / "m.xlsx").mapping
    book = Workbook.open(path)
    book["Bảng"].set("C4", "Cộng từng cột")
    book.save(path)
    with pytest.raises(TemplateProblem) as refused:
        load_mapping(path)
    assert refused.value.values["cell"] == "C4"
    assert refused.value.values["nearest"] == "Cộng từng dòng"


def own_template(path: Path) -> Path:
    """A form of three fixed rows with a ratio, and below a list, as an office draws it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Biểu 1"
    for row in (
        ["BÁO CÁO SỐ CUỘC TUYÊN TRUYỀN"],
        [None],
        ["STT", "Nội dung", "Số cuộc", "Số lượt", "Lượt/cuộc"],
        ["A", "B", 1, 2, "3=2/1"],
        [1, "Hội nghị", None, None, None],
        [2, "Tập huấn", None, None, None],
        [3, "Tọa đàm", None, None, None],
        [None, "Tổng cộng", "=SUM(C5:C6)", "=SUM(D5:D7)", None],
        ["Người lập biểu"],
    ):
        sheet.append(row)
    other = book.create_sheet("Biểu 2")
    for row in (["DANH SÁCH"], ["STT", "Họ và tên", "Số tiền ủng hộ"], [None, None, None], [None, "Tổng cộng", None]):
        other.append(row)
    book.save(path)
    return path


def unit_file(path: Path, template: Path, numbers: list[tuple[str, object, object]], gifts: list[object]) -> None:
    book = openpyxl.load_workbook(template)
    sheet, other = book["Biểu 1"], book["Biểu 2"]
    for row, (name, first, second) in enumerate(numbers, 5):
        for column, value in enumerate((row - 4, name, first, second), 1):
            sheet.cell(row, column, value)
    other.insert_rows(4, amount=len(gifts) - 1)
    for row, gift in enumerate(gifts, 3):
        for column, value in enumerate((row - 2, f"Người {gift}", gift), 1):
            other.cell(row, column, value)
    book.save(path)


def test_a_form_the_units_fill_is_added_up_without_a_criteria_book(tmp_path: Path) -> None:
    template = own_template(tmp_path / "mau.xlsx")
    criteria = tx.load_criteria()
    mapped = map_template(template, criteria)
    first, second = mapped.found.tables
    assert (first.use, second.use) == (TableUse.SUM, TableUse.APPEND)
    assert [one.role for one in first.columns][2:] == [ColumnRole.NUMBER, ColumnRole.NUMBER, ColumnRole.RATIO]
    folder = tmp_path / "nop"
    folder.mkdir()
    unit_file(folder / "A.xlsx", template, [("Hội nghị", 2, 50), ("Tập huấn", 1, 20), ("Tọa đàm", 3, "1.200,5")], [7])
    unit_file(
        folder / "B.xlsx", template, [("Tọa đàm", 1, 5), ("Hội nghị", 4, 70), ("Tập huấn", 2, "hai")], [1, 10**12]
    )
    (folder / "C.xlsx").write_bytes((folder / "A.xlsx").read_bytes())
    out = tmp_path / "kq.xlsx"
    done = consolidate(folder, criteria, "Quý I/2024", template, out, mapping=mapped.mapping)
    book = read_book(out)
    table = book.sheet("Biểu 1")
    assert table is not None
    rows = [[table.value(row, column) for column in (2, 3, 4)] for row in (5, 6, 7)]
    assert rows == [["Hội nghị", 6, 120], ["Tập huấn", 3, 20], ["Tọa đàm", 4, Decimal("1205.5")]]
    assert table.value(5, 5) == 20
    assert table.value(8, 3) == 9  # the template's own formula, which leaves out a row
    listed = book.sheet("Biểu 2")
    assert listed is not None
    assert [listed.value(row, 3) for row in range(3, 7)] == [7, 1, 10**12, 10**12 + 8]
    codes = sorted((one.code, one.file, one.cell) for one in done.findings)
    assert codes == [
        ("MAP-formula_differs", "kq.xlsx", "C8"),
        ("MAP-twice", "C.xlsx", ""),
        ("MAP-unreadable", "B.xlsx", "D7"),
    ]
    assert done.exit_code == 1
    sources = done.report.cells["Biểu 1"]["C5"].sources if done.report is not None else ()
    assert [(one.file, one.cell, one.value) for one in sources] == [("A.xlsx", "C5", 2), ("B.xlsx", "C6", 4)]


def test_rows_of_ratios_are_not_added_and_units_may_be_sheets_of_one_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Mẫu"
    rows = (["TT", "Chỉ tiêu", "Số tiền"], ["(1)", "(2)", "(3)"], [1, "Thu", None], [2, "Chi", None])
    for row in (*rows, [3, "Tỷ lệ chi/thu (%)", None], ["Người lập"]):
        sheet.append(row)
    template = tmp_path / "mau.xlsx"
    book.save(template)
    for name, values in (("Xã A", (10, 4, 40)), ("Xã B", (20, 5, 25))):
        copy = book.copy_worksheet(sheet)
        copy.title = name
        for row, value in enumerate(values, 3):
            copy.cell(row, 3, value)
    book.remove(sheet)
    units = tmp_path / "cac-xa.xlsx"
    book.save(units)
    mapped = map_template(template, tx.load_criteria())
    done = consolidate(units, tx.load_criteria(), "2024", template, tmp_path / "kq.xlsx", mapping=mapped.mapping)
    made = read_book(tmp_path / "kq.xlsx").sheet("Mẫu")
    assert made is not None
    assert [made.value(row, 3) for row in (3, 4, 5)] == [30, 9, None]
    assert [one.code for one in done.findings] == ["MAP-ratio_row"]
    assert done.exit_code == 0
