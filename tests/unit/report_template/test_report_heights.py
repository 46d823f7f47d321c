"""Rows of the report are as high as their text needs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from thidua_xl.report.heights import LINE_POINTS, MOST_POINTS, fitted_heights, lines_needed


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("Xã Nong U", 15, 1),
        ("Trung tâm Thông tin và Ứng dụng tiến bộ khoa học và công nghệ", 25, 3),
        ("một\nhai\nba", 30, 3),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 11.5, 6),
    ],
)
def test_words_are_kept_whole_where_they_fit(text: str, width: float, lines: int) -> None:
    assert lines_needed(text, width) == lines


def test_the_tallest_cell_gives_the_height_of_its_row() -> None:
    long = "Tập huấn kỹ thuật trồng, chăm sóc cây ăn quả cho bà con bản Tìa Ló"
    heights = fitted_heights({14: [("Xã", 20.0), (long, 20.0)], 15: [("Xã", 20.0)]})
    assert heights == {14: LINE_POINTS * lines_needed(long, 20.0) + 1}


def test_numbers_and_blanks_never_make_a_row_higher() -> None:
    assert fitted_heights({14: [(Decimal("1250000000000"), 3.0), (None, 3.0)]}) == {}


def test_no_row_is_higher_than_excel_allows() -> None:
    assert fitted_heights({14: [("chữ " * 4000, 10.0)]}) == {14: MOST_POINTS}
