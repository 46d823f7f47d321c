"""The buttons of the control sheet, pressed with a real mouse in a LibreOffice window."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from office_window import Office, office, wait_for

from thidua_xl.jobs.buttons import DIRECT, add_buttons
from thidua_xl.jobs.control_sheet import STATE, ControlSheet
from thidua_xl.jobs.demo import run_demo
from thidua_xl.messages import say

pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(scope="module")
def round_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample round: its files in nop/, its criteria book beside it."""
    home = tmp_path_factory.mktemp("Đợt báo cáo")
    run_demo(home)
    return home


def press(window: Office, document: Any, command: str, seconds: float = 20.0) -> str:
    """Click a button and wait for its sentence; the sentence."""
    state = document.NamedRanges.getByName(STATE).ReferredCells.getCellByPosition(0, 0)
    document.CurrentController.setActiveSheet(document.Sheets.getByIndex(0))
    state.setString("?")
    window.click(document, say(f"control.button.{command}"))
    passing = {"?", "", say(f"control.working.{command}")}
    wait_for(lambda: state.getString() not in passing, f"the button {command} did nothing", seconds)
    return str(state.getString())


def test_checking_the_open_workbook_marks_its_cells_and_lists_what_to_mend(
    window: Office, round_folder: Path, tmp_path: Path
) -> None:
    source = next((round_folder / "nop").glob("BC_QLDA*.xlsx"))
    book = tmp_path / f"{source.stem}.xlsm"
    settings = ControlSheet(criteria=str(next(round_folder.glob("bo-tieu-chi*.xlsx"))), python=sys.executable)
    add_buttons(source, book, kind=DIRECT, settings=settings)
    document = window.open(book)
    try:
        sentence = press(window, document, "check")
        window.screenshot(tmp_path / "check.png")
        listed = document.Sheets.getByName(say("mend.sheet"))
        rows = [row for row in listed.getCellRangeByName("A7:E60").DataArray if row[0]]
        assert f"{16} lỗi" in sentence
        assert len(rows) == 21
        bad = next(row for row in rows if row[3:5] == ("Biểu 05", "G12"))
        cell = document.Sheets.getByName("Biểu 05").getCellRangeByName("G12")
        assert cell.CellBackColor == 0xFFC7CD
        assert cell.getAnnotation().getString().startswith(f"[{bad[1]}]")
    finally:
        window.close(document)
