"""A zip file whose members can be replaced while every other byte of it stays as it stands.

Read `Archive`: `read` gives a member's content, `write` the new file. Untouched members are copied with their
local header, compressed bytes, dates and order; Python's zipfile would recompress them.
Source: PKWARE APPNOTE 6.3, sections 4.3 and 4.4.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from thidua_xl.errors import EditRefused

# A workbook of a million cells inflates to about 80 MB; these bounds only keep bombs out.
MAX_MEMBER = 512 * 1024 * 1024
MAX_TOTAL = 2 * 1024 * 1024 * 1024
MAX_MEMBERS = 65_000
_PIECE = 1 << 18
_KEPT_INFLATED = 4 << 20
# What zipfile says of a member that is damaged, packed in a way it does not know, or encrypted.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
# Listings are packed in a third of the time that the usual level takes, and are a tenth larger.
_LISTING_LEVEL = 3

_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s2B4HL2L2H")
_DOS_EPOCH = (0, 0x21)  # time, date: 1980-01-01, what Excel itself writes
_POLYNOMIAL = 0xEDB88320
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


# What a member is to hold: bytes, or what makes them when they are needed, so that not all lie in memory at once.
Content = bytes | Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the zip, as its central directory describes it."""

    name: str
    info: zipfile.ZipInfo
    central: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Packed:
    """Content ready to lie in a zip file: raw deflated bytes in pieces, and size and checksum of what they inflate to.

    The pieces are put together only in the finished file: those of a long listing would be copied at every joining.
    """

    pieces: tuple[bytes, ...]
    size: int
    crc: int

    @classmethod
    def of(cls, pieces: Iterable[bytes], level: int = 6) -> Packed:
        """The pieces as one content, none of them kept."""
        machine = zlib.compressobj(level, zlib.DEFLATED, -15)
        made: list[bytes] = []
        size = crc = 0
        for piece in pieces:
            # The machine holds back what it has not packed yet, so most pieces give nothing.
            if packed := machine.compress(piece):
                made.append(packed)
            size += len(piece)
            crc = zlib.crc32(piece, crc)
        made.append(machine.flush())
        return cls(tuple(made), size, crc)

    @classmethod
    def headed(cls, head: Callable[[], bytes], pieces: Iterable[bytes]) -> Packed:
        """The same with a head that is known only when the pieces have been made; it is asked for after the last."""
        body = cls.of(pieces, _LISTING_LEVEL)
        first = head()
        machine = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = machine.compress(first) + machine.flush(zlib.Z_FULL_FLUSH)
        crc = _joined_crc(zlib.crc32(first), body.crc, body.size)
        return cls((packed, *body.pieces), len(first) + body.size, crc)

    @property
    def packed_size(self) -> int:
        """How many bytes the pieces take in the file."""
        return sum(map(len, self.pieces))

    def inflated(self) -> bytes:
        """The content."""
        return zlib.decompress(b"".join(self.pieces), -15, self.size or 1)


def _joined_crc(first: int, second: int, size: int) -> int:
    """The checksum of two contents in a row, the second `size` bytes long, from the checksum of each.

    A zero byte behind a content changes its checksum by a linear map of its 32 bits; `size` zeros by a power of that
    map, made by squaring. What the second content adds to them is its own checksum. Source: zlib, crc32_combine.
    """
    # The image of each single bit under one zero bit, then squared three times: one zero byte.
    power = [_POLYNOMIAL, *(1 << bit for bit in range(31))]
    for _ in range(3):
        power = [_image(power, one) for one in power]
    while size:
        if size & 1:
            first = _image(power, first)
        size >>= 1
        power = [_image(power, one) for one in power]
    return first ^ second


def _image(linear: list[int], bits: int) -> int:
    """The image of a number's bits under a linear map, given by those of the single bits."""
    found = 0
    for one in linear:
        if bits & 1:
            found ^= one
        bits >>= 1
    return found


class Archive:
    """The members of a zip file held in memory. `file` is the name to show the user."""

    def __init__(self, content: bytes, file: str) -> None:
        self.content = content
        self.file = file
        self._zip = self._opened()
        self.members = self._members()
        self._by_name = {member.name: member for member in self.members}
        # Parts of a workbook are looked through for every insertion; those of an ordinary template are inflated once.
        self._inflated: dict[str, bytes] = {}
        self._room = _KEPT_INFLATED

    @property
    def names(self) -> tuple[str, ...]:
        """Member names as stored, in the order of the directory."""
        return tuple(member.name for member in self.members)

    def member(self, name: str) -> Member:
        """The member of that stored name. KeyError when there is none."""
        return self._by_name[name]

    def read(self, name: str) -> bytes:
        """The inflated content of a member. EditRefused when it is damaged or far too large."""
        if (kept := self._inflated.get(name)) is not None:
            return kept
        member = self._by_name[name]
        try:
            content = self._zip.read(member.info)
        except _DAMAGE as problem:
            raise EditRefused("edit.damaged_zip", file=self.file, part=name) from problem
        if len(content) <= self._room:
            self._inflated[name] = content
            self._room -= len(content)
        return content

    def pieces(self, name: str) -> Iterator[bytes]:
        """The inflated content of a member piece by piece, its checksum compared at the end; errors as `read`."""
        try:
            with self._zip.open(self._by_name[name].info) as stream:
                while piece := stream.read(_PIECE):
                    yield piece
        except _DAMAGE as problem:
            raise EditRefused("edit.damaged_zip", file=self.file, part=name) from problem

    def check(self) -> None:
        """Inflate every member once, comparing checksums. EditRefused when one is damaged."""
        for member in self.members:
            for _ in self.pieces(member.name):
                pass

    def write(
        self,
        changed: Mapping[str, Content],
        added: Mapping[str, bytes | Packed],
        removed: frozenset[str],
    ) -> bytes:
        """The new zip file; a changed member whose content is still to be made is asked when its turn comes.

        New members come last, dated 1980-01-01 so that the same edit gives the same bytes.
        """
        out = _Pieces()
        directory: dict[str, bytes] = {}
        for member in sorted(self.members, key=lambda member: member.start):
            if member.name in removed:
                continue
            place = len(out)
            new = inflated(changed[member.name]) if member.name in changed else None
            if new is not None and new != self.read(member.name):
                directory[member.name] = _append_changed(out, member, new)
            else:
                out += memoryview(self.content)[member.start : member.end]
                directory[member.name] = _moved(member, place)
        for name, content in added.items():
            directory[name] = _append_new(out, name, content)
        start = len(out)
        for member in self.members:
            if member.name not in removed:
                out += directory[member.name]
        for name in added:
            out += directory[name]
        comment = self._zip.comment
        out += _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(out) - start, start, len(comment))
        out += comment
        return out.joined()

    def _opened(self) -> zipfile.ZipFile:
        if self.content[:8] == _COMPOUND_FILE:
            # Excel keeps an encrypted workbook inside a compound file, as a stream of this name (UTF-16).
            is_encrypted = "EncryptedPackage".encode("utf-16-le") in self.content
            raise EditRefused("edit.encrypted" if is_encrypted else "edit.old_format", file=self.file)
        try:
            return zipfile.ZipFile(BytesIO(self.content))
        except (zipfile.BadZipFile, ValueError, struct.error, EOFError) as problem:
            raise EditRefused("edit.not_a_workbook", file=self.file) from problem

    def _members(self) -> tuple[Member, ...]:
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_TOTAL:
            raise EditRefused("edit.too_big", file=self.file)
        seen: set[str] = set()
        for info in infos:
            folded = info.filename.replace("\\", "/").lower()
            if folded in seen:
                raise EditRefused("edit.duplicate_part", file=self.file, part=info.filename)
            seen.add(folded)
            if info.file_size > MAX_MEMBER:
                raise EditRefused("edit.too_big", file=self.file, part=info.filename)
            if info.flag_bits & 1:
                raise EditRefused("edit.encrypted", file=self.file)
        if not infos:
            raise EditRefused("edit.not_a_workbook", file=self.file)
        starts = sorted(info.header_offset for info in infos)
        directory_start = self._zip.start_dir
        ends = dict(zip(starts, [*starts[1:], directory_start], strict=True))
        if len(ends) != len(infos):
            raise EditRefused("edit.damaged_zip", file=self.file, part="")
        centrals = self._centrals(directory_start, len(infos))
        return tuple(
            Member(info.orig_filename, info, central, info.header_offset, ends[info.header_offset])
            for info, central in zip(infos, centrals, strict=True)
        )

    def _centrals(self, start: int, count: int) -> list[bytes]:
        """The raw entries of the central directory, in order."""
        entries = []
        place = start
        for _ in range(count):
            try:
                fields = _CENTRAL.unpack_from(self.content, place)
            except struct.error as problem:
                raise EditRefused("edit.damaged_zip", file=self.file, part="") from problem
            size = _CENTRAL.size + fields[12] + fields[13] + fields[14]
            entries.append(self.content[place : place + size])
            place += size
        return entries


def inflated(content: Content) -> bytes:
    """The content, made now if it is still to be made."""
    return content if isinstance(content, bytes) else content()


class _Pieces:
    """A file in the making; what lies in it is not copied before the end."""

    def __init__(self) -> None:
        self._pieces: list[bytes | memoryview] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iadd__(self, piece: bytes | memoryview) -> _Pieces:
        self._pieces.append(piece)
        self._size += len(piece)
        return self

    def joined(self) -> bytes:
        """The whole file."""
        return b"".join(self._pieces)


def _append_changed(out: _Pieces, member: Member, content: bytes) -> bytes:
    """Append the member with new content; its entry for the directory. Date, name and attributes are kept."""
    place = len(out)
    info = member.info
    stored = info.compress_type == zipfile.ZIP_STORED
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    pieces = (content,) if stored else Packed.of([content]).pieces
    packed_size = sum(map(len, pieces))
    fields = list(_CENTRAL.unpack_from(member.central))
    name = member.central[_CENTRAL.size : _CENTRAL.size + fields[12]]
    flags = fields[5] & ~0b1000 & ~0b110  # sizes stand in the header, no data descriptor follows
    version = 20
    crc = zlib.crc32(content)
    out += _LOCAL.pack(
        b"PK\3\4", version, 0, flags, method, fields[7], fields[8], crc, packed_size, len(content), len(name), 0
    )
    out += name
    for piece in pieces:
        out += piece
    extra_start = _CENTRAL.size + fields[12]
    extra = _without_zip64(member.central[extra_start : extra_start + fields[13]])
    note = member.central[extra_start + fields[13] :]
    fields[3], fields[5], fields[6] = version, flags, method
    fields[9], fields[10], fields[11] = crc, packed_size, len(content)
    fields[13], fields[15], fields[18] = len(extra), 0, place
    return _CENTRAL.pack(*fields) + name + extra + note


def _moved(member: Member, place: int) -> bytes:
    """The directory entry of a member copied to another place of the file."""
    fields = list(_CENTRAL.unpack_from(member.central))
    rest = member.central[_CENTRAL.size :]
    if 0xFFFFFFFF not in (fields[10], fields[11], fields[18]) and fields[15] != 0xFFFF:
        fields[18] = place
        return _CENTRAL.pack(*fields) + rest
    # The true numbers stand in a zip64 field; they fit into the plain ones, since the whole file is in memory.
    name, extra = rest[: fields[12]], rest[fields[12] : fields[12] + fields[13]]
    note = rest[fields[12] + fields[13] :]
    extra = _without_zip64(extra)
    fields[10], fields[11] = member.info.compress_size, member.info.file_size
    fields[13], fields[15], fields[18] = len(extra), 0, place
    return _CENTRAL.pack(*fields) + name + extra + note


def _append_new(out: _Pieces, name: str, content: bytes | Packed) -> bytes:
    place = len(out)
    packed = content if isinstance(content, Packed) else Packed.of([content])
    size, packed_size, crc = packed.size, packed.packed_size, packed.crc
    raw = name.encode("utf-8")
    flags = 0 if name.isascii() else 0x800
    time, date = _DOS_EPOCH
    out += _LOCAL.pack(b"PK\3\4", 20, 0, flags, 8, time, date, crc, packed_size, size, len(raw), 0)
    out += raw
    for piece in packed.pieces:
        out += piece
    return (
        _CENTRAL.pack(
            b"PK\1\2", 20, 0, 20, 0, flags, 8, time, date, crc, packed_size, size, len(raw), 0, 0, 0, 0, 0, place
        )
        + raw
    )


def _without_zip64(extra: bytes) -> bytes:
    kept = b""
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        if kind != 1:
            kept += extra[place : place + 4 + size]
        place += 4 + size
    return kept
