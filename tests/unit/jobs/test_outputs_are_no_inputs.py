"""A result is never written over a file that was handed in."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import build_workbook

from thidua_xl.errors import UsageProblem
from thidua_xl.jobs.outputs import refuse_overwriting


@pytest.fixture
def received(tmp_path: Path) -> Path:
    build_workbook(tmp_path / "nop" / "sau" / "phong-a.xlsx", "| T |\n| | 1 |")
    return tmp_path / "nop"


def test_file_given_by_itself_is_no_place_for_a_result(received: Path) -> None:
    file = received / "sau" / "phong-a.xlsx"
    with pytest.raises(UsageProblem, match="output_is_input"):
        refuse_overwriting(file, [file])


def test_file_below_a_folder_given_is_no_place_for_a_result(received: Path) -> None:
    with pytest.raises(UsageProblem, match="output_is_input"):
        refuse_overwriting(received / "sau" / "phong-a.xlsx", [received])


def test_another_name_of_a_source_is_the_source(received: Path, tmp_path: Path) -> None:
    other = tmp_path / "ket-qua.xlsx"
    other.hardlink_to(received / "sau" / "phong-a.xlsx")
    with pytest.raises(UsageProblem, match="output_is_input"):
        refuse_overwriting(other, [received])


def test_new_file_and_an_old_result_beside_the_sources_may_be_written(received: Path, tmp_path: Path) -> None:
    old = build_workbook(tmp_path / "ket-qua.xlsx", "| T |\n| | 1 |")
    refuse_overwriting(old, [received])
    refuse_overwriting(received / "moi.xlsx", [received])
