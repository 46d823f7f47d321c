"""Faults planted one by one in clean workbooks of five periods: each must be told at its cell, and nothing else.

Run: python bench/mutations.py [--count 10000] [--seed 1] [--period 2024-6T] [--show 20]
Bar: every one found at its cell, no false alarm; setting right what is listed leaves nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from mutation_rounds import PERIODS, clean_round
from mutation_verdicts import FOUND, MISSED, WRONG_CELL, Verdict, judged
from mutations import mutations


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--period", action="append")
    parser.add_argument("--show", type=int, default=12)
    parser.add_argument("--only", default="", help="name of one mutation")
    given = parser.parse_args()
    began = time.process_time()
    verdicts = run(given.period or list(PERIODS), given.count, given.seed, given.only)
    report(verdicts, given.show)
    print(f"CPU {time.process_time() - began:.1f} s")
    return int(any(one.state in (MISSED, WRONG_CELL) or one.false for one in verdicts))


def run(periods: list[str], count: int, seed: int, only: str = "") -> list[Verdict]:
    """The verdicts on `count` faults, shared out evenly over the periods; each kind of fault gets its turn."""
    found: list[Verdict] = []
    for number, period in enumerate(periods):
        random = Random(f"{seed}:{period}")
        clean = clean_round(period)
        for unit, book in clean.books.items():
            told = clean.findings(unit, book)
            if told:
                raise SystemExit(f"{period} {unit} is not clean: {[(one.code, one.sheet, one.cell) for one in told]}")
        makers = [maker for unit in clean.books for maker in mutations(clean, unit, random)]
        random.shuffle(makers)
        wanted = count * (number + 1) // len(periods)
        for maker in makers:
            if len(found) >= wanted:
                break
            planted = maker()
            if planted is None or (only and planted.name != only):
                continue
            found.append(judged(clean, planted))
    return found


def report(verdicts: list[Verdict], show: int) -> None:
    """Counts by kind of fault, then examples of what went wrong."""
    names = sorted({one.planted.name for one in verdicts})
    print(
        f"{'fault':26} {'planted':>8} {'found':>7} {'missed':>7} {'cell':>6} {'false':>6} {'again':>6} {'follows':>8}"
        f" {'left':>6}"
    )
    for name in [*names, "all"]:
        own = [one for one in verdicts if name in ("all", one.planted.name)]
        states = Counter(one.state for one in own)
        print(
            f"{name:26} {len(own):8} {states[FOUND]:7} {states[MISSED]:7} {states[WRONG_CELL]:6} "
            f"{sum(bool(one.false) for one in own):6} {sum(bool(one.again) for one in own):6} "
            f"{sum(bool(one.follows) for one in own):8} {sum(one.mended is False for one in own):6}"
        )
    rules = {finding.code for one in verdicts for finding in one.told}
    print(f"rules that spoke: {len(rules)}")
    _examples("MISSED", [one for one in verdicts if one.state in (MISSED, WRONG_CELL)], show)
    _examples("FALSE", [one for one in verdicts if one.false], show)
    _examples("AGAIN", [one for one in verdicts if one.again], show)
    _examples("LEFT", [one for one in verdicts if one.mended is False], show)


def _examples(title: str, verdicts: list[Verdict], show: int) -> None:
    kinds: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, ...], Verdict] = {}
    for one in verdicts:
        beside = {"FALSE": one.false, "AGAIN": one.again}.get(title, one.told)
        key = (one.planted.name, one.planted.form, one.planted.field, *sorted({finding.code for finding in beside}))
        kinds[key] += 1
        first.setdefault(key, one)
    print(f"--- {title}: {len(verdicts)} in {len(kinds)} kinds")
    for key, times in kinds.most_common(show):
        one = first[key]
        cells = ", ".join(f"{finding.code} {finding.sheet}!{finding.cell}" for finding in one.told[:5])
        print(
            f"{times:5} {' '.join(key)} | {one.planted.unit} {one.planted.sheet}!{','.join(one.planted.cells[:2])} "
            f"| {cells}"
        )


if __name__ == "__main__":
    sys.exit(main())
