"""Filling from the sheets of the open workbook, and work that an error ends in the middle, in a LibreOffice window."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from office_window import Office, office
from same_workbook import differences
from test_clicks_libreoffice import Opened

from thidua_xl.cli.app import run
from thidua_xl.forms import load_criteria
from thidua_xl.hosts import replay, takeback
from thidua_xl.hosts.entry import work
from thidua_xl.hosts.journal import PLACE
from thidua_xl.hosts.libreoffice import book_of
from thidua_xl.jobs.buttons import DIRECT, add_buttons
from thidua_xl.jobs.control_sheet import PERIOD, STATE, ControlSheet, sheet_name
from thidua_xl.messages import say
from thidua_xl.model import Value
from thidua_xl.ooxml import Workbook
from thidua_xl.shipped import report_template

pytestmark = pytest.mark.libreoffice

PEOPLE = {"VPS": ("Lò Văn A", 500_000, 3), "PKHTC": ("Lò Thị B", 700_000, 7)}
PERIOD_CODE = "2024-6T"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(home / "journal"))
        with office(home) as made:
            yield made


@pytest.fixture
def opened(window: Office, tmp_path: Path) -> Iterator[Opened]:
    """The report template with a sheet of contributions for each unit, and buttons, in the window."""
    plain = Workbook.open(report_template())
    form = load_criteria().form("S05")
    assert form is not None
    for unit, (name, amount, count) in PEOPLE.items():
        rows: list[list[Value]] = [["DANH SÁCH ỦNG HỘ QUỸ"], [one.label for one in form.fields]]
        for number in range(1, count + 1):
            known = {
                "stt": number, "ten": f"{name} {number}", "so_tien": amount + number, "dot": "Đợt khác",
                "loai_doi_tuong": "Cá nhân", "ngay_nop": date(2024, 3, number),
            }  # fmt: skip
            rows.append([known.get(one.code) for one in form.fields])
        plain.add_sheet(unit, rows, widths=[20.0] * len(form.fields))
    plain.save(tmp_path / "mau.xlsx")
    path = tmp_path / "Báo cáo.xlsm"
    add_buttons(
        tmp_path / "mau.xlsx", path, kind=DIRECT, settings=ControlSheet(period=PERIOD_CODE, python=sys.executable)
    )
    document = window.open(path)
    yield Opened(window, document, path)
    window.close(document)


def pressed(book: Opened, command: str) -> str:
    """What the button says, its work done in this process."""
    work(command, book_of(book.window.pipe, str(book.path)))
    assert not book.document.hasControllersLocked()
    assert book.document.isAutomaticCalculationEnabled()
    return str(book.document.NamedRanges.getByName(STATE).ReferredCells.getCellByPosition(0, 0).getString())


def from_the_file(book: Opened, out: Path) -> Path:
    """What the command makes of the same workbook."""
    copy = out.parent / "lệnh" / book.path.name
    copy.parent.mkdir()
    copy.write_bytes(book.path.read_bytes())
    run(["consolidate", str(copy), "--period", PERIOD_CODE, "--template", str(copy), "-o", str(out)])
    return out


def test_the_sheets_of_the_open_workbook_fill_its_report_as_the_command_does(opened: Opened, tmp_path: Path) -> None:
    wanted = from_the_file(opened, tmp_path / "lệnh.xlsx")
    assert "2/9" in opened.press("consolidate")
    opened.window.screenshot(tmp_path / "unit-sheets.png")
    opened.document.store()
    assert differences(wanted, opened.path, apart_from=[sheet_name()]) == []
    # The sheets may be mended between two clicks; the second reads them as they are by then.
    opened.cell("VPS", "F3").setValue(900_000)
    assert "2/9" in pressed(opened, "consolidate")
    assert 900_000.0 in [row[0] for row in opened.cell("Nguồn số liệu", "G1:G400").DataArray]
    filled = formulas(opened.document)
    opened.document.NamedRanges.getByName(PERIOD).ReferredCells.getCellByPosition(0, 0).setString("2031-6T")
    assert "2031-6T" in pressed(opened, "consolidate")
    assert formulas(opened.document) == filled  # a click that is refused leaves the earlier figures


def test_work_that_breaks_off_is_taken_back_or_up_again_and_the_next_fill_is_the_same(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = from_the_file(opened, tmp_path / "lệnh.xlsx")
    locked = opened.document.Sheets.getByName("TH01")
    locked.protect("")
    before = formulas(opened.document)
    with monkeypatch.context() as patch:
        patch.setattr(replay, "_carry_out", breaking(replay._carry_out, 40))
        told = pressed(opened, "consolidate")
    assert say("control.half_noted") in told
    assert "Traceback" not in told
    assert locked.isProtected()
    assert formulas(opened.document) != before
    with monkeypatch.context() as patch:
        patch.setattr(takeback, "_undo", breaking(takeback._undo, 5))
        told = pressed(opened, "undo")
    assert say("control.button.undo") in told
    assert "0/" in told  # sheets whose cells are as before
    assert say("control.button.consolidate") in pressed(opened, "undo")
    assert formulas(opened.document) == before
    assert "2/9" in pressed(opened, "consolidate")
    assert locked.isProtected()
    opened.document.store()
    # LibreOffice has written the workbook anew: the proof tells another digest, pages are estimated by its row heights.
    found = differences(wanted, opened.path, apart_from=[sheet_name(), "Đối soát"])
    assert [one for one in found if "!pages:" not in one] == []


def breaking(real: Callable[..., Any], place: int) -> Callable[..., Any]:
    """The function, which raises when it is called for the n-th time."""
    calls = iter(range(1, 1_000_000))

    def once(*given: Any, **named: Any) -> Any:
        if next(calls) == place:
            raise RuntimeError("a bug")
        return real(*given, **named)

    return once


def formulas(document: Any) -> dict[str, list[tuple[str, ...]]]:
    """What the cells of every sheet but the control sheet say."""
    seen: dict[str, list[tuple[str, ...]]] = {}
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        area = sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)
        seen[sheet.Name] = [row for row in area.FormulaArray if any(row)]
    seen.pop(sheet_name())
    return seen
