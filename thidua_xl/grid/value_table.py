"""The values of a workbook, each kept once, and cells that point at them by number. Read `CodedRows`.

A round's workbooks repeat the same words thousands of times; a number in place of each costs less to carry from the
worker than the word, and equal words arrive as one object.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from thidua_xl.model import Value

# A signed whole number of 32 bits on every system Python runs on.
CODE = "i"


@dataclass(slots=True)
class ValueTable:
    """`texts` have codes 0, 1, …; `others` (numbers, dates, errors, None, …) have codes -1, -2, …"""

    texts: list[str] = field(default_factory=list)
    others: list[Value] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)
    _listed: list[Value] = field(default_factory=list)

    def code(self, value: Value) -> int:
        """The code of a value, which is added when it is new."""
        if type(value) is not str:
            self.others.append(value)
            return -len(self.others)
        found = self._codes.get(value)
        if found is None:
            found = self._codes[value] = len(self.texts)
            self.texts.append(value)
        return found

    def listed(self) -> list[Value]:
        """The values in an order in which each code is an index: negative ones count from the end, as in Python."""
        if len(self._listed) != len(self.texts) + len(self.others):
            self._listed = [*self.texts, *reversed(self.others)]
        return self._listed


@dataclass(slots=True)
class CodedRows:
    """Rows of cells with content: `numbers` (1-based) and `columns` (1-based, ascending) of each; `codes` of all."""

    numbers: list[int] = field(default_factory=list)
    columns: list[tuple[int, ...]] = field(default_factory=list)
    codes: array[int] = field(default_factory=lambda: array(CODE))

    def add(self, number: int, columns: tuple[int, ...], codes: Iterable[int]) -> None:
        """Put a row behind the others."""
        self.numbers.append(number)
        self.columns.append(columns)
        self.codes.extend(codes)

    def rows(self, table: ValueTable) -> dict[int, dict[int, Value]]:
        """The values by row, then column."""
        # `zip` asks for a column first: at the end of a row no value is taken.
        coming = map(table.listed().__getitem__, self.codes)
        return {
            number: dict(zip(columns, coming, strict=False))
            for number, columns in zip(self.numbers, self.columns, strict=True)
        }


def coded(rows: Mapping[int, Mapping[int, Value]], table: ValueTable) -> CodedRows:
    """Rows of values as codes of a table, to which their values are added."""
    found = CodedRows()
    for number, values in rows.items():
        found.add(number, tuple(values), map(table.code, values.values()))
    return found
