"""Long work goes beside Excel; short work, and all work of LibreOffice, does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from thidua_xl.hosts.beside import BESIDE, MANY_FILES, goes_beside

FROM_EXCEL = ["--from_xl=1", "--hwnd=1", "--wb=BC.xlsm"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    found: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: found.append(command))
    return found


@pytest.fixture
def many(tmp_path: Path) -> str:
    for number in range(MANY_FILES):
        (tmp_path / f"{number}.xlsx").touch()
    return str(tmp_path)


def test_a_round_of_many_files_goes_on_beside_excel(started: list[Any], many: str) -> None:
    assert goes_beside("consolidate", FROM_EXCEL, many)
    assert started == [[sys.executable, "-m", "thidua_xl.hosts", "consolidate", *FROM_EXCEL, BESIDE]]


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("consolidate", [*FROM_EXCEL, BESIDE]),  # it is the one beside
        ("consolidate", ["--uno=thidua1", "--wb=BC.xlsm"]),  # LibreOffice does not wait
        ("undo", FROM_EXCEL),
    ],
)
def test_what_nobody_waits_for_stays(started: list[Any], many: str, command: str, arguments: list[str]) -> None:
    assert not goes_beside(command, arguments, many)
    assert started == []


def test_a_few_files_are_done_at_once(started: list[Any], tmp_path: Path) -> None:
    assert not goes_beside("check", FROM_EXCEL, str(tmp_path))
    assert not goes_beside("check", FROM_EXCEL, "")
    assert started == []
