"""The folder of a round stands for its period; a round in which nobody can be counted is not closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from round_desk import Desk, role

from thidua_xl.cli.app import run
from thidua_xl.jobs.rounds import open_round
from thidua_xl.jobs.sample_round import SampleRound


@pytest.fixture
def empty_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    home = tmp_path / "dot"
    assert run(["round", "new", str(home), "--period", "2022-6T"]) == 0
    capsys.readouterr()
    return home


def test_consolidate_takes_the_period_of_the_round_and_says_it(
    empty_round: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["consolidate", str(empty_round), "-o", str(tmp_path / "ra.xlsx")])
    assert "Kỳ báo cáo của đợt: 2022-6T." in capsys.readouterr().err


@pytest.mark.parametrize("command", [["consolidate"], ["forms", "ballot"]])
def test_files_without_a_round_need_the_period(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, str(tmp_path), "-o", str(tmp_path / "ra.xlsx")]) == 2
    assert "usage.no_period" in capsys.readouterr().err


def test_a_file_changed_after_closing_is_told_and_the_closed_figures_stay(
    desk: Desk, sample: SampleRound, capsys: pytest.CaptureFixture[str]
) -> None:
    clean = role(sample, "sach")
    desk.receive(clean)
    desk("period", "close", str(desk.home), "--policy", "accept-errors", schema="period_close", code=None)
    assert run(["status", str(desk.home), "--no-write"]) == 0
    assert "từ khi chốt" not in capsys.readouterr().err
    received = next((desk.home / "nop").glob("*.xlsx"))
    received.write_bytes(received.read_bytes() + b"x")
    assert run(["status", str(desk.home), "--no-write"]) == 0
    assert f"từ khi chốt: {received.name}" in capsys.readouterr().err


def test_a_round_without_a_counted_unit_is_not_closed(empty_round: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["period", "close", str(empty_round)]) == 2
    assert "không có đơn vị nào được tính" in capsys.readouterr().err
    assert not open_round(empty_round).facts().closed
    assert not list((empty_round / "bao-cao").iterdir())
