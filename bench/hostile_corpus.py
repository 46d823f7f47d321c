"""A unit's workbook damaged, attacked and written in other legal ways; `totals --json` and `check` over all of it.

    python bench/hostile_corpus.py [FOLDER] [GROUP, …]

Prints every file that was wrongly taken, wrongly refused, counted wrongly, took too long, left something behind or
was answered with anything but a sentence; then the number of each outcome. Exit code 1 when there is any.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hostile_files import REFUSE, SAME, corpus

from thidua_xl.cli.app import run
from thidua_xl.forms import load_criteria
from thidua_xl.jobs.sample_round import write_sample_round

SECONDS = 5.0  # on a machine that does nothing else


def main() -> None:
    """Make the corpus, read it, tell what is wrong."""
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    sample, place = home / "mau", home / "xau"
    place.mkdir(parents=True, exist_ok=True)
    if not sample.exists():
        write_sample_round(sample, load_criteria())
    book = next(iter(sorted((sample.parent).rglob("bo-tieu-chi-mau.xlsx"))))
    source = max(sample.glob("BC_*.xlsx"), key=lambda one: one.stat().st_size)
    wanted = _totals(source, book)[1]
    assert wanted, "the sound workbook must be read"
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    files: dict[Path, str] = {}
    for name, data, expected in corpus(source.read_bytes(), random.Random(20260), sys.argv[2:]):
        path = place / f"{name}.xlsx"
        path.write_bytes(data)
        files[path] = expected
    before = {path: hashlib.sha256(path.read_bytes()).digest() for path in files}
    # A temp folder of its own, for this process and its workers: others leave things in the common one.
    temp = Path(tempfile.mkdtemp(dir=home))
    os.environ["TMPDIR"] = os.environ["TEMP"] = tempfile.tempdir = str(temp)
    for path, expected in files.items():
        start = time.monotonic()
        code, found, told = _totals(path, book)
        took = time.monotonic() - start
        outcome = "read" if code == 0 else "refused" if code == 3 else f"exit {code}"
        outcomes[f"{expected}: {outcome}"] += 1
        problems = list(_problems(expected, code, found == wanted, told, took))
        if problems:
            wrong.append(f"{path.name}: {', '.join(problems)} | {told.splitlines()[1:2]}")
            print(wrong[-1], flush=True)
    told_before = len(wrong)
    wrong += [
        f"{path.name}: changed"
        for path, digest in before.items()
        if hashlib.sha256(path.read_bytes()).digest() != digest
    ]
    done = subprocess.run(
        [sys.executable, "-m", "thidua_xl", "check", str(place), "--criteria", str(book), "--json"],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != 3 or "Traceback" in done.stderr:
        wrong.append(f"check: exit {done.returncode}, {done.stderr[-500:]}")
    else:
        known = json.loads(done.stdout)
        print("check over the folder:", {key: len(value) for key, value in known.items() if isinstance(value, list)})
    wrong += [f"left in the temp folder: {one.name}" for one in temp.iterdir()]
    print(*wrong[told_before:], sep="\n")
    print(len(files), "files;", dict(sorted(outcomes.items())), "; wrong:", len(wrong))
    sys.exit(1 if wrong else 0)


def _totals(path: Path, book: Path) -> tuple[int, object, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(["totals", str(path), "--json", "--criteria", str(book)])
    found = json.loads(out.getvalue()) if code == 0 else None
    return code, found, err.getvalue()


def _problems(expected: str, code: int, same: bool, told: str, took: float) -> Iterator[str]:
    if code not in (0, 3):
        yield f"exit code {code}"
    if code == 3 and not (2 <= len(told.splitlines()) <= 3):
        yield "mute or wordy refusal"
    if "Traceback" in told:
        yield "traceback"
    if expected == SAME and code == 3:
        yield "legal file refused"
    if expected == REFUSE and code == 0:
        yield "damage accepted"
    if expected != REFUSE and code == 0 and not same:
        yield "wrong totals"
    if took > SECONDS:
        yield f"{took:.1f} s"


if __name__ == "__main__":
    main()
