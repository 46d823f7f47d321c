"""The workbooks that tests draw hold what was drawn, read back by another library."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from builders import build_workbook, parse_tables, read_cells


def test_drawn_cells_are_read_back_at_their_places(tmp_path: Path) -> None:
    path = build_workbook(
        tmp_path / "a.xlsx",
        """
        | NOP01   |         |               |            |
        |         | Đơn vị  | Số xã giúp đỡ | Ngày       |
        |         |         |               |            |
        |         | Phòng A | 2             | 2024-06-30 |
        |         | 007     | 2.50          | TRUE       |
        | Tờ khai |         |               |            |
        |         | a \\| b  | '12           | 1.234,5    |
        """,
    )
    assert read_cells(path) == {
        "NOP01": {
            "A1": "Đơn vị",
            "B1": "Số xã giúp đỡ",
            "C1": "Ngày",
            "A3": "Phòng A",
            "B3": 2,
            "C3": datetime(2024, 6, 30),
            "A4": "007",
            "B4": 2.5,
            "C4": True,
        },
        "Tờ khai": {"A1": "a | b", "B1": "12", "C1": "1.234,5"},
    }


def test_formula_carries_the_cached_value_that_was_drawn(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "a.xlsx", "| T |\n| | =1+1 -> 2 | '=1+1 |")
    assert read_cells(path) == {"T": {"A1": 2, "B1": "=1+1"}}
    assert read_cells(path, formulas=True)["T"]["A1"] == "=1+1"


def test_names_and_merges_are_written(tmp_path: Path) -> None:
    import openpyxl

    path = build_workbook(tmp_path / "a.xlsx", "| T |\n| | 1 | |", names={"TD_X": "T!$A$1"}, merges={"T": ["A1:B1"]})
    book = openpyxl.load_workbook(path)
    assert book.defined_names["TD_X"].value == "T!$A$1"
    assert [str(area) for area in book["T"].merged_cells.ranges] == ["A1:B1"]
    assert read_cells(path) == {"T": {"A1": 1}}


@pytest.mark.parametrize("drawing", ["Đơn vị", "| | 1 |", "| T | 1 |"])
def test_drawing_without_a_clear_sheet_is_refused(drawing: str) -> None:
    with pytest.raises(ValueError):
        parse_tables(drawing)


def test_formula_that_was_never_calculated_has_no_value(tmp_path: Path) -> None:
    path = build_workbook(tmp_path / "a.xlsx", "| T |\n| | =1+1 | =NA() -> #N/A |")
    cells = read_cells(path)["T"]
    assert cells.get("A1") is None
    assert cells["B1"] == "#N/A"
