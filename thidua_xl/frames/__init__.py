"""Tidy pandas frames for analysts. The only place that imports pandas, and only when a frame is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thidua_xl.model import Criteria, Finding, Invalid, Submission

if TYPE_CHECKING:
    import pandas

PROVENANCE = ("_file", "_sheet", "_cell", "_unit", "_row")


def entries_frame(submissions: Sequence[Submission], form: str, criteria: Criteria) -> pandas.DataFrame:
    """One row per entry of a form over all submissions; a column per field, exact values as objects.

    `_file`, `_sheet`, `_cell` (first cell of the entry), `_unit`, `_row` (1-based) say where it stands; the cell of
    one field is its column letter in `frame.attrs["letters"][file][field]` with `_row`. Unreadable values are NA.
    """
    import pandas

    known = criteria.form(form)
    fields = [one.code for one in known.fields] if known is not None else []
    rows: list[dict[str, object]] = []
    letters: dict[str, dict[str, str]] = {}
    for submission in submissions:
        records = submission.records.get(form)
        if records is None:
            continue
        letters[submission.file] = dict(records.letters)
        for index, row in enumerate(records.rows):
            first = fields[0] if fields else ""
            values: dict[str, object] = {
                "_file": submission.file,
                "_sheet": records.sheet,
                "_cell": records.cell(first, index),
                "_unit": submission.unit,
                "_row": row,
            }
            for code in fields or list(records.columns):
                value = records.value(code, index)
                values[code] = pandas.NA if isinstance(value, Invalid) else value
            rows.append(values)
    frame = pandas.DataFrame(rows, columns=[*PROVENANCE, *fields] if fields else None)
    frame.attrs["letters"] = letters
    return frame


def findings_frame(findings: Sequence[Finding]) -> pandas.DataFrame:
    """One row per finding: code, severity, unit, file, sheet, cell, seen, message, mend, clause."""
    import pandas

    return pandas.DataFrame(
        [
            {
                "code": one.code,
                "severity": one.severity.value,
                "unit": one.unit,
                "file": one.file,
                "sheet": one.sheet,
                "cell": one.cell,
                "seen": one.seen,
                "message": one.message,
                "mend": one.mend,
                "clause": one.clause,
            }
            for one in findings
        ]
    )
