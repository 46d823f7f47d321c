"""One workbook with a sheet per unit goes through check, totals and consolidate as a file per unit does."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

import thidua_xl as tx
from thidua_xl.cli.app import run
from thidua_xl.jobs.consolidate import Policy, consolidate

PEOPLE = {"VPS": ("Lò Văn A", 500_000), "PKHTC": ("Lò Thị B", 700_000), "TTUD": ("Quàng Văn C", -5)}


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    criteria = tx.load_criteria()
    form = criteria.form("S05")
    assert form is not None
    labels = [one.label for one in form.fields]
    book = Workbook()
    for number, (unit, (name, amount)) in enumerate(PEOPLE.items()):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = unit
        sheet.append(["DANH SÁCH ỦNG HỘ QUỸ"])
        sheet.append(labels)
        known = {"stt": 1, "ten": name, "so_tien": amount, "dot": "Đợt khác", "loai_doi_tuong": "Cá nhân"}
        sheet.append([known.get(one.code) for one in form.fields])
    path = tmp_path / "nop" / "tong hop cac phong.xlsx"
    path.parent.mkdir()
    book.save(path)
    return path


def test_totals_add_every_unit(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["totals", str(workbook), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["unit"], found["total"], found["rows"]) == ("", "1199995", {"S05": 3})


def test_check_tells_each_units_faults_at_its_own_sheet(workbook: Path) -> None:
    found = tx.check(workbook, tx.load_criteria(), "2024-6T")
    assert [one.unit for one in found.submissions] == sorted(PEOPLE)
    wrong = [one for one in found.findings if one.field_code == "so_tien"]
    assert {(one.unit, one.sheet, one.file) for one in wrong} == {("TTUD", "TTUD", workbook.name)}
    states = {one.unit: one.errors for one in found.statuses}
    assert states["TTUD"] > states["VPS"]


def test_consolidate_takes_each_unit_by_its_own_faults(workbook: Path) -> None:
    criteria = tx.load_criteria()
    done = consolidate([workbook.parent], criteria, "2024-6T", policy=Policy.ACCEPT_ERRORS)
    assert sorted(one.unit for one in done.consolidation.submissions) == sorted(PEOPLE)
    sums = {
        one.unit: one.records["S05"].columns["so_tien"] for one in done.consolidation.submissions if one.unit != "TTUD"
    }
    assert sums == {"VPS": (Decimal(500_000),), "PKHTC": (Decimal(700_000),)}
    strict = consolidate([workbook.parent], criteria, "2024-6T")
    reasons = {one.unit: one.reason for one in strict.statuses if one.unit in PEOPLE}
    assert reasons["TTUD"] == "LOI"
    assert {one.file for one in strict.consolidation.submissions} <= {workbook.name}
