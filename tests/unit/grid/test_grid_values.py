"""What a cell stores is what comes out: exact numbers, days, errors, texts, formulas."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from grid_packages import MAIN, book, pack, parts, sheet_xml, strings_xml, styles_xml, workbook_xml
from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.grid import read_book
from thidua_xl.grid.values import digits_lost, exact, number
from thidua_xl.model import Cell, CellError, Invalid, Value


def cell(xml: str, **keywords: str) -> Cell | None:
    """The cell A1 of a sheet with this XML in its first row."""
    return read_book(book(f'<row r="1">{xml}</row>', **keywords)).sheets[0].cells.get((1, 1))


def value(xml: str, **keywords: str) -> Value:
    found = cell(xml, **keywords)
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("stored", "number_"),
    [
        ("0", 0),
        ("5", 5),
        ("-5", -5),
        ("5.0", 5),
        ("0.1", Decimal("0.1")),
        ("0.30000000000000004", Decimal("0.3")),
        ("12951.500000000002", Decimal("12951.5")),
        ("1500000000000000", 1500000000000000),
        ("1E3", 1000),
        ("1.2E-3", Decimal("0.0012")),
        ("126293201971875.7", Decimal("126293201971876")),
        ("999999999999999", 999999999999999),
        (".5", Decimal("0.5")),
    ],
)
def test_a_number_is_what_excel_holds_and_shows(stored: str, number_: int | Decimal) -> None:
    found = value(f'<c r="A1"><v>{stored}</v></c>')
    assert found == number_
    assert type(found) in (int, Decimal)


@pytest.mark.parametrize("stored", ["1e400", "-1e400", "NaN", "inf", "１２３", "1_000", "0x10", "abc", "1,5", "1 000"])
def test_what_is_no_finite_number_is_marked(stored: str) -> None:
    assert value(f'<c r="A1"><v>{stored}</v></c>') == Invalid(stored)


@pytest.mark.parametrize("stored", ["1e300", "-1e30", "1E+200", "4e-320"])
def test_what_no_office_counts_is_no_number_so_that_sums_stay_exact(stored: str) -> None:
    assert value(f'<c r="A1"><v>{stored}</v></c>') == Invalid(stored)
    assert value('<c r="A1"><v>5.5511151231257827E-17</v></c>') == Decimal("5.55111512312578E-17")


def test_digits_beyond_excels_are_kept_beside_the_value() -> None:
    found = cell('<c r="A1"><v>12345678901234567</v></c>')
    assert found is not None
    assert (found.value, found.raw) == (12345678901234600, "12345678901234567")
    assert not digits_lost("0.30000000000000004")
    assert not digits_lost("1500000000000000")


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_double_keeps_fifteen_digits(size: float) -> None:
    found = exact(size)
    if 0 < abs(size) < 1e-30:
        assert found == Invalid(repr(size))
        return
    assert isinstance(found, (int, Decimal))
    assert float(f"{size:.15g}") == float(found)
    assert number(repr(size)) == found


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_whole_numbers_come_back_whole(size: int) -> None:
    assert number(str(size)) == size


@pytest.mark.parametrize(
    ("format_", "stored", "shown"),
    [
        ("dd/mm/yyyy", "44840", date(2022, 10, 6)),
        ("[$-1010000]d/m/yyyy;@", "44840", date(2022, 10, 6)),
        ("dd/mm/yyyy hh:mm", "44840.5", datetime(2022, 10, 6, 12)),
        ("mmm-yy", "44840", date(2022, 10, 6)),
        ("hh:mm", "0.5", Decimal("0.5")),
        ("[h]:mm", "30.25", Decimal("30.25")),
        ("#,##0", "44840", 44840),
        ('#,##0 "đồng"', "44840", 44840),
        ("0.00%", "0.85", Decimal("0.85")),
        ('0 "ngày"', "5", 5),
        ("dd/mm/yyyy", "0", Invalid("0")),
        ("dd/mm/yyyy", "60", Invalid("60")),
        ("dd/mm/yyyy", "-1", Invalid("-1")),
        ("dd/mm/yyyy", "9999999", Invalid("9999999")),
    ],
)
def test_only_a_date_format_makes_a_date(format_: str, stored: str, shown: Value) -> None:
    style = styles_xml(format_.replace('"', "&quot;"))
    assert value(f'<c r="A1" s="1"><v>{stored}</v></c>', styles=style) == shown


def test_the_calendar_of_1904_is_followed() -> None:
    members = parts('<row r="1"><c r="A1" s="1"><v>43378</v></c></row>', styles=styles_xml("dd/mm/yyyy"))
    members["xl/workbook.xml"] = workbook_xml("Biểu 05", properties='<workbookPr date1904="1"/>')
    assert read_book(pack(members)).sheets[0].value(1, 1) == date(2022, 10, 6)


@pytest.mark.parametrize(
    ("format_", "kept"), [("0%", "0%"), ("00000", "00000"), ("#,##0", ""), ("General", ""), ("@", "")]
)
def test_a_format_is_kept_where_it_changes_the_meaning(format_: str, kept: str) -> None:
    found = cell('<c r="A1" s="1"><v>5</v></c>', styles=styles_xml(format_))
    assert found is not None
    assert found.number_format == kept


@pytest.mark.parametrize(("font", "kept"), [(".VnTime", ".VnTime"), ("VNI-Times", "VNI-Times"), ("Calibri", "")])
def test_the_font_is_kept_where_it_is_an_old_one(font: str, kept: str) -> None:
    found = cell('<c r="A1" s="1" t="s"><v>0</v></c>', styles=styles_xml("@", font=font), strings=strings_xml("Tæng"))
    assert found is not None
    assert found.font == kept


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="b"><v>2</v></c>', Invalid("2")),
        ('<c r="A1" t="e"><v>#N/A</v></c>', CellError("#N/A")),
        ('<c r="A1" t="e"><v>#REF!</v></c>', CellError("#REF!")),
        ('<c r="A1" t="d"><v>2022-10-06</v></c>', date(2022, 10, 6)),
        ('<c r="A1" t="d"><v>2022-10-06T08:30:00</v></c>', datetime(2022, 10, 6, 8, 30)),
        ('<c r="A1" t="d"><v>2022-13-06</v></c>', Invalid("2022-13-06")),
        ('<c r="A1" t="str"><v>a &amp; b</v></c>', "a & b"),
        ('<c r="A1" t="str"><v>=1+1</v></c>', "=1+1"),
        ('<c r="A1" t="inlineStr"><is><t>chữ</t></is></c>', "chữ"),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c>', "ab"),
        ('<c r="A1" t="n"><v>5</v></c>', 5),
        ('<c r="A1"><v> 5 </v></c>', Invalid(" 5 ")),
    ],
)
def test_each_kind_of_cell_is_told_apart(xml: str, expected: Value) -> None:
    assert value(xml) == expected


@pytest.mark.parametrize(
    "xml",
    [
        '<c r="A1"/>',
        '<c r="A1" s="0"/>',
        '<c r="A1"></c>',
        '<c r="A1"><v></v></c>',
        '<c r="A1" t="s"/>',
        '<c r="A1" t="str"><f>IF(B1=1,"",1)</f><v></v></c>',
        '<c r="A1" t="inlineStr"><is><t></t></is></c>',
    ],
)
def test_a_blank_cell_is_absent(xml: str) -> None:
    assert cell(xml, strings=strings_xml("a")) is None


@pytest.mark.parametrize(
    ("xml", "formula", "expected"),
    [
        ('<c r="A1"><f>B1*2</f><v>10</v></c>', "B1*2", 10),
        ('<c r="A1"><f>B1*2</f></c>', "B1*2", None),
        ('<c r="A1"><f>B1*2</f><v></v></c>', "B1*2", None),
        ('<c r="A1"><f>B1*2</f><v/></c>', "B1*2", None),
        ('<c r="A1"><f t="shared" ref="A1:A3" si="0">B1&amp;C1</f><v>1</v></c>', "B1&C1", 1),
        ('<c r="A1"><f t="shared" si="0"/><v>1</v></c>', "", 1),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "1/0", CellError("#DIV/0!")),
        ('<c r="A1" t="str"><f>"a"</f><v>a</v></c>', '"a"', "a"),
        ('<c r="A1" t="b"><f>1=1</f><v>1</v></c>', "1=1", True),
    ],
)
def test_a_formula_comes_with_its_result_or_none(xml: str, formula: str, expected: Value) -> None:
    found = cell(xml)
    assert found is not None
    assert (found.formula, found.value) == (formula, expected)


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<si><t>Xã Nong U</t></si>", "Xã Nong U"),
        ('<si><t xml:space="preserve"> a </t></si>', " a "),
        ("<si><r><t>Tổng</t></r><r><rPr><b/></rPr><t xml:space='preserve'> cộng</t></r></si>", "Tổng cộng"),
        ("<si><t>a</t><rPh sb='0' eb='1'><t>x</t></rPh></si>", "a"),
        ("<si><t>a_x000D_\nb</t></si>", "a\nb"),
        ("<si><t>&#272;&amp;&lt;</t></si>", "Đ&<"),
        ("<si><t><![CDATA[a<b]]></t></si>", "a<b"),
        ("<si><t>a<!-- c -->b</t></si>", "ab"),
    ],
)
def test_shared_strings_are_whole(item: str, text: str) -> None:
    strings = f'<sst xmlns="{MAIN}">{item}</sst>'
    assert value('<c r="A1" t="s"><v>0</v></c>', strings=strings) == text


def test_hidden_things_merges_and_names_are_kept() -> None:
    members = parts(
        sheet=sheet_xml(
            '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
            before='<cols><col min="2" max="3" width="9" hidden="1"/><col min="5" max="5" width="9"/></cols>',
            after='<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>',
        )
    )
    members["xl/workbook.xml"] = workbook_xml(
        "Biểu 05",
        extra="<definedNames><definedName name=\"TD_S05\">'Biểu 05'!$A$1:$B$2</definedName>"
        '<definedName name="X" localSheetId="0">1</definedName></definedNames>',
    ).replace('sheetId="1"', 'sheetId="1" state="veryHidden"')
    found = read_book(pack(members))
    sheet = found.sheets[0]
    assert (sheet.hidden_rows, sheet.hidden_columns, sheet.merges, sheet.visible) == ({1}, {2, 3}, ("A1:B2",), False)
    assert found.names == {"TD_S05": "'Biểu 05'!$A$1:$B$2", "Biểu 05!X": "1"}
