"""What filling a template needs beside the figures, and what comes of it. Read `FilledReport`, then `Evidence`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from thidua_xl.model import Edit, Figure, Source, Submission, Value
from thidua_xl.report.after import Looked
from thidua_xl.report.formula_check import FormulaMiss
from thidua_xl.report.proof import ProofLine


@dataclass(frozen=True, slots=True)
class Headed:
    """A table under headings that the office has drawn: those (1-based row of the report, title) that are no section
    of the table, the sections (name, number of entries) that were added, and the names of all that may be."""

    sheet: str
    unmatched: tuple[tuple[int, str], ...] = ()
    added: tuple[tuple[str, int], ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilledReport:
    """What was written. `cells` maps a report sheet's name to its written A1 cells and their figures;
    `inserted` counts new rows by report sheet code; `skipped` are report sheets the template does not have. `edits`
    is everything that was done to the template, in order: the same can be done to the open workbook. `continued` names
    the sheets of each table that did not fit on one, `arranged` the tables whose sections the office has drawn itself.
    """

    path: Path
    cells: Mapping[str, Mapping[str, Figure]]
    inserted: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    proof: tuple[ProofLine, ...] = ()
    misses: tuple[FormulaMiss, ...] = ()
    looked: Looked = field(default_factory=Looked)
    edits: Sequence[Edit] = ()
    continued: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    arranged: Mapping[str, Headed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the proof sheet needs beside the consolidation: every submission received, unreadable files with their
    reason, a second reader of source cells, which answers by (file, sheet, cell), and the names of the awards proposed
    for which no limit is set."""

    received: Sequence[Submission]
    refused: Sequence[tuple[str, str]]
    read_again: Callable[[Sequence[Source]], Mapping[tuple[str, str, str], Value]]
    unlimited: Sequence[str] = ()
