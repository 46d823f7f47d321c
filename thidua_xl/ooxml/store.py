"""A file replaced in one step: written beside it, flushed to the disk, then put in its place. Read `replace_file`."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from datetime import datetime
from pathlib import Path

from thidua_xl.errors import EditRefused


def replace_file(target: Path, content: bytes) -> None:
    """Write `content` to `target` so that at every moment the old or the new file is whole.

    When another program holds the target, the content goes beside it under a dated name, and EditRefused tells that
    name as `saved_as` (`edit.target_open`, or `edit.target_held` when the lock file does not tell by whom).
    A link stays a link: the file it leads to is replaced. EditRefused (`input.not_a_file`) for a folder or a device.
    Raises OSError for a full disk and the like; the target is then as it was. No temporary file stays.
    """
    refuse_no_file(target)
    target = target.resolve() if target.is_symlink() else target
    holder = lock_file(target)
    if holder is None:
        try:
            _put(target, content)
        except PermissionError:
            if not target.exists() or not os.access(target.parent, os.W_OK):
                raise
            holder = ""
    if holder is not None:
        beside = dated_name(target, datetime.now())
        _put(beside, content)
        code = "edit.target_open" if holder else "edit.target_held"  # whose it is, if the lock file tells
        raise EditRefused(code, file=str(target), holder=holder, saved_as=str(beside))


def refuse_no_file(path: Path) -> None:
    """EditRefused when there is something at a place that is no file: a folder, a pipe, a device."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise EditRefused("input.not_a_file", file=str(path))


def dated_name(target: Path, now: datetime) -> Path:
    """A free name beside the target: `Báo cáo 2024-06-30 081500.xlsx`."""
    stem = f"{target.stem} {now:%Y-%m-%d %H%M%S}"
    name, number = target.with_name(stem + target.suffix), 2
    while name.exists():
        name, number = target.with_name(f"{stem} ({number}){target.suffix}"), number + 1
    return name


def _put(target: Path, content: bytes) -> None:
    try:
        _put_by_way_of(target, content)
    except OSError as problem:
        # The user knows the file that was asked for, not the one it is written to first.
        problem.filename, problem.filename2 = str(target), None
        raise


def _put_by_way_of(target: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.stem[:40]}-", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode_for(target))
        temporary.replace(target)
        _flush_folder(target.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def lock_file(target: Path) -> str | None:
    """Who has the target open in Excel or LibreOffice, as far as their lock files tell; None when nobody."""
    excel = target.with_name("~$" + target.name)
    if excel.exists():
        return _excel_holder(excel)
    office = target.with_name(f".~lock.{target.name}#")
    if office.exists():
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return office.read_text("utf-8").split(",")[0].strip()
        return ""
    return None


def _excel_holder(lock: Path) -> str:
    """The user name in Excel's owner file: a length byte, then the name in the user's code page."""
    try:
        content = lock.read_bytes()
    except OSError:
        return ""
    size = content[0] if content else 0
    return content[1 : 1 + size].decode("utf-8", "replace").strip()


def _mode_for(target: Path) -> int:
    """The rights of the file that is replaced; for a new one those that the user's mask gives."""
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _flush_folder(folder: Path) -> None:
    """Make the renaming last through a power cut, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
