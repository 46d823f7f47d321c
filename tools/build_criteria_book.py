"""Build `workbooks/bo-tieu-chi.xlsx` from the tables of `tools/seed`, laid out for the people who will edit it.

`seed/trang.csv` names the sheets in order (sheet, source tables, title, explanation), `seed/cot.csv` the columns
(width, kind, dropdown). Running twice gives the same bytes. Read `build` first.
"""

from __future__ import annotations

import csv
import datetime
import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from thidua_xl.forms.geometry import height, lines
from thidua_xl.model.products import CRITERIA, PROPERTY

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "tools" / "seed"
TARGET = ROOT / "workbooks" / "bo-tieu-chi.xlsx"

HEADING_ROW = 3
FIRST_ROW = 4
# Rows below the last one that dropdowns and colours still cover, so that staff can add lines.
SPARE_ROWS = 300
# A fixed date: the file must not change when nothing in it changed.
CREATED = datetime.datetime(2026, 1, 1)
# Characters of width that are still readable on an A4 page laid across.
PRINTED_WIDTH = 215
CHOICES_SHEET = "_lua_chon"
ASSUMED = "GIA_DINH"


@dataclass(frozen=True, slots=True)
class Column:
    """How a column looks: `kind` is chu, ngay, so, thap_phan or cong_thuc; `choices` feed its dropdown."""

    width: float = 20.0
    kind: str = "chu"
    choices: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its title, explanation, headings and rows of text."""

    sheet: str
    title: str
    explanation: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def build(target: Path = TARGET, seed: Path = SEED) -> tuple[Table, ...]:
    """Write the criteria book; sheets whose tables are not there yet are left out. Returns the tables written."""
    columns = _read_columns(seed)
    tables = tuple(_read_tables(seed))
    # The shipped book stays whole until the new one is whole.
    unfinished = target.with_suffix(".moi")
    with xlsxwriter.Workbook(unfinished, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": "Sổ tiêu chí", "author": "", "created": CREATED})
        book.set_custom_property(PROPERTY, CRITERIA)
        book.set_size(2400, 1400)
        looks = _Looks(book)
        choices = _Choices(tables)
        for table in tables:
            _write_table(book, looks, table, columns, choices)
        choices.write(book)
    unfinished.replace(target)
    return tables


def _read_columns(seed: Path) -> dict[tuple[str, str], Column]:
    return {
        (row["Trang"], row["Cột"]): Column(float(row["Độ rộng"]), row["Kiểu"], row["Lựa chọn"], row["Chặt"] == "1")
        for row in csv.DictReader(_text(seed / "cot.csv"))
    }


def _read_tables(seed: Path) -> Iterable[Table]:
    for sheet in csv.DictReader(_text(seed / "trang.csv")):
        headings: tuple[str, ...] = ()
        rows: list[tuple[str, ...]] = []
        for name in sheet["Tệp"].split(";"):
            path = seed / f"{name}.csv"
            if not path.is_file():
                continue
            first, *rest = csv.reader(_text(path))
            if headings and tuple(first) != headings:
                raise SystemExit(f"{path.name}: headings differ from those of the sheet {sheet['Trang']}")
            headings = tuple(first)
            for number, row in enumerate(rest, start=2):
                if len(row) != len(first):
                    raise SystemExit(f"{path.name}:{number}: {len(row)} cells, {len(first)} headings")
            rows.extend(tuple(row) for row in rest)
        if headings:
            yield Table(sheet["Trang"], sheet["Tiêu đề"], sheet["Giải thích"], headings, tuple(rows))


def _text(path: Path) -> io.StringIO:
    return io.StringIO(path.read_text(encoding="utf-8"), newline="")


class _Looks:
    """The formats of the book; all text is Times New Roman, as Nghị định 30/2020 asks of papers."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
        cell = base | {"border": 1, "border_color": "#BFBFBF", "text_wrap": True}
        self.title = book.add_format(base | {"bold": True, "font_size": 14, "font_color": "#1F3864"})
        self.explanation = book.add_format(base | {"italic": True, "text_wrap": True, "font_color": "#404040"})
        self.heading = book.add_format(
            cell
            | {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "align": "center", "valign": "vcenter"}
        )
        self.assumed = book.add_format({"bg_color": "#FFF2CC"})
        self.section = book.add_format(cell | {"bold": True})
        self.by_kind: dict[str, Format] = {
            "chu": book.add_format(cell | {"num_format": "@"}),
            "cong_thuc": book.add_format(cell | {"num_format": "@", "quote_prefix": True, "font_name": "Consolas"}),
            "ngay": book.add_format(cell | {"num_format": "dd/mm/yyyy", "align": "center"}),
            "so": book.add_format(cell | {"num_format": "0", "align": "center"}),
            "thap_phan": book.add_format(cell | {"num_format": "General", "align": "right"}),
        }
        self.by_kind["cong_thuc"].set_font_size(10)


class _Choices:
    """The dropdowns: short lists are written out, long ones stand on a hidden sheet."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = {table.sheet: table for table in tables}
        self.columns: dict[str, tuple[str, ...]] = {}

    def source(self, spec: str) -> str | list[str]:
        """What Excel's list validation wants for `a;b;@Sheet.Heading?Heading=value`."""
        items = tuple(dict.fromkeys(item for part in spec.split(";") for item in self._items(part)))
        if len(",".join(items)) < 250 and "@" not in spec:
            return list(items)
        self.columns.setdefault(spec, items)
        column = list(self.columns).index(spec)
        letter = xlsxwriter.utility.xl_col_to_name(column)
        return f"={CHOICES_SHEET}!${letter}$1:${letter}${max(1, len(items))}"

    def _items(self, part: str) -> tuple[str, ...]:
        if not part.startswith("@"):
            return (part,)
        place, _, condition = part[1:].partition("?")
        sheet, _, heading = place.partition(".")
        table = self.tables.get(sheet)
        if table is None:
            return ()
        where, _, wanted = condition.partition("=")
        take = table.headings.index(heading)
        test = table.headings.index(where) if where else -1
        return tuple(row[take] for row in table.rows if test < 0 or row[test] == wanted)

    def write(self, book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet(CHOICES_SHEET)
        for number, items in enumerate(self.columns.values()):
            sheet.write_column(0, number, items)
        sheet.hide()


def _write_table(
    book: xlsxwriter.Workbook,
    looks: _Looks,
    table: Table,
    columns: dict[tuple[str, str], Column],
    choices: _Choices,
) -> None:
    sheet = book.add_worksheet(table.sheet)
    last_column = len(table.headings) - 1
    specs = [columns.get((table.sheet, name), columns.get(("*", name), Column())) for name in table.headings]
    sheet.write_string(0, 0, table.title, looks.title)
    # The explanation spans what fits on one screen, so that it wraps instead of running out of sight.
    span = _span(specs, 120)
    if span:
        sheet.merge_range(1, 0, 1, span, table.explanation, looks.explanation)
    else:
        sheet.write_string(1, 0, table.explanation, looks.explanation)
    sheet.set_row(1, 32)
    sheet.set_row(HEADING_ROW - 1, 32)
    for number, (name, spec) in enumerate(zip(table.headings, specs, strict=True)):
        sheet.set_column(number, number, spec.width)
        sheet.write_string(HEADING_ROW - 1, number, name, looks.heading)
    for row_index, row in enumerate(table.rows, start=FIRST_ROW - 1):
        # LibreOffice does not grow rows to their text when it opens a file, so the height is written.
        needed = max(
            lines(text, spec.width * _LETTERS.get(spec.kind, 1.08)) for text, spec in zip(row, specs, strict=True)
        )
        sheet.set_row(row_index, min(MAX_HEIGHT, height(needed, 10.5)))
        for number, text in enumerate(row):
            _write_value(sheet, row_index, number, text, _kind(table, row, number, specs[number]), looks)
    _finish(sheet, looks, table, specs, choices, last_column)


# Letters of a line for each character of width: formulas stand in a font of wide letters.
_LETTERS = {"cong_thuc": 0.87}
MAX_HEIGHT = 409.0


def _span(specs: list[Column], wanted: float) -> int:
    total = 0.0
    for number, spec in enumerate(specs):
        total += spec.width
        if total >= wanted:
            return number
    return len(specs) - 1


def _kind(table: Table, row: tuple[str, ...], number: int, spec: Column) -> str:
    """The kind of a cell; a setting's value has the kind that its own row names."""
    if table.headings[number] == "Giá trị" and "Kiểu" in table.headings:
        return {"so": "thap_phan", "ngay": "ngay"}.get(row[table.headings.index("Kiểu")], "chu")
    return spec.kind


def _write_value(sheet: Worksheet, row: int, column: int, text: str, kind: str, looks: _Looks) -> None:
    look = looks.by_kind[kind]
    if not text:
        sheet.write_blank(row, column, None, look)
        return
    if kind == "ngay":
        try:
            sheet.write_datetime(row, column, datetime.datetime.strptime(text, "%Y-%m-%d"), look)
            return
        except ValueError:
            pass  # "2022-10 (ngày trống)" stays the text it is
    elif kind in ("so", "thap_phan"):
        try:
            sheet.write_number(row, column, float(Decimal(text)), look)
            return
        except InvalidOperation:
            pass  # a code such as "dk" in a column of numbers
    sheet.write_string(row, column, text, look)


def _finish(
    sheet: Worksheet, looks: _Looks, table: Table, specs: list[Column], choices: _Choices, last_column: int
) -> None:
    last_row = FIRST_ROW - 2 + len(table.rows)
    spare = last_row + SPARE_ROWS
    for number, spec in enumerate(specs):
        if spec.choices:
            _add_dropdown(sheet, (FIRST_ROW - 1, number, spare, number), spec, choices)
        elif spec.kind == "ngay":
            sheet.data_validation(FIRST_ROW - 1, number, spare, number, _DATE)
    if "Loại nguồn" in table.headings:
        letter = xlsxwriter.utility.xl_col_to_name(table.headings.index("Loại nguồn"))
        rule = {"type": "formula", "criteria": f'=ISNUMBER(SEARCH("{ASSUMED}",${letter}{FIRST_ROW}))'}
        sheet.conditional_format(FIRST_ROW - 1, 0, spare, last_column, rule | {"format": looks.assumed})
    if table.sheet != "Hướng dẫn":
        sheet.autofilter(HEADING_ROW - 1, 0, max(last_row, HEADING_ROW), last_column)
    sheet.freeze_panes(HEADING_ROW, _frozen(table.headings))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW - 1)
    # Wide sheets print their main columns only, large enough to be read.
    sheet.print_area(0, 0, max(last_row, HEADING_ROW), _span(specs, PRINTED_WIDTH))
    sheet.set_footer('&L&"Times New Roman"&9&A&R&"Times New Roman"&9Trang &P/&N')
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


_DATE = {
    "validate": "date",
    "criteria": "between",
    "minimum": datetime.date(1990, 1, 1),
    "maximum": datetime.date(2100, 12, 31),
    "error_title": "Ngày",
    "error_message": "Ghi ngày dạng dd/mm/yyyy, hoặc để trống.",
}


def _add_dropdown(sheet: Worksheet, area: tuple[int, int, int, int], spec: Column, choices: _Choices) -> None:
    source = choices.source(spec.choices)
    sheet.data_validation(
        *area,
        {
            "validate": "list",
            "source": source,
            "error_type": "stop" if spec.strict else "warning",
            "error_title": "Chọn trong danh sách",
            "error_message": "Giá trị này không có trong danh sách của cột.",
        },
    )


def _frozen(headings: tuple[str, ...]) -> int:
    """How many columns stay in sight: the codes at the left."""
    return 3 if headings[:3] == ("Mã biểu", "Thứ tự", "Mã trường") else 1


def main() -> int:
    tables = build()
    rows = sum(len(table.rows) for table in tables)
    print(f"{TARGET.relative_to(ROOT)}: {len(tables)} sheets, {rows} rows, {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
