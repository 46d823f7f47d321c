"""The stored text of a cell in an OOXML sheet -> its value. Read `CellReader`.

Strings and numbers come again and again, so what they mean is worked out once each.
"""

from __future__ import annotations

from collections.abc import Sequence

from thidua_xl.grid.formats import DATE, NUMBER, Styles
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.row_shapes import ShapedCell, shapes_of
from thidua_xl.grid.table_cells import Extra
from thidua_xl.grid.value_table import ValueTable
from thidua_xl.grid.values import dated, digits_lost, iso_moment, number
from thidua_xl.grid.xlsx_strings import clean
from thidua_xl.model import CellError, Invalid, Value

_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)


class CellReader:
    """Turns the stored text of cells into values, for one workbook."""

    def __init__(self, strings: Sequence[str], styles: Styles, *, from_1904: bool, limits: Limits = DEFAULT) -> None:
        self.strings = strings
        self.limits = limits
        self._styles = styles
        self._from_1904 = from_1904
        self._telling = styles.telling
        self.count = 0
        self._blank_code: int | None = None
        self.table = ValueTable(list(strings))
        self.shapes = shapes_of(styles)
        self.codes = (
            SharedCodes(strings),
            NumberCodes(self.table),
            DayCodes(self.table, from_1904=from_1904),
            WordCodes(self.table, limits),
        )

    def style(self, text: bytes | str) -> int:
        """The style number; cells without one have style 0. A style that is not there counts as plain."""
        index = int(text) if text else 0
        return index if index < len(self._styles.kinds) else -1

    @property
    def blank_code(self) -> int:
        """The code of nothing, for a formula that shows none yet."""
        if self._blank_code is None:
            self._blank_code = self.table.code(None)
        return self._blank_code

    def is_uncalculated(self, cell: ShapedCell) -> bool:
        """Whether a cell with a formula stores no result, and its look tells nothing that is kept beside a value."""
        return cell.stored in (None, -1) and cell.kind in ("", "n") and self.style(cell.style) not in self._telling

    def extra(self, style: int, formula: str | None, raw: str, *, is_text: bool) -> Extra | None:
        """What is to be kept beside the value, None when nothing is."""
        shown = font = ""
        if style in self._telling:
            shown, font = self._styles.formats[style], self._styles.fonts[style]
        if is_text:
            shown = ""
        else:
            font = ""
        if formula is None and not shown and not font and not raw:
            return None
        return Extra(formula, shown, font, raw)

    def number(self, text: str, style: int) -> tuple[Value, str]:
        """(value, raw text when digits were lost) of a numeric cell."""
        found = number(text)
        kind = self._styles.kinds[style] if style >= 0 and self._styles.kinds else NUMBER
        raw = text if len(text) > 15 and digits_lost(text) else ""
        if kind == DATE:
            return dated(found, kind, from_1904=self._from_1904, text=text), raw
        return found, raw

    def shared(self, text: str, part: str, cell: str) -> str:
        """The shared string of an index; an index outside the table is damage, never somebody else's string."""
        if text.isascii() and text.isdigit():
            index = int(text)
            if index < len(self.strings):
                return self.strings[index]
        raise refuse("bad_reference", part=part, cell=cell)

    def typed(self, kind: str, text: str, part: str, cell: str) -> Value:
        """The value of a cell that is no number and no shared string."""
        if kind == "b":
            return {"1": True, "0": False, "true": True, "false": False}.get(text, Invalid(text))
        if kind == "e":
            return CellError(text if text in _ERRORS else "#VALUE!")
        if kind == "d":
            return iso_moment(text)
        if kind in ("str", "inlineStr"):
            return text
        raise refuse("bad_sheet", part=part, cell=cell)

    def value(self, kind: str, text: str, style: int, part: str, cell: str) -> tuple[Value, str]:
        """(value, raw text when digits were lost) of a cell of that type; an empty text is blank."""
        if kind in ("", "n"):
            return self.number(text, style) if text.strip() else (None, "")
        if kind == "s":
            found: Value = self.shared(text, part, cell) if text else None
        else:
            found = self.typed(kind, text, part, cell) if text else None
        if isinstance(found, str) and len(found) > self.limits.text:
            raise refuse("too_many_cells", part=part)
        return (None if found == "" and isinstance(found, str) else found), ""

    def counted(self, part: str, more: int = 1) -> None:
        """Refuse when more cells came than any office form holds."""
        self.count += more
        if self.count > self.limits.cells:
            raise refuse("too_many_cells", part=part)


class QuickCodes(dict[bytes, int]):
    """Codes of values by the text that is stored in a cell. KeyError for a text that needs a closer look."""

    def find(self, text: bytes) -> int | None:
        """The code, None for a text that needs a closer look."""
        try:
            return self[text]
        except KeyError:
            return None


class SharedCodes(QuickCodes):
    """Shared strings by their index; a string table's texts have its indexes as codes. Empty texts are not in it."""

    def __init__(self, strings: Sequence[str]) -> None:
        super().__init__(zip(_indexes(len(strings)), range(len(strings)), strict=False))
        if "" in strings:
            for index, text in enumerate(strings):
                if not text:
                    del self[b"%d" % index]


class NumberCodes(QuickCodes):
    """Plain numbers of at most 15 letters, each put into the table once."""

    def __init__(self, table: ValueTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, text: bytes) -> int:
        if len(text) > _QUICK_LETTERS or not text.isascii():
            raise KeyError(text)
        value = self._value(text.decode())
        if isinstance(value, Invalid):
            raise KeyError(text)
        code = self[text] = self._table.code(value)
        return code

    def _value(self, text: str) -> Value:
        return number(text)


class DayCodes(NumberCodes):
    """The same for numbers in cells with a date format."""

    def __init__(self, table: ValueTable, *, from_1904: bool) -> None:
        super().__init__(table)
        self._from_1904 = from_1904

    def _value(self, text: str) -> Value:
        return dated(number(text), DATE, from_1904=self._from_1904, text=text)


class WordCodes(QuickCodes):
    """Texts that stand in the cells themselves, as results of formulas do. Empty ones are not in it."""

    def __init__(self, table: ValueTable, limits: Limits) -> None:
        super().__init__()
        self._table = table
        self._letters = limits.text

    def __missing__(self, stored: bytes) -> int:
        text = clean(stored, "")
        if not text or len(text) > self._letters:
            raise KeyError(stored)
        code = self[stored] = self._table.code(text)
        return code


class FormulaTexts(dict[bytes, Extra]):
    """What stands beside the value of a cell that has a formula and nothing else to tell; the first ones are kept."""

    def __init__(self) -> None:
        super().__init__()
        self._letters = 0

    def __missing__(self, stored: bytes) -> Extra:
        found = Extra(clean(stored, ""))
        self._letters += len(stored)
        if self._letters < _KEPT_LETTERS:
            self[stored] = found
        return found


FORMULAS = FormulaTexts()
_KEPT_LETTERS = 1 << 20
# More may hold more digits than a double: then the stored text is kept beside the value.
_QUICK_LETTERS = 15
_INDEXES: list[bytes] = []


def _indexes(count: int) -> Sequence[bytes]:
    """The numbers from 0 as they are written; the first ones are kept."""
    if count > 20_000:
        return [b"%d" % index for index in range(count)]
    _INDEXES.extend(b"%d" % index for index in range(len(_INDEXES), count))
    return _INDEXES
