"""Live checks as Excel formulas: the fault of one cell, for colouring, and how many there are, for counting.

Read `Speaker`. A check that cannot be said to Excel is left to the button and the batch check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.geometry import NOTHING_ROW, TableGeometry
from thidua_xl.forms.live_checks import LiveCheck, Sort, limits_of
from thidua_xl.forms.prefill import locked_fields
from thidua_xl.forms.validation import SPELLINGS, list_name
from thidua_xl.formula import CannotSay, Kind, LiveBook, cell_formula, fault_formula, tokenize
from thidua_xl.formula.live_book import cleaned, exactly, is_among, literal
from thidua_xl.formula.rule_words import table_name
from thidua_xl.model import Field, FieldKind, Form
from thidua_xl.refs import column_letters, quote_sheet
from thidua_xl.text import FLAG_WORDS, YES_WORDS

# A row no table reaches: a formula is said once for it, then written for every row.
_ROW = 987_654
NOTHING_CELL = f"$A${NOTHING_ROW}"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says checks in the cells of one workbook."""

    book: LiveBook
    geometries: Mapping[str, TableGeometry]
    choices: Choices
    _said: dict[LiveCheck, tuple[str | None, str | None]] = field(default_factory=dict)

    def fault(self, check: LiveCheck, row: int, *, elsewhere: bool = False) -> str | None:
        """TRUE where the cell in that sheet row is wrong, without `=`; None when it cannot be said to Excel.

        It stands on the form's own sheet, or `elsewhere` on the helper sheet with the form's named in every address.
        """
        if check not in self._said:
            said = self._fault(check)
            self._said[check] = said, None if said is None else self._elsewhere(check, said)
        text = self._said[check][elsewhere]
        return None if text is None else text.replace(str(_ROW), str(row))

    def place(self, check: LiveCheck) -> tuple[str, int, int]:
        """(column letters, first row, last row) of the cells a check speaks of."""
        if check.sort is Sort.LEFT_EMPTY:
            return "A", NOTHING_ROW, NOTHING_ROW
        column = self.book.tables[table_name(check.form.code)].columns[check.field.code]
        if column.row is not None:
            return column.letter, column.row, column.row
        geometry = self.geometries[check.form.code]
        return column.letter, geometry.first_row, geometry.last_row if check.by_row else geometry.first_row

    def _elsewhere(self, check: LiveCheck, said: str) -> str:
        """What was said for the form's own sheet as it stands on the helper sheet, which knows what was written."""
        text = on_sheet(said, check.form.sheet)
        if not check.by_row:
            return text
        written = on_sheet(self.written(check.form), check.form.sheet)
        return text.replace(written, f"${self.asked_column(check.form)}{_ROW}")

    def _fault(self, check: LiveCheck) -> str | None:
        asked = self.asked(check) if check.by_row else ""
        if check.sort is not Sort.FORMULA:
            # An error value in the cell is no fault of these; it must not make their counts errors.
            return f"IFERROR({_joined(asked, self._cell_fault(check))},FALSE)"
        home = table_name(check.form.code)
        try:
            return fault_formula(check.condition.formula, self.book, home, _ROW, asked)
        except CannotSay:
            return None

    def _cell_fault(self, check: LiveCheck) -> str:
        if check.sort is Sort.LEFT_EMPTY:
            return f'AND({cleaned(NOTHING_CELL)}="",{self._all_written(check.form)}=0)'
        cell = self.address(check.form, check.field)
        typed = cleaned(cell)
        if check.sort is Sort.REQUIRED:
            return f'{typed}=""'
        if check.sort is Sort.NUMBER:
            return f'AND(ISTEXT({cell}),{typed}<>"")'
        if check.sort is Sort.WHOLE:
            return f"AND(ISNUMBER({cell}),{cell}<>INT({cell}))"
        if check.sort is Sort.DATE:
            return f'AND({typed}<>"",NOT(ISNUMBER({cell})))'
        if check.sort is Sort.FLAG:
            return f'AND({typed}<>"",NOT({is_among(typed, FLAG_WORDS)}))'
        if check.sort is Sort.LIST:
            return f'AND({typed}<>"",ISERROR(MATCH({exactly(typed)},{self._spellings(check)},0)))'
        return f"IF(ISNUMBER({cell}),OR({','.join(_outside(check, cell))}),FALSE)"

    def counting(self, check: LiveCheck) -> str | None:
        """1 for each wrong cell of the field, as one array over its column; None for formulas and single cells."""
        if check.sort is Sort.FORMULA or not check.by_row:
            return None
        geometry = self.geometries[check.form.code]
        letter = column_letters(geometry.column(check.field.code))
        cells = f"{quote_sheet(check.form.sheet)}!${letter}${geometry.first_row}:${letter}${geometry.last_row}"
        typed = cleaned(cells)
        if check.sort is Sort.REQUIRED:
            wrong = f'{typed}=""'
        elif check.sort is Sort.NUMBER:
            wrong = f'ISTEXT({cells})*({typed}<>"")'
        elif check.sort is Sort.WHOLE:
            wrong = f"ISNUMBER({cells})*({cells}<>INT({cells}))"
        elif check.sort is Sort.DATE:
            wrong = f'({typed}<>"")*(1-ISNUMBER({cells}))'
        elif check.sort is Sort.FLAG:
            wrong = f'({typed}<>"")*{_no_tick(typed)}'
        elif check.sort is Sort.LIST:
            wrong = f'({typed}<>"")*ISERROR(MATCH({exactly(typed)},{self._spellings(check)},0))'
        else:
            outside = "+".join(f"({test})" for test in _outside(check, cells))
            wrong = f"ISNUMBER({cells})*(({outside})>0)"
        # 1 divided by no, or by an error value, is no number: one such cell must not make the whole count an error.
        return f"ISNUMBER(1/({wrong}))*({{asked}}>0)"

    def validation(self, check: LiveCheck, row: int) -> str | None:
        """The rule for Data Validation of a cell that decides it alone; None when other cells have a say."""
        if check.sort is not Sort.FORMULA or check.program is None:
            return None
        used = {column for table, column in check.program.columns_used if table == table_name(check.form.code)}
        if used != {check.field.code} or not (check.program.row_columns or not check.by_row):
            return None
        others = {table for table, _ in check.program.columns_used} - {table_name(check.form.code)}
        if any(self.book.tables[name].sheet for name in others if name in self.book.tables):
            return None
        try:
            return cell_formula(check.condition.formula, self.book, table_name(check.form.code), row)
        except CannotSay:
            return None

    def asked(self, check: LiveCheck) -> str:
        """Whether the row is asked: it holds something the unit wrote, and is the first of its group where values
        are given once per group.
        """
        written = f"{self.written(check.form)}>0"
        group = check.form.field(check.field.once_per)
        if group is None:
            return written
        geometry = self.geometries[check.form.code]
        letter = column_letters(geometry.column(group.code))
        return f"{written},COUNTIF(${letter}${geometry.first_row}:${letter}{_ROW},${letter}{_ROW})=1"

    def written(self, form: Form, row: int = _ROW) -> str:
        """How many cells of a row the unit wrote in: serial numbers and cells filled in beforehand aside, and cells
        with nothing but blanks.
        """
        return "+".join(_filled(f"${first}{row}:${last}{row}") for first, last in written_columns(form))

    def asked_column(self, form: Form) -> str:
        """The letters of the helper sheet's column that holds `written` for each row of the form."""
        return column_letters(list(self.geometries).index(form.code) + 1)

    def address(self, form: Form, one: Field, row: int = _ROW) -> str:
        """The cell of a field in a sheet row."""
        column = self.book.tables[table_name(form.code)].columns[one.code]
        return f"${column.letter}${column.row}" if column.row is not None else f"${column.letter}{row}"

    def understood_cell(self, form: Form, one: Field, row: int) -> str:
        """What the words of a choice or tick mean: its label, or the word of a tick; the words themselves when nobody
        knows.
        """
        column = self.book.tables[table_name(form.code)].columns[one.code]
        seen = cleaned(f"{quote_sheet(form.sheet)}!${column.letter}{row}")
        if column.spelled is not None:
            spellings, _, labels = column.spelled
            return f"IFERROR(INDEX({labels},MATCH({exactly(seen)},{spellings},0)),{seen})"
        if column.tick is None:
            return seen
        yes, no = map(literal, column.tick)
        return f"IF({is_among(seen, YES_WORDS)},{yes},IF({is_among(seen, FLAG_WORDS)},{no},{seen}))"

    def _all_written(self, form: Form) -> str:
        geometry = self.geometries[form.code]
        first, last = geometry.first_row, geometry.last_row
        return "+".join(_filled(f"${left}${first}:${right}${last}") for left, right in written_columns(form))

    def _spellings(self, check: LiveCheck) -> str:
        offer = self.choices.offer(check.field)
        return list_name(offer.name if offer is not None else "", SPELLINGS)


def written_columns(form: Form) -> list[tuple[str, str]]:
    """(first, last) letters of each run of columns that the unit fills in."""
    locked = locked_fields(form)
    runs: list[tuple[int, int]] = []
    for number, one in enumerate(form.fields, start=1):
        if one.kind is FieldKind.SERIAL or one.code in locked:
            continue
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return [(column_letters(first), column_letters(last)) for first, last in runs]


def on_sheet(formula: str, sheet: str) -> str:
    """The formula with its own sheet's name before every address that has none, to stand on another sheet."""
    before = quote_sheet(sheet) + "!"
    return "".join(
        before + token.text if token.kind is Kind.REFERENCE and "!" not in token.text else token.text
        for token in tokenize(formula)
    )


def _filled(cells: str) -> str:
    """How many of the cells hold more than blanks; an error value counts, as it does for COUNTA."""
    return f'SUMPRODUCT(1-ISNUMBER(1/({cleaned(cells)}="")))'


def _no_tick(typed: str) -> str:
    """Whether the words are neither a yes nor a no."""
    return f"(1-{is_among(typed, FLAG_WORDS)})"


def _outside(check: LiveCheck, cells: str) -> list[str]:
    if check.sort is Sort.NOT_NEGATIVE:
        return [f"{cells}<0"]
    low, high = limits_of(check.field)
    tests = [f"{cells}<{literal(low)}"] if low is not None else []
    if low is not None:
        # What is negative is told by the rule against negative numbers.
        tests = [f"({cells}<{literal(low)})*({cells}>=0)"]
    return tests + ([f"{cells}>{literal(high)}"] if high is not None else [])


def _joined(asked: str, fault: str) -> str:
    return f"AND({asked},{fault})" if asked else fault
