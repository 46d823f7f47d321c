"""What a unit's workbook holds, as far as rules in it are concerned. Read `LiveBook`, `LiveTable`, `LiveColumn`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from thidua_xl.model import CellError, Invalid, Value


class CannotSay(Exception):
    """The rule cannot be said in the form; `reason` is a code, `position` the place in the rule, `text` the piece.

    Reasons: `too_long`, `new_function` (not in Excel 2013), `unknown_table`, `unknown_column`, `unknown_name`,
    `unknown_code`, `shared_label`, `needs_code`, `needs_column`, `array`, `unsupported`.
    """

    def __init__(self, reason: str, position: int = 0, text: str = "") -> None:
        self.reason = reason
        self.position = position
        self.text = text
        super().__init__(reason, position, text)


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """Where a field's values are, and what its cells show.

    `letter` is the sheet column; on a form sheet `row` is the cell's row. `choices` maps codes to the labels that cells
    show (None: cells hold the value itself); `list_table` names the table whose column `list_column` holds these codes,
    when the workbook has it. `labels` (of a column of codes) names the column of the same table with their labels.
    `tick` is (yes, no) as cells show them. `numeric`: anything but a number is unreadable. `whole`: so is
    a number with decimals. `text`: what people write freely. `name` is a defined name for
    the whole column, shorter than its address.

    `spelled` are the addresses of every way to write a choice, of the code and of the label that each means; without
    them only labels are understood. `yes_words` and `flag_words` are the words taken for a yes, and for a yes or no, in
    small letters; without them only those of `tick`. `understood` is the address of a column that says for every row
    what was understood: the label, or the word of `tick`.
    """

    letter: str
    row: int | None = None
    choices: Mapping[str, str] | None = None
    list_table: str = ""
    list_column: str = "ma"
    labels: str = ""
    tick: tuple[str, str] | None = None
    numeric: bool = False
    text: bool = False
    whole: bool = False
    name: str = ""
    spelled: tuple[str, str, str] | None = None
    yes_words: tuple[str, ...] = ()
    flag_words: tuple[str, ...] = ()
    understood: str = ""


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table of the rule language in the workbook: its sheet, columns in order, first and last data row (1-based).

    `values` are columns whose one value is known when the form is made (the period, the unit, settings). `labels` are
    further spellings of columns: label -> code.
    """

    name: str
    sheet: str = ""
    columns: Mapping[str, LiveColumn] = field(default_factory=dict)
    first_row: int = 1
    last_row: int = 1
    values: Mapping[str, Value] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveBook:
    """All tables of the workbook by name, and the names that stand for settled values."""

    tables: Mapping[str, LiveTable]
    names: Mapping[str, Value] = field(default_factory=dict)


def cleaned(address: str) -> str:
    """What is typed in a cell without blanks at its ends and with single blanks within, as rules see it elsewhere."""
    return f'TRIM(SUBSTITUTE({address},"\u00a0"," "))'


def exactly(text: str) -> str:
    """A text as MATCH seeks it letter by letter: its wildcards are no wildcards."""
    return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text},"~","~~"),"*","~*"),"?","~?")'


def is_among(text: str, words: Sequence[str]) -> str:
    """Whether a text is one of the words, which are in small letters."""
    return f'ISNUMBER(FIND("|"&LOWER({text})&"|",{literal("|".join(("", *words, "")))}))'


def literal(value: Value) -> str:
    """A value as a formula writes it. A blank is an empty text."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return f"(DATE({value.year},{value.month},{value.day})+TIME({value.hour},{value.minute},{value.second}))"
    if isinstance(value, date):
        return f"DATE({value.year},{value.month},{value.day})"
    if isinstance(value, (int, Decimal)):
        text = str(value) if isinstance(value, int) else f"{value:f}"
        return text if value >= 0 else f"({text})"
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, Invalid):
        raise CannotSay("unsupported", 0, value.seen)
    return '"' + value.replace('"', '""') + '"'
