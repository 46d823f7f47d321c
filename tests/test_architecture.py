"""The layers hold, every package is named where it must be, and starting up stays light."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PERIOD = "2024-6T"
HEAVY = ("pandas", "numpy", "openpyxl", "xlwings", "distributed")


def test_import_contracts_of_setup_cfg_hold() -> None:
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"
    done = _python(code)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_is_listed_for_the_wheel() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(setup["options"]["packages"].split())
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "thidua_xl").rglob("*.py")
        if "__pycache__" not in path.parts
    }
    data_folders = {"thidua_xl.workbooks", "thidua_xl.macros"}
    assert listed - data_folders == found


@pytest.mark.parametrize(
    "code",
    [
        "import thidua_xl",
        "import thidua_xl.jobs",
        "from thidua_xl.cli.app import run; assert run(['--help']) == 0",
        "from thidua_xl.cli.app import run; assert run(['check', '--help']) == 0",
    ],
)
def test_starting_up_imports_no_heavy_library(code: str) -> None:
    assert _heavy_modules_after(code) == []


@pytest.fixture(scope="module")
def round_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one fresh, still empty unit workbook of the shipped criteria book."""
    folder = tmp_path_factory.mktemp("round")
    code = (
        "from thidua_xl.forms import load_criteria; from thidua_xl.jobs.new_forms import new_forms\n"
        "criteria = load_criteria()\n"
        f"assert new_forms(criteria, {PERIOD!r}, {str(folder)!r}, units=(criteria.at({PERIOD!r}).units[0].code,))"
    )
    done = _python(code)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("command", ["check", "consolidate"])
def test_checking_and_consolidating_import_no_heavy_library(round_folder: Path, tmp_path: Path, command: str) -> None:
    arguments = [command, str(round_folder), "--period", PERIOD]
    if command == "consolidate":
        arguments += ["-o", str(tmp_path / "report.xlsx")]
    code = f"from thidua_xl.cli.app import run; assert run({arguments!r}) in {{0, 1}}"
    assert _heavy_modules_after(code) == []


def _heavy_modules_after(code: str) -> list[str]:
    """The heavy libraries that a fresh interpreter holds after running some code."""
    last = f"import sys; print(*sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    done = _python(f"{code}\n{last}")
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1].split() if done.stderr.strip() else []


def _python(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
