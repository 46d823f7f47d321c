"""The ledger file of a round: an SQLite database that is safe against a crash and against two users at once.

Read `Ledger`. The rollback journal is used, not WAL, which does not work on network shares; every write is one
`BEGIN IMMEDIATE` transaction, flushed to the disk. Who cannot get the lock in time is refused with `ledger.busy`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from thidua_xl.errors import InputRefused
from thidua_xl.ledger.schema import TABLES, VERSION

LEDGER = "so-theo-doi.db"

# Long enough for another short transaction, short enough that nobody wonders whether the program hangs.
WAIT_SECONDS = 10.0


class Ledger:
    """An open ledger. `path` is its file; close it, or use it in a `with`."""

    def __init__(self, path: Path, wait: float = WAIT_SECONDS) -> None:
        self.path = path
        self._connection = _connect(path, wait)
        self._check()

    @classmethod
    def create(cls, path: Path, about: Mapping[str, str]) -> Ledger:
        """A new ledger that knows these facts about its round. Raises `InputRefused` when there is one already."""
        if path.exists():
            raise InputRefused("ledger.exists", file=str(path))
        # Under another name first: a kill must not leave an empty ledger that nobody can use or replace.
        beginning = path.with_name(f".{path.name}.tmp")
        beginning.unlink(missing_ok=True)
        with refusals(path), closing(_connect(beginning, WAIT_SECONDS)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in TABLES.strip().split(";\n"):
                connection.execute(statement)
            connection.executemany("INSERT INTO about VALUES (?, ?)", {"schema": str(VERSION), **about}.items())
            connection.execute("COMMIT")
        beginning.replace(path)
        return cls(path)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """The rows of a query."""
        with refusals(self.path):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write that happens as a whole or not at all."""
        with refusals(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def about(self, key: str, default: str = "") -> str:
        """A fact about the round."""
        found = self.rows("SELECT value FROM about WHERE key = ?", (key,))
        return str(found[0]["value"]) if found else default

    def _check(self) -> None:
        try:
            version = int(self.about("schema", "0"))
        except (InputRefused, ValueError):
            self.close()
            raise
        if version != VERSION:
            self.close()
            raise InputRefused("ledger.newer" if version > VERSION else "ledger.damaged", file=str(self.path))


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what SQLite says about a busy, damaged or read-only file into refusals."""
    try:
        yield
    except sqlite3.OperationalError as problem:
        text = str(problem)
        if "locked" in text or "busy" in text:
            raise InputRefused("ledger.busy", file=str(path)) from problem
        if "is full" in text:
            raise InputRefused("output.no_space", file=str(path)) from problem
        if "readonly" in text or "read-only" in text or "unable to open" in text:
            raise InputRefused("ledger.read_only", file=str(path)) from problem
        if "no such table" in text:
            raise InputRefused("ledger.damaged", file=str(path)) from problem
        raise InputRefused("ledger.unusable", file=str(path), reason=text) from problem
    except sqlite3.DatabaseError as problem:
        raise InputRefused("ledger.damaged", file=str(path)) from problem


def _connect(path: Path, wait: float) -> sqlite3.Connection:
    with refusals(path):
        connection = sqlite3.connect(path, timeout=wait, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection
