"""Heights of the report's rows by the text they hold. Read `fitted_heights` first.

Excel fits a row without a height when it opens the file; LibreOffice and viewers on phones do not, and then print
lines of text over each other. The measure is an estimate for the serif fonts of official documents.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby

from thidua_xl.model import ReportSheet, ReportTable, SetRowHeight, Value
from thidua_xl.model.kept_rows import row_kinds
from thidua_xl.ooxml import Worksheet
from thidua_xl.refs import parse_cell
from thidua_xl.report.places import DETAIL
from thidua_xl.report.plan import Planned

# One line of 11-point text, and Excel's greatest row height.
LINE_POINTS = 14.6
MOST_POINTS = 409.0
# A unit of column width in ems of 11-point text (7 of 14.67 pixels), and what padding and indent take of a cell.
EMS_PER_WIDTH = 7 / 14.67
PADDING_EMS = 0.85
# Widths in ems of a serif face such as Times New Roman; other small letters are about LETTER wide.
LETTER, CAPITAL, DIGIT, BLANK = 0.48, 0.69, 0.5, 0.25
_NARROW = dict.fromkeys("ijltfrI.,;:!'()[]/-|", 0.31)
_BROAD = dict.fromkeys("mwMW@%", 0.82)


def fit_rows(sheet: Worksheet, table: ReportTable, report_sheet: ReportSheet, planned: Planned) -> list[SetRowHeight]:
    """The heights that the detail rows of a written table need; a row with a height of its own keeps it."""
    widths = {column.code: column.width for column in report_sheet.columns}
    details = {number for number, kind in zip(planned.rows, row_kinds(table.rows), strict=True) if kind == DETAIL}
    edits = []
    # Row by row: all texts of a long table at once would take more memory than the table.
    for row, cells in groupby(planned.cells.items(), lambda one: parse_cell(one[0])[0]):
        if row in details:
            texts = [(figure.value, widths.get(figure.column, 12.0)) for _, figure in cells]
            for points in fitted_heights({row: texts}).values():
                if not sheet.has_own_height(row):
                    edits.append(SetRowHeight(planned.sheet, row, points))
    return edits


def fitted_heights(texts: Mapping[int, list[tuple[Value, float]]]) -> dict[int, float]:
    """Row -> points, for rows that need more than one line. `texts` holds (value, column width) by row."""
    heights: dict[int, float] = {}
    for row, cells in texts.items():
        most = max((lines_needed(value, width) for value, width in cells if isinstance(value, str)), default=1)
        if most > 1:
            heights[row] = min(MOST_POINTS, LINE_POINTS * most + 1)
    return heights


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a column of that width (Excel's units), words kept whole where they fit."""
    room = max(0.5, width * EMS_PER_WIDTH - PADDING_EMS)
    if len(text) * CAPITAL <= room and "\n" not in text:
        return 1
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        used = 0.0
        for word in paragraph.split():
            length = _ems(word)
            if used and used + BLANK + length > room:
                lines, used = lines + 1, 0.0
            used += length + (BLANK if used else 0.0)
            if used > room:
                # A word longer than the column is broken anywhere.
                more = math.ceil(used / room) - 1
                lines, used = lines + more, used - more * room
    return lines


@lru_cache(maxsize=50_000)
def _ems(word: str) -> float:
    """The width of a word; marks above and below letters take no room."""
    total = 0.0
    for sign in unicodedata.normalize("NFD", word):
        if unicodedata.combining(sign):
            continue
        if sign in _NARROW:
            total += _NARROW[sign]
        elif sign in _BROAD:
            total += _BROAD[sign]
        else:
            total += CAPITAL if sign.isupper() else DIGIT if sign.isdigit() else LETTER
    return total
