"""What reading costs: guarded, read and typed in, beside bare python-calamine and openpyxl on the same files.

    python bench/read_speed.py [FOLDER] [FILES] [PEOPLE]

Three sets of as many files: units' copies of the product's form as it goes out (18 sheets, the two hidden ones of its
self-check hold two thirds of the bytes); the same without the sheets of the self-check (15 sheets); and with values,
widths and merges only, as other programs write such tables (14 sheets). In every file the order of the shared strings,
the amounts and the dates are its own. CPU (user + system) of whole processes and their workers, side by side in one
run: without the interpreter's start each.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

OPENPYXL_SHARE = 25  # openpyxl reads every so many files only; its time is counted as often
EMPTY = "import sys"
CALAMINE = """
import sys
from pathlib import Path
from python_calamine import CalamineWorkbook
for path in sorted(Path(sys.argv[1]).glob("*.xlsx")):
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)
"""
OPENPYXL = """
import sys
from pathlib import Path
from openpyxl import load_workbook
for path in sorted(Path(sys.argv[1]).glob("*.xlsx"))[::int(sys.argv[3])]:
    load_workbook(path)
"""
GUARDED = """
import sys
from pathlib import Path
from dataclasses import replace
from thidua_xl.grid import expand_paths, read_books
from thidua_xl.model.products import HELPER_SHEETS
inputs = [replace(one, left_out=HELPER_SHEETS) for one in expand_paths([Path(sys.argv[1])])]
for book in read_books(inputs, jobs=2):
    assert not isinstance(book, Exception), book
"""
WHOLE = """
import sys
from pathlib import Path
from thidua_xl.forms import load_criteria
from dataclasses import replace
from thidua_xl.grid import expand_paths, read_books
from thidua_xl.model.products import HELPER_SHEETS
from thidua_xl.intake import read_submission
criteria = load_criteria(sys.argv[2])
inputs = [replace(one, left_out=HELPER_SHEETS) for one in expand_paths([Path(sys.argv[1])])]
for book in read_books(inputs, jobs=2):
    assert not isinstance(book, Exception), book
    assert read_submission(book, criteria).unit
banned = {"pandas", "numpy", "openpyxl"} & set(sys.modules)
assert not banned, banned
"""


def cpu(script: str, *words: str) -> float:
    """CPU seconds of a script and all it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", script, *words], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the costs and their ratios."""
    sys.path.insert(0, str(Path(__file__).parent))
    from consolidate_rounds import make_round
    from reading_sets import SETS, make_sets

    home = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    files, people = (int(one) for one in (sys.argv[2:4] or ("200", "50")))
    made = make_round(home, files, people)
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parent.parent))
    start = min(cpu(EMPTY) for _ in range(3))
    print(f"{files} files of {people} people, start of the interpreter {start:.2f} s taken off")
    for name, folder in make_sets(made.folder, home / f"{files}x{people}").items():
        print(f"\n{SETS[name]}, {sum(one.stat().st_size for one in folder.iterdir()) / files / 1024:.0f} KiB a file")
        compare(start, str(folder), str(made.criteria), str(OPENPYXL_SHARE))


def compare(start: float, *words: str) -> None:
    """Print what each way of reading costs on one set."""
    found = {
        name: min(cpu(script, *words) for _ in range(times)) - start
        for name, script, times in (
            ("bare calamine", CALAMINE, 2),
            ("guarded and read", GUARDED, 2),
            ("guarded, read, typed in", WHOLE, 2),
            ("openpyxl", OPENPYXL, 1),
        )
    }
    found["openpyxl"] *= OPENPYXL_SHARE
    for name, seconds in found.items():
        ratio = seconds / found["bare calamine"]
        share = seconds / found["openpyxl"]
        print(f"{name:<26}{seconds:8.2f} s  {ratio:6.2f} x calamine  {share:6.3f} of openpyxl")


if __name__ == "__main__":
    main()
