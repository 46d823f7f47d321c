"""A sample round of a fictitious department, as an office receives it. Read `write_sample_round` first.

`sample_material` reads what was written beforehand, `sample_records` makes the reports from it, `sample_book` the
criteria book with the fictitious units, `sample_faults` what is wrong on purpose, `sample_old_layout` the one
report in an older layout.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from thidua_xl.forms import load_criteria
from thidua_xl.forms.build import build_unit_workbook
from thidua_xl.jobs.sample_book import write_sample_book
from thidua_xl.jobs.sample_draw import Calendar
from thidua_xl.jobs.sample_faults import Planted, Spoilt, faulty, planted, spoil, spoil_totals, typed_as_text
from thidua_xl.jobs.sample_material import Material, load_material
from thidua_xl.jobs.sample_old_layout import write_old_layout
from thidua_xl.jobs.sample_records import MISSING, PERIOD, SEED, UnitContent, dated_period, sample_records
from thidua_xl.model import Criteria
from thidua_xl.shipped import criteria_book

OLD_LAYOUT = "mau_cu"
AS_TEXT = "so_chu"
FAULTY = "loi"

_MORNING = time(8, 15)


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file of the round. `role` is the unit's part in it (see `sample_material.UnitMaterial`)."""

    path: Path
    unit: str
    version: int
    role: str
    received: datetime


@dataclass(frozen=True, slots=True)
class SampleRound:
    """What was written: the units' files in `folder`, the criteria book that knows the units, what is wrong.

    `planted` are all the errors, warnings and notes that the check must make (those about a whole file or a unit
    without a file have no cell); `missing` the units that sent nothing.
    """

    folder: Path
    criteria_book: Path
    criteria: Criteria
    period: str
    files: tuple[SampleFile, ...]
    missing: tuple[str, ...]
    planted: tuple[Planted, ...]


def write_sample_round(
    folder: Path,
    criteria: Criteria,
    *,
    period: str = PERIOD,
    seed: int = SEED,
    source_book: Path | None = None,
    sample_book: Path | None = None,
) -> SampleRound:
    """Write the round's files into `folder`, with `nhan.csv` (days of receipt); the same seed gives the same bytes.

    `criteria` is what `source_book` (default the shipped one) holds; the sample's own criteria book goes to
    `sample_book`, by default beside `folder`. Files of an earlier sample round are written over.
    Communes and list entries that are no longer in force in the period are replaced by what took their place.
    Raises `UsageProblem` for a period without dates.
    """
    material = load_material()
    dated_period(criteria, period)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder.parent / str(material.files["so_tieu_chi"]) if sample_book is None else sample_book
    write_sample_book(criteria_book() if source_book is None else source_book, criteria, material, target)
    sample = load_criteria(target)
    writer = _Writer(folder, sample, period, material)
    for content in sample_records(sample, seed, period=period):
        writer.write(content)
    _list_receipts(folder / str(material.files["ngay_nhan"]), material, writer.files)
    return SampleRound(
        folder=folder,
        criteria_book=target,
        criteria=sample,
        period=period,
        files=tuple(writer.files),
        missing=tuple(unit.code for unit in material.units if unit.role == MISSING),
        planted=(*writer.planted, *writer.told_by_role()),
    )


class _Writer:
    """Writes the files of a round one by one."""

    def __init__(self, folder: Path, criteria: Criteria, period: str, material: Material) -> None:
        self.folder = folder
        self.period = dated_period(criteria, period)
        self.criteria = criteria.at(self.period)
        self.material = material
        self.files: list[SampleFile] = []
        self.planted: list[Planted] = []

    def write(self, content: UnitContent) -> None:
        """Write one report and note what is wrong in it."""
        if content.role == OLD_LAYOUT:
            words = self.material.old_layout
            path = self.folder / words["ten_tep"]
            write_old_layout(path, self.criteria, content, words)
        else:
            path = self.folder / f"BC_{content.unit}_{self.period.code}_L{content.version}.xlsx"
            self._write_form(path, content)
        received = datetime.combine(content.received, _MORNING)
        _date(path, received)
        self.files.append(SampleFile(path, content.unit, content.version, content.role, received))

    def told_by_role(self) -> list[Planted]:
        """What the check must say of a unit that is late, sent two versions or sent nothing; on its first file."""
        found = []
        for unit in self.material.units:
            rule = self.criteria.rule(self.material.told_by_role.get(unit.role, ""))
            first = next((one.path.name for one in self.files if one.unit == unit.code), "")
            if rule is not None:
                found.append(Planted(rule.code, rule.severity, unit.code, first))
        return found

    def _write_form(self, path: Path, content: UnitContent) -> None:
        spoilt = self._spoilt(content)
        ready = spoil(content, spoilt)
        unit = self.criteria.unit(content.unit)
        if unit is None:
            raise KeyError(content.unit)
        build_unit_workbook(
            self.criteria,
            unit,
            self.period,
            path,
            records=ready.records,
            nothing=ready.nothing,
            single=ready.single,
        )
        spoil_totals(path, self.criteria, spoilt)
        self.planted += planted(path, self.criteria, content, spoilt)

    def _spoilt(self, content: UnitContent) -> list[Spoilt]:
        if content.role == FAULTY:
            calendar = Calendar.between(self.material, self.period)
            return faulty(content, self.material.faults, calendar, self.period.year)
        if content.role == AS_TEXT:
            return typed_as_text(content, self.material.text_habits, self.criteria)
        return []


def _list_receipts(path: Path, material: Material, files: Sequence[SampleFile]) -> None:
    """The days of receipt beside the files: a copied file loses its own."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.writer(stream, lineterminator="\r\n")
        table.writerow(material.files["cot_ngay_nhan"])
        table.writerows((one.path.name, one.received.date().isoformat()) for one in files)
    _date(path, max(one.received for one in files))


def _date(path: Path, moment: datetime) -> None:
    """Give a file its time of change, as the mail it came with would."""
    stamp = int(moment.timestamp())
    os.utime(path, (stamp, stamp))
