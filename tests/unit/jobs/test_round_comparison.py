"""A version against the one before it: what was mended, what is still wrong, what nobody asked for."""

from __future__ import annotations

from collections.abc import Mapping

from thidua_xl.jobs.resubmission import compare_versions
from thidua_xl.model import Book, Cell, Finding, Severity, Sheet, Value


def book(rows: Mapping[int, tuple[Value, ...]]) -> Book:
    cells = {
        (row, column): Cell(row, column, value)
        for row, values in rows.items()
        for column, value in enumerate(values, 1)
        if value is not None
    }
    return Book("a.xlsx", (Sheet("T", cells),))


def fault(cell: str, code: str = "X") -> Finding:
    return Finding(code, Severity.ERROR, file="a.xlsx", sheet="T", cell=cell)


OLD = {1: ("Tên", "Số"), 2: ("An", 5), 3: ("Bình", -1), 4: ("Chi", 7)}


def test_a_fault_that_is_gone_was_mended() -> None:
    result = compare_versions(book(OLD), book({**OLD, 3: ("Bình", 1)}), [fault("B3")], [])
    assert [one.cell for one in result.mended] == ["B3"]
    assert [(one.cell, one.before, one.after, one.was_asked) for one in result.changed] == [("B3", "-1", "1", True)]
    assert result.unasked == ()


def test_a_change_that_no_finding_named_is_told() -> None:
    result = compare_versions(book(OLD), book({**OLD, 4: ("Chi", 70)}), [fault("B3")], [fault("B3")])
    assert [one.cell for one in result.unasked] == ["B4"]
    assert [one.cell for one in result.still] == ["B3"]
    assert result.mended == ()


def test_a_fault_moves_with_its_row() -> None:
    moved = {1: OLD[1], 2: OLD[2], 3: ("Dũng", 9), 4: OLD[3], 5: OLD[4]}
    result = compare_versions(book(OLD), book(moved), [fault("B3")], [fault("B4")])
    assert [one.cell for one in result.still] == ["B4"]
    assert result.new == ()
    assert [(one.kind, one.cell) for one in result.changed] == [("DONG_THEM", "3:3")]


def test_a_fault_that_was_not_there_is_new() -> None:
    result = compare_versions(book(OLD), book(OLD), [fault("B3")], [fault("B3"), fault("B2", "Y")])
    assert [one.code for one in result.new] == ["Y"]


def test_running_numbers_that_follow_an_inserted_row_are_no_changes() -> None:
    old = {row: (row, f"Người {row}") for row in range(1, 5)}
    new = {1: (1, "Người 1"), 2: (2, "Người mới"), 3: (3, "Người 2"), 4: (4, "Người 3"), 5: (5, "Người 4")}
    result = compare_versions(book(old), book(new), [], [])
    assert [one.kind for one in result.changed] == ["DONG_THEM"]


def test_figures_that_happen_to_run_on_are_told_when_they_change() -> None:
    old = {1: ("An", 5), 2: ("Bình", 6), 3: ("Chi", 7)}
    result = compare_versions(book(old), book({**old, 2: ("Bình", 600)}), [], [])
    assert [(one.cell, one.before, one.after) for one in result.unasked] == [("B2", "6", "600")]
    together = {row: (name, number + 1) for row, (name, number) in old.items()}
    assert [one.cell for one in compare_versions(book(old), book(together), [], []).unasked] == ["B1", "B2", "B3"]


def with_formula(formula: str, value: Value) -> Book:
    cells = {(1, 1): Cell(1, 1, 5), (2, 1): Cell(2, 1, value, formula=formula)}
    return Book("a.xlsx", (Sheet("T", cells),))


def test_a_formula_written_anew_with_another_result_is_told() -> None:
    old = with_formula("SUM(A1:A1)", 5)
    result = compare_versions(old, with_formula("SUM(A1:A1)+1000", 1005), [], [])
    assert [(one.cell, one.before, one.after) for one in result.unasked] == [("A2", "=… (5)", "=… (1005)")]
    assert compare_versions(old, with_formula("SUM(A1:A9)", 6), [], []).changed == ()
    assert compare_versions(old, with_formula("sum( $A$1:$A$1 )", 5), [], []).changed == ()


def test_a_sheet_that_went_or_came_is_told() -> None:
    two = Book("a.xlsx", (*book(OLD).sheets, Sheet("Phụ", {(1, 1): Cell(1, 1, 1)})))
    assert [(one.kind, one.sheet) for one in compare_versions(book(OLD), two, [], []).unasked] == [
        ("TRANG_THEM", "Phụ")
    ]
    assert [(one.kind, one.sheet) for one in compare_versions(two, book(OLD), [], []).unasked] == [("TRANG_BOT", "Phụ")]


def test_a_workbook_saved_by_another_program_is_not_changed_all_over() -> None:
    def formulas(spelling: str, extra: int) -> Book:
        cells = {(row, 1): Cell(row, 1, row + extra, formula=spelling.format(row)) for row in range(1, 8)}
        truth = Cell(9, 1, True, formula="TRUE()") if extra else Cell(9, 1, True)
        return Book("a.xlsx", (Sheet("T", {**cells, (9, 1): truth}),))

    result = compare_versions(formulas("TD_S05[so]*{}", 0), formulas("$B$2:$B$9*{}", 1), [], [])
    assert result.changed == ()
