"""Excel on Windows and what may forbid its macros to start Python. `CHECKS` lists the checks.

Sources: Microsoft's administrative templates of Office 2016 and later (`VBAWarnings`, `vbaoff`,
`blockcontentexecutionfrominternet`) and the reference of attack surface reduction rules of Microsoft Defender.
"""

from __future__ import annotations

import re

from thidua_xl.hosts.health import ABSENT, Check, Seen, State, excel_settings, first_value, stands
from thidua_xl.hosts.machine import Machine

_POLICIES = r"Software\Policies\Microsoft\Office"
_OWN = r"Software\Microsoft\Office"
_CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_DEFENDER = r"Microsoft\Windows Defender\Windows Defender Exploit Guard"
_CHILD_PROCESSES = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
_SYSTEM_CALLS = "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"
_SIGNED_ONLY, _ALL_OFF = 3, 4
_OLDEST_EXCEL = 16


def excel(machine: Machine) -> Seen:
    """Excel 2016 or later; without it the command line and LibreOffice remain."""
    if machine.platform != "win32":
        return ABSENT
    name = str(machine.registry("HKCR", r"Excel.Application\CurVer", "") or "")
    number = name.rpartition(".")[2]
    return stands(number.isdigit() and int(number) >= _OLDEST_EXCEL, name or "-", otherwise=State.ADVICE)


def excel_bits(machine: Machine) -> Seen:
    """Excel of 64 bits; one of 32 works too, but has little room for a big workbook."""
    if machine.platform != "win32":
        return ABSENT
    found = machine.registry("HKLM", _CLICK_TO_RUN, "Platform")
    if found is None:
        found = machine.registry("HKLM", rf"SOFTWARE\Microsoft\Office\{excel_settings(machine)}\Outlook", "Bitness")
    return stands(str(found).lower() != "x86", found or "-", otherwise=State.ADVICE)


def macro_policy(machine: Machine) -> Seen:
    """Macros may run after a question, or are all allowed; "signed only" and "all off" kill the buttons."""
    if machine.platform != "win32":
        return ABSENT
    key = rf"{excel_settings(machine)}\Excel\Security"
    places = {"HKCU": (rf"{_POLICIES}\{key}", rf"{_OWN}\{key}"), "HKLM": (rf"{_POLICIES}\{key}",)}
    value = first_value(machine, "VBAWarnings", places)
    return stands(value not in (_SIGNED_ONLY, _ALL_OFF), f"VBAWarnings={value if value is not None else '-'}")


def vba(machine: Machine) -> Seen:
    """VBA is not switched off for the whole of Office."""
    if machine.platform != "win32":
        return ABSENT
    key = rf"{_POLICIES}\{excel_settings(machine)}\Common"
    value = first_value(machine, "vbaoff", {"HKCU": (key,), "HKLM": (key,)})
    return stands(value != 1, f"vbaoff={value if value is not None else '-'}")


def internet_macros(machine: Machine) -> Seen:
    """No policy that blocks macros in files from the Internet; where there is one, buttons are attached here."""
    if machine.platform != "win32":
        return ABSENT
    key = rf"{_POLICIES}\{excel_settings(machine)}\Excel\Security"
    value = first_value(machine, "blockcontentexecutionfrominternet", {"HKCU": (key,), "HKLM": (key,)})
    shown = f"blockcontentexecutionfrominternet={value if value is not None else '-'}"
    return stands(value != 1, shown, otherwise=State.ADVICE)


def child_processes(machine: Machine) -> Seen:
    """Microsoft Defender does not forbid Office to start programs."""
    return _rule(machine, _CHILD_PROCESSES, State.WRONG)


def system_calls(machine: Machine) -> Seen:
    """Microsoft Defender does not forbid system calls in macros; the module of xlwings declares some, ours none."""
    return _rule(machine, _SYSTEM_CALLS, State.ADVICE)


def guarded_folders(machine: Machine) -> Seen:
    """Microsoft Defender does not guard Documents and Desktop against Python ("controlled folder access")."""
    if machine.platform != "win32":
        return ABSENT
    keys = tuple(rf"SOFTWARE\{one}{_DEFENDER}\Controlled Folder Access" for one in ("Policies\\", ""))
    value = first_value(machine, "EnableControlledFolderAccess", {"HKLM": keys})
    return stands(value != 1, value if value is not None else "-", otherwise=State.ADVICE)


def disabled_items(machine: Machine) -> Seen:
    """Excel keeps no file switched off since a crash."""
    if machine.platform != "win32":
        return ABSENT
    key = rf"{_OWN}\{excel_settings(machine)}\Excel\Resiliency\DisabledItems"
    count = len(machine.registry_names("HKCU", key))
    return stands(count == 0, count, otherwise=State.ADVICE)


def _rule(machine: Machine, rule: str, blocked: State) -> Seen:
    """A rule of attack surface reduction: 1 blocks, 6 asks the user, 0 and 2 let it pass."""
    if machine.platform != "win32":
        return ABSENT
    value = ""
    for place in ("Policies\\", ""):
        key = rf"SOFTWARE\{place}{_DEFENDER}\ASR\Rules"
        for name in machine.registry_names("HKLM", key):
            if name.lower().strip("{}") == rule:
                value = value or str(machine.registry("HKLM", key, name))
    # Intune writes all rules into one value.
    told = str(
        machine.registry("HKLM", r"SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager", "ASRRules") or ""
    )
    found = re.search(rf"{rule}\}}?=(\d)", told.lower())
    value = value or (found[1] if found else "")
    if value == "1":
        return Seen(blocked, "1")
    return Seen(State.ADVICE if value == "6" else State.OK, value or "-")


CHECKS: tuple[Check, ...] = (
    excel,
    excel_bits,
    macro_policy,
    vba,
    internet_macros,
    child_processes,
    system_calls,
    guarded_folders,
    disabled_items,
)
