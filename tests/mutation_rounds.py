"""Clean rounds in memory: every unit's form of one period, filled in, built as a workbook and read once.

`clean_round` makes one; `CleanRound.findings` says what is wrong with one changed workbook among the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from thidua_xl.checks import check_round, check_submission
from thidua_xl.forms import load_criteria
from thidua_xl.forms.build import build_unit_workbook
from thidua_xl.grid import read_book
from thidua_xl.grid.table_cells import Extra, RowCells, rows_of
from thidua_xl.intake import read_submission
from thidua_xl.jobs.sample_book import write_sample_book
from thidua_xl.jobs.sample_material import load_material
from thidua_xl.jobs.sample_records import UnitContent, sample_records
from thidua_xl.model import Book, Criteria, Finding, Period, Sheet, Submission, Value
from thidua_xl.refs import column_number
from thidua_xl.shipped import criteria_book

TODAY = date(2026, 1, 15)

# A special report has no days of its own in the book: it is filled in like the year's, under its own name.
SPECIAL, LIKE = "DX", "2025-NAM"
PERIODS = ("2023-6T", "2024-6T", "2024-TCD", "2025-NAM", SPECIAL)


@dataclass(frozen=True, slots=True)
class CleanRound:
    """The workbooks of a round by unit, with what they hold. `rules` is what is in force for `period`."""

    criteria: Criteria
    period: Period
    rules: Criteria
    books: Mapping[str, Book]
    submissions: Mapping[str, Submission]

    def take_in(self, book: Book) -> Submission:
        """A workbook of this round as a submission."""
        return read_submission(book, self.criteria, period=self.period.code)

    def added_up(self, unit: str, book: Book) -> Book:
        """The book with the total rows that are formulas worked out again, as a spreadsheet program does."""
        for records in self.submissions[unit].records.values():
            sheet = book.sheet(records.sheet)
            if records.total_row is None or sheet is None:
                continue
            rows, extras = rows_of(sheet), getattr(sheet.cells, "extras", {})
            totals: dict[tuple[int, int], Value] = {}
            for code in records.totals:
                place = records.total_row, column_number(records.letters[code])
                if place in extras and extras[place].formula:
                    between = range((records.header_row or 0) + 2, records.total_row)
                    cells = [rows.get(row, {}).get(place[1]) for row in between]
                    numbers = [one for one in cells if isinstance(one, int | Decimal) and not isinstance(one, bool)]
                    totals[place] = sum((Decimal(one) for one in numbers), Decimal(0))
            book = with_cells(book, records.sheet, totals, {place: extras[place] for place in totals})
        return book

    def findings(self, unit: str, book: Book) -> tuple[Finding, ...]:
        """Everything that is told when `book` takes the place of the unit's workbook."""
        one = self.take_in(book)
        own = self.criteria.find_period(one.period) or self.period
        rules = self.rules if own == self.period else self.criteria.at(own)
        round_of = [one if code == unit else other for code, other in self.submissions.items()]
        return (
            *one.findings,
            *check_submission(one, rules, today=TODAY),
            *check_round(round_of, self.rules, self.period, today=TODAY),
        )


@lru_cache(maxsize=8)
def clean_round(period: str, units: tuple[str, ...] = ()) -> CleanRound:
    """The clean round of a period; with `units` only these report, and only they have to."""
    with TemporaryDirectory() as folder:
        criteria = _sample_criteria(Path(folder))
        found = criteria.find_period(period)
        assert found is not None
        rules = criteria.at(found)
        books: dict[str, Book] = {}
        for content in _contents(criteria, period):
            unit = rules.unit(content.unit)
            if unit is None or (units and content.unit not in units):
                continue
            path = Path(folder) / f"BC_{content.unit}_{period}.xlsx"
            build_unit_workbook(
                rules, unit, found, path, records=content.records, nothing=content.nothing, single=content.single
            )
            books[content.unit] = read_book(path)
    obliged = tuple(replace(one, obliged=one.code in books) for one in criteria.units)
    criteria = replace(criteria, units=obliged)
    made = CleanRound(criteria, found, criteria.at(found), books, {})
    return replace(made, submissions={code: made.take_in(book) for code, book in books.items()})


def _sample_criteria(folder: Path) -> Criteria:
    path = folder / "tieu-chi.xlsx"
    write_sample_book(criteria_book(), load_criteria(), load_material(), path)
    return load_criteria(path)


def _contents(criteria: Criteria, period: str) -> list[UnitContent]:
    """The last report of each unit."""
    filled = sample_records(criteria, period=LIKE if period == SPECIAL else period)
    last = {one.unit: one for one in filled}
    if period != SPECIAL:
        return list(last.values())
    like = criteria.find_period(LIKE)
    assert like is not None
    own = {
        "ky": "DOT_XUAT",
        "nam": like.year,
        "tu_ngay": like.start,
        "den_ngay": like.end,
        "van_ban_yeu_cau": "Công văn số 12/UBND-VX ngày 05/11/2025",
    }
    return [replace(one, version=1, single={**one.single, **own, "lan_nop": 1}) for one in last.values()]


def with_cells(
    book: Book,
    sheet_name: str,
    values: Mapping[tuple[int, int], Value],
    extras: Mapping[tuple[int, int], Extra] | None = None,
) -> Book:
    """The book with other values in some cells (1-based row, column; None empties); `extras` say more about a cell.

    A cell that is written over keeps its number format and loses its formula.
    """
    sheet = book.sheet(sheet_name)
    assert sheet is not None
    rows = dict(rows_of(sheet))
    more = dict(sheet.cells.extras) if isinstance(sheet.cells, RowCells) else {}
    for (row, column), value in values.items():
        line = dict(rows.get(row, {}))
        line.pop(column, None)
        if value is not None:
            line[column] = value
        rows[row] = line
        if (row, column) in more:
            more[row, column] = more[row, column]._replace(formula=None, raw="")
    more.update(extras or {})
    return with_sheet(book, replace(sheet, cells=RowCells(dict(sorted(rows.items())), more)))


def with_sheet(book: Book, sheet: Sheet) -> Book:
    """The book with another sheet of the same name."""
    return replace(book, sheets=tuple(sheet if one.name == sheet.name else one for one in book.sheets))
