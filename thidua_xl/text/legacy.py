"""TCVN3 (.VnTime) and VNI (VNI-Times) text -> Unicode. Read `convert_legacy` first.

Tables: the glyph positions of the ABC and VNI-Win fonts; TCVN 5712:1993 (VN3) and VNI's own layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from thidua_xl.text.folding import nfc
from thidua_xl.text.syllables import is_syllable

TCVN3 = "tcvn3"
VNI = "vni"
# What a column is said to be in when its letters are Unicode under a font of one of the two.
UNICODE = "unicode"

_TCVN3_FROM = "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ¡¢§£¤¥¦"
_TCVN3_INTO = "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂĐÊÔƠƯ"
_TCVN3 = str.maketrans(_TCVN3_FROM, _TCVN3_INTO)

_VNI_MARKS = {
    "a": ("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ"),
    "e": ("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
    "o": ("ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
    "u": ("ùøûõï", "úùủũụ"),
    "y": ("ùøûõ", "ýỳỷỹ"),
    "ô": ("ùøûõï", "ớờởỡợ"),
    "ö": ("ùøûõï", "ứừửữự"),
}
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for base, (marks, letters) in _VNI_MARKS.items():
        for mark, letter in zip(marks, letters, strict=True):
            table[base + mark] = letter
            table[base.upper() + mark] = letter.upper()
            table[base.upper() + mark.upper()] = letter.upper()
    for single, letter in _VNI_SINGLE.items():
        table[single] = letter
        table[single.upper()] = letter.upper()
    return table


_VNI = _vni_table()
_VNI_PIECES = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_WORDS = re.compile(r"[^\W\d_]+")
# Letters that neither old font has: whoever typed them typed Unicode.
_UNICODE_ONLY = re.compile("[ăđơưĂĐƠƯĩũĨŨ\u0300-\u036f\u1ea0-\u1ef9]")
# What the TCVN3 fonts draw as letters is punctuation elsewhere, so it must count as part of a word.
_TCVN3_WORDS = re.compile(f"(?:[^\\W\\d_]|[{re.escape(_TCVN3_FROM)}])+")


@dataclass(frozen=True, slots=True)
class Legacy:
    """Converted text. `charset` is TCVN3 or VNI, "" when the text was Unicode already (then unchanged, but NFC)."""

    text: str
    charset: str = ""


@lru_cache(maxsize=4096)
def convert_legacy(text: str, font: str = "", prefer: str = "") -> Legacy:
    """The text in Unicode, by its font and by its letters.

    A font `.Vn…` or `VNI-…` decides, unless the letters are plainly Unicode. Any other font: the text is
    converted only when its accented words are no Vietnamese as they stand and all are after conversion.
    `prefer` is the character set of the other cells of the column, for words that read well in both; UNICODE speaks
    against the font. The fonts `.VnTimeH` and kin draw capitals: the text is in capitals then.
    """
    if text.isascii() or _UNICODE_ONLY.search(text):
        return Legacy(nfc(text))
    named = charset_of_font(font)
    reads_as_it_is = _reads(text, _WORDS)
    tcvn3, vni = from_tcvn3(text), from_vni(text)
    by_charset = {TCVN3: tcvn3, VNI: vni}
    reads = {
        TCVN3: _reads(tcvn3, _WORDS) and _all_from(_TCVN3_WORDS, text),
        VNI: _reads(vni, _WORDS),
    }
    if named:
        if by_charset[named] == text or (reads_as_it_is and (prefer == UNICODE or not reads[named])):
            return Legacy(nfc(text))
        found = nfc(by_charset[named])
        return Legacy(found.upper() if named == TCVN3 and font.endswith("H") else found, named)
    if prefer in reads and reads[prefer] and by_charset[prefer] != text:
        return Legacy(nfc(by_charset[prefer]), prefer)
    if reads_as_it_is:
        return Legacy(nfc(text))
    for charset in (TCVN3, VNI):
        if reads[charset] and by_charset[charset] != text:
            return Legacy(nfc(by_charset[charset]), charset)
    return Legacy(nfc(text))


def column_charset(texts: Iterable[str]) -> str:
    """The character set of a column: TCVN3 or VNI when some texts read in it alone and none in another alone,
    UNICODE when some read in Unicode alone and none in an old one alone; "" when nothing or everything is said.
    """
    alone: set[str] = set()
    for text in texts:
        if not text.isascii():
            found = _charsets_of(text)
            if len(found) == 1:
                alone |= found
    return next(iter(alone)) if len(alone) == 1 else ""


@lru_cache(maxsize=4096)
def _charsets_of(text: str) -> frozenset[str]:
    """The character sets in which a text reads as Vietnamese."""
    if _UNICODE_ONLY.search(text):
        return frozenset((UNICODE,))
    reads = {
        UNICODE: _reads(text, _WORDS),
        TCVN3: _all_from(_TCVN3_WORDS, text) and _reads(from_tcvn3(text), _WORDS),
        VNI: _reads(from_vni(text), _WORDS),
    }
    return frozenset(name for name, is_read in reads.items() if is_read)


def charset_of_font(font: str) -> str:
    """TCVN3 for `.VnTime`, `VnArial` and kin, VNI for `VNI-Times`, else ""."""
    name = font.strip().casefold()
    if name.startswith("vni"):
        return VNI
    if name.startswith((".vn", "vntime", "vnarial", "vnhelvet", "abc ")):
        return TCVN3
    return ""


def from_tcvn3(text: str) -> str:
    """Every TCVN3 letter replaced, whatever the text is."""
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """Every VNI letter replaced, whatever the text is."""
    return _VNI_PIECES.sub(lambda found: _VNI[found[0]], text)


def _reads(text: str, words: re.Pattern[str]) -> bool:
    """Whether every word with an accented letter is a Vietnamese syllable, and there is one."""
    accented = [word for word in words.findall(text) if not word.isascii()]
    return bool(accented) and all(map(is_syllable, accented)) and not _stray(text)


def _stray(text: str) -> bool:
    """Whether signs stand in the text that Vietnamese does not use but the TCVN3 fonts draw as letters."""
    return any(one in "¸µ¶·¹¨»¼½©®ª×÷«¬\u00ad¡¢§£¤¥¦¾" for one in text)


def _all_from(words: re.Pattern[str], text: str) -> bool:
    """Whether every non-ASCII sign of the words is one the TCVN3 fonts know."""
    return all(one.isascii() or one in _TCVN3_FROM for word in words.findall(text) for one in word)
