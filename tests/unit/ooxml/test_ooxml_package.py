"""Odd, damaged and hostile packages: read by relationships, edited without loss, or refused by name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ooxml_books import changed_parts, grid, made, members, opened, package, part, replaced, rows_of, sheet_xml

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def refused(content: bytes) -> str:
    """The reason for which a workbook is not opened or not edited."""
    with pytest.raises(EditRefused) as refusal:
        book = opened(content)
        book[book.sheetnames[0]].set("A1", 5)
    assert refusal.value.values["file"] == "thử.xlsx"
    return refusal.value.code


def test_without_an_edit_the_very_same_bytes_come_back() -> None:
    before = grid(H1="=SUM(A1:A9)")
    book = opened(before)
    assert book["Biểu 1"].get("A1") == 11
    assert book["Biểu 1"].formula("H1") == "=SUM(A1:A9)"
    assert book.name_area("x") is None
    assert book.to_bytes() == before


def test_parts_are_found_by_relationship_and_not_by_name() -> None:
    book = opened(package(sheet_xml(ROW)))
    assert book.sheetnames == ["S"]
    book["S"].set("A1", 2)
    assert rows_of(book.to_bytes()) == ROW.replace("<v>1", "<v>2")


@pytest.mark.parametrize("target", ["page.xml", "/odd/page.xml", "..\\odd\\page.xml", "PAGE.XML", "./x/../page.xml"])
def test_targets_of_relationships_are_resolved_as_the_standard_says(target: str) -> None:
    book = opened(
        replaced(package(sheet_xml(ROW)), "odd/_rels/book.xml.rels", lambda text: text.replace("page.xml", target))
    )
    assert book["S"].get("A1") == 1


def test_member_names_with_backslashes_are_understood() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members(package(sheet_xml(ROW))).items():
            archive.writestr(name.replace("/", "\\"), content)
    book = opened(stream.getvalue())
    book["S"].set("A1", 2)
    assert opened(book.to_bytes())["S"].get("A1") == 2


def test_strict_namespaces_are_kept() -> None:
    def strict(text: str) -> str:
        return text.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                            "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships")  # fmt: skip

    content = grid()
    for name in members(content):
        if name.endswith((".xml", ".rels")):
            content = replaced(content, name, strict)
    book = opened(content)
    book["Biểu 1"].set("A1", "chữ")
    book["Biểu 1"].insert_rows(2, 1)
    book["Biểu 1"].add_note("A1", "x")
    book.add_sheet("Mới", [[1]])
    after = book.to_bytes()
    assert opened(after)["Mới"].get("A1") == 1
    for name, text in members(after).items():
        if name.endswith((".xml", ".rels")) and "theme" not in name:
            assert b"openxmlformats.org/spreadsheetml" not in text, name
            assert b"openxmlformats.org/officeDocument/2006/relationships" not in text, name


A1, B1, A2 = '<c r="A1"><v>1</v></c>', '<c r="B1"><v>2</v></c>', '<c r="A2"><v>3</v></c>'
ONE, TWO = f'<row r="1">{A1}{B1}</row>', f'<row r="2">{A2}</row>'
ODD_ROWS = {
    "no numbers at all": "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
    "cells without address": '<row r="1"><c><v>1</v></c><c><v>2</v></c></row><row r="2"><c><v>3</v></c></row>',
    "rows without number": f"<row>{A1}{B1}</row><row>{A2}</row>",
    "cells out of order": f'<row r="1">{B1}{A1}</row>{TWO}',
    "rows out of order": TWO + ONE,
    "single quotes": (ONE + TWO).replace('"', "'"),
    "blanks everywhere": f'\n <row  r = "1" >\n<c  s="0"  r="A1" ><v>1</v></c>\t{B1} </row >\n{TWO}\n',
    "blanks in end tags": ONE.replace("</c>", "</c\n>").replace("</v>", "</v >") + TWO,
    "comments": f'<!-- x --><row r="1">{A1}<!-- </c> -->{B1}</row>{TWO}',
    "character data": ONE.replace("<v>1</v>", "<v><![CDATA[1]]></v>") + TWO,
    "instructions": f"<?x y?>{ONE}{TWO}",
    "row with an extension": ONE.replace("</row>", "<extLst/></row>") + TWO.replace("</v>", "</v><extLst/>"),
    "blank row": f'{ONE}{TWO}<row r="9"/>',
}


@pytest.mark.parametrize("rows", ODD_ROWS.values(), ids=ODD_ROWS)
@pytest.mark.parametrize("edit", ["set", "new", "rows", "columns", "delete"])
def test_rows_written_in_odd_ways_are_edited_like_any(rows: str, edit: str) -> None:
    book = opened(package(sheet_xml(rows)))
    sheet = book["S"]
    expected: dict[str, Any] = {"A1": 1, "B1": 2, "A2": 3}
    if edit == "set":
        sheet.set("A1", 7)
        expected["A1"] = 7
    elif edit == "new":
        sheet.set("C1", 7)
        expected["C1"] = 7
    elif edit == "rows":
        sheet.insert_rows(2, 2)
        expected = {"A1": 1, "B1": 2, "A4": 3, "A2": None}
    elif edit == "columns":
        sheet.insert_columns(2, 1)
        expected = {"A1": 1, "B1": None, "C1": 2, "A2": 3}
    else:
        sheet.delete_columns(1, 1)
        expected = {"A1": 2, "B1": None, "A2": None}
    again = opened(book.to_bytes())["S"]
    assert {cell: again.get(cell) for cell in expected} == expected
    assert again.last_row <= 11


def test_a_sheet_in_utf_16_and_one_with_a_byte_order_mark_are_edited() -> None:
    text = sheet_xml(ROW).replace("UTF-8", "UTF-16")
    book = opened(package(text.encode("utf-16")))
    book["S"].set("A1", "Đ")
    assert opened(book.to_bytes())["S"].get("A1") == "Đ"
    book = opened(package(b"\xef\xbb\xbf" + sheet_xml(ROW).encode()))
    book["S"].set("A1", "Đ")
    assert members(book.to_bytes())["odd/page.xml"].startswith(b"\xef\xbb\xbf<?xml")


def test_a_sheet_without_rows_or_with_a_closed_list_of_rows_takes_cells() -> None:
    for xml in (sheet_xml(""), sheet_xml("").replace("<sheetData></sheetData>", "<sheetData/>")):
        book = opened(package(xml))
        book["S"].set("B2", 5)
        assert rows_of(book.to_bytes()) == '<row r="2"><c r="B2"><v>5</v></c></row>'


def test_a_workbook_without_styles_gets_them_when_a_date_is_written() -> None:
    from datetime import date

    book = opened(package(sheet_xml(ROW)))
    book["S"].set("A1", date(2024, 6, 30))
    again = opened(book.to_bytes())
    assert again["S"].get("A1") == date(2024, 6, 30)


def test_a_chart_sheet_in_front_does_not_disturb() -> None:
    def build(book: Any) -> None:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=A!$A$1:$A$9"})
        book.add_chartsheet("Hình").set_chart(chart)
        book.add_worksheet("A").write_number("A1", 1)

    book = opened(made(build))
    assert book.sheetnames == ["Hình", "A"]
    book["A"].insert_rows(5, 2)
    assert "A!$A$1:$A$11" in part(book.to_bytes(), "xl/charts/chart1.xml")


def test_rich_and_phonetic_texts_are_read_as_shown() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>Đơn </t></r><r><t>vị</t></r>'
        '<rPh sb="0" eb="1"><t>x</t></rPh></is></c><c r="B1" t="str"><f>"a"</f><v>a_x000D_b</v></c>'
        '<c r="C1" t="b"><v>1</v></c><c r="D1" t="e"><v>#N/A</v></c><c r="E1" t="d"><v>2024-06-30T08:15:00</v></c>'
        '<c r="F1"><v>1E3</v></c><c r="G1"><f>1+1</f></c><c r="H1" t="s"><v>99</v></c></row>'
    )
    sheet = opened(package(sheet_xml(rows)))["S"]
    assert sheet.get("A1") == "Đơn vị"
    assert sheet.get("B1") == "a\rb"
    assert sheet.get("C1") is True
    assert str(sheet.get("D1")) == "CellError(code='#N/A')"
    assert str(sheet.get("E1")) == "2024-06-30 08:15:00"
    assert sheet.get("F1") == 1000
    assert sheet.get("G1") is None
    assert sheet.get("H1") is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_workbook"),
        (b"PK\x03\x04 garbage", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
        (package(sheet_xml(ROW + ROW)), "duplicate_row"),
        (package(sheet_xml('<row r="1"><c r="A9"><v>1</v></c></row>')), "cell_in_wrong_row"),
        (package(sheet_xml('<row r="1048577"><c r="A1"><v>1</v></c></row>')), "row_outside"),
        (package(sheet_xml(ROW, after="<sheetData/>")), "odd_sheet"),
        (package("<html><body/></html>"), "not_a_worksheet"),
        (package(sheet_xml(ROW), odd__book_xml='<!DOCTYPE a [<!ENTITY b "c">]><b>&b;</b>'), "document_type"),
        (package(sheet_xml(ROW), odd__book_xml="<workbook><"), "damaged_xml"),
        (package(sheet_xml(ROW), {"ODD/page.XML": "x"}), "duplicate_part"),
        (package(sheet_xml(ROW), odd__book_xml="<notebook/>"), "not_a_workbook"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_damaged_and_foreign_files_are_refused_by_name(content: bytes, code: str) -> None:
    assert refused(content) == f"edit.{code}"


def test_a_wrong_checksum_is_refused() -> None:
    content = bytearray(package(sheet_xml(ROW)))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        info = archive.getinfo("odd/page.xml")
    at = info.header_offset + 30 + len("odd/page.xml") + 20
    content[at] ^= 0xFF
    assert refused(bytes(content)) in ("edit.damaged_zip", "edit.damaged_xml")


def test_damage_in_a_part_that_is_not_edited_is_refused_too() -> None:
    content = bytearray(grid())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        info = archive.getinfo("xl/theme/theme1.xml")
    at = info.header_offset + 30 + len("xl/theme/theme1.xml") + 200
    content[at] ^= 0xFF
    book = opened(bytes(content))
    book["Biểu 1"].set("A1", 1)
    with pytest.raises(EditRefused) as refusal:
        book.to_bytes()
    assert refusal.value.code == "edit.damaged_zip"


def with_root_relation(kind: str, parts: dict[str, str]) -> bytes:
    return replaced(
        package(sheet_xml(ROW), parts),
        "_rels/.rels",
        lambda text: text.replace(
            "</Relationships>",
            f'<Relationship Id="o" Type="http://x/{kind}" Target="_xmlsignatures/origin.sigs"/></Relationships>',
        ),
    )


def test_a_signed_workbook_is_refused_unless_the_signature_may_go(tmp_path: Path) -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" '
        'Type="http://x/signature" Target="sig1.xml"/></Relationships>'
    )
    signed = with_root_relation(
        "origin",
        {
            "_xmlsignatures/origin.sigs": "",
            "_xmlsignatures/sig1.xml": "<Signature/>",
            "_xmlsignatures/_rels/origin.sigs.rels": rels,
        },
    )
    assert refused(signed) == "edit.signed"
    path = tmp_path / "ký.xlsx"
    path.write_bytes(signed)
    book = Workbook.open(path, drop_signatures=True)
    book["S"].set("A1", 5)
    after = members(book.to_bytes())
    assert not [name for name in after if "signature" in name]
    assert b"origin" not in after["_rels/.rels"]


def test_a_shared_workbook_with_a_log_is_refused() -> None:
    content = replaced(
        package(sheet_xml(ROW), {"odd/revisions.xml": "<headers/>"}),
        "odd/_rels/book.xml.rels",
        lambda text: text.replace(
            "</Relationships>",
            '<Relationship Id="h" Type="http://x/revisionHeaders" Target="revisions.xml"/></Relationships>',
        ),
    )
    assert refused(content) == "edit.shared_workbook"


def test_a_macro_workbook_keeps_its_macros_byte_for_byte() -> None:
    vba = bytes(range(256)) * 9

    def build(book: Any) -> None:
        import os
        import tempfile

        descriptor, name = tempfile.mkstemp()
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(vba)
        book.add_vba_project(name)
        book.add_worksheet("A")

    before = made(build)
    book = opened(before)
    book["A"].set("A1", 1)
    book["A"].insert_rows(1, 1)
    assert members(book.to_bytes())["xl/vbaProject.bin"] == vba
    assert [notice.code for notice in book.notices] == ["vba"]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40).filter(
    lambda text: not ("\ufffe" in text or "\uffff" in text)
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
    TEXT,
    st.dates(min_value=__import__("datetime").date(1900, 1, 1)),
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(1, 40), st.integers(1, 30)), VALUES, max_size=12))
def test_whatever_is_set_anywhere_is_got_back(cells: dict[tuple[int, int], Any]) -> None:
    before = grid(10, 5)
    book = opened(before)
    for (row, column), value in cells.items():
        book["Biểu 1"].set(cell_name(row, column), value)
    again = opened(book.to_bytes())["Biểu 1"]
    for (row, column), value in cells.items():
        assert again.get(cell_name(row, column)) == value
    untouched = {(row, column) for row in range(1, 11) for column in range(1, 6)} - cells.keys()
    for row, column in untouched:
        assert again.get(cell_name(row, column)) == row * 10 + column
    assert changed_parts(before, book.to_bytes()) <= {"xl/worksheets/sheet1.xml", "xl/styles.xml"}
