"""Years closed one after another: the next report goes on from them, an old one made again does not know later ones."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from random_batches import Batch, new_batch

import thidua_xl as tx
from thidua_xl.jobs.close import close_period
from thidua_xl.jobs.consolidate import Policy, consolidate
from thidua_xl.jobs.receive import receive
from thidua_xl.jobs.rounds import new_round

YEARS = (2024, 2025)


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, Batch]]:
    """A folder with a round of every year, each closed but the last."""
    folder = tmp_path_factory.mktemp("so")
    criteria = tx.load_criteria()
    batches = {}
    for year in YEARS:
        period = f"{year}-NAM"
        batches[year] = new_batch(folder / f"nguon-{year}", year, period, criteria, count=1)
        home = folder / "dot" / period
        home.parent.mkdir(exist_ok=True)
        new_round(home, period)
        receive(home, list(batches[year].files.values()), criteria, day=date(year, 12, 1))
        if year != YEARS[-1]:
            close_period(home, criteria, policy=Policy.ACCEPT_ERRORS, today=date(year, 12, 16))
    return folder / "dot", batches


def fund(report: Path) -> dict[str, Decimal | None]:
    """The row of the Fund in TH13, by column code, read by openpyxl alone."""
    book = openpyxl.load_workbook(report, data_only=True)
    name, area = next(iter(book.defined_names["TH13_MA_COT"].destinations))
    codes = [cell.value for cell in book[name][area.replace("$", "")][0]]
    row = next(row for row in book[name].iter_rows() if row[1].value == "Ủng hộ Quỹ Vì người nghèo")
    return {
        code: None if cell.value is None else Decimal(str(cell.value))
        for code, cell in zip(codes, row, strict=False)
        if code.startswith(("nam_", "luy_ke", "chenh"))
    }


def consolidated(home: Path, period: str, out: Path, day: date) -> None:
    consolidate(home / period, tx.load_criteria(), period, out=out, policy=Policy.ACCEPT_ERRORS, today=day)


def test_the_year_columns_the_phase_and_the_difference_come_from_closed_years(
    department: tuple[Path, dict[int, Batch]], tmp_path: Path
) -> None:
    home, batches = department
    totals = {year: Decimal(batches[year].total("S05", "so_tien")) for year in YEARS}
    out = tmp_path / "bc.xlsx"
    consolidated(home, "2025-NAM", out, date(2025, 12, 16))
    said = fund(out)
    assert [said[f"nam_{year}"] for year in YEARS] == [totals[year] for year in YEARS]
    assert said["luy_ke"] == sum(totals.values())
    assert said["chenh"] == totals[2025] - totals[2024]


def test_an_old_report_made_again_does_not_know_later_years(
    department: tuple[Path, dict[int, Batch]], tmp_path: Path
) -> None:
    home, batches = department
    copy = tmp_path / "dot"
    shutil.copytree(home, copy)
    close_period(copy / "2025-NAM", tx.load_criteria(), policy=Policy.ACCEPT_ERRORS, today=date(2025, 12, 16))
    out = tmp_path / "bc.xlsx"
    consolidated(copy, "2024-NAM", out, date(2026, 1, 5))
    said = fund(out)
    assert said["nam_2024"] == batches[2024].total("S05", "so_tien")
    assert said["nam_2025"] is None
