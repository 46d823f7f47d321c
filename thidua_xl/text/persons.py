"""Names of people and collectives made comparable however they were written. Read `plain_name`."""

from __future__ import annotations

from thidua_xl.text.folding import fold

# What stands before a name when somebody is addressed or has a degree, folded and without dots.
_ADDRESS = frozenset(("ong", "ba", "anh", "chi", "co", "d/c", "dc", "gs", "pgs", "ts", "ths", "ks", "bs", "cn"))
_COMRADE = ("dong", "chi")


def plain_name(text: str) -> str:
    """The name without case, accents, superfluous blanks and what it is addressed with; at least two words stay.

    >>> plain_name("Đồng chí  LÒ THỊ Mẩy")
    'lo thi may'
    """
    words = fold(text).replace(".", " ").replace(":", " ").split()
    while len(words) > 2:
        if tuple(words[:2]) == _COMRADE and len(words) > 3:
            del words[:2]
        elif words[0] in _ADDRESS:
            del words[0]
        else:
            break
    return " ".join(words)
