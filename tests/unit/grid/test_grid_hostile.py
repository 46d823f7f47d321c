"""What a hostile or damaged workbook may try: each is refused by its own code, none costs time or memory."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from grid_packages import (
    CONTENT_TYPES,
    MAIN,
    book,
    pack,
    parts,
    relationships,
    sheet_xml,
    strings_xml,
    workbook_xml,
)

from thidua_xl.errors import InputRefused
from thidua_xl.grid import Limits, read_book

ONE = '<row r="1"><c r="A1"><v>5</v></c></row>'
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "9">]>'


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(InputRefused) as caught:
        read_book(data, name="a.xlsx", limits=limits or Limits())
    assert caught.value.values["file"] == "a.xlsx"
    return caught.value.code.removeprefix("input.")


def test_the_plain_workbook_is_read() -> None:
    assert read_book(book(ONE)).sheets[0].value(1, 1) == 5


# -- the container -------------------------------------------------------------------------------------------


def test_a_wrong_checksum_is_damage() -> None:
    data = bytearray(pack(parts(ONE), stored=True))
    place = data.index(b"<v>5</v>")
    data[place + 3 : place + 4] = b"7"
    assert code_of(bytes(data)) == "damaged"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_off_is_damage(share: float) -> None:
    data = book(ONE)
    assert code_of(data[: int(len(data) * share)]) == "damaged"


def test_bytes_in_front_are_refused() -> None:
    assert code_of(b"PK\x03\x04" + b"\0" * 60 + book(ONE)) == "unsafe_package"


def test_two_workbooks_glued_are_refused() -> None:
    assert code_of(book(ONE) + book('<row r="1"><c r="A1"><v>777</v></c></row>')) == "unsafe_package"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "second", ["xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.xml", "xl\\worksheets\\sheet1.xml"]
)
def test_a_member_twice_is_refused(second: str) -> None:
    stream = io.BytesIO(book(ONE))
    with zipfile.ZipFile(stream, "a") as archive:
        member = zipfile.ZipInfo("x")
        member.filename = second
        archive.writestr(member, sheet_xml('<row r="1"><c r="A1"><v>777</v></c></row>'))
    assert code_of(stream.getvalue()) == "unsafe_package"


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "C:/evil.xml"])
def test_names_that_leave_the_package_are_refused(name: str) -> None:
    assert code_of(pack(parts(ONE) | {name: "x"})) == "unsafe_package"


def test_an_unknown_compression_is_refused() -> None:
    data = bytearray(book(ONE))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 10, 12)
    assert code_of(bytes(data)) == "unsafe_package"


def test_an_encrypted_member_says_so() -> None:
    data = bytearray(book(ONE))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert code_of(bytes(data)) == "locked_other"


def test_members_that_share_bytes_are_refused() -> None:
    data = bytearray(book(ONE))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    struct.pack_into("<I", data, second + 42, 0)  # the second member begins where the first does
    assert code_of(bytes(data)) in ("unsafe_package", "damaged")


def test_a_local_header_with_another_name_is_refused() -> None:
    data = book(ONE)
    at = data.index(b"xl/worksheets/sheet1.xml")
    assert code_of(data[:at] + b"xl/worksheets/sheet2.xml" + data[at + 24 :]) == "unsafe_package"


def test_too_many_members_are_refused() -> None:
    many = {f"customXml/item{i}.xml": "<a/>" for i in range(1001)}
    assert code_of(pack(parts(ONE) | many)) == "unsafe_package"


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    assert code_of(pack(parts(ONE) | {"xl/media/image1.png": b"\0" * (5 << 20)})) == "bomb"


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(pack(parts(ONE) | {"xl/media/image1.png": b"\0" * (5 << 20)}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)
    assert code_of(bytes(data)) == "damaged"


def test_all_parts_together_have_a_limit() -> None:
    big = {f"xl/media/image{i}.bin": os.urandom(40_000) for i in range(4)}
    assert code_of(pack(parts(ONE) | big), Limits(total_bytes=100_000)) == "bomb"


# -- XML -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "_rels/.rels",
        "xl/styles.xml",
        "docProps/core.xml",
        "xl/_rels/workbook.xml.rels",
    ],
)
def test_a_document_type_is_refused_in_every_part(part: str) -> None:
    members = (
        parts(ONE, strings=strings_xml("a"), styles=f'<styleSheet xmlns="{MAIN}"/>') | {"docProps/core.xml": "<a/>"}
        if part == "docProps/core.xml"
        else parts(ONE, strings=strings_xml("a"), styles=f'<styleSheet xmlns="{MAIN}"/>')
    )
    text = str(members[part])
    at = text.index("?>") + 2 if text.startswith("<?xml") else 0
    assert code_of(pack(members | {part: text[:at] + DOCTYPE + text[at:]})) == "dtd"


def test_an_entity_cannot_change_an_amount() -> None:
    rows = '<row r="1"><c r="A1"><v>&a;</v></c></row>'
    text = sheet_xml(rows).replace("<worksheet", DOCTYPE + "<worksheet")
    assert code_of(book(sheet=text)) == "dtd"


def test_an_unknown_entity_is_damage() -> None:
    assert code_of(book('<row r="1"><c r="A1" t="str"><v>a&b;c</v></c></row>')) == "damaged"


@pytest.mark.parametrize("encoding", ["windows-1258", "iso-8859-1", "utf-7"])
def test_another_encoding_than_unicode_is_refused(encoding: str) -> None:
    text = sheet_xml(ONE).replace('encoding="UTF-8"', f'encoding="{encoding}"')
    assert code_of(book(sheet=text)) == "bad_encoding"


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>5</body></html>",
        '<worksheet xmlns="urn:other"><sheetData><row r="1"><c r="A1"><v>5</v></c></row></sheetData></worksheet>',
        "<worksheet><sheetData/></worksheet>",
        f'<worksheet xmlns="{MAIN}"></worksheet>',
        f'<worksheet xmlns="{MAIN}"><sheetData/><sheetData/></worksheet>',
        sheet_xml(ONE, after=f"<sheetData>{ONE}</sheetData>"),
    ],
)
def test_what_is_no_sheet_is_never_an_empty_sheet(text: str) -> None:
    assert code_of(book(sheet=text)) == "bad_sheet"


@pytest.mark.parametrize("text", ["", "   ", "<worksheet", "not xml", f'<worksheet xmlns="{MAIN}"><sheetData>'])
def test_ill_formed_xml_is_damage(text: str) -> None:
    assert code_of(book(sheet=text)) == "damaged"


def test_xml_nested_without_end_is_refused() -> None:
    deep = "<a>" * 200 + "</a>" * 200
    assert (
        code_of(
            book(
                sheet=sheet_xml(
                    ONE,
                    after=f"<extLst>{deep}</extLst>".replace("<a>", "<b>")
                    .replace("</a>", "</b>")
                    .replace("<b>", "<mergeCell x='1'>")
                    .replace("</b>", "</mergeCell>"),
                )
            )
        )
        == "bad_sheet"
    )


# -- the grid ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="1"><c r="A1"><v>5</v></c><c r="A1"><v>777</v></c></row>', "bad_sheet"),
        ('<row r="1"><c r="A1"><v>5</v></c></row><row r="1"><c r="A1"><v>777</v></c></row>', "bad_sheet"),
        ('<row r="1"><c r="A9"><v>5</v></c></row>', "bad_sheet"),
        ('<row r="1048577"><c r="A1048577"><v>5</v></c></row>', "bad_sheet"),
        ('<row r="1"><c r="XFE1"><v>5</v></c></row>', "bad_sheet"),
        ('<row r="0"><c r="A0"><v>5</v></c></row>', "bad_sheet"),
        ('<row r="1"><c r="A1" t="zzz"><v>5</v></c></row>', "bad_sheet"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "bad_reference"),
        ('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', "bad_reference"),
        ('<row r="1"><c r="A1" t="s"><v>0.5</v></c></row>', "bad_reference"),
        ('<row r="1"><c r="A1" t="s"><v>１</v></c></row>', "bad_reference"),
        ('<row r="1"><c r="A1"><v>5</v><v>7</v></c></row>', "bad_sheet"),
        ('<row r="1"><c r="A1"><v>5<b>9</b></v></c></row>', "bad_sheet"),
        ('<row r="1"><c r="A1"><v>5</v><c r="B1"><v>7</v></c></c></row>', "bad_sheet"),
        ('<row r="1"><c r="A1"><q:v xmlns:q="urn:q">5</q:v></c></row>', "bad_sheet"),
        ('<row r="1">7<c r="A1"><v>5</v></c></row>', "bad_sheet"),
        ('<Row r="1"><c r="A1"><v>5</v></c></Row>', "bad_sheet"),
        ('<row r="1"><c r="A1" t="inlineStr"><v>5</v></c></row>', "bad_sheet"),
        ('<row r="1"><c r="A1" t="s"><is><t>a</t></is></c></row>', "bad_sheet"),
    ],
)
def test_cells_that_can_be_read_in_two_ways_are_refused(rows: str, code: str) -> None:
    assert code_of(book(rows, strings=strings_xml("a", "b"))) == code


def test_foreign_elements_that_a_sheet_lets_readers_ignore_are_passed_over() -> None:
    ignorable = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:q="urn:q"'
    row = '<row r="1"><q:a><q:v>9</q:v></q:a><c r="A1"><v>5</v><q:b/></c></row>'
    sheet = sheet_xml(row).replace("<worksheet ", f'<worksheet {ignorable} mc:Ignorable="q" ', 1)
    assert read_book(pack(parts(sheet=sheet))).sheets[0].value(1, 1) == 5


def test_a_sheet_of_cells_behind_the_word_for_a_chart_is_refused() -> None:
    members = parts(ONE)
    listing = "xl/_rels/workbook.xml.rels"
    members[listing] = members[listing].replace('/worksheet"', '/chartsheet"')
    assert code_of(pack(members)) == "bad_reference"


def test_a_sheet_in_an_unknown_state_is_refused() -> None:
    members = parts(ONE)
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace("<sheet ", '<sheet state="zzz" ', 1)
    assert code_of(pack(members)) == "bad_sheet"


@pytest.mark.parametrize("reference", ["A1:ZZZZ9", "A0:B2", "x", "A1:XFE2"])
def test_a_merge_outside_the_grid_is_refused(reference: str) -> None:
    after = f'<mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells>'
    assert code_of(book(sheet=sheet_xml(ONE, after=after))) == "bad_sheet"


def test_too_many_cells_are_refused() -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(1, 102))
    assert code_of(book(rows), Limits(cells=100)) == "too_many_cells"


# -- relationships -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("../../../etc/passwd", "bad_reference"),
        ("/../secret.xml", "bad_reference"),
        ("file:///etc/passwd", "bad_reference"),
        ("//server/share/sheet.xml", "bad_reference"),
        ("C:/secret.xml", "bad_reference"),
        ("worksheets/missing.xml", "bad_reference"),
        ("workbook.xml", "bad_sheet"),
    ],
)
def test_a_sheet_outside_the_package_is_refused(target: str, code: str) -> None:
    members = parts(ONE) | {"xl/_rels/workbook.xml.rels": relationships(("rId1", "worksheet", target))}
    assert code_of(pack(members)) == code


def test_a_sheet_from_the_network_is_refused() -> None:
    outside = relationships(("rId1", "worksheet", "https://example.com/s.xml"), mode=' TargetMode="External"')
    assert code_of(pack(parts(ONE) | {"xl/_rels/workbook.xml.rels": outside})) == "bad_reference"


def test_two_sheets_in_one_part_are_refused() -> None:
    both = relationships(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet1.xml"))
    members = parts(ONE) | {"xl/workbook.xml": workbook_xml("A", "B"), "xl/_rels/workbook.xml.rels": both}
    assert code_of(pack(members)) == "bad_reference"


def test_two_sheets_of_one_name_are_refused() -> None:
    both = relationships(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml"))
    members = parts(ONE) | {
        "xl/workbook.xml": workbook_xml("Biểu 05", "biểu 05"),
        "xl/worksheets/sheet2.xml": sheet_xml(ONE),
        "xl/_rels/workbook.xml.rels": both,
    }
    assert code_of(pack(members)) == "bad_reference"


def test_a_relationship_id_twice_is_refused() -> None:
    both = relationships(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId1", "worksheet", "worksheets/sheet1.xml"))
    assert code_of(pack(parts(ONE) | {"xl/_rels/workbook.xml.rels": both})) == "bad_reference"


@pytest.mark.parametrize(
    ("members", "seen"),
    [
        (
            {"word/document.xml": "<a/>", "_rels/.rels": relationships(("r", "officeDocument", "word/document.xml"))},
            "docx",
        ),
        (
            {
                "ppt/presentation.xml": "<a/>",
                "_rels/.rels": relationships(("r", "officeDocument", "ppt/presentation.xml")),
            },
            "pptx",
        ),
        ({"readme.txt": "hello"}, "zip"),
        ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}, "text"),
    ],
)
def test_another_kind_of_package_is_named(members: dict[str, str], seen: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_book(pack({"[Content_Types].xml": CONTENT_TYPES} | members))
    assert (caught.value.code, caught.value.values["seen"]) == ("input.not_a_workbook", seen)


def test_a_cell_with_one_value_in_v_and_another_in_is_is_refused() -> None:
    both = '<row r="1"><c r="A1" t="{}"><v>5</v><is><t>{}</t></is></c></row>'
    assert code_of(book(both.format("inlineStr", "777"))) == "bad_sheet"
    assert code_of(book(both.format("n", "777"))) == "bad_sheet"
    assert read_book(book(both.format("inlineStr", "5"))).sheets[0].value(1, 1) == "5"


def test_a_package_without_content_types_is_damage() -> None:
    members = parts(ONE)
    del members["[Content_Types].xml"]
    assert code_of(pack(members)) == "damaged"


def test_two_tables_of_strings_or_two_workbooks_in_one_package_are_refused() -> None:
    members = parts(ONE, strings=strings_xml("a")) | {"xl/other.xml": strings_xml("b")}
    sheet = ("rId1", "worksheet", "worksheets/sheet1.xml")
    strings = [(f"rId{i}", "sharedStrings", name) for i, name in enumerate(("sharedStrings.xml", "other.xml"), 8)]
    assert code_of(pack(members | {"xl/_rels/workbook.xml.rels": relationships(sheet, *strings)})) == "bad_sheet"
    books = [(f"rId{i}", "officeDocument", name) for i, name in enumerate(("xl/workbook.xml", "xl/other.xml"))]
    assert code_of(pack(members | {"_rels/.rels": relationships(*books)})) == "bad_sheet"


def test_a_sheet_that_lost_its_part_or_its_name_is_refused() -> None:
    members = parts(ONE)
    whole = workbook_xml("Biểu 05")
    assert code_of(pack(members | {"xl/workbook.xml": whole.replace(' r:id="rId1"', "")})) == "bad_reference"
    assert code_of(pack(members | {"xl/workbook.xml": whole.replace("Biểu 05", "")})) == "bad_sheet"


# -- the file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "seen"),
    [
        (b"", "empty", None),
        (b"<html><table><tr><td>5</td></tr></table></html>", "html_as_xls", "HTML"),
        ("\ufeff<!DOCTYPE html><html>".encode(), "html_as_xls", "HTML"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "html_as_xls",
            "XML",
        ),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "html_as_xls", "MHTML"),
        ("STT;Họ tên;Số tiền\n1;A;5\n".encode(), "html_as_xls", "CSV"),
        ("STT\tHọ tên\n1\tA\n".encode("utf-16"), "html_as_xls", "CSV"),
        (b"%PDF-1.7\n", "not_a_workbook", "pdf"),
        (b"Rar!\x1a\x07\x00", "not_a_workbook", "rar"),
        (b"\x89PNG\r\n", "not_a_workbook", "png"),
        (b"{\\rtf1", "not_a_workbook", "rtf"),
        (b"\x00\x01\x02\x03" * 100, "not_a_workbook", "?"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00", "old_format", None),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000, "damaged", None),
    ],
)
def test_what_a_file_really_is_decides(data: bytes, code: str, seen: str | None) -> None:
    with pytest.raises(InputRefused) as caught:
        read_book(data, name="a.xls")
    assert caught.value.code == f"input.{code}"
    assert caught.value.values.get("seen") == seen


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with named pipes")
def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "a.xlsx"
    os.mkfifo(pipe)
    with pytest.raises(InputRefused, match=r"input\.not_a_file"):
        read_book(pipe)


def test_a_folder_a_gap_and_a_giant_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"input\.not_a_file"):
        read_book(tmp_path)
    with pytest.raises(InputRefused, match=r"input\.missing"):
        read_book(tmp_path / "gone.xlsx")
    giant = tmp_path / "a.xlsx"
    with giant.open("wb") as stream:
        stream.truncate(8 << 30)
    with pytest.raises(InputRefused, match=r"input\.too_big"):
        read_book(giant)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_in_a_circle_lead_to_no_file(tmp_path: Path) -> None:
    (tmp_path / "vong.xlsx").symlink_to(tmp_path / "vong.xlsx")
    with pytest.raises(InputRefused) as caught:
        read_book(tmp_path / "vong.xlsx")
    assert caught.value.code == "input.missing"


def test_reading_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(ONE))
    os.utime(path, (1_600_000_000, 1_600_000_000))
    read_book(path)
    assert path.read_bytes() == book(ONE)
    assert path.stat().st_mtime == 1_600_000_000
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


def test_damage_inside_a_sheet_is_told_by_the_name_on_its_tab() -> None:
    with pytest.raises(InputRefused) as caught:
        read_book(book('<row r="1"><c r="B2"><v>1</v></c></row>'))
    assert caught.value.values["part"] == "Biểu 05"
    with pytest.raises(InputRefused) as caught:
        read_book(book(ONE, strings="<sst>"))
    assert caught.value.values["part"] == "xl/sharedStrings.xml"
