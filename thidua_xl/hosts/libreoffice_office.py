"""A running LibreOffice reached from this Python: its UNO bindings, the pipe, small values. Read `connect`.

The bindings belong to the system's Python; an environment of the same minor version can use them too.
"""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from thidua_xl.errors import InputRefused, UsageProblem

# Where Linux distributions put uno.py when this Python does not see the system's packages.
_PLACES = ("/usr/lib/python3/dist-packages", "/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program")
_PATIENCE_SECONDS = 10.0
# com.sun.star.document.MacroExecMode.NEVER_EXECUTE: a workbook opened only to copy rows from runs nothing.
_NO_MACROS = 0


def load_uno() -> ModuleType:
    """The module `uno`. Raises `UsageProblem` (`hosts.no_uno`) when this Python cannot load it."""
    if "uno" in sys.modules:
        return sys.modules["uno"]
    for place in ("", *(one for one in _PLACES if Path(one, "uno.py").is_file())):
        if place and place not in sys.path:
            # At the end: these folders hold other packages of the system too.
            sys.path.append(place)
        try:
            return importlib.import_module("uno")
        except ImportError:
            continue
    raise UsageProblem("hosts.no_uno", python=sys.executable, version=f"{sys.version_info[0]}.{sys.version_info[1]}")


def connect(pipe: str, patience: float = _PATIENCE_SECONDS) -> Any:
    """The component context of the LibreOffice that listens at a pipe of this name.

    Raises `InputRefused` (`hosts.no_answer`) when nothing answers.
    """
    uno = load_uno()
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + patience
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except uno.getClass("com.sun.star.connection.NoConnectException") as failed:
            if time.monotonic() > until:
                raise InputRefused("hosts.no_answer", file="LibreOffice") from failed
            time.sleep(0.1)


def properties(**values: object) -> tuple[Any, ...]:
    """Named values as UNO wants them."""
    uno = load_uno()
    made = []
    for name, value in values.items():
        one = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


def open_hidden(desktop: Any, path: str) -> Any:
    """A workbook opened without a window, to copy from."""
    return desktop.loadComponentFromURL(
        file_url(path), "_blank", 0, properties(Hidden=True, ReadOnly=True, MacroExecutionMode=_NO_MACROS)
    )


def file_url(path: str) -> str:
    """The file URL of a path."""
    return str(load_uno().systemPathToFileUrl(str(Path(path).absolute())))


def system_path(url: str) -> str:
    """The path of a file URL, "" for none."""
    return str(load_uno().fileUrlToSystemPath(url)) if url.startswith("file:") else ""
