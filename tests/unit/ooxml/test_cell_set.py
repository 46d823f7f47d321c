"""A set of cells is a set of pairs, whatever is put in, taken out, moved and asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.formula.shift import Axis, Shift
from thidua_xl.ooxml.cellset import CellSet
from thidua_xl.refs import MAX_COLUMN, MAX_ROW

PLACE = st.tuples(st.one_of(st.integers(1, 12), st.integers(MAX_ROW - 3, MAX_ROW)), st.integers(1, 6))
SHIFT = st.builds(
    Shift,
    st.just("S"),
    st.sampled_from(list(Axis)),
    st.integers(1, 10),
    st.integers(-4, 4).filter(lambda one: one != 0),
)


def moved(places: set[tuple[int, int]], shift: Shift) -> set[tuple[int, int]]:
    found = set()
    for row, column in places:
        new = shift.point(row if shift.axis is Axis.ROW else column)
        if new is not None:
            found.add((new, column) if shift.axis is Axis.ROW else (row, new))
    return found


@given(st.sets(PLACE), st.sets(PLACE, max_size=3), st.lists(SHIFT, max_size=3), st.tuples(PLACE, PLACE))
def test_it_is_the_set_of_its_places(
    places: set[tuple[int, int]],
    out: set[tuple[int, int]],
    shifts: list[Shift],
    corners: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    cells = CellSet(places)
    for place in out:
        cells.discard(place)
    plain = places - out
    for shift in shifts:
        cells.move(shift)
        plain = moved(plain, shift)
    assert set(cells) == plain and len(cells) == len(plain) and bool(cells) == bool(plain)
    assert all(place in cells for place in plain) and (MAX_ROW + 1, 1) not in cells and (1, MAX_COLUMN) not in cells
    (top, bottom), (left, right) = (sorted(pair) for pair in zip(*corners, strict=True))
    inside = any(top <= row <= bottom and left <= column <= right for row, column in plain)
    assert cells.holds(top, left, bottom, right) == inside
