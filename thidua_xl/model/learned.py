"""What staff said about the layout and the names of units' files: a corrected mapping. Read `Learned`.

It travels with the criteria book (`Criteria.learned`), so that whoever reads files obeys it.
"""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[int, int]  # row, column; 1-based


@dataclass(frozen=True, slots=True)
class LearnedColumn:
    """A column by its number and its header texts, joined by " / ". `field` is its field's code, "" is left aside."""

    column: int
    header: str
    field: str


@dataclass(frozen=True, slots=True)
class LearnedTable:
    """A table of the form `form`: its sheet, its header rows (1-based, both included) and its columns."""

    form: str
    sheet: str
    top: int
    bottom: int
    columns: tuple[LearnedColumn, ...]


@dataclass(frozen=True, slots=True)
class LearnedCell:
    """A labelled cell: the label with its text, and the cell that holds the value of `form`.`field`."""

    form: str
    field: str
    sheet: str
    label: Place
    text: str
    value: Place


@dataclass(frozen=True, slots=True)
class LearnedName:
    """What a name as typed stands for: `choices` is the list or register, `code` one of its codes."""

    choices: str
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Learned:
    """One corrected mapping. `file` is the mapping workbook, `sha256` its content's digest."""

    file: str
    tables: tuple[LearnedTable, ...] = ()
    cells: tuple[LearnedCell, ...] = ()
    names: tuple[LearnedName, ...] = ()
    sha256: str = ""
