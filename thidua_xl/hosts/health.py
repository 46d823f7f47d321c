"""What a check of `doctor` gives back. Read `Seen`; the checks are in the modules `doctor_*` beside this one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from thidua_xl.hosts.machine import Machine


class State(Enum):
    """`WRONG` stops something the program promises, `ADVICE` may, `ABSENT` cannot be asked on this system."""

    OK = "ok"
    ADVICE = "advice"
    WRONG = "wrong"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Seen:
    """How a thing stands, and what was seen: a version, a path, a setting."""

    state: State
    seen: str = ""


Check = Callable[[Machine], Seen]
FileCheck = Callable[[Machine, str], Seen]
ABSENT = Seen(State.ABSENT)


def stands(right: bool, seen: object = "", *, otherwise: State = State.WRONG) -> Seen:
    """OK when it is right, `otherwise` when it is not."""
    return Seen(State.OK if right else otherwise, str(seen))


def version_numbers(text: str) -> tuple[int, ...]:
    """The numbers at the start of a version, `3.0.2rc1` -> (3, 0, 2)."""
    found = re.match(r"\d+(?:\.\d+)*", text.strip())
    return tuple(int(one) for one in found[0].split(".")) if found else ()


def excel_settings(machine: Machine) -> str:
    """The number in Excel's registry keys, `16.0` for Excel 2016 and all later ones."""
    name = str(machine.registry("HKCR", r"Excel.Application\CurVer", "") or "")
    number = name.rpartition(".")[2]
    return f"{number}.0" if number.isdigit() else "16.0"


def first_value(machine: Machine, name: str, places: Mapping[str, tuple[str, ...]]) -> str | int | None:
    """The value of a name at the first of several registry keys that has it; root -> its keys."""
    for root, keys in places.items():
        for key in keys:
            value = machine.registry(root, key, name)
            if value is not None:
                return value
    return None
