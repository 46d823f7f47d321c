"""Notes, links, rules, names, sheets, properties, macros and buttons added to a workbook."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from ooxml_books import changed_parts, grid, made, members, opened, package, part, read, replaced, sheet_xml

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml import Validation, Workbook
from thidua_xl.ooxml.order import WORKSHEET


def assert_in_order(content: bytes, name: str) -> None:
    """The children of a worksheet part stand as the standard wants them."""
    tags = [etree.QName(child).localname for child in etree.fromstring(members(content)[name])]
    places = [WORKSHEET.index(tag) for tag in tags]
    assert places == sorted(places), tags


def test_a_note_is_read_by_others_and_changes_only_what_it_must() -> None:
    before = grid()
    book = opened(before)
    book["Biểu 1"].add_note("B3", "Số tiền <sai>\ndòng hai", "Văn phòng")
    book["Biểu 1"].add_note("A1", "khác")
    after = book.to_bytes()
    sheet = read(after)["Biểu 1"]
    assert sheet["B3"].comment.text == "Số tiền <sai>\ndòng hai"
    assert sheet["B3"].comment.author == "Văn phòng"
    assert book["Biểu 1"].notes == {"A1": "khác", "B3": "Số tiền <sai>\ndòng hai"}
    assert changed_parts(before, after) == {
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "[Content_Types].xml",
    }
    assert_in_order(after, "xl/worksheets/sheet1.xml")
    etree.fromstring(members(after)["xl/drawings/vmlDrawing1.vml"])


def test_a_note_is_added_below_the_text_of_one_that_is_there() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("A")
        sheet.write_comment("B3", "cũ", {"author": "Lan"})
        sheet.write_comment("C9", "khác")

    book = opened(made(build))
    book["A"].add_note("B3", "mới")
    book["A"].add_note("B4", "mới nữa")
    after = book.to_bytes()
    assert book["A"].notes == {"B3": "cũ\nmới", "B4": "mới nữa", "C9": "khác"}
    assert read(after)["A"]["B4"].comment.text == "mới nữa"
    shapes = re.findall(r'<v:shape id="([^"]+)"', part(after, "xl/drawings/vmlDrawing1.vml"))
    assert len(shapes) == len(set(shapes)) == 3


def test_a_threaded_comment_is_not_spoiled_by_a_note() -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t" '
        'Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" Target="t.xml"/>'
        "</Relationships>"
    )
    parts = {
        "odd/_rels/page.xml.rels": rels,
        "odd/t.xml": '<ThreadedComments xmlns="t"><threadedComment ref="A1"/></ThreadedComments>',
    }
    book = opened(package(sheet_xml(""), parts))
    with pytest.raises(EditRefused) as refusal:
        book["S"].add_note("A1", "x")
    assert refusal.value.code == "edit.threaded_comment"
    book["S"].add_note("A2", "x")


def test_links_lead_out_and_within() -> None:
    book = opened(grid())
    sheet = book["Biểu 1"]
    sheet.add_hyperlink("A1", "https://vi.vn/?a=1&b=ờ", tip="mở")
    sheet.add_hyperlink("A2", location="'Sheet2'!B2")
    sheet.add_hyperlink("A2", location="'Sheet2'!B3")
    after = book.to_bytes()
    links = {link.ref: (link.target, link.location, link.tooltip) for link in read(after)["Biểu 1"]._hyperlinks}
    assert not links  # openpyxl hangs them on the cells
    found = read(after)["Biểu 1"]
    assert found["A1"].hyperlink.target == "https://vi.vn/?a=1&b=ờ"
    assert found["A1"].hyperlink.tooltip == "mở"
    assert found["A2"].hyperlink.location == "'Sheet2'!B3"
    assert_in_order(after, "xl/worksheets/sheet1.xml")


def test_a_validation_takes_the_place_of_older_ones() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A").data_validation("A1:C9", {"validate": "integer", "criteria": ">", "value": 0})

    book = opened(made(build))
    book["A"].add_validation("B3:B4", Validation("list", '"Có,Không"', error="Chọn Có hoặc Không", style="warning"))
    after = book.to_bytes()
    rules = read(after)["A"].data_validations.dataValidation
    assert [rule.type for rule in rules] == ["whole", "list"]
    assert rules[1].error == "Chọn Có hoặc Không"
    assert rules[1].errorStyle == "warning"
    covered = {cell for area in str(rules[0].sqref).split() for cell in _cells(area)}
    assert covered == {f"{column}{row}" for column in "ABC" for row in range(1, 10)} - {"B3", "B4"}
    book["A"].add_validation("A1:C9", Validation("custom", "A1>0", formula2=""))
    assert len(read(book.to_bytes())["A"].data_validations.dataValidation) == 1


def _cells(area: str) -> list[str]:
    from thidua_xl.refs import Area, cell_name

    return [cell_name(row, column) for row, column in Area.parse(area).places()]


@pytest.mark.parametrize(
    ("areas", "rule", "code"),
    [
        ("B3", Validation("list", '"' + "x" * 300 + '"'), "text_too_long"),
        ("B3", Validation("list", "A1", error="x" * 300), "text_too_long"),
        ("B3", Validation("list", "A1", error="x\x00"), "control_character"),
        ("B3 nowhere", Validation("list", "A1"), "no_such_cell"),
        ("", Validation("list", "A1"), "no_such_cell"),
    ],
)
def test_a_validation_excel_would_not_take_is_refused(areas: str, rule: Validation, code: str) -> None:
    before = grid()
    book = opened(before)
    with pytest.raises(EditRefused) as refusal:
        book["Biểu 1"].add_validation(areas, rule)
    assert refusal.value.code == f"edit.{code}"
    assert book.to_bytes() == before


def test_a_conditional_format_comes_after_those_that_are_there() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A").conditional_format(
            "A1:A9", {"type": "cell", "criteria": ">", "value": 1, "format": book.add_format({"bold": True})}
        )

    book = opened(made(build))
    book["A"].add_conditional_format("B2:B9", "=$A2<0", fill="FFC7CE", font="9C0006")
    after = book.to_bytes()
    rules = {str(found.sqref): found.rules for found in read(after)["A"].conditional_formatting}
    assert rules["B2:B9"][0].formula == ["$A2<0"]
    assert rules["B2:B9"][0].dxf.fill.bgColor.rgb == "FFFFC7CE"
    assert rules["B2:B9"][0].priority == 2
    assert rules["A1:A9"][0].dxf.font.b
    assert_in_order(after, "xl/worksheets/sheet1.xml")


def test_names_are_defined_for_the_workbook_or_one_sheet() -> None:
    book = opened(grid())
    book.define_name("TD_S05", "='Biểu 1'!$A$2:$C$9")
    book.define_name("vung", "='Biểu 1'!$A$1", "Sheet2")
    book.define_name("TD_S05", "='Biểu 1'!$A$2:$C$10")
    assert dict(book.defined_names) == {"TD_S05": "'Biểu 1'!$A$2:$C$10", "Sheet2!vung": "'Biểu 1'!$A$1"}
    after = read(book.to_bytes())
    assert after.defined_names["TD_S05"].attr_text == "'Biểu 1'!$A$2:$C$10"
    assert "vung" in after["Sheet2"].defined_names


@pytest.mark.parametrize("name", ["", "A1", "1a", "a b", "R", "xfd1048576", "a-b"])
def test_a_name_excel_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(EditRefused) as refusal:
        opened(grid()).define_name(name, "1")
    assert refusal.value.code == "edit.bad_name"


def test_a_sheet_is_added_at_the_end_with_its_rows() -> None:
    before = grid()
    book = opened(before)
    sheet = book.add_sheet("Nguồn số liệu", [["Ô", "Giá trị"], ["A1", 5], [], [None, "=x"]], widths=(10, 22.5))
    sheet.set("D1", True)
    after = book.to_bytes()
    found = read(after)
    assert found.sheetnames == ["Biểu 1", "Sheet2", "Nguồn số liệu"]
    assert found["Nguồn số liệu"]["B2"].value == 5
    assert found["Nguồn số liệu"]["B4"].value == "=x"
    assert found["Nguồn số liệu"]["B4"].data_type != "f"
    assert found["Nguồn số liệu"].column_dimensions["B"].width == 22.5
    assert members(before)["xl/worksheets/sheet1.xml"] == members(after)["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "bad_sheet_name"), ("a/b", "bad_sheet_name"), ("x" * 32, "bad_sheet_name"), ("'a", "bad_sheet_name"),
     ("History", "bad_sheet_name"), ("SHEET2", "sheet_exists"), ("biểu 1", "sheet_exists")],
)  # fmt: skip
def test_a_sheet_name_excel_would_not_take_is_refused(name: str, code: str) -> None:
    with pytest.raises(EditRefused) as refusal:
        opened(grid()).add_sheet(name)
    assert refusal.value.code == f"edit.{code}"


def template(book: Any) -> None:
    sheet = book.add_worksheet("Mẫu")
    sheet.write_number("A1", 5, book.add_format({"bold": True}))
    sheet.write_formula("B1", "=Mẫu!A1+A1+SUM(Bang[x])", None, 15)
    sheet.add_table("D1:E3", {"name": "Bang", "columns": [{"header": "x"}, {"header": "y"}]})
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=Mẫu!$A$1:$A$9"})
    sheet.insert_chart("H3", chart)
    sheet.write_comment("A1", "ghi chú")
    sheet.write_url("A9", "https://vi.vn")
    sheet.print_area("A1:F9")
    book.add_worksheet("Khác").write_formula("A1", "=Mẫu!A1", None, 5)


def test_a_copied_sheet_points_at_itself() -> None:
    before = made(template)
    book = opened(before)
    copy = book.copy_sheet("Mẫu", "Bản 2")
    copy.set("A1", 7)
    after = book.to_bytes()
    found = read(after)
    assert found.sheetnames == ["Mẫu", "Khác", "Bản 2"]
    assert found["Bản 2"]["B1"].value == "='Bản 2'!A1+A1+SUM(Bang1[x])"
    assert list(found["Bản 2"].tables) == ["Bang1"]
    assert found["Bản 2"]["A1"].comment.text == "ghi chú"
    assert found["Bản 2"]["A1"].font.bold
    assert found["Bản 2"]["A9"].hyperlink.target == "https://vi.vn/" or found["Bản 2"]["A9"].hyperlink.target
    assert found["Bản 2"]._charts[0].series[0].val.numRef.f == "'Bản 2'!$A$1:$A$9"
    assert found["Bản 2"].print_area == "'Bản 2'!$A$1:$F$9"
    assert found["Mẫu"]["B1"].value == "=Mẫu!A1+A1+SUM(Bang[x])"
    assert found["Khác"]["A1"].value == "=Mẫu!A1"
    assert members(before)["xl/worksheets/sheet1.xml"] == members(after)["xl/worksheets/sheet1.xml"]
    assert part(after, "xl/tables/table2.xml").count('id="2"') == 2  # the table and its second column


def controls() -> bytes:
    """A sheet `S` with a dropdown: its shape in VML and in a drawing, its properties, its place in the sheet."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    arrow = f'<Relationship Id="{{}}" Type="{office}/{{}}" Target="{{}}"/>'
    vml = (
        '<xml xmlns:v="urn:v" xmlns:o="urn:o" xmlns:x="urn:x"><o:shapelayout><o:idmap v:ext="edit" data="1"/>'
        '</o:shapelayout><v:shape id="_x0000_s1026"><x:ClientData ObjectType="Drop">'
        "<x:FmlaRange>S!$A$1:$A$9</x:FmlaRange><x:FmlaLink>$B$1</x:FmlaLink></x:ClientData></v:shape></xml>"
    )
    drawing = (
        '<wsDr xmlns="urn:d"><sp><cNvPr id="1026" name="Drop"><compatExt spid="_x0000_s1026"/></cNvPr></sp>'
        '<sp><cNvPr id="1026" name="khác"/></sp></wsDr>'
    )
    sheet = sheet_xml(
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        after=f'<legacyDrawing xmlns:r="{office}" r:id="v"/><controls><control shapeId="1026" xmlns:r="{office}" '
        'r:id="c" name="Drop"><controlPr listFillRange="S!$A$1:$A$9"/></control></controls>',
    )
    return package(
        sheet,
        {
            "odd/_rels/page.xml.rels": rels.format(
                arrow.format("v", "vmlDrawing", "a1.vml")
                + arrow.format("c", "ctrlProp", "c1.xml")
                + arrow.format("d", "drawing", "d1.xml")
            ),
            "odd/a1.vml": vml,
            "odd/c1.xml": '<formControlPr objectType="Drop" fmlaRange="S!$A$1:$A$9" fmlaLink="$B$1"/>',
            "odd/d1.xml": drawing,
        },
    )


def test_controls_of_a_copied_sheet_are_tied_to_its_own_shapes_and_cells() -> None:
    before = controls()
    book = opened(before)
    book.copy_sheet("S", "S 2")
    after = members(book.to_bytes())
    old = members(before)
    assert {name for name in old if old[name] != after[name]} == {
        "odd/book.xml", "odd/_rels/book.xml.rels", "[Content_Types].xml"
    }  # fmt: skip
    assert after["odd/c2.xml"].count(b'fmlaRange="\'S 2\'!$A$1:$A$9" fmlaLink="$B$1"') == 1
    assert b'data="2"' in after["odd/a2.vml"]
    assert b'id="_x0000_s2050"' in after["odd/a2.vml"]
    assert b"<x:FmlaRange>'S 2'!$A$1:$A$9</x:FmlaRange><x:FmlaLink>$B$1</x:FmlaLink>" in after["odd/a2.vml"]
    assert b'<cNvPr id="2050" name="Drop"><compatExt spid="_x0000_s2050"/>' in after["odd/d2.xml"]
    assert '<cNvPr id="1026" name="khác"/>'.encode() in after["odd/d2.xml"]
    copied = next(name for name in after.keys() - old.keys() if "sheet" in name and name.endswith(".xml"))
    assert b'shapeId="2050"' in after[copied]
    assert b"listFillRange=\"'S 2'!$A$1:$A$9\"" in after[copied]


def test_a_sheet_with_what_cannot_be_doubled_is_not_copied() -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="p" '
        'Type="http://x/pivotTable" Target="p.xml"/></Relationships>'
    )
    before = package(sheet_xml(""), {"odd/_rels/page.xml.rels": rels, "odd/p.xml": "<a/>"})
    book = opened(before)
    with pytest.raises(EditRefused) as refusal:
        book.copy_sheet("S", "S2")
    assert refusal.value.code == "edit.cannot_copy"
    assert book.to_bytes() == before


def test_headers_and_footers_are_set_and_kept() -> None:
    def build(book: Any) -> None:
        book.add_worksheet("A").set_header("&Lcũ")

    book = opened(made(build))
    book["A"].set_header_footer(footer="&CTrang &P/&N")
    sheet = read(book.to_bytes())["A"]
    assert sheet.oddHeader.left.text == "cũ"
    assert sheet.oddFooter.center.text == "Trang &P/&N"
    assert_in_order(book.to_bytes(), "xl/worksheets/sheet1.xml")


def test_custom_properties_are_set_and_replaced() -> None:
    book = opened(grid())
    book.set_custom_property("thidua", "một & hai")
    book.set_custom_property("khac", "x")
    book.set_custom_property("THIDUA", "ba")
    after = book.to_bytes()
    assert dict(opened(after).custom_properties) == {"thidua": "ba", "khac": "x"}
    assert {found.name: found.value for found in read(after).custom_doc_props.props} == {"thidua": "ba", "khac": "x"}


def test_a_macro_project_makes_it_a_macro_workbook_with_code_names() -> None:
    before = made(template)
    book = opened(before)
    book.add_vba_project(b"VBA")
    names = book.code_names()
    after = book.to_bytes()
    assert members(after)["xl/vbaProject.bin"] == b"VBA"
    assert "macroEnabled.main+xml" in part(after, "[Content_Types].xml")
    assert 'codeName="ThisWorkbook"' in part(after, "xl/workbook.xml")
    assert names == {"": "ThisWorkbook", "Mẫu": "Sheet1", "Khác": "Sheet2"}
    assert 'codeName="Sheet2"' in part(after, "xl/worksheets/sheet2.xml")
    assert_in_order(after, "xl/worksheets/sheet1.xml")
    again = opened(after)
    assert again.has_vba_project
    with pytest.raises(EditRefused) as refusal:
        again.add_vba_project(b"other")
    assert refusal.value.code == "edit.has_macros"


def test_buttons_stand_beside_notes_in_one_drawing() -> None:
    book = opened(made(template))
    book["Mẫu"].add_button("J1:K2", "Kiểm tra & gửi", "KiemTra")
    book["Mẫu"].add_button("J4:K5", "Tổng hợp", "TongHop")
    book["Khác"].add_button("A3:B4", "Xuất", "XuatBaoCao")
    after = book.to_bytes()
    drawing = part(after, "xl/drawings/vmlDrawing1.vml")
    assert drawing.count('ObjectType="Button"') == 2
    assert drawing.count('ObjectType="Note"') == 1
    assert "Kiểm tra &amp; gửi" in drawing
    assert "<x:FmlaMacro>[0]!KiemTra</x:FmlaMacro>" in drawing
    assert "<x:Anchor>9, 0, 0, 0, 11, 0, 2, 0</x:Anchor>" in drawing
    shapes = re.findall(r'<v:shape id="([^"]+)"', drawing)
    assert len(shapes) == len(set(shapes))
    for name in ("xl/drawings/vmlDrawing1.vml", "xl/drawings/vmlDrawing2.vml"):
        etree.fromstring(members(after)[name])
    assert_in_order(after, "xl/worksheets/sheet2.xml")


def test_additions_follow_rows_inserted_afterwards() -> None:
    book = opened(grid())
    sheet = book["Biểu 1"]
    sheet.add_note("B12", "x")
    sheet.add_hyperlink("A12", location="'Biểu 1'!A13")
    sheet.add_validation("C12", Validation("list", "$A$12:$A$13"))
    book.define_name("ten", "='Biểu 1'!$A$12")
    sheet.insert_rows(10, 5)
    assert sheet.notes == {"B17": "x"}
    text = part(book.to_bytes(), "xl/worksheets/sheet1.xml")
    assert "location=\"'Biểu 1'!A18\"" in text
    assert "$A$17:$A$18" in text
    assert book.defined_names["ten"] == "'Biểu 1'!$A$17"


def test_a_strict_workbook_without_content_type_defaults_gets_what_it_needs() -> None:
    source = replaced(
        package(sheet_xml("")), "[Content_Types].xml", lambda text: text.replace('Extension="xml"', 'Extension="XML"')
    )
    book = opened(source)
    book["S"].add_note("A1", "x")
    assert 'Extension="vml"' in part(book.to_bytes(), "[Content_Types].xml")


def test_a_note_and_a_link_of_a_merged_area_hang_on_its_first_cell() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        sheet.merge_range("B2:D4", "gộp")
        sheet.write_url("B2", "https://cu.example/")

    book = opened(made(build))
    book["S"].add_note("C3", "ghi chú")
    book["S"].add_hyperlink("D4", "https://vi-du.example/")
    sheet = read(book.to_bytes())["S"]
    assert sheet["B2"].comment.text == "ghi chú"
    text = part(book.to_bytes(), "xl/worksheets/sheet1.xml")
    assert re.findall(r'<hyperlink [^>]*ref="([^"]+)"', text) == ["B2:D4"]


def test_parts_are_added_beside_parts_whose_names_are_written_with_backslashes(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members(grid()).items():
            archive.writestr(zipfile.ZipInfo(name.replace("/", "\\")), content)
    book = opened(stream.getvalue())
    book["Biểu 1"].add_note("B2", "ghi chú")
    book["Biểu 1"].add_hyperlink("B3", "https://vi-du.example/")
    book.add_sheet("Thêm", [["a"]])
    book.set_custom_property("đợt", "1")
    book.save(tmp_path / "ra.xlsx")
    again = Workbook.open(tmp_path / "ra.xlsx")
    assert again["Thêm"].get("A1") == "a"
    assert again["Biểu 1"].notes == {"B2": "ghi chú"}
    assert again.custom_properties == {"đợt": "1"}
