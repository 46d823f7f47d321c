"""What is told of a copy of the open workbook."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from thidua_xl.errors import EditRefused, InputRefused, UsageProblem
from thidua_xl.hosts.live import beside_the_book, snapshot
from thidua_xl.messages import error_lines


def test_an_error_about_a_copy_names_the_workbook_alone() -> None:
    with pytest.raises(UsageProblem) as told, beside_the_book() as folder:
        place = folder
        raise UsageProblem("trace.not_found", file=str(folder / "Báo cáo tỉnh.xlsm"), cell="TH01!C16")
    assert told.value.values == {"file": "Báo cáo tỉnh.xlsm", "cell": "TH01!C16"}
    assert str(place) not in "".join(error_lines(told.value))
    assert not place.exists()


def test_the_place_of_any_other_file_is_told_whole(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as told, beside_the_book():
        raise InputRefused("grid.missing", file=str(tmp_path / "a.xlsx"))
    assert told.value.values["file"] == str(tmp_path / "a.xlsx")


def test_a_workbook_behind_a_password_is_copied_open_or_refused(tmp_path: Path) -> None:
    wrapped, plain = bytes.fromhex("d0cf11e0a1b11ae1") + b"x", b"PK\x03\x04"
    locked = tmp_path / "Mật khẩu.xlsm"
    locked.write_bytes(wrapped)

    def book(copied: bytes) -> Any:
        api = SimpleNamespace(SaveCopyAs=lambda path: Path(path).write_bytes(copied))
        return SimpleNamespace(name=locked.name, fullname=str(locked), api=api)

    with beside_the_book() as folder:  # LibreOffice copies it without the password
        assert snapshot(book(plain), folder, is_saved=True).read_bytes() == plain
    with beside_the_book() as folder, pytest.raises(EditRefused, match=r"hosts\.encrypted"):
        snapshot(book(wrapped), folder)
