"""Whole columns where one value is wanted: `=[gia]>0` for `=[@gia]>0`. Read `whole_columns`.

Excel gives a column of answers for such a rule, so that no row gets one of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from thidua_xl.formula.branches import BRANCHES
from thidua_xl.formula.functions import FUNCTIONS
from thidua_xl.formula.rule_words import BEFORE, PERIOD, REPORTER, book_tables, table_name
from thidua_xl.formula.tree import Binary, Call, Node, Structured, Unary
from thidua_xl.model import Criteria, FormKind
from thidua_xl.text import fold

# Functions that ask several conditions at once: a column is allowed there, but a row's own value is mostly meant.
_CONDITIONS = frozenset({"AND", "OR", "XOR"})


@dataclass(frozen=True, slots=True)
class WholeColumn:
    """A column as written; `surely` when the formula can give no single answer with it.

    `meant` is the same column of the row, "" when the column belongs to another table.
    """

    node: Structured
    surely: bool
    meant: str


def single_tables(criteria: Criteria) -> frozenset[str]:
    """The tables of which a column is one value, in small letters: `TD_KY`, the form sheets, lists of one item."""
    whole = criteria.whole or criteria
    forms = [form.code for form in whole.forms if form.kind is FormKind.SINGLE]
    named = [PERIOD, REPORTER, *(table_name(code) for code in forms), *(BEFORE + code for code in forms)]
    short = [name for name, table in book_tables(criteria).items() if table.height <= 1]
    return frozenset(fold(name) for name in (*named, *short))


def whole_columns(tree: Node, home: str | None, single: Collection[str]) -> Iterator[WholeColumn]:
    """The columns of a formula that stand where one value is wanted, each once.

    `home` is the table whose row is asked, `single` those of `single_tables`.
    """
    search = _Search(home, single)
    told = list(search.blocks(tree))
    for node in told:
        yield WholeColumn(node, True, search.meant(node))
    for node in search.doubtful:
        if node not in told:
            yield WholeColumn(node, False, search.meant(node))


class _Search:
    def __init__(self, home: str | None, single: Collection[str]) -> None:
        self.home = home
        self.single = single
        self.doubtful: list[Structured] = []

    def meant(self, node: Structured) -> str:
        own = self.home is not None and fold(node.table or self.home) == fold(self.home)
        if not own or node.first != node.last or not node.first:
            return ""
        return f"[@{node.first}]" if node.first.replace("_", "a").isalnum() else f"[@[{node.first}]]"

    def blocks(self, node: Node) -> list[Structured]:
        """The columns that make the node a block of values; [] when it is one value."""
        if isinstance(node, Structured):
            table = node.table or self.home or ""
            return [] if node.this_row or fold(table) in self.single else [node]
        if isinstance(node, Unary):
            return self.blocks(node.operand)
        if isinstance(node, Binary):
            return [*self.blocks(node.left), *self.blocks(node.right)]
        return self.of_call(node) if isinstance(node, Call) else []

    def of_call(self, node: Call) -> list[Structured]:
        parts = [self.blocks(argument) for argument in node.arguments]
        function = FUNCTIONS.get(node.name)
        if node.name in BRANCHES or (function is not None and function.lifted):
            return [one for part in parts for one in part]
        if node.name in _CONDITIONS:
            self.doubtful += [one for part in parts for one in part if not one.table]
            return []
        # A criterion that is a column gives one result for each of its cells.
        singles = function.values if function is not None else ()
        return [one for place, part in enumerate(parts) if place in singles for one in part]
