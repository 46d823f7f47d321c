"""Each kind of field takes what it can, tells what it had to do, and never guesses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from intake_books import CRITERIA, book, fund, general

from thidua_xl.intake import read_submission
from thidua_xl.model import Cell, CellError, FieldKind, Finding, Invalid, Submission, Value


def take(code: str, *values: Value | Cell, external: tuple[str, ...] = ()) -> tuple[tuple[Value, ...], list[Finding]]:
    """The typed values of one column, and the findings about it."""
    found = read_submission(book(general(), fund(*({code: value} for value in values)), external=external), CRITERIA)
    told = [one for one in found.findings if one.form == "S05" and one.field_code == code]
    return found.records["S05"].columns[code], told


def codes(findings: list[Finding]) -> list[str]:
    return [one.code.lower() for one in findings]


def formula(value: Value, text: str = "B1*2") -> Cell:
    return Cell(1, 1, value, text)


PLAIN = [
    ("so_tien", 5_000_000, Decimal(5_000_000)),
    ("so_ho", 5, 5),
    ("so_ho", Decimal("5"), 5),
    ("ty_le", 85, Decimal(85)),
    ("ty_le", Cell(1, 1, Decimal("0.85"), number_format="0%"), Decimal(85)),
    ("ten", "Nguyễn Văn A", "Nguyễn Văn A"),
    ("ten", "dòng một\ndòng hai", "dòng một\ndòng hai"),
    ("ten", 12, "12"),
    ("ten", date(2024, 5, 1), "01/05/2024"),
    ("ngay", date(2024, 5, 1), date(2024, 5, 1)),
    ("ngay", datetime(2024, 5, 1, 8), date(2024, 5, 1)),
    ("uu_tien", "x", True),
    ("uu_tien", "✓", True),
    ("uu_tien", "×", True),  # ì in the old character set TCVN3
    ("uu_tien", "Không", False),
    ("uu_tien", 1, True),
    ("loai", "Tập thể", "TT"),
    ("loai", "TT", "TT"),
    ("loai", "cá nhân", "CN"),
    ("loai", "tap the", "TT"),
    ("loai", "tập thể lớn", "TT"),
    ("ma", "0101", "0101"),
    ("ma", Cell(1, 1, 101, number_format="0000"), "0101"),
    ("ma_xa", "Xã Pu Nhi", "PU_NHI"),
    ("ma_xa", "PU_NHI", "PU_NHI"),
]


@pytest.mark.parametrize(("code", "typed", "expected"), PLAIN)
def test_what_is_plain_is_taken_without_a_word(code: str, typed: Value | Cell, expected: Value) -> None:
    values, told = take(code, typed)
    assert values == (expected,)
    assert told == []


UNDERSTOOD = [
    ("so_tien", "1.500.000", Decimal(1_500_000), "so_dang_chu"),
    ("so_tien", "12,5 triệu", Decimal(12_500_000), "so_dang_chu"),
    ("so_tien", "1.500.000 đồng", Decimal(1_500_000), "so_dang_chu"),
    ("so_ho", "12", 12, "so_dang_chu"),
    ("so_ho", "12 hộ", 12, "so_dang_chu"),
    ("ty_le", "85%", Decimal(85), "so_dang_chu"),
    ("ngay", "06/10/2022", date(2022, 10, 6), "ngay_dang_chu"),
    ("ngay", 44840, date(2022, 10, 6), "ngay_dang_chu"),
    ("ma", 101, "0101", "mat_so_0"),
    ("ma_xa", 3370, "PU_NHI", "mat_so_0"),
    ("ma_xa", "Pu\u0301 Nhi", "PU_NHI", "chua_nfc"),
    ("ma_xa", "Pú Nhi", "PU_NHI", "ten_gan_dung"),
    ("ten", "Nguye\u0302\u0303n", "Nguyễn", "chua_nfc"),
    ("ten", " An\u00a0 Bình ", "An Bình", "khoang_trang"),
    ("ten", Cell(1, 1, "NguyÔn V¨n A", font=".VnTime"), "Nguyễn Văn A", "tcvn3"),
    ("ten", "Nguyeãn Vaên A", "Nguyễn Văn A", "vni"),
    ("so_tien", formula(7000, "[1]S!A1"), Decimal(7000), "lien_ket_ngoai"),
    ("so_tien", Decimal("250000.4"), Decimal("250000.4"), "phai_nguyen"),
    ("so_tien", "250000,4", Decimal("250000.4"), "phai_nguyen"),
]


@pytest.mark.parametrize(("code", "typed", "expected", "kind"), UNDERSTOOD)
def test_what_is_understood_is_taken_and_told(code: str, typed: Value | Cell, expected: Value, kind: str) -> None:
    values, told = take(code, typed, external=("nguon.xlsx",))
    assert values == (expected,)
    assert kind in codes(told)


REFUSED = [
    ("so_tien", "không có", "khong_phai_so"),
    ("so_tien", "1.500", "so_mo_ho"),
    ("so_tien", True, "khong_phai_so"),
    ("so_tien", date(2024, 5, 6), "khong_phai_so"),
    ("so_tien", Invalid("1e400"), "khong_phai_so"),
    ("so_tien", Cell(1, 1, 12345678901234600, raw="12345678901234567"), "so_mo_ho"),
    ("so_tien", CellError("#N/A"), "o_loi"),
    ("so_tien", formula(None), "cong_thuc_chua_tinh"),
    ("so_ho", Decimal("1.5"), "phai_nguyen"),
    ("so_ho", "1,5", "phai_nguyen"),
    ("ty_le", "85 phần", "khong_phai_so"),
    ("ngay", "tháng 10/2022", "khong_phai_ngay"),
    ("ngay", "31/02/2023", "khong_phai_ngay"),
    ("ngay", 2022, "khong_phai_ngay"),
    ("ngay", Invalid("0"), "khong_phai_ngay"),
    ("ngay", CellError("#REF!"), "o_loi"),
    ("uu_tien", "o", "tich_la"),
    ("uu_tien", 5, "tich_la"),
    ("loai", "Nhóm", "danh_muc"),
    ("loai", 7, "danh_muc"),
    ("ma_xa", "Mường Lống", "danh_muc"),
    ("ten", "Nguy\ufffdn", "bang_ma_la"),
    ("so_tien", "\u202e000005", "bang_ma_la"),  # shown as 500000
    ("so_tien", "1.500,000", "so_mo_ho"),
    ("so_tien", "9" * 200, "khong_phai_so"),
]


def test_an_outside_workbook_is_named_at_once_behind_sixty_thousand_brackets() -> None:
    deep = "(" * 30_000 + "'C:\\Sổ\\[khac.xlsx]S'!A1" + ")" * 30_000
    values, told = take("so_tien", formula(7000, deep))
    assert values == (Decimal(7000),)
    assert codes(told) == ["lien_ket_ngoai"]


@pytest.mark.parametrize(("code", "typed", "kind"), REFUSED)
def test_what_cannot_be_taken_is_told_once_and_is_no_value(code: str, typed: Value | Cell, kind: str) -> None:
    values, told = take(code, typed)
    assert isinstance(values[0], Invalid)
    assert codes(told) == [kind]


def test_a_dash_among_numbers_is_blank() -> None:
    assert take("so_ho", "-") == ((None,), [])


def test_blanks_are_one_thing() -> None:
    assert take("ten", " \u00a0 ")[0] == (None,)
    assert take("uu_tien", None)[0] == (None,)


def test_the_column_decides_how_its_numbers_are_written() -> None:
    values, told = take("so_tien", "1.234.567", "1.500")
    assert values == (Decimal(1_234_567), Decimal(1500))
    assert codes(told) == ["so_dang_chu", "so_dang_chu"]


def test_a_mark_that_parts_thousands_elsewhere_in_the_column_makes_no_decimals() -> None:
    assert take("so_tien", "1.5", "1.234.567")[0] == (Invalid("1.5"), Decimal(1_234_567))
    assert take("so_tien", "1,500", "1.234.567")[0] == (Invalid("1,500"), Decimal(1_234_567))
    assert take("so_tien", "1.500,5", "1,234.5")[0] == (Decimal("1500.5"), Decimal("1234.5"))


def test_both_ways_of_writing_in_one_column_are_told() -> None:
    assert "lan_kieu_so" in codes(take("so_tien", "1.234,5", "1,234.5")[1])


def test_the_column_decides_the_order_of_day_and_month() -> None:
    values, told = take("ngay", "09/17/2024", "05/06/2024")
    assert values == (date(2024, 9, 17), Invalid("05/06/2024"))
    assert codes(told) == ["ngay_dang_chu", "ngay_mo_ho"]


def test_the_column_decides_the_character_set_of_doubtful_words() -> None:
    assert take("ten", "NguyÔn V¨n A", "Bé")[0] == ("Nguyễn Văn A", "Bộ")
    assert take("ten", "Nguyễn Văn A", "Bé")[0] == ("Nguyễn Văn A", "Bé")


def test_a_finding_says_where_what_and_how_it_was_understood() -> None:
    (found,) = take("so_tien", "1.500.000")[1]
    assert (found.file, found.unit, found.form, found.sheet, found.cell) == ("bc.xlsx", "VPS", "S05", "Biểu 05", "E2")
    assert found.message.startswith("E2|2|1.500.000|Biểu 05 - Ủng hộ Quỹ|Số tiền|…|…|1.500.000|")
    assert found.seen == "1.500.000"


def test_an_amount_against_its_unit_is_told_but_kept() -> None:
    values, told = take("so_tien", 500)
    assert (values, codes(told)) == ((Decimal(500),), ["sai_bac_tien"])


def test_a_choice_offers_what_was_meant() -> None:
    (found,) = take("loai", "Tập thê")[1]
    assert found.message.endswith("|Tập thể")


def test_a_commune_that_is_not_assigned_is_told_with_those_that_are() -> None:
    (found,) = take("ma_xa", "Mường Lống")[1]
    assert found.values["ds"] == ", ".join(one.name for one in CRITERIA.communes)


def test_every_kind_of_field_is_tried_here() -> None:
    kinds = {field.kind for form in CRITERIA.forms for field in form.fields}
    assert kinds == set(FieldKind) - {FieldKind.CODES, FieldKind.NUMBER}


def test_a_rule_that_is_off_says_nothing_and_the_value_is_handled_alike() -> None:
    from dataclasses import replace

    quiet = replace(CRITERIA, rules=())
    found: Submission = read_submission(book(general(), fund({"so_tien": "không có"})), quiet)
    assert found.findings == ()
    assert found.records["S05"].columns["so_tien"] == (Invalid("không có"),)
