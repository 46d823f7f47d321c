"""LibreOffice works out the same formulas over the same dirty rows: cell by cell the same results."""

from collections.abc import Callable
from pathlib import Path

import pytest
from formula_cases import FORMULAS, TRUTH
from formula_oracle import agrees, ask_libreoffice, dirty_table

from thidua_xl.formula import Table, compile_formula
from thidua_xl.model import Value

ROWS = 120  # bench/formula_libreoffice.py asks 1,000


def test_there_are_enough_cases() -> None:
    assert len(set(FORMULAS)) >= 300


@pytest.mark.parametrize(("text", "excel", "libreoffice", "why"), TRUTH)
def test_where_the_programs_differ_we_are_with_excel(text: str, excel: Value, libreoffice: Value, why: str) -> None:
    result = compile_formula(text, schema={}, home=None).run({})[0]
    assert (type(result), result) == (type(excel), excel), why
    assert result != libreoffice or type(result) is not type(libreoffice)


@pytest.mark.libreoffice
def test_libreoffice_gives_the_same_in_every_cell(tmp_path: Path, convert: Callable[[Path, str], Path]) -> None:
    table = dirty_table(ROWS)
    asked = (*FORMULAS, *(text for text, _, _, _ in TRUTH))
    theirs = ask_libreoffice(asked, table, tmp_path, convert)
    tables = {"T": Table("T", table)}
    differing: list[str] = []
    for text, answers in zip(FORMULAS, theirs, strict=False):
        ours = compile_formula(text, schema={"T": tuple(table)}, home="T").run(tables)
        for row, (mine, other) in enumerate(zip(ours, answers, strict=True)):
            if not agrees(mine, other):
                differing.append(f"{text} row {row}: {mine!r}, LibreOffice {other!r}")
    assert not differing, "\n".join(differing[:20])
    for (text, _, libreoffice, _), answers in zip(TRUTH, theirs[len(FORMULAS) :], strict=True):
        assert agrees(libreoffice, answers[0]), f"{text}: LibreOffice gives {answers[0]!r}"
