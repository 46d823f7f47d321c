"""The signature block kept whole on a page, and never alone on one. Read `keep_signatures_whole` first.

Programs and printers differ in how much they put on a page, so what is done must not hang on an estimate: a table that
is about a page long is fitted to one page; a longer one gets a break before its last rows, and the scale is told, for
Excel leaves breaks aside in a sheet that is fitted to the page's width.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from thidua_xl.model import ReportSheet, SetPages
from thidua_xl.ooxml import Workbook, Worksheet
from thidua_xl.ooxml.printing import PrintSetup, column_widths, print_setup, used_area
from thidua_xl.refs import Area, cell_name
from thidua_xl.report.places import DETAIL, SECTION, SUBSECTION

POINTS_PER_INCH, PIXELS_PER_INCH = 72.0, 96.0
# A unit of column width is a digit of the workbook's plain font: 7 pixels at 10 and 11 points, 8 at 12.
PIXELS_PER_POINT = 0.676
PLAIN_ROW = 15.75
# What a page holds, in parts of the estimate, where the program chooses the scale (LibreOffice: 1.08 to 1.11), and
# where the scale is told.
FITTED = (0.93, 0.97, 1.0, 1.03, 1.06, 1.08, 1.09, 1.1, 1.11, 1.13, 1.16)
TOLD = (0.95, 0.97, 0.98, 0.99, 1.0, 1.01, 1.02, 1.03, 1.05)
# A table this much longer than a page by estimate is made smaller until it stands on one.
ONE_PAGE = 1.18
# The told scale in parts of the one that fits by estimate: LibreOffice's columns are up to a tenth wider.
SAFE = 0.88
# The page before the break should be this full, else more rows go over it.
FULL_ENOUGH = 0.45
ROWS_WITH_BLOCK, MOST_ROWS = 2, 40
SMALLEST_SCALE = 10


@dataclass(frozen=True, slots=True)
class Run:
    """A sheet as it is printed: the heights of its rows from row 1 on, of the rows repeated on each page, and the
    points of rows a page holds by estimate. The block is from row `block` to the last; `table` its last row above."""

    heights: tuple[float, ...]
    header: float
    room: float
    block: int
    table: int
    setup: PrintSetup

    @property
    def total(self) -> float:
        """The points of all rows."""
        return sum(self.heights)


def keep_signatures_whole(
    workbook: Workbook,
    report_sheet: ReportSheet,
    known: tuple[str, str] | None = None,
    kinds: Mapping[int, str] | None = None,
) -> list[SetPages]:
    """What keeps the block from `THxx_NGAY_KY` to the sheet's end on one page, with rows of the table before it.

    `known` is the (sheet, A1 cell) of place and date in a template without names; `kinds` tells the kind of the
    table's rows. Nothing when the template has neither, or the office has set breaks of its own.
    """
    found = _run(workbook, report_sheet, known)
    if found is None:
        return []
    name, run = found
    if run.setup.breaks or run.setup.pages_tall:
        return []
    capacities = FITTED if run.setup.is_fitted else TOLD
    if run.total <= run.room * capacities[0]:
        return []
    if run.total <= run.room * ONE_PAGE:
        return [SetPages(name, one_page=True)]
    if all(_stands_well(run, run.room * one) for one in capacities):
        return []
    scale = _told_scale(workbook[name], run) if run.setup.is_fitted else 0
    if scale:
        run = replace(run, room=run.setup.down * POINTS_PER_INCH * 100 / scale)
    return [SetPages(name, scale=scale, breaks=(_best_break(run, kinds or {}),))]


def signature_is_cut(workbook: Workbook, report_sheet: ReportSheet) -> bool:
    """Whether a page's end falls inside the block `THxx_NGAY_KY`, by estimate; FALSE without such a name."""
    found = _run(workbook, report_sheet, None)
    if found is None or found[1].setup.pages_tall == 1:
        return False
    run = found[1]
    starts = _page_starts(run, run.room)
    return any(run.block < start <= len(run.heights) for start in starts)


def _run(workbook: Workbook, report_sheet: ReportSheet, known: tuple[str, str] | None) -> tuple[str, Run] | None:
    """(sheet, how it is printed); None when it is not known where the block stands."""
    place = (
        (known[0], Area.parse(known[1])) if known is not None else workbook.name_area(f"{report_sheet.code}_NGAY_KY")
    )
    if place is None:
        return None
    name, area = place
    sheet = workbook[name]
    setup = print_setup(sheet)
    last = max(sheet.last_filled_row, area.top)
    heights = tuple(_height(sheet, row) for row in range(1, last + 1))
    repeated = _repeated_rows(workbook, name)
    table = area.top - 1
    while table > 1 and _is_free(sheet, table, len(report_sheet.columns)):
        table -= 1
    room = setup.down * POINTS_PER_INCH * 100 / _scale(workbook, sheet, setup)
    return name, Run(heights, sum(heights[row - 1] for row in repeated if row <= last), room, area.top, table, setup)


def _scale(workbook: Workbook, sheet: Worksheet, setup: PrintSetup) -> float:
    """The percentage at which the sheet is printed, by estimate."""
    if not setup.is_fitted:
        return float(setup.scale)
    pixels_per_width = max(1, round(workbook.styles.normal_points * PIXELS_PER_POINT))
    used = used_area(sheet)
    pixels = sum(column_widths(sheet, used.left, used.right)) * pixels_per_width
    across = setup.across * PIXELS_PER_INCH * max(1, setup.pages_wide)
    return max(float(SMALLEST_SCALE), min(100.0, 100 * across / pixels if pixels else 100.0))


def _told_scale(sheet: Worksheet, run: Run) -> int:
    """A scale at which the columns surely stand on one page's width."""
    fits = run.setup.down * POINTS_PER_INCH * 100 / run.room
    return max(SMALLEST_SCALE, int(fits * SAFE))


def _stands_well(run: Run, room: float) -> bool:
    """Whether the block stands on one page, with at least one row of the table, on pages of that room."""
    starts = _page_starts(run, room)
    return not starts or starts[-1] <= run.table


def _best_break(run: Run, kinds: Mapping[int, str]) -> int:
    """The row to begin the block's page with: as few rows of the table as leave the page before it well filled."""
    fills = [min(one) for one in zip(*(_fills(run, run.room * capacity) for capacity in TOLD), strict=True)]
    best, best_fill = run.block, -1.0
    used = run.header + sum(run.heights[run.table :])
    for count, row in enumerate(range(run.table, max(1, run.table - MOST_ROWS), -1), 1):
        used += run.heights[row - 1]
        if used > run.room * TOLD[0]:
            break
        if count < ROWS_WITH_BLOCK or not _may_begin(row, kinds):
            continue
        fill = fills[row - 1]
        if fill > best_fill:
            best, best_fill = row, fill
        if fill >= FULL_ENOUGH:
            break
    return best


def _may_begin(row: int, kinds: Mapping[int, str]) -> bool:
    """Whether a page may begin with a row: a heading stays with what it heads, a total with what it sums."""
    if not kinds:
        return True
    headings = {SECTION, SUBSECTION}
    return kinds.get(row) in {DETAIL, *headings} and kinds.get(row - 1) not in headings


def _fills(run: Run, room: float) -> list[float]:
    """For each row, how full the page above it is when a new page begins with it (0 to 1)."""
    starts = set(_page_starts(run, room))
    fills: list[float] = []
    used = 0.0
    for row, height in enumerate(run.heights, 1):
        fills.append(1.0 if row in starts else used / room)
        used = run.header + height if row in starts else used + height
    return fills


def _page_starts(run: Run, room: float) -> list[int]:
    """The rows that begin the second and later pages of that room."""
    starts: list[int] = []
    used = 0.0
    for row, height in enumerate(run.heights, 1):
        if used and (used + height > room or row in run.setup.breaks):
            starts.append(row)
            used = run.header
        used += height
    return starts


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
