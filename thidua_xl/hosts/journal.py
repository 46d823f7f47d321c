"""What the buttons did in a workbook, newest last, so that Hoàn tác can take it back. Read `Journal`.

Kept per workbook in a folder of the user, never in the workbook: the office's file stays the office's.
"""

from __future__ import annotations

import json
import ntpath
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.hosts.takeback import Step

# Where the folder is, when the user wants it elsewhere.
PLACE = "THIDUA_STATE"
# Taken back by: the round's own ledger; taking out the marks of a check; the inverse of a fill.
ROUND, MARKS, FILL = "round", "marks", "fill"
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done. `place` is its own folder; `steps` and `names` belong to a fill."""

    kind: str
    command: str
    place: Path
    steps: tuple[Step, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    @property
    def before(self) -> Path | None:
        """The workbook as it was before, when that was kept."""
        return next(self.place.glob("truoc.*"), None)


@contextmanager
def one_at_a_time(workbook: str) -> Iterator[None]:
    """Nothing else works in the workbook meanwhile.

    Raises `InputRefused` (`hosts.already_working`) when another button does. The system lets the lock go when the
    process that holds it ends, however it ends.
    """
    home = Journal(workbook).home
    home.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(home / "dang-lam.sqlite", timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as held:
            raise InputRefused("hosts.already_working", file=ntpath.basename(workbook)) from held
        yield
    finally:
        lock.close()


class Journal:
    """The journal of the workbook at a path."""

    def __init__(self, workbook: str) -> None:
        self.home = _state_home() / sha256(os.path.normcase(workbook).encode("utf-8")).hexdigest()[:20]

    def entries(self) -> list[Entry]:
        """Everything that can be taken back, oldest first."""
        if not self.home.is_dir():
            return []
        return [_read(one) for one in sorted(self.home.iterdir()) if (one / "viec.json").is_file()]

    def last(self) -> Entry | None:
        """The newest entry, None when there is none."""
        found = self.entries()
        return found[-1] if found else None

    def add(
        self,
        kind: str,
        command: str,
        *,
        before: Path | None = None,
        steps: Sequence[Step] = (),
        names: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Note what was done; the oldest entries are forgotten."""
        known = self.entries()
        number = int(known[-1].place.name) + 1 if known else 1
        place = self.home / f"{number:06d}"
        place.mkdir(parents=True, exist_ok=True)
        if before is not None:
            shutil.copyfile(before, place / f"truoc{before.suffix}")
        content = {"kind": kind, "command": command, "steps": list(steps), "names": list(names)}
        (place / "viec.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        for old in known[: max(0, len(known) + 1 - _LONGEST)]:
            self.forget(old)

    def forget(self, entry: Entry) -> None:
        """Drop an entry that was taken back."""
        shutil.rmtree(entry.place, ignore_errors=True)


def _read(place: Path) -> Entry:
    content = json.loads((place / "viec.json").read_text(encoding="utf-8"))
    steps = tuple((name, sheet, first, count) for name, sheet, first, count in content["steps"])
    names = tuple((name, text) for name, text in content["names"])
    return Entry(content["kind"], content["command"], place, steps, names)


def _state_home() -> Path:
    given = os.environ.get(PLACE)
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "thidua-xl" / "nut"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "thidua-xl" / "nut"
