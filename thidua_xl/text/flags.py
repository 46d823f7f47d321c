"""Ticks -> yes, no, or neither. Read `parse_flag`."""

from __future__ import annotations

from thidua_xl.text.folding import fold

_YES = frozenset(
    {
        "x",
        "co",
        "1",
        "\u2713",
        "\u2714",
        "\u2611",
        "\u221a",
        "true",
        "yes",
        "dung",
        "\u2612",
        "\u2717",
        "\u2715",
        "\u2716",
        "\u00d7",
    }
)
_NO = frozenset({"", "khong", "0", "false", "no", "sai", "\u2610"})


def parse_flag(raw: str | int | bool | None) -> bool | None:
    """True for x, X, ✓, có, 1; False for blank, không, 0; None for anything else, which somebody has to explain."""
    if raw is None or isinstance(raw, bool):
        return bool(raw)
    text = fold(str(raw)).strip("[]() ")
    if text in _YES:
        return True
    return False if text in _NO else None
