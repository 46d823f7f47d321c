"""Sheets with addresses that are none, broken bytes and other junk are refused in words, never with a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from ooxml_books import package, sheet_xml

from thidua_xl.ooxml.__main__ import main

EDITS = (
    ("set", "S", "A1", "5"),
    ("insert-rows", "S", "1", "2", "1"),
    ("delete-rows", "S", "1", "1"),
    ("insert-columns", "S", "A", "1", "A"),
    ("delete-columns", "S", "A", "1"),
)
ROWS = {
    "column beyond the last": '<row r="1"><c r="XFE1"><f>1+1</f><v>2</v></c></row>',
    "cell of no name": '<row r="1"><c r=""><f>1+1</f><v>2</v></c></row>',
    "cell named like an area": '<row r="1"><c r="A1:"><f>1+1</f><v>2</v></c></row>',
    "row of no number": '<row r="một"><c><v>2</v></c></row>',
    "array over nothing": '<row r="1"><c r="A1"><f t="array" ref="##">B1:B2</f><v>2</v></c></row>',
    "table of nothing": '<row r="1"><c r="A1"><f t="dataTable" ref="A1:A2" r1="x" dt2D="0"/><v>2</v></c></row>',
    "attribute twice": '<row r="1"><c r="A1" s="0" s="0"><v>2</v></c></row>',
}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit[0])
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_junk_in_the_rows_is_refused_or_left_as_it_is(
    edit: tuple[str, ...], rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    source.write_bytes(package(sheet_xml(rows)))
    code = main([edit[0], str(source), str(target), *edit[1:], "--thay-cong-thuc"])
    told = capsys.readouterr().err
    assert code in (0, 3)
    assert target.exists() == (code == 0)
    assert code == 0 or told.count("\n") <= 3


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = sheet_xml('<row r="1" x="@"><c r="A1"><v>2</v></c></row>').encode().replace(b"@", b"\xbf")
    source = tmp_path / "a.xlsx"
    source.write_bytes(package(sheet))
    assert main(["set", str(source), str(tmp_path / "b.xlsx"), "S", "A1", "5"]) == 3
    assert "bị hỏng" in capsys.readouterr().err


def test_a_part_damaged_before_the_edit_is_told_as_damage_and_not_as_our_fault(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(package(sheet_xml('<row r="1"><c r="A1" s="0" s="0"/></row><row r="2"/>')))
    assert main(["set", str(source), str(tmp_path / "b.xlsx"), "S", "B2", "1"]) == 3
