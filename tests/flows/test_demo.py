"""The demo as a user runs it: everything is written, and an independent reader counts the same."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import thidua_xl as tx
from thidua_xl.jobs.demo import DAY, DemoResult, run_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    return run_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def outcome(demo: DemoResult) -> dict[str, object]:
    """What the command line says about the same round, as JSON."""
    command = [sys.executable, "-m", "thidua_xl", "consolidate", str(demo.folder / "nop"), "--period", "2024-6T"]
    command += ["--criteria", str(demo.criteria_book), "-o", str(demo.folder / "lai.xlsx"), "--json"]
    done = subprocess.run([*command, "--today", "2024-06-17"], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    return dict(json.loads(done.stdout))


def typed_amount(value: object) -> Decimal:
    """An amount as an independent eye reads it: numbers, or the sample's "300.000 đồng"."""
    if value is None:
        return Decimal(0)
    if isinstance(value, str):
        return Decimal(value.replace("đồng", "").replace(".", "").strip())
    return Decimal(str(value))


def column_sum(path: Path, form: str, code: str) -> Decimal:
    """The sum of a column between the form's named rows, read by openpyxl alone."""
    book = openpyxl.load_workbook(path, data_only=True)
    if f"TD_{form}" not in book.defined_names:
        return old_layout_sum(book, form)
    sheet_name, area = next(iter(book.defined_names[f"TD_{form}"].destinations))
    rows = list(book[sheet_name][area.replace("$", "")])
    first = rows[0][0].row
    codes = next(line for line in book[sheet_name].iter_rows(max_row=first) if any(cell.value == code for cell in line))
    column = next(cell.column for cell in codes if cell.value == code)
    return sum((typed_amount(book[sheet_name].cell(row[0].row, column).value) for row in rows), Decimal(0))


def old_layout_sum(book: openpyxl.Workbook, form: str) -> Decimal:
    """The same for the office's older layout, which has headings only."""
    headings = {"S05": "Số tiền", "S04": "Trị giá"}
    for sheet in book.worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, str) and cell.value.strip().startswith(headings[form]):
                    if form == "S05" and "Quỹ" not in sheet.title and "ủng hộ" not in sheet.title.lower():
                        continue
                    total = Decimal(0)
                    for row in range(cell.row + 1, sheet.max_row + 1):
                        first = [str(sheet.cell(row, at).value or "") for at in range(1, cell.column)]
                        if any(text.strip().lower().startswith(("tổng", "cộng")) for text in first):
                            break
                        value = sheet.cell(row, cell.column).value
                        total += Decimal(str(value)) if isinstance(value, int | float) else Decimal(0)
                    return total
    raise AssertionError(form)


def test_the_demo_writes_everything_it_names(demo: DemoResult) -> None:
    for path in (demo.criteria_book, demo.findings_book, demo.report):
        assert path.is_file()
    assert {key: demo.counts[key] for key in ("units", "received", "late", "missing")} == {
        "units": 15,
        "received": 14,
        "late": 1,
        "missing": 1,
    }
    assert demo.counts["errors"] >= 12


def test_the_fund_and_the_resources_are_what_the_unit_files_hold(demo: DemoResult, outcome: dict[str, object]) -> None:
    units = outcome["units"]
    assert isinstance(units, list)
    taken = [demo.folder / "nop" / one["file"] for one in units if one["taken"]]
    assert len(taken) >= 12
    report = openpyxl.load_workbook(demo.report, data_only=True)
    for sheet, column, form, code in (
        ("TH04", "cong", "S05", "so_tien"),
        ("TH03", "tri_gia", "S04", "tri_gia_dong"),
    ):
        names = report.defined_names
        area = names[f"{sheet}_TONG"].attr_text.split("!")[1].replace("$", "")
        codes = names[f"{sheet}_MA_COT"].attr_text.split("!")[1].replace("$", "")
        line = report[sheet][codes][0]
        assert column in [cell.value for cell in line], [cell.value for cell in line]
        at = next(cell.column for cell in line if cell.value == column)
        total = report[sheet].cell(report[sheet][area][0][0].row, at).value
        assert Decimal(str(total)) == sum((column_sum(path, form, code) for path in taken), Decimal(0))


def test_totals_of_a_file_are_one_json_line_of_exact_strings(demo: DemoResult) -> None:
    file = next((demo.folder / "nop").glob("BC_CDCS*"))
    command = [sys.executable, "-m", "thidua_xl", "totals", str(file), "--json", "--criteria", str(demo.criteria_book)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    (line,) = done.stdout.splitlines()
    result = json.loads(line)
    assert result["schema"] == 1
    assert result["period"] == "2024-6T"
    assert Decimal(result["fields"]["S05.so_tien"]) == column_sum(file, "S05", "so_tien")


def test_a_figure_is_traced_to_the_units_cells(demo: DemoResult) -> None:
    names = openpyxl.load_workbook(demo.report).defined_names
    row = int(names["TH04_TONG"].attr_text.rsplit("$", 1)[1])
    report = openpyxl.load_workbook(demo.report, data_only=True)
    codes = report["TH04"][names["TH04_MA_COT"].attr_text.split("!")[1].replace("$", "")][0]
    column = next(cell.column_letter for cell in codes if cell.value == "cong")
    command = [sys.executable, "-m", "thidua_xl", "trace", str(demo.report), f"TH04!{column}{row}", "--json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    traced = json.loads(done.stdout)
    assert sum(Decimal(one["value"]) for one in traced["sources"]) == Decimal(traced["value"])
    assert len({one["file"] for one in traced["sources"]}) >= 10


def test_the_same_round_gives_the_same_report_byte_for_byte(demo: DemoResult, outcome: dict[str, object]) -> None:
    assert outcome["report"]
    assert (demo.folder / "lai.xlsx").read_bytes() == demo.report.read_bytes()


def test_a_clean_form_saved_by_a_program_that_does_not_calculate_stays_clean(demo: DemoResult, tmp_path: Path) -> None:
    criteria = tx.load_criteria(demo.criteria_book)
    for name in ("BC_DLCL", "BC_VPS"):
        source = next((demo.folder / "nop").glob(f"{name}*"))
        book = openpyxl.load_workbook(source)
        book.save(tmp_path / source.name)
        found = tx.check(tmp_path / source.name, criteria, today=DAY).findings
        assert [(one.code, one.sheet, one.cell) for one in found] == []
        assert tx.totals(tmp_path / source.name, criteria) == tx.totals(source, criteria)


def test_every_missing_column_is_told_at_the_heading_row(demo: DemoResult, tmp_path: Path) -> None:
    source = next((demo.folder / "nop").glob("BC_DLCL*"))
    book = openpyxl.load_workbook(source)
    sheet = book["Biểu 05"]
    codes = next(line for line in sheet.iter_rows() if any(cell.value == "so_tien" for cell in line))
    sheet.delete_cols(next(cell.column for cell in codes if cell.value == "so_tien"), 2)
    book.save(tmp_path / source.name)
    found = tx.check(tmp_path / source.name, tx.load_criteria(demo.criteria_book), today=DAY).findings
    missing = [one for one in found if one.code == "STR-02"]
    assert sorted(one.field_code for one in missing) == ["ngay_nop", "so_tien"]
    assert all(one.cell and sheet[one.cell].row > codes[0].row for one in missing)
