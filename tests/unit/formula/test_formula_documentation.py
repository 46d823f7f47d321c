"""The page on the rule language names every function and every way in which a formula can be wrong."""

import re
from pathlib import Path

import pytest

from thidua_xl.formula.branches import BRANCHES
from thidua_xl.formula.functions import FUNCTIONS

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "rule-formulas.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_function_is_in_the_table(page: str) -> None:
    table = page[page.index("## Functions") : page.index("## Values")]
    named = set(re.findall(r"\b[A-Z][A-Z0-9.]*\b", table))
    assert {*FUNCTIONS, *BRANCHES} <= named
    assert len({*FUNCTIONS, *BRANCHES}) >= 60


def test_every_code_of_a_broken_formula_is_explained(page: str) -> None:
    package = ROOT / "thidua_xl" / "formula"
    raised = {
        code
        for path in package.rglob("*.py")
        for code in re.findall(r'FormulaError\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    explained = set(re.findall(r"`([a-z_]+)`", page[page.index("## What is wrong") :]))
    assert raised and raised <= explained
