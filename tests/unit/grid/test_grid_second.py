"""The second reader: the same cells by another program, in a process that may die without harm."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
from grid_packages import book, sheet_xml, strings_xml

from thidua_xl.errors import InputRefused
from thidua_xl.grid import Input
from thidua_xl.grid.second import read_again
from thidua_xl.grid.seen import pack_seen, unpack_seen

ROWS = '<row r="2"><c r="A2"><v>5</v></c><c r="B2"><v>0.1</v></c><c r="C2" t="s"><v>0</v></c></row>'
PLACES = [("Biểu 05", cell) for cell in ("A2", "B2", "C2", "D9")]


def write(path: Path, data: bytes) -> tuple[Input, str]:
    path.write_bytes(data)
    return Input(path, path.name), hashlib.sha256(data).hexdigest()


def test_the_second_reader_sees_the_same(tmp_path: Path) -> None:
    one, digest = write(tmp_path / "a.xlsx", book(ROWS, strings=strings_xml("1.500.000")))
    found = read_again(one, digest, PLACES)
    assert list(found.values()) == [5, Decimal("0.1"), "1.500.000", None]


def test_a_file_that_changed_since_is_refused(tmp_path: Path) -> None:
    one, _ = write(tmp_path / "a.xlsx", book(ROWS, strings=strings_xml("a")))
    with pytest.raises(InputRefused, match=r"input\.changed"):
        read_again(one, "00", PLACES)


@pytest.mark.parametrize("kind", ["far cell", "false count"])
def test_what_makes_the_second_reader_abort_harms_nobody(tmp_path: Path, kind: str) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' if kind == "far cell" else ""
    strings = strings_xml("a")
    if kind == "false count":
        strings = strings.replace("<sst", '<sst count="4294967295" uniqueCount="4294967295"')
    one, digest = write(tmp_path / "a.xlsx", book(sheet=sheet_xml(ROWS + far), strings=strings))
    with pytest.raises(InputRefused, match=r"input\.(reader_died|too_much_memory)"):
        read_again(one, digest, PLACES)
    sound, digest = write(tmp_path / "b.xlsx", book(ROWS, strings=strings_xml("a")))
    assert read_again(sound, digest, PLACES)[PLACES[0]] == 5


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'[["x"],1,2,3]', b"[[],1,2,3]"])
def test_what_is_no_answer_is_none(data: bytes) -> None:
    assert unpack_seen(data, PLACES) is None


def test_what_is_sent_is_what_is_received() -> None:
    seen = dict(zip(PLACES, [5, Decimal("0.1"), "chữ", None], strict=True))
    assert unpack_seen(pack_seen(seen, PLACES), PLACES) == seen
