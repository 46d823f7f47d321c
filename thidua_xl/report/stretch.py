"""What the office has aimed at the single row it drew, made to reach over the whole list. Read `stretched`.

SUMIF(B8:B8;"Phòng A";F8:F8) on another sheet, a chart over row 8, a print area that ends there: all of them mean the
list, and rows that come below their last row are outside. Where sections and subtotals stand between the entries, only
functions that choose by a condition are stretched: a plain SUM would count each section twice, and is told instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from thidua_xl.errors import EditRefused
from thidua_xl.formula.references import functions_in, references
from thidua_xl.formula.stretch import Stretch, stretch_formula
from thidua_xl.model import Edit, ReportTable, SetFormula, StretchRanges
from thidua_xl.model.kept_rows import row_kinds
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.formulas import formula_texts
from thidua_xl.ooxml.stretching import stretch
from thidua_xl.refs import cell_name
from thidua_xl.report.places import DETAIL, SECTION, TablePlaces
from thidua_xl.report.plan import Planned

# A template made unusable by formulas without end is not looked through to the last one.
MOST_FORMULAS = 20_000
# Functions that choose among rows, so that headings and subtotals between the entries do no harm.
_CHOOSING = frozenset({
    *("SUMIF", "SUMIFS", "COUNTIF", "COUNTIFS", "AVERAGEIF", "AVERAGEIFS", "MAXIFS", "MINIFS"),
    *("VLOOKUP", "LOOKUP", "XLOOKUP", "MATCH", "XMATCH", "INDEX"),
})  # fmt: skip


def ranged_sheets(workbook: Workbook) -> frozenset[str]:
    """The sheets that a formula of the template points at with a range; only for these need formulas be looked at."""
    found: set[str] = set()
    seen = 0
    for sheet in workbook.sheets_with_formulas():
        for _, _, _, text in formula_texts(sheet.xml.rows):
            seen += 1
            if seen > MOST_FORMULAS:
                return frozenset(found)
            if ":" in text:
                found.update(one.sheet or sheet.name for one in references(text) if ":" in text[one.start : one.end])
    return frozenset(found)


def stretched(
    workbook: Workbook, table: ReportTable, places: TablePlaces, planned: Planned, ranged: frozenset[str]
) -> Iterator[Edit]:
    """The edits after the table's own were carried out; charts and names are stretched on the way.

    Nothing for a list drawn with several rows: what reaches over these grew with them.
    """
    for wanted, is_plain in _wanted(table, places, planned):
        yield from reaching(workbook, wanted, is_plain, planned, ranged)


def reaching(
    workbook: Workbook, wanted: Stretch, is_plain: bool, planned: Planned, ranged: frozenset[str]
) -> Iterator[Edit]:
    """The edits for one list; `is_plain` when only entries stand from its first to its last row."""
    if stretch(workbook, wanted.sheet, wanted.row, wanted.last):
        yield StretchRanges(wanted.sheet, wanted.row, wanted.last)
    if wanted.sheet in ranged:
        yield from _formulas(workbook, wanted, is_plain, planned)


def _wanted(table: ReportTable, places: TablePlaces, planned: Planned) -> Iterator[tuple[Stretch, bool]]:
    """What is to be stretched: from the row drawn to the last entry, and whether only entries stand between."""
    kinds = row_kinds(table.rows)
    if not places.drawn:
        details = [number for number, kind in zip(planned.rows, kinds, strict=False) if kind == DETAIL]
        if not places.spare and len(details) > 1:
            is_plain = details[-1] - details[0] + 1 == len(details)
            yield Stretch(planned.sheet, details[0], details[-1]), is_plain
        return
    section = -1
    rows: list[list[int]] = [[] for _ in places.drawn]
    for number, kind in zip(planned.rows, kinds, strict=False):
        section += kind == SECTION
        if kind == DETAIL and 0 <= section < len(rows):
            rows[section].append(number)
    for drawn, own in zip(places.drawn, rows, strict=True):
        if drawn.first == drawn.last and len(own) > 1:
            yield Stretch(planned.sheet, own[0], own[-1]), own[-1] - own[0] + 1 == len(own)


def _formulas(workbook: Workbook, wanted: Stretch, is_plain: bool, planned: Planned) -> Iterator[Edit]:
    seen = 0
    for sheet in workbook.sheets_with_formulas():
        is_own = sheet.name == wanted.sheet
        for row, column, formula, text in list(formula_texts(sheet.xml.rows)):
            seen += 1
            if seen > MOST_FORMULAS:
                return
            if ":" not in text or (formula is not None and formula.kind not in {"normal", "shared"}):
                continue
            cell = cell_name(row, column)
            if is_own and cell in planned.cells and cell not in planned.kept:
                continue
            if not is_plain and not functions_in(text) & _CHOOSING:
                continue
            inside = is_own and wanted.row <= row <= wanted.last
            longer = stretch_formula(text, wanted, sheet.name, only_fixed=inside)
            if longer != text and _may_write(workbook, sheet.name, cell):
                yield SetFormula(sheet.name, cell, f"={longer}", None)


def _may_write(workbook: Workbook, sheet: str, cell: str) -> bool:
    """Whether the cell may be written; one that is protected stays, and is told when it misses rows."""
    try:
        workbook[sheet].set_formula(cell, workbook[sheet].formula(cell) or "")
    except EditRefused:
        return False
    return True
