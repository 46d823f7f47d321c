"""One workbook or folder that somebody has trouble with. `FILE_CHECKS` lists the checks."""

from __future__ import annotations

import re
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from thidua_xl.errors import ThiduaError
from thidua_xl.hosts.health import ABSENT, FileCheck, Seen, State, stands
from thidua_xl.hosts.machine import Machine
from thidua_xl.jobs.buttons import check_buttons

# Excel takes no longer path of a workbook, whatever Windows takes.
_LONGEST_IN_EXCEL = 218
_WITH_MACROS = (".xlsm", ".xltm")
_ZONE = re.compile(r"^ZoneId\s*=\s*(\d)", re.MULTILINE)
_INTERNET = 3


def is_address(path: str) -> bool:
    """Whether a path is an address on the web."""
    return re.match(r"https?:/", path, re.IGNORECASE) is not None


def file_there(machine: Machine, path: str) -> Seen:
    """The file or folder is there. An address on the web counts as there: it has a check of its own."""
    return stands(is_address(path) or machine.is_file(path) or machine.is_folder(path), path)


def file_address(_machine: Machine, path: str) -> Seen:
    """A place on a disk, not an address of SharePoint or OneDrive on the web."""
    return stands(not is_address(path), path)


def file_onedrive(machine: Machine, path: str) -> Seen:
    """No folder that OneDrive keeps: Excel then calls the workbook by its address on the web."""
    homes = [machine.environ.get(name, "") for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")]
    parts = [part.casefold() for part in _pure(machine, path).parts]
    kept = any(home and path.casefold().startswith(home.casefold()) for home in homes)
    return stands(not kept and not any(one.startswith("onedrive") for one in parts), path, otherwise=State.ADVICE)


def file_network(machine: Machine, path: str) -> Seen:
    """No folder of another computer: macros are blocked there unless the place is trusted, and locks are slow."""
    if machine.platform != "win32":
        return ABSENT
    return stands(not path.startswith(("\\\\", "//")), path, otherwise=State.ADVICE)


def file_mark(machine: Machine, path: str) -> Seen:
    """Windows has not marked the file as coming from the Internet; Excel blocks the macros of such a file."""
    if machine.platform != "win32" or not machine.is_file(path):
        return ABSENT
    found = _ZONE.search(machine.zone(path))
    return stands(found is None or int(found[1]) < _INTERNET, f"ZoneId={found[1]}" if found else "-")


def file_path_length(machine: Machine, path: str) -> Seen:
    """A path short enough for Excel."""
    if is_address(path):
        return ABSENT
    return stands(len(path) <= _LONGEST_IN_EXCEL, len(path))


def file_write(machine: Machine, path: str) -> Seen:
    """Results can be written beside the file."""
    if is_address(path) or not (machine.is_file(path) or machine.is_folder(path)):
        return ABSENT
    folder = path if machine.is_folder(path) else str(_pure(machine, path).parent)
    return stands(machine.can_write(folder), folder)


def file_locked(machine: Machine, path: str) -> Seen:
    """Nobody has the file open."""
    if not machine.is_file(path):
        return ABSENT
    holder = machine.holder(path)
    return stands(holder is None, holder or "", otherwise=State.ADVICE)


def file_macros(machine: Machine, path: str) -> Seen:
    """The buttons of a workbook call the macros of this version."""
    lines = _buttons(machine, path)
    if lines is None:
        return ABSENT
    seen = [found for code in ("sheet", "macros", "code_names") for right, found in [lines[code]] if not right]
    return stands(not seen, ", ".join(seen))


def file_xlwings(machine: Machine, path: str) -> Seen:
    """The module of xlwings in the workbook is that of the xlwings installed here."""
    lines = _buttons(machine, path)
    if lines is None or "xlwings" not in lines:
        return ABSENT
    return stands(lines["xlwings"][0], lines["xlwings"][1])


def file_python(machine: Machine, path: str) -> Seen:
    """The Python written in the workbook is on this computer."""
    lines = _buttons(machine, path)
    return ABSENT if lines is None else stands(lines["python"][0], lines["python"][1])


def _buttons(machine: Machine, path: str) -> dict[str, tuple[bool, str]] | None:
    """What `buttons check` sees; None for a file without buttons of ours."""
    if PurePath(path).suffix.lower() not in _WITH_MACROS or not machine.is_file(path):
        return None
    try:
        lines = {code: (right, seen) for code, right, seen in check_buttons(Path(path)).lines}
    except ThiduaError as refused:
        return {"sheet": (False, refused.code), "macros": (True, ""), "code_names": (True, ""), "python": (True, "")}
    return lines if lines["sheet"][0] else None


def _pure(machine: Machine, path: str) -> PurePath:
    return PureWindowsPath(path) if machine.platform == "win32" else PurePosixPath(path)


FILE_CHECKS: tuple[FileCheck, ...] = (
    file_there,
    file_address,
    file_onedrive,
    file_network,
    file_mark,
    file_path_length,
    file_write,
    file_locked,
    file_macros,
    file_xlwings,
    file_python,
)
