"""Binary workbooks made record by record: .xls streams, compound files around them, .xlsb parts."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def record(kind: int, body: bytes = b"") -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(body)) + body


def wide(text: str, width: int = 2) -> bytes:
    """A BIFF8 string with its length in `width` bytes."""
    return len(text).to_bytes(width, "little") + b"\x01" + text.encode("utf-16-le")


def biff8(
    *cells: bytes,
    strings: Sequence[str] = (),
    formats: Sequence[str] = (),
    font: str = "Arial",
    before: bytes = b"",
    sheet: str = "Biểu 05",
    state: int = 0,
    shared: bytes | None = None,
) -> bytes:
    """A BIFF8 workbook stream with one sheet; style n+1 has the n-th number format."""
    head = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + before
    head += record(0x31, b"\0" * 14 + bytes([len(font), 1]) + font.encode("utf-16-le"))
    for index, code in enumerate(formats):
        head += record(0x41E, struct.pack("<H", 164 + index) + wide(code))
    for number in (0, *(164 + index for index in range(len(formats)))):
        head += record(0xE0, struct.pack("<HHH", 0, number, 0) + b"\0" * 14)
    if shared is not None:
        table = shared
    else:
        table = record(0xFC, struct.pack("<II", len(strings), len(strings)) + b"".join(map(wide, strings)))
    name = bytes([len(sheet), 1]) + sheet.encode("utf-16-le")
    listed = 4 + 4 + 2 + len(name)
    start = len(head) + listed + len(table) + 4
    head += record(0x85, struct.pack("<IBB", start, state, 0) + name) + table + record(0x0A)
    return head + record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + b"".join(cells) + record(0x0A)


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream."""
    padded = stream + b"\0" * (max(4096, -(-len(stream) // 512) * 512) - len(stream))
    count = len(padded) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE] + [index + 3 for index in range(count - 1)] + [0xFFFFFFFE]
    assert len(fat) <= 128, "one sector of the table is enough for a test"
    fat += [0xFFFFFFFF] * (128 - len(fat))

    def entry(title: str, kind: int, start: int, size: int) -> bytes:
        raw = (title + "\0").encode("utf-16-le")
        links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBB", len(raw), kind, 1)
            + links
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )

    directory = (entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry(name, 2, 2, len(padded))).ljust(512, b"\0")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + struct.pack("<128I", *fat) + directory + padded


def xlsb_record(kind: int, body: bytes = b"") -> bytes:
    """One record of a binary OOXML part."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, rest = b"", len(body)
    while True:
        byte, rest = rest & 0x7F, rest >> 7
        length += bytes([byte | (0x80 if rest else 0)])
        if not rest:
            return head + length + body


def xlsb_text(text: str) -> bytes:
    """A string of a binary OOXML part."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
