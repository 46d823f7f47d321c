"""What every test may ask for: LibreOffice, where it is installed.

A test marked `libreoffice` or `excel` is skipped, with what it needs, on a machine without that program; it fails
instead when the environment variable THIDUA_REQUIRE names the program, so that CI cannot skip in silence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_SOFFICE_PLACES = (
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
)


def find_soffice() -> str:
    """The LibreOffice program, "" when the machine has none."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((str(place) for place in _SOFFICE_PLACES if place.is_file()), "")


def find_excel() -> str:
    """The Excel program as the system names it, "" when the machine has none."""
    if sys.platform == "darwin":
        place = Path("/Applications/Microsoft Excel.app")
        return str(place) if place.exists() else ""
    if sys.platform == "win32":
        import winreg

        try:
            return winreg.QueryValue(winreg.HKEY_CLASSES_ROOT, "Excel.Application\\CLSID") or ""
        except OSError:
            return ""
    return ""


_PROGRAMS: dict[str, tuple[str, Callable[[], str]]] = {
    "libreoffice": ("LibreOffice (the program soffice)", find_soffice),
    "excel": ("Microsoft Excel", find_excel),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    required = {name.strip() for name in os.environ.get("THIDUA_REQUIRE", "").split(",")}
    for marker, (program, find) in _PROGRAMS.items():
        if item.get_closest_marker(marker) is None or find():
            continue
        if marker in required:
            pytest.fail(f"needs {program}, and THIDUA_REQUIRE asks for it", pytrace=False)
        pytest.skip(f"needs {program}")


@pytest.fixture
def convert(tmp_path: Path) -> Callable[[Path, str], Path]:
    """A function: the file that LibreOffice makes of a workbook in another format ("pdf", "xlsx", "ods").

    Only for tests marked `libreoffice`. LibreOffice calculates files that another program wrote, so converting
    xlsx to xlsx gives its own results of the formulas. Every test has a profile of its own.
    """

    def run(path: Path, extension: str) -> Path:
        target = tmp_path / "converted"
        profile = (tmp_path / "soffice-profile").as_uri()
        command = [find_soffice(), f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        command += ["--convert-to", extension, "--outdir", str(target), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        made = target / f"{path.stem}.{extension}"
        assert made.is_file(), f"LibreOffice made no {made.name}: {done.stdout}{done.stderr}"
        return made

    return run
