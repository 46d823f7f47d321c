"""The sheet "Đối soát" of a report: files, rows, grand totals by three routes. Read `proof_sheet`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from thidua_xl.messages import say
from thidua_xl.model import AddSheet, Consolidation, Criteria, Submission, Value
from thidua_xl.ooxml import Workbook
from thidua_xl.report.proof import ProofLine
from thidua_xl.report.provenance import free_name

TICK, CROSS = "✓", "✗"


def proof_sheet(
    workbook: Workbook,
    criteria: Criteria,
    consolidation: Consolidation,
    received: Sequence[Submission],
    refused: Sequence[tuple[str, str]],
    lines: Sequence[ProofLine],
    unlimited: Sequence[str] = (),
) -> AddSheet:
    """The sheet, hidden so that it does not go into print: every file with its fate and SHA-256, rows seen and
    counted by form, every proven total, the awards proposed that have no limit.

    `received` are all submissions, replaced versions too; `refused` pairs an unreadable file with the reason.
    """
    taken = {(one.file, one.unit) for one in consolidation.submissions}
    reasons = {(one.file, one.unit): one.reason for one in consolidation.statuses if one.file}
    units = {unit.code: unit.name for unit in criteria.units}
    rows: list[list[Value]] = [[say("report.proof_title")], [], list(say("report.proof_files").split("|"))]
    for number, one in enumerate(received, 1):
        key = one.file, one.unit
        reason = "THAY_THE" if one.superseded_by else reasons.get(key, "")
        fate = say("report.proof_taken") if key in taken else say(f"cli.reason.{reason}" if reason else "…")
        rows.append([number, one.file, units.get(one.unit, one.unit), one.version, fate, one.sha256])
    for number, (file, why) in enumerate(refused, len(received) + 1):
        rows.append([number, file, None, None, why, None])
    rows += [[], list(say("report.proof_rows").split("|"))]
    seen_rows, counted_rows = _rows_by_form(received), _rows_by_form(consolidation.submissions)
    for number, form in enumerate(criteria.forms, 1):
        seen, counted = seen_rows[form.code], counted_rows[form.code]
        rows.append([number, form.title, form.code, seen, counted, seen - counted])
    rows += [[], list(say("report.proof_totals").split("|"))]
    for number, line in enumerate(lines, 1):
        mark = TICK if line.agrees else CROSS
        rows.append(
            [number, line.label, f"{line.sheet}!{line.cell}", line.ours, line.second, line.formula, line.sources, mark]
        )
    if unlimited:
        rows += [[], list(say("report.proof_unlimited").split("|"))]
        rows += [[number, award] for number, award in enumerate(unlimited, 1)]
    name = free_name(say("report.proof_sheet"), workbook.sheetnames)
    return AddSheet(name, tuple(map(tuple, rows)), (6, 46, 30, 18, 18, 18, 10, 6), visible=False)


def _rows_by_form(submissions: Sequence[Submission]) -> Counter[str]:
    rows: Counter[str] = Counter()
    for one in submissions:
        for form, records in one.records.items():
            rows[form] += len(records)
    return rows
