"""The stored text of a cell in an OOXML sheet -> its value. Read `CellReader`.

Addresses, styles and strings come again and again, so what they mean is worked out once each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from thidua_xl.grid.formats import DATE, NUMBER, Styles
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra
from thidua_xl.grid.values import dated, digits_lost, iso_moment, number
from thidua_xl.model import CellError, Invalid, Value
from thidua_xl.refs import column_number, parse_cell

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
        self.meanings = Meanings(self)
        self.shared_texts = SharedTexts(self)

    def is_plain(self, style: int) -> bool:
        """Whether a style changes nothing about what a value means."""
        if style in self._telling:
            return False
        return style < 0 or not self._styles.kinds or self._styles.kinds[style] != DATE

    def style(self, text: bytes | str) -> int:
        """The style number; cells without one have style 0. A style that is not there counts as plain."""
        index = int(text) if text else 0
        return index if index < len(self._styles.kinds) else -1

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


class Columns(dict[bytes, int]):
    """Column numbers by their letters, worked out once each."""

    def __missing__(self, letters: bytes) -> int:
        try:
            found = self[letters] = column_number(letters.decode("ascii"))
        except ValueError:
            raise refuse("bad_sheet", part="", cell=letters.decode("ascii", "replace")) from None
        return found


COLUMNS = Columns()


class Places(dict[bytes, int]):
    """row << 15 | column of an address, worked out once each; emptied before it grows large."""

    def __missing__(self, address: bytes) -> int:
        try:
            row, column = parse_cell(address.decode("ascii"))
        except ValueError:
            raise refuse("bad_sheet", cell=address.decode("ascii", "replace")) from None
        if len(self) > 100_000:
            self.clear()
        found = self[address] = row << 15 | column
        return found


PLACES = Places()


class SharedTexts(dict[bytes, str]):
    """Shared strings by their index as it is written in a cell."""

    def __init__(self, reader: CellReader) -> None:
        super().__init__({b"%d" % index: text for index, text in enumerate(reader.strings)})
        self._reader = reader

    def __missing__(self, index: bytes) -> str:
        return self._reader.shared(index.decode("utf-8", "replace"), "", "")


STRING, WHOLE = "string", "whole"
_ATTRIBUTES = re.compile(rb'(?: s="([0-9]{1,5})")?(?: t="([a-zA-Z]{1,9})")?(?: s="([0-9]{1,5})")?\Z')
Meaning = str | tuple[bytes, bytes] | None


class Meanings(dict[bytes, Meaning]):
    """What the attributes of a cell (` s="3" t="s"`) say about its value; asked once each.

    STRING and WHOLE when a shared string or whole number may be taken as it is, (style, type) when the value
    needs a look, None when the attributes are not in the usual spelling.
    """

    def __init__(self, reader: CellReader) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, attributes: bytes) -> Meaning:
        found = self[attributes] = self._ask(attributes)
        return found

    def _ask(self, attributes: bytes) -> Meaning:
        parts = _ATTRIBUTES.match(attributes)
        if parts is None:
            return None
        style, kind = parts[1] or parts[3] or b"", parts[2] or b""
        if self._reader.is_plain(self._reader.style(style)):
            if kind == b"s":
                return STRING
            if kind in (b"", b"n"):
                return WHOLE
        return style, kind


def attribute_parts(attributes: bytes) -> tuple[bytes, bytes]:
    """(style, type) of the attributes of a cell in the usual spelling."""
    parts = _ATTRIBUTES.match(attributes)
    return (parts[1] or parts[3] or b"", parts[2] or b"") if parts is not None else (b"", b"")
