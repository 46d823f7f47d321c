"""The tree of a formula: `parse` turns text into one `Node`. Grammar only; names are looked up in `evaluate`.

Precedence, tightest first: `:`  `-x`  `x%`  `^`  `* /`  `+ -`  `&`  comparison; all but the prefix bind to
the left, so `-2^2` is 4 and `2^3^2` is 64, as in Excel (ECMA-376 Part 1, 18.17.2.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.tokens import Kind, Token, tokenize

MAX_LENGTH = 8192  # characters, as in Excel
MAX_DEPTH = 64  # nested operands, as Excel's nested functions; also bounds recursion
MAX_CHAIN = 255  # operators of one rank in a row (a & b & c ...), as Excel's number of arguments


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, TRUE/FALSE or error as written; a missing argument is None with `missing`."""

    value: bool | int | Decimal | str | None
    start: int
    error: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class ArrayConstant:
    """`{1,2;3,4}`: rows of constants."""

    rows: tuple[tuple[Constant, ...], ...]
    start: int


@dataclass(frozen=True, slots=True)
class Structured:
    """A table reference as written: `table` "" means the table of the row; `this_row` for `[@x]`.

    `first`, `last` are column names ("" for the whole table); `item` is "" or `#Headers`, `#All`, `#Totals`.
    """

    table: str
    first: str
    last: str
    this_row: bool
    item: str
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An A1 reference as written, with its sheet: `'Biểu 05'!$B$5`, `A:C`."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `+x`, `@x`, or `x%`, `x#` (operator `%`, `#`)."""

    operator: str
    operand: Node
    start: int


@dataclass(frozen=True, slots=True)
class Binary:
    """`x + y` and its like; `:` between two references that are no plain range."""

    operator: str
    left: Node
    right: Node
    start: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; `name` in capitals, without `_xlfn.`."""

    name: str
    arguments: tuple[Node, ...]
    start: int


Node = Constant | ArrayConstant | Structured | Reference | Name | Unary | Binary | Call


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """The tree of a formula, with or without its leading `=`.

    Raises FormulaError at the first wrong character: what `tokenize` raises, and `empty`, `too_long`,
    `too_deep`, `missing_operand`, `missing_operator`, `unclosed_parenthesis`, `extra_parenthesis`,
    `mixed_separators`, `extra_separator`, `wrong_array`, `wrong_structured`.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError("too_long", MAX_LENGTH, length=len(text), limit=MAX_LENGTH)
    tokens = tuple(token for token in tokenize(text) if token.kind not in (Kind.SPACE, Kind.PREFIX))
    if not tokens:
        raise FormulaError("empty", 0)
    parser = _Parser(tokens, len(text))
    node = parser.expression(1)
    rest = parser.peek()
    if rest is None:
        return node
    if rest.kind is Kind.CLOSE:
        raise FormulaError("extra_parenthesis", rest.start, rest.text)
    if rest.kind is Kind.SEPARATOR:
        raise FormulaError("extra_separator", rest.start, rest.text, parser.meant_number())
    raise FormulaError("missing_operator", rest.start, rest.text, _JOINING.get(rest.text.upper(), ""))


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, left to right."""
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return node.left, node.right
    if isinstance(node, Call):
        return node.arguments
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, from left to right."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(children(one)))


# What people write between two things, and the function that says it.
_JOINING = {"AND": "AND( )", "OR": "OR( )", "VÀ": "AND( )", "HOẶC": "OR( )", "MOD": "MOD( )", "NOT": "NOT( )"}
_TWO_OPERATORS = {"=>": ">=", "=<": "<=", "><": "<>", "==": "=", "&&": "AND( )", "=": "=", "**": "^"}

_RANKS: dict[str, int] = {
    **dict.fromkeys(("=", "<>", "<", ">", "<=", ">="), 1),
    "&": 2,
    **dict.fromkeys(("+", "-"), 3),
    **dict.fromkeys(("*", "/"), 4),
    "^": 5,
}


@dataclass(slots=True)
class _Parser:
    tokens: tuple[Token, ...]
    length: int
    at: int = 0
    depth: int = 0
    separators: dict[str, int] = field(default_factory=dict)

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def accept(self, kind: Kind, *texts: str) -> Token | None:
        token = self.peek()
        if token is None or token.kind is not kind or (texts and token.text not in texts):
            return None
        self.at += 1
        return token

    def expression(self, rank: int) -> Node:
        """Operands joined by operators of at least that rank; one call per nesting keeps recursion shallow."""
        left = self.signed()
        chain = 0
        while True:
            operator = self.peek()
            if operator is None or operator.kind is not Kind.OPERATOR:
                return left
            its_rank = _RANKS.get(operator.text, 0)
            if its_rank < rank or not its_rank:
                return left
            chain += 1
            if chain > MAX_CHAIN:
                raise FormulaError("too_deep", operator.start, operator.text, limit=MAX_CHAIN)
            self.at += 1
            left = Binary(operator.text, left, self.expression(its_rank + 1), operator.start)

    def signed(self) -> Node:
        """An operand with its signs before and its percent marks behind."""
        signs: list[Token] = []
        while sign := self.accept(Kind.OPERATOR, "-", "+", "@"):
            signs.append(sign)
        node = self.range()
        marks = 0
        while mark := self.accept(Kind.OPERATOR, "%"):
            marks += 1
            signs.insert(0, mark)
        if len(signs) > MAX_DEPTH:
            raise FormulaError("too_deep", signs[-1].start, signs[-1].text, limit=MAX_DEPTH)
        # The signs bind tighter than the percent mark; the innermost comes last.
        for sign in [*reversed(signs[marks:]), *reversed(signs[:marks])]:
            node = Unary(sign.text, node, sign.start)
        return node

    def range(self) -> Node:
        node = self.operand()
        while operator := self.accept(Kind.OPERATOR, ":", "#"):
            if operator.text == "#":
                node = Unary("#", node, operator.start)
            else:
                node = Binary(":", node, self.operand(), operator.start)
        return node

    def operand(self) -> Node:
        token = self.peek()
        if token is None:
            raise FormulaError("missing_operand", self.length)
        make = _OPERANDS.get(token.kind)
        if make is not None:
            self.at += 1
            return make(token)
        if token.kind is Kind.FUNCTION:
            self.at += 1
            return self.call(token)
        if token.kind is Kind.OPEN:
            self.at += 1
            self.enter(token)
            node = self.expression(1)
            self.depth -= 1
            self.close(token)
            return node
        if token.text == "{":
            self.at += 1
            return self.array(token)
        raise FormulaError("missing_operand", token.start, token.text, self.meant_operator(token))

    def meant_operator(self, token: Token) -> str:
        """What two operators in a row were meant to be: `=>` is `>=`; "" when they make no sense together."""
        before = self.tokens[self.at - 1] if self.at else None
        if before is None or before.kind is not Kind.OPERATOR or before.end != token.start:
            return _TWO_OPERATORS.get(token.text, "") if before is None else ""
        return _TWO_OPERATORS.get(before.text + token.text, "")

    def meant_number(self) -> str:
        """The number that commas stand in: `1,000,000` gives 1000000, `0,5` gives 0.5; "" when it is none."""
        tokens, start = self.tokens, self.at - 1
        last = self.at
        while last + 1 < len(tokens) and tokens[last].text == "," and tokens[last + 1].kind is Kind.NUMBER:
            last += 2
        parts = [one.text for one in tokens[start:last:2]] if start >= 0 else []
        joined = all(one.end == other.start for one, other in pairwise(tokens[start:last]))
        if len(parts) < 2 or not joined or not all(one.isdigit() for one in parts):
            return ""
        if len(parts[0]) <= 3 and parts[0] != "0" and all(len(one) == 3 for one in parts[1:]):
            return "".join(parts)
        return ".".join(parts) if len(parts) == 2 else ""

    def meant_decimal(self) -> str:
        """The number with a point where its comma stands among semicolons: `0,5` gives 0.5."""
        at = self.separators[","]
        around = (self.tokens[at - 1], self.tokens[at + 1]) if 0 < at < len(self.tokens) - 1 else ()
        return ".".join(one.text for one in around) if all(one.kind is Kind.NUMBER for one in around) else ""

    def enter(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError("too_deep", token.start, token.text, limit=MAX_DEPTH)

    def close(self, opening: Token) -> None:
        if self.accept(Kind.CLOSE):
            return
        token = self.peek()
        if token is None:
            raise FormulaError("unclosed_parenthesis", opening.start, opening.text)
        if token.kind is Kind.SEPARATOR:
            raise FormulaError("extra_separator", token.start, token.text, self.meant_number())
        raise FormulaError("missing_operator", token.start, token.text, _JOINING.get(token.text.upper(), ""))

    def call(self, token: Token) -> Call:
        opening = self.accept(Kind.OPEN)
        if opening is None:
            raise FormulaError("missing_operand", token.end, token.text)
        self.enter(token)
        arguments: list[Node] = []
        if not self.accept(Kind.CLOSE):
            while True:
                arguments.append(self.argument())
                separator = self.accept(Kind.SEPARATOR)
                if separator is None:
                    break
                self.separators.setdefault(separator.text, self.at - 1)
                if len(self.separators) > 1:
                    # IF(a>0,5;1;2) in a book with decimal commas: what is meant must not be guessed.
                    raise FormulaError("mixed_separators", separator.start, separator.text, self.meant_decimal())
            if not self.accept(Kind.CLOSE):
                rest = self.peek()
                if rest is None:
                    raise FormulaError("unclosed_parenthesis", opening.start, token.text)
                raise FormulaError("missing_operator", rest.start, rest.text, _JOINING.get(rest.text.upper(), ""))
        self.depth -= 1
        name = token.text.upper()
        for marker in ("_XLFN.", "_XLWS."):
            name = name.removeprefix(marker)
        return Call(name, tuple(arguments), token.start)

    def argument(self) -> Node:
        token = self.peek()
        if token is not None and token.kind in (Kind.SEPARATOR, Kind.CLOSE):
            return Constant(None, token.start, missing=True)
        return self.expression(1)

    def array(self, opening: Token) -> ArrayConstant:
        rows: list[list[Constant]] = [[]]
        while True:
            sign = self.accept(Kind.OPERATOR, "-", "+")
            token = self.peek()
            if token is None:
                raise FormulaError("wrong_array", opening.start, opening.text)
            make = _OPERANDS.get(token.kind)
            node = make(token) if make is not None else None
            if not isinstance(node, Constant):
                near = f"[@{token.text}]" if token.kind is Kind.NAME else ""
                raise FormulaError("wrong_array", token.start, token.text, near)
            self.at += 1
            if sign is not None:
                if not isinstance(node.value, (int, Decimal)) or isinstance(node.value, bool):
                    raise FormulaError("wrong_array", token.start, token.text)
                node = Constant(-node.value if sign.text == "-" else node.value, sign.start)
            rows[-1].append(node)
            separator = self.accept(Kind.SEPARATOR)
            if separator is None:
                break
            if separator.text == ";":
                rows.append([])
        if not self.accept(Kind.BRACE, "}") or len({len(row) for row in rows}) > 1:
            raise FormulaError("wrong_array", opening.start, opening.text)
        return ArrayConstant(tuple(tuple(row) for row in rows), opening.start)


def _number(token: Token) -> Constant:
    if token.text.isascii() and token.text.isdigit() and len(token.text) <= 15:
        return Constant(int(token.text), token.start)
    number = Decimal(token.text)
    if number and not -307 <= number.adjusted() <= 308:
        raise FormulaError("number_too_big", token.start, token.text)
    digits = number.as_tuple()
    # Excel keeps 15 digits of a number and makes the others 0.
    kept = Decimal((0, digits.digits[:15], int(digits.exponent) + max(0, len(digits.digits) - 15)))
    whole = kept == kept.to_integral_value() if kept.adjusted() < 15 else False
    return Constant(int(kept) if whole else kept, token.start)


def _structured(token: Token) -> Structured:
    name, bracket, _ = token.text.partition("[")
    inner = token.text[len(name) + 1 : -1]
    if "!" in name or not bracket:
        raise FormulaError("wrong_structured", token.start, token.text)
    this_row = inner.lstrip().startswith("@")
    if this_row:
        inner = inner.lstrip()[1:]
    inner = inner.strip()
    parts = [inner] if not inner.startswith("[") else list(_bracketed(inner, token))
    item = ""
    columns: list[str] = []
    for part in parts:
        if part.startswith("#"):
            if part.casefold() == "#this row":
                this_row = True
            elif part.casefold() != "#data":
                item = part
        elif part:
            columns.append(_unescape(part))
    if len(columns) > 2 or (this_row and not columns):
        raise FormulaError("wrong_structured", token.start, token.text)
    first = columns[0] if columns else ""
    return Structured(name, first, columns[-1] if columns else "", this_row, item, token.start, token.text)


def _bracketed(inner: str, token: Token) -> Iterator[str]:
    """The parts of `[#This Row],[a]:[b]`."""
    at = 0
    while at < len(inner):
        if inner[at] != "[":
            raise FormulaError("wrong_structured", token.start, token.text)
        end = at + 1
        while end < len(inner) and inner[end] != "]":
            end += 2 if inner[end] == "'" else 1
        yield inner[at + 1 : end]
        at = end + 1
        while at < len(inner) and inner[at] in " ,;:":
            at += 1


def _unescape(name: str) -> str:
    """A column name without the quote that stands before `[ ] # '` in a table reference."""
    out: list[str] = []
    at = 0
    while at < len(name):
        if name[at] == "'" and at + 1 < len(name):
            at += 1
        out.append(name[at])
        at += 1
    return "".join(out).strip()


_OPERANDS: dict[Kind, Callable[[Token], Node]] = {
    Kind.NUMBER: _number,
    Kind.TEXT: lambda token: Constant(token.text[1:-1].replace('""', '"'), token.start),
    Kind.BOOL: lambda token: Constant(token.text.upper() == "TRUE", token.start),
    Kind.ERROR: lambda token: Constant(None, token.start, error=token.text[token.text.rindex("#") :].upper()),
    Kind.STRUCTURED: _structured,
    Kind.REFERENCE: lambda token: Reference(token.text, token.start),
    Kind.NAME: lambda token: Name(token.text, token.start),
}
