"""An edit plan applied to a closed workbook by the lossless editor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from thidua_xl.model import (
    AddNote,
    AddSheet,
    CellError,
    CopySheet,
    DeleteRows,
    Edit,
    InsertRows,
    Invalid,
    SetCell,
    SetFormula,
    SetPages,
    SetProperty,
    SetRowHeight,
    StretchRanges,
    Value,
)
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.printing import set_pages
from thidua_xl.ooxml.stretching import stretch
from thidua_xl.refs import fixed, quote_sheet


def apply_edits(workbook: Workbook, edits: Iterable[Edit]) -> None:
    """Carry out the edits in order. Raises `EditRefused` before anything is saved when one cannot be done."""
    waiting: list[InsertRows] = []
    for edit in edits:
        if type(edit) is SetCell:  # most are
            if waiting:
                _insert(workbook, waiting)
            workbook[edit.sheet].set(edit.cell, plain(edit.value))
            continue
        if isinstance(edit, InsertRows):
            if waiting and not _continues(waiting, edit):
                _insert(workbook, waiting)
            waiting.append(edit)
            continue
        _insert(workbook, waiting)
        match edit:
            case SetFormula(sheet=sheet, cell=cell, formula=formula, value=value):
                workbook[sheet].set_formula(cell, formula, value=plain(value))
            case DeleteRows(sheet=sheet, first=first, count=count):
                workbook[sheet].delete_rows(first, count)
            case StretchRanges(sheet=sheet, row=row, last=last):
                stretch(workbook, sheet, row, last)
            case AddNote(sheet=sheet, cell=cell, text=text):
                workbook[sheet].add_note(cell, text)
            case SetRowHeight(sheet=sheet, row=row, points=points):
                workbook[sheet].set_row_height(row, points)
            case SetPages(sheet=sheet, scale=scale, one_page=one_page, breaks=breaks):
                set_pages(workbook[sheet], scale=scale, one_page=one_page, breaks=breaks)
            case AddSheet(sheet=sheet, rows=rows, widths=widths, visible=visible):
                workbook.add_listing(sheet, rows, widths=widths, is_visible=visible)
            case CopySheet(sheet=sheet, copy=copy, names=names):
                workbook.copy_sheet(sheet, copy)
                for name, area in names:
                    workbook.define_name(name, f"{quote_sheet(copy)}!{fixed(area)}")
            case SetProperty(name=name, value=text):
                workbook.set_custom_property(name, text)
    _insert(workbook, waiting)


def _continues(waiting: list[InsertRows], edit: InsertRows) -> bool:
    """Whether rows go directly below those that wait, formed like rows above all of them: then one pass does both."""
    first, last = waiting[0], waiting[-1]
    likes = (first.like, edit.like)
    return (
        edit.sheet == first.sheet
        and edit.before == last.before + last.count
        and all(like < first.before for like in likes)
    )


def _insert(workbook: Workbook, waiting: list[InsertRows]) -> None:
    """Carry out the insertions that wait."""
    if len(waiting) == 1:
        one = waiting[0]
        workbook[one.sheet].insert_rows(before=one.before, count=one.count, like=one.like)
    elif waiting:
        runs = [(one.before, one.count, one.like) for one in waiting]
        workbook[waiting[0].sheet].insert_runs(runs)
    waiting.clear()


def plain(value: Value) -> str | int | Decimal | bool | date | datetime | None:
    """A value as a cell can hold it: what could not be read stays visible as it was typed."""
    if isinstance(value, Invalid):
        return value.seen
    return value.code if isinstance(value, CellError) else value
