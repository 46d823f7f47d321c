"""Rules that a unit's workbook asks by itself: the same verdict as the batch check, in LibreOffice too."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from small_book import small_book

from thidua_xl.checks import check_submission
from thidua_xl.forms import load_criteria
from thidua_xl.forms.build import build_unit_workbook, forms_of
from thidua_xl.forms.choices import Choices
from thidua_xl.forms.lint_trial import samples
from thidua_xl.forms.self_check import CODE, COUNT, FIRST, LETTER, LEVEL, SHEET
from thidua_xl.formula.tree import Structured, parse, walk
from thidua_xl.grid import read_book
from thidua_xl.intake import read_submission
from thidua_xl.model import Book, Criteria, Field, FieldKind, FormKind, Sheet, Unit, Value

PERIOD = "2024-6T"
TODAY = date(2024, 7, 1)
Faults = set[tuple[str, str, str]]


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria().at(PERIOD)


def office(criteria: Criteria) -> Unit:
    found = criteria.unit(criteria.text_setting("don_vi_van_phong"))
    assert found is not None
    return found


DIRTY = "không rõ"


def fill_at_random(
    criteria: Criteria,
    path: Path,
    rows: int,
    seed: int,
    today: date = TODAY,
    *,
    dirty: float = 0.0,
    unit: Unit | None = None,
) -> Path:
    """A workbook (the office's unless `unit` is given) with that many rows of ordinary and edge values in each table.

    A share `dirty` of numbers, dates and choices is words instead, and of dates lies ahead; words have blanks around
    them in columns that are not counted over, and what comes filled in is written over.
    """
    draw, choices = random.Random(seed), Choices(criteria)
    unit = unit or office(criteria)
    assert criteria.period is not None
    counted = counted_over(criteria)
    single: dict[str, Value] = {}
    records: dict[str, list[Mapping[str, Value]]] = {}
    for form in forms_of(criteria, unit):
        pools = {one.code: list(samples(one, criteria, choices, criteria.period)) for one in form.fields}
        if form.kind is FormKind.SINGLE:
            every = dirty > 0 and draw.random() < 0.6
            open_fields = [one.code for one in form.fields if every or f"dien.{one.code}" not in form.layout]
            for one in form.fields:
                if every and one.kind is FieldKind.CHOICE:
                    pools[one.code].append(DIRTY)
            single |= {code: draw.choice(pools[code]) for code in open_fields if draw.random() > 0.3}
            continue
        # Sums over a group are only asked when every row of it can be read.
        readable = form.kind is FormKind.MATRIX and draw.random() < 0.5
        keys = {one.once_per for one in form.fields if one.once_per}
        for one in form.fields:
            if readable:
                if one.code in keys:
                    pools[one.code] = pools[one.code][: draw.choice((1, 2))]
                continue
            times = round(len(pools[one.code]) * dirty + 0.5) if dirty else 0
            if one.is_numeric or one.kind in (FieldKind.DATE, FieldKind.CHOICE):
                pools[one.code] += [DIRTY] * times
            if one.kind is FieldKind.FLAG:
                pools[one.code] += ["y"] * times
            if one.kind is FieldKind.INTEGER:
                pools[one.code] += [Decimal("2.5")] * times
            if one.kind is FieldKind.DATE:
                pools[one.code] += [today + timedelta(days=100)] * times
            if dirty and (form.code, one.code) not in counted and not one.is_numeric:
                pools[one.code] += stray_blanks(one, pools[one.code], choices)
            if "." in one.choices:
                pools[one.code].append("KHONG-CO")  # a code that the table referred to does not have
        codes = [one.code for one in form.fields if one.kind is not FieldKind.SERIAL]
        if dirty and draw.random() < dirty:
            continue  # left empty, and not said to be
        # What is asked of a whole set of rows is only asked when none of them is blank.
        blank = draw.choice((0.3, 0.0)) if readable or form.kind is FormKind.MATRIX else 0.3
        records[form.code] = [
            {code: None if draw.random() < blank else draw.choice(pools[code]) for code in codes} for _ in range(rows)
        ]
    build_unit_workbook(criteria, unit, criteria.period, path, records=records, single=single, today=today)
    return path


def counted_over(criteria: Criteria) -> set[tuple[str, str]]:
    """(form, field) of the columns that some rule takes as a whole."""
    return {
        ((node.table or f"TD_{condition.form}").removeprefix("TD_"), node.first)
        for rule in criteria.rules
        for condition in rule.conditions
        if condition.kind == "CONG_THUC"
        for node in walk(parse(condition.formula))
        if isinstance(node, Structured) and not node.this_row
    }


def stray_blanks(one: Field, pool: Sequence[Value], choices: Choices) -> list[Value]:
    """Some of the words as people type them: with blanks, also unbreakable ones, at their ends and within."""
    if one.kind not in (FieldKind.TEXT, FieldKind.CHOICE, FieldKind.CODE):
        return []
    words = [str(choices.label(one, value)) for value in pool[:2] if isinstance(value, str) and value != DIRTY]
    return ["  ", *(f" {word}" for word in words), *(f"{word.replace(' ', '  ')}\u00a0 " for word in words)]


def helper_columns(sheet: Sheet) -> Iterator[tuple[int, str, str, str, bool]]:
    """(column, rule code, sheet name, column letters, whether it has a verdict per row) of each live check."""
    for column in range(1, sheet.last_column + 1):
        name = sheet.value(SHEET, column)
        if isinstance(name, str):
            by_row = any((row, column) in sheet.cells for row in range(10, sheet.last_row + 1))
            yield column, str(sheet.value(CODE, column)), name, str(sheet.value(LETTER, column)), by_row


def live_faults(book: Book) -> tuple[Faults, set[tuple[str, str, str]]]:
    """The faults of the checks that have a verdict per row, and which checks those are."""
    sheet = book.sheet("_kiem_tra")
    assert sheet is not None
    faults: Faults = set()
    asked = set()
    for column, code, name, letter, by_row in helper_columns(sheet):
        if by_row:
            asked.add((code, name, letter))
            for row in range(10, sheet.last_row + 1):
                if sheet.value(row, column) is True:
                    faults.add((code, name, f"{letter}{row}"))
    return faults, asked


def batch_faults(book: Book, criteria: Criteria, today: date) -> Faults:
    submission = read_submission(book, criteria)
    found = (*submission.findings, *check_submission(submission, criteria, today=today))
    return {(one.code, one.sheet, one.cell) for one in found}


@pytest.mark.parametrize("seed", [1, 2])
def test_live_rules_and_batch_check_find_the_same_faults(criteria: Criteria, tmp_path: Path, seed: int) -> None:
    book = read_book(fill_at_random(criteria, tmp_path / "day.xlsx", 72, seed))
    live, asked = live_faults(book)
    batch = {
        (code, sheet, cell)
        for code, sheet, cell in batch_faults(book, criteria, TODAY)
        if (code, sheet, cell.rstrip("0123456789")) in asked
    }
    # A value given once per commune is asked in the commune's first row here, in its first wrong row there.
    once = {form.sheet for form in criteria.forms if any(field.once_per for field in form.fields)}
    assert {one for one in live ^ batch if one[1] not in once} == set()
    assert {one for one in live - batch if one[1] in once} == set()
    assert len(live) > 300


def test_first_wrong_cells_of_field_checks_are_found_by_the_batch_check_too(criteria: Criteria, tmp_path: Path) -> None:
    book = read_book(fill_at_random(criteria, tmp_path / "day.xlsx", 30, 3))
    sheet = book.sheet("_kiem_tra")
    assert sheet is not None
    batch = batch_faults(book, criteria, TODAY)
    first = {
        (code, name, f"{letter}{sheet.value(FIRST, column)}")
        for column, code, name, letter, by_row in helper_columns(sheet)
        if not by_row and sheet.value(COUNT, column)
    }
    assert len(first) > 60
    assert first <= batch


def compare(stored: Sheet, calculated: Sheet) -> list[str]:
    """Each formula cell whose stored result is not what LibreOffice calculated."""
    differ = []
    for (row, column), cell in stored.cells.items():
        if cell.formula is None:
            continue
        one, other = cell.value or None, calculated.value(row, column) or None
        if isinstance(one, (int, Decimal)) and isinstance(other, (int, Decimal)):
            same = abs(Decimal(one) - Decimal(other)) < Decimal("1e-9")
        else:
            same = one == other
        if not same:
            differ.append(f"{stored.name}!{row},{column}: {one!r} {other!r} {cell.formula[:200]}")
    return differ


@pytest.mark.libreoffice
def test_libreoffice_gives_every_live_rule_the_same_verdict(
    criteria: Criteria, tmp_path: Path, convert: Callable[[Path, str], Path]
) -> None:
    # TODAY() is the machine's own day there, so the stored results are made for it too.
    path = fill_at_random(criteria, tmp_path / "day.xlsx", 72, 4, date.today())
    stripped = tmp_path / "chua-tinh.xlsx"
    openpyxl.load_workbook(path).save(stripped)  # openpyxl keeps formulas and drops their results
    stored, calculated = read_book(path), read_book(convert(stripped, "xlsx"))
    differ: list[str] = []
    formulas = 0
    for sheet in stored.sheets:
        other = calculated.sheet(sheet.name)
        assert other is not None
        differ += compare(sheet, other)
        formulas += sum(cell.formula is not None for cell in sheet.cells.values())
    assert differ == []
    assert formulas > 5_000


def test_the_self_check_sheet_counts_links_and_tells_how_to_mend(criteria: Criteria, tmp_path: Path) -> None:
    assert criteria.period is not None
    path = tmp_path / "sai.xlsx"
    rows = [{"ma_ca_nhan": "A", "ho_ten": "Lò Thị Mai", "gioi_tinh": "NU", "so_ngay_cong": Decimal(400)}]
    build_unit_workbook(criteria, office(criteria), criteria.period, path, records={"S02": rows})
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book["Tự kiểm tra"]
    summary = {row[1].value: row for row in sheet.iter_rows(min_row=7, max_row=21)}
    _, _, _, errors, warnings, state, link, *_ = (cell.value for cell in summary["Biểu 02"])
    assert errors == 2, "chức vụ and nhóm are blank"
    assert warnings == 1, "400 days of work in one period"
    assert state.startswith("✗")
    assert link == "E11", "the topmost wrong cell"
    listed = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=25, max_row=54)]
    own = [row for row in listed if row[1] == "Biểu 02"]
    assert {row[6] for row in own} == {"E11", "F11", "J11"}
    assert all(row[2] and row[5] and "{" not in row[2] + row[5] for row in own)
    live = openpyxl.load_workbook(path)["Tự kiểm tra"]
    assert "HYPERLINK" in live.cell(summary["Biểu 02"][0].row, 7).value


def test_the_link_of_a_sheet_leads_to_its_topmost_error(tmp_path: Path) -> None:
    change = ("Quy tắc", "| R2 | CANH_BAO | * | so | khong_phai_so | | | Ô {o} không phải số. | 0 |", "")
    rule = "|      | R2 | LOI | F1 | ten | bat_buoc | | | Thiếu tên. | 1 |"
    criteria = load_criteria(small_book(tmp_path / "so.xlsx", (change[0], change[1], rule[7:]))).at("2023")
    unit = criteria.unit("DV1")
    assert unit is not None
    assert criteria.period is not None
    path = tmp_path / "bieu.xlsx"
    rows = [{"loai": "XE", "gia": 5}, {"ten": "Xe", "loai": "XE", "gia": -5}]
    build_unit_workbook(criteria, unit, criteria.period, path, records={"F1": rows}, single={"so_nguoi": 3})
    sheet = openpyxl.load_workbook(path, data_only=True)["Tự kiểm tra"]
    assert [sheet.cell(row, 7).value for row in (7, 8)] == [None, "B10"], "though the rule of D11 stands before it"


def test_a_form_without_faults_is_said_to_be_right(tmp_path: Path) -> None:
    criteria = load_criteria(small_book(tmp_path / "so.xlsx")).at("2024")
    unit = criteria.unit("DV1")
    assert unit is not None
    assert criteria.period is not None
    path = tmp_path / "dung.xlsx"
    rows = [{"ten": "Máy in", "loai": "MAY", "gia": 5}]
    build_unit_workbook(criteria, unit, criteria.period, path, records={"F1": rows}, single={"so_nguoi": 3})
    sheet = openpyxl.load_workbook(path, data_only=True)["Tự kiểm tra"]
    assert [sheet.cell(row, 6).value for row in (7, 8)] == ["✓ Đạt", "✓ Đạt"]
    assert "0 lỗi" in sheet["A4"].value


def rules_of(path: Path, sheet: str) -> tuple[Any, list[Any]]:
    opened = openpyxl.load_workbook(path)[sheet]
    return opened, [rule for area in opened.conditional_formatting for rule in area.rules]


def test_a_cell_that_decides_alone_carries_the_rule_and_its_message(tmp_path: Path) -> None:
    criteria = load_criteria(small_book(tmp_path / "so.xlsx")).at("2024")
    unit = criteria.unit("DV1")
    assert unit is not None
    assert criteria.period is not None
    path = tmp_path / "bieu.xlsx"
    build_unit_workbook(criteria, unit, criteria.period, path)
    sheet, coloured = rules_of(path, "Biểu 1")
    custom = [one for one in sheet.data_validations.dataValidation if one.type == "custom"]
    assert len(custom) == 1
    assert "$D10>0" in custom[0].formula1
    assert "$D10<=1000000000" in custom[0].formula1, "a setting stands for its value"
    assert "phải lớn hơn 0" in custom[0].error
    assert any("$D10>0" in rule.formula[0] for rule in coloured)


def test_a_new_rule_in_the_book_becomes_live_without_code(tmp_path: Path) -> None:
    change = ("Quy tắc", "'=[@gia]<=TD_CD_tran", '\'=OR([@loai]<>"XE",LEN([@ten])>=8)')
    criteria = load_criteria(small_book(tmp_path / "so.xlsx", change)).at("2023")
    unit = criteria.unit("DV1")
    assert unit is not None
    assert criteria.period is not None
    path = tmp_path / "bieu.xlsx"
    rows = [{"ten": "Xe", "loai": "XE", "gia": 5}, {"ten": "Xe tải lớn", "loai": "XE", "gia": 5}]
    build_unit_workbook(criteria, unit, criteria.period, path, records={"F1": rows}, single={"so_nguoi": 3})
    _, coloured = rules_of(path, "Biểu 1")
    assert any('$C10,"\u00a0"," ")))<>"Xe"' in rule.formula[0] for rule in coloured)
    faults, _ = live_faults(read_book(path))
    assert {cell for _, _, cell in faults} == {"D10"}


ODD_WORDS = (
    (
        "Trường",
        "| F1 | 4 | gia | Giá |",
        "| F1 | 5 | moi | Mới | co_khong | 0 | | | | |\n|      | F1 | 4 | gia | Giá |",
    ),
    ("Quy tắc", "'=[@gia]>0", '\'=OR([@loai]<>"XE",[@moi]=FALSE,[@gia]>100)'),
    (
        "Quy tắc",
        "'=[@gia]<=TD_CD_tran",
        '\'=IF([@moi],COUNTIFS([loai],[@loai],[moi],TRUE)=1,COUNTIF([loai],"MAY")<=4)',
    ),
)


UNDERSTOOD = ("Xe", "xe", "XE", "Máy", "MAY", "máy móc", "may moc", " Thiết  bị máy ", "may", None)
TICKS = (True, "có", "✓", "CO", "1", "(x)", "không", None, "0", "đúng")


def odd_words(tmp_path: Path, *others: str) -> tuple[Path, Criteria]:
    """A filled form in which choices and ticks are written as people write them; `others` nobody understands."""
    criteria = load_criteria(small_book(tmp_path / "so.xlsx", *ODD_WORDS)).at("2023")
    unit = criteria.unit("DV1")
    assert unit is not None
    assert criteria.period is not None
    path = tmp_path / "bieu.xlsx"
    words, ticks = (*UNDERSTOOD, *others), (*TICKS, *others[:1])
    rows: list[Mapping[str, Value]] = [
        {"ten": f"Thứ {number}", "loai": word, "moi": ticks[number % len(ticks)], "gia": 5 if number % 3 else 500}
        for number, word in enumerate(words[:-1] * 3)
    ]
    build_unit_workbook(criteria, unit, criteria.period, path, records={"F1": rows}, single={"so_nguoi": 3})
    return path, criteria


def agreeing(book: Book, criteria: Criteria) -> Faults:
    """The faults of rule R1 that the form and the batch check both tell; they must tell the same."""
    live, _ = live_faults(book)
    batch = {one for one in batch_faults(book, criteria, TODAY) if one[0] == "R1"}
    assert {one for one in live if one[0] == "R1"} == batch
    return batch


@pytest.mark.parametrize("others", [(), ("không rõ", "?", "*", "~Xe")])
def test_a_choice_or_tick_however_it_is_written_is_judged_alike_in_the_form_and_in_the_batch(
    tmp_path: Path, others: tuple[str, ...]
) -> None:
    path, criteria = odd_words(tmp_path, *others)
    assert 3 < len(agreeing(read_book(path), criteria)) < 30


@pytest.mark.libreoffice
def test_libreoffice_understands_odd_choices_and_ticks_as_the_batch_does(
    tmp_path: Path, convert: Callable[[Path, str], Path]
) -> None:
    path, _ = odd_words(tmp_path, "không rõ", "?", "*", "~Xe")
    bare = tmp_path / "chua-tinh.xlsx"
    openpyxl.load_workbook(path).save(bare)
    stored, calculated = read_book(path), read_book(convert(bare, "xlsx"))
    for sheet in stored.sheets:
        other = calculated.sheet(sheet.name)
        assert other is not None
        assert compare(sheet, other) == []


def test_a_rule_about_a_whole_column_without_its_table_is_asked_once_in_form_and_batch(tmp_path: Path) -> None:
    change = ("Quy tắc", "'=[@gia]<=TD_CD_tran", "'=SUM([gia])<=9")
    criteria = load_criteria(small_book(tmp_path / "so.xlsx", change)).at("2023")
    unit = criteria.unit("DV1")
    assert unit is not None
    assert criteria.period is not None
    path = tmp_path / "bieu.xlsx"
    rows = [{"ten": "Xe", "loai": "XE", "gia": 5}, {"ten": "Xe tải", "loai": "XE", "gia": 5}]
    build_unit_workbook(criteria, unit, criteria.period, path, records={"F1": rows}, single={"so_nguoi": 3})
    book = read_book(path)
    sheet = book.sheet("_kiem_tra")
    assert sheet is not None
    assert [sheet.value(COUNT, column) for column, *_ in helper_columns(sheet)] == [0, 1]
    assert {one for one in batch_faults(book, criteria, TODAY) if one[0] == "R1"} == {("R1", "Biểu 1", "D10")}


def test_colours_never_stand_alone(criteria: Criteria, tmp_path: Path) -> None:
    assert criteria.period is not None
    path = tmp_path / "bieu.xlsx"
    build_unit_workbook(criteria, office(criteria), criteria.period, path)
    for form in criteria.forms:
        _, rules = rules_of(path, form.sheet)
        coloured = [rule for rule in rules if rule.dxf is not None and rule.dxf.fill is not None]
        signed = [rule for rule in rules if rule.dxf is not None and rule.dxf.numFmt is not None]
        for rule in coloured:
            # A blank cell shows no sign: the first cell of its row, or the words beside the box, carry it.
            blank_cell = rule.formula[0].endswith('=""),FALSE)') or "$A$6" in rule.formula[0]
            assert rule.dxf.numFmt is not None or blank_cell, (form.code, rule.formula)
        assert any("✗" in rule.dxf.numFmt.formatCode for rule in signed)


def test_a_format_for_whole_numbers_never_hides_the_mark_of_a_wrong_cell(criteria: Criteria, tmp_path: Path) -> None:
    assert criteria.period is not None
    path = tmp_path / "bieu.xlsx"
    build_unit_workbook(criteria, office(criteria), criteria.period, path)
    seen = 0
    for form in criteria.forms:
        _, rules = rules_of(path, form.sheet)
        plain = [rule.priority for rule in rules if rule.formula[0].startswith("IF(ISNUMBER(")]
        marks = [rule.priority for rule in rules if rule.dxf.fill is not None]
        seen += len(plain)
        assert not plain or min(plain) > max(marks), form.code
    assert seen > 5


def test_errors_and_warnings_are_told_apart(criteria: Criteria, tmp_path: Path) -> None:
    sheet = read_book(fill_at_random(criteria, tmp_path / "day.xlsx", 5, 9)).sheet("_kiem_tra")
    assert sheet is not None
    levels = [sheet.value(LEVEL, column) for column, *_ in helper_columns(sheet)]
    assert set(levels) == {"LOI", "CANH_BAO"}
    assert levels == sorted(levels, key=["LOI", "CANH_BAO"].index), "errors are listed first"


def test_labels_blank_verdicts_and_fractions_are_judged_alike_in_the_form_and_in_the_batch(tmp_path: Path) -> None:
    # Both conditions name columns by their labels; the second ends at a blank cell where the price is blank.
    changes = [
        ("Quy tắc", "'=[@gia]>0", '\'=OR([@Loại]="MAY",[@[Tên thiết bị]]<>"Xe")'),
        ("Quy tắc", "'=[@gia]<=TD_CD_tran", '\'=IF([@ten]="Cũ",[@gia],TRUE)'),
    ]
    criteria = load_criteria(small_book(tmp_path / "so.xlsx", *changes)).at("2023")
    unit = criteria.unit("DV1")
    assert unit is not None
    assert criteria.period is not None
    path = tmp_path / "bieu.xlsx"
    rows = [
        {"ten": " Xe ", "loai": "XE", "gia": 5},
        {"ten": "Xe", "loai": "MAY", "gia": 5},
        {"ten": "Cũ", "loai": "MAY"},
        {"ten": "  "},
    ]
    build_unit_workbook(
        criteria, unit, criteria.period, path, records={"F1": rows}, single={"so_nguoi": Decimal("2.5")}
    )
    book = read_book(path)
    live, _ = live_faults(book)
    batch = {one for one in batch_faults(book, criteria, TODAY) if one[0] == "R1"}
    assert live == batch == {("R1", "Biểu 1", "D10"), ("R1", "Biểu 1", "D12")}
