"""How fast and small `thidua-xl consolidate` is, beside a pandas script and bare reading, as whole processes.

    python bench/consolidate_speed.py [--home FOLDER] [--rows small,people,wall,long,huge,workers] [--repeat 3]

CPU is user and system time of the process and its workers; memory is the highest sum of resident pages of the process
and its workers, looked at every 10 ms; of repeated runs the least of each is taken. The script reads only the sheets
it needs, and once more every sheet of each file (`sheet_name=None`, as most scripts do). Everything that a ratio
compares runs in turn in this one run; figures of two runs are not comparable. Rounds are made once and kept in --home.
The figures by unit of the script and of the product are compared first: a quick wrong answer counts for nothing.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from consolidate_rounds import PERIOD, TODAY, Round, make_round

import thidua_xl
from thidua_xl.shipped import report_template

SCRIPT = Path(__file__).with_name("pandas_consolidate.py")
CALAMINE = """
import sys
from pathlib import Path
from python_calamine import CalamineWorkbook
for path in sorted(Path(sys.argv[1]).glob("*.xlsx")):
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
"""
COMPARED = {
    "TH01": ("tong_ccvcnld", "duoc_trien_khai", "tham_gia", "nv_giao", "nv_hoan_thanh", "nv_dung_han", "vb_ban_hanh",
             "sang_kien", "tien", "hien_vat", "cuoc"),
    "TH04": ("so_nguoi", "tap_the", "ca_nhan"),
    "TH05": ("luot_nguoi",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took: `cpu` and `wall` seconds, `memory` bytes at the highest."""

    cpu: float
    wall: float
    memory: int

    def least(self, other: Run) -> Run:
        """The lesser of each."""
        return Run(min(self.cpu, other.cpu), min(self.wall, other.wall), min(self.memory, other.memory))


def run(words: Sequence[str]) -> Run:
    """Run a program to its end; SystemExit when it fails."""
    begun = time.perf_counter()
    said = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe that nobody empties would stop a program that says much
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)
    highest = 0
    while True:
        pid, status, used = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        highest = max(highest, resident(child.pid))
        time.sleep(0.01)
    wall = time.perf_counter() - begun
    said.seek(0)
    words_said = said.read().decode(errors="replace")
    said.close()
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{' '.join(words)}\n{words_said}")
    return Run(used.ru_utime + used.ru_stime, wall, highest)


def resident(session: int) -> int:
    """Resident bytes of all processes of a session."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return total


def in_turn(repeat: int, *programs: Callable[[], Run]) -> list[Run]:
    """The least of several runs of each, taken in turn so that a busy moment falls on all of them."""
    found = [program() for program in programs]
    for _ in range(repeat - 1):
        found = [old.least(program()) for old, program in zip(found, programs, strict=True)]
    return found


class Bench:
    """The programs that are compared, and the table of what they took."""

    def __init__(self, home: Path, out: Path, repeat: int) -> None:
        self.home, self.out, self.repeat = home, out, repeat

    def round(self, files: int, people: int) -> Round:
        return make_round(self.home, files, people)

    def ours(self, made: Round, *more: str) -> Run:
        words = ("--period", PERIOD, "--today", TODAY, "--criteria", str(made.criteria), "-o", str(self.out / "a.xlsx"))
        return run([sys.executable, "-m", "thidua_xl", "consolidate", str(made.folder), *words, *more])

    def script(self, made: Round, *more: str) -> Run:
        words = (str(made.folder), str(made.criteria), str(report_template()), str(self.out / "b.xlsx"))
        return run([sys.executable, str(SCRIPT), *words, str(self.out / "b.json"), *more])

    def bare(self, made: Round) -> Run:
        return run([sys.executable, "-c", CALAMINE, str(made.folder)])

    def compare_figures(self, made: Round) -> None:
        """Stop when the script and the product do not give the same figures."""
        import thidua_xl as tx

        self.script(made)
        theirs = json.loads((self.out / "b.json").read_text())
        result = tx.consolidate([made.folder], tx.load_criteria(made.criteria), PERIOD)
        differ = []
        for table, columns in COMPARED.items():
            for unit, values in theirs.items():
                for column in columns:
                    ours = result.figure(table, unit, column).value
                    if Decimal(str(ours or 0)) != Decimal(str(values[column])):
                        differ.append((table, unit, column, ours, values[column]))
        if differ:
            raise SystemExit(f"the figures differ: {differ[:5]} and {max(0, len(differ) - 5)} more")
        print(f"{len(theirs)} units, the same figures by both")

    def small(self) -> None:
        """200 files of 50 people: against the script and against bare reading."""
        made = self.round(200, 50)
        self.compare_figures(made)
        ours, script, whole, bare = in_turn(
            self.repeat,
            lambda: self.ours(made),
            lambda: self.script(made),
            lambda: self.script(made, "--all-sheets"),
            lambda: self.bare(made),
        )
        show("200 files of 50: CPU / script", ours.cpu / script.cpu, "<= 0.10", "0.05", ours, script)
        show("the same, all sheets read", ours.cpu / whole.cpu, "<= 0.10", "0.05", ours, whole)
        show("200 files: CPU / bare calamine", ours.cpu / bare.cpu, "<= 6", "4", ours, bare)
        show("200 files: memory / script", ours.memory / script.memory, "<= 0.5", "0.2", ours, script)

    def people(self) -> None:
        """40 files of 300 people."""
        made = self.round(40, 300)
        self.compare_figures(made)
        ours, script, whole = in_turn(
            self.repeat,
            lambda: self.ours(made),
            lambda: self.script(made),
            lambda: self.script(made, "--all-sheets"),
        )
        show("40 files of 300: CPU / script", ours.cpu / script.cpu, "<= 0.15", "0.08", ours, script)
        show("the same, all sheets read", ours.cpu / whole.cpu, "<= 0.15", "0.08", ours, whole)

    def wall(self) -> None:
        """15 files from start to report."""
        made = self.round(15, 50)
        (ours,) = in_turn(self.repeat * 3, lambda: self.ours(made))
        show("15 files: wall, s", ours.wall, "<= 1.5", "0.6", ours)

    def long(self) -> None:
        """2,000 files against 200."""
        many, few = self.round(2000, 50), self.round(200, 50)
        long, short = in_turn(1, lambda: self.ours(many), lambda: self.ours(few))
        show("2,000 / 200 files: CPU", long.cpu / short.cpu, "<= 12", "11", long, short)
        show("2,000 / 200 files: memory", long.memory / short.memory, "<= 1.5", "1.2", long, short)

    def huge(self) -> None:
        """10,000 files."""
        made = self.round(10_000, 50)
        ours = self.ours(made)
        show("10,000 files: MB", ours.memory / 1e6, "<= 500", "200", ours)

    def workers(self) -> None:
        """2 workers against 1."""
        made = self.round(2000, 50)
        two, one = in_turn(1, lambda: self.ours(made, "--jobs", "2"), lambda: self.ours(made, "--jobs", "1"))
        show("2,000 files: wall, 2 workers / 1", two.wall / one.wall, "<= 0.75", "0.6", two, one)


def show(what: str, reached: float, must: str, goal: str, *runs: Run) -> None:
    """A line of the table."""
    told = "   ".join(f"{one.cpu:.2f} s CPU {one.wall:.2f} s wall {one.memory / 1e6:.0f} MB" for one in runs)
    print(f"{what:34} {reached:8.3f}  must {must:8} goal {goal:6} | {told}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "thidua-bench-rounds")
    parser.add_argument("--rows", default="small,people,wall,long,workers")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    # As an installer leaves the package; a fresh checkout would be compiled anew by every process.
    compileall.compile_dir(Path(thidua_xl.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as out:
        bench = Bench(options.home, Path(out), options.repeat)
        for name in options.rows.split(","):
            getattr(bench, name)()


if __name__ == "__main__":
    main()
