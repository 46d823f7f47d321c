"""Formulas give Excel's results, one per row of the table they belong to."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.formula import FormulaError, Table, compile_formula, is_true
from thidua_xl.model import CellError, Invalid, Value

DIV0, NA, NUM, REF, VALUE = (CellError(code) for code in ("#DIV/0!", "#N/A", "#NUM!", "#REF!", "#VALUE!"))


def one(text: str, **names: Value) -> Value:
    """The result of a formula that belongs to no row."""
    return compile_formula(text, schema={}, home=None, names=names).run({}, names, today=date(2025, 6, 30))[0]


def rows(text: str, columns: Mapping[str, Any], **others: Mapping[str, Any]) -> list[Value]:
    """The results for the rows of table T; other tables by name, a form sheet when its values are no lists."""
    tables = {"T": Table("T", columns)}
    for name, values in others.items():
        tables[name] = Table(name, values)
    schema = {name: tuple(table.columns) for name, table in tables.items()}
    return compile_formula(text, schema=schema, home="T").run(tables)


SCALARS: list[tuple[str, Value]] = [
    ("=1+2*3", 7),
    ("=-2^2", 4),
    ("=2^3^2", 64),
    ("=2^-1", Decimal("0.5")),
    ("=10%%", Decimal("0.001")),
    ("=-5%", Decimal("-0.05")),
    ("=0.1+0.2=0.3", True),
    ("=1/3*3=1", True),
    ("=1/3+1/3+1/3-1", 0),
    ('="Đ"="đ"', True),
    ("=1=TRUE", False),
    ('=TRUE>"z"', True),
    ('="a">5', True),
    ('="5"=5', False),
    ('="5"+1', 6),
    ('=" 5% "+1', Decimal("1.05")),
    ('="1,234.5"+0', Decimal("1234.5")),
    ('="1,5"+0', VALUE),
    ('="31/01/2021"+0', 44227),
    ('=""+1', VALUE),
    ("=TRUE+1", 2),
    ('=TRUE&""', "TRUE"),
    ("=1/0", DIV0),
    ("=0^0", NUM),
    ("=0^-1", DIV0),
    ("=(-8)^(1/3)", NUM),
    ("=9^999", NUM),
    ("=#N/A+1/0", NA),
    ("=1/0+#N/A", DIV0),
    ('=1/3&""', "0.333333333333333"),
    ('=1E+20&""', "1E+20"),
    ('=0.00001&""', "0.00001"),
    ('=-0.5&"x"', "-0.5x"),
    ("=IF(1,2)", 2),
    ("=IF(0,2)", False),
    ('=IF("true",1,2)', 1),
    ('=IF("x",1,2)', VALUE),
    ("=IFERROR(1/0,5)", 5),
    ("=IFNA(1/0,5)", DIV0),
    ("=IFS(FALSE,1,TRUE,2)", 2),
    ("=IFS(FALSE,1)", NA),
    ('=SWITCH("A","a",1,2)', 1),
    ('=SWITCH(3,1,"a","z")', "z"),
    ("=SWITCH(3,1,2)", NA),
    ("=CHOOSE(2.9,1,2,3)", 2),
    ("=CHOOSE(4,1,2,3)", VALUE),
    ("=XOR(TRUE,TRUE,TRUE)", True),
    ('=AND("TRUE",1)', True),
    ('=AND("x",TRUE)', VALUE),
    ("=OR(FALSE,#N/A)", NA),
    ('=SUM("5",1,TRUE)', 7),
    ('=SUM("x")', VALUE),
    ("=AVERAGE(1,2)", Decimal("1.5")),
    ("=ROUND(2.5,0)", 3),
    ("=ROUND(-2.5,0)", -3),
    ("=ROUND(1.005,2)", Decimal("1.01")),
    ("=ROUND(1234.5,-2)", 1200),
    ("=ROUND(4,-1)", 0),
    ("=ROUNDUP(2.1,0)", 3),
    ("=ROUNDUP(5,-2)", 100),
    ("=ROUNDDOWN(-2.9,0)", -2),
    ("=INT(-2.5)", -3),
    ("=INT(1/3*3)", 1),
    ("=TRUNC(-2.59,1)", Decimal("-2.5")),
    ("=MOD(-3,2)", 1),
    ("=MOD(3,-2)", -1),
    ("=MOD(5,0)", DIV0),
    ("=MOD(10,0.1)", 0),
    ("=CEILING(2.5,1)", 3),
    ("=CEILING(-2.5,-1)", -3),
    ("=CEILING(2.5,-1)", NUM),
    ("=FLOOR(-2.5,1)", -3),
    ("=MROUND(7,3)", 6),
    ("=QUOTIENT(-7,2)", -3),
    ("=SQRT(-1)", NUM),
    ("=SIGN(-2)", -1),
    ("=MEDIAN(1,4,2,3)", Decimal("2.5")),
    ("=LARGE({3,1,2},1)", 3),
    ("=SMALL({3,1,2},4)", NUM),
    ("=RANK(3,{1,2,3})", 1),
    ("=SUMPRODUCT({1,2},{3,4})", 11),
    ('=LEFT("Đặng",1)', "Đ"),
    ('=LEFT("abc",-1)', VALUE),
    ('=RIGHT("abc",5)', "abc"),
    ('=MID("abc",2,9)', "bc"),
    ('=MID("abc",0,1)', VALUE),
    ('=TRIM("  a   b ")', "a b"),
    ('=PROPER("nguyễn văn ĐỨC")', "Nguyễn Văn Đức"),
    ('=UPPER("đường")', "ĐƯỜNG"),
    ('=FIND("B","abc")', VALUE),
    ('=FIND("","abc")', 1),
    ('=SEARCH("B?","abc")', 2),
    ('=SEARCH("~?","a?c")', 2),
    ('=SUBSTITUTE("aAa","a","b")', "bAb"),
    ('=SUBSTITUTE("aaa","a","b",2)', "aba"),
    ('=REPLACE("abcdef",2,3,"X")', "aXef"),
    ('=EXACT("a","A")', False),
    ('=TEXTJOIN("-",TRUE,"a","","b")', "a-b"),
    ('=CONCAT("a",1,TRUE)', "a1TRUE"),
    ('=VALUE("abc")', VALUE),
    ('=VALUE("(5)")', -5),
    ('=VALUE("5-")', -5),
    ('=VALUE("-5-")', VALUE),
    ('=VALUE("(5")', VALUE),
    ("=2^1024", NUM),
    ("=2^-1080", 0),
    ("=PERCENTILE({1,2,3,4},0.3)", Decimal("1.9")),
    ("=QUARTILE({1,2,3,4},1)", Decimal("1.75")),
    ("=QUARTILE({1,2},5)", NUM),
    ("=SUMSQ(1,2,3)", 14),
    ("=ROUND(PI(),4)", Decimal("3.1416")),
    ("=100.1-100=0.1", True),
    ('=NUMBERVALUE("1.234,5",",",".")', Decimal("1234.5")),
    ('=REPT("ab",3)', "ababab"),
    ('=CODE("A")', 65),
    ('=TEXT(1234.5,"#,##0.00")', "1,234.50"),
    ('=TEXT(0.5,"0%")', "50%"),
    ('=TEXT(44562,"dd/mm/yyyy")', "01/01/2022"),
    ('=TEXT(-5,"0;(0)")', "(5)"),
    ('=TEXT(1234567,"#,##0,")', "1,235"),
    ('=TEXT(5,"000")', "005"),
    ('=TEXT(12345678,"#,##0")', "12,345,678"),
    ('=TEXT(0.25,"hh:mm")', "06:00"),
    ('=TEXT("abc","0")', "abc"),
    ("=DATE(2021,13,1)", date(2022, 1, 1)),
    ("=DATE(2021,2,30)", date(2021, 3, 2)),
    ("=YEAR(DATE(2021,5,6))", 2021),
    ("=EDATE(DATE(2021,1,31),1)", date(2021, 2, 28)),
    ("=EOMONTH(DATE(2021,1,31),1)", date(2021, 2, 28)),
    ('=DATEDIF(DATE(2021,1,31),DATE(2022,3,1),"m")', 13),
    ('=DATEDIF(DATE(2022,1,31),DATE(2021,3,1),"d")', NUM),
    ("=DATE(2021,3,1)-DATE(2021,2,1)", 28),
    ("=DATE(2021,3,1)+1", date(2021, 3, 2)),
    ("=TODAY()", date(2025, 6, 30)),
    ("=NETWORKDAYS(DATE(2021,1,1),DATE(2021,1,31))", 21),
    ("=NETWORKDAYS(DATE(2021,1,31),DATE(2021,1,1))", -21),
    ("=WORKDAY(DATE(2021,1,1),5)", date(2021, 1, 8)),
    ("=WORKDAY(DATE(2021,1,1),260)", date(2021, 12, 31)),
    ("=WEEKDAY(DATE(2021,1,1),2)", 5),
    ('=DATEVALUE("abc")', VALUE),
    ("=ISEVEN(-3)", False),
    ("=MATCH(3.5,{1,2,3,4})", 3),
    ('=MATCH("B*",{"a","bc"},0)', 2),
    ("=MATCH(5,{1,2},0)", NA),
    ("=INDEX({1,2;3,4},2,1)", 3),
    ("=INDEX({1,2},3)", REF),
    ("=SUM(INDEX({1,2;3,4},0,2))", 6),
    ('=VLOOKUP("b",{"a",1;"b",2},2,FALSE)', 2),
    ("=VLOOKUP(2.5,{1,10;2,20;3,30},2)", 20),
    ('=HLOOKUP("b",{"a","b";1,2},2,0)', 2),
    ("=LOOKUP(2.5,{1,2,3},{10,20,30})", 20),
    ('=XLOOKUP("b",{"a","b"},{1,2})', 2),
    ('=XLOOKUP("c",{"a","b"},{1,2},"none")', "none"),
    ("=XLOOKUP(2.5,{1,2,3},{10,20,30},0,-1)", 20),
    ("=XLOOKUP(2.5,{1,2,3},{10,20,30},0,1)", 30),
    ("=COUNTA(UNIQUE({1;2;1}))", 2),
    ('=REGEXTEST("12/KH-SKHCN","^[0-9]+/[A-Z]+-[A-Z]+$")', True),
    ('=REGEXTEST("aaaa","(a+)+$")', VALUE),
    ("=SUM(1,)", 1),
    ("=nguong*2", 20),
    ("=ROWS({1;2})+COLUMNS({1,2,3})", 5),
    ("=SUBTOTAL(9,{1,2})", 3),
]


@pytest.mark.parametrize(("text", "expected"), SCALARS)
def test_a_formula_of_constants_gives_excels_result(text: str, expected: Value) -> None:
    result = one(text, nguong=10)
    assert (type(result), result) == (type(expected), expected)


def test_each_row_gets_its_own_result() -> None:
    assert rows("=AND([@a]>0,[@a]<=10)", {"a": [1, 0, 11, Decimal("2.5"), None]}) == [True, False, False, True, False]


def test_blank_is_zero_empty_text_and_false() -> None:
    columns = {"a": [None]}
    for text in ("=[@a]=0", '=[@a]=""', "=[@a]=FALSE", "=[@a]+1=1", '=[@a]&"x"="x"', "=ISBLANK([@a])"):
        assert rows(text, columns) == [True], text


def test_text_in_cells_is_passed_over_by_sums_but_not_by_arithmetic() -> None:
    columns = {"a": ["5", "x", 5]}
    assert rows("=SUM([@a],1)", columns) == [1, 1, 6]
    assert rows("=[@a]+1", columns) == [6, VALUE, 6]
    assert rows("=SUM(T[a])", columns) == [5, 5, 5]


def test_countif_sees_case_wildcards_signs_and_text_numbers() -> None:
    columns = {"a": ["Đức", "đức", "An", 5, "5", None, "", True, "a*b"]}
    asked = {'"ĐỨC"': 2, '"đ*"': 2, "5": 2, '"5"': 2, '""': 2, '"="': 1, '"<>"': 8, "TRUE": 1, '"a~*b"': 1, '">4"': 1}
    for criterion, expected in asked.items():
        assert rows(f"=COUNTIF(T[a],{criterion})", columns)[0] == expected, criterion


def test_countif_over_own_column_finds_what_is_not_unique() -> None:
    assert rows("=COUNTIF(T[a],[@a])=1", {"a": ["An", "an", "Bình", "Chi"]}) == [False, False, True, True]


def test_sumifs_adds_what_meets_all_criteria_for_every_row() -> None:
    columns = {"xa": ["A", "A", "B", "A"], "loai": [1, 2, 1, 1], "tien": [10, 20, 40, 80]}
    assert rows("=SUMIFS(T[tien],T[xa],[@xa],T[loai],[@loai])", columns) == [90, 20, 40, 90]
    assert rows('=SUMIF(T[tien],">15")', columns)[0] == 140
    assert rows('=AVERAGEIF(T[xa],"C",T[tien])', columns)[0] == DIV0
    assert rows('=MAXIFS(T[tien],T[xa],"A")', columns)[0] == 80
    assert rows('=COUNTIFS(T[xa],"A",T[tien],">15")', columns)[0] == 2


def test_a_block_against_a_value_per_row_is_worked_out_row_by_row() -> None:
    columns = {"a": ["x", "y", "X"], "b": [1, 2, 4]}
    assert rows("=SUMPRODUCT((T[a]=[@a])*T[b])", columns) == [5, 2, 5]


def test_lookups_in_other_tables() -> None:
    columns = {"ma": ["b", "A", "z", None]}
    others = {"L": {"ma": ["a", "B"], "nhan": ["một", "hai"]}}
    assert rows("=ISNUMBER(MATCH([@ma],L[ma],0))", columns, **others) == [True, True, False, False]
    assert rows('=XLOOKUP([@ma],L[ma],L[nhan],"?")', columns, **others) == ["hai", "một", "?", "?"]
    assert rows("=VLOOKUP([@ma],L[[ma]:[nhan]],2,FALSE)", columns, **others) == ["hai", "một", NA, NA]
    assert rows("=VLOOKUP([@ma],L,2,FALSE)", columns, **others)[0] == "hai"


def test_a_form_sheet_column_is_one_value() -> None:
    tables = {"F": Table("F", {"tong": [5], "so": [4]}, single=True), "T": Table("T", {"a": [3, 6]})}
    schema = {"F": ("tong", "so"), "T": ("a",)}
    assert compile_formula("=[@a]<=F[tong]", schema=schema, home="T").run(tables) == [True, False]
    assert compile_formula("=[@so]<=[@tong]", schema=schema, home="F").run(tables) == [True]
    assert compile_formula("=F[so]<=F[tong]", schema=schema, home="F").run(tables) == [True]


def test_dates_are_numbers_and_come_out_as_dates() -> None:
    columns = {"d": [date(2025, 1, 31), datetime(2025, 1, 31, 12), None]}
    assert rows("=[@d]", columns) == [date(2025, 1, 31), datetime(2025, 1, 31, 12), None]
    assert rows("=[@d]-DATE(2025,1,1)", columns)[0] == 30
    assert rows("=ISNUMBER([@d])", columns) == [True, True, False]
    assert rows("=MAX(T[d])>DATE(2025,1,1)", columns)[0] is True
    assert rows('=[@d]&""', columns)[0] == "45688"


def test_an_invalid_value_silences_whatever_touches_it() -> None:
    bad = Invalid("1.500")
    columns = {"a": [bad, 2]}
    silent = ("=[@a]>0", "=IFERROR([@a],1)", "=ISERROR([@a])", "=ISBLANK([@a])", '=[@a]&""', "=AND(FALSE,[@a]>0)")
    for text in silent:
        assert rows(text, columns)[0] == bad, text
    everywhere = ("=SUM(T[a])", "=COUNTIF(T[a],2)", "=COUNTA(T[a])", "=MATCH(2,T[a],0)", "=SUMPRODUCT(T[a]*1)")
    for text in (*everywhere, "=SUMIFS(T[a],T[a],2)", "=MAX(T[a],[@a])", "=#N/A+SUM(T[a])"):
        assert rows(text, columns) == [bad, bad], text
    assert rows("=IF(TRUE,1,[@a])", columns) == [1, 1]
    assert rows("=ROWS(T[a])", columns) == [2, 2]


def test_run_one_gives_what_run_gives() -> None:
    tables = {"T": Table("T", {"a": ["x", "y", "X"], "b": [1, None, 3]})}
    for text in ("=[@b]+1", "=COUNTIF(T[a],[@a])", "=SUMPRODUCT((T[a]=[@a])*1)", "=IF([@b]>2,[@a],T[b])"):
        program = compile_formula(text, schema={"T": ("a", "b")}, home="T")
        assert [program.run_one(tables, row) for row in range(3)] == program.run(tables), text


def test_what_a_program_uses_is_known_before_it_runs() -> None:
    schema = {"T": ("a", "b"), "L": ("ma", "nhan", "x")}
    program = compile_formula("=VLOOKUP([@A],L[[ma]:[nhan]],2,0)=TD_X", schema=schema, home="T", names=("td_x",))
    assert program.columns_used == {("T", "a"), ("L", "ma"), ("L", "nhan")}
    assert program.row_columns == ("a",)
    assert program.names_used == {"td_x"}


def test_columns_may_be_called_by_their_labels() -> None:
    schema = {"T": {"so_tien": "so_tien", "Số tiền (đồng)": "so_tien"}}
    program = compile_formula("=[@Số  tiền (đồng)]>0", schema=schema, home="T")
    assert program.run({"T": Table("T", {"so_tien": [1]})}) == [True]


SCHEMA = {"TD_S05": ("so_tien", "ten", "Điểm"), "TD_S00": ("nam",)}
BROKEN = [
    ("=[@Diem]>0", "unknown_column", 1, "[@Điểm]"),
    ("=TD_S05[so_tein]>0", "unknown_column", 1, "TD_S05[so_tien]"),
    ("=S05[so_tien]>0", "unknown_table", 1, "TD_S05"),
    ("=TD_S50[so_tien]>0", "unknown_table", 1, "TD_S05"),
    ("=so_tien>0", "unknown_name", 1, "[@so_tien]"),
    ("=S05>0", "cell_reference", 1, "TD_S05"),
    ("=B5>0", "cell_reference", 1, ""),
    ("=1+SUN(1)", "unknown_function", 3, "SUM"),
    ("=ROUND(1)", "few_arguments", 1, ""),
    ("=NOT(1,2)", "many_arguments", 1, ""),
    ("=COUNTIFS(TD_S05[ten],1,TD_S05[ten])", "odd_arguments", 1, ""),
    ("=SUM(1,2", "unclosed_parenthesis", 4, ""),
    ("=1+2)", "extra_parenthesis", 4, ""),
    ("=1+", "missing_operand", 3, ""),
    ("=1 2", "missing_operator", 3, ""),
    ("=", "empty", 0, ""),
    ("=IF(1,2;3)", "mixed_separators", 7, "1.2"),
    ("=IF([@so_tien]>0;0,5;1)", "mixed_separators", 18, "0.5"),
    ("=[@so_tien]=>5", "missing_operand", 12, ">="),
    ("==[@so_tien]", "missing_operand", 1, "="),
    ("=[@so_tien]!=5", "unknown_character", 11, "<>"),
    ("=[@so_tien]>0 AND [@ten]>0", "missing_operator", 14, "AND( )"),
    ("=[@ten]='An'", "unclosed_quote", 8, '"An"'),
    ("=[@ten]=An", "unknown_name", 8, '"An"'),
    ("=[@so_tien]>1.000.000", "unknown_word", 12, "1000000"),
    ("={so_tien}>0", "wrong_array", 2, "[@so_tien]"),
    ("=S05.so_tien>0", "unknown_name", 1, "TD_S05[so_tien]"),
    ("=TD_S05!so_tein>0", "unknown_name", 1, "TD_S05[so_tien]"),
    ("=[@so_tien]>0；1", "unknown_character", 13, ";"),
    ("=TD_S00[@nam]>0", "other_row", 1, "TD_S00[nam]"),
    ("={1,2;3}", "wrong_array", 1, ""),
    ("=(1,2)", "extra_separator", 3, "1.2"),
    ("=1>1,000,000", "extra_separator", 4, "1000000"),
    ("=NẾU(1>2,ĐÚNG,SAI)", "unknown_function", 1, "IF"),
    ("=IF(1>2,ĐÚNG,SAI)", "unknown_name", 8, "TRUE"),
    ("=" + "(" * 70 + "1" + ")" * 70, "too_deep", 65, ""),
    ("=" + "1+" * 300 + "1", "too_deep", 512, ""),
    ("=" + " " * 9000 + "1", "too_long", 8192, ""),
    ("=TD_S05[#Headers]", "unsupported", 1, ""),
]


@pytest.mark.parametrize(("text", "code", "position", "near"), BROKEN)
def test_a_broken_formula_is_refused_with_place_and_nearest_name(
    text: str, code: str, position: int, near: str
) -> None:
    with pytest.raises(FormulaError) as caught:
        compile_formula(text, schema=SCHEMA, home="TD_S05")
    assert (caught.value.code, caught.value.position, caught.value.near) == (code, position, near)


def test_a_row_value_without_a_row_is_refused() -> None:
    with pytest.raises(FormulaError, match="no_row"):
        compile_formula("=[@ten]", schema=SCHEMA, home=None)


def test_semicolons_separate_arguments_as_in_vietnamese_excel() -> None:
    assert one("=IF(1>0;5;6)") == 5


def test_truth_of_a_result() -> None:
    assert [is_true(value) for value in (True, 1, Decimal("0.5"), "true", False, 0, None, "x", NA, Invalid("?"))] == [
        *[True] * 4,
        *[False] * 6,
    ]


def test_a_wildcard_criterion_from_a_stranger_cannot_hang() -> None:
    columns = {"a": ["a" * 3000], "p": ["*a" * 100 + "b"]}
    assert rows("=COUNTIF(T[a],[@p])", columns) == [0]


CELLS = st.one_of(
    st.sampled_from([None, 0, 1, 2, "", "a", "A", "b", "1", True, False, date(2025, 1, 1), NA, Invalid("?")]),
    st.decimals(-3, 3, places=1),
)
# What is worked out for all rows at once, and the same said so that it must be done row by row.
SHORTCUTS = [
    ("=SUMPRODUCT((T[a]=[@a])*T[b])", "=SUMPRODUCT(((T[a]=[@a])+0)*T[b])"),
    ("=SUMPRODUCT((T[a]=[@a])*([@b]=T[b])*1)", "=SUMPRODUCT(((T[a]=[@a])+0)*(([@b]=T[b])+0))"),
    ("=SUMPRODUCT(--(T[a]=[@a]),T[b])", "=SUMPRODUCT((T[a]=[@a])+0,T[b])"),
    ("=SUMPRODUCT((T[a]=[@b])*(T[b]>1)*2)", "=SUMPRODUCT(((T[a]=[@b])+0)*(T[b]>1)*2)"),
]


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.sampled_from(SHORTCUTS))
def test_a_sumproduct_is_the_same_by_the_short_and_the_long_way(
    cells: list[tuple[Any, Any]], texts: tuple[str, str]
) -> None:
    columns = {"a": [a for a, _ in cells], "b": [b for _, b in cells]}
    assert rows(texts[0], columns) == rows(texts[1], columns)


ONE_BY_ONE = (
    *("=COUNTIF(T[a],[@a])", "=COUNTIFS(T[a],[@a],T[b],[@b])", "=SUMIF(T[a],[@a],T[b])", "=SUMIFS(T[b],T[a],[@a])"),
    *("=MATCH([@a],T[b],0)", "=[@a]=[@b]", "=[@a]<[@b]", '=[@a]="a"', "=[@a]>=1", "=2<>[@a]", "=[@a]+[@b]", "=[@a]-1"),
    *("=AND([@a],[@b])", "=OR([@a]=1,[@b]=2)", "=IF([@a]=1,[@b],T[b])", "=IFERROR([@a]/[@b],[@a])", "=LEN([@a])"),
    *("=SUM([@a],[@b])", "=MAX(T[a],[@b])", "=SUMPRODUCT((T[a]=[@a])*T[b])", "=XLOOKUP([@a],T[a],T[b],0)"),
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.sampled_from(ONE_BY_ONE))
def test_all_rows_at_once_give_what_each_row_gives(cells: list[tuple[Any, Any]], text: str) -> None:
    tables = {"T": Table("T", {"a": [a for a, _ in cells], "b": [b for _, b in cells]})}
    program = compile_formula(text, schema={"T": ("a", "b")}, home="T")
    together = program.run(tables)
    apart = [program.run_one(tables, row) for row in range(len(cells))]
    assert [(type(one), one) for one in together] == [(type(one), one) for one in apart]


def test_a_sumproduct_over_many_rows_is_linear() -> None:
    count = 30_000
    columns = {"a": [f"C{number % 20_000}" for number in range(count)], "b": [1] * count}
    results = rows("=SUMPRODUCT((T[a]=[@a])*T[b])", columns)
    assert (results[0], results[-10_001]) == (2, 1)


def test_comparing_every_row_with_every_row_is_refused_when_both_are_many() -> None:
    columns = {"a": list(range(20_000))}
    with pytest.raises(FormulaError, match="too_much_work"):
        rows("=SUMPRODUCT((T[a]>[@a])*1)", columns)
