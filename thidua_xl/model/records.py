"""What a unit handed in, after intake: typed values that know their cells. Read `Submission`, then `Records`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from thidua_xl.model.cells import Value
from thidua_xl.model.findings import Finding
from thidua_xl.refs import column_number


@dataclass(frozen=True, slots=True)
class Entry:
    """Dòng số liệu — one row of a form (for a `form` kind: the whole sheet). `row` is 1-based."""

    form: str
    file: str
    unit: str
    sheet: str
    row: int
    values: Mapping[str, Value]
    cells: Mapping[str, str]

    def __getitem__(self, code: str) -> Value:
        return self.values.get(code)


@dataclass(frozen=True, slots=True)
class Records:
    """All entries of one form in one submission, column by column.

    `rows[i]` is the 1-based sheet row of entry i; `columns[code][i]` its value; blank is None, a value that
    could not be taken is `Invalid`. `letters[code]` is the sheet column (A1 letters) of a field that the
    sheet has; for a `form` kind there is one entry and `single_cells[code]` is the A1 cell of each field.
    `total_row` (1-based) and `totals` are the sheet's own total row, if any.
    `explanations` maps A1 cells or "row" texts to the unit's giải trình.
    """

    form: str
    sheet: str
    rows: tuple[int, ...]
    columns: Mapping[str, tuple[Value, ...]]
    letters: Mapping[str, str] = field(default_factory=dict)
    single_cells: Mapping[str, str] = field(default_factory=dict)
    header_row: int | None = None
    total_row: int | None = None
    totals: Mapping[str, Value] = field(default_factory=dict)
    nothing_to_report: bool = False
    nothing_cell: str = ""
    explanations: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def cell(self, code: str, index: int) -> str:
        """The A1 cell of a field in entry `index` (0-based); the row's first cell when the sheet lacks the column."""
        if code in self.single_cells:
            return self.single_cells[code]
        # The files of a round name the same cells over and over: each name is kept once.
        return sys.intern(f"{self._letters(code)}{self.rows[index]}") if self.rows else ""

    def cells(self, code: str, indices: Sequence[int]) -> tuple[str, tuple[int, ...]]:
        """The same for many entries of a form with rows: the letters of the column and the 1-based row of each."""
        single = self.single_cells.get(code)
        if single is not None:
            letters = single.rstrip("0123456789")
            return letters, (int(single[len(letters) :]),) * len(indices)
        rows = self.rows
        return self._letters(code), tuple([rows[index] for index in indices])

    def _letters(self, code: str) -> str:
        letters = self.letters.get(code)
        return min(self.letters.values(), key=column_number, default="A") if letters is None else letters

    def value(self, code: str, index: int = 0) -> Value:
        """The value of a field in entry `index` (0-based), None when blank or absent."""
        values = self.columns.get(code)
        return values[index] if values is not None and index < len(values) else None


@dataclass(frozen=True, slots=True)
class Submission:
    """Báo cáo của một đơn vị — one file (or one unit's sheets) after intake.

    `unit`, `period` are codes of the criteria book, "" when unknown. `version` is the lần nộp (1 when not given).
    `findings` are about structure, identity and cell values; rules add theirs later. `left_out` are ("sheet!A1",
    text) of rows that were taken for titles although nothing but their place says so.
    """

    file: str
    unit: str
    period: str
    version: int = 1
    form_version: str = ""
    records: Mapping[str, Records] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    received: datetime | date | None = None
    sha256: str = ""
    superseded_by: str = ""
    left_out: tuple[tuple[str, str], ...] = ()

    def entries(self, form: str) -> Iterator[Entry]:
        """One `Entry` per row of a form, none when the form is absent."""
        records = self.records.get(form)
        if records is None:
            return
        for index, row in enumerate(records.rows):
            yield Entry(
                form=form,
                file=self.file,
                unit=self.unit,
                sheet=records.sheet,
                row=row,
                values={code: values[index] for code, values in records.columns.items()},
                cells={code: records.cell(code, index) for code in records.columns},
            )


@dataclass(frozen=True, slots=True)
class Nomination:
    """Đề nghị khen thưởng — one entry of the nomination form, with the ballot that decided it, if any."""

    entry: Entry
    award: str
    target: str
    ballot: Entry | None = None
