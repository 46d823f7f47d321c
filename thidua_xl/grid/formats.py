"""Styles of a workbook -> what a reader of values needs: which cells are dates, which fonts and formats matter.

Read `Styles`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from thidua_xl.text import charset_of_font

DATE, TIME, NUMBER = "date", "time", "number"

# Built-in formats: ECMA-376 Part 1, 18.8.30 (27-36 and 50-58 are dates of East Asian locales).
_BUILT_IN_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 59)})
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47})
BUILT_IN = {9: "0%", 10: "0.00%"}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_PLAIN = re.compile(r"(?:General|@|[#0,.?\-\s_()*;]+|\"[-đ₫ ]*\"|\\.|\[[^\]]*\])+\Z", re.IGNORECASE)
_PADDED = re.compile(r"0{2,}(?:;|\Z)")


@dataclass(frozen=True, slots=True)
class Styles:
    """By style number: `kinds` (DATE, TIME, NUMBER), `formats` and `fonts` ("" unless they change the meaning)."""

    kinds: Sequence[str] = ()
    formats: Sequence[str] = ()
    fonts: Sequence[str] = ()

    @property
    def telling(self) -> frozenset[int]:
        """The styles whose format or font a reader has to know."""
        return frozenset(
            index for index, (code, font) in enumerate(zip(self.formats, self.fonts, strict=True)) if code or font
        )


def make_styles(cells: Sequence[tuple[int, int]], codes: dict[int, str], fonts: Sequence[str]) -> Styles:
    """Styles from (number format id, font id) per style, the custom format codes and the font names."""
    kinds: list[str] = []
    formats: list[str] = []
    names: list[str] = []
    for format_id, font_id in cells:
        code = codes.get(format_id, BUILT_IN.get(format_id, ""))
        kinds.append(format_kind(format_id, codes.get(format_id)))
        formats.append(code if _is_telling(code) else "")
        font = fonts[font_id] if 0 <= font_id < len(fonts) else ""
        names.append(font if charset_of_font(font) else "")
    return Styles(tuple(kinds), tuple(formats), tuple(names))


def format_kind(format_id: int, code: str | None) -> str:
    """Whether a number format shows a date, a time alone, or a number."""
    if code is None:
        if format_id in _BUILT_IN_DATES:
            return DATE
        return TIME if format_id in _BUILT_IN_TIMES else NUMBER
    return _code_kind(code)


@lru_cache(maxsize=512)
def _code_kind(code: str) -> str:
    bare = _LITERAL.sub("", code.split(";", 1)[0]).casefold().replace("general", "")
    if "y" in bare or "d" in bare:
        return DATE
    if "h" in bare or "s" in bare:
        return TIME
    return DATE if "m" in bare else NUMBER


@lru_cache(maxsize=512)
def _is_telling(code: str) -> bool:
    """Whether the format changes what the number means to a reader: percent, leading zeros, scaling, words."""
    if not code or _code_kind(code) != NUMBER:
        return False
    return "%" in code or bool(_PADDED.match(code)) or _PLAIN.match(code) is None
