"""A sample round, written once, and a desk with a new round of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from round_desk import Desk

from thidua_xl.forms import load_criteria
from thidua_xl.jobs.sample_round import SampleRound, write_sample_round


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleRound:
    folder = tmp_path_factory.mktemp("sample")
    return write_sample_round(folder / "den", load_criteria())


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], sample: SampleRound) -> Desk:
    made = Desk(tmp_path / "dot", capsys)
    made(
        "round",
        "new",
        str(made.home),
        "--period",
        sample.period,
        "--criteria",
        str(sample.criteria_book),
        schema="round_new",
    )
    return made
