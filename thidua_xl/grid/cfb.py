"""A compound file (old .xls, protected .xlsx) -> its streams. Read `open_compound`.

Source: [MS-CFB]. Every chain is followed at most once around, every sector must lie inside the file.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from thidua_xl.grid.refusal import refuse

_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE
_LAST_SECTOR = 0xFFFFFFFA
_HEADER = struct.Struct("<8s16s5H6sIIIIIIIII")


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class Compound:
    """The streams of a compound file by name (case does not matter)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        if len(data) < 512:
            raise refuse("damaged")
        header = _HEADER.unpack_from(data)
        version, order, shift, mini_shift = header[3], header[4], header[5], header[6]
        if order != 0xFFFE or (version, shift) not in ((3, 9), (4, 12)) or mini_shift != 6:
            raise refuse("damaged")
        self._sector = 1 << shift
        directory_start, self._cutoff, mini_start = header[10], header[12], header[13]
        difat_start, difat_count = header[15], header[16]
        self._fat = self._read_fat(difat_start, difat_count)
        self._entries = self._read_directory(directory_start)
        root = next((one for one in self._entries if one.kind == 5), None)
        self._mini_fat = self._numbers(self._chain(mini_start, self._fat)) if mini_start < _LAST_SECTOR else []
        self._mini = self._join(self._chain(root.start, self._fat)) if root and root.start < _LAST_SECTOR else b""

    def __contains__(self, name: str) -> bool:
        return any(one.name.casefold() == name.casefold() and one.kind == 2 for one in self._entries)

    def stream(self, name: str) -> bytes:
        """The bytes of a stream. Raises when there is no such stream or it is cut off."""
        for one in self._entries:
            if one.kind == 2 and one.name.casefold() == name.casefold():
                return self._content(one)
        raise refuse("bad_reference", part=name)

    def _content(self, entry: _Entry) -> bytes:
        if entry.size > len(self._data):
            raise refuse("damaged", part=entry.name)
        if entry.size < self._cutoff:
            mini = self._chain(entry.start, self._mini_fat) if entry.size else []
            content = b"".join(self._mini[one << 6 : (one + 1) << 6] for one in mini)
        else:
            content = self._join(self._chain(entry.start, self._fat))
        if len(content) < entry.size:
            raise refuse("damaged", part=entry.name)
        return content[: entry.size]

    def _read_fat(self, start: int, count: int) -> list[int]:
        places = list(struct.unpack_from("<109I", self._data, 76))
        seen: set[int] = set()
        while start < _LAST_SECTOR and count:
            if start in seen:
                raise refuse("damaged")
            seen.add(start)
            numbers = self._numbers([start])
            places += numbers[:-1]
            start = numbers[-1]
            count -= 1
        return self._numbers([one for one in places if one < _LAST_SECTOR])

    def _read_directory(self, start: int) -> list[_Entry]:
        raw = self._join(self._chain(start, self._fat))
        found: list[_Entry] = []
        for place in range(0, len(raw) - 127, 128):
            length, kind = struct.unpack_from("<HB", raw, place + 64)
            if kind not in (1, 2, 5) or length > 64:
                continue
            name = raw[place : place + max(length - 2, 0)].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<IQ", raw, place + 116)
            # Version 3 writers leave rubbish in the upper half of the size.
            found.append(_Entry(name, kind, first, size & 0xFFFFFFFF if self._sector == 512 else size))
        return found

    def _chain(self, start: int, table: Sequence[int]) -> list[int]:
        """The sector numbers of a chain."""
        found: list[int] = []
        here = start
        while here != _END:
            if here >= len(table) or len(found) > len(table):
                raise refuse("damaged")
            found.append(here)
            here = table[here]
        return found

    def _numbers(self, sectors: Sequence[int]) -> list[int]:
        raw = self._join(sectors)
        return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))

    def _join(self, sectors: Sequence[int]) -> bytes:
        pieces = []
        for one in sectors:
            begin = (one + 1) * self._sector
            if begin >= len(self._data):
                raise refuse("damaged")
            pieces.append(self._data[begin : begin + self._sector])
        return b"".join(pieces)


def open_compound(data: bytes) -> Compound:
    """The compound file in `data`. Raises `InputRefused`."""
    return Compound(data)
