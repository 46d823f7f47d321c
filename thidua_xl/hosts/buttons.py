"""What each button does: the same job as the command line's, with the settings of the control sheet. Read `JOBS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from thidua_xl.errors import UsageProblem
from thidua_xl.hosts.journal import FILL, MARKS, ROUND, Journal
from thidua_xl.hosts.live import beside_the_book, snapshot
from thidua_xl.hosts.settings import Settings
from thidua_xl.messages import say
from thidua_xl.model import Severity, UnitStatus, Value

if TYPE_CHECKING:
    from thidua_xl.hosts.control import Control
    from thidua_xl.jobs.round_review import RoundCheck


@dataclass(frozen=True, slots=True)
class Outcome:
    """The sentence for the user, and the exit code that the command line would have given.

    `changes` is whether the workbook holds more now than the words on its control sheet, so that it must be saved.
    """

    sentence: str
    exit_code: int = 0
    changes: bool = False


def receive(control: Control) -> Outcome:
    """Nhận báo cáo: what lies in the round's nop/; a folder that is no round yet becomes one, and its files come in."""
    from thidua_xl.jobs.receive import receive as run
    from thidua_xl.jobs.rounds import new_round

    settings = Settings(control)
    files: Sequence[Path] = ()
    if settings.round is None:
        files = _workbooks_beside(settings)
        new_round(settings.folder, settings.period, criteria=control.criteria or None)
        settings = Settings(control)
    result = run(settings.folder, files, settings.criteria, progress=_reading(control))
    Journal(control.book.fullname).add(ROUND, "receive")
    _show_round(control, result.checked, settings)
    new = result.count("MOI", "NOP_LAI")
    text = say("control.done.receive", new=new, files=result.count(), units=len(result.checked.current))
    return Outcome(text, result.exit_code)


def check(control: Control) -> Outcome:
    """Kiểm tra: the round's files when a folder is set, else the open workbook itself, its cells marked."""
    return _check_round(control) if control.folder else _check_open(control)


def annotate(control: Control) -> Outcome:
    """Trả lại đơn vị: the copies to send back, in the round's tra-lai/."""
    from thidua_xl.jobs.annotate import annotate as run
    from thidua_xl.jobs.rounds import open_round

    settings = Settings(control)
    open_round(settings.folder)
    result = run(settings.folder, settings.criteria, progress=_reading(control))
    if result.written or result.removed:
        Journal(control.book.fullname).add(ROUND, "annotate")
    where = result.round.returned
    return Outcome(say("control.done.annotate", new=result.written, copies=len(result.copies), path=where))


def consolidate(control: Control) -> Outcome:
    """Tổng hợp: the open report filled by the same plan that fills a file; one filled before is emptied first."""
    from thidua_xl.hosts.filling import fill, standing_fill, take_back_fill
    from thidua_xl.jobs.consolidate import consolidate as run
    from thidua_xl.ledger import PRIVATE

    settings = Settings(control)
    book = control.book
    journal = Journal(book.fullname)
    with beside_the_book() as folder:
        filled = standing_fill(book, journal)
        template = filled.copy_of_before(folder, book.name) if filled is not None else _shown(control, folder)
        # A place that is the program's own: the round's history need not know of a file that is gone at once.
        out = _made(folder / PRIVATE) / template.name
        sources = settings.sources if control.folder else [template]
        if not control.folder and filled is not None:
            # The units' sheets may have been mended since.
            sources = [_unmarked(_shown(control, _made(folder / "nay")))]
        result = run(
            sources,
            settings.criteria,
            settings.period,
            template,
            out,
            mapping=settings.mapping,
            progress=_reading(control),
            only_plan=True,
        )
        if not result.consolidation.submissions:
            was_sent = control.folder or result.check.submissions
            raise UsageProblem("hosts.nothing_to_add" if was_sent else "hosts.no_folder")
        assert result.report is not None  # a file was asked for
        edits = result.report.edits
        if not edits:
            raise UsageProblem("hosts.own_form", file=book.name)
        # Only now: whatever was wrong until here has left the earlier figures where they are.
        if filled is not None:
            take_back_fill(control, journal, filled, template)
        fill(control, journal, edits, template, was_filled=filled is not None)
    control.table(_table(result.statuses))
    taken = sum(one.taken for one in result.statuses)
    rows = sum(result.report.inserted.values())
    text = say(
        "control.done.consolidate", taken=taken, units=len(result.statuses), rows=rows, **_counts(result.findings)
    )
    return Outcome(text, result.exit_code, changes=True)


def export(control: Control) -> Outcome:
    """Xuất báo cáo: the open report without buttons as a workbook, the same as PDF, and the written report."""
    from thidua_xl.jobs.buttons import remove_buttons
    from thidua_xl.jobs.export import export as run

    settings = Settings(control)
    target = settings.reports / f"bao-cao-{settings.period}.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    with beside_the_book() as folder:
        shown = _shown(control, folder)
        remove_buttons(shown, target)
    control.progress(say("control.progress.pdf"))
    control.book.to_pdf(str(target.with_suffix(".pdf")), exclude=[control.sheet_name])
    if control.has_sheet:
        # A sheet that is hidden for the print loses its place in front.
        control.book.sheets[control.sheet_name].activate()
    run(target, "docx", criteria=lambda: settings.criteria)
    if control.folder and settings.round is not None:
        Journal(control.book.fullname).add(ROUND, "export")
    return Outcome(say("control.done.export", name=target.stem, path=target.parent))


def undo(control: Control) -> Outcome:
    """Hoàn tác: what the last button did in this workbook or in its round."""
    from thidua_xl.hosts.filling import standing_fill, take_back_fill
    from thidua_xl.hosts.mending import take_back
    from thidua_xl.jobs.undo import undo as run

    journal = Journal(control.book.fullname)
    last = journal.last()
    if last is not None and last.kind == FILL:
        with beside_the_book() as folder:
            filled = standing_fill(control.book, journal)
            if filled is None:
                return undo(control)
            take_back_fill(control, journal, filled, filled.copy_of_before(folder, control.book.name))
    elif last is not None and last.kind == MARKS:
        with control.writing(say("control.half_unmarked")):
            take_back(control.book)
        journal.forget(last)
    else:
        settings = Settings(control)
        if not control.folder or settings.round is None:
            raise UsageProblem("undo.nothing")
        taken = run(settings.folder)
        if last is not None and last.command == taken.kind:
            journal.forget(last)
        key = "undo_export" if last is not None and last.command == taken.kind == "export" else "undo_round"
        job = say(f"control.button.{taken.kind}")
        return Outcome(say(f"control.done.{key}", job=job, files=len(taken.files), path=settings.reports))
    return Outcome(say("control.done.undo", job=say(f"control.button.{last.command}")), changes=True)


def trace(control: Control) -> Outcome:
    """Truy vết: where the figure in the selected cell comes from, as a list on a sheet of its own."""
    from thidua_xl.hosts.tracing import selected_place, show_sources
    from thidua_xl.jobs.trace import trace as run

    place = selected_place(control)
    with beside_the_book() as folder:
        traced = run(_shown(control, folder), place)
    sheet = show_sources(control.book, traced)
    text = say("control.done.trace", cell=place, value=traced.value, sources=len(traced.sources), sheet=sheet)
    return Outcome(text, changes=True)


JOBS: Mapping[str, Callable[[Control], Outcome]] = {
    "receive": receive,
    "check": check,
    "annotate": annotate,
    "consolidate": consolidate,
    "export": export,
    "undo": undo,
    "trace": trace,
}


def _check_open(control: Control) -> Outcome:
    from thidua_xl.hosts.mending import show
    from thidua_xl.jobs.review import check as run
    from thidua_xl.report.mend_sheet import ORIGIN, MendSheet

    with beside_the_book() as folder:
        file = _shown(control, folder)
        origin = sha256(file.read_bytes()).hexdigest()[:ORIGIN]
        result = run([file], Settings(control).criteria, control.period or None)
    findings = tuple(one for one in result.findings if one.sheet != control.sheet_name)
    names = [one.name for one in result.statuses]
    listed = MendSheet(
        findings=findings,
        unit_name=names[0] if names else control.book.name,
        period_name=result.period.name if result.period is not None else "",
        origin=origin,
    )
    with control.writing(say("control.half_marked")):
        marked = show(control.book, listed)
    control.table(_table(result.statuses))
    if not findings:
        return Outcome(say("control.done.check_clean"), result.exit_code)
    Journal(control.book.fullname).add(MARKS, "check")
    text = say("control.done.check_open", cells=marked, sheet=listed.name, **_counts(findings))
    return Outcome(text, result.exit_code, changes=True)


def _check_round(control: Control) -> Outcome:
    from thidua_xl.jobs.findings import write_findings
    from thidua_xl.jobs.review import check as run

    settings = Settings(control)
    result = run(settings.sources, settings.criteria, settings.period, progress=_reading(control), whole_round=True)
    target = settings.reports / f"loi-{settings.period}.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    where = [settings.round.received] if settings.round is not None else settings.sources
    write_findings(result, target, where)
    control.table(_table(result.statuses))
    text = say("control.done.check_round", files=result.files, path=target, **_counts(result.findings))
    return Outcome(text, result.exit_code)


def _shown(control: Control, folder: Path) -> Path:
    return snapshot(control.book, folder, is_saved=control.was_saved)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _unmarked(report: Path) -> Path:
    """The copy of a filled report, no longer marked as one: a report is no unit's return, but sheets in it may be."""
    from thidua_xl.model.products import PROPERTY
    from thidua_xl.ooxml import Workbook

    book = Workbook.open(report)
    book.set_custom_property(PROPERTY, "")
    book.save(report)
    return report


def _show_round(control: Control, checked: RoundCheck, settings: Settings) -> None:
    from thidua_xl.jobs.status import states

    found = states(checked, settings.criteria, date.today())
    control.table(
        [
            [
                one.unit,
                one.name,
                say(f"round.state.{one.state.value}", version=one.version),
                shown_day(one.received),
                one.errors,
                one.warnings,
            ]
            for one in found.units
        ]
    )


def _workbooks_beside(settings: Settings) -> list[Path]:
    """The units' files that lie loose in a folder that becomes a round; none when they lie in nop/ already."""
    from thidua_xl.grid import expand_paths
    from thidua_xl.jobs.outputs import is_own
    from thidua_xl.jobs.rounds import RECEIVED

    if (settings.folder / RECEIVED).is_dir():
        return []
    own = [Path(one) for one in (settings.control.book.fullname, settings.criteria.path) if one]
    loose = [one.path for one in expand_paths([settings.folder]) if one.path.parent == settings.folder]
    return [one for one in loose if not any(one.samefile(other) for other in own if other.exists()) and not is_own(one)]


def _reading(control: Control) -> Callable[[str], None]:
    return lambda name: control.progress(say("control.progress.read", file=name))


def _table(statuses: Sequence[UnitStatus]) -> list[list[Value]]:
    return [
        [
            one.unit,
            one.name,
            say(f"cli.state.{one.state}"),
            shown_day(date.fromisoformat(one.received) if one.received else None),
            one.errors,
            one.warnings,
        ]
        for one in statuses
    ]


def shown_day(day: date | None) -> str | None:
    """A day as it is written here; a text, for a date would be shown in the order of the computer's own settings."""
    return None if day is None else f"{day:%d/%m/%Y}"


def _counts(findings: Sequence[object]) -> dict[str, int]:
    severities = [getattr(one, "severity", None) for one in findings]
    return {"errors": severities.count(Severity.ERROR), "warnings": severities.count(Severity.WARNING)}
