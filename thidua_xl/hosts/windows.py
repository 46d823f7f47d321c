"""Questions that only Windows answers: the registry, the terminal's code page, a file in use. Elsewhere: nothing."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.platform == "win32":
    import ctypes
    import winreg

    _ROOTS = {
        "HKCU": winreg.HKEY_CURRENT_USER,
        "HKLM": winreg.HKEY_LOCAL_MACHINE,
        "HKCR": winreg.HKEY_CLASSES_ROOT,
    }
    # The view of 64-bit programs, whatever this Python is.
    _READ = winreg.KEY_READ | winreg.KEY_WOW64_64KEY

    def registry_value(root: str, key: str, name: str) -> str | int | None:
        """A value, None when it is not there."""
        try:
            with winreg.OpenKey(_ROOTS[root], key, 0, _READ) as opened:
                value = winreg.QueryValueEx(opened, name)[0]
        except OSError:
            return None
        return value if isinstance(value, int) else str(value)

    def registry_names(root: str, key: str) -> tuple[str, ...]:
        """The names of the values below a key."""
        try:
            with winreg.OpenKey(_ROOTS[root], key, 0, _READ) as opened:
                count = winreg.QueryInfoKey(opened)[1]
                return tuple(winreg.EnumValue(opened, index)[0] for index in range(count))
        except OSError:
            return ()

    def code_page() -> str:
        """The code page of the terminal as Python names it, "" without a terminal."""
        number = ctypes.windll.kernel32.GetConsoleOutputCP()
        return f"cp{number}" if number else ""

    def is_in_use(path: Path) -> bool:
        """Whether another program keeps a file from being written."""
        try:
            with path.open("r+b"):
                return False
        except PermissionError:
            return True
        except OSError:
            return False

else:

    def registry_value(root: str, key: str, name: str) -> str | int | None:
        """Nothing: there is no registry."""
        return None

    def registry_names(root: str, key: str) -> tuple[str, ...]:
        """Nothing: there is no registry."""
        return ()

    def code_page() -> str:
        """Nothing: the locale says it."""
        return ""

    def is_in_use(path: Path) -> bool:
        """Nothing: only a lock file tells."""
        return False
