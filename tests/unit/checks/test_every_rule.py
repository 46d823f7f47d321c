"""Each rule of the shipped criteria book that one file can break: a fault is planted, exactly that finding comes.

The sample round is clean to begin with. A fault names the rule, the unit, form and row where it is planted, what is
written there, the field where the finding must stand, and which other rules the same value rightly breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sample_submissions import TODAY, book_at, changed, clean_round, with_records

from thidua_xl.checks import RuleSet, check_submission
from thidua_xl.model import Finding, Records, Submission, Value

LAST = -1


@dataclass(frozen=True)
class Fault:
    """One planted fault. `row` is 0-based, -1 the last; `also` are (code, form) that follow from the same value."""

    code: str
    unit: str
    form: str
    values: Mapping[str, Value]
    shown: str
    row: int = 0
    also: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def __str__(self) -> str:
        return f"{self.code}-{self.form}-{self.shown}"


def fault(
    code: str,
    unit: str,
    form: str,
    shown: str,
    row: int = 0,
    also: tuple[str, ...] = (),
    **values: Value,
) -> Fault:
    return Fault(code, unit, form, values, shown, row, frozenset(tuple(one.split("@")) for one in also))  # type: ignore[arg-type]  # pairs


DAY = date
FAULTS: tuple[Fault, ...] = (
    fault("STR-09", "TTUD", "S06", "duong_dan", duong_dan="khcn.example/chuyen-trang"),
    fault("STR-09", "TTUD", "S06", "duong_dan", duong_dan="https://khcn.example/chuyen trang"),
    fault("STR-10", "TTUD", "S12", "so_ky_hieu", so_ky_hieu="KH 16"),
    fault("STR-10", "TTUD", "S12", "so_ky_hieu", so_ky_hieu="16/2024"),
    fault("STR-10", "TTUD", "S13", "van_ban_giao", van_ban_giao="theo chỉ đạo miệng"),
    fault("META-03", "TTUD", "S00", "so_ke_hoach", so_ke_hoach=None),
    fault("META-04", "TTUD", "S00", "can_cu", can_cu="Kế hoạch của Sở"),
    fault("PER-01", "TTUD", "S00", "nam", nam=2026),
    fault("PER-03", "TTUD", "S03", "den_ngay", den_ngay=DAY(2024, 3, 12)),
    fault("PER-03", "TTUD", "S11", "den_ngay", den_ngay=DAY(2024, 1, 4)),
    fault("PER-03", "TTUD", "S13", "han", han=DAY(2023, 12, 19)),
    fault("PER-03", "TTUD", "S13", "ngay_hoan_thanh", ngay_hoan_thanh=DAY(2023, 12, 19)),
    fault("PER-03", "TTUD", "S00", "den_ngay", tu_ngay=DAY(2024, 5, 2), den_ngay=DAY(2024, 5, 1)),
    fault("PER-04", "TTUD", "S05", "ngay_nop", dot="THANG_CAO_DIEM"),
    fault("PER-05", "VPS", "S10", "ngay_gui", ngay_gui=None),
    fault("PER-06", "TTUD", "S00", "van_ban_yeu_cau", ky="DOT_XUAT"),
    fault("PER-07", "TTUD", "S00", "ngay_phat_dong", ngay_phat_dong=DAY(2023, 1, 3)),
    fault("PER-08", "TTUD", "S04", "ngay", ngay=DAY(2024, 6, 15)),
    fault("PER-08", "TTUD", "S05", "ngay_nop", ngay_nop=DAY(2023, 12, 14)),
    fault("PER-08", "TTUD", "S06", "ngay", ngay=DAY(2025, 1, 26)),
    fault("PER-08", "TTUD", "S03", "tu_ngay", tu_ngay=DAY(2023, 3, 13), den_ngay=DAY(2023, 5, 17)),
    fault("PER-08", "TTUD", "S03", "tu_ngay", tu_ngay=DAY(2024, 7, 1)),
    fault("PER-03", "TTUD", "S03", "den_ngay", den_ngay=DAY(2019, 1, 1)),
    fault("PER-08", "TTUD", "S00", "tu_ngay", tu_ngay=DAY(2023, 1, 1)),
    fault("PER-08", "TTUD", "S00", "den_ngay", den_ngay=DAY(2024, 6, 30)),
    fault("PER-09", "TTUD", "S00", "ngay_ky", ngay_ky=DAY(2026, 6, 6)),
    fault("PER-09", "TTUD", "S03", "den_ngay", den_ngay=DAY(2026, 6, 6)),
    fault("PER-09", "TTUD", "S11", "den_ngay", den_ngay=DAY(2026, 6, 6)),
    fault("PER-09", "TTUD", "S07", "ngay_cong_nhan", ngay_cong_nhan=DAY(2026, 5, 23)),
    fault("PER-09", "VPS", "S10", "ngay_gui", ngay_gui=DAY(2026, 4, 2)),
    fault("PER-09", "TTUD", "S12", "ngay", ngay=DAY(2026, 1, 16)),
    fault("PER-09", "TTUD", "S13", "ngay_giao", ngay_giao=DAY(2026, 2, 1)),
    fault("PER-09", "TTUD", "S13", "ngay_hoan_thanh", ngay_hoan_thanh=DAY(2026, 2, 1)),
    fault("PER-09", "VPS", "BX", "ngay_hop", ngay_hop=DAY(2026, 6, 7)),
    fault("REQ-03", "TTUD", "S00", "nguoi_lap", nguoi_lap=None),
    fault("REQ-03", "TTUD", "S00", "ngay_ky", ngay_ky=None),
    fault("REQ-05", "TTUD", "S01", "thuc_hien_ky", thuc_hien_ky=None, luy_ke_nam=None, ty_le=None),
    fault("REQ-06", "TTUD", "S01", "minh_chung", minh_chung=None),
    fault("REQ-06", "TTUD", "S03", "minh_chung", minh_chung=None),
    fault("REQ-06", "TTUD", "S04", "chung_tu", chung_tu=None),
    fault("REQ-07", "TTUD", "S02", "ho_ten", ho_ten=None),
    fault("REQ-07", "TTUD", "S02", "chuc_vu", chuc_vu=None),
    fault("REQ-07", "TTUD", "S05", "ten", ten=None),
    fault("REQ-07", "TTUD", "S08", "ten", ten=None, also=("CON-05@S01",)),
    fault("REQ-07", "TTUD", "S11", "ten", ten=None),
    fault("REQ-07", "TTUD", "S11", "chuc_vu", chuc_vu=None),
    fault("REQ-09", "TTUD", "S03", "noi_dung", noi_dung=None),
    fault("REQ-09", "TTUD", "S06", "noi_dung", noi_dung=None),
    fault("REQ-09", "TTUD", "S07", "ten", ten=None),
    fault("REQ-09", "TTUD", "S13", "noi_dung", noi_dung=None, also=("CON-05@S01",)),
    fault("REQ-09", "TTUD", "S05", "ngay_nop", ngay_nop=None),
    fault("REQ-09", "TTUD", "S06", "loai_tuyen_truyen", row=1, loai_tuyen_truyen=None),
    fault("REQ-09", "TTUD", "S04", "tri_gia_dong", tri_gia_dong=None, also=("CON-05@S01",)),
    fault("REQ-09", "TTUD", "S11", "dang_xem_xet", dang_xem_xet=None),
    fault("REQ-09", "TTUD", "S00", "tong_ccvcnld", tong_ccvcnld=None),
    fault("REQ-09", "QLCN", "S09", "tong_dat", tong_dat=None),
    fault("REQ-10", "TTUD", "S07", "hieu_qua", hieu_qua="Hiệu quả tốt"),
    fault("REQ-10", "TTUD", "S07", "hieu_qua", hieu_qua=None),
    fault("REQ-10", "TTUD", "S08", "thanh_tich", thanh_tich="Tích cực, gương mẫu"),
    fault("REQ-11", "TTUD", "S03", "dvt_hien_vat", dvt_hien_vat=None),
    fault("REQ-11", "TTUD", "S03", "so_luong_hien_vat", so_luong_hien_vat=None),
    fault("REQ-11", "TTUD", "S04", "don_vi_tinh", don_vi_tinh=None),
    fault("REQ-11", "TTUD", "S04", "so_luong", so_luong=None),
    fault("REQ-12", "VPS", "S10", "noi_dung", noi_dung=None),
    fault("REQ-12", "VPS", "S10", "nguyen_nhan", nguyen_nhan=None),
    fault("REQ-12", "VPS", "S10", "kien_nghi", kien_nghi=None),
    fault("REQ-13", "TTUD", "S12", "trich_yeu", trich_yeu=None),
    fault("REQ-13", "TTUD", "S12", "so_ky_hieu", so_ky_hieu=None),
    fault("REQ-13", "TTUD", "S12", "ngay", ngay=None),
    fault("REQ-14", "TTUD", "S07", "so_quyet_dinh", so_quyet_dinh=None),
    fault("REQ-14", "TTUD", "S07", "ngay_cong_nhan", ngay_cong_nhan=None),
    fault("RNG-01", "TTUD", "S03", "so_nguoi", so_nguoi=-1),
    fault("RNG-01", "TTUD", "S07", "gia_tri_lam_loi", gia_tri_lam_loi=Decimal("-0.5")),
    fault("RNG-01", "TTUD", "S00", "lan_nop", lan_nop=0),
    fault("RNG-01", "QLCN", "S09", "tong_dat", tong_dat=20),
    fault("RNG-01", "TTUD", "S00", "tong_ccvcnld", tong_ccvcnld=-1),
    fault("RNG-01", "TTUD", "S01", "luy_ke_nam", luy_ke_nam=Decimal(-1)),
    fault("RNG-02", "TTUD", "S02", "so_ngay_cong", so_ngay_cong=Decimal("366.5")),
    fault("RNG-03", "TTUD", "S01", "ty_le", ke_hoach=Decimal(50), ty_le=Decimal(150)),
    fault("RNG-04", "QLCN", "S09", "giai_phap", uu_tien=True, giai_phap=None),
    fault("RNG-05", "TTUD", "S03", "kinh_phi", kinh_phi=Decimal("10000000001")),
    fault("RNG-05", "TTUD", "S07", "gia_tri_lam_loi", gia_tri_lam_loi=Decimal("10000000001")),
    fault("RNG-05", "TTUD", "S02", "tri_gia_van_dong", tri_gia_van_dong=Decimal("10000000001")),
    fault("SUM-01", "TTUD", "S13", "trang_thai", ngay_hoan_thanh=None),
    fault("SUM-01", "TTUD", "S01", "ke_hoach", don_vi_tinh="NHIEM_VU"),
    fault("SUM-02", "TTUD", "S01", "ty_le", ty_le=Decimal("75.06")),
    fault("SUM-05", "QLCN", "S09", "tong_dat", tong_dat=8),
    fault("SUM-06", "QLCN", "S09", "ho_ngheo_cuoi", tong_ho=100),
    fault("SUM-07", "QLCN", "S09", "ho_ngheo_cuoi", ho_ngheo_moi=4),
    fault("SUM-08", "TTUD", "S00", "so_tham_gia", so_tham_gia=11),
    fault("SUM-08", "TTUD", "S00", "so_duoc_trien_khai", so_duoc_trien_khai=11, also=("CON-05@S01",)),
    fault("SUM-09", "TTUD", "S00", "so_duoc_trien_khai", ly_do_chua_100=None),
    fault("SUM-10", "TTUD", "S00", "tong_ccvcnld", so_cong_chuc=1),
    fault("SUM-11", "TTUD", "S01", "luy_ke_nam", row=4, luy_ke_nam=Decimal(1)),
    fault("SUM-11", "TTUD", "S01", "luy_ke_giai_doan", row=4, luy_ke_giai_doan=Decimal(1)),
    fault("SUM-12", "TTUD", "S03", "so_ho_ngheo", so_ho_ngheo=24),
    fault("DUP-05", "TTUD", "S05", "so_chung_tu", row=1, so_chung_tu=" pt01/ttud-2024"),
    fault("REF-02", "TTUD", "S04", "ma_ca_nhan", ma_ca_nhan="TTUD-99"),
    fault("REF-02", "TTUD", "S11", "ma_ca_nhan", ma_ca_nhan="TTUD-99"),
    fault("REF-04", "TTUD", "S03", "ke_hoach_so", ke_hoach_so=None),
    fault("REF-05", "QLCN", "S09", "so_tieu_chi", row=4, so_tieu_chi=20),
    fault("REF-05", "QLCN", "S09", "so_tieu_chi", row=4, so_tieu_chi=6),
    fault("REF-05", "QLCN", "S09", "ten_tieu_chi", row=4, ten_tieu_chi="Trường lớp"),
    fault("REF-05", "QLCN", "S09", "bo_tieu_chi", row=4, bo_tieu_chi="NTM_NC"),
    fault("AWD-01", "TTUD", "S11", "ma_tieu_chi", ma_tieu_chi="TT3;CH2"),
    fault("AWD-02", "TTUD", "S11", "ma_hinh_thuc", ma_hinh_thuc="CO_TINH"),
    fault("AWD-04", "TTUD", "S11", "muc_hoan_thanh", muc_hoan_thanh="KHT"),
    fault("AWD-05", "TTUD", "S11", "co_to_trinh", co_to_trinh=False),
    fault("AWD-05", "TTUD", "S11", "co_bao_cao", co_bao_cao=None),
    fault("AWD-05", "TTUD", "S11", "co_bien_ban", co_bien_ban=False),
    fault("AWD-06", "TTUD", "S11", "co_chung_nhan", co_chung_nhan=False, tom_tat="Có hai sáng kiến được áp dụng"),
    fault("AWD-07", "TTUD", "S11", "dip", dip="TONG_KET_2025"),
    fault("AWD-08", "TTUD", "S11", "tom_tat", tom_tat="Tích cực"),
    fault("AWD-08", "TTUD", "S11", "tom_tat", tom_tat="Tốt. " * 401),
    fault("AWD-09", "TTUD", "S11", "cap_de_nghi", don_vi_cong_tac="UBND xã Pu Nhi"),
    fault("VOT-01", "VPS", "BX", "so_co_mat", so_co_mat=10),
    fault("VOT-02", "VPS", "BX", "so_co_mat", so_co_mat=5, so_y_kien_van_ban=4),
    fault(
        "VOT-02",
        "VPS",
        "BX",
        "so_co_mat",
        so_co_mat=7,
        so_y_kien_van_ban=0,
        phieu_dong_y=7,
        ty_le_dong_y=Decimal("77.78"),
    ),
    fault("VOT-03", "VPS", "BX", "phieu_dong_y", phieu_khong=1),
    fault("VOT-04", "VPS", "BX", "ty_le_dong_y", ty_le_dong_y=Decimal("99.9")),
    fault("CON-05", "TTUD", "S01", "thuc_hien_ky", row=4, thuc_hien_ky=Decimal(7), ke_hoach=None, ty_le=None),
    fault("CON-06", "TTUD", "S02", "so_mo_hinh", so_mo_hinh=1),
    fault("CON-06", "TTUD", "S02", "so_sang_kien", so_sang_kien=3),
    fault("CON-06", "TTUD", "S02", "so_tien_dong_gop", so_tien_dong_gop=Decimal(250001)),
    fault("CON-08", "QLCN", "S09", "ket_qua", row=1, dat_ky_truoc="DAT", ket_qua="CHUA"),
)


def findings(one: Submission, today: date = TODAY) -> tuple[Finding, ...]:
    return check_submission(one, book_at(one.period), today=today)


def place(found: Records, code: str, row: int) -> str:
    return found.cell(code, row if row >= 0 else len(found) + row)


@pytest.mark.parametrize("planted", FAULTS, ids=str)
def test_a_planted_fault_gives_exactly_its_finding(planted: Fault) -> None:
    one = changed(clean_round()[planted.unit], planted.form, planted.row, **planted.values)
    told = findings(one)
    main = [found for found in told if (found.code, found.form) not in planted.also]
    cell = place(one.records[planted.form], planted.shown, planted.row)
    assert [(found.code, found.form, found.field_code, found.cell) for found in main] == [
        (planted.code, planted.form, planted.shown, cell)
    ]
    assert {(found.code, found.form) for found in told} - planted.also == {(planted.code, planted.form)}
    assert set(planted.also) <= {(found.code, found.form) for found in told}


@pytest.mark.parametrize("planted", FAULTS, ids=str)
def test_the_finding_says_in_both_languages_what_is_wrong_and_how_to_mend_it(planted: Fault) -> None:
    one = changed(clean_round()[planted.unit], planted.form, planted.row, **planted.values)
    found = next(found for found in findings(one) if found.code == planted.code)
    rule = book_at().rule(planted.code)
    assert rule is not None
    assert (found.severity, found.clause, found.file) == (rule.severity, rule.clause, one.file)
    for sentence in (found.message, found.mend, found.message_en, found.mend_en, found.expected):
        assert sentence
        assert "…" not in sentence
        assert "{" not in sentence


def test_every_rule_that_checks_asks_is_broken_somewhere_in_these_tests() -> None:
    asked = {check.rule.code for check in RuleSet.of(book_at("2025-NAM")).checks}
    here = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py")))
    assert {code for code in asked if f'"{code}"' not in here} == set()


@pytest.mark.parametrize("unit", sorted(clean_round()))
def test_a_clean_report_has_no_findings(unit: str) -> None:
    assert findings(clean_round()[unit]) == ()


def test_a_total_that_passes_over_numbers_stored_as_text_is_not_told_beside_them() -> None:
    clean = clean_round()["TTUD"]
    found = clean.records["S05"]
    cell, amount = found.cell("so_tien", 0), found.value("so_tien", 0)
    less = Decimal(str(found.totals["so_tien"])) - Decimal(str(amount))
    short = replace(clean, records={**clean.records, "S05": replace(found, totals={**found.totals, "so_tien": less})})
    rule = next(one for one in book_at().rules if any(condition.kind == "so_dang_chu" for condition in one.conditions))
    as_text = Finding(rule.code, rule.severity, sheet=found.sheet, cell=cell)
    assert [one.code for one in findings(short)] == ["SUM-03"]
    assert findings(replace(short, findings=(as_text,))) == ()


@pytest.mark.parametrize(("form", "code"), [("S05", "so_tien"), ("S07", "ma_ca_nhan"), ("S02", "ma_ca_nhan")])
def test_what_follows_from_a_missing_column_is_not_told_again(form: str, code: str) -> None:
    clean = clean_round()["TTUD"]
    found = clean.records[form]
    without = replace(
        found,
        columns={name: values for name, values in found.columns.items() if name != code},
        letters={name: letters for name, letters in found.letters.items() if name != code},
        totals={name: total for name, total in found.totals.items() if name != code},
    )
    assert findings(with_records(clean, without, form)) == ()


def test_what_follows_from_a_missing_form_is_not_told_again() -> None:
    clean = clean_round()["TTUD"]
    for form in ("S02", "S05", "S07", "S13"):
        left = {name: records for name, records in clean.records.items() if name != form}
        assert findings(replace(clean, records=left)) == ()


def appended(one: Submission, form: str, row: Mapping[str, Value]) -> Submission:
    records = one.records[form]
    columns = {code: (*values, row.get(code)) for code, values in records.columns.items()}
    return with_records(one, replace(records, rows=(*records.rows, records.rows[-1] + 1), columns=columns), form)


def row_of(one: Submission, form: str, index: int) -> dict[str, Value]:
    return {code: values[index] for code, values in one.records[form].columns.items()}


def only(told: tuple[Finding, ...]) -> Finding:
    assert len(told) == 1, [(found.code, found.cell) for found in told]
    return told[0]


def test_a_person_entered_twice_is_told_at_the_second_row_with_both_cells() -> None:
    one = clean_round()["TTUD"]
    one = appended(one, "S02", row_of(one, "S02", 0))
    found = only(findings(one))
    assert (found.code, found.cell) == ("DUP-02", one.records["S02"].cell("ma_ca_nhan", LAST))
    assert found.message == "Mã cá nhân TTUD-01 trùng ở B12, B22."
    assert found.related == (f"{one.file}|Biểu 02|B12",)


def test_one_award_proposed_twice_is_a_duplicate_and_two_awards_for_one_merit_a_warning() -> None:
    one = clean_round()["TTUD"]
    row = row_of(one, "S11", 0)
    twice = only(findings(appended(one, "S11", row)))
    assert (twice.code, twice.message) == (
        "DUP-01",
        "Lò Văn Biên được đề nghị Giấy khen của Giám đốc Sở hai lần (D12, D13).",
    )
    other = only(findings(appended(one, "S11", {**row, "ma_hinh_thuc": "BK_TINH"})))
    assert (other.code, other.cell) == ("AWD-13", "D13")
    assert findings(appended(one, "S11", {**row, "ma_ca_nhan": "TTUD-05"})) == ()


@pytest.mark.parametrize(
    ("form", "field_code", "code"),
    [("S05", "so_tien", "SUM-03"), ("S03", "kinh_phi", "SUM-04"), ("S02", "so_mo_hinh", "SUM-04")],
)
def test_a_total_row_that_does_not_add_up_is_told_at_the_total_cell(form: str, field_code: str, code: str) -> None:
    one = clean_round()["TTUD"]
    records = one.records[form]
    total = records.totals[field_code]
    assert isinstance(total, Decimal)
    wrong = replace(records, totals={**records.totals, field_code: total + 1})
    found = only(findings(replace(one, records={**one.records, form: wrong})))
    assert (found.code, found.field_code) == (code, field_code)
    assert found.cell == f"{records.letters[field_code]}{records.total_row}"


def test_a_total_that_differs_by_rounding_is_only_a_note_and_never_for_whole_numbers() -> None:
    one = changed(clean_round()["TTUD"], "S02", 0, so_ngay_cong=Decimal("1.25"))
    records = one.records["S02"]
    total = records.totals["so_ngay_cong"]
    assert isinstance(total, Decimal)

    def with_total(value: Decimal) -> Submission:
        return replace(
            one, records={**one.records, "S02": replace(records, totals={**records.totals, "so_ngay_cong": value})}
        )

    assert only(findings(with_total(total + Decimal("0.05")))).code == "SUM-14"
    assert only(findings(with_total(total + Decimal("0.15")))).code == "SUM-04"


def test_a_table_left_empty_must_be_declared() -> None:
    one = clean_round()["TTUD"]
    undeclared = replace(one.records["S10"], nothing_to_report=False)
    found = only(findings(replace(one, records={**one.records, "S10": undeclared})))
    assert (found.code, found.cell) == ("STR-01", "C6")
    assert found.message == 'Biểu 10 - Khó khăn, vướng mắc, kiến nghị để trống mà chưa tích "Không phát sinh".'


def test_the_centre_must_report_its_publicity_even_when_the_form_is_declared_empty() -> None:
    one = clean_round()["TTUD"]
    records = one.records["S06"]
    empty = replace(records, rows=(), columns=dict.fromkeys(records.columns, ()), nothing_to_report=True)
    told = findings(with_records(one, empty, "S06"))
    assert {(found.code, found.cell) for found in told if found.form == "S06"} == {("REQ-08", "C6")}


def test_a_missing_row_of_a_complete_set_is_told_at_the_communes_first_row() -> None:
    one = clean_round()["QLCN"]
    records = one.records["S09"]
    without = replace(
        records,
        rows=records.rows[:5] + records.rows[6:],
        columns={code: values[:5] + values[6:] for code, values in records.columns.items()},
    )
    found = only(findings(with_records(one, without, "S09")))
    assert (found.code, found.cell) == ("REF-05", records.cell("so_tieu_chi", 0))
    assert found.message == "Xã Nong U: thiếu tiêu chí số 6."


def test_a_date_in_the_period_that_has_not_come_yet_is_told_as_future() -> None:
    one = changed(clean_round()["TTUD"], "S04", 0, ngay=DAY(2024, 6, 1))
    told = findings(one, today=DAY(2024, 5, 31))
    assert ("PER-09", "S04", "ngay") in {(found.code, found.form, found.field_code) for found in told}
    assert "PER-08" not in {found.code for found in told}
