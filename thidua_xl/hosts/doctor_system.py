"""The system around the program: LibreOffice, fonts, terminal, disk, clock. `CHECKS` lists the checks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from thidua_xl.hosts.health import ABSENT, Check, Seen, State, stands
from thidua_xl.hosts.machine import Machine, offset_hours

# Letters that a code page without Vietnamese loses.
_LETTERS = "ƠơƯưĐđẰỂỖỰỹ"
_LITTLE_SPACE, _NO_SPACE = 1_000_000_000, 100_000_000
_VIETNAM_HOURS = 7
# Fonts with the same widths as Times New Roman.
_TIMES_FILES = (r"times(?:bd|bi|i)?\.ttf", r"times new roman.*", r"LiberationSerif-.*", r"Tinos-.*", r"NimbusRoman-.*")


def libreoffice(machine: Machine) -> Seen:
    """LibreOffice, which makes PDF files."""
    return stands(bool(machine.program("soffice")), machine.program("soffice") or "-", otherwise=State.ADVICE)


def libreoffice_bindings(machine: Machine) -> Seen:
    """The bindings through which buttons work in LibreOffice on Linux."""
    if machine.platform != "linux" or not machine.program("soffice"):
        return ABSENT
    return stands(machine.has_uno(), machine.python[0], otherwise=State.ADVICE)


def font(machine: Machine) -> Seen:
    """Times New Roman, which official documents are set in, or a font of the same widths."""
    return stands(machine.has_font("Times New Roman", _TIMES_FILES), "Times New Roman", otherwise=State.ADVICE)


def console(machine: Machine) -> Seen:
    """A terminal that shows Vietnamese."""
    name = machine.console_encoding()
    try:
        _LETTERS.encode("utf-8" if name == "cp65001" else name)
    except (UnicodeEncodeError, LookupError):
        return Seen(State.ADVICE, name)
    return Seen(State.OK, name)


def working_folder(machine: Machine) -> Seen:
    """Files can be made in the folder the command is called in."""
    folder = str(Path.cwd())
    return stands(machine.can_write(folder), folder)


def temporary_folder(machine: Machine) -> Seen:
    """Files can be made in the folder for temporary files."""
    return stands(machine.can_write(machine.temp_folder()), machine.temp_folder())


def disk(machine: Machine) -> Seen:
    """Space for a round, its copies and its backups."""
    free = machine.free_bytes(machine.temp_folder())
    shown = f"{free / 1_000_000_000:.1f} GB"
    if free < _NO_SPACE:
        return Seen(State.WRONG, shown)
    return stands(free >= _LITTLE_SPACE, shown, otherwise=State.ADVICE)


def long_paths(machine: Machine) -> Seen:
    """Windows lets programs use paths of more than 260 characters."""
    if machine.platform != "win32":
        return ABSENT
    value = machine.registry("HKLM", r"SYSTEM\CurrentControlSet\Control\FileSystem", "LongPathsEnabled")
    return stands(value == 1, f"LongPathsEnabled={value if value is not None else '-'}", otherwise=State.ADVICE)


def clock(machine: Machine) -> Seen:
    """A clock that is not before the program's own files: terms and days late are counted by it."""
    book = machine.shipped("workbooks", "bo-tieu-chi.xlsx")
    written = machine.modified(book) if book else None
    now = machine.now()
    return stands(written is None or now >= written - timedelta(days=1), f"{now:%d/%m/%Y %H:%M}")


def timezone(machine: Machine) -> Seen:
    """The time of Vietnam: elsewhere a file handed in at night counts for another day."""
    hours = offset_hours(machine.now())
    return stands(hours == _VIETNAM_HOURS, f"UTC{hours:+g}", otherwise=State.ADVICE)


CHECKS: tuple[Check, ...] = (
    libreoffice,
    libreoffice_bindings,
    font,
    console,
    working_folder,
    temporary_folder,
    disk,
    long_paths,
    clock,
    timezone,
)
