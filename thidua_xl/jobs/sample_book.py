"""The criteria book of the fictitious department: the office's book with its units and its name replaced.

Everything else (forms, lists, rules, communes, periods, awards, the report map) stays as the office has it.
Read `write_sample_book` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from thidua_xl.jobs.sample_material import Material, Raw, UnitMaterial, read_row
from thidua_xl.model import Criteria, Place, Value
from thidua_xl.ooxml import Workbook, Worksheet
from thidua_xl.refs import cell_name, parse_cell
from thidua_xl.text import fold


def write_sample_book(source: Path, criteria: Criteria, material: Material, target: Path) -> None:
    """Write the sample's criteria book to `target`; `criteria` is what `source` holds.

    Only cells are set, so the office's own layout stays. EditRefused when the book cannot be edited.
    """
    book = Workbook.open(source)
    _replace_units(book, criteria, material)
    for code, value in material.settings.items():
        setting = criteria.settings.get(code)
        if setting is not None:
            book[setting.place.sheet].set(setting.place.cell, value or None)
    book.save(target)


def _replace_units(book: Workbook, criteria: Criteria, material: Material) -> None:
    places = sorted((unit.place for unit in criteria.units), key=_row)
    sheet = book[places[0].sheet]
    pattern = read_row(material.unit_sheet["cot"])
    columns = _columns(sheet, int(material.unit_sheet["dong_tieu_de"]), pattern)
    rows = [_row(place) for place in places]
    more = len(material.units) - len(rows)
    if more > 0:
        sheet.insert_rows(before=rows[-1] + 1, count=more, like=rows[-1])
        rows += range(rows[-1] + 1, rows[-1] + 1 + more)
    for number, row in enumerate(rows):
        unit = material.units[number] if number < len(material.units) else None
        for column, raw in columns.items():
            sheet.set(cell_name(row, column), None if unit is None or raw is None else _value(raw, unit))


def _columns(sheet: Worksheet, heading_row: int, pattern: Mapping[str, Raw]) -> dict[int, Raw | None]:
    """What goes into each column: the pattern of its heading, None to empty it."""
    wanted = {fold(heading): raw for heading, raw in pattern.items()}
    found: dict[int, Raw | None] = {}
    column = 1
    while (heading := sheet.get(cell_name(heading_row, column))) is not None:
        found[column] = wanted.get(fold(str(heading)))
        column += 1
    return found


def _value(raw: Raw, unit: UnitMaterial) -> Value:
    if not isinstance(raw, str):
        return raw if isinstance(raw, int | date) else None
    words = {"ma": unit.code, "ten": unit.name, "viet_tat": unit.short, "khoi": unit.bloc}
    return raw.format_map({**words, "ten_khac": "|".join(unit.aliases)}) or None


def _row(place: Place) -> int:
    return parse_cell(place.cell)[0]
