"""Four returns of a coded matrix form are added up into the form's own template, from the command line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coded_example
import pytest
from builders import read_cells
from coded_example import CodedExample, as_text, write_example


@dataclass(frozen=True, slots=True)
class Consolidated:
    example: CodedExample
    cells: Mapping[str, Any]
    file: Path


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Consolidated:
    folder = tmp_path_factory.mktemp("coded")
    example = write_example(folder)
    out = folder / "tong-hop.xlsx"
    command = [sys.executable, "-m", "thidua_xl", "consolidate", *(str(file) for file in reversed(example.returns))]
    command += ["--criteria", str(example.criteria), "--period", coded_example.PERIOD]
    command += ["--template", str(example.template), "-o", str(out)]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    return Consolidated(example, read_cells(out)[coded_example.SHEET], out)


def test_every_cell_is_the_exact_sum_of_the_units_written_as_the_form_writes_it(done: Consolidated) -> None:
    example = done.example
    assert {place: done.cells[example.cells[place]] for place in example.sums} == {
        place: as_text(total) for place, total in example.sums.items()
    }


def test_cells_that_no_unit_filled_stay_blank(done: Consolidated) -> None:
    example = done.example
    unfilled = [cell for place, cell in example.cells.items() if place not in example.sums]
    assert unfilled
    assert [cell for cell in unfilled if cell in done.cells] == []


def test_only_the_cells_rounded_elsewhere_differ_from_the_official_total(done: Consolidated) -> None:
    official = read_cells(done.example.official_file)[coded_example.SHEET]
    places = set(done.example.cells.values())
    assert {cell for cell in places if official.get(cell) != done.cells.get(cell)} == done.example.off


def test_words_and_codes_of_the_template_are_left_alone(done: Consolidated) -> None:
    template = read_cells(done.example.template)[coded_example.SHEET]
    assert {cell: done.cells.get(cell) for cell in template} == template


def test_the_particulars_name_the_consolidating_unit_the_period_and_the_file(done: Consolidated) -> None:
    wanted = {"C2": done.file.name, "C3": coded_example.CONSOLIDATING_UNIT}
    wanted |= {
        coded_example.UNIT_CELL: coded_example.CONSOLIDATING_UNIT,
        coded_example.PERIOD_CELL: coded_example.PERIOD,
    }
    assert {cell: done.cells[cell] for cell in wanted} == wanted
