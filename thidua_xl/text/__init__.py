"""Vietnamese habits of writing: spelling, old character sets, numbers, dates, ticks, names. Pure functions.

Start with `fold` (comparing), `parse_number` and `parse_date` (values), `match_name` (units, communes, lists).
"""

from thidua_xl.text.dates import (
    AmbiguousDate,
    bare_serial_date,
    parse_date,
    parse_date_range,
    serial_date,
    shows_month_first,
)
from thidua_xl.text.flags import FLAG_WORDS, YES_WORDS, parse_flag
from thidua_xl.text.folding import INVISIBLE, fold, has_accents, nfc, same_tone, tidy
from thidua_xl.text.legacy import TCVN3, UNICODE, VNI, Legacy, charset_of_font, column_charset, convert_legacy
from thidua_xl.text.match import (
    ALIAS,
    EXACT,
    NONE,
    SUGGESTION,
    NameMatch,
    Names,
    is_misspelling,
    likeness,
    match_name,
    nearest,
)
from thidua_xl.text.money import is_unit_line, money_unit, unit_line
from thidua_xl.text.numbers import (
    BLANK,
    Ambiguous,
    Blank,
    ColumnStyle,
    NumberContext,
    column_style,
    format_number_vi,
    parse_number,
)
from thidua_xl.text.persons import plain_name
from thidua_xl.text.words import amount_in_words

__all__ = [
    "ALIAS",
    "BLANK",
    "EXACT",
    "FLAG_WORDS",
    "INVISIBLE",
    "NONE",
    "SUGGESTION",
    "TCVN3",
    "UNICODE",
    "VNI",
    "YES_WORDS",
    "Ambiguous",
    "AmbiguousDate",
    "Blank",
    "ColumnStyle",
    "Legacy",
    "NameMatch",
    "Names",
    "NumberContext",
    "amount_in_words",
    "bare_serial_date",
    "charset_of_font",
    "column_charset",
    "column_style",
    "convert_legacy",
    "fold",
    "format_number_vi",
    "has_accents",
    "is_misspelling",
    "is_unit_line",
    "likeness",
    "match_name",
    "money_unit",
    "nearest",
    "nfc",
    "parse_date",
    "parse_date_range",
    "parse_flag",
    "parse_number",
    "plain_name",
    "same_tone",
    "serial_date",
    "shows_month_first",
    "tidy",
    "unit_line",
]
