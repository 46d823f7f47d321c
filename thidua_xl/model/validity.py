"""When a row of the criteria book is in force, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Validity:
    """Hiệu lực: in force from `start` to `end`, both included; None is open."""

    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies within."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


ALWAYS = Validity()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands in the criteria book: sheet and A1 cell, for messages."""

    sheet: str = ""
    cell: str = ""


NOWHERE = Place()
