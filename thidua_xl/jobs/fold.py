"""Reports folded into one above them: departments into a province, provinces into the nation. Read `fold` first.

What is added are the reports' own grand totals, each with the cell it stands in; the entries below stay where they
are. Lists that sum nothing (nominations, difficulties) are put one below the other (`fold_lists`).
A report is recognised by the mark that `consolidate` leaves in it, and read by its defined names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.formula.references import references
from thidua_xl.grid import expand_paths, read_books, skipped_files
from thidua_xl.jobs.evidence import evidence_of, report_findings
from thidua_xl.jobs.fold_lists import goes_up_as_list, listed_rows
from thidua_xl.jobs.outputs import book_of, refuse_overwriting
from thidua_xl.jobs.review import CheckResult, known_period
from thidua_xl.jobs.wording import report_texts
from thidua_xl.merge.measures import is_amount
from thidua_xl.merge.sections import DETAIL, TOTAL, sum_row, table_columns, with_formulas
from thidua_xl.model import (
    Book,
    Consolidation,
    Criteria,
    Figure,
    Period,
    ReportRow,
    ReportSheet,
    ReportTable,
    Source,
    Submission,
    UnitStatus,
)
from thidua_xl.model.products import PERIOD_PROPERTY, REPORT, product_of
from thidua_xl.model.report_map import UNIT_NAMES
from thidua_xl.refs import Area, cell_name
from thidua_xl.report import FilledReport, fill_report

# Why a file is no part of the fold: not a report of this program, a report of another period, the same report again.
TYPE, OTHER_PERIOD, SAME = "TYPE", "KHAC_KY", "TRUNG"


@dataclass(frozen=True, slots=True)
class Folded:
    """What was received, what was added up, and the report."""

    check: CheckResult
    consolidation: Consolidation
    report: FilledReport


def fold(
    paths: Sequence[str | Path],
    criteria: Criteria,
    period: str,
    template: Path,
    out: Path,
    *,
    today: date | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[str], None] | None = None,
) -> Folded:
    """Fold the reports of a period at `paths` into a report with a row per report, at `out`.

    Raises `InputRefused` for a path that is not there, `UsageProblem` for an unknown period or when nothing is a
    report of the period.
    """
    known = known_period(criteria, period)
    if known is None:
        raise UsageProblem("usage.no_period")
    for path in paths:
        if not Path(path).exists():
            raise InputRefused("input.missing", file=str(path))
    inputs = expand_paths([Path(path) for path in paths])
    refuse_overwriting(out, [template, *book_of(criteria)])
    in_force = criteria.at(known)
    in_force = replace(in_force, report_sheets=tuple(map(_added_up, in_force.report_sheets)))
    refused: list[InputRefused] = []
    left: list[tuple[str, str]] = [(one.name, one.reason) for one in skipped_files(paths)]
    books: dict[str, Book] = {}
    for one, read in zip(inputs, read_books(inputs, executor=executor, jobs=jobs), strict=True):
        if isinstance(read, InputRefused):
            refused.append(read)
        elif product_of(read) != REPORT or one.path.resolve() == out.resolve():
            left.append((read.file, TYPE))
        elif read.properties.get(PERIOD_PROPERTY) != known.code:
            left.append((read.file, OTHER_PERIOD))
        elif read.sha256 in books:
            left.append((read.file, SAME))
        else:
            books[read.sha256] = read
        if progress is not None:
            progress(one.name)
    if not books:
        raise UsageProblem("usage.no_reports", period=period)
    reports = sorted(books.values(), key=lambda book: book.file)
    check = _checked(reports, in_force, known, refused, left, len(inputs))
    check = replace(check, inputs={one.name: one for one in inputs})
    texts = report_texts(in_force, known, today or date.today())
    tables = tuple(ReportTable(sheet.code, folded_rows(sheet, reports), texts) for sheet in in_force.report_sheets)
    consolidation = Consolidation(known, tables, check.statuses, check.submissions)
    report = fill_report(consolidation, in_force, template, out, evidence_of(check))
    found = report_findings(report, in_force, out.name)
    return Folded(replace(check, findings=found), replace(consolidation, findings=found), report)


def folded_rows(sheet: ReportSheet, reports: Sequence[Book]) -> tuple[ReportRow, ...]:
    """A row per report with the grand totals of its table, and their total; one blank row when no report has any.

    A list that sums nothing, or is marked so, goes up entry by entry.
    """
    columns = table_columns(sheet)
    if goes_up_as_list(sheet):
        return listed_rows(sheet, reports, report_name)
    summed = [one for one in columns if one.total and not one.total_formula and one.take != "CONG_THUC"]
    serial = next((one for one in columns if one.take == "STT"), None)
    named = next((one for one in columns if one.take in UNIT_NAMES), None)
    named = named or next((one for one in columns if one is not serial and one not in summed), None)
    rows: list[ReportRow] = []
    for book in reports if summed else ():
        totals = _totals(book, sheet.code)
        figures = [
            Figure(one.code, source.value, (source,))
            for one in summed
            if (source := totals.get(one.code)) is not None and is_amount(source.value)
        ]
        if not figures:
            continue
        if named is not None:
            figures.append(Figure(named.code, report_name(book)))
        if serial is not None:
            figures.append(Figure(serial.code, len(rows) + 1))
        rows.append(with_formulas(sheet, ReportRow(DETAIL, book.file, report_name(book), tuple(figures))))
    if not rows:
        return (ReportRow(DETAIL, ""),)
    if "TONG" not in sheet.total_rows:
        return tuple(rows)
    return (*rows, sum_row(sheet, TOTAL, "", rows, {"so_dong": str(len(rows))}))


def report_name(book: Book) -> str:
    """Whose report it is: the agency's name at its head, else the file's name."""
    for name, text in book.names.items():
        if name.endswith("_CO_QUAN") and (place := _area(text)) is not None:
            sheet = book.sheet(place[0])
            value = sheet.value(place[1].top, place[1].left) if sheet is not None else None
            if isinstance(value, str) and value.strip():
                return value.strip()
    return book.file.rpartition("/")[2].rpartition(".")[0] or book.file


def _added_up(sheet: ReportSheet) -> ReportSheet:
    """The sheet one level up: what counted entries below is a sum of counts here."""
    columns = (
        replace(one, take="TONG") if one.total and not one.total_formula and one.take in {"DEM", "DEM_KHAC"} else one
        for one in sheet.columns
    )
    return replace(sheet, columns=tuple(columns))


def _totals(book: Book, code: str) -> Mapping[str, Source]:
    """The cells of a table's total row by column code, none when the report lacks the table or its total."""
    codes, total = _area(book.names.get(f"{code}_MA_COT", "")), _area(book.names.get(f"{code}_TONG", ""))
    if codes is None or total is None or (sheet := book.sheet(codes[0])) is None:
        return {}
    found: dict[str, Source] = {}
    for row, column in codes[1].places():
        name = sheet.value(row, column)
        if isinstance(name, str):
            cell = cell_name(total[1].top, column)
            found[name] = Source(book.file, sheet.name, cell, sheet.value(total[1].top, column))
    return found


def _area(text: str) -> tuple[str, Area] | None:
    found = list(references(text.removeprefix("=")))
    return (found[0].sheet, found[0].area) if len(found) == 1 and found[0].sheet else None


def _checked(
    reports: Sequence[Book],
    criteria: Criteria,
    period: Period,
    refused: Sequence[InputRefused],
    left: Sequence[tuple[str, str]],
    files: int,
) -> CheckResult:
    submissions = tuple(Submission(one.file, report_name(one), period.code, sha256=one.sha256) for one in reports)
    statuses = tuple(
        UnitStatus(unit=one.unit, name=one.unit, state="DU", file=one.file, taken=True) for one in submissions
    )
    return CheckResult(criteria, period, submissions, (), statuses, tuple(refused), files, ignored=tuple(left))
