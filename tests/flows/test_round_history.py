"""What a round keeps of what its jobs replaced, and what it knows of files that came twice or without a unit."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

from round_desk import DAY, Desk, role, tree, unit_of

from thidua_xl.jobs.sample_round import SampleRound
from thidua_xl.ooxml import Workbook


def test_a_report_made_from_a_round_is_undone_to_the_one_before(
    desk: Desk, sample: SampleRound, tmp_path: Path
) -> None:
    desk.receive(*(one.path for one in sample.files[:2]), role(sample, "loi"))

    def report(out: Path, policy: str) -> bytes:
        home = str(desk.home)
        desk("consolidate", home, "--period", sample.period, "-o", str(out), policy, "--today", DAY, code=None)
        return out.read_bytes()

    for out in (desk.home / "bao-cao" / "bc.xlsx", tmp_path / "ra ngoài.xlsx"):
        before = report(out, "--accept-errors")
        assert report(out, "--only-clean") != before
        assert desk("undo", str(desk.home))["undone"]["kind"] == "consolidate"
        assert out.read_bytes() == before


def test_a_findings_workbook_in_a_round_is_the_same_twice_and_undone_once(desk: Desk, sample: SampleRound) -> None:
    desk.receive(*(one.path for one in sample.files[:2]), role(sample, "loi"))
    out = desk.home / "bao-cao" / "loi.xlsx"
    desk("check", str(desk.home), "-o", str(out), "--today", DAY, code=1)
    first = out.read_bytes()
    desk("check", str(desk.home), "-o", str(out), "--today", DAY, code=1)
    assert out.read_bytes() == first
    assert desk("undo", str(desk.home))["undone"]["kind"] == "check"
    assert not out.exists()


def test_a_look_at_the_round_goes_back_with_the_job_before_it(desk: Desk, sample: SampleRound) -> None:
    desk.receive(role(sample, "loi"))
    desk.states()
    before = tree(desk.home)
    desk.receive(*(one.path for one in sample.files[:2]), role(sample, "loi"))
    desk.states()
    assert desk("undo", str(desk.home))["undone"]["kind"] == "receive"
    assert tree(desk.home) == before


def test_a_status_workbook_somebody_wrote_into_stays(desk: Desk, sample: SampleRound) -> None:
    desk.receive(*(one.path for one in sample.files[:2]), role(sample, "loi"))
    desk.states()
    table = next((desk.home / "bao-cao").iterdir())
    table.write_bytes(b"with a word of the officer")
    desk("undo", str(desk.home))
    assert table.read_bytes() == b"with a word of the officer"
    assert list((desk.home / "nop").iterdir()) == []


def test_files_known_already_leave_no_trace_in_the_history(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.files[0].path)
    desk.receive(sample.files[0].path)
    assert [one["kind"] for one in desk("log", str(desk.home))["jobs"]] == ["new", "receive"]


def test_a_file_of_no_unit_is_given_to_one_later(desk: Desk, sample: SampleRound, tmp_path: Path) -> None:
    book = Workbook.open(role(sample, "loi"))
    place = book.name_area("TD_S00_ma_don_vi")
    assert place is not None
    for name in ("TD_S00_ma_don_vi", "TD_S00_ten_don_vi"):
        sheet, area = book.name_area(name) or ("", "")
        book[sheet].set(str(area).split(":")[0], "", locked=True, replace_formula=True)
    for row in range(1, 20):
        if book["_thidua"].get(f"A{row}") == "unit":
            book["_thidua"].set(f"B{row}", "", locked=True)
    book.save(tmp_path / "vo danh.xlsx")
    assert [one["outcome"] for one in desk.receive(tmp_path / "vo danh.xlsx")["files"]] == ["DON_VI_LA"]
    said = desk("receive", str(desk.home), str(tmp_path / "vo danh.xlsx"), "--unit", sample.missing[0], code=None)
    assert [(one["outcome"], one["unit"]) for one in said["files"]] == [("MOI", sample.missing[0])]
    assert desk.states()[sample.missing[0]]["file"] == "vo danh.xlsx"
    assert [one.name for one in (desk.home / "nop").iterdir()] == ["vo danh.xlsx"]
    desk("undo", str(desk.home))
    assert desk.states()[sample.missing[0]]["state"] == "CHUA_NOP"


def test_a_file_that_says_another_unit_than_the_office_is_told(desk: Desk, sample: SampleRound) -> None:
    said = desk(
        "receive", str(desk.home), str(role(sample, "loi")), "--unit", sample.missing[0], "--today", DAY, code=1
    )
    assert said["files"][0]["unit"] == unit_of(sample, role(sample, "loi"))
    assert sample.missing[0] in said["files"][0]["conflicts"][-1]


def test_what_the_program_made_is_never_taken_for_a_report_of_a_unit(desk: Desk, sample: SampleRound) -> None:
    desk.receive(role(sample, "loi"))
    findings = desk.home / "nop" / "loi.xlsx"
    desk("check", str(desk.home), "-o", str(findings), "--today", DAY, code=1)
    desk.annotate()
    said = desk.receive(desk.home.parent, sample.criteria_book)
    assert {one["given"]: one["outcome"] for one in said["files"]} == {
        "loi.xlsx": "SAN_PHAM",
        sample.criteria_book.name: "SAN_PHAM",
    }
    assert said["skipped"] == []
    assert {one.name for one in (desk.home / "nop").iterdir()} == {"loi.xlsx", role(sample, "loi").name}
    assert desk("status", str(desk.home), "--today", DAY)["others"] == []


def test_links_of_a_findings_workbook_open_odd_names(desk: Desk, sample: SampleRound, tmp_path: Path) -> None:
    odd = tmp_path / "Báo cáo 50% #2 (mới).xlsx"
    odd.write_bytes(role(sample, "loi").read_bytes())
    desk.receive(odd)
    out = desk.home / "bao-cao" / "loi.xlsx"
    desk("check", str(desk.home), "-o", str(out), "--today", DAY, code=1)
    with zipfile.ZipFile(out) as package:
        rels = b"".join(package.read(name) for name in package.namelist() if name.endswith(".rels"))
    targets = [link for link in re.findall(r'Target="([^"]*)"', rels.decode()) if "nop" in link]
    assert targets
    for target in targets:
        path, _, cell = target.partition("#")
        assert (out.parent / unquote(path)).resolve() == (desk.home / "nop" / odd.name).resolve()
        assert cell == "" or "!" in cell
