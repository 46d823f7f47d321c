"""An office's desk for the tests of a round: every job through the command line, every answer held to its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from thidua_xl.cli.app import run
from thidua_xl.jobs.sample_round import SampleRound

SCHEMAS = Path(__file__).parents[2] / "thidua_xl" / "cli" / "schemas"
DAY = "2024-06-17"


class Desk:
    """An office's round, worked on through the command line; `said` is the last JSON answer."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.capsys = capsys

    def __call__(self, *words: str, schema: str = "", code: int | None = 0) -> dict[str, Any]:
        self.capsys.readouterr()
        left = run([*words, "--json"])
        out, err = self.capsys.readouterr()
        if code is not None:
            assert left == code, err
        if not out:
            return {}
        said: dict[str, Any] = json.loads(out)
        contract = json.loads((SCHEMAS / f"{schema or words[0]}.json").read_text(encoding="utf-8"))
        Draft202012Validator(contract).validate(said)
        return said

    def receive(self, *files: Path, code: int | None = None) -> dict[str, Any]:
        return self("receive", str(self.home), *map(str, files), "--today", DAY, code=code)

    def annotate(self, *more: str) -> dict[str, Any]:
        return self("annotate", str(self.home), "--today", DAY, *more)

    def states(self) -> dict[str, dict[str, Any]]:
        said = self("status", str(self.home), "--today", DAY)
        return {one["unit"]: one for one in said["units"]}

    def sent(self, file: str) -> Path:
        return self.home / "tra-lai" / file


def role(sample: SampleRound, name: str) -> Path:
    return next(one.path for one in sample.files if one.role == name)


def unit_of(sample: SampleRound, path: Path) -> str:
    return next(one.unit for one in sample.files if one.path == path)


def tree(home: Path) -> dict[str, bytes]:
    """Every file that the office sees, with its content."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for folder in ("nop", "tra-lai", "bao-cao")
        for path in sorted((home / folder).rglob("*"))
        if path.is_file()
    }
