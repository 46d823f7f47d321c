"""A listing of sources too long for one sheet goes on in numbered sheets, and `trace` reads them all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

import thidua_xl as tx
from thidua_xl.jobs.sample_round import SampleRound
from thidua_xl.report import provenance

ROWS = 300


@pytest.fixture(scope="module")
def result(sample: SampleRound, tmp_path_factory: pytest.TempPathFactory) -> tx.ConsolidateResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "MAX_ROWS", ROWS)
        return report(sample, tmp_path_factory.mktemp("dai") / "bao-cao.xlsx")


def report(sample: SampleRound, out: Path) -> tx.ConsolidateResult:
    criteria = tx.load_criteria(sample.criteria_book)
    return tx.consolidate([sample.folder], criteria, sample.period, out=out, today=date(2024, 6, 17))


def listings(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of each hidden sheet of sources, by its name."""
    book = openpyxl.load_workbook(path, read_only=True)
    names = [name for name in book.sheetnames if name.startswith("Nguồn số liệu")]
    assert {book[name].sheet_state for name in names} == {"hidden"}
    found = {name: list(book[name].iter_rows(min_row=3, values_only=True)) for name in names}
    book.close()
    return found


def test_it_goes_on_in_numbered_hidden_sheets_and_no_row_is_lost(
    result: tx.ConsolidateResult, sample: SampleRound, tmp_path: Path
) -> None:
    assert result.out is not None
    several = listings(result.out)
    assert list(several)[:3] == ["Nguồn số liệu", "Nguồn số liệu 2", "Nguồn số liệu 3"]
    assert {len(rows) for rows in list(several.values())[:-1]} == {ROWS}
    report(sample, tmp_path / "bao-cao.xlsx")
    (whole,) = listings(tmp_path / "bao-cao.xlsx").values()
    assert [row for rows in several.values() for row in rows] == whole


def test_a_total_is_traced_over_all_of_them(result: tx.ConsolidateResult) -> None:
    assert result.out is not None and result.report is not None
    total = result.figure("TH04", "TOTAL", "ca_nhan")
    place = next(cell for cell, figure in result.report.cells["TH04"].items() if figure is total)
    found = {(one.file, one.sheet, one.cell) for one in tx.trace(result.out, f"TH04!{place}").sources}
    assert found == {(one.file, one.sheet, one.cell) for one in total.sources}
