"""Content packed piece by piece, its head last, is what it would be packed at once."""

from __future__ import annotations

import zlib

import pytest

from thidua_xl.ooxml.archive import Packed


@pytest.mark.parametrize("pieces", [[], [b"abc"], [b"x" * 3_000_000, b"", b"<end/>"]])
def test_a_head_that_is_made_last_stands_in_front(pieces: list[bytes]) -> None:
    seen: list[bytes] = []

    def made() -> list[bytes]:
        seen.extend(pieces)
        return pieces

    packed = Packed.headed(lambda: f"<head {len(seen)}>".encode(), made())
    whole = f"<head {len(pieces)}>".encode() + b"".join(pieces)
    assert packed.inflated() == whole
    assert (packed.size, packed.crc) == (len(whole), zlib.crc32(whole))
