"""What `doctor` may ask of the computer: a small port, and this computer behind it. Read `Machine`.

Every question has an answer for "not there", so that a check never fails because a system lacks the thing asked for.
"""

from __future__ import annotations

import importlib.metadata
import locale
import os
import re
import shutil
import sqlite3
import struct
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import read_apart
from thidua_xl.hosts.libreoffice_office import load_uno
from thidua_xl.hosts.windows import code_page, is_in_use, registry_names, registry_value
from thidua_xl.ooxml.store import lock_file
from thidua_xl.shipped import shipped_path

_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
_FONT_FOLDERS_MAC = ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts")
_LIBREOFFICE = (
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


class Machine(Protocol):
    """A computer as the checks see it. Paths are text as the system writes them; "" and None say "not there"."""

    @property
    def platform(self) -> str:
        """`win32`, `darwin`, `linux`, as `sys.platform` says."""

    @property
    def python(self) -> tuple[str, tuple[int, int, int], int]:
        """The interpreter: its path, its version, the bits of its addresses."""

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables."""

    def registry(self, root: str, key: str, name: str) -> str | int | None:
        """A value of the Windows registry; `root` is HKCU, HKLM or HKCR, `name` "" the default value."""

    def registry_names(self, root: str, key: str) -> tuple[str, ...]:
        """The names of the values below a key of the Windows registry."""

    def zone(self, path: str) -> str:
        """The text of the stream `Zone.Identifier` that Windows gives to a file from the Internet."""

    def is_file(self, path: str) -> bool:
        """Whether a file is there."""

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there."""

    def text(self, path: str) -> str:
        """The text of a small file."""

    def can_write(self, folder: str) -> bool:
        """Whether a file can be made in a folder; one is made and removed."""

    def free_bytes(self, folder: str) -> int:
        """Free space of the disk that holds a folder."""

    def holder(self, path: str) -> str | None:
        """Who has a workbook open, "" when that is not told, None when nobody has."""

    def requirements(self) -> tuple[str, ...]:
        """What this program needs, as its metadata says it (`click>=8.1`)."""

    def package(self, name: str) -> str:
        """The version of an installed package."""

    def has_uno(self) -> bool:
        """Whether this Python can talk to LibreOffice."""

    def program(self, name: str) -> str:
        """The path of a program; `soffice` is looked for in its usual folders too."""

    def has_font(self, name: str, files: tuple[str, ...]) -> bool:
        """Whether a font is installed: `name` in the Windows registry, `files` (patterns) elsewhere."""

    def console_encoding(self) -> str:
        """The encoding of the terminal."""

    def sqlite_version(self) -> tuple[int, ...]:
        """The version of the SQLite library."""

    def temp_folder(self) -> str:
        """Where temporary files go."""

    def now(self) -> datetime:
        """The clock, with its offset from UTC."""

    def shipped(self, folder: str, name: str) -> str:
        """The path of a file that comes with the program."""

    def modified(self, path: str) -> datetime | None:
        """When a file was written."""

    def refusal(self, path: str) -> str:
        """The code of the refusal when a limited worker process reads a workbook, "" when it reads it."""


class ThisMachine:
    """The computer that runs this program."""

    @property
    def platform(self) -> str:
        return sys.platform

    @property
    def python(self) -> tuple[str, tuple[int, int, int], int]:
        version = sys.version_info
        return sys.executable, (version.major, version.minor, version.micro), struct.calcsize("P") * 8

    @property
    def environ(self) -> Mapping[str, str]:
        return os.environ

    def registry(self, root: str, key: str, name: str) -> str | int | None:
        return registry_value(root, key, name)

    def registry_names(self, root: str, key: str) -> tuple[str, ...]:
        return registry_names(root, key)

    def zone(self, path: str) -> str:
        return self.text(f"{path}:Zone.Identifier") if self.platform == "win32" else ""

    def is_file(self, path: str) -> bool:
        return Path(path).is_file()

    def is_folder(self, path: str) -> bool:
        return Path(path).is_dir()

    def text(self, path: str) -> str:
        try:
            return Path(path).read_text(encoding="utf-8-sig", errors="replace")
        except OSError:
            return ""

    def can_write(self, folder: str) -> bool:
        try:
            with tempfile.TemporaryFile(dir=folder) as stream:
                return stream.write(b"x") == 1
        except OSError:
            return False

    def free_bytes(self, folder: str) -> int:
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            return 0

    def holder(self, path: str) -> str | None:
        found = lock_file(Path(path))
        return "" if found is None and is_in_use(Path(path)) else found

    def requirements(self) -> tuple[str, ...]:
        try:
            return tuple(importlib.metadata.requires("thidua-xl") or ())
        except importlib.metadata.PackageNotFoundError:
            return ()

    def package(self, name: str) -> str:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return ""

    def has_uno(self) -> bool:
        try:
            load_uno()
        except UsageProblem:
            return False
        return True

    def program(self, name: str) -> str:
        found = shutil.which(name)
        if found is None and name == "soffice":
            found = next((place for place in _LIBREOFFICE if Path(place).is_file()), None)
        return found or ""

    def has_font(self, name: str, files: tuple[str, ...]) -> bool:
        if self.platform == "win32":
            key = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Fonts"
            return any(one.startswith(name) for root in ("HKLM", "HKCU") for one in self.registry_names(root, key))
        wanted = re.compile("|".join(files), re.IGNORECASE)
        folders = _FONT_FOLDERS_MAC if self.platform == "darwin" else _FONT_FOLDERS
        found = (path.name for folder in folders for path in Path(folder).expanduser().glob("**/*.[to]t[fc]"))
        return any(wanted.match(one) for one in found)

    def console_encoding(self) -> str:
        return code_page() or locale.getencoding()

    def sqlite_version(self) -> tuple[int, ...]:
        return sqlite3.sqlite_version_info

    def temp_folder(self) -> str:
        return tempfile.gettempdir()

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def shipped(self, folder: str, name: str) -> str:
        try:
            return str(shipped_path(folder, name))
        except FileNotFoundError:
            return ""

    def modified(self, path: str) -> datetime | None:
        try:
            return datetime.fromtimestamp(Path(path).stat().st_mtime).astimezone()
        except OSError:
            return None

    def refusal(self, path: str) -> str:
        try:
            read_apart(Path(path))
        except InputRefused as refused:
            return refused.code
        except OSError as failed:
            return failed.strerror or type(failed).__name__
        return ""


def offset_hours(moment: datetime) -> float:
    """How many hours a moment's clock is ahead of UTC."""
    return (moment.utcoffset() or timedelta()) / timedelta(hours=1)
