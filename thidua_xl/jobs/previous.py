"""Reports of earlier periods, for the rules that compare: from paths, or from the closed rounds beside a round.

Read `earlier_submissions`, then `closed_beside`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.jobs.collect import collect
from thidua_xl.jobs.round_files import File, read_files
from thidua_xl.jobs.rounds import Round, round_of
from thidua_xl.ledger import LEDGER, Facts, Ledger
from thidua_xl.model import Criteria, Period, Submission


def earlier_submissions(
    paths: Sequence[str | Path],
    criteria: Criteria,
    period: Period | None,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
) -> tuple[Submission, ...]:
    """The reports at `paths` that count and end before `period`: files, folders, zips, or folders of rounds.

    Of a closed round those that went into its report, of another one those that count now. What is wrong with them is
    not told again. Raises `UsageProblem` when a path does not exist or holds no workbook.
    """
    found: list[Submission] = []
    loose: list[str | Path] = []
    for path in paths:
        held = round_of(path)
        if held is None:
            loose.append(path)
        else:
            found += _of_round(held, criteria, executor=executor, jobs=jobs)
    if loose:
        found += collect(loose, criteria, executor=executor, jobs=jobs).current
    return _before(found, criteria, period)


def closed_beside(
    home: Path,
    criteria: Criteria,
    period: Period | None,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
) -> tuple[Submission, ...]:
    """The reports that went into the closed rounds whose folders stand beside `home`.

    A round beside that cannot be read is no reason to leave this one unchecked; the rules that miss it say so.
    """
    found: list[Submission] = []
    for other in _rounds_beside(home):
        with suppress(InputRefused):
            held = round_of(other)
            known = criteria.find_period(held.period) if held is not None else None
            if held is not None and known is not None and _is_before(known, period):
                found += _of_round(held, criteria, executor=executor, jobs=jobs, only_closed=True)
    return _before(found, criteria, period)


def _rounds_beside(home: Path) -> list[Path]:
    try:
        return [other for other in sorted(home.parent.iterdir()) if other != home and (other / LEDGER).is_file()]
    except OSError:
        return []  # the folder above may be closed to this account


def _of_round(
    held: Round, criteria: Criteria, *, executor: Executor | None, jobs: int | None, only_closed: bool = False
) -> tuple[Submission, ...]:
    # Looked at from outside: what a killed job left half done there is taken back when that round itself is opened.
    with Ledger(held.home / LEDGER) as ledger:
        facts = Facts.read(ledger)
        if only_closed and not facts.closed:
            return ()
        taken = {(digest, name.rpartition("|")[2]) for closed in facts.closed for name, digest in closed.files.items()}
        digests = {digest for digest, _ in taken}
        replaced = facts.replaced
        counting = [
            one
            for one in facts.files
            if (
                (one.sha256, one.unit) in taken or (one.sha256 in digests and not one.shared)
                if facts.closed
                else one.unit and one.id not in replaced
            )
        ]
        files = [File(held.received / one.name, one.name, one.sha256) for one in counting]
        read = read_files(files, criteria, held.period, ledger, executor=executor, jobs=jobs)
    found = [(one, seen.of(one.unit)) for one, seen in zip(counting, read, strict=True)]
    return tuple(replace(own, unit=one.unit or own.unit) for one, own in found if own is not None)


def _before(found: Sequence[Submission], criteria: Criteria, period: Period | None) -> tuple[Submission, ...]:
    kept = []
    for one in found:
        own = criteria.find_period(one.period)
        if own is not None and _is_before(own, period):
            kept.append(one)
    return tuple(kept)


def _is_before(own: Period, period: Period | None) -> bool:
    return period is None or own.end is None or period.end is None or own.end < period.end
