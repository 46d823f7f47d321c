"""The criteria book's cells. The one place that knows which reader delivers them."""

from __future__ import annotations

from pathlib import Path

from thidua_xl.errors import CriteriaProblem, InputRefused
from thidua_xl.grid import read_book
from thidua_xl.messages import reason_of
from thidua_xl.model import Book


def read_cells(path: Path) -> Book:
    """The workbook's cells, formulas and digest.

    Raises CriteriaProblem (`criteria.unreadable`) when the file is missing, damaged or no workbook: the book is the
    office's own, so no unit is to be asked for it.
    """
    try:
        return read_book(path)
    except InputRefused as refused:
        file = refused.values.get("file", path.name)
        raise CriteriaProblem("criteria.unreadable", file=file, reason=reason_of(refused)) from refused
