"""Seconds and memory to edit a big workbook: this editor beside openpyxl, and xlsxedit and excelize when installed.

Run: python bench/editor_speed.py [--rows 25000] [--columns 20] [--repeat 3]
Bar (500,000 cells): faster than excelize in the same run, at most 400 MB. Every run is a process of its own, start-up
included; the best of the repeats is shown. The figures of one run are comparable with each other only.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHEET = "Dữ liệu"
LIBRARIES = ("thidua_xl", "openpyxl", "xlsxedit", "excelize")
JOBS = ("set", "insert", "fill")

OURS = """
from thidua_xl.ooxml import Workbook
book = Workbook.open(source); sheet = book[name]
if job == "set": sheet.set(f"C{rows // 2}", 5)
elif job == "insert": sheet.insert_rows(rows // 2, 5)
else:
    sheet.insert_rows(rows // 2, 500, like=rows // 2 - 1)
    for row in range(rows // 2, rows // 2 + 500):
        for column in "BCDEFGHIJK": sheet.set(f"{column}{row}", row)
book.save(target)
"""
OPENPYXL = """
import openpyxl
book = openpyxl.load_workbook(source); sheet = book[name]
if job == "set": sheet[f"C{rows // 2}"] = 5
elif job == "insert": sheet.insert_rows(rows // 2, 5)
else:
    sheet.insert_rows(rows // 2, 500)
    for row in range(rows // 2, rows // 2 + 500):
        for column in "BCDEFGHIJK": sheet[f"{column}{row}"] = row
book.save(target)
"""
XLSXEDIT = """
import xlsxedit
book = xlsxedit.Workbook.open(source); sheet = book[name]
if job == "set": sheet[f"C{rows // 2}"].value = 5
elif job == "insert": sheet.insert_rows([[None]] * 5, at_row=rows // 2)
else: sheet.insert_rows([[None] + [row] * 10 for row in range(500)], at_row=rows // 2)
book.save(target)
"""
EXCELIZE = """
import excelize
book = excelize.open_file(source)
if job == "set": book.set_cell_value(name, f"C{rows // 2}", 5)
elif job == "insert": book.insert_rows(name, rows // 2, 5)
else:
    book.insert_rows(name, rows // 2, 500)
    for row in range(rows // 2, rows // 2 + 500):
        for column in "BCDEFGHIJK": book.set_cell_value(name, f"{column}{row}", row)
book.save_as(target); book.close()
"""
PROGRAMS = {"thidua_xl": OURS, "openpyxl": OPENPYXL, "xlsxedit": XLSXEDIT, "excelize": EXCELIZE}
MEMORY = """
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def make(path: Path, rows: int, columns: int, formulas: bool) -> None:
    """A sheet of numbers with a text column and a total; with `formulas` a quarter of the cells are formulas."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet(SHEET)
    money = book.add_format({"num_format": "#,##0"})
    for row in range(rows):
        sheet.write_string(row, 0, f"đơn vị {row % 700}")
        for column in range(1, columns):
            if formulas and column >= columns * 3 // 4:
                sheet.write_formula(row, column, f"=B{row + 1}*{column}+SUM(C{row + 1}:F{row + 1})", money, 1)
            else:
                sheet.write_number(row, column, row * column, money)
    sheet.write_formula(rows, 1, f"=SUM(B1:B{rows})", money, 1)
    book.add_worksheet("Tổng").write_formula("A1", f"='{SHEET}'!B{rows + 1}", None, 1)
    book.close()


def run(library: str, job: str, source: Path, target: Path, rows: int) -> tuple[float, int] | None:
    """(wall seconds, peak MB) of one process; None when the library fails at the job."""
    head = f"source, target, name, job, rows = {str(source)!r}, {str(target)!r}, {SHEET!r}, {job!r}, {rows}\n"
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", head + PROGRAMS[library] + MEMORY], capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    return (seconds, int(done.stdout.split()[-1])) if done.returncode == 0 else None


def main() -> None:
    """Print a table: a line for each workbook and job, seconds and MB of each library, ours as share of the best."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=25_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    present = [name for name in LIBRARIES if importlib.util.find_spec(name) is not None]
    print(f"{options.rows * options.columns:,} cells; best of {options.repeat}; seconds / MB")
    print(f"{'workbook':10} {'job':8}" + "".join(f"{name:>18}" for name in present) + f"{'ours : next':>14}")
    with tempfile.TemporaryDirectory() as folder:
        for kind, formulas in (("values", False), ("formulas", True)):
            source = Path(folder) / f"{kind}.xlsx"
            make(source, options.rows, options.columns, formulas)
            for job in JOBS:
                results = {}
                for library in present:
                    target = Path(folder) / f"{library}.xlsx"
                    found = [run(library, job, source, target, options.rows) for _ in range(options.repeat)]
                    results[library] = min((one for one in found if one is not None), default=None)
                shown = "".join(f"{f'{one[0]:.2f} / {one[1]}' if one else 'failed':>18}" for one in results.values())
                others = [one[0] for name, one in results.items() if one and name != "thidua_xl"]
                ours = results["thidua_xl"]
                ratio = f"{ours[0] / min(others):.2f}" if ours and others else "-"
                print(f"{kind:10} {job:8}{shown}{ratio:>14}", flush=True)


if __name__ == "__main__":
    main()
