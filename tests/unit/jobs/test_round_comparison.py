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
