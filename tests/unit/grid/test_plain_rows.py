"""Rows that are surely entries are sorted in quickly, exactly as the full look would sort them."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.grid.rowkinds import _Sorter, sort_rows
from thidua_xl.grid.tables import TOTAL_LABELS
from thidua_xl.model import Value

WORDS = (
    "Tổng cộng",
    "TỔNG CỘNG:",
    "Cộng",
    "Tæng céng",
    "Toång coäng",
    "Trong đó:",
    "Chia ra",
    "Gồm",
    "t.đó",
    "Tòng Văn A",
)
TEXTS = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(("Chuyên viên", "Lò Thị B", "Tiền mặt", "(Ký, họ tên)", "Ghi chú: x", "Người lập", "", "  ", "A")),
    st.text(st.sampled_from("tToôồóộnrgcC .*(é\u0323\u0302"), max_size=6),
)
CELLS = st.one_of(st.none(), st.integers(0, 30), TEXTS)
ROWS = st.lists(st.dictionaries(st.integers(1, 9), CELLS, max_size=9), max_size=8)


@given(ROWS, st.lists(st.integers(1, 40), min_size=8, max_size=8), st.booleans())
def test_a_quick_look_sorts_rows_like_a_full_one(found: list[dict[int, Value]], serials: list[int], own: bool) -> None:
    rows: dict[int, dict[int, Value]] = {}
    for at, values in enumerate(found):
        rows[5 + at] = {**({1: serials[at]} if own else {}), **values}
    columns = {"stt": 1, **{f"c{number}": number for number in range(2, 8)}}
    quickly = sort_rows(rows, 5, columns, TOTAL_LABELS, "stt", {})
    with patch.object(_Sorter, "take_plain", return_value=False):
        assert sort_rows(rows, 5, columns, TOTAL_LABELS, "stt", {}) == quickly


@given(ROWS, st.sampled_from(("Năm", "Tên", "Tổng cộng", 2024)))
def test_so_it_does_in_a_table_without_running_numbers(found: list[dict[int, Value]], heading: Value) -> None:
    header: dict[int, Value] = {1: heading, 2: "Tiền mặt", 3: 2024}
    rows: dict[int, dict[int, Value]] = {4: header, **{5 + at: values for at, values in enumerate(found)}}
    rows[5 + len(found) // 2] = dict(header)  # the headers stand once more, at a page break
    rows[len(found) + 6] = {1: "Lò Thị B", 2: 5, 3: 6, 4: 7}
    columns = {f"c{number}": number for number in range(1, 8)}
    quickly = sort_rows(rows, 5, columns, TOTAL_LABELS, None, {}, (4, 4))
    with patch.object(_Sorter, "take_plain", return_value=False):
        assert sort_rows(rows, 5, columns, TOTAL_LABELS, None, {}, (4, 4)) == quickly
