"""Source cells kept as bytes are the same cells; a long round's totals are proven from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from thidua_xl.model import Source
from thidua_xl.model.kept_rows import PackedSources
from thidua_xl.model.sources import CellSources, plain_sources


def test_packed_cells_are_the_cells_they_were_made_of() -> None:
    column = CellSources("a.xlsx", "Biểu 05", "F", (11, 12), (Decimal("1.50"), 3))
    singles = (Source("a.xlsx", "Biểu 03", "B7", date(2024, 6, 1)), Source("a.xlsx", "Biểu 03", "B8"))
    for some in (column, singles, ()):
        packed = PackedSources(some)
        assert packed == some
        assert len(packed) == len(some)
        assert list(plain_sources(packed)) == list(plain_sources(some))
