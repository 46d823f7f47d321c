"""A rule as a formula over the cells of a unit's form: for Data Validation and conditional formatting.

Read `cell_formula` (TRUE when the entry is right) and `fault_formula` (TRUE when it is wrong, for colouring and
counting). Rules speak of codes, cells show labels; rules speak of TRUE, cells hold a tick; rules name tables, cells
have addresses. What cannot be said to Excel is refused with a reason (`CannotSay`): the rule is then asked by the
button and the batch check only.

Excel's terms for these places: no table references, no array constants, at most 255 characters in Data Validation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thidua_xl.formula.live_book import CannotSay, LiveBook, LiveColumn, exactly, is_among, literal
from thidua_xl.formula.live_places import Places
from thidua_xl.formula.older import in_older_functions
from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.spelling import folded
from thidua_xl.formula.tree import ArrayConstant, Binary, Call, Constant, Name, Node, Structured, Unary, children, parse

VALIDATION_LIMIT = 255
FORMATTING_LIMIT = 8192


def cell_formula(rule: str, book: LiveBook, home: str | None, row: int = 0, limit: int = VALIDATION_LIMIT) -> str:
    """The rule for the cells of one row, without leading `=`: TRUE when the entry is right.

    `home` is the table whose row `[@x]` means, `row` the sheet row it is written for (columns are fixed, the row is
    not, so that it may be spread downwards); `home` tells also on which sheet it stands. Raises CannotSay.
    """
    return _checked_length(_Speaker(book, home, row).say(_tree(rule)), limit)


def fault_formula(
    rule: str,
    book: LiveBook,
    home: str | None,
    row: int = 0,
    asked: str = "",
    limit: int = FORMATTING_LIMIT,
) -> str:
    """TRUE when the batch check would find the entry wrong, FALSE when right or when something it needs is unreadable.

    `asked` is a further condition in cell addresses (the row is not blank). As `cell_formula` otherwise.
    """
    tree = _tree(rule)
    speaker = _Speaker(book, home, row)
    conditions = [asked] if asked else []
    conditions += speaker.readable(tree)
    wrong = f"NOT({speaker.say(tree)})"
    text = f"AND({','.join([*conditions, wrong])})" if conditions else wrong
    # A rule that ends in an error says nothing, as in the batch check.
    return _checked_length(f"IFERROR({text},FALSE)", limit)


def _tree(rule: str) -> Node:
    try:
        return parse(rule)
    except FormulaError as problem:
        raise CannotSay(problem.code, problem.position, problem.text) from problem


def _checked_length(text: str, limit: int) -> str:
    if len(text) > limit:
        raise CannotSay("too_long", 0, str(len(text)))
    return text


# How tight what was said holds together: operands of a lower rank need parentheses.
_RANKS = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_MARK, _SIGN, _ATOM = 6, 7, 8
_ARITHMETIC = frozenset("+-*/^")

# In files these need a prefix; every Excel since 2013 and LibreOffice has them.
_PREFIXED = frozenset({"IFNA", "XOR", "DAYS", "NUMBERVALUE", "ISOWEEKNUM", "UNICODE", "UNICHAR"})
_PREFIXED |= {"CEILING.MATH", "FLOOR.MATH", "MODE.SNGL", "STDEV.S", "STDEV.P", "VAR.S", "VAR.P", "RANK.EQ"}
_PREFIXED |= {"PERCENTILE.INC", "QUARTILE.INC"}
_TOO_NEW = frozenset({"XMATCH", "UNIQUE", "FILTER", "SORT", "TEXTJOIN", "CONCAT", "MAXIFS", "MINIFS", "REGEXTEST"})

# Functions to which a label is as good as its code, and where in them ranges and what is sought stand.
_BLIND = frozenset({"ISBLANK", "COUNTA", "COUNTBLANK", "ROWS", "COLUMNS", "ISTEXT", "ISNONTEXT", "ISERROR"})
_FIRST_RANGE = {"COUNTIF": 0, "COUNTIFS": 0, "SUMIF": 0, "AVERAGEIF": 0, "SUMIFS": 1, "AVERAGEIFS": 1}


class _Speaker(Places):
    """Says the nodes of one rule as text over cells."""

    def say(self, node: Node) -> str:
        """The node as text, as loose as it comes."""
        return self.spoken(node)[0]

    def within(self, node: Node, rank: int) -> str:
        """The node as operand of an operator of that rank."""
        text, own = self.spoken(node)
        return text if own >= rank else f"({text})"

    def number(self, node: Node, rank: int) -> str:
        """The node as operand of arithmetic: there a blank cell of words is 0, which its cleaned text would not be."""
        found = self.column(node)
        if found is not None and found[1].text and isinstance(node, Structured):
            return self.raw(node)
        return self.within(node, rank)

    def spoken(self, node: Node) -> tuple[str, int]:
        if isinstance(node, Constant):
            return ("" if node.missing else node.error or literal(node.value)), _ATOM
        if isinstance(node, Structured):
            return self.value_of(node)
        if isinstance(node, Name):
            return self.named(node), _ATOM
        if isinstance(node, Unary):
            return self.unary(node)
        if isinstance(node, Binary):
            return self.binary(node)
        if isinstance(node, Call):
            return self.call(node)
        raise CannotSay("array" if isinstance(node, ArrayConstant) else "unsupported", node.start)

    def value_of(self, node: Structured) -> tuple[str, int]:
        """A reference where its value is wanted: a tick as truth, a label as its code."""
        found = self.column(node)
        if found is None:
            return self.raw(node), _ATOM
        _, column = found
        if column.tick is not None:
            return self.ticked(node, column), 1
        if column.choices is None:
            return self.seen(node, column), _ATOM
        seen = self.seen(node, column)
        if column.spelled is not None and seen != column.understood:
            labels, codes, _ = column.spelled
        else:
            codes, labels = self.list_of(column, node)
        return f'IFERROR(INDEX({codes},MATCH({seen},{labels},0)),"")', _ATOM

    def named(self, node: Name) -> str:
        if folded(node.text) not in self.names:
            raise CannotSay("unknown_name", node.start, node.text)
        return literal(self.names[folded(node.text)])

    # Labels for codes -----------------------------------------------------------------------------------------------

    def as_label(self, node: Node, column: LiveColumn, in_criterion: bool = False) -> str | None:
        """The node said in labels, to stand beside cells of that column; None when it cannot be."""
        if isinstance(node, Constant) and isinstance(node.value, str):
            return self.label(node, column, in_criterion)
        if isinstance(node, Call) and node.name == "IF" and len(node.arguments) == 3:
            yes, no = (self.as_label(one, column, in_criterion) for one in node.arguments[1:])
            return None if yes is None or no is None else f"IF({self.say(node.arguments[0])},{yes},{no})"
        found = self.column(node)
        if found is None or not isinstance(node, Structured):
            return None
        table, other = found
        if other.choices is not None:
            same = other.list_table == column.list_table and other.choices == column.choices
            return self.meant(node, other) if same else None
        if not node.this_row and other.labels and folded(table.name) == folded(column.list_table):
            return self.address(table, table.columns[other.labels], False)
        return None

    def label(self, node: Constant, column: LiveColumn, in_criterion: bool) -> str:
        text = str(node.value)
        sign = ""
        if in_criterion:
            sign = next((one for one in ("<>", "=") if text.startswith(one)), "")
            text = text[len(sign) :]
        if not text:
            return literal(node.value)
        choices = column.choices or {}
        label = next((own for code, own in choices.items() if code.lower() == text.lower()), None)
        if label is None:
            raise CannotSay("unknown_code", node.start, text)
        if sum(own.lower() == label.lower() for own in choices.values()) > 1:
            raise CannotSay("shared_label", node.start, label)
        if in_criterion:
            label = "".join("~" + letter if letter in "*?~" else letter for letter in label)
        return literal(sign + label)

    # Operators ------------------------------------------------------------------------------------------------------

    def unary(self, node: Unary) -> tuple[str, int]:
        if node.operator == "%":
            return self.number(node.operand, _MARK) + "%", _MARK
        if node.operator not in "+-":
            raise CannotSay("unsupported", node.start, node.operator)
        return node.operator + self.number(node.operand, _SIGN), _SIGN

    def binary(self, node: Binary) -> tuple[str, int]:
        if node.operator == ":":
            raise CannotSay("unsupported", node.start, node.operator)
        if node.operator in ("=", "<>"):
            said = self.sameness(node, node.left, node.right) or self.sameness(node, node.right, node.left)
            if said is not None:
                return said, 1
        rank = _RANKS[node.operator]
        operand = self.number if node.operator in _ARITHMETIC else self.within
        return f"{operand(node.left, rank)}{node.operator}{operand(node.right, rank + 1)}", rank

    def sameness(self, node: Binary, cells: Node, other: Node) -> str | None:
        """`[@choice]="CODE"` and `[@tick]=TRUE` in what the cells show; None when this is no such comparison."""
        found = self.column(cells)
        if found is None or not isinstance(cells, Structured):
            return None
        _, column = found
        if column.tick is None and column.choices is None:
            return None
        raw = self.seen(cells, column)
        if isinstance(other, Constant) and other.value == "" and not other.error:
            return f'{raw}{node.operator}""'
        if column.tick is not None:
            if not isinstance(other, Constant) or not isinstance(other.value, bool):
                return None
            equal = (node.operator == "=") == other.value
            if column.yes_words and raw != column.understood:
                return self.ticked(cells, column) if equal else f"NOT({self.ticked(cells, column)})"
            return f"{raw}{'=' if equal else '<>'}{literal(column.tick[0])}"
        label = self.as_label(other, column)
        return None if label is None else f"{self.meant(cells, column)}{node.operator}{label}"

    # Functions ------------------------------------------------------------------------------------------------------

    def call(self, node: Call) -> tuple[str, int]:
        rewritten = in_older_functions(node)
        if rewritten is not None:
            return self.spoken(rewritten)
        if node.name in _TOO_NEW:
            raise CannotSay("new_function", node.start, node.name)
        if node.name == "ISNUMBER" and _is_search_in_array(node.arguments[0]):
            return self.one_of(node.arguments[0])
        own = self.column(node.arguments[0]) if len(node.arguments) == 1 else None
        if own is not None and isinstance(node.arguments[0], Structured):
            said = self.seen(node.arguments[0], own[1])
            if said != self.raw(node.arguments[0]):
                if node.name == "ISBLANK":
                    return f'{said}=""', 1
                if node.name == "TRIM" and own[1].text:
                    return said, _ATOM
        if node.name in _BLIND:
            arguments = [self.bare(one) for one in node.arguments]
        elif node.name in _FIRST_RANGE:
            arguments = self.with_criteria(node)
        elif node.name == "MATCH":
            arguments = self.match(node)
        else:
            arguments = [self.say(one) for one in node.arguments]
        prefix = "_xlfn." if node.name in _PREFIXED else ""
        return f"{prefix}{node.name}({','.join(arguments)})", _ATOM

    def bare(self, node: Node) -> str:
        return self.raw(node) if isinstance(node, Structured) else self.say(node)

    def with_criteria(self, node: Call) -> list[str]:
        """COUNTIF and its kin: ranges as addresses, criteria in what their cells show."""
        first = _FIRST_RANGE[node.name]
        said: list[str] = []
        arguments = node.arguments
        for place, argument in enumerate(arguments):
            is_criterion = place > first and (place - first) % 2 == 1 and (place == 1 or node.name[-1] == "S")
            if not is_criterion:
                is_range = isinstance(argument, Structured) and not argument.this_row
                if not is_range:
                    raise CannotSay("needs_column", argument.start, node.name)
                said.append(self.counted(argument, arguments[place + 1 : place + 2]))
                continue
            found = self.column(arguments[place - 1])
            column = found[1] if found is not None else None
            said.append(self.criterion(argument, column, node))
        return said

    def counted(self, node: Node, criterion: Sequence[Node]) -> str:
        """The cells that a criterion is held against; what stands in them, where it only asks whether anything does."""
        found = self.column(node)
        anything = any(isinstance(one, Constant) and one.value == "<>" for one in criterion)
        if found is None or not isinstance(node, Structured) or anything:
            return self.bare(node)
        return self.seen(node, found[1])

    def criterion(self, node: Node, column: LiveColumn | None, call: Call) -> str:
        if column is None or (column.choices is None and column.tick is None):
            said = self.say(node)
            sought = self.column(node)
            # A criterion that is a blank cell means 0; an empty text would find blank cells.
            return f'IF({said}="",0,{said})' if sought is not None and sought[1].text else said
        if column.tick is not None:
            if isinstance(node, Constant) and node.value is True:
                return literal(column.tick[0])
            raise CannotSay("needs_code", node.start, call.name)
        label = self.as_label(node, column, in_criterion=True)
        if label is None:
            raise CannotSay("needs_code", node.start, call.name)
        return label

    def match(self, node: Call) -> list[str]:
        """MATCH: what is sought and where, both in codes or both in labels."""
        sought, place, *rest = node.arguments
        others = [self.say(one) for one in rest]
        for cells, other in ((sought, place), (place, sought)):
            found = self.column(cells)
            if found is None or found[1].choices is None or not isinstance(cells, Structured):
                continue
            label = self.as_label(other, found[1])
            if label is not None:
                pair = [self.meant(cells, found[1]), label]
                return [*(pair if cells is sought else reversed(pair)), *others]
            if cells is place:
                raise CannotSay("needs_code", place.start, node.name)
        return [self.say(sought), self.bare(place), *others]

    def one_of(self, node: Node) -> tuple[str, int]:
        """ISNUMBER(MATCH(x,{"A","B"},0)) without the array that these places do not allow."""
        assert isinstance(node, Call) and isinstance(node.arguments[1], ArrayConstant)
        constants = [one for row in node.arguments[1].rows for one in row]
        return self.spoken(Call("OR", tuple(Binary("=", node.arguments[0], one, node.start) for one in constants), 0))

    # What must be readable ------------------------------------------------------------------------------------------

    def readable(self, node: Node) -> list[str]:
        """Conditions that every value the rule needs is one that intake can take.

        A branch that IF does not take is not needed: its conditions hang on IF's own.
        """
        if isinstance(node, Structured):
            return list(self.readable_cells(node)) if node.first == node.last else []
        if isinstance(node, Call) and node.name in ("IFS", "SWITCH"):
            return self.readable(in_older_functions(node) or node)
        if not isinstance(node, Call) or node.name != "IF":
            return list(dict.fromkeys(one for child in children(node) for one in self.readable(child)))
        first, *branches = [self.readable(one) for one in node.arguments]
        common = [one for one in branches[0] if len(branches) > 1 and one in branches[1]]
        always = list(dict.fromkeys([*first, *common]))
        rest = [[one for one in branch if one not in always] for branch in branches]
        if any(rest):
            said = ",".join(_all(branch) for branch in [*rest, []][:2])
            always.append(f"IF({self.say(node.arguments[0])},{said})")
        return always

    def readable_cells(self, node: Structured) -> Iterator[str]:
        found = self.column(node)
        if found is None:
            return
        _, column = found
        raw = self.seen(node, column)
        one = node.this_row or column.row is not None
        if column.numeric:
            yield f"NOT(ISTEXT({raw}))" if one else f"COUNT({raw})=COUNTA({raw})"
            if column.whole:
                yield f"N({raw})=INT(N({raw}))" if one else f"SUMPRODUCT(1*ISNUMBER(1/({raw}<>INT({raw}))))=0"
        elif column.tick is not None:
            yes, no = (literal(word) for word in column.tick)
            if one and column.flag_words:
                yield f'OR({raw}="",{is_among(raw, column.flag_words)})'
                return
            yield (
                f'OR({raw}="",{raw}={yes},{raw}={no})'
                if one
                else f"COUNTIF({raw},{yes})+COUNTIF({raw},{no})+COUNTBLANK({raw})>=ROWS({raw})"
            )
        elif column.choices is not None and self.tables.get(folded(column.list_table)) is not None:
            _, labels = self.list_of(column, node)
            if one and column.spelled is not None:
                yield f'OR({raw}="",ISNUMBER(MATCH({exactly(raw)},{column.spelled[0]},0)))'
                return
            yield (
                f'OR({raw}="",COUNTIF({labels},{raw})>0)'
                if one
                else f'SUMPRODUCT(({raw}<>"")*(COUNTIF({labels},{raw})=0))=0'
            )


def _all(conditions: Sequence[str]) -> str:
    return f"AND({','.join(conditions)})" if len(conditions) > 1 else "".join(conditions) or "TRUE"


def _is_search_in_array(node: Node) -> bool:
    return (
        isinstance(node, Call)
        and node.name == "MATCH"
        and len(node.arguments) == 3
        and isinstance(node.arguments[1], ArrayConstant)
        and isinstance(node.arguments[2], Constant)
        and node.arguments[2].value == 0
    )
