"""The signature block kept whole on a page. Read `keep_signatures_whole` first.

Excel leaves manual page breaks aside when a sheet is fitted to the page's width, so the free row above the block is
made as high as what is left of the page. The measure is an estimate; being wrong costs a little white space.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thidua_xl.model import ReportSheet, SetRowHeight
from thidua_xl.ooxml import Workbook, Worksheet
from thidua_xl.refs import Area, cell_name

MM_PER_INCH, POINTS_PER_INCH, PIXELS_PER_INCH = 25.4, 72.0, 96.0
SHORT_SIDE_MM, LONG_SIDE_MM = 210.0, 297.0
# Margins of Nghị định 30/2020 as the template sets them.
SIDES_MM, ENDS_MM = 45.0, 40.0
# A unit of column width is 7 pixels and a column has 5 pixels of padding.
PIXELS_PER_WIDTH, PADDING_PIXELS = 7.0, 5.0
PLAIN_ROW, HIGHEST_ROW = 15.75, 409.0
# Programs and printers differ in how much they put on a page: the block must hold together on all of these, as parts
# of the estimate; it is pushed down step by step until it does.
CAPACITIES = (0.95, 0.97, 0.99, 1.01, 1.03, 1.05, 1.07, 1.09, 1.12, 1.15)
STEP_POINTS = 8.0


@dataclass(frozen=True, slots=True)
class Block:
    """The signature block: `top` its first row (place and date), `bottom` its last, 1-based."""

    top: int
    bottom: int


def keep_signatures_whole(
    workbook: Workbook, report_sheet: ReportSheet, known: tuple[str, str] | None = None
) -> list[SetRowHeight]:
    """What pushes a block that a page's end would cut to the next page: from `THxx_NGAY_KY` down to the sheet's end.

    `known` is the (sheet, A1 cell) of place and date in a template without names. Nothing when the template has
    neither, or no free row above it.
    """
    place = (
        (known[0], Area.parse(known[1])) if known is not None else workbook.name_area(f"{report_sheet.code}_NGAY_KY")
    )
    if place is None:
        return []
    name, area = place
    sheet = workbook[name]
    block = Block(area.top, max(sheet.last_row, area.top))
    spacer = block.top - 1
    if spacer < 1 or not _is_free(sheet, spacer, len(report_sheet.columns)):
        return []
    room = _room(report_sheet)
    repeated = _repeated_rows(workbook, name)
    heights = [_height(sheet, row) for row in range(1, block.bottom + 1)]
    header = sum(_height(sheet, row) for row in repeated)
    free = heights[spacer - 1]
    while heights[spacer - 1] < HIGHEST_ROW and not all(
        _is_whole(heights, block, room * c, header) for c in CAPACITIES
    ):
        heights[spacer - 1] = min(HIGHEST_ROW, heights[spacer - 1] + STEP_POINTS)
    if heights[spacer - 1] == free:
        return []
    return [SetRowHeight(name, spacer, heights[spacer - 1])]


def signature_is_cut(workbook: Workbook, report_sheet: ReportSheet) -> bool:
    """Whether a page's end falls inside the block `THxx_NGAY_KY`, by estimate; FALSE without such a name."""
    place = workbook.name_area(f"{report_sheet.code}_NGAY_KY")
    if place is None:
        return False
    name, area = place
    sheet = workbook[name]
    block = Block(area.top, max(sheet.last_row, area.top))
    heights = [_height(sheet, row) for row in range(1, block.bottom + 1)]
    header = sum(_height(sheet, row) for row in _repeated_rows(workbook, name))
    return not _is_whole(heights, block, _room(report_sheet), header)


def _room(report_sheet: ReportSheet) -> float:
    """Points of rows that fit on a page by estimate, before the sheet is scaled to the page's width."""
    wide = report_sheet.landscape
    across = ((LONG_SIDE_MM if wide else SHORT_SIDE_MM) - SIDES_MM) / MM_PER_INCH
    down = ((SHORT_SIDE_MM if wide else LONG_SIDE_MM) - ENDS_MM) / MM_PER_INCH * POINTS_PER_INCH
    columns = [column.width for column in report_sheet.columns if column.take != "DONG"]
    pixels = sum(width * PIXELS_PER_WIDTH + PADDING_PIXELS for width in columns)
    scale = min(1.0, across / (pixels / PIXELS_PER_INCH)) if pixels else 1.0
    return down / scale


def _is_whole(heights: Sequence[float], block: Block, room: float, header: float) -> bool:
    """Whether the block's first and last row come to stand on one page of that room. `heights` begin with row 1."""
    page, used, first = 1, 0.0, 1
    for row, height in enumerate(heights, 1):
        if used + height > room:
            page, used = page + 1, header
        if row == block.top:
            first = page
        used += height
    return page == first


def _height(sheet: Worksheet, row: int) -> float:
    if sheet.row_hidden(row):
        return 0.0
    height = sheet.row_height(row)
    return PLAIN_ROW if height is None else height


def _repeated_rows(workbook: Workbook, sheet: str) -> tuple[int, ...]:
    for name in workbook.defined_names:
        if name.endswith("!_xlnm.Print_Titles") and name.startswith(f"{sheet}!"):
            found = workbook.name_area(name)
            area: Area | None = found[1] if found is not None else None
            return tuple(range(area.top, area.bottom + 1)) if area is not None else ()
    return ()


def _is_free(sheet: Worksheet, row: int, columns: int) -> bool:
    return all(sheet.get(cell_name(row, column)) is None for column in range(1, columns + 1))
