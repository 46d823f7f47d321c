"""What on this computer keeps the program, or a workbook with buttons, from working. Read `examine`.

Each check has a name and a remedy in `messages/doctor.*.toml` under the name of its function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.hosts import doctor_excel, doctor_program, doctor_system
from thidua_xl.hosts.doctor_files import FILE_CHECKS, is_address
from thidua_xl.hosts.health import Check, State
from thidua_xl.hosts.machine import Machine, ThisMachine

CHECKS: tuple[Check, ...] = (*doctor_program.CHECKS, *doctor_excel.CHECKS, *doctor_system.CHECKS)


@dataclass(frozen=True, slots=True)
class Line:
    """What one check saw; `file` is the workbook or folder that it looked at, "" for the computer itself."""

    check: str
    state: State
    seen: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """Every check that can be made on this system, in order."""

    lines: tuple[Line, ...]

    @property
    def in_order(self) -> bool:
        """Whether nothing is wrong; advice does not count."""
        return all(line.state is not State.WRONG for line in self.lines)

    def count(self, state: State) -> int:
        """How many lines are in that state."""
        return sum(line.state is state for line in self.lines)


def examine(paths: Sequence[str] = (), machine: Machine | None = None) -> Examination:
    """Look at the computer, and at each path (a workbook, a folder, an address) given."""
    here = machine or ThisMachine()
    lines = []
    for check in CHECKS:
        seen = check(here)
        lines.append(Line(check.__name__, seen.state, seen.seen))
    for path in paths if machine else [one if is_address(one) else str(Path(one).absolute()) for one in paths]:
        for look in FILE_CHECKS:
            seen = look(here, path)
            lines.append(Line(look.__name__, seen.state, seen.seen, path))
    return Examination(tuple(line for line in lines if line.state is not State.ABSENT))
