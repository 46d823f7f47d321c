"""From a click to its sentence in LibreOffice: how long a button takes, start of Python and imports included.

    python bench/click_speed.py [--round FOLDER] [--period P] [--against CHECKOUT] [--times N] [COMMAND ...]

Real mouse clicks in a window on a screen of its own. FOLDER holds nop/ and bo-tieu-chi.xlsx; without it the sample
round of fifteen files is made. Each click is on a workbook just opened. With --against the clicks of another checkout
are measured in turn with ours, in the same window.
Bytecode is compiled first, as pip does for an installed package.
"""

from __future__ import annotations

import argparse
import compileall
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "hosts"))

from office_window import Office, office, wait_for, working_on

from thidua_xl.forms import load_criteria
from thidua_xl.jobs.buttons import DIRECT, add_buttons
from thidua_xl.jobs.control_sheet import STATE, ControlSheet
from thidua_xl.jobs.sample_round import write_sample_round
from thidua_xl.messages import say
from thidua_xl.shipped import report_template

_COMMANDS = ("consolidate", "check")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]  # it has one
    asked.add_argument("commands", nargs="*", default=list(_COMMANDS))
    asked.add_argument("--round", type=Path)
    asked.add_argument("--period", default="2024-6T")
    asked.add_argument("--against", type=Path)
    asked.add_argument("--times", type=int, default=5)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="thidua-bench-") as home:
        work = Path(home)
        folder, period = options.round, options.period
        if folder is None:
            folder = work / "dot"
            (folder / "nop").mkdir(parents=True)
            sample = write_sample_round(folder / "nop", load_criteria())
            period = sample.period
            shutil.copyfile(sample.criteria_book, folder / "bo-tieu-chi.xlsx")
        checkouts = {"ours": Path(__file__).parents[1]}
        if options.against:
            checkouts["against"] = options.against.absolute()
        (work / "office").mkdir()
        with office(work / "office") as window:
            pythons = {name: _python(work, name, place) for name, place in checkouts.items()}
            for command in options.commands:
                taken: dict[str, list[tuple[float, float]]] = {name: [] for name in checkouts}
                for number in range(options.times + 1):
                    for name, python in sorted(pythons.items(), reverse=number % 2 == 1):
                        own = work / f"{command}-{number}-{name}"
                        shutil.copytree(folder, own / "dot")
                        one = _click(window, own, command, period, python)
                        if number:  # the first of each warms the disk
                            taken[name].append(one)
                for name, seen in taken.items():
                    walls = sorted(wall for wall, _ in seen)
                    cpu = statistics.median(one for _, one in seen)
                    shown = " ".join(f"{one:.2f}" for one in walls)
                    middle = statistics.median(walls)
                    print(f"{command:12} {name:8} median {middle:.2f} s of {shown}; Python {cpu:.2f} s of CPU")


def _python(work: Path, name: str, checkout: Path) -> Path:
    """A program that runs Python on a checkout and leaves the CPU time of it and its workers in a file beside it."""
    compileall.compile_dir(checkout / "thidua_xl", quiet=1)
    made = work / f"python-{name}"
    made.write_text(f"#!/bin/sh\nPYTHONPATH='{checkout}' '{sys.executable}' \"$@\"\ntimes > '{made}.cpu'\n")
    made.chmod(0o755)
    return made


def _click(window: Office, home: Path, command: str, period: str, python: Path) -> tuple[float, float]:
    """(seconds from the click to the sentence, seconds of CPU that Python took)."""
    path = home / "Báo cáo.xlsm"
    settings = ControlSheet(str(home / "dot" / "nop"), period, str(home / "dot" / "bo-tieu-chi.xlsx"), str(python))
    add_buttons(report_template(), path, kind=DIRECT, settings=settings)
    document = window.open(path)
    try:
        state = document.NamedRanges.getByName(STATE).ReferredCells.getCellByPosition(0, 0)
        document.CurrentController.setActiveSheet(document.Sheets.getByIndex(0))
        state.setString("?")
        document.setModified(False)
        passing = {"?", "", say(f"control.working.{command}")}
        for _ in range(4):
            started = window.click(document, say(f"control.button.{command}"))
            try:
                wait_for(lambda: working_on(path) or state.getString() != "?", "the button did nothing", 3.0)
                break
            except pytest.fail.Exception:
                # Without a window manager a window just opened loses a click now and then.
                continue
        wait_for(lambda: state.getString() not in passing, "the button did nothing", 120.0)
        taken = time.perf_counter() - started
        print("   told:", state.getString()[:90], flush=True)
        wait_for(lambda: not working_on(path), "Python does not end", 30.0)
        cpu = Path(f"{python}.cpu")
        wait_for(cpu.is_file, "Python left no time", 5.0)
        return taken, _cpu(cpu)
    finally:
        window.close(document)


def _cpu(file: Path) -> float:
    """Seconds of user and system time of the children, from the second line of what the shell's `times` writes."""
    wait_for(lambda: len(file.read_text().splitlines()) == 2, "no times", 5.0)
    parts = file.read_text().splitlines()[1].replace("s", "").split()
    file.unlink()
    return sum(int(minutes) * 60 + float(seconds) for minutes, seconds in (one.split("m") for one in parts))


if __name__ == "__main__":
    main()
