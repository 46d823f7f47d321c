"""Names as typed -> the code they stand for, only when beyond doubt. Read `match_name`, then `Names`.

A name matches when it equals one of a candidate's names after normalisation, and of one candidate only.
Likeness never matches, it only ranks suggestions: "UBND huyện Điện Biên" is 95 % like "UBND huyện Điện Biên Đông".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest

from thidua_xl.text.abbreviations import expand, without_rank
from thidua_xl.text.folding import fold, has_accents, same_tone, tidy

EXACT = "exact"
ALIAS = "alias"
SUGGESTION = "suggestion"
NONE = "none"
_LIKE_ENOUGH = 0.6
_MOST_SLIPS = 2
_WORDS = re.compile(r"[^\W_]+")
# Wide letters, digits and signs (ＵＢＮＤ) of East Asian keyboards and the plain ones they are.
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a name stands for.

    `how` is EXACT (the candidate's code or first name), ALIAS (another name of it, or the name written otherwise:
    without accents, abbreviated, in wide letters), SUGGESTION or NONE; only the first two carry a `code`.
    `suggestions` are codes, the likeliest first.
    """

    code: str | None
    how: str
    suggestions: tuple[str, ...] = ()


class Names:
    """Candidates prepared once for many look-ups: code -> its names, the proper one first."""

    def __init__(self, candidates: Mapping[str, Sequence[str]]) -> None:
        self._candidates = candidates
        self._exact: dict[str, set[str]] = {}
        self._strict: dict[str, set[str]] = {}
        self._loose: dict[str, dict[str, set[str]]] = {}
        self._rankless: dict[str, dict[str, set[str]]] = {}
        self._found: dict[str, NameMatch] = {}
        for code, names in candidates.items():
            self._exact.setdefault(_strict(code), set()).add(code)
            rank = ""
            for index, name in enumerate(names):
                if not name.strip():
                    continue
                target = self._exact if index == 0 else self._strict
                target.setdefault(_strict(name), set()).add(code)
                words = _accented_words(name)
                _add(self._loose, words, code)
                rest = without_rank(words)
                if rest != words:
                    rank = rank or words[: len(words) - len(rest)]
                    _add(self._rankless, rest, code)
                elif rank:
                    # An alias without its rank (Pú Nhi) may be typed with it (xã Pú Nhi), not with another.
                    _add(self._loose, rank + words, code)

    def match(self, raw: str) -> NameMatch:
        """What `raw` stands for among the candidates."""
        found = self._found.get(raw)
        if found is None:
            found = self._found[raw] = self._match(raw)
        return found

    def _match(self, raw: str) -> NameMatch:
        strict = _strict(raw)
        if not strict:
            return NameMatch(None, NONE)
        narrow = raw if raw.isascii() else raw.translate(_NARROW)
        if narrow != raw:
            found = self._match(narrow)
            return found if found.code is None else NameMatch(found.code, ALIAS)
        for table, how in ((self._exact, EXACT), (self._strict, ALIAS)):
            codes = table.get(strict)
            if codes:
                return _only(codes, how)
        words = _accented_words(raw)
        for loose in (self._loose, self._rankless):
            near = loose.get(fold(words), {})
            codes = {code for name, owners in near.items() if _accents_agree(words, name) for code in owners}
            if codes:
                return _only(codes, ALIAS)
            if near:
                # The same letters with other accents: Mường Nhé is not Mường Nhẻ. Ask.
                return NameMatch(None, SUGGESTION, tuple(sorted({c for owners in near.values() for c in owners})))
        return self._suggest(raw)

    def _suggest(self, raw: str) -> NameMatch:
        folded = fold(_accented_words(raw))
        ranked: list[tuple[float, str]] = []
        for code, names in self._candidates.items():
            best = max((_rank(folded, fold(_accented_words(name))) for name in names if name), default=0.0)
            if best >= _LIKE_ENOUGH:
                ranked.append((-best, code))
        ranked.sort()
        codes = tuple(code for _, code in ranked[:5])
        return NameMatch(None, SUGGESTION if codes else NONE, codes)


def match_name(raw: str, candidates: Mapping[str, Sequence[str]]) -> NameMatch:
    """What `raw` stands for among candidates (code -> names, the proper one first)."""
    return Names(candidates).match(raw)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name most like `name`, None when none is like it at all. For "did you mean"."""
    folded = fold(name)
    best, score = None, _LIKE_ENOUGH
    for one in names:
        likeness = _likeness(folded, fold(one))
        if likeness > score or (likeness == score and best is None):
            best, score = one, likeness
    return best


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1, without regard to case and accents; for suggestions only."""
    return _likeness(fold(one), fold(other))


def is_misspelling(typed: str, name: str) -> bool:
    """Whether `typed` is `name` with slips within one or two words: same number of words, accents or letters other.

    A word more or less is no slip: "UBND huyện Điện Biên" is not a misspelt "UBND huyện Điện Biên Đông".
    """
    pairs = list(zip_longest(_WORDS.findall(_strict(typed)), _WORDS.findall(_strict(name)), fillvalue=""))
    slips = [(one, other) for one, other in pairs if one != other]
    if not slips or len(slips) > _MOST_SLIPS or len(slips) == len(pairs):
        return False
    return all(
        not (one + other).isdecimal() and _likeness(fold(one), fold(other)) >= _LIKE_ENOUGH for one, other in slips
    )


def _add(table: dict[str, dict[str, set[str]]], words: str, code: str) -> None:
    table.setdefault(fold(words), {}).setdefault(words, set()).add(code)


def _rank(folded: str, name: str) -> float:
    """Likeness, raised when every typed word stands in the name: "Điện Biên" suggests every unit that has it."""
    likeness = _likeness(folded, name)
    contained = set(folded.split()) <= set(name.split())
    return max(likeness, _LIKE_ENOUGH + likeness / 100) if contained else likeness


def _only(codes: set[str], how: str) -> NameMatch:
    if len(codes) == 1:
        return NameMatch(next(iter(codes)), how)
    return NameMatch(None, SUGGESTION, tuple(sorted(codes)))


@lru_cache(maxsize=8192)
def _strict(name: str) -> str:
    """The name in one spelling, accents kept."""
    return same_tone(tidy(name)).casefold()


@lru_cache(maxsize=8192)
def _accented_words(name: str) -> str:
    """Words only, abbreviations written out, accents kept, lower case: P. KH-TC gives phòng kế hoạch tài chính."""
    return expand(same_tone(tidy(name)).casefold())


def _accents_agree(typed: str, name: str) -> bool:
    """Whether typed words differ from a name at most by accents left off, word by word.

    A word without any accent may stand for the accented one (Pu Nhi typed on a plain keyboard), another accent may not.
    """
    if typed == name or not has_accents(typed):
        return True
    pairs = zip(_WORDS.findall(typed), _WORDS.findall(name), strict=False)
    return all(one == other or (not has_accents(one) and fold(other) == one) for one, other in pairs)


@lru_cache(maxsize=16384)
def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < _LIKE_ENOUGH:
        return 0.0
    return matcher.ratio()


__all__ = [
    "ALIAS",
    "EXACT",
    "NONE",
    "SUGGESTION",
    "NameMatch",
    "Names",
    "is_misspelling",
    "likeness",
    "match_name",
    "nearest",
]
