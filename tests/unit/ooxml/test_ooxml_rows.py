"""Rows and columns inserted and deleted: the rows themselves, their look, formulas of all kinds, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ooxml_books import grid, made, opened, package, part, read, rows_of, sheet_xml

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.rowparts import ParsedRow, Row
from thidua_xl.ooxml.rowxml import RowXml
from thidua_xl.refs import MAX_ROW, cell_name


def test_rows_below_get_new_numbers_and_nothing_else_changes() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" x:k="v" xmlns:x="u"><c s="0" r="B2"><v>2</v></c></row>'
    book = opened(package(sheet_xml(rows)))
    book["S"].insert_rows(2, 3)
    assert rows_of(book.to_bytes()) == rows.replace('"2"', '"5"').replace("B2", "B5")


def table(book: Any) -> None:
    """A small report table: header, four rows, totals; merged cells and looks."""
    sheet = book.add_worksheet("A")
    money = book.add_format({"num_format": "#,##0", "border": 1, "bold": True})
    sheet.write_row(1, 0, ["STT", "Tên", "", "Số tiền", "Tỷ lệ"])
    for row in range(2, 6):
        sheet.write_number(row, 0, row - 1)
        sheet.merge_range(row, 1, row, 2, f"đơn vị {row}")
        sheet.write_number(row, 3, 100 * row, money)
        sheet.write_formula(row, 4, f"=D{row + 1}/$D$7", money, 0)
        sheet.set_row(row, 24)
    sheet.write_formula("D7", "=SUM(D3:D6)", money, 1400)
    sheet.data_validation("A3:A6", {"validate": "integer", "criteria": ">", "value": 0})
    sheet.conditional_format("D3:D6", {"type": "cell", "criteria": ">", "value": 300, "format": money})


def test_new_rows_are_formed_like_the_row_named() -> None:
    book = opened(made(table))
    book["A"].insert_rows(5, 2, like=4)
    sheet = read(book.to_bytes())["A"]
    for row in (5, 6):
        assert sheet.row_dimensions[row].height == 24
        assert sheet.cell(row, 4).number_format == "#,##0"
        assert sheet.cell(row, 4).border.left.style == "thin"
        assert sheet.cell(row, 4).value is None
        assert sheet.cell(row, 5).value == f"=D{row}/$D$9"
        assert f"B{row}:C{row}" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet["E4"].value == "=D4/$D$9"
    assert sheet["E7"].value == "=D7/$D$9"
    assert sheet["D9"].value == "=SUM(D3:D8)"


def test_rows_put_below_the_last_row_carry_its_rules_on() -> None:
    book = opened(made(table))
    book["A"].insert_rows(7, 3, like=6)
    sheet = read(book.to_bytes())["A"]
    assert str(sheet.data_validations.dataValidation[0].sqref) == "A3:A9"
    assert [str(rule.sqref) for rule in sheet.conditional_formatting] == ["D3:D9"]
    assert sheet["E9"].value == "=D9/$D$10"
    assert sheet["D10"].value == "=SUM(D3:D6)"  # as in Excel, unless asked to grow


def test_ranges_that_end_just_above_grow_on_request() -> None:
    book = opened(made(table))
    book["A"].insert_rows(7, 3, like=6, grow=True)
    assert book["A"].formula("D10") == "=SUM(D3:D9)"
    assert book["A"].formula("E3") == "=D3/$D$10"


def test_a_like_row_below_is_found_where_it_went() -> None:
    book = opened(made(table))
    book["A"].insert_rows(3, 2, like=3)
    assert book["A"].formula("E3") == "=D3/$D$9"
    assert book["A"].formula("E5") == "=D5/$D$9"
    assert book["A"].row_height(3) == 24


def test_without_a_like_row_the_look_of_the_row_above_is_taken_but_no_formula() -> None:
    book = opened(made(table))
    book["A"].insert_rows(5, 1)
    sheet = read(book.to_bytes())["A"]
    assert sheet["D5"].number_format == "#,##0"
    assert sheet["E5"].value is None
    assert "B5:C5" not in {str(area) for area in sheet.merged_cells.ranges}


def test_rows_before_the_first_row_are_plain() -> None:
    book = opened(grid())
    book["Biểu 1"].insert_rows(1, 2)
    assert book["Biểu 1"].get("A3") == 11
    assert book["Biểu 1"].get("A1") is None


SHARED = (
    '<row r="{0}"><c r="B{0}"><f t="shared" ref="B{0}:B{2}" si="0">A{0}+$D$9</f><v>1</v></c></row>'
    '<row r="{1}"><c r="B{1}"><f t="shared" si="0"/><v>1</v></c></row>'
    '<row r="{2}"><c r="B{2}"><f t="shared" si="0"/><v>1</v></c></row>'
)


def test_a_shared_formula_that_moves_as_one_stays_shared() -> None:
    book = opened(package(sheet_xml(SHARED.format(3, 4, 5))))
    book["S"].insert_rows(2, 10)
    assert rows_of(book.to_bytes()) == SHARED.format(13, 14, 15).replace("$D$9", "$D$19")


def test_a_shared_formula_that_is_torn_apart_gives_each_cell_its_text() -> None:
    book = opened(package(sheet_xml(SHARED.format(3, 4, 5))))
    book["S"].insert_rows(4, 2)
    assert "shared" not in rows_of(book.to_bytes())
    assert [book["S"].formula(cell) for cell in ("B3", "B6", "B7")] == ["=A3+$D$11", "=A6+$D$11", "=A7+$D$11"]


def test_a_shared_formula_on_another_sheet_is_torn_when_its_references_part() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A")
        book.add_worksheet("B").write_formula("A1", "='A'!A4", None, 1)

    source = made(build)
    from ooxml_books import replaced

    source = replaced(
        source,
        "xl/worksheets/sheet2.xml",
        lambda text: text.replace("<f>'A'!A4</f>", '<f t="shared" ref="A1:A2" si="0">\'A\'!A4</f>').replace(
            "</row>", '</row><row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>'
        ),
    )
    book = opened(source)
    book["A"].insert_rows(5, 1)
    assert [book["B"].formula(cell) for cell in ("A1", "A2")] == ["='A'!A4", "='A'!A6"]


def test_an_array_formula_moves_with_its_area() -> None:
    rows = '<row r="5"><c r="A5"><f t="array" ref="A5:A6">B5:B6*2</f><v>1</v></c></row><row r="6"><c r="A6"/></row>'
    book = opened(package(sheet_xml(rows)))
    book["S"].insert_rows(5, 2)
    assert '<f t="array" ref="A7:A8">B7:B8*2</f>' in rows_of(book.to_bytes())


def test_a_data_table_moves_with_its_input_cells() -> None:
    rows = '<row r="5"><c r="B5"><f t="dataTable" ref="B5:B6" dt2D="0" dtr="0" r1="D9"/><v>1</v></c></row>'
    book = opened(package(sheet_xml(rows)))
    book["S"].insert_rows(2, 2)
    assert 'ref="B7:B8" dt2D="0" dtr="0" r1="D11"' in rows_of(book.to_bytes())


def arrays(book: Any) -> None:
    sheet = book.add_worksheet("A")
    sheet.write_array_formula("A5:A8", "{=B5:B8}", None, 0)
    sheet.write_formula(MAX_ROW - 2, 3, "=1", None, 1)
    locked = book.add_worksheet("Khóa")
    locked.merge_range("A5:B8", "x")
    locked.protect()


@pytest.mark.parametrize(
    ("sheet", "edit", "at", "count", "code"),
    [
        ("A", "insert_rows", 6, 1, "cuts_array"),
        ("A", "delete_rows", 6, 1, "cuts_array"),
        ("A", "delete_rows", 4, 2, "cuts_array"),
        ("A", "insert_rows", 2, 5, "rows_pushed_off"),
        ("A", "insert_rows", 0, 5, "no_such_row"),
        ("A", "insert_rows", MAX_ROW + 1, 1, "no_such_row"),
        ("A", "insert_rows", 5, 0, "no_such_row"),
        ("A", "delete_rows", MAX_ROW, 2, "no_such_row"),
        ("Khóa", "insert_rows", 6, 1, "cuts_protected_merge"),
        ("Khóa", "insert_columns", 2, 1, "cuts_protected_merge"),
    ],
)
def test_what_would_be_cut_or_lost_is_refused_before_anything_changes(
    sheet: str, edit: str, at: int, count: int, code: str
) -> None:
    before = made(arrays)
    book = opened(before)
    with pytest.raises(EditRefused) as refusal:
        getattr(book[sheet], edit)(at, count)
    assert refusal.value.code == f"edit.{code}"
    assert book.to_bytes() == before


def test_columns_with_content_are_not_pushed_off() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A").write_number("XFC3", 1)

    book = opened(made(build))
    book["A"].insert_columns(2, 1)
    with pytest.raises(EditRefused) as refusal:
        book["A"].insert_columns(2, 1)
    assert refusal.value.code == "edit.columns_pushed_off"


def test_an_array_can_be_deleted_as_a_whole_and_passed_by() -> None:
    book = opened(made(arrays))
    book["A"].delete_rows(4, 6)
    assert "array" not in part(book.to_bytes(), "xl/worksheets/sheet1.xml")


def test_a_data_table_is_not_torn_from_its_formulas() -> None:
    rows = '<row r="5"><c r="B5"><f t="dataTable" ref="B5:C6" dt2D="1" dtr="1" r1="D9" r2="D8"/><v>1</v></c></row>'
    for edit, at in (("insert_rows", 5), ("insert_columns", 2), ("insert_rows", 6), ("delete_columns", 3)):
        book = opened(package(sheet_xml(rows)))
        with pytest.raises(EditRefused) as refusal:
            getattr(book["S"], edit)(at, 1)
        assert refusal.value.code == "edit.cuts_data_table"


def test_a_failure_halfway_spoils_the_workbook_in_memory_so_that_it_is_not_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    book = opened(grid(H1="=A10"))
    monkeypatch.setattr("thidua_xl.ooxml.structure.fill", fail)
    with pytest.raises(MemoryError):
        book["Biểu 1"].insert_rows(2, 1)
    with pytest.raises(EditRefused) as refusal:
        book.to_bytes()
    assert refusal.value.code == "edit.half_done"


def test_columns_move_cells_formulas_and_spans() -> None:
    rows = (
        '<row r="1" spans="1:3"><c r="A1"><v>1</v></c><c r="C1"><f>A1+B1</f><v>1</v></c></row>'
        '<row r="2"><c r="B2" s="0"><v>2</v></c></row>'
    )
    book = opened(package(sheet_xml(rows)))
    book["S"].insert_columns(2, 2)
    assert rows_of(book.to_bytes()) == (
        '<row r="1" spans="1:5"><c r="A1"><v>1</v></c><c r="E1"><f>A1+D1</f><v>1</v></c></row>'
        '<row r="2"><c r="D2" s="0"><v>2</v></c></row>'
    )


def test_new_columns_are_formed_like_the_column_named() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("A")
        money = book.add_format({"num_format": "#,##0"})
        sheet.set_column("B:B", 33)
        for row in range(3):
            sheet.write_number(row, 0, row)
            sheet.write_formula(row, 1, f"=A{row + 1}*2", money, 0)
            sheet.write_formula(row, 2, f"=SUM(A{row + 1}:B{row + 1})", None, 0)

    book = opened(made(build))
    book["A"].insert_columns(3, 2, like=2)
    sheet = read(book.to_bytes())["A"]
    assert [sheet.cell(1, column).value for column in range(2, 6)] == ["=A1*2", "=B1*2", "=C1*2", "=SUM(A1:B1)"]
    assert sheet["D2"].number_format == "#,##0"
    assert sheet.column_dimensions["C"].width == pytest.approx(33.7, abs=0.1)


def test_deleted_columns_take_their_cells_with_them() -> None:
    book = opened(grid(H1="=SUM(A1:F1)", I1="=B1"))
    book["Biểu 1"].delete_columns(2, 2)
    sheet = book["Biểu 1"]
    assert [sheet.get(cell) for cell in ("A1", "B1", "D1")] == [11, 14, 16]
    assert sheet.formula("F1") == "=SUM(A1:D1)"
    assert sheet.formula("G1") == "=#REF!"


def test_names_follow_and_relative_parts_of_names_stay() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A")
        book.add_worksheet("B")
        book.define_name("co_dinh", "=A!$B$12")
        book.define_name("tuong_doi", "=A!B12")
        book.define_name("hai_vung", "=A!$A$2:$A$20,B!$A$20")
        book.define_name("so", "=12")

    book = opened(made(build))
    book["A"].insert_rows(10, 5)
    assert dict(book.defined_names) == {
        "co_dinh": "A!$B$17",
        "tuong_doi": "A!B12",
        "hai_vung": "A!$A$2:$A$25,B!$A$20",
        "so": "12",
    }
    area = book.name_area("CO_DINH")
    assert area is not None
    assert (area[0], str(area[1])) == ("A", "B17")
    assert book.name_area("hai_vung") is None
    assert book.name_area("so") is None
    assert book.name_area("không có") is None


def test_what_cannot_follow_is_told() -> None:
    book = opened(grid(H1='=SUM(INDIRECT("A1:A9"))', H2="=SUM('Biểu 1:Sheet2'!A1)"))
    book["Biểu 1"].insert_rows(1, 1)
    assert {(notice.code, notice.sheet, notice.cell) for notice in book.notices} == {
        ("indirect", "Biểu 1", "H2"),
        ("three_d", "Biểu 1", "H3"),
    }


def test_hundreds_of_rows_and_ten_thousand_cells_take_each_row_apart_about_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken_apart: list[int] = []
    parse = RowXml.parse

    def counted(self: RowXml, raw: bytes, row: Row) -> ParsedRow:
        taken_apart.append(row.number)
        return parse(self, raw, row)

    monkeypatch.setattr(RowXml, "parse", counted)
    book = opened(made(table))
    book["A"].insert_rows(4, 800, like=3)
    for row in range(4, 804):
        for column in range(6, 18):
            book["A"].set(cell_name(row, column), f"chữ {row}" if column % 2 else row)
    book.to_bytes()
    assert len(taken_apart) < 3 * 800


EDITS = st.tuples(st.sampled_from(["rows", "columns"]), st.integers(1, 15), st.integers(1, 6))


@settings(max_examples=40, deadline=None)
@given(EDITS)
def test_inserting_and_deleting_gives_every_cell_back(edit: tuple[str, int, int]) -> None:
    axis, at, count = edit
    extra = {f"H{row}": f"=SUM(A{row}:B{21 - row})+$C${row}" for row in range(1, 12)}
    before = grid(**extra)
    book = opened(before)
    getattr(book["Biểu 1"], f"insert_{axis}")(at, count)
    getattr(book["Biểu 1"], f"delete_{axis}")(at, count)
    after = read(book.to_bytes())["Biểu 1"]
    original = read(before)["Biểu 1"]
    assert {cell.coordinate: cell.value for row in after for cell in row if cell.value is not None} == {
        cell.coordinate: cell.value for row in original for cell in row if cell.value is not None
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=4))
def test_values_follow_any_insertions(edits: list[tuple[str, int, int]]) -> None:
    book = opened(grid(8, 4))
    expected = {(row, column): row * 10 + column for row in range(1, 9) for column in range(1, 5)}
    for axis, at, count in edits:
        getattr(book["Biểu 1"], f"insert_{axis}")(at, count)
        by_row = axis == "rows"
        expected = {
            (row + count * (by_row and row >= at), column + count * (not by_row and column >= at)): value
            for (row, column), value in expected.items()
        }
    again = opened(book.to_bytes())["Biểu 1"]
    for (row, column), value in expected.items():
        assert again.get(cell_name(row, column)) == value
