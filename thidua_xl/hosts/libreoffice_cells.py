"""Cell values and formulas as LibreOffice keeps them, in the words of Excel and xlwings. Read `read_block`.

LibreOffice knows numbers and texts only: dates and truth values are numbers of a format, errors a state of a formula.
The formats of a block are asked once, not cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from thidua_xl.hosts.blocks import blocks
from thidua_xl.hosts.libreoffice_office import load_uno

if TYPE_CHECKING:
    from thidua_xl.hosts.libreoffice_sheets import Sheet

NULL_DATE = datetime(1899, 12, 30)
_DAY = timedelta(days=1)

# com.sun.star.util.NumberFormat, com.sun.star.sheet: FormulaResult, CellFlags, AddressConvention.
_DATE, _TIME, _LOGICAL = 2, 4, 1024
_ERROR_RESULT = 4
_FORMULAS = 16
_EXCEL_ADDRESSES = 3
_ERRORS = {503: "#NUM!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A"}

# A formula of plain addresses, numbers, texts, signs and these functions is spelled alike in both programs, but for the
# comma between arguments and the sheet before an address.
_SIMPLE = re.compile(
    r"""=(?:[A-Za-z]+(?=\()|(?:'[^'!\[\]]+'!)?\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?![0-9A-Za-z_.(])|[0-9]+(?:\.[0-9]+)?|"[^"]*"|"""
    r"""[-+*/(),:<>=])+"""
)
_UNLIKE = re.compile(r"""("[^"]*")|('[^']+')!|,""")
_TEXTS = re.compile(r"""("[^"]*"|'[^']+')""")
_CALLED = re.compile(r"([A-Za-z]+)\(")
_SPELLED_ALIKE = frozenset(
    {"ABS", "AND", "AVERAGE", "COUNT", "COUNTA", "COUNTIF", "IF", "MAX", "MIN", "OR", "ROUND", "SUM", "SUMIF"}
)


class ErrorText(str):
    """An error value of a cell, such as `#DIV/0!`."""

    __slots__ = ()


class Formula(str):
    """A formula on its way into a cell."""

    __slots__ = ()


class FormedNumber(float):
    """A date or truth value on its way into a cell: a number, and a format of its kind for a cell that has another."""

    kind: int


class DateNumber(FormedNumber):
    """A date: its serial number."""

    kind = 2


class TruthNumber(FormedNumber):
    """A truth value: 1 or 0."""

    kind = 1024


def read_block(document: Any, block: Any) -> list[list[object]]:
    """The values of a block: float, str, bool, datetime, `ErrorText`, None for blank."""
    rows: list[list[object]] = [[None if one == "" else one for one in row] for row in block.DataArray]
    top, left = block.RangeAddress.StartRow, block.RangeAddress.StartColumn
    for kind, area in _formatted(document, block):
        for row in range(area.StartRow - top, area.EndRow - top + 1):
            for column in range(area.StartColumn - left, area.EndColumn - left + 1):
                value = rows[row][column]
                if isinstance(value, float):
                    rows[row][column] = bool(value) if kind & _LOGICAL else NULL_DATE + value * _DAY
    for area in block.queryFormulaCells(_ERROR_RESULT).RangeAddresses:
        for row in range(area.StartRow, area.EndRow + 1):
            for column in range(area.StartColumn, area.EndColumn + 1):
                code = block.getCellByPosition(column - left, row - top).getError()
                rows[row - top][column - left] = ErrorText(_ERRORS.get(code, "#VALUE!"))
    return rows


def write_block(sheet: Sheet, top: int, left: int, values: Sequence[Sequence[object]]) -> None:
    """Write a block (0-based corner) at once, then its formulas and the dates whose cells are not formed as dates."""
    plain = tuple(tuple("" if isinstance(one, Formula) else one for one in row) for row in values)
    sheet.rove(top, left, top + len(plain) - 1, left + len(plain[0]) - 1).setDataArray(plain)
    formed: dict[tuple[int, int], FormedNumber] = {}
    formulas: dict[tuple[int, int], Formula] = {}
    for row, line in enumerate(values, top):
        for column, one in enumerate(line, left):
            if isinstance(one, Formula):
                formulas[row, column] = one
            elif isinstance(one, FormedNumber):
                formed[column, row] = one
    if formulas:
        _write_formulas(sheet, formulas)
    if formed:
        _form(sheet, formed)


def _write_formulas(sheet: Sheet, formulas: Mapping[tuple[int, int], Formula]) -> None:
    """Write formulas by (row, column): simple ones by rectangles, others one by one."""
    simple = {place: own for place, one in formulas.items() if (own := _as_libreoffice_spells(one)) is not None}
    for top, left, rows in blocks(simple):
        cells = sheet.rove(top, left, top + len(rows) - 1, left + len(rows[0]) - 1)
        cells.setFormulaArray(tuple(map(tuple, rows)))
    for (row, column), one in formulas.items():
        if (row, column) not in simple:
            cell = sheet.native.getCellByPosition(column, row)
            set_formula(sheet.book.parser, cell, cell_address(sheet.number, row, column), one)


def _as_libreoffice_spells(formula: str) -> str | None:
    """The formula in LibreOffice's own spelling when the two differ in little, else None."""
    if not _SIMPLE.fullmatch(formula):
        return None
    if not {one.upper() for one in _CALLED.findall(_TEXTS.sub("", formula))} <= _SPELLED_ALIKE:
        return None
    return _UNLIKE.sub(lambda found: found[1] or (f"${found[2]}." if found[2] else ";"), formula)


def _as_excel_spells(formula: str) -> str | None:
    """The way back: Excel's spelling of a formula that LibreOffice gave, when it is a simple one, else None."""
    if "," in formula or "." in _TEXTS.sub("", formula):
        return None
    again = formula.replace(";", ",") if '"' not in formula else formula
    return again if _as_libreoffice_spells(again) == formula else None


def as_written(value: object) -> object:
    """A value on its way into a cell, as Excel would take it: a text that begins with `=` is a formula, an apostrophe
    at the beginning makes the rest a text and is not part of it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return TruthNumber(value)
    if isinstance(value, datetime):
        return DateNumber((value.replace(tzinfo=None) - NULL_DATE) / _DAY)
    if isinstance(value, date):
        return DateNumber((datetime(value.year, value.month, value.day) - NULL_DATE).days)
    if isinstance(value, str):
        if value.startswith("'"):
            return value[1:]
        return Formula(value) if value.startswith("=") and len(value) > 1 else value
    return float(value)  # type: ignore[arg-type]  # int, Decimal or a number of numpy; anything else raises here


def cell_address(sheet: int, row: int, column: int) -> Any:
    """The UNO address of a cell (0-based), made without asking LibreOffice."""
    made = load_uno().createUnoStruct("com.sun.star.table.CellAddress")
    made.Sheet, made.Row, made.Column = sheet, row, column
    return made


def set_formula(parser: Any, cell: Any, address: Any, formula: str) -> None:
    """Write a formula in Excel's spelling into a cell, whose address it is."""
    cell.setTokens(parser.parseFormula(formula.removeprefix("="), address))


def formulas_of(parser: Any, block: Any) -> list[list[str]]:
    """What Excel's edit line would show for each cell: a formula as Excel spells it, else the content, "" for blank."""
    found = [[str(one) for one in row] for row in block.getFormulaArray()]
    if not any(text.startswith("=") for line in found for text in line):
        return found
    corner = block.RangeAddress
    for area in block.queryContentCells(_FORMULAS).RangeAddresses:  # a text may begin like a formula
        for row in range(area.StartRow - corner.StartRow, area.EndRow - corner.StartRow + 1):
            for column in range(area.StartColumn - corner.StartColumn, area.EndColumn - corner.StartColumn + 1):
                text = _as_excel_spells(found[row][column])
                if text is None:
                    cell = block.getCellByPosition(column, row)
                    text = "=" + str(parser.printFormula(cell.getTokens(), cell.getCellAddress()))
                found[row][column] = text
    return found


def format_key(document: Any, code: str) -> int:
    """The key of a number format given in English, made when the document does not have it."""
    locale = load_uno().createUnoStruct("com.sun.star.lang.Locale")
    locale.Language, locale.Country = "en", "US"
    formats = document.NumberFormats
    key = formats.queryKey(code, locale, False)
    return int(key if key >= 0 else formats.addNew(code, locale))


def formula_parser(document: Any) -> Any:
    """What reads and writes formulas in Excel's spelling for a document; making it costs more than using it."""
    made = document.createInstance("com.sun.star.sheet.FormulaParser")
    made.CompileEnglish = True
    made.FormulaConvention = _EXCEL_ADDRESSES
    return made


def _form(sheet: Sheet, numbers: dict[tuple[int, int], FormedNumber]) -> None:
    """Give the cells of these numbers, by (column, row), a format of their kind if theirs is another."""
    runs: list[list[tuple[int, int]]] = []
    for column, row in sorted(numbers):
        if runs and runs[-1][-1] == (column, row - 1) and numbers[runs[-1][-1]].kind == numbers[column, row].kind:
            runs[-1].append((column, row))
        else:
            runs.append([(column, row)])
    formats = sheet.document.NumberFormats
    locale = load_uno().createUnoStruct("com.sun.star.lang.Locale")
    kinds: dict[int, int] = {}
    for run in runs:
        (column, first), kind = run[0], numbers[run[0]].kind
        spans = [(first, run[-1][1])]
        # Cells that are formed differently give the format of none of them: they are asked one by one.
        if len(run) > 1 and sheet.rove(first, column, run[-1][1], column).getUniqueCellFormatRanges().Count > 1:
            spans = [(row, row) for _, row in run]
        for top, bottom in spans:
            part = sheet.rove(top, column, bottom, column)
            key = int(part.NumberFormat)
            if key not in kinds:
                kinds[key] = int(formats.getByKey(key).Type)
            if not kinds[key] & kind:
                # The short date of the user's language, which is also what Excel gives a date in an unformed cell.
                part.NumberFormat = formats.getStandardFormat(kind, locale)


def _formatted(document: Any, block: Any) -> Iterator[tuple[int, Any]]:
    """(type, area) of the parts of a block that are formed as dates, times or truth values."""
    formats = document.NumberFormats
    for same in block.getUniqueCellFormatRanges():
        kind = formats.getByKey(same.getByIndex(0).NumberFormat).Type
        if kind & (_DATE | _TIME | _LOGICAL):
            for area in same.getRangeAddresses():
                yield kind, area
