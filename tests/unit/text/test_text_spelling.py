"""Spelling: NFC, folding, old character sets, amounts in words."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.text import (
    UNICODE,
    amount_in_words,
    column_charset,
    convert_legacy,
    fold,
    has_accents,
    nfc,
    same_tone,
    tidy,
)
from thidua_xl.text.syllables import is_syllable


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Pu\u0301 Nhi", "pu nhi"),
        (" Sở Y tế", "so y te"),
        ("ĐƠN VỊ\u00a0TÍNH", "don vi tinh"),
        ("Họ và\ntên", "ho va ten"),
        ("thuỷ lợi", "thuy loi"),
        ("Kế hoạch – Tài chính", "ke hoach - tai chinh"),
        ("Ðiện Biên", "dien bien"),
        ("Số\u200b TT", "so tt"),
    ],
)
def test_folding_gives_one_spelling(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạ ắệỉốợừỷ"))
def test_both_normal_forms_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_nfc_and_tidy_keep_the_letters() -> None:
    assert nfc("Pu\u0301 Nhi") == "Pú Nhi"
    assert tidy("  Sở\u00a0 Y\u200b tế ") == "Sở Y tế"


@pytest.mark.parametrize(
    ("one", "other"), [("thuỷ", "thủy"), ("hoà", "hòa"), ("khoẻ", "khỏe"), ("Uỷ ban", "Ủy ban"), ("luỹ kế", "lũy kế")]
)
def test_both_places_of_the_tone_mark_are_one_word(one: str, other: str) -> None:
    assert same_tone(one) == same_tone(other) == other


@pytest.mark.parametrize("word", ["quý", "toàn", "hoàng", "huyện", "quả", "tuần"])
def test_a_tone_mark_that_has_one_place_stays(word: str) -> None:
    assert same_tone(word) == word


def test_accents_are_seen() -> None:
    assert has_accents("Đạt") and has_accents("dat đ") and not has_accents("Dat")


@pytest.mark.parametrize(
    ("typed", "font", "text", "charset"),
    [
        ("Tæng céng", ".VnTime", "Tổng cộng", "tcvn3"),
        ("Tæng céng", "Calibri", "Tổng cộng", "tcvn3"),
        ("§¬n vÞ tÝnh: triÖu ®ång", ".VnTime", "Đơn vị tính: triệu đồng", "tcvn3"),
        ("Phßng KÕ ho¹ch - Tµi chÝnh", ".VnTime", "Phòng Kế hoạch - Tài chính", "tcvn3"),
        ("NguyÔn V¨n H\u00adng", "", "Nguyễn Văn Hưng", "tcvn3"),
        ("v¨n phßng", ".VnTimeH", "VĂN PHÒNG", "tcvn3"),
        ("Bé", ".VnTime", "Bộ", "tcvn3"),
        ("Toång coäng", "VNI-Times", "Tổng cộng", "vni"),
        ("Toång coäng", "", "Tổng cộng", "vni"),
        ("UÛy ban nhaân daân", "", "Ủy ban nhân dân", "vni"),
        ("Trung taâm", "", "Trung tâm", "vni"),
    ],
)
def test_old_character_sets_become_unicode(typed: str, font: str, text: str, charset: str) -> None:
    found = convert_legacy(typed, font)
    assert (found.text, found.charset) == (text, charset)


@pytest.mark.parametrize(
    ("typed", "font"),
    [
        ("Lê Thị Hà", ".VnTime"),
        ("Phòng Kế hoạch", "VNI-Times"),
        ("Bé", ""),
        ("Hà Nam", ""),
        ("Café", ""),
        ("Müller", ""),
        ("São Paulo", ""),
        ("résumé", ""),
        ("Nguyen Van A", ".VnTime"),
        ("12.500", ".VnTime"),
        ("±5 °C", ""),
    ],
)
def test_unicode_is_left_alone(typed: str, font: str) -> None:
    assert convert_legacy(typed, font).text == typed


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",
        "khuya",
        "quyết",
        "thuở",
        "giường",
        "huỳnh",
        "xoong",
        "gì",
        "giếng",
        "của",
        "mưa",
        "ngoằn",
        "khuỷu",
        "quốc",
        "ỳ",
    ],
)
def test_vietnamese_words_are_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["céng", "taõm", "tæng", "cê", "nge", "ghà", "str", "mảt", "kà"])
def test_other_words_are_none(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (105, "Một trăm linh năm đồng"),
        (1050, "Một nghìn không trăm năm mươi đồng"),
        (1_000_005, "Một triệu không trăm linh năm đồng"),
        (1_500_000, "Một triệu năm trăm nghìn đồng"),
        (1_234_567, "Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy đồng"),
        (10**9, "Một tỷ đồng"),
        (2 * 10**12 + 5, "Hai nghìn tỷ không trăm linh năm đồng"),
        (-5, "Âm năm đồng"),
    ],
)
def test_amounts_are_read_aloud(amount: int, words: str) -> None:
    assert amount_in_words(amount) == words


def test_half_a_dong_has_no_words() -> None:
    with pytest.raises(ValueError, match=r"1\.5"):
        amount_in_words(Decimal("1.5"))


@pytest.mark.parametrize(
    ("texts", "charset"),
    [
        (("xaõ Pa Ham", "xaõ Möôøng Nheù", "Chang Nhö Nga"), "vni"),
        (("x· M­êng NhÐ", "Lß ThÞ ¸nh", "Vàng A Páo"), "tcvn3"),
        (("Ngô Bá Khuê", "Nguyễn Văn A", "Mùa Bá Quý"), "unicode"),
        (("Nguyễn Văn A", "M­êng NhÐ"), ""),
        (("Van phong", "Chang Nhö Nga"), ""),
    ],
)
def test_a_column_says_its_character_set_by_the_words_that_read_in_one_alone(
    texts: tuple[str, ...], charset: str
) -> None:
    assert column_charset(texts) == charset


def test_a_font_left_over_under_unicode_words_changes_nothing() -> None:
    assert convert_legacy("Ngô Bá Khuê", ".VnTime", UNICODE).text == "Ngô Bá Khuê"
    assert convert_legacy("x· Pa Ham", ".VnTime", UNICODE).text == "xã Pa Ham"
