"""A workbook behind a password -> its bytes without one. Read `passwords_given`, then `unlock`.

The deciphering is done by msoffcrypto-tool (extra `password`), inside the limited worker like every other reading.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace

from thidua_xl.grid.guard import OLE
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse

# Excel opens files under this one without asking: it marks them as read-only, nothing else ([MS-OFFCRYPTO] 2.4.2.3).
_OPEN_TO_ALL = "VelvetSweatshop"
# Excel hashes a password 100,000 times; a hostile file may ask for thousands of millions.
_MOST_ROUNDS = 1_000_000
# How msoffcrypto-tool fails on a damaged file.
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, struct.error)
_given: tuple[str, ...] = ()


@contextmanager
def passwords_given(passwords: Sequence[str]) -> Iterator[None]:
    """While inside, these passwords are tried on every protected workbook that is read."""
    global _given  # of the process: its reading threads and workers know the same
    before, _given = _given, tuple(passwords)
    try:
        yield
    finally:
        _given = before


def given() -> tuple[str, ...]:
    """The passwords to try."""
    return _given


def unlock(data: bytes, limits: Limits = DEFAULT) -> bytes:
    """The bytes of a protected .xlsx, .xlsm, .xlsb or .xls without its protection.

    Raises `InputRefused`: encrypted (no password given), wrong_password, no_password_reader, damaged, too_big.
    """
    try:
        from msoffcrypto import OfficeFile
        from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
        from msoffcrypto.format import xls97
        from msoffcrypto.format.ooxml import OOXMLFile
    except ImportError:
        raise refuse("no_password_reader" if _given else "encrypted") from None
    # It would put the deciphered .xls into a temporary file, which the worker may not write and nobody should.
    xls97.tempfile = SimpleNamespace(TemporaryFile=io.BytesIO)
    for password in (*_given, _OPEN_TO_ALL):
        plain = io.BytesIO()
        try:
            locked = OfficeFile(io.BytesIO(data))
            if isinstance(locked, OOXMLFile):
                if locked.type == "agile" and locked.info["spinValue"] > _MOST_ROUNDS:
                    raise refuse("encrypted")
                locked.load_key(password=password, verify_password=True)
            else:
                locked.load_key(password=password)
            locked.decrypt(plain)
        except (InvalidKeyError, DecryptionError):
            continue
        except (FileFormatError, ParseError, *_BROKEN):
            raise refuse("damaged" if _given else "encrypted") from None
        content = plain.getvalue()
        if len(content) > limits.file_bytes:
            raise refuse("too_big", size=len(content), limit=limits.file_bytes)
        return content
    raise refuse("wrong_password" if _given else "encrypted")


def is_protected(data: bytes) -> bool:
    """Whether bytes that could be read are those of a workbook behind a password."""
    if not data.startswith(OLE):
        return False
    try:
        from msoffcrypto import OfficeFile
    except ImportError:
        return False
    return bool(OfficeFile(io.BytesIO(data)).is_encrypted())


def without_password(data: bytes) -> bytes:
    """Bytes that could be read before, without their protection if they have one."""
    return unlock(data) if is_protected(data) else data
