"""`thidua-xl doctor`: lines with remedies for people, JSON for programs, exit code 0 or 1."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from thidua_xl.cli.app import run


def test_a_file_that_is_not_there_is_told_with_its_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", str(tmp_path / "mất.xlsx")]) == 1
    shown = capsys.readouterr().err.splitlines()
    place = next(number for number, line in enumerate(shown) if "Có tệp hoặc thư mục này" in line)
    assert "KHÔNG ĐẠT" in shown[place]
    assert shown[place + 1].strip().startswith("Cách sửa: ")


def test_json_fits_its_schema_and_speaks_the_language_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["doctor", "https://example.com/a.xlsx", "--json", "--lang", "en"])
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(files("thidua_xl.cli").joinpath("schemas", "doctor.json").read_text("utf-8")))
    address = next(one for one in found["checks"] if one["check"] == "file_address")
    assert (code, found["ok"], address["state"]) == (1, False, "wrong")
    assert address["remedy"].startswith("download it")
