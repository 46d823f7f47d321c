"""A template with a table of the report map and, on another sheet, one that the units fill as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

import thidua_xl as tx
from thidua_xl.jobs.consolidate import ConsolidateResult, Policy, consolidate
from thidua_xl.jobs.map_template import map_template
from thidua_xl.jobs.sample_round import SampleRound

ANNEX = "Phụ lục trực"
HEADS = ["STT", "Họ và tên người trực", "Số buổi trực", "Ghi chú"]
FUND = ["STT", "Đơn vị", "Tiền", "Hiện vật quy tiền", "Ủng hộ Quỹ Vì người nghèo"]


def annex(sheet: Worksheet, people: Sequence[tuple[str, int]]) -> None:
    sheet["A1"] = "DANH SÁCH TRỰC"
    for column, head in enumerate(HEADS, 1):
        sheet.cell(3, column, head)
    for row, (name, count) in enumerate(people, 4):
        for column, value in enumerate((row - 3, name, count), 1):
            sheet.cell(row, column, value)
    last = 3 + max(1, len(people))
    sheet.cell(last + 1, 2, "Cộng")
    sheet.cell(last + 1, 3, f"=SUM(C4:C{last})")


def template(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "TH16"
    for column, head in enumerate(FUND, 1):
        sheet.cell(3, column, head)
    sheet.cell(5, 2, "Tổng cộng")
    annex(book.create_sheet(ANNEX), ())
    book.save(path)
    return path


def made(tmp_path: Path, sample: SampleRound, with_annex: Sequence[str]) -> tuple[ConsolidateResult, Path]:
    folder = tmp_path / "nop"
    folder.mkdir()
    for number, path in enumerate(sorted(sample.folder.glob("BC_*_L1.xlsx"))[:3], 1):
        book = openpyxl.load_workbook(path)
        if path.name.split("_")[1] in with_annex:
            annex(book.create_sheet(ANNEX), [(f"Người {number}.{at}", number * at) for at in (1, 2)])
        book.save(folder / path.name)
    mapping, out = tmp_path / "ban-do.xlsx", tmp_path / "bc.xlsx"
    criteria = tx.load_criteria(sample.criteria_book)
    map_template(template(tmp_path / "mau.xlsx"), criteria, mapping)
    done = consolidate(
        [folder], criteria, sample.period, tmp_path / "mau.xlsx", out, mapping=mapping, policy=Policy.ACCEPT_ERRORS
    )
    return done, out


def test_the_table_of_the_map_and_the_units_own_table_are_both_filled(tmp_path: Path, sample: SampleRound) -> None:
    done, out = made(tmp_path, sample, ("CDCS", "CDS", "DLCL"))
    book = openpyxl.load_workbook(out, data_only=True)
    people = [[cell.value for cell in row[:3]] for row in book[ANNEX].iter_rows(min_row=4)]
    assert people == [
        [1, "Người 1.1", 1],
        [2, "Người 1.2", 2],
        [3, "Người 2.1", 2],
        [4, "Người 2.2", 4],
        [5, "Người 3.1", 3],
        [6, "Người 3.2", 6],
        [None, "Cộng", 18],
    ]
    assert openpyxl.load_workbook(out)[ANNEX]["C10"].value == "=SUM(C4:C9)"
    assert sum(isinstance(cell.value, int) for cell in book["TH16"]["C"]) >= 3
    assert not [one for one in done.of_report if one.code.startswith(("MAP-", "CON-"))]
    assert [source.file.rpartition("/")[2] for source in tx.trace(out, f"{ANNEX}!C9").sources] == [
        "BC_DLCL_2024-6T_L1.xlsx"
    ]


def test_a_unit_without_the_table_is_told(tmp_path: Path, sample: SampleRound) -> None:
    done, _ = made(tmp_path, sample, ("CDCS", "CDS"))
    (told,) = [one for one in done.of_report if one.code.startswith("MAP-")]
    assert (told.code, told.file.rpartition("/")[2]) == ("MAP-no_table", "BC_DLCL_2024-6T_L1.xlsx")


def test_a_table_that_no_unit_has_stays_and_is_told_once(tmp_path: Path, sample: SampleRound) -> None:
    done, out = made(tmp_path, sample, ())
    (told,) = [one for one in done.of_report if one.code.startswith("MAP-")]
    assert (told.code, told.sheet, told.severity.name) == ("MAP-nowhere", ANNEX, "NOTE")
    assert [cell.value for cell in openpyxl.load_workbook(out)[ANNEX][4]][:3] == [None, None, None]
