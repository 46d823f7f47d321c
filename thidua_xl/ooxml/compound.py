"""A compound file written: named streams in storages, as Excel keeps a VBA project. Read `write_compound`.

Source: [MS-CFB], version 3 (sectors of 512 bytes). The same streams always give the same bytes: no times, no ids.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Storage = Mapping[str, "bytes | Mapping[str, bytes]"]

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_FAT_IN_HEADER = 109  # enough for files up to 6.8 MB


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    color: int = _BLACK
    start: int = 0
    size: int = 0


def write_compound(root: Storage) -> bytes:
    """The file with these streams; a storage is a mapping of its streams. ValueError above 6.8 MB."""
    entries: list[_Entry] = []
    _add(entries, "Root Entry", root)
    entries[0].kind = _ROOT
    for entry in entries:
        order = sorted(entry.children, key=lambda index: (len(entries[index].name), entries[index].name.upper()))
        if order:
            entry.child = _tree(entries, order, 0, len(order).bit_length() - 1)
    return _laid_out(entries)


def _add(entries: list[_Entry], name: str, content: bytes | Mapping[str, bytes] | Storage) -> int:
    index = len(entries)
    if isinstance(content, bytes):
        entries.append(_Entry(name, _STREAM, content, size=len(content)))
        return index
    entries.append(_Entry(name, _STORAGE))
    for key, inner in content.items():
        entries[index].children.append(_add(entries, key, inner))
    return index


def _tree(entries: list[_Entry], order: Sequence[int], depth: int, deepest: int) -> int:
    """A balanced red-black tree over sorted entries: only its deepest level is red."""
    if not order:
        return _NONE
    middle = len(order) // 2
    entry = entries[order[middle]]
    entry.left = _tree(entries, order[:middle], depth + 1, deepest)
    entry.right = _tree(entries, order[middle + 1 :], depth + 1, deepest)
    entry.color = _RED if depth == deepest and depth else _BLACK
    return order[middle]


def _laid_out(entries: list[_Entry]) -> bytes:
    mini, mini_fat = _small_streams(entries)
    big = [entry for entry in entries if entry.kind == _STREAM and entry.size >= _CUTOFF]
    directory_size = -(-len(entries) // 4) * _SECTOR
    sizes = [directory_size, len(mini_fat) * 4, len(mini), *(entry.size for entry in big)]
    fat_sectors = 1
    while fat_sectors * (_SECTOR // 4) < sum(map(_sectors, sizes)) + fat_sectors:
        fat_sectors += 1
    if fat_sectors > _FAT_IN_HEADER:
        raise ValueError("too big for a version 3 compound file without a double-indirect table")
    fat = [_FAT] * fat_sectors
    starts = [_chain(fat, _sectors(size)) for size in sizes]
    fat += [_FREE] * (fat_sectors * (_SECTOR // 4) - len(fat))
    entries[0].start, entries[0].size = starts[2], len(mini)
    for entry, start in zip(big, starts[3:], strict=True):
        entry.start = start
    parts = [
        _header(fat_sectors, starts[0], starts[1], _sectors(sizes[1])),
        struct.pack(f"<{len(fat)}I", *fat),
        _directory(entries, directory_size),
        struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(_sectors(sizes[1]) * _SECTOR, b"\xff"),
        mini.ljust(_sectors(len(mini)) * _SECTOR, b"\0"),
        *(entry.data.ljust(_sectors(entry.size) * _SECTOR, b"\0") for entry in big),
    ]
    return b"".join(parts)


def _small_streams(entries: list[_Entry]) -> tuple[bytes, list[int]]:
    """The streams below the cutoff, one after the other, and the chains of their small sectors."""
    mini, fat = bytearray(), list[int]()
    for entry in entries:
        if entry.kind == _STREAM and entry.size < _CUTOFF:
            count = -(-entry.size // _MINI)
            entry.start = _chain(fat, count)
            mini += entry.data.ljust(count * _MINI, b"\0")
    return bytes(mini), fat


def _chain(fat: list[int], count: int) -> int:
    """Append a chain of so many sectors; where it starts."""
    start = len(fat)
    fat += [start + index + 1 for index in range(count - 1)] + [_END] * bool(count)
    return start if count else _END


def _sectors(size: int) -> int:
    return -(-size // _SECTOR)


def _header(fat_sectors: int, directory: int, mini_fat: int, mini_fat_sectors: int) -> bytes:
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, fat_sectors, directory, 0, _CUTOFF, mini_fat, mini_fat_sectors, _END, 0)
    return head + struct.pack("<109I", *range(fat_sectors), *[_FREE] * (_FAT_IN_HEADER - fat_sectors))


def _directory(entries: list[_Entry], size: int) -> bytes:
    out = bytearray()
    for one in entries:
        name = one.name.encode("utf-16-le") + b"\0\0"
        links = (one.left, one.right, one.child)
        out += name.ljust(64, b"\0") + struct.pack("<HBB3I", len(name), one.kind, one.color, *links)
        out += bytes(16 + 4 + 16) + struct.pack("<IQ", one.start, one.size)
    unused = bytes(68) + struct.pack("<3I", _NONE, _NONE, _NONE) + bytes(48)
    return bytes(out) + unused * ((size - len(out)) // len(unused))
