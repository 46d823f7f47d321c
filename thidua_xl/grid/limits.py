"""How much of a submission is read at most. Real returns (14 sheets, 2,000 rows) stay under 1 % of each."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one workbook (bytes, counts, seconds).

    `file_bytes` on disk; `members` parts of a zip; `part_bytes` and `total_bytes` really inflated; `ratio` of
    inflated to stored bytes, asked above `ratio_from`; `cells` with content, `blank_cells` without; shared `strings`;
    `text` letters of one cell; `areas` merged; defined `names`; `styles`; `sheets`; `depth` of XML; `memory_bytes`
    and `seconds` of the worker process.
    """

    file_bytes: int = 25 * MIB
    members: int = 1000
    part_bytes: int = 100 * MIB
    total_bytes: int = 150 * MIB
    ratio: int = 100
    ratio_from: int = MIB
    cells: int = 500_000
    strings: int = 500_000
    text: int = 200_000
    blank_cells: int = 4_000_000
    areas: int = 100_000
    names: int = 100_000
    styles: int = 100_000
    sheets: int = 255
    depth: int = 100
    memory_bytes: int = 1024 * MIB
    seconds: float = 20.0


DEFAULT = Limits()
