"""The values that travel through the house: frozen dataclasses, no behaviour beyond look-ups.

Read `criteria` (the criteria book, of `forms`, `registers` and `report_map`), then `records` (what a unit handed in),
`findings`, `totals`.

Names are loaded when they are first used: a worker process knows cells, and none of the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.lazy import loading

if TYPE_CHECKING:
    from thidua_xl.model.cells import Book, Cell, CellError, Invalid, Sheet, Value
    from thidua_xl.model.criteria import Criteria
    from thidua_xl.model.edits import (
        AddNote,
        AddSheet,
        CopySheet,
        DeleteRows,
        Edit,
        InsertRows,
        SetCell,
        SetFormula,
        SetPages,
        SetProperty,
        SetRowHeight,
        StretchRanges,
    )
    from thidua_xl.model.findings import Finding
    from thidua_xl.model.forms import (
        NUMERIC,
        Condition,
        Field,
        FieldKind,
        Form,
        FormKind,
        ListItem,
        Required,
        Rule,
        Severity,
        ValueList,
    )
    from thidua_xl.model.records import Entry, Nomination, Records, Submission
    from thidua_xl.model.registers import Award, Commune, Criterion, HeaderAlias, Period, Setting, Unit
    from thidua_xl.model.report_map import ReportColumn, ReportSheet
    from thidua_xl.model.sources import Source
    from thidua_xl.model.totals import ClosedPeriod, Consolidation, Figure, ReportRow, ReportTable, UnitStatus
    from thidua_xl.model.validity import ALWAYS, Place, Validity

__all__ = [
    "ALWAYS",
    "NUMERIC",
    "AddNote",
    "AddSheet",
    "Award",
    "Book",
    "Cell",
    "CellError",
    "ClosedPeriod",
    "Commune",
    "Condition",
    "Consolidation",
    "CopySheet",
    "Criteria",
    "Criterion",
    "DeleteRows",
    "Edit",
    "Entry",
    "Field",
    "FieldKind",
    "Figure",
    "Finding",
    "Form",
    "FormKind",
    "HeaderAlias",
    "InsertRows",
    "Invalid",
    "ListItem",
    "Nomination",
    "Period",
    "Place",
    "Records",
    "ReportColumn",
    "ReportRow",
    "ReportSheet",
    "ReportTable",
    "Required",
    "Rule",
    "SetCell",
    "SetFormula",
    "SetPages",
    "SetProperty",
    "SetRowHeight",
    "Setting",
    "Severity",
    "Sheet",
    "Source",
    "StretchRanges",
    "Submission",
    "Unit",
    "UnitStatus",
    "Validity",
    "Value",
    "ValueList",
]

_HOMES = {
    "cells": (
        "Book",
        "Cell",
        "CellError",
        "Invalid",
        "Sheet",
        "Value",
    ),
    "criteria": ("Criteria",),
    "edits": (
        "AddNote",
        "AddSheet",
        "CopySheet",
        "DeleteRows",
        "Edit",
        "InsertRows",
        "SetCell",
        "SetFormula",
        "SetPages",
        "SetProperty",
        "SetRowHeight",
        "StretchRanges",
    ),
    "findings": ("Finding",),
    "forms": (
        "NUMERIC",
        "Condition",
        "Field",
        "FieldKind",
        "Form",
        "FormKind",
        "ListItem",
        "Required",
        "Rule",
        "Severity",
        "ValueList",
    ),
    "records": (
        "Entry",
        "Nomination",
        "Records",
        "Submission",
    ),
    "registers": (
        "Award",
        "Commune",
        "Criterion",
        "HeaderAlias",
        "Period",
        "Setting",
        "Unit",
    ),
    "report_map": (
        "ReportColumn",
        "ReportSheet",
    ),
    "sources": ("Source",),
    "totals": (
        "ClosedPeriod",
        "Consolidation",
        "Figure",
        "ReportRow",
        "ReportTable",
        "UnitStatus",
    ),
    "validity": (
        "ALWAYS",
        "Place",
        "Validity",
    ),
}

__getattr__ = loading(__name__, {name: home for home, names in _HOMES.items() for name in names})
