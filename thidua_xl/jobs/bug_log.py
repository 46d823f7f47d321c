"""What is kept of a fault of our own. Read `write_log`."""

from __future__ import annotations

import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

from thidua_xl.version import VERSION


def write_log() -> Path:
    """The exception being handled, in a file of its own; it names places in the program, no data."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    kind = sys.exc_info()[0]
    lines = [f"thidua-xl {VERSION}", sys.version, kind.__name__ if kind else ""]
    lines += [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    name = f"thidua-xl-{datetime.now():%Y%m%d-%H%M%S}.log"
    path = Path(tempfile.gettempdir()) / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
