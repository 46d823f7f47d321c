"""How VBA keeps text: the compressed containers of modules and `dir`, the veiled fields of `PROJECT`.

Read `compress`, `decompress` and `veil`. Source: [MS-OVBA] 2.4.1 (compression), 2.4.3 (data encryption).
"""

from __future__ import annotations

import struct

CHUNK = 4096
_SHORTEST_COPY = 3
_CHAIN = 64  # how many earlier places are tried for a copy; more gains almost nothing


def compress(data: bytes) -> bytes:
    """The compressed container of some bytes: a signature, then chunks of at most 4096 bytes each."""
    out = bytearray(b"\x01")
    for start in range(0, len(data), CHUNK):
        chunk = data[start : start + CHUNK]
        body = _tokens(chunk)
        if len(body) < CHUNK:
            out += struct.pack("<H", 0xB000 | (len(body) - 1)) + body
        else:
            # Stored as it is; the standard knows only whole stored chunks, so the last one is filled up.
            out += struct.pack("<H", 0x3FFF) + chunk.ljust(CHUNK, b"\0")
    return bytes(out)


def decompress(data: bytes, limit: int = 16 * 1024 * 1024) -> bytes:
    """The bytes of a compressed container. ValueError when it is damaged or gives more than `limit` bytes."""
    if data[:1] != b"\x01":
        raise ValueError("no compressed container")
    out = bytearray()
    at = 1
    while at + 2 <= len(data):
        (head,) = struct.unpack_from("<H", data, at)
        end = min(at + (head & 0x0FFF) + 3, len(data))
        if head & 0x8000:
            _unpack(data, at + 2, end, out)
        else:
            out += data[at + 2 : end]
        if len(out) > limit:
            raise ValueError("too much text")
        at = end
    return bytes(out)


def veil(data: bytes, project_id: str, seed: int) -> str:
    """A protection field of `PROJECT` (CMG, DPB, GC) in hex digits; nothing here is a secret, `seed` is any byte."""
    key = sum(project_id.encode("ascii")) & 0xFF
    version = 2 ^ seed
    start = key ^ seed
    out = [seed, version, start]
    plain, second, first = key, version, start
    ignored = bytes((seed & 6) // 2)
    for byte in ignored + struct.pack("<I", len(data)) + data:
        code = byte ^ ((second + plain) & 0xFF)
        out.append(code)
        second, first, plain = first, code, byte
    return "".join(f"{one:02X}" for one in out)


def _unpack(data: bytes, at: int, end: int, out: bytearray) -> None:
    start = len(out)
    while at < end:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= end:
                return
            if not flags >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            if at + 2 > end:
                raise ValueError("a copy without its second byte")
            (token,) = struct.unpack_from("<H", data, at)
            at += 2
            offset_bits = max(4, (len(out) - start - 1).bit_length())
            offset = (token >> (16 - offset_bits)) + 1
            if offset > len(out) - start:
                raise ValueError("a copy of what is not there")
            for _ in range((token & (0xFFFF >> offset_bits)) + _SHORTEST_COPY):
                out.append(out[-offset])


def _tokens(chunk: bytes) -> bytes:
    body = bytearray()
    at = 0
    while at < len(chunk):
        flags_at, flags = len(body), 0
        body.append(0)
        for bit in range(8):
            if at >= len(chunk):
                break
            offset_bits = max(4, (at - 1).bit_length()) if at else 4
            length, offset = _longest_copy(chunk, at, (0xFFFF >> offset_bits) + _SHORTEST_COPY)
            if length >= _SHORTEST_COPY:
                flags |= 1 << bit
                body += struct.pack("<H", ((offset - 1) << (16 - offset_bits)) | (length - _SHORTEST_COPY))
                at += length
            else:
                body.append(chunk[at])
                at += 1
        body[flags_at] = flags
    return bytes(body)


def _longest_copy(chunk: bytes, at: int, longest: int) -> tuple[int, int]:
    """(length, distance back) of the longest earlier piece that the bytes at a place repeat; (0, 0) for none."""
    best, distance = 0, 0
    if len(chunk) - at < _SHORTEST_COPY:
        return best, distance
    head = chunk[at : at + _SHORTEST_COPY]
    found = chunk.rfind(head, 0, at + _SHORTEST_COPY - 1)
    for _ in range(_CHAIN):
        if found < 0:
            break
        length = 0
        while length < longest and at + length < len(chunk) and chunk[found + length] == chunk[at + length]:
            length += 1
        if length > best:
            best, distance = length, at - found
        found = chunk.rfind(head, 0, found + _SHORTEST_COPY - 1) if found else -1
    return best, distance
