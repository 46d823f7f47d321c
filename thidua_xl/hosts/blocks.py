"""Scattered cells as rectangles: one call into the program writes a whole one. Read `blocks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Cells = Mapping[tuple[int, int], object]


def blocks(cells: Cells) -> Iterator[tuple[int, int, list[list[object]]]]:
    """(top row, left column, rows of values) of rectangles that cover exactly these cells (1-based)."""
    runs: dict[int, list[tuple[int, list[object]]]] = {}
    for row, column in sorted(cells):
        line = runs.setdefault(row, [])
        if line and line[-1][0] + len(line[-1][1]) == column:
            line[-1][1].append(cells[row, column])
        else:
            line.append((column, [cells[row, column]]))
    growing: dict[tuple[int, int], tuple[int, list[list[object]]]] = {}
    for row, line in runs.items():
        here: dict[tuple[int, int], tuple[int, list[list[object]]]] = {}
        for column, values in line:
            span = (column, len(values))
            top, rows = growing.pop(span, (row, []))
            if rows and top + len(rows) != row:
                yield top, column, rows
                top, rows = row, []
            rows.append(values)
            here[span] = (top, rows)
        for (column, _), (top, rows) in growing.items():
            yield top, column, rows
        growing = here
    for (column, _), (top, rows) in growing.items():
        yield top, column, rows
