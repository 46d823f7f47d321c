"""CPU seconds for 20 rules over 100,000 rows, start-up included; with `--against`, formualizer on the same rules.

Run: python bench/formula_rules.py [--rows 100000] [--each]; with formualizer: --against --rows 20000 (at 100,000 it
takes many minutes).
Bar: <= 4 s, and >= 10 times faster than formualizer (package `formualizer`, only needed for `--against`).
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from datetime import date, timedelta
from decimal import Decimal

RULES = (
    "=[@so_ho_ngheo]<=[@so_ho]",
    "=AND(ISNUMBER([@so_tien]),[@so_tien]>0,[@so_tien]<=10000000000)",
    '=OR([@ghi_chu]="",LEN([@ghi_chu])>=3)',
    '=IF([@loai]="HIEN_VAT",AND([@so_luong]>0,[@dvt]<>""),TRUE)',
    "=COUNTIF(T[ma],[@ma])=1",
    "=SUMIF(T[xa],[@xa],T[so_tien])<=10^16",
    "=LEN(TRIM([@ten]))>=2",
    "=ISNUMBER([@ty_le])",
    "=AND([@ngay]>=DATE(2025,1,1),[@ngay]<=DATE(2025,12,31))",
    "=NOT(ISBLANK([@ten]))",
    "=ABS([@ty_le]-[@so_ho_ngheo]/[@so_ho]*100)<=100",
    '=COUNTIFS(T[xa],[@xa],T[loai],"TIEN")<=ROUND(COUNTIF(T[xa],[@xa])*0.9,0)',
    "=TRIM([@ten])=[@ten]",
    "=ISNUMBER(MATCH([@dvt],D[ma],0))",
    "=IFERROR([@so_tien]/[@so_luong],0)<=10000000000",
    '=LEFT([@ma],2)="MA"',
    '=OR([@trang_thai]="XONG",[@den_ngay]="",[@den_ngay]>=[@ngay])',
    "=[@luy_ke]>=[@so_tien]",
    '=IF([@uu_tien],[@ghi_chu]<>"",TRUE)',
    "=[@cuoi]=[@dau]-[@thoat]+[@moi]",
)


def made(rows: int) -> dict[str, dict[str, list[object]]]:
    """Table T with dirty and clean values, and the list D; the same for every run."""
    rng = random.Random(5)
    start = date(2025, 1, 1)
    units = ("cái", "bộ", "suất", "kg")

    def often(value: object, other: object, share: float = 0.97) -> object:
        return value if rng.random() < share else other

    table: dict[str, list[object]] = {
        "ma": [f"MA{number:06d}" for number in range(rows)],
        "ten": [often(f"Người thứ {number}", None) for number in range(rows)],
        "xa": [rng.choice(("Nong U", "Pu Nhi", "Mường Phăng")) for _ in range(rows)],
        "loai": [rng.choice(("TIEN", "HIEN_VAT")) for _ in range(rows)],
        "dvt": [often(rng.choice(units), "thùng") for _ in range(rows)],
        "so_tien": [often(rng.randrange(1000, 10**9), None) for _ in range(rows)],
        "luy_ke": [rng.randrange(1000, 10**10) for _ in range(rows)],
        "so_luong": [often(rng.randrange(1, 50), 0) for _ in range(rows)],
        "so_ho": [rng.randrange(1, 500) for _ in range(rows)],
        "so_ho_ngheo": [rng.randrange(0, 400) for _ in range(rows)],
        "ty_le": [often(Decimal(rng.randrange(0, 1000)) / 10, "x") for _ in range(rows)],
        "ngay": [start + timedelta(rng.randrange(400)) for _ in range(rows)],
        "den_ngay": [often(start + timedelta(rng.randrange(400)), None, 0.8) for _ in range(rows)],
        "trang_thai": [rng.choice(("XONG", "DANG")) for _ in range(rows)],
        "ghi_chu": [often("có ghi chú", None, 0.5) for _ in range(rows)],
        "uu_tien": [rng.random() < 0.3 for _ in range(rows)],
        "dau": [rng.randrange(100) for _ in range(rows)],
        "thoat": [rng.randrange(20) for _ in range(rows)],
        "moi": [rng.randrange(5) for _ in range(rows)],
    }
    table["cuoi"] = [a - b + c for a, b, c in zip(table["dau"], table["thoat"], table["moi"], strict=True)]  # type: ignore[operator]  # ints
    return {"T": table, "D": {"ma": list(units)}}


def ours(rows: int, each: bool) -> None:
    """Print the CPU seconds of this fresh process for all rules, without making the data."""
    before = time.process_time()
    data = made(rows)
    making = time.process_time() - before
    from thidua_xl.formula import Table, compile_formula, is_true

    tables = {name: Table(name, columns) for name, columns in data.items()}  # type: ignore[arg-type]  # plain values
    schema = {name: tuple(columns) for name, columns in data.items()}
    faults = 0
    for rule in RULES:
        begun = time.process_time()
        program = compile_formula(rule, schema=schema, home="T")
        wrong = sum(not is_true(value) for value in program.run(tables))
        faults += wrong
        if each:
            print(f"{time.process_time() - begun:7.3f} s  {wrong:7d} wrong  {rule}")
    print(f"ours {time.process_time() - making:.2f} s CPU, {rows} rows x {len(RULES)} rules, {faults} faults")


def theirs(rows: int) -> None:
    """Print formualizer's CPU seconds for the same rules, written over cells; making the data is not counted."""
    import formualizer  # type: ignore[import-not-found]  # only for the comparison

    before = time.process_time()
    data = made(rows)
    tables = {name: list(columns) for name, columns in data.items()}
    formulas = [[in_cells(rule, tables, data, row) for rule in RULES] for row in range(2, rows + 2)]
    making = time.process_time() - before
    book = formualizer.Workbook()
    for name, columns in data.items():
        book.add_sheet(name)
        book.set_values_batch(name, 2, 1, [list(map(_as_float, row)) for row in zip(*columns.values(), strict=True)])
    book.add_sheet("R")
    book.set_formulas_batch("R", 2, 1, formulas)
    book.evaluate_all()
    answers = book.sheet("R").get_values(formualizer.RangeAddress("R", 2, 1, rows + 1, len(RULES)))
    faults = sum(value is not True for row in answers for value in row)
    print(f"formualizer {time.process_time() - making:.2f} s CPU, {rows} rows x {len(RULES)} rules, {faults} faults")


def in_cells(rule: str, tables: dict[str, list[str]], data: dict[str, dict[str, list[object]]], row: int) -> str:
    """A rule over tables as a formula over cells: column order, data from row 2."""
    from thidua_xl.formula import Kind, tokenize

    out: list[str] = []
    for token in tokenize(rule):
        text = token.text
        if token.kind is Kind.STRUCTURED:
            name, _, code = text[:-1].partition("[")
            table = name or "T"
            letter = chr(65 + tables[table].index(code.lstrip("@")))
            last = len(data[table][tables[table][0]]) + 1
            text = f"{table}!{letter}{row}" if code.startswith("@") else f"{table}!${letter}$2:${letter}${last}"
        out.append(text)
    return "".join(out)


def _as_float(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def main() -> None:
    """Measure in fresh processes, so that start-up counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--each", action="store_true", help="seconds of each rule")
    options.add_argument("--against", action="store_true", help="measure formualizer too")
    options.add_argument("--only", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.only == "ours":
        ours(given.rows, given.each)
    elif given.only == "theirs":
        theirs(given.rows)
    else:
        for who in ("ours", "theirs") if given.against else ("ours",):
            command = [sys.executable, __file__, "--only", who, "--rows", str(given.rows)]
            subprocess.run([*command, *(["--each"] if given.each else [])], check=True)


if __name__ == "__main__":
    main()
