"""The criteria book's cells, as any reader delivers them. The one place that knows which reader that is."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from thidua_xl.errors import InputRefused
from thidua_xl.model import Book, Cell, Sheet, Value


def read_cells(path: Path) -> Book:
    """The workbook's cells. InputRefused when the file is missing or no workbook."""
    try:
        content = path.read_bytes()
        book = CalamineWorkbook.from_path(str(path))
    except PasswordError as problem:
        raise InputRefused("input.encrypted", file=path.name) from problem
    except (OSError, CalamineError) as problem:
        raise InputRefused("input.damaged", file=path.name, reason=str(problem)) from problem
    sheets = tuple(_sheet(book, name) for name in book.sheet_names)
    return Book(path.name, sheets, sha256=hashlib.sha256(content).hexdigest())


def _sheet(book: CalamineWorkbook, name: str) -> Sheet:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    cells = {
        (row, column): Cell(row, column, _value(value))
        for row, values in enumerate(rows, start=1)
        for column, value in enumerate(values, start=1)
        if value not in ("", None)
    }
    return Sheet(name, cells)


def _value(value: object) -> Value:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))
    if isinstance(value, (str, int, datetime, date)):
        return value
    return str(value)
