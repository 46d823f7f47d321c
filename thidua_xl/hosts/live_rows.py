"""Rows that come and go in an open sheet, new ones formed like rows that stand there. Read `LiveRows`.

What a model row looks like is asked once, and rows that are inserted one below the other make way in one go: each
question and each insertion is a call into the program, and an insertion moves what all sheets point at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from thidua_xl.hosts.live import patiently
from thidua_xl.model import InsertRows

if TYPE_CHECKING:
    import xlwings


@dataclass(frozen=True, slots=True)
class Model:
    """A row that new ones are formed like: its 1-based columns that hold values, and its height in points."""

    valued: tuple[int, ...]
    points: float


@dataclass
class LiveRows:
    """The rows of one open sheet. `blank` are the cells (row, column) that came with a model and must be emptied with
    the next cells that are written."""

    sheet: xlwings.Sheet
    blank: set[tuple[int, int]] = field(default_factory=set)
    _width: int = 0
    _models: dict[int, Model] = field(default_factory=dict)

    def insert(self, runs: Sequence[InsertRows], moved: Callable[[], None]) -> None:
        """Insert runs of rows, each directly below the one before it, and form them like their models.

        `moved` is told when the rows are there and not formed yet. Models stand above all the runs; that of a single
        run may also stand below it.
        """
        top = runs[0].before
        count = sum(one.count for one in runs)
        patiently(lambda: self.sheet.range(f"{top}:{top + count - 1}").insert(shift="down"))
        moved()
        self._models = {(row + count if row >= top else row): one for row, one in self._models.items()}
        self.blank = {(row + count if row >= top else row, column) for row, column in self.blank}
        heights: list[tuple[float, int, int]] = []
        for one in runs:
            last = one.before + one.count - 1
            like = one.like + (count if one.like >= top else 0)
            model = self._model(like)
            rows = self.sheet.range(f"{one.before}:{last}")
            source = self.sheet.range(f"{like}:{like}")
            patiently(lambda source=source, rows=rows: source.copy(rows))  # type: ignore[misc]  # mypy infers no type for a lambda's default
            heights.append((model.points, one.before, last))
            # The new rows take formats, heights, merges and formulas of their model, not its values.
            self.blank |= {(row, column) for row in range(one.before, last + 1) for column in model.valued}
        for points, some in groupby(heights, key=lambda one: one[0]):
            spans = list(some)
            rows = self.sheet.range(f"{spans[0][1]}:{spans[-1][2]}")
            patiently(lambda rows=rows, points=points: setattr(rows, "row_height", points))  # type: ignore[misc]  # mypy infers no type for a lambda's default

    def delete(self, first: int, count: int) -> None:
        """Delete rows."""
        self.forget()
        rows = self.sheet.range(f"{first}:{first + count - 1}")
        patiently(lambda: rows.delete(shift="up"))
        kept = {one for one in self.blank if not first <= one[0] < first + count}
        self.blank = {(row - count if row >= first else row, column) for row, column in kept}

    def forget(self) -> None:
        """Cells are written: what is known of the rows may be wrong."""
        self._models, self._width = {}, 0

    def _model(self, row: int) -> Model:
        if row not in self._models:
            self._width = self._width or self.sheet.used_range.last_cell.column
            line = self.sheet.range((row, 1), (row, self._width))
            seen = line.formula
            texts = [str(text or "") for text in ([seen] if self._width == 1 else seen[0])]
            self._models[row] = Model(
                valued=tuple(column for column, text in enumerate(texts, 1) if text and not text.startswith("=")),
                points=float(line.row_height or 0.0),
            )
        return self._models[row]
