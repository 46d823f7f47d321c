"""The sample round: what the fictitious units report agrees with itself, and the files are what an office receives."""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from thidua_xl.errors import UsageProblem
from thidua_xl.forms import load_criteria
from thidua_xl.jobs.collect import RECEIPTS
from thidua_xl.jobs.review import CheckResult, check
from thidua_xl.jobs.sample_book import write_sample_book
from thidua_xl.jobs.sample_material import load_material
from thidua_xl.jobs.sample_records import UnitContent, sample_records
from thidua_xl.jobs.sample_round import SampleRound, write_sample_round
from thidua_xl.model import Criteria, FieldKind, FormKind, Severity, Value
from thidua_xl.ooxml import Workbook
from thidua_xl.text import fold

PERIOD = "2024-6T"


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria()


@pytest.fixture(scope="module")
def contents(criteria: Criteria) -> tuple[UnitContent, ...]:
    return sample_records(criteria)


@pytest.fixture(scope="module")
def written(criteria: Criteria, tmp_path_factory: pytest.TempPathFactory) -> SampleRound:
    return write_sample_round(tmp_path_factory.mktemp("sample") / "nop", criteria)


@pytest.fixture(scope="module")
def checked(written: SampleRound) -> CheckResult:
    return check([written.folder], written.criteria, PERIOD, today=date(2024, 6, 17))


def rows_of(content: UnitContent, form: str) -> tuple[Mapping[str, Value], ...]:
    return content.records.get(form, ())


def total(content: UnitContent, form: str, field: str) -> Decimal:
    return sum((Decimal(str(row.get(field, 0))) for row in rows_of(content, form)), Decimal())


def values_of_kind(criteria: Criteria, content: UnitContent, kind: FieldKind) -> Iterator[tuple[str, str, Value]]:
    for form in criteria.at(PERIOD).forms:
        for row in rows_of(content, form.code):
            for field in form.fields:
                if field.kind is kind and row.get(field.code) is not None:
                    yield form.code, field.code, row[field.code]


def test_the_same_seed_gives_the_same_figures_and_another_seed_gives_others(criteria: Criteria) -> None:
    assert sample_records(criteria, 7) == sample_records(criteria, 7)
    assert sample_records(criteria, 7) != sample_records(criteria, 8)


def test_every_unit_but_the_missing_one_reports_and_one_reports_twice(contents: tuple[UnitContent, ...]) -> None:
    material = load_material()
    versions = Counter(content.unit for content in contents)
    assert len(material.units) == 15
    assert sum(versions.values()) == 15
    assert sorted(versions.values()) == [1] * 13 + [2]
    assert Counter(unit.role for unit in material.units) == {
        "sach": 9,
        "thieu": 1,
        "tre": 1,
        "hai_lan": 1,
        "mau_cu": 1,
        "so_chu": 1,
        "loi": 1,
    }


def test_no_sample_unit_bears_the_name_of_a_unit_of_the_office(criteria: Criteria) -> None:
    known = {fold(name) for unit in criteria.units for name in (unit.name, *unit.aliases)}
    assert not known & {fold(name) for unit in load_material().units for name in (unit.name, *unit.aliases)}


@pytest.mark.parametrize("seed", [2024, 1, 99])
def test_people_gifts_and_heads_of_a_unit_agree(criteria: Criteria, seed: int) -> None:
    for content in sample_records(criteria, seed):
        people = rows_of(content, "S02")
        assert content.single["tong_ccvcnld"] == len(people)
        heads = [content.single[name] for name in ("so_cong_chuc", "so_vien_chuc", "so_nguoi_lao_dong")]
        assert sum(int(str(one)) for one in heads) == len(people)
        gifts = sum(Decimal(str(row["so_tien"])) for row in rows_of(content, "S05") if "ma_ca_nhan" in row)
        assert total(content, "S02", "so_tien_dong_gop") == gifts
        assert total(content, "S02", "tri_gia_van_dong") == total(content, "S04", "tri_gia_dong")


@pytest.mark.parametrize("seed", [2024, 1, 99])
def test_declared_indicators_equal_what_their_forms_hold(criteria: Criteria, seed: int) -> None:
    for content in sample_records(criteria, seed):
        declared = [row["thuc_hien_ky"] for row in rows_of(content, "S01")]
        tasks = rows_of(content, "S13")
        done = sum(row["trang_thai"] in ("DUNG_HAN", "TRE_HAN") for row in tasks)
        news = [row for row in rows_of(content, "S06") if row["loai_tuyen_truyen"] == "TIN_BAI"]
        assert declared[0] == Decimal(done * 100) / len(tasks) if tasks else declared[0] == 0
        assert declared[3] == sum("ma_xa" in row for row in rows_of(content, "S07"))
        assert declared[4] == total(content, "S04", "tri_gia_dong")
        assert declared[5] == total(content, "S03", "so_ho_huong_loi")
        assert declared[6] == len(rows_of(content, "S03"))
        assert declared[8] == total(content, "S05", "so_tien")
        assert declared[9] == sum(int(str(row["so_luong"])) for row in news)
        assert declared[11] == len(rows_of(content, "S08"))


@pytest.mark.parametrize("seed", [2024, 1, 99])
def test_every_ratio_is_that_of_its_plan_and_none_passes_a_hundred(criteria: Criteria, seed: int) -> None:
    for content in sample_records(criteria, seed):
        for row in rows_of(content, "S01"):
            if "ty_le" in row:
                plan, done = Decimal(str(row["ke_hoach"])), Decimal(str(row["thuc_hien_ky"]))
                assert abs(Decimal(str(row["ty_le"])) - done * 100 / plan) < Decimal("0.01")
                assert Decimal(str(row["ty_le"])) <= 100


@pytest.mark.parametrize("period", ["2024-6T", "2023-NAM", "2022-6T"])
def test_events_lie_within_the_period_and_start_before_they_end(criteria: Criteria, period: str) -> None:
    chosen = criteria.find_period(period)
    assert chosen is not None and chosen.start is not None and chosen.end is not None
    for content in sample_records(criteria, period=period):
        for form, field, day in values_of_kind(criteria, content, FieldKind.DATE):
            assert isinstance(day, date) and chosen.start <= day <= chosen.end, (content.unit, form, field)
        for form, first, last in (
            ("S03", "tu_ngay", "den_ngay"),
            ("S11", "tu_ngay", "den_ngay"),
            ("S13", "ngay_giao", "han"),
        ):
            for row in rows_of(content, form):
                begin, end = row[first], row.get(last)
                assert isinstance(begin, date)
                assert end is None or (isinstance(end, date) and begin <= end)
        assert content.signed <= content.received


def test_every_choice_is_in_its_list_and_every_person_code_in_the_unit(
    criteria: Criteria, contents: tuple[UnitContent, ...]
) -> None:
    in_force = criteria.at(PERIOD)
    known = {code: {item.code for item in one.items} for code, one in in_force.lists.items()}
    known["DIA_BAN"] = {one.code for one in in_force.communes}
    known["KHEN_THUONG"] = {one.code for one in in_force.awards}
    for content in contents:
        codes = {row["ma_ca_nhan"] for row in rows_of(content, "S02")}
        for form in in_force.forms:
            for field in form.fields:
                for row in rows_of(content, form.code):
                    value = row.get(field.code)
                    if value is not None and field.kind is FieldKind.CHOICE:
                        assert value in known[field.choices], (content.unit, form.code, field.code)
                    if value is not None and field.choices == "S02.ma_ca_nhan":
                        assert value in codes


def test_names_vouchers_and_initiatives_occur_once_in_the_round(contents: tuple[UnitContent, ...]) -> None:
    latest = {content.unit: content for content in contents}.values()
    for form, field in (
        ("S02", "ho_ten"),
        ("S05", "so_chung_tu"),
        ("S07", "ten"),
        ("S08", "ten"),
        ("S04", "ten_nha_tai_tro"),
    ):
        counted = Counter(fold(str(row[field])) for content in latest for row in rows_of(content, form))
        assert max(counted.values()) == 1, counted.most_common(1)


def test_every_nomination_has_its_ballot(contents: tuple[UnitContent, ...]) -> None:
    latest = {content.unit: content for content in contents}
    wanted = [
        f"{unit}-S11-{number}"
        for unit, content in latest.items()
        for number in range(1, len(rows_of(content, "S11")) + 1)
    ]
    ballots = [row["ma_de_nghi"] for content in contents for row in rows_of(content, "BX")]
    assert sorted(map(str, ballots)) == sorted(wanted)
    assert wanted


def test_tables_without_rows_are_declared_empty(criteria: Criteria, contents: tuple[UnitContent, ...]) -> None:
    tables = {
        form.code
        for form in criteria.at(PERIOD).forms
        if form.kind is not FormKind.SINGLE and form.filled_by == "DON_VI"
    }
    for content in contents:
        assert set(content.nothing) | {code for code in content.records if code in tables} == tables
        assert not set(content.nothing) & set(content.records)


def test_a_field_the_book_does_not_have_is_left_out(criteria: Criteria) -> None:
    gone = replace(
        criteria,
        forms=tuple(
            replace(form, fields=tuple(one for one in form.fields if one.code != "ban")) for form in criteria.forms
        ),
    )
    assert all("ban" not in row for content in sample_records(gone) for row in rows_of(content, "S03"))


def test_a_period_without_dates_is_refused(criteria: Criteria) -> None:
    with pytest.raises(UsageProblem, match=r"usage\.unknown_period"):
        sample_records(criteria, period="DX")


def test_the_same_seed_gives_the_same_bytes_and_times(criteria: Criteria, written: SampleRound, tmp_path: Path) -> None:
    again = write_sample_round(tmp_path / "nop", criteria)
    assert [one.path.name for one in again.files] == [one.path.name for one in written.files]
    for first, second in zip(written.files, again.files, strict=True):
        assert first.path.read_bytes() == second.path.read_bytes()
        assert first.path.stat().st_mtime == second.path.stat().st_mtime
    assert written.criteria_book.read_bytes() == again.criteria_book.read_bytes()


def test_the_sample_book_obliges_fifteen_units_in_three_blocs_and_keeps_the_rules(
    criteria: Criteria, written: SampleRound
) -> None:
    book = written.criteria
    assert [unit.code for unit in book.units if unit.obliged] == [unit.code for unit in load_material().units]
    assert Counter(unit.bloc for unit in book.units) == {"PHONG": 7, "DON_VI": 5, "DOAN_THE": 3}
    assert [rule.code for rule in book.rules] == [rule.code for rule in criteria.rules]
    assert book.text_setting("co_quan") == load_material().settings["co_quan"]
    assert book.unit(book.text_setting("don_vi_van_phong")) is not None
    assert book.unit(book.text_setting("don_vi_truyen_thong")) is not None


def test_receipts_tell_who_was_late_and_when_each_file_came(written: SampleRound) -> None:
    with (written.folder / RECEIPTS).open(encoding="utf-8-sig", newline="") as stream:
        listed = {row[0]: date.fromisoformat(row[1]) for row in list(csv.reader(stream))[1:]}
    assert listed == {one.path.name: one.received.date() for one in written.files}
    period = written.criteria.find_period(PERIOD)
    assert period is not None and period.due is not None
    late = [one.unit for one in written.files if one.received.date() > period.due]
    assert late == [unit.code for unit in load_material().units if unit.role == "tre"]
    assert written.missing == tuple(unit.code for unit in load_material().units if unit.role == "thieu")


def test_two_versions_differ_in_the_corrected_figure(written: SampleRound) -> None:
    first, second = (one.path for one in written.files if one.role == "hai_lan")
    amounts = [Workbook.open(path)["Biểu 04"].get("G11") for path in (first, second)]
    assert amounts[0] == 750000
    assert isinstance(amounts[1], int) and amounts[1] >= 6000000


def test_the_old_layout_has_other_names_and_none_of_our_metadata(written: SampleRound) -> None:
    old = next(one for one in written.files if one.role == "mau_cu")
    book = Workbook.open(old.path)
    assert not book.defined_names
    assert not set(book.sheetnames) & {form.sheet for form in written.criteria.forms if form.code != "S00"}
    assert "_thidua" not in book.sheetnames
    headings = [book["Cá nhân"].get(cell) for cell in ("A4", "B4", "C4")]
    assert headings == ["TT", "Mã CCVC", "Họ tên"]


def test_one_unit_types_numbers_and_dates_as_text(written: SampleRound) -> None:
    typed = next(one for one in written.files if one.role == "so_chu")
    book = Workbook.open(typed.path)
    assert str(book["Biểu 05"].get("F11")).endswith("0.000 đồng")
    assert str(book["Biểu 05"].get("G11")).count("/") == 2
    name = str(book["Biểu 02"].get("C11"))
    assert len(name) > len(fold(name))


def test_planted_faults_are_many_on_many_sheets_and_each_has_its_own_cell(written: SampleRound) -> None:
    faults = [one for one in written.planted if one.unit == "QLDA"]
    assert len(faults) >= 12
    assert len({one.sheet for one in faults}) >= 6
    assert len({one.code for one in faults}) >= 12
    assert len({(one.sheet, one.cell) for one in faults}) == len(faults)
    assert {one.severity for one in faults} == {Severity.ERROR, Severity.WARNING}


def test_a_planted_value_stands_in_the_cell_that_is_said(written: SampleRound) -> None:
    path = next(one.path for one in written.files if one.role == "loi")
    book = Workbook.open(path)
    by_code = {one.code: one for one in written.planted if one.unit == "QLDA"}
    for code, value in (("LST-11", "Không rõ"), ("RNG-02", 400), ("SUM-03", 9999000), ("REQ-14", None)):
        assert book[by_code[code].sheet].get(by_code[code].cell) == value


def test_the_files_carry_no_author_and_no_day_of_making(written: SampleRound) -> None:
    for one in written.files:
        with zipfile.ZipFile(one.path) as package:
            core = package.read("docProps/core.xml").decode()
            assert {entry.date_time[0] for entry in package.infolist()} == {1980}
        assert "<dc:creator></dc:creator>" in core or "<dc:creator/>" in core


def test_a_book_with_fewer_units_still_takes_all_of_the_sample(criteria: Criteria, tmp_path: Path) -> None:
    source = tmp_path / "small.xlsx"
    shipped = Workbook.open(Path(__file__).parents[3] / "workbooks" / "bo-tieu-chi.xlsx")
    sheet = shipped["Đơn vị"]
    column = "ABCDEFGHIJK"
    for unit in criteria.units:
        if unit.code not in ("VPS", "TTUD"):
            row = unit.place.cell[1:]
            for letter in column:
                sheet.set(f"{letter}{row}", None)
    shipped.save(source)
    write_sample_book(source, load_criteria(source), load_material(), tmp_path / "sample.xlsx")
    assert [unit.code for unit in load_criteria(tmp_path / "sample.xlsx").units] == [
        unit.code for unit in load_material().units
    ]


def told(checked: CheckResult, written: SampleRound) -> Counter[tuple[str, str, str, str]]:
    """Code, file, sheet and cell of the findings; those expected about a whole file lose their place."""
    whole = {(one.code, one.file) for one in written.planted if not one.cell}
    found: Counter[tuple[str, str, str, str]] = Counter()
    for one in checked.findings:
        key = one.code, Path(one.file).name
        found[(*key, "", "") if key in whole else (*key, one.sheet, one.cell)] += 1
    return found


def test_every_planted_fault_is_found_once_at_its_cell_with_its_severity(
    checked: CheckResult, written: SampleRound
) -> None:
    found = told(checked, written)
    expected = {(one.code, one.file, one.sheet, one.cell): one.severity for one in written.planted}
    assert {key: found[key] for key in expected} == dict.fromkeys(expected, 1)
    severities = {one.code: one.severity for one in checked.findings}
    assert all(severities[key[0]] is severity for key, severity in expected.items())


def test_nothing_but_the_planted_faults_is_found_in_our_own_forms(checked: CheckResult, written: SampleRound) -> None:
    old = {one.path.name for one in written.files if one.role == "mau_cu"}
    expected = {(one.code, one.file, one.sheet, one.cell) for one in written.planted}
    assert not {key for key in told(checked, written) if key[1] not in old} - expected


def test_the_report_in_the_old_layout_has_no_errors_and_the_figures_that_were_meant(
    criteria: Criteria, checked: CheckResult, written: SampleRound
) -> None:
    unit = next(one.unit for one in written.files if one.role == "mau_cu")
    meant = next(one for one in sample_records(written.criteria) if one.unit == unit)
    read = next(one for one in checked.current if one.unit == unit)
    assert not [one for one in checked.findings if one.unit == unit and one.severity is Severity.ERROR]
    for form in criteria.at(PERIOD).forms:
        for field in form.fields:
            if field.additive:
                values = [one for one in read.records[form.code].columns.get(field.code, ()) if one is not None]
                assert sum((Decimal(str(one)) for one in values), Decimal()) == total(meant, form.code, field.code)


def test_statuses_tell_the_missing_the_late_the_faulty_and_the_clean(
    checked: CheckResult, written: SampleRound
) -> None:
    states = {one.unit: one.state for one in checked.statuses}
    by_role = {"thieu": "THIEU", "tre": "TRE", "loi": "LOI"}
    assert states == {unit.code: by_role.get(unit.role, "DU") for unit in load_material().units}
    assert {one.unit: one.version for one in checked.statuses if one.version == 2} == {"PCTT": 2}
