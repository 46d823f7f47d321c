"""A copy the unit typed in, stripped: every part that it left alone is the original's again."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from openpyxl import Workbook as NewBook
from openpyxl import load_workbook
from openpyxl.comments import Comment

from thidua_xl.model import Finding, Severity
from thidua_xl.ooxml import Workbook
from thidua_xl.report.annotate import annotate
from thidua_xl.report.mend_sheet import MendSheet
from thidua_xl.report.strip import strip


def finding(cell: str, sheet: str = "Biểu") -> Finding:
    return Finding(
        f"X-{cell}", Severity.ERROR, file="a.xlsx", sheet=sheet, cell=cell, message=f"Sai {cell}", mend="Sửa"
    )


def workbook(note: str = "") -> bytes:
    book = NewBook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Biểu"
    for row in (("Tên", "Số"), ("An", 5), ("Bình", 6)):
        sheet.append(row)
    if note:
        sheet["B2"].comment = Comment(note, "Phòng A")
    book.create_sheet("Khác").append(("không", "đụng"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_part(content: bytes, part: str, old: str, new: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, blob in parts(content).items():
            package.writestr(name, blob.replace(old.encode(), new.encode()) if name == part else blob)
    return stream.getvalue()


def typed(content: bytes, cell: str, value: str, sheet: str = "Khác") -> bytes:
    book = Workbook.from_bytes(content)
    book[sheet].set(cell, value)
    return book.to_bytes()


def sent_and_back(original: bytes, findings: tuple[Finding, ...]) -> tuple[bytes, bytes]:
    sent = annotate(original, "a.xlsx", MendSheet(findings, "Phòng A", "6 tháng", "0123456789abcdef"))
    return sent, strip(original, sent, typed(sent, "A1", "gõ lại"), findings)


@pytest.mark.parametrize("cell", ["B2", "D9", "A3", "C2"])
def test_parts_are_as_before_also_when_a_cell_beyond_the_table_was_marked(cell: str) -> None:
    original = workbook()
    _, clean = sent_and_back(original, (finding(cell),))
    assert parts(clean) == parts(typed(original, "A1", "gõ lại"))


def test_a_cell_that_names_the_plain_format_names_it_again() -> None:
    original = with_part(workbook(), "xl/worksheets/sheet1.xml", '<c r="B2" t="n"', '<c r="B2" s="0" t="n"')
    assert b's="0"' in parts(original)["xl/worksheets/sheet1.xml"]
    _, clean = sent_and_back(original, (finding("B2"),))
    assert parts(clean) == parts(typed(original, "A1", "gõ lại"))


def test_a_note_of_the_unit_gets_its_formats_back() -> None:
    original = workbook(note="đậm")
    part = next(name for name in parts(original) if "comments" in name)
    original = with_part(
        original, part, "<t>đậm</t>", '<r><rPr><b/></rPr><t>đậm</t></r><r><t xml:space="preserve"> và nhạt</t></r>'
    )
    sent, clean = sent_and_back(original, (finding("B2"), finding("B3")))
    assert b"<b" in parts(sent)[part]
    assert parts(clean) == parts(typed(original, "A1", "gõ lại"))


@pytest.mark.parametrize("note", ["", "Số của tôi"])
def test_what_the_unit_adds_to_a_note_stays(note: str) -> None:
    original = workbook(note)
    findings = (finding("B2"),)
    sent = annotate(original, "a.xlsx", MendSheet(findings, "Phòng A", "6 tháng", "0123456789abcdef"))
    book = load_workbook(io.BytesIO(sent))
    own = book["Biểu"]["B2"].comment
    assert own is not None
    book["Biểu"]["B2"].comment = Comment(f"{own.text}\nĐã hỏi kế toán", "Phòng A")
    stream = io.BytesIO()
    book.save(stream)
    left = load_workbook(io.BytesIO(strip(original, sent, stream.getvalue(), findings)))["Biểu"]["B2"].comment
    assert left is not None
    assert left.text == (f"{note}\n" if note else "") + "Đã hỏi kế toán"


def test_the_offices_own_cells_of_the_very_colour_keep_it() -> None:
    book = load_workbook(io.BytesIO(workbook()))
    stream = io.BytesIO()
    book.save(stream)
    plain = Workbook.from_bytes(stream.getvalue())
    plain["Biểu"].mark("B3", "FFC7CD")
    original = plain.to_bytes()
    findings = (finding("B2"),)
    sent = annotate(original, "a.xlsx", MendSheet(findings, "Phòng A", "6 tháng", "0123456789abcdef"))
    clean = strip(original, sent, typed(sent, "A1", "gõ lại"), findings)
    look = load_workbook(io.BytesIO(clean))["Biểu"]
    assert (look["B2"].fill.fill_type, look["B3"].fill.fgColor.rgb[-6:]) == (None, "FFC7CD")


def test_a_window_that_does_not_say_its_first_sheet_does_not_say_it_again() -> None:
    original = workbook()
    bare = re.sub(r' activeTab="0"| firstSheet="0"', "", parts(original)["xl/workbook.xml"].decode())
    original = with_part(original, "xl/workbook.xml", parts(original)["xl/workbook.xml"].decode(), bare)
    _, clean = sent_and_back(original, (finding("A1", "Khác"),))
    assert parts(clean)["xl/workbook.xml"] == parts(original)["xl/workbook.xml"]


def test_a_workbook_with_a_sheet_of_that_name_gets_a_second_one() -> None:
    book = load_workbook(io.BytesIO(workbook()))
    book["Khác"].title = "Cần sửa"
    stream = io.BytesIO()
    book.save(stream)
    original, findings = stream.getvalue(), (finding("B2"),)
    sent = annotate(original, "a.xlsx", MendSheet(findings, "Phòng A", "6 tháng", "0123456789abcdef"))
    assert Workbook.from_bytes(sent).sheetnames == ["Cần sửa (2)", "Biểu", "Cần sửa"]
    clean = strip(original, sent, typed(sent, "A1", "gõ lại", "Cần sửa"), findings)
    assert parts(clean) == parts(typed(original, "A1", "gõ lại", "Cần sửa"))
