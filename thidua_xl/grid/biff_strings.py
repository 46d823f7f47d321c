"""Strings of the .xls format. Read `Segments.rich_string`.

A long table of strings runs over several records; where one breaks inside a text, the next begins with a byte that
says anew whether letters take one byte or two. [MS-XLS] 2.5.293, 2.4.265.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Sequence

from thidua_xl.grid.refusal import refuse

_WIDE, _PHONETIC, _RICH = 0x1, 0x4, 0x8


class Segments:
    """The bodies of a record and its continuations, read from front to back."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies
        self._index = 0
        self._place = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left to read."""
        return self._place == len(self._bodies[self._index]) and self._index == len(self._bodies) - 1

    def rich_string(self) -> str:
        """The next string; runs of formats and phonetic hints are passed over."""
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & _RICH else 0
        hints = struct.unpack("<I", self._take(4))[0] if flags & _PHONETIC else 0
        text = self._letters(length, wide=bool(flags & _WIDE))
        self._skip(4 * runs + hints)
        return text

    def _letters(self, length: int, *, wide: bool) -> str:
        pieces: list[str] = []
        while length:
            rest = len(self._bodies[self._index]) - self._place
            if not rest:
                self._next()
                wide = bool(self._take(1)[0] & _WIDE)
                continue
            width = 2 if wide else 1
            count = min(length, rest // width)
            if not count:
                raise refuse("damaged", part="SST")
            raw = self._take(count * width)
            pieces.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            length -= count
        return "".join(pieces)

    def _take(self, count: int) -> bytes:
        if self._place == len(self._bodies[self._index]):
            self._next()
        raw = self._bodies[self._index][self._place : self._place + count]
        if len(raw) < count:
            raise refuse("damaged", part="SST")
        self._place += count
        return raw

    def _skip(self, count: int) -> None:
        while count:
            rest = len(self._bodies[self._index]) - self._place
            if not rest:
                self._next()
                continue
            step = min(rest, count)
            self._place += step
            count -= step

    def _next(self) -> None:
        self._index += 1
        self._place = 0
        if self._index >= len(self._bodies):
            raise refuse("damaged", part="SST")


def unicode_string(body: bytes, place: int) -> str:
    """A string with a two-byte length and its flags, in one record."""
    return Segments([body[place:]]).rich_string()


def byte_string(body: bytes, place: int, width: int, codepage: str) -> str:
    """A string of bytes in a code page (BIFF5), its length in `width` bytes."""
    length = int.from_bytes(body[place : place + width], "little")
    raw = body[place + width : place + width + length]
    if len(raw) < length:
        raise refuse("damaged", part="Workbook")
    return raw.decode(codepage, "replace")


def codepage_name(number: int) -> str:
    """The codec of a code page number; Western when Python knows none."""
    name = {1200: "utf-16-le", 10000: "mac_roman", 32768: "mac_roman", 32769: "cp1252"}.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
