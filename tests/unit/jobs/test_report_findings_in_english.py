"""Findings about the report are English throughout when English is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

import thidua_xl as tx
from thidua_xl.jobs.evidence import report_findings
from thidua_xl.report import FilledReport
from thidua_xl.report.after import Looked, Place
from thidua_xl.report.formula_check import FormulaMiss


@pytest.mark.parametrize("missed", [(), ("C7", "C8")])
def test_a_sum_that_misses_rows_is_told_in_english(missed: tuple[str, ...]) -> None:
    miss = FormulaMiss("Sums", "A1", "=SUM(B1!C4:C6)", 111_110, 1_110, missed)
    (found,) = report_findings(FilledReport(Path("r.xlsx"), {}, misses=(miss,)), tx.load_criteria(), "r.xlsx")
    assert found.message_en.isascii(), found.message_en
    assert "Sums!A1" in found.message_en
    assert "ô Sums!A1" in found.message


@pytest.mark.parametrize("word", ["choices", "formats", "pictures", "macros"])
def test_what_was_lost_is_told_in_english(word: str) -> None:
    report = FilledReport(Path("r.xlsx"), {}, looked=Looked(lost=(Place("Sums", "", word),)))
    (found,) = report_findings(report, tx.load_criteria(), "r.xlsx")
    assert found.message_en.isascii(), found.message_en
