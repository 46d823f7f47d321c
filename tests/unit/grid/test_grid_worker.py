"""Worker processes: bounded, silent, replaceable; what they send is what reading in this process gives."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from grid_packages import book, strings_xml

from thidua_xl.errors import InputRefused
from thidua_xl.grid import Extra, Limits, read_book, read_books
from thidua_xl.grid.one import Input
from thidua_xl.grid.process import WorkerProcess
from thidua_xl.grid.table_cells import RowCells
from thidua_xl.grid.wire import pack as pack_book
from thidua_xl.grid.wire import unpack, unpack_checked
from thidua_xl.model import Book, CellError, Invalid, Sheet

ROWS = '<row r="1"><c r="A1"><v>{}</v></c><c r="B1" t="s"><v>0</v></c></row>'


def write(folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(count):
        path = folder / f"{number:02}.xlsx"
        path.write_bytes(book(ROWS.format(number), strings=strings_xml("Điện Biên")))
        paths.append(path)
    return paths


def first_values(read: list[Book | InputRefused]) -> list[object]:
    return [one.sheets[0].value(1, 1) if isinstance(one, Book) else one.code for one in read]


@pytest.mark.parametrize("jobs", [1, 2])
def test_books_come_in_the_order_given(tmp_path: Path, jobs: int) -> None:
    paths = write(tmp_path, 7)
    paths[3].write_bytes(b"rubbish")
    assert first_values(list(read_books(paths, jobs=jobs))) == [0, 1, 2, "input.not_a_workbook", 4, 5, 6]


def test_a_worker_gives_what_this_process_gives(tmp_path: Path) -> None:
    (path,) = write(tmp_path, 1)
    (found,) = read_books([path])
    assert found == read_book(path)


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_may_do_the_asking(tmp_path: Path, kind: type[ThreadPoolExecutor | ProcessPoolExecutor]) -> None:
    paths = write(tmp_path, 3)
    with kind(2) as executor:
        assert first_values(list(read_books(paths, executor=executor))) == [0, 1, 2]


def test_too_long_is_a_refusal_of_that_file_only(tmp_path: Path) -> None:
    slow, quick = tmp_path / "slow.xlsx", tmp_path / "quick.xlsx"
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="str"><f>B1</f><v>x</v></c></row>' for r in range(1, 450_000))
    slow.write_bytes(book("<!-- -->" + rows))
    quick.write_bytes(book(ROWS.format(5), strings=strings_xml("a")))
    found = list(read_books([slow, quick], limits=Limits(seconds=2.5)))
    assert [getattr(one, "code", "") for one in found] == ["input.timeout", ""]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="needs a limit of address space")
def test_too_much_memory_is_a_refusal_of_that_file_only(tmp_path: Path) -> None:
    big, small = tmp_path / "big.xlsx", tmp_path / "small.xlsx"
    # A part that nobody looks into costs no memory, so it is a list of strings that is too long here.
    long = strings_xml(*(os.urandom(500).hex() for _ in range(20_000)))
    big.write_bytes(book(ROWS.format(1), strings=long))
    small.write_bytes(book(ROWS.format(5), strings=strings_xml("a")))
    found = list(read_books([big, small], limits=Limits(memory_bytes=100 << 20)))
    assert getattr(found[0], "code", "") in ("input.too_much_memory", "input.reader_died")
    assert first_values(found[1:]) == [5]


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    (path,) = write(tmp_path, 1)
    worker = WorkerProcess(Limits())
    try:
        assert isinstance(worker.read(Input(path, "a.xlsx")), Book)
        process = worker._process
        assert process is not None
        process.kill()
        process.wait()
        assert isinstance(worker.read(Input(path, "a.xlsx")), Book)
    finally:
        worker.close()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_worker_ends_when_its_parent_does(tmp_path: Path) -> None:
    (path,) = write(tmp_path, 1)
    script = (
        "import os,signal,sys\nfrom pathlib import Path\nfrom thidua_xl.grid import Limits\n"
        "from thidua_xl.grid.process import WorkerProcess\nfrom thidua_xl.grid.one import Input\n"
        "w=WorkerProcess(Limits());w.read(Input(Path(sys.argv[1]),'a'));print(w._process.pid,flush=True)\n"
        "os.kill(os.getpid(),signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False)
    worker = int(done.stdout)
    for _ in range(100):
        if not Path(f"/proc/{worker}").exists() or "Z" in Path(f"/proc/{worker}/stat").read_text().split(")")[1][:3]:
            return
        subprocess.run(["sleep", "0.05"], check=True)
    pytest.fail("the worker lives on")


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    list(read_books(write(tmp_path, 2)))
    assert list(scratch.iterdir()) == []


def test_reading_imports_no_heavy_library(tmp_path: Path) -> None:
    (path,) = write(tmp_path, 1)
    script = (
        "import sys\nfrom pathlib import Path\nfrom thidua_xl.grid import read_books\nimport thidua_xl.intake\n"
        "list(read_books([Path(sys.argv[1])]))\n"
        "print(sorted({'pandas','numpy','openpyxl','xlwings','lxml','python_calamine','pickle'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['pickle']")


EVERYTHING = Book(
    file="a.xlsx",
    sheets=(
        Sheet(
            "Biểu 05",
            RowCells(
                {
                    2: {1: 5, 2: Decimal("0.1"), 3: "chữ\n=1", 4: True, 5: None},
                    9: {1: date(2022, 10, 6), 2: datetime(2022, 10, 6, 8), 3: CellError("#N/A"), 4: Invalid("1e400")},
                },
                {(2, 5): Extra("B1*2"), (2, 2): Extra(number_format="0%"), (2, 1): Extra(raw="55")},
            ),
            visible=False,
            merges=("A1:B2",),
            hidden_rows=frozenset({3}),
            hidden_columns=frozenset({4}),
        ),
        Sheet("Trống", RowCells({})),
    ),
    names={"TD_S05": "'Biểu 05'!$A$1"},
    properties={"a": "b"},
    external=("nguon.xlsx",),
    sha256="00",
    format="xls",
)


def test_what_is_sent_is_what_is_received() -> None:
    assert unpack(pack_book(EVERYTHING)) == EVERYTHING
    refusal = unpack(pack_book(InputRefused("input.bomb", file="a", part="x")))
    assert isinstance(refusal, InputRefused)
    assert (refusal.code, refusal.values) == ("input.bomb", {"file": "a", "part": "x"})


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"file":1}', b'{"refused":"x"}', b"\xff", b'{"sheets":5,"file":""}']
)
def test_what_a_worker_gone_astray_sends_is_a_refusal(data: bytes) -> None:
    found = unpack_checked(data)
    assert isinstance(found, InputRefused)
    assert found.code == "input.reader_died"
