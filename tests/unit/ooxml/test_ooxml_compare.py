"""What differs between two workbooks; and that the comparison can fail."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from ooxml_books import grid, made, members, opened, package, replaced, sheet_xml

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.compare import CellChange, compare


def edited(before: bytes, *edits: tuple[str, Any]) -> bytes:
    book = opened(before)
    for cell, value in edits:
        book["Biểu 1"].set(cell, value)
    return book.to_bytes()


def test_the_same_workbook_does_not_differ() -> None:
    found = compare(grid(), grid())
    assert found.is_equal
    assert len(found.identical) == len(members(grid()))


def test_a_changed_value_is_found_at_its_cell() -> None:
    before = grid(H1="=SUM(A1:A3)")
    found = compare(before, edited(before, ("B3", "chữ"), ("Z9", 5), ("A9", None)))
    assert not found.is_equal
    assert found.cells == (
        CellChange("Biểu 1", "B3", "value", "n 32", "text chữ"),
        CellChange("Biểu 1", "A9", "value", "n 91", ""),
        CellChange("Biểu 1", "Z9", "value", "", "n 5"),
    )
    assert found.changed == ("xl/worksheets/sheet1.xml",)


def test_a_changed_formula_and_a_changed_look_are_found() -> None:
    before = grid(H1="=SUM(A1:A3)")
    book = opened(before)
    book["Biểu 1"].set_formula("H1", "=SUM(A1:A4)", 0)
    book["Biểu 1"].mark("B2", "FFC7CE")
    found = compare(before, book.to_bytes())
    assert [(change.cell, change.what) for change in found.cells] == [("H1", "formula"), ("B2", "style")]


def test_a_text_of_which_a_piece_became_bold_looks_otherwise() -> None:
    def build(size: int) -> bytes:
        def fill(book: Any) -> None:
            look = book.add_format({"bold": True, "font_size": size})
            book.add_worksheet("S").write_rich_string("A1", "thường ", look, "đậm")

        return made(fill)

    found = compare(build(12), build(13))
    assert [(change.cell, change.what) for change in found.cells] == [("A1", "style")]
    inline = '<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>x</t></r></is></c></row>'
    found = compare(package(sheet_xml(inline)), package(sheet_xml(inline.replace("<b/>", "<i/>"))))
    assert [(change.cell, change.what) for change in found.cells] == [("A1", "style")]


def test_the_same_text_shared_or_in_the_cell_is_the_same() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("Biểu 1").write_string("A1", "chữ")

    before = made(build)
    found = compare(before, edited(before, ("A1", "chữ")))
    assert found.cells == ()
    assert found.changed == ("xl/worksheets/sheet1.xml",)


def test_other_elements_and_rows_are_found() -> None:
    before = grid()
    book = opened(before)
    book["Biểu 1"].set_row_height(3, 30)
    book["Biểu 1"].add_hyperlink("A1", "https://vi.vn")
    found = compare(before, book.to_bytes())
    assert {change.what for change in found.elements} == {"row 3", "hyperlinks"}


def test_parts_missing_added_and_rewritten_are_told_apart() -> None:
    before = grid()
    spaced = replaced(before, "docProps/core.xml", lambda text: text.replace('encoding="UTF-8"', "encoding='UTF-8'"))
    assert compare(before, spaced).rewritten == ("docProps/core.xml",)
    assert compare(before, spaced).is_equal
    stream = io.BytesIO(before)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("customXml/item1.xml", "<a/>")
    assert compare(before, stream.getvalue()).added == ("customXml/item1.xml",)
    assert compare(stream.getvalue(), before).missing == ("customXml/item1.xml",)


def test_sheets_added_and_gone_are_told() -> None:
    before = grid()
    book = opened(before)
    book.add_sheet("Mới")
    assert compare(before, book.to_bytes()).sheets_added == ("Mới",)
    assert compare(book.to_bytes(), before).sheets_missing == ("Mới",)


def test_a_changed_table_of_texts_is_seen_in_the_cells() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("Biểu 1").write_string("A1", "chữ")

    before = made(build)
    after = replaced(before, "xl/sharedStrings.xml", lambda text: text.replace("chữ", "khác"))
    assert [(change.cell, change.new) for change in compare(before, after).cells] == [("A1", "text khác")]


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/core.xml"])
def test_a_damaged_member_is_not_compared_away(member: str) -> None:
    content = bytearray(grid())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        info = archive.getinfo(member)
    at = info.header_offset + 30 + len(member) + info.compress_size // 2
    content[at] ^= 0xFF
    with pytest.raises(EditRefused) as refusal:
        compare(grid(), bytes(content))
    assert refusal.value.code in ("edit.damaged_zip", "edit.damaged_xml")


def test_files_are_compared_by_path_and_missing_ones_named(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(grid())
    assert compare(tmp_path / "a.xlsx", str(tmp_path / "a.xlsx")).is_equal
    with pytest.raises(EditRefused) as refusal:
        compare(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert str(tmp_path / "b.xlsx") in str(refusal.value.values["file"])
