"""One workbook with a sheet per unit in a round: every unit of it has its own state, the file goes back as one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

import thidua_xl as tx
from tests.flows.round_desk import Desk
from thidua_xl.jobs.consolidate import Policy, consolidate
from thidua_xl.jobs.rounds import new_round

PERIOD = "2024-6T"
PEOPLE = {"VPS": ("Lò Văn A", 500_000), "PKHTC": ("Lò Thị B", 700_000), "TTUD": ("Quàng Văn C", -5)}


def book(path: Path, people: Mapping[str, tuple[str, int]]) -> Path:
    """A workbook with the contributors of each unit on a sheet named after it."""
    form = tx.load_criteria().form("S05")
    assert form is not None
    made = Workbook()
    assert made.active is not None
    made.remove(made.active)
    for unit, (name, amount) in people.items():
        sheet = made.create_sheet(unit)
        sheet.append(["DANH SÁCH ỦNG HỘ QUỸ"])
        sheet.append([one.label for one in form.fields])
        known = {"stt": 1, "ten": name, "so_tien": amount, "dot": "Đợt khác", "loai_doi_tuong": "Cá nhân"}
        sheet.append([known.get(one.code) for one in form.fields])
    made.save(path)
    return path


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    new_round(tmp_path / "dot", PERIOD)
    return Desk(tmp_path / "dot", capsys)


def came(said: Mapping[str, Any]) -> dict[str, str]:
    return {one["unit"]: one["outcome"] for one in said["files"]}


def test_every_unit_of_the_workbook_has_reported(desk: Desk, tmp_path: Path) -> None:
    shared = book(tmp_path / "chung.xlsx", PEOPLE)
    assert came(desk.receive(shared, code=1)) == dict.fromkeys(PEOPLE, "MOI")
    states = desk.states()
    assert {code: states[code]["file"] for code in PEOPLE} == dict.fromkeys(PEOPLE, "chung.xlsx")
    assert states["TTUD"]["errors"] > states["VPS"]["errors"]
    assert {one["state"] for code, one in states.items() if code not in PEOPLE} == {"CHUA_NOP"}
    assert [one["outcome"] for one in desk.receive(shared)["files"]] == ["TRUNG"]


def test_the_copy_to_send_back_is_one_file_with_the_faults_of_all_units(desk: Desk, tmp_path: Path) -> None:
    desk.receive(book(tmp_path / "chung.xlsx", PEOPLE))
    said = desk.annotate()
    assert [(one["unit"].split(";"), one["copy"]) for one in said["copies"]] == [
        (["VPS", "TTUD", "PKHTC"], "tra-lai/chung.xlsx")
    ]
    copy = load_workbook(desk.sent("chung.xlsx"))
    assert set(PEOPLE) < set(copy.sheetnames)
    assert {desk.states()[code]["state"] for code in PEOPLE} == {"DA_TRA_LAI"}


def test_the_mended_workbook_is_the_next_return_of_each_unit(desk: Desk, tmp_path: Path) -> None:
    desk.receive(book(tmp_path / "chung.xlsx", PEOPLE))
    said = desk.receive(book(tmp_path / "chung sua.xlsx", {**PEOPLE, "TTUD": ("Quàng Văn C", 5_000)}))
    assert came(said) == dict.fromkeys(PEOPLE, "NOP_LAI")
    changed = {one["unit"]: {place["sheet"] for place in one["changed"]} for one in said["resubmissions"]}
    assert changed == {"VPS": set(), "PKHTC": set(), "TTUD": {"TTUD"}}
    sums = consolidate([desk.home], tx.load_criteria(), PERIOD, policy=Policy.ACCEPT_ERRORS)
    assert sorted((one.unit, one.file) for one in sums.consolidation.submissions) == [
        (code, "chung sua.xlsx") for code in sorted(PEOPLE)
    ]


@pytest.mark.parametrize("own_first", [True, False])
def test_a_units_own_file_and_its_sheet_contradict_each_other_until_one_is_accepted(
    desk: Desk, tmp_path: Path, own_first: bool
) -> None:
    own = book(tmp_path / f"BC_VPS_{PERIOD}.xlsx", {"VPS": ("Lò Văn D", 900_000)})
    shared = book(tmp_path / "chung.xlsx", PEOPLE)
    for path in (own, shared) if own_first else (shared, own):
        said = desk.receive(path)
    assert came(said)["VPS"] == "HAI_TEP"
    criteria = tx.load_criteria()
    told = tx.check(desk.home, criteria, PERIOD)
    assert {one.file for one in told.current if one.unit == "VPS"} == {own.name, shared.name}
    done = consolidate([desk.home], criteria, PERIOD, policy=Policy.ACCEPT_ERRORS)
    assert sorted(one.unit for one in done.consolidation.submissions) == ["PKHTC", "TTUD"]
    desk("accept", str(desk.home), "--unit", "VPS", "--file", own.name, "--reason", "bản của đơn vị")
    done = consolidate([desk.home], criteria, PERIOD, policy=Policy.ACCEPT_ERRORS)
    assert sorted((one.unit, one.file) for one in done.consolidation.submissions) == [
        ("PKHTC", "chung.xlsx"),
        ("TTUD", "chung.xlsx"),
        ("VPS", own.name),
    ]


def test_accepting_one_units_sheet_leaves_the_others_as_they_are(desk: Desk, tmp_path: Path) -> None:
    desk.receive(book(tmp_path / "chung.xlsx", PEOPLE))
    desk("accept", str(desk.home), "--unit", "TTUD", "--reason", "đã xác minh")
    states = desk.states()
    assert states["TTUD"]["state"] == "CHAP_NHAN_GIAI_TRINH"
    assert states["VPS"]["state"] == "CO_LOI"
    assert [one["unit"] for one in desk.annotate()["copies"]] == ["VPS;PKHTC"]


def test_what_the_unit_list_learns_later_splits_a_workbook_already_received(desk: Desk, tmp_path: Path) -> None:
    renamed = {"Tổ Một": PEOPLE["VPS"], "Tổ Hai": PEOPLE["PKHTC"]}
    shared = book(tmp_path / "chung.xlsx", renamed)
    assert came(desk.receive(shared)) == {"": "DON_VI_LA"}
    round_book = desk.home / "bo-tieu-chi.xlsx"
    criteria = load_workbook(round_book)
    sheet = criteria["Đơn vị"]
    heads = {str(cell.value): index for index, cell in enumerate(sheet[3], start=1)}
    for row in range(4, sheet.max_row + 1):
        alias = {"VPS": "Tổ Một", "PKHTC": "Tổ Hai"}.get(str(sheet.cell(row, heads["Mã đơn vị"]).value))
        if alias:
            sheet.cell(row, heads["Tên khác"], alias)
    criteria.save(round_book)
    assert set(came(desk.receive())) == {"VPS", "PKHTC"}
    states = desk.states()
    assert {states[code]["file"] for code in ("VPS", "PKHTC")} == {"chung.xlsx"}
