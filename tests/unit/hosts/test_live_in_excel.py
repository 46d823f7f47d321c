"""Our hands in an open workbook of Excel, held against what Excel does through COM."""

from __future__ import annotations

import sys
import types
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlwings
from com_like_excel import REJECTED, ComError, ExcelLike

from thidua_xl.errors import EditRefused, InputRefused, UsageProblem
from thidua_xl.hosts import entry, live
from thidua_xl.hosts.blocks import blocks
from thidua_xl.hosts.buttons import Outcome, shown_day
from thidua_xl.hosts.control import Control
from thidua_xl.hosts.journal import PLACE, one_at_a_time
from thidua_xl.hosts.mending import show, take_back
from thidua_xl.hosts.replay import replay
from thidua_xl.jobs.control_sheet import FOLDER, PERIOD, STATE, TABLE
from thidua_xl.messages import say
from thidua_xl.model import (
    AddSheet,
    DeleteRows,
    Edit,
    Finding,
    InsertRows,
    SetCell,
    SetFormula,
    SetPages,
    SetProperty,
    SetRowHeight,
    Severity,
)
from thidua_xl.report.mend_sheet import HEADING_ROW, KEY_COLUMN, MendSheet


@pytest.fixture
def excel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ExcelLike:
    monkeypatch.setenv(PLACE, str(tmp_path / "nut"))
    windows = types.ModuleType("pywintypes")
    windows.com_error = ComError  # type: ignore[attr-defined]  # the one name that is looked for
    monkeypatch.setitem(sys.modules, "pywintypes", windows)
    monkeypatch.setattr(live, "_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(live, "_PATIENCE_SECONDS", 0.2)
    made = ExcelLike()
    sheet = made.book.tab("Bảng điều khiển")
    for name, row, column in ((STATE, 2, 2), (FOLDER, 4, 3), (PERIOD, 5, 3), (TABLE, 13, 2)):
        made.book.areas[name] = sheet.range((row, column))
    made.book.tab("TH01")
    monkeypatch.setattr(xlwings.engines, "active", xlwings.Engine(impl=made))
    return made


def th01(excel: ExcelLike) -> Any:
    return excel.book.tabs[1]


def test_a_block_is_written_at_once_with_numbers_dates_texts_and_formulas(excel: ExcelLike) -> None:
    edits: list[Edit] = [
        SetCell("TH01", "A5", 1),
        SetCell("TH01", "B5", "0123"),
        SetCell("TH01", "C5", Decimal("12500000000.5")),
        SetCell("TH01", "D5", date(2024, 6, 5)),
        SetCell("TH01", "A6", 5_000_000_000),
        SetCell("TH01", "B6", "=1+1"),
        SetFormula("TH01", "C6", "=SUM(C5:C5)", Decimal(1)),
        SetCell("TH01", "D6", None),
    ]
    replay(excel.opened(), edits)
    seen = th01(excel).cells_seen
    assert [where for where, _ in excel.happened("value")] == ["TH01!$A$5:$D$6"]
    assert [seen[5, column] for column in (1, 2, 3)] == [1.0, "0123", 12500000000.5]
    assert seen[5, 4].replace(tzinfo=None) == datetime(2024, 6, 5)
    assert [seen[6, column] for column in (1, 2, 3)] == [5e9, "=1+1", "=SUM(C5:C5)"]
    assert type(seen[6, 2]) is str


@pytest.mark.parametrize("text", ["1/2", "12,5", "-", "+84 215", "50%", "@ai", "3-4", "007", "TRUE"])
def test_a_text_stays_the_text_it_is(excel: ExcelLike, text: str) -> None:
    replay(excel.opened(), [SetCell("TH01", "B5", text)])
    assert th01(excel).cells_seen[5, 2] == text


def test_new_rows_take_the_formulas_and_height_of_their_model_but_not_its_values(excel: ExcelLike) -> None:
    sheet = th01(excel)
    sheet.range("A5").raw_value = "mẫu"
    sheet.range("B5").raw_value = "=A5*2"
    sheet.heights[5] = 30.0
    replay(excel.opened(), [InsertRows("TH01", before=6, count=2, like=5), SetCell("TH01", "A6", "Đơn vị A")])
    assert sheet.cells_seen[6, 1] == "Đơn vị A"
    assert sheet.cells_seen[7, 1] is None
    assert sheet.cells_seen[7, 2] == "=A5*2"
    assert sheet.heights[6] == sheet.heights[7] == 30.0


def test_rows_sheets_heights_and_properties_follow_the_plan(excel: ExcelLike) -> None:
    edits: list[Edit] = [
        DeleteRows("TH01", first=9, count=2),
        SetRowHeight("TH01", 4, 42.5),
        AddSheet("Nguồn số liệu", (("TH01", "A5", 3), ("TH01",)), (10.0, 8.0), visible=False),
        SetProperty("thidua_xl", "bao-cao"),
    ]
    replay(excel.opened(), edits)
    added = excel.book.tabs[-1]
    assert excel.happened("delete") == [("TH01!9:10", None)]
    assert th01(excel).heights[4] == 42.5
    assert (added.name, added.visible, added.cells_seen[1, 3]) == ("Nguồn số liệu", False, 3.0)
    assert [(one.Name, one.Value) for one in excel.book.api.CustomDocumentProperties] == [("thidua_xl", "bao-cao")]


def test_runs_of_rows_go_in_at_once_so_that_copied_formulas_keep_their_distance(excel: ExcelLike) -> None:
    sheet = th01(excel)
    sheet.range("A4").raw_value, sheet.range("B5").raw_value = "mục", "=A5*2"
    sheet.range("A6").raw_value = "ký"
    runs = ((6, 1, 4), (7, 2, 5), (9, 1, 4))
    replay(excel.opened(), [InsertRows("TH01", before, count, like) for before, count, like in runs])
    assert [where for where, _ in excel.happened("insert")] == ["TH01!6:9"]
    assert [sheet.cells_seen.get((row, 2)) for row in (6, 7, 8, 9)] == [None, "=A5*2", "=A5*2", None]
    assert [sheet.cells_seen.get((row, 1)) for row in (6, 9, 10)] == [None, None, "ký"]


def test_pages_are_set_in_the_words_of_excel(excel: ExcelLike) -> None:
    api = th01(excel).api
    replay(excel.opened(), [SetPages("TH01", one_page=True)])
    assert (api.PageSetup.Zoom, api.PageSetup.FitToPagesWide, api.PageSetup.FitToPagesTall) == (False, 1, 1)
    replay(excel.opened(), [SetPages("TH01", scale=63, breaks=(37,))])
    assert (api.PageSetup.Zoom, list(api.HPageBreaks)) == (63, [37])


def test_rectangles_cover_exactly_the_cells_given() -> None:
    cells = {(1, 1): "a", (1, 2): "b", (2, 1): "c", (2, 2): "d", (2, 4): "e", (4, 1): "f", (5, 1): "g"}
    covered: dict[tuple[int, int], object] = {}
    found = list(blocks(cells))
    for top, left, rows in found:
        for down, line in enumerate(rows):
            for right, value in enumerate(line):
                covered[top + down, left + right] = value
    assert covered == cells
    assert len(found) == 3


@pytest.mark.parametrize("code", [REJECTED, -2146777998])
def test_a_busy_excel_is_asked_again(excel: ExcelLike, code: int) -> None:
    excel.busy, excel.busy_code = 2, code
    replay(excel.opened(), [SetCell("TH01", "A5", 1)])
    assert th01(excel).cells_seen[5, 1] == 1.0


def test_another_refusal_of_excel_is_not_taken_for_being_busy(excel: ExcelLike) -> None:
    excel.fails_on = lambda what, where: what == "value"
    with pytest.raises(ComError):
        replay(excel.opened(), [SetCell("TH01", "A5", 1)])


def test_a_protected_sheet_is_opened_and_protected_as_before(excel: ExcelLike) -> None:
    api = th01(excel).api
    api.ProtectContents, api.allowed = True, {"AllowInsertingRows": True, "AllowSorting": True}
    replay(excel.opened(), [SetCell("TH01", "A5", 1)])
    assert th01(excel).cells_seen[5, 1] == 1.0
    assert api.ProtectContents
    assert {name for name, value in api.allowed.items() if value} == {"AllowInsertingRows", "AllowSorting"}


def test_a_sheet_with_a_password_is_refused_before_anything_is_written(excel: ExcelLike) -> None:
    other = excel.book.tab("TH02")
    other.api.ProtectContents, other.api.password = True, "x"
    with pytest.raises(EditRefused, match=r"hosts\.protected"):
        replay(excel.opened(), [SetCell("TH01", "A5", 1), SetCell("TH02", "A5", 2)])
    assert excel.happened("value") == []


@pytest.mark.parametrize("failure", [None, UsageProblem("hosts.no_folder"), RuntimeError("ours"), ComError(-1)])
def test_calculation_screen_and_questions_come_back_whatever_happens(
    excel: ExcelLike, failure: Exception | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    during: dict[str, Any] = {}

    def job(control: Control) -> Outcome:
        during.update(excel.apps.only.settings)
        if failure is not None:
            raise failure
        return Outcome("Xong.")

    monkeypatch.setattr("thidua_xl.hosts.buttons.JOBS", {"check": job})
    before = dict(excel.apps.only.settings)
    code = entry.work("check", excel.opened())
    assert (during["calculation"], during["screen_updating"], during["display_alerts"]) == ("manual", False, False)
    assert excel.apps.only.settings == before
    sentence = str(excel.book.areas[STATE].raw_value)
    expected = {"NoneType": 0, "UsageProblem": 2, "RuntimeError": 5, "ComError": 2}
    assert code == expected[type(failure).__name__]
    assert sentence
    assert "Traceback" not in sentence
    assert "RuntimeError" not in sentence


@pytest.mark.parametrize(
    ("fails", "is_half"), [(lambda what, where: what == "value" and "6" in where, True), (None, False)]
)
def test_a_fill_that_ends_in_the_middle_says_so_and_one_that_is_refused_does_not(
    excel: ExcelLike, fails: Any, is_half: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fails is not None:
        excel.fails_on = fails
    else:
        excel.book.api.ProtectStructure = True

    def job(control: Control) -> Outcome:
        with control.writing(say("control.half_written")):
            replay(control.book, [SetCell("TH01", "A5", 1), InsertRows("TH01", 8, 1, 7), SetCell("TH01", "A6", 2),
                                  AddSheet("Đối soát", (("a",),), (10.0,))])  # fmt: skip
        return Outcome("Xong.")

    monkeypatch.setattr("thidua_xl.hosts.buttons.JOBS", {"consolidate": job})
    before = dict(excel.apps.only.settings)
    assert entry.work("consolidate", excel.opened()) == (2 if is_half else EditRefused.exit_code)
    assert excel.apps.only.settings == before
    told = str(excel.book.areas[STATE].raw_value)
    assert (say("control.half_written") in told) is is_half
    assert say("control.busy") not in told
    assert (say("control.refused") in told) is is_half
    assert bool([where for where, _ in excel.happened("value") if where.startswith("TH01!")]) is is_half


def test_a_second_button_waits_its_turn_and_leaves_the_quiet_of_the_first(
    excel: ExcelLike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thidua_xl.hosts.buttons.JOBS", {"check": lambda _: Outcome("Xong.")})
    book = excel.opened()
    with one_at_a_time(book.fullname):
        assert entry.work("check", book) == InputRefused.exit_code
        assert excel.happened("calculation") == []
    assert say("error.hosts.already_working.what") in str(excel.book.areas[STATE].raw_value)
    assert entry.work("check", book) == 0
    assert excel.book.areas[STATE].raw_value == "Xong."


def test_a_workbook_that_is_closed_in_the_middle_ends_the_work_without_a_trace(
    excel: ExcelLike, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def job(control: Control) -> Outcome:
        def gone(what: str, where: str) -> bool:
            raise AttributeError("closed")

        excel.fails_on = gone
        control.tell("…")
        return Outcome("Xong.")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("thidua_xl.hosts.buttons.JOBS", {"check": job})
    monkeypatch.setattr(entry, "workbook_of", lambda _: excel.opened())
    assert entry.run("check", []) == entry.BUG_EXIT
    assert "Traceback" not in "".join(capfd.readouterr())


def test_days_in_the_table_are_written_as_here(excel: ExcelLike) -> None:
    assert (shown_day(date(2024, 6, 5)), shown_day(None)) == ("05/06/2024", None)
    Control(excel.opened()).table([["VPS", "Văn phòng", "Đủ", shown_day(date(2024, 6, 5)), 0, 0]])
    assert excel.book.tabs[0].cells_seen[14, 5] == "05/06/2024"  # a text: Excel would read another day out of it


def test_a_round_button_that_only_tells_leaves_the_workbook_saved(
    excel: ExcelLike, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = {"receive": lambda _: Outcome("Xong."), "consolidate": lambda _: Outcome("Xong.", changes=True)}
    monkeypatch.setattr("thidua_xl.hosts.buttons.JOBS", jobs)
    for command, is_saved in (("receive", True), ("consolidate", False)):
        excel.book.api.Saved = True
        entry.work(command, excel.opened())
        assert excel.book.api.Saved is is_saved


def test_settings_are_read_as_excel_gives_them(excel: ExcelLike) -> None:
    control = Control(excel.opened())
    assert (control.folder, control.period) == ("", "")
    sheet = excel.book.tabs[0]
    sheet.cells_seen[5, 3] = 2024.0
    sheet.cells_seen[4, 3] = "  /dot/2024-6T "
    again = Control(excel.opened())
    assert (again.folder, again.period) == ("/dot/2024-6T", "2024")


def test_the_table_of_states_replaces_the_one_before(excel: ExcelLike) -> None:
    control = Control(excel.opened())
    control.table([["VPS", "Văn phòng", "Đủ", date(2024, 6, 5), 0, 2], ["PCTT", "Phòng", "Có lỗi", None, 3, 0]])
    control.table([["VPS", "Văn phòng", "Đủ", None, 0, 0]])
    sheet = excel.book.tabs[0]
    assert [sheet.cells_seen.get((14, column)) for column in range(2, 8)] == ["VPS", "Văn phòng", "Đủ", None, 0.0, 0.0]
    assert not any(row > 14 for row, _ in sheet.cells_seen)


def mended(*findings: tuple[str, str, Severity]) -> MendSheet:
    listed = [
        Finding(code, severity, "a.xlsx", sheet="TH01", cell=cell, message=f"Sai ở {cell}.")
        for code, cell, severity in findings
    ]
    return MendSheet(listed, "Đơn vị A", "6 tháng 2024", origin="0123456789abcdef")


def test_marks_show_the_findings_and_go_away_without_a_trace(excel: ExcelLike) -> None:
    sheet = th01(excel)
    sheet.range("B5").color = (1, 2, 3)
    sheet.range("C5").api.AddComment("Ghi chú của cơ quan")
    sheet.api.ProtectContents = True
    book = excel.opened()
    marked = show(book, mended(("A-1", "B5", Severity.ERROR), ("A-2", "C5", Severity.WARNING)))
    assert marked == 2
    assert sheet.looks[5, 2] == (255, 199, 205)
    assert sheet.notes_seen[5, 3].endswith("Ghi chú của cơ quan")
    assert sheet.notes_seen[5, 3].startswith("[A-2]")
    listing = excel.book.tabs[-1]
    assert (listing.name, str(listing.cells_seen[HEADING_ROW, KEY_COLUMN])[:15]) == (
        say("mend.sheet"),
        "thidua-xl:can-s",
    )
    show(book, mended(("A-1", "B5", Severity.WARNING)))  # a second check replaces the first
    assert sheet.looks[5, 2] == (255, 235, 155)
    take_back(book)
    assert sheet.looks == {(5, 2): (1, 2, 3)}
    assert sheet.notes_seen == {(5, 3): "Ghi chú của cơ quan"}
    assert [one.name for one in excel.book.tabs] == ["Bảng điều khiển", "TH01"]
    assert sheet.api.ProtectContents


def test_marking_that_breaks_off_leaves_no_mark(excel: ExcelLike) -> None:
    sheet = th01(excel)
    sheet.range("B5").color = (1, 2, 3)
    book = excel.opened()
    excel.fails_on = lambda what, where: what == "add sheet"
    with pytest.raises(ComError):
        show(book, mended(("A-1", "B5", Severity.ERROR), ("A-2", "C5", Severity.WARNING)))
    assert sheet.looks == {(5, 2): (1, 2, 3)}
    assert sheet.notes_seen == {}
    assert [one.name for one in excel.book.tabs] == ["Bảng điều khiển", "TH01"]


def test_a_bug_before_anything_is_written_says_that_the_figures_are_as_they_were(
    excel: ExcelLike, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def job(_: Control) -> Outcome:
        raise RuntimeError("a bug")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("thidua_xl.hosts.buttons.JOBS", {"export": job})
    assert entry.work("export", excel.opened()) == entry.BUG_EXIT
    assert str(excel.book.areas[STATE].raw_value).endswith(say("control.untouched"))
