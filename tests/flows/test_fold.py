"""Reports folded into one above them: a row per report, exact totals, traced to the reports' own cells."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from random_batches import Batch, new_batch, recounted

import thidua_xl as tx
from thidua_xl.errors import UsageProblem
from thidua_xl.jobs.consolidate import ConsolidateResult, Policy, consolidate
from thidua_xl.jobs.sample_round import SampleRound
from thidua_xl.jobs.trace import trace
from thidua_xl.report import numbered

PERIOD = "2024-NAM"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Batch]]:
    """Two provinces' reports in one folder, with a copy of one and a report that is no report of the period."""
    folder = tmp_path_factory.mktemp("tinh")
    criteria = tx.load_criteria()
    batches = []
    for number, name in enumerate(("a", "b"), 1):
        batch = new_batch(folder / f"nop-{name}", number, PERIOD, criteria, count=2)
        (folder / "bao-cao").mkdir(exist_ok=True)
        batch.consolidated(folder / "bao-cao" / f"tinh-{name}.xlsx")
        batches.append(batch)
    home = folder / "bao-cao"
    shutil.copyfile(home / "tinh-a.xlsx", home / "tinh-a-lai.xlsx")
    shutil.copyfile(next(iter(batches[0].files.values())), home / "don-vi.xlsx")
    return home, batches


def folded(home: Path, out: Path) -> ConsolidateResult:
    return consolidate(home, tx.load_criteria(), PERIOD, out=out, folding=True, today=date(2026, 1, 5))


def test_the_totals_of_the_reports_are_added_once_each(reports: tuple[Path, list[Batch]], tmp_path: Path) -> None:
    home, batches = reports
    out = tmp_path / "ca-nuoc.xlsx"
    done = folded(home, out)
    said = recounted(out)
    assert said["TH03"] == sum(batch.total("S04", "tri_gia_dong") for batch in batches)
    assert said["TH04"] == sum(batch.total("S05", "so_tien") for batch in batches)
    assert sorted(done.check.ignored) == [("don-vi.xlsx", "TYPE"), ("tinh-a.xlsx", "TRUNG")]
    assert done.report is not None
    assert [line for line in done.report.proof if not line.agrees] == []
    assert done.exit_code == 0


def test_a_folded_total_is_traced_to_the_totals_of_the_reports(
    reports: tuple[Path, list[Batch]], tmp_path: Path
) -> None:
    home, batches = reports
    out = tmp_path / "ca-nuoc.xlsx"
    folded(home, out)
    book = openpyxl.load_workbook(out, data_only=True)
    _, area = next(iter(book.defined_names["TH03_TONG"].destinations))
    row = book["TH03"][area.replace("$", "")][0][0].row
    sources = trace(out, f"TH03!F{row}").sources
    assert [one.value for one in sources] == [batch.total("S04", "tri_gia_dong") for batch in batches]
    assert [one.sheet for one in sources] == ["TH03", "TH03"]


def test_a_folder_without_reports_of_the_period_is_refused(tmp_path: Path, reports: tuple[Path, list[Batch]]) -> None:
    with pytest.raises(UsageProblem) as refused:
        consolidate(reports[0], tx.load_criteria(), "2023-NAM", out=tmp_path / "x.xlsx", folding=True)
    assert refused.value.code == "usage.no_reports"


def test_lists_that_went_on_in_numbered_sheets_go_up_as_if_they_had_not(
    tmp_path: Path, reports: tuple[Path, list[Batch]], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tmp_path / "ca-nuoc-1.xlsx"
    folded(reports[0], whole)
    parted = tmp_path / "tinh"
    parted.mkdir()
    with monkeypatch.context() as short:
        short.setattr(numbered, "MOST_ROWS", 30)
        for name, batch in zip("ab", reports[1], strict=True):
            done = batch.consolidated(parted / f"tinh-{name}.xlsx")
            assert done.report is not None
            assert {"TH03", "TH04"} <= set(done.report.continued)
    out = tmp_path / "ca-nuoc-2.xlsx"
    folded(parted, out)
    assert recounted(out) == recounted(whole)
    for code in ("TH03", "TH04"):
        assert listed(out, code) == listed(whole, code)


def test_entries_of_a_list_that_went_on_in_numbered_sheets_all_go_up(
    tmp_path: Path, sample: SampleRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    criteria = tx.load_criteria(sample.criteria_book)
    lists: list[dict[str, list[tuple[object, ...]]]] = []
    for most, name in ((numbered.MOST_ROWS, "nguyen"), (20, "tach")):
        home = tmp_path / name
        home.mkdir()
        with monkeypatch.context() as short:
            short.setattr(numbered, "MOST_ROWS", most)
            done = consolidate(
                sample.folder, criteria, sample.period, out=home / "tinh.xlsx", policy=Policy.ACCEPT_ERRORS
            )
        assert done.report is not None
        assert bool({"TH06", "TH07", "TH09", "TH11", "TH12"} & set(done.report.continued)) == (most == 20)
        out = tmp_path / f"{name}.xlsx"
        consolidate(home, criteria, sample.period, out=out, folding=True)
        lists.append({code: listed(out, code) for code in ("TH06", "TH07", "TH09", "TH11", "TH12")})
    assert lists[0] == lists[1]
    assert all(len(one) > 8 for one in lists[0].values())


def listed(path: Path, sheet: str) -> list[tuple[object, ...]]:
    return [row for row in openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True) if any(row)]
