"""Lists of reports put one below the other, section by section, for the report above them. Read `listed_rows` first.

A list without sums has no grand total that could stand for it, so its entries go up themselves, each with the name of
the report it came from and the cell it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from thidua_xl.formula.references import references
from thidua_xl.merge.sections import Group, assemble, table_columns, with_formulas
from thidua_xl.model import Book, Figure, ReportRow, ReportSheet, Sheet, Source, Value
from thidua_xl.model.report_map import UNIT_NAMES
from thidua_xl.refs import Area, cell_name

LIST = "DANH_SACH"
# The note that says how a list goes up: entry by entry, or (any other word) with a row of sums for each report.
NOTE, ENTRIES = "gop", "danh_sach"
_MODELS = ("NHOM", "NHOM_CON", "DATA", "CONG", "TONG")
_ROMAN = re.compile(r"[IVXL]+\Z")
_LETTER = re.compile(r"[A-Z]{1,2}\Z")
# Words between the unit below and the report it stands in.
JOINT = " - "


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a report's list: its cells by column code, the section and sub-group it stands in."""

    report: str
    cells: Mapping[str, Source]
    section: str
    part: str


@dataclass(slots=True)
class _Sections:
    """Names of sections in the order of the reports: a new one comes behind the one it follows in its report."""

    names: list[str] = field(default_factory=list)

    def add(self, name: str, after: str | None) -> None:
        if name not in self.names:
            self.names.insert(self.names.index(after) + 1 if after in self.names else len(self.names), name)


def goes_up_as_list(sheet: ReportSheet) -> bool:
    """Whether a report sheet goes up entry by entry: as its note says, else when it sums nothing."""
    if sheet.layout != LIST:
        return False
    return sheet.notes.get(NOTE, "" if any(one.total for one in sheet.columns) else ENTRIES) == ENTRIES


def listed_rows(sheet: ReportSheet, reports: Sequence[Book], name_of: Callable[[Book], str]) -> tuple[ReportRow, ...]:
    """The rows of a list over all reports; one blank row when no report has an entry."""
    entries = [entry for book in reports for entry in _entries(book, sheet, name_of(book))]
    columns = table_columns(sheet)
    is_named = any(column.take in UNIT_NAMES for column in columns)
    free = next((column.code for column in reversed(columns) if column.take == "TRONG" and not is_named), "")

    def build(entry: Entry, number: int) -> ReportRow:
        figures = []
        for column in columns:
            source = entry.cells.get(column.code)
            value: Value = source.value if source is not None else None
            if column.take == "STT":
                figures.append(Figure(column.code, number))
            elif column.take in UNIT_NAMES or column.code == free:
                told = [str(one) for one in (value, entry.report) if one not in (None, "")]
                figures.append(Figure(column.code, JOINT.join(dict.fromkeys(told)), _kept(source)))
            else:
                figures.append(Figure(column.code, value, _kept(source)))
        return with_formulas(sheet, ReportRow("DETAIL", entry.report, entry.report, tuple(figures)))

    return tuple(assemble(sheet, _groups(entries), build, sectioned=any(entry.section for entry in entries)))


def _kept(source: Source | None) -> tuple[Source, ...]:
    return (source,) if source is not None and source.value is not None else ()


def _groups(entries: Sequence[Entry]) -> list[Group[Entry]]:
    """The entries in sections by name, in sub-groups where the reports have them."""
    order, parts = _Sections(), _Sections()
    before: dict[str, str] = {}
    for entry in entries:
        order.add(entry.section, before.get(entry.report))
        parts.add(entry.part, None)
        before[entry.report] = entry.section
    groups = []
    for name in order.names:
        members = [entry for entry in entries if entry.section == name]
        found = [
            Group(part, part, [one for one in members if one.part == part], rank=rank)
            for rank, part in enumerate(parts.names)
            if part and any(one.part == part for one in members)
        ]
        groups.append(Group(name, name, members, tuple(found)))
    return groups


def _entries(book: Book, report_sheet: ReportSheet, report: str) -> Iterator[Entry]:
    """The detail rows of a report's list: those whose serial number is a number."""
    codes = _area(book, f"{report_sheet.code}_MA_COT")
    sheet = book.sheet(codes[0]) if codes is not None else None
    if codes is None or sheet is None:
        return
    places = {str(name): column for row, column in codes[1].places() if (name := sheet.value(row, column)) is not None}
    serial = next((one.code for one in table_columns(report_sheet) if one.take == "STT"), "")
    tops = [area[1].top for model in _MODELS if (area := _area(book, f"{report_sheet.code}_{model}")) is not None]
    if serial not in places or not tops:
        return
    section = part = part_mark = ""
    for sheet, row in _rows(book, report_sheet, codes[1].top, min(tops)):
        number = sheet.value(row, places[serial])
        name = sheet.value(row, places[serial] + 1)
        if isinstance(number, str) and isinstance(name, str):
            # "C" is a letter and a Roman figure: a sub-group's mark where B came before it.
            if _ROMAN.match(number) and not (part and number == _next(part_mark)):
                section, part, part_mark = name, "", ""
            elif _LETTER.match(number):
                part, part_mark = name, number
        elif isinstance(number, int) and not isinstance(number, bool):
            cells = {
                code: Source(book.file, sheet.name, cell_name(row, column), sheet.value(row, column))
                for code, column in places.items()
            }
            yield Entry(report, cells, section, part)


def _rows(book: Book, report_sheet: ReportSheet, codes: int, first: int) -> Iterator[tuple[Sheet, int]]:
    """The (sheet, row) pairs of a list, over the numbered sheets on which a very long one goes on.

    `codes` is the row of column codes on the first sheet, `first` that of the first entry.
    """
    number, name = 1, f"{report_sheet.code}_MA_COT"
    while (found := _area(book, name)) is not None and (sheet := book.sheet(found[0])) is not None:
        end = _end(book, report_sheet, sheet) if number == 1 else sheet.last_row + 1
        for row in range(found[1].top + first - codes, end):
            yield sheet, row
        number += 1
        name = f"{report_sheet.code}_{number}_MA_COT"


def _next(mark: str) -> str:
    return chr(ord(mark) + 1) if len(mark) == 1 else ""


def _end(book: Book, report_sheet: ReportSheet, sheet: Sheet) -> int:
    """The row below the list: its total, else place and date, else the end of the sheet."""
    for name in ("TONG", "NGAY_KY"):
        if (found := _area(book, f"{report_sheet.code}_{name}")) is not None:
            return found[1].top
    return sheet.last_row + 1


def _area(book: Book, name: str) -> tuple[str, Area] | None:
    found = list(references(book.names.get(name, "").removeprefix("=")))
    return (found[0].sheet, found[0].area) if len(found) == 1 and found[0].sheet else None
