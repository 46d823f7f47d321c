"""Our sheet in a copy: it is known, set aside, and what is written in it arrives."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook as NewBook
from openpyxl import load_workbook

from thidua_xl.grid import read_book
from thidua_xl.jobs.returned import set_aside
from thidua_xl.model import Finding, Severity
from thidua_xl.ooxml import Workbook
from thidua_xl.report.annotate import annotate, fresh_copy
from thidua_xl.report.mend_sheet import EXPLANATION_COLUMN, FIRST_ROW, KEY_COLUMN, MendSheet
from thidua_xl.report.strip import origin_of, strip

FINDINGS = (
    Finding("X-1", Severity.ERROR, file="a.xlsx", sheet="Biểu", cell="B2", message="Sai", mend="Sửa"),
    Finding("X-2", Severity.WARNING, file="a.xlsx", message="Nộp trễ"),
)
SHEET = MendSheet(FINDINGS, "Phòng A", "6 tháng", "0123456789abcdef")


@pytest.fixture
def original() -> bytes:
    book = NewBook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Biểu"
    for row in (("Tên", "Số"), ("An", 5), ("Tổng", "=SUM(B2:B2)")):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_copy_opens_on_a_first_sheet_with_a_line_per_finding(original: bytes) -> None:
    copy = load_workbook(io.BytesIO(annotate(original, "a.xlsx", SHEET)))
    assert copy.sheetnames == [SHEET.name, "Biểu"]
    assert [copy[SHEET.name].cell(FIRST_ROW + n, 2).value for n in range(2)] == ["X-1", "X-2"]
    link = copy[SHEET.name].cell(FIRST_ROW, 5).hyperlink
    assert link is not None
    assert link.location == "'Biểu'!B2"
    back = copy["Biểu"]["A2"].hyperlink
    assert back is not None
    assert back.location == f"'{SHEET.name}'!A{FIRST_ROW}"
    note = copy["Biểu"]["B2"].comment
    assert note is not None
    assert "[X-1]" in note.text


@pytest.mark.parametrize("hidden_column_lost", [False, True])
def test_explanations_arrive_even_without_the_hidden_column(original: bytes, hidden_column_lost: bool) -> None:
    copy = load_workbook(io.BytesIO(annotate(original, "a.xlsx", SHEET)))
    sheet = copy[SHEET.name]
    sheet.cell(FIRST_ROW, EXPLANATION_COLUMN).value = "Số thật"
    sheet.cell(FIRST_ROW + 1, EXPLANATION_COLUMN).value = "Mất điện"
    if hidden_column_lost:
        sheet.delete_cols(KEY_COLUMN)
    stream = io.BytesIO()
    copy.save(stream)
    aside = set_aside(read_book(stream.getvalue(), name="a.xlsx"))
    assert [one.name for one in aside.book.sheets] == ["Biểu"]
    assert dict(aside.explanations) == {("X-1", "Biểu", "B2"): "Số thật", ("X-2", "", ""): "Mất điện"}


def test_a_sheet_of_the_office_that_only_has_the_name_stays(original: bytes) -> None:
    book = load_workbook(io.BytesIO(original))
    book["Biểu"].title = SHEET.name
    stream = io.BytesIO()
    book.save(stream)
    assert len(set_aside(read_book(stream.getvalue(), name="a.xlsx")).book.sheets) == 1


def test_a_copy_says_from_which_file_it_was_made(original: bytes) -> None:
    assert origin_of(annotate(original, "a.xlsx", SHEET)) == "0123456789abcdef"
    assert origin_of(original) == ""


def test_a_copy_saved_by_another_program_is_stripped_of_colour_note_and_link(original: bytes) -> None:
    sent = annotate(original, "a.xlsx", SHEET)
    book = load_workbook(io.BytesIO(sent))
    book["Biểu"]["B2"].value = 6
    stream = io.BytesIO()
    book.save(stream)
    clean = load_workbook(io.BytesIO(strip(original, sent, stream.getvalue(), FINDINGS)))
    assert clean.sheetnames == ["Biểu"]
    cell = clean["Biểu"]["B2"]
    assert (cell.value, cell.comment, cell.fill.fill_type) == (6, None, None)
    assert clean["Biểu"]["A2"].hyperlink is None


def test_a_workbook_that_cannot_be_edited_gets_a_new_one_with_its_values(original: bytes) -> None:
    made = read_book(fresh_copy(read_book(original, name="a.xls"), SHEET), name="a.xlsx")
    aside = set_aside(made)
    assert made.sheets[0].name == SHEET.name
    own = aside.book.sheet("Biểu")
    assert own is not None
    assert (own.value(2, 1), own.value(2, 2)) == ("An", 5)


def test_rows_inserted_by_the_unit_take_our_marks_with_them_and_lose_them(original: bytes) -> None:
    sent = annotate(original, "a.xlsx", SHEET)
    book = Workbook.from_bytes(sent)
    book["Biểu"].insert_rows(before=2, count=1)
    clean = load_workbook(io.BytesIO(strip(original, sent, book.to_bytes(), FINDINGS)))
    cell = clean["Biểu"]["B3"]
    assert (cell.value, cell.comment, cell.fill.fill_type) == (5, None, None)
