"""Lists of several reports put one below the other, in sections, each entry with its report and its cell."""

from __future__ import annotations

from dataclasses import replace

from thidua_xl.jobs.fold_lists import goes_up_as_list, listed_rows
from thidua_xl.model import Book, Cell, ReportColumn, ReportSheet, Sheet, Source, Value

SHEET = ReportSheet(
    "BC1",
    "",
    "BC1",
    "DANH_SACH",
    sections="hinh_thuc",
    total_rows=("CONG", "TONG"),
    columns=(
        ReportColumn("BC1", 1, "stt", "STT", "STT"),
        ReportColumn("BC1", 2, "ten", "Tên", "LAY"),
        ReportColumn("BC1", 3, "dv", "Đơn vị", "DON_VI"),
    ),
)


def report(file: str, *lines: tuple[Value, ...]) -> Book:
    """Codes in row 2, the list from row 4 on, below it the total row that the names point at."""
    rows: list[tuple[Value, ...]] = [(), ("stt", "ten", "dv"), ("STT", "Tên", "Đơn vị"), *lines, (None, "Tổng cộng: …")]
    cells = {
        (row, column): Cell(row, column, value)
        for row, line in enumerate(rows, 1)
        for column, value in enumerate(line, 1)
        if value is not None
    }
    names = {
        "BC1_MA_COT": "BC1!$A$2:$C$2",
        "BC1_NHOM": "BC1!$A$4:$C$4",
        "BC1_TONG": f"BC1!$A${len(rows)}:$C${len(rows)}",
    }
    return Book(file, (Sheet("BC1", cells),), names)


NORTH = report(
    "bac.xlsx",
    ("I", "Bằng khen"),
    ("A", "Tập thể"),
    (1, "Phòng A", "Sở Y"),
    ("B", "Cá nhân"),
    (1, "Lò Văn Một", "Sở Y"),
    ("C", "Khác"),
    (1, "Hộ ông Hai", "Sở Y"),
    (None, "Cộng I"),
    ("II", "Giấy khen"),
    (1, "Tòng Thị Ba", "Sở X"),
    (None, "Cộng II"),
)
SOUTH = report(
    "nam.xlsx", ("I", "Huân chương"), (1, "Phòng D", "Sở Y"), ("II", "Bằng khen"), ("A", "Cá nhân"), (1, "Hà Năm")
)


def test_every_entry_goes_up_in_its_section_with_the_name_of_its_report() -> None:
    rows = listed_rows(SHEET, (NORTH, SOUTH), lambda book: book.file.removesuffix(".xlsx"))
    shown = [(row.kind, *(figure.value for figure in row.figures)) for row in rows]
    assert shown == [
        ("SECTION", "I", "Bằng khen"),
        ("SUBSECTION", "A", "Tập thể"),
        ("DETAIL", 1, "Phòng A", "Sở Y - bac"),
        ("SUBSECTION", "B", "Cá nhân"),
        ("DETAIL", 1, "Lò Văn Một", "Sở Y - bac"),
        ("DETAIL", 2, "Hà Năm", "nam"),
        ("SUBSECTION", "C", "Khác"),
        ("DETAIL", 1, "Hộ ông Hai", "Sở Y - bac"),
        ("SUBTOTAL",),
        ("SECTION", "II", "Giấy khen"),
        ("DETAIL", 1, "Tòng Thị Ba", "Sở X - bac"),
        ("SUBTOTAL",),
        ("SECTION", "III", "Huân chương"),
        ("DETAIL", 1, "Phòng D", "Sở Y - nam"),
        ("SUBTOTAL",),
        ("TOTAL",),
    ]
    assert rows[-1].words["so_dong"] == "6"


def test_an_entry_knows_the_cell_of_the_report_it_came_from() -> None:
    rows = listed_rows(SHEET, (NORTH,), lambda book: "Tỉnh Bắc")
    figure = rows[2].figure("ten")
    assert figure is not None
    assert figure.sources == (Source("bac.xlsx", "BC1", "B6", "Phòng A"),)


def test_a_list_with_sums_goes_up_entry_by_entry_only_when_the_book_says_so() -> None:
    summed = replace(SHEET, columns=(*SHEET.columns, ReportColumn("BC1", 4, "tien", "Tiền", "LAY", total=True)))
    marked = replace(summed, notes={"gop": "danh_sach"})
    told = [goes_up_as_list(one) for one in (SHEET, summed, marked, replace(marked, layout="DON_VI"))]
    assert told == [True, False, True, False]


def test_without_a_column_for_the_unit_the_report_stands_in_a_free_one() -> None:
    columns = (*SHEET.columns[:2], ReportColumn("BC1", 3, "dv", "Ghi chú", "TRONG"))
    figure = listed_rows(replace(SHEET, columns=columns), (SOUTH,), lambda book: "Tỉnh Nam")[1].figure("dv")
    assert figure is not None
    assert figure.value == "Sở Y - Tỉnh Nam"


def test_reports_without_entries_leave_one_blank_row() -> None:
    rows = listed_rows(SHEET, (report("bac.xlsx", (None, None)),), lambda book: book.file)
    assert [row.kind for row in rows] == ["DETAIL", "TOTAL"]
    assert rows[0].figures == ()
