"""Headings made comparable: case, accents, blanks and remarks in brackets do not matter."""

from __future__ import annotations

import re
from functools import lru_cache

from thidua_xl.text import fold, nfc

_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@lru_cache(maxsize=1024)
def fold_heading(text: str) -> str:
    """A folded heading without its remark in brackets: "Đúng khi (công thức)" gives "dung khi"."""
    return _BRACKETS.sub("", fold(text))


def clean(text: str) -> str:
    """The text in NFC without blanks around it; line breaks inside stay."""
    return nfc(text.replace("\u00a0", " ").replace("\ufeff", "")).strip("\u200b \t\r\n")
