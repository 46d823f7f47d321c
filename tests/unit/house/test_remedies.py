"""What a refusal tells the user to do."""

from __future__ import annotations

import pytest

from thidua_xl.errors import UsageProblem
from thidua_xl.messages import LANGUAGES, error_lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_remedy_speaks_of_the_nearest_name_only_when_there_is_one(language: str) -> None:
    told = {
        near: error_lines(UsageProblem("usage.unknown_period", period="x", known="2024-6T", nearest=near), language)[-1]
        for near in ("2024-NAM", "", None)
    }
    assert "2024-NAM; " in told["2024-NAM"]
    assert told[""] == told[None] == told["2024-NAM"].replace(_clause(language), "")


def _clause(language: str) -> str:
    return {"vi": "gần đúng nhất: 2024-NAM; ", "en": "the nearest is 2024-NAM; "}[language]
