"""Forms of offices of other trades: their words meet ours by chance, their lists have drawn rows and unit prices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import xlsxwriter

import thidua_xl as tx
from thidua_xl.grid import read_book
from thidua_xl.jobs.consolidate import consolidate
from thidua_xl.jobs.map_template import map_template
from thidua_xl.jobs.trace import trace
from thidua_xl.report.recognise import recognise

BUDGET = (("1. Thuế", "100"), ("2. Phí, lệ phí", "200"), ("3. Chi thường xuyên", "300"))


def budget(path: Path, amounts: Sequence[int]) -> Path:
    """Rows with codes, two amounts and their difference; on a second sheet the sum of what was carried out."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, other = book.add_worksheet("Quý I"), book.add_worksheet("Cộng")
        line = book.add_format({"border": 1})
        sheet.write_row(4, 0, ["Chỉ tiêu", "Mã số", "Dự toán", "Thực hiện", "Chênh lệch"], line)
        sheet.write_row(5, 0, ["A", "B", "1", "2", "3=2-1"], line)
        for row, (label, code) in enumerate(BUDGET, 6):
            sheet.write_row(row, 0, [label, code], line)
            for column in (2, 3):
                if amounts:
                    sheet.write(row, column, amounts[row - 6] * column, line)
                else:
                    sheet.write_blank(row, column, None, line)
            difference = amounts[row - 6] if amounts else 0
            sheet.write_formula(row, 4, f"=D{row + 1}-C{row + 1}", line, difference)
        other.write_formula("A1", "=SUM('Quý I'!D7:D9)", None, 3 * sum(amounts))
    return path


def scholarships(path: Path, pupils: Sequence[tuple[str, int, int]], least: int = 5) -> Path:
    """A list of five drawn rows or more, the last column a formula in every row; the total leaves the price blank."""
    drawn = max(least, len(pupils))
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Học bổng")
        if least == 1:
            other = book.add_worksheet("Tổng quát")
            other.write_formula(0, 0, "=COUNTIF('Học bổng'!D4:D4,10)")
        line = book.add_format({"border": 1})
        heads = ["Số TT", "Họ và tên học sinh", "Số tháng", "Mức (đồng/tháng)", "Thành tiền (đồng)"]
        sheet.write_row(2, 0, heads, line)
        for row in range(3, 3 + drawn):
            name, months, price = pupils[row - 3] if row - 3 < len(pupils) else (None, None, None)
            for column, value in enumerate((row - 2 if name else None, name, months, price)):
                sheet.write(row, column, value, line)
            sheet.write_formula(row, 4, f"=C{row + 1}*D{row + 1}", line, (months or 0) * (price or 0))
        total = 3 + drawn
        sheet.write_row(total, 0, ["Cộng", None, None, None], line)
        for column, letter in ((2, "C"), (4, "E")):
            value = sum(one[1] * (one[2] if column == 4 else 1) for one in pupils)
            sheet.write_formula(total, column, f"=SUM({letter}4:{letter}{total})", line, value)
    return path


def consolidated(template: Path, units: Sequence[Path], tmp_path: Path) -> openpyxl.Workbook:
    mapping, out = tmp_path / "ban-do.xlsx", tmp_path / "bc.xlsx"
    map_template(template, tx.load_criteria(), mapping)
    done = consolidate(units, tx.load_criteria(), "2024", template, out, mapping=mapping)
    assert done.exit_code == 0
    return openpyxl.load_workbook(out, data_only=True)


def test_a_table_with_a_few_common_headings_is_no_table_of_the_report_map(tmp_path: Path) -> None:
    template = budget(tmp_path / "mau.xlsx", ())
    assert not recognise(template, read_book(template), tx.load_criteria()).is_bound


def test_a_budget_is_added_up_row_by_row_and_on_the_other_sheet(tmp_path: Path) -> None:
    units = [budget(tmp_path / f"u{n}.xlsx", [n, 10 * n, 100 * n]) for n in (1, 2)]
    book = consolidated(budget(tmp_path / "mau.xlsx", ()), units, tmp_path)
    sheet = book["Quý I"]
    assert [[sheet.cell(row, column).value for column in (3, 4, 5)] for row in (7, 8, 9)] == [
        [6, 9, 3],
        [60, 90, 30],
        [600, 900, 300],
    ]
    assert book["Cộng"]["A1"].value == 999
    traced = trace(tmp_path / "bc.xlsx", "Cộng!A1")
    assert (traced.cell_value, sum(one.value for one in traced.sources)) == (999, 999)  # type: ignore[misc]  # numbers


def test_drawn_rows_are_no_entries_and_a_price_gets_no_total(tmp_path: Path) -> None:
    pupils = [[("Lò A", 2, 100), ("Tòng B", 3, 50)], [], [(f"Vàng {n}", 1, 10) for n in range(6)]]
    units = [scholarships(tmp_path / f"u{n}.xlsx", some) for n, some in enumerate(pupils)]
    sheet = consolidated(scholarships(tmp_path / "mau.xlsx", ()), units, tmp_path)["Học bổng"]
    names = [one[0] for some in pupils for one in some]
    assert [sheet.cell(row, 2).value for row in range(4, 4 + len(names))] == names
    assert [cell.value for cell in sheet[4 + len(names)]] == ["Cộng", None, 11, None, 410]


def test_a_condition_over_the_single_row_drawn_counts_all_rows(tmp_path: Path) -> None:
    units = [scholarships(tmp_path / "u.xlsx", [(f"Vàng {n}", 1, 10) for n in range(6)], 1)]
    book = consolidated(scholarships(tmp_path / "mau.xlsx", (), 1), units, tmp_path)
    assert book["Học bổng"]["E10"].value == 60
    assert book["Tổng quát"]["A1"].value == 6


def test_codes_in_tables_side_by_side_are_no_codes_of_rows(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(3, 2, ["STT", "Mã", "Tên", None, "STT", "Mã cá nhân", "Số lượt"])
        for row in range(4, 8):
            sheet.write_row(row, 2, [row - 3, f"MA-{row}", "An", None, row - 3, f"MA-{row}", 5])
    assert not recognise(tmp_path / "a.xlsx", read_book(tmp_path / "a.xlsx"), tx.load_criteria()).is_bound
