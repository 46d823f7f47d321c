"""Consolidate a round: check it, decide who is taken in, add up, fill the report. Read `consolidate` first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path

from thidua_xl import merge
from thidua_xl.errors import TemplateProblem, ThiduaError, UsageProblem
from thidua_xl.grid import workers_kept
from thidua_xl.jobs.evidence import evidence_of, report_findings
from thidua_xl.jobs.office_program import is_old, modern
from thidua_xl.jobs.outputs import book_of, refuse_overwriting
from thidua_xl.jobs.products import saver
from thidua_xl.jobs.review import CheckResult, check, known_period, severities, with_taken
from thidua_xl.jobs.round_review import without_accepted
from thidua_xl.jobs.rounds import closed_periods, round_among
from thidua_xl.jobs.wording import report_texts
from thidua_xl.model import ClosedPeriod, Consolidation, Criteria, Figure, Finding, Severity, Submission, UnitStatus
from thidua_xl.model.mapping import TemplateMap
from thidua_xl.report import FilledReport, fill_report
from thidua_xl.report.own_pen import OwnTable
from thidua_xl.shipped import report_template


class Policy(Enum):
    """Who is taken into the sums."""

    ONLY_CLEAN = "only-clean"  # neither errors nor warnings
    ACCEPT_WARNINGS = "accept-warnings"  # no errors; the default
    ACCEPT_ERRORS = "accept-errors"  # everyone; unreadable cells are left out and named


@dataclass(frozen=True, slots=True)
class ConsolidateResult:
    """The report, how it came about, and what was left out.

    `out` is None when no file was asked for. `consolidation.statuses` say for every unit whether it was taken in
    (`taken`) and if not, why (`reason`: LOI, CANH_BAO, THIEU, TRUNG). `converted` names a template of an old format
    that LibreOffice has put into today's. `is_own`: the units' own form was added up as it stands, so that no check
    goes before and every finding is told here.
    """

    check: CheckResult
    consolidation: Consolidation
    report: FilledReport | None = None
    out: Path | None = None
    converted: str = ""
    is_own: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the round and of the report itself."""
        return self.consolidation.findings

    @property
    def of_report(self) -> tuple[Finding, ...]:
        """The findings of the report itself, which stand behind those of the round."""
        return self.findings[len(self.check.findings) :]

    @property
    def to_tell(self) -> tuple[Finding, ...]:
        """What nobody else tells: what is wrong in the report itself, or all when there was no check before."""
        return self.findings if self.is_own else tuple(one for one in self.of_report if one.sheet)

    @property
    def statuses(self) -> tuple[UnitStatus, ...]:
        """The state of every unit."""
        return self.consolidation.statuses

    @property
    def exit_code(self) -> int:
        """3 when a file was refused, else 1 when a unit was left out for errors or the data has errors, else 0."""
        if self.check.refused:
            return 3
        return 1 if any(one.severity is Severity.ERROR for one in self.findings) else 0

    def frame(self, form: str) -> object:
        """A tidy pandas frame of a form over the submissions taken in."""
        from thidua_xl.frames import entries_frame

        return entries_frame(self.consolidation.submissions, form, self.check.criteria)

    def figure(self, table: str, key: str, column: str) -> Figure:
        """A figure of a report table: `key` is a unit code (or row code), "TOTAL" the total row, a section code
        its subtotal. KeyError when there is none."""
        found = self.consolidation.table(table)
        if found is not None:
            for row in found.rows:
                if row.key == key or (row.kind == key and not row.key):
                    figure = row.figure(column)
                    if figure is not None:
                        return figure
        raise KeyError(f"{table}/{key}/{column}")


@workers_kept()
def consolidate(
    paths: Sequence[str | Path] | str | Path,
    criteria: Criteria,
    period: str,
    template: str | Path | None = None,
    out: str | Path | None = None,
    *,
    mapping: str | Path | None = None,
    folding: bool = False,
    policy: Policy = Policy.ACCEPT_WARNINGS,
    today: date | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
    closed: Sequence[ClosedPeriod] = (),
    previous: Sequence[str | Path] = (),
    only_plan: bool = False,
) -> ConsolidateResult:
    """The period's report from the workbooks at `paths`, written to `out` when given.

    `template` defaults to the shipped provincial template; `mapping` says where its tables are when it has no names.
    When the mapping ties no table to the report map, the template is the form that the units fill themselves and is
    added up as it stands (`consolidate_own`).
    With `only_plan` no file is written: `report.edits` are what would have been done to the template.
    With `folding` the inputs are reports of this program, whose own totals are added (`fold`).

    Inputs and the template are never written; raises `UsageProblem` when `out` is one of them, `TemplateProblem` when
    the template is not there, cannot be opened or lacks its places.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if template is not None and not Path(template).exists():
        # Told before hundreds of files are read.
        raise TemplateProblem("input.missing", file=Path(template).name)
    if template is not None and is_old(template) and not only_plan:
        if out is not None:
            refuse_overwriting(Path(out), [*given, Path(template)])
        with modern(Path(template)) as copy:
            done = consolidate(
                paths,
                criteria,
                period,
                copy,
                out,
                mapping=mapping,
                folding=folding,
                policy=policy,
                today=today,
                executor=executor,
                jobs=jobs,
                progress=progress,
                closed=closed,
                previous=previous,
            )
        return replace(done, converted=Path(template).name)
    if folding:
        from thidua_xl.jobs.fold import fold

        if out is None:
            raise UsageProblem("usage.own_template")
        model = Path(template) if template is not None else report_template()
        folded = fold(
            given, criteria, period, model, Path(out), today=today, jobs=jobs, executor=executor, progress=progress
        )
        return ConsolidateResult(folded.check, folded.consolidation, folded.report, Path(out))
    found_map = _mapping(mapping)
    if found_map is not None and not found_map.is_bound:
        from thidua_xl.jobs.consolidate_own import consolidate_own

        if template is None or out is None:
            raise UsageProblem("usage.own_template")
        own = consolidate_own(
            given, period, Path(template), Path(out), found_map, jobs=jobs, executor=executor, progress=progress
        )
        return ConsolidateResult(own.check, own.consolidation, own.report, Path(out), is_own=True)
    known = known_period(criteria, period)
    if known is None:
        raise UsageProblem("usage.no_period")
    target = Path(out) if out is not None else None
    model = Path(template) if template is not None else report_template()
    if target is not None:
        refuse_overwriting(target, [*given, model, *book_of(criteria)])
    checked = check(
        given,
        criteria,
        period,
        today=today,
        executor=executor,
        jobs=jobs,
        progress=progress,
        whole_round=True,
        previous=previous,
    )
    found = round_among(given)
    taken, reasons = choose(without_accepted(found, checked), policy)
    names = frozenset((one.file, one.unit) for one in taken)
    states = with_taken(_with_preparers(checked, criteria), names, reasons)
    consolidation = merge.consolidate(
        taken,
        checked.criteria,
        known,
        statuses=states,
        findings=checked.findings,
        closed=closed or (closed_periods(found.home) if found is not None else ()),
        texts=report_texts(checked.criteria, known, today or date.today()),
    )
    report = None
    if target is not None:
        beside: tuple[OwnTable, ...] = ()
        if found_map is not None:
            from thidua_xl.jobs.own_beside import own_beside

            beside, more = own_beside(found_map, model, checked, taken, target.name)
            consolidation = replace(consolidation, findings=(*consolidation.findings, *more))
        try:
            report = fill_report(
                consolidation,
                checked.criteria,
                model,
                target,
                evidence_of(checked),
                found_map,
                None if only_plan else saver("consolidate", found.home if found is not None else None),
                beside,
            )
        except PermissionError as locked:
            raise _locked(target, locked) from locked
        consolidation = replace(
            consolidation, findings=(*consolidation.findings, *report_findings(report, checked.criteria, target.name))
        )
    return ConsolidateResult(checked, consolidation, report, target)


def _mapping(path: str | Path | None) -> TemplateMap | None:
    if path is None:
        return None
    from thidua_xl.jobs.map_template import load_mapping

    return load_mapping(path)


def choose(checked: CheckResult, policy: Policy) -> tuple[tuple[Submission, ...], dict[tuple[str, str], str]]:
    """The submissions that go into the sums, and for each (file, unit) left out the code of the reason.

    Only a unit of the book, for the asked period, and once: of two files of one unit and version neither is
    chosen (TRUNG), for adding either would be a guess.
    """
    current = checked.current
    counts = severities(checked.findings, current)
    seen = [one.unit for one in current]
    taken: list[Submission] = []
    reasons = {(one.file, one.unit): "THAY_THE" for one in checked.submissions if one.superseded_by}
    for submission in current:
        key = submission.file, submission.unit
        if checked.criteria.unit(submission.unit) is None:
            reasons[key] = "DON_VI_LA"
        elif checked.period is not None and submission.period not in {"", checked.period.code}:
            reasons[key] = "KHAC_KY"
        elif seen.count(submission.unit) > 1:
            reasons[key] = "TRUNG"
        elif counts[*key, Severity.ERROR] and policy is not Policy.ACCEPT_ERRORS:
            reasons[key] = "LOI"
        elif counts[*key, Severity.WARNING] and policy is Policy.ONLY_CLEAN:
            reasons[key] = "CANH_BAO"
        else:
            taken.append(submission)
    return tuple(taken), reasons


def _with_preparers(checked: CheckResult, criteria: Criteria) -> tuple[UnitStatus, ...]:
    """The states with the name of who prepared each report, as the form says (setting `truong_nguoi_lap`)."""
    form, _, field = criteria.text_setting("truong_nguoi_lap").partition(".")
    names: dict[tuple[str, str], str] = {}
    for submission in checked.current:
        records = submission.records.get(form)
        value = records.value(field) if records is not None and len(records) else None
        if isinstance(value, str):
            names[submission.file, submission.unit] = value
    return tuple(replace(one, preparer=names.get((one.file, one.unit), "")) for one in checked.statuses)


def _locked(target: Path, reason: OSError) -> ThiduaError:
    from thidua_xl.errors import InputRefused

    return InputRefused("output.locked", file=str(target), reason=reason.strerror or "")
