"""A rule compiled once and run over all rows. Read `compile_formula`, then `Program`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import localcontext

from thidua_xl.formula.arrays import Operand, Rows, Table
from thidua_xl.formula.compiling import Compiler, by_rows, only
from thidua_xl.formula.lifting import NeedsRow
from thidua_xl.formula.parts import Part, Run
from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.spelling import VIETNAMESE, folded, nearest
from thidua_xl.formula.tree import Name, Reference, Structured, parse
from thidua_xl.formula.values import ENGINE, NAME, VALUE, from_model, to_model
from thidua_xl.model import CellError, Invalid, Value

_PLAIN = frozenset({bool, str, type(None), CellError, Invalid})

# Table name -> column codes. A Mapping gives further spellings: {"Số tiền": "so_tien"}.
Schema = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled formula. `columns_used` are (table, column); `row_columns` those taken from the own row.

    `tables_read` are the tables of which it reads whole columns: what it says of a row then depends on others.
    """

    text: str
    home: str | None
    columns_used: frozenset[tuple[str, str]]
    row_columns: tuple[str, ...]
    names_used: frozenset[str]
    _part: Part = field(repr=False)
    tables_read: frozenset[str] = frozenset()

    def run(
        self,
        tables: Mapping[str, Table],
        names: Mapping[str, Value] | None = None,
        *,
        today: date | None = None,
    ) -> list[Value]:
        """One result per row of the home table; a list of one when there is no home table.

        `tables` holds every table of `columns_used` (KeyError otherwise); `today` is what TODAY() gives (#N/A
        without). Raises FormulaError `too_much_work` when a formula compares every row with every row and
        both are many.
        """
        run = self._prepare(tables, names, today)
        with localcontext(ENGINE):
            try:
                result = self._part.run(run)
            except NeedsRow:
                result = by_rows(self._part.run, run, self._part.row_columns, 0, only)
            if isinstance(result, Rows):
                values = result.values
                # Truth values and texts are what they are; only numbers and dates are turned back.
                return list(values) if set(map(type, values)) <= _PLAIN else [to_model(value) for value in values]
            return [to_model(only(result))] * run.height

    def run_one(
        self,
        tables: Mapping[str, Table],
        row_index: int,
        names: Mapping[str, Value] | None = None,
        *,
        today: date | None = None,
    ) -> Value:
        """The result for one 0-based row of the home table. As `run` otherwise."""
        run = self._prepare(tables, names, today).at(row_index)
        with localcontext(ENGINE):
            try:
                return to_model(only(self._part.run(run)))
            except NeedsRow:
                return VALUE

    def _prepare(self, tables: Mapping[str, Table], names: Mapping[str, Value] | None, today: date | None) -> Run:
        home = tables[self.home] if self.home is not None and self.row_columns else tables.get(self.home or "")
        values = {name: from_model(value) for name, value in (names or {}).items()}
        return Run(tables, values, home, 1 if home is None else home.height, today)


def compile_formula(
    text: str,
    *,
    schema: Schema,
    home: str | None,
    names: Collection[str] = (),
    once: bool = False,
) -> Program:
    """The program of a rule's formula.

    `schema` holds the columns of every known table, `home` the table whose row `[@x]` means (None: no row),
    `names` the further names that may be used. With `once` a formula without `[@x]` has no home table: it gives one
    result, not one per row (`[x]` is still a column of that table). Names are found whatever their case.

    Raises FormulaError with the position: what `parse` raises, and `unknown_table`, `unknown_column`, `unknown_name`,
    `unknown_function`, `few_arguments`, `many_arguments`, `odd_arguments`, `no_row`, `other_row`,
    `cell_reference`, `unsupported`, `too_deep`.
    """
    scope = _Scope(schema, home, names)
    part = Compiler(scope.leaf).compile(parse(text))
    return Program(
        text,
        home if part.row_columns or not once else None,
        frozenset(scope.columns),
        tuple(sorted(part.row_columns)),
        frozenset(scope.names_used),
        part,
        frozenset(scope.tables_read),
    )


class _Scope:
    """The tables, columns and names a formula may use."""

    def __init__(self, schema: Schema, home: str | None, names: Collection[str]) -> None:
        self.schema = schema
        self.home = home
        self.tables = {folded(name): name for name in schema}
        self.names = {folded(name): name for name in names}
        self.spellings: dict[str, dict[str, str]] = {}
        self.columns: set[tuple[str, str]] = set()
        self.names_used: set[str] = set()
        self.tables_read: set[str] = set()

    def leaf(self, node: Structured | Reference | Name) -> Part:
        if isinstance(node, Structured):
            return self.structured(node)
        if isinstance(node, Name):
            return self.name(node)
        if folded(f"TD_{node.text}") in self.tables:
            raise FormulaError("cell_reference", node.start, node.text, self.tables[folded(f"TD_{node.text}")])
        raise FormulaError("cell_reference", node.start, node.text)

    def structured(self, node: Structured) -> Part:
        if node.item:
            raise FormulaError("unsupported", node.start, node.item)
        table = self.table(node)
        if node.this_row:
            return self.of_row(node, table)
        if not node.first:
            return self.whole_table(table, node.start)
        first = self.column(table, node.first, node)
        last = self.column(table, node.last, node)
        codes = list(self.codes(table).values())
        self.tables_read.add(table)
        if first == last:
            self.columns.add((table, first))
        else:
            a, b = sorted((codes.index(first), codes.index(last)))
            self.columns.update((table, code) for code in codes[a : b + 1])

        def take(run: Run) -> Operand:
            found = run.tables[table]
            array = found.array(first, last)
            return (array.cells[0] if len(array) else None) if found.single and first == last else array

        return Part(take, reference=True, start=node.start)

    def table(self, node: Structured) -> str:
        if not node.table:
            if self.home is None:
                raise FormulaError("no_row", node.start, node.text)
            return self.home
        found = self.tables.get(folded(node.table))
        if found is not None:
            return found
        with_prefix = self.tables.get(folded(f"TD_{node.table}"))
        raise FormulaError("unknown_table", node.start, node.table, with_prefix or nearest(node.table, self.schema))

    def of_row(self, node: Structured, table: str) -> Part:
        if self.home is None:
            raise FormulaError("no_row", node.start, node.text)
        if table != self.home:
            raise FormulaError("other_row", node.start, node.text, f"{table}[{node.first}]")
        if node.first != node.last:
            raise FormulaError("unsupported", node.start, node.text)
        code = self.column(table, node.first, node)
        self.columns.add((table, code))

        def take(run: Run) -> Operand:
            cells = run.tables[table].array(code).cells
            return Rows(cells) if run.row is None else cells[run.row]

        return Part(take, reference=True, row_columns=frozenset((code,)), start=node.start)

    def column(self, table: str, name: str, node: Structured) -> str:
        codes = self.codes(table)
        found = codes.get(folded(name))
        if found is not None:
            return found
        near = nearest(name, self.written(table))
        if near:
            near = f"[@{near}]" if node.this_row and not node.table else f"{table}[{'@' * node.this_row}{near}]"
        raise FormulaError("unknown_column", node.start, node.text, near, table=table, column=name)

    def codes(self, table: str) -> dict[str, str]:
        """Column codes by folded spelling, in the table's order."""
        if table not in self.spellings:
            columns = self.schema[table]
            pairs = columns.items() if isinstance(columns, Mapping) else ((code, code) for code in columns)
            self.spellings[table] = {folded(name): code for name, code in pairs}
        return self.spellings[table]

    def written(self, table: str) -> list[str]:
        return list(self.schema[table])

    def name(self, node: Name) -> Part:
        found = self.names.get(folded(node.text))
        if found is None:
            table = self.tables.get(folded(node.text))
            if table is not None:
                return self.whole_table(table, node.start)
            raise FormulaError("unknown_name", node.start, node.text, self.near_name(node.text))
        self.names_used.add(found)
        return Part(lambda run: run.names.get(found, NAME), start=node.start)

    def near_name(self, text: str) -> str:
        """A column of the own row comes first: people forget the brackets. Then other names, then plain text."""
        if self.home is not None:
            code = self.codes(self.home).get(folded(text))
            if code is not None:
                return f"[@{text}]"
        if folded(text) in VIETNAMESE:
            return VIETNAMESE[folded(text)]
        for mark in ("!", "."):
            table, _, column = text.partition(mark)
            found = self.tables.get(folded(table)) or self.tables.get(folded(f"TD_{table}"))
            if found is not None and column:
                return f"{found}[{nearest(column, self.written(found)) or column}]"
        return nearest(text, [*self.names.values(), *self.schema]) or f'"{text}"'

    def whole_table(self, table: str, start: int) -> Part:
        codes = list(self.codes(table).values())
        if not codes:
            raise FormulaError("unsupported", start, table)
        self.tables_read.add(table)
        self.columns.update((table, code) for code in codes)
        return Part(lambda run: run.tables[table].array(codes[0], codes[-1]), reference=True, start=start)
