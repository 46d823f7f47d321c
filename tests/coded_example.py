"""A wholly invented consolidation in a coded matrix form: template, four units' returns, the officially reported total.

The shape is that of the returns that banks and statistics offices really use (docs/coded-forms.md): particulars in the
left upper corner, row codes in column A, a row of column codes, numbers as text with a comma and at least two digits on
both sides ("00,00", "05,03"), a column of text codes, a total column and a total row that each unit rounded on its own.
Content, codes and figures are made up. Read `write_example` first.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter

FORM = "B20718"
SHEET = "B207181"
PERIOD = "202403"
UNITS = ("03118001", "03118002", "07118001", "11118004")
CONSOLIDATING_UNIT = "03118001"

TITLE = "BÁO CÁO CHI PHÍ VẬN HÀNH TRẠM QUAN TRẮC \n(theo loại trạm)"
ROWS = (
    ("R-210", "Trạm khí tượng", "1101"),
    ("R-211", "Trạm thủy văn", "1102"),
    ("R-212", "Trạm đo mưa tự động, trạm cảnh báo lũ quét và sạt lở đất", "1103"),
    ("R-213", "Trạm đo chất lượng không khí", "1201"),
    ("R-214", "Trạm đo phóng xạ môi trường", "1202"),
    ("R-215", "Trạm địa chấn", "1301"),
    ("R-216", "Trạm khác", "1901"),
)
TOTAL_ROW = ("R-217", "Tổng cộng", "Không")
LABEL_COLUMN = "C-310"
NUMBER_COLUMNS = ("C-311", "C-312", "C-314", "C-315", "C-316", "C-317")
PARTS = ("C-311", "C-312", "C-314", "C-315")
TOTAL_COLUMN = "C-316"

# 1-based places on the sheet; deliberately not those of any real form.
CODE_ROW, FIRST_ROW = 13, 18
FIRST_COLUMN = 3
UNIT_CELL, PERIOD_CELL = "C4", "C5"

_MEASURE = "Đơn vị tính : Triệu đồng"
_HEADERS = (
    # (first row, first column, last row, last column, text), 1-based
    (14, 2, 16, 2, "Loại trạm"),
    (14, 3, 16, 3, "Mã loại trạm"),
    (14, 4, 14, 9, "Chi phí"),
    (15, 4, 15, 5, "Thường xuyên"),
    (15, 6, 15, 7, "Sửa chữa, thay thế"),
    (16, 4, 16, 4, "Nhân công"),
    (16, 5, 16, 5, "Điện, nước, truyền tin"),
    (16, 6, 16, 6, "Vật tư"),
    (16, 7, 16, 7, "Thuê ngoài"),
    (15, 8, 16, 8, "Tổng cộng"),
    (15, 9, 16, 9, "Dự phòng"),
)
_SEED = 20718
_TOOLS = Path(__file__).resolve().parent.parent / "tools"

Figures = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True)
class CodedExample:
    """The files written, and what they must give.

    `criteria` is the criteria book that the developers' tool derives from the template and the returns. `sums` are the
    exact sums of the units' cells by (row code, column code), blanks absent; `official` is what the official file says;
    `off` are the A1 cells where the two differ, by 0.01 each. `cells` maps codes to A1 cells.
    """

    criteria: Path
    template: Path
    returns: tuple[Path, ...]
    official_file: Path
    sums: Figures
    official: Figures
    off: frozenset[str]
    cells: Mapping[tuple[str, str], str]


def write_example(folder: Path) -> CodedExample:
    """Write the empty template, the returns (in a folder of their own) and the official total; always the same."""
    incoming = folder / "don-vi"
    incoming.mkdir(parents=True, exist_ok=True)
    template = folder / f"mau_{FORM}.xlsx"
    write_sheet(template, {}, {})
    returns = []
    figures = [unit_figures(number) for number in range(len(UNITS))]
    for unit, own in zip(UNITS, figures, strict=True):
        file = incoming / f"{FORM}-{unit}-{CONSOLIDATING_UNIT}-{PERIOD}-SI-M-01.xlsx"
        write_sheet(file, own, {UNIT_CELL: unit, PERIOD_CELL: PERIOD, "C2": file.name, "C3": CONSOLIDATING_UNIT})
        returns.append(file)
    sums: dict[tuple[str, str], Decimal] = {}
    for own in figures:
        for place, value in own.items():
            sums[place] = sums.get(place, Decimal(0)) + value
    official, off = official_figures(sums)
    official_file = folder / f"{FORM}-{CONSOLIDATING_UNIT}-{CONSOLIDATING_UNIT}-{PERIOD}-ST-M-01.xlsx"
    particulars = {UNIT_CELL: CONSOLIDATING_UNIT, PERIOD_CELL: PERIOD, "C2": official_file.name}
    write_sheet(official_file, official, {**particulars, "C3": CONSOLIDATING_UNIT})
    criteria = write_criteria(folder / "bo-tieu-chi.xlsx", template, returns)
    return CodedExample(criteria, template, tuple(returns), official_file, sums, official, off, cells())


def write_criteria(path: Path, template: Path, returns: Sequence[Path] = ()) -> Path:
    """The criteria book that `tools/build_a00034_criteria.py` writes for a template."""
    if str(_TOOLS) not in sys.path:
        sys.path.append(str(_TOOLS))
    from build_a00034_criteria import derive, read_returns, write_book

    form = derive(template)
    write_book(form, read_returns(returns, form), path)
    return path


def unit_figures(number: int) -> dict[tuple[str, str], Decimal]:
    """One unit's figures by (row code, column code). The first unit reports zeros only, in its total row.

    Totals are rounded from unrounded figures, so some differ by 0.01 from the sum of the rounded cells.
    """
    figures: dict[tuple[str, str], Decimal] = {}
    if number == 0:
        return {(TOTAL_ROW[0], column): Decimal("0.00") for column in NUMBER_COLUMNS if column != "C-314"}
    source = random.Random(_SEED + number)
    cent = Decimal("0.01")
    exact: dict[str, Decimal] = dict.fromkeys(NUMBER_COLUMNS, Decimal(0))
    for row, _, _ in ROWS:
        if source.random() < 0.35:
            continue  # a kind of station that the unit does not have
        parts = {column: Decimal(source.randrange(0, 40_000_000)) / 10_000 for column in PARTS if column != "C-314"}
        parts["C-317"] = Decimal(source.randrange(0, 90_000)) / 10_000
        parts[TOTAL_COLUMN] = sum((parts.get(column, Decimal(0)) for column in PARTS), Decimal(0))
        for column, value in parts.items():
            figures[row, column] = value.quantize(cent)
            exact[column] += value
    for column in NUMBER_COLUMNS:
        if column != "C-314":
            figures[TOTAL_ROW[0], column] = exact[column].quantize(cent)
    return figures


def official_figures(sums: Figures) -> tuple[dict[tuple[str, str], Decimal], frozenset[str]]:
    """The sums with every fourth cell off by a hundredth, as if added before rounding, and the A1 cells so changed."""
    official = dict(sums)
    places = cells()
    off = []
    for number, place in enumerate(sorted(sums)):
        if number % 4 == 2 and sums[place]:
            official[place] = sums[place] + (Decimal("0.01") if number % 8 == 2 else Decimal("-0.01"))
            off.append(places[place])
    return official, frozenset(off)


def cells() -> dict[tuple[str, str], str]:
    """The A1 cell of every (row code, column code) of number columns."""
    return {
        (row, column): f"{chr(ord('A') + FIRST_COLUMN + at)}{FIRST_ROW + number}"
        for number, (row, _, _) in enumerate((*ROWS, TOTAL_ROW))
        for at, column in enumerate(NUMBER_COLUMNS)
    }


def as_text(value: Decimal) -> str:
    """A figure as the family writes it: two decimals behind a comma, at least two digits before: 5.03 gives 05,03."""
    whole, _, cents = f"{value:.2f}".partition(".")
    return f"{whole.zfill(2)},{cents}"


def write_sheet(path: Path, figures: Figures, particulars: Mapping[str, str]) -> None:
    """One file of the form: `figures` as text cells, `particulars` by A1 cell in the left upper corner."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(SHEET)
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"})
        label = book.add_format({"border": 1, "text_wrap": True})
        number = book.add_format({"border": 1, "num_format": "@", "align": "right", "locked": False})
        captions = ("Tên file", "Mã đơn vị gửi báo cáo", "Mã đơn vị phát sinh dữ liệu", "Ngày dữ liệu", "Người duyệt")
        last = FIRST_ROW + len(ROWS)
        marks = (FORM, "20240101", f"C{FIRST_ROW}:I{last}", "7")
        for row, caption in enumerate(captions, 2):
            sheet.write_string(f"B{row}", caption)
        for row, mark in enumerate(marks, 2):
            sheet.write_string(f"A{row}", mark)
        filled_in = book.add_format({"num_format": "@", "locked": False})
        for row in range(2, 2 + len(captions)):
            sheet.write_blank(f"C{row}", None, filled_in)
        for cell, text in particulars.items():
            sheet.write_string(cell, text, filled_in)
        for row, text in ((9, TITLE), (10, "(Tháng)"), (11, _MEASURE)):
            sheet.merge_range(row - 1, 1, row - 1, 8, text, book.add_format({"align": "center", "text_wrap": True}))
        for at, code in enumerate((LABEL_COLUMN, *NUMBER_COLUMNS), FIRST_COLUMN):
            sheet.write_string(CODE_ROW - 1, at - 1, code)
            sheet.write_string(FIRST_ROW - 2, at - 1, str(at - FIRST_COLUMN + 1), head)
        for top, left, bottom, right, text in _HEADERS:
            if (top, left) == (bottom, right):
                sheet.write_string(top - 1, left - 1, text, head)
            else:
                sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, text, head)
        for row, (code, name, mark) in enumerate((*ROWS, TOTAL_ROW), FIRST_ROW):
            sheet.write_string(row - 1, 0, code)
            sheet.write_string(row - 1, 1, name, label)
            sheet.write_string(row - 1, 2, mark, label)
            for at, column in enumerate(NUMBER_COLUMNS, FIRST_COLUMN):
                value = figures.get((code, column))
                if value is None:
                    sheet.write_blank(row - 1, at, None, number)
                else:
                    sheet.write_string(row - 1, at, as_text(value), number)
        sheet.write_string(last + 1, 0, "Help")
        sheet.write_string(last + 1, 1, "1. Đối tượng áp dụng: các đài khu vực. Cột (7) không nằm trong cột (6).")
        sheet.set_column(1, 1, 34)
        sheet.protect()
