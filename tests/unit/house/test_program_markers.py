"""A test that needs LibreOffice skips where there is none, and fails where CI says there must be one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[2] / "conftest.py"


@pytest.mark.parametrize(
    ("required", "outcome"),
    [("", "1 skipped"), ("excel", "1 skipped"), ("libreoffice", "1 error"), ("excel, libreoffice", "1 error")],
)
def test_missing_program_skips_unless_it_is_required(tmp_path: Path, required: str, outcome: str) -> None:
    (tmp_path / "conftest.py").write_text(
        CONFTEST.read_text(encoding="utf-8") + "\n_SOFFICE_PLACES = ()\n", encoding="utf-8"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = libreoffice: x\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n@pytest.mark.libreoffice\ndef test_it(): raise AssertionError\n", encoding="utf-8"
    )
    (tmp_path / "no-programs").mkdir()
    environment = {**os.environ, "PATH": str(tmp_path / "no-programs"), "THIDUA_REQUIRE": required}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rsE", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert outcome in done.stdout
    assert "needs LibreOffice" in done.stdout
