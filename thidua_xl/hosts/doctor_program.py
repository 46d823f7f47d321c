"""The program itself: Python, packages, shipped files, settings of xlwings. `CHECKS` lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath

from thidua_xl.hosts.health import ABSENT, Check, Seen, State, stands, version_numbers
from thidua_xl.hosts.machine import Machine
from thidua_xl.jobs.buttons import SHIPPED_FILES
from thidua_xl.version import VERSION

_OLDEST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"([A-Za-z0-9_.-]+)[^>;]*(?:>=\s*([0-9.]+))?")
# A line of `xlwings.conf`: "KEY","value".
_SETTING = re.compile(r'^\s*"?([A-Z _]+?)"?\s*,\s*"?(.*?)"?\s*$')


def python_version(machine: Machine) -> Seen:
    """A Python that the program runs on."""
    path, version, _ = machine.python
    return stands(version[:2] >= _OLDEST_PYTHON, f"{'.'.join(map(str, version))} ({path})")


def python_bits(machine: Machine) -> Seen:
    """64 bits: 32 cannot hold a big round, and not every package is made for them."""
    return stands(machine.python[2] == 64, f"{machine.python[2]} bit")


def python_store(machine: Machine) -> Seen:
    """No Python of the Microsoft Store: it writes into a shadow of the user's folders, which Excel does not see."""
    if machine.platform != "win32":
        return ABSENT
    path = machine.python[0]
    return stands("\\WindowsApps\\" not in path, path, otherwise=State.ADVICE)


def packages(machine: Machine) -> Seen:
    """Every package that the program's metadata asks for, new enough."""
    bad = []
    for line in machine.requirements():
        name, oldest = _requirement(line, machine.platform)
        if name:
            here = machine.package(name)
            if not here or version_numbers(here) < version_numbers(oldest):
                bad.append(f"{name}>={oldest} ({here or '-'})")
    return stands(not bad, ", ".join(bad))


def installed_version(machine: Machine) -> Seen:
    """The installed package is the program that runs: an update broken off leaves a mixture."""
    here = machine.package("thidua-xl")
    if not here:
        return Seen(State.ADVICE, "-")
    return stands(here == VERSION, here if here == VERSION else f"{here} / {VERSION}")


def shipped_files(machine: Machine) -> Seen:
    """Every file that comes with the program is still there; anti-virus programs take macros away in silence."""
    lost = [f"{folder}/{name}" for folder, name in SHIPPED_FILES if not machine.shipped(folder, name)]
    return stands(not lost, ", ".join(lost))


def reader(machine: Machine) -> Seen:
    """A workbook is read in a limited process of its own, as every submission is."""
    book = machine.shipped("workbooks", "bo-tieu-chi.xlsx")
    refusal = machine.refusal(book) if book else "workbooks/bo-tieu-chi.xlsx"
    return stands(not refusal, refusal)


def xlwings_package(machine: Machine) -> Seen:
    """xlwings, through which Excel is reached."""
    if machine.platform not in ("win32", "darwin"):
        return ABSENT
    return stands(bool(machine.package("xlwings")), machine.package("xlwings") or "-")


def command_path(machine: Machine) -> Seen:
    """The command is found by its name, as the .bat files of a round call it."""
    return stands(bool(machine.program("thidua-xl")), machine.program("thidua-xl") or "-", otherwise=State.ADVICE)


def interpreter(machine: Machine) -> Seen:
    """The Python that buttons start when their workbook names none: THIDUA_PYTHON, else `python`."""
    named = machine.environ.get("THIDUA_PYTHON", "").strip()
    if named:
        return stands(machine.is_file(named), named)
    found = machine.program("python")
    is_stub = "\\WindowsApps\\" in found and machine.platform == "win32"
    return stands(bool(found) and not is_stub, found or "-", otherwise=State.ADVICE)


def xlwings_settings(machine: Machine) -> Seen:
    """What `~/.xlwings/xlwings.conf` says goes before what Excel finds itself; it must name a program."""
    windows = machine.platform == "win32"
    home = machine.environ.get("USERPROFILE" if windows else "HOME", "")
    path = str((PureWindowsPath if windows else PurePosixPath)(home, ".xlwings", "xlwings.conf"))
    named = settings_in(machine.text(path)).get("INTERPRETER_WIN" if windows else "INTERPRETER_MAC", "")
    return stands(not named or machine.is_file(named), named)


def settings_in(text: str) -> Mapping[str, str]:
    """The settings of an `xlwings.conf`: lines of `"KEY","value"`."""
    return {found[1]: found[2] for line in text.splitlines() if (found := _SETTING.match(line))}


def sqlite(machine: Machine) -> Seen:
    """The library behind the ledger of a round: 3.31 knows the safety setting it is opened with."""
    version = machine.sqlite_version()
    return stands(version >= (3, 31), ".".join(map(str, version)))


def _requirement(line: str, platform: str) -> tuple[str, str]:
    """(package, oldest version) of a line of the metadata; ("", "") when it is not for this system."""
    body, _, marker = line.partition(";")
    platforms = re.findall(r"sys_platform\s*==\s*[\"'](\w+)[\"']", marker)
    found = _REQUIREMENT.match(body.strip())
    if "extra" in marker or (platforms and platform not in platforms) or found is None:
        return "", ""
    return found[1], found[2] or ""


CHECKS: tuple[Check, ...] = (
    python_version,
    python_bits,
    python_store,
    packages,
    installed_version,
    shipped_files,
    reader,
    sqlite,
    command_path,
    xlwings_package,
    interpreter,
    xlwings_settings,
)
