"""A finished report workbook -> the written report as values: heading, sections with sentences and tables, signature.

Read `written_report` first. Everything is found by the report map and the `THxx_` names of the workbook; sentences are
in `messages/written.*.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeGuard

from thidua_xl.errors import TemplateProblem
from thidua_xl.messages import say
from thidua_xl.model import Book, CellError, Criteria, Invalid, Period, ReportColumn, ReportSheet, Sheet, Value
from thidua_xl.model.products import PERIOD_PROPERTY
from thidua_xl.refs import Area, split_sheet

INTERNAL = "NOI_BO"
CODED, STATUS = "MA_HOA", "TINH_HINH_NOP"

# A report sheet's own heading in the written report (a word of "Ghi chú"); sheets of the same heading share a section.
HEADING_NOTE = "muc_bao_cao"

# A table of more columns does not stand legibly between the margins of an upright page: it goes into the annex.
UPRIGHT_COLUMNS = 7
# Longer lists are read in the workbook that goes along.
MOST_ROWS = 400
# A line with more figures is easier to read in the table itself.
MOST_FIGURES = 6

_ROMAN = re.compile(r"[IVXLC]+\Z")
_LETTER = re.compile(r"[A-Z]\Z")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One printed row: cell texts, whether they are numbers (right-aligned), and whether the row is bold."""

    cells: tuple[str, ...]
    numbers: tuple[bool, ...]
    bold: bool


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table as printed. `widths` are relative; `groups` pairs an upper heading with how many columns it spans."""

    code: str
    title: str
    unit: str
    groups: tuple[tuple[str, int], ...]
    headings: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section: its heading, sentences, bulleted lines, where the rest is, and tables that fit the page."""

    heading: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    tables: tuple[WrittenTable, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """The written report. `above` and `agency` name the office, `motto` the two national lines."""

    above: str
    agency: str
    motto: tuple[str, str]
    number: str
    place_and_day: str
    title: str
    about: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: str
    receivers: tuple[str, ...]
    signer_title: str
    signer: str
    annex_of: str = ""
    annexes: tuple[WrittenTable, ...] = ()
    margins: tuple[int, int, int, int] = (20, 20, 30, 15)
    font: str = "Times New Roman"


def written_report(book: Book, criteria: Criteria) -> WrittenReport:
    """The written report that goes with a report workbook.

    `criteria` is the whole book; what is in force is taken for the workbook's own period. Raises `TemplateProblem` when
    the workbook holds no table of the report map.
    """
    period = criteria.find_period(book.properties.get(PERIOD_PROPERTY, ""))
    in_force = criteria.at(period) if period is not None else criteria
    found = [one for sheet in in_force.report_sheets if (one := _read(book, sheet)) is not None]
    if not found:
        raise TemplateProblem("written.no_tables", file=book.file)
    told = [one for one in found if _goes_up(one.sheet, period)]
    sections, annexes = _sections(told)
    texts = {name: text for one in reversed(found) for name, text in one.texts.items()}
    setting = in_force.text_setting
    about_period = period.name if period is not None else texts.get("KY", "…")
    movement = setting("ten_phong_trao", "…")
    year = period.year if period is not None and period.year is not None else "…"
    return WrittenReport(
        above=texts.get("CO_QUAN_CAP_TREN") or setting("co_quan_cap_tren", "…"),
        agency=texts.get("CO_QUAN") or setting("co_quan", "…"),
        motto=(setting("quoc_hieu", say("written.nation")), setting("tieu_ngu", say("written.motto"))),
        number=setting("ky_hieu_bao_cao", say("written.number")),
        place_and_day=texts.get("NGAY_KY") or say("report.place_and_day", place=setting("dia_danh", "…"), year=year),
        title=say("written.title"),
        about=say("written.about", movement=movement, period=_lower_first(about_period)),
        opening=(
            say(
                "written.opening",
                basis=setting("can_cu", "…"),
                agency=setting("ten_co_quan", "…"),
                movement=movement,
                period=_lower_first(texts.get("KY", about_period).partition(":")[2].strip() or about_period),
            ),
        ),
        sections=sections,
        closing=say("written.closing", agency=setting("ten_co_quan", "…"), movement=movement),
        receivers=tuple(part.strip() for part in setting("noi_nhan").split("|") if part.strip()),
        signer_title=setting("chuc_danh_ky_so", "…"),
        signer=texts.get("NGUOI_KY") or setting("ho_ten_ky_so"),
        annex_of=texts.get("KEM_THEO", ""),
        annexes=annexes,
        margins=_margins(in_force),
        font=setting("phong_chu", "Times New Roman"),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str  # SECTION, DETAIL, SUM or TOTAL
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """A report table as it stands in the workbook: the columns that are there, its rows, its single cells."""

    sheet: ReportSheet
    columns: tuple[ReportColumn, ...]
    rows: tuple[_Row, ...]
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def serial(self) -> int:
        return next((at for at, one in enumerate(self.columns) if one.take == "STT"), 0)

    @property
    def total(self) -> _Row | None:
        return next((row for row in self.rows if row.kind == "TOTAL"), None)

    @property
    def details(self) -> int:
        return sum(row.kind == "DETAIL" for row in self.rows)


def _read(book: Book, report_sheet: ReportSheet) -> _Table | None:
    """The table of a report sheet by its names; None when the workbook does not have it."""
    prefix = f"{report_sheet.code}_"
    areas: dict[str, tuple[str, Area]] = {}
    for name, text in book.names.items():
        plain = name.rpartition("!")[2]
        if plain.startswith(prefix) and "#REF!" not in text:
            try:
                sheet_name, area = split_sheet(text.lstrip("="))
                areas[plain.removeprefix(prefix)] = (sheet_name, Area.parse(area))
            except ValueError:
                continue  # a name of the office's own that is no plain range
    codes = areas.get("MA_COT")
    starts = [areas[name][1].top for name in ("NHOM", "NHOM_CON", "DATA", "CONG") if name in areas]
    sheet = book.sheet(codes[0]) if codes is not None else None
    if codes is None or sheet is None or not starts:
        return None
    by_code = {one.code: one for one in report_sheet.columns}
    row = codes[1].top
    places = [
        (column, by_code[str(code)])
        for column in range(codes[1].left, codes[1].right + 1)
        if (code := sheet.value(row, column)) in by_code
    ]
    total_row = areas["TONG"][1].top if "TONG" in areas else None
    texts = {
        name: str(value)
        for name, (on_sheet, area) in areas.items()
        if on_sheet == codes[0] and isinstance(value := sheet.value(area.top, area.left), str) and value
    }
    if not places:
        return None
    columns = tuple(column for _, column in places)
    rows = tuple(_rows(sheet, min(starts), total_row, [at for at, _ in places], columns))
    return _Table(report_sheet, columns, rows, texts)


def _rows(
    sheet: Sheet, start: int, total_row: int | None, at: Sequence[int], columns: Sequence[ReportColumn]
) -> Iterator[_Row]:
    """The rows from the first model row to the total; without a total row, to the first blank one."""
    serial = next((at for at, one in enumerate(columns) if one.take == "STT"), 0)
    for row in range(start, (total_row or sheet.last_row) + 1):
        values = tuple(sheet.value(row, column) for column in at)
        if all(one is None for one in values):
            if total_row is None:
                return
            continue
        mark = values[serial]
        if row == total_row:
            yield _Row("TOTAL", values)
        elif isinstance(mark, str) and (_ROMAN.match(mark) or _LETTER.match(mark)):
            yield _Row("SECTION", values)
        elif mark is None:
            yield _Row("SUM", values)
        else:
            yield _Row("DETAIL", values)


def _goes_up(sheet: ReportSheet, period: Period | None) -> bool:
    if INTERNAL in sheet.routes or sheet.layout == CODED:
        return False
    return period is None or not sheet.periods or period.kind in sheet.periods


def _sections(tables: Sequence[_Table]) -> tuple[tuple[Section, ...], tuple[WrittenTable, ...]]:
    """Sections in the order of the report map, and the wide tables that stand in the annex."""
    made: dict[str, Section] = {}
    annexes: list[WrittenTable] = []
    for table in tables:
        heading = table.sheet.notes.get(HEADING_NOTE) or _heading(table.sheet)
        remarks: tuple[str, ...] = ()
        upright: tuple[WrittenTable, ...] = ()
        if table.details and table.details <= MOST_ROWS and table.sheet.layout != STATUS:
            printed = _printed(table)
            if len(table.columns) <= UPRIGHT_COLUMNS:
                upright = (printed,)
            else:
                annexes.append(printed)
                remarks = (say("written.in_annex", number=len(annexes)),)
        elif table.details > MOST_ROWS:
            remarks = (say("written.in_workbook", code=table.sheet.code),)
        before = made.get(heading, Section(heading))
        made[heading] = Section(
            heading,
            (*before.sentences, *_sentences(table)),
            (*before.points, *_points(table)),
            (*before.remarks, *remarks),
            (*before.tables, *upright),
        )
    return tuple(made.values()), tuple(annexes)


def _heading(sheet: ReportSheet) -> str:
    """The sheet's title without the word for "form" in front of it."""
    prefix = say("written.form_word")
    title = sheet.title
    if title.casefold().startswith(prefix.casefold() + " "):
        title = title[len(prefix) + 1 :]
    return title[:1].upper() + title[1:]


def _sentences(table: _Table) -> Iterator[str]:
    total = table.total
    if not table.details:
        yield say("written.nothing")
        return
    if total is None:
        yield say("written.count", count=table.details)
        return
    words = next((one for one in total.values if isinstance(one, str)), "")
    if any(sign.isdigit() for sign in words):
        yield words.rstrip(".") + "."
    groups: dict[str, list[str]] = {}
    for column, value in zip(table.columns, total.values, strict=True):
        if column.take != "STT" and _is_number(value) and table.sheet.layout != STATUS:
            groups.setdefault(column.group, []).append(_amount(column, value))
    for group, parts in groups.items():
        listed = "; ".join(parts)
        yield say("written.group", group=group, parts=listed) if group else listed[:1].upper() + listed[1:] + "."


def _points(table: _Table) -> Iterator[str]:
    """A line for each section with a subtotal: its name and its figures that are not zero."""
    if sum(column.total for column in table.columns) > MOST_FIGURES:
        return
    name = ""
    for row in table.rows:
        if row.kind == "SECTION":
            name = next((str(one) for one in row.values[table.serial + 1 :] if one is not None), "")
        elif row.kind == "SUM" and name:
            parts = [
                _amount(column, value)
                for column, value in zip(table.columns, row.values, strict=True)
                if _is_number(value) and value
            ]
            if parts:
                yield say("written.point", name=name, parts="; ".join(parts))
            name = ""


def _printed(table: _Table) -> WrittenTable:
    groups: list[tuple[str, int]] = []
    for column in table.columns:
        if groups and column.group and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1] + 1)
        else:
            groups.append((column.group, 1))
    rows = tuple(
        TableRow(
            tuple(shown(value, column) for column, value in zip(table.columns, row.values, strict=True)),
            tuple(
                _is_number(value) and column.take != "STT"
                for column, value in zip(table.columns, row.values, strict=True)
            ),
            row.kind != "DETAIL",
        )
        for row in table.rows
    )
    return WrittenTable(
        table.sheet.code,
        table.sheet.title,
        table.texts.get("DVT", ""),
        tuple(groups),
        tuple(_headings(table)),
        tuple(column.width for column in table.columns),
        rows,
    )


def _headings(table: _Table) -> Iterator[str]:
    """The headings; over columns of years what the report says, for its years may be others than the map's."""
    years = 0
    for column in table.columns:
        years += column.take == "NAM"
        yield table.texts.get(f"NAM_{years}") or column.label if column.take == "NAM" else column.label


def shown(value: Value, column: ReportColumn) -> str:
    """A cell as a Vietnamese document shows it: 1.234.567,5 and dd/mm/yyyy."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, int | Decimal):
        many_digits = not -10_000 < value < 10_000
        return number_text(value, grouped=many_digits or "," in column.number_format)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, CellError):
        return value.code
    return value.seen if isinstance(value, Invalid) else str(value)


def number_text(value: int | Decimal, *, grouped: bool = True) -> str:
    """All digits of a number with a comma for decimals, thousands grouped by points."""
    whole, _, decimals = format(value, ",f" if grouped else "f").partition(".")
    decimals = decimals.rstrip("0")
    return whole.replace(",", ".") + ("," + decimals if decimals else "")


def _amount(column: ReportColumn, value: int | Decimal) -> str:
    """`giao 13 nhiệm vụ`; no word twice: `19 cuộc`, `số đơn vị 15`, `7 văn bản đã ban hành`, `tỷ lệ 98,5%`."""
    label, unit, number = _lower_first(column.label), column.unit, number_text(value)
    if unit == "%":
        return f"{label.removesuffix('(%)').strip()} {number}%"
    if unit and label.casefold().startswith(unit.casefold()):
        return f"{number} {label}"
    if unit and label.casefold().endswith(" " + unit.casefold()):
        return f"{label} {number}"
    return " ".join(part for part in (label, number, unit) if part)


def _is_number(value: Value) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _lower_first(text: str) -> str:
    """The text with a small first letter, unless it begins with an abbreviation or a proper name of several words."""
    return text[:1].lower() + text[1:] if len(text) > 1 and text[1].islower() else text


def _margins(criteria: Criteria) -> tuple[int, int, int, int]:
    """Top, bottom, left, right in mm, as the office set them; else those of the decree."""

    def millimetres(name: str, usual: int) -> int:
        value = criteria.setting(name)
        return int(value) if isinstance(value, int | Decimal) else usual

    return (
        millimetres("le_tren", 20),
        millimetres("le_duoi", 20),
        millimetres("le_trai", 30),
        millimetres("le_phai", 15),
    )
