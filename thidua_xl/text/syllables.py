"""Whether a word can be a Vietnamese syllable: the yardstick for telling character sets apart. Read `is_syllable`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
# Vowels that may be closed by a consonant, and those that end in a glide and may not.
_CLOSED = r"(?:uyê|iê|yê|uô|ươ|oa|oă|oe|oo|uâ|uê|uơ|uy|[aăâeêioôơuưy])"
_OPEN = (
    r"(?:iêu|yêu|uôi|ươi|ươu|oai|oay|oeo|uây|uya|uao|uêu|oao|uyu|ua|ưa|ia|ya|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|"
    r"ưu|oa|oe|uê|uơ|uy|[aeêioôơuưy])"
)
_CODA = r"(?:ch|ng|nh|[cmnpt])"
_SHAPE = re.compile(f"({_ONSET})(?:({_CLOSED})({_CODA})|({_OPEN}))\\Z")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_STOPS = frozenset({"c", "ch", "p", "t"})
_FRONT = frozenset("eêiy")


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Whether a word of letters obeys the spelling of Vietnamese: onset, vowels, coda, at most one tone mark."""
    tones = 0
    kept: list[str] = []
    for mark in unicodedata.normalize("NFD", word.lower()):
        if mark in _TONES:
            tones += 1
            tone = mark
        else:
            kept.append(mark)
    if tones > 1:
        return False
    shape = _SHAPE.match(unicodedata.normalize("NFC", "".join(kept)))
    if shape is None:
        return False
    onset, closed, coda, open_ = shape.groups()
    nucleus = closed or open_
    if coda in _STOPS and (tones == 0 or tone not in "\u0301\u0323"):
        return False  # mát, mạt, but never mat with another tone
    front = nucleus[0] in _FRONT
    if onset in ("c", "ng", "g") and front and not (onset == "g" and nucleus[0] == "i"):
        return False
    return front or onset not in ("k", "ngh", "gh")
