"""Workbooks behind a password: refused in a sentence, read when it is given."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import pytest
from grid_packages import book
from msoffcrypto.format import xls97
from msoffcrypto.format.ooxml import OOXMLFile

from thidua_xl.errors import InputRefused
from thidua_xl.grid import Input, passwords_given, read_book, read_books
from thidua_xl.grid.second import look_again, read_again
from thidua_xl.model import Book

# msoffcrypto-tool writes packages below 4096 bytes in a way that nobody opens.
ROWS = "".join(f'<row r="{row}"><c r="A{row}"><v>{row * row * 7919 % 999983}</v></c></row>' for row in range(2, 1500))
PLAIN = book('<row r="1"><c r="A1"><v>1500000</v></c></row>' + ROWS)


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    return lock(tmp_path / "a.xlsx", "Điện Biên 2024")


def lock(path: Path, password: str) -> Path:
    with path.open("wb") as out:
        OOXMLFile(io.BytesIO(PLAIN)).encrypt(password, out)
    return path


def code_of(path: Path) -> str:
    with pytest.raises(InputRefused) as refused:
        read_book(path)
    return refused.value.code


def test_without_a_password_it_is_refused(locked: Path) -> None:
    assert code_of(locked) == "input.encrypted"


def test_with_a_wrong_password_it_is_refused(locked: Path) -> None:
    with passwords_given(["điện biên 2024", ""]):
        assert code_of(locked) == "input.wrong_password"


def test_with_its_password_a_worker_reads_it(locked: Path) -> None:
    content = locked.read_bytes()
    with passwords_given(["another", "Điện Biên 2024"]):
        (read,) = read_books([locked])
    assert isinstance(read, Book)
    assert read.sheets[0].value(1, 1) == 1500000
    assert locked.read_bytes() == content


def test_the_second_reader_opens_it_too(locked: Path) -> None:
    with passwords_given(["Điện Biên 2024"]):
        one, sha256 = Input(locked, locked.name), read_book(locked).sha256
        sheet = read_book(locked).sheets[0].name
        assert read_again(one, sha256, [(sheet, "A1")]) == look_again(one, sha256, [(sheet, "A1")])
        assert read_again(one, sha256, [(sheet, "A1")])[sheet, "A1"] == 1500000


def test_passwords_are_forgotten_afterwards(locked: Path) -> None:
    with passwords_given(["Điện Biên 2024"]):
        read_book(locked)
    assert code_of(locked) == "input.encrypted"


def test_what_excel_opens_without_asking_is_read(tmp_path: Path) -> None:
    assert read_book(lock(tmp_path / "a.xlsx", "VelvetSweatshop")).sheets[0].value(1, 1) == 1500000


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_damage_behind_a_password_is_refused(locked: Path, at: float) -> None:
    data = locked.read_bytes()
    locked.write_bytes(data[: int(len(data) * at)])
    with passwords_given(["Điện Biên 2024"]):
        (read,) = read_books([locked])
    assert isinstance(read, InputRefused)


def test_a_deciphered_old_workbook_is_kept_in_memory(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xls97, "tempfile", tempfile)
    assert code_of(locked) == "input.encrypted"
    with xls97.tempfile.TemporaryFile() as held:
        assert isinstance(held, io.BytesIO)


def test_without_the_extra_the_way_out_is_named(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msoffcrypto", None)
    assert code_of(locked) == "input.encrypted"
    with passwords_given(["Điện Biên 2024"]):
        assert code_of(locked) == "input.no_password_reader"
