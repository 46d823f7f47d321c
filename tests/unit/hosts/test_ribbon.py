"""The add-in with the tab "Thi đua": its package, its tab, what its buttons start, and a workbook without our sheet."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
import xlsxwriter

from thidua_xl.cli.app import run
from thidua_xl.hosts.buttons import JOBS
from thidua_xl.hosts.control import Control
from thidua_xl.hosts.settings import Settings
from thidua_xl.jobs.control_sheet import BUTTONS
from thidua_xl.jobs.ribbon import make_ribbon
from thidua_xl.messages import say

PYTHON = "D:\\Phần mềm\\python.exe"


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_ribbon(tmp_path_factory.mktemp("the") / "thi-dua.xlam", python=PYTHON)


def part(addin: Path, name: str) -> str:
    with zipfile.ZipFile(addin) as package:
        return package.read(name).decode("utf-8")


def test_the_tab_has_a_button_for_every_command(addin: Path) -> None:
    root = ElementTree.fromstring(part(addin, "customUI/customUI14.xml"))
    space = "{http://schemas.microsoft.com/office/2009/07/customui}"
    assert root.tag == f"{space}customUI"
    buttons = root.findall(f".//{space}button")
    assert [(one.get("tag"), one.get("label")) for one in buttons] == [
        (command, say(f"control.button.{command}")) for command, _ in BUTTONS
    ]
    assert {one.get("tag") for one in buttons} == set(JOBS)
    assert {one.get("onAction") for one in buttons} == {"ThiDuaRibbon.BamNut"}
    assert len({one.get("id") for one in buttons}) == len(buttons)
    (tab,) = root.findall(f".//{space}tab")
    assert tab.get("label") == "Thi đua"


def test_the_package_is_laid_out_as_an_add_in_that_excel_saved(addin: Path) -> None:
    """The one in the wheel of xlwings: same types of parts, same relationships, a hidden window."""
    xlwings = pytest.importorskip("importlib.util").find_spec("xlwings")
    if xlwings is None:
        pytest.skip("needs xlwings, whose quickstart_addin_ribbon.xlam was saved by Excel")
    theirs = Path(xlwings.origin).with_name("quickstart_addin_ribbon.xlam")
    for name in ("/xl/workbook.xml", "/xl/vbaProject.bin", "/xl/worksheets/sheet1.xml", "/xl/styles.xml"):
        wanted = re.search(f'PartName="{name}" ContentType="([^"]*)"', part(theirs, "[Content_Types].xml"))
        found = re.search(f'PartName="{name}" ContentType="([^"]*)"', part(addin, "[Content_Types].xml"))
        assert wanted and found and wanted[1] == found[1]
    kinds = {one: set(re.findall('Type="([^"]*)"', part(one, "_rels/.rels"))) for one in (addin, theirs)}
    assert kinds[addin] <= kinds[theirs]
    assert 'visibility="hidden"' in part(addin, "xl/workbook.xml")


def test_the_same_add_in_has_the_same_bytes(addin: Path, tmp_path: Path) -> None:
    assert make_ribbon(tmp_path / "lai.xlam", python=PYTHON).read_bytes() == addin.read_bytes()


def test_a_second_reader_finds_no_fault(addin: Path) -> None:
    report = pytest.importorskip("pyopenvba.integrity").check_file(addin)
    assert (report.issues, report.complete) == ((), True)


def test_a_button_of_the_tab_works_on_the_workbook_in_front(addin: Path, tmp_path: Path) -> None:
    stand_in = pytest.importorskip("excel_stand_in")
    book = tmp_path / "Báo cáo đơn vị.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("Biểu 1")
    excel = stand_in.ExcelStandIn(addin, folder="C:\\")
    excel.press_ribbon("BamNut", "check", in_front=book)
    assert excel.commands == [
        f'"{PYTHON}" -m thidua_xl.hosts check --from_xl=1 --hwnd={stand_in.WINDOW} "--wb=Báo cáo đơn vị.xlsx"'
    ]
    excel.exit_code = 1
    excel.press_ribbon("BamNut", "check")
    assert excel.status_bar == say("control.ribbon.failed")


def test_the_command_makes_it_and_refuses_another_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nut", "the-lenh", "-o", str(tmp_path / "a.xlam")]) == 0
    assert (tmp_path / "a.xlam").is_file()
    assert run(["buttons", "ribbon", "-o", str(tmp_path / "a.xlsx")]) == 2
    assert ".xlam" in capsys.readouterr().err


class OpenBook:
    """An open workbook without names, with a status bar."""

    fullname = "D:\\bao-cao.xlsx"
    name = "bao-cao.xlsx"

    def __init__(self) -> None:
        self.app = SimpleNamespace(status_bar="")
        self.names: Any = SimpleNamespace(contains=lambda name: False)


def test_a_workbook_without_the_control_sheet_has_no_settings_and_is_told_in_its_status_bar() -> None:
    book: Any = OpenBook()
    control = Control(book)
    assert (control.folder, control.period, control.criteria, control.sheet_name) == ("", "", "", "")
    control.progress("1/15")
    control.tell("Kiểm tra xong.")
    control.progress(None)
    control.table([["A", "Phòng A", "đã nhận", None, 0, 0]])
    assert book.app.status_bar == "Kiểm tra xong."
    with pytest.raises(Exception) as told:
        assert Settings(control).folder
    assert getattr(told.value, "code", "") == "hosts.no_folder"
