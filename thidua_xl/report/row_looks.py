"""How the rows of a template look: what tells a blank model row of a section from the row that repeats.

Read `row_looks`. openpyxl reads the looks; only `map` needs them, never a consolidation.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell

# Looks matter near a table's head; a template with more rows is a filled-in report.
MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class RowLooks:
    """Whether a row has cell lines, and whether its first two cells are in bold."""

    has_lines: bool = False
    is_bold: bool = False


def row_looks(path: Path, kind: str) -> dict[str, Mapping[int, RowLooks]]:
    """The looks of the rows by sheet, then 1-based row; none for a `kind` that openpyxl does not open (xls)."""
    from openpyxl import load_workbook

    if kind not in {"xlsx", "xlsm"}:
        return {}
    with warnings.catch_warnings():
        # openpyxl warns of what it leaves out ("Cannot parse header or footer"); nothing read here is ever saved.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        book = load_workbook(path)
    found: dict[str, Mapping[int, RowLooks]] = {}
    for sheet in book.worksheets:
        rows: dict[int, RowLooks] = {}
        for number, cells in enumerate(sheet.iter_rows(max_row=min(sheet.max_row, MOST_ROWS)), 1):
            lined = sum(_has_line(one) for one in cells)
            first = cells[:2]
            rows[number] = RowLooks(lined >= 2, bool(first) and all(bool(one.font and one.font.b) for one in first))
        found[sheet.title] = rows
    return found


def _has_line(cell: Cell | MergedCell) -> bool:
    sides = (cell.border.top, cell.border.bottom) if cell.border is not None else ()
    return any(one is not None and one.style for one in sides)
