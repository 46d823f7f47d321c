"""Our own sheet in a copy that comes back: found, set aside, and what the unit wrote in it kept. Read `set_aside`.

The sheet is known by the marker in its hidden column, or by its name and headings when the marker was lost; what
stands in it is never taken for a form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from thidua_xl.grid import may_show, rows_of
from thidua_xl.intake import read_submission, read_submissions
from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Book, Criteria, Finding, Records, Sheet, Submission
from thidua_xl.report.mend_sheet import MARKER
from thidua_xl.text import fold

# The hidden column may be deleted, so headings are looked for below this row too.
_HEADING_ROWS = 12


@dataclass(frozen=True, slots=True)
class SetAside:
    """The book without our sheet, and the explanations by (code, sheet, cell) of the finding."""

    book: Book
    explanations: Mapping[tuple[str, str, str], str] = field(default_factory=dict)


def set_aside(book: Book) -> SetAside:
    """The book without our sheet; the same book when it has none."""
    names = {fold(say("mend.sheet", language)) for language in LANGUAGES}
    may_be_marked = may_show(book.sheets, MARKER)
    ours = [sheet for sheet in book.sheets if (may_be_marked or _base(sheet) in names) and is_ours(sheet)]
    if not ours:
        return SetAside(book)
    kept = tuple(sheet for sheet in book.sheets if all(sheet is not one for one in ours))
    said: dict[tuple[str, str, str], str] = {}
    for sheet in ours:
        said.update(_explanations(sheet))
    return SetAside(replace(book, sheets=kept), said)


def read_aside(book: Book, criteria: Criteria, period: str | None = None) -> Submission:
    """The submission of a workbook that may be a copy sent back: without our sheet, with what was written in it."""
    aside = set_aside(book)
    return with_explanations(read_submission(aside.book, criteria, period=period), aside.explanations)


def read_all_aside(book: Book, criteria: Criteria, period: str | None = None) -> tuple[Submission, ...]:
    """The same for a workbook that may hold a sheet per unit: a submission of each."""
    aside = set_aside(book)
    found = read_submissions(aside.book, criteria, period=period)
    return tuple(with_explanations(one, aside.explanations) for one in found)


def is_ours(sheet: Sheet) -> bool:
    """Whether a sheet is the one that annotated copies begin with."""
    names = {fold(say("mend.sheet", language)) for language in LANGUAGES}
    return (_base(sheet) in names and _heading(sheet) is not None) or _marker(sheet) is not None


def _base(sheet: Sheet) -> str:
    """The sheet's name, folded, without the number that tells it from others of that name."""
    return fold(sheet.name).split(" (")[0]


def with_explanations(submission: Submission, said: Mapping[tuple[str, str, str], str]) -> Submission:
    """The submission with the explanations at their cells, beside those of its own column "Giải trình"."""
    if not said:
        return submission
    records = {code: _explained(own, said) for code, own in submission.records.items()}
    findings = tuple(explained(one, said) for one in submission.findings)
    return replace(submission, records=records, findings=findings)


def explained(finding: Finding, said: Mapping[tuple[str, str, str], str]) -> Finding:
    """The finding with the explanation given for it, when it has none of its own."""
    text = said.get((finding.code, finding.sheet, finding.cell), "")
    return replace(finding, explanation=text) if text and not finding.explanation else finding


def _explained(records: Records, said: Mapping[tuple[str, str, str], str]) -> Records:
    new = {cell: text for (_, sheet, cell), text in said.items() if cell and sheet == records.sheet}
    return replace(records, explanations={**new, **records.explanations}) if new else records


def _explanations(sheet: Sheet) -> dict[tuple[str, str, str], str]:
    heading = _heading(sheet)
    if heading is None:
        return {}
    row, columns = heading
    marker = _marker(sheet)
    found: dict[tuple[str, str, str], str] = {}
    for at in range(row + 1, sheet.last_row + 1):
        text = _text(sheet, at, columns["explanation"])
        if not text:
            continue
        key = _text(sheet, at, marker).split("|") if marker is not None else []
        if len(key) != 3:
            key = [_text(sheet, at, columns[name]) for name in ("code", "sheet", "cell")]
        found[key[0], key[1], key[2]] = text
    return found


def _marker(sheet: Sheet) -> int | None:
    """The column of the keys."""
    rows = rows_of(sheet)
    for row in sorted(number for number in rows if number <= _HEADING_ROWS):
        for column, value in rows[row].items():
            if isinstance(value, str) and value.startswith(MARKER):
                return column
    return None


def _heading(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The heading row and the columns that matter, by what they hold."""
    for language in LANGUAGES:
        wanted = {name: fold(say(f"mend.column.{name}", language)) for name in ("code", "sheet", "cell", "explanation")}
        for row in range(1, min(_HEADING_ROWS, sheet.last_row) + 1):
            cells = {
                fold(value): column
                for column in range(1, 20)
                if isinstance(value := sheet.value(row, column), str) and value
            }
            if all(text in cells for text in wanted.values()):
                return row, {name: cells[text] for name, text in wanted.items()}
    return None


def _text(sheet: Sheet, row: int, column: int) -> str:
    value = sheet.value(row, column)
    return "" if value is None else str(value).strip()
