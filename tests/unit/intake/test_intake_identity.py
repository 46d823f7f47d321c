"""Who reports for which period in which version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from intake_books import CRITERIA, IDENTITY, book, fund, general, sheet

from thidua_xl.intake import read_submission
from thidua_xl.model import Cell, ListItem, Period, Sheet, Submission, Value, ValueList


def read(
    *, file: str = "bc.xlsx", period: str | None = None, facts: dict[str, str] | None = None, **values: Value | Cell
) -> Submission:
    labels = {
        "unit": "Mã đơn vị",
        "name": "Tên đơn vị",
        "year": "Năm",
        "kind": "Kỳ",
        "version": "Lần nộp",
        "form": "Phiên bản",
    }
    shown = IDENTITY | {labels[key]: value for key, value in values.items()}
    sheets: list[Sheet] = [general(shown), fund({})]
    if facts is not None:
        sheets.append(sheet("_thidua", facts.items(), visible=False))
    return read_submission(book(*sheets, file=file), CRITERIA, period=period)


def kinds(found: Submission) -> list[str]:
    return [one.code.lower() for one in found.findings if one.form != "S05"]


def test_unit_period_and_version_come_from_the_visible_cells() -> None:
    found = read(version=2)
    assert (found.unit, found.period, found.version, found.form_version) == ("VPS", "2024-6T", 2, "1.0")
    assert kinds(found) == []


@pytest.mark.parametrize(("typed", "code"), [("vps", "VPS"), ("Văn phòng", "VPS"), ("Trung tâm Ứng dụng", "TTUD")])
def test_a_unit_may_be_named_instead_of_its_code(typed: str, code: str) -> None:
    assert read(unit=typed, name=None).unit == code


def test_an_unknown_unit_is_told_and_never_replaced_by_a_guess() -> None:
    found = read(unit="XYZ", file="BC_VPS_2024-6T_L1.xlsx")
    assert found.unit == ""
    assert "ma_don_vi" in kinds(found)


def test_a_unit_without_code_is_known_by_its_name_and_told() -> None:
    found = read(unit=None)
    assert (found.unit, kinds(found)) == ("VPS", ["ma_don_vi"])


def test_the_hidden_sheet_helps_where_the_cells_say_nothing() -> None:
    found = read(unit=None, name=None, year=None, kind=None, facts={"unit": "TTUD", "period": "2025-NAM"})
    assert (found.unit, found.period) == ("TTUD", "2025-NAM")


def test_the_visible_cells_win_over_the_hidden_sheet_and_it_is_told() -> None:
    found = read(facts={"unit": "TTUD", "period": "2025-NAM"})
    assert (found.unit, found.period) == ("VPS", "2024-6T")
    assert kinds(found) == ["dinh_danh_lech", "dinh_danh_lech"]


def test_the_file_name_helps_last() -> None:
    found = read(unit=None, name=None, file="BC_TTUD_2024-6T_L3.xlsx", version=None)
    assert (found.unit, found.version) == ("TTUD", 3)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("BC_VPS_2024-6T_L1.xlsx", []),
        ("BC_TTUD_2024-6T_L1.xlsx", ["ten_tep"]),
        ("BC_VPS_2025-NAM.xlsx", ["ten_tep"]),
        ("BC_VX_TTUD_2024-6T.xlsx", ["ten_tep"]),
        ("Báo cáo 6 tháng.xlsx", []),
        ("dot.zip/VPS/BC_VPS.xlsx", []),
    ],
)
def test_a_file_name_that_says_otherwise_is_told(file: str, told: list[str]) -> None:
    assert kinds(read(file=file)) == told


def test_the_rounds_period_holds_when_the_file_says_none() -> None:
    assert read(year=None, kind=None, period="2025-NAM").period == "2025-NAM"


def test_another_period_than_the_rounds_is_told() -> None:
    found = read(period="2025-NAM")
    assert (found.period, kinds(found)) == ("2024-6T", ["sai_ky"])


def test_a_period_that_the_book_lacks_is_told() -> None:
    found = read(year=2031)
    assert (found.period, kinds(found)) == ("", ["sai_ky"])


def test_lists_of_the_files_own_period_hold() -> None:
    late = read_submission(book(general(IDENTITY | {"Năm": 2025, "Kỳ": "NAM"}), fund({"ma_xa": "Xã Nong U"})), CRITERIA)
    # A commune that is no longer in force is still known by its code: a rule says what took its place.
    assert late.records["S05"].columns["ma_xa"] == ("NONG_U",)
    assert late.period == "2025-NAM"


def test_a_version_of_the_form_that_is_not_supported_is_told() -> None:
    from dataclasses import replace

    from intake_books import rule

    strict = replace(CRITERIA, rules=(rule("phien_ban_mau", ho_tro="2.0|3"),))
    found = read_submission(book(general(), fund({})), strict)
    assert [one.seen for one in found.findings] == ["1.0"]
    fine = replace(CRITERIA, rules=(rule("phien_ban_mau", ho_tro="1|2.0"),))
    assert read_submission(book(general(), fund({})), fine).findings == ()


@pytest.mark.parametrize(
    "rows",
    [
        [["Mã đơn vị: VPS"], ["Năm: 2024"], ["Kỳ: 6 tháng"], ["Tên đơn vị: Văn phòng Sở"]],
        [["STT", "Nội dung", "Giá trị"], [1, "Mã đơn vị:", "VPS"], [2, "Năm", 2024], [3, "KỲ", "6 tháng đầu năm"]],
        [["Mã đơn vị", None, "VPS"], ["Năm", None, 2024], ["Kỳ", None, "6T"]],
    ],
)
def test_labels_lead_to_their_values_in_any_layout(rows: list[list[Value]]) -> None:
    found = read_submission(book(sheet("Thông tin chung", rows), fund({})), CRITERIA)
    assert (found.unit, found.period) == ("VPS", "2024-6T")


def test_named_cells_lead_to_their_values() -> None:
    names = {
        "TD_S00_ma_don_vi": "'Trang 1'!$D$9",
        "TD_S00_nam": "'Trang 1'!$D$10",
        "TD_S00_ky": "'Trang 1'!$D$11",
        "TD_S00": "'Trang 1'!$A$1:$D$11",
    }
    cells: list[list[Value]] = [[] for _ in range(8)] + [[None, None, None, one] for one in ("VPS", 2024, "6T")]
    found = read_submission(book(sheet("Trang 1", cells), fund({}), names=names), CRITERIA)
    assert (found.unit, found.period) == ("VPS", "2024-6T")
    assert found.records["S00"].single_cells["nam"] == "D10"


def test_a_slip_in_the_year_is_told_once_and_the_file_stays_in_its_period() -> None:
    facts = {"unit": "VPS", "period": "2024-6T"}
    found = read(year=2025, period="2024-6T", facts=facts)
    assert (found.period, kinds(found)) == ("2024-6T", ["sai_ky"])
    assert found.findings[0].cell == "B3"
    named = read(kind="Cả năm", file="BC_VPS_2024-6T.xlsx", facts=facts)
    assert (named.period, kinds(named)) == ("2024-6T", ["sai_ky"])


def test_a_form_used_again_for_the_next_period_belongs_to_the_next_period() -> None:
    found = read(year=2025, kind="Cả năm", period="2025-NAM", facts={"unit": "VPS", "period": "2024-6T"})
    assert (found.period, kinds(found)) == ("2025-NAM", ["dinh_danh_lech"])


def test_a_special_report_belongs_to_its_period_whatever_its_year() -> None:
    special = Period("DX", "Đột xuất", "DX", None, None, None)
    kinds_of_period = ValueList("DM_KY", (*CRITERIA.lists["DM_KY"].items, ListItem("DX", "Đột xuất")))
    other = replace(CRITERIA, periods=(*CRITERIA.periods, special), lists={**CRITERIA.lists, "DM_KY": kinds_of_period})
    told = read_submission(book(general(IDENTITY | {"Kỳ": "Đột xuất"}), fund({})), other)
    assert (told.period, kinds(told)) == ("DX", [])
    odd = read_submission(book(general(IDENTITY | {"Kỳ": "Đột xuất"}), fund({"loai": "Khác thường"})), other)
    assert [one.values["ngay"] for one in odd.findings] == [""]


def test_a_unit_that_is_an_uncalculated_formula_is_told_once() -> None:
    found = read(unit=Cell(1, 2, None, formula="A9"))
    assert kinds(found) == ["cong_thuc_chua_tinh"]
