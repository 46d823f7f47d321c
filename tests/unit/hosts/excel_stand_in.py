"""Our macros as Excel on Windows would run them: pyOpenVBA's VBA interpreter, and doubles for what only Windows has.

Read `ExcelStandIn.press`. The doubles: WScript.Shell (writes down the command line, gives an exit code), GetAttr and
FileSystemObject (which files there are), Environ, Application.Path and Hwnd, the workbook's own path. Everything else,
xlwings' RunPython among it, is the source that stands in the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyopenvba", reason="needs pyOpenVBA, a VBA interpreter")

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter import VBAObject, member, method
from pyopenvba.interpreter import _intrinsics as intrinsics
from pyopenvba.interpreter._values import error

from thidua_xl.jobs.buttons import sources_in
from thidua_xl.jobs.control_sheet import STATE
from thidua_xl.ooxml import Workbook

OFFICE = "C:\\Program Files\\Microsoft Office\\root\\Office16"
WINDOW = 123456
ENVIRON = {"temp": "C:\\Users\\nv\\AppData\\Local\\Temp", "userprofile": "C:\\Users\\nv"}
_NO_FILE = 53


class ExcelStandIn:
    """A workbook open in a pretended Excel. `commands` are the command lines it started, `dialogs` what it asked."""

    def __init__(
        self, book: Path, *, folder: str, files: frozenset[str] = frozenset(), environ: Mapping[str, str] = ENVIRON
    ) -> None:
        self.commands: list[str] = []
        self.waited: list[bool] = []
        self.exit_code = 0
        _doubles(files, environ)
        self._app = ExcelApplication.open(book)
        modules = sources_in(Workbook.open(book))
        if "xlwings" in modules:
            self._app.add_module(_readable(modules["xlwings"]), name="xlwings")
        # A module that its parser does not take is left out in silence.
        loaded = {name.casefold() for name in self._app.interpreter.modules}
        assert {name.casefold() for name in modules} <= loaded
        create = self._app.interpreter.host.create
        made = {"wscript.shell": _Shell(self), "scripting.filesystemobject": _Files(files)}
        self._app.interpreter.host.create = lambda name: made.get(name.lower()) or create(name)
        _answer(self._app.application, {"path": OFFICE, "hwnd": WINDOW})
        _answer(self._app.workbook, {"path": folder, "fullname": f"{folder}\\{book.name}"})

    def press_ribbon(self, procedure: str, tag: str, in_front: Path | None = None) -> None:
        """Run the macro of a button of a tab, with a workbook in front of the add-in."""
        if in_front is not None:
            self._app.open_workbook(in_front)
        self._app.run(procedure, _Tagged(tag))

    @property
    def status_bar(self) -> str:
        """What the status bar says."""
        return str(self._app.evaluate("Application.StatusBar"))

    def press(self, procedure: str) -> None:
        """Run the macro of a button."""
        self._app.run(procedure)

    @property
    def state(self) -> str:
        """The sentence on the control sheet."""
        return str(self._app.evaluate(f'ThisWorkbook.Names("{STATE}").RefersToRange.Value'))

    def write(self, name: str, value: str) -> None:
        """Type a value into the cell of a name."""
        module = (
            "Sub Go(ByVal o As String, ByVal v As String)\nThisWorkbook.Names(o).RefersToRange.Value = v\nEnd Sub\n"
        )
        self._app.add_module(module, name="Ban_phim")
        self._app.run("Go", name, value)

    def formula(self, sheet: str, cell: str) -> str:
        """The formula of a cell."""
        return str(self._app.evaluate(f'ThisWorkbook.Sheets("{sheet}").Range("{cell}").Formula'))

    @property
    def dialogs(self) -> list[str]:
        return [str(one[1]) for one in self._app.dialogs]


class _Shell(VBAObject):
    vba_type_name = "WshShell"
    vba_library = "iwshruntimelibrary"

    def __init__(self, excel: ExcelStandIn) -> None:
        super().__init__()
        self._excel = excel

    @method
    def Run(self, command: object, style: object = 1, wait: object = False) -> int:
        self._excel.commands.append(str(command))
        self._excel.waited.append(bool(wait))
        return self._excel.exit_code

    @method
    def ExpandEnvironmentStrings(self, text: object) -> object:
        return {"False": False, "True": True}.get(str(text), text)


class _Tagged(VBAObject):
    vba_type_name = "IRibbonControl"
    vba_library = "office"

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._tag = tag

    @member
    def Tag(self) -> str:
        return self._tag


class _Files(VBAObject):
    vba_type_name = "FileSystemObject"
    vba_library = "scripting"

    def __init__(self, files: frozenset[str]) -> None:
        super().__init__()
        self._files = files

    @method
    def FileExists(self, path: object) -> bool:
        return str(path) in self._files


def _doubles(files: frozenset[str], environ: Mapping[str, str]) -> None:
    """GetAttr, Environ and FreeFile, which the interpreter lacks; xlwings' log of errors cannot be opened here."""
    for name in ("getattr", "environ", "freefile"):
        intrinsics.UNIMPLEMENTED.pop(name, None)

    @intrinsics.intrinsic("GetAttr", "p", minimum=1)
    def attributes(_interpreter: object, path: object) -> int:
        # VBA's own file functions speak the code page of Western Europe here: other letters become "?".
        if str(path).encode("cp1252", "replace").decode("cp1252") not in files:
            raise error(_NO_FILE, "File not found")
        return 0

    @intrinsics.intrinsic("FreeFile", "p")
    def free_number(_interpreter: object, _range: object) -> int:
        raise error(_NO_FILE, "File not found")

    @intrinsics.intrinsic("Environ", "p", minimum=1)
    def variable(_interpreter: object, name: object) -> str:
        return environ.get(str(name).lower(), "")


def _answer(thing: Any, answers: Mapping[str, object]) -> None:
    """Let a VBA object answer these members as given, every other as before."""
    before = thing.vba_get

    def vba_get(name: str, args: Any = (), named: Any = None) -> object:
        if name.lower() in answers:
            return answers[name.lower()]
        return before(name, list(args), named or {})

    thing.vba_get = vba_get


def _readable(source: str) -> str:
    """xlwings' module as the interpreter takes it: no remarks behind `#Const` and `#If`, no removing of the log."""
    source = re.sub(r"(?m)^(\s*)Kill LOG_FILE", r"\1' Kill LOG_FILE", source)
    source = re.sub(r"(?m)^(#Const[^'\n]*)'.*$", r"\1", source)
    return re.sub(r"(?m)^(\s*#(?:If|ElseIf)\b.*?)\s*(?:Then)?\s*(?:'.*)?$", r"\1 Then", source)
