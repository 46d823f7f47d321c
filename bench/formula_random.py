"""Random formulas against LibreOffice, cell by cell: all functions, nested, over dirty rows.

Run: python bench/formula_random.py [--count 1500] [--rows 60] [--seed 1] [--depth 4] [--show 40]
Bar: every difference comes down to a line of the written truth table (tests/unit/formula/formula_cases.py). A formula
that differs is taken apart: the innermost piece that differs while its own pieces agree is what is shown, with the
values it was given; `EXPLAINED` says to which line of the truth table it belongs.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "unit" / "formula"), str(HERE)]

from formula_libreoffice import convert  # noqa: E402  # the tests' folder has just been added
from formula_oracle import agrees, ask_libreoffice, dirty_table  # noqa: E402  # the same

from thidua_xl.formula import FormulaError, Table, compile_formula  # noqa: E402  # after the lines above
from thidua_xl.formula.branches import BRANCHES  # noqa: E402  # the same
from thidua_xl.formula.functions import FUNCTIONS  # noqa: E402  # the same
from thidua_xl.model import CellError, Value  # noqa: E402  # the same

# What each function takes: N number, T text, B truth value, D date, A anything, P pattern or criterion,
# I small whole number, R column of numbers, S column of texts, K the same column for all ranges, = a literal.
TAKES: dict[str, tuple[str, ...]] = {
    "AND": ("BB", "BBB"), "OR": ("BB", "BBB"), "XOR": ("BB",), "NOT": ("B",), "IF": ("BAA", "BNN", "BTT", "BA"),
    "IFS": ("BNBN",), "IFERROR": ("AA", "NN"), "IFNA": ("AA",), "SWITCH": ("TTNTNN", "NNTT"), "CHOOSE": ("INNN",),
    "SUM": ("R", "NN", "RN"), "SUMIF": ("RPR", "SPR"), "SUMIFS": ("RRPSP",), "AVERAGE": ("R", "NN"),
    "AVERAGEIF": ("SPR",), "AVERAGEIFS": ("RSP",), "COUNT": ("R", "NAN", "S"), "COUNTA": ("R", "S", "AA"),
    "COUNTBLANK": ("R", "S"), "COUNTIF": ("RP", "SP", "SP"), "COUNTIFS": ("RPSP", "SPSP"), "MIN": ("R", "NN"),
    "MAX": ("R", "NN"), "MINIFS": ("RSP",), "MAXIFS": ("RSP",), "MEDIAN": ("R", "NNN"), "PRODUCT": ("NN",),
    "SUMSQ": ("NN",), "LARGE": ("RI",), "SMALL": ("RI",), "STDEV": ("R",), "VAR": ("R",), "RANK": ("NR",),
    "SUMPRODUCT": ("RR",), "ROUND": ("NI", "NN"), "ROUNDUP": ("NI",), "ROUNDDOWN": ("NI",), "INT": ("N",),
    "TRUNC": ("N", "NI"), "MOD": ("NN",), "QUOTIENT": ("NN",), "ABS": ("N",), "SIGN": ("N",), "SQRT": ("N",),
    "POWER": ("NI",), "CEILING": ("NI",), "FLOOR": ("NI",), "EVEN": ("N",), "ODD": ("N",), "GCD": ("II",),
    "LCM": ("II",), "EXP": ("I",), "LN": ("N",), "LOG10": ("N",), "LEN": ("T", "A"), "LEFT": ("TI", "T"),
    "RIGHT": ("TI", "T"), "MID": ("TII",), "TRIM": ("T",), "UPPER": ("T",), "LOWER": ("T",), "PROPER": ("T",),
    "EXACT": ("TT",), "FIND": ("TT", "TTI"), "SEARCH": ("PT", "TTI"), "SUBSTITUTE": ("TTT", "TTTI"),
    "REPLACE": ("TIIT",), "REPT": ("TI",), "CONCATENATE": ("TAT",), "CONCAT": ("TTT",), "TEXTJOIN": ("TBTT",),
    "VALUE": ("T", "N"), "TEXT": ("NF", "DG"), "CLEAN": ("T",), "CODE": ("T",), "CHAR": ("I",), "T": ("A",),
    "N": ("A",), "ISBLANK": ("A",), "ISNUMBER": ("A",), "ISTEXT": ("A",), "ISNONTEXT": ("A",), "ISERROR": ("A",),
    "ISERR": ("A",), "ISNA": ("A",), "ISLOGICAL": ("A",), "ISEVEN": ("N",), "ISODD": ("N",), "TYPE": ("A",),
    "DATE": ("YII",), "YEAR": ("D",), "MONTH": ("D",), "DAY": ("D",), "EDATE": ("DI",), "EOMONTH": ("DI",),
    "DATEDIF": ("DDU",), "DAYS": ("DD",), "WEEKDAY": ("D",), "NETWORKDAYS": ("dd",), "WORKDAY": ("dI",),
    "HOUR": ("D",), "TIME": ("III",), "MATCH": ("TSZ", "NRZ"), "INDEX": ("RI", "SI"), "VLOOKUP": ("NV",),
    "LOOKUP": ("NL",), "ROWS": ("R",), "COLUMNS": ("R",), "ISOWEEKNUM": ("D",), "DAYS360": ("DD",),
}  # fmt: skip
# What a function gives, so that it can stand where that is wanted; the others give numbers.
GIVES = {
    "B": "AND OR XOR NOT EXACT ISBLANK ISNUMBER ISTEXT ISNONTEXT ISERROR ISERR ISNA ISLOGICAL ISEVEN ISODD",
    "T": "LEFT RIGHT MID TRIM UPPER LOWER PROPER SUBSTITUTE REPLACE REPT CONCATENATE CONCAT TEXTJOIN TEXT CLEAN CHAR T",
    "D": "DATE EDATE EOMONTH WORKDAY",
    "A": "IF IFERROR IFNA INDEX",
}
TEXTS = ('"Đặng Văn A"', '"đặng"', '"TIEN"', '"tien"', '"a"', '" "', '""', '"ổ"', '"5"', '"12%"', '"x*y"', '"Ưu Tiên"')
PATTERNS = ('"TIEN"', '"đặng*"', '"*n*"', '"?b*"', '"~*"', '">5"', '"<=10"', '"<>5"', '"<>"', '"="', "5", '"5"', '">đ"')
FORMATS = ('"0"', '"0.00"', '"#,##0"', '"0%"', '"000"', '"#,##0.0"')
DAYS_SAID = ('"dd/mm/yyyy"', '"yyyy-mm"', '"d/m/yy"')


@dataclass
class Maker:
    """Draws formulas; `columns` are those of the dirty table."""

    draw: random.Random
    mixed: float = 0.12
    asked: Counter[str] = field(default_factory=Counter)

    def of(self, kind: str, depth: int) -> str:
        """A formula that gives that kind, at most so deep."""
        fixed = _FIXED.get(kind)
        if fixed is not None:
            return self.draw.choice(fixed)
        if kind in "NTBDA" and self.draw.random() < self.mixed:
            kind = self.draw.choice("NTBDA")
        if depth <= 0 or self.draw.random() < 0.15:
            return self.draw.choice(_LEAVES[kind])
        if self.draw.random() < 0.22:
            return self.joined(kind, depth)
        names = _BY_KIND[kind]
        least = min(self.asked[name] for name in names)
        name = self.draw.choice([name for name in names if self.asked[name] <= least + 3])
        self.asked[name] += 1
        taken = self.draw.choice(TAKES[name])
        return f"{name}({','.join(self.of(one, depth - 1) for one in taken)})"

    def joined(self, kind: str, depth: int) -> str:
        """Two pieces with an operator between, or one with a sign."""
        if kind == "B":
            one = self.draw.choice("NTDAN")
            sign = self.draw.choice(("=", "<>", "<", ">", "<=", ">="))
            return f"({self.of(one, depth - 1)}{sign}{self.of(one, depth - 1)})"
        if kind == "T":
            return f"({self.of('T', depth - 1)}&{self.of('A', depth - 1)})"
        if kind == "D":
            return f"({self.of('D', depth - 1)}+{self.of('I', 0)})"
        sign = self.draw.choice(("+", "-", "*", "/", "^", "%", "-x"))
        left = self.of("N", depth - 1)
        if sign == "%":
            return f"{left}%" if left[-1] in ")]" else left
        if sign == "-x":
            return f"(-{left})"
        return f"({left}{sign}{self.of('N' if sign != '^' else 'I', depth - 1)})"


_LEAVES = {
    "N": ("[@a]", "[@b]", "[@m]", "[@a]", "0", "1", "2.5", "-3", "100", "0.1", "10%", "1E3"),
    "T": ("[@c]", "[@c]", "[@g]", "[@k]", *TEXTS),
    "B": ("[@e]", "TRUE", "FALSE", "([@b]>5)", '([@g]="TIEN")', '([@c]="")', "([@a]=5)"),
    "D": ("[@d]", "[@d]", "DATE(2025,2,28)", "DATE(2024,12,31)", "45000"),
    "A": ("[@a]", "[@b]", "[@c]", "[@d]", "[@e]", "[@g]", "[@h]", "NA()", '""', "1/0"),
}
_FIXED = {
    "R": ("T[a]", "T[b]", "T[m]", "T[b]"),
    "S": ("T[c]", "T[g]", "T[k]"),
    "P": (*PATTERNS, "[@g]", "[@c]", "[@b]", '[@g]&"*"', '">"&[@b]'),
    "F": FORMATS,
    "G": DAYS_SAID,
    "I": ("0", "1", "2", "3", "5", "-1", "[@b]", "2.7"),
    "Y": ("2025", "2024", "1999", "2000+ABS([@b])"),
    # LibreOffice counts working days one by one: a day far ahead would keep it busy for hours.
    "d": ("[@d]", "DATE(2025,2,28)", "DATE(2024,12,31)", "DATE(2025,5,[@b])"),
    "U": ('"d"', '"m"', '"y"', '"ym"'),
    "Z": ("0",),
    "V": ("{0,1;5,2;10,3},2", '{1,"a";2,"b";3,"c"},2,FALSE'),
    "L": ("{0,5,10}", '{0,5,10},{"a","b","c"}'),
}
_BY_KIND: dict[str, list[str]] = {
    kind: [name for name in TAKES if name in given.split()] for kind, given in GIVES.items()
}
_BY_KIND["N"] = [name for name in TAKES if not any(name in given.split() for given in GIVES.values())]
for _name in ("IF", "IFERROR", "IFS", "SWITCH", "CHOOSE"):
    for _kind in "NT":
        _BY_KIND[_kind].append(_name) if _name not in _BY_KIND[_kind] else None
_BY_KIND["D"] += ["IF"]
_BY_KIND["A"] += ["VLOOKUP", "LOOKUP", "SUM", "LEN", "LEFT"]


def pieces(text: str) -> list[str]:
    """The arguments and operands inside the outermost call or parentheses; [] for a leaf."""
    if text.endswith("%"):
        return [text[:-1]]
    inner = text[text.index("(") + 1 : -1] if text.endswith(")") and "(" in text else ""
    if not inner:
        return []
    found, depth, start, quoted = [], 0, 0, False
    for at, letter in enumerate(inner):
        quoted ^= letter == '"'
        if quoted:
            continue
        depth += (letter in "([{") - (letter in ")]}")
        apart = not depth and (letter in ",=<>+-*/^&" if text.startswith("(") else letter == ",")
        if apart:
            found.append(inner[start:at])
            start = at + 1
    found.append(inner[start:])
    return [one for one in found if one and one[0] != "{" and "T[" not in one[:2]]


Given = Sequence[Value]
Why = Callable[[str, Value, Value, Given], bool]


def name_of(piece: str) -> str:
    """The function of a piece, "" for operators."""
    return piece.partition("(")[0]


def _truth(piece: str, ours: Value, theirs: Value, values: Given) -> bool:
    """A truth value went in, or came out as the number that it is in LibreOffice."""
    number = isinstance(ours, bool) and not isinstance(theirs, (bool, str)) and theirs in (0, 1, None)
    return number or any(isinstance(one, bool) for one in values)


def _early(piece: str, ours: Value, theirs: Value, values: Given) -> bool:
    """A day before 1900 or after 9999, or a count of days that ends there."""
    dated = name_of(piece) in _OF_DAYS or "DATE" in name_of(piece)
    return dated and ours in (CellError("#NUM!"), CellError("#VALUE!")) and isinstance(theirs, (int, float, str))


def _named(names: str, *results: str) -> Why:
    """Pieces of these functions where our result is one of these errors, or any when none is named."""
    wanted = frozenset(names.split())
    errors = tuple(CellError(one) for one in results)
    return lambda piece, ours, theirs, values: name_of(piece) in wanted and (not errors or ours in errors)


def _sign(sign: str) -> Why:
    return lambda piece, ours, theirs, values: piece.startswith("(") and sign in piece


def _several_errors(piece: str, ours: Value, theirs: Value, values: Given) -> bool:
    return isinstance(ours, CellError) and isinstance(theirs, CellError)


def _no_condition(piece: str, ours: Value, theirs: Value, values: Given) -> bool:
    asks = name_of(piece) in ("IF", "IFS", "AND", "OR", "XOR", "NOT", "TEXTJOIN")
    return asks and any(isinstance(one, str) for one in values)


def _sought_blank(piece: str, ours: Value, theirs: Value, values: Given) -> bool:
    return name_of(piece) in ("MATCH", "VLOOKUP", "LOOKUP") and values[0] is None


def _text_as_number(piece: str, ours: Value, theirs: Value, values: Given) -> bool:
    return any(isinstance(one, str) for one in values) and (
        isinstance(theirs, CellError) or name_of(piece) in ("COUNT", "COUNTIF", "COUNTIFS", "SUMIF", "SUMIFS")
    )


_OF_DAYS = frozenset({"EDATE", "EOMONTH", "WORKDAY", "NETWORKDAYS", "YEAR", "MONTH", "DAY", "WEEKDAY", "HOUR"})
_OF_DAYS |= {"DAYS", "DAYS360", "ISOWEEKNUM", "TEXT"}

# Why two answers may differ: each is a line of the truth table (docs/rule-formulas.md, "Excel and LibreOffice").
EXPLAINED: tuple[tuple[str, Why], ...] = (
    ("of two errors the first travels", _several_errors),
    ("a truth value is no number", _truth),
    ("no dates before 1900 and after 9999", _early),
    ("text is no condition", _no_condition),
    ("a blank cell looked up is 0", _sought_blank),
    ("a text is not sought among numbers, nor a number among texts", _named("VLOOKUP LOOKUP MATCH", "#N/A")),
    ("RANK of a number that is not in the list", _named("RANK", "#N/A")),
    ("a block where one value is wanted", _named("INDEX", "#VALUE!")),
    ("control characters are written apart", _named("CHAR")),
    ("ISEVEN, ISODD of a blank cell or of more than fifteen digits", _named("ISEVEN ISODD")),
    ("CODE of a letter outside the Western code page", _named("CODE")),
    ("an error among the values of SWITCH", _named("SWITCH")),
    ("0^0, 0^-1, roots of negative numbers", _sign("^")),
    ("hours, minutes and seconds are cut off after the point", _named("TIME")),
    ("day, month, year: the office's dates", _named("VALUE")),
    ("our numbers are exact decimals", _named("MOD")),
    ("COUNTIF takes text for number and number for text", _text_as_number),
)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=1500)
    options.add_argument("--rows", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--depth", type=int, default=4)
    options.add_argument("--mixed", type=float, default=0.12, help="share of arguments of another kind")
    options.add_argument("--show", type=int, default=40)
    given = options.parse_args()
    maker = Maker(random.Random(given.seed), given.mixed)
    made: dict[str, None] = {}
    while len(made) < given.count:
        made.setdefault("=" + maker.of(maker.draw.choice("NNTBDA"), given.depth))
    unknown = set(TAKES) - set(FUNCTIONS) - set(BRANCHES)
    assert not unknown, unknown
    used = {name for name in TAKES if any(f"{name}(" in text for text in made)}
    table = dirty_table(given.rows, given.seed + 100)
    ours, theirs = answers(list(made), table)
    differing = [text for text in made if first_wrong(ours[text], theirs[text]) is not None]
    cells = sum(len(one) for one in ours.values())
    wrong = sum(not agrees(*pair) for text in made for pair in zip(ours[text], theirs[text], strict=True))
    print(f"{len(made)} formulas, {len(used)} functions, {cells} cells, {wrong} differ in {len(differing)} formulas")
    kept = taken_apart(differing, table)
    print(f"{len(kept)} pieces differ while their own pieces agree")
    reasons: Counter[str] = Counter()
    unexplained = []
    for piece, row, one, other, values in kept:
        reason = next((why for why, fits in EXPLAINED if fits(piece, one, other, values)), "")
        reasons[reason] += 1
        if not reason:
            unexplained.append((piece, row, one, other, values))
    for reason, times in reasons.most_common():
        print(f"{times:6d} {reason or 'NOT EXPLAINED'}")
    for piece, row, one, other, values in unexplained[: given.show]:
        print(f"   row {row}: ours {one!r}, LibreOffice {other!r}, given {list(values)!r}: {piece}")
    return int(bool(unexplained))


def answers(formulas: Sequence[str], table: dict[str, list[Value]]) -> tuple[dict[str, Given], dict[str, Given]]:
    """What both say of each formula, row by row."""
    with tempfile.TemporaryDirectory() as folder:
        theirs = ask_libreoffice(formulas, table, Path(folder), convert)
    tables, schema = {"T": Table("T", table)}, {"T": tuple(table)}
    ours = {}
    height = len(table["a"])
    for text in formulas:
        try:
            ours[text] = compile_formula(text, schema=schema, home="T").run(tables)
        except FormulaError as error:
            ours[text] = [CellError(f"#{error.code}!")] * height
    return ours, dict(zip(formulas, theirs, strict=True))


def first_wrong(ours: Given, theirs: Given) -> int | None:
    """The first row in which two answers differ."""
    return next((row for row, pair in enumerate(zip(ours, theirs, strict=True)) if not agrees(*pair)), None)


def taken_apart(
    formulas: Sequence[str], table: dict[str, list[Value]]
) -> list[tuple[str, int, Value, Value, list[Value]]]:
    """(piece, row, ours, theirs, values of its pieces) of each innermost difference."""
    every: dict[str, None] = {}
    waiting = [text.removeprefix("=") for text in formulas]
    while waiting:
        one = waiting.pop()
        if f"={one}" not in every:
            every[f"={one}"] = None
            waiting += pieces(one)
    ours, theirs = answers(list(every), table) if every else ({}, {})
    found = []
    for text in every:
        own = [f"={one}" for one in pieces(text[1:])]
        for row, (one, other) in enumerate(zip(ours[text], theirs[text], strict=True)):
            if not agrees(one, other) and all(agrees(ours[part][row], theirs[part][row]) for part in own):
                found.append((text[1:], row, one, other, [ours[part][row] for part in own]))
                break
    return found


if __name__ == "__main__":
    sys.exit(main())
