"""What a workbook says about its own layout: the hidden `_thidua` sheet and the `TD_…` names. Read `Layout`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from thidua_xl.grid import KnownBand, rows_of
from thidua_xl.intake.cells import as_text
from thidua_xl.intake.recall import recall
from thidua_xl.model import Book, Criteria, Form, Sheet
from thidua_xl.model.learned import Learned
from thidua_xl.refs import Area, split_sheet

IDENTITY_SHEET = "_thidua"
NAME_PREFIX = "TD_"


# A sheet and a form, and on that sheet the place of each field's value, then place and text of "Label: value".
FoundCells = tuple[Sheet, Form, dict[str, tuple[int, int]], dict[str, tuple[tuple[int, int], str]]]


@dataclass(frozen=True, slots=True)
class Layout:
    """`facts` are the rows of `_thidua`; `areas` the defined names that are one area of one sheet.

    `tables` are the sheet and header band of forms whose place staff have said in a mapping.
    """

    facts: Mapping[str, str]
    areas: Mapping[str, tuple[str, Area]]
    tables: Mapping[str, tuple[str, KnownBand]] = field(default_factory=dict)
    found: dict[tuple[int, int], FoundCells] = field(default_factory=dict, compare=False)  # kept by `find_cells`

    @classmethod
    def of(cls, book: Book, learned: Sequence[Learned] = ()) -> Layout:
        """The layout a book declares, and what was learned about files of its shape; empty for any other workbook."""
        facts: dict[str, str] = {}
        sheet = book.sheet(IDENTITY_SHEET)
        if sheet is not None:
            for values in rows_of(sheet).values():
                key, value = as_text(values.get(1)).strip(), as_text(values.get(2)).strip()
                if key:
                    facts[key] = value
        areas: dict[str, tuple[str, Area]] = {}
        for name, formula in book.names.items():
            if name.upper().startswith(NAME_PREFIX):
                found = area_of(formula)
                if found is not None:
                    areas[name] = found
        tables, known = recall(book, learned, NAME_PREFIX) if learned else ({}, {})
        return cls(facts, {**areas, **known}, tables)

    def band_of(self, form: str, sheet: Sheet) -> KnownBand | None:
        """The header band of a form when it is known to stand on that sheet."""
        found = self.tables.get(form)
        return found[1] if found is not None and found[0] == sheet.name else None

    def is_made_from(self, criteria: Criteria) -> bool:
        """Whether the workbook was made from this very criteria book for this period, with all its fields."""
        period = criteria.period.code if criteria.period is not None else ""
        return (
            bool(criteria.sha256)
            and self.facts.get("criteria_sha256") == criteria.sha256
            and self.facts.get("period") == period
        )

    def is_of_another_edition(self, criteria: Criteria) -> bool:
        """Whether the workbook was given out from a criteria book that has been edited since."""
        given_from = self.facts.get("criteria_sha256", "")
        return bool(criteria.sha256 and given_from) and given_from != criteria.sha256

    def sheet_of(self, form: str) -> str:
        """The sheet a form stands on, by its defined name (which follows renaming), then by `_thidua`; "" unknown."""
        found = self.areas.get(NAME_PREFIX + form)
        return found[0] if found is not None else self.facts.get(f"sheet.{form}", "")

    def cell_of(self, name: str, sheet: Sheet) -> tuple[int, int] | None:
        """(row, column) of a defined name's first cell when it stands on that sheet."""
        found = self.areas.get(name)
        return (found[1].top, found[1].left) if found is not None and found[0] == sheet.name else None


@lru_cache(maxsize=4096)
def area_of(formula: str) -> tuple[str, Area] | None:
    """(sheet, area) of a name's formula, None for anything but one area."""
    sheet, reference = split_sheet(formula.lstrip("="))
    try:
        return (sheet, Area.parse(reference)) if sheet else None
    except ValueError:
        return None
