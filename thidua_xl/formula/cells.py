"""Formulas over cell addresses, as a workbook holds them: the value to keep beside an edited formula.

Read `evaluate_a1`. What cannot be worked out for certain is refused (`CannotEvaluate`), never guessed: the
editor then leaves the cell to be calculated by Excel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import localcontext

from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.compiling import Compiler
from thidua_xl.formula.parts import Part, Run
from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.tree import Binary, Call, Constant, Name, Node, Reference, Structured, parse, walk
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
    )
)
# SUBTOTAL passes over hidden rows and other subtotals, which values alone do not show.
_NEEDS_MORE_THAN_VALUES = frozenset({"SUBTOTAL"})


class CannotEvaluate(Exception):
    """The formula's value cannot be worked out here; `reason` says why, in a code."""

    def __init__(self, reason: str, text: str = "") -> None:
        self.reason = reason
        self.text = text
        super().__init__(reason, text)


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
    """The value of a formula that stands on `sheet`.

    `get(sheet, row, column)` gives cell values (1-based), `names(name)` the formula of a defined name,
    `extent(sheet)` the last used row and column (needed for whole columns like `D:D`). `is_array` marks an
    array formula, in which operators work on whole blocks. Dates come out as serial numbers, as a file
    stores them; a blank result is 0. Raises CannotEvaluate for what is unknown, volatile, external, 3-D,
    structured, too large, or a block where one value is wanted.
    """
    reader = _Reader(sheet, get, names, extent, is_array, today)
    try:
        part = reader.compile(text)
        with localcontext(ENGINE):
            result = part.run(Run({}, {}, None, 1, today))
    except FormulaError as problem:
        raise CannotEvaluate(problem.code, problem.text) from problem
    value = _one_value(result)
    if isinstance(value, (Rows, Array)):
        raise CannotEvaluate("block", text)
    if isinstance(value, Day):
        return int(value)
    if isinstance(value, Moment):
        return to_model(+value)
    return 0 if value is None else to_model(value)


@dataclass
class _Reader:
    sheet: str
    get: Get
    names: Callable[[str], str | None] | None
    extent: Callable[[str], tuple[int, int]] | None
    is_array: bool
    today: date | None
    depth: int = 0

    def compile(self, text: str) -> Part:
        tree = parse(text)
        self.check(tree)
        return Compiler(self.leaf, None if self.is_array else _one_value).compile(tree)

    def check(self, tree: Node) -> None:
        """Refuses what values alone cannot answer."""
        for node in walk(tree):
            if isinstance(node, Call):
                if node.name in _NEEDS_MORE_THAN_VALUES or (node.name == "TODAY" and self.today is None):
                    raise CannotEvaluate("needs_more", node.name)
                for argument in node.arguments:
                    if _is_whole_line(argument) and not _cannot_see_blanks(node):
                        raise CannotEvaluate("whole_column", node.name)
            elif isinstance(node, Binary) and (_is_whole_line(node.left) or _is_whole_line(node.right)):
                raise CannotEvaluate("whole_column", node.operator)

    def leaf(self, node: Structured | Reference | Name) -> Part:
        if isinstance(node, Structured):
            raise CannotEvaluate("structured", node.text)
        if isinstance(node, Name):
            return self.name(node.text)
        return self.reference(node.text)

    def name(self, text: str) -> Part:
        formula = self.names(text) if self.names is not None else None
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

    def reference(self, text: str) -> Part:
        sheet, area_text = split_sheet(text)
        if "[" in sheet or ":" in sheet:
            raise CannotEvaluate("external" if "[" in sheet else "3-d", text)
        sheet = sheet or self.sheet
        area = self.area(sheet, area_text, text)
        height, width = area.bottom - area.top + 1, area.right - area.left + 1
        if height * width > MOST_CELLS:
            raise CannotEvaluate("too_large", text)
        get = self.get
        if height == width == 1:
            return Part(lambda _: from_model(get(sheet, area.top, area.left)), reference=True)

        def take(_: Run) -> Operand:
            return Array([from_model(get(sheet, row, column)) for row, column in area.places()], height, width)

        return Part(take, reference=True)

    def area(self, sheet: str, text: str, whole: str) -> Area:
        bare = text.replace("$", "")
        first, _, last = bare.partition(":")
        if first.isdigit() or first.isalpha():
            if self.extent is None:
                raise CannotEvaluate("whole_column", whole)
            used_row, used_column = self.extent(sheet)
            if first.isdigit():
                top, bottom = sorted((int(first), int(last)))
                return Area(top, 1, min(bottom, MAX_ROW), max(1, min(used_column, MAX_COLUMN)))
            left, right = sorted((column_number(first), column_number(last)))
            return Area(1, left, max(1, min(used_row, MAX_ROW)), right)
        return Area.parse(_without_zeros(bare))


def _one_value(operand: Operand) -> Operand:
    """The guard of formulas that are no array formulas: Excel would take the block's cell beside the formula."""
    if isinstance(operand, Array):
        if len(operand) == 1:
            return operand.cells[0]
        raise CannotEvaluate("block")
    return operand


def _is_whole_line(node: Node) -> bool:
    if not isinstance(node, Reference):
        return False
    first = split_sheet(node.text)[1].replace("$", "").partition(":")[0]
    return first.isdigit() or first.isalpha()


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
