"""The whole job on a sample round: write the units' files, check, consolidate. Read `run_demo` first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from thidua_xl.forms import load_criteria
from thidua_xl.jobs.consolidate import consolidate
from thidua_xl.jobs.findings import write_findings
from thidua_xl.jobs.sample_round import write_sample_round
from thidua_xl.model import Severity

FOLDER = "thidua-demo"
PERIOD = "2024-6T"
SEED = 2024

# The day the sample round is looked at: after its deadline, so that late and missing units show.
DAY = date(2024, 6, 17)


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Where the sample round and its products are; `counts` is the short table, by message key."""

    folder: Path
    criteria_book: Path
    findings_book: Path
    report: Path
    counts: dict[str, int]


def run_demo(folder: str | Path | None = None) -> DemoResult:
    """Write a sample round of fictitious units into `folder` (default `thidua-demo` here), check and consolidate it.

    The round lies in `nop/`, its criteria book, findings and report beside it. The same files every time.
    """
    home = Path(folder) if folder is not None else Path(FOLDER)
    received = home / "nop"
    received.mkdir(parents=True, exist_ok=True)
    sample = write_sample_round(received, load_criteria(), period=PERIOD, seed=SEED)
    criteria = load_criteria(sample.criteria_book)
    report = home / f"bao-cao-{PERIOD}.xlsx"
    result = consolidate([received], criteria, PERIOD, out=report, today=DAY)
    findings = write_findings(result, home / f"loi-{PERIOD}.xlsx", [received])
    statuses = result.statuses
    counts = {
        "units": len(statuses),
        "received": sum(bool(one.file) for one in statuses),
        "late": sum(bool(one.days_late) for one in statuses),
        "missing": sum(not one.file for one in statuses),
        "errors": sum(one.severity is Severity.ERROR for one in result.findings),
        "warnings": sum(one.severity is Severity.WARNING for one in result.findings),
        "accepted": sum(one.taken for one in statuses),
    }
    return DemoResult(home, sample.criteria_book, findings, report, counts)
