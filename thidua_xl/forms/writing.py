"""Model values into the cells of a workbook being made, digit by digit. Read `put`, `put_formula`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from thidua_xl.errors import UsageProblem
from thidua_xl.forms.choices import Choices
from thidua_xl.forms.validation import flag_words
from thidua_xl.model import CellError, Field, FieldKind, Invalid, Value
from thidua_xl.refs import cell_name

# What Excel keeps of a number, and of a text.
_DIGITS = 15
_LETTERS = 32_767


class FormSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet whose formulas are written as they stand.

    XlsxWriter looks each formula through for some forty newer functions, which takes most of the time of a workbook
    with thousands of formulas; ours carry the prefixes of such functions already.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def add_sheet(book: Workbook, name: str) -> Worksheet:
    """A new worksheet of that name, at the right of the others."""
    return book.add_worksheet(name, worksheet_class=FormSheet)


def shown(field: Field, value: Value, choices: Choices) -> Value:
    """What stands in the field's cell for a model value: labels for codes, the word for a tick."""
    if isinstance(value, bool):
        yes, no = flag_words(field) if field.kind is FieldKind.FLAG else ("x", "")
        return yes if value else no or None
    if isinstance(value, str):
        return choices.label(field, value)
    return value


def put(sheet: Worksheet, row: int, column: int, value: Value, look: Format) -> None:
    """Write a value at a 1-based place; text is always text, even `=1+1`.

    Raises UsageProblem for a number of more than 15 digits or a text longer than a cell takes: Excel would change it.
    """
    place = (row - 1, column - 1)
    if isinstance(value, (CellError, Invalid)):
        value = value.code if isinstance(value, CellError) else value.seen
    if value is None or value == "":
        sheet.write_blank(*place, None, look)
    elif isinstance(value, str):
        if len(value) > _LETTERS:
            raise UsageProblem("forms.text_too_long", cell=cell_name(row, column), length=len(value))
        sheet.write_string(*place, value, look)
    elif isinstance(value, bool):
        sheet.write_boolean(*place, value, look)
    elif isinstance(value, (int, Decimal)):
        sheet.write_number(*place, exact(value, row, column), look)
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, value, look)
    else:
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day), look)


def put_formula(sheet: Worksheet, row: int, column: int, formula: str, value: Value, look: Format) -> None:
    """Write a formula with its result, so that readers that do not calculate see it too."""
    cached: object = value
    if value is None:
        cached = ""
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        cached = exact(value, row, column)
    elif isinstance(value, date):
        cached = value.isoformat()
    sheet.write_formula(row - 1, column - 1, formula, look, cached)


def exact(value: int | Decimal, row: int, column: int) -> int | Decimal:
    """The number as XlsxWriter is to write it: it prints 16 digits of a float, but a Decimal as it is."""
    number = Decimal(value)
    if not number.is_finite() or len(number.normalize().as_tuple().digits) > _DIGITS:
        raise UsageProblem("forms.too_many_digits", cell=cell_name(row, column), number=str(value))
    return int(number) if number == number.to_integral_value() else number
