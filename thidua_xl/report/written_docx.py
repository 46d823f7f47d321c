"""The written report as a .docx in the layout of Nghị định 30/2020/NĐ-CP. Read `write_docx` first.

python-docx makes the document; what it has no word for (borders, repeated heading rows, page numbers) is set in XML.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thidua_xl.messages import say
from thidua_xl.ooxml.fixed_days import with_fixed_days
from thidua_xl.ooxml.store import replace_file
from thidua_xl.report.written import Section, WrittenReport, WrittenTable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

PAGE_MM = (210, 297)
BODY, SMALL, NOTE = 14.0, 12.0, 11.0
# Points of text in a table, from few columns to many.
TABLE_SIZES = ((7, 12.0), (11, 10.0), (15, 9.0), (100, 7.5))
INDENT_MM = 12.7
# Twentieths of a point beside the text of a table cell.
CELL_MARGIN = 40
# The same report always gives the same bytes.
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
# "STT" in bold with the cell's margins takes so many millimetres for each point of its letters.
LEAST_MM = 1.0


def write_docx(report: WrittenReport, out: Path, put: Callable[[Path, bytes], None] = replace_file) -> None:
    """Write the document atomically, by `put`. Raises `EditRefused` when it is open in another program."""
    import docx

    document = docx.Document()
    _page_and_font(document, report)
    _head(document, report)
    for text in report.opening:
        _body(document, text)
    for number, section in enumerate(report.sections, 1):
        _section(document, number, section)
    _body(document, report.closing, keep=True)  # the signature never stands alone on a page
    _foot(document, report)
    if report.annexes:
        _annexes(document, report)
    content = io.BytesIO()
    document.save(content)
    out.parent.mkdir(parents=True, exist_ok=True)
    put(out, with_fixed_days(content.getvalue()))


def _page_and_font(document: Document, report: WrittenReport) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    page = document.sections[0]
    page.page_width, page.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    _margins(page, report)
    # Page numbers stand in the middle of the upper margin from the second page on.
    page.different_first_page_header_footer = True
    number = page.header.paragraphs[0]
    _centre(number)
    _field(number, "PAGE")
    normal = document.styles["Normal"]
    normal.font.name = report.font
    normal.font.size = Pt(BODY)
    fonts = normal.element.rPr.rFonts
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), report.font)
    language = _element("w:lang", val="vi-VN")
    normal.element.rPr.append(language)
    document.core_properties.title = report.about
    document.core_properties.author = report.agency
    document.core_properties.comments = ""


def _head(document: Document, report: WrittenReport) -> None:
    """Office and national motto side by side, number and date, then the title."""
    table = document.add_table(rows=2, cols=2)
    _fixed_widths(table, (70, 95))
    left, right = table.cell(0, 0), table.cell(0, 1)
    _line(left.paragraphs[0], report.above, SMALL)
    _line(left.add_paragraph(), report.agency, SMALL, bold=True)
    _rule(left.add_paragraph(), 22)
    _line(right.paragraphs[0], report.motto[0], SMALL, bold=True)
    _line(right.add_paragraph(), report.motto[1], 13.0, bold=True)
    _rule(right.add_paragraph(), 20)
    _line(table.cell(1, 0).paragraphs[0], report.number, 13.0)
    _line(table.cell(1, 1).paragraphs[0], report.place_and_day, 13.0, italic=True)
    title = document.add_paragraph()
    _line(title, report.title, BODY, bold=True)
    _space(title, before=18)
    about = document.add_paragraph()
    _line(about, report.about, BODY, bold=True)
    rule = document.add_paragraph()
    _rule(rule, 55)
    _space(rule, after=6)


def _section(document: Document, number: int, section: Section) -> None:
    heading = document.add_paragraph()
    run = heading.add_run(f"{roman(number)}. {section.heading.upper()}")
    run.bold = True
    _paragraph(heading, keep=True)
    for text in section.sentences:
        _body(document, text)
    for text in section.points:
        _body(document, f"- {text}")
    for text in section.remarks:
        _body(document, text)
    for printed in section.tables:
        _table(document, printed, 165)
        _space(document.add_paragraph(), after=0)


def _foot(document: Document, report: WrittenReport) -> None:
    """Receivers on the left, signature on the right, kept together on one page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    table = document.add_table(rows=1, cols=2)
    _fixed_widths(table, (80, 85))
    _keep_row(table)
    left, right = table.cell(0, 0), table.cell(0, 1)
    head = left.paragraphs[0]
    _line(head, say("written.receivers"), SMALL, bold=True, italic=True)
    head.alignment = WD_ALIGN_PARAGRAPH.LEFT
    for at, name in enumerate(report.receivers, 1):
        key = "written.last_receiver" if at == len(report.receivers) else "written.receiver"
        one = left.add_paragraph()
        _line(one, say(key, name=name), NOTE)
        one.alignment = WD_ALIGN_PARAGRAPH.LEFT
    _line(right.paragraphs[0], report.signer_title, BODY, bold=True)
    # Room for the signature and the seal.
    room = right.add_paragraph()
    room.paragraph_format.space_before = Pt(70)
    _line(room, report.signer or " ", BODY, bold=True)


def _annexes(document: Document, report: WrittenReport) -> None:
    """The wide tables, on pages laid across."""
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Mm

    page = document.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(PAGE_MM[1]), Mm(PAGE_MM[0])
    _margins(page, report)
    page.different_first_page_header_footer = False
    room = PAGE_MM[1] - report.margins[2] - report.margins[3]
    for number, printed in enumerate(report.annexes, 1):
        first = document.add_paragraph()
        first.paragraph_format.page_break_before = number > 1
        _line(first, say("written.annex", number=number), BODY, bold=True)
        _line(document.add_paragraph(), printed.title.upper(), BODY, bold=True)
        if report.annex_of:
            _line(document.add_paragraph(), report.annex_of, 13.0, italic=True)
        _table(document, printed, room)


def _table(document: Document, printed: WrittenTable, room_mm: float) -> None:
    """A ruled table with one or two heading rows that repeat on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    if printed.unit:
        unit = document.add_paragraph()
        _line(unit, printed.unit, SMALL, italic=True)
        unit.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    grouped = any(name for name, _ in printed.groups)
    heads = 2 if grouped else 1
    count = len(printed.headings)
    size = next(points for most, points in TABLE_SIZES if count <= most)
    table = document.add_table(rows=heads + len(printed.rows), cols=count)
    table.style = "Table Grid"
    _fixed_widths(table, _shares(printed.widths, room_mm))
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w=str(CELL_MARGIN), type="dxa"))
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    cells = [row.cells for row in table.rows]
    for at, text in enumerate(printed.headings):
        _line(cells[heads - 1][at].paragraphs[0], text, size, bold=True)
    if grouped:
        start = 0
        for name, span in printed.groups:
            if name:
                upper = cells[0][start].merge(cells[0][start + span - 1]) if span > 1 else cells[0][start]
                _line(upper.paragraphs[0], name, size, bold=True)
            else:
                for at in range(start, start + span):
                    _one_cell(cells[0][at], cells[1][at], printed.headings[at], size)
            start += span
    for row in table.rows[:heads]:
        row._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    for row, texts in zip(cells[heads:], printed.rows, strict=True):
        joined = _join_label(row, texts.cells, texts.numbers) if texts.bold else range(0)
        for at, (cell, text, is_number) in enumerate(zip(row, texts.cells, texts.numbers, strict=True)):
            if at in joined:
                continue
            paragraph = cell.paragraphs[0]
            _line(paragraph, text, size, bold=texts.bold)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_number else WD_ALIGN_PARAGRAPH.LEFT
    for row in table.rows:
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def _join_label(row: Sequence[_Cell], texts: Sequence[str], numbers: Sequence[bool]) -> range:
    """The words of a section or total row take the blank cells behind them, however narrow their own column is.

    The places that were taken.
    """
    start = max((at for at, text in enumerate(texts) if text and not numbers[at]), default=0)
    end = start
    while end + 1 < len(texts) and not texts[end + 1]:
        end += 1
    if not texts[start] or end == start:
        return range(0)
    row[start].merge(row[end])
    return range(start + 1, end + 1)


def _one_cell(upper: _Cell, lower: _Cell, text: str, size: float) -> None:
    """A heading without a group takes both heading rows."""
    lower.paragraphs[0].clear()
    joined = upper.merge(lower)
    for spare in joined.paragraphs[1:]:
        spare._p.getparent().remove(spare._p)
    _line(joined.paragraphs[0], text, size, bold=True)


def _body(document: Document, text: str, *, keep: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(text)
    _paragraph(paragraph, keep=keep)
    paragraph.paragraph_format.keep_together = keep


def _paragraph(paragraph: Paragraph, *, keep: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    form = paragraph.paragraph_format
    form.first_line_indent = Mm(INDENT_MM)
    form.space_before, form.space_after = Pt(0), Pt(6)
    form.line_spacing = 1.1
    form.keep_with_next = keep


def _line(paragraph: Paragraph, text: str, size: float, *, bold: bool = False, italic: bool = False) -> None:
    """A centred line without space around it."""
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    _centre(paragraph)
    _space(paragraph, after=0)
    paragraph.paragraph_format.line_spacing = 1.0
    if not text:
        # An empty line is as high as its paragraph mark.
        mark = _element("w:rPr")
        mark.append(_element("w:sz", val=str(int(size * 2))))
        paragraph._p.get_or_add_pPr().append(mark)


def _centre(paragraph: Paragraph) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _space(paragraph: Paragraph, *, before: float = 0, after: float = 0) -> None:
    from docx.shared import Pt

    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)


def _rule(paragraph: Paragraph, indent_mm: float) -> None:
    """The short line under a heading: the paragraph's upper border, drawn in by `indent_mm` on both sides."""
    from docx.shared import Mm, Pt

    _space(paragraph)
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(indent_mm)
    form.line_spacing = Pt(6)
    border = _element("w:pBdr")
    border.append(_element("w:top", val="single", sz="6", space="1", color="000000"))
    paragraph._p.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _field(paragraph: Paragraph, code: str) -> None:
    """A field that Word fills in, such as the page number."""
    run = paragraph.add_run()._r
    for kind in ("begin", "", "end"):
        if kind:
            run.append(_element("w:fldChar", fldCharType=kind))
        else:
            instruction = _element("w:instrText")
            instruction.text = code
            run.append(instruction)


def _margins(page: Any, report: WrittenReport) -> None:
    from docx.shared import Mm

    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(Mm, report.margins)
    page.header_distance = Mm(10)


def _fixed_widths(table: Table, millimetres: Sequence[float]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, millimetres, strict=True):
            cell.width = Mm(width)


def _shares(widths: Sequence[float], room: float) -> list[float]:
    """The widths in millimetres that fill the room; no column so narrow that its heading "STT" breaks."""
    points = next(size for most, size in TABLE_SIZES if len(widths) <= most)
    least = min(LEAST_MM * points, room / len(widths))
    narrow = [width * room < least * sum(widths) for width in widths]
    rest = sum(width for width, is_narrow in zip(widths, narrow, strict=True) if not is_narrow)
    left = room - least * sum(narrow)
    return [least if is_narrow else width * left / rest for width, is_narrow in zip(widths, narrow, strict=True)]


def _keep_row(table: Table) -> None:
    for row in table.rows:
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def roman(number: int) -> str:
    """1 gives I, 4 gives IV."""
    text = ""
    for value, signs in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value:
            text, number = text + signs, number - value
    return text
