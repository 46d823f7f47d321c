"""Ticks -> yes, no, or neither. Read `parse_flag`."""

from __future__ import annotations

from thidua_xl.text.folding import fold, has_accents, same_tone, tidy

# ✗ and ✖ are in neither list: some cross what they choose, others what they refuse. ☒ is how Word ticks a box.
_YES = frozenset({"x", "co", "1", "\u2713", "\u2714", "\u2611", "\u2612", "\u221a", "\u00d7", "true", "yes", "dung"})
_NO = frozenset({"", "khong", "0", "false", "no", "sai", "\u2610"})
# With accents only these are meant: "đừng" and "dừng" are no đúng.
_ACCENTED = frozenset({"có", "không", "đúng"})

# The words that `parse_flag` takes for a yes and for a no, in small letters; some with the brackets people put around.
_BRACKETED = {"(x)", "[x]", "[ ]", "( )", "[]", "()"}
YES_WORDS = tuple(sorted(_YES | {"có", "đúng"} | {one for one in _BRACKETED if "x" in one}))
FLAG_WORDS = tuple(sorted({*YES_WORDS, *_NO, "không", *_BRACKETED} - {""}))


def parse_flag(raw: str | int | bool | None) -> bool | None:
    """True for x, X, ✓, có, 1; False for blank, không, 0; None for anything else, which somebody has to explain."""
    if raw is None or isinstance(raw, bool):
        return bool(raw)
    plain = tidy(str(raw)).strip("[]() ")
    if has_accents(plain) and same_tone(plain).lower().replace("ð", "đ") not in _ACCENTED:
        return None
    text = fold(plain)
    if text in _YES:
        return True
    return False if text in _NO else None
