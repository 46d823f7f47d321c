"""One writing job at a time: a lock that a crash lets go of by itself. Read `round_lock`.

The lock is SQLite's own, on a small file beside the ledger, so that it works wherever the ledger works (network
shares too) and readers of the ledger are never kept waiting by a long job.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.ledger.store import WAIT_SECONDS, refusals


@contextmanager
def round_lock(path: Path, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of a round. Raises `InputRefused` (`ledger.busy`) when another job holds it for too long."""
    with closing(_open(path, wait)) as connection:
        with refusals(path):
            connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


@contextmanager
def lock_if_free(path: Path) -> Iterator[bool]:
    """Hold the lock when nobody else does and the folder can be written to; whether it is held."""
    with ExitStack() as stack:
        held = True
        try:
            stack.enter_context(round_lock(path, wait=0))
        except InputRefused as refusal:
            if refusal.code not in ("ledger.busy", "ledger.read_only"):
                raise
            held = False
        yield held


def _open(path: Path, wait: float) -> sqlite3.Connection:
    with refusals(path):
        return sqlite3.connect(path, timeout=wait, isolation_level=None)
