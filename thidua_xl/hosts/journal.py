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
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.hosts.takeback import Places, Step

# Where the folder is, when the user wants it elsewhere.
PLACE = "THIDUA_STATE"
# Taken back by: the round's own ledger; taking out the marks of a check; the inverse of a fill.
ROUND, MARKS, FILL = "round", "marks", "fill"
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done. `place` is its own folder; the rest belongs to a fill.

    `was` and `names` are where the workbook's names pointed before and after it. When taking it back was broken off,
    only the first `standing` of its steps still move rows, and `broken_off` is where the names pointed then.
    """

    kind: str
    command: str
    place: Path
    steps: tuple[Step, ...] = ()
    names: Places = ()
    was: Places = ()
    standing: int | None = None
    broken_off: Places = ()

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
        names: Places = (),
        was: Places = (),
    ) -> None:
        """Note what was done; the oldest entries are forgotten."""
        known = self.entries()
        number = int(known[-1].place.name) + 1 if known else 1
        place = self.home / f"{number:06d}"
        place.mkdir(parents=True, exist_ok=True)
        if before is not None:
            shutil.copyfile(before, place / f"truoc{before.suffix}")
        _write(Entry(kind, command, place, tuple(steps), names, was))
        for old in known[: max(0, len(known) + 1 - _LONGEST)]:
            self.forget(old)

    def break_off(self, entry: Entry, standing: int, names: Places) -> None:
        """Note how far an entry was taken back."""
        _write(replace(entry, standing=standing, broken_off=names))

    def forget(self, entry: Entry) -> None:
        """Drop an entry that was taken back."""
        shutil.rmtree(entry.place, ignore_errors=True)


def _read(place: Path) -> Entry:
    content = json.loads((place / "viec.json").read_text(encoding="utf-8"))
    steps = tuple((name, sheet, first, count) for name, sheet, first, count in content["steps"])
    names, was, broken_off = (
        tuple((name, text) for name, text in content.get(key, ())) for key in ("names", "was", "broken_off")
    )
    return Entry(content["kind"], content["command"], place, steps, names, was, content.get("standing"), broken_off)


def _write(entry: Entry) -> None:
    keys = ("kind", "command", "steps", "names", "was", "standing", "broken_off")
    content = {key: getattr(entry, key) for key in keys}
    # Whole or not at all: an entry that cannot be read would stop every button.
    draft = entry.place / "viec.moi"
    draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    draft.replace(entry.place / "viec.json")


def _state_home() -> Path:
    given = os.environ.get(PLACE)
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "thidua-xl" / "nut"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "thidua-xl" / "nut"
