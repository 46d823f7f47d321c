"""One fault at a time in a clean workbook is told at its cell, and nothing else; bench/mutations.py plants 10,000."""

from __future__ import annotations

from random import Random

import pytest
from mutation_rounds import clean_round
from mutation_verdicts import FOUND, judged
from mutations import COLUMN_FAULTS, FIELD_FAULTS, FORM_FAULTS, Planted, mutations

EACH = 2
# Between them they fill in every form, the council's too, and know what they name of each other.
UNITS = ("VPS", "TTUD", "QLCN", "QLDA")


@pytest.mark.parametrize("period", ["2024-6T", "2025-NAM"])
def test_every_kind_of_fault_is_told_at_its_cell_and_nothing_beside_it(period: str) -> None:
    clean = clean_round(period, UNITS)
    assert [one for unit, book in clean.books.items() for one in clean.findings(unit, book)] == []
    wrong = []
    for planted in _drawn(period):
        verdict = judged(clean, planted, mend=False)
        if (planted.codes and verdict.state != FOUND) or verdict.false:
            told = [(one.code, one.sheet, one.cell) for one in verdict.told]
            wrong.append((planted.name, planted.form, planted.field, sorted(planted.codes), planted.cells[:1], told))
    assert wrong == []


def _drawn(period: str) -> list[Planted]:
    """A few faults of each kind, the same ones on every run."""
    clean, random = clean_round(period, UNITS), Random(f"mutations:{period}")
    makers = [maker for unit in clean.books for maker in mutations(clean, unit, random)]
    random.shuffle(makers)
    left = dict.fromkeys((*FIELD_FAULTS, *COLUMN_FAULTS, *FORM_FAULTS), EACH)
    drawn = []
    for maker in makers:
        planted = maker()
        if planted is not None and left[planted.name] > 0:
            left[planted.name] -= 1
            drawn.append(planted)
        if not any(left.values()):
            break
    return drawn
