"""Rules that are seen only across files: receipt, things reported twice, references, ballots, changes over time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from sample_submissions import TODAY, book_at, changed, clean_round, with_records

from thidua_xl.checks import check_round, check_submission, without_share
from thidua_xl.model import Award, Criteria, Finding, Submission, Value
from thidua_xl.text import fold

# The sample round itself lacks one unit and has one late file.
_KNOWN = {("CON-01", "CHPN"), ("PER-02", "CDS")}


def told(
    submissions: Iterable[Submission],
    *,
    period: str = "2024-6T",
    previous: Sequence[Submission] = (),
    book: Criteria | None = None,
) -> list[Finding]:
    criteria = book or book_at(period)
    assert criteria.period is not None
    found = check_round(list(submissions), criteria, criteria.period, today=TODAY, previous=previous)
    return [one for one in found if (one.code, one.unit) not in _KNOWN]


def sample(**changes: Submission) -> list[Submission]:
    return [changes.get(unit, one) for unit, one in clean_round().items()]


def places(found: Iterable[Finding]) -> set[tuple[str, str, str, str]]:
    return {(one.code, one.unit, one.form, one.cell) for one in found}


def copied_row(source: Submission, form: str, row: int, target: Submission) -> Submission:
    """The target with one more row of a form, copied from another unit."""
    here, there = source.records[form], target.records[form]
    count = len(there.rows)
    columns = {code: (*there.columns[code], here.columns[code][row]) for code in there.columns}
    rows = (*there.rows, there.rows[-1] + 1) if count else (12,)
    return with_records(target, replace(there, rows=rows, columns=columns), form)


def test_the_sample_round_is_clean_but_for_the_missing_unit_and_the_late_one() -> None:
    assert told(sample()) == []
    criteria = book_at()
    assert criteria.period is not None
    found = check_round(sample(), criteria, criteria.period, today=TODAY)
    assert {(one.code, one.unit) for one in found} == _KNOWN
    late = next(one for one in found if one.code == "PER-02")
    assert late.message == "Nộp trễ 3 ngày so với hạn 10/06/2024."


def test_the_order_of_the_files_changes_nothing() -> None:
    copy = copied_row(clean_round()["TTUD"], "S07", 0, clean_round()["QLDA"])
    files = sample(QLDA=copy)
    assert told(files) == told(files[::-1])


def test_two_files_of_a_unit_that_both_count_and_the_version_sent_before() -> None:
    one = clean_round()["TTUD"]
    again = replace(one, file="BC_TTUD_2024-6T_ban_moi.xlsx", received=datetime(2024, 6, 9, 8, 0))
    found = told([*sample(), again])
    assert {(x.code, x.file) for x in found if x.code in ("CON-03", "META-05")} == {
        ("CON-03", again.file),
        ("META-05", again.file),
    }
    message = next(x.message for x in found if x.code == "META-05")
    assert message == f"Đơn vị {one_name('TTUD')} đã nộp lần 1 cho kỳ 6 tháng 2024."


def test_a_superseded_version_is_told_and_counts_for_nothing_else() -> None:
    second = replace(clean_round()["TTUD"], version=2, file="BC_TTUD_2024-6T_L2.xlsx")
    first = replace(clean_round()["TTUD"], superseded_by=second.file)
    found = told([*[one for one in sample() if one.unit != "TTUD"], first, second])
    assert [(x.code, x.file) for x in found] == [("META-05", first.file)]


def test_an_initiative_two_units_report_is_told_in_both_files_whatever_its_case_and_accents() -> None:
    copy = copied_row(clean_round()["TTUD"], "S07", 0, clean_round()["QLDA"])
    copy = changed(copy, "S07", 2, ten="MO HINH TRONG NAM SO TREN LOI NGO TAI HO")
    found = told(sample(QLDA=copy))
    assert places(found) == {("DUP-03", "TTUD", "S07", "D12"), ("DUP-03", "QLDA", "S07", "D14")}
    assert one_name("QLDA") in next(x.message for x in found if x.unit == "TTUD")


def test_of_many_units_that_report_one_entry_the_first_are_named_and_the_others_counted() -> None:
    criteria = book_at()
    round_ = clean_round()
    names = [f"U{number:02}" for number in range(30)]
    more = tuple(replace(criteria.units[0], code=one, name=one) for one in names)
    copies = [replace(round_["TTUD"], unit=one, file=f"{one}.xlsx") for one in names]
    found = told(copies, book=replace(criteria, units=more))
    mine = next(one for one in found if (one.code, one.unit, one.form) == ("DUP-03", "U05", "S07"))
    first = [one for one in names if one != "U05"][:20]
    assert f"đã có ở đơn vị {', '.join(first)} và 9 đơn vị khác." in mine.message
    assert "and 9 other units" in mine.message_en
    assert [one.partition(".")[0] for one in mine.related] == first


def test_a_gift_two_units_report_is_told_in_both_files() -> None:
    copy = copied_row(clean_round()["TTUD"], "S04", 0, clean_round()["QLDA"])
    found = told(sample(QLDA=copy))
    assert {(x.code, x.unit) for x in found} == {("DUP-04", "TTUD"), ("DUP-04", "QLDA")}
    assert found[0].message == (
        'Nguồn "Công ty TNHH Nấm Sạch Thung Lũng" 27.000.000 ngày 07/03/2024 có ở cả '
        f"{one_name('QLDA')} và {one_name('TTUD')}: có thể tính hai lần."
    )


def test_a_person_two_units_propose_for_the_same_award_is_a_duplicate_unless_codes_differ() -> None:
    copy = copied_row(clean_round()["TTUD"], "S11", 0, clean_round()["QLDA"])
    assert {(x.code, x.unit) for x in told(sample(QLDA=copy)) if x.code == "DUP-01"} == {
        ("DUP-01", "TTUD"),
        ("DUP-01", "QLDA"),
    }
    other = changed(copy, "S11", 1, ma_ca_nhan="QLDA-01")
    assert not [x for x in told(sample(QLDA=other)) if x.code == "DUP-01"]


@pytest.mark.parametrize(
    "write",
    [
        lambda name: f"Đồng chí {name}",
        lambda name: f"Bà  {name.upper()}",
        lambda name: fold(name),
        lambda name: unicodedata.normalize("NFD", f"Ông: {name}"),
        lambda name: f"ThS. {name}",
    ],
)
def test_a_name_written_otherwise_by_another_unit_is_a_possible_duplicate_told_in_both_files(
    write: Callable[[str], str],
) -> None:
    copy = copied_row(clean_round()["TTUD"], "S11", 0, clean_round()["QLDA"])
    name = str(clean_round()["TTUD"].records["S11"].value("ten", 0))
    found = told(sample(QLDA=changed(copy, "S11", 1, ten=write(name))))
    mine = {(one.code, one.unit, one.severity.value) for one in found if one.code.startswith("DUP")}
    assert mine == {("DUP-03", "TTUD", "CANH_BAO"), ("DUP-03", "QLDA", "CANH_BAO")}
    assert "có thể trùng với đề nghị của" in found[0].message


@pytest.mark.parametrize(
    "write", [str.upper, lambda name: f"  {name}  ", lambda name: unicodedata.normalize("NFD", name)]
)
def test_the_same_name_in_other_letters_is_the_same_name(write: Callable[[str], str]) -> None:
    copy = copied_row(clean_round()["TTUD"], "S11", 0, clean_round()["QLDA"])
    name = str(clean_round()["TTUD"].records["S11"].value("ten", 0))
    found = told(sample(QLDA=changed(copy, "S11", 1, ten=write(name))))
    assert {one.code for one in found if one.code.startswith("DUP")} == {"DUP-01"}


def test_a_person_two_units_propose_for_two_awards_on_one_occasion_is_told_at_both() -> None:
    copy = copied_row(clean_round()["TTUD"], "S11", 0, clean_round()["QLDA"])
    other = changed(copy, "S11", 1, ma_hinh_thuc="BK_TINH")
    found = [one for one in told(sample(QLDA=other)) if one.code in ("AWD-13", "DUP-01")]
    assert {(one.code, one.unit) for one in found} == {("AWD-13", "TTUD"), ("AWD-13", "QLDA")}
    assert all("không khen nhiều hình thức" in one.message for one in found)
    elsewhere = changed(changed(copy, "S11", 1, ma_hinh_thuc="BK_TINH"), "S11", 1, ma_ca_nhan="QLDA-01")
    assert "AWD-13" not in {one.code for one in told(sample(QLDA=elsewhere))}


def test_a_news_item_must_name_an_example_of_some_unit() -> None:
    one = changed(clean_round()["CDS"], "S06", 0, ma_dien_hinh="dh-ttud-01")
    assert told(sample(CDS=one)) == []
    one = changed(clean_round()["CDS"], "S06", 0, ma_dien_hinh="DH-TTUD-09")
    assert places(told(sample(CDS=one))) == {("REF-07", "CDS", "S06", "I12")}


def test_a_commune_nobody_reports_on_is_missing_only_in_periods_that_go_by_commune() -> None:
    files = []
    for one in sample():
        records = one.records["S03"]
        kept = [index for index, code in enumerate(records.columns["ma_xa"]) if code != "NONG_U"]
        rows = tuple(records.rows[index] for index in kept)
        columns = {code: tuple(values[index] for index in kept) for code, values in records.columns.items()}
        files.append(with_records(one, replace(records, rows=rows, columns=columns), "S03"))
    found = told(files)
    assert [(x.code, x.message) for x in found] == [
        ("CON-07", "Báo cáo giúp đỡ xã chưa có số liệu xã Nong U."),
    ]
    moved = [replace(one, period="2024-TCD") for one in files]
    assert "CON-07" not in {x.code for x in told(moved, period="2024-TCD")}


def test_from_july_2025_the_old_communes_are_added_to_the_new_one() -> None:
    one = replace(clean_round()["TTUD"], period="2025-NAM")
    one = changed(one, "S03", 0, tu_ngay=date(2025, 3, 3), den_ngay=date(2025, 5, 5))
    one = changed(one, "S03", 1, tu_ngay=date(2025, 8, 3), den_ngay=date(2025, 8, 5))
    merged = [x for x in told([one], period="2025-NAM") if x.code == "CON-09"]
    assert {x.message for x in merged} == {
        "Số liệu Xã Nong U được cộng vào Xã Pu Nhi (mới) từ 01/07/2025.",
        "Số liệu Xã Pu Nhi được cộng vào Xã Pu Nhi (mới) từ 01/07/2025.",
    }
    expired = [x for x in check_submission(one, book_at("2025-NAM"), today=TODAY) if x.code == "PER-10"]
    assert [(x.form, x.cell) for x in expired if x.form == "S03"] == [("S03", "B13")]
    assert expired[0].message == "Dòng 13: Xã Pu Nhi đã hết hiệu lực từ 01/07/2025, dùng Xã Pu Nhi (mới)."


@pytest.mark.parametrize(
    ("code", "values"),
    [("AWD-10", {"dang_xem_xet": True}), ("AWD-12", {"ma_hinh_thuc": "CSTDCS"})],
)
def test_rules_of_2025_hold_from_their_day_on_and_not_before(code: str, values: dict[str, Value]) -> None:
    one = changed(clean_round("2025-NAM")["TTUD"], "S11", 0, **values)
    assert code in {x.code for x in check_submission(one, book_at("2025-NAM"), today=TODAY)}
    one = changed(clean_round()["TTUD"], "S11", 0, **values)
    assert code not in {x.code for x in check_submission(one, book_at(), today=TODAY)}


def share(book: Criteria, percent: int) -> Criteria:
    """The book with a least share of votes for every award."""
    return replace(book, awards=tuple(replace(one, threshold_percent=Decimal(percent)) for one in book.awards))


def quota(book: Criteria, award: str, number: int) -> Criteria:
    def with_quota(one: Award) -> Award:
        return replace(one, quota=number) if one.code == award else one

    return replace(book, awards=tuple(with_quota(one) for one in book.awards))


def test_more_proposals_than_the_quota_are_told_once_at_the_first_beyond_it() -> None:
    found = told(sample(), book=quota(book_at(), "GIAY_KHEN_SO", 3))
    assert [(x.code, x.unit, x.cell) for x in found] == [("AWD-03", "TTUD", "H12")]
    assert found[0].message == "Đề nghị 4/3 Giấy khen của Giám đốc Sở cho dịp Đột xuất."
    assert len(found[0].related) == 3
    assert told(sample(), book=quota(book_at(), "GIAY_KHEN_SO", 4)) == []


def test_over_the_quota_the_law_of_2025_adds_a_hint() -> None:
    files = list(clean_round("2025-NAM").values())
    found = told(files, period="2025-NAM", book=quota(book_at("2025-NAM"), "GIAY_KHEN_SO", 3))
    assert {x.code for x in found} & {"AWD-03", "AWD-11"} == {"AWD-03", "AWD-11"}


def test_a_ballot_must_name_a_proposal_of_the_round() -> None:
    one = changed(clean_round()["VPS"], "BX", 0, ma_de_nghi="VPS-S11-9")
    assert places(told(sample(VPS=one))) == {("REF-08", "VPS", "BX", "A12")}
    ballots = one.records["BX"]
    without = replace(
        ballots, rows=ballots.rows[1:], columns={code: values[1:] for code, values in ballots.columns.items()}
    )
    assert places(told(sample(VPS=with_records(one, without, "BX")))) == {("VOT-07", "VPS", "S11", "D12")}


def test_a_ballot_below_the_awards_threshold_must_not_end_in_a_proposal() -> None:
    one = changed(clean_round()["VPS"], "BX", 0, phieu_dong_y=7, phieu_khong=2, ty_le_dong_y=Decimal("77.78"))
    book = share(book_at(), 80)
    found = told(sample(VPS=one), book=book)
    assert places(found) == {("VOT-05", "VPS", "BX", "I12"), ("VOT-06", "VPS", "BX", "J12")}
    assert next(x.message for x in found if x.code == "VOT-05").endswith(": 77,78% đồng ý, cần từ 80%.")
    rejected = changed(one, "BX", 0, ket_luan="KHONG")
    assert told(sample(VPS=rejected), book=book) == []
    against_the_votes = changed(clean_round()["VPS"], "BX", 0, ket_luan="KHONG")
    assert places(told(sample(VPS=against_the_votes), book=book)) == {("VOT-06", "VPS", "BX", "J12")}


def test_without_a_threshold_any_share_will_do_and_that_is_said() -> None:
    one = changed(clean_round()["VPS"], "BX", 0, phieu_dong_y=1, phieu_khong=8, ty_le_dong_y=Decimal("11.11"))
    files = sample(VPS=one)
    assert told(files) == []
    assert without_share(tuple(files), book_at()) == ("Giấy khen của Giám đốc Sở",)
    assert without_share(tuple(files), share(book_at(), 80)) == ()
    assert without_share(tuple(f for f in files if f.unit != "VPS"), book_at()) == ()


def test_nominations_wait_in_silence_until_the_council_has_met() -> None:
    records = clean_round()["VPS"].records["BX"]
    columns: dict[str, tuple[Value, ...]] = dict.fromkeys(records.columns, ())
    before = with_records(clean_round()["VPS"], replace(records, rows=(), columns=columns), "BX")
    assert told(sample(VPS=before)) == []


def test_figures_far_from_the_last_period_of_the_same_kind_are_told_and_only_then() -> None:
    last_year = replace(clean_round()["TTUD"], period="2023-6T")
    assert told(sample(), previous=[last_year]) == []
    doubled = changed(last_year, "S02", 0, so_luot_di_co_so=1000)
    found = told(sample(), previous=[doubled])
    assert [(x.code, x.unit, x.form, x.field_code) for x in found] == [("RNG-06", "TTUD", "S02", "so_luot_di_co_so")]
    assert found[0].message.startswith("Chỉ tiêu Số lượt đi cơ sở: ")
    assert found[0].cell == f"G{clean_round()['TTUD'].records['S02'].total_row}"
    assert told(sample(), previous=[replace(doubled, period="2023-NAM")]) == []


def test_a_criterion_is_compared_row_by_row_with_the_last_period() -> None:
    before = replace(clean_round()["TTUD"], period="2023-6T")
    before = changed(before, "S01", 4, thuc_hien_ky=Decimal(1))
    found = told(sample(), previous=[before])
    assert [(x.code, x.form, x.cell) for x in found] == [("RNG-06", "S01", "F16")]


def test_a_criterion_that_was_met_and_is_lost_is_told_from_the_earlier_report() -> None:
    before = replace(clean_round()["QLCN"], period="2023-NAM")
    before = changed(before, "S09", 1, ket_qua="DAT")
    now = changed(clean_round()["QLCN"], "S09", 1, ket_qua="CHUA", dat_ky_truoc="CHUA")
    found = told(sample(QLCN=now), previous=[before])
    assert [(x.code, x.cell) for x in found] == [("CON-08", "E13")]
    assert found[0].message == "Xã Nong U: tiêu chí 2 đã đạt kỳ trước nay chưa đạt."


def test_the_phases_cumulative_figure_is_the_sum_of_the_closed_years_once_all_are_at_hand() -> None:
    years = [replace(clean_round("2024-NAM")["TTUD"], period=period) for period in ("2022-NAM", "2023-NAM")]
    now = clean_round("2024-NAM")["TTUD"]
    value = now.records["S01"].value("thuc_hien_ky", 4)
    assert isinstance(value, Decimal)
    right = changed(now, "S01", 4, luy_ke_giai_doan=value * 3)
    wrong = changed(now, "S01", 4, luy_ke_giai_doan=value * 3 + 1)

    def of_row(one: Submission, previous: Sequence[Submission]) -> list[str]:
        found = told([one], period="2024-NAM", previous=previous)
        return [x.cell for x in found if x.code == "CON-04" and x.cell == "H16"]

    assert of_row(right, years) == []
    assert of_row(wrong, years) == ["H16"]
    assert of_row(wrong, years[:1]) == []


def one_name(unit: str) -> str:
    found = book_at().unit(unit)
    assert found is not None
    return found.name
