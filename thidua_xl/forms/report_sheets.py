"""The sheets Tổng hợp and Cột báo cáo as `ReportSheet`s. Read `read_report_sheets` first."""

from __future__ import annotations

from dataclasses import replace

from thidua_xl.forms.problems import Problems
from thidua_xl.forms.tables import Row, Table
from thidua_xl.model import ReportColumn, ReportSheet
from thidua_xl.text import fold

PORTRAIT = ("doc", "dung")
LAYOUTS = (
    "DON_VI",
    "DANH_SACH",
    "THEO_NHOM",
    "TINH_TRANG",
    "BANG_TRA",
    "TINH_HINH_NOP",
    "NTM",
    "SO_SANH_KY",
    "BANG_LOI",
    "MA_HOA",
)
TOTAL_ROWS = ("CONG", "TONG")
# Takes whose "Trường nguồn" names fields of "Biểu nguồn".
FIELD_TAKES = (
    *("LAY", "TONG", "DEM_KHAC", "NOI", "LON_NHAT", "NHO_NHAT", "CUOI", "TRANG_THAI", "O_COT"),
    *("TY_LE", "TY_LE_TS"),
)
# Takes whose "Biểu nguồn" is a report sheet and whose "Trường nguồn" is one of its columns.
REPORT_TAKE = "DONG"
REPORT_TAKES = (REPORT_TAKE, "DAN")
FORMULA_TAKE = "CONG_THUC"
TAKES = (
    *FIELD_TAKES,
    REPORT_TAKE,
    FORMULA_TAKE,
    *("STT", "DON_VI", "DON_VI_TAT", "DEM", "TRONG"),
    *("TINH_HINH", "PHAT_HIEN", "BANG", "TEN", "DVT", "NAM", "LUY_KE", "CUNG_KY"),
    *("CHENH", "TANG", "BIEN_DONG", "LUY_KE_NAM", "LUY_KE_GD", "NHOM", "DAN", "O_BANG"),
)


def read_report_sheets(sheets: Table, columns: Table, problems: Problems) -> tuple[ReportSheet, ...]:
    """The report sheets in the book's order, each with its columns in theirs."""
    found: dict[str, ReportSheet] = {}
    for row in sheets.rows:
        one = _sheet(row, problems)
        if one.code in found:
            problems.add(one.place, "code_twice", one.code, expected=found[one.code].place.cell)
            continue
        found[one.code] = one
    by_sheet: dict[str, list[ReportColumn]] = {}
    for index, row in enumerate(columns.rows):
        column = _column(row, index, problems)
        if column.sheet not in found:
            problems.add(row.place("Mã biểu"), "unknown_report_sheet", column.sheet, known=found)
            continue
        own = by_sheet.setdefault(column.sheet, [])
        twin = next((other for other in own if other.code == column.code), None)
        if twin is not None:
            problems.add(column.place, "code_twice", column.code, expected=twin.place.cell)
        own.append(column)
    return tuple(
        replace(one, columns=tuple(sorted(by_sheet.get(code, ()), key=lambda column: column.order)))
        for code, one in found.items()
    )


def _sheet(row: Row, problems: Problems) -> ReportSheet:
    code = row.code("Mã biểu")
    _check_word(row, "Bố cục", row.text("Bố cục"), LAYOUTS, problems)
    for word in row.codes("Dòng tổng"):
        _check_word(row, "Dòng tổng", word, TOTAL_ROWS, problems)
    return ReportSheet(
        code=code,
        title=row.needed_text("Tên biểu"),
        sheet=row.text("Tên trang") or code,
        layout=row.needed_text("Bố cục"),
        routes=row.codes("Tuyến"),
        periods=row.codes("Kỳ"),
        landscape=fold(row.text("Chiều giấy")) not in PORTRAIT,
        form=row.text("Biểu nguồn"),
        condition=row.formula("Điều kiện dòng"),
        sections=row.text("Mục La Mã"),
        section_order=row.codes("Thứ tự mục"),
        anchor=row.text("Vùng neo"),
        unit=row.text("Đơn vị tính"),
        notes=row.pairs_or_text("Ghi chú", "ghi_chu"),
        place=row.place("Mã biểu"),
        total_rows=row.codes("Dòng tổng"),
    )


def _column(row: Row, index: int, problems: Problems) -> ReportColumn:
    _check_word(row, "Cách lấy", row.text("Cách lấy"), TAKES, problems)
    total_formula = row.formula("Cộng")
    summed_by_formula = total_formula.startswith("=")
    order = row.whole_or_none("Thứ tự")
    width = row.number_or_none("Độ rộng")
    return ReportColumn(
        sheet=row.code("Mã biểu"),
        order=index if order is None else order,
        code=row.code("Mã cột"),
        label=row.needed_text("Tiêu đề"),
        take=row.needed_text("Cách lấy"),
        group=row.text("Nhóm tiêu đề"),
        form=row.text("Biểu nguồn"),
        field=row.text("Trường nguồn"),
        condition=row.formula("Điều kiện"),
        formula=row.formula("Công thức"),
        unit=row.text("Đơn vị tính"),
        total=summed_by_formula or row.flag("Cộng", False),
        width=12.0 if width is None else float(width),
        number_format=row.text("Định dạng số"),
        place=row.place("Mã cột"),
        total_formula=total_formula if summed_by_formula else "",
    )


def _check_word(row: Row, heading: str, word: str, known: tuple[str, ...], problems: Problems) -> None:
    if word and word not in known:
        problems.add(row.place(heading), "unknown_choice", word, expected=", ".join(known), known=known)
