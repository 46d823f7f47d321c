"""What the ledger makes of the files it received."""

from __future__ import annotations

from datetime import datetime

import pytest

from thidua_xl.ledger import Received, next_version, superseded

NOON = datetime.fromisoformat("2024-06-05T12:00:00+07:00")


def file(number: int, *, unit: str = "A", version: int = 1, declared: int | None = None) -> Received:
    said = version if declared is None else declared
    return Received(number, f"{number}.xlsx", f"sha{number}", NOON, unit, "2024-6T", said, version)


def test_a_newer_version_takes_the_place_of_the_older() -> None:
    old, new = file(1), file(2, version=2)
    assert superseded([old, new]) == {1: new}


def test_two_files_of_one_version_both_stay() -> None:
    assert superseded([file(1), file(2)]) == {}


def test_files_of_unknown_units_stand_for_themselves() -> None:
    assert superseded([file(1, unit=""), file(2, unit="", version=2)]) == {}


@pytest.mark.parametrize(
    ("declared", "before", "expected"),
    [
        (1, [], 1),
        (3, [], 3),
        (1, [file(1)], 2),  # came back without raising its number
        (2, [file(1)], 2),
        (2, [file(1), file(2, version=2, declared=1)], 3),
        (1, [file(1, version=2)], 1),  # an older version found late
    ],
)
def test_version_follows_what_files_say_and_the_order_they_came_in(
    declared: int, before: list[Received], expected: int
) -> None:
    assert next_version(declared, before) == expected
