"""What was understood of a units' file, corrected by staff, is obeyed for files of that shape."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from intake_books import CRITERIA, book, fund, general, sheet

from thidua_xl.intake import read_submission, understand
from thidua_xl.jobs.map_unit import with_names
from thidua_xl.model import Book, Criteria, Sheet
from thidua_xl.model.learned import Learned, LearnedCell, LearnedColumn, LearnedName, LearnedTable
from thidua_xl.model.mapping import Certainty
from thidua_xl.model.understood import ASIDE

HEADERS = ["Số thứ tự dòng", "Ai ủng hộ", "Ủng hộ bao nhiêu", "Điện thoại"]
TABLE = LearnedTable(
    "S05",
    "Quyên góp",
    2,
    2,
    (
        LearnedColumn(1, HEADERS[0], ""),
        LearnedColumn(2, HEADERS[1], "ten"),
        LearnedColumn(3, HEADERS[2], "so_tien"),
        LearnedColumn(4, HEADERS[3], ""),
    ),
)


def odd(name: str = "Quyên góp", headers: list[str] | None = None, blank: int = 0) -> Sheet:
    lines: list[list[object]] = [[] for _ in range(blank)]
    lines += [["DANH SÁCH"], headers or HEADERS, [1, "Lò Văn A", 5000, "0912"], [2, "Lò Thị B", 7000, "0913"]]
    return sheet(name, lines)  # type: ignore[arg-type]  # texts and numbers


def learned(*tables: LearnedTable) -> Criteria:
    return replace(CRITERIA, learned=(Learned("m.xlsx", tables, sha256="1"),))


def amounts(given: Book, criteria: Criteria) -> tuple[object, ...] | None:
    records = read_submission(given, criteria).records.get("S05")
    return records.columns.get("so_tien") if records is not None else None


def test_a_table_that_nobody_knows_is_all_questions_and_not_read() -> None:
    given = book(general(), odd())
    (table,) = [one for one in understand(given, CRITERIA).tables if one.sheet == "Quyên góp"]
    assert [one.header for one in table.places] == HEADERS
    assert all(one.field == "" and one.certainty is not Certainty.SURE for one in table.places)
    assert [one.samples[0] for one in table.places] == ["1", "Lò Văn A", "5000", "0912"]
    assert amounts(given, CRITERIA) is None


@pytest.mark.parametrize(
    "other",
    [
        odd(),
        odd("Sheet3"),
        odd(blank=4),
        odd(headers=[HEADERS[0], HEADERS[1].upper(), HEADERS[2] + " ", HEADERS[3]]),
    ],
    ids=["as it was", "another sheet name", "further down", "written otherwise"],
)
def test_what_staff_said_holds_for_files_of_that_shape(other: Sheet) -> None:
    given = book(general(), other)
    assert amounts(given, learned(TABLE)) == (Decimal(5000), Decimal(7000))
    assert not [one for one in read_submission(given, learned(TABLE)).findings if one.code in ("COT_LA", "THIEU_BIEU")]


def test_a_moved_column_is_known_by_its_header() -> None:
    moved = sheet("Quyên góp", [[], HEADERS[::-1], ["0912", 5000, "Lò Văn A", 1]])
    assert amounts(book(general(), moved), learned(TABLE)) == (Decimal(5000),)


def test_a_file_of_another_shape_is_read_by_its_own_headers() -> None:
    given = book(general(), fund({"so_tien": 9000}))
    assert amounts(given, learned(TABLE)) == amounts(given, CRITERIA) == (Decimal(9000),)


def test_two_columns_of_one_header_are_told_apart_by_their_place() -> None:
    twin = ["STT", "Số tiền", "Họ tên", "Số tiền"]
    second = LearnedTable(
        "S05",
        "Biểu 05",
        1,
        1,
        (LearnedColumn(3, "Họ tên", "ten"), LearnedColumn(4, "Số tiền", "so_tien"), LearnedColumn(2, "Số tiền", "")),
    )
    given = book(general(), sheet("Biểu 05", [twin, [1, 10, "Lò Văn A", 20]]))
    (table,) = [one for one in understand(given, CRITERIA).tables if one.form == "S05"]
    assert [one.field for one in table.places] == ["S05.stt", "", "S05.ten", ""]
    assert amounts(given, learned(second)) == (Decimal(20),)
    (table,) = [one for one in understand(given, learned(second)).tables if one.form == "S05"]
    assert [one.field for one in table.places] == ["", ASIDE, "S05.ten", "S05.so_tien"]


def test_a_labelled_cell_may_be_said_too() -> None:
    given = book(sheet("Trang 1", [["Phòng nào", "VPS"], ["Năm", 2024], ["Kỳ", "6 tháng"], ["Lần nộp", 1]]))
    cells = (LearnedCell("S00", "ma_don_vi", "Trang 1", (1, 1), "Phòng nào", (1, 2)),)
    said = replace(CRITERIA, learned=(Learned("m.xlsx", (), cells, sha256="2"),))
    assert (read_submission(given, CRITERIA).unit, read_submission(given, said).unit) == ("", "VPS")


def test_a_name_that_was_answered_is_understood_from_then_on() -> None:
    given = book(general({"Tên đơn vị": "Phòng hành chính quản trị", "Năm": 2024, "Kỳ": "6 tháng"}), fund({}))
    (asked,) = understand(given, CRITERIA).names
    assert (asked.choices, asked.text) == ("DON_VI", "Phòng hành chính quản trị")
    said = with_names(CRITERIA, [LearnedName("DON_VI", asked.text, "VPS")])
    assert read_submission(given, said).unit == "VPS"
    assert understand(given, said).names == ()
