"""A round after the years of the report map: the columns of years go on, and say so."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

import thidua_xl as tx
from thidua_xl.merge.special import year_texts, years_shown
from thidua_xl.model import Consolidation, Criteria, Figure, Period, ReportRow, ReportTable
from thidua_xl.report import fill_report
from thidua_xl.shipped import report_template

BOOK = tx.load_criteria()
SHEET = next(one for one in BOOK.report_sheets if one.layout == "SO_SANH_KY")
CODES = [one.code for one in SHEET.columns if one.take == "NAM"]


@pytest.mark.parametrize(("year", "first"), [(2021, 2021), (2025, 2021), (2026, 2026), (2030, 2026), (2031, 2031)])
def test_the_years_shown_are_those_of_the_phase_of_the_period(year: int, first: int) -> None:
    assert list(years_shown(SHEET, year).values()) == list(range(first, first + 5))
    assert bool(year_texts(SHEET, year)) == (first != 2021)


def table() -> ReportTable:
    figures = (
        *(Figure(one.code, "Tiền") for one in SHEET.columns if one.take == "TEN"),
        Figure(CODES[0], 500),
        Figure("luy_ke", 500, (), "=SUM(" + ",".join("{" + code + "}" for code in CODES) + ")"),
    )
    return ReportTable(SHEET.code, (ReportRow("DETAIL", "d", "Tiền", figures),), year_texts(SHEET, 2026))


def filled(template: Path, out: Path) -> tuple[str, ...]:
    period = Period("2026-NAM", "Năm 2026", "NAM", 2026, None, None)
    book = Criteria((), (), {}, (), (), (period,), (), report_sheets=(SHEET,), period=period)
    return fill_report(Consolidation(period, (table(),), (), ()), book, template, out).skipped


def test_the_shipped_template_shows_the_figure_below_its_own_year(tmp_path: Path) -> None:
    out = tmp_path / "bc.xlsx"
    assert filled(report_template(), out) == ()
    book = openpyxl.load_workbook(out, data_only=True)
    name, area = next(iter(book.defined_names[f"{SHEET.code}_NAM_1"].destinations))
    head = book[name][area.replace("$", "")]
    below = [book[name].cell(row, head.column).value for row in range(head.row + 1, head.row + 8)]
    assert (head.value, 500 in below) == ("2026", True)


def test_a_template_with_fixed_years_gets_no_figure_of_another_year_and_that_is_told(tmp_path: Path) -> None:
    template, out = tmp_path / "mau.xlsx", tmp_path / "bc.xlsx"
    codes = ["stt", "chi_tieu", *CODES, "luy_ke"]
    with xlsxwriter.Workbook(str(template)) as book:
        sheet = book.add_worksheet(SHEET.sheet)
        sheet.write_row(1, 0, codes)
        sheet.write_row(2, 0, ["STT", "Chỉ tiêu", *range(2021, 2026), "Lũy kế"])
        for name, row in (("MA_COT", 2), ("DATA", 4)):
            book.define_name(f"{SHEET.code}_{name}", f"={SHEET.sheet}!$A${row}:$H${row}")
    assert filled(template, out) == (f"{SHEET.code} (2026-2030)",)
    row = [cell.value for cell in openpyxl.load_workbook(out)[SHEET.sheet][4]]
    assert row[1:] == ["Tiền", None, None, None, None, None, 500]
