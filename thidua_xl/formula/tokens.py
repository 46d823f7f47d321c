"""The words of an Excel formula, without losing a character. Read `tokenize`, then `Kind`.

`"".join(token.text for token in tokenize(text)) == text`, whatever the spacing and spelling.
Source: ECMA-376 Part 1, 18.17 (formulas), and what Excel writes into files for tables and other books.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from thidua_xl.formula.problem import FormulaError
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, column_number


class Kind(Enum):
    """What a token is. The examples are whole tokens."""

    PREFIX = "prefix"  # the leading = of a formula as people write it
    REFERENCE = "reference"  # A1  $A$1:B2  A:C  1:3  'It''s'!A1  S1:S3!A1  [1]Sheet!A1  '[b.xlsx]S'!A1:B2
    STRUCTURED = "structured"  # TD_S05[so_tien]  [@so_tien]  [@[a b]]  T[[#Headers],[x]]  [1]!T[x]
    NAME = "name"  # TD_CD_nguong  Sheet1!Local  [1]!Name
    NUMBER = "number"  # 1  .5  1.5E+3
    TEXT = "text"  # "a ""b"""
    BOOL = "bool"  # TRUE  false
    ERROR = "error"  # #N/A  #REF!  Sheet1!#REF!
    OPERATOR = "operator"  # + - * / ^ & = <> < > <= >= % : @ #
    FUNCTION = "function"  # SUM (without its parenthesis)  _xlfn.XLOOKUP
    OPEN = "open"  # (
    CLOSE = "close"  # )
    SEPARATOR = "separator"  # , or ;
    BRACE = "brace"  # { or }
    SPACE = "space"  # blanks, line ends, non-breaking space


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a formula; `start` is the 0-based index of its first character in the formula."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The 0-based index just behind its last character."""
        return self.start + len(self.text)


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a formula, with or without its leading `=`.

    Raises FormulaError: `unclosed_text`, `unclosed_bracket`, `unclosed_quote`, `unknown_word`, `unknown_character`,
    `outside_sheet`.
    Nothing is said about grammar: `)(` is two tokens. Time is linear in the length of the text.
    """
    tokens: list[Token] = []
    lead = _LEAD.match(text)
    position = 0
    if lead:
        if lead[1]:
            tokens.append(Token(Kind.SPACE, lead[1], 0))
        tokens.append(Token(Kind.PREFIX, "=", lead.start(2)))
        position = lead.end()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise _unreadable(text, position)
        kind = _KINDS[found.lastgroup]
        word = found[0]
        if kind is Kind.REFERENCE and not _is_on_sheet(found):
            # ABC9999999 and XFE1 lie outside the sheet: Excel takes them as names.
            shorter = _OUTSIDE.match(text, position)
            if shorter is None:
                raise FormulaError("outside_sheet", position, word)
            word = shorter[0]
            kind = Kind.FUNCTION if text[shorter.end() : shorter.end() + 1] == "(" else Kind.NAME
        tokens.append(Token(kind, word, position))
        position += len(word)
    return tuple(tokens)


# Letters of any language; Vietnamese marks may stand apart from their letter (NFD), so they are listed.
_CHAR = r"[\w.\\?\u0300-\u036f]"
_NAME = rf"(?:[^\W\d]|\\){_CHAR}*"
_SHEET = r"[\w.\u0300-\u036f]+"
_BEFORE = rf"(?:'(?:[^']|'')+'|(?:\[[^\[\]]+\])?{_SHEET}(?::{_SHEET})?|\[[^\[\]]+\])!"
_CELL = r"\$?[A-Za-z]{1,3}\$?0*[1-9][0-9]{0,6}"
_AREA = (
    rf"(?:{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[1-9][0-9]{{0,6}}:\$?[1-9][0-9]{{0,6}})"
    rf"(?!{_CHAR}|[(!\[]|\$)"
)
_BRACKETS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_ERRORS = (
    r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|UNKNOWN!|CONNECT!"
    r"|BUSY!|EXTERNAL!|PYTHON!|TIMEOUT!)"
)

_LEAD = re.compile(r"(\s*)(=)")
_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<space>\s+)",
            r'(?P<text>"(?:[^"]|"")*")',
            rf"(?P<error>(?:{_BEFORE})?{_ERRORS})",
            rf"(?P<reference>(?:{_BEFORE})?(?P<area>{_AREA}))",
            rf"(?P<structured>(?:{_BEFORE})?(?:{_NAME})?{_BRACKETS}(?!![^\W\d]))",
            rf"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:E[+-]?[0-9]+)?(?!{_CHAR}))",
            rf"(?P<bool>(?:TRUE|FALSE)(?!{_CHAR}|[(!\[]))",
            rf"(?P<function>(?:{_BEFORE})?{_NAME}(?=\s*\())",
            rf"(?P<name>(?:{_BEFORE})?{_NAME}(?![!\[]))",
            r"(?P<operator><=|>=|<>|[-+*/^&=<>%:@#])",
            r"(?P<open>\()",
            r"(?P<close>\))",
            r"(?P<separator>[,;])",
            r"(?P<brace>[{}])",
        )
    ),
    re.IGNORECASE,
)
_OUTSIDE = re.compile(rf"(?:{_BEFORE})?\$?{_NAME}", re.IGNORECASE)
_KINDS = {kind.value: kind for kind in Kind}

# What people type, or what a word processor or another language makes of it -> what a formula has for it.
_MEANT = {"≤": "<=", "≥": ">=", "≠": "<>", "×": "*", "÷": "/", "–": "-", "−": "-", "“": '"', "”": '"', "″": '"'}
_MEANT |= {"„": '"', "‘": '"', "’": '"', "!": "NOT( )", "|": "OR( )", "，": ",", "；": ";", "（": "(", "）": ")"}
_MEANT |= {"＝": "=", "＞": ">", "＜": "<", "！": "NOT( )", "…": "..."}
_PAIRS = {"!=": "<>", "||": "OR( )"}


def _is_on_sheet(found: re.Match[str]) -> bool:
    for part in found["area"].replace("$", "").split(":"):
        letters = part.rstrip("0123456789")
        digits = part[len(letters) :]
        try:
            if letters and column_number(letters) > MAX_COLUMN:
                return False
        except ValueError:
            return False
        if digits and int(digits) > MAX_ROW:
            return False
    return True


def _unreadable(text: str, position: int) -> FormulaError:
    character = text[position]
    if character == '"':
        return FormulaError("unclosed_text", position, text[position:])
    if character == "'":
        # 'TIEN': text stands between double quotes.
        word = re.match("'([^']*)'(?!!)", text[position:])
        found = f'"{word[1]}"' if word else ""
        return FormulaError("unclosed_quote", position, word[0] if word else text[position:], found)
    if character == "]":
        # @so_tien]: the bracket that opens was forgotten.
        before = re.search(rf"@?{_NAME}\Z", text[:position])
        return FormulaError("unknown_character", position, character, f"[{before[0]}]" if before else "")
    rest = re.match(rf"(?:{_NAME})?(\[)", text[position:])
    if rest:
        return FormulaError("unclosed_bracket", position + rest.start(1), text[position:])
    word = re.match(rf"{_CHAR}+", text[position:])
    if word:
        # 5a, 1.2.3, Sheet1! : a word that is neither number nor name.
        grouped = re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", word[0])
        return FormulaError("unknown_word", position, word[0], word[0].replace(".", "") if grouped else "")
    pair = text[position : position + 2]
    if pair in _PAIRS:
        return FormulaError("unknown_character", position, pair, _PAIRS[pair])
    return FormulaError("unknown_character", position, character, _MEANT.get(character, ""))
