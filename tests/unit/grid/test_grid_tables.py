"""Tables are found by their headers wherever they stand; rows are sorted into entries, totals, signatures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from grid_layouts import LABELS, random_layout

from thidua_xl.grid import FoundTable, find_table
from thidua_xl.grid.headers import is_number_row
from thidua_xl.model import Cell, Sheet, Value

SIMPLE = {"stt": ["STT"], "ten": ["Họ và tên", "Họ tên"], "tien": ["Số tiền"], "ngay": ["Ngày nộp"]}


def sheet(text: str, merges: tuple[str, ...] = ()) -> Sheet:
    """A sheet from lines of cells parted by |; whole numbers become numbers."""
    cells: dict[tuple[int, int], Cell] = {}
    for row, line in enumerate(text.strip("\n").splitlines(), 1):
        for column, piece in enumerate(line.split("|"), 1):
            raw = piece.strip()
            value: Value = int(raw) if raw.isdigit() else raw.replace("\\n", "\n")
            if raw:
                cells[row, column] = Cell(row, column, value)
    return Sheet("Biểu 05", cells, merges=merges)


def find(text: str, merges: tuple[str, ...] = (), labels: dict[str, list[str]] | None = None) -> FoundTable:
    found = find_table(sheet(text, merges), labels or SIMPLE, serial="stt")
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(200))
def test_a_table_is_found_whole_in_any_layout(seed: int) -> None:
    layout = random_layout(seed)
    found = find_table(layout.sheet, LABELS, serial="stt")
    assert found is not None
    assert dict(found.columns) == layout.columns
    assert list(found.data_rows) == layout.data
    assert found.total_row == layout.total
    assert found.after_rows == ()


def test_a_row_of_codes_wins_over_headers() -> None:
    found = find(
        """
stt | ten   | tien   | ngay
STT | Số tiền | Họ tên | Ngày nộp
1   | An    | 5      | 01/02/2024
"""
    )
    assert (found.code_row, found.columns) == (1, {"stt": 1, "ten": 2, "tien": 3, "ngay": 4})
    assert found.data_rows == (3,)


def test_a_column_added_beside_the_codes_is_found_by_its_header() -> None:
    found = find("stt | ten | tien |\nSTT | Họ tên | Số tiền | Ngày nộp\n1 | An | 5 | 01/02/2024")
    assert found.columns["ngay"] == 4


def test_stacked_headers_tell_columns_of_one_name_apart() -> None:
    labels = {"a": ["Trong kỳ / Số hộ"], "b": ["Lũy kế / Số hộ"], "ten": ["Xã"]}
    found = find(
        """
Xã | Trong kỳ |        | Lũy kế |
   | Số hộ    | Ghi chú | Số hộ | Ghi chú
Nong U | 1 | | 2 |
""",
        ("A1:A2", "B1:C1", "D1:E1"),
        labels,
    )
    assert found.columns == {"ten": 1, "a": 2, "b": 4}
    assert found.headers[2] == "Trong kỳ / Số hộ"


def test_two_columns_of_one_name_are_told() -> None:
    found = find("STT | Họ tên | Số tiền | Số tiền\n1 | An | 5 | 6")
    assert found.duplicates == (("tien", (3, 4)),)


def test_two_names_of_one_field_are_told() -> None:
    found = find("STT | Họ và tên | Họ tên | Số tiền\n1 | An | Bình | 6")
    assert found.duplicates == (("ten", (2, 3)),)


def test_unknown_columns_are_told() -> None:
    found = find("STT | Họ tên | Thưởng | Số tiền\n1 | An | 3 | 6")
    assert [found.headers[column] for column in found.unknown] == ["Thưởng"]


def test_a_like_name_is_never_taken() -> None:
    found = find("STT | Họ tên | Số tiềm | Ngày nộp\n1 | An | 3 | 01/02/2024")
    assert "tien" not in found.columns


def test_nothing_is_found_without_headers() -> None:
    assert find_table(sheet("1 | An | 5\n2 | Bình | 6"), SIMPLE) is None


def test_old_letters_in_headers_are_read() -> None:
    found = find("STT | Hä vµ tªn | Sè tiÒn\n1 | An | 5")
    assert found.columns == {"stt": 1, "ten": 2, "tien": 3}


def test_lines_with_only_a_number_are_blank() -> None:
    assert find("STT | Họ tên | Số tiền\n1 | An | 5\n2 | |\n3 | |").data_rows == (2,)


def test_rows_below_the_total_are_kept_apart() -> None:
    found = find("STT | Họ tên | Số tiền\n1 | An | 5\n | Tổng cộng | 5\n2 | Bình | 7")
    assert (found.data_rows, found.total_row, found.after_rows) == ((2,), 3, (4,))


def test_a_total_above_its_rows_closes_nothing() -> None:
    found = find("STT | Họ tên | Số tiền\n | Tổng số | 12\n1 | An | 5\n2 | Bình | 7")
    assert (found.data_rows, found.total_row, found.after_rows) == ((3, 4), 2, ())


def test_sections_parts_and_their_sums_are_no_entries() -> None:
    found = find(
        """
STT | Họ tên | Số tiền
I   | Khối văn phòng | 12
1   | An     | 5
    | Trong đó: đảng viên | 3
    | Cộng   | 5
II  | Khối đơn vị | 7
1   | Bình   | 7
    | Tổng cộng | 12
"""
    )
    assert (found.data_rows, found.total_row) == ((3, 7), 8)
    assert (found.rows.sections, found.rows.parts, found.rows.subtotals) == ((2, 6), (4,), (5,))


def test_entries_may_be_numbered_in_roman() -> None:
    assert find("STT | Họ tên | Số tiền\nI | An | 5\nII | Bình | 7").data_rows == (2, 3)


def test_a_head_of_office_in_an_entry_is_no_signature() -> None:
    labels = {"stt": ["STT"], "ten": ["Họ tên"], "chuc_vu": ["Chức vụ"]}
    found = find("STT | Họ tên | Chức vụ\n1 | An | Trưởng phòng\n2 | | Giám đốc", labels=labels)
    assert found.data_rows == (2, 3)


@pytest.mark.parametrize(
    ("marks", "numbers"),
    [
        (["A", "B", 1, 2, "3=(1+2)"], True),
        (["(1)", "(2)", "(3)"], True),
        ([1, 2, 3], True),
        (["A", "B", "C", 1], True),
        ([-1, -2, -3], True),
        (["N(16,1)", "C(20)"], True),
        (["A", 1, 2, "4=3/2"], False),
        (["A", "B", 1, 3, 4], True),
        (["A", 1, 3, 7], False),
        ([1, 5_000_000], False),
        ([1, "An", 5], False),
        ([2023, 2024, 2025], False),
        ([1], False),
        ([], False),
    ],
)
def test_rows_that_only_number_the_columns_are_known(marks: list[Value], numbers: bool) -> None:
    assert is_number_row(dict(enumerate(marks, 1))) is numbers


def test_another_table_below_ends_the_first() -> None:
    found = find(
        """
STT | Họ tên | Số tiền
1   | An     | 5
    | BIỂU 06 - TUYÊN TRUYỀN |
STT | Loại   | Nội dung | Số lượng
1   | Hội nghị | Phổ biến | 3
"""
    )
    assert (found.data_rows, found.after_rows) == ((2,), ())
    again = find_table(
        sheet("STT | Họ tên | Số tiền\n1 | An | 5\nSTT | Loại | Nội dung\n1 | Hội nghị | Phổ biến"),
        {"stt": ["STT"], "loai": ["Loại"], "noi_dung": ["Nội dung"]},
        serial="stt",
    )
    assert again is not None
    assert (again.header_rows, again.data_rows) == ((3, 3), (4,))


def test_sections_are_known_in_a_table_without_running_numbers() -> None:
    found = find(
        """
Họ và tên | Số tiền | Ngày nộp
I         | Khối phòng |
An        | 5       | 01/02/2024
II        | Khối đơn vị |
Bình      | 7       | 02/02/2024
"""
    )
    assert (found.rows.sections, found.data_rows) == ((2, 4), (3, 5))


def test_headers_that_come_again_at_a_page_break_are_passed_over() -> None:
    found = find(
        """
STT | Họ tên | Số tiền | Ngày nộp
A   | B      | 1       | 2
1   | An     | 5       | 01/02/2024
2   | Bình   | 6       | 02/02/2024
STT | Họ tên | Số tiền | Ngày nộp
A   | B      | 1       | 2
3   | Chi    | 7       | 03/02/2024
    | Cộng   | 18      |
"""
    )
    assert (found.data_rows, found.total_row) == ((3, 4, 7), 8)


def test_sums_of_parts_are_known_by_their_numeral_and_people_are_none() -> None:
    found = find(
        """
STT | Họ tên       | Số tiền
I   | Khối phòng   |
1   | Tòng B       | 5
2   | Tong V       | 6
    | Cộng I       | 11
II  | Khối đơn vị  |
1   | Cộng Thị A   | 7
    | CỘNG (II)    | 7
    | Tổng I+II    | 18
"""
    )
    assert (found.data_rows, found.rows.subtotals, found.total_row) == ((3, 4, 7), (5, 8, 9), None)


@pytest.mark.parametrize(("number", "data"), [(2, (3, 5)), (1, (3, 5)), (3, (3, 4, 5))])
def test_a_title_without_a_numeral_is_told_by_the_numbers_around_it(number: int, data: tuple[int, ...]) -> None:
    # Before number 3 somebody was counted who has no number: that is no title.
    found = find(
        f"""
STT | Họ tên | Số tiền | Ngày nộp
    | Khối phòng | |
1   | An | 5 | 01/02/2024
    | Khối đơn vị | |
{number} | Chi | 7 | 03/02/2024
"""
    )
    assert found.data_rows == data


def test_a_title_in_a_table_without_numbers_leaves_the_first_column_blank() -> None:
    text = """
Họ tên | Số tiền | Ngày nộp | Ghi chú
       | Khối phòng | |
An     | 5 | 01/02/2024 |
I. Khối đơn vị | | |
Chi    | 7 | 03/02/2024 | x
Dung   |   |            |
"""
    labels = {"ten": ["Họ tên"], "tien": ["Số tiền"], "ngay": ["Ngày nộp"]}
    found = find_table(sheet(text), labels)
    assert found is not None
    assert found.data_rows == (2, 3, 4, 5, 6)  # one entry has but a name: nothing is surely a title
    found = find_table(sheet(text.rpartition("\nDung")[0]), labels)
    assert found is not None
    assert found.data_rows == (3, 5)


def test_the_total_of_a_table_beside_is_not_of_the_entry_in_its_row() -> None:
    found = find(
        """
Nội dung | Số lượng |  | STT | Họ tên | Số tiền
Phổ biến | 3        |  | 1   | An     | 5
Cộng     | 3        |  | 2   | Bình   | 6
         |          |  |     | Cộng   | 11
(*) Số liệu tự kê khai
"""
    )
    assert (found.data_rows, found.total_row) == ((2, 3), 4)


@pytest.mark.parametrize(("formula", "data", "signature"), [("", (2,), 5), ("B9*2", (2, 4, 5, 7), None)])
def test_zeros_of_uncalculated_words_in_a_signature_are_no_entries(
    formula: str, data: tuple[int, ...], signature: int | None
) -> None:
    plain = sheet(
        "STT | Họ tên | Số tiền | Ngày nộp\n1 | An | 5 | 01/02/2024\n\n | | 0 |\nNgười lập | | 0 |\n\n0 | | 0 |"
    )
    zeros = {place: replace(one, formula=formula) for place, one in plain.cells.items() if one.value == 0}
    found = find_table(replace(plain, cells={**plain.cells, **zeros}), SIMPLE, serial="stt")
    assert found is not None
    assert (found.data_rows, found.rows.signature) == (data, signature)


def test_an_entry_whose_amount_an_untold_formula_makes_zero_stays_one() -> None:
    plain = sheet("STT | Họ tên | Số tiền | Ngày nộp\n1 | An | 5 | 01/02/2024\n2 | Bình | 0 |\n | Người dân | 0 |")
    zeros = {place: replace(one, formula="") for place, one in plain.cells.items() if one.value == 0}
    found = find_table(replace(plain, cells={**plain.cells, **zeros}), SIMPLE, serial="stt")
    assert found is not None
    assert found.data_rows == (2, 3, 4)
