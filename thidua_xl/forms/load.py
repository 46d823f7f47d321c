"""The criteria book, read and checked: `load_criteria`.

Each sheet is read by a module named after what it holds; `references` then checks the names between sheets.
Nothing stops at the first fault: a wrong book is refused with all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from thidua_xl import shipped
from thidua_xl.errors import CriteriaProblem
from thidua_xl.forms import headings
from thidua_xl.forms.form_sheets import read_forms, read_lists
from thidua_xl.forms.problems import Problem, Problems
from thidua_xl.forms.reading import read_cells
from thidua_xl.forms.references import check_references
from thidua_xl.forms.registers import (
    read_awards,
    read_communes,
    read_criteria,
    read_header_aliases,
    read_periods,
    read_reference,
    read_settings,
    read_units,
)
from thidua_xl.forms.report_sheets import read_report_sheets
from thidua_xl.forms.rule_formulas import check_formulas
from thidua_xl.forms.rule_sheets import read_rules
from thidua_xl.forms.tables import Table, read_table, report_unknown_sheets
from thidua_xl.model import Book, Criteria

# The tables of reference, by the names that rules and reports know them by.
_REFERENCES = {
    "TIEU_CHI_NTM": headings.COMMUNE_CRITERIA,
    "CHI_TIEU_BNV": headings.INDICATORS,
    "THE_THUC": headings.LAYOUT_BLOCKS,
    "VAN_BAN": headings.LAWS,
}


@dataclass(frozen=True, slots=True)
class LoadedBook:
    """A criteria book as read, faults and all: `criteria` is whole only when `problems` holds no error."""

    criteria: Criteria
    tables: dict[str, Table]
    problems: Problems


def load_criteria(path: str | Path | None = None) -> Criteria:
    """The criteria book, the shipped one by default.

    Raises CriteriaProblem with every fault (`problems`), also when the file is no readable workbook.
    """
    source = shipped.criteria_book() if path is None else Path(path)
    book = read_cells(source)
    loaded = read_criteria_book(book)
    errors = loaded.problems.errors()
    if errors:
        raise refusal(book.file, errors)
    return replace(loaded.criteria, path=str(source.absolute()))


def refusal(file: str, errors: tuple[Problem, ...]) -> CriteriaProblem:
    """The error that names every fault of a book."""
    return CriteriaProblem(
        "criteria.problems", file=file, problems=errors, count=len(errors), first=errors[0].sentence()
    )


def read_criteria_book(book: Book) -> LoadedBook:
    """The criteria in a book's cells and all that is wrong with them; never raises for a wrong book."""
    problems = Problems()
    report_unknown_sheets(book, headings.ALL, problems)
    tables = {spec.name: read_table(book, spec, problems) for spec in headings.ALL}
    criteria = Criteria(
        forms=read_forms(tables["Biểu"], tables["Trường"], problems),
        rules=read_rules(tables["Quy tắc"], problems),
        lists=read_lists(tables["Danh mục"], problems),
        units=read_units(tables["Đơn vị"], problems),
        communes=read_communes(tables["Địa bàn"], problems),
        periods=read_periods(tables["Kỳ"], problems),
        awards=read_awards(tables["Khen thưởng"], problems),
        criteria=read_criteria(tables["Tiêu chí"]),
        report_sheets=read_report_sheets(tables["Tổng hợp"], tables["Cột báo cáo"], problems),
        settings=read_settings((tables["Cài đặt"],), problems),
        header_aliases=read_header_aliases(tables["Bí danh"]),
        reference_tables={code: read_reference(tables[spec.name], spec.keys) for code, spec in _REFERENCES.items()},
        source=book.file,
        sha256=book.sha256,
    )
    check_references(criteria, tables, problems)
    check_formulas(criteria, problems)
    return LoadedBook(criteria, tables, problems)
