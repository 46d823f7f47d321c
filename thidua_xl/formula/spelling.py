"""Names compared as people type them, and the nearest known one for a message."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

# Functions and truth values by the words people say for them, folded.
VIETNAMESE = {"nếu": "IF", "và": "AND", "hoặc": "OR", "không": "NOT", "đúng": "TRUE", "sai": "FALSE", "tổng": "SUM"}
VIETNAMESE |= {"đếm": "COUNT", "trungbình": "AVERAGE", "trung_bình": "AVERAGE", "làmtròn": "ROUND", "làm_tròn": "ROUND"}


def folded(name: str) -> str:
    """The name without case, outer blanks and differences of Unicode form; accents stay."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def bare(name: str) -> str:
    """The name without case and accents: `Điểm` gives `diem`."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like it, accents and case ignored; "" when none is near."""
    by_bare: dict[str, str] = {}
    for one in known:
        by_bare.setdefault(bare(one), one)
    found = get_close_matches(bare(name), by_bare, n=1, cutoff=0.6)
    return by_bare[found[0]] if found else ""
