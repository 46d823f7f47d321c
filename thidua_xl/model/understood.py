"""What was understood of a units' file: every column and labelled cell with its field and how sure it is.

Read `Understood`; it is what a mapping workbook shows, for staff to correct.
"""

from __future__ import annotations

from dataclasses import dataclass

from thidua_xl.model.mapping import Certainty

# The word for a column that staff leave aside on purpose.
ASIDE = "-"


@dataclass(frozen=True, slots=True)
class UnderstoodPlace:
    """A column (or labelled cell): its lowest header cell, its header texts, and what it was taken for.

    `field` is "S05.so_tien", ASIDE, or "" for a question; `likely` are such codes, the likeliest first. `value` is the
    cell of the value of a labelled cell, "" for a column. `samples` are the first values as they stand.
    """

    cell: str
    header: str
    field: str
    certainty: Certainty
    likely: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class UnderstoodTable:
    """A table (or form of labelled cells) on a sheet. `form` is "" when nobody knows; rows are those of its headers."""

    form: str
    sheet: str
    top: int
    bottom: int
    places: tuple[UnderstoodPlace, ...]


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """A name that stands for nothing known. `cells` says where it stands; `likely` are codes of `choices`."""

    choices: str
    text: str
    where: str
    likely: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A file as understood."""

    file: str
    tables: tuple[UnderstoodTable, ...]
    names: tuple[NameQuestion, ...] = ()

    @property
    def open(self) -> int:
        """How many questions there are."""
        asked = sum(not place.field for table in self.tables for place in table.places)
        return asked + len(self.names)

    @property
    def known(self) -> int:
        """How many columns and labelled cells are known."""
        return sum(bool(place.field) for table in self.tables for place in table.places)
