"""LibreOffice as oracle: formulas over a table of dirty rows, in our language, worked out there as cells.

`DIRTY` is the table; `ask_libreoffice(formulas)` gives one list of results per formula.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import xlsxwriter

from thidua_xl.formula import Kind, tokenize
from thidua_xl.model import CellError, Value
from thidua_xl.refs import column_letters

BASE = datetime(1899, 12, 30)
FIRST_ROW = 2

# A control character as a file writes it.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")

# Functions that a file must name with a prefix.
_NEW = {"CONCAT", "TEXTJOIN", "IFS", "SWITCH", "XOR", "IFNA", "MAXIFS", "MINIFS", "NUMBERVALUE", "DAYS", "UNICODE"}
_NEW |= {"UNICHAR", "ISOWEEKNUM", "STDEV.S", "STDEV.P", "VAR.S", "VAR.P", "RANK.EQ", "CEILING.MATH", "FLOOR.MATH"}


def dirty_table(rows: int, seed: int = 7) -> dict[str, list[Value]]:
    """Columns as units fill them: blanks, numbers as text, blanks around, other case, marks, wildcards."""
    rng = random.Random(seed)
    names = ["Đặng Văn A", "đặng văn a", "ĐẶNG VĂN A", " Lò Thị B ", "Lò Thị B", "Giàng  A Páo", "giàng a páo", "x*y"]
    names += ["a?b", "abc", "ABC", "tổng cộng", "Ưu tiên", "ưu tiên", "12/KH-SKHCN", "Ô", "ổ", "~tilde"]
    numbers: list[Value] = [*range(-3, 21), "5", " 7 ", "1.5", "abc", "12%", "1,234", "1e3", None, None, None]

    def pick(values: Sequence[Value]) -> Value:
        return rng.choice(values)

    start = date(2024, 11, 15)
    return {
        "a": [pick(numbers) for _ in range(rows)],
        "b": [pick([*range(-5, 40), None, None]) for _ in range(rows)],
        "c": [pick([*names, None]) for _ in range(rows)],
        "d": [pick([start + timedelta(rng.randrange(900)), None]) for _ in range(rows)],
        "e": [pick([True, False, None]) for _ in range(rows)],
        "g": [pick(["TIEN", "tien", "HIEN_VAT", "NGAY_CONG", None]) for _ in range(rows)],
        "h": [pick([1, 2, "x", None, CellError("#N/A"), CellError("#DIV/0!")]) for _ in range(rows)],
        "k": [f"MA{rng.randrange(rows * 2):05d}" for _ in range(rows)],
        "m": [rng.randrange(1, 100_000) * 1000 for _ in range(rows)],
    }


def ask_libreoffice(
    formulas: Sequence[str], table: dict[str, list[Value]], folder: Path, convert: Callable[[Path, str], Path]
) -> list[list[Value]]:
    """The results of each formula for each row, as LibreOffice works them out; `convert` is the fixture.

    Dates come as serial numbers, empty texts as None, errors as CellError.
    """
    height = len(next(iter(table.values())))
    source = folder / "asked.xlsx"
    book = xlsxwriter.Workbook(str(source))
    data = book.add_worksheet("D")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for column, (code, values) in enumerate(table.items()):
        data.write_string(0, column, code)
        for row, value in enumerate(values, start=FIRST_ROW - 1):
            _write(data, row, column, value, day)
    sheet = book.add_worksheet("F")
    plain = book.add_format({"num_format": "General"})
    columns = list(table)
    for column, text in enumerate(formulas):
        for row in range(FIRST_ROW, FIRST_ROW + height):
            # An empty cached value makes LibreOffice work the cell out.
            sheet.write_formula(row - 1, column, as_cells(text, columns, row, height), plain, "")
    book.close()
    answered = openpyxl.load_workbook(convert(source, "xlsx"), data_only=True, read_only=True)
    results: list[list[Value]] = [[] for _ in formulas]
    for cells in answered["F"].iter_rows(
        min_row=FIRST_ROW, max_row=FIRST_ROW + height - 1, max_col=len(formulas), values_only=True
    ):
        for column in range(len(formulas)):
            results[column].append(_taken(cells[column] if column < len(cells) else None))
    answered.close()
    return results


def agrees(ours: Value, theirs: Value) -> bool:
    """Whether two results are the same to a reader of the sheet: 13 digits, blank as 0 or "".

    LibreOffice writes several of its errors into a file as #VALUE!, so these count as one.
    """
    if isinstance(ours, CellError) or isinstance(theirs, CellError):
        merged = {"#VALUE!", "#NUM!", "#REF!"}
        codes = {one.code for one in (ours, theirs) if isinstance(one, CellError)}
        both = isinstance(ours, CellError) and isinstance(theirs, CellError)
        return both and (len(codes) == 1 or codes <= merged)
    if isinstance(ours, datetime):
        ours = Decimal((ours - BASE) / timedelta(1))
    elif isinstance(ours, date):
        ours = (ours - BASE.date()).days
    if ours is None or ours == "":
        return theirs is None or (ours is None and theirs == 0)
    if isinstance(ours, bool) or isinstance(theirs, bool) or isinstance(ours, str):
        return type(ours) is type(theirs) and ours == theirs
    if not isinstance(theirs, (int, float)) or not isinstance(ours, (int, Decimal)):
        return False
    return abs(float(ours) - theirs) <= 1e-13 * max(abs(float(ours)), abs(theirs), 1e-12)


def as_cells(text: str, columns: Sequence[str], row: int, height: int) -> str:
    """A rule over table T as a formula over the cells of sheet D, for one row."""
    out: list[str] = []
    for token in tokenize(text):
        word = token.text
        if token.kind is Kind.STRUCTURED:
            code = word[word.index("[") + 1 : -1]
            if code.startswith("@"):
                word = f"D!${column_letters(columns.index(code[1:]) + 1)}{row}"
            else:
                first, _, last = code.replace("[", "").replace("]", "").partition(":")
                left, right = (column_letters(columns.index(one) + 1) for one in (first, last or first))
                word = f"D!${left}${FIRST_ROW}:${right}${FIRST_ROW + height - 1}"
        elif token.kind is Kind.FUNCTION and word.upper() in _NEW:
            word = f"_xlfn.{word}"
        out.append(word)
    return "".join(out)


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: Value, day: xlsxwriter.format.Format
) -> None:
    if isinstance(value, CellError):
        sheet.write_formula(row, column, "=NA()" if value.code == "#N/A" else "=1/0", None, value.code)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    elif isinstance(value, date):
        sheet.write_number(row, column, (value - BASE.date()).days, day)
    elif value is not None:
        sheet.write_number(row, column, float(value))  # type: ignore[arg-type]  # only numbers are left


def _taken(value: object) -> Value:
    if isinstance(value, str):
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        return CellError(value) if value.startswith("#") and value[-1] in "!?A" else value or None
    if isinstance(value, datetime):
        passed = value - BASE
        return passed.days if not passed.seconds else passed.days + passed.seconds / 86400  # type: ignore[return-value]  # compared as number
    return value  # type: ignore[return-value]  # bool, int, float or None
