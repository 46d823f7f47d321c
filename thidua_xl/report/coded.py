"""A coded matrix in a template: figures go where a row of column codes and a column of row codes cross.

Read `plan_coded` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TypeGuard

from thidua_xl.errors import TemplateProblem
from thidua_xl.model import Book, Edit, Figure, ReportSheet, ReportTable, SetCell, Value
from thidua_xl.model.wording import fill
from thidua_xl.refs import cell_name
from thidua_xl.report.plan import Planned
from thidua_xl.text import fold

# A note of the report sheet that puts words into a single cell: dat.C4=...
CELL_NOTE = "dat."


def plan_coded(table: ReportTable, report_sheet: ReportSheet, template: Book, words: Mapping[str, str]) -> Planned:
    """The edits that write a coded table, found by the codes alone: no name and no fixed place is needed.

    Notes `dat.C4={ma_don_vi}` put `words` into single cells. Cells that hold formulas are left to the template; a
    blank figure leaves the cell as it is. Raises `TemplateProblem` when no sheet of the template holds the codes.
    """
    wanted_columns = {one.code for one in report_sheet.columns}
    wanted_rows = {row.key for row in table.rows}
    best: tuple[int, str, dict[str, int], dict[str, int]] | None = None
    for sheet in template.sheets:
        by_row: dict[int, dict[str, int]] = {}
        by_column: dict[int, dict[str, int]] = {}
        for (at_row, at_column), found in sheet.cells.items():
            if not isinstance(found.value, str):
                continue
            code = found.value.strip()
            if code in wanted_columns:
                by_row.setdefault(at_row, {}).setdefault(code, at_column)
            if code in wanted_rows:
                by_column.setdefault(at_column, {}).setdefault(code, at_row)
        columns = max(by_row.values(), key=len, default={})
        rows = max(by_column.values(), key=len, default={})
        if columns and rows:
            named = fold(sheet.name) in {fold(report_sheet.sheet), fold(report_sheet.code)}
            score = 2 * len(columns) * len(rows) + named
            if best is None or score > best[0]:
                best = (score, sheet.name, columns, rows)
    if best is None:
        raise TemplateProblem("template.missing_codes", file=template.file, code=report_sheet.code)
    _, name, columns, rows = best
    cells = next(sheet.cells for sheet in template.sheets if sheet.name == name)
    formats = {one.code: one.number_format for one in report_sheet.columns}
    edits: list[Edit] = []
    written: dict[str, Figure] = {}
    for row in table.rows:
        if row.key not in rows:
            continue
        for figure in row.figures:
            if figure.column not in columns or figure.value is None:
                continue
            place = (rows[row.key], columns[figure.column])
            present = cells.get(place)
            if present is not None and present.formula is not None:
                continue
            cell = cell_name(*place)
            edits.append(SetCell(name, cell, as_asked(figure.value, formats.get(figure.column, ""))))
            written[cell] = figure
    for note, text in report_sheet.notes.items():
        if note.startswith(CELL_NOTE):
            filled = fill(text, words)
            edits.append(SetCell(name, note.removeprefix(CELL_NOTE), filled))
    return Planned(name, tuple(edits), tuple(rows.values()), 0, written)


def as_asked(value: Value, number_format: str) -> Value:
    """The value as the report map's number format asks: one that begins with `@` writes the number as text.

    `@00,00` gives `75521,60` and `05,03`: digits before the comma are the least number of whole digits, those after
    it the number of decimals.
    """
    if not number_format.startswith("@") or not is_amount(value):
        return value
    whole, _, decimals = number_format[1:].partition(",")
    with localcontext(prec=60):
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-len(decimals)), rounding=ROUND_HALF_UP)
    digits, _, rest = format(abs(rounded), "f").partition(".")
    sign = "-" if rounded < 0 else ""
    return sign + digits.zfill(len(whole)) + ("," + rest if rest else "")


def is_amount(value: Value) -> TypeGuard[int | Decimal]:
    """Whether a value is a number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
