"""An insertion that would push something off the sheet is refused before anything has moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ooxml_books import made

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml import Workbook

LAST_ROW, LAST_COLUMN = "=T2!$A$1048576", "=T2!$XFD$1"


def in_a_cell(book: Any, sheet: Any, reference: str) -> None:
    sheet.write_formula("A1", f"=SUM({reference[1:]},1)")


def in_a_name(book: Any, sheet: Any, reference: str) -> None:
    book.define_name("Moc", reference)


def in_a_chart(book: Any, sheet: Any, reference: str) -> None:
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": reference})
    sheet.insert_chart("A3", chart)


def in_a_colour_rule(book: Any, sheet: Any, reference: str) -> None:
    rule = {"type": "formula", "criteria": f"{reference}>0", "format": book.add_format({"bold": 1})}
    sheet.conditional_format("A1:A3", rule)


def in_a_link(book: Any, sheet: Any, reference: str) -> None:
    sheet.write_url("A9", f"internal:{reference[1:]}")


def in_a_link_of_a_picture(book: Any, sheet: Any, reference: str) -> None:
    sheet.insert_textbox("A9", "Xem", {"url": f"internal:{reference[1:]}"})


@pytest.mark.parametrize(
    "place", [in_a_cell, in_a_name, in_a_chart, in_a_colour_rule, in_a_link, in_a_link_of_a_picture]
)
@pytest.mark.parametrize(("reference", "by_row"), [(LAST_ROW, True), (LAST_COLUMN, False)])
def test_a_reference_that_would_leave_the_sheet_is_refused_and_the_workbook_can_still_be_saved(
    place: Callable[[Any, Any, str], None], reference: str, by_row: bool
) -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("T1")
        book.add_worksheet("T2").write("B1", 3)
        place(book, sheet, reference)

    book = Workbook.from_bytes(made(build))
    book["T2"].set("B1", 4)
    before = book.to_bytes()
    with pytest.raises(EditRefused) as refused:
        (book["T2"].insert_rows if by_row else book["T2"].insert_columns)(1, 2)
    assert refused.value.code == "edit.reference_pushed_off"
    assert book.to_bytes() == before
    (book["T2"].insert_columns if by_row else book["T2"].insert_rows)(1, 2)
    assert book["T2"].get("D1" if by_row else "B3") == 4


def test_numbers_and_words_that_only_look_like_the_edge_hinder_nothing() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("T2")
        sheet.write_formula("A1", '=IF(B1>1048576,"XFD1","A1048576")')
        sheet.write_formula("A2", "=SUM(B:B)+SUM(3:3)")

    book = Workbook.from_bytes(made(build))
    book["T2"].insert_rows(1, 2)
    book["T2"].insert_columns(1, 2)
    assert book["T2"].formula("C3") == '=IF(D3>1048576,"XFD1","A1048576")'
    assert book["T2"].formula("C4") == "=SUM(D:D)+SUM(5:5)"


def test_a_sum_over_sheets_between_which_the_edited_one_lies_is_told_and_loses_its_result() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("Tổng").write_formula("A1", "=SUM(T1:T3!B5)", None, 15)
        for name in ("T1", "T2", "T3"):
            book.add_worksheet(name).write_column("B1", range(9))

    book = Workbook.from_bytes(made(build))
    book["T2"].insert_rows(3, 2)
    assert [notice.code for notice in book.notices] == ["three_d"]
    saved = Workbook.from_bytes(book.to_bytes())
    assert saved["Tổng"].formula("A1") == "=SUM(T1:T3!B5)"
    assert saved["Tổng"].get("A1") is None


def test_an_address_built_from_text_in_any_spelling_loses_its_result_when_rows_move() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("Tổng").write_formula("A1", '=IndIrect("T"&2&"!B5")', None, 15)
        book.add_worksheet("T2").write_column("B1", range(9))

    book = Workbook.from_bytes(made(build))
    book["T2"].insert_rows(3, 2)
    assert Workbook.from_bytes(book.to_bytes())["Tổng"].get("A1") is None


def test_blank_rows_at_the_end_of_the_sheet_make_way_and_are_not_written_below_it() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("T1")
        sheet.write("A1", 1)
        sheet.set_row(1_048_575, 12.8)  # LibreOffice writes such rows after rows were deleted in it

    book = Workbook.from_bytes(made(build))
    sheet = book["T1"]
    assert (sheet.last_row, sheet.last_filled_row) == (1_048_576, 1)
    sheet.insert_rows(1, 3)
    assert (sheet.last_row, sheet.last_filled_row) == (4, 4)
    assert 'r="1048579"' not in book.to_bytes().decode("latin-1")
    assert Workbook.from_bytes(book.to_bytes())["T1"].get("A4") == 1


@pytest.mark.parametrize("edit", ["insert_rows", "insert_columns"])
def test_a_note_on_an_empty_cell_is_not_pushed_off_the_sheet(edit: str) -> None:
    def build(book: Any) -> None:
        book.add_worksheet("T2").write_comment("XFD1048576", "ghi chú")

    book = Workbook.from_bytes(made(build))
    with pytest.raises(EditRefused) as refused:
        getattr(book["T2"], edit)(1, 2)
    assert refused.value.code in ("edit.rows_pushed_off", "edit.columns_pushed_off")
