"""Which files are read, and how they are called."""

from __future__ import annotations

import zipfile
from pathlib import Path

from grid_packages import book

from thidua_xl.grid import expand_paths, read_books, skipped_files
from thidua_xl.model import Book

ONE = book('<row r="1"><c r="A1"><v>5</v></c></row>')


def lay_out(folder: Path) -> None:
    for name in (
        "b.xlsx",
        "A.XLSX",
        "Đợt 1/c.xls",
        "Đợt 1/~$c.xls",
        ".hidden/d.xlsx",
        ".~lock.b.xlsx#",
        "._b.xlsx",
        "e.pdf",
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ONE)


def test_folders_give_their_workbooks_in_order_of_name(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert [one.name for one in expand_paths([tmp_path])] == ["A.XLSX", "b.xlsx", "Đợt 1/c.xls"]


def test_what_is_left_out_is_told_with_its_reason(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert {one.name: one.reason for one in skipped_files([tmp_path])} == {
        "Đợt 1/~$c.xls": "LOCK",
        ".~lock.b.xlsx#": "LOCK",
        "._b.xlsx": "HIDDEN",
        ".hidden/d.xlsx": "HIDDEN",
        "e.pdf": "TYPE",
    }


def test_a_file_given_by_name_is_always_read(tmp_path: Path) -> None:
    path = tmp_path / "e.pdf"
    path.write_bytes(b"%PDF-1.7")
    (found,) = read_books(expand_paths([path]))
    assert getattr(found, "code", "") == "input.not_a_workbook"


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(ONE)
    assert len(expand_paths([tmp_path, tmp_path / "a.xlsx"])) == 1


def test_zips_give_their_workbooks_and_nothing_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "dot.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("VPS/bc.xlsx", ONE)
        archive.writestr("Trung tâm.xlsx", ONE)
        archive.writestr("__MACOSX/._bc.xlsx", b"x")
        archive.writestr("inner.zip", b"PK")
        archive.writestr("readme.txt", b"x")
    inputs = expand_paths([tmp_path])
    assert [one.name for one in inputs] == ["dot.zip/Trung tâm.xlsx", "dot.zip/VPS/bc.xlsx"]
    assert {one.name: one.reason for one in skipped_files([path])} == {
        "dot.zip/__MACOSX/._bc.xlsx": "HIDDEN",
        "dot.zip/inner.zip": "NESTED",
        "dot.zip/readme.txt": "TYPE",
    }
    books = list(read_books(inputs))
    assert [one.file for one in books if isinstance(one, Book)] == ["dot.zip/Trung tâm.xlsx", "dot.zip/VPS/bc.xlsx"]
    assert [one.name for one in tmp_path.iterdir()] == ["dot.zip"]


def test_a_damaged_zip_is_one_refused_input(tmp_path: Path) -> None:
    path = tmp_path / "dot.zip"
    path.write_bytes(b"PK\x03\x04 rubbish")
    (found,) = read_books(expand_paths([tmp_path]))
    assert getattr(found, "code", "") == "input.damaged"
    assert getattr(found, "values", {})["file"] == "dot.zip"
