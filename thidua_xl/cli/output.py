"""What commands show: tables and paths for people on stderr, JSON for programs on stdout. Read `show_check` first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thidua_xl.cli.naming import Words
from thidua_xl.cli.terminal import on_one_line, say_json, say_line
from thidua_xl.messages import error_lines, say
from thidua_xl.model import CellError, Finding, Invalid, Severity, UnitStatus, Value
from thidua_xl.text import format_number_vi

# So many findings about the figures of a file are told beside its totals; `check` tells all.
_DOUBTS = 20

if TYPE_CHECKING:
    from thidua_xl.jobs.ballot_sheet import BallotSheet
    from thidua_xl.jobs.compare import Comparison
    from thidua_xl.jobs.consolidate import ConsolidateResult
    from thidua_xl.jobs.demo import DemoResult
    from thidua_xl.jobs.lint import LintResult
    from thidua_xl.jobs.map_template import MappedTemplate
    from thidua_xl.jobs.map_unit import MappedUnit
    from thidua_xl.jobs.review import CheckResult
    from thidua_xl.jobs.totals import Totals
    from thidua_xl.jobs.trace import Traced

SCHEMA = 1

# On a terminal the worst findings are enough to begin with; the workbook and --json have them all.
SHOWN_FINDINGS = 20


def show_check(result: CheckResult, words: Words, as_json: bool, out: Path | None) -> None:
    """The findings of a check."""
    if as_json:
        _print_json(check_json(result))
        return
    if result.refused and not result.submissions:
        _show_refusals(result, words)
        return
    _show_statuses(result.statuses, words)
    _show_refusals(result, words)
    _show_findings([one for one in result.findings if one.form or not _is_refused(one, result)], words)
    say_line(
        words(
            "check.summary",
            files=result.files,
            errors=result.count(Severity.ERROR),
            warnings=result.count(Severity.WARNING),
            notes=result.count(Severity.NOTE),
            refused=len(result.refused),
        )
    )
    _show_unasked(result, words)
    _show_unlimited(result, words)
    _show_ignored(result, words)
    if out is not None:
        say_line(words("written.findings", path=out))


def show_period(period: str, words: Words) -> None:
    """Which period was meant, when the round knew it and the command did not say."""
    say_line(words("consolidate.period", period=period))


def show_changed(files: Sequence[str], words: Words) -> None:
    """Files of a closed round that are not what was counted when it was closed."""
    if files:
        say_line(words("round.changed_since_closing", files=", ".join(files)))


def show_consolidation(result: ConsolidateResult, words: Words, as_json: bool) -> None:
    """What a consolidation took in and wrote."""
    if as_json:
        _print_json(consolidation_json(result))
        return
    _show_statuses(result.statuses, words)
    taken = sum(one.taken for one in result.statuses)
    say_line(words("consolidate.summary", taken=taken, units=len(result.statuses)))
    for one in result.statuses:
        if not one.taken:
            say_line(words("consolidate.left_out", unit=one.name, reason=words(f"reason.{one.reason or one.state}")))
    _show_refusals(result.check, words)
    _show_unlimited(result.check, words)
    _show_ignored(result.check, words)
    # What is wrong in no unit's file but in the report: totals and sums that do not agree, formulas in the way.
    told = [one for one in result.to_tell if one.form or not _is_refused(one, result.check)]
    _show_findings(told, words, "consolidate.more")
    if result.converted:
        say_line(words("consolidate.converted", template=result.converted))
    if result.report is not None and result.report.skipped:
        say_line(words("consolidate.no_place", tables=", ".join(result.report.skipped)))
    for code, sheets in result.report.continued.items() if result.report is not None else ():
        say_line(words("consolidate.continued", table=code, sheets=", ".join(sheets)))
    if result.out is not None:
        say_line(words("written.report", path=result.out))


def show_demo(result: DemoResult, words: Words, as_json: bool) -> None:
    """The short table of the demo and the paths of what it made."""
    if as_json:
        _print_json(
            {
                "schema": SCHEMA,
                "counts": result.counts,
                "folder": str(result.folder),
                "findings": str(result.findings_book),
                "report": str(result.report),
                "criteria": str(result.criteria_book),
            }
        )
        return
    for key, value in result.counts.items():
        say_line(f"  {words(f'demo.{key}'):<28}{value:>6}")
    say_line(words("written.folder", path=result.folder))
    say_line(words("written.findings", path=result.findings_book))
    say_line(words("written.report", path=result.report))


def show_written(paths: Sequence[Path], words: Words, as_json: bool) -> None:
    """Files a command wrote."""
    if as_json:
        _print_json({"schema": SCHEMA, "files": [str(path) for path in paths]})
        return
    for path in paths:
        say_line(f"  {path}")
    say_line(words("written.count", count=len(paths)))


def show_ballot(result: BallotSheet, words: Words, as_json: bool) -> None:
    """The workbook with the council's ballot sheet, and how many nominations it got rows for."""
    if as_json:
        added = [{"code": one.code, "name": one.name, "award": one.award, "unit": one.unit} for one in result.added]
        _print_json({"schema": SCHEMA, "file": str(result.path), "added": added, "present": result.present})
        return
    for one in result.added:
        say_line(f"  {one.code:<14} {one.name} - {one.award} - {one.unit}")
    say_line(words("ballot.done", added=len(result.added), present=result.present))
    say_line(words("ballot.file", path=result.path))


def show_map(result: MappedTemplate | MappedUnit, words: Words, as_json: bool) -> None:
    """What was recognised of a template or a units' file, and where the mapping lies."""
    from thidua_xl.jobs.map_unit import MappedUnit as OfUnits

    if as_json:
        _print_json(result.as_json())
        return
    if isinstance(result, OfUnits):
        found = result.found
        counts = {"tables": len(found.tables), "known": found.known, "open": found.open}
        say_line(say("unit_mapping.summary", words.language, **counts))
        say_line(say("unit_mapping.written", words.language, path=result.mapping))
        if found.open:
            say_line(say("unit_mapping.next", words.language, path=result.mapping))
        return
    columns = sum(bool(one.code or one.letter) for table in result.found.tables for one in table.columns)
    values = {"tables": len(result.found.tables), "columns": columns, "open": result.open_places}
    say_line(say("mapping.summary", words.language, **values))
    say_line(say("mapping.written", words.language, path=result.mapping))
    if result.bound is not None:
        say_line(say("mapping.bound", words.language, path=result.bound))


def show_totals(result: Totals, words: Words, as_json: bool) -> None:
    """Exact totals of a file."""
    if as_json:
        _print_json(result.as_json())
    else:
        _show_sums(result, words)
    # Beside the JSON too: figures that were converted or left out are never given without a word.
    for one in result.doubts[:_DOUBTS]:
        say_line(
            words(
                "totals.doubt", code=one.code, place=f"{one.sheet}!{one.cell}", text=on_one_line(_sentence(one, words))
            )
        )
    if len(result.doubts) > _DOUBTS:
        say_line(words("totals.more", count=len(result.doubts) - _DOUBTS))


def _sentence(finding: Finding, words: Words) -> str:
    return (finding.message_en or finding.message) if words.language == "en" else finding.message


def _show_sums(result: Totals, words: Words) -> None:
    say_line(words("totals.head", unit=result.unit or "…", period=result.period or "…"))
    for code, value in result.as_json()["fields"].items():  # type: ignore[attr-defined]  # a dict by contract
        say_line(f"  {code:<36}{value:>20}")
    say_line(words("totals.total", total=result.as_json()["total"]))


def show_trace(result: Traced, words: Words, as_json: bool) -> None:
    """The source cells of a reported number."""
    if as_json:
        _print_json(result.as_json())
        return
    say_line(words("trace.head", sheet=result.sheet, cell=result.cell, value=_cell_text(result.cell_value, words)))
    for source in result.sources:
        say_line(f"  {source.file} | {source.sheet}!{source.cell} | {_cell_text(source.value, words)}")


def _cell_text(value: Value, words: Words) -> str:
    """A value as people write it: 1.234,5 in Vietnamese."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and words.language != "en":
        return format_number_vi(value)
    return "" if value is None else str(value)


def show_comparison(result: Comparison, words: Words, as_json: bool) -> None:
    """Which parts and cells differ between two workbooks."""
    if as_json:
        _print_json(result.as_json())
        return
    lines = result.lines(words.language)
    for line in lines:
        say_line(f"  {line}")
    say_line(words("compare.same" if result.same else "compare.differs", count=len(lines)))


def show_lint(result: LintResult, words: Words, as_json: bool) -> None:
    """What is wrong with a criteria book."""
    if as_json:
        _print_json(result.as_json())
        return
    for line in result.lines(words.language):
        say_line(f"  {line}")
    counts = Counter(one.severity for one in result.problems)
    say_line(words("lint.summary", errors=counts[Severity.ERROR], warnings=counts[Severity.WARNING]))


def check_json(result: CheckResult) -> dict[str, Any]:
    """The JSON object of `check --json` (schemas/check.json)."""
    return {
        "schema": SCHEMA,
        "period": result.period.code if result.period is not None else None,
        "files": result.files,
        "counts": {severity.value: result.count(severity) for severity in Severity},
        "units": [_status_json(one) for one in result.statuses],
        "ignored": [
            *({"file": name, "reason": reason} for name, reason in result.ignored),
            *(
                {"file": one.file, "reason": "TITLE", "cell": place}
                for one in result.submissions
                for place, _ in one.left_out
            ),
        ],
        "refused": [{"file": str(one.values.get("file", "")), "code": one.code} for one in result.refused],
        "not_asked": [{"code": one.code, "reason": one.reason} for one in result.unasked("vi")],
        "unlimited": list(result.unlimited),
        "findings": [finding_json(one) for one in result.findings],
    }


def consolidation_json(result: ConsolidateResult) -> dict[str, Any]:
    """The JSON object of `consolidate --json` (schemas/consolidate.json)."""
    return {
        **check_json(result.check),
        "report": str(result.out) if result.out is not None else None,
        "units": [_status_json(one) for one in result.statuses],
        "findings": [finding_json(one) for one in result.findings],
        "tables": {
            table.code: [
                {
                    "kind": row.kind,
                    "key": row.key,
                    "figures": {one.column: json_value(one.value) for one in row.figures if one.value is not None},
                }
                for row in table.rows
            ]
            for table in result.consolidation.tables
        },
    }


def finding_json(one: Finding) -> dict[str, Any]:
    """One finding as JSON."""
    return {
        "code": one.code,
        "severity": one.severity.value,
        "unit": one.unit,
        "file": one.file,
        "form": one.form,
        "sheet": one.sheet,
        "cell": one.cell,
        "field": one.field_code,
        "seen": one.seen,
        "expected": one.expected,
        "message": one.message,
        "message_en": one.message_en,
        "mend": one.mend,
        "clause": one.clause,
        "explanation": one.explanation,
        "related": list(one.related),
    }


def json_value(value: Value) -> str | bool | None:
    """A value as JSON: numbers as exact decimal strings, dates in ISO form."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Invalid):
        return value.seen
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, int | str):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else format(value, "f")


def _status_json(one: UnitStatus) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "name": one.name,
        "state": one.state,
        "file": one.file,
        "version": one.version,
        "received": one.received,
        "days_late": one.days_late,
        "errors": one.errors,
        "warnings": one.warnings,
        "taken": one.taken,
        "reason": one.reason,
    }


def _show_refusals(result: CheckResult, words: Words) -> None:
    """Each refusal in three lines: file, reason code, what to do."""
    for refusal in result.refused:
        for line in error_lines(refusal, words.language):
            say_line(on_one_line(line))


def _show_unlimited(result: CheckResult, words: Words) -> None:
    """Awards without a quota: an empty setting is no limit, and that is said."""
    if result.unlimited:
        say_line(words("check.unlimited", awards="; ".join(result.unlimited)))
    if result.without_share:
        say_line(words("check.without_share", awards="; ".join(result.without_share)))


def _show_unasked(result: CheckResult, words: Words) -> None:
    """The rules that were silent for want of something, one line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for one in result.unasked(words.language):
        by_reason.setdefault(one.reason, []).append(one.code)
    for reason, codes in by_reason.items():
        say_line(f"  {', '.join(codes)}: {reason}")


def _show_ignored(result: CheckResult, words: Words) -> None:
    """Files that are no submissions, rows taken for titles, with the reason; nothing is passed over in silence."""
    for name, reason in result.ignored:
        say_line(words("ignored", file=name, reason=words(f"ignored_reason.{reason}")))
    for one in result.submissions:
        for place, text in one.left_out:
            reason = words("ignored_reason.TITLE", text=on_one_line(text))
            say_line(words("ignored", file=f"{one.file} {place}", reason=reason))


def _is_refused(finding: Finding, result: CheckResult) -> bool:
    return any(finding.file == str(one.values.get("file", "")) for one in result.refused)


def _show_statuses(statuses: Sequence[UnitStatus], words: Words) -> None:
    if not statuses:
        return
    say_line(words("status.head"))
    for one in statuses:
        state = words(f"state.{one.state}")
        say_line(f"  {one.unit[:10]:<10} {one.name[:44]:<44} {state:<12} {one.errors:>4} {one.warnings:>4}")


def _show_findings(findings: Sequence[Finding], words: Words, more: str = "check.more") -> None:
    worst = sorted(findings, key=lambda one: list(Severity).index(one.severity))
    for one in worst[:SHOWN_FINDINGS]:
        place = " | ".join(filter(None, (one.file, f"{one.sheet}!{one.cell}" if one.sheet else "")))
        message = _sentence(one, words)
        say_line(on_one_line(f"  [{one.code}] {place}: {message}"))
    if len(findings) > SHOWN_FINDINGS:
        say_line(words(more, count=len(findings) - SHOWN_FINDINGS))


def _print_json(value: object) -> None:
    say_json(value)
