"""Forms of the office's own as units really send them: nothing is added wrongly in silence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import thidua_xl as tx
from thidua_xl.cli.app import run
from thidua_xl.errors import TemplateProblem
from thidua_xl.jobs.consolidate import ConsolidateResult, consolidate
from thidua_xl.jobs.map_file import map_file
from thidua_xl.jobs.map_template import MappedTemplate, map_template

Rows = Sequence[Sequence[Any]]
HEADS = ("TT", "Hoạt động", "Kế hoạch", "Thực hiện")
ACTIVITIES = (("1", "Khám bệnh"), ("1.1", "Trẻ em"), ("1.2", "Người già"), ("2", "Tiêm chủng"))


def form(path: Path, rows: Rows, *, heads: Sequence[str] = HEADS, unit: str = "", title: str = "BIỂU 1") -> Path:
    """A title in row 2 (merged in the template), the headers in row 4, the rows below."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B2"] = unit, title
    for row, values in enumerate([heads, *rows], 4):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value)
    book.save(path)
    return path


def added(template: Path, units: Sequence[Path]) -> tuple[ConsolidateResult, openpyxl.Workbook]:
    mapping, out = template.with_name("ban-do.xlsx"), template.with_name("bc.xlsx")
    assert isinstance(map_file(template, None, mapping), MappedTemplate)
    done = consolidate(units, tx.load_criteria(), "2024", template, out, mapping=mapping)
    return done, openpyxl.load_workbook(out, data_only=True)


def column(book: openpyxl.Workbook, letter: str, first: int, last: int) -> list[Any]:
    sheet = book.worksheets[0]
    return [sheet[f"{letter}{row}"].value for row in range(first, last + 1)]


def codes(done: ConsolidateResult) -> list[str]:
    return [one.code for one in done.findings]


def test_a_text_of_the_units_beside_a_merged_title_is_left_alone(tmp_path: Path) -> None:
    template = form(tmp_path / "mau.xlsx", [(*one, None, None) for one in ACTIVITIES])
    book = openpyxl.load_workbook(template)
    book.worksheets[0]["A2"], book.worksheets[0]["B2"] = "BÁO CÁO", None
    book.worksheets[0].merge_cells("A2:D2")
    book.save(template)
    units = [form(tmp_path / f"u{n}.xlsx", [(*one, n, n) for one in ACTIVITIES]) for n in (1, 2)]
    assert column(added(template, units)[1], "C", 5, 8) == [3, 3, 3, 3]


def test_numbers_of_rows_do_not_say_how_figures_are_written(tmp_path: Path) -> None:
    template = form(tmp_path / "mau.xlsx", [(*one, None, None) for one in ACTIVITIES])
    figures = ("3.917", "1.234.567", "0", "12")
    unit = form(tmp_path / "u.xlsx", [(*one, text, 1) for one, text in zip(ACTIVITIES, figures, strict=True)])
    assert column(added(template, [unit])[1], "C", 5, 8) == [3917, 1234567, 0, 12]


def test_a_copy_saved_again_is_added_once_and_told(tmp_path: Path) -> None:
    template = form(tmp_path / "mau.xlsx", [(*one, None, None) for one in ACTIVITIES])
    units = [form(tmp_path / f"u{n}.xlsx", [(*one, 5 + n, 7) for one in ACTIVITIES], unit=f"Xã {n}") for n in range(4)]
    book = openpyxl.load_workbook(units[0])
    book.worksheets[0]["A1"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "u0 (1).xlsx")
    done, report = added(template, [*units, tmp_path / "u0 (1).xlsx"])
    assert column(report, "C", 5, 5) == [5 + 6 + 7 + 8]
    assert codes(done) == ["MAP-twice"]


def test_two_files_with_the_heading_of_one_unit_are_told(tmp_path: Path) -> None:
    template = form(tmp_path / "mau.xlsx", [(*one, None, None) for one in ACTIVITIES])
    units = [form(tmp_path / f"u{n}.xlsx", [(*one, 5 + n, 7) for one in ACTIVITIES], unit=f"Xã {n}") for n in range(4)]
    again = form(tmp_path / "u4.xlsx", [(*one, 1, 1) for one in ACTIVITIES], unit="Xã 2")
    done, _ = added(template, [*units, again])
    (said,) = done.findings
    assert (said.code, said.file, said.values["tep"]) == ("MAP-same_unit", "u4.xlsx", "u2.xlsx")


def test_a_row_that_reads_like_another_is_known_by_the_row_above_it(tmp_path: Path) -> None:
    rows = [("Cán bộ",), ("Trong đó: nữ",), ("Hội viên",), ("Trong đó: nữ",)]
    heads = ("Chỉ tiêu", "Đầu kỳ", "Cuối kỳ")
    template = form(tmp_path / "mau.xlsx", [(*one, None, None) for one in rows], heads=heads)
    whole = form(tmp_path / "a.xlsx", [(*one, 1, 10) for one in rows], heads=heads)
    part = form(tmp_path / "b.xlsx", [(*one, 2, 20) for one in rows[2:]], heads=heads)
    twice = form(tmp_path / "c.xlsx", [("Cán bộ", 4, 40), ("Cán bộ", 8, 80)], heads=heads)
    done, report = added(template, [whole, part, twice])
    assert column(report, "B", 5, 8) == [5, 1, 3, 3]
    assert codes(done) == ["MAP-row_again"]


def test_codes_that_a_form_prints_are_no_figures(tmp_path: Path) -> None:
    rows = [(6000, 6001, "Lương"), (6000, 6003, "Hợp đồng"), (6100, 6101, "Phụ cấp"), (6100, 6113, "Trách nhiệm")]
    heads = ("Mục", "Tiểu mục", "Nội dung chi", "Dự toán", "Đã chi")
    template = form(tmp_path / "mau.xlsx", [(*one, None, None) for one in rows], heads=heads)
    units = [
        form(tmp_path / f"u{n}.xlsx", [(*one, n, at) for at, one in list(enumerate(rows))[::step]], heads=heads)
        for n, step in ((1, 1), (2, -1))
    ]
    done, report = added(template, units)
    assert column(report, "B", 5, 8) == [6001, 6003, 6101, 6113]
    assert column(report, "E", 5, 8) == [0, 2, 4, 6]
    assert not done.findings


LIST = ("STT", "Họ và tên", "Năm sinh", "Trình độ", "Số ngày")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A list with two blank rows; its total counts the years of birth."""
    blank = [(None,) * 5, (None,) * 5]
    template = form(tmp_path / "mau.xlsx", [*blank, ("Cộng", None, "=COUNT(C5:C6)", None, "=SUM(E5:E6)")], heads=LIST)
    book = openpyxl.load_workbook(template)
    side = openpyxl.styles.Side(style="thin")
    for row in (5, 6):
        for cell in book.worksheets[0][row]:
            cell.border = openpyxl.styles.Border(top=side, bottom=side, left=side, right=side)
    book.save(template)
    return template


def test_a_count_of_the_office_stays_a_count_and_remarks_are_no_entries(people: Path) -> None:
    rows: Rows = [(1, "Lò A", 1980, "Đại học", 3), (2, "Tòng B", 1990, "Thạc sĩ", 4), (None, "Danh sách có 2 người")]
    other: Rows = [(1, "Cà C", 1970, "Đại học", 5), ("Cộng", None, 1, None, 5), (2, "Vàng D", 1975, "Đại học", 6)]
    units = [form(people.with_name(f"u{n}.xlsx"), some, heads=LIST) for n, some in enumerate((rows, other))]
    done, report = added(people, units)
    assert column(report, "B", 5, 8) == ["Lò A", "Tòng B", "Cà C", None]
    assert (column(report, "C", 8, 8), column(report, "E", 8, 8)) == ([3], [12])
    assert sorted(codes(done)) == ["MAP-below_total", "MAP-no_entry"]


def test_what_is_wrong_with_a_form_added_up_stands_on_the_screen(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = form(people.with_name("u.xlsx"), [(1, "Cà C", 1970, "Đại học", "ba")], heads=LIST)
    mapping = people.with_name("ban-do.xlsx")
    assert run(["map", str(people), "-o", str(mapping)]) == 0
    words = ["consolidate", str(unit), "--period", "2024", "--template", str(people), "--mapping", str(mapping)]
    assert run([*words, "-o", str(people.with_name("bc.xlsx"))]) == 1
    assert "E5" in capsys.readouterr().err
    damaged = people.with_name("hong.xlsx")
    damaged.write_bytes(unit.read_bytes()[:900])
    assert run([*words[:2], str(damaged), *words[2:], "-o", str(people.with_name("bc.xlsx"))]) == 3
    assert capsys.readouterr().err.count("hong.xlsx") == 1


def test_a_log_in_which_every_line_reads_like_a_header_is_no_form(tmp_path: Path) -> None:
    lines = [(f"Máy {n}", "đã ghi", "xong", f"lần {n}") if n % 2 else () for n in range(300)]
    log = form(tmp_path / "nhat-ky.xlsx", lines, heads=("Ghi nhận", "của", "máy", "chủ"))
    with pytest.raises(TemplateProblem, match="nothing_found"):
        map_template(log, tx.load_criteria(), tmp_path / "ban-do.xlsx")
