"""The text of a cell -> clean Unicode, or unreadable. Read `clean_text`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from thidua_xl.text import INVISIBLE, Legacy, convert_legacy, nfc, tidy

# No text, or, after a mark that turns the direction of writing (U+202E), another text than the one to be seen.
_STRANGE = re.compile("[\ufffd\u0000-\u0008\u000b\u000c\u000e-\u001f\u0080-\u009f\u202b\u202e\u2067]")
_UNTIDY = re.compile(f"[{INVISIBLE}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]|  |^[ \r\n]|[ \r\n]$|[ ]\n|\n[ ]")


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text and what had to be done to it: converted from `charset`, put into NFC, blanks cut; or unreadable."""

    text: str
    charset: str = ""
    decomposed: bool = False
    untidy: bool = False
    strange: bool = False


@lru_cache(maxsize=16384)
def clean_text(raw: str, font: str = "", prefer: str = "") -> CleanText:
    """The text in Unicode NFC, each line without surplus blanks; `prefer` is the character set of its column."""
    if raw.isascii() and raw.isprintable() and "  " not in raw and raw == raw.strip(" "):
        return CleanText(raw)
    legacy = convert_legacy(raw, font, prefer) if not raw.isascii() else Legacy(raw)
    text = legacy.text
    strange = _STRANGE.search(text) is not None
    composed = nfc(text)
    lines = [tidy(line) for line in composed.splitlines()]
    clean = "\n".join(lines).strip("\n")
    return CleanText(
        clean,
        legacy.charset,
        # Legacy.text is composed already, so what was typed has to be asked.
        decomposed=not legacy.charset and not raw.isascii() and nfc(raw) != raw,
        untidy=_UNTIDY.search(raw if not legacy.charset else text) is not None,
        strange=strange,
    )
