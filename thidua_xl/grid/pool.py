"""Many workbooks -> books, in the order given, read by limited worker processes. Read `read_books`."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from thidua_xl.errors import InputRefused
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.one import Input, read_input
from thidua_xl.grid.passwords import given
from thidua_xl.grid.process import WorkerProcess, python_program
from thidua_xl.grid.wire import pack, unpack_checked
from thidua_xl.grid.workers import dismiss, hire
from thidua_xl.model import Book

# A worker takes about as long to start as 15 ordinary files to read.
_FILES_PER_WORKER = 15
_MOST_WORKERS = 8
# Inputs that are under way in a foreign executor, however many processes it has.
_AHEAD = 32
_mine = threading.local()
T = TypeVar("T")


def read_books(
    inputs: Iterable[Input | Path | str],
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    limits: Limits = DEFAULT,
) -> Generator[Book | InputRefused, None, None]:
    """A book or the refusal of it for each input, in the order given; a few files ahead at most.

    `jobs` is the number of worker processes (default by number of files and processors). They read on while the
    caller works; with `jobs=1` one process works at a time. Any `executor` may do the asking instead; each of its
    threads or processes then keeps one limited worker of its own. Close the generator when leaving it early: that
    ends what is still being read.
    """
    listed = [one if isinstance(one, Input) else Input(Path(one), Path(one).name) for one in inputs]
    if not listed:
        return
    if executor is not None:
        yield from _ahead(
            listed, lambda one: executor.submit(read_packed, _anywhere(one), limits), _AHEAD, unpack_checked
        )
        return
    if python_program() is None:
        # Inside a host without a Python program of its own nothing can be started: the guard alone stands.
        yield from (read_input(one, limits) for one in listed)
        return
    count = jobs or min(os.cpu_count() or 1, _MOST_WORKERS, -(-len(listed) // _FILES_PER_WORKER))
    workers = hire(max(1, count), limits)
    if jobs == 1:
        is_done = False
        try:
            yield from map(workers[0].read, listed)
            is_done = True
        finally:
            dismiss(workers, busy=not is_done)
        return
    yield from _in_turn(listed, workers)


def _in_turn(listed: list[Input], workers: list[WorkerProcess]) -> Iterator[Book | InputRefused]:
    """The books in order, while the workers read on."""
    free = deque(workers)

    def ask(one: Input) -> Book | InputRefused:
        worker = free.popleft()
        try:
            return worker.read(one)
        finally:
            free.append(worker)

    is_done = False
    with ThreadPoolExecutor(len(workers), thread_name_prefix="thidua-read") as threads:
        try:
            yield from _ahead(listed, lambda one: threads.submit(ask, one), len(workers) * 2, _same)
            is_done = True
        finally:
            # Left before the end: what is still being read is of no use, and nobody waits for it.
            dismiss(workers, busy=not is_done)


def read_apart(path: Path, *, name: str | None = None, limits: Limits = DEFAULT) -> Book:
    """The book of one file, read by a limited worker process. Raises `InputRefused`."""
    for read in read_books([Input(path, name or path.name)], jobs=1, limits=limits):
        if isinstance(read, InputRefused):
            raise read
        return read
    raise AssertionError("one input gives one book")


def read_packed(one: Input, limits: Limits = DEFAULT) -> bytes:
    """One input read by a limited worker of this thread, packed as JSON bytes: what an executor runs."""
    if python_program() is None:
        return pack(read_input(one, limits))
    worker: WorkerProcess | None = getattr(_mine, "worker", None)
    if worker is None or getattr(_mine, "limits", None) != limits:
        worker = _mine.worker = WorkerProcess(limits)
        _mine.limits = limits
    return pack(worker.read(one))


def _anywhere(one: Input) -> Input:
    """The input as a process in another folder finds it, with what opens it."""
    return replace(one, path=one.path.absolute(), passwords=given())


def _ahead(
    listed: list[Input],
    submit: Callable[[Input], Future[T]],
    window: int,
    finish: Callable[[T], Book | InputRefused],
) -> Iterator[Book | InputRefused]:
    """Results in order, with `window` inputs under way, so that memory stays flat however many files there are."""
    waiting: deque[Future[T]] = deque()
    rest = iter(listed)
    try:
        for one in rest:
            waiting.append(submit(one))
            if len(waiting) >= window:
                yield finish(waiting.popleft().result())
        while waiting:
            yield finish(waiting.popleft().result())
    finally:
        for future in waiting:
            future.cancel()


def _same(read: Book | InputRefused) -> Book | InputRefused:
    return read
