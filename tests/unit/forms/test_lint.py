"""What the linter says about a criteria book: every fault with its place, and no false alarm."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from small_book import small_book

from thidua_xl import shipped
from thidua_xl.checks import KINDS
from thidua_xl.forms import load_criteria
from thidua_xl.forms.lint import lint_criteria
from thidua_xl.model import Severity
from thidua_xl.model.rule_kinds import RULE_KINDS


def test_the_shipped_book_has_no_fault_and_no_doubt() -> None:
    found = [one for one in lint_criteria(shipped.criteria_book()) if one.severity is not Severity.NOTE]
    assert [one.sentence() for one in found] == []


def test_a_sound_small_book_has_no_fault_and_no_doubt(tmp_path: Path) -> None:
    found = lint_criteria(small_book(tmp_path / "so.xlsx"))
    assert [one.sentence() for one in found if one.severity is not Severity.NOTE] == []


def test_a_loaded_book_can_be_linted_too() -> None:
    assert [one for one in lint_criteria(load_criteria()) if one.severity is Severity.ERROR] == []


def test_rules_about_earlier_reports_are_tried_out_and_their_columns_known(tmp_path: Path) -> None:
    right = ("Quy tắc", "'=[@gia]<=TD_CD_tran", "'=[@gia]<=MAX(TD_TRUOC_F1[gia],TD_NAM_F1[Giá])+1")
    found = lint_criteria(small_book(tmp_path / "so.xlsx", right))
    assert [one.sentence() for one in found if one.severity is not Severity.NOTE] == []
    wrong = ("Quy tắc", "'=[@gia]<=TD_CD_tran", "'=[@gia]<=MAX(TD_TRUOC_F1[gai])")
    (fault,) = (
        one for one in lint_criteria(small_book(tmp_path / "sai.xlsx", wrong)) if one.severity is Severity.ERROR
    )
    assert "TD_TRUOC_F1[gia]" in fault.sentence()


RULE = "'=[@gia]<=TD_CD_tran"
DOUBTS = [
    ("Trường", "| stt | STT |", "| stt | Giá |", "label_twice", "C9"),
    (
        "Trường",
        "| ma | Mã đơn vị | ma | 1 | DON_VI | |",
        "| ma | Mã đơn vị | ma | 1 | DON_VI | 1 |",
        "limits_without_number",
        "C4",
    ),
    ("Trường", "| Số người | so_nguyen | 1 | |", "| Số người | so_nguyen | 1 | DM_LOAI |", "list_without_choice", "C5"),
    ("Trường", "| ten | Tên thiết bị | chuoi | 1 |", "| ten | Tên thiết bị | co_khong | 1 |", "tick_required", "C7"),
    ("Danh mục", "| DM_LOAI | XE | Xe |", "| DM_LOAI | XE | Máy móc |", "item_name_twice", "B5"),
    ("Danh mục", "| DM_KHOI | A | Khối A |", "| DM_THUA | A | Khối A |", "unused_list", "A6"),
    ("Đơn vị", "| DV2 | Đơn vị Hai |", "| DV2 | ĐƠN VỊ MỘT |", "unit_name_twice", "A5"),
    ("Đơn vị", "| DV1 | | 2023-12-31 |", "| DV1 | | |", "successor_without_end", "A5"),
    ("Đơn vị", "| DV1 | Đơn vị Một | A |", "| DV1 | Đơn vị Một | |", "unit_without_bloc", "A4"),
    (
        "Đơn vị",
        "| DV1 | Đơn vị Một | A | 1 | | | |",
        "| DV1 | Đơn vị Một | A | 1 | | 2025-01-01 | |",
        "successor_not_in_force",
        "A5",
    ),
    (
        "Kỳ",
        "| 2024 | Năm 2024 | 2024 | 2024-01-01 |",
        "| 2024 | Năm 2024 | 2024 | 2023-06-01 |",
        "periods_overlap",
        "A5",
    ),
    ("Kỳ", "| Năm 2024 | 2024 |", "| Năm 2024 | 2023 |", "year_differs", "A5"),
    ("Quy tắc", "Giá {gia_tri} phải lớn hơn 0.", "Giá {gia_tri} phải, {giaa}.", "unknown_placeholder", "A4"),
    ("Quy tắc", "| gia | CONG_THUC | '=[@gia]>0", "| gia | CONG_THUCC | '=[@gia]>0", "unknown_kind", "E4"),
    ("Quy tắc", "| F1 | gia | CONG_THUC | '=[@gia]>0", "| F1 | | CONG_THUC | '=[@gia]>0", "blank_cell", "D4"),
    ("Quy tắc", "| F1 | gia | CONG_THUC | '=[@gia]>0", "| Biểu 1 | gia | CONG_THUC | '=[@gia]>0", "unknown_form", "C4"),
    ("Quy tắc", "| can==TD_F0[so_nguoi] |", "| cần: a=5 |", "bad_pair", "G4"),
    ("Quy tắc", "khong_phai_so", "khong_fai_so", "unknown_kind", "E6"),
    ("Quy tắc", "Giá {gia_tri} phải lớn hơn 0.", "Giá { gia_tri } phải lớn hơn 0.", "broken_placeholder", "A4"),
    ("Quy tắc", "Giá {gia_tri} phải lớn hơn 0.", "Giá {gia_tri phải lớn hơn 0.", "broken_placeholder", "A4"),
    ("Quy tắc", "Giá {gia_tri} phải lớn hơn 0.", "Giá {giá_trị} phải lớn hơn 0.", "broken_placeholder", "A4"),
    ("Quy tắc", RULE, "'=[@gia]>0", "formula_twice", "F5"),
    ("Quy tắc", RULE, '\'=[@loai]<>"TAU"', "code_not_in_list", "F5"),
    ("Quy tắc", RULE, '\'=COUNTIF(TD_F1[loai],"TAU")=0', "code_not_in_list", "F5"),
    ("Quy tắc", RULE, "'=[gia]>0", "column_for_value", "F5"),
    ("Quy tắc", RULE, "'=TD_F1[gia]>0", "column_for_value", "F5"),
    ("Quy tắc", RULE, "'=IF([@gia]>0,LEN([ten])>1,TRUE)", "column_for_value", "F5"),
    ("Quy tắc", RULE, "'=COUNTIF([ten],[ten])=1", "column_for_value", "F5"),
    ("Quy tắc", RULE, '\'=AND([gia]>0,[@ten]<>"")', "column_for_value", "F5"),
    ("Quy tắc", RULE, '\'=OR([@gia]>"5",[@gia]<3)', "number_against_text", "F5"),
    ("Quy tắc", RULE, "'=OR([@gia]<5,TD_KY[den_ngay]<=31/12/2024)", "day_as_division", "F5"),
    ("Quy tắc", RULE, '\'=[@gia]<>"nhiều"', "number_against_text", "F5"),
    ("Quy tắc", RULE, "'=[@gia]+1", "not_true_or_false", "F5"),
    ("Quy tắc", RULE, "'=1/0>[@gia]", "always_error", "F5"),
    ("Quy tắc", RULE, "'=[@gia]<[@gia]", "never_true", "F5"),
    ("Quy tắc", RULE, "'=[@gia]<=[@gia]", "always_true", "F5"),
    ("Quy tắc", RULE, "'=AND([@gia]<0,[@gia]>-9)", "contradiction", "F5"),
    ("Tổng hợp", "| T1 | Tổng hợp thiết bị |", "| T2 | Tổng hợp thiết bị |", "report_without_columns", "A4"),
    ("Cột báo cáo", "| LAY | F1 | gia | | 1 |", "| LAY | F1 | ten | | 1 |", "sum_of_text", "C5"),
    ("Cài đặt", "| dia_danh | Địa danh | Nơi Xa |", "| truong_nam | Ô năm | F0.namm |", "unknown_field", "C5"),
    ("Cài đặt", "| dia_danh | Địa danh | Nơi Xa |", "| don_vi_van_phong | Văn phòng | DV11 |", "unknown_unit", "C5"),
]


@pytest.mark.parametrize(
    ("sheet", "old", "new", "code", "cell"),
    DOUBTS,
    ids=[f"{one[3]}-{one[4]}-{number}" for number, one in enumerate(DOUBTS)],
)
def test_a_doubtful_book_is_told_at_its_place(
    tmp_path: Path, sheet: str, old: str, new: str, code: str, cell: str
) -> None:
    found = lint_criteria(small_book(tmp_path / "so.xlsx", (sheet, old, new)))
    hits = [one for one in found if (one.code, one.sheet, one.cell) == (code, sheet, cell)]
    assert len(hits) == 1, [one.sentence() for one in found]


def test_a_forgotten_at_sign_is_told_at_its_character_with_what_was_meant(tmp_path: Path) -> None:
    path = small_book(tmp_path / "so.xlsx", ("Quy tắc", RULE, '\'=OR([@ten]="",1>[gia])'))
    (fault,) = (one for one in lint_criteria(path) if one.code == "column_for_value")
    assert (fault.position, fault.nearest, fault.severity) == (17, "[@gia]", Severity.WARNING)


def test_a_label_or_quoted_number_in_a_formula_is_told_with_the_code_or_number_that_is_meant(tmp_path: Path) -> None:
    rule = '\'=IF([@loai]="Máy",[@gia]<="1.500.000",[@gia]<9)'
    found = lint_criteria(small_book(tmp_path / "so.xlsx", ("Quy tắc", RULE, rule)))
    near = {one.code: one.nearest for one in found if one.position is not None}
    assert near == {"code_not_in_list": "MAY", "number_against_text": "1500000"}


def test_columns_that_are_added_up_or_counted_over_are_no_fault(tmp_path: Path) -> None:
    rule = '\'=AND(COUNTIF([ten],[@ten])=1,SUM([gia])>=[@gia],SUMPRODUCT(([loai]="MAY")*([gia]>0))<9,TD_F0[so_nguoi]>1)'
    found = lint_criteria(small_book(tmp_path / "so.xlsx", ("Quy tắc", RULE, rule)))
    assert [one.sentence() for one in found if one.severity is not Severity.NOTE] == []


def test_a_group_of_criteria_must_be_in_its_list() -> None:
    criteria = load_criteria()
    assert {one.group for one in criteria.criteria} <= {one.code for one in criteria.lists["DM_NHOM_TIEU_CHI"].items}
    assert [one.code for one in lint_criteria(shipped.criteria_book())] == [], "not even a note"


def test_a_rule_that_no_period_reaches_is_told(tmp_path: Path) -> None:
    changed = ("Quy tắc", "| Thông báo | Bật (1/0) |", "| Thông báo | Hiệu lực từ |")
    dated = ("Quy tắc", "| Ô {o} không phải số. | 0 |", "| Ô {o} không phải số. | 2030-01-01 |")
    ones = (
        ("Quy tắc", "| Giá {gia_tri} phải lớn hơn 0. | 1 |", "| Giá {gia_tri} phải lớn hơn 0. | |"),
        ("Quy tắc", "TD_CD_tran | | | 1 |", "TD_CD_tran | | | |"),
    )
    found = lint_criteria(small_book(tmp_path / "so.xlsx", changed, dated, *ones))
    assert [(one.code, one.seen) for one in found if one.severity is Severity.WARNING] == [("never_in_force", "R2")]


def test_a_dropdown_without_a_choice_in_some_period_is_told(tmp_path: Path) -> None:
    change = (
        "Danh mục",
        "| DM_LOAI | MAY | Máy | máy móc\\|thiết bị máy | | |",
        "| DM_LOAI | MAY | Máy | | | 2023-12-31 |",
    )
    found = lint_criteria(small_book(tmp_path / "so.xlsx", change))
    assert [(one.code, one.expected) for one in found if one.code == "list_empty_in_period"] == [
        ("list_empty_in_period", "2024")
    ]


def test_faults_stand_before_doubts_and_each_once(tmp_path: Path) -> None:
    path = small_book(tmp_path / "so.xlsx", ("Quy tắc", RULE, "'=[@gia]<[@gia]"), ("Trường", "DM_LOAI", "DM_LOAII"))
    found = lint_criteria(path)
    severities = [one.severity for one in found]
    assert severities == sorted(severities, key=[Severity.ERROR, Severity.WARNING, Severity.NOTE].index)
    assert len(found) == len(set(found))


def test_two_runs_say_the_same(tmp_path: Path) -> None:
    path = small_book(tmp_path / "so.xlsx", ("Quy tắc", RULE, "'=[@gia]<[@gia]"))
    assert lint_criteria(path) == lint_criteria(path)


def test_there_are_at_least_fifty_kinds_each_with_both_languages() -> None:
    kinds = {}
    for language in ("vi", "en"):
        text = files("thidua_xl.messages").joinpath(f"forms.{language}.toml").read_text(encoding="utf-8")
        kinds[language] = set(tomllib.loads(text)["criteria"]) - {
            "where",
            "where_sheet",
            "position",
            "nearest",
            "level",
        }
    assert kinds["vi"] == kinds["en"]
    assert len(kinds["vi"]) >= 50


def test_the_kinds_of_rule_are_those_of_their_pages_and_of_the_shipped_book() -> None:
    docs = Path(__file__).resolve().parents[3] / "docs"
    pages = "".join((docs / f"rule-kinds-{name}.md").read_text(encoding="utf-8") for name in ("intake", "checks"))
    assert {kind for kind in RULE_KINDS if f"`{kind}`" not in pages} == set()
    assert {one.kind for rule in load_criteria().rules for one in rule.conditions} == set(RULE_KINDS)
    assert set(KINDS) <= set(RULE_KINDS)


def test_every_kind_is_on_the_page_of_the_linter() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "lint-kinds.md").read_text(encoding="utf-8")
    text = files("thidua_xl.messages").joinpath("forms.vi.toml").read_text(encoding="utf-8")
    kinds = set(tomllib.loads(text)["criteria"]) - {"where", "where_sheet", "position", "nearest", "level"}
    assert {kind for kind in kinds if f"| `{kind}` |" not in page} == set()
