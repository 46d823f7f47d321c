"""Where a report table goes in a template: found by defined names, nothing guessed.

Read `find_places` first. Names (docs/report-map.md): `TH01_MA_COT` the row of column codes, `TH01_NHOM`, `TH01_DATA`,
`TH01_CONG`, `TH01_TONG` the model rows, `TH01_KY` and others single cells for texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from thidua_xl.errors import TemplateProblem
from thidua_xl.model import ReportSheet
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.sheet import Worksheet
from thidua_xl.refs import Area, cell_name
from thidua_xl.text import fold, nearest

SECTION, SUBSECTION, DETAIL, SUBTOTAL, TOTAL = "SECTION", "SUBSECTION", "DETAIL", "SUBTOTAL", "TOTAL"

# The model rows a template may have, by the kind of report row they are the model of.
MODEL_ROWS = {SECTION: "NHOM", SUBSECTION: "NHOM_CON", DETAIL: "DATA", SUBTOTAL: "CONG", TOTAL: "TONG"}

# `TH01_COT_tien` names the column of a code where the template has no row of codes.
COLUMN_NAME = "COT_"


@dataclass(frozen=True, slots=True)
class DrawnSection:
    """A La Mã section that the office has drawn itself: its heading, the rows for entries, its subtotal (0 for none).

    All rows are 1-based; `mark` and `title` are what the heading says (`II`, `Cá nhân`).
    """

    head: int
    mark: str
    title: str
    first: int
    last: int
    subtotal: int = 0

    @property
    def end(self) -> int:
        """The last row of the section."""
        return max(self.last, self.subtotal)


@dataclass(frozen=True, slots=True)
class TablePlaces:
    """The places of one report table. `columns` maps a column code to its 1-based sheet column; `models` maps a
    row kind to the 1-based row that is its model; `words` are the texts that stand in the model rows of totals, by kind
    and 1-based column ("Cộng {muc}"); `texts` maps the rest of a single-cell name (KY,
    DVT) to its A1 cell. `spare` counts the blank rows below the model row of details that are there only for typing.
    `formulas` are the template's own formulas in its model rows, by kind and 1-based column. `drawn` are the sections
    when the office has drawn several; the model rows are those of the first.
    """

    sheet: str
    columns: Mapping[str, int]
    models: Mapping[str, int]
    texts: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    spare: int = 0
    formulas: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    drawn: tuple[DrawnSection, ...] = ()


def find_places(template: Workbook, report_sheet: ReportSheet) -> TablePlaces | None:
    """The places of a report sheet, None when the template has no such sheet at all.

    Raises `TemplateProblem` when the sheet is there but its data row or column codes are not.
    """
    prefix = f"{report_sheet.code}_"
    areas: dict[str, tuple[str, Area]] = {}
    for name, text in template.defined_names.items():
        plain = name.rpartition("!")[2]
        if plain.upper().startswith(prefix):
            area = template.area_of(text)
            if area is not None:
                rest = plain[len(prefix) :]
                areas[rest if rest.upper().startswith(COLUMN_NAME) else rest.upper()] = area
    if "DATA" not in areas:
        wanted = {fold(report_sheet.sheet), fold(report_sheet.code)}
        if not any(fold(one) in wanted for one in template.sheetnames):
            return None
        raise TemplateProblem("template.missing_name", file=template.file, name=f"{prefix}DATA")
    sheet, data = areas["DATA"]
    columns = _columns(template, sheet, areas)
    if not columns:
        raise TemplateProblem("template.missing_name", file=template.file, name=f"{prefix}MA_COT")
    models = {kind: areas[name][1].top for kind, name in MODEL_ROWS.items() if name in areas}
    reserved = {"MA_COT", *MODEL_ROWS.values()}
    texts = {
        name: cell_name(area.top, area.left)
        for name, (on_sheet, area) in areas.items()
        if name not in reserved and on_sheet == sheet and not name.upper().startswith(COLUMN_NAME)
    }
    words: dict[str, dict[int, str]] = {}
    for kind in (SUBTOTAL, TOTAL):
        area = areas.get(MODEL_ROWS[kind])
        for row, column in area[1].places() if area is not None else ():
            value = template[sheet].get(cell_name(row, column))
            if isinstance(value, str) and value:
                words.setdefault(kind, {})[column] = value
    models = {**models, DETAIL: data.top}
    formulas = model_formulas(template[sheet], models, columns.values())
    return TablePlaces(sheet, columns, models, texts, words, data.bottom - data.top, formulas)


def model_formulas(
    sheet: Worksheet, models: Mapping[str, int], columns: Iterable[int]
) -> Mapping[str, Mapping[int, str]]:
    """The formulas that stand in the model rows at the given columns, by kind and 1-based column."""
    found: dict[str, dict[int, str]] = {}
    for kind in (DETAIL, SUBTOTAL, TOTAL):
        for column in columns if kind in models else ():
            formula = sheet.formula(cell_name(models[kind], column))
            if formula is not None:
                found.setdefault(kind, {})[column] = formula
    return found


def _columns(template: Workbook, sheet: str, areas: Mapping[str, tuple[str, Area]]) -> dict[str, int]:
    """The column of each code: by the row of codes, else by names of single columns."""
    columns: dict[str, int] = {}
    codes = areas.get("MA_COT")
    for row, column in codes[1].places() if codes is not None else ():
        value = template[sheet].get(cell_name(row, column))
        if isinstance(value, str) and value.strip():
            columns.setdefault(value.strip(), column)
    for name, (on_sheet, area) in areas.items():
        if name.upper().startswith(COLUMN_NAME) and on_sheet == sheet:
            columns.setdefault(name[len(COLUMN_NAME) :], area.left)
    return columns


def missing_sheet(template: Workbook, report_sheet: ReportSheet) -> TemplateProblem:
    """The refusal for a template without the sheet of a report table, with the nearest sheet name."""
    close = nearest(report_sheet.sheet, template.sheetnames)
    return TemplateProblem(
        "template.missing_sheet",
        file=template.file,
        sheet=report_sheet.sheet,
        code=report_sheet.code,
        nearest=close,
    )
