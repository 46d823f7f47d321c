"""Build workbooks/thi-dua.xlsm: the report template with the control sheet and its buttons.

`python tools/build_buttons_workbook.py`; the same code as `thidua-xl buttons add --kind truc-tiep`, so that the file
works in Excel and in LibreOffice. It names no Python: the one in THIDUA_PYTHON or in PATH is used.
"""

from __future__ import annotations

from pathlib import Path

from thidua_xl.jobs.buttons import DIRECT, add_buttons
from thidua_xl.jobs.control_sheet import ControlSheet

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "workbooks" / "thi-dua.xlsm"


def build(target: Path = TARGET) -> None:
    """Write the workbook; the same bytes each time."""
    add_buttons(ROOT / "workbooks" / "mau-bao-cao-tinh.xlsx", target, kind=DIRECT, settings=ControlSheet())


if __name__ == "__main__":
    build()
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
