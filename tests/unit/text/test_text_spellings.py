"""Hundreds of spellings of unit names, with names that contain each other: never a wrong one, few questions."""

from __future__ import annotations

import pytest
from name_spellings import registry, spellings

from thidua_xl.text import Names


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_spelling_of_five_hundred_is_taken_for_another_unit(seed: int) -> None:
    units = registry()
    names = Names(units)
    matched = 0
    for typed, code, trap in spellings(500, seed):
        found = names.match(typed)
        if found.code is None:
            continue
        if trap and found.code != code:
            # A word more or less may be the whole name of another unit; it must then be that name itself.
            assert names.match(units[found.code][0]).code == found.code
            assert found.how == "exact", (typed, found)
        else:
            assert found.code == code, (typed, found)
        matched += 1
    assert matched >= 0.85 * 500
