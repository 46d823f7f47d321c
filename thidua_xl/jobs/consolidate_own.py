"""Units fill the office's own form; the form is added up as it stands into its own template. Read `consolidate_own`.

No criteria book is needed: the mapping says which rows and columns are added. A unit is a file, or a sheet of a file
that holds several.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import expand_paths, read_book, read_books, skipped_files
from thidua_xl.jobs.evidence import evidence_of
from thidua_xl.jobs.outputs import refuse_overwriting
from thidua_xl.jobs.review import CheckResult
from thidua_xl.merge.measures import add, same
from thidua_xl.merge.own_doubles import contents, same_headings
from thidua_xl.merge.own_form import Gathered, gather
from thidua_xl.merge.own_places import UnitSheet
from thidua_xl.messages import say
from thidua_xl.model import (
    Book,
    Consolidation,
    Criteria,
    Figure,
    Finding,
    Form,
    FormKind,
    Period,
    Records,
    ReportRow,
    ReportTable,
    Severity,
    Sheet,
    Submission,
    Unit,
    UnitStatus,
    Value,
)
from thidua_xl.model.mapping import TableUse, TemplateMap
from thidua_xl.model.products import product_of
from thidua_xl.refs import Area, cell_name
from thidua_xl.report import FilledReport
from thidua_xl.report.own_fill import fill_own
from thidua_xl.report.own_pen import OwnTable
from thidua_xl.report.template_file import open_template
from thidua_xl.text import fold, format_number_vi

OWN = "OWN"
FILE_CAPTION = "ten file"


@dataclass(frozen=True, slots=True)
class OwnResult:
    """What was received, what was added up, and the report."""

    check: CheckResult
    consolidation: Consolidation
    report: FilledReport


def consolidate_own(
    paths: Sequence[str | Path],
    period: str,
    template: Path,
    out: Path,
    found: TemplateMap,
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[str], None] | None = None,
) -> OwnResult:
    """Add up the units' forms at `paths` into a copy of their template at `out`.

    Raises `InputRefused` when a path does not exist, `UsageProblem` when it holds no workbook,
    `TemplateProblem` when the mapping is not that of the template.
    """
    for path in paths:
        if not Path(path).exists():
            raise InputRefused("input.missing", file=str(path))
    inputs = expand_paths([Path(path) for path in paths])
    if not inputs:
        raise UsageProblem("usage.no_files", paths=", ".join(map(str, paths)))
    refuse_overwriting(out, [*paths, template])
    open_template(template)  # says what is wrong with it as with a template, not as with a unit's file
    model = read_book(template)
    refused: list[InputRefused] = []
    findings: list[Finding] = []
    ignored = [(one.name, one.reason) for one in skipped_files(paths)]
    books: dict[str, Book] = {}
    alike: dict[str, Book] = {}
    for read in read_books(inputs, executor=executor, jobs=jobs):
        if isinstance(read, InputRefused):
            refused.append(read)
            findings.append(_refusal(read))
        elif product_of(read) or read.sha256 == model.sha256:
            ignored.append((read.file, OWN))
        elif (first := books.get(read.sha256) or alike.setdefault(contents(read) or read.sha256, read)) is not read:
            findings.append(_twice(read, first))
        else:
            books[read.sha256] = read
        if progress is not None:
            progress(str(read.values.get("file", "")) if isinstance(read, InputRefused) else read.file)
    ordered = sorted(books.values(), key=lambda one: one.file)
    asked = Period(period, period, "", None, None, None)
    gathered = [
        gather(table, sheet, ordered, [one for one in found.tables if one.sheet == table.sheet and one is not table])
        for table in found.tables
        if table.use in {TableUse.SUM, TableUse.APPEND} and (sheet := model.sheet(table.sheet)) is not None
    ]
    for one in gathered:
        findings += one.findings
    if gathered:
        findings += [_one_unit(later, earlier) for later, earlier in same_headings(gathered[0].sheets)]
    check = _checked(ordered, gathered, asked, findings, refused, len(inputs), ignored)
    check = replace(check, inputs={one.name: one for one in inputs})
    consolidation = Consolidation(
        asked, tuple(map(_table, gathered)), check.statuses, check.submissions, check.findings
    )
    tables = [own_table(one, model, out.name) for one in gathered]
    report = fill_own(tables, consolidation, check.criteria, template, out, evidence_of(check))
    more = tuple(_differing(report, out.name))
    return OwnResult(
        replace(check, findings=(*check.findings, *more)),
        replace(consolidation, findings=(*consolidation.findings, *more)),
        report,
    )


def _checked(
    books: Sequence[Book],
    gathered: Sequence[Gathered],
    period: Period,
    findings: Sequence[Finding],
    refused: Sequence[InputRefused],
    files: int,
    ignored: Sequence[tuple[str, str]],
) -> CheckResult:
    """What was received as a round without a criteria book: every file is a unit of its own."""
    stems = {book.file: book.file.rpartition("/")[2].rpartition(".")[0] or book.file for book in books}
    criteria = Criteria(
        forms=tuple(
            Form(one.table.code, one.table.sheet, one.table.sheet, FormKind.TABLE, number)
            for number, one in enumerate(gathered, 1)
        ),
        rules=(),
        lists={},
        units=tuple(Unit(stem, stem) for stem in stems.values()),
        communes=(),
        periods=(period,),
        awards=(),
        period=period,
    )
    submissions = tuple(
        Submission(
            file=book.file,
            unit=stems[book.file],
            period=period.code,
            sha256=book.sha256,
            records={
                one.table.code: Records(one.table.code, one.table.sheet, tuple(range(1, one.rows[book.file] + 1)), {})
                for one in gathered
            },
        )
        for book in books
    )
    errors = Counter(one.file for one in findings if one.severity is Severity.ERROR)
    warnings = Counter(one.file for one in findings if one.severity is Severity.WARNING)
    used = {one.book.file for table in gathered for one in table.sheets}
    statuses = tuple(
        UnitStatus(
            unit=stems[book.file],
            name=stems[book.file],
            state="LOI" if errors[book.file] else "DU",
            file=book.file,
            errors=errors[book.file],
            warnings=warnings[book.file],
            taken=book.file in used,
            reason="" if book.file in used else "LOI",
        )
        for book in books
    )
    return CheckResult(
        criteria, period, submissions, tuple(findings), statuses, tuple(refused), files, ignored=tuple(ignored)
    )


def _table(gathered: Gathered) -> ReportTable:
    rows: dict[str, list[Figure]] = {}
    for (row, letter), sources in sorted(gathered.sums.items()):
        rows.setdefault(str(row), []).append(Figure(letter, add(one.value for one in sources), tuple(sources)))
    for number, entry in enumerate(gathered.entries, 1):
        rows[str(number)] = [Figure(letter, one.value, (one,)) for letter, one in entry.items()]
    return ReportTable(
        gathered.table.code, tuple(ReportRow("DETAIL", key, "", tuple(figures)) for key, figures in rows.items())
    )


def own_table(gathered: Gathered, model: Book, out: str) -> OwnTable:
    """What the units gave for one table, as it is written into the template; `out` is the report's file name."""
    figures = {
        place: Figure(place[1], add(one.value for one in sources), tuple(sources))
        for place, sources in gathered.sums.items()
    }
    entries = [
        {letter: Figure(letter, one.value, (one,)) for letter, one in entry.items()} for entry in gathered.entries
    ]
    sheet = model.sheet(gathered.table.sheet)
    cells = _agreed(sheet, gathered, out) if sheet is not None else {}
    return OwnTable(gathered.table, figures, entries, text_format(gathered.written, gathered.numbers), cells)


def text_format(written: Sequence[str], numbers: int) -> str:
    """How the units write their numbers, when most write them as text: `@00,00` for 13513,03 and 05,00."""
    if len(written) <= 4 * numbers or not written:
        return ""
    shapes = [found for text in written if (found := re.fullmatch(r"-?(\d+)(?:,(\d+))?", text)) is not None]
    if len(shapes) != len(written):
        return ""
    whole = min(len(one[1]) for one in shapes)
    decimals = max(len(one[2] or "") for one in shapes)
    return "@" + "0" * whole + ("," + "0" * decimals if decimals else "")


def _agreed(sheet: Sheet, gathered: Gathered, out: str) -> dict[str, Value]:
    """Blank cells beside a caption above the table on whose content all units agree; the file name is the report's."""
    found: dict[str, Value] = {}
    merges = [Area.parse(one) for one in sheet.merges]
    for (row, column), cell in sorted(sheet.cells.items()):
        if row >= gathered.table.header_top or not isinstance(cell.value, str):
            continue
        place = (row, column + 1)
        if sheet.value(*place) is not None or any(place in one and place != (one.top, one.left) for one in merges):
            continue
        if fold(cell.value).strip(" :") == FILE_CAPTION:
            found[cell_name(*place)] = out
            continue
        values = [one.sheet.value(*place) for one in gathered.sheets]
        if len({same(value) for value in values}) == 1 and values[0] is not None:
            found[cell_name(*place)] = values[0]
    return found


def _refusal(refusal: InputRefused) -> Finding:
    file = str(refusal.values.get("file", ""))
    words = {language: say(f"error.{refusal.code}.what", language, **refusal.values) for language in ("vi", "en")}
    return Finding(
        code=refusal.code,
        severity=Severity.ERROR,
        file=file,
        message=words["vi"],
        message_en=words["en"],
        mend=say(f"error.{refusal.code}.do", "vi", **refusal.values),
        mend_en=say(f"error.{refusal.code}.do", "en", **refusal.values),
    )


def _twice(book: Book, first: Book) -> Finding:
    return told_of_mapping("twice", Severity.WARNING, {"tep": first.file}, file=book.file)


def _one_unit(later: UnitSheet, earlier: UnitSheet) -> Finding:
    values = {"tep": earlier.book.file}
    return told_of_mapping("same_unit", Severity.WARNING, values, file=later.book.file, sheet=later.sheet.name)


def _differing(report: FilledReport, file: str) -> Iterable[Finding]:
    for miss in report.misses:
        values = {"a": format_number_vi(miss.ours), "b": format_number_vi(miss.theirs)}
        yield told_of_mapping("formula_differs", Severity.ERROR, values, file=file, sheet=miss.sheet, cell=miss.cell)
    for line in report.proof:
        if not line.agrees and line.second is not None:
            values = {"a": format_number_vi(line.ours), "b": format_number_vi(line.second)}
            yield told_of_mapping("second_reading", Severity.ERROR, values, file=file, sheet=line.sheet, cell=line.cell)


def told_of_mapping(
    kind: str, severity: Severity, values: Mapping[str, str], *, file: str, sheet: str = "", cell: str = ""
) -> Finding:
    """A finding about a template's own tables, worded by the messages `mapping.finding`."""
    return Finding(
        code=f"MAP-{kind}",
        severity=severity,
        file=file,
        sheet=sheet,
        cell=cell,
        message=say(f"mapping.finding.{kind}", "vi", **values),
        message_en=say(f"mapping.finding.{kind}", "en", **values),
        mend=say(f"mapping.finding.{kind}_do", "vi", **values),
        mend_en=say(f"mapping.finding.{kind}_do", "en", **values),
        values=dict(values),
    )


__all__ = ["OwnResult", "consolidate_own", "own_table", "text_format", "told_of_mapping"]
