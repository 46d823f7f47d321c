"""Small workbooks drawn in the test as text tables, and an independent reader. Read `build_workbook` first.

```
| NOP01 |            |               |
|       | Đơn vị     | Số xã giúp đỡ |
|       | Phòng A    | 2             |
```
A line with a name in its first cell starts a sheet. Every line below it with a blank first cell is one row of that
sheet, from row 1; the second cell is column A.

| written        | in the workbook                                             |
|----------------|-------------------------------------------------------------|
| blank          | no cell                                                     |
| `2`, `-15`     | number (int)                                                |
| `2.50`         | number (Decimal)                                            |
| `2024-06-30`   | date; `2024-06-30 08:15` a date and time                    |
| `TRUE`         | boolean                                                     |
| `=A1+1 -> 3`   | formula with its cached value (`-> #N/A` an error); without `->` never calculated |
| anything else  | text as it stands (`007`, `1.234,5`, `2 tuần`)              |
| `'2`           | text, without the mark                                      |
| `\\|`, `\\n`     | a pipe, a line break inside a text                          |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

TypedValue = None | bool | int | Decimal | str | date | datetime

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?\Z")


def build_workbook(
    path: Path,
    tables: str,
    *,
    names: Mapping[str, str] | None = None,
    hidden_sheets: Iterable[str] = (),
    merges: Mapping[str, Iterable[str]] | None = None,
) -> Path:
    """`path` after writing the drawn sheets to it. ValueError when the drawing cannot be understood.

    `names` are defined names (`{"TD_S05": "'Biểu 05'!$A$2:$C$9"}`), `merges` A1 ranges by sheet.
    """
    sheets = parse_tables(tables)
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    hidden = set(hidden_sheets)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for area in (merges or {}).get(name, ()):
            sheet.merge_range(area, "")
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                if text.startswith("="):
                    formula, _, cached = text.partition(" -> ")
                    value = parse_value(cached)
                    if isinstance(value, date):
                        raise ValueError(f"a cached date is drawn as its serial number: {text!r}")
                    sheet.write_formula(row, column, formula, None, "" if value is None else value)
                else:
                    _write(sheet, row, column, parse_value(text), day, moment)
    for name, target in (names or {}).items():
        book.define_name(name, "=" + target)
    book.close()
    return path


def read_cells(path: Path, *, formulas: bool = False) -> dict[str, dict[str, Any]]:
    """Sheet name -> A1 cell -> value of a workbook, read by openpyxl; blank cells are absent.

    Formula cells give their cached value (absent when never calculated), or their text with `formulas`.
    """
    book = openpyxl.load_workbook(path, data_only=not formulas)
    found = {
        sheet.title: {
            cell.coordinate: cell.value for cells in sheet.iter_rows() for cell in cells if cell.value is not None
        }
        for sheet in book.worksheets
    }
    book.close()
    return found


def parse_tables(tables: str) -> dict[str, list[list[str]]]:
    """Sheet name -> rows -> cell texts of a drawing; texts are still as drawn. ValueError when it is no drawing."""
    sheets: dict[str, list[list[str]]] = {}
    rows: list[list[str]] | None = None
    for line in filter(None, (line.strip() for line in tables.splitlines())):
        if not (line.startswith("|") and line.endswith("|") and len(line) > 1):
            raise ValueError(f"no table line: {line!r}")
        first, *rest = [text.strip() for text in re.split(r"(?<!\\)\|", line[1:-1])]
        if first:
            if any(rest):
                raise ValueError(f"the line that names a sheet holds cells: {line!r}")
            rows = sheets.setdefault(first, [])
        elif rows is None:
            raise ValueError(f"no sheet is named before {line!r}")
        else:
            rows.append(rest)
    return sheets


def parse_value(text: str) -> TypedValue:
    """The value that a drawn cell stands for (see the table at the top of this file)."""
    if not text:
        return None
    if text.startswith("'"):
        return _unescape(text[1:])
    if text in {"TRUE", "FALSE"}:
        return text == "TRUE"
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return Decimal(text)
    if _DATE.match(text):
        return date.fromisoformat(text)
    if _MOMENT.match(text):
        return datetime.fromisoformat(text)
    return _unescape(text)


def _unescape(text: str) -> str:
    return text.replace("\\|", "|").replace("\\n", "\n")


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    value: TypedValue,
    day: xlsxwriter.format.Format,
    moment: xlsxwriter.format.Format,
) -> None:
    """Write one value with the writer of its type, so that nothing is guessed from its looks."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value, moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)
