"""What was converted in a file, or left out of its sums, is told beside its totals."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

import thidua_xl as tx
from thidua_xl.jobs.totals import totals

HEADINGS = ("STT", "Đợt vận động", "Đối tượng", "Họ và tên", "Số tiền", "Ngày nộp", "Số chứng từ")


def made(path: Path, heading: str, *amounts: object) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([heading if one == "Số tiền" else one for one in HEADINGS])
    for number, amount in enumerate(amounts, 1):
        sheet.append([number, "Đợt khác", "Cá nhân", "Lò Văn A", amount, None, f"PT{number}"])
    book.save(path)
    return path


def test_a_heading_in_million_dong_is_told_with_the_sum_it_changes(tmp_path: Path) -> None:
    found = totals(made(tmp_path / "a.xlsx", "Số tiền (triệu đồng)", 300_000, 5), tx.load_criteria())
    assert found.total == 300_005_000_000
    assert [(one.code, one.cell) for one in found.doubts] == [("STR-15", "E1")]


def test_an_amount_that_is_no_number_is_told_with_the_sum_without_it(tmp_path: Path) -> None:
    found = totals(made(tmp_path / "a.xlsx", "Số tiền", 300_000, "chưa rõ"), tx.load_criteria())
    assert found.total == 300_000
    assert [(one.code, one.cell) for one in found.doubts] == [("TYP-01", "E3")]


def test_totals_that_are_as_they_stand_are_given_without_a_note(tmp_path: Path) -> None:
    assert totals(made(tmp_path / "a.xlsx", "Số tiền", 300_000, 5_000), tx.load_criteria()).doubts == ()
