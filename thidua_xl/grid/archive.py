"""The bytes of a zip -> its parts, or a refusal: every name, offset, length and checksum is held to what it says.

Read `open_archive`. Standard `zipfile` is not used: it forgives what two readers would read two ways
(members twice, overlapping members, a second archive glued on). Source: APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse

_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_LOCATOR64 = b"PK\x06\x07"
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 0x1, 0x800
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
# An entry of the directory: 46 bytes, a name, extra fields, seldom a comment.
_LONGEST_ENTRY = 4096
_PIECE = 128 * 1024
_PACKED_PIECE = 16 * 1024
_HEAD = 4096


class FileBytes:
    """The bytes of a big file, read where they are asked for, so that a zip of a whole round costs no memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = path.stat().st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, span: slice) -> bytes:
        start, stop, _ = span.indices(self._size)
        try:
            with self._path.open("rb") as stream:
                stream.seek(start)
                return stream.read(max(stop - start, 0))
        except OSError:
            raise refuse("unreadable") from None


Data = bytes | FileBytes


@dataclass(frozen=True, slots=True)
class Member:
    """One part as the central directory lists it; `start` is where its local header stands."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int


class Archive:
    """The parts of a sound zip, inflated and checked when asked for."""

    def __init__(self, data: Data, members: dict[str, Member], limits: Limits) -> None:
        self._data = data
        self._members = members
        self._limits = limits
        self._inflated = 0
        self._read: set[str] = set()
        # Part names are compared without case: OPC, ECMA-376 Part 2, 6.2.2.3.
        self._by_fold = {name.casefold(): name for name in members}

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._by_fold

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def member(self, name: str) -> Member | None:
        """The member of that name (case does not matter), or None."""
        found = self._by_fold.get(name.casefold())
        return None if found is None else self._members[found]

    def read(self, name: str) -> bytes:
        """The inflated bytes of a part. Raises when it is not there, damaged or far bigger than it says."""
        member = self.member(name)
        if member is None:
            raise refuse("bad_reference", part=name)
        return self._inflate(member)

    def unread(self) -> list[str]:
        """The names of the parts that nobody has read yet."""
        return [name for name in self._members if name not in self._read]

    def check(self, name: str) -> bytes:
        """Hold a part to its length and checksum; only its first bytes (4 KiB or a little more) come back.

        A part is never whole in memory so, which also takes half the time.
        """
        member = self.member(name)
        if member is None:
            raise refuse("bad_reference", part=name)
        packed = self._packed(member)
        if member.method == _STORED:
            return self._sound(member, packed)
        inflater = zlib.decompressobj(-15)
        head, crc, size, place = b"", 0, 0, 0
        try:
            while size <= member.size and not inflater.eof:
                fed = inflater.unconsumed_tail
                if not fed:
                    fed = packed[place : place + _PACKED_PIECE]
                    place += _PACKED_PIECE
                # No more is asked for than the part may have left, and one byte: never the whole of a bomb.
                piece = inflater.decompress(fed, min(_PIECE, member.size + 1 - size))
                if not piece and not fed:
                    break
                head = head if len(head) > _HEAD else head + piece
                crc = zlib.crc32(piece, crc)
                size += len(piece)
        except zlib.error:
            raise refuse("damaged", part=member.name) from None
        if size != member.size or crc != member.crc or place < len(packed) or not _is_at_end(inflater):
            raise refuse("damaged", part=member.name)
        self._add(member, size)
        return head

    def _inflate(self, member: Member) -> bytes:
        packed = self._packed(member)
        return self._sound(member, packed if member.method == _STORED else self._unpack(member, packed))

    def _packed(self, member: Member) -> bytes:
        """The bytes of a member as they are stored; what it says of its size is within the limits."""
        data, start, limits = self._data, member.start, self._limits
        self._read.add(member.name)
        if member.size > limits.part_bytes:
            raise refuse("bomb", part=member.name)
        begin = start + 30 + sum(struct.unpack("<HH", data[start + 26 : start + 30]))
        packed = data[begin : begin + member.packed]
        if len(packed) != member.packed:
            raise refuse("damaged", part=member.name)
        if (
            member.method != _STORED
            and member.size > limits.ratio_from
            and member.size > limits.ratio * max(member.packed, 1)
        ):
            raise refuse("bomb", part=member.name)
        return packed

    def _sound(self, member: Member, content: bytes) -> bytes:
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise refuse("damaged", part=member.name)
        self._add(member, len(content))
        return content

    def _add(self, member: Member, size: int) -> None:
        self._inflated += size
        if self._inflated > self._limits.total_bytes:
            raise refuse("bomb", part=member.name)

    def _unpack(self, member: Member, packed: bytes) -> bytes:
        inflater = zlib.decompressobj(-15)
        try:
            # The size is a claim: one byte more than claimed is asked for, never the whole of a bomb.
            content = inflater.decompress(packed, member.size + 1)
        except zlib.error:
            raise refuse("damaged", part=member.name) from None
        if len(content) > member.size or not _is_at_end(inflater):
            raise refuse("damaged", part=member.name)
        return content


def _is_at_end(inflater: zlib._Decompress) -> bool:
    """Whether the stream ended there, and nothing stands behind it."""
    if not inflater.eof and inflater.decompress(inflater.unconsumed_tail, 1):
        return False
    return inflater.eof and not inflater.unused_data


def open_archive(data: Data, limits: Limits = DEFAULT) -> Archive:
    """The archive in `data`. Raises `InputRefused` for anything but one whole, honest zip."""
    count, start, end = _directory(data)
    if count > limits.members or end - start > limits.members * _LONGEST_ENTRY:
        raise refuse("unsafe_package")
    directory = data[start:end]
    members: dict[str, Member] = {}
    folded: set[str] = set()
    place = 0
    spans: list[tuple[int, int]] = []
    for _ in range(count):
        member, place = _entry(directory, place)
        spans.append(_span(data, member, start))
        if member.name.endswith("/"):
            continue
        _check_name(member.name, folded)
        members[member.name] = member
    if place != len(directory):
        raise refuse("damaged")
    spans.sort()
    if any(first[1] > second[0] for first, second in pairwise(spans)):
        raise refuse("unsafe_package")
    return Archive(data, members, limits)


def _directory(data: Data) -> tuple[int, int, int]:
    """(number of members, start, end) of the central directory."""
    first = max(0, len(data) - 22 - _FULL16)
    tail = data[first:]
    at = tail.rfind(_END)
    while at >= 0:
        if len(tail) - at >= 22 and at + 22 + struct.unpack_from("<H", tail, at + 20)[0] == len(tail):
            break
        at = tail.rfind(_END, 0, at)
    if at < 0:
        raise refuse("damaged")
    disk, first_disk, here, count, size, start = struct.unpack_from("<4H2I", tail, at + 4)
    end = at = first + at
    if _FULL32 in (size, start) or _FULL16 in (count, here):
        disk, first_disk, here, count, size, start, end = _directory64(data, at)
    elif at >= 20 and data[at - 20 : at - 16] == _LOCATOR64:
        end = _directory64(data, at)[-1]
    if disk or first_disk or here != count:
        raise refuse("unsafe_package")
    # Bytes in front (or a second archive glued on) would shift every offset: then two readers see two files.
    if start + size != end:
        raise refuse("unsafe_package")
    return count, start, end


def _directory64(data: Data, at: int) -> tuple[int, int, int, int, int, int, int]:
    locator = data[max(at - 20, 0) : at]
    if len(locator) < 20 or locator[:4] != _LOCATOR64:
        raise refuse("damaged")
    (place,) = struct.unpack_from("<Q", locator, 8)
    if place + 56 > at - 20:
        raise refuse("damaged")
    record = data[place : place + 56]
    if record[:4] != _END64:
        raise refuse("damaged")
    disk, first_disk, here, count, size, start = struct.unpack_from("<2I4Q", record, 16)
    return disk, first_disk, here, count, size, start, place


def _entry(directory: bytes, place: int) -> tuple[Member, int]:
    if place + 46 > len(directory):
        raise refuse("damaged")
    fields = _ENTRY.unpack_from(directory, place)
    signature, flags, method = fields[0], fields[3], fields[4]
    crc, packed, size = fields[7], fields[8], fields[9]
    name_length, extra_length, comment_length, disk = fields[10], fields[11], fields[12], fields[13]
    start = fields[16]
    after = place + 46 + name_length + extra_length + comment_length
    if signature != b"PK\x01\x02" or after > len(directory):
        raise refuse("damaged")
    raw = directory[place + 46 : place + 46 + name_length]
    # Windows tools write xl\\workbook.xml; the names are the same.
    name = _decoded(raw, flags).replace("\\", "/")
    extra = directory[place + 46 + name_length : place + 46 + name_length + extra_length]
    if _FULL32 in (size, packed, start):
        size, packed, start = _sizes64(extra, size, packed, start, name)
    if flags & _ENCRYPTED:
        raise refuse("locked_other", part=name)
    if method not in (_STORED, _DEFLATED) or disk not in (0, _FULL16):
        raise refuse("unsafe_package", part=name)
    if method == _STORED and packed != size:
        raise refuse("damaged", part=name)
    return Member(name, method, crc, packed, size, start), after


def _sizes64(extra: bytes, size: int, packed: int, start: int, name: str) -> tuple[int, int, int]:
    """Sizes from the zip64 extra field, which lists only those that are full in the entry, in this order."""
    place = 0
    while place + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, place)
        if tag == 1 and place + 4 + length <= len(extra):
            numbers = list(struct.unpack_from(f"<{length // 8}Q", extra, place + 4))
            found = [numbers.pop(0) if one == _FULL32 and numbers else one for one in (size, packed, start)]
            return found[0], found[1], found[2]
        place += 4 + length
    raise refuse("damaged", part=name)


def _decoded(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "ascii")
    except UnicodeDecodeError:
        # Old tools write names in their own code page: fine beside a workbook, never a part we read.
        return raw.decode("cp437")


def _span(data: Data, member: Member, directory: int) -> tuple[int, int]:
    """(start, end) of a member's bytes; its local header must tell the same name and method."""
    start = member.start
    header = data[start : start + 30]
    if start + 30 > directory or header[:4] != b"PK\x03\x04":
        raise refuse("damaged", part=member.name)
    fields = _LOCAL.unpack(header)
    method, name_length, extra_length = fields[3], fields[9], fields[10]
    name = _decoded(data[start + 30 : start + 30 + name_length], fields[2]).replace("\\", "/")
    if name != member.name or method != member.method:
        raise refuse("unsafe_package", part=member.name)
    end = start + 30 + name_length + extra_length + member.packed
    if end > directory:
        raise refuse("damaged", part=member.name)
    return start, end


def _check_name(name: str, folded: set[str]) -> None:
    pieces = name.split("/")
    if name.startswith("/") or ".." in pieces or ":" in pieces[0] or "\x00" in name or not name:
        raise refuse("unsafe_package", part=name)
    key = name.casefold()
    if key in folded:
        raise refuse("unsafe_package", part=name)
    folded.add(key)
