"""Units of money named in headers and ĐVT lines -> their factor in đồng. Read `money_unit`."""

from __future__ import annotations

import re
from functools import lru_cache

from thidua_xl.text.folding import fold, tidy

_UNITS = re.compile(
    r"(?<![\w.])(?:"
    r"(?P<ty>t[yi] ?(?:dong|d|vnd)?)|(?P<trieu>(?:trieu|tr\.?) ?(?:dong|d|vnd)?)|"
    r"(?P<nghin>(?:nghin|ngan|1[.,]?000) ?(?:dong|d|vnd)?)|(?P<dong>dong viet nam|dong|vnd|d))(?!\w)"
)
_FACTORS = {"ty": 10**9, "trieu": 10**6, "nghin": 10**3, "dong": 1}
_LINE = re.compile(r"\(?(?:(?:d ?\.? ?v ?\.? ?t|don vi tinh|don vi tien)\s*[:;(]*|don vi\s*:)\s*(.+)", re.DOTALL)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]")


def money_unit(text: str) -> tuple[str, int] | None:
    """(words, factor in đồng) of the unit of money a text names: "triệu đồng" gives ("triệu đồng", 1000000).

    The text is a unit ("trđ"), an ĐVT line ("ĐVT: Triệu đồng") or a header with its unit in brackets
    ("Kinh phí (triệu đồng)"); None when it names none.
    """
    for part in (*_BRACKETS.findall(tidy(text)), _after_label(text)):
        found = _whole_unit(part)
        if found is not None:
            return tidy(part).strip(" .:;"), found
    return None


def unit_line(text: str) -> str:
    """What stands behind "ĐVT:" in a cell, "" when the cell is no ĐVT line."""
    return _after_label(text) if _LINE.match(fold(text)) else ""


@lru_cache(maxsize=8192)
def is_unit_line(text: str) -> bool:
    """Whether a cell is an ĐVT line ("ĐVT: triệu đồng"), no header that begins like one ("Đơn vị tính hiện vật")."""
    if len(text) > 80 or not unit_line(text):
        return False
    return any(sign in text for sign in ":;(") or money_unit(text) is not None


def _after_label(text: str) -> str:
    plain = tidy(text)
    found = _LINE.match(fold(plain))
    if found is None or len(fold(plain)) != len(plain):
        return plain if found is None else found[1]
    return plain[found.start(1) :]


def _whole_unit(text: str) -> int | None:
    folded = fold(text).strip(" .:;()")
    found = _UNITS.fullmatch(folded)
    if found is None:
        # "Triệu VND, %": several units, of which one is money
        pieces = [one.strip() for one in re.split(r"[,;/]", folded)]
        hits = [hit for one in pieces if (hit := _UNITS.fullmatch(one))]
        found = hits[0] if len(hits) == 1 else None
    return None if found is None or found.lastgroup is None else _FACTORS[found.lastgroup]
