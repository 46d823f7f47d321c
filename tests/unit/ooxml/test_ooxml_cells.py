"""Values written into existing workbooks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from ooxml_books import changed_parts, grid, made, members, opened, package, part, read, rows_of, sheet_xml

from thidua_xl.errors import EditRefused
from thidua_xl.model import CellError

VALUES = [
    "Biểu 05",
    "=1+1",
    "+84",
    "<&>\"'",
    " hai đầu ",
    "dòng 1\ndòng 2\ttab",
    "a\r\nb",
    "_x000D_",
    "",
    0,
    -15,
    10**14 + 1,
    Decimal("1250000.50"),
    Decimal("-0.001"),
    Decimal("1E-12"),
    True,
    False,
    date(2024, 6, 30),
    date(1900, 1, 1),
    date(1900, 2, 28),
    datetime(2024, 6, 30, 8, 15, 30),
    CellError("#N/A"),
    None,
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_set_is_got_back_before_and_after_saving(value: Any) -> None:
    book = opened(grid())
    book["Biểu 1"].set("B3", value)
    assert book["Biểu 1"].get("B3") == value
    again = opened(book.to_bytes())
    got = again["Biểu 1"].get("B3")
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize("value", [value for value in VALUES if isinstance(value, str) and "\r" not in value], ids=repr)
def test_text_is_text_to_another_reader_too(value: str) -> None:
    book = opened(grid())
    book["Biểu 1"].set("B3", value)
    cell = read(book.to_bytes())["Biểu 1"]["B3"]
    assert cell.data_type in ("s", "inlineStr", "n")
    if value and "_x" not in value:
        assert cell.value == value
        assert cell.data_type != "f"


def test_a_float_is_stored_as_it_prints() -> None:
    book = opened(grid())
    book["Biểu 1"].set("B3", 0.1)
    assert book["Biểu 1"].get("B3") == Decimal("0.1")


def test_one_cell_changes_one_row_of_one_part() -> None:
    before = grid()
    book = opened(before)
    book["Biểu 1"].set("C7", "mới")
    after = book.to_bytes()
    assert changed_parts(before, after) == {"xl/worksheets/sheet1.xml"}
    old = part(before, "xl/worksheets/sheet1.xml").split("</row>")
    new = part(after, "xl/worksheets/sheet1.xml").split("</row>")
    assert [index for index, (one, two) in enumerate(zip(old, new, strict=True)) if one != two] == [6]


def test_untouched_members_keep_bytes_order_and_dates() -> None:
    import io
    import zipfile

    before = grid()
    book = opened(before)
    book["Biểu 1"].set("C7", 1)
    after = book.to_bytes()
    with zipfile.ZipFile(io.BytesIO(before)) as one, zipfile.ZipFile(io.BytesIO(after)) as two:
        assert one.namelist() == two.namelist()
        for old, new in zip(one.infolist(), two.infolist(), strict=True):
            assert old.date_time == new.date_time
            assert old.external_attr == new.external_attr
            if old.filename != "xl/worksheets/sheet1.xml":
                assert (old.compress_size, old.CRC) == (new.compress_size, new.CRC)


def test_the_same_edit_twice_gives_the_same_bytes() -> None:
    def edited() -> bytes:
        book = opened(grid(G3="=SUM(A1:A9)"))
        book["Biểu 1"].set("B3", date(2024, 1, 2))
        book["Biểu 1"].insert_rows(5, 3, like=4)
        book["Biểu 1"].add_note("A1", "x")
        return book.to_bytes()

    assert edited() == edited()


def test_saving_does_not_change_what_is_written_next() -> None:
    book = opened(grid(G3="=SUM(A1:A9)"))
    book["Biểu 1"].set("A1", 5)
    first = book.to_bytes()
    assert book.to_bytes() == first


def test_a_new_cell_goes_where_it_belongs() -> None:
    book = opened(package(sheet_xml('<row r="2"><c r="B2"><v>1</v></c><c r="D2"><v>2</v></c></row>')))
    book["S"].set("C2", 5)
    book["S"].set("A4", 6)
    book["S"].set("A1", 7)
    assert rows_of(book.to_bytes()) == (
        '<row r="1"><c r="A1"><v>7</v></c></row>'
        '<row r="2"><c r="B2"><v>1</v></c><c r="C2"><v>5</v></c><c r="D2"><v>2</v></c></row>'
        '<row r="4"><c r="A4"><v>6</v></c></row>'
    )


def test_dimension_and_spans_take_a_far_cell_in() -> None:
    source = package(sheet_xml('<row r="2" spans="2:3"><c r="B2"><v>1</v></c></row>', '<dimension ref="B2:C2"/>'))
    book = opened(source)
    book["S"].set("F2", 1)
    book["S"].set("A9", 1)
    text = part(book.to_bytes(), "odd/page.xml")
    assert '<dimension ref="A2:F9"/>' in text
    assert 'spans="2:6"' in text


def test_a_shared_text_gives_way_without_touching_the_table() -> None:
    before = made(lambda book: book.add_worksheet("A").write_string("A1", "cũ"))
    book = opened(before)
    assert book["A"].get("A1") == "cũ"
    book["A"].set("A1", 5)
    after = book.to_bytes()
    assert 't="s"' not in part(after, "xl/worksheets/sheet1.xml")
    assert members(after)["xl/sharedStrings.xml"] == members(before)["xl/sharedStrings.xml"]


def test_style_and_foreign_attributes_of_a_cell_stay() -> None:
    rows = '<row r="1"><c r="A1" s="0" cm="1" vm="2" xmlns:z="urn:z" z:k="v"><v>1</v></c></row>'
    book = opened(package(sheet_xml(rows)))
    book["S"].set("A1", 2)
    written = rows_of(book.to_bytes())
    assert 's="0"' in written
    assert 'z:k="v"' in written
    assert "cm=" not in written  # metadata belongs to the old value
    assert "vm=" not in written


def test_a_blank_cell_keeps_its_look_and_a_plain_one_goes() -> None:
    rows = '<row r="1"><c r="A1" s="0"><v>1</v></c><c r="B1"><v>1</v></c></row>'
    book = opened(package(sheet_xml(rows)))
    book["S"].set("A1", None)
    book["S"].set("B1", None)
    assert rows_of(book.to_bytes()) == '<row r="1"><c r="A1" s="0"/></row>'


def test_a_date_gets_a_date_format_and_keeps_the_border() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A").write_number("A1", 5, book.add_format({"border": 1}))

    book = opened(made(build))
    book["A"].set("A1", date(2024, 6, 30))
    book["A"].set("A2", datetime(2024, 6, 30, 8, 15))
    sheet = read(book.to_bytes())["A"]
    assert sheet["A1"].value == datetime(2024, 6, 30)
    assert sheet["A1"].border.left.style == "thin"
    assert sheet["A2"].value == datetime(2024, 6, 30, 8, 15)


def test_a_date_keeps_the_format_the_cell_has() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A").write_number("A1", 5, book.add_format({"num_format": "dd/mm/yyyy"}))

    before = made(build)
    book = opened(before)
    book["A"].set("A1", date(2024, 6, 30))
    assert changed_parts(before, book.to_bytes()) == {"xl/worksheets/sheet1.xml"}


def test_new_cells_take_the_style_of_their_row_or_column() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("A")
        sheet.set_column("C:C", 10, book.add_format({"bold": True}))
        sheet.set_row(4, 20, book.add_format({"italic": True}))

    book = opened(made(build))
    book["A"].set("C2", 1)
    book["A"].set("B5", 1)
    sheet = read(book.to_bytes())["A"]
    assert sheet["C2"].font.bold
    assert sheet["B5"].font.italic


def test_dates_of_an_old_mac_workbook_count_from_1904() -> None:
    from ooxml_books import MAIN

    source = package(
        sheet_xml(""),
        odd__book_xml=f'<workbook xmlns="{MAIN}" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<workbookPr date1904="1"/><sheets><sheet name="S" sheetId="4" r:id="x"/></sheets></workbook>',
    )
    book = opened(source)
    book["S"].set("A1", date(1904, 1, 2))
    assert "<v>1</v>" in rows_of(book.to_bytes())
    assert book["S"].get("A1") == date(1904, 1, 2)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a\x00b", "control_character"),
        ("\x1b[31m", "control_character"),
        ("\ud800", "control_character"),
        ("x" * 32768, "text_too_long"),
        (float("nan"), "bad_number"),
        (float("inf"), "bad_number"),
        (Decimal("NaN"), "bad_number"),
        (10**400, "bad_number"),
        (date(1899, 12, 31), "bad_date"),
        (object(), "bad_value"),
    ],
)
def test_what_excel_cannot_hold_is_refused_and_nothing_changes(value: Any, code: str) -> None:
    before = grid()
    book = opened(before)
    with pytest.raises(EditRefused) as refusal:
        book["Biểu 1"].set("B3", value)
    assert refusal.value.code == f"edit.{code}"
    assert refusal.value.values["cell"] == "B3"
    assert book.to_bytes() == before


def guarded(book: Any) -> None:
    sheet = book.add_worksheet("A")
    sheet.merge_range("B2:C3", "gộp")
    sheet.write_formula("A5", "=1+1", None, 2)
    sheet.write_array_formula("E1:E3", "{=A1:A3}", None, 0)
    sheet.add_table("G1:H4", {"columns": [{"header": "Tên"}, {"header": "Số"}]})
    locked = book.add_worksheet("Khóa")
    locked.protect()
    locked.write_number("A1", 1)
    locked.write_number("A2", 1, book.add_format({"locked": False}))
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=A!$A$1:$A$3"})
    book.add_chartsheet("Hình").set_chart(chart)


@pytest.mark.parametrize(
    ("sheet", "cell", "code"),
    [
        ("A", "C3", "inside_merge"),
        ("A", "A5", "formula_cell"),
        ("A", "E2", "array"),
        ("A", "G1", "table_header"),
        ("Khóa", "A1", "locked_cell"),
        ("Khóa", "Z9", "locked_cell"),
        ("A", "XFE1", "no_such_cell"),
        ("A", "A0", "no_such_cell"),
        ("A", "", "no_such_cell"),
        ("Không có", "A1", "no_such_sheet"),
        ("Hình", "A1", "not_a_worksheet"),
    ],
)
def test_cells_that_must_not_be_written_over_are_refused(sheet: str, cell: str, code: str) -> None:
    source = made(guarded)
    book = opened(source)
    with pytest.raises(EditRefused) as refusal:
        book[sheet].set(cell, 1)
    assert refusal.value.code == f"edit.{code}"
    assert book.to_bytes() == source


def test_the_first_cell_of_a_merge_and_an_unlocked_cell_can_be_written() -> None:
    book = opened(made(guarded))
    book["A"].set("B2", "mới")
    book["Khóa"].set("A2", 2)
    sheet = read(book.to_bytes())
    assert sheet["A"]["B2"].value == "mới"
    assert sheet["Khóa"]["A2"].value == 2


def test_formulas_and_locked_cells_are_overwritten_when_asked() -> None:
    book = opened(made(guarded))
    book["A"].set("A5", 7, replace_formula=True)
    book["Khóa"].set("A1", 7, locked=True)
    assert book["A"].get("A5") == 7
    assert book["A"].formula("A5") is None
    assert book["Khóa"].get("A1") == 7


def test_a_template_gets_values_in_locked_cells_unless_a_password_holds_them() -> None:
    def locked(book: Any) -> None:
        book.add_worksheet("Khóa").protect()
        book.add_worksheet("Mật khẩu").protect("bí mật")

    book = opened(made(locked))
    book.lifts_protection = True
    book["Khóa"].set("A1", 7)
    assert book["Khóa"].get("A1") == 7
    assert book["Khóa"].guards.is_protected
    with pytest.raises(EditRefused, match="locked_cell"):
        book["Mật khẩu"].set("A1", 7)


def test_a_formula_is_written_with_its_result() -> None:
    book = opened(grid())
    book["Biểu 1"].set_formula("H1", '=SUM(A1:A3)&"<"', "63<")
    after = book.to_bytes()
    assert read(after)["Biểu 1"]["H1"].value == '=SUM(A1:A3)&"<"'
    assert read(after, data_only=True)["Biểu 1"]["H1"].value == "63<"


@pytest.mark.parametrize("formula", ["", "=", "=" + "1+" * 4096 + "1", "=A1&\x00"])
def test_a_formula_excel_cannot_hold_is_refused(formula: str) -> None:
    book = opened(grid())
    with pytest.raises(EditRefused):
        book["Biểu 1"].set_formula("H1", formula)


SHARED = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2+$A$1</f><v>3</v></c></row>'
    '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>5</v></c></row>'
    '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f t="shared" si="0"/><v>7</v></c></row>'
)


def test_overwriting_the_master_of_a_shared_formula_leaves_the_others_their_text() -> None:
    book = opened(package(sheet_xml(SHARED)))
    assert book["S"].formula("B3") == "=A3*2+$A$1"
    book["S"].set("B1", 9, replace_formula=True)
    assert "shared" not in rows_of(book.to_bytes())
    assert book["S"].formula("B2") == "=A2*2+$A$1"
    assert book["S"].formula("B3") == "=A3*2+$A$1"


def test_overwriting_a_member_of_a_shared_formula_leaves_it_shared() -> None:
    book = opened(package(sheet_xml(SHARED)))
    book["S"].set("B2", 9, replace_formula=True)
    assert 'ref="B1:B3" si="0">A1*2+$A$1</f>' in rows_of(book.to_bytes())
    assert book["S"].formula("B3") == "=A3*2+$A$1"


def test_marked_cells_keep_their_value_and_look() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A").write_string("A1", "x", book.add_format({"bold": True, "num_format": "0.00"}))

    book = opened(made(build))
    book["A"].mark("A1", "FFC7CE")
    book["A"].mark("B7", "FFC7CE")
    sheet = read(book.to_bytes())["A"]
    assert sheet["A1"].value == "x"
    assert sheet["A1"].font.bold
    assert sheet["A1"].number_format == "0.00"
    assert {sheet[cell].fill.fgColor.rgb for cell in ("A1", "B7")} == {"FFFFC7CE"}


def test_row_heights_and_hidden_rows_can_be_asked_and_set() -> None:
    book = opened(grid())
    sheet = book["Biểu 1"]
    assert sheet.row_height(3) is None
    sheet.set_row_height(3, 31.5)
    sheet.set_row_hidden(4, True)
    again = opened(book.to_bytes())["Biểu 1"]
    assert again.row_height(3) == 31.5
    assert again.row_hidden(4)
    assert not again.row_hidden(5)
    with pytest.raises(EditRefused):
        sheet.set_row_height(3, 1000)


@pytest.mark.parametrize("look", ["h:mm", "[h]:mm:ss", "[$-F400]h:mm:ss AM/PM", 33, 58])
def test_a_date_in_a_cell_that_shows_only_times_gets_a_date_format(look: str | int) -> None:
    def build(book: Any) -> None:
        book.add_worksheet("S").write("A1", 0.5, book.add_format({"num_format": look, "bold": True}))

    book = opened(made(build))
    book["S"].set("A1", date(2024, 6, 30))
    cell = read(book.to_bytes())["S"]["A1"]
    assert (cell.value, cell.font.bold) == (datetime(2024, 6, 30), True)


def test_a_cell_whose_style_is_written_empty_can_be_set() -> None:
    book = opened(package(sheet_xml('<row r="1"><c r="A1" s=""><v>1</v></c><c r="B1" s=""/></row>')))
    book["S"].set("A1", date(2024, 6, 30))
    book["S"].mark("B1", "FFFF00")
    saved = read(book.to_bytes())["S"]
    assert saved["A1"].value == datetime(2024, 6, 30)
    assert saved["B1"].fill.fgColor.rgb.endswith("FFFF00")
