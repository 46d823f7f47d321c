"""A tree turned into closures that work on whole columns. Read `Compiler.compile`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thidua_xl.formula.arrays import Array, Operand, Rows
from thidua_xl.formula.branches import BRANCHES, Branch
from thidua_xl.formula.functions import FUNCTIONS
from thidua_xl.formula.functions.signature import Function
from thidua_xl.formula.lifting import NeedsRow, binary, lift, per_row
from thidua_xl.formula.operators import negate, percent
from thidua_xl.formula.parts import Part, Run
from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.spelling import VIETNAMESE, folded, nearest
from thidua_xl.formula.sumproduct import matching_sum
from thidua_xl.formula.tree import ArrayConstant, Binary, Call, Constant, Name, Node, Reference, Structured, Unary
from thidua_xl.formula.values import VALUE
from thidua_xl.model import CellError, Value

MOST_NODES = 2_000
MOST_LEVELS = 80

# The functions that take operators over blocks in their arguments even outside an array formula.
ARRAY_FUNCTIONS = frozenset({"SUMPRODUCT"})

# Cells that one formula may visit when a part of it has to be worked out row by row.
MOST_WORK = 100_000_000


@dataclass
class Compiler:
    """Turns nodes into parts. `leaf` gives the part of a Structured, Reference or Name node.

    `guard` stands before every place that wants a single value where Excel (outside array formulas) would
    not lift a block; None lifts everywhere, as current Excel does.
    """

    leaf: Callable[[Structured | Reference | Name], Part]
    guard: Callable[[Operand], Operand] | None = None
    nodes: int = 0
    level: int = 0
    lifts: bool = False

    def compile(self, node: Node) -> Part:
        """The part of a node. Raises FormulaError: `unknown_function`, `few_arguments`, `many_arguments`,
        `odd_arguments`, `too_deep`, `unsupported`, and what `leaf` raises.
        """
        self.nodes += 1
        self.level += 1
        if self.nodes > MOST_NODES or self.level > MOST_LEVELS:
            raise FormulaError("too_deep", node.start, limit=MOST_LEVELS)
        part = self._compile(node)
        self.level -= 1
        return part

    def _compile(self, node: Node) -> Part:
        if isinstance(node, Constant):
            value: Value = CellError(node.error) if node.error else node.value
            return Part(lambda _: value, start=node.start)
        if isinstance(node, ArrayConstant):
            return _array(node)
        if isinstance(node, Unary):
            return self._unary(node)
        if isinstance(node, Binary):
            return self._binary(node)
        if isinstance(node, Call):
            return self._call(node)
        return self.leaf(node)

    def _unary(self, node: Unary) -> Part:
        if node.operator in ("@", "#"):
            meant = f"[@{node.operand.text}]" if node.operator == "@" and isinstance(node.operand, Name) else ""
            raise FormulaError("unsupported", node.start, node.operator, meant)
        operand = self._value(node.operand)
        if node.operator == "+":
            return Part(operand.run, False, operand.row_columns, node.start)
        apply = negate if node.operator == "-" else percent
        return Part(lambda run: lift(apply, [operand.run(run)]), False, operand.row_columns, node.start)

    def _binary(self, node: Binary) -> Part:
        # a & b & c is a tree deep to the left: unrolled, it costs one level.
        pairs: list[tuple[str, Node]] = []
        left: Node = node
        while isinstance(left, Binary):
            if left.operator == ":":
                raise FormulaError("unsupported", left.start, left.operator)
            pairs.append((left.operator, left.right))
            left = left.left
        first = self._value(left)
        rest = [(sign, self._value(right)) for sign, right in reversed(pairs)]

        def run_all(run: Run) -> Operand:
            result = first.run(run)
            for sign, part in rest:
                result = binary(sign, result, part.run(run))
            return result

        columns = first.row_columns.union(*(part.row_columns for _, part in rest))
        return Part(run_all, False, columns, node.start)

    def _call(self, node: Call) -> Part:
        found = FUNCTIONS.get(node.name) or BRANCHES.get(node.name)
        if found is None:
            near = VIETNAMESE.get(folded(node.name)) or nearest(node.name, [*FUNCTIONS, *BRANCHES])
            raise FormulaError("unknown_function", node.start, node.name, near)
        _check_arguments(node, found)
        parts = self._arguments(node, found)
        columns = frozenset[str]().union(*(part.row_columns for part in parts))
        if isinstance(found, Branch):
            branch = found.run
            chosen = parts[1:] if node.name in ("IF", "CHOOSE") else ()
            reference = bool(chosen) and all(part.reference for part in chosen)
            return Part(_by_rows_if_needed(lambda run: branch(parts, run), columns, node), reference, columns)
        if found.lifted:
            each = found.run
            return Part(lambda run: lift(each, [part.run(run) for part in parts]), False, columns, node.start)
        references = [part.reference for part in parts]
        reference = node.name in ("INDEX", "XLOOKUP") and references[0 if node.name == "INDEX" else 2]
        all_rows = _whole(found, parts, references)
        if node.name == "SUMPRODUCT" and columns and self.guard is None:
            all_rows = _with_shortcut(matching_sum(node, self.compile), all_rows)
        return Part(_by_rows_if_needed(all_rows, columns, node), reference, columns, node.start)

    def _value(self, node: Node) -> Part:
        """The part of a node where a single value is wanted."""
        part = self.compile(node)
        guard = self.guard
        if guard is None or self.lifts:
            return part
        inner = part.run
        return Part(lambda run: guard(inner(run)), part.reference, part.row_columns, part.start)

    def _arguments(self, node: Call, found: Function | Branch) -> list[Part]:
        if isinstance(found, Function) and found.lifted:
            return [self._value(argument) for argument in node.arguments]
        outside = self.lifts
        self.lifts = node.name in ARRAY_FUNCTIONS
        singles = set(found.values) if isinstance(found, Function) else {0}
        parts = [
            self._value(argument) if place in singles else self.compile(argument)
            for place, argument in enumerate(node.arguments)
        ]
        self.lifts = outside
        return parts


def _array(node: ArrayConstant) -> Part:
    cells: list[Value] = [
        CellError(constant.error) if constant.error else constant.value for row in node.rows for constant in row
    ]
    array = Array(cells, len(node.rows), len(node.rows[0]))
    return Part(lambda _: array, start=node.start)


def _check_arguments(node: Call, found: Function | Branch) -> None:
    given = len(node.arguments)
    if given < found.least:
        raise FormulaError("few_arguments", node.start, node.name, least=found.least, given=given)
    if found.most is not None and given > found.most:
        raise FormulaError("many_arguments", node.start, node.name, most=found.most, given=given)
    if given > 255:
        raise FormulaError("many_arguments", node.start, node.name, most=255, given=given)
    if (given - found.least) % found.step:
        raise FormulaError("odd_arguments", node.start, node.name, given=given)


def _whole(function: Function, parts: Sequence[Part], references: Sequence[bool]) -> Callable[[Run], Operand]:
    take, over_rows = function.run, function.over_rows

    def run_call(run: Run) -> Operand:
        operands = [part.run(run) for part in parts]
        height = next((len(one.values) for one in operands if isinstance(one, Rows)), None)
        if height is None:
            result: Operand = take(operands, references)
            return result
        if over_rows is not None:
            results = over_rows(operands, height)
            if results is not None:
                return Rows(results)
        return Rows(_row_after_row(take, operands, references))

    return run_call


def _with_shortcut(
    shortcut: Callable[[Run], Operand | None] | None, literally: Callable[[Run], Operand]
) -> Callable[[Run], Operand]:
    if shortcut is None:
        return literally

    def run_call(run: Run) -> Operand:
        result = shortcut(run)
        return literally(run) if result is None else result

    return run_call


def _row_after_row(
    take: Callable[[Sequence[Value | Array], Sequence[bool]], Operand],
    operands: Sequence[Operand],
    references: Sequence[bool],
) -> list[Value]:
    """The function for each row; beside a block, rows that ask the same are answered once."""
    rows = zip(*per_row(operands), strict=True)
    if not any(isinstance(one, Array) for one in operands):
        return [_single(take(row, references)) for row in rows]
    places = [place for place, one in enumerate(operands) if isinstance(one, Rows)]
    known: dict[object, Value] = {}
    results: list[Value] = []
    for row in rows:
        # The type belongs to the key: 1 and TRUE are one key to a dict.
        key = tuple([(type(row[place]), row[place]) for place in places])
        if key not in known:
            known[key] = _single(take(row, references))
        results.append(known[key])
    return results


def _single(result: Operand) -> Value:
    """The one value of a result; NeedsRow when it is a block that a function further out may take in."""
    if isinstance(result, Array) and len(result) != 1:
        raise NeedsRow
    return only(result)


def only(result: Operand) -> Value:
    """The one value of a result; a whole column where one value is wanted is #VALUE!."""
    if isinstance(result, Array):
        return result.cells[0] if len(result) == 1 else VALUE
    return VALUE if isinstance(result, Rows) else result


def _by_rows_if_needed(
    all_at_once: Callable[[Run], Operand], columns: frozenset[str], node: Node
) -> Callable[[Run], Operand]:
    """Tries all rows at once; where a block meets a value per row, goes row by row.

    Rows that are alike in the columns used are worked out once.
    """

    def run_call(run: Run) -> Operand:
        try:
            return all_at_once(run)
        except NeedsRow:
            if run.row is not None or run.home is None:
                return VALUE
        return by_rows(all_at_once, run, columns, node.start)

    return run_call


def by_rows(
    take: Callable[[Run], Operand],
    run: Run,
    columns: frozenset[str],
    start: int,
    settle: Callable[[Operand], Value] = _single,
) -> Operand:
    """The part worked out for each row. Raises FormulaError `too_much_work` where that would take hours."""
    home = run.home
    if home is None:
        return VALUE
    cells = [home.array(column).cells for column in sorted(columns)]
    keys = [tuple((type(value), value) for value in row) for row in zip(*cells, strict=True)]
    size = max((table.height for table in run.tables.values()), default=1)
    if len(set(keys)) * size > MOST_WORK:
        raise FormulaError("too_much_work", start)
    known: dict[object, Operand] = {}
    results: list[Value] = []
    for row, key in enumerate(keys):
        if key not in known:
            known[key] = take(run.at(row))
        results.append(settle(known[key]))
    return Rows(results)
