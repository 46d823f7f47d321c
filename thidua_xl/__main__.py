"""`python -m thidua_xl` and the `thidua-xl` command."""

from __future__ import annotations

import atexit
import os
import sys
import threading


def main() -> None:
    """Run the command line."""
    try:
        from thidua_xl.cli.app import main as run

        run()
    except KeyboardInterrupt:  # before the command line is ready to say it in words
        raise SystemExit(130) from None
    except SystemExit as leaving:
        if isinstance(leaving.code, int):
            _leave(leaving.code)
        raise


def _leave(code: int) -> None:
    """End the process with that exit code, unless threads still run or what was printed cannot be handed over.

    To take a round's values apart one by one, as the interpreter does at its end, costs as much as reading some files.
    """
    if threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # a host without a console has none
                stream.flush()
    except (OSError, ValueError):  # nobody reads it any more: the interpreter's own end says so
        return
    os._exit(code)


if __name__ == "__main__":
    main()
