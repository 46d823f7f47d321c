"""Text: parts, places, replacing, cases, patterns. TEXT's number formats are in `formats`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from thidua_xl.formula.arrays import flat, worst_of
from thidua_xl.formula.functions.formats import format_value
from thidua_xl.formula.functions.signature import Argument, Function, each, single, whole
from thidua_xl.formula.matching import wildcard
from thidua_xl.formula.operators import LONGEST_TEXT, percent, worse
from thidua_xl.formula.values import BAD, VALUE, Bad, text_date, text_number, text_time, to_bool, to_number, to_text
from thidua_xl.model import CellError, Value


def _length(value: Value) -> Value:
    # Asked of every row: written without the coercing wrapper.
    if isinstance(value, str):
        return len(value)
    text = to_text(value)
    return text if isinstance(text, BAD) else len(text)


def _left(text: str, count: int = 1) -> Value:
    return VALUE if count < 0 else text[:count]


def _right(text: str, count: int = 1) -> Value:
    return VALUE if count < 0 else text[max(0, len(text) - count) :]


def _mid(text: str, start: int, count: int) -> Value:
    return VALUE if start < 1 or count < 0 else text[start - 1 : start - 1 + count]


def _trim(text: str) -> str:
    # Only the plain blank, as in Excel: a non-breaking space stays.
    return " ".join(part for part in text.split(" ") if part)


def _clean(text: str) -> str:
    return "".join(letter for letter in text if ord(letter) > 31)


def _upper(text: str) -> str:
    return "".join(letter if letter == "ß" else letter.upper() for letter in text)


def _proper(text: str) -> str:
    out: list[str] = []
    inside = False
    for letter in text:
        out.append(letter.lower() if inside else letter.upper())
        inside = letter.isalpha()
    return "".join(out)


def _find(wanted: str, text: str, start: int = 1) -> Value:
    place = text.find(wanted, start - 1) if 1 <= start <= len(text) + 1 else -1
    return place + 1 if place >= 0 else VALUE


def _search(wanted: str, text: str, start: int = 1) -> Value:
    if not 1 <= start <= len(text) + 1:
        return VALUE
    found = wildcard(wanted).search(text, start - 1)
    return found.start() + 1 if found else VALUE


def _substitute(text: str, old: str, new: str, which: Value = None) -> Value:
    if not old:
        return text
    if which is None:
        return _bounded(text.replace(old, new))
    number = to_number(which)
    if isinstance(number, BAD):
        return number
    if number < 1:
        return VALUE
    at = -1
    for _ in range(int(number)):
        at = text.find(old, at + 1 if at < 0 else at + len(old))
        if at < 0:
            return text
    return _bounded(text[:at] + new + text[at + len(old) :])


def _replace(text: str, start: int, count: int, new: str) -> Value:
    if start < 1 or count < 0:
        return VALUE
    return _bounded(text[: start - 1] + new + text[start - 1 + count :])


def _repeat(text: str, times: int) -> Value:
    return VALUE if times < 0 or len(text) * times > LONGEST_TEXT else text * times


def _bounded(text: str) -> Value:
    return text if len(text) <= LONGEST_TEXT else VALUE


def _value(value: Value) -> Value:
    return value if isinstance(value, BAD) else to_number(value)


def _number_value(text: str, point: str = ".", group: str = ",") -> Value:
    if not point or not group or point[0] == group[0]:
        return VALUE
    whole_part, mark, rest = "".join(text.split()).partition(point[0])
    if group[0] in rest:
        return VALUE
    bare = whole_part.replace(group[0], "") + ("." if mark else "") + rest
    number = bare.rstrip("%")
    if "%" in number or "," in number:
        return VALUE
    if not bare:
        return 0
    value: Value = text_number(number)
    for _ in range(len(bare) - len(number)):
        value = percent(value)
    return value


def _date_value(text: str) -> Value:
    serial = text_date(text)
    if isinstance(serial, CellError) or not isinstance(text_time(text), CellError):
        return VALUE
    return int(serial)


def _character(code: int) -> Value:
    if not 1 <= code <= 255:
        return VALUE
    return bytes((code,)).decode("cp1252", errors="replace")


def _code(text: str) -> Value:
    if not text:
        return VALUE
    # A letter outside the Windows code page is a question mark to CODE.
    return text[0].encode("cp1252", errors="replace")[0]


def _unicode_character(code: int) -> Value:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else VALUE


def _texts(arguments: Sequence[Argument]) -> list[str] | Bad:
    found: list[str] = []
    worst: Bad | None = None
    for value in flat(arguments):
        text = to_text(value)
        if isinstance(text, BAD):
            worst = text if worst is None else worse(worst, text)
        else:
            found.append(text)
    return found if worst is None else worst


def _concat(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    found = _texts(arguments)
    return found if isinstance(found, BAD) else _bounded("".join(found))


def _text_join(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    separators, found = _texts(arguments[:1]), _texts(arguments[2:])
    skip = to_bool(single(arguments[1]))
    if isinstance(separators, BAD) or isinstance(skip, BAD) or isinstance(found, BAD):
        return worst_of([value for value in (separators, skip, found) if isinstance(value, BAD)])
    if skip:
        found = [text for text in found if text]
    out: list[str] = []
    for index, text in enumerate(found):
        if index:
            out.append(separators[(index - 1) % len(separators)])
        out.append(text)
    return _bounded("".join(out))


def _regex_test(text: str, pattern: str, ignore_case: bool | int = False) -> Value:
    compiled = safe_pattern(pattern, bool(ignore_case))
    if compiled is None or len(text) ** unbounded(pattern) > MOST_STEPS:
        return VALUE
    return compiled.search(text) is not None


MOST_STEPS = 10**8


@lru_cache(maxsize=512)
def safe_pattern(pattern: str, ignore_case: bool = False) -> re.Pattern[str] | None:
    """The compiled pattern; None when it is no pattern or could run for ever on a stranger's text.

    A repeated group that itself repeats or chooses, `(a+)+` or `(a|b)*`, is refused: matching it can take
    exponential time. What is left is bounded by the text's length (see `MOST_STEPS`).
    """
    if len(pattern) > 1000 or re.search(r"\\[1-9]|\(\?P?[=<]", pattern) or _repeats_a_choice(pattern):
        return None
    try:
        return re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError):
        return None


def unbounded(pattern: str) -> int:
    """How many open-ended repeats a pattern has; the text's length to that power bounds the time."""
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)
    return len(re.findall(r"[*+]|\{\d*,\d*\}", bare))


def _repeats_a_choice(pattern: str) -> bool:
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)
    inner: list[bool] = [False]
    for index, letter in enumerate(bare):
        if letter == "(":
            inner.append(False)
        elif letter == ")" and len(inner) > 1:
            risky = inner.pop()
            repeated = bare[index + 1 : index + 2] in ("*", "+", "{")
            if risky and repeated:
                return True
            inner[-1] = inner[-1] or risky or repeated
        elif letter in "*+{|":
            inner[-1] = True
    return False


FUNCTIONS: dict[str, Function] = {
    "LEN": Function(_length, 1, 1, lifted=True),
    "LEFT": each("T?I", _left),
    "RIGHT": each("T?I", _right),
    "MID": each("TII", _mid),
    "TRIM": each("T", _trim),
    "CLEAN": each("T", _clean),
    "UPPER": each("T", _upper),
    "LOWER": each("T", str.lower),
    "PROPER": each("T", _proper),
    "FIND": each("TT?I", _find),
    "SEARCH": each("TT?I", _search),
    "SUBSTITUTE": each("TTT?V", _substitute),
    "REPLACE": each("TIIT", _replace),
    "REPT": each("TI", _repeat),
    "EXACT": each("TT", lambda left, right: left == right),
    "CONCAT": whole(_concat, 1),
    "CONCATENATE": each("T*", lambda *texts: _bounded("".join(texts))),
    "TEXTJOIN": whole(_text_join, 3),
    "TEXT": each("VT", format_value),
    "VALUE": each("V", _value),
    "NUMBERVALUE": each("T?TT", _number_value),
    "DATEVALUE": each("T", _date_value),
    "TIMEVALUE": each("T", lambda text: text_time(text)),
    "CHAR": each("I", _character),
    "CODE": each("T", _code),
    "UNICHAR": each("I", _unicode_character),
    "UNICODE": each("T", lambda text: ord(text[0]) if text else VALUE),
    "REGEXTEST": each("TT?B", _regex_test),
}
