"""Spans of days in which things of the criteria book are in force."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from thidua_xl.model import Validity


class InForce(Protocol):
    """Anything with a validity."""

    @property
    def validity(self) -> Validity:
        """When it is in force."""
        ...


def overlapping(one: InForce, other: InForce) -> bool:
    """Whether two things are in force on a common day."""
    start = max(one.validity.start or date.min, other.validity.start or date.min)
    end = min(one.validity.end or date.max, other.validity.end or date.max)
    return start <= end
