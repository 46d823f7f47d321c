"""Formulas over cell addresses, as a workbook holds them: the value to keep beside an edited formula.

Read `evaluate_in` (a formula in a workbook that can be asked), then `evaluate_a1` (only values at hand). What cannot
be worked out for certain is refused (`CannotEvaluate`), never guessed: the editor then leaves it to Excel.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from typing import Protocol

from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.compiling import Compiler
from thidua_xl.formula.lifting import NeedsRow
from thidua_xl.formula.parts import Part, Run
from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.tree import Binary, Call, Constant, Name, Node, Reference, Structured, Unary, parse, walk
from thidua_xl.formula.values import ENGINE, Day, Moment, from_model, to_model
from thidua_xl.model import Value
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area, column_number, split_sheet

Get = Callable[[str, int, int], Value]

MOST_CELLS = 200_000
_MOST_NAMES = 8

# Whole columns are cut to the used part of the sheet, which these functions cannot tell from the whole.
_BLIND_TO_BLANKS = frozenset(
    (
        *("SUM", "SUMIF", "SUMIFS", "AVERAGE", "AVERAGEIF", "AVERAGEIFS", "COUNT", "COUNTA", "PRODUCT"),
        *("MIN", "MAX", "MINIFS", "MAXIFS", "LARGE", "SMALL", "MEDIAN", "MATCH", "INDEX", "VLOOKUP", "LOOKUP"),
        *("XLOOKUP", "SUBTOTAL"),
    )
)
# What SUBTOTAL is asked for by these numbers is plain when no row is hidden and no other SUBTOTAL is met.
_SUBTOTALS = (1, 2, 3, 4, 5, 6, 9, 101, 102, 103, 104, 105, 106, 109)


class CannotEvaluate(Exception):
    """The formula's value cannot be worked out here; `reason` says why, in a code."""

    def __init__(self, reason: str, text: str = "") -> None:
        self.reason = reason
        self.text = text
        super().__init__(reason, text)


class Cells(Protocol):
    """What a formula may ask of the workbook it stands in; rows and columns are 1-based, areas at most MOST_CELLS."""

    def sheet(self, name: str) -> str | None:
        """The sheet that a formula calls so, None when there is none."""

    def block(self, sheet: str, area: Area) -> Array:
        """The values of an area, dates and the like as the engine knows them. Raises CannotEvaluate."""

    def used(self, sheet: str) -> tuple[int, int] | None:
        """The last used row and column; None when it cannot be told, and whole columns are refused."""

    def named(self, name: str) -> str | None:
        """The formula that a defined name stands for, None when there is none."""

    def table(self, node: Structured) -> tuple[str, Area] | None:
        """(sheet, area) of a table reference, None when it cannot be told."""

    def is_plain(self, sheet: str, area: Area) -> bool:
        """Whether no row of an area is hidden and no cell of it a subtotal; False when it cannot be told."""


def evaluate_in(
    text: str,
    sheet: str,
    cells: Cells,
    *,
    today: date | None = None,
    is_array: bool = False,
    left_out: Set[str] = frozenset(),
) -> Value:
    """The value of a formula that stands on `sheet`.

    `is_array` marks an array formula, in which operators work on whole blocks; `left_out` are functions not to be
    worked out here. Dates come out as serial numbers, as a file stores them; a blank result is 0. Raises
    CannotEvaluate for what is unknown, volatile, external, 3-D, too large, or a block where one value is wanted.
    """
    reader = _Reader(sheet, cells, is_array, today, left_out)
    try:
        part = reader.compile(text)
        with localcontext(ENGINE):
            result = part.run(Run({}, {}, None, 1, today))
    except FormulaError as problem:
        raise CannotEvaluate(problem.code, problem.text) from problem
    except (NeedsRow, ArithmeticError, RecursionError) as problem:
        raise CannotEvaluate("unsupported", text) from problem
    value = _one_value(result)
    if isinstance(value, (Rows, Array)):
        raise CannotEvaluate("block", text)
    if isinstance(value, Day):
        return int(value)
    if isinstance(value, Moment):
        return to_model(+value)
    return 0 if value is None else to_model(value)


def evaluate_a1(
    text: str,
    sheet: str,
    get: Get,
    today: date | None = None,
    names: Callable[[str], str | None] | None = None,
    *,
    extent: Callable[[str], tuple[int, int]] | None = None,
    is_array: bool = False,
) -> Value:
    """The same where only values are at hand, so that tables and subtotals are refused.

    `get(sheet, row, column)` gives cell values (1-based), `names(name)` the formula of a defined name,
    `extent(sheet)` the last used row and column (needed for whole columns like `D:D`).
    """
    return evaluate_in(text, sheet, _Values(get, names, extent), today=today, is_array=is_array)


@dataclass(frozen=True, slots=True)
class _Values:
    """Values and nothing else, as `Cells`."""

    get: Get
    names: Callable[[str], str | None] | None
    extent: Callable[[str], tuple[int, int]] | None

    def sheet(self, name: str) -> str | None:
        return name

    def block(self, sheet: str, area: Area) -> Array:
        values = [from_model(self.get(sheet, row, column)) for row, column in area.places()]
        return Array(values, area.bottom - area.top + 1, area.right - area.left + 1)

    def used(self, sheet: str) -> tuple[int, int] | None:
        return None if self.extent is None else self.extent(sheet)

    def named(self, name: str) -> str | None:
        return None if self.names is None else self.names(name)

    def table(self, node: Structured) -> tuple[str, Area] | None:
        return None

    def is_plain(self, sheet: str, area: Area) -> bool:
        return False


@dataclass
class _Reader:
    sheet: str
    cells: Cells
    is_array: bool
    today: date | None
    left_out: Set[str]
    depth: int = 0

    def compile(self, text: str) -> Part:
        tree = parse(text)
        self.check(tree)
        return Compiler(self.leaf, None if self.is_array else _one_value).compile(tree)

    def check(self, tree: Node) -> None:
        """Refuses what values alone cannot answer."""
        for node in walk(tree):
            if isinstance(node, Call):
                if node.name in self.left_out or (node.name == "TODAY" and self.today is None):
                    raise CannotEvaluate("needs_more", node.name)
                if node.name == "SUBTOTAL":
                    self.check_subtotal(node)
                for argument in node.arguments:
                    if self.is_whole_line(argument) and not _cannot_see_blanks(node):
                        raise CannotEvaluate("whole_column", node.name)
            elif isinstance(node, (Unary, Binary)):
                operands = (node.operand,) if isinstance(node, Unary) else (node.left, node.right)
                if any(map(self.is_whole_line, operands)):
                    raise CannotEvaluate("whole_column", node.operator)

    def check_subtotal(self, node: Call) -> None:
        """SUBTOTAL passes over rows that a filter hides and over other SUBTOTALs; only plain areas are told here."""
        code = node.arguments[0] if node.arguments else None
        if not isinstance(code, Constant) or code.value not in _SUBTOTALS:
            raise CannotEvaluate("needs_more", node.name)
        for argument in node.arguments[1:]:
            if isinstance(argument, Reference):
                found: tuple[str, Area] | None = self.located(argument.text)
            else:
                found = self.cells.table(argument) if isinstance(argument, Structured) else None
            if found is None or not self.cells.is_plain(*found):
                raise CannotEvaluate("needs_more", node.name)

    def leaf(self, node: Structured | Reference | Name) -> Part:
        if isinstance(node, Name):
            return self.name(node.text)
        if isinstance(node, Reference):
            return self.reference(*self.located(node.text))
        found = self.cells.table(node)
        if found is None:
            raise CannotEvaluate("structured", node.text)
        return self.reference(*found)

    def name(self, text: str) -> Part:
        formula = self.cells.named(text)
        if formula is None:
            raise CannotEvaluate("unknown_name", text)
        self.depth += 1
        if self.depth > _MOST_NAMES:
            raise CannotEvaluate("too_deep", text)
        for node in walk(parse(formula)):
            # A relative address in a name moves with the cell that uses it.
            if isinstance(node, Reference) and not _is_fixed(node.text):
                raise CannotEvaluate("relative_name", text)
        part = self.compile(formula)
        self.depth -= 1
        return part

    def reference(self, sheet: str, area: Area) -> Part:
        height, width = area.bottom - area.top + 1, area.right - area.left + 1
        if height * width > MOST_CELLS:
            raise CannotEvaluate("too_large", str(area))
        cells = self.cells
        if height == width == 1:
            return Part(lambda _: cells.block(sheet, area).cells[0], reference=True)
        return Part(lambda _: cells.block(sheet, area), reference=True)

    def located(self, text: str) -> tuple[str, Area]:
        """The sheet and the area of a reference; whole rows and columns end where the sheet does."""
        name, area_text = split_sheet(text)
        if "[" in name or ":" in name:
            raise CannotEvaluate("external" if "[" in name else "3-d", text)
        sheet = self.cells.sheet(name) if name else self.sheet
        if sheet is None:
            raise CannotEvaluate("no_such_sheet", text)
        bare = area_text.replace("$", "")
        first, _, last = bare.partition(":")
        if first.isdigit():
            top, bottom = sorted((int(first), int(last)))
            return sheet, Area(top, 1, min(bottom, MAX_ROW), max(1, min(self.used(sheet, text)[1], MAX_COLUMN)))
        if first.isalpha():
            left, right = sorted((column_number(first), column_number(last)))
            return sheet, Area(1, left, max(1, min(self.used(sheet, text)[0], MAX_ROW)), right)
        area = Area.parse(_without_zeros(bare))
        if _reaches_the_end(area_text):
            area = Area(area.top, area.left, max(area.top, self.used(sheet, text)[0]), area.right)
        return sheet, area

    def used(self, sheet: str, text: str) -> tuple[int, int]:
        used = self.cells.used(sheet)
        if used is None:
            raise CannotEvaluate("whole_column", text)
        return used

    def is_whole_line(self, node: Node) -> bool:
        """Whether a node is a reference to whole rows or columns, or a name for one."""
        if isinstance(node, Reference):
            return _is_whole_line(node.text)
        if not isinstance(node, Name):
            return False
        formula = self.cells.named(node.text)
        return formula is not None and any(isinstance(one, Reference) and _is_whole_line(one.text)
                                           for one in walk(parse(formula)))  # fmt: skip


def _one_value(operand: Operand) -> Operand:
    """The guard of formulas that are no array formulas: Excel would take the block's cell beside the formula."""
    if isinstance(operand, Array):
        if len(operand) == 1:
            return operand.cells[0]
        raise CannotEvaluate("block")
    return operand


def _is_whole_line(text: str) -> bool:
    first = split_sheet(text)[1].replace("$", "").partition(":")[0]
    return first.isdigit() or first.isalpha() or _reaches_the_end(text)


def _reaches_the_end(text: str) -> bool:
    """A2:A1048576 is meant as the rest of the column."""
    return ":" in text and text.endswith(str(MAX_ROW))


def _cannot_see_blanks(node: Call) -> bool:
    if node.name in _BLIND_TO_BLANKS:
        return True
    if node.name not in ("COUNTIF", "COUNTIFS"):
        return False
    criterion = node.arguments[1] if len(node.arguments) > 1 else None
    if not isinstance(criterion, Constant) or criterion.value is None:
        return False
    return not isinstance(criterion.value, str) or (criterion.value != "" and criterion.value[0] not in "<=")


def _is_fixed(text: str) -> bool:
    parts = split_sheet(text)[1].split(":")
    return all(
        part.count("$") == (1 if part.strip("$").isalpha() or part.strip("$").isdigit() else 2) for part in parts
    )


def _without_zeros(text: str) -> str:
    """A01:B007 as A1:B7: Excel reads both."""
    parts = []
    for part in text.split(":"):
        letters = part.rstrip("0123456789")
        parts.append(letters + part[len(letters) :].lstrip("0"))
    return ":".join(parts)
