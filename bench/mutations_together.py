"""Several faults at once in one workbook: in one row, on one sheet, anywhere. Each must be told, and nothing else.

Run: python bench/mutations_together.py [--count 1500] [--seed 1] [--period 2024-6T] [--show 20]
Bar: every fault that is told when it stands alone is told at its cell among the others, no false alarm, and setting
right what is listed leaves nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from mutation_cases import Case, Planted
from mutation_cells import FIELD_FAULTS
from mutation_rounds import PERIODS, CleanRound, clean_round, with_cells
from mutation_verdicts import FOUND, _reader, judged

from thidua_xl.grid.table_cells import Extra, RowCells, rows_of
from thidua_xl.model import Book, Finding, Value

# How many cells one fault may touch (its own and the totals that follow); more is a change of the whole table.
MOST_CELLS = 12
Changes = dict[tuple[str, int, int], tuple[Value, Extra | None]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One fault with the cells that it changes and what is told of it when it stands alone."""

    planted: Planted
    changes: Changes
    told: tuple[Finding, ...]
    found: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--period", action="append")
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    began = time.process_time()
    counts: Counter[str] = Counter()
    shown: list[str] = []
    periods = given.period or list(PERIODS)
    for number, period in enumerate(periods):
        random = Random(f"{given.seed}:{period}:cung")
        clean = clean_round(period)
        wanted = given.count * (number + 1) // len(periods)
        while counts["workbooks"] < wanted:
            unit = random.choice(list(clean.books))
            pieces = drawn(clean, unit, random)
            if len(pieces) > 1:
                judge(clean, unit, pieces, counts, shown)
    print(", ".join(f"{name} {times}" for name, times in counts.items()))
    for line in shown[: given.show]:
        print("  ", line)
    print(f"CPU {time.process_time() - began:.1f} s")
    return int(any(counts[name] for name in ("missed", "false", "left")))


def drawn(clean: CleanRound, unit: str, random: Random) -> list[Piece]:
    """Two to six faults that touch different cells: of one row, of one sheet, or of the whole workbook."""
    case = Case(clean, unit, random)
    forms = [form for form in clean.rules.forms if len(clean.submissions[unit].records.get(form.code) or ())]
    where, wanted = random.choice(("row", "sheet", "book")), random.randint(2, 6)
    form = random.choice(forms)
    index = random.randrange(len(case.records(form)))
    found: list[Piece] = []
    taken: set[tuple[str, int, int]] = set()
    for _ in range(wanted * 4):
        if where == "book":
            form = random.choice(forms)
        if where != "row":
            index = random.randrange(len(case.records(form)))
        name = random.choice(list(FIELD_FAULTS))
        planted = FIELD_FAULTS[name](case, name, form, random.choice(form.fields), index)
        if planted is None:
            continue
        changes = changed(clean.books[unit], planted.book)
        own = {place for place in changes if not _is_total(clean, unit, form.code, place)}
        if not 0 < len(changes) <= MOST_CELLS or own & taken:
            continue
        taken |= own
        verdict = judged(clean, planted, mend=False)
        found.append(Piece(planted, {place: changes[place] for place in own}, verdict.told, verdict.state == FOUND))
        if len(found) == wanted:
            break
    return found


def _is_total(clean: CleanRound, unit: str, form: str, place: tuple[str, int, int]) -> bool:
    records = clean.submissions[unit].records[form]
    return place[0] == records.sheet and place[1] == records.total_row


def changed(clean: Book, other: Book) -> Changes:
    """The cells that differ: (sheet, row, column) -> value and what else is known of the cell."""
    found: Changes = {}
    for sheet in other.sheets:
        before = clean.sheet(sheet.name)
        if before is None or before is sheet:
            continue
        old, new = rows_of(before), rows_of(sheet)
        more = dict(sheet.cells.extras) if isinstance(sheet.cells, RowCells) else {}
        less = dict(before.cells.extras) if isinstance(before.cells, RowCells) else {}
        places = {(row, column) for lines in (old, new) for row, line in lines.items() for column in line}
        for row, column in sorted(places | set(more) | set(less)):
            value, extra = new.get(row, {}).get(column), more.get((row, column))
            if value != old.get(row, {}).get(column) or extra != less.get((row, column)):
                found[sheet.name, row, column] = value, extra
    return found


def applied(book: Book, changes: Changes) -> Book:
    """The book with those cells."""
    for name in dict.fromkeys(place[0] for place in changes):
        own = {place[1:]: change for place, change in changes.items() if place[0] == name}
        extras = {place: extra for place, (_, extra) in own.items() if extra is not None}
        book = with_cells(book, name, {place: value for place, (value, _) in own.items()}, extras)
    return book


def judge(clean: CleanRound, unit: str, pieces: list[Piece], counts: Counter[str], shown: list[str]) -> None:
    """Count what is missed, falsely told and left when all faults stand in one workbook."""
    book = clean.books[unit]
    for piece in pieces:
        book = applied(book, piece.changes)
    book = clean.added_up(unit, book)
    told = clean.findings(unit, book)
    counts["workbooks"] += 1
    counts["faults"] += len(pieces)
    cells = {(one.sheet, one.cell) for one in told}
    names = " + ".join(f"{one.planted.name} {one.planted.sheet}!{','.join(one.planted.cells)}" for one in pieces)
    for piece in pieces:
        own = {(piece.planted.sheet, cell) for cell in piece.planted.cells}
        if piece.found and not own & cells:
            counts["missed"] += 1
            shown.append(f"MISSED {piece.planted.name} {sorted(own)} among {names}")
    alone = {(one.code, one.sheet, one.cell) for piece in pieces for one in piece.told}
    planted = {(piece.planted.sheet, cell) for piece in pieces for cell in piece.planted.cells}
    readers = [_reader(clean, piece.planted) for piece in pieces]
    for one in told:
        known = (one.code, one.sheet, one.cell) in alone or (one.sheet, one.cell) in planted
        if not known and not any(reads(one) for reads in readers):
            counts["false"] += 1
            shown.append(f"FALSE {one.code} {one.sheet}!{one.cell} among {names}")
    mended = clean.books[unit]
    for piece, reads in zip(pieces, readers, strict=True):
        own = {(piece.planted.sheet, cell) for cell in piece.planted.cells}
        if not any((one.sheet, one.cell) in own or reads(one) for one in told):
            mended = applied(mended, piece.changes)
    left = clean.findings(unit, clean.added_up(unit, mended))
    if left:
        counts["left"] += 1
        shown.append(f"LEFT {left[0].code} {left[0].sheet}!{left[0].cell} among {names}")


if __name__ == "__main__":
    sys.exit(main())
