"""A computing cluster that the office already has, as an executor. Read `cluster`.

Its machines must have this program installed and see the files under the same paths; they only read, every figure is
added up here. Comes with the extra `[cluster]`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from urllib.parse import urlsplit

from thidua_xl.errors import UsageProblem

# How long a scheduler may take to answer, in seconds.
WAIT_SECONDS = 10


@contextmanager
def cluster(address: str | None) -> Iterator[Executor | None]:
    """The executor of the Dask scheduler at an address (`tcp://10.0.0.5:8786`), None when no address is given.

    Raises `UsageProblem`: `usage.no_cluster_extra` when Dask is not installed, `usage.no_cluster` when nobody answers.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError as missing:
        raise UsageProblem("usage.no_cluster_extra") from missing
    _knock(address)
    try:
        client = Client(address, timeout=WAIT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as silent:
        raise UsageProblem("usage.no_cluster", address=address) from silent
    with client, client.get_executor(pure=False) as executor:
        yield executor


def _knock(address: str) -> None:
    """See whether anybody listens there; Dask itself waits long and reports its own tries."""
    try:
        where = urlsplit(address)
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=WAIT_SECONDS):
            return
    except (OSError, ValueError) as silent:
        raise UsageProblem("usage.no_cluster", address=address) from silent
