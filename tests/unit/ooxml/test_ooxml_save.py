"""Saving: in one step, looked through before, never over somebody else's work."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from ooxml_books import grid, opened

from thidua_xl.errors import EditRefused, ThiduaError
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.selfcheck import check_package
from thidua_xl.ooxml.store import dated_name, lock_file, replace_file


def written(folder: Path, name: str = "báo cáo.xlsx") -> Path:
    path = folder / name
    path.write_bytes(grid())
    return path


def test_the_file_it_was_opened_from_can_be_saved_to_again_and_again(tmp_path: Path) -> None:
    path = written(tmp_path)
    book = Workbook.open(path)
    for value in (1, 2):
        book["Biểu 1"].set("A1", value)
        book.save(path)
        assert Workbook.open(path)["Biểu 1"].get("A1") == value
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_an_unedited_workbook_is_saved_byte_for_byte(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    Workbook.open(path).save(tmp_path / "khác.xlsx")
    assert (tmp_path / "khác.xlsx").read_bytes() == before


def test_work_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path)
    book = Workbook.open(path)
    other = Workbook.open(path)
    other["Biểu 1"].set("A1", 1)
    other.save(path)
    theirs = path.read_bytes()
    book["Biểu 1"].set("A1", 2)
    with pytest.raises(EditRefused) as refusal:
        book.save(path)
    assert refusal.value.code == "edit.changed_since_read"
    assert path.read_bytes() == theirs


def test_a_file_only_touched_since_can_be_saved(tmp_path: Path) -> None:
    path = written(tmp_path)
    book = Workbook.open(path)
    os.utime(path, (1, 1))
    book["Biểu 1"].set("A1", 2)
    book.save(path)
    assert Workbook.open(path)["Biểu 1"].get("A1") == 2


@pytest.mark.parametrize(
    ("lock", "content", "holder"),
    [
        ("~$báo cáo.xlsx", b"\x03Lan" + b" " * 50, "Lan"),
        ("~$báo cáo.xlsx", b"", ""),
        (".~lock.báo cáo.xlsx#", b"Lan,may-1,x,2024;", "Lan"),
    ],
)
def test_a_target_open_elsewhere_stays_and_the_new_file_lies_beside_it(
    tmp_path: Path, lock: str, content: bytes, holder: str
) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    (tmp_path / lock).write_bytes(content)
    book = Workbook.open(path)
    book["Biểu 1"].set("A1", 2)
    with pytest.raises(EditRefused) as refusal:
        book.save(path)
    assert refusal.value.code == ("edit.target_open" if holder else "edit.target_held")
    assert refusal.value.values["holder"] == holder
    assert path.read_bytes() == before
    beside = Path(str(refusal.value.values["saved_as"]))
    assert beside.parent == tmp_path
    assert Workbook.open(beside)["Biểu 1"].get("A1") == 2


def test_dated_names_are_free_names(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    first = dated_name(path, datetime(2024, 6, 30, 8, 15))
    assert first.name == "a 2024-06-30 081500.xlsx"
    first.write_bytes(b"")
    assert dated_name(path, datetime(2024, 6, 30, 8, 15)).name == "a 2024-06-30 081500 (2).xlsx"


def test_nobody_holds_a_file_without_lock_files(tmp_path: Path) -> None:
    assert lock_file(written(tmp_path)) is None


def test_a_failure_while_writing_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new")
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_rights_of_the_old_file_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.chmod(0o640)
    replace_file(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EditRefused) as refusal:
        Workbook.open(tmp_path / "không có.xlsx")
    assert refusal.value.code == "input.missing"


def test_a_package_that_lost_a_part_does_not_pass_the_self_check() -> None:
    before = grid()
    book = opened(before)
    book.package.remove("xl/styles.xml")
    with pytest.raises(ThiduaError) as fault:
        check_package(before, book.package.to_bytes(), "x")
    assert fault.value.code == "edit.self_check"
    assert fault.value.exit_code == 5


def test_a_package_with_a_broken_part_does_not_pass_the_self_check() -> None:
    before = grid()
    book = opened(before)
    book.package.replace("xl/worksheets/sheet1.xml", b"<worksheet>")
    with pytest.raises(ThiduaError) as fault:
        check_package(before, book.package.to_bytes(), "x")
    assert fault.value.code == "edit.self_check"


def test_a_package_with_a_part_of_no_type_does_not_pass_the_self_check() -> None:
    before = grid()
    book = opened(before)
    book.package.add("xl/new.odd", b"x", "")
    with pytest.raises(ThiduaError) as fault:
        check_package(before, book.package.to_bytes(), "x")
    assert "xl/new.odd" in str(fault.value.values["detail"])


def test_leavings_of_a_mac_in_the_package_do_not_hinder_saving(tmp_path: Path) -> None:
    stream = io.BytesIO(grid())
    with zipfile.ZipFile(stream, "a") as folder:
        folder.writestr("__MACOSX/xl/._workbook.xml", b"\0\5\26\7")
        folder.writestr("__MACOSX/xl/_rels/._workbook.xml.rels", b"\0\5\26\7")
    book = Workbook.from_bytes(stream.getvalue())
    book["Biểu 1"].set("A1", 5)
    book.save(tmp_path / "mới.xlsx")
    with zipfile.ZipFile(tmp_path / "mới.xlsx") as saved:
        assert saved.read("__MACOSX/xl/_rels/._workbook.xml.rels") == b"\0\5\26\7"


@pytest.mark.skipif(os.name == "nt", reason="needs pipes in folders and links without rights")
def test_a_link_stays_a_link_and_a_pipe_is_neither_read_nor_replaced(tmp_path: Path) -> None:
    real, link, pipe = tmp_path / "thật.xlsx", tmp_path / "liên kết.xlsx", tmp_path / "ống.xlsx"
    real.write_bytes(grid())
    link.symlink_to(real.name)
    os.mkfifo(pipe)
    book = Workbook.open(link)
    book["Biểu 1"].set("A1", "qua liên kết")
    book.save(link)
    assert link.is_symlink()
    assert Workbook.open(real)["Biểu 1"].get("A1") == "qua liên kết"
    with pytest.raises(EditRefused, match="not_a_file"):
        book.save(pipe)
    assert pipe.is_fifo()
    with pytest.raises(EditRefused, match="not_a_file"):
        Workbook.open(pipe)
