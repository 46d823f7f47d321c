"""TEXT: a value by a number format such as `#,##0.00`, `0%`, `dd/mm/yyyy`, `0;(0)`, `@`. Read `format_value`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from thidua_xl.formula.values import LAST_DAY, VALUE, Number, at_fifteen, number_text, rounded, text_number, to_text
from thidua_xl.model import CellError, Value

_PART = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|AM/PM|A/P|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|E[+-]|.', re.DOTALL)
_DATE_LETTERS = frozenset("ymdhsYMDHS")


def format_value(value: Value, pattern: str) -> Value:
    """The value as text by the format; text that is no number passes through the `@` section unchanged.

    #VALUE! for what this reader does not know (fractions, exponents, conditions in brackets).
    """
    if isinstance(value, bool):
        return to_text(value)
    if isinstance(value, str):
        number = text_number(value)
        if isinstance(number, CellError):
            sections = _sections(pattern)
            return value if len(sections) < 4 else _literal(sections[3], value)
        value = number
    if value is None:
        value = 0
    if not isinstance(value, (int, Decimal)):
        return VALUE
    sections = _sections(pattern)
    if not pattern:
        return ""
    if len(sections) == 1 or value > 0 or (value == 0 and len(sections) == 2):
        return _number(value, sections[0])
    if value < 0:
        # A section of its own for negatives writes its own sign.
        return _number(-value, sections[1])
    return _number(value, sections[2])


@lru_cache(maxsize=256)
def _sections(pattern: str) -> tuple[tuple[str, ...], ...]:
    sections: list[list[str]] = [[]]
    for part in _PART.findall(pattern):
        if part == ";":
            sections.append([])
        else:
            sections[-1].append(part)
    return tuple(tuple(parts) for parts in sections)


def _number(value: Number, parts: tuple[str, ...]) -> Value:
    bare = [part for part in parts if part[0] not in '"\\_*[']
    if any(part.startswith("[") and part[1:2] in "<>=" for part in parts) or "E+" in bare or "E-" in bare:
        return VALUE
    if "General" in bare:
        return _literal(parts, number_text(value), "General")
    if "@" in bare:
        return _literal(parts, number_text(value))
    if any(part[0] in _DATE_LETTERS for part in bare):
        return _date(value, parts)
    if "/" in bare and "?" in bare:
        return VALUE
    return _digits(value, parts)


def _literal(parts: tuple[str, ...], text: str, place: str = "@") -> str:
    return "".join(text if part == place else _shown(part) for part in parts)


def _shown(part: str) -> str:
    if part[0] == '"':
        return part[1:-1] if len(part) > 1 else part
    if part[0] == "\\":
        return part[1:]
    if part[0] == "_":
        return " "
    return "" if part[0] in "*[" else part


def _digits(value: Number, parts: tuple[str, ...]) -> Value:
    slots = [index for index, part in enumerate(parts) if part in ("0", "#", "?")]
    if not slots:
        sign = "-" if value < 0 else ""
        return sign + "".join(_shown(part) for part in parts)
    point = next((index for index, part in enumerate(parts) if part == "."), len(parts))
    whole_slots = [index for index in slots if index < point]
    decimals = [index for index in slots if index > point]
    last = slots[-1]
    grouped = any(
        part == "," and slots[0] < index < (whole_slots[-1] if whole_slots else 0) for index, part in enumerate(parts)
    )
    scale = 3 * sum(
        1
        for index, part in enumerate(parts)
        if part == "," and index > (whole_slots or slots)[-1] and (index < point or index > last)
    )
    scale -= 2 * parts.count("%")
    number = at_fifteen(value)
    if scale:
        number = at_fifteen(Decimal(number).scaleb(-scale))
    number = rounded(number, len(decimals))
    negative = number < 0
    digits, _, fraction = f"{abs(Decimal(number)):.{len(decimals)}f}".partition(".")
    digits = "" if digits == "0" else digits
    needed = sum(1 for index in whole_slots if parts[index] == "0")
    digits = digits.rjust(max(needed, len(digits)), "0")
    for index, slot in reversed(list(enumerate(decimals))):
        if parts[slot] == "0" or fraction[index] != "0":
            break
        fraction = fraction[:index]
    return ("-" if negative else "") + _filled(parts, whole_slots, point, decimals, digits, fraction, grouped)


def _filled(
    parts: tuple[str, ...],
    whole_slots: list[int],
    point: int,
    decimals: list[int],
    digits: str,
    fraction: str,
    grouped: bool,
) -> str:
    """The parts with their digits: the first slot takes all digits that have no slot of their own."""
    taken: dict[int, str] = {}
    rest = digits
    for number, index in enumerate(reversed(whole_slots)):
        is_first = number == len(whole_slots) - 1
        taken[index] = rest if is_first else rest[-1:]
        rest = "" if is_first else rest[:-1]
    if grouped:
        seen = 0
        for index in reversed(whole_slots):
            marked = ""
            for digit in reversed(taken[index]):
                marked = digit + ("," if seen and seen % 3 == 0 else "") + marked
                seen += 1
            taken[index] = marked
    for number, index in enumerate(decimals):
        taken[index] = fraction[number : number + 1]
    out: list[str] = []
    for index, part in enumerate(parts):
        if index in taken:
            out.append(taken[index])
        elif index == point:
            out.append(".")
        elif part != ",":
            out.append(_shown(part))
    return "".join(out)


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _date(value: Number, parts: tuple[str, ...]) -> Value:
    if not 0 <= value <= LAST_DAY:
        return VALUE
    seconds = int((Decimal(value) * 86400).to_integral_value())
    moment = datetime(1899, 12, 30) + timedelta(seconds=seconds)
    half_day = any(part in ("AM/PM", "A/P") for part in parts)
    out: list[str] = []
    for index, part in enumerate(parts):
        letter, size = part[0].lower(), len(part)
        if part in ("AM/PM", "A/P"):
            word = "PM" if moment.hour >= 12 else "AM"
            out.append(word if part == "AM/PM" else word[0])
        elif part.lower() in ("[h]", "[hh]"):
            out.append(str(seconds // 3600))
        elif part.lower() in ("[m]", "[mm]"):
            out.append(str(seconds // 60))
        elif part.lower() in ("[s]", "[ss]"):
            out.append(str(seconds))
        elif letter == "y" and part[0] in _DATE_LETTERS:
            out.append(f"{moment.year % 100:02d}" if size <= 2 else f"{moment.year:04d}")
        elif letter == "m" and part[0] in _DATE_LETTERS:
            out.append(_minute(moment, size) if _is_minute(parts, index) else _month(moment, size))
        elif letter == "d" and part[0] in _DATE_LETTERS:
            name = _DAYS[moment.weekday()]
            out.append(
                str(moment.day) if size == 1 else f"{moment.day:02d}" if size == 2 else name[:3] if size == 3 else name
            )
        elif letter == "h" and part[0] in _DATE_LETTERS:
            hour = (moment.hour % 12 or 12) if half_day else moment.hour
            out.append(str(hour) if size == 1 else f"{hour:02d}")
        elif letter == "s" and part[0] in _DATE_LETTERS:
            out.append(str(moment.second) if size == 1 else f"{moment.second:02d}")
        else:
            out.append(_shown(part))
    return "".join(out)


def _is_minute(parts: tuple[str, ...], index: int) -> bool:
    """`m` is minutes right after hours or right before seconds."""

    def is_part(part: str, letter: str) -> bool:
        return part.strip("[]")[:1].lower() == letter

    before = [part for part in parts[:index] if part.strip("[]")[:1] in _DATE_LETTERS]
    after = [part for part in parts[index + 1 :] if part.strip("[]")[:1] in _DATE_LETTERS]
    return bool((before and is_part(before[-1], "h")) or (after and is_part(after[0], "s")))


def _minute(moment: datetime, size: int) -> str:
    return str(moment.minute) if size == 1 else f"{moment.minute:02d}"


def _month(moment: datetime, size: int) -> str:
    name = _MONTHS[moment.month - 1]
    if size > 2:
        return name[:3] if size == 3 else name[0] if size == 5 else name
    return str(moment.month) if size == 1 else f"{moment.month:02d}"
