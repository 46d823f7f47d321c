"""Where what a rule names stands in a unit's form: addresses, and what the cells show."""

from __future__ import annotations

from thidua_xl.formula.live_book import CannotSay, LiveBook, LiveColumn, LiveTable, cleaned, is_among, literal
from thidua_xl.formula.spelling import folded
from thidua_xl.formula.tree import Node, Structured
from thidua_xl.model import Invalid
from thidua_xl.refs import quote_sheet

_ABSENT = Invalid("absent")


class Places:
    """The cells that the references of one rule stand for, seen from one row of its home table."""

    def __init__(self, book: LiveBook, home: str | None, row: int) -> None:
        self.book = book
        self.row = row
        self.tables = {folded(name): table for name, table in book.tables.items()}
        self.names = {folded(name): value for name, value in book.names.items()}
        self.home = self.tables.get(folded(home)) if home is not None else None
        self.sheet = self.home.sheet if self.home is not None else ""

    def column(self, node: Node) -> tuple[LiveTable, LiveColumn] | None:
        """The cells a node stands for; None when it is no reference to cells."""
        if not isinstance(node, Structured):
            return None
        table = self.table(node)
        code = _code(table, node.first)
        return None if code is None else (table, table.columns[code])

    def table(self, node: Structured) -> LiveTable:
        table = self.tables.get(folded(node.table)) if node.table else self.home
        if table is None:
            raise CannotSay("unknown_table", node.start, node.text)
        return table

    def raw(self, node: Structured) -> str:
        """The address of a reference, whatever its cells show."""
        table = self.table(node)
        value = next((value for code, value in table.values.items() if folded(code) == folded(node.first)), _ABSENT)
        if value is not _ABSENT:
            return literal(value)
        found = self.column(node)
        if found is None or node.item:
            raise CannotSay("unknown_column" if node.first and not node.item else "unsupported", node.start, node.text)
        if node.first != node.last:
            return self.block(node, table)
        return self.address(table, found[1], node.this_row)

    def address(self, table: LiveTable, column: LiveColumn, this_row: bool) -> str:
        before = "" if not table.sheet or table.sheet == self.sheet else quote_sheet(table.sheet) + "!"
        if column.row is not None:
            return f"{before}${column.letter}${column.row}"
        if this_row:
            return f"${column.letter}{self.row}"
        if column.name:
            return column.name
        return f"{before}${column.letter}${table.first_row}:${column.letter}${table.last_row}"

    def block(self, node: Structured, table: LiveTable) -> str:
        first, last = _code(table, node.first), _code(table, node.last)
        if first is None or last is None:
            raise CannotSay("unknown_column", node.start, node.text)
        order = list(table.columns)
        between = order[min(order.index(first), order.index(last)) : max(order.index(first), order.index(last)) + 1]
        if any(table.columns[code].choices is not None or table.columns[code].tick for code in between):
            raise CannotSay("needs_code", node.start, node.text)
        before = "" if table.sheet == self.sheet else quote_sheet(table.sheet) + "!"
        left, right = table.columns[between[0]].letter, table.columns[between[-1]].letter
        return f"{before}${left}${table.first_row}:${right}${table.last_row}"

    def seen(self, node: Structured, column: LiveColumn) -> str:
        """The address of a cell that holds words, blanks at their ends aside; of a whole column just its address."""
        raw = self.raw(node)
        is_cell = node.this_row or column.row is not None
        if not is_cell and column.understood:
            return column.understood
        return cleaned(raw) if is_cell and (column.text or column.tick or column.choices is not None) else raw

    def meant(self, node: Structured, column: LiveColumn) -> str:
        """The label that the words of a choice's cell mean; of a whole column where they stand."""
        seen = self.seen(node, column)
        if column.spelled is None or seen == column.understood:
            return seen
        spellings, _, labels = column.spelled
        return f"IFERROR(INDEX({labels},MATCH({seen},{spellings},0)),{seen})"

    def ticked(self, node: Structured, column: LiveColumn) -> str:
        """Whether a tick's cell says yes."""
        assert column.tick is not None
        seen = self.seen(node, column)
        if not column.yes_words or seen == column.understood:
            return f"{seen}={literal(column.tick[0])}"
        return is_among(seen, column.yes_words)

    def list_of(self, column: LiveColumn, node: Structured) -> tuple[str, str]:
        """The addresses of a list's codes and labels."""
        table = self.tables.get(folded(column.list_table))
        codes = table.columns.get(column.list_column) if table is not None else None
        if table is None or codes is None or codes.labels not in table.columns:
            raise CannotSay("needs_code", node.start, node.text)
        return self.address(table, codes, False), self.address(table, table.columns[codes.labels], False)


def _code(table: LiveTable, name: str) -> str | None:
    """The code of the column that a formula names by its code or its label."""
    spelled = {folded(label): code for label, code in table.labels.items()}
    spelled |= {folded(code): code for code in table.columns}
    return spelled.get(folded(name))
