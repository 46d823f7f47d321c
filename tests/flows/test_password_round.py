"""Files behind a password in a round: refused, read when the password is given, sent back without it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

import thidua_xl as tx
from tests.flows.round_desk import DAY, Desk
from thidua_xl.cli.app import run
from thidua_xl.jobs.new_forms import new_forms
from thidua_xl.jobs.rounds import new_round

PERIOD = "2024-6T"


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    new_forms(tx.load_criteria(), PERIOD, tmp_path / "mau", units=("VPS",))
    (form,) = (tmp_path / "mau").glob("*.xlsx")
    with form.open("rb") as plain, (tmp_path / form.name).open("wb") as out:
        OOXMLFile(plain).encrypt("chỉ hai ta biết", out)
    return tmp_path / form.name


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    new_round(tmp_path / "dot", PERIOD)
    return Desk(tmp_path / "dot", capsys)


def test_the_password_opens_a_file_that_was_received_without_it(desk: Desk, locked: Path) -> None:
    assert [one["refusal"] for one in desk.receive(locked, code=3)["files"]] == ["input.encrypted"]
    again = desk("receive", str(desk.home), "--today", DAY, "--password", "chỉ hai ta biết", code=None)
    assert [(one["unit"], one["outcome"], one["refusal"]) for one in again["files"]] == [("VPS", "MOI", "")]
    assert desk.states()["VPS"]["state"] == "CO_LOI"
    (copy,) = desk.annotate("--password", "chỉ hai ta biết")["copies"]
    assert copy["kind"] == "TEP_MOI_BO_MAT_KHAU"
    load_workbook(desk.home / copy["copy"])


def test_a_password_that_is_asked_for_stands_in_no_command(
    locked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("sai\nchỉ hai ta biết\n"))
    assert run(["totals", str(locked), "--json", "--mat-khau", "-"]) == 0
    assert '"unit": "VPS"' in capsys.readouterr().out.replace('":"', '": "')


@pytest.mark.parametrize("command", ["check", "totals", "map"])
def test_a_path_that_is_not_there_is_a_refused_input_everywhere(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, str(tmp_path / "không có.xlsx")]) == 3
    assert "[input.missing]" in capsys.readouterr().err


def test_a_copy_to_strip_that_is_not_there_is_a_refused_input(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["annotate", str(desk.home), str(tmp_path / "không có.xlsx"), "--strip"]) == 3
    assert "[input.missing]" in capsys.readouterr().err
