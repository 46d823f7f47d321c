"""Where a report table goes in a template: found by defined names, nothing guessed.

Read `find_places` first. Names (docs/report-map.md): `TH01_MA_COT` the row of column codes, `TH01_NHOM`, `TH01_DATA`,
`TH01_CONG`, `TH01_TONG` the model rows, `TH01_KY` and others single cells for texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thidua_xl.errors import TemplateProblem
from thidua_xl.model import ReportSheet
from thidua_xl.ooxml import Workbook
from thidua_xl.refs import Area, cell_name
from thidua_xl.text import fold, nearest

SECTION, SUBSECTION, DETAIL, SUBTOTAL, TOTAL = "SECTION", "SUBSECTION", "DETAIL", "SUBTOTAL", "TOTAL"

# The model rows a template may have, by the kind of report row they are the model of.
MODEL_ROWS = {SECTION: "NHOM", SUBSECTION: "NHOM_CON", DETAIL: "DATA", SUBTOTAL: "CONG", TOTAL: "TONG"}


@dataclass(frozen=True, slots=True)
class TablePlaces:
    """The places of one report table. `columns` maps a column code to its 1-based sheet column; `models` maps a
    row kind to the 1-based row that is its model; `words` are the texts that stand in the model rows of totals, by kind
    and 1-based column ("Cộng {muc}"); `texts` maps the rest of a single-cell name (KY,
    DVT) to its A1 cell.
    """

    sheet: str
    columns: Mapping[str, int]
    models: Mapping[str, int]
    texts: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


def find_places(template: Workbook, report_sheet: ReportSheet) -> TablePlaces | None:
    """The places of a report sheet, None when the template has no such sheet at all.

    Raises `TemplateProblem` when the sheet is there but its data row or column codes are not.
    """
    prefix = f"{report_sheet.code}_"
    areas: dict[str, tuple[str, Area]] = {}
    for name in template.defined_names:
        plain = name.rpartition("!")[2]
        if plain.upper().startswith(prefix):
            area = template.name_area(name)
            if area is not None:
                areas[plain.upper()[len(prefix) :]] = area
    if "DATA" not in areas:
        wanted = {fold(report_sheet.sheet), fold(report_sheet.code)}
        if not any(fold(one) in wanted for one in template.sheetnames):
            return None
        raise TemplateProblem("template.missing_name", file=template.file, name=f"{prefix}DATA")
    sheet, data = areas["DATA"]
    codes = areas.get("MA_COT")
    if codes is None:
        raise TemplateProblem("template.missing_name", file=template.file, name=f"{prefix}MA_COT")
    columns: dict[str, int] = {}
    for row, column in codes[1].places():
        value = template[sheet].get(cell_name(row, column))
        if isinstance(value, str) and value.strip():
            columns.setdefault(value.strip(), column)
    models = {kind: areas[name][1].top for kind, name in MODEL_ROWS.items() if name in areas}
    reserved = {"MA_COT", *MODEL_ROWS.values()}
    texts = {
        name: cell_name(area.top, area.left)
        for name, (on_sheet, area) in areas.items()
        if name not in reserved and on_sheet == sheet
    }
    words: dict[str, dict[int, str]] = {}
    for kind in (SUBTOTAL, TOTAL):
        area = areas.get(MODEL_ROWS[kind])
        for row, column in area[1].places() if area is not None else ():
            value = template[sheet].get(cell_name(row, column))
            if isinstance(value, str) and value:
                words.setdefault(kind, {})[column] = value
    return TablePlaces(sheet, columns, {**models, DETAIL: data.top}, texts, words)


def missing_sheet(template: Workbook, report_sheet: ReportSheet) -> TemplateProblem:
    """The refusal for a template without the sheet of a report table, with the nearest sheet name."""
    close = nearest(report_sheet.sheet, template.sheetnames)
    return TemplateProblem(
        "template.missing_sheet",
        file=template.file,
        sheet=report_sheet.sheet,
        code=report_sheet.code,
        nearest=close or "…",
    )
