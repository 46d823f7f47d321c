"""The other workbook formats: .xls, .xlsb, .ods."""

from __future__ import annotations

import struct
from datetime import date
from decimal import Decimal

import pytest
from grid_binary import biff8, compound, record, wide, xlsb_record, xlsb_text
from grid_packages import CONTENT_TYPES, pack, relationships

from thidua_xl.errors import InputRefused
from thidua_xl.grid import Limits, read_book
from thidua_xl.model import CellError, Invalid, Value

# -- .xls ----------------------------------------------------------------------------------------------------


def real(row: int, column: int, size: float, style: int = 0) -> bytes:
    return record(0x203, struct.pack("<3Hd", row, column, style, size))


def formula(row: int, column: int, result: bytes, style: int = 0) -> bytes:
    return record(0x06, struct.pack("<3H", row, column, style) + result + b"\0" * 8)


@pytest.mark.parametrize("wrap", [compound, bytes], ids=["compound", "stream"])
def test_an_old_workbook_is_read_cell_by_cell(wrap: type[bytes]) -> None:
    stream = biff8(
        record(0x208, struct.pack("<HHHHHHHH", 1, 0, 9, 0, 0, 0, 0x20, 0)),
        record(0x7D, struct.pack("<6H", 3, 4, 0, 0, 1, 0)),
        real(0, 0, 0.30000000000000004),
        record(0x27E, struct.pack("<3Hi", 0, 1, 0, (5 << 2) | 2)),
        record(0x27E, struct.pack("<3Hi", 0, 2, 0, (-150 << 2) | 3)),
        record(
            0xBD,
            struct.pack("<2H", 0, 3)
            + struct.pack("<Hi", 0, (1 << 2) | 2)
            + struct.pack("<Hi", 0, (2 << 2) | 2)
            + struct.pack("<H", 4),
        ),
        record(0xFD, struct.pack("<3HI", 1, 0, 0, 1)),
        record(0x205, struct.pack("<3HBB", 1, 1, 0, 0x2A, 1)),
        record(0x205, struct.pack("<3HBB", 1, 2, 0, 1, 0)),
        real(1, 3, 44840, style=1),
        record(0x204, struct.pack("<3H", 1, 4, 0) + wide("nhãn")),
        record(0x201, struct.pack("<3H", 1, 5, 0)),
        formula(2, 0, struct.pack("<d", 7.0)),
        formula(2, 1, b"\0\0\0\0\0\0\xff\xff") + record(0x207, wide("chữ")),
        formula(2, 2, b"\2\0\x07\0\0\0\xff\xff"),
        formula(2, 3, b"\3\0\0\0\0\0\xff\xff"),
        record(0xE5, struct.pack("<H4H", 1, 3, 4, 0, 1)),
        strings=["Tổng", "Điện Biên"],
        formats=["dd/mm/yyyy"],
    )
    found = read_book(wrap(stream))
    sheet = found.sheets[0]
    expected: dict[tuple[int, int], Value] = {
        (1, 1): Decimal("0.3"),
        (1, 2): 5,
        (1, 3): Decimal("-1.5"),
        (1, 4): 1,
        (1, 5): 2,
        (2, 1): "Điện Biên",
        (2, 2): CellError("#N/A"),
        (2, 3): True,
        (2, 4): date(2022, 10, 6),
        (2, 5): "nhãn",
        (3, 1): 7,
        (3, 2): "chữ",
        (3, 3): CellError("#DIV/0!"),
    }
    assert {place: cell.value for place, cell in sheet.cells.items()} == expected
    assert sheet.cells[3, 1].formula == ""
    assert (sheet.name, sheet.merges, sheet.hidden_rows, sheet.hidden_columns) == ("Biểu 05", ("A4:B5",), {2}, {4, 5})
    assert found.format == "xls"


def test_old_fonts_and_hidden_sheets_are_kept() -> None:
    label = record(0x204, struct.pack("<3H", 0, 0, 0) + wide("Tæng"))
    sheet = read_book(biff8(label, font=".VnTime", state=2)).sheets[0]
    assert (sheet.cells[1, 1].font, sheet.visible) == (".VnTime", False)


def test_a_string_may_run_over_records() -> None:
    text = "Điện Biên"
    first = struct.pack("<II", 1, 1) + struct.pack("<HB", len(text), 1) + text[:4].encode("utf-16-le")
    shared = record(0xFC, first) + record(0x3C, b"\x01" + text[4:].encode("utf-16-le"))
    cell = record(0xFD, struct.pack("<3HI", 0, 0, 0, 0))
    assert read_book(biff8(cell, shared=shared)).sheets[0].value(1, 1) == text


def test_excel_5_texts_are_bytes_in_a_code_page() -> None:
    head = record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 0)) + record(0x42, struct.pack("<H", 1252))
    head += record(0xE0, struct.pack("<HHH", 0, 0, 0) + b"\0" * 10)
    sheet = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0))
    sheet += record(0x204, struct.pack("<4H", 0, 0, 0, 4) + "Tæng".encode("cp1252")) + record(0x0A)
    name = b"Bieu 5"
    start = len(head) + 4 + 7 + len(name) + 4
    head += record(0x85, struct.pack("<IBBB", start, 0, 0, len(name)) + name) + record(0x0A)
    found = read_book(head + sheet)
    assert (found.sheets[0].name, found.sheets[0].value(1, 1)) == ("Bieu 5", "Tæng")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (biff8(before=record(0x2F, b"\0" * 6)), "encrypted"),
        (biff8(record(0x2F, b"\0" * 6)), "encrypted"),
        (biff8(record(0xFD, struct.pack("<3HI", 0, 0, 0, 5))), "bad_reference"),
        (biff8(real(0, 0, 5), real(0, 0, 777)), "bad_sheet"),
        (biff8(record(0x203, b"\0" * 5)), "damaged"),
        (biff8(real(0, 0, 5))[:-30], "damaged"),
        (compound(biff8(real(0, 0, 5)), name="WordDocument"), "not_a_workbook"),
        (compound(biff8(real(0, 0, 5)), name="EncryptedPackage"), "encrypted"),
        (compound(biff8(real(0, 0, 5)), name="Other"), "not_a_workbook"),
        (compound(biff8(real(0, 0, 5)))[:1700], "damaged"),
    ],
)
def test_a_damaged_or_locked_old_workbook_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_book(data)
    assert caught.value.code == f"input.{code}"


def test_a_chain_that_runs_in_a_circle_is_damage() -> None:
    data = bytearray(compound(biff8(real(0, 0, 5))))
    struct.pack_into("<I", data, 512 + 4 * 4, 3)
    with pytest.raises(InputRefused, match="damaged"):
        read_book(bytes(data))


def test_numbers_that_are_none_are_marked() -> None:
    assert read_book(biff8(real(0, 0, float("nan")))).sheets[0].value(1, 1) == Invalid("nan")


# -- .xlsb ---------------------------------------------------------------------------------------------------


def xlsb(*cells: bytes, state: int = 0) -> bytes:
    """A binary OOXML workbook with one sheet; style 1 shows dates."""
    bundle = struct.pack("<II", state, 1) + xlsb_text("rId1") + xlsb_text("Biểu 05")
    styles = xlsb_record(44, struct.pack("<H", 164) + xlsb_text("dd/mm/yyyy"))
    styles += xlsb_record(43, b"\0" * 21 + xlsb_text("Calibri")) + xlsb_record(617)
    styles += b"".join(xlsb_record(47, struct.pack("<3H", 0, code, 0) + b"\0" * 10) for code in (0, 164)) + xlsb_record(
        618
    )
    return pack(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.bin")),
            "xl/workbook.bin": xlsb_record(153, struct.pack("<III", 0, 0, 0)) + xlsb_record(156, bundle),
            "xl/worksheets/sheet1.bin": xlsb_record(0, struct.pack("<IIHBBB", 1, 0, 0, 0, 0x10, 0)) + b"".join(cells),
            "xl/sharedStrings.bin": xlsb_record(19, b"\0" + xlsb_text("Điện Biên")),
            "xl/styles.bin": styles,
            "xl/_rels/workbook.bin.rels": relationships(
                ("rId1", "worksheet", "worksheets/sheet1.bin"),
                ("rId2", "sharedStrings", "sharedStrings.bin"),
                ("rId3", "styles", "styles.bin"),
            ),
        }
    )


def cell(kind: int, column: int, body: bytes, style: int = 0) -> bytes:
    return xlsb_record(kind, struct.pack("<II", column, style) + body)


def test_a_binary_workbook_is_read_cell_by_cell() -> None:
    found = read_book(
        xlsb(
            xlsb_record(60, struct.pack("<4IH", 2, 3, 0, 0, 1)),
            cell(2, 0, struct.pack("<i", (5 << 2) | 2)),
            cell(3, 1, b"\x17"),
            cell(4, 2, b"\x01"),
            cell(5, 3, struct.pack("<d", 44840), style=1),
            cell(6, 4, xlsb_text("chữ")),
            cell(7, 5, struct.pack("<I", 0)),
            cell(1, 6, b""),
            cell(9, 7, struct.pack("<d", 0.30000000000000004) + b"\0" * 10),
            cell(8, 8, xlsb_text("") + b"\0" * 10),
            xlsb_record(176, struct.pack("<4I", 4, 5, 0, 1)),
            state=1,
        )
    )
    sheet = found.sheets[0]
    assert {place: one.value for place, one in sheet.cells.items()} == {
        (2, 1): 5,
        (2, 2): CellError("#REF!"),
        (2, 3): True,
        (2, 4): date(2022, 10, 6),
        (2, 5): "chữ",
        (2, 6): "Điện Biên",
        (2, 8): Decimal("0.3"),
    }
    assert sheet.cells[2, 8].formula == ""
    assert (sheet.visible, sheet.merges, sheet.hidden_columns, sheet.hidden_rows) == (False, ("A5:B6",), {3, 4}, {2})
    assert found.format == "xlsb"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (cell(7, 0, struct.pack("<I", 9)), "bad_reference"),
        (cell(4, 0, b"\1") + cell(4, 0, b"\0"), "bad_sheet"),
        (cell(5, 0, b"\0"), "damaged"),
        (xlsb_record(6, b"\0" * 8 + struct.pack("<I", 999)), "damaged"),
        (cell(4, 0, b"\1")[:-2], "damaged"),
    ],
)
def test_a_damaged_binary_workbook_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_book(xlsb(body))
    assert caught.value.code == f"input.{code}"


# -- .ods ----------------------------------------------------------------------------------------------------

ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def ods(rows: str, *, table: str = 'table:name="Biểu 05"', styles: str = "", names: str = "") -> bytes:
    content = (
        f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:spreadsheet><table:table {table}>{rows}</table:table>{names}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return pack({"mimetype": kind, "content.xml": content, "styles.xml": f"<office:document-styles {ODF}/>"})


def typed(kind: str, attributes: str = "", text: str = "") -> str:
    inside = f"<text:p>{text}</text:p>" if text else ""
    return f'<table:table-cell office:value-type="{kind}" {attributes}>{inside}</table:table-cell>'


def test_an_opendocument_workbook_is_read_cell_by_cell() -> None:
    rows = (
        "<table:table-column/><table:table-column table:visibility='collapse' table:number-columns-repeated='2'/>"
        "<table:table-row>"
        + typed("float", 'office:value="0.30000000000000004"', "0,3")
        + typed("date", 'office:date-value="2022-10-06"', "06/10/2022")
        + typed("percentage", 'office:value="0.85"', "85%")
        + typed("string", "", "a<text:s text:c='2'/>b<text:line-break/>c")
        + typed("boolean", 'office:boolean-value="true"', "TRUE")
        + "</table:table-row><table:table-row table:number-rows-repeated='3' table:visibility='collapse'>"
        + '<table:table-cell table:number-columns-repeated="2"/>'
        + typed("float", 'office:value="5" table:number-columns-repeated="2"')
        + "</table:table-row><table:table-row>"
        + typed("string", 'table:formula="of:=1/0"', "#DIV/0!")
        + typed("float", 'table:formula="of:=[.A1]*2" office:value="6"', "6")
        + typed("string", 'table:formula="of:=&quot;&quot;"')
        + '<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1"/>'
        + "<table:covered-table-cell/>"
        + "</table:table-row><table:table-row table:number-rows-repeated='1048000'>"
        + "<table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
    )
    names = (
        "<table:named-expressions><table:named-range table:name='TD_S05' "
        "table:cell-range-address=\"$'Biểu 05'.$A$1:.$B$3\"/></table:named-expressions>"
    )
    found = read_book(ods(rows, names=names))
    sheet = found.sheets[0]
    five = {(row, column): 5 for row in (2, 3, 4) for column in (3, 4)}
    assert {place: one.value for place, one in sheet.cells.items()} == {
        (1, 1): Decimal("0.3"),
        (1, 2): date(2022, 10, 6),
        (1, 3): Decimal("0.85"),
        (1, 4): "a  b\nc",
        (1, 5): True,
        **five,
        (5, 1): CellError("#DIV/0!"),
        (5, 2): 6,
    }
    assert sheet.cells[1, 3].number_format == "0%"
    assert sheet.cells[5, 2].formula == "[.A1]*2"
    assert (sheet.hidden_columns, sheet.hidden_rows, sheet.merges) == ({2, 3}, {2, 3, 4}, ("D5:E5",))
    assert found.names == {"TD_S05": "'Biểu 05'!$A$1:$B$3"}


def test_a_hidden_opendocument_sheet_is_hidden() -> None:
    properties = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="ta1" style:family="table">{properties}</style:style>'
    found = read_book(ods("", table='table:name="A" table:style-name="ta1"', styles=styles))
    assert not found.sheets[0].visible


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (
            ods(
                "<table:table-row table:number-rows-repeated='1000000'>"
                + typed("float", 'office:value="1"')
                + "</table:table-row>"
            ),
            "bad_sheet",
        ),
        (
            ods(
                "<table:table-row>"
                + typed("float", 'office:value="1" table:number-columns-repeated="20000"')
                + "</table:table-row>"
            ),
            "bad_sheet",
        ),
        (ods("<table:table-row>"), "damaged"),
        (
            pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<!DOCTYPE a><a/>"}),
            "dtd",
        ),
        (pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), "bad_sheet"),
        (
            pack({"content.xml": "<a/>", "META-INF/manifest.xml": "<m><e><encryption-data/></e></m>"}),
            "locked_other",
        ),
    ],
)
def test_a_hostile_opendocument_workbook_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_book(data, limits=Limits())
    assert caught.value.code == f"input.{code}"
