"""Results of cell formulas, worked out by our own formula engine where it surely says what Excel would.

Read `Recomputer.result`. Everything doubtful is left to Excel: unknown functions, ranges where Excel would take
one cell of them, texts whose look depends on the user's country, other workbooks, names with relative parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.formula.arrays import Array
from thidua_xl.formula.cells import CannotEvaluate, evaluate_in
from thidua_xl.formula.tree import Structured
from thidua_xl.formula.values import from_model
from thidua_xl.model import Value
from thidua_xl.ooxml.structured import table_area
from thidua_xl.refs import Area, split_sheet

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook

Key = tuple[str, int, int]

# Functions whose result hangs on the user's country, on the clock, or on more than values.
_LEFT_TO_EXCEL = frozenset(
    ("TEXT", "VALUE", "NUMBERVALUE", "DATEVALUE", "TIMEVALUE", "FIXED", "DOLLAR", "TODAY", "NOW", "CELL", "REGEXTEST")
)


class Unknown(Exception):
    """The result cannot be told here."""


class _First(Exception):
    """These cells must be worked out first."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys


class Recomputer:
    """Works out formulas of a workbook, given which of the stored results are stale."""

    def __init__(self, book: Workbook, stale: set[Key]) -> None:
        self._book = book
        self._stale = stale
        self._results: dict[Key, Value] = {}
        self._unknown: set[Key] = set()
        self._blocks: dict[tuple[str, Area], Array] = {}
        self._folded = {name.casefold(): name for name in book.sheetnames}
        self._names = {name.casefold(): text for name, text in book.defined_names.items()}

    def result(self, key: Key) -> Value:
        """The result of the formula in a cell. Raises Unknown."""
        waiting = [key]
        begun: set[Key] = set()
        while waiting:
            now = waiting[-1]
            if now in self._results or now in self._unknown:
                waiting.pop()
                continue
            begun.add(now)
            try:
                self._results[now] = self._run(now)
            except _First as first:
                missing = [one for one in first.keys if one not in begun]
                if len(missing) < len(first.keys):
                    self._unknown.add(now)  # a circle
                    continue
                waiting += missing
            except (CannotEvaluate, Unknown, ValueError):
                self._unknown.add(now)
        if key in self._unknown:
            raise Unknown
        return self._results[key]

    def _run(self, key: Key) -> Value:
        sheet, row, column = key
        text = self._book[sheet].plain_formula(row, column)
        if text is None:
            raise Unknown
        return evaluate_in(text, sheet, _Place(self, key), left_out=_LEFT_TO_EXCEL)

    def sheet(self, name: str) -> str | None:
        """The sheet that a formula calls so."""
        return self._folded.get(name.casefold())

    def named(self, name: str, sheet: str) -> str | None:
        """What a name stands for in a formula on `sheet`; a name of that sheet goes before the workbook's."""
        home, bare = split_sheet(name)
        target = self._names.get(f"{home or sheet}!{bare}".casefold()) or self._names.get(bare.casefold())
        return None if target is None else target.removeprefix("=")

    def table(self, node: Structured, key: Key) -> tuple[str, Area] | None:
        """The cells of a table reference in a formula."""
        return table_area(self._book, node, *key)

    def used(self, sheet: str) -> tuple[int, int]:
        """The last row and column with an element."""
        rows = self._book[sheet].xml.rows
        return rows.last_row, rows.remember("last column", rows.last_column)

    def is_plain(self, sheet: str, area: Area) -> bool:
        """Whether SUBTOTAL would take every row of an area."""
        return not self._book[sheet].has_hidden_or_subtotal(area)

    def block(self, name: str, area: Area) -> Array:
        """The values of an area; several formulas that look at it share what is remembered with it."""
        if area.top == area.bottom and area.left == area.right:
            return Array(self._values(name, area), 1, 1)
        key = (name, area)
        if key not in self._blocks:
            width, height = area.right - area.left + 1, area.bottom - area.top + 1
            self._blocks[key] = Array(self._values(name, area), height, width)
        return self._blocks[key]

    def _values(self, name: str, area: Area) -> list[Value]:
        sheet = self._book[name]
        values: list[Value] = []
        missing: list[Key] = []
        for row, column in area.places():
            key = (name, row, column)
            if key in self._results:
                values.append(from_model(self._results[key]))
                continue
            if key in self._unknown:
                raise Unknown
            value, is_known = sheet.stored_value(row, column)
            if key in self._stale or not is_known:
                missing.append(key)
            else:
                values.append(from_model(value))
        if missing:
            raise _First(missing)
        return values


class _Place:
    """A workbook as seen from the cell in which a formula stands: what `formula.cells.Cells` asks for."""

    def __init__(self, owner: Recomputer, key: Key) -> None:
        self._owner = owner
        self._key = key
        self.sheet = owner.sheet
        self.block = owner.block
        self.used = owner.used
        self.is_plain = owner.is_plain

    def named(self, name: str) -> str | None:
        return self._owner.named(name, self._key[0])

    def table(self, node: Structured) -> tuple[str, Area] | None:
        return self._owner.table(node, self._key)
