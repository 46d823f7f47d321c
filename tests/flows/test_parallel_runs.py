"""One process, several, any executor, a cluster: the same report. Stopped half-way, the old report is whole."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

import thidua_xl as tx
from thidua_xl.cli.naming import Words
from thidua_xl.cli.progress import ProgressLine
from thidua_xl.jobs.sample_round import SampleRound

TODAY = "2024-06-17"


def words(sample: SampleRound, out: Path, *more: str) -> list[str]:
    start = [sys.executable, "-m", "thidua_xl", "consolidate", str(sample.folder), "--period", sample.period]
    return [*start, "--criteria", str(sample.criteria_book), "--today", TODAY, "-o", str(out), *more]


def run(sample: SampleRound, out: Path, *more: str) -> bytes:
    done = subprocess.run(words(sample, out, *more), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "\r" not in done.stderr
    return out.read_bytes()


def by(sample: SampleRound, out: Path, executor: Executor) -> bytes:
    criteria = tx.load_criteria(sample.criteria_book)
    day = date.fromisoformat(TODAY)
    tx.consolidate([sample.folder], criteria, sample.period, out=out, today=day, executor=executor)
    return out.read_bytes()


@pytest.fixture(scope="module")
def alone(sample: SampleRound, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The report that a single process at a time makes."""
    return run(sample, tmp_path_factory.mktemp("alone") / "bao-cao.xlsx", "--jobs", "1")


def test_several_processes_write_the_same_bytes_as_one(sample: SampleRound, alone: bytes, tmp_path: Path) -> None:
    assert run(sample, tmp_path / "bao-cao.xlsx", "--jobs", "3") == alone


def test_any_executor_writes_the_same_bytes(sample: SampleRound, alone: bytes, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        assert by(sample, tmp_path / "bao-cao.xlsx", threads) == alone


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="needs the extra [cluster]")
def test_a_cluster_writes_the_same_bytes(sample: SampleRound, alone: bytes, tmp_path: Path) -> None:
    # In a process of its own: the cluster's threads and sockets must not outlive the test.
    program = (
        "import subprocess, sys\nfrom distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None,\n"
        "                      protocol='tcp', host='127.0.0.1') as made:\n"
        "        sys.exit(subprocess.run([*sys.argv[1:], '--dask', made.scheduler_address]).returncode)\n"
    )
    out = tmp_path / "bao-cao.xlsx"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *words(sample, out)], capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr.decode()
    assert out.read_bytes() == alone


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="needs the extra [cluster]")
def test_a_cluster_that_does_not_answer_is_said_in_two_lines(sample: SampleRound, tmp_path: Path) -> None:
    command = words(sample, tmp_path / "a.xlsx", "--dask", "khong-phai-dia-chi")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "khong-phai-dia-chi" in done.stderr
    assert "Traceback" not in done.stderr


def test_stopped_while_reading_it_leaves_the_old_report_and_nothing_beside_it(
    sample: SampleRound, tmp_path: Path
) -> None:
    pty = pytest.importorskip("pty", reason="needs a Unix terminal")
    out = tmp_path / "bao-cao.xlsx"
    out.write_bytes(b"bao cao cu")
    shown, terminal = pty.openpty()
    # A shell starts what runs in its background with the signal ignored, and a child inherits that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        child = subprocess.Popen(words(sample, out, "--jobs", "1"), stderr=terminal, start_new_session=True)
    finally:
        signal.signal(signal.SIGINT, before)
    os.close(terminal)
    seen = b""
    while b"/15" not in seen:  # the progress line: it is reading
        seen += os.read(shown, 1000)
    os.killpg(child.pid, signal.SIGINT)
    assert child.wait(timeout=20) == 130
    os.close(shown)
    assert out.read_bytes() == b"bao cao cu"
    assert [path.name for path in tmp_path.iterdir()] == ["bao-cao.xlsx"]
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _group_lives(child.pid):
        time.sleep(0.05)
    assert not _group_lives(child.pid)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_progress_line_tells_share_and_time_left() -> None:
    line = ProgressLine(Words("vi"), is_shown=False)
    line.expect(200)
    for number in range(50):
        line(f"tệp {number}.xlsx")
    assert line.text("tệp 49.xlsx", 0.5) == "█████░░░░░░░░░░░░░░░ 50/200 tệp  tệp 49.xlsx"
    assert line.text("tệp 49.xlsx", 10) == "█████░░░░░░░░░░░░░░░ 50/200 tệp, còn khoảng 30 giây  tệp 49.xlsx"
    assert "còn khoảng 5 phút" in line.text("a\x1b[2J.xlsx", 100)
    assert "\x1b" not in line.text("a\x1b[2J.xlsx", 100)
