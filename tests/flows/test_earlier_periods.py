"""Rules that compare with earlier reports: from --previous, from closed rounds beside, and
what is said without any.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from thidua_xl.forms import load_criteria
from thidua_xl.forms.build import build_unit_workbook
from thidua_xl.jobs.close import close_period
from thidua_xl.jobs.findings import write_findings
from thidua_xl.jobs.receive import receive
from thidua_xl.jobs.review import check
from thidua_xl.jobs.rounds import new_round
from thidua_xl.jobs.sample_book import write_sample_book
from thidua_xl.jobs.sample_material import load_material
from thidua_xl.jobs.sample_records import UnitContent, sample_records
from thidua_xl.ledger import LEDGER
from thidua_xl.model import Criteria
from thidua_xl.shipped import criteria_book

UNIT, BEFORE, NOW = "DLCL", "2023-6T", "2024-6T"
TODAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def criteria(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    path = tmp_path_factory.mktemp("so") / "tieu-chi.xlsx"
    write_sample_book(criteria_book(), load_criteria(), load_material(), path)
    return load_criteria(path)


def content(criteria: Criteria, period: str) -> UnitContent:
    return next(one for one in sample_records(criteria, period=period) if one.unit == UNIT)


def written(folder: Path, criteria: Criteria, period: str, *, times: int = 1) -> Path:
    """The unit's workbook; the goods of the fourth form are worth `times` as much, in the summary too."""
    found = criteria.find_period(period)
    assert found is not None
    rules, made = criteria.at(found), content(criteria, period)
    unit = rules.unit(UNIT)
    assert unit is not None
    goods = [{**row, "tri_gia_dong": Decimal(str(row["tri_gia_dong"])) * times} for row in made.records["S04"]]
    made = replace(made, records={**made.records, "S04": tuple(goods)})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"BC_{UNIT}_{period}_L1.xlsx"
    build_unit_workbook(rules, unit, found, path, records=made.records, nothing=made.nothing, single=made.single)
    return path


def test_a_great_change_is_told_when_the_earlier_report_is_given(criteria: Criteria, tmp_path: Path) -> None:
    before = written(tmp_path / "truoc", criteria, BEFORE)
    now = written(tmp_path / "nay", criteria, NOW, times=3)
    found = check([now], criteria, NOW, today=TODAY, previous=[before])
    changes = [one for one in found.findings if one.code == "RNG-06"]
    assert [(one.form, one.field_code, one.values["pct"]) for one in changes] == [("S04", "tri_gia_dong", "188,2")]
    assert "RNG-06" not in {one.code for one in found.unasked()}


def test_without_an_earlier_report_the_rules_say_so(criteria: Criteria, tmp_path: Path) -> None:
    now = written(tmp_path / "nay", criteria, NOW, times=3)
    found = check([now], criteria, NOW, today=TODAY)
    assert "RNG-06" not in {one.code for one in found.findings}
    assert {"RNG-06", "CON-04", "CON-08"} <= {one.code for one in found.unasked()}
    from openpyxl import load_workbook

    book = load_workbook(write_findings(found, tmp_path / "loi.xlsx", [now]))
    texts = [str(cell.value) for sheet in book for row in sheet for cell in row]
    assert sum("không có báo cáo kỳ trước" in one for one in texts) == 3


def test_a_round_compares_with_the_closed_round_beside_it(criteria: Criteria, tmp_path: Path) -> None:
    for name, period, times in (("ky-truoc", BEFORE, 1), ("ky-nay", NOW, 3)):
        round_ = new_round(tmp_path / name, period, criteria=criteria.path)
        file = written(tmp_path / f"thu-{name}", criteria, period, times=times)
        receive(round_.home, [file], criteria, day=TODAY)
    told = check([tmp_path / "ky-nay"], criteria, today=TODAY)
    assert "RNG-06" not in {one.code for one in told.findings}
    close_period(tmp_path / "ky-truoc", criteria, today=TODAY)
    told = check([tmp_path / "ky-nay"], criteria, today=TODAY)
    assert [one.field_code for one in told.findings if one.code == "RNG-06"] == ["tri_gia_dong"]
    assert [one.period for one in told.previous] == [BEFORE]
    (tmp_path / "ky-truoc" / LEDGER).write_bytes(b"hong")
    told = check([tmp_path / "ky-nay"], criteria, today=TODAY)
    assert (told.previous, "RNG-06" in {one.code for one in told.unasked()}) == ((), True)
