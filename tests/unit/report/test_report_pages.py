"""The signature block stands on one page, never alone, in programs that put more or less on a page."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua_xl.forms import load_criteria
from thidua_xl.model import ReportSheet, SetPages
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.printing import print_setup, set_pages
from thidua_xl.report.apply import apply_edits
from thidua_xl.report.paging import keep_signatures_whole, signature_is_cut

HEADER_ROWS, BLOCK_ROWS = 4, 7


@pytest.fixture(scope="module")
def report_sheet() -> ReportSheet:
    found = load_criteria().report_sheet("TH01")
    assert found is not None
    return found


def printed(path: Path, heights: list[int], *, breaks: list[int] | None = None, scale: int = 0) -> Workbook:
    """A landscape table, one row per height, its two heading rows repeated, a free row and the block below."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("TH01")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_column(0, 9, 16)
    sheet.repeat_rows(2, 3)
    if scale:
        sheet.set_print_scale(scale)
    else:
        sheet.fit_to_pages(1, 0)
    if breaks:
        sheet.set_h_pagebreaks(breaks)
    for row in range(HEADER_ROWS):
        sheet.write(row, 0, "Đơn vị")
    for row, height in enumerate(heights, HEADER_ROWS):
        sheet.set_row(row, height)
        sheet.write(row, 0, "Phòng A")
        sheet.write(row, 9, row)
    top = HEADER_ROWS + len(heights) + 1
    sheet.write(top, 7, "ngày … tháng … năm …")
    sheet.write(top + BLOCK_ROWS - 1, 0, "- Lưu: VT.")
    book.define_name("TH01_NGAY_KY", f"=TH01!$H${top + 1}")
    book.close()
    return Workbook.open(path)


def pages(workbook: Workbook, heights: list[int], capacity: float) -> list[list[int]]:
    """The rows of each page by a count of its own, where a page holds `capacity` of what the points say."""
    setup = print_setup(workbook["TH01"])
    last = HEADER_ROWS + len(heights) + 1 + BLOCK_ROWS
    points = dict.fromkeys(range(1, last + 1), 15.75) | {
        row: float(height) for row, height in enumerate(heights, HEADER_ROWS + 1)
    }
    if setup.pages_tall == 1:
        return [list(points)]
    across = setup.across * 96 / (10 * (16 * 7 + 5)) if setup.pages_wide else setup.scale / 100
    room = setup.down * 72 / min(1.0, across) * capacity
    found: list[list[int]] = [[]]
    used = 0.0
    for row, height in points.items():
        if found[-1] and (used + height > room or row in setup.breaks):
            found.append([])
            used = 2 * 15.75
        found[-1].append(row)
        used += height
    return found


@settings(max_examples=120, deadline=None)
@given(heights=st.lists(st.sampled_from([16, 31, 46, 75]), min_size=1, max_size=90))
def test_the_block_is_whole_and_never_alone_whatever_a_page_holds(
    report_sheet: ReportSheet, tmp_path_factory: pytest.TempPathFactory, heights: list[int]
) -> None:
    workbook = printed(tmp_path_factory.mktemp("in") / "bc.xlsx", heights)
    apply_edits(workbook, keep_signatures_whole(workbook, report_sheet))
    last_of_table = HEADER_ROWS + len(heights)
    told = bool(print_setup(workbook["TH01"]).breaks)
    for capacity in (0.97, 1.0, 1.03) if told else (0.95, 1.0, 1.05, 1.09, 1.12):
        last_page = pages(workbook, heights, capacity)[-1]
        assert last_page[0] <= last_of_table
        assert last_page[-1] == last_of_table + 1 + BLOCK_ROWS
    assert not signature_is_cut(workbook, report_sheet)


def test_a_table_a_little_longer_than_a_page_is_fitted_to_one(report_sheet: ReportSheet, tmp_path: Path) -> None:
    workbook = printed(tmp_path / "bc.xlsx", [16] * 26)
    assert keep_signatures_whole(workbook, report_sheet) == [SetPages("TH01", one_page=True)]


def test_a_page_does_not_begin_behind_the_heading_of_a_section(report_sheet: ReportSheet, tmp_path: Path) -> None:
    heights = [16] * 62
    workbook = printed(tmp_path / "bc.xlsx", heights)
    last = HEADER_ROWS + len(heights)
    plain = dict.fromkeys(range(HEADER_ROWS + 1, last + 1), "DETAIL")
    (before,) = keep_signatures_whole(workbook, report_sheet, kinds=plain)[0].breaks
    (after,) = keep_signatures_whole(workbook, report_sheet, kinds=plain | {before - 1: "SECTION"})[0].breaks
    assert after == before - 1


def test_breaks_that_the_office_has_set_are_left_to_it(report_sheet: ReportSheet, tmp_path: Path) -> None:
    workbook = printed(tmp_path / "bc.xlsx", [16] * 60, breaks=[20])
    assert keep_signatures_whole(workbook, report_sheet) == []


def test_a_sheet_with_a_scale_of_its_own_keeps_it(report_sheet: ReportSheet, tmp_path: Path) -> None:
    workbook = printed(tmp_path / "bc.xlsx", [16] * 62, scale=80)
    (edit,) = keep_signatures_whole(workbook, report_sheet)
    assert edit.scale == 0
    assert len(edit.breaks) == 1


def test_what_is_written_is_what_other_readers_see(tmp_path: Path) -> None:
    workbook = printed(tmp_path / "bc.xlsx", [16] * 40)
    set_pages(workbook["TH01"], scale=70, breaks=(30,))
    workbook.save(tmp_path / "moi.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "moi.xlsx")["TH01"]
    assert (sheet.page_setup.scale, sheet.page_setup.fitToHeight) == (70, None)
    assert not getattr(sheet.sheet_properties.pageSetUpPr, "fitToPage", None)
    assert [one.id for one in sheet.row_breaks.brk] == [29]
    again = Workbook.open(tmp_path / "moi.xlsx")
    set_pages(again["TH01"], one_page=True)
    found = print_setup(again["TH01"])
    assert (found.pages_wide, found.pages_tall, found.breaks) == (1, 1, (30,))


def test_blank_rows_at_the_end_of_the_sheet_belong_to_no_page(tmp_path: Path, report_sheet: ReportSheet) -> None:
    heights = [30] * 40
    plain = printed(tmp_path / "a.xlsx", heights)
    tailed = printed(tmp_path / "b.xlsx", heights)
    tailed["TH01"].set_row_height(1_048_576, 12.8)  # as LibreOffice writes it after rows were deleted
    assert tailed["TH01"].last_row == 1_048_576
    assert keep_signatures_whole(tailed, report_sheet) == keep_signatures_whole(plain, report_sheet) != []
