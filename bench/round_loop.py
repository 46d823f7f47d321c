"""How long a round takes: receive, check and annotate N files, then the same again with nothing new.

    python bench/round_loop.py [FILES] [FOLDER]

Files are copies of the sample round's, one invented unit each, in a criteria book that knows these units.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from openpyxl import load_workbook

from thidua_xl.forms import load_criteria
from thidua_xl.jobs.sample_round import write_sample_round
from thidua_xl.ooxml import Workbook

DAY = "2024-06-17"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="thidua-bench-"))
    sample = write_sample_round(folder / "mau", load_criteria())
    book = folder / "bo-tieu-chi.xlsx"
    source, _ = (
        many_files(folder, sample, count, book)
        if count > len(sample.files)
        else (sample.folder, shutil.copyfile(sample.criteria_book, book))
    )
    home = folder / "dot"
    timed("round new", "round", "new", str(home), "--period", sample.period, "--criteria", str(book))
    first = timed("receive + check", "receive", str(home), str(source), "--today", DAY)
    first += timed("annotate", "annotate", str(home), "--today", DAY)
    print(f"{count} files, first time: {first:.1f} s")
    again = timed("receive again", "receive", str(home), str(source), "--today", DAY)
    again += timed("annotate again", "annotate", str(home), "--today", DAY)
    print(f"{count} files, second time: {again:.1f} s")
    timed("status", "status", str(home), "--today", DAY)
    timed("remind", "remind", str(home), "--today", DAY)
    print(f"memory of the largest process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB")


def many_files(folder: Path, sample: object, count: int, book: Path) -> tuple[Path, Path]:
    """Copies of the sample's files, each given to a unit of its own."""
    files = [one for one in sample.files if one.role in {"loi", "so_chu", "sach", "tre"} or one.role]  # type: ignore[attr-defined]  # a SampleRound
    own = [one for one in files if one.path.name.startswith("BC_") and one.version == 1]
    workbook = load_workbook(sample.criteria_book)  # type: ignore[attr-defined]
    units = workbook["Đơn vị"]
    heads = {str(cell.value): cell.column for cell in units[3] if cell.value}
    source = folder / "nhieu"
    source.mkdir(exist_ok=True)
    row = units.max_row
    for number in range(count):
        model = own[number % len(own)]
        code, name = f"DV{number:04}", f"Đơn vị số {number:04}"
        row += 1
        for title, value in (
            ("Mã đơn vị", code),
            ("Tên đơn vị", name),
            ("Khối", units.cell(4, heads["Khối"]).value),
            ("Phải báo cáo", 1),
        ):
            units.cell(row, heads[title]).value = value
        target = source / f"BC_{code}_{sample.period}_L1.xlsx"  # type: ignore[attr-defined]
        edit = Workbook.open(model.path)
        for place in ("ma_don_vi", "ten_don_vi"):
            area = edit.name_area(f"TD_S00_{place}")
            if area is not None:
                cell = str(area[1]).split(":")[0]
                edit[area[0]].set(cell, code if place == "ma_don_vi" else name, locked=True, replace_formula=True)
        hidden = edit["_thidua"]
        for at in range(1, 20):
            if hidden.get(f"A{at}") == "unit":
                hidden.set(f"B{at}", code, locked=True)
        edit.save(target)
    workbook.save(book)
    return source, book


def timed(what: str, *words: str) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "thidua_xl", *words, "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    spent = time.perf_counter() - begun
    print(f"  {what:<20}{spent:7.2f} s")
    return spent


if __name__ == "__main__":
    main()
