"""Sheets, columns, rows, totals, boxes and merges as they come in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from intake_books import COLUMNS, CRITERIA, FUND, HEADERS, book, fund, general, sheet

from thidua_xl.intake import read_submission
from thidua_xl.model import Book, CellError, FormKind, HeaderAlias, Invalid, Records, Required, Sheet, Submission, Value


def read(*sheets: Sheet, **more: object) -> Submission:
    return read_submission(book(general(), *sheets, **more), CRITERIA)


def told(found: Submission, kind: str) -> list[str]:
    """Messages of one kind."""
    return [one.message for one in found.findings if one.code == kind.upper()]


def records(*sheets: Sheet) -> Records:
    return read(*sheets).records["S05"]


def test_entries_know_their_cells() -> None:
    found = records(fund({"ten": "An"}, {"ten": "Bình"}, above=[["BIỂU 05"], []]))
    assert found.rows == (4, 5)
    assert found.letters["so_tien"] == "E"
    assert found.cell("so_tien", 1) == "E5"
    assert found.header_row == 3


def test_a_form_that_is_not_there_is_told() -> None:
    assert told(read(), "thieu_bieu") == ["…|…|…|Biểu 05 - Ủng hộ Quỹ|…|…|…|…|…|…|…|…|…|…|…"]


@pytest.mark.parametrize("name", ["biểu 05", "BIEU 05", " Biểu  05", "S05", "Biểu 05 - Ủng hộ Quỹ"])
def test_a_sheet_is_found_by_its_name_however_written(name: str) -> None:
    assert len(records(fund({}, name=name))) == 1


def test_a_sheet_is_found_by_its_title() -> None:
    assert len(records(fund({}, above=[["BIỂU 05 - ỦNG HỘ QUỸ"]], name="Sheet3"))) == 1


def test_a_sheet_is_found_by_its_headers() -> None:
    assert len(records(fund({}, name="Sheet3"))) == 1


def test_a_sheet_is_found_by_its_defined_name_after_renaming() -> None:
    found = read(
        fund({"ten": "An"}, name="Quỹ"), sheet("Biểu 05", [["ghi chép riêng"]]), names={"TD_S05": "'Quỹ'!$A$2:$J$9"}
    )
    assert found.records["S05"].sheet == "Quỹ"


def test_position_never_decides() -> None:
    decoy = sheet("Nháp", [["STT", "Họ tên"], [1, "777"]])
    assert read_submission(book(decoy, fund({}), general()), CRITERIA).records["S05"].sheet == "Biểu 05"


def test_a_hidden_sheet_is_told_and_never_taken() -> None:
    found = read(fund({"so_tien": 777}, visible=False), fund({"so_tien": 5000}, name="Biểu 05 - Ủng hộ Quỹ"))
    assert found.records["S05"].columns["so_tien"] == (Decimal(5000),)
    assert told(found, "an_co_du_lieu")[0].startswith("Biểu 05|")


def test_a_form_only_on_a_hidden_sheet_is_missing() -> None:
    found = read(fund({"so_tien": 777}, visible=False))
    assert "S05" not in found.records
    assert told(found, "thieu_bieu") and told(found, "an_co_du_lieu")


@pytest.mark.parametrize("name", ["Biểu 05 (2)", "Copy of Biểu 05", "Bản sao của Biểu 05"])
def test_a_copy_of_a_sheet_is_told(name: str) -> None:
    found = read(fund({"so_tien": 5000}), fund({"so_tien": 777}, name=name))
    assert found.records["S05"].columns["so_tien"] == (Decimal(5000),)
    assert told(found, "trung_bieu")[0].split("|")[12:14] == ["Biểu 05", name]


def test_a_draft_that_carries_the_title_of_a_form_is_told() -> None:
    (form,) = (one for one in CRITERIA.forms if one.code == "S05")
    draft = fund({"so_tien": 777}, name="Bản nháp", above=[[form.title.upper()], []])
    found = read(fund({"so_tien": 5000}), draft)
    assert found.records["S05"].columns["so_tien"] == (Decimal(5000),)
    assert told(found, "trung_bieu")[0].split("|")[12:14] == ["Biểu 05", "Bản nháp"]


def test_a_list_of_the_offices_own_is_no_copy() -> None:
    own = fund({"so_tien": 777}, name="Theo dõi", above=[["Ghi chép của văn thư"], []])
    assert not told(read(fund({"so_tien": 5000}), own), "trung_bieu")


def test_two_sheets_that_fit_alike_are_a_question() -> None:
    found = read(fund({"so_tien": 5000}, name="A"), fund({"so_tien": 777}, name="B"))
    assert "S05" not in found.records
    assert told(found, "trung_bieu")


def test_columns_may_be_moved_renamed_and_added() -> None:
    moved = sheet("Biểu 05", [["Số tiền", "Họ và tên", "Ghi thêm", "STT"], [5000, "An", "x", 1]])
    found = read(moved)
    assert found.records["S05"].columns["ten"] == ("An",)
    assert found.records["S05"].letters["so_tien"] == "A"
    assert told(found, "cot_la")[0].split("|")[4] == "…" or "Ghi thêm" in told(found, "cot_la")[0]


def test_a_required_column_that_is_missing_is_told_and_others_are_not() -> None:
    found = read(sheet("Biểu 05", [["STT", "Họ tên", "Loại"], [1, "An", "TT"]]))
    assert [one.split("|")[4] for one in told(found, "thieu_cot")] == ["Số tiền"]


def test_a_column_needed_under_a_condition_is_missed_when_there_are_entries() -> None:
    asked = replace(
        FUND,
        fields=tuple(replace(one, required=Required.CONDITIONAL) if one.code == "ma" else one for one in FUND.fields),
    )
    other = replace(CRITERIA, forms=(CRITERIA.forms[0], asked))
    headers = [one for one in HEADERS if one != "Mã"]
    table: list[list[Value]] = [headers, [1, "Xã Pu Nhi", "An", 5000]]
    found = read_submission(book(general(), sheet("Biểu 05", table)), other)
    assert [one.split("|")[4] for one in told(found, "thieu_cot")] == ["Mã"]
    found = read_submission(book(general(), sheet("Biểu 05", table[:1])), other)
    assert told(found, "thieu_cot") == []


def test_any_column_taken_out_of_the_books_own_form_is_missed() -> None:
    made = replace(CRITERIA, sha256="0123")
    facts = sheet("_thidua", [["schema", "1"], ["period", "2024-6T"], ["criteria_sha256", "0123"]])
    table = sheet("Biểu 05", [["Họ tên", "Số tiền"], ["An", 5000]])
    found = read_submission(book(general(), table, facts), made)
    missed = [one.split("|")[4] for one in told(found, "thieu_cot")]
    assert missed == ["Xã", "Mã", "Số hộ", "Tỷ lệ (%)", "Ngày nộp", "Ưu tiên", "Loại"]
    found = read_submission(book(general(), table, facts), replace(made, sha256="4567"))
    assert told(found, "thieu_cot") == []


def test_a_heading_written_over_a_hidden_code_is_told_and_the_code_holds() -> None:
    headers = ["Số lợn" if one == "Số hộ" else one for one in HEADERS]
    found = read(fund({"so_ho": 3}, above=[list(COLUMNS)], headers=headers))
    assert found.records["S05"].columns["so_ho"] == (3,)
    assert [one.split("|")[:5:2] for one in told(found, "tieu_de_khac")] == [["F2", "Số lợn", "Số hộ"]]
    assert told(read(fund({}, above=[list(COLUMNS)])), "tieu_de_khac") == []


def test_an_entry_merged_into_a_blank_row_is_told() -> None:
    found = read(fund({"loai": "TT"}, merges=("J2:J3",)))
    assert [one.split("|")[0] for one in told(found, "gop_o")] == ["J2"]
    assert told(read(fund({"loai": "TT"}, merges=("J5:J6",))), "gop_o") == []


def test_a_serial_number_that_cannot_be_read_is_told_once() -> None:
    found = read(fund({}, {"stt": CellError("#REF!")}))
    assert (len(told(found, "o_loi")), told(found, "stt_lien_tuc")) == (1, [])


def test_a_total_is_not_told_for_the_size_of_its_entries() -> None:
    below: list[list[Value]] = [[None, None, "Tổng cộng", None, 500, Decimal("3.5")]]
    found = read(fund({"so_tien": 500, "so_ho": Decimal("3.5")}, below=below))
    assert [one.split("|")[0] for one in told(found, "sai_bac_tien") + told(found, "phai_nguyen")] == ["E2", "F2"]
    assert found.records["S05"].totals == {"so_tien": Decimal(500), "so_ho": Decimal("3.5")}


def test_a_list_of_the_forms_is_none_of_them() -> None:
    other = replace(FUND, code="S06", title="Biểu 06 - Tuyên truyền", sheet="Biểu 06", order=6)
    third = replace(FUND, code="S07", title="Biểu 07 - Sáng kiến", sheet="Biểu 07", order=7)
    criteria = replace(CRITERIA, forms=(*CRITERIA.forms, other, third))
    listing = sheet("Tự soát", [["Biểu 05 - Ủng hộ Quỹ", 0], ["Biểu 06 - Tuyên truyền", 0], ["Biểu 07 - Sáng kiến", 0]])
    sheets = (general(), fund({}), fund({}, name="Biểu 06"), listing)
    found = read_submission(book(*sheets), criteria)
    assert set(found.records) == {"S00", "S05", "S06"}
    assert len(told(found, "thieu_bieu")) == 1


def test_two_columns_of_one_field_are_told_and_contradictions_are_no_value() -> None:
    rows: list[list[Value]] = [
        ["STT", "Họ tên", "Số tiền", "Số tiền"],
        [1, "A", 5000, None],
        [2, "B", None, 6000],
        [3, "C", 7000, 8000],
        [4, "D", 9000, 9000],
    ]
    found = read(sheet("Biểu 05", rows))
    assert found.records["S05"].columns["so_tien"] == (Decimal(5000), Decimal(6000), Invalid("7000"), Decimal(9000))
    assert told(found, "trung_cot")[0].split("|")[12:14] == ["C1", "D1"]


def test_aliases_of_the_book_name_columns() -> None:
    other = replace(CRITERIA, header_aliases=(HeaderAlias("Số tiền", ("Tiền mặt", "Số đóng góp")),))
    rows: list[list[Value]] = [["STT", "Họ tên", "Số đóng góp"], [1, "A", 5000]]
    found = read_submission(book(general(), sheet("Biểu 05", rows)), other)
    assert found.records["S05"].columns["so_tien"] == (Decimal(5000),)


def test_the_total_row_is_kept_apart_and_rows_below_it_are_told() -> None:
    below: list[list[Value]] = [[None, None, "Tổng cộng", None, 5000], [2, None, "Bình", None, 777]]
    found = read(fund({"so_tien": 5000}, below=below))
    assert found.records["S05"].columns["so_tien"] == (Decimal(5000),)
    assert (found.records["S05"].total_row, found.records["S05"].totals) == (3, {"so_tien": Decimal(5000)})
    assert told(found, "duoi_dong_tong")[0].startswith("A4|4|")


@pytest.mark.parametrize(
    ("numbers", "cell"),
    [([1, 2, 3], None), ([1, 3, 4], "A3"), ([None, None, None], "A2"), ([1, 2, 1], None), (["1.", "2", 3], None)],
)
def test_serial_numbers_are_told_at_the_first_break(numbers: list[Value], cell: str | None) -> None:
    messages = told(read(fund(*({"stt": one} for one in numbers))), "stt_lien_tuc")
    assert [one.split("|")[0] for one in messages] == ([cell] if cell else [])


def test_hidden_rows_and_columns_with_data_are_told_and_taken() -> None:
    found = read(fund({}, {}, hidden_rows=frozenset({3}), hidden_columns=frozenset({3})))
    assert len(found.records["S05"]) == 2
    assert sorted(one.split("|")[0] for one in told(found, "an_co_du_lieu")) == ["3:3", "C:C"]


def test_merged_cells_give_their_number_once_and_their_words_to_every_row() -> None:
    found = read(
        fund({"ma_xa": "Xã Pu Nhi", "so_tien": 5000}, {"ma_xa": None, "so_tien": 777}, merges=("B2:B3", "E2:E3"))
    )
    columns = found.records["S05"].columns
    assert columns["so_tien"] == (Decimal(5000), None)
    assert columns["ma_xa"] == ("PU_NHI", "PU_NHI")
    assert len(told(found, "gop_o")) == 2


@pytest.mark.parametrize("line", ["ĐVT: triệu đồng", "Đơn vị tính: Triệu VNĐ".replace("VNĐ", "VND"), "(ĐVT: trđ)"])
def test_another_unit_of_money_is_converted_exactly_and_told(line: str) -> None:
    found = read(fund({"so_tien": Decimal("12.5")}, above=[[None, None, line]]))
    assert found.records["S05"].columns["so_tien"] == (Decimal(12_500_000),)
    assert len(told(found, "sai_dvt")) == 1


def test_the_unit_of_a_column_wins_over_that_of_the_sheet() -> None:
    headers = [f"{one} (nghìn đồng)" if one == "Số tiền" else one for one in HEADERS]
    found = read(fund({"so_tien": 12}, above=[["ĐVT: triệu đồng"]], headers=headers))
    assert found.records["S05"].columns["so_tien"] == (Decimal(12_000),)


def test_amounts_in_dong_under_a_header_in_millions_are_told() -> None:
    found = read(fund({"so_tien": 64_379_000_000}, above=[["ĐVT: triệu đồng"]]))
    assert told(found, "sai_bac_tien")


@pytest.mark.parametrize(
    "above",
    [
        [["x", "Không phát sinh"]],
        [["Không phát sinh:", "X"]],
        [["Không phát sinh", None, "x"]],
        [["☑ Không phát sinh"]],
        [["[x] Không phát sinh trong kỳ"]],
        [["Không phát sinh: x"]],
    ],
)
def test_the_box_nothing_to_report_is_seen(above: list[list[Value]]) -> None:
    assert records(fund(above=above)).nothing_to_report


@pytest.mark.parametrize(
    "above", [[[None, "Không phát sinh"]], [["☐ Không phát sinh"]], [["[ ] Không phát sinh"]], [["Ghi x nếu có"]]]
)
def test_an_empty_box_is_not_ticked(above: list[list[Value]]) -> None:
    assert not records(fund(above=above)).nothing_to_report


def test_the_box_is_found_by_its_name() -> None:
    found = read(fund(above=[["x"]]), names={"TD_S05_KPS": "'Biểu 05'!$A$1"}).records["S05"]
    assert (found.nothing_to_report, found.nothing_cell) == (True, "A1")


def test_a_tick_over_rows_with_data_is_told_and_the_rows_count() -> None:
    found = read(fund({}, above=[["x", "Không phát sinh"]]))
    assert (len(found.records["S05"]), found.records["S05"].nothing_to_report) == (1, False)
    assert told(found, "tich_la")


def test_a_tick_over_printed_rows_holds() -> None:
    printed = replace(FUND, layout={"khoa": "ma_xa,ten"})
    other = replace(CRITERIA, forms=(CRITERIA.forms[0], printed))
    found = read_submission(book(general(), fund({"so_tien": None}, above=[["x", "Không phát sinh"]])), other)
    assert (len(found.records["S05"]), found.records["S05"].nothing_to_report) == (0, True)


def test_what_the_unit_explains_goes_with_its_row_and_its_findings() -> None:
    rows: list[list[Value]] = [[*HEADERS, "Giải trình"], [1, None, "An", None, "1.500.000", *[None] * 5, "gõ tay"]]
    found = read(sheet("Biểu 05", rows))
    assert found.records["S05"].explanations == {"2": "gõ tay"}
    assert [one.explanation for one in found.findings if one.code == "SO_DANG_CHU"] == ["gõ tay"]


def test_blank_lines_of_the_form_are_no_entries() -> None:
    found = records(fund({}, {"ten": None, "so_tien": None}, {"ten": " ", "so_tien": None}))
    assert found.rows == (2,)


def coded(rows: list[list[Value]]) -> Submission:
    form = replace(
        FUND,
        code="A34",
        title="A34",
        sheet="A34",
        kind=FormKind.CODED,
        layout={"danh_muc_dong": "DM_MA", "o_khoa": "Không"},
        fields=(
            replace(FUND.fields[3], form="A34", code="ma_dong", label="Mã dòng"),
            replace(FUND.fields[5], form="A34", code="c_1", label="Cột 1", aliases=("C-1",), kind=FUND.fields[4].kind),
            replace(FUND.fields[5], form="A34", code="c_2", label="Cột 2", aliases=("C-2",), kind=FUND.fields[4].kind),
        ),
    )
    other = replace(CRITERIA, forms=(CRITERIA.forms[0], form))
    return read_submission(book(general(), sheet("A34", rows)), other)


def test_a_coded_matrix_gives_an_entry_per_row_code() -> None:
    found = coded(
        [
            ["C20:D22"],
            [None, None, "C-1", "C-2"],
            [None, "Ngành", "Ngắn hạn", "Dài hạn"],
            ["0101", "Nông nghiệp", "13513,03", 5000],
            ["0201", "Khai khoáng", "00,00", "Không"],
        ]
    )
    columns = found.records["A34"].columns
    assert columns["ma_dong"] == ("0101", "0201")
    assert columns["c_1"] == (Decimal("13513.03"), Decimal(0))
    assert columns["c_2"] == (Decimal(5000), None)
    assert found.records["A34"].cell("c_2", 0) == "D4"


def test_codes_that_the_book_does_not_know_are_told() -> None:
    found = coded([[None, "C-1", "C-9"], ["0101", 5000, 1], ["R-999", 6000, 2]])
    assert len(found.records["A34"]) == 1
    assert told(found, "cot_la")[0].startswith("C1|1|C-9")
    assert told(found, "danh_muc")[0].startswith("A3|3|R-999")


def test_a_workbook_of_nothing_is_a_submission_without_records() -> None:
    found = read_submission(Book("trong.xlsx", ()), CRITERIA)
    assert (found.records, found.unit, found.period) == ({}, "", "")
