"""What the control sheet asks for, and what it says when that cannot be had."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from thidua_xl.cli.app import run
from thidua_xl.errors import CriteriaProblem, UsageProblem
from thidua_xl.hosts.control import Control
from thidua_xl.hosts.entry import sentence
from thidua_xl.hosts.settings import Settings
from thidua_xl.shipped import criteria_book


@pytest.mark.parametrize("content", [b"hello", criteria_book().read_bytes()[:20_000]])
def test_a_damaged_criteria_book_is_told_as_one_and_no_unit_is_asked_to_send_it_again(
    content: bytes, tmp_path: Path
) -> None:
    book = tmp_path / "Sổ tiêu chí.xlsx"
    book.write_bytes(content)
    control: Any = SimpleNamespace(folder="", criteria=str(book))
    with pytest.raises(CriteriaProblem) as refused:
        _ = Settings(control).criteria
    told = sentence(refused.value)
    assert told.startswith("Tệp: Sổ tiêu chí.xlsx. Sổ tiêu chí không dùng được: ")
    assert "đơn vị" not in told
    assert "nộp lại" not in told


@pytest.mark.parametrize("words", [["add"], ["remove"], ["check"]])
def test_a_workbook_that_is_not_there_is_an_input_refused_by_every_command_of_buttons(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["buttons", *words, str(tmp_path / "không có.xlsm")]) == 3
    assert "[input.missing]" in capsys.readouterr().err


def test_a_workbook_opened_from_the_web_has_no_folder_beside_it() -> None:
    book: Any = SimpleNamespace(fullname="https://so.sharepoint.com/sites/a/Báo cáo.xlsm", name="Báo cáo.xlsm")
    with pytest.raises(UsageProblem) as refused:
        _ = Control(book).home
    assert "OneDrive" in sentence(refused.value)
    at_home: Any = SimpleNamespace(fullname=str(Path("bao-cao", "Báo cáo.xlsm")), name="Báo cáo.xlsm")
    assert Control(at_home).home == Path("bao-cao")
