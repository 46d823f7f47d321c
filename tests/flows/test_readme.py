"""What README tells people to type works as it stands: its commands and its Python, on the demo's own round."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builders import read_cells

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DONE = {0, 1}  # 1: done, and the sample round has errors on purpose


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what README's examples speak of: the submissions in `da-nop`."""
    folder = tmp_path_factory.mktemp("office")
    done = _thidua(["demo", "demo"], folder)
    assert done.returncode == 0, done.stderr
    shutil.copytree(folder / "demo" / "nop", folder / "da-nop")
    shutil.copy2(min((folder / "da-nop").glob("*.xlsx")), folder / "da-nop" / "phong-a.xlsx")
    return folder


def blocks(language: str) -> list[str]:
    """The fenced blocks of README in a language ("" for commands)."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_commands_of_readme_do_what_they_say(office: Path) -> None:
    lines = [line for block in blocks("") for line in block.splitlines() if line.startswith("thidua-xl ")]
    assert len(lines) >= 4
    for line in lines:
        done = _thidua(shlex.split(line, comments=True)[1:], office)
        assert done.returncode in DONE, f"{line}\n{done.stderr}"
        assert "Traceback" not in done.stderr
    assert len(list((office / "mau-bieu").glob("*.xlsx"))) > 1
    assert read_cells(office / "loi.xlsx")
    assert read_cells(office / "bao-cao.xlsx")


def test_python_of_readme_runs(office: Path) -> None:
    (code,) = blocks("python")
    probe = (
        "\nassert checked.findings and result.out.is_file() and {'_file', '_sheet', '_cell'} <= set(frame.columns)\n"
    )
    done = _run([sys.executable, "-c", code + probe], office)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def _thidua(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return _run([sys.executable, "-m", "thidua_xl", *arguments], folder)


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
