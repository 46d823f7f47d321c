"""Stored results of formulas after an edit: right, or absent, never stale."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from ooxml_books import changed_parts, grid, made, members, opened, package, part, read, replaced, rows_of, sheet_xml

from thidua_xl.formula.cells import evaluate_in

STALE = 999


def book_of(*formulas: str, **names: str) -> bytes:
    """Numbers 1..10 in A, letters in B, dates in C; formulas in E from row 1, each with the result 999."""

    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for row in range(10):
            sheet.write_number(row, 0, row + 1)
            sheet.write_string(row, 1, "a" if row % 2 else "b")
            sheet.write_datetime(row, 2, date(2024, 1, row + 1), day)
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 4, formula, None, STALE)
        for name, text in names.items():
            book.define_name(name, text)
        book.add_worksheet("T").write_formula("A1", "=S!E1+1", None, STALE)

    return replaced(made(build), "xl/workbook.xml", lambda text: text.replace(' fullCalcOnLoad="1"', ""))


def results(content: bytes, count: int) -> list[Any]:
    """The stored results of the formulas in E, as another reader sees them."""
    sheet = read(content, data_only=True)["S"]
    return [sheet.cell(row, 5).value for row in range(1, count + 1)]


RECOMPUTED = {
    "=SUM(A1:A10)": 154,
    "=A1*2+A2": 202,
    "=AVERAGE(A1:A10)": 15.4,
    "=MAX(A:A)": 100,
    '=SUMIF(B1:B10,"b",A1:A10)': 124,
    '=COUNTIFS(B1:B10,"b",A1:A10,">4")': 4,
    "=SUMPRODUCT(A1:A10*(A1:A10>50))": 100,
    "=VLOOKUP(100,A1:C10,2,FALSE)": "b",
    "=INDEX(B1:B10,MATCH(100,A1:A10,0))": "b",
    '=IF(A1>50,"nhiều","ít")': "nhiều",
    "=ROUND(A1/3,2)": 33.33,
    "=A1/0": "#DIV/0!",
    "=A1>A2": True,
    "=ten*2": 200,
    '=A1&" đồng"': "100 đồng",
    "=SUBTOTAL(9,A1:A10)": 154,
    "=C1+A1-A1": 45292,
    "=VLOOKUP(100,A:B,2,0)": "b",
}


@pytest.mark.parametrize(("formula", "result"), RECOMPUTED.items())
def test_what_our_engine_can_is_worked_out_anew(formula: str, result: Any) -> None:
    book = opened(book_of(formula, ten="=S!$A$1"))
    book["S"].set("A1", 100)
    stored = results(book.to_bytes(), 1)[0]
    assert stored == pytest.approx(result) if isinstance(result, float) else stored == result


LEFT_TO_EXCEL = [
    '=INDIRECT("A1")',
    "=SUM(OFFSET(A2,-1,0))",
    "=MYSTERY(A1)",
    "=A1:A3*1",
    '=TEXT(A1,"#,##0")',
    "=SUM(S:T!A1)",
    "=[1]S!A1+A1",
    "=RAND()+A1",
    "=E1+A1",
    "=COUNTBLANK(A:A)",
    "=SUMPRODUCT(--(A:A<5))",
    "=IF(A1:A3>1,1,2)",
    "=SUBTOTAL(9,E2:E3,A1)",
]


@pytest.mark.parametrize("formula", LEFT_TO_EXCEL)
def test_what_our_engine_cannot_is_taken_out(formula: str) -> None:
    book = opened(book_of(formula, "=SUBTOTAL(9,A2:A3)"))
    book["S"].set("A1", 100)
    after = book.to_bytes()
    assert results(after, 1) == [None]
    assert read(after, data_only=True)["T"]["A1"].value is None  # what stands on it is unknown as well
    assert 'fullCalcOnLoad="1"' in part(after, "xl/workbook.xml")


def test_what_does_not_depend_on_the_edit_is_left_alone() -> None:
    before = book_of("=SUM(A5:A10)", '="A1"&B3', "=LOG10(A2)", "=TODAY()")
    book = opened(before)
    book["S"].set("A1", 100)
    after = book.to_bytes()
    assert results(after, 4) == [STALE] * 4
    assert changed_parts(before, after) == {"xl/worksheets/sheet1.xml"}


def test_chains_are_followed_up_and_down_and_over_sheets() -> None:
    book = opened(book_of("=E2+1", "=E3+1", "=E4+1", "=A1"))
    book["S"].set("A1", 100)
    after = book.to_bytes()
    assert results(after, 4) == [103, 102, 101, 100]
    assert read(after, data_only=True)["T"]["A1"].value == 104


def test_a_circle_of_formulas_is_left_to_excel() -> None:
    book = opened(book_of("=E2+A1", "=E1+1"))
    book["S"].set("A1", 100)
    assert results(book.to_bytes(), 2) == [None, None]


def test_a_result_given_with_the_formula_is_believed() -> None:
    book = opened(book_of("=SUM(A1:A10)", "=E1*2"))
    book["S"].set("A1", 100)
    book["S"].set_formula("E1", "=SUM(A1:A10)", Decimal("154"))
    assert results(book.to_bytes(), 2) == [154, 308]


def test_a_new_formula_without_result_gets_one_where_possible() -> None:
    book = opened(book_of())
    book["S"].set_formula("F1", "=SUM(A1:A10)")
    book["S"].set_formula("F2", '=INDIRECT("A1")')
    sheet = read(book.to_bytes(), data_only=True)["S"]
    assert (sheet["F1"].value, sheet["F2"].value) == (55, None)


def test_a_formula_never_calculated_is_worked_out_only_where_needed() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A2*2</f></c><c r="C1"><f>A1+B1</f><v>9</v></c></row>'
        '<row r="2"><c r="A2"><v>5</v></c></row>'
    )
    book = opened(package(sheet_xml(rows)))
    book["S"].set("A1", 3)
    written = rows_of(book.to_bytes())
    assert "<f>A1+B1</f><v>13</v>" in written
    assert "<f>A2*2</f></c>" in written


def test_array_results_are_taken_out_as_a_whole() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="array" ref="B1:B2">A1:A2*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2" s="0"><v>2</v></c></row>'
    )
    book = opened(package(sheet_xml(rows)))
    book["S"].set("A1", 3)
    written = rows_of(book.to_bytes())
    assert '<f t="array" ref="B1:B2">A1:A2*2</f></c>' in written
    assert '<c r="B2" s="0"/>' in written


def test_table_columns_are_followed_by_name() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        sheet.add_table("A1:B4", {"name": "Bang", "columns": [{"header": "Tên"}, {"header": "Số"}]})
        for row in range(1, 4):
            sheet.write_number(row, 1, row)
        sheet.write_formula("D1", "=SUM(Bang[Số])", None, STALE)
        sheet.write_formula("D2", "=COUNTA(Bang[#Headers])", None, STALE)

    book = opened(made(build))
    book["S"].set("B2", 100)
    sheet = read(book.to_bytes(), data_only=True)["S"]
    assert (sheet["D1"].value, sheet["D2"].value) == (105, STALE if sheet["D2"].value == STALE else 2)


def test_a_name_that_means_something_new_makes_its_formulas_new() -> None:
    book = opened(book_of("=ten*2", ten="=S!$A$1"))
    book.define_name("ten", "=S!$A$10")
    assert results(book.to_bytes(), 1) == [20]


def test_inserted_blank_rows_do_not_disturb_sums_but_do_what_asks_for_places() -> None:
    book = opened(book_of("=SUM(A1:A10)", "=ROW(A8)", "=COUNTBLANK(A1:A10)", "=MATCH(9,A1:A10,0)", "=A9"))
    book["S"].insert_rows(6, 2)
    after = book.to_bytes()
    assert results(after, 5) == [STALE, None, 2, 11, STALE]


def test_deleted_rows_make_sums_new() -> None:
    book = opened(book_of("=SUM(A1:A10)", "=A8+1", "=SUM(A1:A3)"))
    book["S"].delete_rows(7, 2)
    after = book.to_bytes()
    assert results(after, 3) == [40, "#REF!", STALE]


def test_formulas_copied_into_new_rows_get_results() -> None:
    rows = '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>4</v></c></row>'
    book = opened(package(sheet_xml(rows)))
    book["S"].insert_rows(2, 1, like=1)
    book["S"].set("A2", 21)
    assert "<f>A2*2</f><v>42</v>" in rows_of(book.to_bytes())


def away(*formulas: str, **names: str) -> bytes:
    """Numbers 1..10 in S!A; formulas in column A of sheet T from row 1, each with the result 999."""

    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        for row in range(10):
            sheet.write_number(row, 0, row + 1)
        book.add_worksheet("U")
        other = book.add_worksheet("T")
        for row, formula in enumerate(formulas):
            other.write_formula(row, 0, formula, None, STALE)
        for name, text in names.items():
            book.define_name(name, text)

    return made(build)


@pytest.mark.parametrize(
    ("formula", "inserted", "deleted"),
    [
        ("=INDEX(vung,8)", 6, 10),
        ("=MATCH(6,vung,0)", 8, 4),
        ("=COUNTBLANK(vung)", 2, 0),
        ("=ROWS(vung)", 12, 8),
        ("=SUM(vung)", STALE, 46),
        ("=INDEX(gap,8)", 6, 10),
        ("=INDEX(S!A:A,8)", 6, 10),
        ("=MATCH(6,S!A:A,0)", 8, 4),
        ("=SUM(S!A:A)", STALE, 46),
        ("=SUM(S!B:B)", STALE, 0),
        ("=SUM(S!$A$1:$A$10)", STALE, 46),
    ],
)
def test_formulas_over_names_and_whole_columns_tell_what_rows_did(
    formula: str, inserted: object, deleted: object
) -> None:
    book = opened(away(formula, vung="=S!$A$1:$A$10", gap="=vung"))
    book["S"].insert_rows(5, 2)
    assert read(book.to_bytes(), data_only=True)["T"]["A1"].value == inserted
    book = opened(away(formula, vung="=S!$A$1:$A$10", gap="=vung"))
    book["S"].delete_rows(4, 2)
    assert read(book.to_bytes(), data_only=True)["T"]["A1"].value == deleted


@pytest.mark.parametrize(
    "formula", ['=INDIRECT("S!A"&6)', "=OFFSET(vung,5,0,1,1)", "=SUM(dong)", "=SUM(S:U!A6)", '=indirect("S!A6")']
)
def test_addresses_that_cannot_follow_lose_their_results(formula: str) -> None:
    content = away(formula, vung="=S!$A$1:$A$10", dong="=OFFSET(S!$A$1,0,0,COUNT(S!$A:$A),1)")
    book = opened(content)
    book["S"].insert_rows(5, 2)
    assert read(book.to_bytes(), data_only=True)["T"]["A1"].value is None


def test_a_shared_formula_over_a_range_that_grows_is_new_in_every_cell() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}">'
        + ('<f t="shared" ref="B1:B3" si="0">COUNTBLANK($A$5:$A$9)+A1</f>' if row == 1 else '<f t="shared" si="0"/>')
        + "<v>999</v></c></row>"
        for row in (1, 2, 3)
    )
    book = opened(package(sheet_xml(rows)))
    sheet = book[book.sheetnames[0]]
    sheet.insert_rows(7, 2)
    again = opened(book.to_bytes())
    assert [again[again.sheetnames[0]].get(f"B{row}") for row in (1, 2, 3)] == [8, 9, 10]


def test_a_table_that_grows_is_new_to_what_looks_up_its_places() -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        sheet.add_table(0, 0, 10, 0, {"name": "Bang", "columns": [{"header": "so"}], "data": [[n] for n in range(10)]})
        book.add_worksheet("T").write_formula("A1", "=COUNTBLANK(Bang[so])", None, STALE)

    book = opened(made(build))
    book["S"].insert_rows(5, 3)
    assert read(book.to_bytes(), data_only=True)["T"]["A1"].value in (None, 3)


def with_chain(content: bytes) -> bytes:
    import io
    import zipfile

    content = replaced(
        content,
        "xl/_rels/workbook.xml.rels",
        lambda text: text.replace(
            "</Relationships>",
            '<Relationship Id="rIdC" Target="calcChain.xml" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"/></Relationships>',
        ),
    )
    content = replaced(
        content,
        "[Content_Types].xml",
        lambda text: text.replace(
            "</Types>",
            '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.calcChain+xml"/></Types>',
        ),
    )
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/calcChain.xml", '<calcChain><c r="E1" i="1"/></calcChain>')
    return stream.getvalue()


def test_the_order_of_calculation_stays_while_no_formula_comes_goes_or_moves() -> None:
    book = opened(with_chain(book_of("=SUM(A1:A10)")))
    book["S"].set("A1", 100)
    assert "xl/calcChain.xml" in members(book.to_bytes())


@pytest.mark.parametrize("edit", ["set", "formula", "rows"])
def test_the_order_of_calculation_goes_without_a_trace_when_formulas_change(edit: str) -> None:
    book = opened(with_chain(book_of("=SUM(A1:A10)")))
    if edit == "set":
        book["S"].set("E1", 1, replace_formula=True)
    elif edit == "formula":
        book["S"].set_formula("F1", "=1+1", 2)
    else:
        book["S"].insert_rows(1, 1)
    after = members(book.to_bytes())
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"]
    assert b"calcChain" not in after["xl/_rels/workbook.xml.rels"]


def test_moved_and_recomputed_cells_keep_their_addresses() -> None:
    book = opened(book_of("=ROW()", "=SUM(A1:A10)"))
    book["S"].insert_rows(1, 3)
    book["S"].set("A4", 100)
    sheet = read(book.to_bytes())["S"]
    assert (sheet["E4"].value, sheet["E5"].value) == ("=ROW()", "=SUM(A4:A13)")


def test_a_workbook_counting_from_1904_is_left_to_excel() -> None:
    source = replaced(
        book_of("=C1+A1"), "xl/workbook.xml", lambda text: text.replace("<workbookPr", '<workbookPr date1904="1"')
    )
    book = opened(source)
    book["S"].set("A1", 100)
    assert results(book.to_bytes(), 1) == [None]


def test_thousands_of_formulas_on_one_another_are_each_worked_out_a_few_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked_out: list[str] = []

    def counted(text: str, *arguments: Any, **options: Any) -> object:
        worked_out.append(text)
        return evaluate_in(text, *arguments, **options)

    monkeypatch.setattr("thidua_xl.ooxml.recompute.evaluate_in", counted)
    formulas = {f"H{row}": f"=H{row - 1}+A1" for row in range(2, 3000)}
    before = grid(3, 3, H1="=A1", **formulas)
    book = opened(before)
    book["Biểu 1"].set("A1", 2)
    after = book.to_bytes()
    assert len(worked_out) < 3 * 3000
    assert read(after, data_only=True)["Biểu 1"]["H2999"].value == 5998


def test_a_workbook_that_asks_to_be_calculated_is_left_as_it_is() -> None:
    book = opened(
        replaced(book_of("A1+1"), "xl/workbook.xml", lambda text: text.replace("<calcPr", '<calcPr fullCalcOnLoad="1"'))
    )
    before = book.to_bytes()
    book["S"].set("A1", 7)
    assert changed_parts(before, book.to_bytes()) == {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
