"""The council's ballot sheet is made from the nominations, filled by hand, read back, counted on all members."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import thidua_xl as tx
from thidua_xl.errors import UsageProblem
from thidua_xl.jobs.ballot_sheet import make_ballot_sheet
from thidua_xl.jobs.sample_round import SampleRound
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name

OFFICE = "VPS"
MEMBERS, THERE, IN_WRITING = 9, 7, 1


def without_office(sample: SampleRound, folder: Path) -> Path:
    """The round's files but the office's."""
    folder.mkdir()
    for one in sample.files:
        if one.unit != OFFICE:
            shutil.copyfile(one.path, folder / one.path.name)
    return folder


def fill(path: Path, votes: list[int]) -> None:
    """What the council's clerk types behind each code: members, those there, in writing, votes, share, conclusion."""
    book = openpyxl.load_workbook(path)
    sheet = book["Bình xét"]
    top, columns = codes(path)
    for row, yes in enumerate(votes, top):
        share = round(100 * yes / MEMBERS, 2)
        typed: dict[str, str | int | float | date] = {
            "ngay_hop": date(2024, 6, 3),
            "tong_thanh_vien": MEMBERS,
            "so_co_mat": THERE,
            "so_y_kien_van_ban": IN_WRITING,
            "phieu_dong_y": yes,
            "phieu_khong": THERE + IN_WRITING - yes,
            "phieu_khong_hop_le": 0,
            "ty_le_dong_y": share,
            "ket_luan": "Đề nghị khen" if share >= 80 else "Không đề nghị",
        }
        for code, value in typed.items():
            sheet.cell(row, columns[code]).value = value
    book.save(path)


def codes(path: Path) -> tuple[int, dict[str, int]]:
    """(first row of the table, column of each code) by the name and the hidden row of codes."""
    workbook = Workbook.open(path)
    place = workbook.name_area("TD_BX")
    assert place is not None
    sheet, area = workbook[place[0]], place[1]
    for row in range(area.top - 1, 0, -1):
        found = {str(sheet.get(cell_name(row, column))): column for column in range(area.left, area.right + 1)}
        if "ma_de_nghi" in found:
            return area.top, found
    raise AssertionError


def test_ballots_made_filled_and_counted_on_all_members(sample: SampleRound, tmp_path: Path) -> None:
    criteria = tx.load_criteria(sample.criteria_book)
    folder = without_office(sample, tmp_path / "nop")
    made = make_ballot_sheet([folder], criteria, sample.period, tmp_path / "binh-xet.xlsx")
    assert (len(made.added), made.present) == (2, 0)
    top, columns = codes(made.path)
    sheet = openpyxl.load_workbook(made.path)["Bình xét"]
    for row, one in enumerate(made.added, top):
        cell = sheet.cell(row, columns["ma_de_nghi"])
        assert cell.value == one.code
        assert cell.comment is not None
        assert one.name in cell.comment.text
    fill(made.path, [8, 6])
    shutil.copyfile(made.path, folder / f"BC_{OFFICE}_{sample.period}_L1.xlsx")
    done = tx.consolidate(
        [folder],
        criteria,
        sample.period,
        out=tmp_path / "bc.xlsx",
        today=date(2024, 6, 17),
        policy=tx.Policy.ACCEPT_ERRORS,
    )
    table = done.consolidation.table("TH10")
    assert table is not None
    shown = [{figure.column: figure.value for figure in row.figures} for row in table.rows if row.kind == "DETAIL"]
    assert [(one["tong_tv"], one["co_mat"], one["dong_y"], round(float(str(one["ty_le"])), 2)) for one in shown] == [
        (MEMBERS, THERE, 8, 88.89),
        (MEMBERS, THERE, 6, 66.67),
    ]
    assert [one["ket_luan"] for one in shown] == ["Đề nghị khen", "Không đề nghị"]


def test_made_again_it_keeps_the_rows_that_are_there(sample: SampleRound, tmp_path: Path) -> None:
    criteria = tx.load_criteria(sample.criteria_book)
    again = make_ballot_sheet([sample.folder], criteria, sample.period, tmp_path / "lai.xlsx")
    assert again.added == ()
    assert again.present > 0


def test_a_round_without_nominations_says_so(sample: SampleRound, tmp_path: Path) -> None:
    criteria = tx.load_criteria(sample.criteria_book)
    quiet = next(one.path for one in sample.files if one.unit == "KHTH")
    with pytest.raises(UsageProblem) as refused:
        make_ballot_sheet([quiet], criteria, sample.period, tmp_path / "x.xlsx")
    assert refused.value.code == "usage.no_nominations"
