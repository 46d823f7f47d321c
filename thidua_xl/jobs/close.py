"""Close a period: its grand totals go into the ledger, and later rounds compare with them. Read `close_period`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from thidua_xl.errors import UsageProblem
from thidua_xl.jobs.consolidate import ConsolidateResult, Policy, consolidate
from thidua_xl.jobs.rounds import REPORTS, Round, open_round
from thidua_xl.ledger import Facts
from thidua_xl.ledger.facts import pack_closed
from thidua_xl.merge.cumulative import ROW
from thidua_xl.model import ClosedPeriod, Consolidation, Criteria, Period, Value

TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class CloseResult:
    """The closed period and the report it was closed with (relative to the round)."""

    round: Round
    closed: ClosedPeriod
    report: str
    consolidated: ConsolidateResult


def close_period(
    folder: str | Path,
    criteria: Criteria,
    *,
    template: str | Path | None = None,
    policy: Policy = Policy.ACCEPT_WARNINGS,
    today: date | None = None,
    who: str | None = None,
) -> CloseResult:
    """Consolidate the round into bao-cao/ and keep the grand totals; from then on it takes nothing in.

    Raises `UsageProblem` when it is closed already (`round.closed`) or no unit can be counted (`round.nothing_taken`):
    a period closed with nothing in it would be what later ones are compared with.
    """
    found = open_round(folder)
    period = found.known_period(criteria)
    with found.working("close", who) as work:
        if Facts.read(work.ledger).closed:
            raise UsageProblem("round.closed", period=found.period)
        path = f"{REPORTS}/bao-cao-{found.period}.xlsx"
        staged = work.stage(b"")
        target = staged.with_suffix(".xlsx")
        result = consolidate(
            [found.home], criteria, found.period, template=template, out=target, policy=policy, today=today
        )
        if not any(one.taken for one in result.statuses):
            raise UsageProblem("round.nothing_taken", period=found.period)
        work.put(path, target.read_bytes())
        closed = _closed(result.consolidation, period)
        work.fact(
            "closed",
            moment=datetime.now().astimezone().isoformat(timespec="seconds"),
            content=json.dumps(pack_closed(closed), ensure_ascii=False),
        )
        work.detail.update(period=found.period, units=len(closed.files))
    return CloseResult(found, closed, path, result)


def _closed(consolidation: Consolidation, period: Period) -> ClosedPeriod:
    """The grand totals, and the figures of every unit's row, from which later periods go on."""
    units = {one.unit for one in consolidation.statuses if one.unit}
    totals: dict[str, Value] = {}
    for table in consolidation.tables:
        for row in table.rows:
            if row.kind != TOTAL and row.key not in units:
                continue
            key = "" if row.kind == TOTAL else f"{ROW}{row.key}"
            for figure in row.figures:
                if isinstance(figure.value, int | Decimal) and not isinstance(figure.value, bool):
                    totals[f"{table.code}.{figure.column}{key}"] = figure.value
    units_in = Counter(one.file for one in consolidation.statuses)
    files = {
        f"{one.file}|{one.unit}" if units_in[one.file] > 1 else one.file: one.sha256
        for one in consolidation.submissions
    }
    return ClosedPeriod(period.code, period.kind, period.year, totals, files)
