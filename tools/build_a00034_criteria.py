"""Derive the criteria book of a coded matrix form (row codes x column codes) from its empty template.

`python tools/build_a00034_criteria.py OUT TEMPLATE [RETURN ...]`: the template gives codes, labels and places, the
units' returns (if any) the unit codes and periods. What the words of the book mean: docs/coded-forms.md.
Nothing here knows a code of a form; any template of that family will do. Read `derive`, then `write_book`.
"""

from __future__ import annotations

import argparse
import calendar
import datetime
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from thidua_xl.model.products import CRITERIA, PROPERTY

CREATED = datetime.datetime(2026, 1, 1)
# Codes of rows and columns, as R-101 and C-104.
_CODE = re.compile(r"[A-Z]{1,2}-[0-9]+\Z")
# A row of column numbers under the headers: 1, (2), "-3".
_NUMBERING = re.compile(r"[(\-]?[0-9]+\)?\Z")
_MONTH = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])\Z")
# What the family writes beside the cells of the file's own particulars.
UNIT_CAPTION, PERIOD_CAPTION, SENDER_CAPTION, FILE_CAPTION = (
    "mã đơn vị phát sinh dữ liệu",
    "ngày dữ liệu",
    "mã đơn vị gửi báo cáo",
    "tên file",
)
MEASURE_CAPTION = "đơn vị tính"
GRAND_TOTAL = "tổng cộng"
NO_FIGURE = "Không"
# Units round each cell on its own, so a total may differ by a few hundredths.
TOLERANCE = "0.05"

Table = tuple[tuple[str, ...], Sequence[Sequence[object]]]


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """One column code. `is_text` columns hold words or codes of the template and are never added up."""

    code: str
    field: str
    label: str
    group: str
    is_text: bool
    is_total: bool


@dataclass(frozen=True, slots=True)
class CodedForm:
    """What a template says about its form. `rows` are (row code, label); `cells` the A1 cells of the particulars."""

    code: str
    title: str
    sheet: str
    measure: str
    columns: tuple[CodedColumn, ...]
    rows: tuple[tuple[str, str], ...]
    total_rows: tuple[str, ...]
    cells: Mapping[str, str]
    locked_word: bool


@dataclass(frozen=True, slots=True)
class Return:
    """Who sent a unit's return for which period, as written in it."""

    unit: str
    period: str
    sender: str


def derive(template: Path) -> CodedForm:
    """The form of an empty template. ValueError when the file has no row of column codes or no row codes."""
    book = openpyxl.load_workbook(template, data_only=True)
    for sheet in book.worksheets:
        found = _derive_grid(_grid(sheet))
        if found is not None:
            return found
    raise ValueError(f"{template.name}: no sheet with row codes and column codes")


def read_returns(files: Iterable[Path], form: CodedForm) -> tuple[Return, ...]:
    """The particulars of units' returns of a form."""
    found = []
    for file in files:
        book = openpyxl.load_workbook(file, data_only=True)
        sheet = book[form.sheet] if form.sheet in book.sheetnames else book.worksheets[0]
        words = {name: _text(sheet[cell].value) for name, cell in form.cells.items()}
        found.append(Return(words.get("unit", ""), words.get("period", ""), words.get("sender", "")))
    return tuple(found)


def write_book(form: CodedForm, returns: Sequence[Return], target: Path) -> None:
    """Write the criteria book: title, explanation, headings in row 3, data from row 4, as the loader wants it."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": f"Sổ tiêu chí {form.code}", "author": "", "created": CREATED})
        book.set_custom_property(PROPERTY, CRITERIA)
        title = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        day = book.add_format({"border": 1, "num_format": "dd/mm/yyyy", "valign": "top"})
        for name, (headings, rows) in _tables(form, returns).items():
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, f"{name.upper()} - {form.code}", title)
            sheet.write_string(1, 0, form.title)
            for column, heading in enumerate(headings):
                sheet.write_string(2, column, heading, head)
                texts = [len(str(row[column])) for row in rows if column < len(row)]
                sheet.set_column(column, column, min(60, max([len(heading), *texts], default=8) + 2))
            for number, row in enumerate(rows, 3):
                for column, value in enumerate(row):
                    if isinstance(value, datetime.date):
                        sheet.write_datetime(number, column, datetime.datetime.combine(value, datetime.time()), day)
                    elif isinstance(value, int):
                        sheet.write_number(number, column, value, cell)
                    else:
                        sheet.write_string(number, column, str(value), cell)
            sheet.freeze_panes(3, 1)
            sheet.autofilter(2, 0, 2 + max(1, len(rows)), len(headings) - 1)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The texts of a sheet by (row, column), 1-based; every place of a merged area holds its text in `spread`."""

    name: str
    texts: Mapping[tuple[int, int], str]
    spread: Mapping[tuple[int, int], str]

    def text(self, row: int, column: int) -> str:
        return self.texts.get((row, column), "")


def _grid(sheet: Worksheet) -> _Grid:
    texts = {
        (row, column): text
        for row, values in enumerate(sheet.iter_rows(min_row=1, min_col=1, values_only=True), 1)
        for column, value in enumerate(values, 1)
        if (text := _text(value))
    }
    spread = dict(texts)
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                spread[row, column] = texts.get((area.min_row, area.min_col), "")
    return _Grid(sheet.title, texts, spread)


def _derive_grid(grid: _Grid) -> CodedForm | None:
    places = {place: text for place, text in grid.texts.items() if _CODE.match(text)}
    by_row = Counter(row for row, _ in places)
    if not by_row:
        return None
    code_row = max(by_row, key=lambda row: (by_row[row], -row))
    below = Counter(column for row, column in places if row > code_row)
    if by_row[code_row] < 2 or not below:
        return None
    code_column = max(below, key=lambda column: (below[column], -column))
    row_codes = {row: code for (row, column), code in places.items() if column == code_column and row > code_row}
    column_codes = {column: code for (row, column), code in places.items() if row == code_row and column > code_column}
    if not column_codes:
        return None
    rows = tuple((code, _row_label(grid, row, code_column, min(column_codes))) for row, code in row_codes.items())
    words = [text for (row, _), text in sorted(grid.texts.items()) if row < code_row]
    title = next((word for word in words if len(word) > 12 and " " in word and word[:12].isupper()), grid.name)
    code = next((word for word in words if re.match(r"[A-Z][A-Z0-9.]+\Z", word)), grid.name)
    return CodedForm(
        code=re.sub(r"[^A-Za-z0-9_]", "_", code),
        title=" ".join(title.split()),
        sheet=grid.name,
        measure=next(
            (word.partition(":")[2].strip() for word in words if word.lower().startswith(MEASURE_CAPTION)), ""
        ),
        columns=tuple(_column(grid, one, column, code_row, row_codes) for column, one in column_codes.items()),
        rows=rows,
        total_rows=tuple(one for one, label in rows if label.strip().lower() == GRAND_TOTAL),
        cells=_particulars(grid, code_row),
        locked_word=any(grid.text(row, column) == NO_FIGURE for row in row_codes for column in column_codes),
    )


def _column(grid: _Grid, code: str, column: int, code_row: int, rows: Collection[int]) -> CodedColumn:
    """A column's label is its lowest header text, its group the texts above, without the row of numbers."""
    headers: list[str] = []
    for row in range(code_row + 1, min(rows)):
        text = " ".join(grid.spread.get((row, column), "").split())
        if text and not _NUMBERING.match(text) and text not in headers:
            headers.append(text)
    label = headers[-1] if headers else code
    cells = [grid.text(row, column) for row in rows]
    words = [text for text in cells if text and text != NO_FIGURE]
    return CodedColumn(
        code=code,
        field=re.sub(r"[^a-z0-9]+", "_", code.lower()),
        label=label,
        group=" - ".join(headers[:-1]),
        is_text=2 * len(words) > len(cells) or all(text == NO_FIGURE for text in cells),
        is_total=label.lower() == GRAND_TOTAL,
    )


def _row_label(grid: _Grid, row: int, code_column: int, first_column: int) -> str:
    """The longest text between the row code and the first column code: a serial number may stand beside it."""
    words = (" ".join(grid.text(row, at).split()) for at in range(code_column + 1, first_column))
    return max(words, key=len, default="") or grid.text(row, code_column)


def _particulars(grid: _Grid, code_row: int) -> dict[str, str]:
    """A1 cells of file name, sender, unit and period: right of their captions."""
    captions = {FILE_CAPTION: "file", SENDER_CAPTION: "sender", UNIT_CAPTION: "unit", PERIOD_CAPTION: "period"}
    cells: dict[str, str] = {}
    for (row, column), text in sorted(grid.texts.items()):
        name = captions.get(" ".join(text.lower().split()))
        if name and row < code_row:
            cells.setdefault(name, f"{get_column_letter(column + 1)}{row}")
    return cells


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _tables(form: CodedForm, returns: Sequence[Return]) -> dict[str, Table]:
    """The sheets of the criteria book, by name."""
    rows_list = f"DM_DONG_{form.code}"
    senders = Counter(one.sender for one in returns if one.sender)
    consolidating = senders.most_common(1)[0][0] if senders else ""
    layout = {"danh_muc_dong": rows_list, "truong_ma_dong": "ma_dong"}
    layout |= {"o_don_vi": form.cells["unit"]} if "unit" in form.cells else {}
    layout |= {"o_ky": form.cells["period"]} if "period" in form.cells else {}
    layout |= {"dong_tong": ",".join(form.total_rows)} if form.total_rows else {}
    layout |= {"o_khoa": NO_FIGURE} if form.locked_word else {}
    filled_in = {"file": "{ten_tep}", "sender": "{ma_don_vi}", "unit": "{ma_don_vi}", "period": "{ky}"}
    notes = "; ".join(f"dat.{cell}={filled_in[name]}" for name, cell in form.cells.items())
    return {
        "Hướng dẫn": (
            ("Nội dung",),
            [
                ("Sổ tiêu chí của một biểu mã hóa: mã dòng x mã cột. Mỗi trang khai báo một phần; mã giữ nguyên.",),
                ("Tên đơn vị, kỳ và quy tắc: sửa ở các trang Đơn vị, Kỳ, Quy tắc.",),
            ],
        ),
        "Cài đặt": (
            ("Mã", "Nội dung", "Giá trị", "Kiểu", "Loại nguồn"),
            [
                ("don_vi_tong_hop", "Mã đơn vị đứng tên báo cáo tổng hợp", consolidating, "chuoi", "THIET_KE"),
                ("sai_so_lam_tron", "Sai số cho phép khi cộng (do làm tròn)", TOLERANCE, "so", "GIA_DINH"),
            ],
        ),
        "Biểu": (
            (
                "Mã biểu",
                "Tên biểu",
                "Tên trang",
                "Kiểu biểu",
                "Thứ tự",
                "Bắt buộc",
                "Người lập",
                "Bố cục",
                "Loại nguồn",
            ),
            [
                (form.code, form.title, form.sheet, "ma_hoa", 1, 1, "DON_VI", _pairs(layout), "THUC_TE"),
            ],
        ),
        "Trường": (
            (
                *("Mã biểu", "Thứ tự", "Mã trường", "Tên trường", "Nhóm tiêu đề", "Kiểu", "Đơn vị tính", "Bắt buộc"),
                *("Danh mục", "Cộng dồn", "Tên khác", "Loại nguồn"),
            ),
            [
                (form.code, 0, "ma_dong", "Mã dòng", "", "ma", "", 0, rows_list, 0, "", "THUC_TE"),
                *(_field_row(form, number, one) for number, one in enumerate(form.columns, 1)),
            ],
        ),
        "Danh mục": (
            ("Mã danh mục", "Mã", "Nhãn", "Thứ tự", "Loại nguồn"),
            [(rows_list, code, label, number, "THUC_TE") for number, (code, label) in enumerate(form.rows, 1)],
        ),
        "Quy tắc": _rules(form),
        "Đơn vị": (
            ("Mã đơn vị", "Tên đơn vị", "Phải báo cáo", "Hiệu lực từ", "Loại nguồn"),
            [
                (code, f"Đơn vị {code}", 1, datetime.date(2000, 1, 1), "GIA_DINH")
                for code in sorted({one.unit for one in returns if one.unit})
            ],
        ),
        "Kỳ": (
            ("Mã kỳ", "Tên kỳ", "Loại kỳ", "Năm", "Từ ngày", "Đến ngày", "Loại nguồn"),
            [_period_row(code) for code in sorted({one.period for one in returns if one.period})],
        ),
        "Tổng hợp": (
            ("Mã biểu", "Tên biểu", "Tên trang", "Bố cục", "Biểu nguồn", "Đơn vị tính", "Ghi chú", "Loại nguồn"),
            [(form.code, form.title, form.sheet, "MA_HOA", form.code, form.measure, notes, "THUC_TE")],
        ),
        "Cột báo cáo": (
            (
                *("Mã biểu", "Thứ tự", "Mã cột", "Nhóm tiêu đề", "Tiêu đề", "Cách lấy", "Biểu nguồn", "Trường nguồn"),
                *("Đơn vị tính", "Định dạng số"),
            ),
            [_report_row(form, number, one) for number, one in enumerate(form.columns, 1)],
        ),
    }


def _pairs(words: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in words.items())


def _field_row(form: CodedForm, number: int, one: CodedColumn) -> tuple[object, ...]:
    kind, measure = ("ma", "") if one.is_text else ("so", form.measure)
    additive = 0 if one.is_text or one.is_total else 1
    return (
        *(form.code, number, one.field, one.label, one.group, kind, measure, 0),
        *("", additive, one.code, "THUC_TE"),
    )


def _report_row(form: CodedForm, number: int, one: CodedColumn) -> tuple[object, ...]:
    take, shown, measure = ("TRONG", "", "") if one.is_text else ("TONG", "@00,00", form.measure)
    return (
        *(form.code, number, one.code, one.group, one.label, take, form.code, one.field),
        *(measure, shown),
    )


def _period_row(code: str) -> tuple[object, ...]:
    """A month written as 201709 gets its dates; any other code is left for the office to complete."""
    month = _MONTH.match(code)
    if month is None:
        return (code, code, "", "", "", "", "GIA_DINH")
    year, number = int(month[1]), int(month[2])
    last = calendar.monthrange(year, number)[1]
    first_day, last_day = datetime.date(year, number, 1), datetime.date(year, number, last)
    return (code, f"Tháng {number} năm {year}", "", year, first_day, last_day, "THUC_TE")


def _rules(form: CodedForm) -> Table:
    headings = (
        *("Mã quy tắc", "Mức độ", "Nhóm", "Biểu", "Trường", "Kiểu kiểm tra", "Đúng khi (công thức)"),
        *("Thông báo", "Cách sửa", "Bật (1/0)", "Loại nguồn"),
    )
    table = f"TD_{form.code}"
    tolerance = "TD_CD_sai_so_lam_tron"
    rows: list[tuple[object, ...]] = []

    def rule(code: str, level: str, group: str, field: str, kind: str, formula: str, says: str, mend: str) -> None:
        rows.append((code, level, group, form.code, field, kind, formula, says, mend, 1, "THIET_KE"))

    rule("STR-01", "LOI", "CAU_TRUC", "", "thieu_bieu", "", "Thiếu {ten_bieu}.", "Nộp đúng mẫu.")
    rule("STR-07", "LOI", "CAU_TRUC", "*", "o_loi", "", "Ô {o} là lỗi Excel {gia_tri}.", "Sửa công thức.")
    rule(
        "META-01",
        "LOI",
        "DINH_DANH",
        "",
        "ma_don_vi",
        "",
        "Mã đơn vị “{gia_tri}” không có trong danh sách.",
        "Ghi đúng mã đơn vị.",
    )
    rule(
        "TYP-01",
        "LOI",
        "KIEU",
        "so",
        "khong_phai_so",
        "",
        "Ô {o}: “{gia_tri}” không phải là số.",
        "Ghi số, hoặc để trống.",
    )
    rule("TYP-03", "LOI", "KIEU", "so", "so_mo_ho", "", "Ô {o}: “{gia_tri}” có thể là {a} hoặc {b}.", "Ghi lại cho rõ.")
    rule(
        "LST-01",
        "LOI",
        "DANH_MUC",
        "ma_dong",
        "danh_muc",
        "",
        "Mã dòng “{gia_tri}” không có trong biểu.",
        "Giữ nguyên mã dòng của mẫu.",
    )
    numbers = [one for one in form.columns if not one.is_text]
    for one in numbers:
        for total in form.total_rows:
            formula = f'=IF([@ma_dong]="{total}",ABS(SUM({table}[{one.field}])-2*[@{one.field}])<={tolerance},TRUE)'
            says = "Ô {o}: dòng tổng cộng ghi {gia_tri}, khác tổng các dòng trên."
            rule("CONG-01", "CANH_BAO", "CONG", one.field, "CONG_THUC", formula, says, "Cộng lại cột này.")
    totals = [one for one in numbers if one.is_total]
    if len(totals) == 1:
        total_column = totals[0]
        top = total_column.group.partition(" - ")[0]
        parts = [one for one in numbers[: numbers.index(total_column)] if one.group.partition(" - ")[0] == top]
        if len(parts) > 1:
            added = ",".join(f"[@{one.field}]" for one in parts)
            formula = f"=ABS(SUM({added})-[@{total_column.field}])<={tolerance}"
            says = "Ô {o}: tổng cộng ghi {gia_tri}, khác tổng các cột thành phần."
            rule("CONG-02", "CANH_BAO", "CONG", total_column.field, "CONG_THUC", formula, says, "Cộng lại dòng này.")
    return headings, rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Lập sổ tiêu chí của một biểu mã hóa từ mẫu trống")
    parser.add_argument("out", type=Path, metavar="SO_TIEU_CHI.xlsx")
    parser.add_argument("template", type=Path, metavar="MAU_TRONG.xlsx")
    parser.add_argument("returns", type=Path, nargs="*", metavar="TEP_DON_VI.xlsx")
    arguments = parser.parse_args()
    form = derive(arguments.template)
    write_book(form, read_returns(arguments.returns, form), arguments.out)


if __name__ == "__main__":
    main()
