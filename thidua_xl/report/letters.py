"""An official letter that asks a unit for its report, with what has to be mended as annex. Read `write_letter`.

Layout of Nghị định 30/2020/NĐ-CP, Phụ lục I: A4, margins 20-20-30-15 mm, Times New Roman; office and number at the
left, state name, motto, place and date at the right; page numbers from the second page on, at the top centre.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from thidua_xl.messages import say
from thidua_xl.model import Criteria, Finding
from thidua_xl.ooxml.fixed_days import with_fixed_days

if TYPE_CHECKING:
    from docx.document import Document as Letter

FONT = "Times New Roman"
MAX_FINDINGS = 400
# Widths of the annex in mm; the text width of an A4 page with these margins is 165 mm.
_ANNEX_WIDTHS = (10, 18, 30, 57, 50)


@dataclass(frozen=True, slots=True)
class LetterContent:
    """What a letter says: paragraphs of the body, the findings of the annex, and the office's own words."""

    unit_name: str
    subject: str
    body: Sequence[str]
    findings: Sequence[Finding]
    day: date
    language: str = "vi"


def write_letter(
    content: LetterContent, criteria: Criteria, *, annex: Sequence[Sequence[str]] = (), more: str = ""
) -> bytes:
    """The letter as a .docx file; the same content gives the same bytes.

    `annex` and `more` stand for the rows of the annex and the line below it, where they are not to be made from the
    findings.
    """
    import docx
    from docx.shared import Mm, Pt

    letter = docx.Document()
    section = letter.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    style: Any = letter.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    _east_asian_font(style)
    _head(letter, content, criteria)
    _subject_and_receiver(letter, content)
    for text in content.body:
        paragraph = _paragraph(letter, text, 13.5, align="both")
        paragraph.paragraph_format.first_line_indent = Mm(10)
        paragraph.paragraph_format.space_after = Pt(6)
        paragraph.paragraph_format.line_spacing = 1.15
    _signature(letter, content, criteria)
    if content.findings:
        shown = content.findings[:MAX_FINDINGS]
        rows = annex or [annex_texts(number, one, content.language) for number, one in enumerate(shown, 1)]
        _annex(letter, content, rows, more or more_text(content))
    _page_numbers(section)
    _anonymous(letter, content.day)
    buffer = io.BytesIO()
    letter.save(buffer)
    return with_fixed_days(buffer.getvalue())


def annex_texts(number: int, one: Finding, language: str) -> tuple[str, str, str, str, str]:
    """A row of the annex: number, code, place, what is wrong, how to mend it."""
    english = language == "en"
    place = f"{one.sheet}, {one.cell}" if one.cell else one.sheet
    message = (one.message_en or one.message) if english else one.message
    return str(number), one.code, place or "…", message, (one.mend_en or one.mend) if english else one.mend


def more_text(content: LetterContent) -> str:
    """What stands below an annex that does not show every finding, "" below one that does."""
    hidden = len(content.findings) - MAX_FINDINGS
    return _words(content, "annex_more", count=hidden) if hidden > 0 else ""


def _head(letter: Letter, content: LetterContent, criteria: Criteria) -> None:
    table = _plain_table(letter, (68, 97))
    left, right = table.rows[0].cells
    above = criteria.text_setting("co_quan_cap_tren")
    if above:
        _into(left, above.upper(), 12.5)
    agency = criteria.text_setting("co_quan", criteria.text_setting("ten_co_quan", "…")).upper()
    _into(left, agency, 12.5, bold=True)
    _line_below(left, len(agency) // 3)
    short = criteria.text_setting("co_quan_viet_tat", "…")
    _into(left, _words(content, "number", agency=short), 13)
    _into(right, criteria.text_setting("quoc_hieu", _words(content, "nation")).upper(), 12, bold=True)
    motto = criteria.text_setting("tieu_ngu", _words(content, "motto"))
    _into(right, motto, 13.5, bold=True)
    _line_below(right, len(motto))
    place = criteria.text_setting("dia_danh", "…")
    when = _words(
        content, "place_and_day", place=place, day=content.day.day, month=content.day.month, year=content.day.year
    )
    _into(right, when, 13.5, italic=True)


def _subject_and_receiver(letter: Letter, content: LetterContent) -> None:
    table = _plain_table(letter, (68, 97))
    _into(table.rows[0].cells[0], content.subject, 12)
    _paragraph(letter, "", 6)
    _paragraph(letter, _words(content, "to", unit=content.unit_name), 14, align="center")
    _paragraph(letter, "", 6)


def _signature(letter: Letter, content: LetterContent, criteria: Criteria) -> None:
    from docx.shared import Pt

    _paragraph(letter, "", 6)
    table = _plain_table(letter, (80, 85))
    left, right = table.rows[0].cells
    _into(left, _words(content, "receivers"), 12, bold=True, italic=True, align="left")
    for text in (_words(content, "as_above"), _words(content, "kept")):
        _into(left, text, 11, align="left")
    _into(right, criteria.text_setting("chuc_danh_ky_so", _words(content, "signer")).upper(), 13.5, bold=True)
    for _ in range(4):
        _into(right, "", 13)
    _into(right, criteria.text_setting("ho_ten_ky_so"), 13.5, bold=True)
    for cell in (left, right):
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.space_after = Pt(0)


def _annex(letter: Letter, content: LetterContent, rows: Sequence[Sequence[str]], more: str) -> None:
    from docx.enum.text import WD_BREAK

    letter.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _paragraph(letter, _words(content, "annex"), 14, bold=True, align="center")
    _paragraph(letter, _words(content, "annex_title", unit=content.unit_name), 13.5, bold=True, align="center")
    _paragraph(letter, _words(content, "annex_of"), 13, italic=True, align="center")
    table = letter.add_table(rows=1, cols=len(_ANNEX_WIDTHS))
    table.style = "Table Grid"
    table.autofit = False
    for cell, text in zip(table.rows[0].cells, _words(content, "annex_columns").split("|"), strict=True):
        _into(cell, text, 11.5, bold=True)
    _repeat(table.rows[0])
    for texts in rows:
        row = table.add_row()
        for index, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            _into(cell, text, 11.5, align="center" if index < 2 else "left")
    _give_widths(table, _ANNEX_WIDTHS)
    if more:
        _paragraph(letter, more, 12, italic=True)


def _words(content: LetterContent, key: str, **values: object) -> str:
    return say(f"letter.{key}", content.language, **values)


def _plain_table(letter: Letter, widths: Sequence[float]) -> Any:
    table = letter.add_table(rows=1, cols=len(widths))
    table.autofit = False
    _give_widths(table, widths)
    return table


def _give_widths(table: Any, widths: Sequence[float]) -> None:
    """Widths in mm, for the grid and for every cell: programs differ in which they follow."""
    from docx.shared import Mm

    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _into(
    cell: Any, text: str, size: float, *, bold: bool = False, italic: bool = False, align: str = "center"
) -> None:
    first = cell.paragraphs[0]
    paragraph = first if not first.runs and len(cell.paragraphs) == 1 and not first.text else cell.add_paragraph()
    _fill(paragraph, text, size, bold, italic, align)


def _paragraph(
    letter: Letter, text: str, size: float, *, bold: bool = False, italic: bool = False, align: str = "left"
) -> Any:
    paragraph = letter.add_paragraph()
    _fill(paragraph, text, size, bold, italic, align)
    return paragraph


def _fill(paragraph: Any, text: str, size: float, bold: bool, italic: bool, align: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    sides = {
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
    }
    run = paragraph.add_run("".join(sign for sign in text if sign in "\n\t" or ord(sign) >= 32))
    run.font.size, run.font.name = Pt(size), FONT
    run.bold, run.italic = bold, italic
    paragraph.alignment = sides[align]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.space_before = Pt(0)


def _line_below(cell: Any, length: int) -> None:
    """A line under the last paragraph of a cell, as long as that many letters, as the decree asks for."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.add_paragraph()
    run = paragraph.add_run("_" * max(6, length * 9 // 10))
    run.font.size = Pt(13)
    run.font.name = FONT
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.space_before = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(7)


def _east_asian_font(style: Any) -> None:
    from docx.oxml.ns import qn

    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)


def _repeat(row: Any) -> None:
    """Print the heading row on every page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _page_numbers(section: Any) -> None:
    """Page numbers at the top centre, none on the first page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    run.font.size, run.font.name = Pt(13), FONT
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)


def _anonymous(letter: Letter, day: date) -> None:
    """No author, and the letter's own day as the time of making."""
    moment = datetime(day.year, day.month, day.day)
    properties = letter.core_properties
    properties.author = properties.last_modified_by = properties.comments = properties.title = ""
    properties.created = properties.modified = moment
