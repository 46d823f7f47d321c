"""The sheet "Cần sửa" of an annotated copy: a row per finding, links to the cells, a column for explanations.

Read `MendSheet`, then `sheet_xml`. It is written as XML, for the copy is edited and never written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Finding, Severity
from thidua_xl.ooxml.cellxml import escape_attribute, escape_text
from thidua_xl.refs import cell_name, column_letters, quote_sheet

FONT = "Times New Roman"
HEADING_ROW = 6
FIRST_ROW = HEADING_ROW + 1
COLUMNS = ("number", "code", "severity", "sheet", "cell", "seen", "message", "mend", "clause", "explanation")
WIDTHS = (5, 10, 11, 16, 8, 18, 40, 36, 14, 34)
KEY_COLUMN = len(COLUMNS) + 1
EXPLANATION_COLUMN = COLUMNS.index("explanation") + 1
CELL_COLUMN = COLUMNS.index("cell") + 1
MAX_TEXT = 32_000
MARKER = "thidua-xl:can-sua"
ORIGIN = 16  # signs of the SHA-256

# Near the usual colours for bad and neutral, but not the same: so our marks can be told from the office's own.
MARKS = {Severity.ERROR: "FFC7CD", Severity.WARNING: "FFEB9B", Severity.NOTE: "DDEBF6"}
_LINE = 15.0


@dataclass(frozen=True, slots=True)
class MendSheet:
    """What the sheet says. `origin` is the beginning of the file's SHA-256; `deadline` None leaves the date open."""

    findings: Sequence[Finding]
    unit_name: str
    period_name: str
    origin: str = ""
    deadline: date | None = None
    language: str = "vi"
    explanations: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    other_name: str = ""

    @property
    def marker(self) -> str:
        """What stands above the hidden keys: by it the sheet is known, and the file the copy was made from."""
        return f"{MARKER}:{self.origin}"

    @property
    def name(self) -> str:
        """The name of the sheet."""
        return self.other_name or say("mend.sheet", self.language)

    def beside(self, names: Iterable[str]) -> MendSheet:
        """The same sheet with a number behind its name when the workbook has a sheet of that name."""
        taken = {name.casefold() for name in names}
        name, number = self.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{self.name} ({number})"
        return replace(self, other_name=name)

    def text(self, key: str, **values: object) -> str:
        """A sentence of the sheet."""
        return say(f"mend.{key}", self.language, **values)

    def rows(self) -> list[list[str]]:
        """The texts of every row, column by column, with the key at the end."""
        english = self.language == "en"
        return [
            [
                str(number),
                one.code,
                self.text(f"severity.{one.severity.value}"),
                one.sheet,
                one.cell,
                one.seen,
                (one.message_en or one.message) if english else one.message,
                (one.mend_en or one.mend) if english else one.mend,
                one.clause,
                one.explanation or self.explanations.get((one.code, one.sheet, one.cell), ""),
                f"{one.code}|{one.sheet}|{one.cell}",
            ]
            for number, one in enumerate(self.findings, 1)
        ]

    def heads(self) -> list[str]:
        """Title, who and when, and how to go about it."""
        until = f"{self.deadline:%d/%m/%Y}" if self.deadline is not None else "…"
        errors = sum(one.severity is Severity.ERROR for one in self.findings)
        return [
            self.text("title"),
            self.text("who", unit=self.unit_name, period=self.period_name),
            self.text("counts", errors=errors, warnings=len(self.findings) - errors, deadline=until),
            self.text("how"),
        ]


def is_usual_name(name: str) -> bool:
    """Whether our sheet may be called so in some language, with or without a number behind."""
    base = re.sub(r" \(\d+\)$", "", name).casefold()
    return any(base == say("mend.sheet", language).casefold() for language in LANGUAGES)


@dataclass(frozen=True, slots=True)
class Formats:
    """Indices of cell formats in the copy."""

    title: int
    plain: int
    heading: int
    cell: int
    middle: int
    link: int
    explanation: int
    by_severity: Mapping[Severity, int]


def sheet_xml(sheet: MendSheet, formats: Formats, namespace: str) -> bytes:
    """The worksheet part."""
    rows = []
    for number, text in enumerate(sheet.heads(), 1):
        style = formats.title if number == 1 else formats.plain
        height = 30.0 if number == 1 else _height([text], [sum(WIDTHS)])
        rows.append(_row(number, [(1, text, style)], height))
    names = [sheet.text(f"column.{name}") for name in COLUMNS]
    heading = [(column, text, formats.heading) for column, text in enumerate(names, 1)]
    rows.append(_row(HEADING_ROW, [*heading, (KEY_COLUMN, sheet.marker, formats.cell)], 32.0))
    for number, (texts, one) in enumerate(zip(sheet.rows(), sheet.findings, strict=True), FIRST_ROW):
        cells = []
        for column, text in enumerate(texts, 1):
            style = formats.middle if column <= 2 else formats.cell
            if column == CELL_COLUMN and one.sheet and one.cell:
                style = formats.link
            elif column == EXPLANATION_COLUMN:
                style = formats.explanation
            elif COLUMNS[column - 1 : column] == ("severity",):
                style = formats.by_severity[one.severity]
            cells.append((column, text, style))
        rows.append(_row(number, cells, _height(texts[: len(WIDTHS)], WIDTHS)))
    links = "".join(
        f'<hyperlink ref="{cell_name(row, CELL_COLUMN)}" location="'
        + escape_attribute(f"{quote_sheet(one.sheet)}!{one.cell}")
        + '"/>'
        for row, one in enumerate(sheet.findings, FIRST_ROW)
        if one.sheet and one.cell
    )
    last = column_letters(len(COLUMNS))
    merges = "".join(f'<mergeCell ref="A{row}:{last}{row}"/>' for row in range(1, 5))
    columns = "".join(
        f'<col min="{index}" max="{index}" width="{width}" customWidth="1"/>' for index, width in enumerate(WIDTHS, 1)
    )
    bottom = HEADING_ROW + max(1, len(sheet.findings))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{column_letters(KEY_COLUMN)}{bottom}"/><sheetViews><sheetView showGridLines="0" '
        f'workbookViewId="0"><pane ySplit="{HEADING_ROW}" topLeftCell="A{FIRST_ROW}" activePane="bottomLeft" '
        f'state="frozen"/><selection pane="bottomLeft" activeCell="A{FIRST_ROW}" sqref="A{FIRST_ROW}"/></sheetView>'
        f'</sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{columns}<col min="{KEY_COLUMN}" '
        f'max="{KEY_COLUMN}" width="2" hidden="1" customWidth="1"/></cols><sheetData>{"".join(rows)}</sheetData>'
        f'<autoFilter ref="A{HEADING_ROW}:{last}{bottom}"/><mergeCells count="4">{merges}</mergeCells>'
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;P/&amp;N</oddFooter></headerFooter></worksheet>"
    ).encode()


def note_text(findings: Sequence[Finding], language: str = "vi") -> str:
    """The note of a cell: for each finding code, what, why and how to mend."""
    blocks = []
    for one in findings:
        english = language == "en"
        lines = [f"[{one.code}] {say(f'mend.severity.{one.severity.value}', language)}"]
        lines.append((one.message_en or one.message) if english else one.message)
        if one.clause:
            lines.append(say("mend.why", language, clause=one.clause))
        mend = (one.mend_en or one.mend) if english else one.mend
        if mend:
            lines.append(say("mend.do", language, mend=mend))
        blocks.append("\n".join(lines))
    return clean("\n\n".join(blocks))


def clean(text: str) -> str:
    """The text as a cell of Excel can hold it."""
    kept = "".join(sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) not in (0xFFFE, 0xFFFF)))
    return kept[:MAX_TEXT]


def _row(number: int, cells: Sequence[tuple[int, str, int]], height: float) -> str:
    written = []
    for column, text, style in cells:
        place = f'r="{cell_name(number, column)}" s="{style}"'
        if column == 1 and number > HEADING_ROW:
            written.append(f"<c {place}><v>{text}</v></c>")
        elif text:
            body = escape_text(clean(text))
            written.append(f'<c {place} t="inlineStr"><is><t xml:space="preserve">{body}</t></is></c>')
        else:
            written.append(f"<c {place}/>")
    return f'<row r="{number}" ht="{min(height, 400):g}" customHeight="1">{"".join(written)}</row>'


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Points for wrapped text; not every program makes a row as high as its text by itself."""
    lines = 1
    for text, width in zip(texts, widths, strict=True):
        lines = max(lines, sum(-(-max(len(part), 1) * 11 // int(width * 10)) for part in text.split("\n")))
    return _LINE * lines + 3
