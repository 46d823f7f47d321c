"""Formulas that name earlier reports: `TD_TRUOC_S01` the last one of the same kind, `TD_NAM_S01` those of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sample_submissions import TODAY, book_at, changed, clean_round

from thidua_xl.checks import check_round, check_submission, not_asked
from thidua_xl.model import Condition, Criteria, Finding, Rule, Severity, Submission

UNIT = "TTUD"


def with_rule(period: str, formula: str, form: str, field: str, **parameters: str) -> Criteria:
    """The shipped book of a period with nothing but one more rule."""
    condition = Condition(form, (field,), "CONG_THUC", formula, parameters)
    rule = Rule("MOI-01", Severity.ERROR, "MOI", "Nay {gia_tri}, trước {a}.", conditions=(condition,))
    return replace(book_at(period), rules=(rule,))


def told(criteria: Criteria, one: Submission, previous: Sequence[Submission]) -> list[Finding]:
    assert criteria.period is not None
    assert check_submission(one, criteria, today=TODAY) == (), "it is asked where earlier reports are known"
    return list(check_round([one], criteria, criteria.period, today=TODAY, previous=previous, whole=False))


def earlier(period: str, **values: int) -> Submission:
    return changed(replace(clean_round()[UNIT], period=period), "S02", 0, **values)


def test_a_row_is_compared_with_its_row_in_the_last_report_of_the_same_kind() -> None:
    formula = "=[@so_luot_di_co_so]>=SUMIFS(TD_TRUOC_S02[so_luot_di_co_so],TD_TRUOC_S02[ma_ca_nhan],[@ma_ca_nhan])"
    before = "=SUMIFS(TD_TRUOC_S02[so_luot_di_co_so],TD_TRUOC_S02[ma_ca_nhan],[@ma_ca_nhan])"
    criteria = with_rule("2024-6T", formula, "S02", "so_luot_di_co_so", a=before)
    now = clean_round()[UNIT]
    more = earlier("2023-6T", so_luot_di_co_so=999)
    found = told(criteria, now, [more, earlier("2022-6T", so_luot_di_co_so=5000)])
    assert [(one.code, one.cell) for one in found] == [("MOI-01", "G12")]
    assert found[0].message.endswith("trước 999.")
    assert told(criteria, now, [replace(more, period="2023-NAM")]) == [], "the report of a year is of another kind"
    assert told(criteria, now, [replace(more, unit="QLDA")]) == [], "another unit's report is not compared"


def test_a_form_sheet_of_the_last_report_is_one_value() -> None:
    formula = "=TD_S00[tong_ccvcnld]<=TD_TRUOC_S00[tong_ccvcnld]*2"
    criteria = with_rule("2024-6T", formula, "S00", "tong_ccvcnld")
    now = clean_round()[UNIT]
    small = changed(replace(now, period="2023-6T"), "S00", 0, tong_ccvcnld=1)
    assert [one.form for one in told(criteria, now, [small])] == ["S00"]
    assert told(criteria, now, [replace(now, period="2023-6T")]) == []


def test_the_half_year_is_at_most_the_year() -> None:
    formula = '=SUM(TD_S02[so_luot_di_co_so])>=SUMIFS(TD_NAM_S02[so_luot_di_co_so],TD_NAM_S02[_loai_ky],"6T")'
    criteria = with_rule("2024-NAM", formula, "S02", "so_luot_di_co_so")
    now = clean_round("2024-NAM")[UNIT]
    half = earlier("2024-6T", so_luot_di_co_so=5000)
    assert len(told(criteria, now, [half])) == 1
    assert told(criteria, now, [replace(half, period="2023-6T")]) == [], "another year"
    assert told(criteria, now, [earlier("2024-6T", so_luot_di_co_so=0)]) == []


def test_a_year_without_an_earlier_period_has_an_empty_table_and_is_asked() -> None:
    criteria = with_rule("2024-6T", "=ROWS(TD_S02[stt])<=COUNTA(TD_NAM_S02[_ky])", "S02", "stt")
    assert len(told(criteria, clean_round()[UNIT], ())) == 1


@pytest.mark.parametrize("table", ["TD_TRUOC_S02", "TD_NAM_S02"])
def test_without_the_earlier_report_the_rule_is_silent_and_said_to_be(table: str) -> None:
    criteria = with_rule("2024-NAM", f"=COUNTA({table}[ma_ca_nhan])>999", "S02", "ma_ca_nhan")
    now = clean_round("2024-NAM")[UNIT]
    assert told(criteria, now, ()) == []
    assert [one.code for one in not_asked([now], criteria)] == ["MOI-01"]
    other = replace(now, unit="QLDA", period="2023-NAM")
    (silent,) = not_asked([now, replace(now, unit="QLDA")], criteria, previous=[other])
    name = next(unit.name for unit in criteria.units if unit.code == UNIT)
    assert name in silent.reason
    assert not_asked([now], criteria, previous=[replace(now, period="2023-NAM")]) == ()


def test_parameters_of_other_kinds_may_name_earlier_reports_too() -> None:
    condition = Condition("S02", ("ma_ca_nhan",), "trung", "", {"theo": "ma_ca_nhan", "a": "=ROWS(TD_TRUOC_S02[stt])"})
    rule = Rule("MOI-02", Severity.ERROR, "MOI", "Trùng; kỳ trước {a} người.", conditions=(condition,))
    criteria = replace(book_at(), rules=(rule,))
    now = clean_round()[UNIT]
    code = now.records["S02"].value("ma_ca_nhan", 0)
    twice = changed(now, "S02", 1, ma_ca_nhan=code)
    count = len(now.records["S02"])
    assert [one.message for one in told(criteria, twice, [replace(now, period="2023-6T")])] == [
        f"Trùng; kỳ trước {count} người."
    ]
