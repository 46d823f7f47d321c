"""Each check of the doctor: what passes it, what does not, and that its remedy is written."""

from __future__ import annotations

import importlib
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from pretended_machine import CONF, PYTHON, VIETNAM, PretendedMachine

from thidua_xl.hosts.doctor import CHECKS, examine
from thidua_xl.hosts.doctor_files import FILE_CHECKS
from thidua_xl.hosts.health import State
from thidua_xl.hosts.machine import ThisMachine
from thidua_xl.jobs.buttons import DIRECT, XLWINGS, add_buttons
from thidua_xl.jobs.control_sheet import ControlSheet
from thidua_xl.messages import sentences

OFFICE = "Software\\Policies\\Microsoft\\Office\\16.0"
GUARD = "Microsoft\\Windows Defender\\Windows Defender Exploit Guard"
RULES = f"HKLM|SOFTWARE\\Policies\\{GUARD}\\ASR\\Rules"
INTUNE = "HKLM|SOFTWARE\\Policies\\Microsoft\\Windows Defender\\Policy Manager|ASRRules"
CHILDREN, CALLS = "d4f940ab-401b-4efc-aadc-ad5f3c50688a", "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"
STORE = "C:\\Users\\Lan\\AppData\\Local\\Microsoft\\WindowsApps\\python.exe"
BOOK = "D:\\Báo cáo\\mẫu.xlsm"


# (check, what is different on the computer, how the check ends)
WRONG: list[tuple[str, dict[str, Any], State]] = [
    ("python_version", {"python": (PYTHON, (3, 10, 9), 64)}, State.WRONG),
    ("python_bits", {"python": (PYTHON, (3, 11, 7), 32)}, State.WRONG),
    ("python_store", {"python": (STORE, (3, 11, 7), 64)}, State.ADVICE),
    ("packages", {"packages": {"click": "8.0.4", "xlwings": "0.37.8"}}, State.WRONG),
    ("packages", {"packages": {"click": "8.3.1"}}, State.WRONG),
    ("installed_version", {"packages": {"thidua-xl": "0.0.1"}}, State.WRONG),
    ("installed_version", {"packages": {}}, State.ADVICE),
    ("shipped_files", {"lost": "ThiDuaNut.bas"}, State.WRONG),
    ("reader", {"refused": "input.worker_died"}, State.WRONG),
    ("reader", {"lost": "bo-tieu-chi.xlsx"}, State.WRONG),
    ("sqlite", {"database": (3, 22, 0)}, State.WRONG),
    ("command_path", {"programs": {}}, State.ADVICE),
    ("xlwings_package", {"packages": {}}, State.WRONG),
    ("interpreter", {"environ": {"THIDUA_PYTHON": "C:\\cũ\\python.exe"}}, State.WRONG),
    ("interpreter", {"programs": {"python": STORE}}, State.ADVICE),
    ("interpreter", {"programs": {}}, State.ADVICE),
    ("xlwings_settings", {"files": {CONF: '"INTERPRETER_WIN","C:\\cũ\\python.exe"\n'}}, State.WRONG),
    ("excel", {"registered": {"HKCR|Excel.Application\\CurVer|": "Excel.Application.14"}}, State.ADVICE),
    ("excel", {"registered": {"HKCR|Excel.Application\\CurVer|": ""}}, State.ADVICE),
    (
        "excel_bits",
        {"registered": {"HKLM|SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration|Platform": "x86"}},
        State.ADVICE,
    ),
    (
        "excel_bits",
        {"registered": {"HKLM|SOFTWARE\\Microsoft\\Office\\16.0\\Outlook|Bitness": "x86"}},
        State.ADVICE,
    ),
    ("macro_policy", {"registered": {f"HKCU|{OFFICE}\\Excel\\Security|VBAWarnings": 4}}, State.WRONG),
    ("macro_policy", {"registered": {f"HKLM|{OFFICE}\\Excel\\Security|VBAWarnings": 3}}, State.WRONG),
    (
        "macro_policy",
        {"registered": {"HKCU|Software\\Microsoft\\Office\\16.0\\Excel\\Security|VBAWarnings": 4}},
        State.WRONG,
    ),
    ("vba", {"registered": {f"HKLM|{OFFICE}\\Common|vbaoff": 1}}, State.WRONG),
    (
        "internet_macros",
        {"registered": {f"HKCU|{OFFICE}\\Excel\\Security|blockcontentexecutionfrominternet": 1}},
        State.ADVICE,
    ),
    ("child_processes", {"registered": {f"{RULES}|{CHILDREN.upper()}": "1"}}, State.WRONG),
    ("child_processes", {"registered": {f"{RULES}|{CHILDREN}": "6"}}, State.ADVICE),
    ("child_processes", {"registered": {INTUNE: f"{CALLS}=2|{CHILDREN}=1"}}, State.WRONG),
    ("system_calls", {"registered": {f"{RULES}|{CALLS}": "1"}}, State.ADVICE),
    (
        "guarded_folders",
        {"registered": {f"HKLM|SOFTWARE\\{GUARD}\\Controlled Folder Access|EnableControlledFolderAccess": 1}},
        State.ADVICE,
    ),
    (
        "disabled_items",
        {"registered": {"HKCU|Software\\Microsoft\\Office\\16.0\\Excel\\Resiliency\\DisabledItems|1A2B": "x"}},
        State.ADVICE,
    ),
    ("libreoffice", {"programs": {}}, State.ADVICE),
    ("libreoffice_bindings", {"platform": "linux", "uno": False}, State.ADVICE),
    ("font", {"fonts": ()}, State.ADVICE),
    ("console", {"encoding": "cp1252"}, State.ADVICE),
    ("console", {"encoding": "cp-of-nowhere"}, State.ADVICE),
    ("working_folder", {"unwritable": str(Path.cwd())}, State.WRONG),
    ("temporary_folder", {"temp": "Z:\\", "unwritable": "Z:\\"}, State.WRONG),
    ("disk", {"free": 500_000_000}, State.ADVICE),
    ("disk", {"free": 5_000_000}, State.WRONG),
    (
        "long_paths",
        {"registered": {"HKLM|SYSTEM\\CurrentControlSet\\Control\\FileSystem|LongPathsEnabled": 0}},
        State.ADVICE,
    ),
    ("clock", {"clock": datetime(2019, 1, 1, tzinfo=VIETNAM)}, State.WRONG),
    ("timezone", {"clock": datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=-8)))}, State.ADVICE),
]
IN_ORDER = {
    "registered": {
        "HKLM|SYSTEM\\CurrentControlSet\\Control\\FileSystem|LongPathsEnabled": 1,
        f"HKCU|{OFFICE}\\Excel\\Security|VBAWarnings": 2,
        f"{RULES}|{CHILDREN}": "2",
    }
}
LINUX_ONLY = {"libreoffice_bindings"}

FILE_WRONG: list[tuple[str, str, dict[str, Any], State]] = [
    ("file_there", "D:\\mất.xlsx", {}, State.WRONG),
    ("file_address", "https://so.sharepoint.com/mau.xlsm", {}, State.WRONG),
    ("file_onedrive", "C:\\Users\\Lan\\OneDrive - So\\mẫu.xlsm", {}, State.ADVICE),
    ("file_onedrive", "E:\\Mây\\mẫu.xlsm", {"environ": {"OneDriveCommercial": "E:\\Mây"}}, State.ADVICE),
    ("file_network", "\\\\maychu\\chung\\mẫu.xlsm", {}, State.ADVICE),
    ("file_mark", BOOK, {"zones": {BOOK: "[ZoneTransfer]\r\nZoneId=3\r\n"}}, State.WRONG),
    ("file_path_length", "D:\\" + "a" * 220 + ".xlsx", {}, State.WRONG),
    ("file_write", BOOK, {"unwritable": "D:\\Báo cáo"}, State.WRONG),
    ("file_locked", BOOK, {"holders": {BOOK: "Trần Văn B"}}, State.ADVICE),
]


def test_a_computer_in_order_passes_every_check() -> None:
    found = examine([], PretendedMachine(**IN_ORDER))
    assert [(line.check, line.seen) for line in found.lines if line.state is not State.OK] == []
    assert found.in_order
    assert {line.check for line in found.lines} == {one.__name__ for one in CHECKS} - LINUX_ONLY


def test_the_bindings_of_libreoffice_are_looked_at_on_linux() -> None:
    found = examine([], PretendedMachine(platform="linux"))
    assert ("libreoffice_bindings", State.OK) in [(line.check, line.state) for line in found.lines]
    assert not {"excel", "macro_policy", "child_processes", "long_paths"} & {line.check for line in found.lines}


@pytest.mark.parametrize(("check", "changed", "state"), WRONG, ids=[f"{one[0]}-{n}" for n, one in enumerate(WRONG)])
def test_a_check_fails_for_its_own_reason(check: str, changed: dict[str, Any], state: State) -> None:
    found = {line.check: line.state for line in examine([], PretendedMachine(**changed)).lines}
    assert found[check] is state


@pytest.mark.parametrize(("check", "path", "changed", "state"), FILE_WRONG, ids=[one[0] for one in FILE_WRONG])
def test_a_check_of_a_file_fails_for_its_own_reason(
    check: str, path: str, changed: dict[str, Any], state: State
) -> None:
    machine = PretendedMachine(**changed)
    if check != "file_there":
        machine.files[path] = ""
    found = {line.check: line.state for line in examine([path], machine).lines if line.file}
    assert found[check] is state


def test_a_file_in_order_passes_every_check_of_files() -> None:
    machine = PretendedMachine(zones={"D:\\mẫu.xlsx": "[ZoneTransfer]\r\nZoneId=1\r\n"})
    machine.files["D:\\mẫu.xlsx"] = ""
    found = [line for line in examine(["D:\\mẫu.xlsx"], machine).lines if line.file]
    assert len(found) == 8
    assert {line.state for line in found} == {State.OK}


def test_buttons_of_a_workbook_are_compared_with_this_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, book = tmp_path / "mẫu.xlsx", tmp_path / "mẫu.xlsm"
    with xlsxwriter.Workbook(plain) as made:
        made.add_worksheet("Đơn vị")
    add_buttons(plain, book, kind=DIRECT, settings=ControlSheet(python=str(tmp_path / "không có" / "python")))
    found = {line.check: line.state for line in examine([str(book)]).lines if line.file}
    assert (found["file_macros"], found["file_python"]) == (State.OK, State.WRONG)
    assert "file_xlwings" not in found
    buttons = importlib.import_module("thidua_xl.jobs.buttons")
    monkeypatch.setattr(buttons, "macro_sources", lambda kind: ['Attribute VB_Name = "ThiDuaNut"\n'])
    found = {line.check: line.state for line in examine([str(book)]).lines if line.file}
    assert found["file_macros"] is State.WRONG


def test_module_of_another_xlwings_in_a_workbook_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("xlwings")
    plain, book = tmp_path / "mẫu.xlsx", tmp_path / "mẫu.xlsm"
    with xlsxwriter.Workbook(plain) as made:
        made.add_worksheet("Đơn vị")
    add_buttons(plain, book, kind=XLWINGS)
    found = {line.check: line.state for line in examine([str(book)]).lines if line.file}
    assert found["file_xlwings"] is State.OK
    buttons = importlib.import_module("thidua_xl.jobs.buttons")
    monkeypatch.setattr(buttons, "_xlwings_module", lambda: 'Const XLWINGS_VERSION As String = "9.9.9"')
    found = {line.check: line.state for line in examine([str(book)]).lines if line.file}
    assert found["file_xlwings"] is State.WRONG


def test_every_check_has_a_failing_fixture_a_name_and_a_remedy() -> None:
    checks = {one.__name__ for one in (*CHECKS, *FILE_CHECKS)}
    assert len(checks) >= 20
    tested = {one[0] for one in (*WRONG, *FILE_WRONG)} | {"file_macros", "file_xlwings", "file_python"}
    assert tested == checks
    for language in ("vi", "en"):
        known = sentences(language)
        assert {key.split(".")[1] for key in known if key.startswith("doctor.")} == checks
        assert all(known[f"doctor.{one}.name"] and known[f"doctor.{one}.do"] for one in checks)


def test_this_computer_answers_every_question(tmp_path: Path) -> None:
    machine = ThisMachine()
    assert machine.package("click")
    assert machine.package("no-such-package") == ""
    assert machine.program("no-such-program") == ""
    assert machine.can_write(str(tmp_path))
    assert not machine.can_write(str(tmp_path / "none"))
    assert machine.text(str(tmp_path / "none")) == ""
    assert machine.modified(str(tmp_path / "none")) is None
    assert machine.free_bytes(str(tmp_path)) > 0
    assert machine.refusal(machine.shipped("workbooks", "bo-tieu-chi.xlsx")) == ""
    (tmp_path / "x.xlsx").write_text("x", encoding="utf-8")
    assert machine.refusal(str(tmp_path / "x.xlsx")) == "input.not_a_workbook"
    assert machine.holder(str(tmp_path / "x.xlsx")) is None
    (tmp_path / ".~lock.x.xlsx#").write_text("Lan,", encoding="utf-8")
    assert machine.holder(str(tmp_path / "x.xlsx")) == "Lan"
    assert machine.shipped("macros", "none.bas") == ""
