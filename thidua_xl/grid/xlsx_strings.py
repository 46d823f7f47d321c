"""The shared strings and escaped texts of an OOXML workbook. Read `shared_strings`."""

from __future__ import annotations

import re
from functools import lru_cache

from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.xml import is_main, local, scan

_SIMPLE = re.compile(r"<si><t(?: xml:space=\"preserve\")?>([^<]*)</t></si>")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ENTITY = re.compile("&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_SST_END = b"</sst>"
CONTROLS = bytes(range(9)) + b"\x0b\x0c" + bytes(range(14, 32))


def shared_strings(data: bytes, part: str, limits: Limits = DEFAULT) -> list[str]:
    """Every shared string in order, runs of rich text joined, phonetic hints left out."""
    if data.count(b"<si") > limits.strings:
        raise refuse("too_many_cells", part=part)
    found = _quick(data, part)
    if found is None:
        found = _scanned(data, part, limits)
    if max(map(len, found), default=0) > limits.text:
        raise refuse("too_many_cells", part=part)
    return found


def _quick(data: bytes, part: str) -> list[str] | None:
    """The same by pattern, None when the part is written in a way the pattern does not know."""
    start, end = data.find(b"<si>"), data.rfind(_SST_END)
    if not 0 <= start < end or not is_plain(data[:start]) or data[end + len(_SST_END) :].strip():
        return None
    body = data[start:end]
    if len(body.translate(None, CONTROLS)) != len(body):
        return None
    text = _decoded(body, part)
    found = _SIMPLE.findall(text)
    # Four tags a string: then nothing else stands between them.
    if text.count("<") != 4 * len(found):
        return None
    _check_head(data[:start], part)
    if "&" in text or "_x" in text or "\r" in text:
        return [_resolved(one, part) if "&" in one or "_x" in one or "\r" in one else one for one in found]
    return found


def is_plain(data: bytes) -> bool:
    """Whether the bytes are UTF-8 XML without comments, CDATA, character references or control codes.

    Only such bytes may be read by patterns; everything else goes through the parser.
    """
    return (
        (data[:1] == b"<" or data[:4] == b"\xef\xbb\xbf<")
        and b"<!" not in data
        and data.find(b"<?", 5) < 0
        and b"&#" not in data
        and len(data.translate(None, CONTROLS)) == len(data)
        and _says_utf8(data)
    )


def clean(raw: bytes, part: str) -> str:
    """The text of bytes between two tags: decoded, entities and `_x000D_` escapes resolved, CR LF as LF."""
    if len(raw.translate(None, CONTROLS)) != len(raw):
        raise refuse("damaged", part=part)
    text = _decoded(raw, part)
    if "&" in text:
        text = _entities(text, part)
    return unescape(text) if "_x" in text or "\r" in text else text


def _decoded(raw: bytes, part: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise refuse("damaged", part=part) from None


def _resolved(text: str, part: str) -> str:
    return unescape(_entities(text, part) if "&" in text else text)


def unescape(text: str) -> str:
    """`_x000D_` and kin resolved (ECMA-376 Part 1, 22.9.2.19), line ends as LF."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        # Halves of a pair may have been escaped one by one.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _entities(text: str, part: str) -> str:
    try:
        found, count = _ENTITY.subn(_character, text)
    except ValueError:
        raise refuse("damaged", part=part) from None
    if text.count("&") != count:
        raise refuse("damaged", part=part)
    return found


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    # XML 1.0, 2.2: the characters a document may refer to.
    if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xDFFF < code < 0xFFFE or 0xFFFF < code < 0x110000:
        return chr(code)
    raise ValueError(code)


def _says_utf8(data: bytes) -> bool:
    if b"<?xml" not in data[:8]:
        return True
    head = data[: data.find(b"?>") + 2].lower()
    return b"encoding" not in head or b"utf-8" in head


@lru_cache(maxsize=16)
def _check_head(head: bytes, part: str) -> None:
    """The opening of the part must be well-formed and of the spreadsheet vocabulary."""
    roots: list[str] = []
    scan(head + b"</sst>", part, lambda name, _: roots.append(name))
    if len(roots) != 1 or not is_main(roots[0]) or local(roots[0]) != "sst":
        raise refuse("bad_sheet", part=part, cell="")


def _scanned(data: bytes, part: str, limits: Limits) -> list[str]:
    found: list[str] = []
    pieces: list[str] = []
    path: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        bare = local(name)
        if not path and (bare != "sst" or not is_main(name)):
            raise refuse("bad_sheet", part=part, cell="")
        path.append(bare)
        if bare == "si":
            pieces.clear()

    def end(name: str) -> None:
        path.pop()
        if local(name) == "si":
            found.append(unescape("".join(pieces)))
            if len(found) > limits.strings:
                raise refuse("too_many_cells", part=part)

    def text(piece: str) -> None:
        if path[-1] == "t" and "rPh" not in path:
            pieces.append(piece)

    scan(data, part, start, end, text)
    return found
