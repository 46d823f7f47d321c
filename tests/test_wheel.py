"""The built wheel holds the package, its workbooks and macros, and nothing beside it."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("thidua_xl", "workbooks", "macros", "tests", "tools")
SINGLE_FILES = ("setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "cli.py")
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", "~$*", ".~lock.*", ".*_cache")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: a left-over `build` folder in the checkout would come along otherwise."""
    copy = tmp_path_factory.mktemp("wheel") / "source"
    for folder in SOURCES:
        shutil.copytree(ROOT / folder, copy / folder, ignore=NOT_SOURCE)
    for name in SINGLE_FILES:
        shutil.copy2(ROOT / name, copy / name)
    target = copy.parent / "dist"
    _pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(target), str(copy))
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as package:
        return frozenset(package.namelist())


def test_wheel_puts_one_package_and_its_metadata_into_site_packages(names: frozenset[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"thidua_xl"}
    assert len(tops) == 2


@pytest.mark.parametrize("folder", ["workbooks", "macros"])
def test_every_file_of_a_shipped_folder_is_inside_the_package(names: frozenset[str], folder: str) -> None:
    expected = {
        f"thidua_xl/{path.relative_to(ROOT).as_posix()}"
        for path in _source_files(ROOT / folder)
        if folder == "macros" or path.name != "README.md"
    }
    assert expected
    assert expected <= names


def test_every_file_of_the_package_is_in_the_wheel(names: frozenset[str]) -> None:
    expected = {path.relative_to(ROOT).as_posix() for path in _source_files(ROOT / "thidua_xl")}
    assert "thidua_xl/py.typed" in expected
    assert "thidua_xl/messages/vi.toml" in expected
    assert expected <= names


def test_wheel_starts_the_command(wheel: Path, names: frozenset[str]) -> None:
    (place,) = (name for name in names if name.endswith(".dist-info/entry_points.txt"))
    with zipfile.ZipFile(wheel) as package:
        text = package.read(place).decode("utf-8")
    points = configparser.ConfigParser()
    points.read_string(text)
    assert dict(points["console_scripts"]) == {"thidua-xl": "thidua_xl.__main__:main"}


def test_installed_package_finds_its_own_workbooks(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    _pip("install", "--no-deps", "--no-index", "--no-compile", "--target", str(target), str(wheel))
    code = (
        "import thidua_xl.shipped as shipped\n"
        "print(shipped.__file__, shipped.criteria_book(), shipped.report_template(), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    package = (target / "thidua_xl").resolve()
    assert [Path(line).relative_to(package).as_posix() for line in done.stdout.splitlines()] == [
        "shipped.py",
        "workbooks/bo-tieu-chi.xlsx",
        "workbooks/mau-bao-cao-tinh.xlsx",
    ]


def _source_files(folder: Path) -> list[Path]:
    """Every file below a folder but those that Python or Excel leave behind while they run."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(("~$", ".~lock."))
    ]


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
