"""Codes of units and periods that stand in the name of a file. Read `codes_in_name`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from thidua_xl.model.criteria import HasCode
from thidua_xl.text import fold

_APART = re.compile(r"[\W_]+")
_MOST_KEPT = 16


# The codes of a book by their plain spelling, with their place in it; the book's own tuple is kept beside its id.
_Index = dict[str, list[tuple[int, str]]]
_kept: dict[int, tuple[Sequence[HasCode], _Index, int]] = {}


def codes_in_name(items: Sequence[HasCode], file: str) -> list[str]:
    """Codes of the items that stand in a file's name, parted by _ - . or blanks, in the order of the items."""
    index, longest = _index(items)
    words = plain_stem(file).split("_")
    runs = {
        "_".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + longest, len(words)) + 1)
    }
    found = [code for _, code in sorted(one for run in runs for one in index.get(run, ()))]
    # VX_KHDT holds KHDT: the longest code is meant.
    return [
        one for one in found if not any(one != other and f"_{_plain(one)}_" in f"_{_plain(other)}_" for other in found)
    ]


def plain_stem(file: str) -> str:
    """The name of a file without its ending, folded, its words parted by "_"."""
    return _plain(PurePosixPath(file).stem)


def _index(items: Sequence[HasCode]) -> tuple[_Index, int]:
    """The items by the plain spelling of their codes, and how many words the longest has."""
    kept = _kept.get(id(items))
    if kept is None or kept[0] is not items:
        index: _Index = {}
        for place, one in enumerate(items):
            if plain := _plain(one.code):
                index.setdefault(plain, []).append((place, one.code))
        if len(_kept) >= _MOST_KEPT:
            del _kept[next(iter(_kept))]
        kept = _kept[id(items)] = items, index, max((key.count("_") + 1 for key in index), default=0)
    return kept[1], kept[2]


def _plain(text: str) -> str:
    return _APART.sub("_", fold(text)).strip("_")
