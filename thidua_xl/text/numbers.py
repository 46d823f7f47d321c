"""Numbers as people in Vietnam type them -> exact Decimals, or the two readings, or no number. Read `parse_number`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from thidua_xl.text.folding import fold, has_accents, same_tone, tidy

# Money words and their factor in đồng. "ng" is none of them: it shortens người as often as nghìn.
MONEY_WORDS = {
    "ty": 10**9,
    "ti": 10**9,
    "trieu": 10**6,
    "tr": 10**6,
    "nghin": 10**3,
    "ngan": 10**3,
}
_CURRENCY = frozenset({"dong", "d", "vnd", "₫", "viet nam dong", "dong viet nam"})
# With accents only these are meant: "3 ngăn" is no 3.000, "2 tị" no 2 tỷ.
_ACCENTED = frozenset({"tỷ", "tỉ", "triệu", "nghìn", "ngàn", "đồng", "đ", "vnđ", "việt nam đồng", "đồng việt nam"})
_SIGNS = str.maketrans("\u2212\u2013\u2014\u2010\u2011", "-----")
_OTHER = {".": ",", ",": "."}
_DASHES = frozenset({"-", "--", "---", "- -"})
_DIGITS = re.compile(r"[0-9]+\Z")
# No office counts that far, and sums of all that is shorter stay exact.
_LONGEST = 100
_MOST_DIGITS = 30
_PIECE = re.compile(r"([0-9][0-9.,' ]*|[.,][0-9]+)\s*([^\W\d_]*)\.?\s*")
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?=[.,]|\Z)")
# Digits on two lines, or parted by a tab, are two numbers.
_TWO_LINES = re.compile(r"[0-9.,]\s*[\n\r\t\v\f\u2028\u2029]\s*[0-9.,]")


@dataclass(frozen=True, slots=True)
class NumberContext:
    """What is known about the column.

    `decimal` is the decimal mark its other cells use ("," or "."), "" when they do not tell; `grouping` holds the
    marks by which they part thousands (both, where two habits meet in the column). `scale` is the
    factor of its unit in đồng (1, 1000, 10**6, 10**9), so that "12 triệu" in a column of triệu đồng is 12.
    `money` is False for columns that surely hold no money, where "12 tr" may be 12 trang.
    `whole` columns take no decimals; `percent` columns hold 85 for 85 %, and `percent_format` says the cell
    shows its value times 100. `unit` is a unit that may stand behind the number ("người").
    `dash` is what a lone "-" means: None (blank) or 0. In an `indivisible` column (đồng, people) three decimals are
    doubtful whatever the other cells show, since nobody counts thousandths of them.
    """

    decimal: str = ""
    scale: int = 1
    whole: bool = False
    percent: bool = False
    percent_format: bool = False
    unit: str = ""
    dash: Decimal | None = None
    money: bool = True
    grouping: str = ""
    indivisible: bool = False


NO_CONTEXT = NumberContext()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A text with two readings; somebody has to say which."""

    first: Decimal
    second: Decimal


class Blank:
    """The text means that nothing was entered (a lone dash)."""

    __slots__ = ()


BLANK = Blank()


@dataclass(frozen=True, slots=True)
class ColumnStyle:
    """Which decimal mark the texts of a column show beyond doubt, `mixed` when both; the marks that part thousands."""

    decimal: str = ""
    mixed: bool = False
    grouping: str = ""


def parse_number(raw: str, context: NumberContext = NO_CONTEXT) -> Decimal | Ambiguous | Blank | None:
    """The number a text stands for; `Ambiguous` for two readings, `BLANK` for a dash, None when it is no number.

    Thousands may be parted by dots, commas or blanks; 12,5 triệu and 1 tỷ 200 triệu are multiplied out;
    (1.200) is negative. Exponents, full-width digits, words are no number.
    """
    if len(raw) > _LONGEST or _TWO_LINES.search(raw):
        return None
    text = tidy(raw).translate(_SIGNS)
    if text in _DASHES:
        return BLANK if context.dash is None else context.dash
    negative = accounting = False
    if text.startswith("(") and text.endswith(")"):
        text, negative, accounting = text[1:-1].strip(), True, True
        if text[:1] in ("-", "+"):
            return None
    if text[:1] in ("-", "+"):
        negative ^= text[0] == "-"
        text = text[1:].lstrip()
    if not text or not any("0" <= one <= "9" for one in text):
        return None
    size = _read_with_words(text, context, accounting)
    if size is None or not negative:
        return size
    if isinstance(size, Ambiguous):
        return Ambiguous(-size.first, -size.second)
    return -size


def column_style(texts: Iterable[str]) -> ColumnStyle:
    """The decimal mark that the texts of one column agree on."""
    seen: set[str] = set()
    grouping: set[str] = set()
    for raw in texts:
        text = tidy(raw)
        found = re.search(r"[0-9][0-9., ]*", text)
        if found is not None:
            digits = found[0].strip(" .,").replace(" ", "")
            mark = _sure_mark(digits)
            if mark:
                seen.add(mark)
                other = _OTHER[mark]
                if digits.count(other) > 1 or (other in digits and mark in digits):
                    grouping.add(other)
    groups = "".join(sorted(grouping))
    if len(seen) == 1:
        return ColumnStyle(decimal=next(iter(seen)), grouping=groups)
    return ColumnStyle(mixed=len(seen) > 1, grouping=groups)


def format_number_vi(number: Decimal | int) -> str:
    """A number as Vietnamese offices print it: 1234.5 gives 1.234,5; no exponent, no trailing zeros after the mark."""
    text = format(Decimal(number), "f")
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", ".")
    shown = grouped + ("," + rest if rest else "")
    return shown if shown == "0" else sign + shown


def _read_with_words(text: str, context: NumberContext, accounting: bool) -> Decimal | Ambiguous | None:
    """A number followed by %, money words or the column's own unit."""
    folded = fold(text)
    for prefix in ("vnd", "₫"):
        if folded.startswith(prefix):
            text = text[len(prefix) :].strip()
    if text.endswith("%"):
        return _plain(text[:-1].strip(), context, accounting) if context.percent else None
    plain = _plain(text, context, accounting)
    if plain is not None:
        if not (context.percent_format and context.percent and isinstance(plain, Decimal)):
            return plain
        # The cell shows 0,85 as 85 %; whoever typed the text 85 there hardly meant 8500 %, and 1 is either.
        return plain * 100 if abs(plain) < 1 else Ambiguous(plain, plain * 100)
    return _with_words(text, context, accounting)


def _with_words(text: str, context: NumberContext, accounting: bool) -> Decimal | Ambiguous | None:
    head = re.match(r"[0-9., ]*[0-9]", text)
    if head is None:
        return None
    words = text[head.end() :].lstrip(" .,-").rstrip(" .,")
    if context.unit and _same_word(words, context.unit):
        return _plain(head[0], context, accounting)
    tail = _word(words)
    # "1.500.000,-" closes an amount on vouchers
    if tail in _CURRENCY or text[head.end() :] in (",-", ".-"):
        size = _plain(head[0], context, accounting)
        return _scaled(size, Decimal(1) / context.scale) if context.scale != 1 else size
    return _money_words(text, context, accounting)


def _money_words(text: str, context: NumberContext, accounting: bool) -> Decimal | Ambiguous | None:
    """12,5 triệu; 1 tỷ 200 triệu đồng; each factor smaller than the one before."""
    rest, total, last = text, Decimal(0), 10**13
    pieces, broken = 0, False
    doubt: Ambiguous | None = None
    while rest:
        found = _PIECE.match(rest)
        if found is None:
            break
        word = _word(found[2])
        if word == "tr" and not context.money:
            return None
        factor = MONEY_WORDS.get(word, 1 if word in _CURRENCY and pieces else 0)
        if not factor or factor >= last:
            return None
        # Thousandths of a million are usual.
        within = replace(context, indivisible=False) if factor > 1 and context.indivisible else context
        size = _plain(found[1].strip(), within, accounting)
        if size is None or broken or (isinstance(size, Ambiguous) and pieces):
            return None
        if isinstance(size, Ambiguous):
            doubt = _scaled(size, Decimal(factor))  # type: ignore[assignment]  # an Ambiguous scaled is one
        else:
            if size * factor >= last:
                return None  # 2 tỷ 1500 triệu
            # After 1,2 tỷ nothing more can be counted: 1,2 tỷ 300 triệu is a slip.
            broken = size != size.to_integral_value()
            total += size * factor
        pieces, last, rest = pieces + 1, factor, rest[found.end() :]
    tail = _word(rest.strip(" ."))
    if not pieces or (tail and tail not in _CURRENCY):
        return None
    share = Decimal(1) / context.scale
    if doubt is not None:
        return _scaled(doubt, share) if pieces == 1 else None
    return total * share


def _word(raw: str) -> str:
    """A money or currency word folded; as typed when its accents make it another word."""
    plain = tidy(raw).lower().replace("ð", "đ")
    return plain if has_accents(plain) and plain not in _ACCENTED else fold(plain)


def _same_word(typed: str, unit: str) -> bool:
    """Whether a unit is typed behind a number: with its accents, or without any."""
    return fold(typed) == fold(unit) and (
        not has_accents(typed) or same_tone(tidy(typed)).casefold() == same_tone(tidy(unit)).casefold()
    )


def _scaled(size: Decimal | Ambiguous | None, factor: Decimal) -> Decimal | Ambiguous | None:
    if isinstance(size, Ambiguous):
        return Ambiguous(size.first * factor, size.second * factor)
    return None if size is None else size * factor


def _plain(text: str, context: NumberContext, accounting: bool) -> Decimal | Ambiguous | None:
    """Digits with separators only."""
    if _SPACED.match(text):
        text = text.replace(" ", "")
    if sum(map(str.isdigit, text)) > _MOST_DIGITS:
        return None
    if _DIGITS.match(text):
        return Decimal(text)
    marks = [one for one in text if one in ".,"]
    if not marks or any(one not in "0123456789.," for one in text) or text[-1] in ".,":
        return None
    if len(set(marks)) == 2:
        return _two_marks(text, marks, context)
    mark = marks[0]
    groups = text.split(mark)
    if len(marks) > 1:
        return Decimal("".join(groups)) if _are_groups(groups) else None
    return _one_mark(groups, mark, context, accounting)


def _two_marks(text: str, marks: list[str], context: NumberContext) -> Decimal | Ambiguous | None:
    """1.234,5 or 1,234.5: the last mark is the decimal one and stands once.

    Of đồng and people 1.500,000 may also be 1.500.000 with a slip.
    """
    decimal = marks[-1]
    if marks.count(decimal) != 1:
        return None
    whole, _, rest = text.partition(decimal)
    groups = whole.split("." if decimal == "," else ",")
    if not _are_groups(groups):
        return None
    size = Decimal(f"{''.join(groups)}.{rest}")
    if len(rest) == 3 and context.indivisible:
        return Ambiguous(size, size.scaleb(3))
    return size


def _one_mark(groups: list[str], mark: str, context: NumberContext, accounting: bool) -> Decimal | Ambiguous | None:
    """1.500: a thousand and a half or one and a half; 12.5: 12 and a half unless the column groups with dots."""
    fraction = Decimal(f"{groups[0] or '0'}.{groups[1]}")
    joined = Decimal("".join(groups))
    groups_elsewhere = context.decimal not in ("", mark)
    if _are_groups(groups):
        if groups_elsewhere:
            return joined
        if context.decimal == mark:
            return Ambiguous(joined, fraction) if accounting or context.indivisible else fraction
        if accounting:
            return joined
        if context.whole and fraction != fraction.to_integral_value():
            return joined
        return Ambiguous(joined, fraction)
    if groups_elsewhere or mark in context.grouping or (_lost_a_mark(groups) and context.decimal != mark):
        # The column parts thousands with this mark: 12.5 beside 1.234.567 is a slip of one kind or the other,
        # and 1500.000 may have lost its first dot.
        return Ambiguous(fraction, joined)
    return fraction


def _are_groups(groups: list[str]) -> bool:
    """Whether the pieces are thousands: one to three digits (no leading zero), then threes."""
    first = groups[0]
    return (
        0 < len(first) <= 3
        and (first[0] != "0" or len(groups) == 1)
        and all(len(one) == 3 for one in groups[1:])
        and all(map(str.isdigit, groups))
    )


def _lost_a_mark(groups: list[str]) -> bool:
    """Whether the pieces may be thousands with one mark forgotten: 1500.000."""
    return len(groups[0]) > 3 and groups[1] == "000"


def _sure_mark(text: str) -> str:
    """The decimal mark a text shows beyond doubt, "" when it could be either."""
    marks = [one for one in text if one in ".,"]
    kinds = set(marks)
    if not marks:
        return ""
    if len(kinds) == 2:
        is_sure = marks.count(marks[-1]) == 1 and len(text.rpartition(marks[-1])[2]) != 3
        return marks[-1] if is_sure else ""
    groups = text.split(marks[0])
    if len(marks) > 1:
        return _OTHER[marks[0]] if _are_groups(groups) else ""
    return "" if _are_groups(groups) or _lost_a_mark(groups) else marks[0]
