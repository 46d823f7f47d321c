"""Rules in words: what each asks, and which could not be asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sample_submissions import book_at, clean_round, whole_book

from thidua_xl.checks import KINDS, explain, not_asked, without_limit

DOCS = Path(__file__).parents[3] / "docs"


def test_a_rule_is_explained_with_its_places_and_formulas_in_both_languages() -> None:
    rule = book_at().rule("SUM-06")
    assert rule is not None
    lines = explain(rule, book_at())
    assert lines[0] == "SUM-06 · Lỗi · căn cứ: I.1 gạch 2"
    assert lines[2].startswith("Biểu 09: Hộ nghèo cuối kỳ, Tổng số hộ: =OR(")
    assert explain(rule, book_at(), "en")[-1].startswith("How to mend: ")


def test_every_rule_of_the_book_can_be_explained() -> None:
    for rule in whole_book().rules:
        for language in ("vi", "en"):
            assert all("checks." not in line for line in explain(rule, book_at(), language))


def test_rules_that_need_earlier_reports_or_ballots_say_so_instead_of_passing() -> None:
    files = list(clean_round().values())
    without_ballots = [one for one in files if one.unit != "VPS"]
    assert {one.code for one in not_asked(files, book_at())} == {"RNG-06", "CON-04", "CON-08"}
    assert {one.code for one in not_asked(without_ballots, book_at(), previous=files)} == {"VOT-07"}
    earlier = [replace(one, period="2023-6T") for one in files]
    assert not_asked(files, book_at(), previous=earlier) == ()


def test_every_kind_is_explained_to_the_office_and_no_other() -> None:
    page = (DOCS / "rule-kinds-checks.md").read_text(encoding="utf-8")
    assert {name for name in KINDS if f"`{name}`" not in page} == set()


def test_awards_proposed_without_a_quota_are_named_as_unlimited() -> None:
    files, book = tuple(clean_round().values()), book_at()
    proposed = {
        str(one.records["S11"].value("ma_hinh_thuc", index))
        for one in files
        for index in range(len(one.records["S11"]))
    }
    free = replace(book, awards=tuple(replace(one, quota=None) for one in book.awards))
    limited = replace(book, awards=tuple(replace(one, quota=5) for one in book.awards))
    assert set(without_limit(files, free)) == {one.name for one in book.awards if one.code in proposed}
    assert without_limit(files, limited) == ()
