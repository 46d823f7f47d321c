"""A report template without names -> what stands where: headers, sections, totals, the row that repeats.

Read `recognise` first. Tables of the report map are looked for by their headers; what is left over, if it looks like
a table, is taken as the form that the units fill themselves (`own_tables`). Nothing is guessed in silence: a column
that fits nothing stays open and names what comes nearest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.grid import FoundTable, find_table, rows_of
from thidua_xl.grid.looks import RowLooks, row_looks
from thidua_xl.grid.rowkinds import label_key
from thidua_xl.model import Book, Criteria, ReportColumn, ReportSheet, Sheet, Value
from thidua_xl.model.mapping import Certainty, ColumnRole, MappedColumn, MappedTable, TableUse, TemplateMap
from thidua_xl.refs import Area, cell_name, column_letters
from thidua_xl.report.own_tables import own_tables
from thidua_xl.text import fold, is_unit_line, nearest

# A table is taken for one of the report map when at least this share of its columns is found.
ENOUGH = 0.4
# Without its name it takes this share: "Đầu kỳ", "Cuối kỳ" head two columns of many forms.
ENOUGH_UNNAMED = 0.5
# So many columns that are filled (all, where it has fewer) tell a table of the report map without its name.
FILLED = 2
# Takes of columns that only say what a row is about.
DESCRIBING = frozenset({"STT", "BANG", "TEN", "DVT", "NHOM", "DON_VI", "DON_VI_TAT"})
# "I", "II." or, over several cells, "I. Tập thể".
ROMAN_TITLE = re.compile(r"[IVXLC]+(?:[.)]?\Z|\s*[.):/–-]\s*\S)")
LETTER = re.compile(r"[A-HĐ][.)]?\Z")
_DATED = re.compile(r".*ngay\b.*\bthang\b.*\bnam\b.*")
# Rows below a table in which its single cells are looked for.
BELOW = 40
# The agency's block stands in the first rows of a page.
AGENCY_ROWS = 6
# "Điện Biên Đông, ngày … tháng … năm 2024": a longer text is a sentence.
LONGEST_DATE = 60


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a sheet fits a table of the report map; the greater the better."""

    report_sheet: ReportSheet
    sheet: Sheet
    found: FoundTable
    is_named: bool

    @property
    def share(self) -> float:
        """The share of the report columns that have their place."""
        return len(self.found.columns) / max(1, len(_columns(self.report_sheet)))

    @property
    def rank(self) -> tuple[bool, float, int]:
        """Name first, then share, then number of columns."""
        return self.is_named, self.share, len(self.found.columns)


def recognise(path: Path, template: Book, criteria: Criteria) -> TemplateMap:
    """The tables of a template (the file at `path`, read as `template`), in the order of its sheets."""
    looks = row_looks(path, template.format)
    fits = sorted(_fits(template, criteria), key=lambda one: one.rank, reverse=True)
    bound: dict[str, _Fit] = {}
    taken: set[str] = set()
    for fit in fits:
        if fit.report_sheet.code not in taken and fit.sheet.name not in bound:
            bound[fit.sheet.name] = fit
            taken.add(fit.report_sheet.code)
    tables: list[MappedTable] = []
    for sheet in template.sheets:
        if not sheet.cells or not sheet.visible:
            continue
        if sheet.name in bound:
            tables.append(_bound_table(bound[sheet.name], looks.get(sheet.name, {})))
        else:
            tables.extend(own_tables(sheet, looks.get(sheet.name, {}), len(tables) + 1))
    return TemplateMap(template.file, tuple(tables))


def _fits(template: Book, criteria: Criteria) -> list[_Fit]:
    found = []
    for report_sheet in criteria.report_sheets:
        columns = _columns(report_sheet)
        if len(columns) < 2 or report_sheet.layout == "MA_HOA":
            continue
        labels = {one.code: _labels(one) for one in columns}
        names = {fold(report_sheet.sheet), fold(report_sheet.code), fold(report_sheet.title)}
        serial = next((one.code for one in columns if one.take == "STT"), None)
        for sheet in template.sheets:
            if not sheet.visible:
                continue
            table = find_table(sheet, labels, least=max(2, round(len(columns) * ENOUGH)), serial=serial)
            if table is not None:
                fit = _Fit(report_sheet, sheet, table, fold(sheet.name) in names)
                if fit.is_named or _is_meant(fit):
                    found.append(fit)
    return found


def _is_meant(fit: _Fit) -> bool:
    """Whether a table is the one of the report map and not just headed by the same common words.

    "Chỉ tiêu", "Mã số", "Đơn vị", but also "Tổng số" or "Số tiền" head tables of every office: several columns that
    are filled must be there too, and the table must not consist of other columns for the most part.
    """
    columns = _columns(fit.report_sheet)
    filled = {one.code for one in columns if one.take not in DESCRIBING}
    own = len(fit.found.columns) / max(1, len({*fit.found.headers, *fit.found.columns.values()}))
    return (
        fit.share >= ENOUGH_UNNAMED
        and own >= ENOUGH
        and len(filled & set(fit.found.columns)) >= min(FILLED, len(filled))
    )


def _columns(report_sheet: ReportSheet) -> list[ReportColumn]:
    return [one for one in report_sheet.columns if one.take != "DONG"]


def _labels(column: ReportColumn) -> tuple[str, ...]:
    return (f"{column.group} / {column.label}", column.label) if column.group else (column.label,)


def _bound_table(fit: _Fit, looks: Mapping[int, RowLooks]) -> MappedTable:
    found, report_sheet, sheet = fit.found, fit.report_sheet, fit.sheet
    by_column = {number: code for code, number in found.columns.items()}
    known = {one.code: one for one in _columns(report_sheet)}
    doubtful = {code for code, _ in found.duplicates}
    columns = []
    for number in sorted({*found.headers, *by_column}):
        code = by_column.get(number, "")
        header = found.headers.get(number, "")
        if code:
            sure = Certainty.DOUBTFUL if code in doubtful else Certainty.SURE
            columns.append(MappedColumn(column_letters(number), header, _role(known[code]), code, "", sure))
        elif header:
            open_labels = {one.label: one.code for one in known.values() if one.code not in found.columns}
            close = nearest(header.rpartition(" / ")[2], open_labels)
            near = open_labels[close] if close else ""
            columns.append(
                MappedColumn(column_letters(number), header, ColumnRole.SKIP, "", "", Certainty.UNKNOWN, near)
            )
    columns += [
        MappedColumn("", one.label, _role(one), one.code, "", Certainty.UNKNOWN)
        for one in known.values()
        if one.code not in found.columns
    ]
    start = max(found.header_rows[1], found.code_row or 0, found.number_row or 0) + 1
    rows = _model_rows(sheet, report_sheet, found, start, looks)
    last = max((row for row in rows.values() if row), default=start)
    total = rows.get("total", 0)
    first = rows["first"]
    words = _single_cells(sheet, report_sheet, found, start, max(last, total))
    is_sure = first > 0 and fit.share > 0.99
    return MappedTable(
        code=report_sheet.code,
        sheet=sheet.name,
        use=TableUse.REPORT,
        header_top=found.header_rows[0],
        header_bottom=start - 1,
        first=first or start,
        last=rows["last"] or start,
        section=rows.get("section", 0),
        subsection=rows.get("subsection", 0),
        subtotal=rows.get("subtotal", 0),
        total=total,
        columns=tuple(columns),
        words=tuple(words),
        certainty=Certainty.SURE if is_sure else Certainty.DOUBTFUL,
    )


def _role(column: ReportColumn) -> ColumnRole:
    if column.take == "STT":
        return ColumnRole.SERIAL
    if column.take == "CONG_THUC":
        return ColumnRole.RATIO
    return ColumnRole.NUMBER if column.total else ColumnRole.TEXT


def _model_rows(
    sheet: Sheet, report_sheet: ReportSheet, found: FoundTable, start: int, looks: Mapping[int, RowLooks]
) -> dict[str, int]:
    """The model rows below the headers: section, sub-group, the rows that repeat, subtotal, total; 0 for none."""
    values = rows_of(sheet)
    columns = sorted({*found.columns.values(), *found.headers})
    serial = next((found.columns[one.code] for one in report_sheet.columns if one.code in found.columns), columns[0])
    rows: dict[str, int] = {"first": 0, "last": 0}
    row = start
    is_over = False
    while row in sheet.hidden_rows or _belongs(values.get(row, {}), looks.get(row), columns):
        if row in sheet.hidden_rows:
            row += 1  # a hidden row holds a range together, nothing is written there
            continue
        texts = [str(values[row][at]) for at in columns if isinstance(values.get(row, {}).get(at), str)]
        kind = _total_kind(texts, report_sheet)
        look = looks.get(row, RowLooks())
        mark = values.get(row, {}).get(serial)
        if kind:
            rows.setdefault(kind, row)
            if kind == "total":
                break
        elif _is_section(mark, look, rows, report_sheet):
            rows["section"] = row
        elif _is_subsection(mark, look, rows, report_sheet):
            rows["subsection"] = row
        elif rows["first"] and rows.get("section") and _is_marked(mark, ROMAN_TITLE):
            is_over = True
        elif "subtotal" not in rows and not is_over:
            # Below the first section stand further ones that the office has drawn; they are found when it is filled.
            rows["first"] = rows["first"] or row
            rows["last"] = row
        row += 1
    return rows


def _belongs(values: Mapping[int, Value], look: RowLooks | None, columns: Sequence[int]) -> bool:
    filled = [at for at in columns if values.get(at) is not None]
    if look is not None and look.has_lines:
        return True
    texts = [str(values[at]) for at in filled]
    signed = any(_DATED.match(fold(text)) or fold(text).startswith(("nguoi lap", "noi nhan")) for text in texts)
    return bool(filled) and not signed


def _total_kind(texts: Sequence[str], report_sheet: ReportSheet) -> str:
    for text in texts:
        key = label_key(text)
        plain = fold(text)
        if key.startswith("tong") or re.match(r"tong\b", plain):
            return "total"
        if key == "cong" or re.match(r"cong\b", plain):
            return "subtotal" if "CONG" in report_sheet.total_rows and report_sheet.sections else "total"
    return ""


def _is_section(mark: Value, look: RowLooks, rows: Mapping[str, int], report_sheet: ReportSheet) -> bool:
    if "section" in rows or rows["first"] or not (report_sheet.sections or report_sheet.layout == "SO_SANH_KY"):
        return False
    return _is_marked(mark, ROMAN_TITLE) or (mark is None and look.is_bold)


def _is_subsection(mark: Value, look: RowLooks, rows: Mapping[str, int], report_sheet: ReportSheet) -> bool:
    if "section" not in rows or "subsection" in rows or rows["first"] or not report_sheet.notes.get("nhom_con"):
        return False
    return _is_marked(mark, LETTER) or (mark is None and look.is_bold)


def _is_marked(mark: Value, pattern: re.Pattern[str]) -> bool:
    return isinstance(mark, str) and bool(pattern.match(mark.strip()))


def _single_cells(
    sheet: Sheet, report_sheet: ReportSheet, found: FoundTable, start: int, last: int
) -> list[tuple[str, str]]:
    """The single cells around a table that the report fills: period, unit of measure, place and day, words."""
    values = rows_of(sheet)
    named: dict[str, str] = {}
    top = found.header_rows[0]
    for row in [*range(1, top), *range(last + 1, last + BELOW + 1)]:
        for column, value in sorted(values.get(row, {}).items()):
            name = _name_of(value, row < top) if isinstance(value, str) else ""
            if name:
                named.setdefault(name, cell_name(row, column))
    named.update(_agency(values, top))
    for slot, code in ((one.formula, one.code) for one in report_sheet.columns if one.take == "O_COT"):
        at = found.columns.get(code)
        if at is not None and f"O_{slot}" not in named and found.header_rows[0] < start - 1:
            named[f"O_{slot}"] = cell_name(*_anchor(sheet, found.header_rows[0], at))
    for number, year in enumerate((one.code for one in report_sheet.columns if one.take == "NAM"), 1):
        at = found.columns.get(year)
        if at is not None:
            # Where the year stands, so that a later round can write its own.
            named[f"NAM_{number}"] = cell_name(*_anchor(sheet, found.header_rows[1], at))
    return sorted(named.items())


def _agency(values: Mapping[int, Mapping[int, Value]], top: int) -> dict[str, str]:
    """The two lines of the agency's block at the head of the page: its superior's name, below it its own."""
    for row in range(1, min(top, AGENCY_ROWS)):
        column, text = next(iter(sorted(values.get(row, {}).items())), (0, None))
        below = values.get(row + 1, {}).get(column)
        if not isinstance(text, str) or not isinstance(below, str) or text != text.upper():
            continue
        if re.match(r"(ubnd|uy ban|bo|so|tinh|huyen)\b", fold(text)) and below == below.upper():
            return {"CO_QUAN_CAP_TREN": cell_name(row, column), "CO_QUAN": cell_name(row + 1, column)}
    return {}


def _name_of(text: str, is_above: bool) -> str:
    plain = fold(text)
    if plain.startswith(("(bang chu", "bang chu")):
        return "BANG_CHU"
    if plain.startswith(("(kem theo", "kem theo")):
        return "KEM_THEO"
    if _DATED.match(plain) and len(plain) < LONGEST_DATE:
        return "NGAY_BC" if is_above else "NGAY_KY"
    if is_above and plain.startswith(("ky bao cao", "(ky bao cao", "ky:")):
        return "KY"
    return "DVT" if is_above and is_unit_line(text) else ""


def _anchor(sheet: Sheet, row: int, column: int) -> tuple[int, int]:
    for reference in sheet.merges:
        area = Area.parse(reference)
        if (row, column) in area:
            return area.top, area.left
    return row, column
