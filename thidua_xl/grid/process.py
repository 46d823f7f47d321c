"""One limited worker process and the talk with it. Read `WorkerProcess`."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import thidua_xl
from thidua_xl.errors import InputRefused
from thidua_xl.grid import windows_job
from thidua_xl.grid.limits import Limits
from thidua_xl.grid.one import Input
from thidua_xl.grid.passwords import given
from thidua_xl.grid.refusal import named, refuse
from thidua_xl.grid.wire import REFUSED, unpack_checked
from thidua_xl.grid.worker import HEADER
from thidua_xl.model import Book

_MOST_BYTES = 1 << 30
_PIPE_BYTES = 1 << 20
_SCRIPT = "import sys,json;sys.path[:]=json.loads(sys.argv[1]);from thidua_xl.grid.worker import main;main()"


class WorkerProcess:
    """A process that reads one workbook at a time; it is started when first needed and again after it died."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._closer: weakref.finalize[[subprocess.Popen[bytes]], WorkerProcess] | None = None

    def start(self) -> None:
        """Start the process now, so that it is ready when the first question comes."""
        self._running()

    def read(self, one: Input) -> Book | InputRefused:
        """The book of an input, or its refusal; a worker that dies or takes too long is the refusal of its file."""
        answer = self.ask(one)
        if isinstance(answer, InputRefused):
            return answer
        read = unpack_checked(answer)
        return named(read, one.name) if isinstance(read, InputRefused) else read

    def ask(self, one: Input, *, again: Mapping[str, object] | None = None) -> bytes | InputRefused:
        """The worker's answer about an input as bytes; `again` asks for single cells by the second reader."""
        process = self._running()
        late = threading.Event()
        timer = threading.Timer(self.limits.seconds, _stop_late, (process, late))
        timer.daemon = True
        timer.start()
        try:
            answer = _ask(process, one, again)
        finally:
            timer.cancel()
        if answer is None:
            self.close()
            return named(refuse("timeout" if late.is_set() else "reader_died"), one.name)
        refusal = unpack_checked(answer) if answer.startswith(REFUSED) else None
        return named(refusal, one.name) if isinstance(refusal, InputRefused) else answer

    def close(self) -> None:
        """End the process; the next read starts another."""
        if self._closer is not None:
            self._closer()
        self._process = self._closer = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = _start(self.limits)
            self._closer = weakref.finalize(self, _end, self._process)
        return self._process


def python_program() -> str | None:
    """The Python to start workers with; None inside a host (LibreOffice) whose executable is no Python."""
    for candidate in (sys.executable, getattr(sys, "_base_executable", "")):
        if candidate and Path(candidate).stem.lower().startswith(("python", "pypy")):
            return candidate
    beside = Path(sys.base_prefix) / ("python.exe" if sys.platform == "win32" else "bin/python3")
    return str(beside) if beside.is_file() else None


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    program = python_program()
    if program is None:
        raise FileNotFoundError("python")
    # Isolated (-I): no PYTHON… variables and no user site; what may be imported is what this process may import.
    paths = [str(Path(thidua_xl.__file__).resolve().parent.parent), *(one for one in sys.path if one)]
    process = subprocess.Popen(
        [program, "-I", "-S", "-X", "utf8", "-c", _SCRIPT, json.dumps(paths)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    windows_job.limit_memory(process, limits.memory_bytes)
    _widen(process)
    with contextlib.suppress(OSError):  # it died at once: the first question finds that out
        _send(process, json.dumps(asdict(limits)))
    return process


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Let a whole answer fit into the pipe, so that the worker goes on while this process is busy (Linux only)."""
    if sys.platform == "linux" and process.stdout is not None:
        import fcntl

        with contextlib.suppress(OSError):  # bounded by the system's settings for users: slower, nothing else
            fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _ask(process: subprocess.Popen[bytes], one: Input, again: Mapping[str, object] | None) -> bytes | None:
    """The answer to one request, None when the worker died."""
    assert process.stdout is not None
    try:
        request = {
            "path": str(one.path.absolute()),
            "name": one.name,
            "member": one.member,
            "left_out": one.left_out,
            "again": again,
            "passwords": one.passwords or given(),
        }
        _send(process, json.dumps(request))
        head = process.stdout.read(HEADER.size)
        if len(head) < HEADER.size:
            return None
        (length,) = HEADER.unpack(head)
        if length > _MOST_BYTES:
            return None
        answer = process.stdout.read(length)
    except OSError:
        return None
    return answer if len(answer) == length else None


def _send(process: subprocess.Popen[bytes], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line.encode("utf-8", "surrogateescape") + b"\n")
    process.stdin.flush()


def _stop_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill and reap the process; nothing it holds needs saving."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue  # what was still to be sent to a dead process
    process.wait()
