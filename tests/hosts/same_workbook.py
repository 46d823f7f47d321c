"""What differs between two workbooks, cell by cell: contents, formulas, formats, merges, heights, names; and what
stands around the cells: charts, notes, links, choices, colour rules, print set-up, panes, widths."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter


def differences(one: Path, other: Path, *, apart_from: Collection[str] = ()) -> list[str]:
    """A line for each difference, the first fifty. Sheets named in `apart_from` are not looked at."""
    left, right = _wanted(one), openpyxl.load_workbook(other)
    names = [[name for name in book.sheetnames if name not in apart_from] for book in (left, right)]
    if names[0] != names[1]:
        return [f"sheets {names[0]} / {names[1]}"]
    found: list[str] = []
    for name in names[0]:
        for difference in _sheet(left[name], right[name]):
            found.append(f"{name}!{difference}")
            if len(found) == 50:
                return found
    areas = [{key: _place(value.attr_text) for key, value in book.defined_names.items()} for book in (left, right)]
    found += [
        f"name {key}: {text} / {areas[1].get(key)}" for key, text in areas[0].items() if areas[1].get(key) != text
    ]
    return found


@cache
def _wanted(path: Path) -> Any:
    """The workbook that others are held against; it is read once, for it stays as it is."""
    return openpyxl.load_workbook(path)


def _sheet(left: Any, right: Any) -> Iterator[str]:
    for row in range(1, max(left.max_row, right.max_row) + 1):
        for column in range(1, max(left.max_column, right.max_column) + 1):
            mine, theirs = left.cell(row, column), right.cell(row, column)
            for what, seen, wanted in zip(_LOOKED_AT, _seen(mine), _seen(theirs), strict=True):
                if seen != wanted:
                    yield f"{mine.coordinate} {what}: {seen!r} / {wanted!r}"
        height, other = left.row_dimensions[row].height, right.row_dimensions[row].height
        # Programs round heights to their own grain.
        if height and abs(height - (other or 0)) > 0.6:
            yield f"row {row} height: {height} / {other}"
    merged = [set(map(str, sheet.merged_cells.ranges)) for sheet in (left, right)]
    if merged[0] != merged[1]:
        yield f"merged: {sorted(merged[0] ^ merged[1])}"
    printed = [_printed(sheet) for sheet in (left, right)]
    if printed[0] != printed[1]:
        yield f"pages: {printed[0]} / {printed[1]}"
    for (what, mine), (_, theirs) in zip(_around(left), _around(right), strict=True):
        if mine != theirs:
            yield f"{what}: {mine!r} / {theirs!r}"
    widths = [_widths(sheet) for sheet in (left, right)]
    for letters in widths[0].keys() | widths[1].keys():
        mine, theirs = (one.get(letters, 0.0) for one in widths)
        # A width is told in characters of a font that each program measures for itself.
        if mine and theirs and abs(mine - theirs) > 0.05 * max(mine, theirs) + 0.5:
            yield f"column {letters} width: {mine} / {theirs}"


def _around(sheet: Any) -> Iterator[tuple[str, object]]:
    cells = [cell for row in sheet.iter_rows() for cell in row]
    yield "notes", {one.coordinate: one.comment.text for one in cells if one.comment}
    yield "links", {one.coordinate: one.hyperlink.location or one.hyperlink.target for one in cells if one.hyperlink}
    rules = sheet.data_validations.dataValidation
    yield "choices", sorted((_text(one.sqref), str(one.type), _text(one.formula1)) for one in rules)
    colours = [(one, rule) for one in sheet.conditional_formatting for rule in one.rules]
    yield "colour rules", sorted({each for area, rule in colours for each in _each_cell(area.sqref, rule)})
    series = [one for chart in sheet._charts for one in chart.series if one.val and one.val.numRef]
    yield "charts", sorted(_text(one.val.numRef.f) for one in series)
    yield "print area and titles", (_text(sheet.print_area), _text(sheet.print_title_rows))
    yield "panes and state", (sheet.freeze_panes, sheet.sheet_state)


def _each_cell(areas: Any, rule: Any) -> Iterator[tuple[str, str, str]]:
    """A rule as each of its cells sees it: LibreOffice splits an area where rows came and went."""
    first = min((one.min_row, one.min_col) for one in areas.ranges)
    origin = f"{get_column_letter(first[1])}{first[0]}"
    for one in areas.ranges:
        for row, column in ((row, column) for column in range(one.min_col, one.max_col + 1)
                            for row in range(one.min_row, one.max_row + 1)):  # fmt: skip
            cell = f"{get_column_letter(column)}{row}"
            seen = [Translator(f"={text}", origin).translate_formula(cell) for text in rule.formula]
            yield cell, str(rule.type), _text(seen)


def _widths(sheet: Any) -> dict[str, float]:
    """The width of each column that says one; neighbours of the same width are told together in the file."""
    return {
        get_column_letter(number): one.width
        for one in sheet.column_dimensions.values()
        if one.width and not one.hidden
        for number in range(one.min or 1, (one.max or one.min or 1) + 1)
    }


def _text(one: object) -> str:
    return _plain(str(one)).lower()


def _printed(sheet: Any) -> tuple[object, ...]:
    """Pages wide and high when it is fitted, else the scale; the rows that begin a page."""
    setup = sheet.page_setup
    fitted = sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage
    pages = tuple(1 if one is None else int(one) for one in (setup.fitToWidth, setup.fitToHeight))
    return pages if fitted else setup.scale or 100, [one.id for one in sheet.row_breaks.brk if one.man]


_TRUTH = re.compile(r'"([^"]+)";"\1";"[^"]+"')
_LOOKED_AT = ("content", "number format", "font", "fill", "border", "alignment")


def _seen(cell: Any) -> tuple[object, ...]:
    value = cell.value
    text = isinstance(value, str)
    # LibreOffice gives the text format to a text that reads as a number, so that it stays a text; rows that are then
    # formed like it have the format in their blank cells.
    number_format = "General" if (text or value is None) and cell.number_format == "@" else cell.number_format
    if number_format in ("mm-dd-yy", "mm/dd/yy", "m/d/yyyy"):
        number_format = "short date"  # the same built-in format as written by one program or the other
    if _TRUTH.fullmatch(number_format):
        number_format = "General"  # LibreOffice keeps a truth value as a number of this format
    fill = cell.fill.fgColor.rgb if cell.fill.fill_type else None
    border = tuple(getattr(cell.border, side).style for side in ("left", "right", "top", "bottom"))
    alignment = (
        cell.alignment.horizontal or "general",
        cell.alignment.vertical or "bottom",
        bool(cell.alignment.wrap_text),
    )
    content = _plain(value) if text and value.startswith("=") else value or None if text else value
    return content, number_format, (cell.font.name, cell.font.sz, bool(cell.font.b)), fill, border, alignment


def _place(text: str) -> str:
    """What a name refers to; of lost cells one program keeps the sheet, the other does not."""
    return re.sub(r"[^,(]*!#REF!", "#REF!", _plain(text))


def _plain(formula: str) -> str:
    return formula.replace("$", "").replace(" ", "").replace("'", "")
