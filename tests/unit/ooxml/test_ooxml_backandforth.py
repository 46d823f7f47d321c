"""What was inserted and deleted again leaves every part of the package as it was."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from ooxml_books import made, members, opened

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rich() -> bytes:
    """Two sheets with one of nearly everything that points at cells, all of it in rows 1-15 and columns A-H."""

    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        other = book.add_worksheet("Trang 2")
        for row in range(15):
            for column in range(4):
                sheet.write_number(row, column, row * 10 + column)
        sheet.write_formula("F3", "=SUM(A1:B12)+$C$9", None, 1)
        sheet.write_formula("F9", '=A3&"A3"', None, 1)
        other.write_formula("A1", "=SUM('S'!A1:D15)-S!B7", None, 1)
        sheet.merge_range("G2:H4", "gộp")
        sheet.merge_range("G10:H10", "gộp")
        sheet.data_validation("A2:A14", {"validate": "custom", "value": "=A2<$C$9"})
        sheet.data_validation("B3:B9", {"validate": "list", "source": "='Trang 2'!$A$1:$A$9"})
        other.data_validation("B3:B9", {"validate": "list", "source": "=S!$A$2:$A$9"})
        sheet.conditional_format("B2:D12", {"type": "formula", "criteria": "=$B2>$A$3", "format": book.add_format()})
        sheet.conditional_format("C2:C12", {"type": "data_bar", "data_bar_2010": True})
        sheet.autofilter("A1:D15")
        sheet.write_url("H8", "internal:'S'!A12")
        sheet.write_comment("C5", "ghi chú")
        sheet.print_area("A1:H15")
        sheet.repeat_rows(0, 1)
        sheet.set_h_pagebreaks([5, 12])
        sheet.set_row(7, 33)
        sheet.add_sparkline("E6", {"range": "S!A6:D6"})
        sheet.freeze_panes(2, 1)
        book.define_name("vung", "=S!$A$2:$C$12")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=S!$B$2:$B$12", "categories": "=S!$A$2:$A$12", "name": "=S!$B$1"})
        other.insert_chart("C3", chart)

    return made(build)


def shapes(content: bytes) -> dict[str, bytes]:
    """The parts in canonical form, without results of formulas and the order to calculate."""
    found = {}
    for name, data in members(content).items():
        if not name.endswith((".xml", ".rels", ".vml")):
            found[name] = data
            continue
        root = etree.fromstring(data)
        for cell in root.iter(f"{MAIN}c"):
            for value in cell.findall(f"{MAIN}v") if cell.find(f"{MAIN}f") is not None else ():
                cell.remove(value)
            if cell.find(f"{MAIN}f") is not None:
                cell.attrib.pop("t", None)
        for element in list(root.iter(f"{MAIN}calcPr")):
            element.getparent().remove(element)
        for row in root.iter(f"{MAIN}row"):
            row.attrib.pop("spans", None)
        found[name] = etree.tostring(root, method="c14n2")
    return found


BEFORE = rich()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["rows", "columns"]), st.integers(1, 16), st.integers(1, 4))
def test_inserting_then_deleting_gives_every_part_back(axis: str, at: int, count: int) -> None:
    book = opened(BEFORE)
    getattr(book["S"], f"insert_{axis}")(at, count)
    book = opened(book.to_bytes())
    getattr(book["S"], f"delete_{axis}")(at, count)
    before, after = shapes(BEFORE), shapes(book.to_bytes())
    assert before.keys() == after.keys()
    for name, data in before.items():
        assert after[name] == data, name


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["rows", "columns"]), st.integers(1, 16), st.integers(1, 4))
def test_the_same_edits_give_the_same_bytes(axis: str, at: int, count: int) -> None:
    contents = set()
    for _ in range(2):
        book = opened(BEFORE)
        getattr(book["S"], f"insert_{axis}")(at, count)
        book["S"].set("A16", "cuối")
        book["S"].set("A17", 2.5)
        contents.add(book.to_bytes())
    assert len(contents) == 1
