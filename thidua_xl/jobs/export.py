"""A finished report as PDF, written report (.docx), CSV or JSON. Read `export` first."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.forms import load_criteria
from thidua_xl.grid import read_book
from thidua_xl.jobs.office_program import converted
from thidua_xl.jobs.products import save_all, saver
from thidua_xl.model import Book, CellError, Criteria, Invalid, Sheet, Value
from thidua_xl.refs import cell_name

SCHEMA = 1

_JOB = "export"

Loader = Callable[[], Criteria]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: one file, or several for CSV (one per visible sheet)."""

    files: tuple[Path, ...]


def export(
    report: str | Path,
    kind: str,
    out: str | Path | None = None,
    criteria: Callable[[], Criteria] | None = None,
    route: str = "",
) -> Exported:
    """Write a report in another form beside it, or at `out`: `pdf` by LibreOffice, `docx`, `csv` with BOM, `json`.

    `criteria` loads the criteria book when the written report (`docx`) or a route needs it. With `route` (a code of the
    report map's "Tuyến") only the sheets that go up that way are in the PDF, and those that belong to no route.

    Raises `InputRefused` when the report cannot be read or LibreOffice fails, `UsageProblem` for an unknown kind.
    """
    source = Path(report)
    if not source.is_file():
        raise InputRefused("input.missing", file=str(report))
    writer = WRITERS.get(kind)
    if writer is None:
        raise UsageProblem("usage.unknown_export", kind=kind, known=", ".join(WRITERS))
    target = Path(out) if out is not None else source.with_suffix(f".{kind}")
    target.parent.mkdir(parents=True, exist_ok=True)
    if route:
        if kind != "pdf":
            raise UsageProblem("usage.route_kind", kind=kind)
        return Exported(_routed_pdf(source, target, criteria or load_criteria, route))
    return Exported(writer(source, target, criteria or load_criteria))


def _pdf(source: Path, target: Path, _criteria: Loader) -> tuple[Path, ...]:
    save_all(_JOB, [(target, converted(source, "pdf"))])
    return (target,)


def _routed_pdf(source: Path, target: Path, criteria: Loader, route: str) -> tuple[Path, ...]:
    """The PDF of the sheets of one route: the others are hidden in a copy, and hidden sheets are not printed."""
    from thidua_xl.ooxml import Workbook

    sheets = criteria().report_sheets
    routes = sorted({one for sheet in sheets for one in sheet.routes})
    if route not in routes:
        raise UsageProblem("usage.unknown_route", route=route, known=", ".join(routes))
    elsewhere = {one.sheet for one in sheets if one.routes and route not in one.routes}
    with tempfile.TemporaryDirectory(prefix="thidua-") as folder:
        copy = Path(folder, source.name)
        workbook = Workbook.open(source)
        for name in workbook.sheetnames:
            if name in elsewhere:
                workbook.hide_sheet(name)
        copy.write_bytes(workbook.to_bytes())
        return _pdf(copy, target, criteria)


def _docx(source: Path, target: Path, criteria: Loader) -> tuple[Path, ...]:
    """The written report in the layout of Nghị định 30/2020, its figures and tables taken from the workbook."""
    from thidua_xl.report.written import written_report
    from thidua_xl.report.written_docx import write_docx

    write_docx(written_report(read_book(source), criteria()), target, saver(_JOB))
    return (target,)


def _csv(source: Path, target: Path, _criteria: Loader) -> tuple[Path, ...]:
    """One file per visible sheet: `<target stem>-<sheet>.csv`, UTF-8 with BOM, so that Excel shows Vietnamese."""
    written: list[tuple[Path, bytes]] = []
    for sheet in read_book(source).sheets:
        if not sheet.visible:
            continue
        text = io.StringIO(newline="")
        lines = csv.writer(text)
        for row in range(1, sheet.last_row + 1):
            lines.writerow([_text(sheet.value(row, column)) for column in range(1, sheet.last_column + 1)])
        path = target.with_name(f"{target.stem}-{_file_name(sheet.name)}.csv")
        written.append((path, text.getvalue().encode("utf-8-sig")))
    save_all(_JOB, written)
    return tuple(path for path, _ in written)


def _json(source: Path, target: Path, _criteria: Loader) -> tuple[Path, ...]:
    """`{"schema":1,"sheets":{name:{A1:value}}}`: numbers as exact decimal strings, dates in ISO form."""
    book = read_book(source)
    content = {"schema": SCHEMA, "file": book.file, "sheets": {one.name: _cells(one) for one in _shown(book)}}
    save_all(_JOB, [(target, json.dumps(content, ensure_ascii=False, indent=1).encode())])
    return (target,)


def _shown(book: Book) -> list[Sheet]:
    return [sheet for sheet in book.sheets if sheet.visible]


def _cells(sheet: Sheet) -> Mapping[str, str | bool]:
    found: dict[str, str | bool] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        if isinstance(cell.value, bool):
            found[cell_name(row, column)] = cell.value
        elif cell.value is not None:
            found[cell_name(row, column)] = _text(cell.value)
    return found


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, CellError):
        return value.code
    return value.seen if isinstance(value, Invalid) else str(value)


def _file_name(sheet: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_ ." else "_" for sign in sheet)


WRITERS: Mapping[str, Callable[[Path, Path, Loader], tuple[Path, ...]]] = {
    "pdf": _pdf,
    "docx": _docx,
    "csv": _csv,
    "json": _json,
}
