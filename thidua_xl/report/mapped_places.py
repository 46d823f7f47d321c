"""A looked-through mapping -> the places of the report tables, or names in a copy of the template.

Read `mapped_places`, then `bind_names`.
"""

from __future__ import annotations

from collections.abc import Iterator

from thidua_xl.errors import TemplateProblem
from thidua_xl.model.mapping import MappedTable, TableUse, TemplateMap
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import cell_name, column_letters, column_number, parse_cell, quote_sheet
from thidua_xl.report.places import (
    COLUMN_NAME,
    DETAIL,
    MODEL_ROWS,
    SECTION,
    SUBSECTION,
    SUBTOTAL,
    TOTAL,
    TablePlaces,
    model_formulas,
)
from thidua_xl.text import nearest


def mapped_places(template: Workbook, found: MappedTable) -> TablePlaces:
    """The places of a table of the report map, from its mapping. TemplateProblem when its sheet is not there."""
    check_sheet(template, found)
    columns = {one.code: column_number(one.letter) for one in found.columns if one.code and one.letter}
    models = dict(_models(found))
    words: dict[str, dict[int, str]] = {}
    sheet = template[found.sheet]
    for kind in (SUBTOTAL, TOTAL):
        for column in _span(found) if kind in models else ():
            value = sheet.get(cell_name(models[kind], column))
            if isinstance(value, str) and value and sheet.formula(cell_name(models[kind], column)) is None:
                words.setdefault(kind, {})[column] = value
    formulas = model_formulas(sheet, models, columns.values())
    spare = max(0, found.last - found.first)
    return TablePlaces(found.sheet, columns, models, dict(found.words), words, spare, formulas)


def bind_names(template: Workbook, found: TemplateMap) -> int:
    """Define the `THxx_` names of every table of the report map; how many were defined."""
    count = 0
    for table in found.tables:
        if table.use is not TableUse.REPORT:
            continue
        check_sheet(template, table)
        home = quote_sheet(table.sheet)
        letters = [column_letters(one) for one in _span(table)]
        for kind, row in _models(table):
            last = table.last if kind == DETAIL else row
            area = f"{home}!${letters[0]}${row}:${letters[-1]}${last}"
            template.define_name(f"{table.code}_{MODEL_ROWS[kind]}", area)
            count += 1
        for column in table.columns:
            if column.code and column.letter:
                cell = f"{home}!${column.letter}${table.first}"
                template.define_name(f"{table.code}_{COLUMN_NAME}{column.code}", cell)
                count += 1
        for name, cell in table.words:
            row, at = parse_cell(cell)
            template.define_name(f"{table.code}_{name}", f"{home}!${column_letters(at)}${row}")
            count += 1
    return count


def check_sheet(template: Workbook, found: MappedTable) -> None:
    """TemplateProblem when the template has no sheet of that name."""
    if found.sheet not in template.sheetnames:
        close = nearest(found.sheet, template.sheetnames) or ""
        raise TemplateProblem("template.mapping_sheet", file=template.file, sheet=found.sheet, nearest=close)


def _models(found: MappedTable) -> Iterator[tuple[str, int]]:
    rows = {
        SECTION: found.section,
        SUBSECTION: found.subsection,
        DETAIL: found.first,
        SUBTOTAL: found.subtotal,
        TOTAL: found.total,
    }
    return ((kind, row) for kind, row in rows.items() if row)


def _span(found: MappedTable) -> list[int]:
    numbers = [column_number(one.letter) for one in found.columns if one.letter]
    return list(range(min(numbers), max(numbers) + 1)) if numbers else []
