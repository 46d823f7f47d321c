"""Worker processes, started ahead of their work and kept between two readings. Read `workers_kept`.

A worker takes about as long to start as three workbooks to read. Started before the criteria book is loaded, it is
ready when the first file is; kept, it answers the second reading that proves the sums.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.process import WorkerProcess, python_program

_lock = threading.Lock()
_idle: list[WorkerProcess] = []
_keepers = 0


@contextmanager
def workers_kept(start: int = 0) -> Iterator[None]:
    """While inside, workers under the usual limits wait for the next reading instead of being ended.

    `start` workers are started at once. Nested uses count as one; the outermost ends all that wait.
    """
    global _keepers  # one pool per process, like the processes themselves
    with _lock:
        _keepers += 1
        missing = start - len(_idle) if python_program() is not None else 0
        _idle.extend(WorkerProcess(DEFAULT) for _ in range(missing))
        for worker in _idle:
            worker.start()
    try:
        yield
    finally:
        with _lock:
            _keepers -= 1
            left = _idle[:] if not _keepers else []
            if left:
                _idle.clear()
        for worker in left:
            worker.close()


def hire(count: int, limits: Limits) -> list[WorkerProcess]:
    """That many workers under these limits, kept ones first."""
    with _lock:
        ready = [_idle.pop() for _ in range(min(count, len(_idle)))] if limits == DEFAULT else []
    return [*ready, *(WorkerProcess(limits) for _ in range(count - len(ready)))]


def dismiss(workers: Sequence[WorkerProcess], *, busy: bool = False) -> None:
    """Give workers back: they wait for more while somebody keeps them, else they end. Busy ones always end."""
    for worker in workers:
        with _lock:
            is_kept = _keepers > 0 and not busy and worker.limits == DEFAULT
            if is_kept:
                _idle.append(worker)
        if not is_kept:
            worker.close()
