"""The correction loop through the command line: receive, send back, take in again, chase, close, undo."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from round_desk import DAY, Desk, role, tree, unit_of

from thidua_xl.grid import read_book
from thidua_xl.jobs.returned import set_aside
from thidua_xl.jobs.sample_round import SampleRound
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.package import Package
from thidua_xl.refs import cell_name
from thidua_xl.report.mend_sheet import EXPLANATION_COLUMN, FIRST_ROW, KEY_COLUMN

SHEET = "Cần sửa"


def parts(path: Path | bytes) -> dict[str, bytes]:
    package = Package(path if isinstance(path, bytes) else path.read_bytes(), "")
    return {name: package.blob(name) for name in package.names}


def mended(copy: Path, target: Path, changes: Mapping[tuple[str, str], object], said: Mapping[int, str] = {}) -> Path:
    """What a unit sends back: the copy with cells typed over and explanations in the rows of the list."""
    book = Workbook.open(copy)
    for (sheet, cell), value in changes.items():
        book[sheet].set(cell, value, locked=True, replace_formula=True)  # type: ignore[arg-type]  # values of cells
    for line, text in said.items():
        book[SHEET].set(cell_name(FIRST_ROW + line, EXPLANATION_COLUMN), text)
    book.save(target)
    return target


def test_the_whole_loop_over_three_resubmissions(desk: Desk, sample: SampleRound, tmp_path: Path) -> None:
    came = desk.receive(sample.folder, code=1)
    assert len(came["files"]) == len(sample.files)
    faulty = role(sample, "loi")
    unit = unit_of(sample, faulty)
    assert desk.states()[unit]["state"] == "CO_LOI"
    assert {desk.states()[one]["state"] for one in sample.missing} == {"CHUA_NOP"}

    desk.annotate()
    assert desk.states()[unit]["state"] == "DA_TRA_LAI"
    copy = desk.sent(faulty.name)
    listed = read_book(copy).sheets[0]
    keys = [str(listed.value(row, KEY_COLUMN)) for row in range(FIRST_ROW, listed.last_row + 1)]
    assert all(key.count("|") == 2 for key in keys)

    # First: one of the warnings is mended, everything else comes back as it was.
    code, sheet, cell = next(key for key in keys if key.endswith("|Biểu 02|J15")).split("|")
    before = desk.states()[unit]
    first = mended(copy, tmp_path / "gui lai.xlsx", {(sheet, cell): 40})
    again = desk.receive(first, code=1)
    assert [one["outcome"] for one in again["files"]] == ["NOP_LAI"]
    told = again["resubmissions"][0]
    assert (code, cell) in {(one["code"], one["cell"]) for one in told["mended"]}
    assert {(one["sheet"], one["cell"]) for one in told["changed"]} == {(sheet, cell)}
    assert told["changed"][0]["asked"]
    assert told["new"] == []
    state = desk.states()[unit]
    assert (state["state"], state["version"]) == ("NOP_LAI", 2)
    assert (state["errors"], state["warnings"]) == (before["errors"], before["warnings"] - 1)

    # Second: sent back again, comes back with a cell changed without being asked and a warning explained.
    desk.annotate()
    second_copy = desk.sent("gui lai.xlsx")
    assert read_book(second_copy).sheets[0].name == SHEET
    assert [one.name for one in read_book(second_copy).sheets].count(SHEET) == 1
    listed = read_book(second_copy).sheets[0]
    warning = next(n for n in range(40) if "Cảnh báo" in str(listed.value(FIRST_ROW + n, 3)))
    place = str(listed.value(FIRST_ROW + warning, KEY_COLUMN)).split("|")
    second = mended(second_copy, tmp_path / "lan 3.xlsx", {("Biểu 02", "C11"): "Người Khác"}, {warning: "Số thật"})
    told = desk.receive(second, code=1)["resubmissions"][0]
    assert [(one["cell"], one["asked"]) for one in told["changed"]] == [("C11", False)]
    assert [one["explanation"] for one in told["explained"]] == ["Số thật"]
    assert told["mended"] == []
    desk("accept", str(desk.home), "--unit", unit, "--explained", "--today", DAY, "--by", "VP")
    with_less = desk.states()[unit]
    assert with_less["warnings"] == state["warnings"] - 1
    error = next(key.split("|")[0] for key in keys if key.startswith("SUM-"))
    desk("accept", str(desk.home), "--unit", unit, "--code", error, "--today", DAY, code=2)
    desk("accept", str(desk.home), "--unit", unit, "--code", code, "--cell", place[2], "--today", DAY, code=2)

    # Third: accepted as it is; then it is counted.
    third = mended(desk.sent("gui lai.xlsx"), tmp_path / "lan 4.xlsx", {("Biểu 02", "C11"): "Người Khác Nữa"})
    desk.receive(third, code=1)
    assert desk.states()[unit]["version"] == 4
    desk("accept", str(desk.home), "--unit", unit, "--reason", "Giám đốc đồng ý", "--today", DAY, "--by", "VP")
    final = desk.states()[unit]
    assert (final["state"], final["accepted_by"]) == ("CHAP_NHAN_GIAI_TRINH", "VP")
    out = tmp_path / "bao-cao.xlsx"
    desk("consolidate", str(desk.home), "--period", sample.period, "-o", str(out), "--today", DAY, code=1)
    desk.annotate()
    assert not desk.sent("gui lai.xlsx").exists()  # nothing is asked any more


def test_an_annotated_copy_differs_only_where_it_must(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.folder)
    said = desk.annotate()
    assert {one["kind"] for one in said["copies"]} == {"BAN_GHI_CHU"}
    binding = ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
    for one in said["copies"]:
        before, after = parts(desk.home / "nop" / one["file"]), parts(desk.home / one["copy"])
        book = Workbook.from_bytes((desk.home / "nop" / one["file"]).read_bytes())
        asked = {f.sheet for f in _findings(desk, one["file"])}
        faulty = {entry.part for entry in book.entries if entry.name in asked}
        changed = {name for name in before if after[name] != before[name]}
        rels = {name for name in changed if name.endswith(".rels")}
        assert changed - rels <= {*binding, *faulty, *(n for n in changed if "comments" in n or n.endswith(".vml"))}
        assert before.keys() <= after.keys()


def _findings(desk: Desk, file: str) -> list[Any]:
    from thidua_xl.jobs.rounds import open_round
    from thidua_xl.ledger.packing import unpack_findings

    facts = open_round(desk.home).facts()
    return [
        f for one in facts.returned if one.content["name"] == file for f in unpack_findings(one.content["findings"])
    ]


def test_values_and_formulas_of_a_copy_are_those_of_the_file(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.folder)
    for one in desk.annotate()["copies"]:
        own = read_book(desk.home / "nop" / one["file"])
        copy = set_aside(read_book(desk.home / one["copy"])).book
        assert [dict(sheet.cells) for sheet in copy.sheets] == [
            {**dict(sheet.cells), **{place: cell for place, cell in dict(now.cells).items() if cell.value is None}}
            for sheet, now in zip(own.sheets, copy.sheets, strict=True)
        ]
        assert [sheet.name for sheet in copy.sheets] == [sheet.name for sheet in own.sheets]


def test_a_stripped_copy_is_the_file_itself(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.folder)
    copies = desk.annotate()["copies"]
    desk("annotate", str(desk.home), "--strip")
    for one in copies:
        assert (desk.home / one["copy"]).read_bytes() == (desk.home / "nop" / one["file"]).read_bytes()
    desk.annotate()
    assert all(
        (desk.home / one["copy"]).read_bytes() != (desk.home / "nop" / one["file"]).read_bytes() for one in copies
    )


def test_stripping_a_copy_the_unit_typed_in_leaves_what_it_typed(
    desk: Desk, sample: SampleRound, tmp_path: Path
) -> None:
    faulty = role(sample, "loi")
    desk.receive(faulty)
    desk.annotate()
    typed = {("Biểu 02", "J15"): 40}
    back = mended(desk.sent(faulty.name), tmp_path / faulty.name, typed, {0: "Đã sửa"})
    out = tmp_path / "sach"
    desk("annotate", str(desk.home), str(back), "--strip", "-o", str(out))
    wanted = Workbook.open(faulty)
    wanted["Biểu 02"].set("J15", 40, locked=True)
    assert parts(out / faulty.name) == parts(wanted.to_bytes())


def test_the_same_bytes_twice_are_one(desk: Desk, sample: SampleRound, tmp_path: Path) -> None:
    first = sample.files[0].path
    desk.receive(first)
    twin = tmp_path / "ten khac.xlsx"
    shutil.copyfile(first, twin)
    assert [one["outcome"] for one in desk.receive(twin)["files"]] == ["TRUNG"]
    assert len(list((desk.home / "nop").iterdir())) == 1


def test_a_zip_is_opened_and_what_is_in_it_received(desk: Desk, sample: SampleRound, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "thu"), "zip", sample.folder)
    said = desk.receive(Path(archive))
    assert len(said["files"]) == len(sample.files)
    assert {one["reason"] for one in said["skipped"]} == {"TYPE"}


def test_undo_puts_files_back_byte_for_byte(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.folder)
    before = tree(desk.home)
    desk.annotate()
    assert tree(desk.home) != before
    said = desk("undo", str(desk.home))
    assert said["undone"]["kind"] == "annotate"
    assert tree(desk.home) == before
    desk("undo", str(desk.home))
    assert list((desk.home / "nop").iterdir()) == []
    assert {one["state"] for one in desk.states().values()} == {"CHUA_NOP"}
    desk("undo", str(desk.home), code=2)


def test_undo_stops_at_a_file_somebody_changed(desk: Desk, sample: SampleRound) -> None:
    faulty = role(sample, "loi")
    desk.receive(faulty)
    desk.annotate()
    desk.sent(faulty.name).write_bytes(b"a note of the officer")
    desk("undo", str(desk.home), code=3)
    assert desk.sent(faulty.name).read_bytes() == b"a note of the officer"
    desk("undo", str(desk.home), "--force")
    assert not desk.sent(faulty.name).exists()


def test_history_names_no_person_and_no_file(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.folder)
    desk.annotate("--by", "VP")
    said = desk("log", str(desk.home))
    assert [one["kind"] for one in said["jobs"]] == ["new", "receive", "annotate"]
    assert said["jobs"][-1]["who"] == "VP"
    text = json.dumps(said, ensure_ascii=False)
    assert "BC_" not in text
    assert ".xlsx" not in text


def test_chasing_writes_a_text_and_a_letter_for_each_unit_that_owes(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.folder)
    said = desk("remind", str(desk.home), "--today", DAY, "--deadline", "2024-06-20")
    owing = {one["unit"]: one for one in said["units"]}
    assert set(sample.missing) <= owing.keys()
    assert unit_of(sample, role(sample, "loi")) in owing
    for one in owing.values():
        assert "20/06/2024" in one["text"]
        letter = desk.home / one["letter"]
        assert b"word/document.xml" in letter.read_bytes()
    known = {one.unit for one in sample.files if one.role not in {"loi"}}
    assert known - owing.keys()


def test_watch_takes_in_what_is_dropped_and_answers(desk: Desk, sample: SampleRound) -> None:
    faulty = role(sample, "loi")
    shutil.copyfile(faulty, desk.home / "nop" / faulty.name)
    said = desk("watch", str(desk.home), "--once", "--today", DAY)
    assert (said["received"], said["annotated"]) == (1, 1)
    assert desk.sent(faulty.name).is_file()
    assert (desk.home / "bao-cao" / f"loi-{sample.period}.xlsx").is_file()
    assert desk("watch", str(desk.home), "--once", "--today", DAY)["passes"] == 0


def test_closing_keeps_the_totals_and_takes_nothing_more(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.folder)
    said = desk("period", "close", str(desk.home), "--today", DAY, schema="period_close", code=1)
    assert said["totals"]
    assert (desk.home / said["report"]).is_file()
    desk.receive(sample.files[0].path, code=2)
    desk("undo", str(desk.home))
    desk.receive(sample.files[0].path)


def test_files_received_are_never_changed(desk: Desk, sample: SampleRound) -> None:
    desk.receive(sample.folder)
    before = {path.name: path.read_bytes() for path in (desk.home / "nop").iterdir()}
    desk.annotate()
    desk("remind", str(desk.home), "--today", DAY)
    desk("annotate", str(desk.home), "--strip")
    assert {path.name: path.read_bytes() for path in (desk.home / "nop").iterdir()} == before
    assert before == {one.path.name: one.path.read_bytes() for one in sample.files}


def test_a_folder_that_is_no_round_is_refused(desk: Desk, tmp_path: Path) -> None:
    for command in ("receive", "status", "annotate", "remind", "undo", "log"):
        desk(command, str(tmp_path / "nothing"), code=2)


def test_two_processes_at_once_leave_one_whole_round(desk: Desk, sample: SampleRound) -> None:
    command = [sys.executable, "-m", "thidua_xl", "receive", str(desk.home), str(sample.folder), "--today", DAY]
    running = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ})
        for _ in range(2)
    ]
    codes = sorted(one.wait(timeout=120) for one in running)
    assert set(codes) <= {1, 3}
    assert len(list((desk.home / "nop").iterdir())) == len(sample.files)
    desk.receive(sample.folder)
    assert len(list((desk.home / "nop").iterdir())) == len(sample.files)
