"""Rows of one text among the entries: what is left out as a title is said with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

import thidua_xl as tx
from thidua_xl.cli.app import run
from thidua_xl.grid import read_book
from thidua_xl.intake import read_submission
from thidua_xl.ledger.packing import pack, unpack

ROWS = (
    ("STT", "Mã điển hình", "Đối tượng", "Tên điển hình", "Thành tích nổi bật", "Giai đoạn"),
    (None, None, None, "Khối cơ quan", None, None),
    (1, "DH-01", "Cá nhân", "Quàng Văn C", "Làm kinh tế giỏi", "Phát hiện"),
    (2, "DH-02", "Tập thể", "Bản Mường", "Làm đường", "Nhân rộng"),
    (None, None, None, "Lò Thị Em", None, None),
    (3, "DH-03", "Cá nhân", "Cà Thị D", "Dạy chữ", "Phát hiện"),
)


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book, path = Workbook(), tmp_path_factory.mktemp("titles") / "a.xlsx"
    form = tx.load_criteria().form("S08")
    assert form is not None
    assert book.active is not None
    book.active.append([form.title])
    for row in ROWS:
        book.active.append(row)
    book.save(path)
    return path


def test_every_row_is_an_entry_or_named_as_left_out(listing: Path) -> None:
    found = read_submission(read_book(listing), tx.load_criteria())
    assert found.records["S08"].rows == (4, 5, 7)
    assert found.left_out == (("Sheet!D3", "Khối cơ quan"), ("Sheet!D6", "Lò Thị Em"))


def test_a_round_remembers_what_was_left_out(listing: Path) -> None:
    found = read_submission(read_book(listing), tx.load_criteria())
    assert unpack(pack(found)).left_out == found.left_out


def test_check_counts_a_row_taken_for_a_title_as_ignored(listing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", str(listing), "--period", "2024-6T", "--json"])
    said = json.loads(capsys.readouterr().out)["ignored"]
    assert {"file": "a.xlsx", "reason": "TITLE", "cell": "Sheet!D6"} in said
    run(["check", str(listing), "--period", "2024-6T"])
    out = capsys.readouterr()
    assert 'a.xlsx Sheet!D6: dòng chỉ có "Lò Thị Em"' in out.out + out.err
