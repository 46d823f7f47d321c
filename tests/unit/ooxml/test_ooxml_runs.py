"""Several runs of rows inserted in one pass give what inserting them one after the other gives."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml import Workbook

# As a report grows: a section, its details, its subtotal, three times over, below the model rows 3, 4 and 5.
RUNS = ((6, 1, 3), (7, 4, 4), (11, 1, 5), (12, 1, 3), (13, 2, 4), (15, 1, 5))


def template() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "TH01"
    for row, text in enumerate(("Đầu", "", "Mục", "Dòng", "Cộng", "Tổng", "Ký"), 1):
        sheet.cell(row, 1, text or None)
    sheet["A3"].font = Font(bold=True)
    sheet.merge_cells("B3:D3")
    sheet.row_dimensions[4].height = 31
    sheet["C4"] = "=B4*2+B$6"
    sheet["D4"] = "=SUM(B3:B4)+C6"
    sheet["B6"] = "=SUM(B3:B5)"
    sheet["B7"] = "=Khác!A1"
    sheet.conditional_formatting.add("A4:D4", FormulaRule(formula=["$B4>5"], fill=PatternFill("solid", "FFFF00")))
    listed = DataValidation(type="whole", operator="greaterThan", formula1="0")
    listed.add("B4")
    sheet.add_data_validation(listed)
    other = book.create_sheet("Khác")
    other["A1"] = "=SUM('TH01'!B3:B6)+th01!C7"
    other["A2"] = "th01 chỉ là chữ"
    book.defined_names["TONG"] = DefinedName("TONG", attr_text="'TH01'!$A$6:$D$6")
    book.defined_names["XA"] = DefinedName("XA", attr_text="Khác!$A$9")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_runs_in_one_pass_are_the_same_bytes_as_one_after_the_other() -> None:
    content = template()
    together, singly = Workbook.from_bytes(content), Workbook.from_bytes(content)
    together["TH01"].insert_runs(RUNS)
    for before, count, like in RUNS:
        singly["TH01"].insert_rows(before=before, count=count, like=like)
    assert together.to_bytes() == singly.to_bytes()
    assert together["TH01"].formula("B16") == "=SUM(B3:B5)"
    assert together["Khác"].formula("A1") == "=SUM('TH01'!B3:B16)+th01!C17"
    assert dict(together.defined_names) == {"TONG": "'TH01'!$A$16:$D$16", "XA": "Khác!$A$9"}


def test_copied_formula_that_looks_at_the_next_row_still_looks_at_the_next_row() -> None:
    book = Workbook.from_bytes(template())
    book["TH01"].set_formula("D4", "=SUM(B4:B5)")
    book["TH01"].insert_runs(RUNS)
    assert book["TH01"].formula("D10") == "=SUM(B10:B11)"


def test_runs_that_leave_the_sheet_are_refused_before_anything_moves() -> None:
    book = Workbook.from_bytes(template())
    with pytest.raises(EditRefused):
        book["TH01"].insert_runs([(6, 1, 3), (7, 1_048_576, 4)])
    assert book["TH01"].formula("B6") == "=SUM(B3:B5)"


def test_a_new_sheet_that_a_formula_waits_for_makes_its_result_stale() -> None:
    source = openpyxl.Workbook()
    sheet = source.active
    assert sheet is not None
    sheet["A1"] = "='Nguồn số liệu'!B2*2"
    stream = io.BytesIO()
    source.save(stream)
    book = Workbook.from_bytes(stream.getvalue())
    book.add_sheet("Nguồn số liệu", [["a"], ["b", 21]])
    assert Workbook.from_bytes(book.to_bytes())["Sheet"].get("A1") == 42


def test_long_listing_stays_editable_and_its_formulas_are_seen() -> None:
    source = openpyxl.Workbook()
    stream = io.BytesIO()
    source.save(stream)
    book = Workbook.from_bytes(stream.getvalue())
    rows = [[f"Tệp {number % 7}.xlsx", "B5", number, None, number / 2] for number in range(1, 4_501)]
    book.add_listing("Nguồn", rows, widths=(10, 20))
    again = Workbook.from_bytes(book.to_bytes())["Nguồn"]
    assert [again.get(cell) for cell in ("A1", "C2000", "C2001", "D9", "E4500")] == [
        "Tệp 1.xlsx",
        2000,
        2001,
        None,
        2250,
    ]
    book["Nguồn"].set_formula("F1", "=SUM(C1:C4500)")
    book["Nguồn"].set("C1", 2)
    edited = Workbook.from_bytes(book.to_bytes())["Nguồn"]
    assert edited.get("F1") == sum(range(1, 4_501)) + 1
    assert edited.last_row == 4500
