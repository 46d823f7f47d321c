"""Formulas against LibreOffice, cell by cell: the cases of the tests over 1,000 dirty rows, any seed.

Run: python bench/formula_libreoffice.py [--rows 1000] [--seed 7]
Bar: every cell equal, but for the differences written down in tests/unit/formula/formula_cases.py.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "unit" / "formula")]

from conftest import find_soffice  # noqa: E402  # the tests' folder has just been added
from formula_cases import FORMULAS  # noqa: E402  # the same
from formula_oracle import agrees, ask_libreoffice, dirty_table  # noqa: E402  # the same

from thidua_xl.formula import Table, compile_formula  # noqa: E402  # after the lines above


def convert(path: Path, extension: str) -> Path:
    """The workbook as LibreOffice works it out."""
    target = path.parent / "made"
    profile = (path.parent / "profile").as_uri()
    command = [find_soffice(), f"-env:UserInstallation={profile}", "--headless", "--norestore"]
    command += ["--convert-to", extension, "--outdir", str(target), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=1800)
    return target / f"{path.stem}.{extension}"


def main() -> int:
    """Print how many cells were compared, which differ, and the seconds of both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1000)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    table = dirty_table(given.rows, given.seed)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        theirs = ask_libreoffice(FORMULAS, table, Path(folder), convert)
    between = time.perf_counter()
    tables = {"T": Table("T", table)}
    schema = {"T": tuple(table)}
    cells = differing = 0
    for text, answers in zip(FORMULAS, theirs, strict=True):
        ours = compile_formula(text, schema=schema, home="T").run(tables)
        wrong = [row for row, pair in enumerate(zip(ours, answers, strict=True)) if not agrees(*pair)]
        cells += len(ours)
        differing += len(wrong)
        if wrong:
            print(f"{len(wrong):6d} differ  {text}  first row {wrong[0]}: {ours[wrong[0]]!r}, {answers[wrong[0]]!r}")
    ended = time.perf_counter()
    print(f"{len(FORMULAS)} formulas x {given.rows} rows: {cells} cells, {differing} differ")
    print(f"LibreOffice with files {between - begun:.1f} s, ours {ended - between:.1f} s")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
