"""All rules asked of a submission, and of a round. Read `check_submission`, then `check_round`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from thidua_xl.checks import across, ballots, history, past, places, receipt, rows, sets, sums
from thidua_xl.checks.case import Case
from thidua_xl.checks.gathering import Round
from thidua_xl.checks.kinds import FORMULA, KINDS, Asks
from thidua_xl.checks.ruleset import Check, RuleSet
from thidua_xl.checks.together import ask_together, in_batches
from thidua_xl.model import Criteria, Finding, Period, Submission

OF_SUBMISSION: Mapping[str, Callable[[Case, Check], Iterator[Finding]]] = {
    FORMULA: rows.formula,
    "bat_buoc": rows.required,
    "trong_khong_khai": rows.left_empty,
    "khong_am": rows.not_negative,
    "mien_gia_tri": rows.limits,
    "tong_dong": sums.total_row,
    "tong_lam_tron": sums.total_rounding,
    "cong_thuc_cot": sums.column_formula,
    "doi_chieu_tieu_chi": sums.counted_elsewhere,
    "trung": sets.entered_twice,
    "du_bo": sets.complete_set,
    "het_hieu_luc": places.expired,
}
OF_ROUND: Mapping[str, Callable[[Round, Check], Iterator[Finding]]] = {
    "chua_nop": receipt.not_received,
    "tre_han": receipt.late,
    "hai_tep": receipt.counted_twice,
    "lan_nop_trung": receipt.same_version,
    "thieu_dia_ban": places.commune_missing,
    "dia_ban_sap_nhap": places.communes_merged,
    "trung_don_vi": across.several_units,
    "tham_chieu_don_vi": across.referred_to,
    "vuot_so_luong": across.too_many,
    "goi_y_uu_tien": across.too_many,
    "nguong_phieu": ballots.below_threshold,
    "ket_luan_phieu": ballots.conclusion,
    "chua_binh_xet": ballots.not_reviewed,
    "lech_ky_truoc": past.great_change,
    "lui_ky_truoc": past.lost_ground,
    "luy_ke_ky_truoc": past.cumulative,
}


def check_submission(submission: Submission, criteria: Criteria, *, today: date) -> tuple[Finding, ...]:
    """Everything the rules say about one submission, each thing once; what intake found is not repeated.

    `criteria` is what is in force for the submission's period (`Criteria.at`); `today` is what is not yet future.
    Raises CriteriaProblem when a formula of the book is broken.
    """
    return next(check_submissions([submission], criteria, today=today))


def check_submissions(
    submissions: Iterable[Submission], criteria: Criteria, *, today: date
) -> Iterator[tuple[Finding, ...]]:
    """The same for many submissions of one period, one by one; faster than each on its own."""
    rules = RuleSet.of(criteria)
    for cases in in_batches(Case(one, rules, today) for one in submissions):
        ask_together(cases, rules)
        for case in cases:
            yield _findings_of(case)


def _findings_of(case: Case) -> tuple[Finding, ...]:
    told = [
        (check, finding)
        for check in case.rules.of_scope(Asks.SUBMISSION)
        for finding in OF_SUBMISSION[check.kind](case, check)
    ]
    return _once(_without_echoes(told))


def check_round(
    submissions: Sequence[Submission],
    criteria: Criteria,
    period: Period,
    *,
    today: date,
    previous: Sequence[Submission] = (),
    whole: bool = True,
) -> tuple[Finding, ...]:
    """What can only be seen across files: units that are missing or late, things reported twice, ballots, changes
    over time.

    `submissions` are all files of the period, superseded versions too; `previous` those of earlier periods, without
    which the rules that compare stay silent. With `whole` False they are only some files of the round, and nothing is
    said to be missing from it. Findings of single submissions are not repeated.
    """
    found = Round(criteria, period, tuple(submissions), today, tuple(previous))
    checks = [one for one in found.rules.of_scope(Asks.ROUND) if whole or not KINDS[one.kind].of_whole]
    for case in found.cases:
        history.remember(found, case, found.rules.history)
    return _once(finding for check in checks for finding in _asked_of_round(found, check))


def _asked_of_round(found: Round, check: Check) -> Iterator[Finding]:
    if check.kind in OF_ROUND:
        yield from OF_ROUND[check.kind](found, check)
        return
    # A kind of single files whose formula names earlier reports.
    for case in found.cases:
        yield from OF_SUBMISSION[check.kind](case, check)
        case.forget()  # a round holds thousands of them


def _without_echoes(told: Sequence[tuple[Check, Finding]]) -> Iterator[Finding]:
    """Without what a general condition says of a cell that a rule of the same group already speaks of."""

    def yields(check: Check) -> bool:
        return KINDS[check.kind].yields and check.is_general

    spoken = {
        (check.rule.group, finding.sheet, finding.cell) for check, finding in told if finding.cell and not yields(check)
    }
    for check, finding in told:
        if not yields(check) or (check.rule.group, finding.sheet, finding.cell) not in spoken:
            yield finding


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Without those that say the same thing of the same cell; findings without a place differ by their words."""
    unique: dict[tuple[str, ...], Finding] = {}
    for one in findings:
        unique.setdefault(one.identity, one)
    return tuple(unique.values())
