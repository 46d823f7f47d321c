"""Names match only beyond doubt; likeness only suggests."""

from __future__ import annotations

import pytest

from thidua_xl.text import ALIAS, NameMatch, Names, match_name, nearest

UNITS = {
    "VPS": ["Văn phòng Sở", "VP", "Văn phòng", "VP Sở"],
    "KHTC": ["Phòng Kế hoạch - Tài chính", "KHTC", "P. KH-TC"],
    "TTUD": ["Trung tâm Thông tin và Ứng dụng tiến bộ KH&CN", "TTTT&ƯD", "Trung tâm Thông tin và Ứng dụng"],
    "DB": ["UBND huyện Điện Biên"],
    "DBD": ["UBND huyện Điện Biên Đông", "UBND huyện ĐBĐ"],
}
COMMUNES = {
    "NHE": ["Xã Mường Nhé"],
    "NHA": ["Xã Mường Nhà"],
    "PN": ["Xã Pu Nhi", "Pu Nhi", "Pú Nhi"],
    "HUE_XA": ["Xã Thuận Hòa"],
    "HUE_P": ["Phường Thuận Hòa"],
}


@pytest.mark.parametrize(
    ("typed", "code", "how"),
    [
        ("VPS", "VPS", "exact"),
        ("vps", "VPS", "exact"),
        ("Văn phòng Sở", "VPS", "exact"),
        ("VĂN PHÒNG SỞ", "VPS", "exact"),
        ("Văn  phòng\u00a0Sở ", "VPS", "exact"),
        ("Va\u0306n phòng Sở", "VPS", "exact"),
        ("van phong so", "VPS", "alias"),
        ("VP Sở", "VPS", "alias"),
        ("Phòng Kế hoạch – Tài chính", "KHTC", "alias"),
        ("Phòng Kế hoạch-Tài chính", "KHTC", "alias"),
        ("P.KH-TC", "KHTC", "alias"),
        ("phong ke hoach tai chinh", "KHTC", "alias"),
        ("UBND H. Điện Biên", "DB", "alias"),
        ("Uỷ ban nhân dân huyện Điện Biên", "DB", "alias"),
        ("Ủy ban nhân dân huyện Điện Biên Đông", "DBD", "alias"),
        ("TT Thông tin và Ứng dụng tiến bộ Khoa học và Công nghệ", "TTUD", "alias"),
    ],
)
def test_a_name_written_otherwise_is_understood(typed: str, code: str, how: str) -> None:
    found = match_name(typed, UNITS)
    assert (found.code, found.how) == (code, how)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("Mường Nhé", "NHE"), ("xã mường nhà", "NHA"), ("X. Pu Nhi", "PN"), ("xã Pú Nhi", "PN"), ("muong nhe", "NHE")],
)
def test_communes_match_with_or_without_their_rank(typed: str, code: str) -> None:
    assert match_name(typed, COMMUNES).code == code


@pytest.mark.parametrize(
    "typed", ["Mường Nhẻ", "Mường Nhả", "huyện Pu Nhi", "Thuận Hòa", "Pu Nhi B", "Điện Biên", "Mường", "", "Xã"]
)
def test_a_doubtful_name_is_a_question(typed: str) -> None:
    assert match_name(typed, COMMUNES).code is None


def test_a_part_of_a_name_only_suggests() -> None:
    found = match_name("Điện Biên", UNITS)
    assert found.code is None
    assert set(found.suggestions) == {"DB", "DBD"}


def test_a_longer_name_is_not_the_shorter_one() -> None:
    assert match_name("UBND huyện Điện Biên Đông cũ", UNITS).code is None


def test_an_alias_of_two_units_is_nobodys() -> None:
    found = match_name("Phòng Tổng hợp", {"A": ["Sở A", "Phòng Tổng hợp"], "B": ["Sở B", "Phòng Tổng hợp"]})
    assert found.code is None
    assert found.suggestions == ("A", "B")


def test_prepared_names_answer_alike_every_time() -> None:
    names = Names(UNITS)
    assert names.match("VP Sở") == names.match("VP Sở") == match_name("VP Sở", UNITS)


def test_the_nearest_name_is_offered() -> None:
    assert nearest("Biêu 05", ["Biểu 05", "Biểu 06", "Thông tin chung"]) == "Biểu 05"
    assert nearest("zzz", ["Biểu 05"]) is None


def test_wide_letters_are_the_plain_ones_and_told_as_another_spelling() -> None:
    units = {"A": ["UBND xã Mường Nhé"], "B": ["UBND xã Mường Nhà"]}
    assert match_name("ＵＢＮＤ xã Mường Nhé", units) == NameMatch("A", ALIAS)
    assert match_name("ＵＢＮＤ xã Mường", units).code is None
