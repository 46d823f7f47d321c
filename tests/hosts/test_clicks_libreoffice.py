"""The buttons of the control sheet, pressed with a real mouse in a LibreOffice window."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from office_window import Office, office, wait_for, working_on
from same_workbook import differences

from thidua_xl.cli.app import run
from thidua_xl.forms import load_criteria
from thidua_xl.hosts.journal import PLACE
from thidua_xl.hosts.libreoffice import book_of
from thidua_xl.hosts.replay import replay
from thidua_xl.hosts.takeback import layout_of, steps_of, take_back, undoing
from thidua_xl.jobs.buttons import DIRECT, add_buttons
from thidua_xl.jobs.consolidate import consolidate
from thidua_xl.jobs.control_sheet import STATE, TABLE, TRACED, ControlSheet, sheet_name
from thidua_xl.jobs.sample_round import SampleRound, write_sample_round
from thidua_xl.messages import say
from thidua_xl.model import CopySheet, DeleteRows, Edit, SetCell
from thidua_xl.shipped import report_template, shipped_path

pytestmark = pytest.mark.libreoffice


@dataclass(frozen=True)
class Opened:
    """A workbook with buttons in the window, and the file it was opened from."""

    window: Office
    document: Any
    path: Path

    def press(self, command: str, seconds: float = 120.0) -> str:
        """Click a button and wait for the sentence that follows; the sentence."""
        state = self.document.NamedRanges.getByName(STATE).ReferredCells.getCellByPosition(0, 0)
        self.document.CurrentController.setActiveSheet(self.document.Sheets.getByIndex(0))
        was_changed = self.document.isModified()
        state.setString("?")
        self.document.setModified(was_changed)
        self.window.click(self.document, say(f"control.button.{command}"))
        passing = {"?", "", say(f"control.working.{command}")}
        wait_for(lambda: state.getString() not in passing, f"the button {command} did nothing", seconds)
        wait_for(lambda: not working_on(self.path), "Python does not end", 30.0)
        assert not self.document.hasControllersLocked()
        return str(state.getString())

    def cell(self, sheet: str, ref: str) -> Any:
        return self.document.Sheets.getByName(sheet).getCellRangeByName(ref)

    def table(self) -> list[tuple[Any, ...]]:
        """The rows of the table of states."""
        top = self.document.NamedRanges.getByName(TABLE).ReferredCells.RangeAddress
        sheet = self.document.Sheets.getByIndex(top.Sheet)
        rows = sheet.getCellRangeByPosition(1, top.StartRow + 1, 6, top.StartRow + 40).DataArray
        return [row for row in rows if row[0]]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("office")
    before = os.environ.get(PLACE)
    os.environ[PLACE] = str(home / "journal")
    with office(home) as made:
        yield made
    if before is None:
        del os.environ[PLACE]
    else:
        os.environ[PLACE] = before


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleRound:
    """Fifteen files of a sample round, in nop/ of a folder with a Vietnamese name."""
    home = tmp_path_factory.mktemp("Đợt báo cáo") / "nop"
    home.mkdir()
    return write_sample_round(home, load_criteria())


@pytest.fixture
def opened(window: Office) -> Iterator[Any]:
    """A function that opens a copy of a workbook with buttons; it is closed after the test."""
    documents: list[Any] = []

    def open_with_buttons(source: Path, path: Path, settings: ControlSheet) -> Opened:
        add_buttons(source, path, kind=DIRECT, settings=settings)
        documents.append(window.open(path))
        return Opened(window, documents[-1], path)

    yield open_with_buttons
    for document in documents:
        window.close(document)


def test_checking_the_open_workbook_marks_its_cells_and_lists_what_to_mend(
    opened: Any, sample: SampleRound, tmp_path: Path
) -> None:
    source = next(one.path for one in sample.files if one.role == "loi")
    settings = ControlSheet(criteria=str(sample.criteria_book), python=sys.executable)
    book = opened(source, tmp_path / f"{source.stem}.xlsm", settings)
    sentence = book.press("check")
    book.window.screenshot(tmp_path / "check.png")
    rows = [row for row in book.cell(say("mend.sheet"), "A7:L80").DataArray if row[0]]
    marked = [row for row in rows if row[11]]
    assert f"{sum(row[2] == 'Lỗi' for row in rows)} lỗi" in sentence
    assert len(marked) > 10
    for row in marked:
        cell = book.cell(row[3], row[4])
        assert cell.CellBackColor in (0xFFC7CD, 0xFFEB9B)
        assert f"[{row[1]}]" in cell.getAnnotation().getString()
    assert book.press("undo") == say("control.done.undo", job=say("control.button.check"))
    assert not book.document.Sheets.hasByName(say("mend.sheet"))
    assert {book.cell(row[3], row[4]).CellBackColor for row in marked} <= {-1, *_own_colors(source, marked)}
    assert not any(book.cell(row[3], row[4]).getAnnotation().getString() for row in marked)


def test_a_whole_round_is_done_with_seven_buttons(opened: Any, sample: SampleRound, tmp_path: Path) -> None:
    home = tmp_path / "Đợt 6 tháng"
    shutil.copytree(sample.folder, home / "nop")
    settings = ControlSheet(str(home), sample.period, str(sample.criteria_book), sys.executable)
    book = opened(report_template(), tmp_path / "Báo cáo tỉnh.xlsm", settings)
    sentences = {command: book.press(command) for command in ("receive", "check", "annotate")}
    assert not book.document.isModified()  # words on the control sheet are no reason to ask whether to save
    sentences["consolidate"] = book.press("consolidate")
    book.window.screenshot(tmp_path / "round.png")
    assert len(book.table()) == len(sample.criteria.units)
    assert (home / "bao-cao" / f"loi-{sample.period}.xlsx").is_file()
    assert list((home / "tra-lai").glob("*.xlsx"))
    assert "lỗi" in sentences["check"]
    wanted, same = tmp_path / "thư viện" / "Báo cáo tỉnh.xlsx", tmp_path / "lệnh" / "Báo cáo tỉnh.xlsx"
    for one in (wanted, same):
        one.parent.mkdir()
    made = consolidate([home], load_criteria(sample.criteria_book), sample.period, out=wanted).report
    run(["consolidate", str(home), "--criteria", str(sample.criteria_book), "--period", sample.period, "-o", str(same)])
    assert wanted.read_bytes() == same.read_bytes()
    assert made is not None
    assert str(sum(made.inserted.values())) in sentences["consolidate"]
    book.document.store()
    assert differences(wanted, book.path, apart_from=[sheet_name()]) == []
    book.press("consolidate")  # a second click fills anew, it does not fill twice
    book.document.store()
    assert differences(wanted, book.path, apart_from=[sheet_name()]) == []
    book.press("export")
    kinds = {one.suffix for one in (home / "bao-cao").glob(f"bao-cao-{sample.period}.*")}
    assert kinds == {".xlsx", ".pdf", ".docx"}
    assert differences(wanted, home / "bao-cao" / f"bao-cao-{sample.period}.xlsx") == []
    sheet, cell = next((name, ref) for name, own in made.cells.items() for ref, one in own.items() if one.sources)
    asked = book.document.NamedRanges.getByName(TRACED).ReferredCells.getCellByPosition(0, 0)
    asked.setString(f"{sheet}!{cell}")
    book.press("trace")
    sources = [row for row in book.cell(say("control.trace.sheet"), "A4:D60").DataArray if row[0]]
    assert {row[:3] for row in sources} == {(one.file, one.sheet, one.cell) for one in made.cells[sheet][cell].sources}
    assert say("control.button.export") in book.press("undo")
    assert not list((home / "bao-cao").glob("*.docx"))
    assert book.press("undo") == say("control.done.undo", job=say("control.button.consolidate"))
    book.document.store()
    extra = [sheet_name(), say("control.trace.sheet")]
    assert differences(report_template(), book.path, apart_from=extra) == []
    # What the library and the command wrote from the round stands in its history too.
    for job in ("consolidate", "consolidate", "annotate"):
        assert say(f"control.button.{job}") in book.press("undo")
    assert not list((home / "tra-lai").glob("*.xlsx"))


def test_dates_and_copied_rows_keep_the_formats_that_each_cell_has(opened: Any, tmp_path: Path) -> None:
    book = opened(report_template(), tmp_path / "Ngày.xlsm", ControlSheet(python=sys.executable))
    live = book_of(book.window.pipe, str(book.path))
    sheet = live.sheets.add("Ngày", after=live.sheets[len(live.sheets) - 1])
    formats = ["yyyy-mm-dd", "General", "General", "dd.mm.yyyy", "0.00"]
    for row, code in enumerate(formats, 1):
        sheet.range((row, 1)).number_format = code
    known = book.document.NumberFormats
    sheet.range("A1:B5").value = [[datetime(2024, 6, row), row] for row in range(1, 6)]
    shown = [book.cell("Ngày", f"A{row}").getString() for row in range(1, 6)]
    assert [shown[0], shown[3]] == ["2024-06-01", "04.06.2024"]
    for row in (2, 3, 5):
        assert known.getByKey(book.cell("Ngày", f"A{row}").NumberFormat).Type & 2, shown
    sheet.range("C4").value = "=B4*2"
    sheet.range("6:10").insert(shift="down")
    sheet.range("4:4").copy(sheet.range("6:10"))
    assert sheet.range("B6:C10").value == [[4.0, 8.0]] * 5
    assert {book.cell("Ngày", f"A{row}").getString() for row in range(6, 11)} == {"04.06.2024"}
    assert sheet.range("C10").formula == "=B10*2"
    assert sheet.range("A11").value is None


def test_rows_that_a_fill_took_out_come_back_from_the_workbook_of_before(opened: Any, tmp_path: Path) -> None:
    book = opened(report_template(), tmp_path / "Báo cáo.xlsm", ControlSheet(python=sys.executable))
    live = book_of(book.window.pipe, str(book.path))
    sheet = live.sheets["TH01"]
    sheet.range("A20:C20").value = ["còn", 12, "=B20*2"]
    live.save()
    kept = tmp_path / "trước" / "Báo cáo.xlsm"  # of the same name, as the workbook of before is kept
    kept.parent.mkdir()
    shutil.copyfile(book.path, kept)
    was, tabs, kept_names = sheet.range("A10:C40").formula, len(live.sheets), layout_of(live)
    edits: list[Edit] = [SetCell("TH01", "A20", "khác"), DeleteRows("TH01", 18, 4)]
    replay(live, edits)
    assert sheet.range("A10:C40").formula != was
    take_back(live, undoing(steps_of(edits)), kept)
    assert sheet.range("A10:C40").formula == was
    assert len(live.sheets) == tabs
    assert layout_of(live) == kept_names


def test_a_table_that_goes_on_in_a_copy_of_its_sheet_is_filled_in_and_taken_back(opened: Any, tmp_path: Path) -> None:
    book = opened(report_template(), tmp_path / "Dài.xlsm", ControlSheet(python=sys.executable))
    live = book_of(book.window.pipe, str(book.path))
    live.save()
    kept = tmp_path / "trước" / "Dài.xlsm"
    kept.parent.mkdir()
    shutil.copyfile(book.path, kept)
    tabs, kept_names = [one.name for one in live.sheets], layout_of(live)
    edits: list[Edit] = [
        CopySheet("TH01", "TH01 (2)", (("TH01_2_MA_COT", "A10:U10"),)),
        SetCell("TH01 (2)", "B20", "ở trang sau"),
    ]
    replay(live, edits)
    names = layout_of(live)
    assert [one.name for one in live.sheets] == [*tabs, "TH01 (2)"]
    assert live.sheets["TH01 (2)"].range("A10:U12").formula == live.sheets["TH01"].range("A10:U12").formula
    assert live.sheets["TH01 (2)"]["B20"].value == "ở trang sau"
    assert live.sheets["TH01"]["B20"].value != "ở trang sau"
    assert "TH01 (2)" in dict(names)["TH01_2_MA_COT"]
    take_back(live, undoing(steps_of(edits)), kept)
    assert [one.name for one in live.sheets] == tabs
    assert layout_of(live) == kept_names


def test_a_missing_folder_is_told_in_a_sentence(opened: Any, tmp_path: Path) -> None:
    settings = ControlSheet(folder=str(tmp_path / "không có"), period="2024-6T", python=sys.executable)
    book = opened(report_template(), tmp_path / "BC.xlsm", settings)
    sentence = book.press("consolidate")
    assert "không có" in sentence
    assert "Traceback" not in sentence


def test_a_broken_macro_module_is_noticed(window: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the tests: with a module that does not compile, no button of the file does anything."""
    broken = tmp_path / "macros"
    shutil.copytree(shipped_path("macros", "ThiDuaNut.bas").parent, broken)
    module = broken / "ThiDuaNut.bas"
    module.write_text(module.read_text("ascii").replace("Public Sub KiemTra()", "Public Sub KiemTra("), "ascii")
    monkeypatch.setattr("thidua_xl.jobs.buttons.shipped_path", lambda _, name: broken / name)
    path = tmp_path / "hỏng.xlsm"
    add_buttons(report_template(), path, kind=DIRECT, settings=ControlSheet(python=sys.executable))
    document = window.open(path)
    try:
        with pytest.raises(pytest.fail.Exception, match="did nothing"):
            Opened(window, document, path).press("check", seconds=6.0)
        window.screenshot(tmp_path / "broken.png")
    finally:
        window.close(document)


def _own_colors(source: Path, rows: list[tuple[Any, ...]]) -> set[int]:
    """The fill colours that the unit's workbook itself gives to cells."""
    import openpyxl

    book = openpyxl.load_workbook(source)
    fills = [book[row[3]][row[4]].fill for row in rows]
    return {int(str(one.fgColor.rgb)[2:], 16) for one in fills if one.fill_type and isinstance(one.fgColor.rgb, str)}
