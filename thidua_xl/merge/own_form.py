"""A form that the units fill themselves, added up as it stands: same rows by their words, lists one below the other.

Read `gather` first. Columns are found by their headers (or codes) on each unit's sheet and rows by their code or
words, so that moved rows and columns do not matter. What cannot be added is a finding, never a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal

from thidua_xl.grid import rows_of
from thidua_xl.grid.rowkinds import is_blank
from thidua_xl.merge.measures import is_amount, plain
from thidua_xl.merge.own_places import UnitSheet, column_key, unit_sheets
from thidua_xl.messages import say
from thidua_xl.model import Book, Finding, Severity, Sheet, Source, Value
from thidua_xl.model.mapping import ColumnRole, MappedColumn, MappedTable, TableUse
from thidua_xl.refs import cell_name, column_number, parse_cell
from thidua_xl.text import Ambiguous, Blank, NumberContext, column_style, fold, is_unit_line, money_unit, parse_number

KEYS = (ColumnRole.CODE, ColumnRole.LABEL, ColumnRole.SERIAL)
# Words that forms print where a cell takes no number.
NO_FIGURE = frozenset({"khong", "x", "...", "…", "-"})
# A row of percentages or averages: its cells are worked out anew, never added up.
_RATIO_ROW = re.compile(r"(ty le|ti le|binh quan|lai suat|so binh quan)\b")
# Rows above a table in which its unit of money stands.
ABOVE = 4
# A row of numbers below the headers, whatever its order: A, (1), 4=2+3.
_NUMBERING = re.compile(r"\s*[(\[]?([A-ZĐ]|\d{1,2})[)\]]?\s*(=.*)?")
_END = re.compile(r"(\(?(ky|ky ten|chu ky)\b|noi nhan|nguoi (lap|tong hop|ky)|.*\bngay\b.*\bthang\b.*\bnam\b|help\b)")
Key = tuple[str, ...]


@dataclass(slots=True)
class Gathered:
    """What the units gave for one table.

    `sums` maps (template row, column letter) to the cells added there; `entries` are the rows of a list, each by
    column letter; `rows` counts the rows that went in by file; `written` are the number texts as the units write them;
    `unadded` are columns of words (by letter) in which a unit writes numbers, with the first that does; `worded` are
    the findings about a list's cells that are no numbers, by letter, `figures` the number of its cells that are.
    """

    table: MappedTable
    sheets: list[UnitSheet] = field(default_factory=list)
    sums: dict[tuple[int, str], list[Source]] = field(default_factory=dict)
    entries: list[dict[str, Source]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    written: list[str] = field(default_factory=list)
    numbers: int = 0
    unadded: dict[str, UnitSheet] = field(default_factory=dict)
    worded: dict[str, list[Finding]] = field(default_factory=dict)
    figures: Counter[str] = field(default_factory=Counter)


def gather(table: MappedTable, template: Sheet, books: Sequence[Book], others: Sequence[MappedTable] = ()) -> Gathered:
    """Every unit's figures for a table of the template, in the order of `books`.

    `others` are the further tables of the same template sheet: what is theirs is not taken for this one.
    """
    gathered = Gathered(table)
    places = _Places(table, template)
    gathered.findings += [_ratio_row(template, row) for row in places.ratios]
    for book in books:
        sheets = list(unit_sheets(table, book, others))
        if not sheets:
            gathered.findings.append(_finding("no_table", book, "", "", Severity.ERROR, bang=table.sheet))
        for one in sheets:
            gathered.sheets.append(one)
            differing = _other_unit(template, table.header_top, one)
            if differing is not None:
                gathered.findings.append(differing)
            else:
                _take(gathered, places, one)
    gathered.findings += _unadded(gathered, template)
    gathered.findings += _worded(gathered, template)
    return gathered


class _Places:
    """The rows of the template's table by what is written in them."""

    def __init__(self, table: MappedTable, template: Sheet) -> None:
        self.keys = [one for one in table.columns if one.role in KEYS and one.letter]
        codes = [one for one in self.keys if one.role is ColumnRole.CODE]
        # A column of row codes that fills every row tells the rows by itself.
        rows = range(table.first, table.last + 1)
        self.only = next((one for one in codes if _tells_apart([_text(template, row, one) for row in rows])), None)
        self.by_key: dict[Key, list[int]] = {}
        self.by_words: dict[str, list[int]] = {}
        self.ratios: list[int] = []
        for row in rows if table.use is TableUse.SUM else ():
            key = self.key(lambda one, at=row: _text(template, at, one))  # type: ignore[misc]  # a bound row
            if any(key):
                self.by_key.setdefault(key, []).append(row)
                self.by_words.setdefault(self.words(key), []).append(row)
            labels = " ".join(_text(template, row, one) for one in self.keys if one.role is ColumnRole.LABEL)
            if _RATIO_ROW.match(labels.strip()):
                self.ratios.append(row)
        self.alone = sorted(alike[0] for alike in self.by_key.values() if len(alike) == 1)

    def key(self, text: Callable[[MappedColumn], str]) -> Key:
        """What tells a row from the others."""
        return (text(self.only),) if self.only is not None else tuple(text(one) for one in self.keys)

    def words(self, key: Key) -> str:
        """The longest of a row's words, for rows that are numbered in another way."""
        return max(key, key=len, default="")

    def row(self, key: Key, above: int, used: Set[int]) -> int | None:
        """The template row of a unit's row. `above` is the template row of the last one that is like no other, `used`
        are the rows that the unit has given: of rows that read alike ("Trong đó: nữ") the next below the same one is
        meant.
        """
        rows = self.by_key.get(key)
        if rows is None:
            words = self.by_words.get(self.words(key), [])
            return words[0] if len(words) == 1 and len(self.words(key)) > 1 else None
        if len(rows) == 1:
            return rows[0]
        return next((row for row in rows if row not in used and self.above(row) == above), None)

    def above(self, row: int) -> int:
        """The nearest row above that is like no other, 0 when there is none."""
        return max((one for one in self.alone if one < row), default=0)


def _tells_apart(codes: Sequence[str]) -> bool:
    return all(codes) and len(set(codes)) == len(codes)


def _text(sheet: Sheet, row: int, column: MappedColumn) -> str:
    value = sheet.value(row, column_number(column.letter))
    return "" if value is None else fold(str(value))


def _take(gathered: Gathered, places: _Places, one: UnitSheet) -> None:
    table, found = gathered.table, one.found
    columns = {
        column.letter: at for column in table.columns if (at := found.columns.get(column_key(column))) is not None
    }
    if places.only is not None and places.only.letter not in columns:
        columns[places.only.letter] = _code_column(one.sheet, places) or column_number(places.only.letter)
    start = max(found.header_rows[1], found.number_row or 0, found.code_row or 0) + 1
    rows = rows_of(one.sheet)
    numbers = [column for column in table.columns if column.role is ColumnRole.NUMBER and column.letter in columns]
    # Only what stands where numbers are asked: "1.1" in front of a row says nothing of how figures are written.
    places_of_numbers = [columns[column.letter] for column in numbers]
    texts = (values.get(at) for row, values in rows.items() if row >= start for at in places_of_numbers)
    style = column_style(value for value in texts if isinstance(value, str))
    context = NumberContext(decimal=style.decimal, grouping=style.grouping)
    gathered.findings += _no_columns(table, one, columns)
    end = _end(one, rows)
    if table.use is TableUse.APPEND:
        _take_list(gathered, one, [at for at in found.data_rows if at < end], columns, context)
        gathered.findings += _passed_over(one, end)
        return
    used: set[int] = set()
    above = 0
    words = [column for column in table.columns if column.role is ColumnRole.TEXT and column.letter in columns]
    for row in sorted(at for at in rows if start <= at < end):
        values = rows[row]
        first = next((str(value) for _, value in sorted(values.items()) if not is_blank(value)), "")
        if _END.match(fold(first)):
            break
        key = places.key(lambda column, at=row: _shown(one.sheet, at, columns.get(column.letter)))  # type: ignore[misc]  # a bound row
        if not any(key) or (row <= start + 1 and all(_NUMBERING.fullmatch(str(value)) for value in values.values())):
            continue
        target = places.row(key, above, used)
        if target is None or target in used:
            if any(_has_figure(values.get(columns[column.letter])) for column in numbers):
                said = " ".join(filter(None, key))
                kind = "unknown_row" if target is None else "row_again"
                gathered.findings.append(
                    _finding(kind, one.book, one.sheet.name, cell_name(row, 1), Severity.ERROR, dong=said)
                )
            continue
        used.add(target)
        above = target if target in places.alone else above
        gathered.rows[one.book.file] += 1
        for letter in (column.letter for column in words if is_amount(values.get(columns[column.letter]))):
            gathered.unadded.setdefault(letter, one)
        for column in numbers if target not in places.ratios else ():
            source = _number(gathered, one, row, columns[column.letter], context)
            if source is not None:
                gathered.sums.setdefault((target, column.letter), []).append(source)


def _has_figure(value: Value) -> bool:
    return is_amount(value) or (isinstance(value, str) and any(map(str.isdigit, value)))


def _other_unit(template: Sheet, header: int, one: UnitSheet) -> Finding | None:
    """The unit of money that stands above the table, when the sheet's is another than the template's."""
    asked, given = _money_above(template, header), _money_above(one.sheet, one.found.header_rows[0])
    if asked is None or given is None or asked[1] == given[1]:
        return None
    values = {"a": asked[0], "b": given[0]}
    return _finding("other_unit", one.book, one.sheet.name, given[2], Severity.ERROR, **values)


def _money_above(sheet: Sheet, header: int) -> tuple[str, int, str] | None:
    """Words, factor in đồng and place of the nearest ĐVT line above a header row."""
    rows = rows_of(sheet)
    for row in range(header - 1, max(0, header - ABOVE), -1):
        for column, value in sorted(rows.get(row, {}).items()):
            if isinstance(value, str) and is_unit_line(value) and (found := money_unit(value)) is not None:
                return *found, cell_name(row, column)
    return None


def _end(one: UnitSheet, rows: Mapping[int, Mapping[int, Value]]) -> int:
    """The row in which the next table begins, with its title: the table's rows stand above it."""
    if not one.end:
        return max(rows, default=0) + 1
    end = one.end
    while len(above := rows.get(end - 1, {})) == 1 and all(isinstance(value, str) for value in above.values()):
        end -= 1
    return end


def _no_columns(table: MappedTable, one: UnitSheet, columns: Mapping[str, int]) -> list[Finding]:
    """Columns of numbers that this sheet does not have under the template's header: they are not added."""
    missing = [
        column
        for column in table.columns
        if column.role is ColumnRole.NUMBER and column.letter not in columns and (column.header or column.code)
    ]
    at = cell_name(one.found.header_rows[0], min(one.found.columns.values()))
    return [
        _finding("no_column", one.book, one.sheet.name, at, Severity.ERROR, cot=column.header or column.code)
        for column in missing
    ]


def _unadded(gathered: Gathered, template: Sheet) -> Iterator[Finding]:
    """Columns that the mapping calls words though units write numbers there: somebody has to say which is right."""
    headers = {one.letter: one.header or one.letter for one in gathered.table.columns}
    for letter, one in sorted(gathered.unadded.items()):
        at = cell_name(gathered.table.header_bottom, column_number(letter))
        values = {"cot": headers[letter], "trang": template.name, "o": at}
        place = cell_name(one.found.header_rows[0], one.found.columns[column_key(_of(gathered.table, letter))])
        yield _finding("number_in_words", one.book, one.sheet.name, place, Severity.WARNING, **values)


def _worded(gathered: Gathered, template: Sheet) -> Iterator[Finding]:
    """Cells of a list that are no numbers: each for itself, or once for a column in which they are the most."""
    for letter, findings in sorted(gathered.worded.items()):
        if len(findings) <= max(1, gathered.figures[letter]):
            yield from findings
            continue
        column = _of(gathered.table, letter)
        at = cell_name(gathered.table.header_bottom, column_number(letter))
        values = {"cot": column.header or letter, "trang": template.name, "o": at, "so_o": str(len(findings))}
        first = findings[0]
        yield _finding("words_in_number", Book(first.file, ()), first.sheet, first.cell, Severity.ERROR, **values)


def _of(table: MappedTable, letter: str) -> MappedColumn:
    return next(one for one in table.columns if one.letter == letter)


def _code_column(sheet: Sheet, places: _Places) -> int | None:
    """The column of a sheet that holds most row codes of the template."""
    codes = {key[0] for key in places.by_key}
    hits = Counter(
        column for (_, column), cell in sheet.cells.items() if isinstance(cell.value, str) and fold(cell.value) in codes
    )
    return max(hits, key=lambda at: (hits[at], -at), default=None)


def _shown(sheet: Sheet, row: int, column: int | None) -> str:
    value = sheet.value(row, column) if column is not None else None
    return "" if value is None else fold(str(value))


def _take_list(
    gathered: Gathered, one: UnitSheet, rows: Sequence[int], columns: Mapping[str, int], context: NumberContext
) -> None:
    """The entries of a unit's list. A single text beside numbered rows is a remark ("Danh sách có 3 người")."""
    serial = next(
        (
            columns[each.letter]
            for each in gathered.table.columns
            if each.role is ColumnRole.SERIAL and each.letter in columns
        ),
        None,
    )
    is_numbered = serial is not None and any(not is_blank(one.sheet.value(row, serial)) for row in rows)
    for row in rows:
        filled = [at for at in columns.values() if not is_blank(one.sheet.value(row, at))]
        if (
            is_numbered
            and serial not in filled
            and len(filled) == 1
            and isinstance(one.sheet.value(row, filled[0]), str)
        ):
            gathered.findings.append(_row_finding("no_entry", one, row, Severity.NOTE))
        else:
            _append(gathered, one, row, columns, context)


def _passed_over(one: UnitSheet, end: int) -> Iterator[Finding]:
    """Rows that look like entries but are none of the list: below its total, or taken for a title by their place."""
    for row in one.found.after_rows:
        values = [value for value in rows_of(one.sheet).get(row, {}).values() if not is_blank(value)]
        is_remark = len(values) == 1 and isinstance(values[0], str)
        if row < end and not is_remark:
            yield _row_finding("below_total", one, row, Severity.ERROR)
    for row in one.found.rows.titles:
        yield _row_finding("no_entry", one, row, Severity.NOTE)


def _row_finding(kind: str, one: UnitSheet, row: int, severity: Severity) -> Finding:
    values = rows_of(one.sheet).get(row, {})
    at = min((column for column, value in values.items() if not is_blank(value)), default=1)
    said = " ".join(str(value) for _, value in sorted(values.items()) if not is_blank(value))
    return _finding(kind, one.book, one.sheet.name, cell_name(row, at), severity, dong=" ".join(said.split()))


def _append(gathered: Gathered, one: UnitSheet, row: int, columns: Mapping[str, int], context: NumberContext) -> None:
    entry: dict[str, Source] = {}
    for column in gathered.table.columns:
        at = columns.get(column.letter)
        if at is None or column.role in {ColumnRole.SKIP, ColumnRole.SERIAL}:
            continue
        value = one.sheet.value(row, at)
        source = None if is_blank(value) else Source(one.book.file, one.sheet.name, cell_name(row, at), value)
        if column.role is ColumnRole.NUMBER:
            # What is no number stays in the list as it was typed: a finding tells of it, and it is no part of a sum.
            told = len(gathered.findings)
            number = _number(gathered, one, row, at, context)
            gathered.worded.setdefault(column.letter, []).extend(gathered.findings[told:])
            del gathered.findings[told:]
            gathered.figures[column.letter] += number is not None
            source = number or source
        if source is not None:
            entry[column.letter] = source
    if entry and not _is_drawn_only(one.sheet, entry):
        gathered.entries.append(entry)
        gathered.rows[one.book.file] += 1


def _is_drawn_only(sheet: Sheet, entry: Mapping[str, Source]) -> bool:
    """Whether a row is a blank one of the form: nothing is written in it but formulas that come to nothing."""
    for source in entry.values():
        cell = sheet.cells.get(parse_cell(source.cell))
        if cell is None or cell.formula is None or cell.value not in (None, "", 0):
            return False
    return True


def _number(gathered: Gathered, one: UnitSheet, row: int, column: int, context: NumberContext) -> Source | None:
    """The number in a cell with its place, None for a blank one or one that is no number (then a finding says so)."""
    value: Value = one.sheet.value(row, column)
    cell = cell_name(row, column)
    if is_blank(value) or (isinstance(value, str) and fold(value) in NO_FIGURE):
        return None
    if isinstance(value, str):
        number = parse_number(value, context)
        if isinstance(number, Decimal):
            gathered.written.append(value.strip())
            return Source(one.book.file, one.sheet.name, cell, plain(number))
        if isinstance(number, Blank):
            return None
        if isinstance(number, Ambiguous):
            said = {"gia_tri": value, "a": str(number.first), "b": str(number.second)}
            gathered.findings.append(_finding("ambiguous", one.book, one.sheet.name, cell, Severity.ERROR, **said))
            return None
    elif is_amount(value):
        gathered.numbers += 1
        return Source(one.book.file, one.sheet.name, cell, plain(value))
    seen = getattr(value, "code", None) or getattr(value, "seen", None) or str(value)
    gathered.findings.append(_finding("unreadable", one.book, one.sheet.name, cell, Severity.ERROR, gia_tri=str(seen)))
    return None


def _ratio_row(template: Sheet, row: int) -> Finding:
    book = Book("", (template,))
    return _finding("ratio_row", book, template.name, cell_name(row, 1), Severity.NOTE, dong=str(row))


def _finding(kind: str, book: Book, sheet: str, cell: str, severity: Severity, **values: str) -> Finding:
    return Finding(
        code=f"MAP-{kind}",
        severity=severity,
        file=book.file,
        sheet=sheet,
        cell=cell,
        seen=values.get("gia_tri", values.get("dong", "")),
        message=say(f"mapping.finding.{kind}", "vi", **values),
        message_en=say(f"mapping.finding.{kind}", "en", **values),
        mend=say(f"mapping.finding.{kind}_do", "vi", **values),
        mend_en=say(f"mapping.finding.{kind}_do", "en", **values),
        values=values,
    )
