"""Parts beside the worksheet that point at cells: tables, drawings, charts, notes, controls, pivots, names."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from lxml import etree
from ooxml_books import MAIN, changed_parts, made, members, opened, package, part, read, replaced, sheet_xml

from thidua_xl.errors import EditRefused
from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.ooxml.anchors import End, Hold, moved_ends
from thidua_xl.ooxml.linked import _MOVES
from thidua_xl.ooxml.mover import Mover
from thidua_xl.ooxml.vml import move_vml

FIVE_ROWS = Shift("S", Axis.ROW, 10, 5)
THREE_GONE = Shift("S", Axis.ROW, 10, -3)


def moved(kind: str, xml: str, home: str = "S", shift: Shift = FIVE_ROWS) -> str:
    """A linked part after the shift."""
    root = etree.fromstring(xml)
    _MOVES[kind](root, Mover(shift, home))
    return etree.tostring(root, encoding="unicode")


CASES = {
    "chart": (
        "chart",
        '<c xmlns:c="urn:c"><c:f>S!$A$8:$A$12</c:f><c:f>T!$A$12</c:f><c:f>(S!$A$12,S!$A$2)</c:f><c:v>S!$A$12</c:v></c>',
        '<c xmlns:c="urn:c"><c:f>S!$A$8:$A$17</c:f><c:f>T!$A$12</c:f><c:f>(S!$A$17,S!$A$2)</c:f><c:v>S!$A$12</c:v></c>',
    ),
    "chart of the newer kind": (
        "chartEx",
        "<a><strDim><f>S!$A$12</f><nf>S!$A$11</nf></strDim><c15><sqref>S!$A$12</sqref></c15></a>",
        "<a><strDim><f>S!$A$17</f><nf>S!$A$16</nf></strDim><c15><sqref>S!$A$17</sqref></c15></a>",
    ),
    "control": (
        "ctrlProp",
        '<formControlPr fmlaLink="$B$12" fmlaRange="T!$A$12" fmlaTxbx="$A$2" fmlaGroup="$A$13" fmlaMacro="x"/>',
        '<formControlPr fmlaLink="$B$17" fmlaRange="T!$A$12" fmlaTxbx="$A$2" fmlaGroup="$A$18" fmlaMacro="x"/>',
    ),
    "notes": (
        "comments",
        '<comments><commentList><comment ref="A9"/><comment ref="A12"/></commentList></comments>',
        '<comments><commentList><comment ref="A9"/><comment ref="A17"/></commentList></comments>',
    ),
    "threaded comments": (
        "threadedComment",
        '<ThreadedComments><threadedComment ref="A12" id="{1}"/></ThreadedComments>',
        '<ThreadedComments><threadedComment ref="A17" id="{1}"/></ThreadedComments>',
    ),
    "pivot table": (
        "pivotTable",
        '<pivotTableDefinition><location ref="A12:C20"/><filters><filter><autoFilter ref="A12"/></filter></filters>'
        "</pivotTableDefinition>",
        '<pivotTableDefinition><location ref="A17:C25"/><filters><filter><autoFilter ref="A17"/></filter></filters>'
        "</pivotTableDefinition>",
    ),
    "pivot source": (
        "pivotCacheDefinition",
        '<a><worksheetSource ref="A1:C20" sheet="S"/><rangeSet ref="A12" sheet="s"/>'
        '<worksheetSource ref="A12" sheet="T"/></a>',
        '<a><worksheetSource ref="A1:C25" sheet="S"/><rangeSet ref="A17" sheet="s"/>'
        '<worksheetSource ref="A12" sheet="T"/></a>',
    ),
    "pivot source in another book": (
        "pivotCacheDefinition",
        '<a xmlns:r="urn:r"><worksheetSource ref="A12" sheet="S" r:id="x"/></a>',
        '<a xmlns:r="urn:r"><worksheetSource ref="A12" sheet="S" r:id="x"/></a>',
    ),
    "mapped cell": (
        "tableSingleCells",
        '<singleXmlCells><singleXmlCell r="B12" id="1"/></singleXmlCells>',
        '<singleXmlCells><singleXmlCell r="B17" id="1"/></singleXmlCells>',
    ),
    "query parameter": (
        "connections",
        '<connections><parameter cell="S!$A$12"/></connections>',
        '<connections><parameter cell="S!$A$17"/></connections>',
    ),
    "sheet view": (
        "namedSheetView",
        '<namedSheetViews><nsvFilter ref="A1:C20" filterId="{1}"/></namedSheetViews>',
        '<namedSheetViews><nsvFilter ref="A1:C25" filterId="{1}"/></namedSheetViews>',
    ),
    "shape that shows a cell": (
        "drawing",
        '<wsDr><sp textlink="$A$12"/><sp textlink="T!$A$12"/><cameraTool cellRange="S!$A$12:$B$13"/></wsDr>',
        '<wsDr><sp textlink="$A$17"/><sp textlink="T!$A$12"/><cameraTool cellRange="S!$A$17:$B$18"/></wsDr>',
    ),
}


@pytest.mark.parametrize(("kind", "old", "new"), CASES.values(), ids=CASES)
def test_a_part_of_the_sheet_follows(kind: str, old: str, new: str) -> None:
    assert moved(kind, old) == new


def test_a_kept_view_filters_the_same_columns_after_columns_came_or_went() -> None:
    view = (
        '<namedSheetViews><nsvFilter ref="B4:F9"><columnFilter colId="3"><filter colId="3"/></columnFilter>'
        '<sortRules><sortRule colId="1"><sortCondition ref="C5:C9"/></sortRule></sortRules></nsvFilter>'
        "</namedSheetViews>"
    )
    wider = view.replace("B4:F9", "B4:H9").replace('colId="3"', 'colId="5"')
    assert moved("namedSheetView", view, shift=Shift("S", Axis.COLUMN, 4, 2)) == wider
    assert moved("namedSheetView", wider, shift=Shift("S", Axis.COLUMN, 4, -2)) == view
    narrower = '<namedSheetViews><nsvFilter ref="B4:E9"><sortRules>'
    assert moved("namedSheetView", view, shift=Shift("S", Axis.COLUMN, 5, -1)).startswith(narrower)


def test_places_of_parts_on_other_sheets_stay_but_their_formulas_follow() -> None:
    assert 'ref="A12"' in moved("comments", '<a><comment ref="A12"/></a>', "T")
    assert moved("ctrlProp", '<f fmlaLink="$B$12" fmlaRange="S!$A$12"/>', "T") == (
        '<f fmlaLink="$B$12" fmlaRange="S!$A$17"/>'
    )


def test_notes_of_deleted_cells_go() -> None:
    assert moved("comments", '<a><comment ref="A9"/><comment ref="A12"/><comment ref="A20"/></a>', "S", THREE_GONE) == (
        '<a><comment ref="A9"/><comment ref="A17"/></a>'
    )


@pytest.mark.parametrize(
    ("hold", "first", "last", "new_first", "new_last"),
    [
        (Hold.MOVE_AND_SIZE, 3, 6, 3, 6),
        (Hold.MOVE_AND_SIZE, 3, 12, 3, 17),
        (Hold.MOVE_AND_SIZE, 11, 12, 16, 17),
        (Hold.MOVE, 3, 12, 3, 12),
        (Hold.MOVE, 11, 12, 16, 17),
        (Hold.STAY, 11, 12, 11, 12),
    ],
)
def test_a_drawn_object_moves_and_grows_as_it_says(
    hold: Hold, first: int, last: int, new_first: int, new_last: int
) -> None:
    start, end = moved_ends(End(first, 7), End(last, 9), hold, FIVE_ROWS)
    assert end is not None
    assert (start, end) == (End(new_first, 7), End(new_last, 9))


def test_an_object_on_deleted_rows_hangs_on_what_took_their_place() -> None:
    start, end = moved_ends(End(10, 7), End(20, 9), Hold.MOVE_AND_SIZE, THREE_GONE)
    assert (start, end) == (End(9, 0), End(17, 9))


def anchored(tag: str, edit_as: str = "") -> str:
    attribute = f' editAs="{edit_as}"' if edit_as else ""
    return (
        f"<wsDr><{tag}{attribute}><from><col>1</col><colOff>5</colOff><row>11</row><rowOff>5</rowOff></from>"
        f"<to><col>2</col><colOff>5</colOff><row>14</row><rowOff>5</rowOff></to></{tag}></wsDr>"
    )


@pytest.mark.parametrize(
    ("tag", "edit_as", "rows"),
    [
        ("twoCellAnchor", "", ("16", "19")),
        ("twoCellAnchor", "oneCell", ("16", "19")),
        ("twoCellAnchor", "absolute", ("11", "14")),
        ("oneCellAnchor", "", ("16", "19")),
    ],
)
def test_anchors_of_a_drawing_follow(tag: str, edit_as: str, rows: tuple[str, str]) -> None:
    assert tuple(re.findall(r"<row>(\d+)</row>", moved("drawing", anchored(tag, edit_as)))) == rows


def vml(client: str) -> bytes:
    """A VML drawing that is no XML."""
    return (
        f'<xml xmlns:v="v"><v:shape id="a" o:button><v:textbox><div>x<br></div></v:textbox>{client}</v:shape>'
        f"<v:shape id='b'/></xml>"
    ).encode()


NOTE = (
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>\n 2, 15, 10, 10, 4, 15, 15, 4'
    "</x:Anchor><x:Row>11</x:Row><x:Column>1</x:Column></x:ClientData>"
)


def test_a_note_and_its_box_go_where_the_cell_goes() -> None:
    after = move_vml(vml(NOTE), FIVE_ROWS, True, lambda text: text).decode()
    assert "<x:Row>16</x:Row>" in after
    assert "\n 2, 15, 15, 10, 4, 15, 20, 4</x:Anchor>" in after
    assert "<br>" in after
    assert "<v:shape id='b'/>" in after


def test_the_box_of_a_note_on_a_deleted_cell_goes() -> None:
    after = move_vml(vml(NOTE), Shift("S", Axis.ROW, 12, -1), True, lambda text: text)
    assert b"ClientData" not in after
    assert b"<v:shape id='b'/>" in after


@pytest.mark.parametrize(
    ("flags", "anchor"),
    [
        ("", "1, 0, 8, 0, 4, 0, 17, 0"),
        ("<x:SizeWithCells/>", "1, 0, 8, 0, 4, 0, 12, 0"),
        ("<x:MoveWithCells/><x:SizeWithCells/>", "1, 0, 8, 0, 4, 0, 12, 0"),
    ],
)
def test_a_control_in_vml_grows_unless_it_says_not_to(flags: str, anchor: str) -> None:
    client = f"<x:ClientData ObjectType='Button'>{flags}<x:Anchor>1, 0, 8, 0, 4, 0, 12, 0</x:Anchor></x:ClientData>"
    assert f"<x:Anchor>{anchor}</x:Anchor>" in move_vml(vml(client), FIVE_ROWS, True, lambda text: text).decode()


def test_formulas_of_controls_in_vml_follow_and_macros_do_not() -> None:
    client = (
        "<x:ClientData ObjectType='Drop'><x:FmlaLink>$A$12</x:FmlaLink><x:FmlaRange>T!$A$1:$A$12</x:FmlaRange>"
        "<x:FmlaMacro>[0]!A12</x:FmlaMacro></x:ClientData>"
    )
    after = move_vml(vml(client), FIVE_ROWS, True, Mover(FIVE_ROWS, "S").formula).decode()
    assert "<x:FmlaLink>$A$17</x:FmlaLink>" in after
    assert "<x:FmlaRange>T!$A$1:$A$12</x:FmlaRange>" in after
    assert "[0]!A12" in after


def rich(book: Any) -> None:
    """One of everything XlsxWriter can make, on two sheets."""
    sheet = book.add_worksheet("Biểu 1")
    other = book.add_worksheet("Khác")
    sheet.add_table(
        "B3:E12",
        {
            "name": "Bang",
            "total_row": True,
            "columns": [
                {"header": "Tên"},
                {"header": "Số", "total_function": "sum"},
                {"header": "Gấp đôi", "formula": "=Bang[[#This Row],[Số]]*2"},
                {"header": "Ghi chú"},
            ],
        },
    )
    for row in range(3, 11):
        sheet.write(row, 1, f"dòng {row}")
        sheet.write(row, 2, row)
    for target in (sheet, other):
        chart = book.add_chart({"type": "column"})
        chart.add_series(
            {
                "values": "='Biểu 1'!$C$4:$C$11",
                "categories": "='Biểu 1'!$B$4:$B$11",
                "name": "='Biểu 1'!$C$3",
                "y_error_bars": {
                    "type": "custom",
                    "plus_values": "='Biểu 1'!$C$4:$C$11",
                    "minus_values": "='Biểu 1'!$D$4:$D$11",
                },
            }
        )
        chart.set_title({"name": "='Biểu 1'!$B$12"})
        target.insert_chart("H15", chart)
    alone = book.add_chart({"type": "line"})
    alone.add_series({"values": "='Biểu 1'!$C$4:$C$11"})
    book.add_chartsheet("Hình").set_chart(alone)
    sheet.write_comment("C6", "ghi chú")
    sheet.write_comment("A20", "dưới")
    sheet.insert_textbox("H30", "x", {"textlink": "='Biểu 1'!$C$12"})
    sheet.insert_button("K10", {"macro": "x", "caption": "Nút", "width": 60, "height": 60})
    other.write_url("A1", "internal:'Biểu 1'!C12")
    other.write_formula("A2", "='Biểu 1'!C12+SUM('Biểu 1'!C4:C11)", None, 1)
    other.data_validation("B1:B9", {"validate": "list", "source": "='Biểu 1'!$B$4:$B$11"})
    other.conditional_format("C1:C9", {"type": "formula", "criteria": "=C1>'Biểu 1'!$C$12"})
    other.add_sparkline("D1", {"range": "'Biểu 1'!C4:C11"})
    sheet.print_area("A1:F12")
    sheet.repeat_rows(2)
    book.define_name("tong", "='Biểu 1'!$C$12")
    book.define_name("'Khác'!rieng", "='Biểu 1'!$C$4:$C$11")


def test_everything_that_points_at_a_sheet_follows() -> None:
    before = made(rich)
    book = opened(before)
    book["Biểu 1"].insert_rows(7, 5)
    after = book.to_bytes()
    texts = {name: content.decode("utf-8", "replace") for name, content in members(after).items()}
    assert 'ref="B3:E17"' in texts["xl/tables/table1.xml"]
    for chart in ("chart1", "chart2", "chart3"):
        found = set(re.findall(r"<c:f>(.*?)</c:f>", texts[f"xl/charts/{chart}.xml"]))
        assert found <= {
            "'Biểu 1'!$C$4:$C$16", "'Biểu 1'!$B$4:$B$16", "'Biểu 1'!$C$3", "'Biểu 1'!$D$4:$D$16", "'Biểu 1'!$B$17"
        }  # fmt: skip
        assert "'Biểu 1'!$C$4:$C$16" in found
    assert "$C$17" in texts["xl/drawings/drawing1.xml"]
    other = texts["xl/worksheets/sheet2.xml"]
    assert "'Biểu 1'!C17+SUM('Biểu 1'!C4:C16)" in other
    assert "'Biểu 1'!$B$4:$B$16" in other
    assert "'Biểu 1'!$C$17" in other
    assert "'Biểu 1'!C4:C16" in other
    assert "location=\"'Biểu 1'!C17\"" in other
    sheet = read(after)["Biểu 1"]
    assert {cell.coordinate for row in sheet for cell in row if cell.comment} == {"C6", "A25"}
    assert sheet.print_area == "'Biểu 1'!$A$1:$F$17"
    assert dict(book.defined_names)["tong"] == "'Biểu 1'!$C$17"
    assert dict(book.defined_names)["Khác!rieng"] == "'Biểu 1'!$C$4:$C$16"
    untouched = members(before).keys() - changed_parts(before, after)
    assert {"xl/styles.xml", "xl/theme/theme1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"} <= untouched


def test_controls_of_a_dialog_sheet_follow_and_it_has_no_cells() -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    controls = '<controls><control name="x"><controlPr linkedCell="S!$B$12"/></control></controls>'
    content = package(
        sheet_xml('<row r="12"><c r="B12"><v>1</v></c></row>'),
        {
            "odd/box.xml": f'<dialogsheet xmlns="{MAIN}">{controls}</dialogsheet>',
            "odd/book.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{office}"><sheets>'
            '<sheet name="S" sheetId="4" r:id="x"/><sheet name="Hộp" sheetId="5" r:id="y"/></sheets></workbook>',
            "odd/_rels/book.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="x" Type="{office}/worksheet" Target="page.xml"/>'
            f'<Relationship Id="y" Type="{office}/dialogsheet" Target="box.xml"/></Relationships>',
        },
    )
    book = opened(content)
    book["S"].insert_rows(3, 2)
    assert 'linkedCell="S!$B$14"' in part(book.to_bytes(), "odd/box.xml")
    with pytest.raises(EditRefused, match="not_a_worksheet"):
        book["Hộp"].get("A1")


def test_inserting_and_deleting_gives_the_package_back() -> None:
    before = made(rich)
    book = opened(before)
    book["Biểu 1"].insert_rows(7, 5)
    book = opened(book.to_bytes())
    book["Biểu 1"].delete_rows(7, 5)
    after = book.to_bytes()
    from thidua_xl.ooxml.compare import compare

    difference = compare(before, after)
    assert not difference.missing
    assert not difference.added
    assert [change for change in difference.cells if change.what == "formula"] == []
    assert [change.what for change in difference.elements] == []
    assert set(difference.changed) <= {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}


def test_rows_in_a_table_with_a_totals_row_make_it_grow() -> None:
    book = opened(made(rich))
    book["Biểu 1"].insert_rows(12, 2, like=11)
    after = book.to_bytes()
    table = part(after, "xl/tables/table1.xml")
    assert 'ref="B3:E14"' in table
    assert '<autoFilter ref="B3:E13"' in table
    sheet = read(after)["Biểu 1"]
    assert "[Số]" in sheet["D11"].value
    assert sheet["D12"].value == sheet["D11"].value
    assert sheet["C14"].value == "=SUBTOTAL(109,[Số])"


def test_a_new_table_column_gets_a_header_of_its_own() -> None:
    book = opened(made(rich))
    book["Biểu 1"].insert_columns(4, 2)
    after = book.to_bytes()
    names = re.findall(r'<tableColumn [^>]*name="([^"]*)"', part(after, "xl/tables/table1.xml"))
    assert names == ["Tên", "Số", "Cột1", "Cột2", "Gấp đôi", "Ghi chú"]
    sheet = read(after)["Biểu 1"]
    assert [sheet.cell(3, column).value for column in range(2, 8)] == names
    assert len(set(re.findall(r'<tableColumn id="(\d+)"', part(after, "xl/tables/table1.xml")))) == 6


def test_a_deleted_table_column_leaves_no_formula_that_names_it() -> None:
    book = opened(made(rich))
    book["Biểu 1"].delete_columns(3, 1)
    after = book.to_bytes()
    assert 'name="Số"' not in part(after, "xl/tables/table1.xml")
    assert 'count="3"' in part(after, "xl/tables/table1.xml")
    assert "[Số]" not in part(after, "xl/tables/table1.xml")
    assert "[#REF!]" in part(after, "xl/worksheets/sheet1.xml")


def test_a_table_deleted_as_a_whole_goes_with_its_part() -> None:
    before = made(rich)
    book = opened(before)
    book["Biểu 1"].delete_rows(3, 10)
    after = book.to_bytes()
    assert "xl/tables/table1.xml" not in members(after)
    assert "table1" not in part(after, "[Content_Types].xml")
    assert "table" not in part(after, "xl/worksheets/_rels/sheet1.xml.rels")
    assert "tablePart" not in part(after, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("edit", "at", "count", "code"),
    [
        ("delete_rows", 3, 1, "cuts_table_header"),
        ("delete_rows", 4, 8, "empties_table"),
        ("delete_rows", 2, 3, "cuts_table_header"),
    ],
)
def test_a_table_is_not_left_without_header_or_rows(edit: str, at: int, count: int, code: str) -> None:
    before = made(rich)
    book = opened(before)
    with pytest.raises(EditRefused) as refusal:
        getattr(book["Biểu 1"], edit)(at, count)
    assert refusal.value.code == f"edit.{code}"
    assert book.to_bytes() == before


def test_the_table_says_of_its_totals_row_what_its_cells_hold() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        columns = [
            {"header": "Tên", "total_string": "Cộng"},
            {"header": "Số", "total_function": "sum"},
            {"header": "Ghi"},
        ]
        sheet.add_table("A1:C6", {"name": "Bang", "columns": columns, "total_row": True})

    content = made(build)
    book = opened(content)
    book["S"].set("A6", "Cộng")
    book["S"].set("C6", "gì cũng được")
    assert changed_parts(content, book.to_bytes()) == {"xl/worksheets/sheet1.xml"}
    book["S"].set("A6", "Tổng <&>")
    book["S"].set_formula("B6", "SUBTOTAL(103,Bang[Số])")
    table = part(book.to_bytes(), "xl/tables/table1.xml")
    assert 'totalsRowLabel="Tổng &lt;&amp;&gt;"' in table
    total = "<totalsRowFormula>SUBTOTAL(103,Bang[Số])</totalsRowFormula>"
    assert re.search(f'name="Số" totalsRowFunction="custom"[^>]*>{re.escape(total)}</tableColumn>', table)
    book["S"].set("A6", None)
    book["S"].set("B6", 12, replace_formula=True)
    table = part(book.to_bytes(), "xl/tables/table1.xml")
    assert "totalsRowLabel" not in table
    assert "totalsRowFunction" not in table
    assert "totalsRowFormula" not in table


def test_a_deleted_totals_row_is_forgotten() -> None:
    book = opened(made(rich))
    book["Biểu 1"].delete_rows(12, 1)
    table = part(book.to_bytes(), "xl/tables/table1.xml")
    assert 'ref="B3:E11"' in table
    assert "totalsRowCount" not in table
    assert "totalsRowFunction" not in table


def with_pivot(location: str) -> bytes:
    """A workbook whose first sheet has a pivot table there."""
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotTable+xml"
    before = made(lambda book: book.add_worksheet("S").write("A1", 1) and None)
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotTable" '
        'Target="../pivotTables/p.xml"/></Relationships>'
    )
    typed = replaced(
        before,
        "[Content_Types].xml",
        lambda text: text.replace(
            "</Types>", f'<Override PartName="/xl/pivotTables/p.xml" ContentType="{types}"/></Types>'
        ),
    )
    import io
    import zipfile

    stream = io.BytesIO(typed)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", rels)
        archive.writestr(
            "xl/pivotTables/p.xml",
            f'<pivotTableDefinition xmlns="urn:x" name="P">{location}</pivotTableDefinition>',
        )
    return stream.getvalue()


@pytest.mark.parametrize(("at", "cut"), [(5, False), (6, True), (10, True), (11, False)])
def test_rows_are_not_put_into_a_pivot_table(at: int, cut: bool) -> None:
    book = opened(with_pivot('<location ref="A5:C10"/>'))
    if cut:
        with pytest.raises(EditRefused) as refusal:
            book["S"].insert_rows(at, 1)
        assert refusal.value.code == "edit.cuts_pivot"
    else:
        book["S"].insert_rows(at, 1)
        expected = "A6:C11" if at == 5 else "A5:C10"
        assert f'ref="{expected}"' in part(book.to_bytes(), "xl/pivotTables/p.xml")


def test_rows_are_not_put_between_a_pivot_table_and_its_page_fields() -> None:
    book = opened(with_pivot('<location ref="A5:C10" rowPageCount="2"/>'))
    with pytest.raises(EditRefused):
        book["S"].insert_rows(4, 1)
    book["S"].insert_rows(2, 1)


def test_an_unknown_part_on_the_edited_sheet_is_refused_for_rows_but_not_for_cells() -> None:
    source = replaced(
        with_pivot('<location ref="A5:C10"/>'),
        "xl/worksheets/_rels/sheet1.xml.rels",
        lambda text: text.replace("/pivotTable", "/holograms"),
    )
    book = opened(source)
    with pytest.raises(EditRefused) as refusal:
        book["S"].insert_rows(1, 1)
    assert refusal.value.code == "edit.unknown_part"
    book["S"].set("A1", 2)
    assert book["S"].get("A1") == 2


def tied_table(*, query: bool, slicer: bool) -> bytes:
    """A table over B2:D5 of sheet `S`, filled by a query or filtered by a slicer on its second column."""

    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        sheet.add_table("B2:D5", {"columns": [{"header": name} for name in "xyz"]})

    content = made(build)
    extra: dict[str, str] = {}
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    arrow = '<Relationship Id="rId90" Type="{}" Target="{}"/>'
    if query:
        extra["xl/tables/_rels/table1.xml.rels"] = rels.format(arrow.format(f"{kinds}/queryTable", "../q.xml"))
        extra["xl/q.xml"] = '<queryTable xmlns="urn:q" name="q"/>'
    if slicer:
        kind = "http://schemas.microsoft.com/office/2007/relationships/slicerCache"
        extra["xl/s.xml"] = '<a xmlns="urn:s"><tableSlicerCache tableId="1" column="2"/></a>'
        content = replaced(
            content,
            "xl/_rels/workbook.xml.rels",
            lambda text: text.replace("</Relationships>", arrow.format(kind, "s.xml") + "</Relationships>"),
        )
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as packed:
        for name, text in extra.items():
            packed.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("query", "slicer", "edit", "at", "count", "is_refused"),
    [
        (True, False, "insert_columns", 3, 1, True),
        (True, False, "delete_columns", 4, 1, True),
        (True, False, "insert_columns", 2, 1, False),
        (True, False, "insert_rows", 4, 2, False),
        (False, True, "delete_columns", 3, 1, True),
        (False, True, "delete_columns", 4, 1, False),
        (False, True, "insert_columns", 3, 1, False),
        (False, True, "delete_rows", 1, 6, True),
        (False, False, "delete_rows", 1, 6, False),
    ],
)
def test_columns_that_a_query_fills_or_a_slicer_filters_are_not_torn_away(
    query: bool, slicer: bool, edit: str, at: int, count: int, is_refused: bool
) -> None:
    sheet = opened(tied_table(query=query, slicer=slicer))["S"]
    if not is_refused:
        getattr(sheet, edit)(at, count)
        return
    with pytest.raises(EditRefused) as refusal:
        getattr(sheet, edit)(at, count)
    assert refusal.value.code == "edit.cuts_tied_table"
