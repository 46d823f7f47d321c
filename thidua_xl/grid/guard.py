"""What stands in front of every reader: a plain file? how big? what is it really? Read `load`, `identify`."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.text import fold

ZIP, CFB, BIFF = "zip", "cfb", "biff"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BIFF_STARTS = {b"\x09\x08": "5", b"\x09\x04": "4", b"\x09\x02": "3", b"\x09\x00": "2"}
_KNOWN = (
    (b"%PDF-", "pdf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "exe"),
)
LOCKS = ("~$", ".~lock", "._")


def load(path: Path, limits: Limits = DEFAULT) -> bytes:
    """The bytes of a plain file of bounded size. Never opens a pipe or device. Raises `InputRefused`."""
    check_file(path, limits)
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except OSError:
        raise refuse("unreadable") from None
    check_size(data, limits)
    return data


def check_file(path: Path, limits: Limits = DEFAULT) -> None:
    """Raise unless the path is a plain file of bounded size; nothing is opened."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise refuse("missing") from None
    except (OSError, ValueError) as error:
        # Links that go round in a circle lead to no file: the command line finds none there either.
        is_circle = isinstance(error, OSError) and error.errno == errno.ELOOP
        raise refuse("missing" if is_circle else "unreadable") from None
    if not stat.S_ISREG(found.st_mode):
        raise refuse("not_a_file")
    if found.st_size > limits.file_bytes:
        raise refuse("too_big", size=found.st_size, limit=limits.file_bytes)


def check_size(data: bytes, limits: Limits = DEFAULT) -> None:
    """Raise unless there is at least one byte and not too many."""
    if not data:
        raise refuse("empty")
    if len(data) > limits.file_bytes:
        raise refuse("too_big", size=len(data), limit=limits.file_bytes)


def identify(data: bytes) -> str:
    """ZIP, CFB or BIFF by the first bytes. Raises `InputRefused` that names anything else."""
    if data.startswith(b"PK\x03\x04"):
        return ZIP
    if data.startswith(OLE):
        return CFB
    for start, what in _KNOWN:
        if data.startswith(start):
            raise refuse("not_a_workbook", seen=what)
    if data[:2] in _BIFF_STARTS and len(data) > 8:
        if _BIFF_STARTS[data[:2]] != "5":
            raise refuse("old_format")
        return BIFF
    raise _text_refusal(data)


def is_lock(name: str) -> bool:
    """Whether a file is only the mark of an open workbook, or hidden."""
    return name.startswith(LOCKS) or name.startswith(".")


def _text_refusal(data: bytes) -> Exception:
    """HTML, XML and CSV that carry a workbook's extension are told apart, so that the way out can be named."""
    head = data[:4096]
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = head.decode("utf-16" if wide else "utf-8-sig", "ignore")
    folded = fold(text)
    if "\x00" in text or not folded:
        return refuse("not_a_workbook", seen="?")
    if "<html" in folded or "<table" in folded or folded.startswith("<!doctype html"):
        return refuse("html_as_xls", seen="HTML")
    if folded.startswith(("<?xml", "<")):
        return refuse("html_as_xls", seen="XML")
    if folded.startswith("mime-version") or "content-type: multipart" in folded:
        return refuse("html_as_xls", seen="MHTML")
    first = text.splitlines()[0] if text.splitlines() else ""
    if any(mark in first for mark in ",;\t"):
        return refuse("html_as_xls", seen="CSV")
    return refuse("not_a_workbook", seen="?")
