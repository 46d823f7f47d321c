"""One writing job on a round: files put in place with a journal, so that a kill leaves the old state or the new one.

Read `working`, then `Work.put` and `Work.remove`. What a job replaces is kept by its SHA-256 in the store and can be
put back byte for byte. Order: new contents are staged and flushed; the journal is committed; files are replaced one
by one; facts and the end of the job are committed together. A journal found open belongs to a job that was killed:
what it did is taken back before the next job begins.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from thidua_xl.errors import InputRefused
from thidua_xl.ledger.lock import lock_if_free, round_lock
from thidua_xl.ledger.store import LEDGER, WAIT_SECONDS, Ledger
from thidua_xl.ooxml.store import lock_file

# Hidden from the office: the lock, staged files, and contents that were replaced.
PRIVATE = ".thidua"
# In the detail of a job that only wrote what a look at the round showed.
VIEW = "view"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Operation:
    """One file of a job: SHA-256 before and after, None for no file. `path` is relative to the round, or absolute."""

    path: str
    old: str | None
    new: str | None


@dataclass(slots=True)
class Work:
    """A job under way. Facts are added by `fact`; `detail` is what the history shows (codes and counts only).

    `undoes` are the jobs it takes back, the one meant first; `is_view` is a job that goes with the one before it.
    """

    home: Path
    ledger: Ledger
    kind: str
    who: str
    started: datetime
    undoes: tuple[int, ...] = ()
    is_view: bool = False
    detail: dict[str, Any] = field(default_factory=dict)
    dropped: bool = False
    _plan: dict[str, tuple[Operation, Path | None]] = field(default_factory=dict)
    _facts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _staged: int = 0

    def stage(self, content: bytes, modified: float | None = None) -> Path:
        """Content in a file of its own, on the round's disk, for `put`. `modified` is its time of change."""
        folder = self.home / PRIVATE / "tam"
        folder.mkdir(parents=True, exist_ok=True)
        self._staged += 1
        path = folder / f"{self._staged}.tmp"
        with path.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if modified is not None:
            os.utime(path, (modified, modified))
        return path

    def put(self, path: str, content: bytes | Path) -> None:
        """Plan a file at `path` with this content (or a staged file). Nothing is written when it has it already."""
        staged = content if isinstance(content, Path) else None
        new = _digest(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()
        old = digest_of(self.place(path))
        if old == new:
            self._plan.pop(path, None)
            return
        if staged is None and not isinstance(content, Path):
            staged = self.stage(content)
        self._plan[path] = Operation(path, old, new), staged

    def remove(self, path: str) -> None:
        """Plan that there is no file at `path`."""
        old = digest_of(self.place(path))
        if old is not None:
            self._plan[path] = Operation(path, old, None), None
        else:
            self._plan.pop(path, None)

    def drop(self) -> None:
        """Plan nothing at all: the job leaves no trace."""
        self.dropped = True

    def fact(self, table: str, **values: Any) -> None:
        """Plan a row of a table of facts; its `job` is filled in."""
        self._facts.append((table, values))

    def place(self, path: str) -> Path:
        """Where a path of the round is on the disk."""
        return self.home / path

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The files as planned so far."""
        return tuple(operation for operation, _ in self._plan.values())

    @property
    def is_empty(self) -> bool:
        """Whether neither a file nor a fact was planned."""
        return not self._plan and not self._facts

    def carry_out(self) -> int:
        """Do what was planned; the number of the job. Afterwards the ledger and the files are in the new state."""
        for operation in self.operations:
            if operation.old is not None:
                _refuse_if_open(self.place(operation.path))
                keep(self.home, self.place(operation.path), operation.old)
        with self.ledger.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO job (kind, who, started, undoes) VALUES (?, ?, ?, ?)",
                (
                    self.kind,
                    self.who,
                    self.started.isoformat(timespec="seconds"),
                    self.undoes[0] if self.undoes else None,
                ),
            )
            number = int(cursor.lastrowid or 0)
            connection.executemany(
                "INSERT INTO operation VALUES (?, ?, ?, ?, ?)",
                [(number, step, one.path, one.old, one.new) for step, one in enumerate(self.operations)],
            )
        try:
            for operation, staged in self._plan.values():
                _replace(self.place(operation.path), staged)
            for folder in {self.place(one.path).parent for one in self.operations}:
                _flush_folder(folder)
        except BaseException:
            # A file that is open elsewhere stops the job; what was done so far is taken back at once.
            recover(self.home, self.ledger)
            raise
        with self.ledger.transaction() as connection:
            for table, values in self._facts:
                row = {"job": number, **values}
                # Table and column names are written in the program, never taken from a file.
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
            detail = {**self.detail, VIEW: True} if self.is_view else self.detail
            connection.execute(
                "UPDATE job SET finished = ?, detail = ? WHERE id = ?",
                (_now().isoformat(timespec="seconds"), json.dumps(detail, ensure_ascii=False), number),
            )
            connection.executemany("UPDATE job SET undone_by = ? WHERE id = ?", [(number, one) for one in self.undoes])
        return number


@contextmanager
def working(
    home: Path, kind: str, who: str, *, wait: float = WAIT_SECONDS, undoes: tuple[int, ...] = ()
) -> Iterator[Work]:
    """A job on the round at `home`, alone in it; what was planned is carried out when the block ends without an error.

    Raises `InputRefused`: `ledger.busy` when another job runs, `ledger.target_open` when a file cannot be replaced.
    """
    private(home)
    with round_lock(home / PRIVATE / "khoa.db", wait), Ledger(home / LEDGER, wait) as ledger:
        recover(home, ledger)
        work = Work(home, ledger, kind, who, _now(), undoes)
        try:
            yield work
            if not work.dropped:
                work.carry_out()
        finally:
            shutil.rmtree(home / PRIVATE / "tam", ignore_errors=True)


def recover_if_free(home: Path, ledger: Ledger) -> None:
    """Take back what a killed job did, unless a job is running just now."""
    if not ledger.rows("SELECT 1 FROM job WHERE finished IS NULL"):
        return
    with lock_if_free(home / PRIVATE / "khoa.db") as held:
        if held:
            recover(home, ledger)


def recover(home: Path, ledger: Ledger) -> None:
    """Put back the files of jobs that did not end, and forget these jobs. Call it with the lock held."""
    for job in ledger.rows("SELECT id FROM job WHERE finished IS NULL ORDER BY id DESC"):
        for operation in reversed(operations_of(ledger, job["id"])):
            place = home / operation.path
            if digest_of(place) != operation.new or operation.new == operation.old:
                continue  # it was not reached, or somebody has written there since
            if operation.old is None:
                place.unlink(missing_ok=True)
            else:
                _replace(place, _copy_of(home, operation.old))
        with ledger.transaction() as connection:
            connection.execute("DELETE FROM operation WHERE job = ?", (job["id"],))
            connection.execute("DELETE FROM job WHERE id = ?", (job["id"],))


def operations_of(ledger: Ledger, job: int) -> list[Operation]:
    """The files that a job wrote, in order."""
    rows = ledger.rows("SELECT path, old, new FROM operation WHERE job = ? ORDER BY step", (job,))
    return [Operation(row["path"], row["old"], row["new"]) for row in rows]


def keep(home: Path, source: Path | bytes, sha256: str) -> None:
    """Keep a content in the round's store under its SHA-256."""
    target = home / PRIVATE / "luu" / sha256[:2] / sha256
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".tmp")
    content = source if isinstance(source, bytes) else source.read_bytes()
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(target)


def kept(home: Path, sha256: str) -> bytes:
    """A content from the round's store. Raises `InputRefused` when it is not there or no longer what it was."""
    path = home / PRIVATE / "luu" / sha256[:2] / sha256
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise InputRefused("ledger.kept_lost", file=str(path)) from problem
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputRefused("ledger.kept_lost", file=str(path))
    return content


def is_kept(home: Path, sha256: str) -> bool:
    """Whether the store has a content."""
    return (home / PRIVATE / "luu" / sha256[:2] / sha256).exists()


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file, None when there is none (or a folder of that name)."""
    try:
        return _digest(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def private(home: Path) -> Path:
    """The round's hidden folder, made when it is missing."""
    folder = home / PRIVATE
    try:
        folder.mkdir(exist_ok=True)
    except OSError as problem:
        raise InputRefused("ledger.read_only", file=str(home)) from problem
    if not os.access(folder, os.W_OK):
        raise InputRefused("ledger.read_only", file=str(home))
    return folder


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _copy_of(home: Path, sha256: str) -> Path:
    folder = home / PRIVATE / "tam"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"lai-{sha256}.tmp"
    with path.open("wb") as stream:
        stream.write(kept(home, sha256))
        stream.flush()
        os.fsync(stream.fileno())
    return path


def _replace(target: Path, staged: Path | None) -> None:
    try:
        if staged is None:
            target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_absolute() and target.parent.stat().st_dev != staged.stat().st_dev:
            # Another disk: the last step must still be a renaming, so the content goes there first.
            beside = target.with_name(f".{target.name}.tmp")
            shutil.copy2(staged, beside)
            staged = beside
        staged.replace(target)
    except (PermissionError, IsADirectoryError) as problem:
        raise InputRefused("ledger.target_open", file=str(target)) from problem


def _refuse_if_open(target: Path) -> None:
    """Not every system keeps an open file from being replaced; its program's lock file tells of it."""
    if lock_file(target) is not None:
        raise InputRefused("ledger.target_open", file=str(target))


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _now() -> datetime:
    return datetime.now().astimezone()
