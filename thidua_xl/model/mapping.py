"""What was understood of a report template without names: its tables, columns and rows. Read `TemplateMap` first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class TableUse(Enum):
    """How a table of a template is filled (Cách tổng hợp)."""

    REPORT = "BIEU"  # a table of the report map, bound to it by `code`
    SUM = "CONG"  # the units fill the same rows: their numbers are added row by row
    APPEND = "NOI"  # the units write rows of their own: they stand one below the other
    SKIP = "BO_QUA"  # left as it is


class ColumnRole(Enum):
    """What a column of a table holds (Vai trò)."""

    CODE = "MA"  # the code that tells a row from the others
    LABEL = "NHAN"  # words that tell a row from the others
    SERIAL = "STT"  # running number
    NUMBER = "SO"  # added up
    RATIO = "TY_LE"  # worked out anew, never added up
    TEXT = "CHU"  # copied in a list, left alone in a table of fixed rows
    SKIP = "BO_QUA"  # left as it is


class Certainty(Enum):
    """How sure the recognition is (Độ chắc)."""

    SURE = "CHAC"
    DOUBTFUL = "XEM_LAI"
    UNKNOWN = "CHUA_RO"


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column of a table. `letter` is its sheet column, `header` the stacked header texts joined by " / ".

    `code` is the column's code in the report map, or the code written in the template; `formula` is in the words of
    the row, `{C}` being the cell of column C.
    """

    letter: str
    header: str
    role: ColumnRole
    code: str = ""
    formula: str = ""
    certainty: Certainty = Certainty.SURE
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class MappedTable:
    """One table. Rows are 1-based, 0 where the table has none; `code` is the report sheet's code or a made one.

    `first` to `last` are the rows that hold entries; of a table that grows `first` is its model row and further ones
    are spare. `words` are the (text name, A1 cell) pairs of single cells around it.
    """

    code: str
    sheet: str
    use: TableUse
    header_top: int
    header_bottom: int
    first: int
    last: int
    section: int = 0
    subsection: int = 0
    subtotal: int = 0
    total: int = 0
    columns: tuple[MappedColumn, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    certainty: Certainty = Certainty.SURE

    def column(self, code: str) -> MappedColumn | None:
        """The column of a code, or None."""
        return next((one for one in self.columns if one.code == code), None)


@dataclass(frozen=True, slots=True)
class TemplateMap:
    """Bản đồ mẫu — the tables of one template, in the order of its sheets. `template` is the template's file name."""

    template: str
    tables: tuple[MappedTable, ...]

    @property
    def is_bound(self) -> bool:
        """Whether any table belongs to the report map."""
        return any(one.use is TableUse.REPORT for one in self.tables)
