"""Random rounds by the hundred, each changed in one way; every total is recounted by openpyxl.

    python bench/random_batches.py [COUNT] [FIRST_SEED]

Prints what went wrong (nothing, it is hoped) and how many rounds were right, by kind of change.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from random_batches import CHANGES, faults, new_batch, with_next_year  # the tests' folder is on the path only now

import thidua_xl as tx  # after the line that finds the tests

PERIODS = ("2022-NAM", "2023-6T", "2023-NAM", "2024-6T", "2024-NAM", "2025-6T", "2025-NAM", "2026-NAM")


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    criteria = with_next_year(tx.load_criteria())
    right: Counter[str] = Counter()
    wrong = 0
    names = list(CHANGES)
    place = tempfile.mkdtemp(prefix="thidua-")
    base = None
    for seed in range(first, first + count):
        name = names[(seed - first) % len(names)]
        draw = random.Random(seed)
        if base is None or name == names[0]:
            # Drawing up five workbooks takes longer than the rest: every kind of change is made to the same ones.
            base = new_batch(Path(place, f"goc-{seed}"), seed, draw.choice(PERIODS), criteria)
        with tempfile.TemporaryDirectory(dir=place) as home:
            batch = base.copied(Path(home, "nop"))
            CHANGES[name](batch, draw)
            out = Path(home, "bc.xlsx")
            found = faults(batch, out, batch.consolidated(out, draw))
        right[name] += not found
        if found:
            wrong += 1
            print(f"{seed} {name} {batch.period}: {'; '.join(found)}", flush=True)
    shutil.rmtree(place)
    print(f"{count} rounds, {wrong} wrong; right: " + ", ".join(f"{name} {right[name]}" for name in names))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
