"""A coded matrix in a template: figures go where a row of column codes and a column of row codes cross.

Read `plan_coded` first.
"""

from __future__ import annotations

from thidua_xl.errors import TemplateProblem
from thidua_xl.model import Edit, Figure, ReportSheet, ReportTable, SetCell
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name
from thidua_xl.report.plan import Planned
from thidua_xl.text import fold

# A header block or a list of codes deeper than this is no form that a person fills in.
SEARCHED_ROWS, SEARCHED_COLUMNS = 2_000, 200


def plan_coded(table: ReportTable, report_sheet: ReportSheet, template: Workbook) -> Planned | None:
    """The edits that write a coded table; None when the template has no sheet of that name or with these codes.

    Cells that hold formulas are left to the template. A blank figure leaves the cell as it is.
    """
    wanted_columns = {one.code for one in report_sheet.columns}
    wanted_rows = {row.key for row in table.rows}
    best: tuple[int, str, dict[str, int], dict[str, int]] | None = None
    for name in template.sheetnames:
        sheet = template[name]
        by_row: dict[int, dict[str, int]] = {}
        by_column: dict[int, dict[str, int]] = {}
        for cell, value in sheet.texts(SEARCHED_ROWS, SEARCHED_COLUMNS):
            code = value.strip()
            if code in wanted_columns:
                by_row.setdefault(cell[0], {}).setdefault(code, cell[1])
            if code in wanted_rows:
                by_column.setdefault(cell[1], {}).setdefault(code, cell[0])
        columns = max(by_row.values(), key=len, default={})
        rows = max(by_column.values(), key=len, default={})
        if columns and rows:
            score = len(columns) * len(rows) + (fold(name) in {fold(report_sheet.sheet), fold(report_sheet.code)})
            if best is None or score > best[0]:
                best = (score, name, columns, rows)
    if best is None:
        raise TemplateProblem("template.missing_codes", file=template.name, code=report_sheet.code)
    _, name, columns, rows = best
    edits: list[Edit] = []
    written: dict[str, Figure] = {}
    for row in table.rows:
        if row.key not in rows:
            continue
        for figure in row.figures:
            if figure.column not in columns or figure.value is None:
                continue
            cell = cell_name(rows[row.key], columns[figure.column])
            if template[name].formula(cell) is None:
                edits.append(SetCell(name, cell, figure.value))
                written[cell] = figure
    return Planned(name, tuple(edits), tuple(rows.values()), 0, written)
