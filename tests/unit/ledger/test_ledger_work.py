"""A job on a round leaves the old state or the new one."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from thidua_xl.errors import InputRefused
from thidua_xl.ledger import LEDGER, Facts, Ledger, Work, recover_if_free, working
from thidua_xl.ledger.work import kept


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Ledger.create(tmp_path / LEDGER, {"period": "P"}).close()
    (tmp_path / "a.txt").write_text("old", encoding="utf-8")
    return tmp_path


def job(home: Path, **files: str) -> None:
    with working(home, "test", "nobody") as work:
        for name, text in files.items():
            work.put(f"{name}.txt", text.encode())


def finished(home: Path) -> int:
    with Ledger(home / LEDGER) as ledger:
        return len(ledger.rows("SELECT 1 FROM job WHERE finished IS NOT NULL"))


def test_a_job_writes_its_files_and_keeps_what_it_replaced(home: Path) -> None:
    job(home, a="new", b="more")
    assert (home / "a.txt").read_text(encoding="utf-8") == "new"
    assert (home / "b.txt").read_text(encoding="utf-8") == "more"
    with Ledger(home / LEDGER) as ledger:
        old = ledger.rows("SELECT old FROM operation WHERE path = 'a.txt'")[0]["old"]
    assert kept(home, old) == b"old"


def test_an_error_in_a_job_leaves_everything_as_it_was(home: Path) -> None:
    with pytest.raises(ValueError, match="stop"), working(home, "test", "nobody") as work:
        work.put("a.txt", b"new")
        raise ValueError("stop")
    assert (home / "a.txt").read_bytes() == b"old"
    assert finished(home) == 0


def test_a_file_that_cannot_be_replaced_takes_the_whole_job_back(home: Path) -> None:
    (home / "z.txt").mkdir()
    with pytest.raises(InputRefused, match=r"target_open"):
        job(home, a="new", z="more")
    assert (home / "a.txt").read_bytes() == b"old"
    assert finished(home) == 0


def test_content_that_is_there_already_is_not_written(home: Path) -> None:
    with working(home, "test", "nobody") as work:
        work.put("a.txt", b"old")
        assert work.operations == ()


def test_a_second_job_is_refused_while_one_runs(home: Path) -> None:
    second = working(home, "test", "nobody", wait=0.05)
    with working(home, "test", "nobody"), pytest.raises(InputRefused, match=r"ledger\.busy"):
        second.__enter__()


def test_reading_is_not_kept_waiting_by_a_job(home: Path) -> None:
    with working(home, "test", "nobody"), Ledger(home / LEDGER, wait=0.05) as ledger:
        assert Facts.read(ledger).received == ()


KILL = """
import os, signal, sys
from pathlib import Path
from thidua_xl.ledger import work as module
home, stop_at = Path(sys.argv[1]), int(sys.argv[2])
count = 0
def counted(name):
    real = getattr(module, name)
    def call(*args, **kwargs):
        global count
        count += 1
        if count == stop_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    setattr(module, name, call)
for name in ("_replace", "keep", "_flush_folder", "digest_of"):
    counted(name)
with module.working(home, "test", "nobody") as job:
    job.put("a.txt", b"new")
    job.put("b.txt", b"more")
    job.remove("c.txt")
    content = '{"code": "P", "kind": "6T", "year": 2024, "totals": {}, "files": {}}'
    job.fact("closed", moment="2024-01-01T00:00:00+07:00", content=content)
print("done")
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("stop_at", range(1, 14))
def test_a_kill_at_any_step_leaves_the_old_or_the_new_state(home: Path, stop_at: int) -> None:
    (home / "c.txt").write_bytes(b"gone soon")
    done = subprocess.run([sys.executable, "-c", KILL, str(home), str(stop_at)], capture_output=True, check=False)
    with Ledger(home / LEDGER) as ledger:
        recover_if_free(home, ledger)
        closed = Facts.read(ledger).closed
    files = {
        name: (home / name).read_bytes() if (home / name).exists() else None for name in ("a.txt", "b.txt", "c.txt")
    }
    old = {"a.txt": b"old", "b.txt": None, "c.txt": b"gone soon"}
    new = {"a.txt": b"new", "b.txt": b"more", "c.txt": None}
    assert files == (new if closed else old)
    assert bool(closed) == (done.returncode == 0)
    assert done.returncode in (0, -signal.SIGKILL)


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"no database at all, just some text that is long enough" * 30)
    with pytest.raises(InputRefused) as refused:
        Ledger(tmp_path / LEDGER)
    assert refused.value.code == "ledger.damaged"


def test_a_ledger_of_a_newer_program_is_refused(home: Path) -> None:
    connection = sqlite3.connect(home / LEDGER)
    connection.execute("UPDATE about SET value = '99' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(InputRefused) as refused:
        Ledger(home / LEDGER)
    assert refused.value.code == "ledger.newer"


def test_a_dropped_job_leaves_no_trace(home: Path) -> None:
    work: Work
    with working(home, "test", "nobody") as work:
        work.put("a.txt", b"new")
        work.drop()
    assert (home / "a.txt").read_bytes() == b"old"
    assert finished(home) == 0


@pytest.mark.parametrize("lock", ["~$a.txt", ".~lock.a.txt#"])
def test_a_file_that_a_program_has_open_is_not_replaced(home: Path, lock: str) -> None:
    with working(home, "first", "VP") as work:
        work.put("a.txt", b"one")
        work.put("b.txt", b"one")
    (home / lock).write_bytes(b"")
    with pytest.raises(InputRefused) as refused, working(home, "second", "VP") as work:
        work.put("b.txt", b"two")
        work.put("a.txt", b"two")
    assert refused.value.code == "ledger.target_open"
    assert ((home / "a.txt").read_bytes(), (home / "b.txt").read_bytes()) == (b"one", b"one")
