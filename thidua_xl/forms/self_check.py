"""The hidden sheet behind "Tự kiểm tra" of a unit workbook: plain formulas, no macro.

Each live check has a column on the hidden sheet: how many cells it finds wrong and the first of them. A check that
looks at a whole row has its verdict in that row too. Read `write_helper`; `self_check_sheet` shows it to people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from thidua_xl.forms.geometry import TableGeometry
from thidua_xl.forms.live_checks import LiveCheck, understood_columns
from thidua_xl.forms.live_formulas import Speaker, on_sheet
from thidua_xl.forms.live_marks import Live
from thidua_xl.forms.live_values import Judge
from thidua_xl.forms.live_words import mend_of, message_of
from thidua_xl.forms.writing import add_sheet
from thidua_xl.model import Form, Severity
from thidua_xl.model.products import HELPER_SHEET
from thidua_xl.refs import column_letters, column_number, quote_sheet

CODE, LEVEL, SHEET, LETTER, COUNT, FIRST, RUNNING, MESSAGE, MEND = range(1, 10)
# Farther down than any sheet row: what "no wrong cell" looks like while the least row is sought.
_NONE = 10_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One check's column (`letter`) on the hidden sheet, with its results for the values the workbook is made with.

    `at` is the column of the form's own sheet that the check speaks of, `wrong` the 0-based rows found wrong, `first`
    the first of them as a sheet row (0: none).
    """

    check: LiveCheck
    letter: str
    at: str
    wrong: frozenset[int]
    first: int
    message: str
    mend: str

    @property
    def count(self) -> int:
        """How many cells are wrong."""
        return len(self.wrong)

    @property
    def level(self) -> str:
        """LOI or CANH_BAO."""
        return self.check.rule.severity.value


class Helper:
    """The hidden sheet as planned: `columns` of every check that can be said, errors before warnings."""

    def __init__(self, forms: Sequence[Form], live: Live, judge: Judge) -> None:
        self.live = live
        self.judge = judge
        self.tables = [form for form in forms if form.code in live.speaker.geometries]
        self.understood = understood_columns(live.checks, self.tables)
        self.columns = tuple(self._columns())

    def _columns(self) -> Iterator[Column]:
        speaker, judge = self.live.speaker, self.judge
        number = len(self.tables) + len(self.understood) + 1
        ordered = sorted(self.live.checks, key=lambda check: check.rule.severity is not Severity.ERROR)
        for check in ordered:
            if speaker.fault(check, 1) is None:
                continue
            number += 1
            at, first_row, _ = speaker.place(check)
            wrong = judge.wrong(check)
            yield Column(
                check=check,
                letter=column_letters(number),
                at=at,
                wrong=frozenset(wrong),
                first=first_row + wrong[0] if wrong else 0,
                message=message_of(check, judge.unit, judge.period),
                mend=mend_of(check, judge.unit, judge.period),
            )


def write_helper(book: Workbook, helper: Helper) -> None:
    """Write the hidden sheet."""
    sheet = add_sheet(book, HELPER_SHEET)
    asked = _write_asked(sheet, helper)
    _write_understood(sheet, helper)
    running = 0
    for place, column in enumerate(helper.columns):
        running += column.count > 0
        left = helper.columns[place - 1].letter if place else ""
        _write_column(sheet, column, helper.live.speaker, asked)
        before = f"{left}{RUNNING}+" if left else ""
        formula = f"={before}IF({column.letter}{COUNT}>0,1,0)"
        sheet.write_formula(f"{column.letter}{RUNNING}", formula, None, running)
    sheet.very_hidden()


def _write_asked(sheet: Worksheet, helper: Helper) -> dict[str, str]:
    """A column per table: how many cells the unit wrote in each row. Form code -> the column's data cells."""
    found: dict[str, str] = {}
    for number, form in enumerate(helper.tables):
        geometry = helper.live.speaker.geometries[form.code]
        letter = helper.live.speaker.asked_column(form)
        sheet.write_string(CODE - 1, number, form.code)
        asked = set(helper.judge.asked(form))
        for index in range(geometry.rows):
            row = geometry.first_row + index
            text = on_sheet(helper.live.speaker.written(form, row), form.sheet)
            count = helper.judge.written(form, index) if index in asked else 0
            sheet.write_formula(row - 1, number, f"={text}", None, count)
        found[form.code] = f"{HELPER_SHEET}!${letter}${geometry.first_row}:${letter}${geometry.last_row}"
    return found


def understood_addresses(
    checks: Sequence[LiveCheck], forms: Sequence[Form], geometries: Mapping[str, TableGeometry]
) -> dict[tuple[str, str], str]:
    """Where the hidden sheet says what choices and ticks mean: (form, field) -> the column's data cells.

    They stand behind the columns that count what was written.
    """
    tables = [form for form in forms if form.code in geometries]
    found = {}
    for number, (form, one) in enumerate(understood_columns(checks, tables), start=len(tables) + 1):
        geometry, letter = geometries[form.code], column_letters(number)
        found[form.code, one.code] = f"{HELPER_SHEET}!${letter}${geometry.first_row}:${letter}${geometry.last_row}"
    return found


def _write_understood(sheet: Worksheet, helper: Helper) -> None:
    """A column per choice or tick that rules count over: what its words mean, row by row."""
    for number, (form, one) in enumerate(helper.understood, start=len(helper.tables)):
        geometry = helper.live.speaker.geometries[form.code]
        sheet.write_string(CODE - 1, number, f"{form.code}.{one.code}")
        for index in range(geometry.rows):
            row = geometry.first_row + index
            text = helper.live.speaker.understood_cell(form, one, row)
            sheet.write_formula(row - 1, number, f"={text}", None, helper.judge.understood(form, one, index))


def _write_column(sheet: Worksheet, column: Column, speaker: Speaker, asked: Mapping[str, str]) -> None:
    check, letter, at = column.check, column.letter, column.at
    _, first_row, last_row = speaker.place(check)
    counting = speaker.counting(check)
    if counting is not None:
        array = counting.format(asked=asked[check.form.code])
        rows = f"ROW({quote_sheet(check.form.sheet)}!${at}${first_row}:${at}${last_row})"
        count = f"SUMPRODUCT({array})"
        least = f"IF({letter}{COUNT}=0,0,SUMPRODUCT(MIN({rows}+{_NONE}*(1-({array})))))"
    elif check.by_row:
        cells = f"{letter}${first_row}:{letter}${last_row}"
        for row in range(first_row, last_row + 1):
            text = speaker.fault(check, row, elsewhere=True) or "FALSE"
            sheet.write_formula(f"{letter}{row}", f"={text}", None, row - first_row in column.wrong)
        count = f"COUNTIF({cells},TRUE)"
        least = f"IFERROR(MATCH(TRUE,{cells},0)+{first_row - 1},0)"
    else:
        text = speaker.fault(check, first_row, elsewhere=True) or "FALSE"
        count, least = f"IF({text},1,0)", f"IF({letter}{COUNT}>0,{first_row},0)"
    texts = {
        CODE: check.rule.code,
        LEVEL: column.level,
        SHEET: check.form.sheet,
        LETTER: at,
        MESSAGE: column.message,
        MEND: column.mend,
    }
    number = column_number(letter) - 1
    for row, text in texts.items():
        sheet.write_string(row - 1, number, text)
    sheet.write_formula(COUNT - 1, number, f"={count}", None, column.count)
    sheet.write_formula(FIRST - 1, number, f"={least}", None, column.first)
