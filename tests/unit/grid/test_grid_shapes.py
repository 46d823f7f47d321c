"""Rows read by their shapes are what the XML parser makes of them; what only looks like such rows is not taken."""

from __future__ import annotations

import random
import zlib

import pytest
from grid_packages import book, pack, parts, sheet_xml, styles_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua_xl.errors import InputRefused
from thidua_xl.grid import read_book, rows_of
from thidua_xl.grid.archive import open_archive
from thidua_xl.grid.formats import Styles, make_styles
from thidua_xl.grid.xlsx_cells import CellReader
from thidua_xl.grid.xlsx_frame import read_frame
from thidua_xl.grid.xlsx_scan import scan_sheet
from thidua_xl.grid.xlsx_sheet import find_rows, read_rows

TEXTS = ["Điện Biên", "", "a&b", "Nhé"]
STYLES = make_styles([(0, 0), (14, 0), (164, 0)], {164: "0%"}, ["Arial"])
CONTENTS = (
    *("<v>5</v>", "<v>45000</v>", "<v>0.1</v>", "<v>123456789012345678</v>", "<v> </v>", "<v/>", "<v></v>", ""),
    *(
        "<f>A1&gt;B1</f><v>7</v>",
        '<f t="shared" si="0"/><v>2</v>',
        "<f>B2</f>",
        "<f></f><v>1</v>",
        "<f>1</f><v>x&#10;y</v>",
    ),
)


def cell(letters: str, row: int, style: str, content: str, kind: str) -> str:
    attributes = f'r="{letters}{row}"{style}{kind}'
    return f"<c {attributes}>{content}</c>" if content else f"<c {attributes}/>"


@st.composite
def rows(draw: st.DrawFn) -> str:
    """Rows in rising order in the usual spelling, rows without cells among them."""
    found = []
    for number in sorted(draw(st.sets(st.integers(1, 30), min_size=1, max_size=6))):
        said = draw(st.sampled_from(["", ' hidden="1"', ' spans="1:5"', f' ht="{number}"']))
        if draw(st.integers(0, 3)) == 0:
            found.append(f'<row r="{number}"{said}/>')
            continue
        cells = []
        for letters in "ABCD":
            style = draw(st.sampled_from(["", ' s="1"', ' s="2"', f' s="{number}"']))
            kind, content = draw(
                st.sampled_from(
                    [("", one) for one in CONTENTS]
                    + [(' t="s"', f"<v>{index}</v>") for index in range(4)]
                    + [(' t="str"', "<f>B1</f><v>a&lt;b</v>"), (' t="b"', "<v>1</v>"), (' t="e"', "<v>#N/A</v>")]
                    + [(' t="inlineStr"', "<is><t>chữ</t></is>"), (' t="n"', "<v>9</v>")]
                )
            )
            if draw(st.integers(0, 4)):
                cells.append(cell(letters, number, style, content, kind))
        found.append(f'<row r="{number}"{said}>{"".join(cells)}</row>')
    return "".join(found)


def reader() -> CellReader:
    return CellReader(TEXTS, STYLES, from_1904=False)


@settings(max_examples=300, deadline=None)
@given(rows())
def test_shapes_and_parser_agree(xml: str) -> None:
    data = sheet_xml(xml).encode()
    place = find_rows(data)
    assert place is not None
    quick, slow = reader(), reader()
    found = read_rows(data, place[1], place[2], quick, "p")
    wanted = scan_sheet(data, slow, "p")
    assert found is not None
    assert found.rows.rows(quick.table) == wanted.rows.rows(slow.table)
    assert (found.extras, found.hidden_rows) == (wanted.extras, wanted.hidden_rows)
    assert quick.count == slow.count


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="15"><c r="A15"/><c r="A15"><v>1</v></c></row>',
        '<row r="1"><c r="A1"/><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="1"/></row><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1<v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>',
        '<row r="1" r="2"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v>9</c></row>',
        '<row r="1"><c r="A1"><v>\x01</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><is><t>1</t></is></c></row>',
        '<row r="1"><c r="A1"><v a="&lt;">1</v></c></row>',
        '<row r="x"><c r="Ax"><v>1</v></c></row>',
        '<row r="01"><c r="A01"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
    ],
)
def test_what_only_looks_like_rows_is_left_to_the_parser(xml: str) -> None:
    data = sheet_xml(xml).encode()
    place = find_rows(data)
    assert place is not None
    assert read_rows(data, place[1], place[2], reader(), "p") is None


def test_a_style_that_ends_like_the_number_of_its_row_stays_what_it_is() -> None:
    """Row 1 with style 1 is a date, row 2 with style 2 a share: the rows look alike but for that."""
    xml = "".join(f'<row r="{n}"><c r="A{n}" s="{n}"><v>45000</v></c></row>' for n in (1, 2))
    found = read_book(book(xml, styles=styles_xml("dd/mm/yyyy", "0")))
    values = [values[1] for values in rows_of(found.sheets[0]).values()]
    assert [type(one).__name__ for one in values] == ["date", "int"]


def test_control_codes_in_a_text_are_damage() -> None:
    with pytest.raises(InputRefused, match="damaged"):
        read_book(book('<row r="1"><c r="A1" t="str"><v>a\x02b</v></c></row>'))


@pytest.mark.parametrize("reference", ["&#0;", "&#xD800;", "&#x110000;", "&x;", "&", "&#12;"])
def test_a_reference_to_no_character_is_damage(reference: str) -> None:
    with pytest.raises(InputRefused, match="damaged"):
        read_book(book(f'<row r="1"><c r="A1" t="str"><v>a{reference}b</v></c></row>'))


@pytest.mark.parametrize(
    "after",
    [
        '<dataValidations count="1"><dataValidation sqref="A1"/></dataValidations',
        '<pageMargins left="<dataValidations></dataValidations>"/>',
        '<pageMargins left="><dataValidations></dataValidations>"/>',
        "<dataValidations></worksheet><worksheet></dataValidations>",
        "<conditionalFormatting><cfRule></conditionalFormatting>",
        "<!-- <dataValidations>--</dataValidations> -->",
    ],
)
def test_what_stands_around_the_rows_must_be_well_formed(after: str) -> None:
    row = '<row r="1"><c r="A1"><v>5</v></c></row>'
    for _ in range(2):  # the second time what is kept answers
        with pytest.raises(InputRefused, match="damaged"):
            read_book(pack(parts(sheet=sheet_xml(row, after=after))))


@pytest.mark.parametrize(
    "merges",
    [
        '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>',
        "<mergeCells count='1'><mergeCell ref='A1:B2'></mergeCell></mergeCells>",
        '<mergeCells count="1"><mergeCell\nref="A1:B2" /></mergeCells>',
        '<!-- x --><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>',
    ],
)
def test_merges_are_seen_in_any_spelling(merges: str) -> None:
    data = sheet_xml("", after=f"{merges}<dataValidations><dataValidation sqref='A1'/></dataValidations>").encode()
    data = data.replace(b"<sheetData></sheetData>", b"<sheetData/>")
    assert read_frame(data, "p").merges == ("A1:B2",)
    hidden = b'<mergeCells count="1"><!-- <mergeCell ref="A1:B2"/> --></mergeCells>'
    assert read_frame(data.replace(merges.encode(), hidden), "p").merges == ()


def test_a_part_only_checked_is_held_to_the_same_as_one_that_is_read() -> None:
    draw = random.Random(4)
    for size in (0, 1, 4096, 131_071, 131_072, 131_073, 262_144, 700_001):
        for content in (draw.randbytes(size), b"ab" * (size // 2), bytes(size)):
            if len(content) > 100 * (1 << 20):
                continue
            archive = open_archive(pack({"a.bin": content}))
            head = archive.check("a.bin")
            assert content.startswith(head)
            assert len(head) >= min(4096, len(content))
            assert archive.read("a.bin") == content


def test_a_part_only_checked_does_not_pass_when_it_is_damaged() -> None:
    content = random.Random(5).randbytes(50_000) + b"a" * 500_000
    data = bytearray(pack({"a.bin": content}))
    draw = random.Random(6)
    end = data.rindex(b"PK\x01\x02")
    for _ in range(60):
        place = draw.randrange(40, end)
        hurt = bytearray(data)
        hurt[place] ^= 1 << draw.randrange(8)
        with pytest.raises(InputRefused):
            open_archive(bytes(hurt)).check("a.bin")
    assert zlib.crc32(content) == open_archive(bytes(data)).member("a.bin").crc  # type: ignore[union-attr]  # is there


def test_styles_are_told_apart_by_what_they_say() -> None:
    plain = CellReader((), Styles(), from_1904=False)
    assert plain.shapes is CellReader((), Styles(), from_1904=True).shapes
    assert plain.shapes is not reader().shapes
