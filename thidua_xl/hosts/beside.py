"""Long work beside Excel: the macro returns at once, the work goes on and reports to the control sheet.

Read `goes_beside`. `RunPython` waits for Python, and Excel stands still meanwhile; LibreOffice never waits.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

# A hundred files take Excel's patience, fifteen do not.
MANY_FILES = 60
BESIDE = "--beside"
# The buttons that read the units' files.
READING = frozenset({"receive", "check", "annotate", "consolidate"})


def goes_beside(command: str, arguments: Sequence[str], folder: str) -> bool:
    """Whether the work was handed to a process of its own: Excel waits, the command reads files, and they are many."""
    waits = any(one.startswith("--from_xl") for one in arguments) and BESIDE not in arguments
    if not waits or command not in READING or not _has_many(folder):
        return False
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    subprocess.Popen(
        [sys.executable, "-m", "thidua_xl.hosts", command, *arguments, BESIDE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        creationflags=flags,
        start_new_session=sys.platform != "win32",
    )
    return True


def _has_many(folder: str) -> bool:
    if not folder or not Path(folder).is_dir():
        return False
    return len(list(islice(Path(folder).rglob("*.xls*"), MANY_FILES))) >= MANY_FILES
