"""The charts of the shipped template: native, on the report's own cells, grown with the rows that were inserted."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

import thidua_xl as tx
from thidua_xl.grid import read_book
from thidua_xl.jobs.consolidate import Policy, consolidate
from thidua_xl.jobs.sample_round import write_sample_round


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bieu-do")
    made = write_sample_round(folder / "nop", tx.load_criteria())
    criteria = tx.load_criteria(made.criteria_book)
    out = folder / "bc.xlsx"
    consolidate(made.folder, criteria, made.period, out=out, policy=Policy.ACCEPT_ERRORS, today=date(2024, 6, 20))
    return out


def charts(report: Path) -> dict[str, str]:
    """The XML of each chart by the sheet its first series lies on."""
    with zipfile.ZipFile(report) as package:
        parts = [package.read(one).decode() for one in package.namelist() if one.startswith("xl/charts/chart")]
    return {re.findall(r"<c:f>'?(TH\d\d)'?!", part)[0]: part for part in parts}


def test_every_chart_takes_in_all_rows_of_its_table(report: Path) -> None:
    book = read_book(report)
    found = charts(report)
    assert sorted(found) == ["TH15", "TH16", "TH17", "TH18"]
    for name, part in found.items():
        sheet = book.sheet(name)
        assert sheet is not None
        numbered = [row for row in range(1, sheet.last_row + 1) if isinstance(sheet.value(row, 1), int)]
        ranges = re.findall(r"!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+)</c:f>", part)
        # The range ends in the hidden row below the last entry.
        assert {(int(top), int(bottom)) for _, top, bottom in ranges} == {(numbered[0], numbered[-1] + 1)}
        assert numbered[-1] + 1 in sheet.hidden_rows


def test_what_a_chart_shows_is_a_formula_on_the_table_it_comes_from(report: Path) -> None:
    book = read_book(report)
    results, shown = book.sheet("TH01"), book.sheet("TH16")
    assert results is not None
    assert shown is not None
    for (row, column), cell in shown.cells.items():
        if column != 3 or not isinstance(cell.value, int) or cell.formula is None or "TH01" not in cell.formula:
            continue
        place = re.search(r"O(\d+)", cell.formula)
        assert place is not None
        assert results.value(int(place[1]), 15) == cell.value
        assert results.value(int(place[1]), 2) == shown.value(row, 2)
