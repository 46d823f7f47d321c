"""A form that the units fill themselves, added up as it stands: same rows by their words, lists one below the other.

Read `gather` first. Columns are found by their headers (or codes) on each unit's sheet and rows by their code or
words, so that moved rows and columns do not matter. What cannot be added is a finding, never a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from thidua_xl.grid import FoundTable, find_table, rows_of
from thidua_xl.grid.rowkinds import is_blank
from thidua_xl.merge.measures import is_amount, plain
from thidua_xl.messages import say
from thidua_xl.model import Book, Finding, Severity, Sheet, Source, Value
from thidua_xl.model.mapping import ColumnRole, MappedColumn, MappedTable, TableUse
from thidua_xl.refs import cell_name, column_number, parse_cell
from thidua_xl.text import Ambiguous, Blank, NumberContext, column_style, fold, parse_number

KEYS = (ColumnRole.CODE, ColumnRole.LABEL, ColumnRole.SERIAL)
# Words that forms print where a cell takes no number.
NO_FIGURE = frozenset({"khong", "x", "...", "…", "-"})
# A row of percentages or averages: its cells are worked out anew, never added up.
_RATIO_ROW = re.compile(r"(ty le|ti le|binh quan|lai suat|so binh quan)\b")
_END = re.compile(r"(\(?(ky|ky ten|chu ky)\b|noi nhan|nguoi (lap|tong hop|ky)|.*\bngay\b.*\bthang\b.*\bnam\b|help\b)")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """The sheet of one unit: `unit` is its file's name without ending, with the sheet when a file holds several."""

    unit: str
    book: Book
    sheet: Sheet
    found: FoundTable


@dataclass(slots=True)
class Gathered:
    """What the units gave for one table.

    `sums` maps (template row, column letter) to the cells added there; `entries` are the rows of a list, each by
    column letter; `rows` counts the rows that went in by file; `written` are the number texts as the units write them.
    """

    table: MappedTable
    sheets: list[UnitSheet] = field(default_factory=list)
    sums: dict[tuple[int, str], list[Source]] = field(default_factory=dict)
    entries: list[dict[str, Source]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    written: list[str] = field(default_factory=list)
    numbers: int = 0


def gather(table: MappedTable, template: Sheet, books: Sequence[Book]) -> Gathered:
    """Every unit's figures for a table of the template, in the order of `books`."""
    gathered = Gathered(table)
    places = _Places(table, template)
    gathered.findings += [_ratio_row(template, row) for row in places.ratios]
    for book in books:
        sheets = list(unit_sheets(table, book))
        if not sheets:
            gathered.findings.append(_finding("no_table", book, "", "", Severity.ERROR, bang=table.sheet))
        for one in sheets:
            gathered.sheets.append(one)
            _take(gathered, places, one)
    return gathered


def unit_sheets(table: MappedTable, book: Book) -> Iterator[UnitSheet]:
    """The sheets of a book that hold the table: the one of the template's name, else every one that fits best."""
    labels = {_name(one): _labels(one) for one in table.columns if one.letter and (one.header or one.code)}
    least = max(2, len(labels) // 2)
    serial = next((_name(one) for one in table.columns if one.role is ColumnRole.SERIAL), None)
    fits = []
    for sheet in book.sheets:
        if sheet.visible and sheet.cells:
            found = find_table(sheet, labels, least=min(least, len(labels)), serial=serial)
            if found is not None:
                fits.append((sheet, found))
    named = [one for one in fits if fold(one[0].name) == fold(table.sheet)]
    best = max((len(found.columns) for _, found in fits), default=0)
    chosen = named or [one for one in fits if len(one[1].columns) == best]
    stem = book.file.rpartition("/")[2].rpartition(".")[0] or book.file
    for sheet, found in chosen:
        unit = stem if len(chosen) == 1 else f"{stem} / {sheet.name}"
        yield UnitSheet(unit, book, sheet, found)


def _name(column: MappedColumn) -> str:
    # The name of a field counts as its code in a row of codes; a letter would be found in the row A, B, 1, 2.
    return column.code or f"cot_{column.letter}"


def _labels(column: MappedColumn) -> tuple[str, ...]:
    last = column.header.rpartition(" / ")[2]
    return tuple(dict.fromkeys(one for one in (column.header, last) if one))


class _Places:
    """The rows of the template's table by what is written in them."""

    def __init__(self, table: MappedTable, template: Sheet) -> None:
        self.keys = [one for one in table.columns if one.role in KEYS and one.letter]
        codes = [one for one in self.keys if one.role is ColumnRole.CODE]
        # A column of row codes that fills every row tells the rows by itself.
        rows = range(table.first, table.last + 1)
        self.only = next((one for one in codes if all(_text(template, row, one) for row in rows)), None)
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

    def key(self, text: Callable[[MappedColumn], str]) -> Key:
        """What tells a row from the others."""
        return (text(self.only),) if self.only is not None else tuple(text(one) for one in self.keys)

    def words(self, key: Key) -> str:
        """The longest of a row's words, for rows that are numbered in another way."""
        return max(key, key=len, default="")

    def row(self, key: Key, seen: Counter[Key]) -> int | None:
        """The template row of a unit's row; the n-th of rows that read alike is the n-th there."""
        rows = self.by_key.get(key)
        if rows is None:
            words = self.by_words.get(self.words(key), [])
            return words[0] if len(words) == 1 and len(self.words(key)) > 1 else None
        seen[key] += 1
        return rows[seen[key] - 1] if seen[key] <= len(rows) else None


def _text(sheet: Sheet, row: int, column: MappedColumn) -> str:
    value = sheet.value(row, column_number(column.letter))
    return "" if value is None else fold(str(value))


def _take(gathered: Gathered, places: _Places, one: UnitSheet) -> None:
    table, found = gathered.table, one.found
    columns = {column.letter: at for column in table.columns if (at := found.columns.get(_name(column))) is not None}
    if places.only is not None and places.only.letter not in columns:
        columns[places.only.letter] = _code_column(one.sheet, places) or column_number(places.only.letter)
    start = max(found.header_rows[1], found.number_row or 0, found.code_row or 0) + 1
    rows = rows_of(one.sheet)
    style = column_style(value for values in rows.values() for value in values.values() if isinstance(value, str))
    context = NumberContext(decimal=style.decimal)
    if table.use is TableUse.APPEND:
        for row in found.data_rows:
            _append(gathered, one, row, columns, context)
        return
    seen: Counter[Key] = Counter()
    numbers = [column for column in table.columns if column.role is ColumnRole.NUMBER and column.letter in columns]
    for row in sorted(at for at in rows if at >= start):
        values = rows[row]
        first = next((str(value) for _, value in sorted(values.items()) if not is_blank(value)), "")
        if _END.match(fold(first)):
            break
        key = places.key(lambda column, at=row: _shown(one.sheet, at, columns.get(column.letter)))  # type: ignore[misc]  # a bound row
        if not any(key):
            continue
        target = places.row(key, seen)
        if target is None:
            if any(is_amount(values.get(columns[column.letter])) for column in numbers):
                said = " ".join(filter(None, key))
                gathered.findings.append(
                    _finding("unknown_row", one.book, one.sheet.name, cell_name(row, 1), Severity.ERROR, dong=said)
                )
            continue
        gathered.rows[one.book.file] += 1
        for column in numbers if target not in places.ratios else ():
            source = _number(gathered, one, row, columns[column.letter], context)
            if source is not None:
                gathered.sums.setdefault((target, column.letter), []).append(source)


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
            source = _number(gathered, one, row, at, context) or source
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
