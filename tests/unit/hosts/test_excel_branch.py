"""What a button starts in Excel on Windows, to the last quote: the macros run in an interpreter, nothing is started."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter
from excel_stand_in import ENVIRON, OFFICE, WINDOW, ExcelStandIn

from thidua_xl.jobs.buttons import DIRECT, XLWINGS, add_buttons
from thidua_xl.jobs.control_sheet import BUTTONS, ControlSheet
from thidua_xl.jobs.control_sheet import PYTHON as PYTHON_CELL
from thidua_xl.messages import say

PLAIN, SPACED, VIETNAMESE = "C:\\Py311\\python.exe", "C:\\Program Files\\Py 3\\python.exe", "D:\\Phần mềm\\python.exe"


def book(folder: Path, name: str, kind: str, python: str) -> Path:
    source = folder / "goc.xlsx"
    with xlsxwriter.Workbook(source) as made:
        made.add_worksheet("Đơn vị")
    return add_buttons(source, folder / name, kind=kind, settings=ControlSheet(python=python)).out


@pytest.mark.parametrize(
    ("python", "name"),
    [
        (PLAIN, "bao-cao.xlsm"),
        (SPACED, "bao cao.xlsm"),
        (VIETNAMESE, "Báo cáo 6 tháng.xlsm"),
        (PLAIN, "Báo cáo 6 tháng.xlsm"),
    ],
)
@pytest.mark.parametrize("folder", ["D:\\Đợt 1", "\\\\maychu\\chung", "https://so.sharepoint.com/sites/a/Tài liệu"])
def test_the_direct_launcher_gives_python_what_book_caller_reads(
    tmp_path: Path, python: str, name: str, folder: str
) -> None:
    excel = ExcelStandIn(book(tmp_path, name, DIRECT, python), folder=folder)
    excel.press("KiemTra")
    assert excel.commands == [
        f'"{python}" -m thidua_xl.hosts check --from_xl=1 --hwnd={WINDOW} "--wb={name}"',
    ]
    assert excel.waited == [True]
    assert excel.state == say("control.ready")


@pytest.mark.parametrize("kind", [DIRECT, XLWINGS])
def test_book_caller_of_the_installed_xlwings_finds_the_workbook(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own statements read the arguments that the macro gave; only Excel behind it is a double."""
    xlwings = pytest.importorskip("xlwings")
    name = "Báo cáo 6 tháng.xlsm"
    excel = ExcelStandIn(book(tmp_path, name, kind, PLAIN), folder="D:\\Đợt 1", files=frozenset({PLAIN}))
    excel.press("KiemTra")
    asked: list[object] = []
    books = SimpleNamespace()

    class Books:
        def __call__(self, wanted: str) -> object:
            asked.append(wanted)
            return books

    def app(xl: int) -> object:
        asked.append(xl)
        return SimpleNamespace(books=Books(), pid=1, engine=None)

    monkeypatch.setattr(xlwings, "_xlwindows", SimpleNamespace(App=app, BOOK_CALLER=None), raising=False)
    monkeypatch.setattr("sys.argv", shlex.split(excel.commands[0].replace("\\", "/")))
    monkeypatch.setattr("sys.platform", "win32")
    assert xlwings.Book.caller().impl is books
    assert asked == [WINDOW, name.lower()]


@pytest.mark.parametrize(("command", "procedure"), BUTTONS)
def test_every_button_starts_its_own_command(tmp_path: Path, command: str, procedure: str) -> None:
    excel = ExcelStandIn(book(tmp_path, "b.xlsm", DIRECT, PLAIN), folder="D:\\")
    excel.press(procedure)
    assert [line.split()[3] for line in excel.commands] == [command]


def test_without_a_python_on_the_sheet_the_environment_names_it(tmp_path: Path) -> None:
    made = book(tmp_path, "b.xlsm", DIRECT, "")
    excel = ExcelStandIn(made, folder="D:\\", environ={**ENVIRON, "thidua_python": SPACED})
    excel.press("TongHop")
    assert excel.commands[0].startswith(f'"{SPACED}" -m ')
    excel = ExcelStandIn(made, folder="D:\\")
    excel.press("TongHop")
    assert excel.commands[0].startswith('"python" -m ')


@pytest.mark.parametrize("kind", [DIRECT, XLWINGS])
def test_a_python_that_does_not_start_is_told_in_a_sentence(tmp_path: Path, kind: str) -> None:
    excel = ExcelStandIn(book(tmp_path, "b.xlsm", kind, PLAIN), folder="D:\\", files=frozenset({PLAIN}))
    excel.exit_code = 1
    excel.press("KiemTra")
    assert excel.state == say("control.failed")


@pytest.mark.parametrize(
    ("python", "name"), [(PLAIN, "bao-cao.xlsm"), (SPACED, "bao cao.xlsm"), (SPACED, "Báo cáo 6 tháng.xlsm")]
)
@pytest.mark.parametrize("folder", ["D:\\Đợt 1", "\\\\maychu\\chung\\Đợt 1"])
def test_the_run_python_of_the_installed_xlwings_gives_this_command_line(
    tmp_path: Path, python: str, name: str, folder: str
) -> None:
    pytest.importorskip("xlwings")
    excel = ExcelStandIn(book(tmp_path, name, XLWINGS, python), folder=folder, files=frozenset({python}))
    excel.press("KiemTra")
    assert excel.dialogs == []
    (line,) = excel.commands
    home, full = python.rpartition("\\")[0], f"{folder}\\{name}".replace("\\", "\\\\")
    log = re.search(r"xlwings-[^\"]*\.log", line)
    assert log is not None
    assert line == (
        f'cmd.exe /C C: & cd "{home}" & "{python}" -B -c "import xlwings.utils;xlwings.utils.prepare_sys_path('
        f'\\"true;{full};{full};;;;\\"); import thidua_xl.hosts; thidua_xl.hosts.press(\'check\')" '
        f' --wb="{name}" --from_xl=1 --app="{OFFICE}\\Microsoft Excel" --hwnd="{WINDOW}" '
        f'2> "{ENVIRON["temp"]}\\{log[0]}" '
    )
    assert excel.waited == [True]


def test_the_python_line_of_xlwings_is_whole_for_a_shell(tmp_path: Path) -> None:
    """What stands behind -c is one argument, and it is a program."""
    pytest.importorskip("xlwings")
    excel = ExcelStandIn(book(tmp_path, "b.xlsm", XLWINGS, PLAIN), folder="D:\\", files=frozenset({PLAIN}))
    excel.press("TongHop")
    words = shlex.split(excel.commands[0].partition(" & ")[2].partition(" & ")[2].replace("\\\\", "/"))
    compile(words[words.index("-c") + 1], "press", "exec")


def test_the_python_cell_of_the_sheet_is_the_one_that_xlwings_reads(tmp_path: Path) -> None:
    pytest.importorskip("xlwings")
    excel = ExcelStandIn(book(tmp_path, "b.xlsm", XLWINGS, PLAIN), folder="D:\\", files=frozenset({PLAIN, SPACED}))
    assert 'IF(TD_NUT_PYTHON="","python",TD_NUT_PYTHON)' in excel.formula("xlwings.conf", "B1")
    excel.write(PYTHON_CELL, SPACED)
    excel.press("KiemTra")
    assert f'"{SPACED}" -B -c' in excel.commands[0]


def test_a_python_that_is_gone_is_told_in_a_sentence_and_not_by_xlwings_in_english(tmp_path: Path) -> None:
    pytest.importorskip("xlwings")
    excel = ExcelStandIn(book(tmp_path, "b.xlsm", XLWINGS, VIETNAMESE), folder="D:\\")
    excel.press("KiemTra")
    assert (excel.commands, excel.dialogs) == ([], [])
    assert excel.state == say("control.failed")


def test_without_a_python_on_the_sheet_xlwings_starts_python(tmp_path: Path) -> None:
    pytest.importorskip("xlwings")
    excel = ExcelStandIn(book(tmp_path, "b.xlsm", XLWINGS, ""), folder="D:\\")
    excel.press("KiemTra")
    assert excel.commands[0].startswith('cmd.exe /C python -B -c "')
