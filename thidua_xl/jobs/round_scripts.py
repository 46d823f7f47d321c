"""Small files in a round's folder onto which workbooks can be dragged, for offices without macros. Read `scripts`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# name -> commands, one after the other; the dropped files go to the first. Names and texts are plain ASCII: a .cmd
# file is read in the code page of the machine.
_JOBS = {
    "nhan-bao-cao": ("receive", "status"),
    "tra-lai-don-vi": ("annotate",),
    "don-doc": ("remind",),
    "tinh-hinh": ("status",),
    "theo-doi": ("watch",),
    "hoan-tac": ("undo",),
}


def scripts(python: Path) -> Iterator[tuple[str, bytes, bool]]:
    """(name, content, is a program) of every file; `python` runs the package where `thidua-xl` is not on the path."""
    for name, commands in _JOBS.items():
        yield f"{name}.cmd", _windows(commands, python), False
        yield f"{name}.sh", _unix(commands, python), True


def _windows(commands: tuple[str, ...], python: Path) -> bytes:
    # "%~dp0." and not "%~dp0": a backslash before the closing quote would be taken as part of the path.
    lines = ["@echo off", "chcp 65001 >nul", "setlocal", 'set "THIDUA=thidua-xl"', "where thidua-xl >nul 2>nul"]
    if str(python).isascii() and python.drive:
        lines.append(f'if errorlevel 1 set "THIDUA="{python}" -m thidua_xl"')
    else:
        lines.append('if errorlevel 1 set "THIDUA=py -3 -m thidua_xl"')
    for index, command in enumerate(commands):
        lines.append(f'%THIDUA% {command} "%~dp0."' + (" %*" if index == 0 and command == "receive" else ""))
    return "\r\n".join([*lines, "pause", ""]).encode("ascii")


def _unix(commands: tuple[str, ...], python: Path) -> bytes:
    lines = [
        "#!/bin/sh",
        'here=$(cd "$(dirname "$0")" && pwd)',
        'run() { if command -v thidua-xl >/dev/null 2>&1; then thidua-xl "$@"; '
        f'else {_quoted(str(python))} -m thidua_xl "$@"; fi; }}',
    ]
    for index, command in enumerate(commands):
        lines.append(f'run {command} "$here"' + (' "$@"' if index == 0 and command == "receive" else ""))
    return "\n".join([*lines, ""]).encode("utf-8")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
