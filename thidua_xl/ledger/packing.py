"""Submissions and findings as JSON text and back, so that an unchanged file is read once. Read `pack`, `unpack`.

JSON and not pickle: the ledger lies on a share, and reading it must never run anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from thidua_xl.model import CellError, Finding, Invalid, Records, Severity, Submission, Value

_FINDING_TEXTS = (
    "code", "file", "unit", "form", "sheet", "cell", "field_code", "seen", "expected", "message", "mend", "message_en",
    "mend_en", "clause", "explanation",
)  # fmt: skip


def pack(submission: Submission) -> str:
    """A submission as JSON; its date of receipt and what replaced it are the ledger's own and left out."""
    return json.dumps(
        {
            "file": submission.file,
            "unit": submission.unit,
            "period": submission.period,
            "version": submission.version,
            "form_version": submission.form_version,
            "sha256": submission.sha256,
            "records": [_pack_records(one) for one in submission.records.values()],
            "findings": pack_findings(submission.findings),
            "left_out": submission.left_out,
        },
        ensure_ascii=False,
    )


def unpack(text: str) -> Submission:
    """The submission of `pack`."""
    found = json.loads(text)
    return Submission(
        file=found["file"],
        unit=found["unit"],
        period=found["period"],
        version=found["version"],
        form_version=found["form_version"],
        records={one["form"]: _unpack_records(one) for one in found["records"]},
        findings=unpack_findings(found["findings"]),
        sha256=found["sha256"],
        left_out=tuple((place, text) for place, text in found.get("left_out", ())),
    )


def pack_findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON objects, blank texts left out."""
    packed = []
    for one in findings:
        row: dict[str, Any] = {name: text for name in _FINDING_TEXTS if (text := getattr(one, name))}
        row["severity"] = one.severity.value
        if one.values:
            row["values"] = dict(one.values)
        if one.related:
            row["related"] = list(one.related)
        packed.append(row)
    return packed


def unpack_findings(packed: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings of `pack_findings`."""
    found = []
    for row in packed:
        values = dict(row)
        values["severity"] = Severity(values["severity"])
        values["related"] = tuple(values.get("related", ()))
        found.append(Finding(**values))
    return tuple(found)


def pack_value(value: Value) -> Any:
    """A value as JSON: text, whole numbers, true, false and null as they are; all else as a pair of kind and text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    return ["e", value.code] if isinstance(value, CellError) else ["i", value.seen]


def unpack_value(packed: Any) -> Value:
    """The value of `pack_value`."""
    if not isinstance(packed, list):
        found: Value = packed
        return found
    kind, text = packed
    match kind:
        case "n":
            return Decimal(text)
        case "t":
            return datetime.fromisoformat(text)
        case "d":
            return date.fromisoformat(text)
        case "e":
            return CellError(text)
    return Invalid(text)


def _pack_records(records: Records) -> dict[str, Any]:
    return {
        "form": records.form,
        "sheet": records.sheet,
        "rows": list(records.rows),
        "columns": {code: [pack_value(one) for one in values] for code, values in records.columns.items()},
        "letters": dict(records.letters),
        "single_cells": dict(records.single_cells),
        "header_row": records.header_row,
        "total_row": records.total_row,
        "totals": {code: pack_value(one) for code, one in records.totals.items()},
        "nothing_to_report": records.nothing_to_report,
        "nothing_cell": records.nothing_cell,
        "explanations": dict(records.explanations),
    }


def _unpack_records(packed: Mapping[str, Any]) -> Records:
    return Records(
        form=packed["form"],
        sheet=packed["sheet"],
        rows=tuple(packed["rows"]),
        columns={code: tuple(map(unpack_value, values)) for code, values in packed["columns"].items()},
        letters=packed["letters"],
        single_cells=packed["single_cells"],
        header_row=packed["header_row"],
        total_row=packed["total_row"],
        totals={code: unpack_value(one) for code, one in packed["totals"].items()},
        nothing_to_report=packed["nothing_to_report"],
        nothing_cell=packed["nothing_cell"],
        explanations=packed["explanations"],
    )
