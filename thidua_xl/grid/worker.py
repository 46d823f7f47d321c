"""The worker process: requests on stdin, packed books on stdout, one at a time, under limits. Read `main`.

It opens the file it is told, runs guard and reader, and answers. It cannot write files, dump core or grow beyond its
memory; the parent kills it when it takes too long.
"""

from __future__ import annotations

import gc
import json
import signal
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from thidua_xl.errors import InputRefused
from thidua_xl.grid.limits import Limits
from thidua_xl.grid.one import Input, read_input
from thidua_xl.grid.passwords import passwords_given
from thidua_xl.grid.refusal import named, refuse
from thidua_xl.grid.wire import pack

HEADER = struct.Struct("<Q")


def main() -> None:
    """Answer requests until stdin ends. The first line holds the limits, each further line one input."""
    # Ctrl-C goes to the whole group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    first = requests.readline()
    if not first:
        return
    limits = Limits(**json.loads(first))
    sys.dont_write_bytecode = True  # of the readers that are loaded when a file needs them
    confine(limits)
    # A book is a tree: there are no cycles to collect, and looking for them in a big one takes longer than reading it.
    gc.disable()
    serve(requests, answers, limits)


def serve(requests: BinaryIO, answers: BinaryIO, limits: Limits) -> None:
    """One answer for each request: the length in eight bytes, then the packed book or refusal."""
    for line in requests:
        request = json.loads(line)
        one = Input(Path(request["path"]), request["name"], request["member"], tuple(request["left_out"]))
        allow_seconds(limits.seconds)
        with passwords_given(request["passwords"]):
            data = _answer(one, limits, request["again"])
        answers.write(HEADER.pack(len(data)))
        answers.write(data)
        answers.flush()


def _answer(one: Input, limits: Limits, again: Mapping[str, Any] | None) -> bytes:
    read: object = None
    try:
        if again is None:
            read = read_input(one, limits)
            return pack(read)
        # Only then: it brings the other reader with it.
        from thidua_xl.grid.second import answer_again

        return answer_again(one, again["sha256"], [(sheet, cell) for sheet, cell in again["places"]])
    except InputRefused as refusal:
        return pack(named(refusal, one.name))
    except MemoryError:
        del read
        return pack(named(refuse("too_much_memory"), one.name))


def confine(limits: Limits) -> None:
    """Bound the memory of this process, forbid writing files and core dumps, where the system can."""
    try:
        import resource
    except ImportError:
        return  # Windows: the parent puts the process into a job with a memory limit
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (bound, bound))
        except (ValueError, OSError):
            continue  # macOS does not bound address space; the time limit stays


def allow_seconds(seconds: float) -> None:
    """Processor time from now on, so that a worker whose parent was killed does not run for ever."""
    try:
        import resource
    except ImportError:
        return
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(spent.ru_utime + spent.ru_stime + seconds * 2) + 2
    if hard == resource.RLIM_INFINITY or most <= hard:
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
