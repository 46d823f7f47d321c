"""The module sources of a VBA project, whoever wrote it. Read `module_sources`. Source: [MS-OVBA] 2.3.4.2, 2.3.4.3."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from thidua_xl.ooxml.vba_packing import decompress

_VERSION, _CODE_PAGE, _STREAM, _OFFSET, _MODULE_END = 0x09, 0x03, 0x1A, 0x31, 0x2B


def module_sources(stream: Callable[[str], bytes]) -> Mapping[str, str]:
    """Module name -> its source with line feeds, document modules among them.

    `stream` gives the bytes of a stream of the compound file by its own name. ValueError when the project is damaged.
    """
    directory = decompress(stream("dir"))
    encoding = "cp1252"
    found: dict[str, str] = {}
    name, offset = "", 0
    at = 0
    while at + 6 <= len(directory):
        kind, size = struct.unpack_from("<HI", directory, at)
        data = directory[at + 6 : at + 6 + size]
        # The version record says 4 and holds 6 bytes.
        at += 6 + (6 if kind == _VERSION else size)
        if kind == _CODE_PAGE and size == 2:
            encoding = f"cp{int.from_bytes(data, 'little')}"
        elif kind == _STREAM:
            name = _text(data, encoding)
        elif kind == _OFFSET and size == 4:
            offset = int.from_bytes(data, "little")
        elif kind == _MODULE_END and name:
            found[name] = _text(decompress(stream(name)[offset:]), encoding).replace("\r\n", "\n")
            name, offset = "", 0
    return found


def has_code(source: str) -> bool:
    """Whether a module holds more than its attributes, `Option` lines, remarks and blank lines."""
    lines = (line.strip() for line in source.split("\n"))
    return any(line and not line.startswith(("Attribute ", "Option ", "'")) for line in lines)


def _text(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, "replace")
    except LookupError:
        return data.decode("cp1252", "replace")
