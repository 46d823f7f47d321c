"""The criteria book's cells. The one place that knows which reader delivers them."""

from __future__ import annotations

from pathlib import Path

from thidua_xl.grid import read_book
from thidua_xl.model import Book


def read_cells(path: Path) -> Book:
    """The workbook's cells, formulas and digest. InputRefused when the file is missing, damaged or no workbook."""
    return read_book(path)
