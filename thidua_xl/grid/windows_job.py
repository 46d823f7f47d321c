"""A memory limit for a worker process on Windows, by a job object. Read `limit_memory`.

Source: winnt.h, JOBOBJECT_EXTENDED_LIMIT_INFORMATION; JobObjectExtendedLimitInformation is class 9.
"""

from __future__ import annotations

import subprocess
import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED = 9
    _PROCESS_MEMORY, _KILL_ON_CLOSE, _DIE_ON_UNHANDLED = 0x100, 0x2000, 0x400
    # A job lives as long as this process: closing its handle would kill the worker.
    _jobs: list[int] = []

    class _Basic(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        ]

    class _Extended(ctypes.Structure):
        _fields_ = [
            ("BasicLimitInformation", _Basic),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]

    def limit_memory(process: subprocess.Popen[bytes], most: int) -> None:
        """Bound the memory of a process and let it die with this one."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        job = kernel.CreateJobObjectW(None, None)
        if not job:
            return
        limits = _Extended()
        limits.BasicLimitInformation.LimitFlags = _PROCESS_MEMORY | _KILL_ON_CLOSE | _DIE_ON_UNHANDLED
        limits.ProcessMemoryLimit = most
        kernel.SetInformationJobObject(wintypes.HANDLE(job), _EXTENDED, ctypes.byref(limits), ctypes.sizeof(limits))
        kernel.AssignProcessToJobObject(wintypes.HANDLE(job), wintypes.HANDLE(int(process._handle)))
        _jobs.append(job)

else:

    def limit_memory(process: subprocess.Popen[bytes], most: int) -> None:
        """Nothing to do: the process bounds itself (`worker.confine`)."""
