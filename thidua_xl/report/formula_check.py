"""The template's own formulas held against our figures: one that misses a row is said. Read `formula_misses`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import TypeGuard

from thidua_xl.formula import CannotEvaluate
from thidua_xl.formula.references import references
from thidua_xl.model import ReportTable, Value
from thidua_xl.model.kept_rows import row_kinds
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.formulas import formula_texts
from thidua_xl.refs import Area, cell_name, column_letters
from thidua_xl.report.places import DETAIL, SUBTOTAL
from thidua_xl.report.plan import Planned
from thidua_xl.report.proof import by_formula

# A template made unusable by formulas without end is not looked through to the last one.
MOST_FORMULAS = 20_000

# A sheet and a 1-based row.
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class FormulaMiss:
    """A formula of the template that does not say what it should.

    `ours` is the right figure, `theirs` the formula's result; `missed` are the cells with entries that a sum of the
    template leaves out.
    """

    sheet: str
    cell: str
    formula: str
    ours: int | Decimal
    theirs: int | Decimal
    missed: tuple[str, ...] = ()


def confirmed(workbook: Workbook, written: Sequence[tuple[ReportTable, Planned]]) -> dict[tuple[str, str], bool]:
    """(sheet, cell) of each formula kept in the tables: whether its result is known and can stand for our figure."""
    return {
        (planned.sheet, cell): is_amount(planned.cells[cell].value)
        and _result(workbook, planned.sheet, cell) is not None
        for _, planned in written
        for cell in planned.kept
    }


def formula_misses(workbook: Workbook, written: Sequence[tuple[ReportTable, Planned]]) -> Iterator[FormulaMiss]:
    """Formulas kept in the tables whose result is not ours, and sums elsewhere that take in some entries of a table's
    column but not all of them (nor all of one section)."""
    for _, planned in written:
        for cell in sorted(planned.kept):
            figure = planned.cells[cell]
            theirs = _result(workbook, planned.sheet, cell)
            if is_amount(figure.value) and theirs is not None and theirs != figure.value:
                formula = workbook[planned.sheet].formula(cell) or ""
                yield FormulaMiss(planned.sheet, cell, formula, figure.value, theirs)
    yield from _short_sums(workbook, written)


def _result(workbook: Workbook, sheet: str, cell: str) -> int | Decimal | None:
    try:
        return by_formula(workbook, sheet, cell)
    except CannotEvaluate:
        return None


def _short_sums(workbook: Workbook, written: Sequence[tuple[ReportTable, Planned]]) -> Iterator[FormulaMiss]:
    sections = _sections(written)
    own = {planned.sheet: planned.cells.keys() for _, planned in written}
    seen = 0
    for sheet in workbook.sheets_with_formulas():
        for row, column, _, formula in formula_texts(sheet.xml.rows):
            seen += 1
            if seen > MOST_FORMULAS:
                return
            if "SUM(" not in formula.upper() or (cell := cell_name(row, column)) in own.get(sheet.name, ()):
                continue
            missed = _missed(formula, sheet.name, sections)
            amounts = [one for where, at in missed if is_amount(one := _value(workbook, where, at))]
            theirs = _result(workbook, sheet.name, cell) if any(amounts) else None
            if theirs is not None:
                shown = tuple(at if where == missed[0][0] else f"{where}!{at}" for where, at in missed)
                yield FormulaMiss(sheet.name, cell, formula, theirs + add(amounts), theirs, shown)


def _sections(written: Sequence[tuple[ReportTable, Planned]]) -> Mapping[str, list[list[Place]]]:
    """The places of the detail rows of a sheet's table, section by section; those on further sheets are of it too."""
    tables: dict[str, list[list[Place]]] = {}
    by_sheet: dict[str, list[list[Place]]] = {}
    for table, planned in written:
        groups = tables.setdefault(table.code, [[]])
        by_sheet[planned.sheet] = groups
        for number, kind in zip(planned.rows, row_kinds(table.rows), strict=False):
            if kind == DETAIL:
                groups[-1].append((planned.sheet, number))
            elif kind == SUBTOTAL:
                groups.append([])
    return by_sheet


def _missed(formula: str, home: str, sections: Mapping[str, list[list[Place]]]) -> tuple[tuple[str, str], ...]:
    """The (sheet, cell) pairs with entries that a sum leaves out, none when it takes all of them or one section."""
    covered: dict[int, list[tuple[str, Area]]] = {}
    tall = False
    text = formula.removeprefix("=")
    for found in references(text):
        sheet = found.sheet or home
        area = found.area
        if found.external or sheet not in sections or area.left != area.right:
            continue
        # A range over the single row drawn (F8:F8) was meant for all rows; F8 alone is one cell that is shown.
        tall = tall or ":" in text[found.start : found.end]
        covered.setdefault(area.left, []).append((sheet, area))
    for column, areas in covered.items() if tall else ():
        for groups in {id(sections[sheet]): sections[sheet] for sheet, _ in areas}.values():
            details = [place for group in groups for place in group]
            taken = {place for place in details if any(place[0] == at and _holds(area, place[1]) for at, area in areas)}
            if taken and len(taken) < len(details) and not any(taken == set(group) for group in groups):
                letters = column_letters(column)
                return tuple((sheet, f"{letters}{row}") for sheet, row in details if (sheet, row) not in taken)
    return ()


def _holds(area: Area, row: int) -> bool:
    return area.top <= row <= area.bottom


def _value(workbook: Workbook, sheet: str, cell: str) -> Value:
    return _result(workbook, sheet, cell) if workbook[sheet].formula(cell) is not None else workbook[sheet].get(cell)


def is_amount(value: Value) -> TypeGuard[int | Decimal]:
    """Whether a value is a number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def add(amounts: Iterable[int | Decimal]) -> int | Decimal:
    """The exact sum."""
    with localcontext(Context(prec=120)):
        return sum(amounts, start=0)
