"""The findings workbook's table by unit adds up to all findings, those of no counted file too."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from thidua_xl.forms import load_criteria
from thidua_xl.model import Finding, Severity, UnitStatus
from thidua_xl.report.findings_book import FindingsReport, write_findings_book


def rows(path: Path, *findings: Finding) -> list[tuple[object, ...]]:
    states = [UnitStatus("A", "Phòng A", "LOI", "a.xlsx", errors=1), UnitStatus("B", "Phòng B", "THIEU", warnings=1)]
    write_findings_book(FindingsReport(findings, states, load_criteria()), path)
    sheet = openpyxl.load_workbook(path)["Tổng quan"]
    return [row[:9] for row in sheet.iter_rows(min_row=5, values_only=True)]


def test_findings_of_no_file_have_a_row_of_their_own(tmp_path: Path) -> None:
    found = rows(
        tmp_path / "loi.xlsx",
        Finding("TYP-01", Severity.ERROR, "a.xlsx", "A"),
        Finding("CON-01", Severity.WARNING, unit="B"),
    )
    assert [(row[1], row[6], row[7]) for row in found][2:] == [
        ("Không thuộc tệp nào ở trên (chưa nộp, bản đã thay, cả đợt)", 0, 1),
        ("Tổng cộng", "=SUM(G5:G7)", "=SUM(H5:H7)"),
    ]


def test_without_such_findings_there_is_no_such_row(tmp_path: Path) -> None:
    found = rows(tmp_path / "loi.xlsx", Finding("TYP-01", Severity.ERROR, "a.xlsx", "A"))
    assert [row[1] for row in found] == ["Phòng A", "Phòng B", "Tổng cộng"]
