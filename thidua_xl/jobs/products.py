"""Reports and tables on the disk: in a round a job that can be undone, elsewhere one step. Read `save_all`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.jobs.rounds import user
from thidua_xl.ledger import LEDGER, PRIVATE, working
from thidua_xl.ledger.store import WAIT_SECONDS
from thidua_xl.ooxml.store import lock_file, replace_file

Save = Callable[[Path, bytes], None]

# Seconds a view waits for another job before it is written without a place in the history.
_PATIENCE = 1.0


def saver(kind: str, home: Path | None = None, *, is_view: bool = False, who: str | None = None) -> Save:
    """A function that writes one product of that kind of job; the rest as `save_all` says."""

    def save(target: Path, content: bytes) -> None:
        save_all(kind, [(target, content)], home, is_view=is_view, who=who)

    return save


def save_all(
    kind: str,
    products: Sequence[tuple[Path, bytes]],
    home: Path | None = None,
    *,
    is_view: bool = False,
    who: str | None = None,
) -> None:
    """Write products of one kind of job, each atomically.

    Those of the round at `home`, or whose place is in a round's folder, are written as a job of the round: what they
    replace is kept for `undo`. `is_view` is for what a look at the round leaves behind: it never waits long, and goes
    with the job before it when that is taken back. A target that another program holds is treated as `replace_file`
    does.
    """
    place = products[0][0].absolute()
    found = home if home is not None and PRIVATE not in place.parts else round_around(place)
    if found is None or any(lock_file(target) is not None for target, _ in products):
        _replace(products)
        return
    try:
        with working(found, kind, who or user(), wait=_PATIENCE if is_view else WAIT_SECONDS) as work:
            for target, content in products:
                work.put(_path_in(found, target.absolute()), content)
            work.detail.update(files=len(products))
            work.is_view = is_view
            if not work.operations:
                work.drop()
    except InputRefused as refusal:
        # A product of a round one may only read, or a view while somebody works: it can still be written by itself.
        inside = any(target.absolute().is_relative_to(found) for target, _ in products)
        may_pass = not inside if refusal.code == "ledger.read_only" else is_view and refusal.code == "ledger.busy"
        if not may_pass:
            raise
        _replace(products)


def _replace(products: Sequence[tuple[Path, bytes]]) -> None:
    for target, content in products:
        replace_file(target, content)


def _path_in(home: Path, place: Path) -> str:
    return place.relative_to(home).as_posix() if place.is_relative_to(home) else str(place)


def round_around(path: Path) -> Path | None:
    """The folder of the round that a path lies in, None when it lies in none (or among its hidden files)."""
    found = next((folder for folder in path.parents if (folder / LEDGER).is_file()), None)
    return None if found is None or PRIVATE in path.relative_to(found).parts else found
