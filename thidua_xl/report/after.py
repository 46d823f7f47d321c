"""What the office must look at in a report that has just been filled: what was not written, lost, moved, missing.

Read `look_through`. Each thing is a kind of rule of the criteria book, which gives severity and words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thidua_xl.model import Criteria, Figure, ReportTable
from thidua_xl.ooxml import Workbook, Worksheet
from thidua_xl.refs import cell_name, parse_cell
from thidua_xl.report.paging import signature_is_cut
from thidua_xl.report.plan import Planned
from thidua_xl.text import fold

RECIPIENTS = "noi_nhan"

# What one kind of loss is called in the messages, and how it is spelt in a sheet's XML.
_MARKS: Mapping[str, tuple[bytes, ...]] = {
    "choices": (b"<dataValidation ", b":dataValidation "),
    "formats": (b"<conditionalFormatting", b":conditionalFormatting"),
    "pictures": (b"<drawing ", b"<legacyDrawing ", b"<picture "),
}
_MACROS = "macros"
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the report; `words` name what it is about."""

    sheet: str
    cell: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """`blocked` are figures that a formula of the template kept out, `lost` what the template had and the report has
    not (a word of `report.lost` and the sheet), `signatures` blocks that stand inside a table or are cut by a page's
    end, `recipients` the names of the setting `noi_nhan` that no sheet of the report holds; `beyond` counts the rows by
    report sheet that went beyond those the template holds ready.
    """

    blocked: tuple[Place, ...] = ()
    lost: tuple[Place, ...] = ()
    signatures: tuple[Place, ...] = ()
    recipients: tuple[str, ...] = ()
    beyond: Mapping[str, int] = field(default_factory=dict)


Inventory = Mapping[tuple[str, str], int]


def inventory(workbook: Workbook) -> Inventory:
    """How many dropdowns, conditional formats and drawings each sheet has, and whether there are macros."""
    found: dict[tuple[str, str], int] = {("", _MACROS): int(workbook.has_vba_project)}
    for entry in workbook.entries:
        if not workbook.is_worksheet(entry):
            continue
        blob = workbook.sheet_blob(entry)
        for word, marks in _MARKS.items():
            found[entry.name, word] = sum(blob.count(mark) for mark in marks)
    return found


def look_through(
    workbook: Workbook,
    written: Sequence[tuple[ReportTable, Planned]],
    criteria: Criteria,
    before: Inventory,
    confirmed: Mapping[tuple[str, str], bool],
) -> Looked:
    """Everything to look at. `before` is the template's inventory; `confirmed` says of cells whose formula was kept
    whether its result could be held against our figure.
    """
    now = inventory(workbook)
    return Looked(
        blocked=tuple(
            Place(planned.sheet, cell)
            for _, planned in written
            for cell in sorted(planned.kept, key=parse_cell)
            if not confirmed.get((planned.sheet, cell)) and _says_something(planned.cells[cell])
        ),
        lost=tuple(
            Place(sheet, "", word) for (sheet, word), count in before.items() if now.get((sheet, word), 0) < count
        ),
        signatures=tuple(dict.fromkeys(_signatures(workbook, written, criteria))),
        recipients=_missing_recipients(workbook, written, criteria),
        beyond=_beyond(written),
    )


def _beyond(written: Sequence[tuple[ReportTable, Planned]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for table, planned in written:
        if planned.beyond:
            counts[table.code] += planned.beyond
    return dict(counts)


def _says_something(figure: Figure) -> bool:
    return figure.value is not None and figure.value != ""


def _signatures(
    workbook: Workbook, written: Sequence[tuple[ReportTable, Planned]], criteria: Criteria
) -> Sequence[Place]:
    found = []
    for table, planned in written:
        report_sheet = criteria.report_sheet(table.code)
        place = workbook.name_area(f"{table.code}_NGAY_KY")
        if report_sheet is None or place is None or not planned.rows:
            continue
        sheet, area = place
        inside = sheet == planned.sheet and area.top <= max(planned.rows)
        if inside or signature_is_cut(workbook, report_sheet):
            found.append(Place(sheet, cell_name(area.top, area.left)))
    return found


def _missing_recipients(
    workbook: Workbook, written: Sequence[tuple[ReportTable, Planned]], criteria: Criteria
) -> tuple[str, ...]:
    wanted = [name.strip() for name in criteria.text_setting(RECIPIENTS).split("|") if name.strip()]
    if not wanted:
        return ()
    texts = " ".join(
        fold(text)
        for _, planned in written
        for text in _texts_below(workbook[planned.sheet], max(planned.rows, default=0))
    )
    # "Sở Nội vụ (Ban Thi đua - Khen thưởng tỉnh)" is there when "Sở Nội vụ" is.
    return tuple(name for name in wanted if fold(name.partition("(")[0]) not in texts)


def _texts_below(sheet: Worksheet, last: int) -> Sequence[str]:
    """The texts below a table: place and date, titles, names, recipients."""
    found = []
    for row in range(last + 1, sheet.last_filled_row + 1):
        for column in range(1, min(_WIDEST, sheet.last_column_in(row) + 1)):
            value = sheet.get(cell_name(row, column))
            if isinstance(value, str):
                found.append(value)
    return found
