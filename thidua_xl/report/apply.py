"""An edit plan applied to a closed workbook by the lossless editor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from thidua_xl.model import (
    AddNote,
    AddSheet,
    CellError,
    DeleteRows,
    Edit,
    InsertRows,
    Invalid,
    SetCell,
    SetFormula,
    SetProperty,
    SetRowHeight,
    Value,
)
from thidua_xl.ooxml import Workbook


def apply_edits(workbook: Workbook, edits: Iterable[Edit]) -> None:
    """Carry out the edits in order. Raises `EditRefused` before anything is saved when one cannot be done."""
    for edit in edits:
        match edit:
            case SetCell(sheet=sheet, cell=cell, value=value):
                workbook[sheet].set(cell, plain(value))
            case SetFormula(sheet=sheet, cell=cell, formula=formula, value=value):
                workbook[sheet].set_formula(cell, formula, value=plain(value))
            case InsertRows(sheet=sheet, before=before, count=count, like=like):
                workbook[sheet].insert_rows(before=before, count=count, like=like)
            case DeleteRows(sheet=sheet, first=first, count=count):
                workbook[sheet].delete_rows(first, count)
            case AddNote(sheet=sheet, cell=cell, text=text):
                workbook[sheet].add_note(cell, text)
            case SetRowHeight(sheet=sheet, row=row, points=points):
                workbook[sheet].set_row_height(row, points)
            case AddSheet(sheet=sheet, rows=rows, widths=widths, visible=visible):
                workbook.add_listing(sheet, rows, widths=widths, is_visible=visible)
            case SetProperty(name=name, value=text):
                workbook.set_custom_property(name, text)


def plain(value: Value) -> str | int | Decimal | bool | date | datetime | None:
    """A value as a cell can hold it: what could not be read stays visible as it was typed."""
    if isinstance(value, Invalid):
        return value.seen
    return value.code if isinstance(value, CellError) else value
