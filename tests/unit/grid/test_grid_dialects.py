"""Legal but unusual ways to write a workbook: the same cells come out."""

from __future__ import annotations

import io
import zipfile

import pytest
from grid_packages import (
    MAIN,
    STRICT,
    STRICT_REFERENCES,
    book,
    pack,
    parts,
    relationships,
    sheet_xml,
    strings_xml,
    workbook_xml,
)
from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.grid import read_book, rows_of
from thidua_xl.model import Value

USUAL = (
    '<row r="2" spans="1:3"><c r="A2"><v>1</v></c><c r="B2" s="3"/><c r="C2" t="s"><v>0</v></c></row>'
    '<row r="3"><c r="C3"><v>2.5</v></c></row>'
)
STRINGS = strings_xml("Điện Biên")


def cells(data: bytes) -> dict[tuple[int, int], Value]:
    return {place: cell.value for place, cell in read_book(data).sheets[0].cells.items()}


EXPECTED = cells(book(USUAL, strings=STRINGS))


@pytest.mark.parametrize(
    "rows",
    [
        # rows, then cells, in another order
        '<row r="3"><c r="C3"><v>2.5</v></c></row><row r="2"><c r="A2"><v>1</v></c><c r="C2" t="s"><v>0</v></c></row>',
        '<row r="2"><c r="C2" t="s"><v>0</v></c><c r="A2"><v>1</v></c></row><row r="3"><c r="C3"><v>2.5</v></c></row>',
        # no addresses where they follow from the order
        '<row r="2"><c><v>1</v></c><c/><c t="s"><v>0</v></c></row><row><c r="C3"><v>2.5</v></c></row>',
        # attributes in another order, single quotes, blanks, line breaks, unknown attributes
        "<row r='2'><c t='n' r='A2'><v>1</v></c><c s='3' r='B2' /><c t='s' r='C2' ><v>0</v></c></row >"
        '<row ht="20" r="3"><c cm="1" r="C3">\n<v>2.5</v>\n</c></row>',
        # comments, CDATA, character references
        '<!-- rows --><row r="2"><c r="A2"><v>&#49;</v></c><c r="C2" t="s"><v><![CDATA[0]]></v></c></row>'
        '<row r="3"><c r="C3"><v>2.5</v></c></row>',
        # blank rows and cells in between
        '<row r="1"/><row r="2"><c r="A2"><v>1</v></c><c r="C2" t="s"><v>0</v></c><c r="XFD2" s="1"/></row>'
        '<row r="3"><c r="C3"><v>2.5</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>',
        # extension lists inside cells
        '<row r="2"><c r="A2"><v>1</v><extLst><ext uri="x"/></extLst></c><c r="C2" t="s"><v>0</v></c></row>'
        '<row r="3"><c r="C3"><v>2.5</v></c></row>',
    ],
)
def test_rows_in_any_legal_spelling_give_the_same_cells(rows: str) -> None:
    assert cells(book(rows, strings=STRINGS)) == EXPECTED


def test_prefixes_and_unknown_elements_do_not_matter() -> None:
    text = (
        f'<x:worksheet xmlns:x="{MAIN}"><other xmlns="urn:o"><sheetData/></other><x:sheetData>'
        '<x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c><x:c r="C2" t="s"><x:v>0</x:v></x:c></x:row>'
        '<x:row r="3"><x:c r="C3"><x:v>2.5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert cells(book(sheet=text, strings=STRINGS)) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_other_unicode_encodings_are_read(encoding: str) -> None:
    text = sheet_xml(USUAL).replace('encoding="UTF-8"', 'encoding="UTF-16"' if "16" in encoding else 'encoding="utf-8"')
    data = text.encode(encoding)
    if encoding == "utf-16-le":
        data = b"\xff\xfe" + data
    members = parts(strings=STRINGS) | {"xl/worksheets/sheet1.xml": data}
    assert cells(pack(members)) == EXPECTED


def test_the_strict_vocabulary_is_read() -> None:
    members = parts(strings=STRINGS.replace(MAIN, STRICT))
    members |= {
        "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.xml"), base=STRICT_REFERENCES),
        "xl/workbook.xml": workbook_xml("Biểu 05", main=STRICT, base=STRICT_REFERENCES),
        "xl/worksheets/sheet1.xml": sheet_xml(USUAL, main=STRICT),
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId8", "sharedStrings", "sharedStrings.xml"),
            base=STRICT_REFERENCES,
        ),
    }
    assert cells(pack(members)) == EXPECTED


def test_parts_may_lie_anywhere() -> None:
    members = parts(USUAL, strings=STRINGS)
    moved = {
        "[Content_Types].xml": members["[Content_Types].xml"],
        "_rels/.rels": relationships(("rId1", "officeDocument", "/deep/Book.xml")),
        "deep/book.xml": members["xl/workbook.xml"],
        "deep/_rels/book.xml.rels": relationships(
            ("rId1", "worksheet", "../S%201.xml"), ("rId8", "sharedStrings", "/strings.xml")
        ),
        "S 1.xml": members["xl/worksheets/sheet1.xml"],
        "strings.xml": members["xl/sharedStrings.xml"],
    }
    assert cells(pack(moved)) == EXPECTED


def test_backslashes_in_part_names_are_slashes() -> None:
    members = parts(USUAL, strings=STRINGS)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo("x")
            member.filename = name.replace("/", "\\")
            archive.writestr(member, content)
    assert cells(stream.getvalue()) == EXPECTED


class _Unseekable(io.RawIOBase):
    """A stream that cannot go back, so that sizes are written behind the data."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += bytes(data)  # type: ignore[call-overload]  # any buffer
        return len(bytes(data))  # type: ignore[call-overload]  # any buffer


def test_sizes_behind_the_data_stored_members_comments_and_folders_are_fine() -> None:
    members = parts(USUAL, strings=STRINGS)
    stream = _Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]  # a plain writer
        for name, content in members.items():
            archive.writestr(name, content)
    assert cells(stream.data) == EXPECTED
    assert cells(pack(members, stored=True)) == EXPECTED
    commented = io.BytesIO(pack(members | {"xl/media/": b""}))
    with zipfile.ZipFile(commented, "a") as archive:
        archive.comment = b"PK\x05\x06 saved by hand"
    assert cells(commented.getvalue()) == EXPECTED


def test_zip64_sizes_are_read() -> None:
    members = parts(USUAL, strings=STRINGS)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(content.encode() if isinstance(content, str) else content)
    assert cells(stream.getvalue()) == EXPECTED


@pytest.mark.parametrize("member", ["xl/worksheets/bi%E1%BB%83u%2005.xml", "xl/worksheets/biểu 05.xml"])
def test_a_part_may_be_named_with_escapes_or_with_what_they_mean(member: str) -> None:
    members = parts(USUAL, strings=STRINGS)
    members[member] = members.pop("xl/worksheets/sheet1.xml")
    members["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/bi%E1%BB%83u%2005.xml"), ("rId8", "sharedStrings", "sharedStrings.xml")
    )
    assert cells(pack(members)) == EXPECTED


def test_chart_sheets_and_missing_modules_are_passed_over() -> None:
    members = parts(USUAL, strings=STRINGS)
    members |= {
        "xl/workbook.xml": workbook_xml("Đồ thị", "Biểu 05").replace(
            "</sheets>", '<sheet name="Module1" sheetId="9" r:id=""/></sheets>'
        ),
        "xl/chartsheets/sheet1.xml": f'<chartsheet xmlns="{MAIN}"/>',
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", "chartsheet", "chartsheets/sheet1.xml"),
            ("rId2", "worksheet", "worksheets/sheet1.xml"),
            ("rId8", "sharedStrings", "sharedStrings.xml"),
        ),
    }
    found = read_book(pack(members))
    assert [sheet.name for sheet in found.sheets] == ["Biểu 05"]
    assert cells(pack(members)) == EXPECTED


def test_outside_workbooks_are_named_and_macros_only_noticed() -> None:
    members = parts('<row r="1"><c r="A1"><f>[1]S!A1</f><v>5</v></c></row>')
    members |= {
        "xl/workbook.xml": workbook_xml(
            "A", extra='<externalReferences><externalReference r:id="rId5"/></externalReferences>'
        ),
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId5", "externalLink", "externalLinks/externalLink1.xml")
        ),
        "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"/>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": relationships(
            ("rId1", "externalLinkPath", "file:///C:/Qu%E1%BB%B9/nguon.xlsx"), mode=' TargetMode="External"'
        ),
        "xl/vbaProject.bin": b"\xd0\xcf",
    }
    found = read_book(pack(members))
    assert (found.external, found.format) == (("nguon.xlsx",), "xlsm")
    assert found.sheets[0].value(1, 1) == 5


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 40), st.integers(1, 12)),
        st.one_of(st.integers(-(10**12), 10**12), st.sampled_from(["Điện Biên", "x"]), st.none()),
        max_size=40,
    )
)
def test_pattern_and_parser_read_alike(table: dict[tuple[int, int], int | str | None]) -> None:
    def rows(odd: bool) -> str:
        lines: dict[int, str] = {}
        for (row, column), value in sorted(table.items()):
            address = f"{chr(64 + column)}{row}"
            if value is None:
                xml = f'<c r="{address}" s="1"/>'
            elif isinstance(value, int):
                xml = f'<c r="{address}"><v>{value}</v></c>'
            else:
                xml = f'<c r="{address}" t="str"><f>B1</f><v>{value}</v></c>'
            lines[row] = lines.get(row, "") + xml
        text = "".join(f'<row r="{row}">{xml}</row>' for row, xml in lines.items())
        return "<!-- by the parser -->" + text if odd else text

    quick, slow = (read_book(book(rows(odd))).sheets[0] for odd in (False, True))
    assert rows_of(quick) == rows_of(slow)
    assert dict(quick.cells) == dict(slow.cells)
