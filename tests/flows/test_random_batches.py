"""Random rounds: whatever is done to the files, the totals of the report answer exactly.

Many more rounds: bench/random_batches.py.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from random_batches import CHANGES, Batch, faults, new_batch, with_next_year

import thidua_xl as tx

PERIODS = ("2023-NAM", "2024-6T", "2026-NAM")


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Batch]:
    """A round of each of three years of the same department, under the rules and communes of its own time."""
    book = with_next_year(tx.load_criteria())
    return {one: new_batch(tmp_path_factory.mktemp("nop"), 20_240, one, book, count=3) for one in PERIODS}


@pytest.mark.parametrize("change", CHANGES)
def test_totals_answer_exactly(change: str, batches: Mapping[str, Batch], tmp_path: Path) -> None:
    number = list(CHANGES).index(change)
    batch = batches[PERIODS[number % len(PERIODS)]].copied(tmp_path / "nop")
    CHANGES[change](batch, random.Random(number))
    out = tmp_path / "bc.xlsx"
    done = batch.consolidated(out)
    assert faults(batch, out, done) == []


def test_the_order_of_the_files_changes_no_byte(batches: Mapping[str, Batch], tmp_path: Path) -> None:
    batch = batches["2024-6T"]
    first, second = tmp_path / "a" / "bc.xlsx", tmp_path / "b" / "bc.xlsx"
    for target, seed in ((first, 1), (second, 2)):
        target.parent.mkdir()
        batch.consolidated(target, random.Random(seed))
    assert first.read_bytes() == second.read_bytes()
