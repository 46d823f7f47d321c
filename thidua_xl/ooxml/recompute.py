"""Results of cell formulas, worked out by our own formula engine where it surely says what Excel would.

Read `Recomputer.result`. Everything doubtful is left to Excel: unknown functions, ranges where Excel would take
one cell of them, texts whose look depends on the user's country, other workbooks, names with relative parts.
"""

from __future__ import annotations

from decimal import localcontext
from typing import TYPE_CHECKING

from thidua_xl.formula import FormulaError
from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.compiling import Compiler
from thidua_xl.formula.lifting import NeedsRow
from thidua_xl.formula.parts import Part, Run
from thidua_xl.formula.shift import references
from thidua_xl.formula.tree import Binary, Call, Constant, Name, Node, Reference, Structured, Unary, parse, walk
from thidua_xl.formula.values import ENGINE, from_model, to_model
from thidua_xl.model import Value
from thidua_xl.ooxml.structured import table_area
from thidua_xl.refs import MAX_ROW, Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook

Key = tuple[str, int, int]
_MOST_CELLS = 200_000  # of one area

# Functions whose result hangs on the user's country, on the clock, or on more than values.
_LEFT_TO_EXCEL = frozenset(
    ("TEXT", "VALUE", "NUMBERVALUE", "DATEVALUE", "TIMEVALUE", "FIXED", "DOLLAR", "TODAY", "NOW", "CELL", "REGEXTEST")
)
# Functions to which the blank rest of a whole column makes no difference.
_BLIND_TO_BLANKS = frozenset(
    ("SUM", "COUNT", "COUNTA", "AVERAGE", "MIN", "MAX", "PRODUCT", "MEDIAN", "LARGE", "SMALL", "VLOOKUP", "MATCH",
     "INDEX", "SUMIF", "SUMIFS", "AVERAGEIF", "AVERAGEIFS", "XLOOKUP")
)  # fmt: skip
# What SUBTOTAL is asked for by these numbers is plain when no row is hidden and no other SUBTOTAL is met.
_SUBTOTALS = (1, 2, 3, 4, 5, 6, 9, 101, 102, 103, 104, 105, 106, 109)


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
        self._arrays: dict[tuple[str, Area], Array] = {}
        self._folded = {name.casefold(): name for name in book.sheetnames}

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
            except (Unknown, FormulaError, NeedsRow, ArithmeticError, ValueError, RecursionError):
                self._unknown.add(now)
        if key in self._unknown:
            raise Unknown
        return self._results[key]

    def _run(self, key: Key) -> Value:
        sheet, row, column = key
        text = self._book[sheet].plain_formula(row, column)
        if text is None:
            raise Unknown
        node = parse(text)
        self._check(node, key)
        part = Compiler(lambda leaf: self._leaf(leaf, sheet, row, column), _single).compile(node)
        with localcontext(ENGINE):
            result = part.run(Run({}, {}, None, 1))
        result = _single(result)
        if isinstance(result, (Rows, Array)):
            raise Unknown
        value = to_model(result)
        return 0 if value is None else value

    def _leaf(self, node: Structured | Reference | Name, sheet: str, row: int, column: int) -> Part:
        if isinstance(node, Reference):
            name, area = self._located(node.text, sheet)
        elif isinstance(node, Structured):
            found = table_area(self._book, node, sheet, row, column)
            if found is None:
                raise Unknown
            name, area = found
        else:
            name, area = self._named(node.text, sheet)
        return Part(lambda _: self._operand(name, area), reference=True, start=node.start)

    def _located(self, text: str, sheet: str) -> tuple[str, Area]:
        found = list(references(text))
        if len(found) != 1 or found[0].external or found[0].is_3d or found[0].end - found[0].start != len(text):
            raise Unknown
        name = self._folded.get(found[0].sheet.casefold()) if found[0].sheet else sheet
        if name is None:
            raise Unknown
        return name, found[0].area

    def _named(self, text: str, sheet: str) -> tuple[str, Area]:
        name = text.rpartition("!")[2].casefold()
        names = {key.casefold(): value for key, value in self._book.defined_names.items()}
        target = names.get(f"{sheet}!{name}".casefold()) or names.get(name)
        if target is None or target.count("$") < 2:
            raise Unknown
        return self._located(target.removeprefix("="), "")

    def _operand(self, name: str, area: Area) -> Operand:
        if area.top == area.bottom and area.left == area.right:
            return self._values(name, area)[0]
        if area.bottom == MAX_ROW and area.top < MAX_ROW:
            # Whole columns end where the sheet does; `_check` lets only functions see them that do not count blanks.
            area = Area(area.top, area.left, max(area.top, self._book[name].last_row), area.right)
        key = (name, area)
        if key not in self._arrays:
            width, height = area.right - area.left + 1, area.bottom - area.top + 1
            self._arrays[key] = Array(self._values(name, area), height, width)
        return self._arrays[key]

    def _values(self, name: str, area: Area) -> list[Value]:
        if (area.bottom - area.top + 1) * (area.right - area.left + 1) > _MOST_CELLS:
            raise Unknown
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

    def _check(self, tree: Node, key: Key) -> None:
        """Unknown for functions whose result values alone do not tell."""
        for node in walk(tree):
            if isinstance(node, Call):
                if node.name in _LEFT_TO_EXCEL:
                    raise Unknown
                if node.name == "SUBTOTAL":
                    self._check_subtotal(node, key)
                if node.name not in _BLIND_TO_BLANKS and any(self._is_whole(one, key[0]) for one in node.arguments):
                    raise Unknown

    def _is_whole(self, node: Node, sheet: str) -> bool:
        """Whether an argument is, or holds, a reference to whole columns."""
        if isinstance(node, Reference):
            return self._located(node.text, sheet)[1].bottom == MAX_ROW
        if isinstance(node, Name):
            return self._named(node.text, sheet)[1].bottom == MAX_ROW
        if isinstance(node, (Unary, Binary)):
            operands = (node.operand,) if isinstance(node, Unary) else (node.left, node.right)
            return any(self._is_whole(operand, sheet) for operand in operands)
        return False

    def _check_subtotal(self, node: Call, key: Key) -> None:
        """SUBTOTAL passes over rows that a filter hides and over other SUBTOTALs; only plain areas are told here."""
        code = node.arguments[0]
        if not isinstance(code, Constant) or code.value not in _SUBTOTALS:
            raise Unknown
        for argument in node.arguments[1:]:
            if isinstance(argument, Reference):
                name, area = self._located(argument.text, key[0])
            elif isinstance(argument, Structured):
                name, area = table_area(self._book, argument, *key) or ("", Area(1, 1, 1, 1))
            else:
                raise Unknown
            if not name or self._book[name].has_hidden_or_subtotal(area):
                raise Unknown


def _single(operand: Operand) -> Operand:
    """The guard of formulas that are no array formulas: of a block, Excel would take the cell beside the formula."""
    if isinstance(operand, Array):
        if len(operand) == 1:
            return operand.cells[0]
        raise Unknown
    return operand
