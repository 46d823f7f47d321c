"""One line on a terminal that says how far a job has come and how long it still takes. Read `progress`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from thidua_xl.cli.naming import Words
from thidua_xl.cli.terminal import harmless

WIDTH = 78
BAR = 20
# No guess from the first moments, when workers are still starting; no more lines than an eye can follow.
GUESS_AFTER, EVERY = 1.0, 0.1


@contextmanager
def progress(words: Words, quiet: bool) -> Iterator[ProgressLine]:
    """The line, on a terminal only; nothing when output is piped or JSON is asked for."""
    line = ProgressLine(words, sys.stderr.isatty() and not quiet)
    try:
        yield line
    finally:
        line.clear()


class ProgressLine:
    """Counts files read. Each call tells the name of one; `expect` tells beforehand how many there are."""

    def __init__(self, words: Words, is_shown: bool) -> None:
        self._words = words
        self._is_shown = is_shown
        self._begun = self._shown = 0.0
        self._count = self._total = 0

    def expect(self, count: int) -> None:
        """So many files will come."""
        self._total, self._count = count, 0
        self._begun = time.monotonic()

    def __call__(self, name: str) -> None:
        self._count += 1
        now = time.monotonic()
        if self._is_shown and (now - self._shown >= EVERY or self._count == self._total):
            self._shown = now
            click.echo("\r" + self.text(Path(name).name, now - self._begun)[:WIDTH].ljust(WIDTH), err=True, nl=False)

    def clear(self) -> None:
        """Take the line away again."""
        if self._is_shown and self._count:
            click.echo("\r" + " " * WIDTH + "\r", err=True, nl=False)

    def text(self, name: str, seconds: float) -> str:
        """The line after so many seconds: a bar with the time left when the number of files is known."""
        shown = harmless(name)
        if not self._total:
            return self._words("progress.count", count=self._count, name=shown)
        full = BAR * self._count // self._total
        left = seconds / self._count * (self._total - self._count)
        is_guessed = seconds >= GUESS_AFTER and self._count < self._total
        return self._words(
            "progress.bar",
            bar="█" * full + "░" * (BAR - full),
            count=self._count,
            total=self._total,
            left=self._left(left) if is_guessed else "",
            name=shown,
        )

    def _left(self, seconds: float) -> str:
        if seconds < 90:
            return self._words("progress.seconds", count=max(1, round(seconds)))
        return self._words("progress.minutes", count=round(seconds / 60))
