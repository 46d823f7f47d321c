"""Watch nop/: files dropped there are received, checked and answered within seconds. Read `watch`, then `one_pass`.

By looking again and again, for a share tells nobody when it changes. A file counts when it has stopped growing and no
program holds it open.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid import EXTENSIONS
from thidua_xl.grid.guard import is_lock
from thidua_xl.jobs.annotate import AnnotateResult, annotate
from thidua_xl.jobs.findings import write_findings
from thidua_xl.jobs.receive import OURS, ReceiveResult, receive
from thidua_xl.jobs.round_review import RoundCheck
from thidua_xl.jobs.rounds import Round, open_round, round_criteria
from thidua_xl.jobs.status import states, write_status

# Seconds between two looks, and how long a file must have been the same before it is taken.
EVERY = 2.0
SETTLE = 1.0

Seen = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Pass:
    """What one look led to; nothing when there was nothing new."""

    received: ReceiveResult
    annotated: AnnotateResult
    findings: Path
    status: Path


@dataclass(frozen=True, slots=True)
class WatchResult:
    """How often something came, how many files were taken in and how many copies were written."""

    round: Round
    passes: int
    received: int
    annotated: int


def watch(
    folder: str | Path,
    criteria: str | Path | None = None,
    *,
    every: float = EVERY,
    settle: float = SETTLE,
    once: bool = False,
    today: date | None = None,
    who: str | None = None,
    told: Callable[[Pass], None] | None = None,
    busy: Callable[[InputRefused], None] | None = None,
    until: Callable[[], bool] = lambda: False,
) -> WatchResult:
    """Look into nop/ every few seconds until `until` says stop (or Ctrl+C); with `once` look once and end.

    `told` hears of every pass that found something, `busy` of one that has to wait for another job or an open file. The
    criteria book is read anew each time, for the office may mend it meanwhile.
    """
    found = open_round(folder)
    known = _known(found)
    passes = received = copies = 0
    before: Seen = {}
    while True:
        now = _look(found)
        fresh = {name: state for name, state in now.items() if known.get(name) != state}
        ready = {name for name, state in fresh.items() if before.get(name) == state and _is_settled(state, settle)}
        if once:
            ready = set(fresh)
        if ready and ready == set(fresh):
            try:
                done = one_pass(found, criteria, today=today, who=who)
            except InputRefused as refusal:
                if once:
                    raise
                if busy is not None:
                    busy(refusal)
            else:
                known.update(fresh)
                passes += 1
                received += done.received.count() - done.received.count(OURS)
                copies += done.annotated.written
                if told is not None:
                    told(done)
        before = now
        if once or until():
            return WatchResult(found, passes, received, copies)
        time.sleep(every)


def one_pass(
    found: Round, criteria: str | Path | None = None, *, today: date | None = None, who: str | None = None
) -> Pass:
    """Receive what lies in nop/, check, write copies, the findings workbook and the status workbook."""
    book = round_criteria([found.home], criteria)
    taken = receive(found.home, [], book, day=today, who=who)
    answered = annotate(found.home, book, today=today, who=who)
    checked = taken.checked
    findings = write_findings(checked.check, found.reports / f"loi-{found.period}.xlsx", [found.received], is_view=True)
    standing = found.reports / f"tinh-hinh-{found.period}.xlsx"
    write_status(states(_again(checked, answered), book, today or date.today()), standing, is_view=True)
    return Pass(taken, answered, findings, standing)


def _again(checked: RoundCheck, answered: AnnotateResult) -> RoundCheck:
    """The check with the facts as they are after the copies were written."""
    return replace(checked, facts=checked.round.facts()) if answered.written or answered.removed else checked


def _known(found: Round) -> dict[str, tuple[int, int]]:
    """The files in nop/ that the ledger has, as they are now."""
    names = {one.name for one in found.facts().received}
    return {name: state for name, state in _look(found).items() if name in names}


def _look(found: Round) -> dict[str, tuple[int, int]]:
    """(size, time of change) of every workbook and zip below nop/ that no program holds open."""
    seen: dict[str, tuple[int, int]] = {}
    for path in found.received.rglob("*"):
        if is_lock(path.name) or path.suffix.lower() not in (EXTENSIONS | {".zip"}):
            continue
        if path.with_name("~$" + path.name).exists() or path.with_name(f".~lock.{path.name}#").exists():
            continue
        try:
            state = path.stat()
        except OSError:
            continue  # gone again, or just being renamed
        if state.st_size:
            seen[path.relative_to(found.received).as_posix()] = state.st_size, state.st_mtime_ns
    return seen


def _is_settled(state: tuple[int, int], settle: float) -> bool:
    """Whether the last change is some time ago; a clock that runs ahead does not keep a file out for ever."""
    age = time.time() - state[1] / 1e9
    return age >= settle or age < -settle
