"""The add-in with the tab "Thi đua": the commands of the buttons, for the workbook in front. Read `make_ribbon`."""

from __future__ import annotations

import sys
from pathlib import Path

from thidua_xl.errors import UsageProblem
from thidua_xl.jobs.control_sheet import BUTTONS, FAILED, PYTHON
from thidua_xl.messages import say
from thidua_xl.ooxml.addin import RibbonButton, addin_package
from thidua_xl.ooxml.store import replace_file
from thidua_xl.shipped import shipped_path

_MODULES = ("ThiDuaRibbon", "ThiDuaPython")
_MACRO = "ThiDuaRibbon.BamNut"
# Pictures of Office itself, by command.
_ICONS = {
    "receive": "FileOpen",
    "check": "Spelling",
    "annotate": "ReviewNewComment",
    "consolidate": "AutoSum",
    "export": "FileSaveAsPdfOrXps",
    "trace": "TracePrecedents",
    "undo": "Undo",
}


def make_ribbon(out: str | Path, *, python: str | None = None) -> Path:
    """Write the add-in; it starts `python` (this one when None, "" for the one in THIDUA_PYTHON or PATH).

    Raises `UsageProblem` (`usage.not_addin_file`) when `out` does not end in .xlam.
    """
    target = Path(out)
    if target.suffix.lower() != ".xlam":
        raise UsageProblem("usage.not_addin_file", file=str(target))
    sources = [shipped_path("macros", f"{name}.bas").read_text(encoding="ascii") for name in _MODULES]
    texts = {PYTHON: sys.executable if python is None else python, FAILED: say("control.ribbon.failed")}
    buttons = [
        RibbonButton(command, say(f"control.button.{command}"), say(f"control.ribbon.{command}"), _ICONS[command])
        for command, _ in BUTTONS
    ]
    content = addin_package(sources, texts, say("control.ribbon.tab"), buttons, _MACRO)
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, content)
    return target
