"""A template that holds tables of the report map and, beside them, tables that the units fill as they stand.

Read `own_beside`. What the units' files hold of such a table is added up as in `consolidate_own`, from the files that
were taken in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid import read_book, read_books
from thidua_xl.jobs.consolidate_own import own_table, told_of_mapping
from thidua_xl.jobs.review import CheckResult
from thidua_xl.merge.own_form import gather
from thidua_xl.model import Book, Finding, Severity, Submission
from thidua_xl.model.mapping import MappedTable, TableUse, TemplateMap
from thidua_xl.report.own_pen import OwnTable
from thidua_xl.text import fold


def own_beside(
    found: TemplateMap, template: Path, checked: CheckResult, taken: Sequence[Submission], out: str
) -> tuple[tuple[OwnTable, ...], tuple[Finding, ...]]:
    """The own tables of a mapping with what the taken submissions hold of them, and what could not be added.

    A table that no file holds stays as the template has it; a table on the sheet of a report table is not filled, for
    the rows of the one would move the other. Both are told.
    """
    own = [one for one in found.tables if one.use in {TableUse.SUM, TableUse.APPEND}]
    if not own:
        return (), ()
    model = read_book(template)
    books = _books(checked, taken)
    report_sheets = {fold(one.sheet): one.code for one in found.tables if one.use is TableUse.REPORT}
    tables: list[OwnTable] = []
    findings: list[Finding] = []
    for table in own:
        sheet = model.sheet(table.sheet)
        values = {"bang": table.code, "trang": table.sheet, "bieu": report_sheets.get(fold(table.sheet), "")}
        if values["bieu"]:
            findings.append(told_of_mapping("same_sheet", Severity.ERROR, values, file=out, sheet=table.sheet))
            continue
        if sheet is None:
            continue
        gathered = gather(table, sheet, books, _others(found, table))
        if not gathered.sheets:
            findings.append(told_of_mapping("nowhere", Severity.NOTE, values, file=out, sheet=table.sheet))
            continue
        findings += gathered.findings
        tables.append(own_table(gathered, model, out))
    return tuple(tables), tuple(findings)


def _others(found: TemplateMap, table: MappedTable) -> list[MappedTable]:
    return [one for one in found.tables if one.sheet == table.sheet and one is not table]


def _books(checked: CheckResult, taken: Sequence[Submission]) -> list[Book]:
    """The files taken in, without the sheets that a form of the criteria book was read from."""
    used: dict[str, set[str]] = {}
    for submission in taken:
        used.setdefault(submission.file, set()).update(one.sheet for one in submission.records.values())
    inputs = [checked.inputs[file] for file in sorted(used) if file in checked.inputs]
    books = [one for one in read_books(inputs) if not isinstance(one, InputRefused)]
    return [
        replace(book, sheets=tuple(one for one in book.sheets if one.name not in used[book.file])) for book in books
    ]
