"""An edit plan applied to a closed workbook by the lossless editor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from thidua_xl.model import AddNote, CellError, DeleteRows, Edit, InsertRows, Invalid, SetCell, SetFormula, Value
from thidua_xl.ooxml import Workbook


def apply_edits(workbook: Workbook, edits: Iterable[Edit]) -> None:
    """Carry out the edits in order. Raises `EditRefused` before anything is saved when one cannot be done."""
    for edit in edits:
        sheet = workbook[edit.sheet]
        match edit:
            case SetCell(cell=cell, value=value):
                sheet.set(cell, plain(value))
            case SetFormula(cell=cell, formula=formula, value=value):
                sheet.set_formula(cell, formula, value=plain(value))
            case InsertRows(before=before, count=count, like=like):
                sheet.insert_rows(before=before, count=count, like=like)
            case DeleteRows(first=first, count=count):
                sheet.delete_rows(first, count)
            case AddNote(cell=cell, text=text):
                sheet.add_note(cell, text)


def plain(value: Value) -> str | int | Decimal | bool | date | datetime | None:
    """A value as a cell can hold it: what could not be read stays visible as it was typed."""
    if isinstance(value, Invalid):
        return value.seen
    return value.code if isinstance(value, CellError) else value
