"""What `compare` says to people: which cells look otherwise, joined to areas."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.styles import PatternFill

from thidua_xl.jobs.compare import compare, joined_cells


def test_cells_are_joined_to_areas() -> None:
    assert joined_cells(["B2", "C2", "D2", "B3", "C3", "D3", "F3", "B5"]) == ["B2:D3", "F3", "B5"]
    assert joined_cells(["A1", "A2", "B3", "A3", "A4"]) == ["A1:A2", "A3:B3", "A4"]
    assert joined_cells([]) == []


def test_the_cells_that_look_otherwise_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Biểu 1"
    for row in range(1, 80):
        sheet.cell(row, 2, row)
    book.save(tmp_path / "a.xlsx")
    for row in range(4, 8):
        sheet.cell(row, 2).fill = PatternFill("solid", fgColor="FFFF00")
    book.save(tmp_path / "b.xlsx")
    assert "Biểu 1: 4 ô khác định dạng: B4:B7" in compare(tmp_path / "a.xlsx", tmp_path / "b.xlsx").lines()
    for row in range(9, 79, 2):
        sheet.cell(row, 2).fill = PatternFill("solid", fgColor="FFFF00")
    sheet.row_dimensions[3].height = 40
    book.save(tmp_path / "c.xlsx")
    lines = compare(tmp_path / "a.xlsx", tmp_path / "c.xlsx").lines()
    (looks,) = [line for line in lines if "khác định dạng" in line]
    assert looks.startswith("Biểu 1: 39 ô khác định dạng: B4:B7, B9, B11,")
    assert looks.endswith("B45, …")
    assert any(line.startswith("Biểu 1: 1 thuộc tính khác của trang") for line in lines)
