"""`map` for any workbook: is it a units' file or a report template? Read `map_file`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid import read_apart
from thidua_xl.intake import understand
from thidua_xl.jobs.map_template import MappedTemplate, map_template
from thidua_xl.jobs.map_unit import REMEMBERED, SUFFIX, MappedUnit, map_unit, parted, with_mappings
from thidua_xl.jobs.rounds import RECEIVED, round_criteria, round_of
from thidua_xl.model import Book, Criteria
from thidua_xl.model.mapping import ColumnRole, MappedTable
from thidua_xl.refs import column_number
from thidua_xl.report.recognise import recognise

UNIT, TEMPLATE = "unit", "template"
_KINDS = {"don-vi": UNIT, "mau": TEMPLATE}


def map_file(
    file: str | Path,
    criteria: str | Path | None = None,
    out: str | Path | None = None,
    *,
    kind: str | None = None,
    bind: bool = False,
    corrected: str | Path | None = None,
) -> MappedUnit | MappedTemplate:
    """Write what was understood of a workbook at `out`.

    `kind` is unit or template (don-vi, mau); None looks which of the two fits better. The mapping of a file that lies
    in a round is written into the round's folder of mappings, which the round obeys; any other beside the file.
    `corrected` is an earlier mapping that is obeyed, `bind` is for templates. Raises `InputRefused`.
    """
    source = Path(file)
    if not source.is_file():
        raise InputRefused("input.missing", file=str(file))
    home = source.parent.parent if source.parent.name == RECEIVED else source.parent
    units = parted([corrected])[0] if corrected is not None else []
    book = round_criteria([home], criteria)
    if units:
        book, corrected, kind = with_mappings(book, units), None, kind or UNIT
    said = _KINDS.get(kind or "", kind) or (TEMPLATE if bind or corrected is not None else None)
    if said == TEMPLATE:
        return map_template(source, book, out, bind=bind, corrected=corrected)
    read = read_apart(source)
    if said is None and not _is_units_file(source, read, book):
        return map_template(source, book, out)
    if out is None and round_of(home) is not None:
        out = home / REMEMBERED / f"{source.stem}{SUFFIX}.xlsx"
    return map_unit(source, read, book, out)


def _is_units_file(source: Path, book: Book, criteria: Criteria) -> bool:
    """Whether more columns of the forms that units fill are known in it than columns of the report's tables.

    A workbook of which neither is known is one that units fill when it has something below its headers.
    """
    units = understand(book, criteria)
    tables = recognise(source, book, criteria).tables
    codes = {one.code for one in criteria.report_sheets}
    report = sum(bool(column.code and column.letter) for one in tables if one.code in codes for column in one.columns)
    known = units.known
    if not report and tables and 2 * known < known + units.open and not _is_filled(book, tables):
        known = 0  # "STT", "Số tiền" head tables of every office: a blank one of which most is unknown is a template
    if known or report:
        # A listing of the report repeats the headings of its form; with entries below them it is rather the form.
        has_entries = any(place.samples for one in units.tables for place in one.places)
        return known > report or (known == report and has_entries)
    likely = sum(bool(place.likely) for one in units.tables for place in one.places)
    return not tables or (likely > 0 and _is_filled(book, tables))


def _is_filled(book: Book, tables: Sequence[MappedTable]) -> bool:
    """Whether somebody has typed a number into a column of numbers: a template's are blank, or formulas."""
    for table in tables:
        sheet = book.sheet(table.sheet)
        numbers = {column_number(one.letter) for one in table.columns if one.role is ColumnRole.NUMBER and one.letter}
        for (row, column), cell in sheet.cells.items() if sheet is not None else ():
            is_number = isinstance(cell.value, (int, Decimal)) and not isinstance(cell.value, bool)
            if table.first <= row <= table.last and column in numbers and is_number and cell.formula is None:
                return True
    return False
