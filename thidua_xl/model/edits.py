"""An edit plan: what to do to a workbook, as values. Applied by `ooxml` (closed file) or `hosts` (open workbook)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from thidua_xl.model.cells import Value


@dataclass(frozen=True, slots=True)
class SetCell:
    """Write a value into a cell; text stays text, even `=1+1`."""

    sheet: str
    cell: str
    value: Value


@dataclass(frozen=True, slots=True)
class SetFormula:
    """Write a formula with its result, so that readers that do not calculate see the right number."""

    sheet: str
    cell: str
    formula: str
    value: Value


@dataclass(frozen=True, slots=True)
class InsertRows:
    """Insert `count` rows before the 1-based row `before`, formed like row `like`."""

    sheet: str
    before: int
    count: int
    like: int


@dataclass(frozen=True, slots=True)
class DeleteRows:
    """Delete `count` rows from the 1-based row `first` on."""

    sheet: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class StretchRanges:
    """Charts, filters, tables, print areas and other names over several rows that end on the 1-based `row` of a sheet
    shall end on `last`. Formulas in cells are edits of their own.
    """

    sheet: str
    row: int
    last: int


@dataclass(frozen=True, slots=True)
class AddNote:
    """Attach a note to a cell."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class SetRowHeight:
    """Give a 1-based row a height in points."""

    sheet: str
    row: int
    points: float


@dataclass(frozen=True, slots=True)
class SetPages:
    """Say how a sheet goes over printed pages: all of it on one page, or at a `scale` (a percentage, 0 keeps what is)
    with a page beginning at each of the 1-based rows of `breaks`.
    """

    sheet: str
    scale: int = 0
    one_page: bool = False
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AddSheet:
    """Add a worksheet at the end: `rows` from A1 on, `widths` of its columns in characters.

    The rows may be made as they are read; they can be read more than once.
    """

    sheet: str
    rows: Iterable[Sequence[Value]]
    widths: tuple[float, ...]
    visible: bool = True


@dataclass(frozen=True, slots=True)
class CopySheet:
    """Add a copy of a worksheet at the end, under the name `copy`; `names` are workbook names to define for areas of
    the copy (`TH10_2_MA_COT`, `A6:P6`).
    """

    sheet: str
    copy: str
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SetProperty:
    """Set a custom document property."""

    name: str
    value: str


Edit = (
    SetCell
    | SetFormula
    | InsertRows
    | DeleteRows
    | StretchRanges
    | AddNote
    | SetRowHeight
    | SetPages
    | AddSheet
    | CopySheet
    | SetProperty
)
