"""Build every shipped workbook: the criteria book first, then what is made from it.

`python tools/build_workbooks.py`; the report template is built when its builder is there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
BUILDERS = ("build_criteria_book.py", "build_report_template.py", "build_buttons_workbook.py")


def main() -> int:
    for name in BUILDERS:
        builder = TOOLS / name
        if not builder.is_file():
            print(f"{name}: not there, left out")
            continue
        # A process of its own, so that the second builder reads the book that the first one wrote.
        done = subprocess.run([sys.executable, str(builder)], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
