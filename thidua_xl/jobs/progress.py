"""How much a job has to do, for whoever shows how far it has come. Read `expect`."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Expecting(Protocol):
    """A progress callable that wants to know beforehand how many files there are."""

    def expect(self, count: int) -> None:
        """So many files will be told, one call each."""


def expect(progress: object, count: int) -> None:
    """Tell how many files there are, when whoever shows them wants to know."""
    if isinstance(progress, Expecting):
        progress.expect(count)
