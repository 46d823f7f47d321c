"""Build `workbooks/mau-bao-cao-tinh.xlsx`, the provincial report template, from the report map in `tools/seed`.

`seed/tong_hop.csv` gives the sheets, `seed/cot_bao_cao.csv` their columns, `seed/cai_dat.csv` the words of the agency.
Layout and defined names are those of docs/report-map.md, section 5. Running twice gives the same bytes.
Read `build` first.
"""

from __future__ import annotations

import datetime
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import xlsxwriter
from report_map_seed import Column, Sheet, read_labels, read_settings, read_sheets
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "tools" / "seed"
TARGET = ROOT / "workbooks" / "mau-bao-cao-tinh.xlsx"

# A fixed date: the file must not change when nothing in it changed.
CREATED = datetime.datetime(2026, 1, 1)
MM_PER_INCH = 25.4
# Height of one line of text, and how many characters of it fit into one unit of column width.
LINE_POINTS = 15.5
CHARACTERS_PER_WIDTH = 1.1
# The part of the table's width that the agency's block takes; the state's name stands on the rest.
LEFT_SHARE = 0.44
# A format that ends so shows decimals only where there are any.
OPTIONAL_DECIMALS = ".##"

# The note that names the columns of a sheet's chart; how many rows the chart takes below the table.
CHART = "bieu_do"
CHART_ROWS = 21
CHART_KINDS = {"cot": {"type": "column"}, "thanh": {"type": "bar", "subtype": "stacked"}, "tron": {"type": "pie"}}
CHART_COLOURS = ("#1F4E79", "#C55A11", "#548235", "#7F6000")

Style = Mapping[str, object]


@dataclass(slots=True)
class Page:
    """A worksheet being drawn: `row` is the next free 0-based row, `split` the first column of the right half."""

    book: xlsxwriter.Workbook
    sheet: Sheet
    worksheet: Worksheet
    looks: Looks
    words: Mapping[str, str]
    split: int
    row: int = 0
    data: int = 0

    @property
    def last(self) -> int:
        """The 0-based last column of the table."""
        return len(self.sheet.columns) - 1


@dataclass(slots=True)
class Looks:
    """Cell formats, each made once."""

    book: xlsxwriter.Workbook
    font: str
    made: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)

    def __call__(self, **style: object) -> Format:
        """The format with these XlsxWriter properties, on top of the font of the whole report."""
        wanted: dict[str, object] = {"font_name": self.font, "font_size": 11, "valign": "vcenter", **style}
        key = tuple(sorted(wanted.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(wanted)
        return self.made[key]


def build(target: Path = TARGET, seed: Path = SEED) -> tuple[Sheet, ...]:
    """Write the template; returns the sheets drawn, in order."""
    words = read_settings(seed)
    sheets = tuple(read_sheets(seed))
    font = words.get("phong_chu", "Times New Roman")
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": font, "font_size": 11},
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": "Mẫu báo cáo tổng hợp", "author": "", "created": CREATED})
        book.set_size(2400, 1400)
        looks = Looks(book, font)
        for sheet in sheets:
            worksheet = book.add_worksheet(sheet.name)
            page = Page(book, sheet, worksheet, looks, words, _split(sheet))
            _set_up(page)
            _heading(page)
            if sheet.layout == "TINH_HINH_NOP":
                _cover(page, sheets, read_labels(seed))
            else:
                _titles(page)
            _table(page)
            if CHART in sheet.notes:
                _chart(page)
            _signatures(page)
    return sheets


def _split(sheet: Sheet) -> int:
    """Where the right half of the page begins: the first column beyond the left share of the table's width."""
    total = sum(column.width for column in sheet.columns)
    reached = 0.0
    for number, column in enumerate(sheet.columns):
        reached += column.width
        if reached > total * LEFT_SHARE:
            return max(number, 2) if reached - total * LEFT_SHARE > column.width / 2 else number + 1
    return len(sheet.columns) - 1


def _set_up(page: Page) -> None:
    """Paper, margins (Nghị định 30/2020), fit to one page wide, page numbers, column widths."""
    worksheet, words = page.worksheet, page.words
    if page.sheet.landscape:
        worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)
    worksheet.center_horizontally()
    worksheet.hide_gridlines(2)

    def inches(name: str, default: float) -> float:
        return round(float(words.get(name) or default) / MM_PER_INCH, 3)

    worksheet.set_margins(
        left=inches("le_trai", 30), right=inches("le_phai", 15), top=inches("le_tren", 20), bottom=inches("le_duoi", 20)
    )
    worksheet.set_footer(f'&C&"{page.looks.font},Regular"&11Trang &P/&N', {"margin": 0.35})
    for number, column in enumerate(page.sheet.columns):
        worksheet.set_column(number, number, column.width)


def _heading(page: Page) -> None:
    """The agency on the left, the state's name and motto on the right."""
    words, looks = page.words, page.looks
    plain, bold = looks(font_size=13, align="center"), looks(font_size=13, align="center", bold=True)
    motto = looks(font_size=14, align="center", bold=True, underline=1)
    lines = (
        ("CO_QUAN_CAP_TREN", words.get("co_quan_cap_tren", ""), plain, words.get("quoc_hieu", ""), bold),
        ("CO_QUAN", words.get("co_quan", ""), bold, words.get("tieu_ngu", ""), motto),
    )
    for name, agency, agency_look, state, state_look in lines:
        page.book.define_name(f"{page.sheet.code}_{name}", _address(page, page.row, 0, page.row, 0))
        page.worksheet.set_row(page.row, 20)
        _line(page, 0, page.split - 1, agency, agency_look)
        _line(page, page.split, page.last, state, state_look)
        page.row += 1
    # Nghị định 30/2020: a line a third to a half as long as the agency's name, below it.
    page.worksheet.set_row(page.row, 9)
    rule = "_" * max(6, len(words.get("co_quan", "")) // 2)
    _line(page, 0, page.split - 1, rule, looks(font_size=9, align="center", valign="bottom"))
    page.row += 1


def _titles(page: Page) -> None:
    """Number, title, what it is enclosed with, period, unit of measure."""
    looks, sheet = page.looks, page.sheet
    page.worksheet.set_row(page.row, 8)
    page.row += 1
    _whole_line(page, f"Biểu số: {sheet.code}", 20, looks(font_size=13, bold=True, align="center"))
    _whole_line(page, sheet.title.upper(), 24, looks(font_size=14, bold=True, align="center"))
    if not sheet.is_internal:
        _whole_line(page, _enclosed(page.words), 20, looks(font_size=13, italic=True, align="center"), "KEM_THEO")
    _whole_line(page, PERIOD_LINE, 20, looks(font_size=13, align="center"), "KY")
    if sheet.unit:
        unit = f"Đơn vị tính: {sheet.unit}"
        _whole_line(page, unit, 19, looks(font_size=12, italic=True, align="right"), "DVT")
    else:
        page.worksheet.set_row(page.row, 8)
        page.row += 1


PERIOD_LINE = "Kỳ báo cáo: …"
DATE_LINE = "ngày … tháng … năm …"


def _enclosed(words: Mapping[str, str]) -> str:
    agency, short = words.get("ten_co_quan", "…"), words.get("co_quan_viet_tat", "…")
    return f"(Kèm theo Báo cáo số …/BC-{short} {DATE_LINE} của {agency})"


def _cover(page: Page, sheets: Sequence[Sheet], labels: Mapping[str, str]) -> None:
    """The first page: number and date, title of the report, the list of its sheets; the submission table follows."""
    words, looks, worksheet = page.words, page.looks, page.worksheet
    worksheet.set_row(page.row, 20)
    _line(page, 0, page.split - 1, words.get("ky_hieu_bao_cao", "Số: …"), looks(font_size=13, align="center"))
    _dated(page, "NGAY_BC", page.split, looks(font_size=13, italic=True, align="center"))
    page.row += 1
    worksheet.set_row(page.row, 26)
    page.row += 1
    _whole_line(page, "BÁO CÁO TỔNG HỢP", 30, looks(font_size=18, bold=True, align="center"))
    movement = words.get("ten_phong_trao", "")
    title = f"Kết quả thực hiện Phong trào thi đua “{movement}” giai đoạn {words.get('giai_doan', '…')}"
    _whole_line(page, title, 40, looks(font_size=14, bold=True, align="center", text_wrap=True))
    _whole_line(page, PERIOD_LINE, 22, looks(font_size=13, italic=True, align="center"), "KY")
    worksheet.set_row(page.row, 14)
    page.row += 1
    _whole_line(page, "I. DANH MỤC BIỂU", 22, looks(font_size=13, bold=True))
    _list_of_sheets(page, sheets, labels)
    # The submission table begins a page of its own: it is the part that goes to the units for reminding.
    worksheet.set_h_pagebreaks([page.row])
    _whole_line(page, "II. TÌNH HÌNH NỘP BÁO CÁO CỦA CÁC ĐƠN VỊ", 26, looks(font_size=13, bold=True))


def _list_of_sheets(page: Page, sheets: Sequence[Sheet], labels: Mapping[str, str]) -> None:
    looks, last = page.looks, page.last
    # Serial number, then name, route, periods over the columns that the submission table has.
    name_end = max(2, last // 3)
    route_end = name_end + 2
    spans = ((0, 0), (1, name_end), (name_end + 1, route_end), (route_end + 1, last))
    heads = ("STT", "Biểu", "Tuyến", "Kỳ báo cáo")
    first = page.row
    header = looks(bold=True, align="center", border=1, text_wrap=True)
    page.worksheet.set_row(page.row, 20)
    for (left, right), text in zip(spans, heads, strict=True):
        _line(page, left, right, text, header)
    page.row += 1
    for number, sheet in enumerate(sheets, 1):
        routes = ", ".join(labels.get(code, code) for code in sheet.routes) or "Chung"
        periods = "; ".join(labels.get(code, code) for code in sheet.periods) or "Mọi kỳ"
        texts = (str(number), f"{sheet.code} - {sheet.title}", routes, periods)
        tallest = 1
        for place, ((left, right), text) in enumerate(zip(spans, texts, strict=True)):
            tallest = max(tallest, _lines(text, page.sheet.columns[left : right + 1]))
            align = "left" if place in {1, 3} else "center"
            _line(page, left, right, text, looks(align=align, border=1, text_wrap=True))
        page.worksheet.set_row(page.row, max(18, LINE_POINTS * tallest))
        page.row += 1
    _name(page, "DANH_MUC", first, page.row - 1)


def _table(page: Page) -> None:
    """Hidden codes, headers, the number row, then the model rows that the report grows from."""
    worksheet, looks, columns = page.worksheet, page.looks, page.sheet.columns
    codes_row = page.row
    for number, column in enumerate(columns):
        worksheet.write_string(codes_row, number, column.code, looks(font_size=8))
    worksheet.set_row(codes_row, None, None, {"hidden": True})
    _name(page, "MA_COT", codes_row)
    page.row += 1
    first_header = page.row
    _headers(page)
    worksheet.repeat_rows(first_header, page.row - 1)
    first_model = page.row
    if page.sheet.sections:
        _model_row(page, "NHOM", {"bold": True, "open": True}, "")
    if "nhom_con" in page.sheet.notes:
        _model_row(page, "NHOM_CON", {"bold": True, "italic": True, "open": True}, "")
    page.data = page.row
    _model_row(page, "DATA", {}, "")
    if CHART in page.sheet.notes:
        # A chart's range ends in this hidden row, so that rows inserted above it are within the range; hidden, it is
        # not drawn.
        page.worksheet.set_row(page.row, None, None, {"hidden": True})
        page.row += 1
    if "CONG" in page.sheet.total_rows:
        words = page.sheet.notes.get("nhan_cong", "Cộng {muc}")
        _model_row(page, "CONG", {"bold": True, "italic": True, "open": True}, words)
    if "TONG" in page.sheet.total_rows:
        words = page.sheet.notes.get("nhan_tong", "Tổng cộng")
        _model_row(page, "TONG", {"bold": True, "open": True}, words)
    _show_decimals(page, first_model)
    if "bang_chu" in page.sheet.notes:
        _whole_line(page, "(Bằng chữ: …)", 22, looks(font_size=12, italic=True), "BANG_CHU")
    if page.sheet.layout == "BANG_TRA":
        # The program says here why cells are blank; without such cells the line stays blank.
        _whole_line(page, "", 34, looks(font_size=11, italic=True, text_wrap=True), "GHI_CHU")


def _chart(page: Page) -> None:
    """A native chart of the table's own cells, below it; its ranges grow with the rows that the report inserts."""
    sheet, last = page.sheet, page.data + 1
    kind = sheet.notes.get("loai_bieu_do", "cot")
    chart = page.book.add_chart(CHART_KINDS[kind])
    codes = [column.code for column in sheet.columns]
    font = {"name": page.looks.font, "size": 10}
    for number, code in enumerate(sheet.notes[CHART].split(",")):
        column = codes.index(code.strip())
        series = {
            "name": sheet.columns[column].label,
            "categories": [sheet.name, page.data, 1, last, 1],
            "values": [sheet.name, page.data, column, last, column],
            "fill": {"color": CHART_COLOURS[number % len(CHART_COLOURS)]},
            "gap": 60,
            "data_labels": {"value": kind != "thanh", "num_format": "[$-42A]#,##0;-#,##0;;", "font": font},
        }
        if kind == "tron":
            del series["gap"], series["fill"]
            series["data_labels"] = {"value": True, "category": True, "font": font}
            series["points"] = [{"fill": {"color": one}} for one in CHART_COLOURS]
        chart.add_series(series)
    chart.set_title({"name": sheet.notes["tieu_de_bieu_do"], "name_font": {**font, "size": 12}, "overlay": False})
    one_series = "," not in sheet.notes[CHART]
    chart.set_legend({"none": True} if one_series and kind != "tron" else {"position": "bottom", "font": font})
    if kind != "tron":
        names, amounts = ("y", "x") if kind == "thanh" else ("x", "y")
        lines = {"visible": True, "line": {"color": "#D9D9D9"}}
        getattr(chart, f"set_{amounts}_axis")(
            {"num_format": "[$-42A]#,##0", "num_font": font, "major_gridlines": lines}
        )
        getattr(chart, f"set_{names}_axis")({"num_font": font, "reverse": kind == "thanh"})
    points = sum(column.width for column in sheet.columns) * 7 + 5 * len(sheet.columns)
    page.row += 1
    size = {"width": int(points) - 8, "height": int(CHART_ROWS * LINE_POINTS / 0.75) - 8}
    place = {"x_offset": 4, "y_offset": 4, "object_position": 2, "description": sheet.notes["tieu_de_bieu_do"]}
    for row in range(page.row, page.row + CHART_ROWS):
        page.worksheet.set_row(row, LINE_POINTS)
    chart.set_size(size)
    page.worksheet.insert_chart(page.row, 0, chart, place)
    page.row += CHART_ROWS


def _headers(page: Page) -> None:
    worksheet, columns = page.worksheet, page.sheet.columns
    head = page.looks(bold=True, align="center", border=1, text_wrap=True)
    grouped = any(column.group for column in columns)
    labels_row = page.row + 1 if grouped else page.row
    if grouped:
        at = 0
        tallest = 1
        for group, members in groupby(columns, key=lambda column: column.group):
            run = list(members)
            if group:
                _line(page, at, at + len(run) - 1, group, head)
                tallest = max(tallest, _lines(group, run, bold=True))
                _slot_name(page, run[0], at)
            at += len(run)
        worksheet.set_row(page.row, LINE_POINTS * tallest + 4)
    needed = 1
    years = 0
    for number, column in enumerate(columns):
        lines = _lines(column.label, [column], bold=True)
        if grouped and not column.group:
            worksheet.merge_range(page.row, number, labels_row, number, column.label, head)
            lines = math.ceil(lines / 1.5)  # the upper row lends its height
        else:
            worksheet.write_string(labels_row, number, column.label, head)
        if column.take == "NAM":
            years += 1
            page.book.define_name(
                f"{page.sheet.code}_NAM_{years}", _address(page, labels_row, number, labels_row, number)
            )
        needed = max(needed, lines)
    worksheet.set_row(labels_row, LINE_POINTS * max(needed, 2) + 4)
    page.row = labels_row + 1
    numbers = page.looks(font_size=9, italic=True, align="center", border=1, shrink=True)
    worksheet.set_row(page.row, 14)
    for number, text in enumerate(_column_numbers(columns)):
        worksheet.write_string(page.row, number, text, numbers)
    page.row += 1


def _slot_name(page: Page, column: Column, at: int) -> None:
    """The upper header cell of a commune's columns, so that the report can write its name there."""
    if column.take == "O_COT":
        page.book.define_name(f"{page.sheet.code}_O_{column.formula}", _address(page, page.row, at, page.row, at))


_RATIO = re.compile(r"ROUND\(\{(\w+)\}/\{(\w+)\}\*100")
_SUM = re.compile(r"=\{\w+\}(\+\{\w+\})+\Z")


def _column_numbers(columns: Sequence[Column]) -> list[str]:
    """A, B over the first two columns, then 1, 2, 3; a ratio or a sum says of which: 3=2/1, 8=6+7."""
    numbers = {column.code: str(place - 1) for place, column in enumerate(columns) if place >= 2}
    texts = []
    for place, column in enumerate(columns):
        text = "AB"[place] if place < 2 else numbers[column.code]
        ratio = _RATIO.search(column.formula)
        if ratio and ratio[1] in numbers and ratio[2] in numbers:
            text += f"={numbers[ratio[1]]}/{numbers[ratio[2]]}"
        elif _SUM.match(column.formula):
            text += "=" + "+".join(numbers.get(code, "…") for code in re.findall(r"\{(\w+)\}", column.formula))
        texts.append(text)
    return texts


def _model_row(page: Page, name: str, style: Style, words: str) -> None:
    """One model row: formats and words only, no merges, no height (rows grow with their text).

    In `open` rows the label may run over the blank cells to its right, so nothing is drawn between them.
    """
    columns = page.sheet.columns
    font = {key: value for key, value in style.items() if key != "open"}
    for number, column in enumerate(columns):
        look: dict[str, object] = {"border": 1, **font, **_cell_look(column)}
        if style.get("open"):
            if number <= 1:
                look.update({"text_wrap": False, "num_format": "General", "indent": number})
                look["align"] = "center" if number == 0 else "left"
            elif not (words and column.total):
                look.update({"border": 0, "top": 1, "bottom": 1, "right": 1 if number == page.last else 0})
            if number == 1 and not (words and columns[2].total):
                look.update({"border": 0, "top": 1, "bottom": 1, "left": 1})
        text = words if number == 1 else ""
        if text:
            page.worksheet.write_string(page.row, number, text, page.looks(**look))
        else:
            page.worksheet.write_blank(page.row, number, None, page.looks(**look))
    _name(page, name, page.row)
    page.row += 1


def _cell_look(column: Column) -> dict[str, object]:
    """Alignment and number format of a column: counts in the middle, amounts to the right, words to the left."""
    code = column.number_format
    narrow = column.width <= 10
    look: dict[str, object] = {"text_wrap": True, "align": "center" if narrow else "left"}
    if not narrow:
        look["indent"] = 1
    if code:
        look["num_format"] = _vietnamese(code.removesuffix(OPTIONAL_DECIMALS))
        look["align"] = "center" if narrow else "right"
        look["text_wrap"] = column.take == "O_COT"
    if column.take == "O_COT" or "yy" in code:
        look.update({"align": "center", "indent": 0})
    return look


def _vietnamese(number_format: str) -> str:
    """The format under the Vietnamese locale: LibreOffice then writes 1.500.000 whatever its own language."""
    return f"[$-42A]{number_format}" if "#" in number_format or "." in number_format else number_format


def _show_decimals(page: Page, first_model: int) -> None:
    """Quantities show decimals only where there are any; the rule spans all model rows, so it grows with them."""
    for number, column in enumerate(page.sheet.columns):
        if column.number_format.endswith(OPTIONAL_DECIMALS):
            cell = xlsxwriter.utility.xl_rowcol_to_cell(first_model, number)
            page.worksheet.conditional_format(
                first_model,
                number,
                page.row - 1,
                number,
                {
                    "type": "formula",
                    "criteria": f"=AND(ISNUMBER({cell}),{cell}<>INT({cell}))",
                    "format": page.book.add_format({"num_format": _vietnamese(column.number_format)}),
                },
            )


# The signer's name stands this many rows below the title, with room to sign above it.
SIGNED_ROW = 5
# Room for place and date in 13 points, in characters of a column's width; long names of provinces too.
DATE_WIDTH = 48.0


def _signatures(page: Page) -> None:
    """Place and date; below, from left to right: whom the report goes to (small), who made it, who signs it."""
    words, looks, worksheet = page.words, page.looks, page.worksheet
    first, second = _thirds(page.sheet)
    worksheet.set_row(page.row, 8)
    page.row += 1
    worksheet.set_row(page.row, 20)
    _dated(page, "NGAY_KY", _date_start(page.sheet, first, second), looks(font_size=13, italic=True, align="center"))
    page.row += 1
    top = page.row
    blocks = (
        (first, second - 1, "lap_so", "ky_lap", "", "NGUOI_LAP"),
        (second, page.last, "ky_so", "ky_don_vi", words.get("ho_ten_ky_so", ""), "NGUOI_KY"),
    )
    bold, hint = looks(align="center", bold=True, font_size=13), looks(align="center", italic=True, font_size=12)
    receivers = _receivers(page)
    # Every line has a row of its own: a block that a page's end cuts then goes on whole on the next page.
    rows = max(SIGNED_ROW + 1, len(receivers))
    heights = [20.0, 18.0, *([LINE_POINTS] * (rows - 2))]
    small, head = looks(font_size=11, text_wrap=True, valign="top"), looks(font_size=12, bold=True, italic=True)
    for number, text in enumerate(receivers):
        page.row = top + number
        _line(page, 0, first - 1, text, small if number else head)
        needed = LINE_POINTS * _lines(text, page.sheet.columns[:first])
        heights[number] = max(heights[number], needed)
    for left, right, title, note, person, name in blocks:
        for number, text, look in (
            (0, words.get(f"chuc_danh_{title}", ""), bold),
            (1, words.get(f"ghi_chu_{note}", ""), hint),
            (SIGNED_ROW, person, bold),
        ):
            page.row = top + number
            _line(page, left, right, text, look)
        page.book.define_name(f"{page.sheet.code}_{name}", _address(page, page.row, left, page.row, left))
    for number, height in enumerate(heights):
        worksheet.set_row(top + number, height)
    page.row = top + rows


def _receivers(page: Page) -> list[str]:
    """The lines of the block "Nơi nhận", none on an internal sheet."""
    named = [one.strip() for one in page.words.get("noi_nhan", "").split("|") if one.strip()]
    if page.sheet.is_internal or not named:
        return []
    return ["Nơi nhận:", *(f"- {one}{';' if at < len(named) else '.'}" for at, one in enumerate(named, 1))]


def _thirds(sheet: Sheet) -> tuple[int, int]:
    """Where the middle and the right third of the page begin, as 0-based columns."""
    reached, bounds = 0.0, []
    for column in sheet.columns:
        bounds.append(reached)
        reached += column.width
    last = len(bounds) - 1
    first = min(range(2, last), key=lambda at: abs(bounds[at] - reached * 0.31))
    second = min(range(first + 1, last + 1), key=lambda at: abs(bounds[at] - reached * 0.65))
    return first, second


def _date_start(sheet: Sheet, first: int, second: int) -> int:
    """The 0-based column from which place and date are centred: that of the signer, or one further left for room.

    On an upright page the right third is narrower than the line, which would be cut at both ends in print.
    """
    return max(at for at in range(first, second + 1) if at == first or _width(sheet, at) >= DATE_WIDTH)


def _width(sheet: Sheet, first: int) -> float:
    return sum(column.width for column in sheet.columns[first:])


def _dated(page: Page, name: str, left: int, look: Format) -> None:
    """Place and date over the columns from `left` on in the present row."""
    _line(page, left, page.last, f"{page.words.get('dia_danh', '…')}, {DATE_LINE}", look)
    address = _address(page, page.row, left, page.row, left)
    page.book.define_name(f"{page.sheet.code}_{name}", address)


def _whole_line(page: Page, text: str, height: float, look: Format, name: str = "") -> None:
    """A line over the whole width of the table; goes on to the next row."""
    page.worksheet.set_row(page.row, height)
    _line(page, 0, page.last, text, look)
    if name:
        page.book.define_name(f"{page.sheet.code}_{name}", _address(page, page.row, 0, page.row, 0))
    page.row += 1


def _line(page: Page, left: int, right: int, text: str, look: Format) -> None:
    if right > left:
        page.worksheet.merge_range(page.row, left, page.row, right, text, look)
    else:
        page.worksheet.write_string(page.row, left, text, look)


def _lines(text: str, columns: Sequence[Column], *, bold: bool = False) -> int:
    """How many lines the text needs over these columns, words kept whole."""
    room = sum(column.width for column in columns) * CHARACTERS_PER_WIDTH - (1 if len(columns) == 1 else 0)
    lines, used = 1, 0.0
    for word in text.split():
        length = len(word) * (1.1 if bold else 1.0)
        if used and used + 1 + length > room:
            lines, used = lines + 1, 0.0
        used += length + (1 if used else 0)
        lines += int(max(0.0, used - 0.5) // max(room, 1))
        used = used % room if used > room else used
    return lines


def _name(page: Page, name: str, first: int, last: int | None = None) -> None:
    """A defined name over the table's columns."""
    bottom = first if last is None else last
    page.book.define_name(f"{page.sheet.code}_{name}", _address(page, first, 0, bottom, page.last))


def _address(page: Page, top: int, left: int, bottom: int, right: int) -> str:
    sheet = page.sheet.name.replace("'", "''")
    return f"='{sheet}'!{xlsxwriter.utility.xl_range_abs(top, left, bottom, right)}"


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
