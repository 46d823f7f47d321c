"""Random rounds of unit workbooks and what is done to them, for a test (flows) and a bench of the same name.

Read `Batch`, then `CHANGES`. Every figure is drawn here, so that what a report must say is known without reading one.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl

import thidua_xl as tx
from thidua_xl.forms.build import build_unit_workbook
from thidua_xl.jobs.consolidate import ConsolidateResult, Policy, consolidate
from thidua_xl.model import Criteria, Value

UNITS = 5
DAY = date(2026, 12, 31)
Row = dict[str, Value]


@dataclass(slots=True)
class Batch:
    """A round: rows by unit and form, and the file of each unit. `left_out` are units whose file does not count."""

    criteria: Criteria
    period: str
    folder: Path
    rows: dict[str, dict[str, list[Row]]]
    files: dict[str, Path] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    more: list[Path] = field(default_factory=list)

    def write(self, unit: str) -> None:
        """Write a unit's file anew."""
        in_force = self.criteria.at(self.period)
        known = in_force.unit(unit)
        assert known is not None
        assert in_force.period is not None
        path = self.folder / f"BC_{unit}.xlsx"
        build_unit_workbook(in_force, known, in_force.period, path, records=self.rows[unit])
        self.files[unit] = path

    def copied(self, folder: Path) -> Batch:
        """The same round in another folder: changing it leaves this one as it is."""
        shutil.copytree(self.folder, folder)
        rows = {
            unit: {form: [dict(row) for row in rows] for form, rows in forms.items()}
            for unit, forms in self.rows.items()
        }
        return Batch(
            self.criteria, self.period, folder, rows, {unit: folder / one.name for unit, one in self.files.items()}
        )

    def consolidated(self, out: Path, order: random.Random | None = None) -> ConsolidateResult:
        """The report of the files, read in the given order."""
        paths: list[str | Path] = [*self.files.values(), *self.more]
        if order is not None:
            order.shuffle(paths)
        return consolidate(paths, self.criteria, self.period, out=out, policy=Policy.ACCEPT_ERRORS, today=DAY)

    def total(self, form: str, code: str) -> int | Decimal:
        """The sum over all units that count."""
        return sum(
            (row[code] for unit in self.counted for row in self.rows[unit][form]),  # type: ignore[misc]  # amounts
            start=0,
        )

    @property
    def counted(self) -> list[str]:
        """The units whose file counts."""
        return [unit for unit in self.files if unit not in self.left_out]


def with_next_year(criteria: Criteria) -> Criteria:
    """The book with a year period of 2026, as an office writes one in when the movement goes on."""
    last = next(one for one in criteria.periods if one.code == "2025-NAM")
    assert last.start is not None
    assert last.end is not None
    start, end = last.start.replace(year=2025), last.end.replace(year=2026)
    return replace(
        criteria,
        periods=(*criteria.periods, replace(last, code="2026-NAM", name="Năm 2026", year=2026, start=start, end=end)),
    )


def new_batch(folder: Path, seed: int, period: str, criteria: Criteria | None = None, *, count: int = UNITS) -> Batch:
    """A round of `count` units with some drawn rows each."""
    book = criteria or tx.load_criteria()
    draw = random.Random(seed)
    in_force = book.at(period)
    units = [unit.code for unit in in_force.units if unit.obliged]
    chosen = sorted(draw.sample(units, min(count, len(units))))
    folder.mkdir(parents=True, exist_ok=True)
    batch = Batch(book, period, folder, {unit: _rows(in_force, draw) for unit in chosen})
    for unit in chosen:
        batch.write(unit)
    return batch


def _rows(criteria: Criteria, draw: random.Random) -> dict[str, list[Row]]:
    """Rows of the two forms of money: resources and the Fund."""
    assert criteria.period is not None
    assert criteria.period.start is not None

    def day() -> date:
        assert criteria.period is not None
        assert criteria.period.start is not None
        return criteria.period.start + timedelta(days=draw.randrange(100))

    def choice(name: str) -> str:
        return draw.choice(criteria.lists[name].items).code

    def amount() -> int:
        return draw.choice((1, 7, 999, 50_000, 1_234_567, 10**9)) * draw.randrange(1, 9)

    communes = [one.code for one in criteria.communes]
    resources = [
        {
            "stt": number,
            "loai_nguon_luc": choice("DM_NGUON_LUC"),
            "ten_nha_tai_tro": f"Nhà tài trợ {number}",
            "hinh_thuc": choice("DM_HINH_THUC_HT"),
            "tri_gia_dong": amount(),
            "ma_xa": draw.choice(communes),
            "ngay": day(),
            "chung_tu": f"PT {number:03}",
        }
        for number in range(1, draw.randrange(2, 12))
    ]
    gifts = [
        {
            "stt": number,
            "dot": choice("DM_DOT_QUY"),
            "loai_doi_tuong": draw.choice(("CANHAN", "TAPTHE")),
            "ten": f"Người ủng hộ {number}",
            "so_tien": amount(),
            "ngay_nop": day(),
            "so_chung_tu": f"BL {number:03}",
        }
        for number in range(1, draw.randrange(4, 20))
    ]
    return {"S04": resources, "S05": gifts}


def permute_rows(batch: Batch, draw: random.Random) -> None:
    """The rows of one unit in another order."""
    unit = draw.choice(list(batch.files))
    for rows in batch.rows[unit].values():
        draw.shuffle(rows)
    batch.write(unit)


def split_unit(batch: Batch, draw: random.Random) -> None:
    """Half of a unit's rows are reported by another unit."""
    giver, taker = draw.sample(list(batch.files), 2)
    for form, rows in batch.rows[giver].items():
        half = len(rows) // 2
        batch.rows[taker][form] = [*batch.rows[taker][form], *rows[half:]]
        batch.rows[giver][form] = rows[:half]
    for unit in (giver, taker):
        batch.write(unit)


def ten_times(batch: Batch, draw: random.Random) -> None:
    """Every amount of one unit ten times as large."""
    unit = draw.choice(list(batch.files))
    for rows in batch.rows[unit].values():
        for row in rows:
            for code in ("tri_gia_dong", "so_tien"):
                if isinstance(amount := row.get(code), int):
                    row[code] = amount * 10
    batch.write(unit)


def damage_file(batch: Batch, draw: random.Random) -> None:
    """The end of a file is lost on the way."""
    unit = draw.choice(list(batch.files))
    content = batch.files[unit].read_bytes()
    batch.files[unit].write_bytes(content[: draw.randrange(100, len(content) - 100)])
    batch.left_out.add(unit)


def file_twice(batch: Batch, draw: random.Random) -> None:
    """A file lies there under a second name as well."""
    path = draw.choice(list(batch.files.values()))
    second = path.with_name(f"{path.stem} (1).xlsx")
    shutil.copyfile(path, second)
    batch.more.append(second)


def remove_unit(batch: Batch, draw: random.Random) -> None:
    """A unit has sent nothing."""
    unit = draw.choice(list(batch.files))
    batch.files.pop(unit).unlink()


def nothing_done(batch: Batch, draw: random.Random) -> None:
    """Only the order in which the files are read differs."""


CHANGES: Mapping[str, Callable[[Batch, random.Random], None]] = {
    "order": nothing_done,
    "rows": permute_rows,
    "split": split_unit,
    "ten": ten_times,
    "damaged": damage_file,
    "twice": file_twice,
    "removed": remove_unit,
}


def recounted(report: Path) -> dict[str, Decimal]:
    """What the report says, read by openpyxl alone: the two grand totals and the total of every unit of TH04."""
    book = openpyxl.load_workbook(report, data_only=True)
    found = {"TH03": _cell(book, "TH03", "TONG", "tri_gia"), "TH04": _cell(book, "TH04", "TONG", "cong")}
    sheet = book["TH04"]
    column = _column(book, "TH04", "cong")
    for row in range(1, sheet.max_row + 1):
        name, amount = sheet.cell(row, 2).value, sheet.cell(row, column).value
        if isinstance(sheet.cell(row, 1).value, int | float) and isinstance(name, str) and amount is not None:
            found[name] = Decimal(str(amount))
    return found


def _cell(book: openpyxl.Workbook, table: str, row_name: str, code: str) -> Decimal:
    name, area = next(iter(book.defined_names[f"{table}_{row_name}"].destinations))
    row = book[name][area.replace("$", "")][0][0].row
    return Decimal(str(book[name].cell(row, _column(book, table, code)).value))


def _column(book: openpyxl.Workbook, table: str, code: str) -> int:
    name, area = next(iter(book.defined_names[f"{table}_MA_COT"].destinations))
    return next(cell.column for cell in book[name][area.replace("$", "")][0] if cell.value == code)


def faults(batch: Batch, out: Path, done: ConsolidateResult) -> Sequence[str]:
    """What the report says otherwise than the batch, in words; none when it is right."""
    said = recounted(out)
    wanted = {"TH03": batch.total("S04", "tri_gia_dong"), "TH04": batch.total("S05", "so_tien")}
    for unit in batch.counted:
        known = batch.criteria.unit(unit)
        assert known is not None
        wanted[known.name] = sum(row["so_tien"] for row in batch.rows[unit]["S05"])  # type: ignore[misc]  # amounts
    found = [f"{name}: {said.get(name)} != {value}" for name, value in wanted.items() if said.get(name) != value]
    found += [f"{name}: not asked for" for name in said.keys() - wanted.keys()]
    taken = {one.unit for one in done.statuses if one.taken}
    if taken != set(batch.counted):
        found.append(f"taken: {sorted(taken)}")
    if done.report is not None and not all(line.agrees for line in done.report.proof):
        found.append("proof")
    return found
