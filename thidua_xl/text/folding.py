"""Vietnamese text -> one spelling: NFC, tone mark on the same vowel, plain blanks. Read `nfc`, `fold` first."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Zero-width and directional marks, BOM, soft hyphen: nobody sees them, every comparison trips over them.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_DROP = dict.fromkeys(map(ord, INVISIBLE))
_PLAIN = _DROP | {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"), '"'),
    ord("đ"): "d",
    ord("Đ"): "d",
    ord("ð"): "d",  # the Icelandic letters look the same and are typed for đ, Đ
    ord("Ð"): "d",
}
_BLANKS = re.compile(r"\s+")
_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_TONES = _GRAVE + _ACUTE + _TILDE + _HOOK + _DOT
# hoà/hòa, thuỷ/thủy, khoẻ/khỏe: both positions are in use and mean the same.
_LATE_TONE = re.compile(rf"(?:(o)([ae])|(?<!q)(u)(y))([{_TONES}])(?![^\W\d_])", re.IGNORECASE)


def nfc(text: str) -> str:
    """The same text with composed letters (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """NFC without invisible characters, every run of blanks (NBSP, line breaks too) as one space, none at the ends."""
    if text.isascii():
        return _BLANKS.sub(" ", text).strip()
    return _BLANKS.sub(" ", nfc(text).translate(_DROP)).strip()


def same_tone(text: str) -> str:
    """NFC with the tone mark in the older position: thuỷ gives thủy, hoà gives hòa."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    moved = _LATE_TONE.sub(_move_tone, apart)
    return unicodedata.normalize("NFC", moved)


def _move_tone(found: re.Match[str]) -> str:
    first, second = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
    return first + found[5] + second


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The text for comparing headers and names: no case, no accents, đ as d, plain blanks, dashes and quotes.

    >>> fold(" Đơn  vị\\u00a0tính ")
    'don vi tinh'
    """
    if text.isascii():
        return _BLANKS.sub(" ", text.lower()).strip()
    # NFKD also takes ligatures, wide letters and superscripts apart; folding the case may compose new marks.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(mark for mark in apart if not unicodedata.combining(mark)).translate(_PLAIN)
    return _BLANKS.sub(" ", plain).strip()


def has_accents(text: str) -> bool:
    """Whether a letter carries an accent or is đ."""
    return not text.isascii() and any(
        unicodedata.decomposition(one) or one in "đĐ" for one in nfc(text) if one.isalpha()
    )
