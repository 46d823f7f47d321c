"""No formula and no value makes the engine fail: it refuses the text, or gives a value or an error value."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from thidua_xl.formula import FormulaError, Table, compile_formula
from thidua_xl.formula.branches import BRANCHES
from thidua_xl.formula.functions import FUNCTIONS
from thidua_xl.model import CellError, Invalid

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 10**14, 10**18, -(10**15), Decimal("0.1"), Decimal("1E+300"), Decimal("-1E-300")),
    *("", "a", "Đ", "5", " 5% ", "1e308", "(5)", "~", "*", "?a", "<>", ">=5", "=", "31/12/9999", "2025-02-30", "25:00"),
    *("x" * 300, "#N/A", "TRUE", "\n", "😀", "[", "(a+)+", "0.00", "dd/mm/yyyy", "[h]:mm", "#,##0;(0)", "d", "ym"),
    *(date(1800, 1, 1), date(2025, 1, 31), date(9999, 12, 31), datetime(2025, 1, 1, 23, 59, 59, 999999)),
    *(CellError("#N/A"), CellError("#DIV/0!"), Invalid("?"), Decimal("9.99999999999999E+307"), Decimal("45000.5")),
)
CONSTANTS = ('""', '"a*"', "0", "-1", "1E+300", "0.5", "99999999999", "TRUE", "#N/A", "{1,2;3,4}", '{"a";1}', "", "1%")
LEAVES = st.sampled_from(("[@a]", "[@b]", "T[a]", "T[b]", "T[[a]:[b]]", "T", "E[a]", "F[a]", *CONSTANTS))
NAMES = st.sampled_from(sorted({*FUNCTIONS, *BRANCHES}))
SIGNS = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">=", " "])


def formulas(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.builds(lambda name, given: f"{name}({','.join(given)})", NAMES, st.lists(parts, max_size=5))
    operation = st.builds(lambda a, sign, b: f"({a}{sign}{b})", parts, SIGNS, parts)
    return st.one_of(call, call, operation, parts.map("-{}".format), parts.map("{}%".format))


@settings(max_examples=1500, deadline=None)
@given(
    st.recursive(LEAVES, formulas, max_leaves=6),
    st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES)), min_size=1, max_size=4),
)
def test_anything_gives_a_value_for_each_row(text: str, cells: list[tuple[Any, Any]]) -> None:
    tables = {
        "T": Table("T", {"a": [a for a, _ in cells], "b": [b for _, b in cells]}),
        "E": Table("E", {"a": []}),
        "F": Table("F", {"a": [cells[0][0]]}, single=True),
    }
    schema = {name: tuple(table.columns) for name, table in tables.items()}
    try:
        program = compile_formula(text, schema=schema, home="T")
    except FormulaError as problem:
        assert 0 <= problem.position <= len(text)
        return
    results = program.run(tables, today=date(2025, 6, 30))
    assert len(results) == len(cells)
    assert not any(isinstance(value, float) for value in results)


@given(
    st.lists(
        st.sampled_from(("[@a]", "(", ")", ",", "+", "SUM(", "1", '"x"', "{", "}", "-", "%", ";", "T[a]", ":")),
        max_size=30,
    )
)
def test_any_heap_of_words_is_compiled_or_refused(words: list[str]) -> None:
    text = "".join(words)
    try:
        compile_formula(text, schema={"T": ("a",)}, home="T")
    except FormulaError as problem:
        assert 0 <= problem.position <= len(text)
