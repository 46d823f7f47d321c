"""A sheet of the criteria book as rows that can be asked by heading. Read `read_table`, then `Row`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from thidua_xl.forms.folding import clean, fold_heading
from thidua_xl.forms.headings import SheetSpec
from thidua_xl.forms.problems import Problems
from thidua_xl.model import Book, CellError, Place, Sheet, Validity, Value
from thidua_xl.refs import cell_name
from thidua_xl.text import fold, nearest

# Headings stand in row 3; a row added or removed above them must not break the book.
HEADING_SEARCH_ROWS = 12

_NAME_PART = re.compile(r"[A-Za-z0-9_.]+\Z")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_VIETNAMESE_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")
_YES = frozenset({"1", "x", "co", "true", "dung", "yes"})
_NO = frozenset({"0", "khong", "false", "sai", "no"})

Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet. Reading a cell wrongly filled notes a problem and gives the default."""

    sheet: Sheet
    number: int
    columns: Mapping[str, int]
    problems: Problems

    def place(self, heading: str) -> Place:
        """Where the cell of that heading stands."""
        column = self.columns.get(heading, 1)
        return Place(self.sheet.name, cell_name(self.number, column))

    def value(self, heading: str) -> Value:
        """The cell as stored; None when blank or when the sheet has no such column."""
        column = self.columns.get(heading)
        if column is None:
            return None
        value = self.sheet.value(self.number, column)
        if isinstance(value, str):
            return clean(value) or None
        return value

    def text(self, heading: str) -> str:
        """The cell as text, "" when blank; a whole number loses no digit and gains no point."""
        value = self.value(heading)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, CellError):
            self.problems.add(self.place(heading), "cell_error", value.code)
            return ""
        return str(value)

    def code(self, heading: str) -> str:
        """The cell as a code; blanks inside it are a fault, because no formula could name it."""
        text = self.text(heading)
        if text and re.search(r"\s", text):
            self.problems.add(self.place(heading), "blank_in_code", text)
        return text

    def name_code(self, heading: str) -> str:
        """The cell as a code that becomes part of a defined name (TD_S05, TD_DM_DVT, TD_CD_nguong)."""
        text = self.code(heading)
        if text and not re.search(r"\s", text) and not _NAME_PART.match(text):
            self.problems.add(self.place(heading), "bad_name_code", text)
        return text

    def formula(self, heading: str) -> str:
        """A formula kept as text, with its `=`; "" when blank. One typed as a live formula is taken as written."""
        column = self.columns.get(heading)
        cell = None if column is None else self.sheet.cells.get((self.number, column))
        if cell is not None and cell.formula:
            return "=" + clean(cell.formula).lstrip("=")
        return self.text(heading)

    def needed_text(self, heading: str) -> str:
        """The cell as text; a blank one is a fault."""
        text = self.text(heading)
        if not text:
            self.problems.add(self.place(heading), "blank_cell", expected=heading)
        return text

    def codes(self, heading: str) -> tuple[str, ...]:
        """The codes in the cell, separated by `;`."""
        return _split(self.text(heading), ";")

    def names(self, heading: str) -> tuple[str, ...]:
        """The names in the cell, separated by `|`."""
        return _split(self.text(heading), "|")

    def flag(self, heading: str, default: bool) -> bool:
        """1 or 0 as truth; `default` when blank."""
        text = fold(self.text(heading))
        if not text:
            return default
        if text in _YES or text in _NO:
            return text in _YES
        self.problems.add(self.place(heading), "bad_flag", self.text(heading), expected="1, 0")
        return default

    def number_or_none(self, heading: str) -> Decimal | None:
        """The cell as an exact number; None when blank."""
        value = self.value(heading)
        if value is None:
            return None
        if isinstance(value, bool):
            return Decimal(int(value))
        if isinstance(value, (int, Decimal)):
            return Decimal(value)
        if isinstance(value, str) and _NUMBER.match(value):
            return Decimal(value)
        self.problems.add(self.place(heading), "bad_number", self.text(heading))
        return None

    def whole_or_none(self, heading: str) -> int | None:
        """The cell as a whole number; None when blank."""
        number = self.number_or_none(heading)
        if number is None:
            return None
        if number != number.to_integral_value():
            self.problems.add(self.place(heading), "not_whole", self.text(heading))
            return None
        return int(number)

    def day_or_none(self, heading: str) -> date | None:
        """The cell as a date; None when blank. A date typed as text is taken when it can be read in one way only."""
        value = self.value(heading)
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        taken = _day_from_text(value) if isinstance(value, str) else None
        if taken is None:
            self.problems.add(self.place(heading), "bad_date", self.text(heading))
        else:
            self.problems.warn(self.place(heading), "date_as_text", self.text(heading), expected=taken.isoformat())
        return taken

    def validity(self) -> Validity:
        """Hiệu lực từ, Hiệu lực đến of the row."""
        start, end = self.day_or_none("Hiệu lực từ"), self.day_or_none("Hiệu lực đến")
        if start is not None and end is not None and end < start:
            self.problems.add(
                self.place("Hiệu lực đến"), "ends_before_start", end.isoformat(), expected=start.isoformat()
            )
        return Validity(start, end)

    def choice(self, heading: str, kinds: type[Choice], default: Choice) -> Choice:
        """The member of an enumeration whose value stands in the cell; `default` when blank or unknown."""
        text = self.text(heading)
        if not text:
            return default
        by_fold = {fold(str(kind.value)): kind for kind in kinds}
        found = by_fold.get(fold(text))
        if found is None:
            known = tuple(str(kind.value) for kind in kinds)
            self.problems.add(self.place(heading), "unknown_choice", text, expected=", ".join(known), known=known)
            return default
        return found

    def pairs(self, heading: str) -> dict[str, str]:
        """`name=value; …` as a dictionary; quotes protect a `;`."""
        found: dict[str, str] = {}
        for part in _split_outside_quotes(self.text(heading)):
            name, mark, value = part.partition("=")
            if not mark or not name.strip():
                self.problems.add(self.place(heading), "bad_pair", part, expected="tên=giá trị")
            elif name.strip() in found:
                self.problems.add(self.place(heading), "pair_twice", name.strip())
            else:
                found[name.strip()] = value.strip()
        return found

    def pairs_or_text(self, heading: str, text_name: str) -> dict[str, str]:
        """As `pairs`; what has no `=` is kept whole under `text_name`."""
        parts = _split_outside_quotes(self.text(heading))
        words = [part for part in parts if "=" not in part]
        found = {part.partition("=")[0].strip(): part.partition("=")[2].strip() for part in parts if "=" in part}
        return found | ({text_name: "; ".join(words)} if words else {})


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one sheet. `name` is the sheet's own name, `heading_row` its 1-based heading row (0: no sheet)."""

    spec: SheetSpec
    name: str = ""
    heading_row: int = 0
    rows: tuple[Row, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.heading_row > 0


def read_table(book: Book, spec: SheetSpec, problems: Problems) -> Table:
    """The sheet's rows below its headings; an empty table (and a problem, when it is needed) without the sheet."""
    named = [sheet for sheet in book.sheets if fold(sheet.name) == fold(spec.name)]
    if not named:
        if spec.needed:
            others = tuple(sheet.name for sheet in book.sheets)
            problems.add(Place(spec.name), "missing_sheet", spec.name, known=others)
        return Table(spec)
    if len(named) > 1:
        problems.add(Place(named[1].name), "sheet_twice", named[1].name, expected=named[0].name)
    sheet = named[0]
    heading_row, columns = _find_headings(sheet, spec)
    if not heading_row:
        problems.add(Place(sheet.name), "no_headings", expected=", ".join(spec.required))
        return Table(spec)
    _report_headings(sheet, spec, heading_row, columns, problems)
    rows = tuple(Row(sheet, number, columns, problems) for number in _row_numbers(sheet, heading_row))
    key = spec.key
    kept = []
    for row in rows:
        if row.value(key) is not None:
            kept.append(row)
        elif any(row.value(heading) is not None for heading in spec.required):
            problems.warn(row.place(key), "row_without_key", expected=key)
    return Table(spec, sheet.name, heading_row, tuple(kept), columns)


def report_unknown_sheets(book: Book, specs: Iterable[SheetSpec], problems: Problems) -> None:
    """A sheet whose name is nearly that of a missing one is a slip of the pen, not a sheet to ignore."""
    present = {fold(sheet.name) for sheet in book.sheets}
    known = {fold(spec.name) for spec in specs}
    missing = tuple(spec.name for spec in specs if fold(spec.name) not in present)
    for sheet in book.sheets:
        near = nearest(sheet.name, missing) if fold(sheet.name) not in known else None
        if near and abs(len(near) - len(sheet.name)) <= 2:
            problems.add(Place(sheet.name), "sheet_name", sheet.name, known=(near,))


def _row_numbers(sheet: Sheet, heading_row: int) -> list[int]:
    return sorted({row for row, _ in sheet.cells if row > heading_row})


def _find_headings(sheet: Sheet, spec: SheetSpec) -> tuple[int, dict[str, int]]:
    """The row (and columns) that holds most of the headings; (0, {}) when none holds the key."""
    top: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        if row <= HEADING_SEARCH_ROWS and isinstance(cell.value, str):
            top.setdefault(row, {})[column] = clean(cell.value)
    best: tuple[int, dict[str, int]] = (0, {})
    for number in sorted(top):
        columns = _match_headings(top[number], spec)
        if len(columns) > len(best[1]) and len(columns) >= min(2, len(spec.required)):
            best = (number, columns)
    return best


def _match_headings(texts: Mapping[int, str], spec: SheetSpec) -> dict[str, int]:
    """Heading -> column. A heading is met as written first, then without its remark in brackets."""
    columns: dict[str, int] = {}
    taken: set[int] = set()
    for same in (fold, fold_heading):
        for heading in spec.headings:
            if heading in columns:
                continue
            for column in sorted(texts):
                if column not in taken and same(texts[column]) == same(heading):
                    columns[heading] = column
                    taken.add(column)
                    break
    return columns


def _report_headings(
    sheet: Sheet, spec: SheetSpec, heading_row: int, columns: Mapping[str, int], problems: Problems
) -> None:
    taken = set(columns.values())
    others = {
        column: clean(cell.value)
        for (row, column), cell in sheet.cells.items()
        if row == heading_row and column not in taken and isinstance(cell.value, str)
    }
    for heading in spec.required:
        if heading not in columns:
            problems.add(Place(sheet.name, cell_name(heading_row, 1)), "missing_column", heading, known=others.values())
    absent = tuple(heading for heading in spec.headings if heading not in columns)
    for column, text in others.items():
        place = Place(sheet.name, cell_name(heading_row, column))
        twin = next((heading for heading in columns if fold(heading) == fold(text)), "")
        if twin:
            problems.add(place, "column_twice", text, expected=cell_name(heading_row, columns[twin]))
            continue
        near = nearest(text, absent)
        if near and near not in spec.required and abs(len(near) - len(text)) <= 2:
            problems.warn(place, "column_name", text, known=(near,))


def _split(text: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark) if part.strip())


def _split_outside_quotes(text: str) -> list[str]:
    """The parts between `;`, those inside double quotes aside."""
    parts: list[str] = [""]
    quoted = False
    for letter in text:
        if letter == '"':
            quoted = not quoted
        if letter == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _day_from_text(text: str) -> date | None:
    """ISO, or dd/mm/yyyy as Vietnamese papers write it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    found = _VIETNAMESE_DATE.match(text)
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None
