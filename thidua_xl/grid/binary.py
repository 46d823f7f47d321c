"""What the binary formats of Excel share: RK numbers, error codes, names of cells in formulas. Read `rk`."""

from __future__ import annotations

import struct
from decimal import Decimal

from thidua_xl.grid.values import exact
from thidua_xl.model import CellError, Invalid
from thidua_xl.refs import Area, quote_sheet

_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def rk(number: int) -> int | Decimal | Invalid:
    """The value of an RK number: 30 bits of a double or of an integer, possibly a hundredth. [MS-XLS] 2.5.217."""
    if number & 2:
        whole = (number >> 2) - (1 << 30 if number & 0x80000000 else 0)
        size = float(whole)
    else:
        (size,) = struct.unpack("<d", struct.pack("<Q", (number & 0xFFFFFFFC) << 32))
    return exact(size / 100 if number & 1 else size)


def error(code: int) -> CellError:
    """The error of a code."""
    return CellError(_ERRORS.get(code, "#VALUE!"))


def real(raw: bytes) -> int | Decimal | Invalid:
    """The value of eight bytes of a double."""
    return exact(struct.unpack("<d", raw)[0])


def area_text(sheet: str, area: Area) -> str:
    """The formula of a defined name: 'Biểu 05'!$A$11:$H$35."""
    first, _, last = str(area).partition(":")
    corners = [_absolute(one) for one in (first, last) if one]
    return f"{quote_sheet(sheet)}!{':'.join(corners)}"


def _absolute(cell: str) -> str:
    letters = cell.rstrip("0123456789")
    return f"${letters}${cell[len(letters) :]}"
