"""What is said of a report that was filled: formulas not written over, losses, rows beyond, signatures, recipients."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from thidua_xl.forms import load_criteria
from thidua_xl.jobs.evidence import report_findings
from thidua_xl.model import Criteria, Figure, ReportTable, Setting
from thidua_xl.ooxml import Workbook
from thidua_xl.report.after import Looked, inventory, look_through
from thidua_xl.report.filled import FilledReport
from thidua_xl.report.plan import Planned

TABLE = ReportTable("TH01", ())


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    found = load_criteria().at("2024-6T")
    return replace(
        found, settings={**found.settings, "noi_nhan": Setting("noi_nhan", "", "Sở Nội vụ (Ban Thi đua)|Lưu: VT")}
    )


def report(path: Path, texts: dict[str, str], *, dropdown: bool = True) -> Workbook:
    """A sheet TH01 whose table ends in row 6; its place and date is the name TH01_NGAY_KY."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("TH01")
    sheet.write_formula("C5", "=A5+B5", None, 3)
    sheet.write_formula("D5", "=NOW()", None, 1)
    for cell, text in texts.items():
        sheet.write(cell, text)
        if "ngày" in text:
            book.define_name("TH01_NGAY_KY", f"=TH01!${cell[0]}${cell[1:]}")
    if dropdown:
        sheet.data_validation("A5", {"validate": "list", "source": ["a", "b"]})
    book.close()
    return Workbook.open(path)


def planned(**figures: Decimal | str) -> Planned:
    cells = {cell: Figure(cell, value) for cell, value in figures.items()}
    return Planned("TH01", (), (5, 6), 5, cells, kept=frozenset(cells), beyond=3)


BLOCK = {"E8": "Điện Biên, ngày 1 tháng 7", "A9": "Nơi nhận:", "A10": "- Sở Nội vụ;", "A11": "- Lưu: VT."}


def looked(criteria: Criteria, workbook: Workbook, plan: Planned, *confirmed: str) -> Looked:
    known = {("TH01", cell): True for cell in confirmed}
    return look_through(workbook, [(TABLE, plan)], criteria, inventory(workbook), known)


def test_a_report_in_order_has_nothing_to_look_at(criteria: Criteria, tmp_path: Path) -> None:
    workbook = report(tmp_path / "bc.xlsx", BLOCK)
    found = looked(criteria, workbook, replace(planned(C5=Decimal(3)), beyond=0), "C5")
    assert found == Looked()


def test_a_figure_that_a_formula_keeps_out_is_told(criteria: Criteria, tmp_path: Path) -> None:
    workbook = report(tmp_path / "bc.xlsx", BLOCK)
    found = looked(criteria, workbook, planned(C5=Decimal(3), D5="chữ"), "C5")
    assert [one.cell for one in found.blocked] == ["D5"]
    assert found.beyond == {"TH01": 3}


def test_what_the_template_had_and_the_report_has_not_is_told(criteria: Criteria, tmp_path: Path) -> None:
    before = inventory(report(tmp_path / "mau.xlsx", BLOCK))
    workbook = report(tmp_path / "bc.xlsx", BLOCK, dropdown=False)
    found = look_through(workbook, [(TABLE, planned())], criteria, before, {})
    assert [(one.sheet, one.words) for one in found.lost] == [("TH01", "choices")]


def test_a_signature_inside_the_table_and_a_missing_recipient_are_told(criteria: Criteria, tmp_path: Path) -> None:
    workbook = report(tmp_path / "bc.xlsx", {"E6": "Điện Biên, ngày 1 tháng 7", "A8": "Nơi nhận: Lưu: VT"})
    found = looked(criteria, workbook, planned())
    assert [(one.sheet, one.cell) for one in found.signatures] == [("TH01", "E6")]
    assert found.recipients == ("Sở Nội vụ (Ban Thi đua)",)


def test_each_is_told_by_its_rule_of_the_book(criteria: Criteria, tmp_path: Path) -> None:
    workbook = report(tmp_path / "bc.xlsx", {"E6": "Điện Biên, ngày 1 tháng 7"}, dropdown=False)
    before = {**inventory(workbook), ("TH01", "choices"): 1, ("", "macros"): 1}
    found = look_through(workbook, [(TABLE, planned(D5="chữ"))], criteria, before, {})
    told = report_findings(FilledReport(tmp_path / "bc.xlsx", {}, looked=found), criteria, "bc.xlsx")
    assert [one.code for one in told] == ["RPT-02", "RPT-03", "RPT-03", "RPT-04", "RPT-05", "RPT-06"]
    assert all("…" not in one.message and "…" not in one.message_en for one in told)
