"""`python -m thidua_xl.hosts COMMAND`: how a macro starts a button's work. Arguments as xlwings' `Book.caller()` reads
them for Excel; `--uno=PIPE --wb=PATH` for LibreOffice."""

from __future__ import annotations

import os
import sys

from thidua_xl.hosts.entry import run

if __name__ == "__main__":
    run(sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:])
    sys.stdout.flush()
    sys.stderr.flush()
    # LibreOffice's bindings may crash while Python takes itself apart, when the work is long done.
    # How it went stands on the control sheet: to the macro every end but a failed start is a good one, or it would
    # write its own sentence over "3 lỗi, 2 cảnh báo".
    os._exit(0)
