"""Any workbook file -> `model.Book` of cells with addresses, or a refusal in one sentence.

Start with `read_book` (one file, here), `read_books` (many, in limited worker processes), `expand_paths`.

Names are loaded when they are first used: a worker process reads and does not look for tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.lazy import loading

if TYPE_CHECKING:
    from thidua_xl.grid.header_band import stacks_at
    from thidua_xl.grid.inputs import EXTENSIONS, Skipped, expand_paths, skipped_files
    from thidua_xl.grid.limits import Limits
    from thidua_xl.grid.one import Input
    from thidua_xl.grid.passwords import passwords_given
    from thidua_xl.grid.pool import read_apart, read_books
    from thidua_xl.grid.read import read_book, read_marks
    from thidua_xl.grid.table_cells import Extra, extras_of, may_show, merged_area, rows_of
    from thidua_xl.grid.tables import TOTAL_LABELS, FoundTable, KnownBand, find_table
    from thidua_xl.grid.workers import workers_kept

__all__ = [
    "EXTENSIONS",
    "TOTAL_LABELS",
    "Extra",
    "FoundTable",
    "Input",
    "KnownBand",
    "Limits",
    "Skipped",
    "expand_paths",
    "extras_of",
    "find_table",
    "may_show",
    "merged_area",
    "passwords_given",
    "read_apart",
    "read_book",
    "read_books",
    "read_marks",
    "rows_of",
    "skipped_files",
    "stacks_at",
    "workers_kept",
]

_HOMES = {
    "EXTENSIONS": "inputs",
    "Extra": "table_cells",
    "FoundTable": "tables",
    "Input": "one",
    "KnownBand": "tables",
    "Limits": "limits",
    "Skipped": "inputs",
    "TOTAL_LABELS": "tables",
    "expand_paths": "inputs",
    "extras_of": "table_cells",
    "find_table": "tables",
    "may_show": "table_cells",
    "merged_area": "table_cells",
    "passwords_given": "passwords",
    "read_apart": "pool",
    "read_book": "read",
    "read_books": "pool",
    "read_marks": "read",
    "rows_of": "table_cells",
    "skipped_files": "inputs",
    "stacks_at": "header_band",
    "workers_kept": "workers",
}

__getattr__ = loading(__name__, _HOMES)
