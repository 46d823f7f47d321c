"""What each button does: the same job as the command line's, with the settings of the control sheet. Read `JOBS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from thidua_xl.hosts.live import snapshot
from thidua_xl.messages import say
from thidua_xl.model import Severity, UnitStatus, Value

if TYPE_CHECKING:
    from thidua_xl.hosts.control import Control
    from thidua_xl.jobs.review import CheckResult


@dataclass(frozen=True, slots=True)
class Outcome:
    """The sentence for the user, and the exit code that the command line would have given."""

    sentence: str
    exit_code: int = 0


def check(control: Control) -> Outcome:
    """Kiểm tra: the round's files when a folder is set, else the open workbook itself, its cells marked."""
    if control.folder:
        return _check_round(control)
    return _check_open(control)


JOBS: Mapping[str, Callable[[Control], Outcome]] = {"check": check}


def _check_open(control: Control) -> Outcome:
    from thidua_xl.forms import load_criteria
    from thidua_xl.hosts.mending import show
    from thidua_xl.jobs.review import check as run
    from thidua_xl.report.mend_sheet import ORIGIN, MendSheet

    criteria = load_criteria(control.criteria or None)
    with TemporaryDirectory(prefix="thidua-") as folder:
        file = snapshot(control.book, Path(folder), is_saved=control.was_saved)
        origin = sha256(file.read_bytes()).hexdigest()[:ORIGIN]
        result = run([file], criteria, control.period or None)
    findings = tuple(one for one in result.findings if one.sheet != control.sheet_name)
    names = [one.name for one in result.statuses]
    listed = MendSheet(
        findings=findings,
        unit_name=names[0] if names else control.book.name,
        period_name=result.period.name if result.period is not None else "",
        origin=origin,
    )
    marked = show(control.book, listed)
    control.table(_table(result.statuses))
    errors, warnings = result.count(Severity.ERROR), result.count(Severity.WARNING)
    if not findings:
        return Outcome(say("control.done.check_clean"), result.exit_code)
    text = say("control.done.check_open", errors=errors, warnings=warnings, cells=marked, sheet=listed.name)
    return Outcome(text, result.exit_code)


def _check_round(control: Control) -> Outcome:
    raise NotImplementedError


def _table(statuses: Sequence[UnitStatus]) -> list[list[Value]]:
    return [
        [one.unit, one.name, say(f"cli.state.{one.state}"), one.received or None, one.errors, one.warnings]
        for one in statuses
    ]


def _counts(result: CheckResult) -> dict[str, int]:
    return {"errors": result.count(Severity.ERROR), "warnings": result.count(Severity.WARNING)}
