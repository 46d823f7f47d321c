"""Lines and bold letters of rows are read without openpyxl, which stops at files that Excel opens."""

from __future__ import annotations

from pathlib import Path

from grid_packages import MAIN, pack, parts, relationships, sheet_xml

from thidua_xl.grid.looks import RowLooks, row_looks

FONTS = '<fonts><font><name val="Arial"/></font><font><b/></font><font><b val="0"/></font></fonts>'
BORDERS = (
    '<borders><border><top/></border><border><top style="thin"/></border>'
    '<border><left style="thin"/></border></borders>'
)
CELLS = (
    '<cellStyleXfs><xf fontId="1" borderId="1"/></cellStyleXfs><cellXfs><xf fontId="0" borderId="0"/>'
    '<xf fontId="1" borderId="1"/><xf fontId="2" borderId="2"/>'
    '<xf fontId="4000000000" borderId="4000000000"/></cellXfs>'
)
STYLES = f'<styleSheet xmlns="{MAIN}">{FONTS}{BORDERS}{CELLS}</styleSheet>'
ROWS = (
    '<row r="1"><c r="A1" s="1"/><c r="B1" s="1"/></row><row><c s="1"/><c s="0"/></row>'
    '<row r="4"><c r="A4" s="2"/><c r="B4" s="2"/></row><row r="5"><c r="A5" s="1"/><c r="B5" s="1"/></row>'
    '<row r="6"><c r="A6" s="3"/></row>'
)
MERGED = '<mergeCells><mergeCell ref="A5:C5"/></mergeCells>'


def looks_of(folder: Path, members: dict[str, str | bytes], kind: str = "xlsx") -> dict[int, RowLooks]:
    path = folder / "mau.xlsx"
    path.write_bytes(pack(members))
    return dict(row_looks(path, kind).get("Biểu 05", {}))


def test_lines_and_bold_letters_are_those_of_the_cells_own_styles(tmp_path: Path) -> None:
    members = parts(styles=STYLES, sheet=sheet_xml(ROWS, after=MERGED))
    # A date that is none, as old writers put it, is no matter of looks.
    members["docProps/core.xml"] = "<a>2021- 9- 3T20:25:22Z</a>"
    assert looks_of(tmp_path, members) == {
        1: RowLooks(has_lines=True, is_bold=True),
        2: RowLooks(has_lines=False, is_bold=False),
        3: RowLooks(),
        4: RowLooks(),
        5: RowLooks(has_lines=True, is_bold=False),  # one merged cell, not two in bold
        6: RowLooks(),
    }


def test_a_workbook_without_styles_or_of_another_format_has_no_looks(tmp_path: Path) -> None:
    members = parts(sheet=sheet_xml(ROWS))
    assert set(looks_of(tmp_path, members).values()) == {RowLooks()}
    assert looks_of(tmp_path, members, "xls") == {}
    members["_rels/.rels"] = relationships(("r", "officeDocument", "word/document.xml"))
    assert looks_of(tmp_path, members) == {}
