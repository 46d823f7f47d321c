"""What is told of a copy of the open workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.hosts.live import beside_the_book
from thidua_xl.messages import error_lines


def test_an_error_about_a_copy_names_the_workbook_alone() -> None:
    with pytest.raises(UsageProblem) as told, beside_the_book() as folder:
        place = folder
        raise UsageProblem("trace.not_found", file=str(folder / "Báo cáo tỉnh.xlsm"), cell="TH01!C16")
    assert told.value.values == {"file": "Báo cáo tỉnh.xlsm", "cell": "TH01!C16"}
    assert str(place) not in "".join(error_lines(told.value))
    assert not place.exists()


def test_the_place_of_any_other_file_is_told_whole(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as told, beside_the_book():
        raise InputRefused("grid.missing", file=str(tmp_path / "a.xlsx"))
    assert told.value.values["file"] == str(tmp_path / "a.xlsx")
