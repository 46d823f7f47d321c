"""A slip in a unit's name is seen; another unit's name is not taken for one."""

from __future__ import annotations

import pytest

from thidua_xl.text import is_misspelling


@pytest.mark.parametrize(
    "typed", ["Trung tâm Truyền thông và Ưng dụng khoa hoc", "Trung tâm Truyên thông và Ứng dụgn khoa học"]
)
def test_letters_and_accents_wrong_in_one_or_two_words_are_a_misspelling(typed: str) -> None:
    assert is_misspelling(typed, "Trung tâm Truyền thông và Ứng dụng khoa học")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("UBND huyện Điện Biên", "UBND huyện Điện Biên Đông"),
        ("Phòng Quản lý Khoa học", "Phòng Quản lý Công nghệ"),
        ("Tổ 1", "Tổ 2"),
        ("Văn phòng Sở", "Văn phòng Sở"),
        ("a", "Văn phòng Sở"),
    ],
)
def test_another_name_is_no_misspelling(typed: str, name: str) -> None:
    assert not is_misspelling(typed, name)
