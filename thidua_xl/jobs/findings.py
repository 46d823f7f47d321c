"""The findings of a check as a workbook. Read `write_findings` first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thidua_xl.jobs.consolidate import ConsolidateResult
from thidua_xl.jobs.outputs import book_of, refuse_overwriting
from thidua_xl.jobs.products import saver
from thidua_xl.jobs.review import CheckResult
from thidua_xl.jobs.rounds import round_among
from thidua_xl.report.findings_book import FindingsReport, write_findings_book


def write_findings(
    result: CheckResult | ConsolidateResult,
    out: str | Path,
    paths: Sequence[str | Path],
    language: str = "vi",
    *,
    is_view: bool = False,
) -> Path:
    """Write the findings workbook; `paths` are where the files were looked for, so that links can open them.

    `is_view` says that nobody asked for it by itself (see `products`).

    Raises `UsageProblem` when `out` is one of the files looked at.
    """
    checked = result.check if isinstance(result, ConsolidateResult) else result
    target = Path(out)
    refuse_overwriting(target, [*paths, *book_of(checked.criteria)])
    found = round_among(paths)
    places = [found.received] if found is not None else [Path(path) for path in paths]
    report = FindingsReport(
        findings=result.findings,
        statuses=result.statuses,
        criteria=checked.criteria,
        period_name=checked.period.name if checked.period is not None else "",
        locations=locate([one.file for one in result.findings], places),
        language=language,
        unasked=[(one.code, one.reason) for one in checked.unasked(language)],
    )
    save = saver("check", found.home if found is not None else None, is_view=is_view)
    write_findings_book(report, target, save)
    return target


def locate(names: Sequence[str], paths: Sequence[Path]) -> dict[str, Path]:
    """Where the file of each name is: a path given itself, or below a folder given; absent when inside a zip."""
    found: dict[str, Path] = {}
    for name in dict.fromkeys(names):
        for path in paths:
            if path.is_file() and path.name == Path(name).name:
                found.setdefault(name, path)
            elif path.is_dir():
                for candidate in (path / name, path.parent / name):
                    if candidate.is_file():
                        found.setdefault(name, candidate)
    return found
