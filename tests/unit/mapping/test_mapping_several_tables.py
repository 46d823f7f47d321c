"""Several tables on one sheet of an office's own form: below each other or side by side; what is not added is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import xlsxwriter

import thidua_xl as tx
from thidua_xl.grid import read_book
from thidua_xl.jobs.consolidate import ConsolidateResult, consolidate
from thidua_xl.jobs.map_file import map_file
from thidua_xl.jobs.map_template import MappedTemplate, map_template
from thidua_xl.model.mapping import ColumnRole
from thidua_xl.report.recognise import recognise

GROUPS = ("Hộ nghèo", "Hộ cận nghèo", "Hộ mới thoát nghèo")
Place = tuple[int, int]
BELOW: tuple[Place, Place] = ((3, 0), (10, 0))
BESIDE: tuple[Place, Place] = ((3, 0), (3, 6))


def form(
    path: Path,
    figures: Sequence[int] = (),
    *,
    places: Sequence[Place] = BELOW,
    headers: Sequence[str] = ("TT", "Đối tượng", "Hộ gia đình", "Kinh phí", "Mức/hộ"),
    unit: str = "triệu đồng",
) -> Path:
    """Two tables with the same headers and rows at `places`; figure n of table t is n, in the second ten times n."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Chi")
        for factor, (top, left) in zip((1, 10), places, strict=True):
            sheet.write(top - 2, left, f"{factor}. Đợt hỗ trợ")
            sheet.write(top - 1, left + 3, f"ĐVT: {unit}")
            sheet.write_row(top, left, headers)
            for row, (group, value) in enumerate(zip(GROUPS, figures or (None,) * 3, strict=True), top + 1):
                amounts = [value * factor, value * factor * 2, 7] if value is not None else []
                sheet.write_row(row, left, [row - top, group, *amounts])
    return path


def consolidated(tmp_path: Path, units: Sequence[Path], places: Sequence[Place]) -> ConsolidateResult:
    template, mapping = form(tmp_path / "mau.xlsx", places=places), tmp_path / "ban-do.xlsx"
    map_template(template, tx.load_criteria(), mapping)
    return consolidate(units, tx.load_criteria(), "2031", template, tmp_path / "bc.xlsx", mapping=mapping)


def written(tmp_path: Path, places: Sequence[Place]) -> list[list[object]]:
    sheet = openpyxl.load_workbook(tmp_path / "bc.xlsx", data_only=True)["Chi"]
    return [[sheet.cell(top + 2 + n, left + c).value for n in range(3) for c in (3, 4, 5)] for top, left in places]


def test_tables_with_the_same_headers_and_rows_keep_their_own_figures(tmp_path: Path) -> None:
    for places in (BELOW, BESIDE):
        folder = tmp_path / str(places[1][1])
        folder.mkdir()
        units = [form(folder / f"u{n}.xlsx", [n, n + 1, n + 2], places=places) for n in (1, 2)]
        done = consolidated(folder, units, places)
        assert done.exit_code == 0 and not done.findings
        assert written(folder, places) == [
            [3, 6, None, 5, 10, None, 7, 14, None],
            [30, 60, None, 50, 100, None, 70, 140, None],
        ]


def test_a_column_called_otherwise_and_another_unit_of_money_are_told_and_not_added(tmp_path: Path) -> None:
    other = ("TT", "Đối tượng", "Hộ gia đình", "Số kinh phí", "Mức/hộ")
    units = [
        form(tmp_path / "a.xlsx", [1, 1, 1]),
        form(tmp_path / "b.xlsx", [1, 1, 1], unit="đồng"),
        form(tmp_path / "c.xlsx", [1, 1, 1], headers=other),
    ]
    done = consolidated(tmp_path, units, BELOW)
    assert done.exit_code == 1
    told = {(one.file, one.code) for one in done.findings}
    assert told == {("b.xlsx", "MAP-other_unit"), ("c.xlsx", "MAP-no_column")}
    assert written(tmp_path, BELOW)[0] == [2, 2, None] * 3


def test_households_are_counted_and_what_one_costs_is_not(tmp_path: Path) -> None:
    template = form(tmp_path / "mau.xlsx")
    tables = recognise(template, read_book(template), tx.load_criteria()).tables
    assert [[one.role for one in table.columns[2:]] for table in tables] == [
        [ColumnRole.NUMBER, ColumnRole.NUMBER, ColumnRole.RATIO]
    ] * 2


def test_numbers_in_a_column_taken_for_words_are_asked_about(tmp_path: Path) -> None:
    headers = ("TT", "Đối tượng", "Số hộ", "Kết quả", "Ghi chú")
    template, mapping = form(tmp_path / "mau.xlsx", headers=headers), tmp_path / "ban-do.xlsx"
    map_template(template, tx.load_criteria(), mapping)
    units = [form(tmp_path / "a.xlsx", [1, 2, 3], headers=headers)]
    done = consolidate(units, tx.load_criteria(), "2031", template, tmp_path / "bc.xlsx", mapping=mapping)
    assert {(one.code, one.values["cot"]) for one in done.findings} == {
        ("MAP-number_in_words", "Kết quả"),
        ("MAP-number_in_words", "Ghi chú"),
    }


def test_a_blank_form_is_taken_for_a_template_without_being_told(tmp_path: Path) -> None:
    template = form(tmp_path / "mau.xlsx")
    assert isinstance(map_file(template, out=tmp_path / "ban-do.xlsx"), MappedTemplate)
