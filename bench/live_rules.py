"""The rules that are live in a unit's workbook over random rows: LibreOffice, our stored results and the batch check.

Run: python bench/live_rules.py [--rows 1000] [--period 2024-6T] [--seed 1] [--small 600]
Bar: the same verdict in all three on every row, and every live rule broken at least 20 times. One big workbook is
made, and small ones of several units for the rules that look at a whole form or at one row of a group.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "unit" / "forms")]

import openpyxl  # noqa: E402  # the tests' folders have just been added
from conftest import find_soffice  # noqa: E402  # the same
from test_live import batch_faults, compare, fill_at_random, helper_columns, live_faults  # noqa: E402  # the same

from thidua_xl.forms import load_criteria  # noqa: E402  # after the lines above
from thidua_xl.forms.self_check import COUNT  # noqa: E402  # the same
from thidua_xl.grid import read_book  # noqa: E402  # the same
from thidua_xl.model import Book, Criteria  # noqa: E402  # the same

# How often each rule has to be broken somewhere.
OFTEN = 20


def main() -> int:
    """Print what was compared, which verdicts differ, and which rules were never broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1000)
    options.add_argument("--period", default="2024-6T")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--quick", action="store_true", help="leave LibreOffice out")
    options.add_argument("--small", type=int, default=600)
    options.add_argument("--dirty", type=float, default=0.05, help="share of words where a number or choice belongs")
    given = options.parse_args()
    criteria = load_criteria().at(given.period)
    broken: Counter[str] = Counter()
    known: set[str] = set()
    differ: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        big = fill_at_random(
            criteria, Path(folder) / "lon.xlsx", given.rows, given.seed, date.today(), dirty=given.dirty
        )
        print(f"built in {time.process_time() - began:.1f} s of CPU")
        differ += against_batch(read_book(big), criteria, broken, known)
        made = [big]
        named = {str(one.value) for one in criteria.settings.values()}
        units = [unit for unit in criteria.units if unit.code in named]  # of whom some rule may speak
        for number in range(given.small):
            if known and not few(known, broken):
                break
            before = dict(broken)
            small = fill_at_random(
                criteria,
                Path(folder) / f"nho-{number}.xlsx",
                (1, 2, 6)[number % 3],
                given.seed + 1 + number,
                date.today(),
                dirty=given.dirty,
                unit=units[number // 2 % len(units)] if units and number % 2 else None,
            )
            differ += against_batch(read_book(small), criteria, broken, known)
            # LibreOffice is only asked about those that break a rule not yet broken often.
            if any(broken[code] > before.get(code, 0) and before.get(code, 0) < OFTEN for code in known):
                made.append(small)
        if find_soffice() and not given.quick:
            differ += against_libreoffice(made)
    print(f"rules live: {len(known)}, broken less than {OFTEN} times: {few(known, broken)}")
    print(f"verdicts that differ: {len(differ)}")
    for line in differ[:20]:
        print("  ", line)
    return int(bool(differ))


def few(known: set[str], broken: Counter[str]) -> dict[str, int]:
    """The rules that were not broken often yet."""
    return {code: broken[code] for code in sorted(known) if broken[code] < OFTEN}


def against_batch(book: Book, criteria: Criteria, broken: Counter[str], known: set[str]) -> list[str]:
    """Verdicts per row that the batch check does not share; counts of wrong cells by rule."""
    live, asked = live_faults(book)
    batch = batch_faults(book, criteria, date.today())
    once = {form.sheet for form in criteria.forms if any(field.once_per for field in form.fields)}
    sheet = book.sheet("_kiem_tra")
    assert sheet is not None
    counted = set()  # checks with a count only, of the same rule in the same column: their cells are told there
    for column, code, name, letter, by_row in helper_columns(sheet):
        known.add(code)
        counted |= set() if by_row else {(code, name, letter)}
        count = sheet.value(COUNT, column)
        if isinstance(count, int) and count:
            broken[code] += count
    asked_of_batch = {one for one in batch if (one[0], one[1], one[2].rstrip("0123456789")) in asked}
    wrong = live - asked_of_batch
    wrong |= {
        one
        for one in asked_of_batch - live
        if one[1] not in once and (one[0], one[1], one[2].rstrip("0123456789")) not in counted
    }
    return [f"batch: {one} {'only live' if one in live else 'only batch'}" for one in sorted(wrong)]


def against_libreoffice(paths: Sequence[Path]) -> list[str]:
    """Formula cells whose stored result is not what LibreOffice works out."""
    folder = paths[0].parent
    stripped = [folder / f"chua-tinh-{path.name}" for path in paths]
    for path, bare in zip(paths, stripped, strict=True):
        openpyxl.load_workbook(path).save(bare)
    command = [find_soffice(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--norestore", "--convert-to", "xlsx", "--outdir", str(folder / "made"), *map(str, stripped)]
    subprocess.run(command, check=True, capture_output=True, timeout=1800)
    differ, formulas = [], 0
    for path, bare in zip(paths, stripped, strict=True):
        stored, calculated = read_book(path), read_book(folder / "made" / bare.name)
        for sheet in stored.sheets:
            other = calculated.sheet(sheet.name)
            assert other is not None
            differ += [f"{path.stem} {one}" for one in compare(sheet, other)]
            formulas += sum(cell.formula is not None for cell in sheet.cells.values())
    print(f"LibreOffice: {len(paths)} workbooks, {formulas} formula cells compared, {len(differ)} differ")
    return [f"LibreOffice: {one}" for one in differ]


if __name__ == "__main__":
    sys.exit(main())
