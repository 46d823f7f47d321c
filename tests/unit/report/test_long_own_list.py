"""A list in an office's own form that is longer than a sheet goes on in numbered sheets."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from thidua_xl.model import Figure, Source
from thidua_xl.model.mapping import ColumnRole, MappedColumn, MappedTable, TableUse
from thidua_xl.ooxml import Workbook
from thidua_xl.report.apply import apply_edits
from thidua_xl.report.own_fill import OwnFilled, write_own
from thidua_xl.report.own_pen import OwnTable

HEADS = (("A", "STT", ColumnRole.SERIAL), ("B", "Tên", ColumnRole.TEXT), ("C", "Tiền", ColumnRole.NUMBER))
TABLE = MappedTable(
    "B1", "Danh sách", TableUse.APPEND, 3, 3, 4, 4, total=5, columns=tuple(MappedColumn(*one) for one in HEADS)
)


def written(tmp_path: Path, count: int, most_rows: int) -> tuple[Path, OwnFilled]:
    """Headings in row 3, a row for entries, the total, a signature in row 7; `count` entries of 1, 2, 3 … đồng."""
    path, out = tmp_path / "mau.xlsx", tmp_path / "bc.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.write_row(2, 0, [head for _, head, _ in HEADS])
        sheet.write(4, 1, "Cộng")
        sheet.write_formula(4, 2, "=SUM(C4:C4)")
        sheet.write(6, 1, "Người lập")
    entries = [
        {
            "B": Figure("B", f"Người {n}", (Source("a.xlsx", "S", f"B{n}", f"Người {n}"),)),
            "C": Figure("C", n, (Source("a.xlsx", "S", f"C{n}", n),)),
        }
        for n in range(1, count + 1)
    ]
    workbook = Workbook.open(path)
    done = write_own(
        workbook, [OwnTable(TABLE, {}, entries)], None, lambda some: apply_edits(workbook, some), most_rows
    )
    workbook.save(out)
    return out, done


def test_every_entry_stands_once_numbered_through_and_the_total_takes_in_all_sheets(tmp_path: Path) -> None:
    out, done = written(tmp_path, 10, 10)
    book, formulas = openpyxl.load_workbook(out, data_only=True), openpyxl.load_workbook(out)
    assert book.sheetnames == ["Danh sách", "Danh sách (2)", "Danh sách (3)"]
    rows = [
        tuple(cell.value for cell in row[:3])
        for sheet in book
        for row in sheet.iter_rows(min_row=4)
        if isinstance(row[0].value, int)
    ]
    assert rows == [(n, f"Người {n}", n) for n in range(1, 11)]
    assert book["Danh sách"]["C8"].value == 55
    assert formulas["Danh sách"]["C8"].value == "=SUM(C4:C7,'Danh sách (2)'!C4:C7,'Danh sách (3)'!C4:C5)"
    assert [book[name]["A3"].value for name in book.sheetnames] == ["STT"] * 3
    assert len(done.written[0].cells["C8"].sources) == 10
    assert done.continued == {"B1": tuple(book.sheetnames)}


def test_the_signature_stays_on_the_first_sheet(tmp_path: Path) -> None:
    out, _ = written(tmp_path, 10, 10)
    texts = [[cell.value for row in sheet for cell in row] for sheet in openpyxl.load_workbook(out)]
    assert ["Người lập" in one for one in texts] == [True, False, False]
    assert ["Cộng" in one for one in texts] == [True, False, False]


@pytest.mark.parametrize("count", [1, 4])
def test_a_list_that_fits_stays_on_its_sheet(count: int, tmp_path: Path) -> None:
    out, done = written(tmp_path, count, 10)
    assert openpyxl.load_workbook(out).sheetnames == ["Danh sách"]
    assert len(done.written) == 1
