"""A round (đợt báo cáo): a folder with what came in, what goes back, reports and the ledger.

Read `new_round` and `round_of`; `Round.facts` is what the ledger knows. Other jobs work through `Round.working`.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.forms import load_criteria
from thidua_xl.jobs.review import known_period
from thidua_xl.jobs.round_scripts import scripts
from thidua_xl.ledger import LEDGER, PRIVATE, Facts, Ledger, Received, Work, recover_if_free, working
from thidua_xl.model import ClosedPeriod, Criteria, Period
from thidua_xl.shipped import criteria_book

RECEIVED = "nop"
RETURNED = "tra-lai"
REPORTS = "bao-cao"
CRITERIA = "bo-tieu-chi.xlsx"

# Who does the work, for the history: the account's name unless the office gives another.
WHO = "THIDUA_NGUOI"


@dataclass(frozen=True, slots=True)
class Round:
    """A round's folder. `period` is the code of its period."""

    home: Path
    period: str

    @property
    def received(self) -> Path:
        """What came in; never changed."""
        return self.home / RECEIVED

    @property
    def returned(self) -> Path:
        """Annotated copies for the units."""
        return self.home / RETURNED

    @property
    def reports(self) -> Path:
        """What the office makes for itself."""
        return self.home / REPORTS

    def place(self, file: Received) -> Path:
        """Where a received file lies: in nop/, or its kept copy when somebody took it out of there."""
        path = self.received / file.name
        kept = self.home / PRIVATE / "luu" / file.sha256[:2] / file.sha256
        return kept if not path.is_file() and kept.is_file() else path

    @property
    def criteria(self) -> Path:
        """The round's own criteria book."""
        return self.home / CRITERIA

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, to read; what a killed job left half done is taken back first."""
        with Ledger(self.home / LEDGER) as ledger:
            recover_if_free(self.home, ledger)
            yield ledger

    def facts(self) -> Facts:
        """Everything that counts now."""
        with self.ledger() as ledger:
            return Facts.read(ledger)

    @contextmanager
    def working(self, kind: str, who: str | None = None, *, undoes: tuple[int, ...] = ()) -> Iterator[Work]:
        """A writing job, alone in the round. Raises `InputRefused` (`ledger.busy`) while another one runs."""
        with working(self.home, kind, who or user(), undoes=undoes) as work:
            yield work

    def known_period(self, criteria: Criteria) -> Period:
        """The round's period. Raises `UsageProblem` when the criteria book does not know it."""
        found = known_period(criteria, self.period)
        if found is None:
            raise UsageProblem("usage.no_period")
        return found


def new_round(folder: str | Path, period: str, *, criteria: str | Path | None = None, who: str | None = None) -> Round:
    """Make a round in `folder` (which may hold files already), with a copy of the criteria book.

    Raises `UsageProblem` for an unknown period, `InputRefused` (`ledger.exists`) when there is a round already.
    """
    home = Path(folder).absolute()
    source = Path(criteria) if criteria is not None else criteria_book()
    known_period(load_criteria(source), period)
    if (home / LEDGER).exists():
        raise InputRefused("ledger.exists", file=str(home / LEDGER))
    try:
        for name in (RECEIVED, RETURNED, REPORTS):
            (home / name).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputRefused("ledger.read_only", file=str(home)) from problem
    target = home / CRITERIA
    if not (target.exists() and target.samefile(source)):
        shutil.copyfile(source, target)
    for name, text, is_program in scripts(Path(sys.executable)):
        path = home / name
        path.write_bytes(text)
        if is_program:
            path.chmod(0o755)
    Ledger.create(home / LEDGER, {"period": period, "made": datetime.now().astimezone().isoformat(timespec="seconds")})
    made = Round(home, period)
    with made.working("new", who) as work:
        work.detail["period"] = period
    return made


def round_of(path: str | Path) -> Round | None:
    """The round whose folder `path` is, None when it is none. Raises `InputRefused` when its ledger is unusable."""
    home = Path(path).absolute()
    if not (home / LEDGER).is_file():
        return None
    with Ledger(home / LEDGER) as ledger:
        return Round(home, ledger.about("period"))


def open_round(path: str | Path) -> Round:
    """The round at `path`. Raises `UsageProblem` (`usage.no_round`) when there is none."""
    found = round_of(path)
    if found is None:
        raise UsageProblem("usage.no_round", path=str(path))
    return found


def round_among(paths: Sequence[str | Path]) -> Round | None:
    """The round that these paths mean: the one path given, when it is a round's folder."""
    return round_of(paths[0]) if len(paths) == 1 else None


def round_period(paths: Sequence[str | Path], given: str | None) -> str:
    """The period given, else that of the round whose folder these paths are. Raises `UsageProblem` without either."""
    if given is not None:
        return given
    found = round_among(paths)
    if found is None:
        raise UsageProblem("usage.no_period")
    return found.period


def round_criteria(
    paths: Sequence[str | Path], given: str | Path | None, mappings: Sequence[str | Path] = ()
) -> Criteria:
    """The criteria book given, else the round's own, else the shipped one, with what corrected mappings say.

    `mappings` are corrected mappings of units' files; a round keeps them in its folder and obeys them from then on.
    """
    home = Path(paths[0]) if len(paths) == 1 and (Path(paths[0]) / LEDGER).is_file() else None
    own = home / CRITERIA if given is None and home is not None else None
    criteria = load_criteria(own if own is not None and own.is_file() else given)
    if home is None and not mappings:
        return criteria
    from thidua_xl.jobs.map_unit import remember, remembered, with_mappings

    if home is None:
        return with_mappings(criteria, mappings)
    with_mappings(criteria, mappings)  # a mapping that makes no sense is refused before it is kept
    for one in mappings:
        remember(home, one)
    kept = remembered(home)
    return with_mappings(criteria, kept) if kept else criteria


def closed_periods(home: Path) -> tuple[ClosedPeriod, ...]:
    """The closed periods of the rounds beside this one, by year and period; its own is not among them."""
    found: dict[str, ClosedPeriod] = {}
    for other in sorted(home.parent.iterdir()):
        if other == home or not (other / LEDGER).is_file():
            continue
        with Ledger(other / LEDGER) as ledger:
            for closed in Facts.read(ledger).closed:
                found[closed.code] = closed
    return tuple(sorted(found.values(), key=lambda one: (one.year or 0, one.code)))


def changed_since_closing(home: Path) -> tuple[str, ...]:
    """The files of a closed round that are not as they were counted then, or are gone; none while it is open."""
    found = round_of(home)
    if found is None or not (facts := found.facts()).closed:
        return ()
    changed = []
    for closed in facts.closed:
        for name, digest in closed.files.items():
            path = found.received / name.partition("|")[0]
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                changed.append(path.name)
    return tuple(dict.fromkeys(changed))


def user() -> str:
    """Who does the work: what `THIDUA_NGUOI` says, else the account's name."""
    given = os.environ.get(WHO, "").strip()
    if given:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "?"
