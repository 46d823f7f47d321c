"""The settings of the control sheet as the jobs want them: folder, files, period, criteria book. Read `Settings`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from thidua_xl.errors import UsageProblem
from thidua_xl.grid import expand_paths
from thidua_xl.jobs.map_unit import REMEMBERED, SUFFIX
from thidua_xl.jobs.rounds import RECEIVED, Round, round_criteria, round_of

if TYPE_CHECKING:
    from thidua_xl.hosts.control import Control
    from thidua_xl.model import Criteria


@dataclass(frozen=True)
class Settings:
    """What one control sheet asks for."""

    control: Control

    @cached_property
    def folder(self) -> Path:
        """The folder. Raises `UsageProblem` when none is given or it is not there."""
        if not self.control.folder:
            raise UsageProblem("hosts.no_folder")
        found = Path(self.control.folder)
        if not found.is_dir():
            raise UsageProblem("usage.no_path", path=str(found))
        return found

    @cached_property
    def round(self) -> Round | None:
        """The round of the folder, None when it is an ordinary folder of files."""
        return round_of(self.folder)

    @property
    def sources(self) -> Sequence[Path]:
        """Where the units' files are. The open workbook itself is never one of them."""
        if self.round is not None:
            return [self.folder]
        received = self.folder / RECEIVED
        if received.is_dir():
            return [received]
        own = Path(self.control.book.fullname)
        files = [one.path for one in expand_paths([self.folder])]
        if not any(one.exists() and own.exists() and one.samefile(own) for one in files):
            return [self.folder]
        return [one for one in files if not one.samefile(own)]

    @property
    def period(self) -> str:
        """The period given, else the round's. Raises `UsageProblem` when there is neither."""
        code = self.control.period or (self.round.period if self.control.folder and self.round is not None else "")
        if not code:
            raise UsageProblem("hosts.no_period")
        return code

    @cached_property
    def criteria(self) -> Criteria:
        """The criteria book given, else the round's, else the shipped one. CriteriaProblem as `load_criteria`."""
        folder = [self.folder] if self.control.folder else []
        return round_criteria(folder, self.control.criteria or None)

    @property
    def mapping(self) -> Path | None:
        """The map of a template without names, as `thidua-xl map` names it, beside the workbook or kept in the round;
        None when there is none."""
        own = Path(self.control.book.fullname)
        name = f"{own.stem}{SUFFIX}.xlsx"
        places = [own.parent]
        if self.control.folder and self.round is not None:
            places.append(self.round.home / REMEMBERED)
        return next((place / name for place in places if (place / name).is_file()), None)

    @property
    def reports(self) -> Path:
        """Where products go: the round's own folder for them, the folder, else beside the workbook."""
        if not self.control.folder:
            return self.control.home
        return self.round.reports if self.round is not None else self.folder
