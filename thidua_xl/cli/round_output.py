"""What the commands of a round show: words on stderr, JSON on stdout (schemas beside this file)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thidua_xl.cli.difference_output import show_difference
from thidua_xl.cli.naming import Words
from thidua_xl.cli.output import finding_json, json_value
from thidua_xl.cli.terminal import on_one_line, say_json, say_line
from thidua_xl.messages import error_lines, reason_of, say

if TYPE_CHECKING:
    from thidua_xl.errors import InputRefused
    from thidua_xl.jobs.accept import AcceptResult
    from thidua_xl.jobs.annotate import AnnotateResult
    from thidua_xl.jobs.close import CloseResult
    from thidua_xl.jobs.log import History
    from thidua_xl.jobs.receive import ReceiveResult, TakenIn
    from thidua_xl.jobs.remind import RemindResult
    from thidua_xl.jobs.resubmission import Resubmission
    from thidua_xl.jobs.rounds import Round
    from thidua_xl.jobs.status import StatusResult, UnitState
    from thidua_xl.jobs.undo import Undone
    from thidua_xl.jobs.watch import Pass, WatchResult

SCHEMA = 1


def show_new(made: Round, words: Words, as_json: bool) -> None:
    """A round that was made."""
    if as_json:
        print_json({"schema": SCHEMA, "round": str(made.home), "period": made.period, "criteria": str(made.criteria)})
        return
    say_line(words("round.made", period=made.period, path=made.home))
    say_line(words("round.received_here", path=made.received))


def show_received(result: ReceiveResult, words: Words, as_json: bool) -> None:
    """What became of the files."""
    if as_json:
        print_json(received_json(result))
        return
    for one in result.files:
        outcome = words(
            f"round.outcome_{one.outcome}",
            replaces=one.replaces,
            same_as=one.same_as,
            period=one.period,
            code=one.refusal.code if one.refusal is not None else "",
            why=reason_of(one.refusal, words.language) if one.refusal is not None else "",
        )
        say_line(
            words(
                "round.line" if one.name else "round.line_plain",
                unit=f"{one.unit:<10}",
                name=one.given if one.outcome == "TRUNG" else one.name or one.given,
                outcome=outcome,
                errors=one.errors,
                warnings=one.warnings,
            )
        )
        for text in one.conflicts:
            say_line(words("round.conflict", text=text))
    for name, reason in result.skipped:
        say_line(words("round.left_out", name=name, reason=words(f"round.left_{reason}")))
    for again in result.resubmissions:
        show_difference(again, words)
    if result.count("DON_VI_LA"):
        say_line(words("round.assign"))
    say_line(
        words(
            "round.received",
            files=result.count(),
            new=result.count("MOI"),
            again=result.count("NOP_LAI"),
            same=result.count("TRUNG"),
            refused=sum(one.refusal is not None for one in result.files),
        )
    )


def show_status(result: StatusResult, words: Words, as_json: bool) -> None:
    """The table of a round."""
    if as_json:
        print_json(status_json(result))
        return
    say_line(words("round.status_head"))
    for one in result.units:
        state = say(f"round.state.{one.state.value}", words.language, version=one.version)
        counts = f"{one.days_late:>4} {one.errors:>4} {one.warnings:>5}"
        say_line(f"  {one.unit[:10]:<10} {one.name[:44]:<44} {state:<24} {counts}")
    for name in result.others:
        say_line(words("round.others", name=name))
    for again in result.resubmissions:
        show_difference(again, words)
    say_line(
        words(
            "round.rates",
            obliged=len(result.obliged),
            received=result.received,
            on_time=result.on_time,
            rate=_in_words(percent(result.received, len(result.obliged)), words),
            time_rate=_in_words(percent(result.on_time, len(result.obliged)), words),
        )
    )
    if result.workbook is not None:
        say_line(words("round.workbook", path=result.workbook))


def show_copies(result: AnnotateResult, words: Words, as_json: bool) -> None:
    """The copies to send back."""
    if as_json:
        print_json(copies_json(result))
        return
    for one in result.copies:
        state = words(f"round.copy_{one.kind}") + ("" if one.is_new else words("round.copy_known"))
        say_line(
            words("round.copy", unit=f"{one.unit:<10}", path=one.path or one.file, state=state, findings=one.findings)
        )
    for path in result.removed:
        say_line(words("round.copy_removed", path=path))
    say_line(words("round.copies", written=result.written, all=len(result.copies), path=result.round.returned))


def show_accepted(result: AcceptResult, words: Words, as_json: bool) -> None:
    """What was accepted by hand."""
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "round": str(result.round.home),
                "unit": result.unit,
                "file": result.file,
                "accepted": [{"code": one.code, "sheet": one.sheet, "cell": one.cell} for one in result.findings],
                "who": result.who,
                "reason": result.reason,
                "moment": result.moment.isoformat(timespec="seconds"),
            }
        )
        return
    for one in result.findings:
        say_line(words("round.accepted_finding", code=one.code, place=f"{one.sheet}!{one.cell}" if one.cell else ""))
    key = "accepted_findings" if result.findings else "accepted_file"
    say_line(words(f"round.{key}", unit=result.unit, file=result.file, count=len(result.findings), who=result.who))


def show_reminders(result: RemindResult, words: Words, as_json: bool) -> None:
    """Who owes what."""
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "round": str(result.round.home),
                "period": result.period.code,
                "deadline": result.deadline.isoformat(),
                "units": [
                    {
                        "unit": one.unit,
                        "name": one.name,
                        "reason": one.reason,
                        "days_late": one.days_late,
                        "errors": one.errors,
                        "warnings": one.warnings,
                        "text": one.text,
                        "letter": one.letter,
                    }
                    for one in result.units
                ],
                "files": list(result.files),
            }
        )
        return
    for one in result.units:
        reason = words(f"round.owes_{one.reason}", days=one.days_late, errors=one.errors, warnings=one.warnings)
        say_line(f"  {one.unit[:10]:<10} {one.name[:44]:<44} {reason}")
    say_line(words("round.reminded", count=len(result.units), path=result.round.reports / "don-doc"))


def show_closed(result: CloseResult, words: Words, as_json: bool) -> None:
    """A period that was closed."""
    statuses = result.consolidated.statuses
    taken = sum(one.taken for one in statuses)
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "round": str(result.round.home),
                "period": result.closed.code,
                "units": len(statuses),
                "taken": taken,
                "report": result.report,
                "totals": {key: json_value(value) for key, value in result.closed.totals.items()},
            }
        )
        return
    say_line(words("round.closed", period=result.closed.code, taken=taken, units=len(statuses)))
    for one in statuses:
        if not one.taken:
            say_line(words("consolidate.left_out", unit=one.name, reason=words(f"reason.{one.reason or one.state}")))
    say_line(words("written.report", path=result.round.home / result.report))


def show_pass(done: Pass, words: Words, as_json: bool) -> None:
    """What one look into nop/ led to; as JSON only the sum of all looks is told."""
    if not as_json:
        show_received(done.received, words, False)
        show_copies(done.annotated, words, False)


def show_refusal(refusal: InputRefused, words: Words) -> None:
    """Why a look has to wait."""
    for line in error_lines(refusal, words.language):
        say_line(on_one_line(line))


def show_watched(result: WatchResult, words: Words, as_json: bool) -> None:
    """How much came while watching."""
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "round": str(result.round.home),
                "passes": result.passes,
                "received": result.received,
                "annotated": result.annotated,
            }
        )
        return
    say_line(words("round.watched", received=result.received, annotated=result.annotated))


def show_undone(result: Undone, words: Words, as_json: bool) -> None:
    """A job that was taken back."""
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "round": str(result.round.home),
                "undone": {"job": result.job, "kind": result.kind, "who": result.who, "started": result.started},
                "files": [{"path": path, "now": now} for path, now in result.files],
            }
        )
        return
    for path, now in result.files:
        say_line(words(f"round.undo_{now}", path=path))
    kind = words(f"round.job_{result.kind}")
    say_line(words("round.undone", kind=kind, when=moment_text(result.started), files=len(result.files)))


def show_history(result: History, words: Words, as_json: bool) -> None:
    """Who did what when."""
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "round": str(result.round.home),
                "jobs": [
                    {
                        "job": one.number,
                        "kind": one.kind,
                        "who": one.who,
                        "started": one.started,
                        "finished": one.finished,
                        "undone": one.undone,
                        "undoes": one.undoes,
                        "files": one.files,
                        "detail": dict(one.detail),
                    }
                    for one in result.jobs
                ],
            }
        )
        return
    for one in result.jobs:
        units = ", ".join(one.detail.get("units", ()))
        text = words(
            "round.job",
            number=one.number,
            when=moment_text(one.finished),
            who=one.who,
            kind=words(f"round.job_{one.kind}"),
            files=one.files,
        )
        say_line(text + (f" [{units}]" if units else "") + (words("round.job_undone") if one.undone else ""))


def moment_text(iso: str) -> str:
    """A stored moment as people write it."""
    from datetime import datetime

    return f"{datetime.fromisoformat(iso):%d/%m/%Y %H:%M}"


def copies_json(result: AnnotateResult) -> dict[str, Any]:
    """The JSON object of `annotate --json` (schemas/annotate.json)."""
    return {
        "schema": SCHEMA,
        "round": str(result.round.home),
        "copies": [
            {
                "unit": one.unit,
                "file": one.file,
                "copy": one.path,
                "kind": one.kind,
                "findings": one.findings,
                "written": one.is_new,
            }
            for one in result.copies
        ],
        "removed": list(result.removed),
    }


def received_json(result: ReceiveResult) -> dict[str, Any]:
    """The JSON object of `receive --json` (schemas/receive.json)."""
    return {
        "schema": SCHEMA,
        "round": str(result.round.home),
        "period": result.round.period,
        "files": [_taken_json(one) for one in result.files],
        "skipped": [{"file": name, "reason": reason} for name, reason in result.skipped],
        "resubmissions": [again_json(one) for one in result.resubmissions],
    }


def status_json(result: StatusResult) -> dict[str, Any]:
    """The JSON object of `status --json` (schemas/status.json)."""
    return {
        "schema": SCHEMA,
        "round": str(result.round.home),
        "period": result.period.code,
        "day": result.day.isoformat(),
        "due": result.period.due.isoformat() if result.period.due else None,
        "obliged": len(result.obliged),
        "received": result.received,
        "on_time": result.on_time,
        "reporting_rate": percent(result.received, len(result.obliged)),
        "on_time_rate": percent(result.on_time, len(result.obliged)),
        "units": [_state_json(one) for one in result.units],
        "others": list(result.others),
        "resubmissions": [again_json(one) for one in result.resubmissions],
        "workbook": str(result.workbook) if result.workbook is not None else None,
    }


def again_json(one: Resubmission) -> dict[str, Any]:
    """What a resubmission mended and changed."""
    return {
        "unit": one.unit,
        "file": one.name,
        "version": one.version,
        "before": one.before,
        "mended": [finding_json(finding) for finding in one.mended],
        "still": [finding_json(finding) for finding in one.still],
        "new": [finding_json(finding) for finding in one.new],
        "changed": [
            {
                "kind": change.kind,
                "sheet": change.sheet,
                "cell": change.cell,
                "before": change.before,
                "after": change.after,
                "asked": change.was_asked,
            }
            for change in one.changed
        ],
        "explained": [finding_json(finding) for finding in one.explained],
    }


def percent(part: int, whole: int) -> str:
    """A share in percent with one decimal, as exact text; "0.0" of nothing."""
    if not whole:
        return "0.0"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}"


def _in_words(number: str, words: Words) -> str:
    """An exact text with the decimal mark of the language."""
    return number if words.language == "en" else number.replace(".", ",")


def _taken_json(one: TakenIn) -> dict[str, Any]:
    return {
        "given": one.given,
        "file": one.name,
        "outcome": one.outcome,
        "sha256": one.sha256,
        "unit": one.unit,
        "period": one.period,
        "version": one.version,
        "replaces": one.replaces,
        "same_as": one.same_as,
        "refusal": one.refusal.code if one.refusal is not None else "",
        "conflicts": list(one.conflicts),
        "errors": one.errors,
        "warnings": one.warnings,
    }


def _state_json(one: UnitState) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "name": one.name,
        "obliged": one.obliged,
        "state": one.state.value,
        "label": say(f"round.state.{one.state.value}", "vi", version=one.version),
        "version": one.version,
        "file": one.file,
        "received": one.received.isoformat() if one.received else "",
        "days_late": one.days_late,
        "errors": one.errors,
        "warnings": one.warnings,
        "explained": one.explained,
        "accepted_by": one.accepted_by,
        "reason": one.reason,
    }


def print_json(value: object) -> None:
    """The result for programs."""
    say_json(value)
